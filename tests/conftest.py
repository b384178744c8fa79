"""Shared fixtures: the builders' folder on the path, reference material when it is there."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def shared():
    """The folder of reference material beside the project; tests that need it say that they were skipped when it is not there."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "genome"
    if not folder.is_dir():
        pytest.skip("reference material (../shared) is not here")
    return folder
