"""The neuromodulation planner against answers typed from publications and the fact sheet by somebody other than the author of the cards.

tests/known_answers/targets/<subject>.tsv   case  asks  expected  words  source  where
    case: parts joined by `;`: `dx=text[@active|@resolved][#system:code]`, `device=..` alike, `site=..`, `paindx=..`, `complaint=..`,
    `drug=name[@stopped]`, `fact:<id>=yes|no|unknown`
    asks: `m1` (hemisphere and area of the first motor target; `*` = any area), `m1s`, `dlpfc`, `xyz`, `scalp`, `evidence`
    (body:year:state, words = what grade or text may say), `tms` and `tdcs` (status of every target of that modality, words = each of the
    parts between `;` stands in its reasons, `|` = or) and others, one function each below
Areas are told by their published coordinates, never by names of cards.
"""

import csv
import math
import re
from pathlib import Path

import pytest

from builders import knowledge
from painloom.brain.targets import plan_targets
from painloom.model.body import TRUTH, BodyRecord, Diagnosis, Fact
from painloom.model.case import Case, DrugUse, PainHistory, Person

FOLDER = Path(__file__).parent / "known_answers" / "targets"
COLUMNS = ["case", "asks", "expected", "words", "source", "where"]
AS_OF = "2026-11-24"
MOTOR = {
    ("left", "hand"): [(-37, -21, 58), (-28, -24, 62)],
    ("right", "hand"): [(37, -21, 58), (28, -24, 62)],
    ("left", "face"): [(-50, -8, 40)],
    ("right", "face"): [(52, -2, 34)],
    ("left", "foot"): [(-6, -22, 60)],
    ("right", "foot"): [(2, -20, 62), (6, -22, 60)],
}
PREFRONTAL = [(-41, 16, 54), (-37, 26, 49), (-36, 39, 43), (-44, 40, 29)]
NEAR_MM = 6.0


def known():
    """Every row with its place; each must say where it comes from."""
    found = []
    for path in sorted(FOLDER.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            assert reader.fieldnames == COLUMNS, f"{path.name} has other columns"
            for line, row in enumerate(reader, start=2):
                assert None not in row.values(), f"{path.name}:{line} is short"
                assert "." not in (row["source"], row["where"]), f"{path.name}:{line} does not say where it comes from"
                found.append(pytest.param(row, id=f"{path.stem}:{line}"))
    return found


def diagnosis(text):
    text, _, code = text.partition("#")
    text, _, state = text.partition("@")
    return Diagnosis(text, (tuple(code.split(":", 1)),) if code else (), state or "active")


def case(text):
    """A case that holds what the row says and nothing else; every fact must be one that this release knows."""
    facts_known = {row["id"] for table in ("facts", "facts_criteria") for row in knowledge().terms(table)}
    parts = [tuple(part.split("=", 1)) for part in text.split(";")]
    said = {key: [v for k, v in parts if k == key] for key in ("dx", "device", "site", "paindx", "complaint", "drug")}
    facts = [Fact(key.removeprefix("fact:"), value) for key, value in parts if key.startswith("fact:")]
    assert {key for key, _ in parts if not key.startswith("fact:")} <= said.keys()
    assert all(f.id in facts_known and f.value in TRUTH for f in facts), text
    diagnoses = [*map(diagnosis, said["dx"]), *(diagnosis(f"device: {d}") for d in said["device"])]
    drugs = [DrugUse(name, name, state=state or "active") for name, _, state in (d.partition("@") for d in said["drug"])]
    pain = PainHistory(complaint=" ".join(said["complaint"]), sites=tuple(said["site"]), diagnoses=tuple(said["paindx"]))
    return Case(Person("P", 50, "F"), pain, tuple(drugs), body=BodyRecord(tuple(diagnoses), tuple(facts)))


def view_of(row):
    return plan_targets(case(row["case"]), knowledge(), AS_OF)


def ordered(view, modality):
    return sorted((t for t in view.targets if t.modality == modality), key=lambda t: t.order)


def area(point):
    """(hemisphere, area) of the motor strip that the point lies in, or None."""
    if point is None:
        return None
    gap = {place: min(math.dist(point, p) for p in points) for place, points in MOTOR.items()}
    best = min(gap, key=lambda place: gap[place])
    return best if gap[best] <= NEAR_MM else None


def motor(view):
    return [t for t in ordered(view, "rtms") if area(t.xyz_mm)]


def prefrontal(view):
    return [t for t in ordered(view, "rtms") if t.xyz_mm and min(math.dist(t.xyz_mm, p) for p in PREFRONTAL) <= NEAR_MM]


def reasons(target):
    return " ".join(f"{r.text} {r.basis}" for r in target.safety)


def said_of(target):
    return " ".join((target.name, reasons(target), *target.notes, *target.why))


def one_of(words, text):
    return any(word.lower() in text.lower() for word in words.split("|"))


def holds(words, text):
    return words == "." or all(one_of(part, text) for part in words.split(";"))


def check_m1(view, row):
    found = motor(view)
    assert found, "no motor target"
    side, spot = area(found[0].xyz_mm)
    wanted_side, wanted_spot = row["expected"].split()
    assert (wanted_side, wanted_spot) == (side, spot if wanted_spot != "*" else "*")
    assert side == found[0].side


def check_m1s(view, row):
    found = {" ".join(area(t.xyz_mm)) for t in motor(view)}
    assert found
    assert row["expected"] == "*" or set(row["expected"].split("|")) <= found


def check_missing(view, row):
    assert one_of(row["words"], " ".join((*view.missing, *view.warnings)))


def check_xyz(view, row):
    wanted = tuple(float(v) for v in row["expected"].split(","))
    assert wanted == pytest.approx(motor(view)[0].xyz_mm, abs=0.5)


def check_scalp(view, row):
    """The 10-10 position that a clinic would use: the first that the target names."""
    assert motor(view)[0].scalp[0].name in row["expected"].split("|")


def check_scalp_error(view, row):
    low, high = map(float, row["expected"].split(".."))
    assert low <= motor(view)[0].scalp[0].distance_mm <= high


def check_dlpfc(view, row):
    assert {row["expected"]} == {t.side for t in prefrontal(view)}


def check_dlpfc_xyz(view, row):
    wanted = [tuple(map(float, p.split(","))) for p in row["expected"].split("|")]
    assert min(math.dist(prefrontal(view)[0].xyz_mm, p) for p in wanted) <= 0.5


def check_space(view, row):
    assert {t.space[: len(row["expected"])] for t in view.targets if t.xyz_mm} == {row["expected"]}


def check_other(modality):
    def check(view, row):
        assert [t for t in ordered(view, modality) if one_of(row["words"], said_of(t))]

    return check


def stated(targets, row):
    """Evidence rows of a body and year with the state and one of the words asked."""
    body, year, state = row["expected"].split(":")
    rows = [e for t in targets for e in t.evidence if one_of(body.lower(), f"{e.body} {e.text} {e.source}") and e.year == int(year)]
    rows = [e for e in rows if state in (".", e.state)]
    if row["words"] != "." and len(row["words"]) == 1:
        return [e for e in rows if re.search(rf"\b{row['words']}\b", e.grade)]
    return [e for e in rows if row["words"] == "." or one_of(row["words"], f"{e.grade} {e.text}")]


def check_evidence(view, row):
    assert stated(motor(view)[:1], row)


def check_dlpfc_evidence(view, row):
    assert stated(prefrontal(view), row)


def check_bodies(view, row):
    assert len({e.body for e in motor(view)[0].evidence}) >= int(row["expected"])


def check_status(modality):
    def check(view, row):
        found = ordered(view, modality)
        assert found, "no target of this modality to judge"
        assert {t.status for t in found} <= set(row["expected"].split("|"))
        for target in found:
            open_too = (*target.notes, *view.missing, *view.warnings) if "open" in row["expected"] else ()
            assert holds(row["words"], " ".join((reasons(target), *open_too)))
            assert (target.status == "refused") == ("refused" in {r.level for r in target.safety})

    return check


def check_never_names(view, row):
    said = " ".join(" ".join((said_of(t), *view.warnings)) for t in ordered(view, "rtms")).lower()
    assert [words for words in row["words"].split(";") if words in said] == []


CHECKS = {
    "m1": check_m1,
    "m1s": check_m1s,
    "missing": check_missing,
    "xyz": check_xyz,
    "scalp": check_scalp,
    "scalp-error": check_scalp_error,
    "dlpfc": check_dlpfc,
    "dlpfc-xyz": check_dlpfc_xyz,
    "dlpfc-evidence": check_dlpfc_evidence,
    "space": check_space,
    "implant": check_other("implant"),
    "device": check_other("device"),
    "evidence": check_evidence,
    "bodies": check_bodies,
    "tms": check_status("rtms"),
    "tdcs": check_status("tdcs"),
    "implant-status": check_status("implant"),
    "tms-never-names": check_never_names,
}


@pytest.mark.parametrize("row", known())
def test_planner_gives_what_publications_and_safety_rules_say(row):
    CHECKS[row["asks"]](view_of(row), row)
