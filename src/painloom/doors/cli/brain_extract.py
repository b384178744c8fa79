"""painloom brain extract."""

from typing import Any


def add_verb(inner: Any) -> None:
    """Add `extract` to the verbs of `brain`."""
