"""No plan contradicts itself: invented people 5,000 to 9,999."""

import pytest
from laws import BLOCK, check_all


@pytest.mark.parametrize("start", range(5000, 10000, BLOCK))
def test_no_plan_contradicts_itself(start):
    check_all(start, BLOCK)
