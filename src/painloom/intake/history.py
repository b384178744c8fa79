"""case.toml -> person, pain and drugs; no medical opinion, only form."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from painloom.errors import InputError
from painloom.intake import bodyfacts, imaging
from painloom.intake.tomlfields import Table, codes, flag, interval, number, one_of, table, tables, text, texts
from painloom.intake.whatif import Changes, changed_record
from painloom.model.body import BodyRecord
from painloom.model.brain import ImagingEntry
from painloom.model.case import DrugUse, PainHistory, Person

KNOWN = {
    "person": {"label", "age", "sex"},
    "pain": {"complaint", "sites", "months", "intensity", "diagnoses", "map"},
    "drugs": {
        "name",
        "text",
        "dose",
        "unit",
        "dose_mg",
        "per_day",
        "route",
        "form",
        "as_needed",
        "since",
        "until",
        "reason",
        "state",
        "codes",
    },
    **bodyfacts.KNOWN,
    **imaging.KNOWN,
}
FREE = {"organs", *bodyfacts.FACT_TABLES}  # tables whose keys are ids of the knowledge, checked where they are used
TOP = {"schema", "person", "pain", "drugs", "wishes", *bodyfacts.KNOWN, *imaging.KNOWN, *FREE}
DRUG_STATES = ("active", "stopped", "planned")
MOST_BYTES = 5_000_000
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class History:
    """What case.toml holds; `warnings` names entries that were read but not understood."""

    person: Person
    pain: PainHistory
    drugs: tuple[DrugUse, ...]
    wishes: tuple[str, ...]
    body: BodyRecord
    imaging: tuple[ImagingEntry, ...]
    warnings: tuple[str, ...]


def read_history(path: Path, changes: Changes = ()) -> History:
    """The case file, with changes of a what-if laid over it.

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
    record = changed_record(record, changes) if changes else record
    if record.get("schema", SCHEMA) != SCHEMA:
        raise InputError(f"{where}: schema must be {SCHEMA}; this file was written for another version of the program")
    person, pain = table(record, "person", where), table(record, "pain", where)
    drugs = tables(record, "drugs", where)
    warnings = [f"{where}: entry '{name}' is not known and was not used" for name in record if name not in TOP]
    lists = [(name, entry) for name in ("drugs", *bodyfacts.KNOWN, *imaging.KNOWN) for entry in tables(record, name, where)]
    for name, entry in [("person", person), ("pain", pain), *lists]:
        warnings += [f"{where} [{name}]: '{key}' is not known and was not used" for key in entry if key not in KNOWN[name]]
    return History(
        _person(person, where),
        _pain(pain, where),
        tuple(_drug(d, n, where) for n, d in enumerate(drugs, start=1)),
        texts(record, "wishes", where),
        bodyfacts.read_body(record, pain, where),
        imaging.read_imaging_entries(record, where),
        tuple(dict.fromkeys(warnings)),
    )


def _person(entry: Table, where: str) -> Person:
    age = number(entry, "age", (0, 130), where)
    sex = text(entry, "sex", where)
    if sex not in ("", "F", "M"):
        raise InputError(f'{where} [person]: sex must be "F" or "M" (as assigned at birth, for sex chromosomes); leave it out if unknown')
    return Person(text(entry, "label", where) or "unnamed", int(age) if age is not None else None, sex)


def _pain(entry: Table, where: str) -> PainHistory:
    return PainHistory(
        text(entry, "complaint", where),
        texts(entry, "sites", where),
        number(entry, "months", (0, 1500), where),
        number(entry, "intensity", (0, 10), where),
        texts(entry, "diagnoses", where),
    )


def _drug(entry: Table, count: int, where: str) -> DrugUse:
    spot = f"{where} [[drugs]] entry {count}"
    name = text(entry, "name", spot)
    if not name.strip():
        raise InputError(f"{spot}: needs a name")
    if "dose_mg" in entry and ("dose" in entry or "unit" in entry):
        raise InputError(f"{spot}: give 'dose' with 'unit', or 'dose_mg', not both")
    dose = interval(entry, "dose_mg" if "dose_mg" in entry else "dose", (0, 100_000), spot)
    return DrugUse(
        name=name.strip(),
        text=text(entry, "text", spot),
        dose=dose,
        unit="mg" if "dose_mg" in entry else text(entry, "unit", spot),
        per_day=interval(entry, "per_day", (0, 100), spot),
        route=text(entry, "route", spot),
        form=text(entry, "form", spot),
        as_needed=flag(entry, "as_needed", spot),
        since=text(entry, "since", spot),
        until=text(entry, "until", spot),
        reason=text(entry, "reason", spot),
        state=one_of(entry, "state", DRUG_STATES, spot),
        codes=codes(entry, spot),
    )
