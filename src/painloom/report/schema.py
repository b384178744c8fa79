"""The JSON Schema (draft 2020-12) of assessment.json, worked out from the nouns and from how jsonout writes them.

The file report/schemas/assessment-1.schema.json holds what `schema_text` gives; `python tools/make_schema.py` writes it anew, and a test
fails when the nouns have changed and the file has not.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from inspect import cleandoc
from typing import Union, get_args, get_origin, get_type_hints

from painloom.model.answers import Answers
from painloom.model.assessment import Assessment
from painloom.model.brainfiles import BrainFiles
from painloom.model.genotypes import Genotypes
from painloom.report.jsonout import ABSENCES, NOT_FINITE, NOT_GIVEN, ONE_PAIR, PAIRS, SCHEMA

DRAFT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_ID = "https://painloom.org/schema/assessment-1.json"
FILE = "assessment-1.schema.json"
NOT_GIVEN_DEF, NOT_FINITE_DEF, PICTURE_DEF = "Absent", "NotFinite", "Bytes"
STRING: Mapping[str, object] = {"type": "string"}
STRINGS: Mapping[str, object] = {"type": "array", "items": STRING}
SCALARS: Mapping[object, Mapping[str, object]] = {
    str: STRING,
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    type(None): {"type": "null"},
}
COUNTS: Mapping[str, object] = {
    "type": "object",
    "description": "How often each state stands in the lists above: place of the list and field -> value -> count.",
    "additionalProperties": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
}

Schema = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Defs:
    """The schemas of the nouns met so far by name, and the noun behind each name."""

    schemas: dict[str, Schema] = field(default_factory=dict)
    nouns: dict[str, type] = field(default_factory=dict)


def assessment_schema() -> Schema:
    """The schema as a tree of dicts; the same nouns give the same tree, keys in the order in which the nouns are met.

    Raises
    ------
    TypeError : a noun has a field of a type that jsonout cannot write.
    """
    defs = _Defs()
    defs.schemas[NOT_GIVEN_DEF] = _absent_value("not-measured", STRING)
    defs.schemas[NOT_FINITE_DEF] = _absent_value("not-callable", {"const": NOT_FINITE})
    defs.schemas[PICTURE_DEF] = _closed(
        {"sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}, "bytes": {"type": "integer", "minimum": 0}}
    )
    root = _noun(Assessment, defs)
    properties = root["properties"]
    assert isinstance(properties, dict)
    return {
        "$schema": DRAFT,
        "$id": SCHEMA_ID,
        "title": "painloom assessment",
        "description": root["description"],
        **_closed({"schema": {"const": SCHEMA}, **properties, "counts": COUNTS}),
        "$defs": dict(sorted(defs.schemas.items())),
    }


def schema_text() -> str:
    """`assessment_schema` as JSON: two blanks of indent, a newline at the end."""
    return json.dumps(assessment_schema(), indent=2, ensure_ascii=False) + "\n"


def _closed(properties: Mapping[str, object]) -> Schema:
    """An object that holds all of `properties` and nothing else."""
    return {"type": "object", "properties": dict(properties), "required": list(properties), "additionalProperties": False}


def _absent_value(word: str, reason: Mapping[str, object]) -> Schema:
    return _closed({"absent": {"const": word}, "reason": reason})


def _noun(kind: type, defs: _Defs) -> Schema:
    """One noun as an object, fields in the order of its declaration."""
    if kind in SPECIAL:
        body = _closed(SPECIAL[kind])
    else:
        assert is_dataclass(kind)
        hints = get_type_hints(kind)
        head: Schema = {"absent": {"const": ABSENCES[kind]}} if kind in ABSENCES else {}
        body = _closed(head | {f.name: _field(kind.__name__, f.name, hints[f.name], defs) for f in fields(kind)})
    return {"description": cleandoc(kind.__doc__ or ""), **body}


def _reference(kind: type, defs: _Defs) -> Schema:
    name = kind.__name__
    known = defs.nouns.setdefault(name, kind)
    if known is not kind:
        raise TypeError(f"two nouns are called {name}, in {known.__module__} and in {kind.__module__}; give one of them another name")
    if name not in defs.schemas:
        defs.schemas[name] = {}  # a noun may hold itself
        defs.schemas[name] = _noun(kind, defs)
    return {"$ref": f"#/$defs/{name}"}


def _field(kind: str, name: str, hint: object, defs: _Defs) -> Schema:
    place = (kind, name)
    if place in NOT_GIVEN:
        return _union([*_without_none(hint, defs), {"$ref": f"#/$defs/{NOT_GIVEN_DEF}"}])
    if place in ONE_PAIR:
        return _pair(ONE_PAIR[place], get_args(hint), defs)
    if place in PAIRS:
        return {"type": "array", "items": _pair(PAIRS[place], get_args(get_args(hint)[0]), defs)}
    return _value(hint, defs)


def _without_none(hint: object, defs: _Defs) -> list[Schema]:
    """The schemas of a value that may be left out: neither null nor an empty text stands for "not given"."""
    parts = [part for part in _parts(hint) if part is not type(None)]
    return [{"type": "string", "minLength": 1} if part is str else _value(part, defs) for part in parts]


def _pair(names: tuple[str, ...], hints: tuple[object, ...], defs: _Defs) -> Schema:
    return _closed({name: _value(hint, defs) for name, hint in zip(names, hints, strict=True)})


def _value(hint: object, defs: _Defs) -> Schema:
    """The schema of one type."""
    if hint in SCALARS:
        return dict(SCALARS[hint])
    if hint is float:
        return _union([{"type": "number"}, {"$ref": f"#/$defs/{NOT_FINITE_DEF}"}])
    if hint is bytes:
        return {"$ref": f"#/$defs/{PICTURE_DEF}"}
    parts = _parts(hint)
    if len(parts) > 1:
        return _union([_value(part, defs) for part in parts])
    if get_origin(hint) is tuple:
        items = get_args(hint)
        if items[-1] is Ellipsis:
            return {"type": "array", "items": _value(items[0], defs)}
        return {"type": "array", "prefixItems": [_value(i, defs) for i in items], "items": False, "minItems": len(items)}
    if isinstance(hint, type) and (is_dataclass(hint) or hint in SPECIAL):
        return _reference(hint, defs)
    raise TypeError(f"jsonout cannot write a value of type {hint!r}; use texts, numbers, truths, tuples and nouns")


def _parts(hint: object) -> tuple[object, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _union(choices: list[Schema]) -> Schema:
    """One of several schemas; a union inside is laid flat, a repeated choice appears once."""
    flat: list[Schema] = []
    for choice in choices:
        inner = choice.get("anyOf")
        for one in inner if isinstance(inner, list) else [choice]:
            if one not in flat:
                flat.append(one)
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


# nouns that jsonout does not write field by field
SPECIAL: Mapping[type, Schema] = {
    Genotypes: {
        "digest": STRING,
        "build": STRING,
        "origin": STRING,
        "absent_is_reference": {"type": "boolean"},
        "warnings": STRINGS,
    },
    Answers: {
        "instrument": STRING,
        "date": STRING,
        "file": STRING,
        "items": {"type": "object", "additionalProperties": {"type": ["integer", "null"]}},
    },
    BrainFiles: {
        "files": STRINGS,
        "generated_by": {"type": "array", "items": _closed({"program": STRING, "version": STRING})},
        "warnings": STRINGS,
    },
}
