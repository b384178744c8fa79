"""No plan contradicts itself: invented people 0 to 4,999."""

import pytest
from laws import BLOCK, check_all


@pytest.mark.parametrize("start", range(0, 5000, BLOCK))
def test_no_plan_contradicts_itself(start):
    check_all(start, BLOCK)
