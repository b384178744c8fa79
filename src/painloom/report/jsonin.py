"""assessment.json -> the Assessment that was written, worked out from the types of the nouns: the way back of jsonout.

What the file keeps only a digest of comes back without its content: genotypes (no sites), pictures (no bytes), files of the brain (places).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

import numpy as np

from painloom.errors import InputError
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.assessment import Assessment
from painloom.model.brainfiles import BrainFile, BrainFiles
from painloom.model.genotypes import Genotypes, SiteTable
from painloom.report.jsonout import ABSENCES, DERIVED, NOT_FINITE, NOT_GIVEN, ONE_PAIR, PAIRS, SCHEMA

MOST_BYTES = 200_000_000
AGAIN = "assess the case again, or give the case folder"
MARKS = frozenset(("absent", "reason"))
PICTURE = frozenset(("sha256", "bytes"))


class _Other(ValueError):
    """A place that does not hold what the nouns of this release say; its text is the path."""


def read_json(path: Path) -> Assessment:
    """The Assessment in the file at `path`.

    Raises
    ------
    InputError : no file, too large, not JSON, of another schema, or of another release whose nouns had other fields.
    """
    where = path.name
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{where}: larger than {MOST_BYTES:,} bytes, which no assessment is; {AGAIN}")
        document = json.loads(path.read_bytes())
    except OSError as wrong:
        raise InputError(f"{where}: cannot be read: {wrong.strerror}") from None
    except (ValueError, RecursionError):
        raise InputError(f"{where}: not JSON, or cut off; {AGAIN}") from None
    return from_json(document, where)


def from_json(document: object, where: str) -> Assessment:
    """The Assessment in a parsed document; `where` names it in an error.

    Raises
    ------
    InputError : of another schema, or a place that does not hold what the nouns say; the message holds the place, never the value.
    """
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f"{where}: is not an assessment of schema {SCHEMA}; {AGAIN}")
    body = {name: value for name, value in document.items() if name not in DERIVED}
    try:
        found = _noun(Assessment, body, "")
    except _Other as wrong:
        raise InputError(f"{where}: {wrong}: not of the form that this release writes; {AGAIN}") from None
    assert isinstance(found, Assessment)
    return found


@cache
def _hints(kind: type) -> dict[str, object]:
    return dict(get_type_hints(kind))


def _noun(kind: type, value: object, place: str) -> object:
    """One noun from its object: exactly the fields of its declaration."""
    if not isinstance(value, dict):
        raise _Other(place or "the document")
    if kind in SPECIAL:
        try:
            return SPECIAL[kind](value)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise _Other(place) from None
    if not _fits(kind, value):
        raise _Other(place or "the document")
    hints = _hints(kind)
    parts = {f.name: _field(kind.__name__, f.name, hints[f.name], value[f.name], f"{place}.{f.name}".lstrip(".")) for f in fields(kind)}
    found: object = kind(**parts)
    return found


def _fits(kind: type, value: Mapping[str, object]) -> bool:
    """Whether an object has the fields of a noun, and the mark of an absence where the noun is one."""
    if kind in SPECIAL:
        return True
    names = {f.name for f in fields(kind)}
    if kind in ABSENCES:
        return value.get("absent") == ABSENCES[kind] and set(value) == {"absent", *names}
    return set(value) == names


def _field(kind: str, name: str, hint: object, value: object, place: str) -> object:
    spot = (kind, name)
    if spot in NOT_GIVEN and isinstance(value, dict) and value == {"absent": "not-measured", "reason": NOT_GIVEN[spot]}:
        return None if type(None) in _choices(hint) else ""
    if value is None and type(None) in _choices(hint):
        return None
    if spot in ONE_PAIR:
        return _pair(ONE_PAIR[spot], get_args(_tuple(hint)), value, place)
    if spot in PAIRS:
        inner = get_args(get_args(_tuple(hint))[0])
        return tuple(_pair(PAIRS[spot], inner, item, f"{place}[{n}]") for n, item in enumerate(_list(value, place)))
    return _value(hint, value, place)


def _pair(names: tuple[str, ...], hints: tuple[object, ...], value: object, place: str) -> tuple[object, ...]:
    if not isinstance(value, dict) or set(value) != set(names):
        raise _Other(place)
    return tuple(_value(hint, value[name], f"{place}.{name}") for name, hint in zip(names, hints, strict=True))


def _list(value: object, place: str) -> list[object]:
    if not isinstance(value, list):
        raise _Other(place)
    return value


def _tuple(hint: object) -> object:
    """The tuple among the types of a field that may also be left out."""
    return next(choice for choice in _choices(hint) if get_origin(choice) is tuple)


def _choices(hint: object) -> tuple[object, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _value(hint: object, value: object, place: str) -> object:
    """A value of one type; of several types the one that it fits."""
    for choice in _choices(hint):
        if _is(choice, value):
            return _one(choice, value, place)
    raise _Other(place)


def _is(hint: object, value: object) -> bool:
    """Whether a value has the shape of a type; what lies inside is looked at when it is read."""
    if hint is type(None):
        return value is None
    if hint is bool or hint is str:
        return isinstance(value, hint)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint is float:
        return (isinstance(value, int | float) and not isinstance(value, bool)) or _is_no_number(value)
    if hint is bytes:
        return isinstance(value, dict) and set(value) == PICTURE
    if get_origin(hint) is tuple:
        return isinstance(value, list)
    return isinstance(hint, type) and isinstance(value, dict) and (hint in SPECIAL or is_dataclass(hint)) and _fits(hint, value)


def _is_no_number(value: object) -> bool:
    return isinstance(value, dict) and set(value) == MARKS and value["reason"] == NOT_FINITE


def _one(hint: object, value: object, place: str) -> object:
    if hint is float:
        return math.nan if isinstance(value, dict) else value
    if hint is bytes:
        return b""
    if get_origin(hint) is tuple:
        items = _list(value, place)
        inner = get_args(hint)
        if inner[-1] is Ellipsis:
            return tuple(_value(inner[0], item, f"{place}[{n}]") for n, item in enumerate(items))
        if len(items) != len(inner):
            raise _Other(place)
        return tuple(_value(one, item, f"{place}[{n}]") for n, (one, item) in enumerate(zip(inner, items, strict=True)))
    return _noun(hint, value, place) if isinstance(hint, type) and is_dataclass(hint) else value


# nouns that jsonout does not write field by field


def _genotypes(value: Mapping[str, object]) -> Genotypes:
    none = np.zeros((0, 1), dtype=np.int8)
    return Genotypes(
        SiteTable(()),
        (),
        _text(value["build"]),
        np.zeros((0, 1, 2), dtype=np.int8),
        np.zeros((0, 1), dtype=np.int32),
        none,
        digest=_text(value["digest"]),
        origin=_text(value["origin"]),
        absent_is_reference=value["absent_is_reference"] is True,
        warnings=_texts(value["warnings"]),
    )


def _answers(value: Mapping[str, object]) -> Answers:
    items = value["items"]
    if not isinstance(items, dict):
        raise TypeError
    row = np.array([[UNANSWERED if answer is None else int(answer) for answer in items.values()]], dtype=np.int16)
    return Answers(_text(value["instrument"]), ("1",), tuple(items), row, _text(value["date"]), _text(value["file"]))


def _brain_files(value: Mapping[str, object]) -> BrainFiles:
    """Places without the folder that they lie in: nothing can be opened by them."""
    files = tuple(BrainFile(Path(place), place, (), "", "") for place in _texts(value["files"]))
    programs = value["generated_by"]
    pairs = tuple((_text(one["program"]), _text(one["version"])) for one in programs) if isinstance(programs, list) else ()
    return BrainFiles(Path(), files, pairs, _texts(value["warnings"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(_text, value))


SPECIAL = {Genotypes: _genotypes, Answers: _answers, BrainFiles: _brain_files}
