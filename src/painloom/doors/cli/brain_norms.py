"""painloom brain norms."""

from typing import Any


def add_verb(inner: Any) -> None:
    """Add `norms` to the verbs of `brain`."""
