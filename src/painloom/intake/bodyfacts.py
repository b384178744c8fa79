"""The body part of case.toml: diagnoses, measures, three-valued facts, allergies, body map, sensory tests."""

from collections.abc import Iterator

from painloom.errors import InputError
from painloom.intake.tomlfields import Table, codes, number, one_of, table, tables, text, texts
from painloom.model.body import NO, TRUTH, YES, Allergy, BodyRecord, Diagnosis, Fact, Measure, SensoryTest

FACT_TABLES = ("examination", "history", "redflags")
LARGEST = 1e9
KNOWN = {
    "diagnoses": {"text", "codes", "state", "since"},
    "measures": {"id", "value", "unit", "date", "text", "codes"},
    "allergies": {"text", "codes", "reaction", "severity"},
    "sensory": {"test", "region", "side", "value"},
}


def read_body(record: Table, pain: Table, where: str) -> BodyRecord:
    """What `record` says of the body; `pain` is its [pain] table, which may hold the body map.

    Raises
    ------
    InputError : a value of another type, a fact that is not yes, no or unknown, a number outside its limits.
    """
    return BodyRecord(
        diagnoses=tuple(_diagnosis(d, f"{where} [[diagnoses]] entry {n}") for n, d in enumerate(tables(record, "diagnoses", where), 1)),
        facts=tuple(fact for name in FACT_TABLES for fact in _facts(record, name, where)),
        measures=tuple(_measures(record, where)),
        allergies=tuple(_allergy(a, f"{where} [[allergies]] entry {n}") for n, a in enumerate(tables(record, "allergies", where), 1)),
        regions=texts(pain, "map", f"{where} [pain]") if "map" in pain else None,
        sensory=tuple(_sensory(s, f"{where} [[sensory]] entry {n}") for n, s in enumerate(tables(record, "sensory", where), 1)),
    )


def _diagnosis(entry: Table, where: str) -> Diagnosis:
    return Diagnosis(
        _needed(entry, "text", where),
        codes(entry, where),
        one_of(entry, "state", ("", "active", "resolved"), where),
        text(entry, "since", where),
    )


def _needed(entry: Table, name: str, where: str) -> str:
    value = text(entry, name, where).strip()
    if not value:
        raise InputError(f"{where}: needs '{name}'")
    return value


def _facts(record: Table, name: str, where: str) -> Iterator[Fact]:
    for key, value in table(record, name, where).items():
        if isinstance(value, bool):
            yield Fact(key, YES if value else NO, text=name)
        elif isinstance(value, str) and value in TRUTH:
            yield Fact(key, value, text=name)
        else:
            raise InputError(f"{where} [{name}]: '{key}' must be {', '.join(TRUTH)}, true or false; leave it out if nobody asked")


def _measures(record: Table, where: str) -> Iterator[Measure]:
    for key in table(record, "organs", where):
        value = number(table(record, "organs", where), key, (0, LARGEST), f"{where} [organs]")
        assert value is not None
        yield Measure(key, value, "")
    for n, entry in enumerate(tables(record, "measures", where), 1):
        spot = f"{where} [[measures]] entry {n}"
        value = number(entry, "value", (-LARGEST, LARGEST), spot)
        if value is None:
            raise InputError(f"{spot}: needs 'value', a number")
        yield Measure(
            text(entry, "id", spot),
            value,
            text(entry, "unit", spot),
            text(entry, "date", spot),
            text(entry, "text", spot),
            codes(entry, spot),
        )


def _allergy(entry: Table, where: str) -> Allergy:
    return Allergy(_needed(entry, "text", where), codes(entry, where), text(entry, "reaction", where), text(entry, "severity", where))


def _sensory(entry: Table, where: str) -> SensoryTest:
    value = number(entry, "value", (-LARGEST, LARGEST), where)
    if value is None:
        raise InputError(f"{where}: needs 'value', a number")
    return SensoryTest(_needed(entry, "test", where), _needed(entry, "region", where), text(entry, "side", where), value)
