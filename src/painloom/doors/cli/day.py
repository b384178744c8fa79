"""The day a statement is made for: the one place where a command reads the clock."""

import datetime

from painloom.errors import UsageError


def day_of(written: str | None) -> str:
    """The ISO date of `--as-of`, or today's; wrong usage when it is no date."""
    if written is None:
        return datetime.date.today().isoformat()
    try:
        return datetime.date.fromisoformat(written).isoformat()
    except ValueError:
        raise UsageError(f"--as-of '{written}' is no date; write YYYY-MM-DD") from None
