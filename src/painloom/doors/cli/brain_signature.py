"""painloom brain signature."""

from typing import Any


def add_verb(inner: Any) -> None:
    """Add `signature` to the verbs of `brain`."""
