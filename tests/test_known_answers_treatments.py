"""The evidence of every treatment against answers worked out from the papers; whoever wrote the tables did not write these.

tests/known_answers/treatments/<treatment>.tsv      kind  condition  outcome  field  value  tolerance  source  where
    kind row      effect, low, high as printed; active, control = rates of the arms; weighs = `no` where the row may enter no model
    kind prior    contrast and se on the scale of the engine, positive = better (of a harm: more harm)
    kind derived  nnt or nnh from the rates of both arms
    kind state    usable = a checked row with its error may weigh, of the treatment or its class; own = of the treatment itself
    kind none     no usable evidence for this kind of pain (`.` = for any), of the treatment or its class
    kind predict  p30 (the main response, whatever its name), added, control, harm of an average person, as `low..high`;
                  tolerance 0.01: one in a hundred, for what partial pooling draws towards the class;
                  offered = `no` where what was found speaks against it
    condition, outcome: `a|b` = either, `.` = not fixed; lines of one condition, outcome, source and place belong to one row
"""

import csv
import importlib
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import pytest

from builders import knowledge
from painloom.model.evidence import ACTIVE, COMPUTED, VERIFIED

FOLDER = Path(__file__).parent / "known_answers" / "treatments"
OF_A_ROW = ("row", "prior", "derived")
OF_A_STATE = ("state", "none")
FIELDS = {
    "row": {"effect", "low", "high", "active", "control", "weighs"},
    "prior": {"contrast", "se"},
    "derived": {"nnt", "nnh"},
    "state": {"usable", "own"},
    "none": {"absent"},
    "predict": {"p30", "added", "control", "harm", "offered"},
}
IN_THE_MODEL = ("main", "great", "mixed", "score")
SMALLEST = 1e-9
PART_OF = {"p30": "response", "added": "benefit", "control": "control", "harm": "harm"}


def lines(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


FILES = {path.stem: lines(path) for path in sorted(FOLDER.glob("*.tsv"))}
ALL = [(treatment, line) for treatment, rows in FILES.items() for line in rows]


def units(treatment):
    """The treatment and its class: rows of either speak of it."""
    return treatment, knowledge().treatments[treatment].evidence_class


def fits(line, row):
    return all(
        line[name] == "." or value in line[name].split("|") for name, value in (("condition", row.condition), ("outcome", row.outcome))
    )


def printed(row, field):
    """What the book says, as a number, or the word for a claim."""
    if field == "weighs":
        return "yes" if row.weighs else "no"
    if field in ("nnt", "nnh"):
        return None if row.active is None or row.control is None else 1 / (row.active - row.control)
    value = getattr(row, field)
    try:
        return None if value in (None, "") else float(value)
    except ValueError:
        return value


def misses(line, row):
    """Why the row is not what the line says; "" where it is."""
    found = printed(row, line["field"])
    if line["field"] == "weighs":
        agrees = found == line["value"]
    else:
        agrees = isinstance(found, float) and abs(found - float(line["value"])) <= float(line["tolerance"]) + SMALLEST
    return "" if agrees else f"{row.id} {line['field']}: {line['value']} expected, {found} in the book"


def groups(treatment):
    """Lines that belong to one row of the book."""
    found = defaultdict(list)
    for line in FILES[treatment]:
        if line["kind"] in OF_A_ROW:
            found[line["condition"], line["outcome"], line["source"], line["where"]].append(line)
    return found


def missing(treatment):
    """What the book does not hold: of each published row the differences from the row that comes nearest."""
    for place, expected in groups(treatment).items():
        name = " / ".join(place)
        rows = [row for row in knowledge().evidence.rows if row.unit in units(treatment) and fits(expected[0], row)]
        if not rows:
            yield f"{name}: no row of {' or '.join(units(treatment))} with this condition and outcome"
            continue
        nearest = min(([m for line in expected if (m := misses(line, row))] for row in rows), key=len)
        yield from (f"{name}: {miss}" for miss in nearest)


@pytest.mark.parametrize("treatment", sorted(FILES))
def test_book_holds_what_was_published_of_the_treatment(treatment):
    assert [] == list(missing(treatment))


@lru_cache(maxsize=1)
def narrower():
    """Kind of pain -> it and everything below it."""
    card, below = knowledge().conditions, defaultdict(set)
    for condition in card.indications:
        for wider in card.family(condition):
            below[wider].add(condition)
    return below


def usable(row):
    """Whether a row may weigh in a prediction of benefit: checked, with an error, in the model, not against another treatment."""
    checked = row.state in (VERIFIED, COMPUTED) and row.contrast is not None and row.se
    return bool(checked) and row.comparator != ACTIVE and knowledge().evidence.outcomes[row.outcome].kind in IN_THE_MODEL


def usable_rows(treatment, condition, *, own=False):
    within = {one for name in condition.split("|") for one in narrower()[name]}
    asked = units(treatment)[: 1 if own else 2]
    rows = (row for row in knowledge().evidence.rows if row.unit in asked and usable(row))
    return [row.id for row in rows if condition == "." or row.condition in within]


@pytest.mark.parametrize("treatment", sorted(t for t, rows in FILES.items() if any(line["kind"] in OF_A_STATE for line in rows)))
def test_evidence_is_usable_exactly_where_a_checked_interval_was_published(treatment):
    wrong = []
    for line in FILES[treatment]:
        if line["kind"] not in OF_A_STATE:
            continue
        rows = usable_rows(treatment, line["condition"], own=line["field"] == "own")
        expects_rows = line["kind"] == "state" and line["value"] == "yes"
        if bool(rows) != expects_rows:
            word = "some" if expects_rows else "no"
            wrong.append(f"{line['condition']} {line['field']}: {word} usable row expected, found {rows} ({line['where']})")

    assert [] == wrong


def domains(condition):
    """Domains of the book that a kind of pain belongs to, or brings along."""
    family = set(knowledge().conditions.family(condition))
    return {one.id for one in knowledge().evidence.domains.values() if family & {*one.roots, *one.brings_along}}


def borrowable(treatment):
    """Usable rows of the treatment, its class or another treatment of the class, of any kind of pain in the domains of its card."""
    card, cards = knowledge().treatments[treatment], knowledge().treatments
    kin = {card.evidence_class, *(t for t, other in cards.items() if other.evidence_class == card.evidence_class)}
    reach = {domain for condition in card.conditions for domain in domains(condition)}
    return [row.id for row in knowledge().evidence.rows if row.unit in kin and usable(row) and domains(row.condition) & reach]


@pytest.mark.parametrize("treatment", sorted(FILES))
def test_card_says_that_there_is_no_evidence_exactly_where_none_can_even_be_borrowed(treatment):
    """Neither may a card keep silent about nothing, nor claim nothing where its class has a row that may weigh."""
    assert (not borrowable(treatment)) == bool(knowledge().treatments[treatment].no_evidence)


@lru_cache(maxsize=1)
def model():
    """The joined evidence; it is asked for, not skipped: without it nothing that was predicted is checked."""
    built = importlib.import_module("painloom.response.model").build_model
    return built(knowledge().evidence, knowledge().treatments, knowledge().conditions)


def predicted(treatment, condition):
    """The outlook of one treatment for an average person, of whom nothing is known but the kind of pain."""
    engine = importlib.import_module("painloom.response.predict")
    view = engine.predict(engine.Asker(((condition, condition),)), model())
    found = [one for one in view.outlooks if (one.treatment, one.condition) == (treatment, condition)]
    assert len(found) == 1, f"{treatment} has {len(found)} outlooks in {condition}"
    return found[0]


def expectations(treatment):
    return [line for line in FILES[treatment] if line["kind"] == "predict"]


@pytest.mark.parametrize("treatment", sorted(t for t in FILES if expectations(t)))
def test_average_person_is_given_what_the_trials_found(treatment):
    wrong = []
    for line in expectations(treatment):
        if line["field"] == "offered":
            given = predicted(treatment, line["condition"]).status
            wrong += [] if given == "not-offered" else [f"{line['condition']}: not offered, expected; {given} predicted ({line['where']})"]
            continue
        band = getattr(predicted(treatment, line["condition"]), PART_OF[line["field"]])
        low, high = map(float, line["value"].split(".."))
        slack = float(line["tolerance"])
        if band is None or not low - slack <= band.value <= high + slack:
            given = "nothing" if band is None else f"{band.value:.4f}"
            wrong.append(f"{line['condition']} {line['field']}: {line['value']} expected, {given} predicted ({line['where']})")

    assert [] == wrong


PREDICTIONS = [pytest.param(t, line, id=f"{t}-{n}") for n, (t, line) in enumerate(ALL) if ".." in line["value"]]


@pytest.mark.parametrize(("treatment", "line"), PREDICTIONS)
def test_predicted_band_reaches_into_the_published_interval(treatment, line):
    """The point may be drawn towards the class; a band that misses what was published altogether is wrong, or far too sure."""
    band = getattr(predicted(treatment, line["condition"]), PART_OF[line["field"]])
    low, high = map(float, line["value"].split(".."))

    assert band is not None
    assert band.low <= band.value <= band.high
    assert band.low <= high
    assert band.high >= low


def test_every_treatment_has_known_answers_and_every_file_a_treatment():
    assert set(knowledge().treatments) == set(FILES)


def test_every_treatment_has_three_answers_or_the_answer_that_there_are_none():
    short = {t: len(rows) for t, rows in FILES.items() if len(rows) < 3 and not any(line["kind"] == "none" for line in rows)}

    assert {} == short


def test_every_answer_is_of_a_known_kind_and_quotes_its_origin():
    unknown = [(t, line["kind"], line["field"]) for t, line in ALL if line["field"] not in FIELDS.get(line["kind"], ())]
    silent = [(t, line) for t, line in ALL if not line["source"].strip(" .") or not line["where"].strip(" .")]

    assert [] == unknown
    assert [] == silent


def test_conditions_and_outcomes_of_the_answers_exist():
    """A misspelt id would make an answer that nothing can miss."""
    outcomes, conditions = set(knowledge().evidence.outcomes), set(knowledge().conditions.indications)
    named = {(name, one) for _, line in ALL for name in ("condition", "outcome") for one in line[name].split("|") if one != "."}

    assert set() == {one for name, one in named if one not in (outcomes if name == "outcome" else conditions)}


def test_no_answer_is_given_twice_with_different_values():
    values = defaultdict(set)
    for treatment, line in ALL:
        values[(treatment, *(line[name] for name in ("kind", "condition", "outcome", "field", "source", "where")))].add(line["value"])

    assert {} == {key: found for key, found in values.items() if len(found) > 1}
