"""What enters the plan and when: one of each place, one drug and one therapy at a time, nothing that does not go together."""

import functools
from dataclasses import replace

import pytest
from smallplan import first, never_with, ranked, row, taken, treatment, worth

from painloom.knowledge.load import load
from painloom.model.formulation import Driver
from painloom.plan.current import Decision
from painloom.plan.situation import Situation
from painloom.plan.stage import stage


@functools.cache
def knowledge():
    return load()


def driver(kind="sleep"):
    return Driver(f"d-{kind}", "D", kind, "score:x.y", "1", None, 1.0, "", "verified", ())


def staged(*worths, decisions=(), drivers=(), aims=None, **situation):
    options = ranked(*worths, drivers=drivers, aims=aims)
    found = stage(options, decisions, Situation(**situation), knowledge())
    return {one.ranked.id: one for one in found.staged}, {one.id: one.why_not for one in found.options}


def decision(drug, action="keep"):
    return Decision(taken(drug), action, "", ())


def test_one_option_of_each_place_and_every_other_says_why_not():
    chosen, left = staged(worth(treatment("a"), (0.3, 0.25, 0.35)), worth(treatment("b")), worth(treatment("move", modality="physical")))

    assert {"a", "move"} == set(chosen)
    assert "" == left["a"]
    assert left["b"]


def test_two_drugs_are_never_begun_together():
    chosen, _ = staged(*(worth(treatment(id_, drugs=(id_,))) for id_ in ("a", "b", "c")))

    assert 1 == len(chosen)


def test_a_drug_waits_while_another_is_changed():
    chosen, _ = staged(worth(treatment("a", drugs=("a",))), decisions=(decision("old", "stop"),))

    assert "next" == chosen["a"].when
    assert "one change of drugs at a time" in chosen["a"].depends


def test_a_drug_waits_for_one_that_helps_already():
    chosen, _ = staged(worth(treatment("a", drugs=("a",))), decisions=(decision("old"),))

    assert "next" == chosen["a"].when


def test_what_is_taken_or_was_stopped_is_not_begun():
    _, left = staged(
        worth(treatment("now", drugs=("now",))),
        worth(treatment("then", drugs=("then",))),
        decisions=(decision("now"),),
        stopped=frozenset({"then"}),
    )

    assert "taken now" == left["now"]
    assert "stopped" in left["then"]


def test_a_serious_clash_with_what_is_taken_keeps_a_drug_out():
    rows = (row("a", "old", message="They clash."),)
    _, left = staged(worth(treatment("a", drugs=("a",))), decisions=(decision("old"),), clash=lambda begun: rows if "a" in begun else ())

    assert "They clash." in left["a"]


def test_of_a_group_the_drug_that_clashes_with_nothing_is_begun():
    rows = (row("a", "old"),)
    card = treatment("group", drugs=("a", "b"))
    chosen, _ = staged(worth(card), clash=lambda begun: rows if "a" in begun else ())

    assert "b" == chosen["group"].drug


def test_treatments_that_do_not_go_together_are_not_begun_together():
    apart = treatment("move", modality="physical", not_with=(never_with("drug"),))
    chosen, left = staged(worth(apart), worth(treatment("drug")))

    assert {"move"} == set(chosen)
    assert "not together" in left["drug"]


def test_a_rule_to_verify_keeps_nothing_apart():
    apart = treatment("move", modality="physical", not_with=(never_with("drug", state="to-verify"),))

    assert {"move", "drug"} == set(staged(worth(apart), worth(treatment("drug")))[0])


def test_of_two_therapies_the_more_useful_one_comes_first():
    sleep, mind = (treatment(id_, modality="psychological") for id_ in ("sleep", "mind"))
    chosen, _ = staged(
        *(worth(sleep, (0.3, 0.2, 0.4)), worth(mind)),
        drivers=(driver("sleep"), driver("mind")),
        aims={"d-sleep": ("sleep",), "d-mind": ("mind",)},
    )

    assert ("now", "next") == (chosen["sleep"].when, chosen["mind"].when)
    assert "one therapy at a time" in chosen["mind"].depends


def test_a_therapy_of_the_mind_needs_something_found_or_a_guideline():
    plain = treatment("cbt", modality="psychological")
    led = replace(plain, first_choices=(first(),))

    assert {} == staged(worth(plain))[0]
    assert {"cbt"} == set(staged(worth(led))[0])
    assert {} == staged(worth(led), is_young=True)[0]


@pytest.mark.parametrize("modality", ["procedure", "neuromodulation"])
def test_procedures_and_stimulation_wait(modality):
    chosen, _ = staged(worth(treatment("a", modality=modality, line=4), (0.3, 0.2, 0.4)))

    assert "later" == chosen["a"].when


def test_without_any_record_of_the_body_no_drug_is_begun():
    chosen, left = staged(worth(treatment("a", drugs=("a",))), worth(treatment("move", modality="physical")), missing=("drugs", "kidneys"))

    assert {"move"} == set(chosen)
    assert "drugs; kidneys" in left["a"]
