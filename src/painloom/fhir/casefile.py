"""A case -> the files of a case folder: case.toml, answers, what was not read, where it came from."""

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from painloom.errors import InputError
from painloom.fhir.imported import Imported
from painloom.intake.bodyfacts import FACT_TABLES
from painloom.intake.history import MOST_BYTES
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.body import BodyRecord, Codes
from painloom.model.case import Case, DrugUse
from painloom.model.quantity import Interval
from painloom.version import KNOWLEDGE_RELEASE

CASE_FILE, NOT_READ, ORIGIN, ANSWERS = "case.toml", "not-read.tsv", "import.toml", "answers"
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
Value = str | float | int | bool | Interval | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Written:
    """The files of an import, by name below the case folder."""

    files: tuple[str, ...]


def write_case(imported: Imported, folder: Path, *, replace: bool = False) -> Written:
    """Write the case folder; files of other origin in it stay as they are.

    Raises
    ------
    InputError : the folder holds a case already and `replace` is not set, is a file, or holds answers of other origin under the same name.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder.name}: is a file; name a folder for the case")
    earlier = _earlier(folder)
    if (folder / CASE_FILE).exists() and not replace:
        raise InputError(f"{folder.name}: holds a {CASE_FILE} already; name another folder, or give --replace")
    contents = files_of(imported)
    taken = [name for name in contents if name.startswith(ANSWERS) and name not in earlier and (folder / name).exists()]
    if taken:
        raise InputError(f"{folder.name}: {taken[0]} was not written by an import and would be replaced; move it away first")
    for name in contents:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    for name in earlier:
        if name not in contents and name.startswith(f"{ANSWERS}/"):
            (folder / name).unlink(missing_ok=True)
    for name, text in contents.items():
        _write(folder / name, text)
    return Written(tuple(contents))


def files_of(imported: Imported) -> dict[str, str]:
    """File name -> text, case.toml last, so that a folder with a case.toml is complete.

    Raises
    ------
    InputError : the case would be larger than a case file may be.
    """
    case = case_toml(imported.case)
    if len(case.encode("utf-8")) > MOST_BYTES:
        raise InputError(f"{CASE_FILE}: would be larger than {MOST_BYTES:,} bytes, the most that is read again; export a shorter period")
    found = {f"{ANSWERS}/{name}": _answers_csv(row) for name, row in _answer_names(imported.case.answers)}
    found[NOT_READ] = _not_read(imported)
    found[ORIGIN] = _origin(imported, tuple(found))
    found[CASE_FILE] = case
    return found


def _earlier(folder: Path) -> tuple[str, ...]:
    """Files that an earlier import wrote here."""
    try:
        listed = tomllib.loads((folder / ORIGIN).read_text(encoding="utf-8")).get("files", [])
    except (OSError, ValueError):
        return ()
    return tuple(n for n in listed if isinstance(n, str) and ".." not in n.split("/")) if isinstance(listed, list) else ()


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    os.replace(unfinished, path)


def case_toml(case: Case) -> str:
    """The case as the text of a case.toml; `intake.history.read_history` gives the same nouns back."""
    lines: list[str] = ["schema = 1"]
    if case.wishes:
        lines += list(_entries({"wishes": case.wishes}))
    person, pain = case.person, case.pain
    lines += _table("[person]", {"label": person.label, "age": person.age_years, "sex": person.sex})
    regions = case.body.regions
    lines += _table(
        "[pain]",
        {
            "complaint": pain.complaint,
            "sites": pain.sites,
            "months": pain.months,
            "intensity": pain.intensity_0_10,
            "diagnoses": pain.diagnoses,
        },
    )
    if regions is not None:
        lines.append(f"map = {_value(regions)}")
    for drug in case.drugs:
        lines += _table("[[drugs]]", _drug(drug))
    lines += _body(case.body)
    return "\n".join(lines) + "\n"


def _drug(drug: DrugUse) -> dict[str, Value]:
    return {
        "name": drug.name,
        "text": drug.text,
        "dose": drug.dose,
        "unit": drug.unit,
        "per_day": drug.per_day,
        "route": drug.route,
        "form": drug.form,
        "as_needed": drug.as_needed,
        "since": drug.since,
        "until": drug.until,
        "reason": drug.reason,
        "state": drug.state,
        "codes": _codes(drug.codes),
    }


def _body(body: BodyRecord) -> Iterator[str]:
    for name in FACT_TABLES:
        facts = [fact for fact in body.facts if fact.text == name]
        if facts:
            yield from ("", f"[{name}]", *(f"{_string(fact.id)} = {_string(fact.value)}" for fact in facts))
    for d in body.diagnoses:
        yield from _table("[[diagnoses]]", {"text": d.text, "codes": _codes(d.codes), "state": d.state, "since": d.since})
    for m in body.measures:
        fields: dict[str, Value] = {"id": m.id, "value": m.value, "unit": m.unit, "date": m.date, "text": m.text, "codes": _codes(m.codes)}
        yield from _table("[[measures]]", fields)
    for a in body.allergies:
        yield from _table("[[allergies]]", {"text": a.text, "codes": _codes(a.codes), "reaction": a.reaction, "severity": a.severity})
    for s in body.sensory:
        yield from _table("[[sensory]]", {"test": s.test, "region": s.region, "side": s.side, "value": s.value})


def _codes(codes: Codes) -> tuple[str, ...]:
    return tuple(f"{system}:{code}" for system, code in codes)


def _table(heading: str, entries: Mapping[str, Value]) -> list[str]:
    return ["", heading, *_entries(entries)]


def _entries(entries: Mapping[str, Value]) -> Iterator[str]:
    """One line an entry; what is absent or empty is not written."""
    for name, value in entries.items():
        if value is None or value == "" or value == () or value is False:
            continue
        yield f"{name} = {_value(value)}"


def _value(value: Value) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Interval):
        return _number(value.low) if value.is_point else f"[{_number(value.low)}, {_number(value.high)}]"
    if isinstance(value, tuple):
        return "[" + ", ".join(_string(item) for item in value) + "]"
    assert value is not None
    return _number(value)


def _number(value: float) -> str:
    return str(int(value)) if abs(value) < 1e15 and int(value) == value else repr(float(value))


def _string(text: str) -> str:
    """A TOML basic string."""
    return '"' + "".join(ESCAPES.get(c) or (f"\\u{ord(c):04X}" if ord(c) < 32 or ord(c) == 127 else c) for c in text) + '"'


def _answer_names(answers: Iterable[Answers]) -> Iterator[tuple[str, Answers]]:
    """`<instrument>_<date>.csv`; a second row of the same day gets `_2` and so on."""
    used: dict[str, int] = {}
    for row in answers:
        stem = f"{row.instrument}_{row.date or 'undated'}"
        used[stem] = used.get(stem, 0) + 1
        yield f"{stem}.csv" if used[stem] == 1 else f"{stem}_{used[stem]}.csv", row


def _answers_csv(row: Answers) -> str:
    cells = ["" if value == UNANSWERED else str(int(value)) for value in row.values[0]]
    return ",".join(["id", *row.items]) + "\n" + ",".join([row.names()[0], *cells]) + "\n"


def _not_read(imported: Imported) -> str:
    rows = [("resource", "id", "place", "why")]
    rows += [(line.resource or ".", line.id or ".", line.place, line.why) for line in imported.left_out]
    return "".join("\t".join(row) + "\n" for row in rows)


def _origin(imported: Imported, files: tuple[str, ...]) -> str:
    """Where the case came from; no file name of the sender, which may hold a person's name."""
    entries: dict[str, Value] = {
        "format": "FHIR R4 Bundle, JSON",
        "sha256": imported.digest,
        "as_of": imported.as_of,
        "knowledge": KNOWLEDGE_RELEASE,
        "files": (*files, ORIGIN, CASE_FILE),
        "notes": imported.notes,
    }
    counts: dict[str, Value] = {"resources": imported.resources, "used": imported.used, **dict(imported.counts)}
    lines = ["schema = 1", *_entries(entries), "", "[counts]", *(f"{name} = {value}" for name, value in counts.items())]
    return "\n".join(lines) + "\n"
