"""Drugs that could be begun: asking only their own rules says the same as asking all of them."""

import functools

from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.body.candidates import Candidates, candidate_use
from painloom.body.ceilings import ceilings_of
from painloom.body.formulary import Formulary, formulary_of
from painloom.body.matching import DrugsTaken
from painloom.body.meds import check_with
from painloom.body.person import know
from painloom.body.products import read_use
from painloom.knowledge.load import Knowledge, load
from painloom.model.body import BodyRecord, Fact, Measure
from painloom.model.case import Case, DrugUse, Person
from painloom.model.quantity import point


@functools.cache
def knowledge() -> Knowledge:
    return load()


def formulary() -> Formulary:
    return formulary_of(knowledge())


NAMES = sorted({drug for card in load().treatments.values() for drug in card.drugs if drug in load().drugs})
OTHERS = ["warfarin", "lorazepam", "sertraline", "ramipril", "lithium", "fluoxetine", "omeprazole", "linezolid"]
FACTS = ["pregnancy", "heart-failure", "peptic-ulcer", "opioid-use-disorder", "epilepsy", "asthma", "liver-disease"]
use = st.builds(
    lambda name, dose: DrugUse(name, dose=point(dose), unit="mg", per_day=point(2)),
    st.sampled_from(sorted({*NAMES, *OTHERS})),
    st.sampled_from([10.0, 50.0, 400.0]),
)
people = st.builds(
    lambda drugs, age, egfr, facts: Case(
        Person("x", age_years=age, sex="F"),
        drugs=tuple(drugs),
        body=BodyRecord(
            facts=tuple(Fact(f, "yes") for f in facts), measures=() if egfr is None else (Measure("egfr", egfr, "mL/min/{1.73_m2}"),)
        ),
    ),
    st.lists(use, max_size=5, unique_by=lambda u: u.name),
    st.sampled_from([None, 15, 45, 80]),
    st.sampled_from([None, 10.0, 25.0, 50.0, 90.0]),
    st.lists(st.sampled_from(FACTS), max_size=3, unique=True),
)


@settings(max_examples=300, deadline=None)
@given(people, st.sampled_from(NAMES))
def test_asking_only_its_own_rules_says_what_all_rules_say(case, drug):
    candidates = Candidates(case, formulary())
    begun = candidate_use(knowledge().drugs[drug].name, "")
    whole = case if drug in candidates.drugs else Case(case.person, drugs=(*case.drugs, begun), body=case.body)
    rows = check_with(whole, formulary(), beginning=drug not in candidates.drugs)

    assert [r for r in rows if drug in r.drugs and r.is_warning and r.card] == list(candidates.rows({drug: begun}))


@settings(max_examples=100, deadline=None)
@given(people, st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True))
def test_two_that_are_begun_together_are_asked_about_together(case, pair):
    candidates = Candidates(case, formulary())
    uses = {drug: candidate_use(knowledge().drugs[drug].name, "") for drug in pair}
    together = candidates.rows(uses)

    for drug in pair:
        alone = [row for row in candidates.rows({drug: uses[drug]}) if set(row.drugs) == {drug}]
        assert {row.card for row in alone} <= {row.card for row in together}


def test_a_ceiling_names_the_value_that_sets_it():
    """Pregabalin by the label: with a clearance of 15 to 30 at most 150 mg a day."""
    case = Case(Person("x", 70, "F"), body=BodyRecord(measures=(Measure("egfr", 22.0, "mL/min/{1.73_m2}"),)))
    alone = DrugsTaken(read_use(candidate_use("pregabalin", ""), formulary()), formulary())
    found, unknown = ceilings_of("pregabalin", alone, know(case, formulary()), knowledge().rules.values())

    assert [150.0] == [one.most for one in found]
    assert "22" in found[0].because
    assert () == unknown


def test_what_was_not_measured_is_named_and_sets_no_ceiling():
    alone = DrugsTaken(read_use(candidate_use("pregabalin", ""), formulary()), formulary())
    found, unknown = ceilings_of("pregabalin", alone, know(Case(Person("x", 70, "F")), formulary()), knowledge().rules.values())

    assert () == found
    assert ["creatinine clearance"] == [name.lower() for name in unknown]
