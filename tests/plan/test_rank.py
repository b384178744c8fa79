"""Options: what the bands cannot tell apart, which of them is named, and what has no part in the plan."""

import pytest
from smallplan import first, ranked, treatment, worth

from painloom.model.formulation import Driver
from painloom.model.outlook import Band
from painloom.plan.rank import is_worth, leader_of, overlap


def insomnia():
    return Driver("insomnia", "Insomnia", "sleep", "score:isi.total", "20", None, 1.0, "", "verified", ())


def test_of_options_apart_the_most_useful_is_named_without_ties():
    named, tied = leader_of(ranked(worth(treatment("a"), (0.3, 0.25, 0.35)), worth(treatment("b"), (0.1, 0.05, 0.15))))

    assert "a" == named.id
    assert () == tied


def test_where_bands_overlap_the_guidelines_first_choice_is_named_and_the_others_told():
    near = worth(treatment("b", first=(first(),)), (0.13, 0.05, 0.21))
    named, tied = leader_of(ranked(worth(treatment("a")), near))

    assert "b" == named.id
    assert ["a"] == [one.id for one in tied]


def test_a_first_choice_far_below_the_best_is_not_named():
    named, _ = leader_of(ranked(worth(treatment("a"), (0.3, 0.1, 0.5)), worth(treatment("b", first=(first(),)), (0.12, 0.0, 0.24))))

    assert "a" == named.id


def test_of_equals_the_one_that_asks_less_then_the_surer_is_named():
    easy, hard = worth(treatment("hard", line=3)), worth(treatment("easy", line=1))
    sure, loose = worth(treatment("sure"), grade="high"), worth(treatment("loose"), grade="very-low")

    assert "easy" == leader_of(ranked(easy, hard))[0].id
    assert "sure" == leader_of(ranked(sure, loose))[0].id


def test_what_a_guideline_asks_not_to_offer_is_out_unless_another_puts_it_first():
    against = ranked(worth(treatment("a", first=(first("NICE", against=True),))))[0]
    both = ranked(worth(treatment("a", first=(first("NICE", against=True), first("EULAR")))))[0]

    assert against.why_not.startswith("NICE")
    assert "" == both.why_not


@pytest.mark.parametrize("told", [first("X", against=True, condition="migraine"), first("X", against=True, state="to-verify")])
def test_guidance_on_another_pain_or_to_verify_keeps_nothing_out(told):
    assert "" == ranked(worth(treatment("a", first=(told,))))[0].why_not


def test_a_treatment_of_an_unlikely_mechanism_has_no_part():
    (found,) = ranked(worth(treatment("a", mechanisms=("nerve",))), chances={"nerve": 0.1})

    assert "likely" in found.why_not
    assert pytest.approx(1.5) == found.utility.value


def test_benefit_counts_by_the_chance_of_its_mechanism():
    (found,) = ranked(worth(treatment("a", mechanisms=("nerve", "joint"))), chances={"nerve": 0.5, "joint": 0.5})

    assert pytest.approx(0.75 * 15) == found.utility.value
    assert pytest.approx((0.75 * 5, 0.75 * 25)) == (found.utility.low, found.utility.high)


def test_a_therapy_that_aims_at_sleep_has_its_own_place():
    card = treatment("t", modality="psychological")
    plain, aimed = (ranked(worth(card), drivers=d, aims={"insomnia": ("t",)})[0] for d in ([], [insomnia()]))

    assert ("psychological", "sleep") == (plain.slot, aimed.slot)
    assert ("insomnia",) == aimed.aims_at


def test_what_asks_much_must_be_surely_worth_it():
    loose, sure = worth(treatment("a", line=4), (0.2, -0.02, 0.4)), worth(treatment("a", line=4), (0.2, 0.02, 0.4))
    led = worth(treatment("a", line=4, first=(first(),)), (0.2, -0.02, 0.4))

    assert [False, True, True] == [is_worth(ranked(one)[0]) for one in (loose, sure, led)]


def test_nothing_is_named_where_nothing_is_worth_it():
    assert (None, ()) == leader_of(ranked(worth(treatment("a"), (-0.05, -0.1, 0.0))))


def test_bands_that_touch_overlap():
    assert overlap(Band(1, 0, 2), Band(3, 2, 4))
    assert not overlap(Band(1, 0, 2), Band(4, 2.1, 5))
