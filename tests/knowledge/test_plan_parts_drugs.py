"""What a plan reads on the cards of drugs and in the price table: laws, known answers, and what must never be lost."""

import tomllib
from itertools import pairwise
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.load import DATA, load
from painloom.knowledge.plan_cards import Serve
from painloom.model.outlook import PREDICTED, Band, Outlook
from painloom.plan.wishes import understand
from painloom.plan.worth import Worth, worth_of

KNOWLEDGE = load()
MODALITIES = ("drug", "topical", "injection")
CARDS = {id_: card for id_, card in KNOWLEDGE.treatments.items() if card.modality in MODALITIES}
SEDATING = (
    "gabapentinoid",
    "tca",
    "snri",
    "opioid",
    "muscle-relaxant",
    "cannabinoid",
    "sodium-channel",
    "other-anticonvulsant",
    "nmda-antagonist",
    "beta-blocker",
)
ONE_OF_A_CLASS = ("gabapentinoid", "tca", "snri", "opioid", "muscle-relaxant", "nsaid", "capsaicin")
HEAD, OWN, TO_VERIFY = "clear-head", "painloom-own-choice", "to-verify"
NORMAL = NormalDist()
Z80 = NORMAL.inv_cdf(0.9)
each = pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)


def of_class(*classes: str) -> list[str]:
    """The drug treatments of some classes."""
    return [id_ for id_, card in CARDS.items() if card.evidence_class in classes]


def fog(treatment: str, kind: str = "") -> Serve:
    """The row on a clear head that weighs, for one kind of pain."""
    (serve,) = [s for s in CARDS[treatment].serves if s.domain == HEAD and s.state != TO_VERIFY and (not kind or kind in s.conditions)]
    return serve


def people(effect: float) -> float:
    """Share of people better off for an effect in standard deviations, by the declared share without treatment."""
    control = KNOWLEDGE.wishes.control
    return NORMAL.cdf(NORMAL.inv_cdf(control) + effect) - control


def worth(treatment: str, kind: str, wishes: list[str]) -> Worth:
    """What a drug is worth to somebody with these wishes and one kind of pain."""
    card = CARDS[treatment]
    label = KNOWLEDGE.conditions.indications[kind].label
    outlook = Outlook(treatment, card.label, card.modality, kind, label, PREDICTED, benefit=Band(0.1, 0.0, 0.2))
    return worth_of(outlook, card, understand(wishes, (), KNOWLEDGE.wishes), KNOWLEDGE)


def every_part(card: TreatmentCard):  # type: ignore[no-untyped-def]
    """All parts of a card that carry a state and sources."""
    course = [card.course] if card.course else []
    return [*course, *card.serves, *card.not_with, *card.first_choices]


def test_there_are_the_cards_that_this_file_speaks_of():
    assert len(CARDS) == 49
    assert all(of_class(name) for name in SEDATING)


# How it runs ---------------------------------------------------------------------------------------------------------------------


@each
def test_every_drug_says_how_it_runs_and_where_it_is_to_be_had(card):
    assert card.course is not None
    assert card.course.access
    assert card.course.hours is None or 0 < card.course.hours <= 40
    assert card.course.weeks is None or 0 < card.course.weeks <= 26


@each
def test_hours_that_nobody_measured_weigh_nothing(card):
    assert card.course.state == TO_VERIFY
    assert card.course.sources == (OWN,)


def test_what_is_over_the_counter_comes_before_first_drugs_opioids_and_needles():
    ladder = ("diclofenac-gel", "duloxetine", "oxycodone", "epidural-steroid")

    assert [CARDS[id_].course.line for id_ in ladder] == [1, 2, 3, 4]
    assert {CARDS[id_].course.line for id_ in of_class("opioid")} == {3}
    assert {CARDS[id_].course.line for id_ in ("epidural-steroid", "joint-injection", "nerve-block", "botulinum-toxin", "ketamine")} == {4}


@pytest.mark.parametrize("treatment", ["methadone", "fentanyl-patch"])
def test_what_only_people_used_to_opioids_may_have_says_so(treatment):
    said = " ".join(limit.text for limit in CARDS[treatment].limits)

    assert "for somebody who takes no opioid" in said
    assert CARDS[treatment].course.line == 3


def test_the_card_that_joins_drugs_for_attack_and_prevention_says_so():
    assert any("joins drugs for the attack and for prevention" in limit.text for limit in CARDS["gepants"].limits)


# What else it does ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("treatment", of_class(*SEDATING))
def test_every_sedating_drug_has_a_row_on_a_clear_head_and_none_makes_it_clearer(treatment):
    rows = [serve for serve in CARDS[treatment].serves if serve.domain == HEAD]

    assert rows
    assert all(row.added < 0 and row.high <= 0 for row in rows)


@each
def test_no_kind_of_pain_counts_a_domain_twice(card):
    weighing = [serve for serve in card.serves if serve.state != TO_VERIFY]
    for kind in KNOWLEDGE.conditions.indications:
        family = set(KNOWLEDGE.conditions.family(kind))
        counted = [serve.domain for serve in weighing if not serve.conditions or set(serve.conditions) & family]
        assert len(counted) == len(set(counted)), kind


@each
def test_what_it_does_names_a_wish_that_exists_and_is_not_pain(card):
    assert {serve.domain for serve in card.serves} <= {domain.id for domain in KNOWLEDGE.wishes.domains} - {"pain", "effort", "cost"}


@pytest.mark.parametrize(
    ("treatment", "kind", "rates", "numbers"),
    [
        ("pregabalin", "neuropathic", [(21, 5), (12, 3)], (979, 459)),
        ("pregabalin", "nociplastic", [(46.4, 18.1), (29.6, 6.0)], (250, 248)),
        ("gabapentin", "", [(28.0, 7.5), (21.4, 5.3)], (336, 227)),
        ("duloxetine", "", [(10, 3), (9, 5)], (8100, 5655)),
        ("tramadol", "", [(20.3, 6.9), (11.3, 1.7)], (400, 406)),
        ("buprenorphine", "", [(30.1, 6.2), (21.9, 7.7)], (73, 65)),
    ],
)
def test_printed_rates_become_people_whose_band_reaches_from_one_complaint_to_both_together(treatment, kind, rates, numbers):
    serve = fog(treatment, kind)
    drug, placebo = (rate / 100 for rate in max(rates, key=lambda pair: pair[0] - pair[1]))
    more = [(a - b) / 100 for a, b in rates]
    error = (drug * (1 - drug) / numbers[0] + placebo * (1 - placebo) / numbers[1]) ** 0.5

    assert serve.added == pytest.approx(-(drug - placebo), abs=0.001)
    assert serve.low == pytest.approx(-max(sum(more), max(more) + Z80 * error), abs=0.001)
    assert serve.high == pytest.approx(-(max(more) - Z80 * error), abs=0.001)
    assert all(f"{a:.0f}" in serve.text and f"{b:.0f}" in serve.text for a, b in rates)


@each
def test_a_rate_that_is_borrowed_says_so_and_may_be_nothing_at_all(card):
    for serve in card.serves:
        if "borrowed" in serve.text and serve.text.startswith("borrowed"):
            assert serve.state == "computed"
            assert serve.high == 0


@each
def test_an_adverse_effect_without_an_interval_has_a_band_of_half_as_much_at_least(card):
    for serve in card.serves:
        if "no interval printed" in serve.text:
            assert serve.low <= 1.5 * serve.added + 1e-9
            assert serve.high >= 0.5 * serve.added - 1e-9


@pytest.mark.parametrize(
    ("treatment", "domain", "effect", "low", "high"),
    [
        ("pregabalin", "sleep", 0.39, 0.32, 0.46),
        ("gabapentin", "sleep", 0.39, 0.32, 0.46),
        ("amitriptyline", "sleep", 0.32, 0.18, 0.46),
        ("duloxetine", "mood", 0.26, 0.12, 0.39),
        ("tramadol", "function", 0.17, 0.04, 0.30),
    ],
)
def test_a_published_effect_becomes_people_with_a_band_of_eighty_per_cent(treatment, domain, effect, low, high):
    (serve,) = [one for one in CARDS[treatment].serves if one.domain == domain]
    half = Z80 * (high - low) / (2 * NORMAL.inv_cdf(0.975))

    assert (serve.added, serve.low, serve.high) == pytest.approx((people(effect), people(effect - half), people(effect + half)), abs=0.001)
    assert f"{effect:.2f} SD" in serve.text


def test_who_wants_a_clear_head_loses_more_by_what_sedates_more():
    order = ("duloxetine", "pregabalin", "gabapentin", "tizanidine")
    fogs = [fog(id_, "neuropathic" if id_ == "pregabalin" else "").added for id_ in order]

    assert fogs == sorted(fogs, reverse=True)
    assert not [serve for id_ in of_class("nsaid", "topical-nsaid", "paracetamol") for serve in CARDS[id_].serves if serve.domain == HEAD]


# What goes together, what comes first --------------------------------------------------------------------------------------------


def test_what_does_not_go_together_is_said_on_both_cards_with_the_same_words_and_certainty():
    pairs = {
        (card.id, other): (rule.text, rule.state)
        for card in KNOWLEDGE.treatments.values()
        for rule in card.not_with
        for other in rule.treatments
    }
    drugs = {pair: said for pair, said in pairs.items() if set(pair) & set(CARDS)}

    assert drugs
    assert all(drugs.get((other, one)) == said for (one, other), said in drugs.items())


@pytest.mark.parametrize("name", ONE_OF_A_CLASS)
def test_two_drugs_of_one_class_are_never_begun_together(name):
    members = set(of_class(name))
    for id_ in members:
        sure = {other for rule in CARDS[id_].not_with if rule.state == "verified" for other in rule.treatments}
        assert members - {id_} <= sure


@pytest.mark.parametrize(
    ("one", "other"), [("low-dose-naltrexone", "morphine"), ("cyclobenzaprine", "amitriptyline"), ("amitriptyline", "duloxetine")]
)
def test_what_is_known_to_clash_is_kept_apart(one, other):
    assert any(other in rule.treatments and rule.state == "verified" for rule in CARDS[one].not_with)


@each
def test_no_treatment_is_kept_out_by_itself(card):
    assert card.id not in {other for rule in card.not_with for other in rule.treatments}


@pytest.mark.parametrize(
    ("condition", "body", "firsts"),
    [
        ("neuropathic", "NICE CG173", {"amitriptyline", "duloxetine", "gabapentin", "pregabalin"}),
        ("trigeminal-neuralgia", "EAN 2019", {"carbamazepine", "oxcarbazepine"}),
        ("trigeminal-neuralgia", "NICE CG173", {"carbamazepine"}),
        ("nociplastic", "NICE NG193", {"amitriptyline", "duloxetine"}),
        ("knee-osteoarthritis", "NICE NG226", {"diclofenac-gel"}),
        ("migraine", "AAN and AHS 2012", {"propranolol", "topiramate"}),
    ],
)
def test_a_guideline_puts_first_what_it_puts_first_and_nothing_else(condition, body, firsts):
    said = {
        id_
        for id_, card in CARDS.items()
        for one in card.first_choices
        if one.condition == condition and one.body == body and not one.against
    }
    assert said == firsts


@pytest.mark.parametrize(
    ("classes", "condition"),
    [
        (("opioid",), "low-back"),
        (("opioid",), "nociplastic"),
        (("opioid",), "osteoarthritis"),
        (("gabapentinoid", "sodium-channel"), "low-back"),
        (("gabapentinoid", "nsaid", "paracetamol", "nmda-antagonist"), "nociplastic"),
        (("snri", "tca", "paracetamol"), "low-back"),
        (("cannabinoid",), "chronic-pain"),
    ],
)
def test_a_guideline_asks_not_to_offer_a_whole_class(classes, condition):
    for id_ in of_class(*classes):
        assert any(one.condition == condition and one.against and one.state == "verified" for one in CARDS[id_].first_choices), id_


def test_no_opioid_is_put_first_by_anybody():
    assert not [one for id_ in of_class("opioid") for one in CARDS[id_].first_choices if not one.against]


@pytest.mark.parametrize("treatment", ["amitriptyline", "nortriptyline", "duloxetine", "venlafaxine", "gabapentin", "pregabalin"])
def test_first_drugs_of_nerve_pain_are_not_offered_in_trigeminal_neuralgia(treatment):
    assert "trigeminal-neuralgia" in {one.condition for one in CARDS[treatment].not_for}


# Prices --------------------------------------------------------------------------------------------------------------------------


def test_every_treatment_has_one_price_and_nothing_else_has():
    assert set(KNOWLEDGE.prices.rows) == set(KNOWLEDGE.treatments)
    assert KNOWLEDGE.prices.currency == "GBP"


@pytest.mark.parametrize("row", KNOWLEDGE.prices.rows.values(), ids=KNOWLEDGE.prices.rows)
def test_a_price_says_of_what_it_is_and_an_estimate_of_ours_weighs_nothing(row):
    assert row.basis
    assert (row.source == OWN) == (row.state == TO_VERIFY)
    assert ("own estimate" in row.basis) == (row.source == OWN)
    assert row.high <= 50_000


@pytest.mark.parametrize(
    ("treatment", "low", "high"),
    [
        ("amitriptyline", 13 * 0.87, 13 * 2.28),
        ("duloxetine", 13 * 2.39, 26 * 2.39),
        ("gabapentin", 3 * 365 * 3.48 / 100, 9 * 365 * 4.25 / 100),
        ("pregabalin", 730 / 56 * 1.87, 730 / 56 * 4.17),
        ("venlafaxine", 13 * 2.60, 13 * 3.90),
        ("ibuprofen", 13 * 2.87, 13 * 3.64),
        ("paracetamol", 4 * 365 * 2.19 / 100, 8 * 365 * 2.19 / 100),
        ("buprenorphine", 13 * 17.60, 13 * 57.46),
        ("fentanyl-patch", 365 / 15 * 12.59, 365 / 15 * 33.66),
        ("triptans", 48 / 6 * 2.29, 48 * 3.80),
        ("triptan-injection", 12 * 39.50, 12 * 51.02),
        ("cgrp-antibodies", 13 * 386.50, 13 * 386.50),
        ("botulinum-toxin", 52 / 12 * 276.40, 52 / 12 * 349.40),
    ],
)
def test_a_price_that_was_read_is_worked_out_from_its_packs(treatment, low, high):
    row = KNOWLEDGE.prices.rows[treatment]

    assert row.state == "verified"
    assert (row.low, row.high) == pytest.approx((low, high), abs=1)


@given(st.sampled_from(sorted(CARDS)), st.sampled_from(["neuropathic", "low-back", "nociplastic", "migraine"]))
def test_a_price_that_was_not_read_and_hours_of_ours_never_enter_what_a_drug_is_worth(treatment, kind):
    parts = dict(worth(treatment, kind, ["cost: 10", "effort: 10"]).parts)

    assert ("cost" in parts) == (KNOWLEDGE.prices.rows[treatment].state != TO_VERIFY)
    assert "effort" not in parts


@given(st.sampled_from(of_class("gabapentinoid", "tca", "snri", "opioid", "muscle-relaxant", "cannabinoid")), st.data())
def test_who_wishes_no_drug_that_makes_foggy_sees_sedating_drugs_fall(treatment, data):
    kind = data.draw(st.sampled_from(CARDS[treatment].conditions))
    plain, clear = worth(treatment, kind, []), worth(treatment, kind, ["no drug that makes me foggy"])

    assert clear.fixed < plain.fixed


# Every part ----------------------------------------------------------------------------------------------------------------------


@each
def test_every_part_names_a_source_that_exists_and_that_the_card_lists(card):
    for part in every_part(card):
        assert part.sources
        assert set(part.sources) <= set(KNOWLEDGE.sources)
        assert set(part.sources) <= set(card.sources)


@each
def test_what_only_this_project_says_is_no_verified_fact_unless_it_is_a_rule_of_its_own(card):
    for part in every_part(card):
        if set(part.sources) == {OWN} and part.state != TO_VERIFY:
            assert "rule of this project" in part.text


@each
def test_guidelines_name_kinds_of_pain_that_exist_and_do_not_contradict_themselves(card):
    said = [(choice.condition, choice.body) for choice in card.first_choices]

    assert {condition for condition, _ in said} <= set(KNOWLEDGE.conditions.indications)
    assert len(said) == len(set(said))


@each
def test_texts_are_short_and_reasons_against_a_pair_are_whole_sentences(card):
    assert all(len(serve.text) <= 240 and not serve.text.endswith(".") for serve in card.serves)
    assert all(len(rule.text) <= 160 and rule.text[0].isupper() and rule.text.endswith(".") for rule in card.not_with)


def test_every_source_of_this_file_was_used_and_says_what_was_read():
    own = tomllib.loads((DATA / "sources" / "plan-drugs.toml").read_text(encoding="utf-8"))
    used = {source for card in CARDS.values() for part in (*every_part(card), *card.limits) for source in part.sources}
    used |= {row.source for row in KNOWLEDGE.prices.rows.values()}

    assert set(own) <= used
    assert all(record["note"] and record["url"] for record in own.values())
    assert all(one < other for one, other in pairwise(own))
