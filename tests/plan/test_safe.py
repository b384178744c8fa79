"""Refusals: what must not be begun, with the reason, before any prediction."""

from dataclasses import replace

import pytest

from builders import knowledge
from painloom.body.candidates import candidate_rows, candidate_use
from painloom.body.formulary import Formulary
from painloom.model.advice import Advice, Statement
from painloom.model.body import BodyRecord, Fact, Measure
from painloom.model.case import Case, DrugUse, Person
from painloom.model.target import SafetyReason, Target
from painloom.plan.safe import refusals_of, refusals_of_drug


def person(**facts: str) -> Case:
    told = tuple(Fact(id_.replace("_", "-"), value) for id_, value in facts.items())
    return Case(Person("invented", 50, "F"), body=BodyRecord(facts=told))


def refused(case: Case, drug: str, route: str = "") -> list[str]:
    """Cards of the rules that refuse a drug."""
    cards = knowledge()
    rows = candidate_rows(case, Formulary(cards), {drug: candidate_use(cards.drugs[drug].name, route)})
    return [refusal.card.removeprefix("rules/") for refusal in refusals_of_drug(rows[drug], cards.rules, ())]


@pytest.mark.parametrize(
    ("measure", "value", "drug", "rule"),
    [
        ("crcl", 25, "duloxetine", "duloxetine-kidney"),
        ("crcl", 25, "naproxen", "nsaid-kidney"),
        ("crcl", 25, "morphine", "morphine-codeine-kidney"),
        ("crcl", 25, "codeine", "morphine-codeine-kidney"),
        ("crcl", 25, "tapentadol", "tapentadol-kidney"),
        ("egfr", 12, "baclofen", "baclofen-kidney"),
    ],
)
def test_kidney_failure_refuses_what_the_sources_say_to_avoid(measure, value, drug, rule):
    case = replace(person(), body=BodyRecord(measures=(Measure(measure, value, ""),)))

    assert [rule] == refused(case, drug)


@pytest.mark.parametrize("drug", ["duloxetine", "naproxen", "morphine", "tapentadol", "codeine"])
def test_an_unknown_kidney_refuses_nothing(drug):
    assert [] == refused(person(), drug)


@pytest.mark.parametrize(
    ("taken", "drug", "rule"),
    [
        ("phenelzine", "duloxetine", "maoi-tramadol-tapentadol-snri"),
        ("phenelzine", "amitriptyline", "maoi-tricyclic-pethidine"),
        ("phenelzine", "sumatriptan", "maoi-triptan"),
        ("warfarin", "ibuprofen", "nsaid-anticoagulant"),
        ("alprazolam", "oxycodone", "opioid-benzodiazepine"),
        ("fluvoxamine", "tizanidine", "tizanidine-cyp1a2-strong"),
        ("paroxetine", "codeine", "prodrug-opioid-cyp2d6-strong"),
        ("tramadol", "naltrexone", "naltrexone-opioid"),
    ],
)
def test_what_is_taken_refuses_a_dangerous_partner(taken, drug, rule):
    case = replace(person(), drugs=(DrugUse(taken),))

    assert rule in refused(case, drug)


@pytest.mark.parametrize(("taken", "drug"), [("sertraline", "naproxen"), ("duloxetine", "pregabalin"), ("lisinopril", "ibuprofen")])
def test_a_caution_is_no_refusal(taken, drug):
    assert [] == refused(replace(person(), drugs=(DrugUse(taken),)), drug)


def test_pregnancy_refuses_by_week():
    late = BodyRecord(facts=(Fact("pregnancy", "yes"),), measures=(Measure("gestation-weeks", 31, ""),))
    early = BodyRecord(facts=(Fact("pregnancy", "yes"),), measures=(Measure("gestation-weeks", 8, ""),))

    assert "nsaid-pregnancy-30" in refused(replace(person(), body=late), "ibuprofen")
    assert [] == refused(replace(person(), body=early), "ibuprofen")
    assert "topiramate-pregnancy" in refused(replace(person(), body=early), "topiramate")


def test_a_patch_is_refused_in_somebody_who_is_not_used_to_opioids():
    case = person(opioid_naive="yes")

    assert "fentanyl-patch-not-tolerant" in refused(case, "fentanyl", "transdermal")


def test_a_gel_is_not_refused_where_the_tablet_is():
    case = replace(person(), drugs=(DrugUse("warfarin"),))

    assert "nsaid-anticoagulant" in refused(case, "diclofenac")
    assert [] == refused(case, "diclofenac", "topical")


def test_a_drug_that_is_taken_already_is_judged_as_it_is_taken():
    """The list is not doubled: no row about two of the same."""
    case = replace(person(), drugs=(DrugUse("duloxetine"),))
    rows = candidate_rows(case, Formulary(knowledge()), {"duloxetine": candidate_use("duloxetine", "")})

    assert [] == [row.card for row in rows["duloxetine"] if row.kind == "duplicate"]


def advice(action: str, *, tier: str = "act", invariant: bool | None = True, body: str = "CPIC", claim: str = "guideline") -> Advice:
    said = Statement("x", action, tier, "strong", "Do not use it.")
    return Advice("d", body, ("G",), ("G=poor",), said, "source", ("card", "1"), invariant=invariant, claim=claim)


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ((advice("avoid"),), 1),
        ((advice("switch"),), 1),
        ((advice("avoid"), advice("switch", body="DPWG")), 2),
        ((advice("avoid"), advice("reduce", body="DPWG")), 0),
        ((advice("avoid", tier="consider"),), 0),
        ((advice("avoid", invariant=False),), 0),
        ((advice("avoid", claim="research"),), 0),
        ((advice("reduce"),), 0),
        ((), 0),
    ],
)
def test_genes_refuse_when_every_reading_and_no_milder_body_stands_against_it(given, count):
    assert count == len(refusals_of_drug((), {}, given))


def test_a_group_of_drugs_is_refused_only_with_its_last_drug():
    cards = knowledge()
    group = next(card for card in cards.treatments.values() if len(card.drugs) > 1)
    no = refusals_of_drug((), {}, (advice("avoid"),))
    labels = {drug: drug for drug in group.drugs}

    some, notes = refusals_of(group, {group.drugs[0]: no}, labels, ())
    every, none = refusals_of(group, dict.fromkeys(group.drugs, no), labels, ())

    assert ((), 1) == (some, len(notes))
    assert (1, ()) == (len(every), none)
    assert {group.id} == {refusal.treatment for refusal in every}


def target(card: str, status: str) -> Target:
    reasons = (SafetyReason("refused", "metal in the head", "device 1", "verified"),) if status == "refused" else ()
    return Target("t", "t", "rtms", "left", "", None, (), "", (), (), status, reasons, (), 1, "guideline", card=(card, "1"))


@pytest.mark.parametrize(("statuses", "count"), [(("refused", "refused"), 1), (("refused", "open"), 0), (("open",), 0), ((), 0)])
def test_stimulation_is_refused_when_the_gate_refuses_every_target(statuses, count):
    card = next(card for card in knowledge().treatments.values() if card.targets)
    targets = [target(card.targets[0], status) for status in statuses]

    refusals, _ = refusals_of(card, {}, {}, targets)

    assert count == len(refusals)
