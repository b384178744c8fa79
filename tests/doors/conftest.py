"""People who are asked once a file: predictions of one person are kept for all tests that read them."""

import pytest
from predictions import Asked


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    return Asked(tmp_path_factory.mktemp("cases"))


@pytest.fixture(scope="module")
def rows(said):
    return said.rows
