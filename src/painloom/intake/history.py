"""case.toml -> person, pain and drugs; no medical opinion, only form."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from painloom.errors import InputError
from painloom.model.case import DrugUse, PainHistory, Person

KNOWN = {
    "person": {"label", "age", "sex"},
    "pain": {"complaint", "sites", "months", "intensity", "diagnoses"},
    "drugs": {"name", "dose_mg", "per_day", "route", "since", "reason", "text"},
}
TOP = {"schema", "person", "pain", "drugs", "wishes"}
LATER = {"organs", "examination", "allergies", "redflags"}
MOST_BYTES = 1_000_000
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class History:
    """What case.toml holds; `warnings` names entries that were read but not understood."""

    person: Person
    pain: PainHistory
    drugs: tuple[DrugUse, ...]
    wishes: tuple[str, ...]
    warnings: tuple[str, ...]


def read_history(path: Path) -> History:
    """The case file.

    Raises
    ------
    InputError : not TOML, a value of another type, an age outside 0..130, an intensity outside 0..10.  Entries with unknown
    names are no error: they are listed in `warnings`, so that nothing is lost silently.
    """
    where = path.name
    try:
        if not path.is_file():
            raise InputError(f"{where}: not found as a file; a case folder needs it, it may be empty")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{where}: larger than {MOST_BYTES} bytes; a case file holds a page of facts")
        record = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise InputError(f"{where}: cannot be read: {wrong.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{where}: not UTF-8 text; save it again as UTF-8") from None
    except tomllib.TOMLDecodeError as wrong:
        raise InputError(f"{where}: not valid TOML {str(wrong).rpartition('(')[2].rstrip(')')}; check quotes and brackets") from None
    except (ValueError, RecursionError):
        raise InputError(f"{where}: not valid TOML: a number or a nesting far beyond what a case needs") from None
    if record.get("schema", SCHEMA) != SCHEMA:
        raise InputError(f"{where}: schema must be {SCHEMA}; this file was written for another version of the program")
    person, pain = _table(record, "person", where), _table(record, "pain", where)
    drugs = _tables(record, "drugs", where)
    warnings = [f"{where}: entry '{name}' is not read yet" for name in record if name in LATER]
    warnings += [f"{where}: entry '{name}' is not known and was not used" for name in record if name not in TOP | LATER]
    for name, table in [("person", person), ("pain", pain), *(("drugs", d) for d in drugs)]:
        warnings += [f"{where} [{name}]: '{key}' is not known and was not used" for key in table if key not in KNOWN[name]]
    return History(
        _person(person, where),
        _pain(pain, where),
        tuple(_drug(d, n, where) for n, d in enumerate(drugs, start=1)),
        _texts(record, "wishes", where),
        tuple(dict.fromkeys(warnings)),
    )


def _person(table: Mapping[str, object], where: str) -> Person:
    age = _number(table, "age", (0, 130), where)
    sex = _text(table, "sex", where)
    if sex not in ("", "F", "M"):
        raise InputError(f'{where} [person]: sex must be "F" or "M" (as assigned at birth, for sex chromosomes); leave it out if unknown')
    return Person(_text(table, "label", where) or "unnamed", int(age) if age is not None else None, sex)


def _pain(table: Mapping[str, object], where: str) -> PainHistory:
    return PainHistory(
        _text(table, "complaint", where),
        _texts(table, "sites", where),
        _number(table, "months", (0, 1500), where),
        _number(table, "intensity", (0, 10), where),
        _texts(table, "diagnoses", where),
    )


def _drug(table: Mapping[str, object], number: int, where: str) -> DrugUse:
    spot = f"{where} [[drugs]] entry {number}"
    name = _text(table, "name", spot)
    if not name.strip():
        raise InputError(f"{spot}: needs a name")
    return DrugUse(
        name.strip(),
        _text(table, "text", spot),
        _number(table, "dose_mg", (0, 100_000), spot),
        _number(table, "per_day", (0, 100), spot),
        _text(table, "route", spot),
        _text(table, "since", spot),
        _text(table, "reason", spot),
    )


def _table(record: Mapping[str, object], name: str, where: str) -> dict[str, object]:
    value = record.get(name, {})
    if not isinstance(value, dict):
        raise InputError(f"{where}: [{name}] must be a table")
    return value


def _tables(record: Mapping[str, object], name: str, where: str) -> list[dict[str, object]]:
    value = record.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f"{where}: write each entry of {name} under its own [[{name}]] heading")
    return value


def _text(table: Mapping[str, object], name: str, where: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str) or len(value) > 2000:
        raise InputError(f"{where}: '{name}' must be text of at most 2,000 characters")
    return value


def _texts(table: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    value = table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InputError(f"{where}: '{name}' must be a list of texts")
    return tuple(value)


def _number(table: Mapping[str, object], name: str, limits: tuple[float, float], where: str) -> float | None:
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not limits[0] <= value <= limits[1]:
        raise InputError(f"{where}: '{name}' must be a number from {limits[0]:g} to {limits[1]:g}; leave it out if unknown")
    return float(value)
