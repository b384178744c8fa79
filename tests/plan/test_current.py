"""Drugs that are taken: one decision each, one yields to a danger, nothing of another illness is stopped."""

import functools
from dataclasses import replace

from smallplan import advice, first, ranked, row, taken, treatment, worth

from painloom.knowledge.load import load
from painloom.model.outlook import Refusal
from painloom.model.scores import SafetyAlert
from painloom.plan.current import decide
from painloom.plan.situation import Cap, Situation
from painloom.plan.taper import taper_of


@functools.cache
def knowledge():
    return load()


def decided(*drugs, rows=(), options=(), caps=None):
    found = decide(Situation(taken=drugs, safety=rows, caps=caps or {}), {r.id: r for r in ranked(*options)}, knowledge())
    return {d.taken.drug: d for d in found}


def actions(*drugs, **more):
    return {drug: d.action for drug, d in decided(*drugs, **more).items()}


def refusal(text="Not for this person.", kind="genome"):
    return Refusal("t", text, "contraindicated", kind, "source", "guidance/x")


def test_a_drug_that_nothing_speaks_against_goes_on():
    assert {"a": "keep", "b": "keep"} == actions(taken("a"), taken("b", is_pain=False))


def test_a_refused_pain_drug_is_stopped_and_says_why():
    found = decided(taken("a", refusals=(refusal(),)))["a"]

    assert "stop" == found.action
    assert "Stop a slowly: Not for this person." == found.text
    assert ["genome"] == [reason.stream for reason in found.reasons]


def test_a_refused_drug_of_another_illness_is_its_prescribers():
    found = decided(taken("a", is_pain=False, refusals=(refusal(),)))["a"]

    assert "change" == found.action
    assert found.text.startswith("Talk with the prescriber")


def test_of_two_the_pain_drug_yields_and_the_other_is_talked_about_afterwards():
    found = decided(taken("pain"), taken("sedative", is_pain=False), rows=(row("pain", "sedative"),))

    assert ("stop", "change") == (found["pain"].action, found["sedative"].action)
    assert "pain" == found["sedative"].waits
    assert "never both at once" in found["sedative"].text


def test_where_the_pain_drug_can_stop_at_once_the_other_simply_goes_on():
    """An NSAID beside an anticoagulant: the NSAID stops today, so nobody needs to touch the anticoagulant."""
    found = actions(taken("ibuprofen", classes=("nsaid",)), taken("thinner", is_pain=False), rows=(row("ibuprofen", "thinner"),))

    assert {"ibuprofen": "stop", "thinner": "keep"} == found


def test_of_two_pain_drugs_the_one_of_less_use_yields():
    options = (worth(treatment("good", drugs=("good",)), (0.3, 0.2, 0.4)), worth(treatment("poor", drugs=("poor",)), (0.05, 0.0, 0.1)))

    assert {"good": "keep", "poor": "stop"} == actions(taken("good"), taken("poor"), rows=(row("good", "poor"),), options=options)


def test_of_two_pain_drugs_the_one_that_is_refused_already_yields():
    options = (worth(treatment("good", drugs=("good",)), (0.3, 0.2, 0.4)), worth(treatment("poor", drugs=("poor",)), (0.05, 0.0, 0.1)))
    found = actions(taken("good", refusals=(refusal(),)), taken("poor"), rows=(row("good", "poor"),), options=options)

    assert {"good": "stop", "poor": "keep"} == found


def test_a_warning_to_verify_or_of_less_weight_stops_nothing():
    assert {"a": "keep"} == actions(taken("a"), rows=(row("a", state="to-verify"), row("a", severity="moderate")))


def test_a_drug_above_the_ceiling_of_an_organ_is_lowered_to_it():
    found = decided(taken("a", daily=1800.0), caps={"a": (Cap(700.0, "200 to 700 mg", "clearance 24", "verified", ("label",)),)})["a"]

    assert ("change", 700.0) == (found.action, found.amount)
    assert "Lower a to at most 700 mg a day." == found.text
    assert found.urgent


def test_within_the_ceiling_or_above_one_to_verify_it_goes_on():
    within = {"a": (Cap(2000.0, "t", "b", "verified", ()),)}
    doubtful = {"a": (Cap(50.0, "t", "b", "to-verify", ()),)}

    assert {"a": "keep"} == actions(taken("a"), caps=within) == actions(taken("a"), caps=doubtful)


def test_an_organ_that_forbids_it_stops_it():
    assert {"a": "stop"} == actions(taken("a"), caps={"a": (Cap(None, "do not use", "clearance 8", "verified", ()),)})


def test_an_unknown_amount_is_never_called_too_high_or_fine():
    assert {"a": "keep"} == actions(taken("a", daily=None), caps={"a": (Cap(10.0, "t", "b", "verified", ()),)})


def test_genes_that_ask_for_less_lower_it_to_the_share_they_name():
    found = decided(taken("a", daily=200.0, advice=(advice("reduce", factor=0.5),)))["a"]

    assert ("change", 100.0) == (found.action, found.amount)


def test_a_gene_that_was_not_read_changes_nothing():
    assert {"a": "keep"} == actions(taken("a", advice=(advice("reduce", factor=0.5, missing=("G",)),)))


def test_a_drug_that_guidelines_do_not_want_here_is_asked_about():
    option = worth(treatment("a", drugs=("a",), first=(first("NICE", against=True),)))
    found = decided(taken("a"), options=(option,))["a"]

    assert "change" == found.action
    assert "unless it clearly helps" in found.text


def test_two_drugs_of_one_tablet_stop_together():
    found = decided(taken("opioid", refusals=(refusal(),)), replace(taken("other"), joined=("opioid",)))

    assert "change" == found["other"].action
    assert "on its own" in found["other"].text


def test_a_dose_that_organs_cannot_clear_has_no_slow_schedule():
    """Above the ceiling of the kidney: the usual tenth a month would leave the danger for weeks."""
    found = decided(taken("a", daily=1800.0, classes=("opioid",)), caps={"a": (Cap(700.0, "t", "clearance 24", "verified", ("label",)),)})[
        "a"
    ]
    taper = taper_of(found.taken, knowledge().tapers, found.amount, is_too_much=found.is_too_much)

    assert found.is_too_much
    assert () == taper.steps
    assert "within days" in taper.text
    assert taper_of(found.taken, knowledge().tapers).steps


def test_a_drug_that_could_be_means_of_harm_goes_on_only_in_other_hands():
    alert = SafetyAlert("suicide", "s", "signal", "high", "owner", "now", "act", ("A at home",), "rule", "verified", ())
    found = {d.taken.drug: d for d in decide(Situation(taken=(taken("a"), taken("b")), alerts=(alert,)), {}, knowledge())}

    assert found["a"].is_guarded
    assert "somebody else hands out" in found["a"].text
    assert "keep" == found["b"].action
