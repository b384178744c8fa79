"""painloom brain view."""

from typing import Any


def add_verb(inner: Any) -> None:
    """Add `view` to the verbs of `brain`."""
