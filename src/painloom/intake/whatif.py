"""What if: changes of a case in the form path=value, applied before anything judges it."""

import copy
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from painloom.errors import InputError
from painloom.model.answers import UNANSWERED, Answers, ItemRange

DRUGS, CALLS, SHEETS, MEASURES = "drugs", "outside_calls", "answers", "measures"
LISTS = {("wishes",), ("pain", "sites"), ("pain", "diagnoses"), ("pain", "map")}
TABLES = ("person", "pain", "organs", "history", "examination", "redflags")
GONE = "none"
CONTROL = "Cc"  # of Unicode
ORGANS = "organs"
MILLIGRAMS = ".dose_mg"
TEXTS = ("since", "until", "name", "text", "unit", "state", "route", "form", "reason")  # never numbers or dates, whatever they look like
KEY = re.compile(r"^[a-z_]+$")
WHOLE = re.compile(r"^-?[0-9]{1,6}$")
WHERE = "--set"
Changes = tuple[tuple[str, str], ...]
Shapes = Callable[[str], Sequence[ItemRange] | None]


def read_change(text: str) -> tuple[str, str]:
    """The path and the value of "path=value"; InputError where there is no path."""
    path, sign, value = text.partition("=")
    if any(unicodedata.category(letter) == CONTROL for letter in text):
        raise InputError(f"{WHERE}: expected path=value in one line, without control characters")
    if not sign or not path.strip() or not all(part.strip() for part in path.split(".")):
        raise InputError(f"{WHERE}: expected path=value, such as person.age=80 or drugs.NAME.dose_mg=50")
    return path.strip(), value.strip()


def changed_record(record: Mapping[str, object], changes: Changes) -> dict[str, object]:
    """The record of case.toml after every change that is meant for it; the record itself stays.

    `table.key=value` sets a value, an empty value takes it away (not known).  `drugs.NAME.key=value` changes or adds a drug,
    `drugs.NAME=none` takes it off the list, another value is its state.  Lists are written with ";" between the entries.

    Raises
    ------
    InputError : a path that is no part of a case.
    """
    found = copy.deepcopy(dict(record))
    for path, value in sorted(changes, key=lambda change: change[0].endswith(MILLIGRAMS)):  # in mg whatever unit stood there before
        parts = tuple(path.split("."))
        if parts[0] in (CALLS, SHEETS):
            continue
        if parts[0] == DRUGS and len(parts) > 1:
            _change_drug(found, *_name_and_key(path.removeprefix(f"{DRUGS}.")), value)
        elif parts[0] == ORGANS and len(parts) == 2:
            _change_measure(found, parts[1], "")
            _set(found, parts, _typed(value) if value else None)
        elif parts[0] == MEASURES and len(parts) == 2:
            _change_measure(found, parts[1], value)
        elif parts in LISTS:
            _set(found, parts, [entry.strip() for entry in value.split(";") if entry.strip()] if value else None)
        elif len(parts) == 2 and parts[0] in TABLES:
            _set(found, parts, _typed(value) if value else None)
        else:
            raise InputError(
                f"{WHERE} {path}: no such part of a case; allowed are {', '.join(TABLES)} with a key, wishes, drugs.NAME, measures.NAME, "
                f"{CALLS}.GENE, {SHEETS}.INSTRUMENT.ITEM"
            )
    return found


def _set(record: dict[str, object], parts: tuple[str, ...], value: object) -> None:
    """One value in a table of the record; None takes it away."""
    place = record
    for part in parts[:-1]:
        inner = place.setdefault(part, {})
        if not isinstance(inner, dict):
            raise InputError(f"{WHERE} {'.'.join(parts)}: [{part}] of the case is no table")
        place = inner
    if value is None:
        place.pop(parts[-1], None)
    else:
        place[parts[-1]] = value


def _typed(value: str) -> object:
    """A number, truth value or list where it reads as one, else the text itself: what is no value of a case its reader refuses."""
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        return value


def _name_and_key(text: str) -> tuple[str, str]:
    """The drug and the key of "NAME.key"; a point inside of a name stays in it."""
    name, point, key = text.rpartition(".")
    return (name, key) if point and KEY.match(key) else (text, "")


def _change_drug(record: dict[str, object], name: str, key: str, value: str) -> None:
    entries = record.setdefault(DRUGS, [])
    if not isinstance(entries, list):
        raise InputError(f"{WHERE} {DRUGS}: the case holds no list of drugs")
    own = [e for e in entries if isinstance(e, dict) and _is_named(str(e.get("name", "")), name)]
    if not key and value == GONE:
        if not own:
            raise InputError(f"{WHERE} {DRUGS}: the case has no drug of that name to take off")
        record[DRUGS] = [entry for entry in entries if entry not in own]
        return
    if not own and not value:
        raise InputError(f"{WHERE} {DRUGS}: the case has no drug of that name of which something could be taken away")
    if not own:
        own = [{"name": name}]
        entries += own
    for entry in own:
        if value:
            entry[key or "state"] = _typed(value) if key and key not in TEXTS else value
        else:
            entry.pop(key or "state", None)
        if key in ("dose", "unit"):
            entry.pop("dose_mg", None)
        if key == "dose_mg":
            entry.pop("dose", None)
            entry.pop("unit", None)


def _change_measure(record: dict[str, object], id_: str, value: str) -> None:
    """Every entry of a measure, its unit kept; one that the case does not hold is added in the unit of the table of measures."""
    entries = record.setdefault(MEASURES, [])
    if not isinstance(entries, list):
        raise InputError(f"{WHERE} {MEASURES}: the case holds no list of measures")
    own = [entry for entry in entries if isinstance(entry, dict) and entry.get("id") == id_]
    if not value:
        record[MEASURES] = [entry for entry in entries if entry not in own]
        _set(record, (ORGANS, id_), None)
    elif own:
        for entry in own:
            entry["value"] = _typed(value)
    else:
        _set(record, (ORGANS, id_), _typed(value))


def _is_named(entry: str, name: str) -> bool:
    """Whether an entry of the list is the drug, a salt of it, or a product that names it as one of its ingredients."""
    words, asked = re.split(r"[\s/+,()]+", entry.lower()), name.lower()
    return entry.strip().lower() == asked or asked in words or entry.strip().lower() == asked.split()[0]


def changed_calls(calls: Mapping[str, str], changes: Changes) -> dict[str, str]:
    """Diplotypes of another laboratory after the changes; an empty value takes one away."""
    found = dict(calls)
    for path, value in changes:
        parts = path.split(".")
        if parts[0] == CALLS and len(parts) == 2:
            found.pop(parts[1], None)
            found |= {parts[1]: value} if value else {}
        elif parts[0] == CALLS:
            raise InputError(f"{WHERE} {CALLS}: expected {CALLS}.GENE=diplotype")
    return found


def changed_answers(sheets: Iterable[Answers], changes: Changes, ranges: Shapes) -> tuple[Answers, ...]:
    """Answer sheets after the changes: an item of the latest sheet of an instrument; an empty value = unanswered.

    Raises
    ------
    InputError : no such sheet or item, or an answer outside its range (without the answer).
    """
    found = list(sheets)
    for path, value in changes:
        parts = path.split(".")
        if parts[0] != SHEETS:
            continue
        place = next((n for n in range(len(found) - 1, -1, -1) if len(parts) == 3 and found[n].instrument == parts[1]), None)
        if place is None or parts[2] not in found[place].items:
            raise InputError(f"{WHERE} {SHEETS}: expected {SHEETS}.INSTRUMENT.ITEM of a sheet that the case holds")
        sheet = found[place]
        values = sheet.values.copy()
        values[0, sheet.items.index(parts[2])] = _answer(value, parts[2], ranges(sheet.instrument) or ())
        found[place] = replace(sheet, values=values)
    return tuple(found)


def _answer(value: str, item: str, ranges: Iterable[ItemRange]) -> int:
    if not value:
        return UNANSWERED
    allowed = next((one for one in ranges if one.id == item), None)
    if not WHOLE.match(value) or (allowed is not None and not _inside(int(value), allowed)):
        limits = f"{allowed.low}..{allowed.high}" if allowed is not None else "a whole number"
        raise InputError(f"{WHERE} {SHEETS}: item {item} takes {limits}; leave it empty if it was not answered")
    return int(value)


def _inside(value: int, allowed: ItemRange) -> bool:
    return allowed.low <= value <= allowed.high and (not allowed.allowed or value in allowed.allowed)
