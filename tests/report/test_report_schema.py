"""The published schema of assessment.json: what the nouns give, what every assessment keeps, and what it refuses."""

import copy
import dataclasses
import json
import math
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import invented
import invented_brain
import invented_outlook
import invented_streams
import pytest

from painloom.model.assessment import Assessment
from painloom.model.quantity import Estimate
from painloom.report.jsonout import to_json
from painloom.report.schema import FILE, SCHEMA_ID, _value, assessment_schema, schema_text

ROOT = Path(__file__).resolve().parents[2]
KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
KNOWN = {"$schema", "$id", "$defs", "$ref", "title", "description", "type", "const", "properties", "required", "additionalProperties"} | {
    *("anyOf", "items", "prefixItems", "minItems", "minLength", "minimum", "pattern")
}


def is_kind(value: object, kind: str) -> bool:
    if kind in ("number", "integer"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (kind == "number" or float(value).is_integer())
    return isinstance(value, KINDS[kind])


def faults(value: object, schema: object, root: dict, at: str = "$") -> list[str]:
    """Every place where `value` breaks `schema`; a small validator of the keywords that the schema uses."""
    if isinstance(schema, bool):
        return [] if schema else [f"{at}: nothing may stand here"]
    assert set(schema) <= KNOWN, f"the validator does not know {set(schema) - KNOWN}"
    found: list[str] = []
    if "$ref" in schema:
        found += faults(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, at)
    if "anyOf" in schema and all(faults(value, s, root, at) for s in schema["anyOf"]):
        found.append(f"{at}: fits none of the choices")
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(is_kind(value, k) for k in kinds):
            return [*found, f"{at}: is not {schema['type']}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: is not {schema['const']!r}")
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            found.append(f"{at}: too short")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{at}: breaks the pattern")
    if isinstance(value, int | float) and value < schema.get("minimum", -math.inf):
        found.append(f"{at}: too low")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{at}: lacks {name}" for name in schema.get("required", []) if name not in value]
        for name, inner in value.items():
            found += faults(inner, known.get(name, schema.get("additionalProperties", True)), root, f"{at}.{name}")
    if isinstance(value, list):
        head = schema.get("prefixItems", [])
        if len(value) < schema.get("minItems", 0):
            found.append(f"{at}: too few")
        for n, inner in enumerate(value):
            found += faults(inner, head[n] if n < len(head) else schema.get("items", True), root, f"{at}[{n}]")
    return found


def stored() -> dict:
    return json.loads(files("painloom.report").joinpath("schemas", FILE).read_text(encoding="utf-8"))


def with_outlook() -> Assessment:
    return dataclasses.replace(invented.mara(), outlook=invented_outlook.view())


def not_finite() -> Assessment:
    base = invented_streams.ilse()
    score = dataclasses.replace(base.scores[0], estimate=Estimate(math.nan, "points", 0, 10))
    return dataclasses.replace(base, scores=(score, *base.scores[1:]))


INVENTED: tuple[Callable[[], Assessment], ...] = (
    invented.mara,
    invented.nobody,
    invented.hostile,
    invented.busy,
    invented_brain.rich,
    invented_brain.sparse,
    invented_brain.withheld,
    invented_brain.rogue,
    invented_streams.ilse,
    invented_streams.calm,
    invented_streams.stranger,
    with_outlook,
    not_finite,
)


def test_the_stored_schema_is_what_the_nouns_give():
    """Change a noun, run `python tools/make_schema.py`, and think whether readers of version 1 can still read the file."""
    text = files("painloom.report").joinpath("schemas", FILE).read_text(encoding="utf-8")

    assert schema_text() == text, "the nouns changed: run python tools/make_schema.py and look at what readers of the file must now know"


@pytest.mark.parametrize("invent", INVENTED, ids=lambda f: f.__name__)
def test_every_invented_assessment_keeps_the_schema(invent):
    schema = stored()

    assert [] == faults(json.loads(to_json(invent())), schema, schema)


def test_the_example_case_keeps_the_schema():
    from painloom.assess import assess, open_case
    from painloom.intake.vcf import ReadOptions
    from painloom.knowledge.load import load

    knowledge, schema = load(None), stored()
    case = open_case(ROOT / "examples" / "mara", knowledge, ReadOptions(), "2026-11-01")
    document = json.loads(to_json(assess(case, knowledge, "2026-11-01")))

    assert [] == faults(document, schema, schema)
    assert document["case"]["genotypes"]["digest"]


def test_every_reference_leads_to_a_definition_and_every_definition_is_used():
    text = json.dumps(stored())
    used = set(re.findall(r'"\$ref": "#/\$defs/([^"]+)"', text))

    assert set(stored()["$defs"]) == used


def test_the_schema_names_itself_and_its_draft():
    schema = stored()

    assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]
    assert SCHEMA_ID == schema["$id"] == "https://painloom.org/schema/assessment-1.json"
    assert "painloom-assessment/1" == schema["properties"]["schema"]["const"]


BREAKS: dict[str, Callable[[dict], object]] = {
    "a field is gone": lambda d: d.pop("as_of"),
    "a field is new": lambda d: d.update(mood="good"),
    "another version": lambda d: d.update(schema="painloom-assessment/2"),
    "null for a thing not given": lambda d: d["case"]["person"].update(age_years=None),
    "an empty text for a thing not given": lambda d: d["case"]["person"].update(sex=""),
    "a text for a truth": lambda d: d["drugs"][0].update(current="yes"),
    "a number for a text": lambda d: d.update(program=3),
    "an absence without its reason": lambda d: d["case"]["person"].update(age_years={"absent": "not-measured"}),
    "an absence of another word": lambda d: d["case"]["person"].update(age_years={"absent": "normal", "reason": "young"}),
    "a pair with a third part": lambda d: d["streams"][0].update(more=1),
}


@pytest.mark.parametrize("name", BREAKS)
def test_the_schema_refuses(name):
    schema, document = stored(), json.loads(to_json(invented.mara()))
    assert [] == faults(document, schema, schema)

    broken = copy.deepcopy(document)
    BREAKS[name](broken)

    assert faults(broken, schema, schema)


def test_a_noun_with_a_type_that_json_has_not_is_refused():
    @dataclasses.dataclass(frozen=True)
    class Odd:
        value: set[str]

    from painloom.report.schema import _Defs

    with pytest.raises(TypeError, match="cannot write a value of type"):
        _value(Odd, _Defs())


def test_two_nouns_of_one_name_are_refused():
    from painloom.report.schema import _Defs

    one = dataclasses.make_dataclass("Twin", [("a", str)], frozen=True)
    two = dataclasses.make_dataclass("Twin", [("b", str)], frozen=True)
    defs = _Defs()
    _value(one, defs)

    with pytest.raises(TypeError, match="two nouns are called Twin"):
        _value(two, defs)


def test_making_the_schema_twice_gives_the_same_tree():
    assert assessment_schema() == assessment_schema()
