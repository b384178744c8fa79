"""Typed values of a case file; every refusal says where and what is allowed, never the value."""

from collections.abc import Mapping

from painloom.errors import InputError
from painloom.model.body import Codes
from painloom.model.quantity import Interval, point

Table = Mapping[str, object]
LONGEST = 2000


def table(record: Table, name: str, where: str) -> dict[str, object]:
    """The table `[name]`; absent = empty."""
    value = record.get(name, {})
    if not isinstance(value, dict):
        raise InputError(f"{where}: [{name}] must be a table")
    return value


def tables(record: Table, name: str, where: str) -> list[dict[str, object]]:
    """The entries under `[[name]]`; absent = none."""
    value = record.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f"{where}: write each entry of {name} under its own [[{name}]] heading")
    return value


def text(record: Table, name: str, where: str) -> str:
    """A text; absent = ""."""
    value = record.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST:
        raise InputError(f"{where}: '{name}' must be text of at most {LONGEST:,} characters")
    return value


def texts(record: Table, name: str, where: str) -> tuple[str, ...]:
    """A list of texts; absent = empty."""
    value = record.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InputError(f"{where}: '{name}' must be a list of texts")
    return tuple(value)


def one_of(record: Table, name: str, allowed: tuple[str, ...], where: str) -> str:
    """One of `allowed`, the first when absent."""
    value = text(record, name, where) or allowed[0]
    if value not in allowed:
        raise InputError(f"{where}: '{name}' must be one of {', '.join(a for a in allowed if a)}")
    return value


def flag(record: Table, name: str, where: str) -> bool:
    """True or false; absent = false."""
    value = record.get(name, False)
    if not isinstance(value, bool):
        raise InputError(f"{where}: '{name}' must be true or false")
    return value


def number(record: Table, name: str, limits: tuple[float, float], where: str) -> float | None:
    """A number within `limits`; absent = None."""
    value = record.get(name)
    return None if value is None else _real(value, name, limits, where)


def interval(record: Table, name: str, limits: tuple[float, float], where: str) -> Interval | None:
    """A number, or `[low, high]` for a range; absent = None."""
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, list):
        return point(_real(value, name, limits, where))
    if len(value) != 2:
        raise InputError(f"{where}: '{name}' must be a number or [low, high]")
    low, high = (_real(item, name, limits, where) for item in value)
    if low > high:
        raise InputError(f"{where}: '{name}' must be [low, high] with the smaller number first")
    return Interval(low, high)


def _real(value: object, name: str, limits: tuple[float, float], where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not limits[0] <= value <= limits[1]:
        raise InputError(f"{where}: '{name}' must be a number from {limits[0]:g} to {limits[1]:g}; leave it out if unknown")
    return float(value)


def codes(record: Table, where: str) -> Codes:
    """`codes = ["icd-10-cm:G47.33"]` -> (system, code) pairs."""
    found = []
    for item in texts(record, "codes", where):
        system, colon, code = item.partition(":")
        if not (system and colon and code):
            raise InputError(f'{where}: each of \'codes\' must be "system:code", for example "loinc:98979-8"')
        found.append((system, code))
    return tuple(found)
