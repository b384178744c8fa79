"""painloom brain targets."""

from typing import Any


def add_verb(inner: Any) -> None:
    """Add `targets` to the verbs of `brain`."""
