"""Rules, opioid factors, criteria and red flags against answers worked out from the publications; whoever wrote a card did not write these.

tests/known_answers/rules/<id>.tsv         list  person  fires  message_names  source  where
    list: entries joined by ` + `: `drug dose unit xPER_DAY [route [form]]`; person: `.` or `age=70;sex=F;egfr=25;fact:pregnancy=yes`
    (an age, a sex, measures by id, facts by id); fires: `yes`, `no`, or the severity with which it must fire; that an amount keeps within
    its limit is no firing; message_names: names that the row's subject or message must hold, `.` = none
tests/known_answers/equivalents/<id>.tsv   drug  dose_per_day  route  mme  source  where
    mme: a number, `not-counted` (has no factor by intention) or `not-converted` (named as a gap, the total is a lower bound)
tests/known_answers/criteria/<id>.tsv      answers  grade  could_become  source  where
tests/known_answers/redflags/<id>.tsv      facts  state  source  where
    facts: `fact=yes;age=60;score:phq-9.alert:suicide-item=present`; what is not named has no answer
"""

import csv
import re
from functools import lru_cache
from pathlib import Path

import pytest

from builders import knowledge
from painloom.body.formulary import Formulary
from painloom.body.meds import check_with
from painloom.body.opioids import add_up
from painloom.body.products import read_use
from painloom.knowledge.redflags import read_redflag
from painloom.knowledge.rule_cards import RuleCard
from painloom.model.body import TRUTH, BodyRecord, Fact, Measure
from painloom.model.case import Case, DrugUse, Person
from painloom.model.medication import SEVERITIES, SafetyRow
from painloom.model.quantity import Estimate, point
from painloom.synthesis.grade import grade
from painloom.synthesis.redflags import raise_flags

FOLDER = Path(__file__).parent / "known_answers"
ENTRY = re.compile(r"(?P<drug>\S.*?) (?P<dose>[0-9.]+) (?P<unit>\S+) x(?P<per_day>[0-9.]+)(?: (?P<route>\S+)(?: (?P<form>\S.*))?)?")
COLUMNS = {
    "rules": ("list", "person", "fires", "message_names"),
    "equivalents": ("drug", "dose_per_day", "route", "mme"),
    "criteria": ("answers", "grade", "could_become"),
    "redflags": ("facts", "state"),
}


def known(kind):
    """(card id, line, row) of every known answer of a kind."""
    found = []
    for path in sorted((FOLDER / kind).glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            assert reader.fieldnames == [*COLUMNS[kind], "source", "where"], f"{path.name} has other columns"
            found += [(path.stem, number, row) for number, row in enumerate(reader, start=2)]
    return found


ROWS = {kind: known(kind) for kind in COLUMNS}


def params(kind):
    return [pytest.param(card, row, id=f"{card}:{line}") for card, line, row in ROWS[kind]]


def pairs(text):
    """`a=1;b=2` as pairs; `.` holds none."""
    return [tuple(part.rsplit("=", 1)) for part in text.split(";")] if text != "." else []


@lru_cache(maxsize=1)
def formulary():
    return Formulary(knowledge())


@lru_cache(maxsize=1)
def red_flags():
    return {path.stem: read_redflag(path) for path in knowledge().files("redflags").values()}


def drugs(text):
    """The entries of a list as a person takes them."""
    found = []
    for entry in text.split(" + "):
        match = ENTRY.fullmatch(entry)
        assert match, f"'{entry}' is no entry of a drug list"
        dose, per_day = point(float(match["dose"])), point(float(match["per_day"]))
        found.append(DrugUse(match["drug"], entry, dose, match["unit"], per_day, match["route"] or "", match["form"] or ""))
    return tuple(found)


def case(text, person):
    """A case that holds the list and what `person` says; every measure and fact must be one that this release knows."""
    known_facts = {row["id"] for table in ("facts", "facts_criteria") for row in knowledge().terms(table)}
    units = {row["id"]: row["unit"] for row in knowledge().terms("measures")}
    age, sex, facts, measures = None, "", [], []
    for name, value in pairs(person):
        if name == "age":
            age = int(value)
        elif name == "sex":
            sex = value
        elif name.startswith("fact:"):
            assert (name[5:] in known_facts, value in TRUTH) == (True, True), f"{name}={value} is no fact"
            facts.append(Fact(name[5:], value))
        else:
            measures.append(Measure(name, float(value), units[name]))
    return Case(Person("P", age, sex), drugs=drugs(text), body=BodyRecord(facts=tuple(facts), measures=tuple(measures)))


def keeps_within(row: SafetyRow, card: RuleCard) -> bool:
    """True of the row that says an amount keeps within its limit: it only informs, though the rule warns."""
    return bool(card.ceilings) and not row.is_warning and bool(row.value) and "keeps within" in row.message


def fired(card_id, row):
    """Rows of the rule that say more than that a limit is kept."""
    card = knowledge().rules[card_id]
    rows = check_with(case(row["list"], row["person"]), formulary(), beginning=card.begin_only)
    return [found for found in rows if found.card == f"rules/{card_id}" and not keeps_within(found, card)]


@pytest.mark.parametrize(("card", "row"), params("rules"))
def test_rule_fires_on_the_lists_of_its_publication_and_on_no_near_miss(card, row):
    found = fired(card, row)

    assert (row["fires"] != "no") == bool(found)
    if row["fires"] in SEVERITIES:
        assert {row["fires"]} == {one.severity for one in found}
    names = [] if row["message_names"] == "." else row["message_names"].split(";")
    said = " ".join(f"{one.subject} {one.message}" for one in found).lower()
    assert [name for name in names if name.lower() not in said] == []


@pytest.mark.parametrize(("card", "row"), params("rules"))
def test_every_drug_of_a_known_answer_is_understood(card, row):
    """A rule that keeps silent because a name was not read would pass as a near miss."""
    taken = [t for number, use in enumerate(drugs(row["list"])) for t in read_use(use, formulary(), number)]

    assert [t.intake.label for t in taken if not t.intake.drug] == []


@pytest.mark.parametrize(("card", "row"), params("equivalents"))
def test_opioid_amount_gives_the_published_equivalent(card, row):
    factors = knowledge().equivalents[card]
    one = Formulary(knowledge())
    vars(one)["factors"] = factors  # the table under test stands in for the one in force
    amount, unit = row["dose_per_day"].split(" ")
    use = DrugUse(row["drug"], "", point(float(amount)), unit, point(1.0), row["route"], "patch" if row["route"] == "transdermal" else "")
    total = add_up(read_use(use, one), one)

    assert len(total.counted) == 1
    counted = total.counted[0]
    if row["mme"] == "not-counted":
        assert (counted.equivalent, bool(counted.left_out), total.is_whole) == (None, True, True)
    elif row["mme"] == "not-converted":
        assert (counted.equivalent, bool(counted.gap), total.is_whole) == (None, True, False)
    else:
        assert (counted.gap, total.is_whole) == ("", True)
        assert (float(row["mme"]), float(row["mme"])) == pytest.approx((total.total.low, total.total.high), abs=1e-9)


@pytest.mark.parametrize(("card", "row"), params("criteria"))
def test_criteria_give_the_published_grade_and_what_the_unknown_could_make_of_it(card, row):
    found = grade(knowledge().criteria[card], dict(pairs(row["answers"])))

    assert row["grade"] == found.grade
    assert tuple(row["could_become"].split(";") if row["could_become"] != "." else ()) == found.could_become


@pytest.mark.parametrize(("card", "row"), params("redflags"))
def test_red_flag_has_the_state_that_its_findings_ask_for(card, row):
    flag = red_flags()[card]
    asked = {rule.fact for rule in flag.findings if rule.fact}
    age, facts, scores = None, [], {}
    for name, value in pairs(row["facts"]):
        if name == "age":
            age = int(value)
        elif name.startswith("score:"):
            scores[name[6:]] = Estimate(1.0, "", band=value)
        else:
            assert (name in asked, value in TRUTH) == (True, True), f"the flag does not ask {name}"
            facts.append(Fact(name, value))
    (found,) = raise_flags([flag], facts, age_years=age, scores=scores)

    assert row["state"] == found.state


CARDS = {"rules": lambda: knowledge().rules, "equivalents": lambda: knowledge().equivalents, "criteria": lambda: knowledge().criteria}


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_card_has_known_answers_and_every_file_a_card(kind):
    cards = set(CARDS[kind]()) if kind in CARDS else set(red_flags())

    assert cards == {path.stem for path in (FOLDER / kind).glob("*.tsv")}


def test_every_rule_has_a_list_on_which_it_must_fire_and_a_near_miss():
    both = {card: {row["fires"] != "no" for own, _, row in ROWS["rules"] if own == card} for card, _, _ in ROWS["rules"]}

    assert {card: seen for card, seen in both.items() if seen != {True, False}} == {}
    assert {row["fires"] for _, _, row in ROWS["rules"]} <= {"yes", "no", *SEVERITIES}
    assert [f"{card}:{line}" for card, line, row in ROWS["rules"] if row["fires"] != "no" and row["message_names"] == "."] == []


def test_every_limit_of_an_amount_is_tried_from_both_sides():
    """A ceiling with an amount needs a list above it and one within it."""
    missing = []
    for id_, card in knowledge().rules.items():
        numbers = [ceiling for ceiling in card.ceilings if ceiling.most is not None]
        rows = [row for own, _, row in ROWS["rules"] if own == id_]
        for ceiling in numbers:
            states = {row["fires"] != "no" for row in rows if _lies_in(ceiling, row["person"])}
            missing += [] if states == {True, False} else [f"{id_}: {ceiling.measure} from {ceiling.low} below {ceiling.below}"]

    assert missing == []


def _lies_in(ceiling, person):
    """Whether the person's measure (eGFR where no clearance is given) lies in the ceiling's range."""
    values = {name: value for name, value in pairs(person) if name != "sex" and not name.startswith("fact:")}
    value = values.get(ceiling.measure, values.get("egfr") if ceiling.measure == "crcl" else None)
    if value is None:
        return False
    return (ceiling.low is None or float(value) >= ceiling.low) and (ceiling.below is None or float(value) < ceiling.below)


def test_every_factor_of_the_table_in_force_has_a_known_answer():
    worked = {(row["drug"], row["route"]) for card, _, row in ROWS["equivalents"] if card == formulary().factors.id}

    assert [(f.drug, f.route) for f in formulary().factors.factors if f.factor is not None and (f.drug, f.route) not in worked] == []


def test_every_grade_of_every_criteria_has_a_known_answer():
    given = {(card, row["grade"]) for card, _, row in ROWS["criteria"]}
    wanted = {(c.id, rule.id) for c in knowledge().criteria.values() for rule in (*c.grades, c.otherwise)}

    assert wanted - given == set()


# The facts that the project's reference tables mark "to verify": the row must say so, whatever else the card knows.
TO_VERIFY = (
    "celecoxib-liver",
    "fentanyl-patch-kidney",
    "gabapentinoid-pregnancy",
    "maoi-methadone-fentanyl",
    "qt-listed-pair",
    "qt-possible-pair",
    "qt-tricyclic-ecg",
)


@pytest.mark.parametrize("card", TO_VERIFY)
def test_what_is_to_verify_says_so_in_its_row(card):
    rows = [found for own, _, row in ROWS["rules"] if own == card and row["fires"] != "no" for found in fired(card, row)]

    assert {("to-verify", True)} == {(found.state, "to verify" in found.message) for found in rows}
