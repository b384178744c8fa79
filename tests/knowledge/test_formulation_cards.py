"""Cards that say why it hurts: they hold together, nothing unchecked weighs, numbers work out again, the check sees every fault."""

import csv
import dataclasses
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.errors import KnowledgeError
from painloom.knowledge.check_formulation import FormulationBook, check_book, check_formulation, named, read_formulation
from painloom.knowledge.load import DATA, Knowledge
from painloom.knowledge.mechanism_cards import DIAGNOSIS, FACT, GRADE, IMAGING, SCORE, ConflictCard, CriteriaLimit, Sought
from painloom.knowledge.mechanisms import read_mechanism, read_weighing
from painloom.model.finding import CLAIMS

KNOWLEDGE = Knowledge()
BOOK = read_formulation(KNOWLEDGE)
NAMED = named(KNOWLEDGE)
MECHANISMS = {card.id: card for card in BOOK.mechanisms}
ROWS = {f"{card.id}/{row.id}": row for card in BOOK.mechanisms for row in card.rows}
DRIVERS = {card.id: card for card in BOOK.drivers}
FACTS = Path(__file__).resolve().parents[3] / "shared" / "response" / "sources" / "diagnostics.tsv"
WEIGHS = ("verified", "computed")

# Read in the abstract that each row names: sensitivity, specificity, people with and without.
READ = {
    "neuropathic-peripheral/dn4-total": (0.87, 0.50, 465, 264),
    "neuropathic-central/dn4-total": (0.87, 0.50, 465, 264),
    "neuropathic-peripheral/dn4-interview": (0.70, 0.67, 0, 0),
    "neuropathic-peripheral/sensory-signs": (0.75, 0.75, 0, 0),
    "nociplastic/csi-a": (0.828, 0.548, 99, 62),
    "nociplastic/nociplastic-grade": (0.692, 0.931, 52, 29),
    "nociplastic/recorded-fibromyalgia": (61 / 121, 1 - 43 / 376, 121, 376),
    "crps/budapest": (0.99, 0.68, 113, 47),
}


def test_the_shipped_cards_hold_together():
    assert list(check_formulation(KNOWLEDGE)) == []


def test_four_mechanisms_and_four_states_are_there():
    kinds = {card.id: card.kind for card in BOOK.mechanisms}

    assert {id_ for id_, kind in kinds.items() if kind == "mechanism"} == {
        *("nociceptive", "neuropathic-peripheral", "neuropathic-central", "nociplastic")
    }
    assert {id_ for id_, kind in kinds.items() if kind == "state"} == {
        *("crps", "migraine", "medication-overuse-headache", "opioid-induced-hyperalgesia")
    }


@pytest.mark.parametrize("row_id", sorted(READ))
def test_rates_are_those_of_the_abstract(row_id):
    row = ROWS[row_id]
    sensitivity, specificity, n_with, n_without = READ[row_id]

    assert (sensitivity, specificity) == pytest.approx((row.sensitivity, row.specificity), abs=0.0006)  # printed to three places
    if n_with:
        s, p = row.sensitivity, row.specificity
        se = math.sqrt((1 - s) / (s * n_with) + p / ((1 - p) * n_without))
        assert se == pytest.approx(row.se_pos, rel=1e-9)
    else:
        assert BOOK.weighing.unknown_se == row.se_pos


def test_every_row_that_weighs_by_rates_was_read_by_this_test_too():
    by_rates = {id_ for id_, row in ROWS.items() if row.sensitivity is not None and row.state in WEIGHS}

    assert set(READ) == by_rates


def _agreement_ratio(base_rate: float) -> float:
    """Two clinicians, equally good and unbiased: kappa = (sensitivity + specificity - 1)^2."""
    youden = math.sqrt(0.596)
    return (base_rate + youden * (1 - base_rate)) / ((1 - youden) * base_rate)


@pytest.mark.parametrize(
    "row_id",
    sorted(id_ for id_, row in ROWS.items() if row.source == "korwisi-2022"),
)
def test_a_stated_kind_weighs_what_agreement_of_clinicians_gives_at_the_base_rate(row_id):
    row, prior = ROWS[row_id], MECHANISMS[row_id.split("/")[0]].prior

    assert _agreement_ratio(prior) == pytest.approx(row.lr_pos, rel=0.002)  # written to two places, above 60 to one
    assert (row.lr_neg, row.construct, row.state) == (1, "clinician-kind", "computed")


@given(st.floats(0.01, 0.9))
def test_the_agreement_ratio_gives_back_its_kappa(base_rate):
    """Simulated by the formula of kappa itself, not by the one the ratio was worked out from."""
    youden = math.sqrt(0.596)
    sensitivity = base_rate + youden * (1 - base_rate)
    false = (1 - youden) * base_rate
    both = base_rate * sensitivity**2 + (1 - base_rate) * false**2
    neither = base_rate * (1 - sensitivity) ** 2 + (1 - base_rate) * (1 - false) ** 2
    named_share = base_rate * sensitivity + (1 - base_rate) * false
    chance = named_share**2 + (1 - named_share) ** 2

    assert (both + neither - chance) / (1 - chance) == pytest.approx(0.596)
    assert sensitivity / false == pytest.approx(_agreement_ratio(base_rate))


@pytest.mark.parametrize(("row_id", "share"), [("crps/recorded", 0.277), ("migraine/recorded", 0.631)])
def test_a_recorded_diagnosis_leads_to_the_share_that_was_confirmed(row_id, share):
    prior = MECHANISMS[row_id.split("/")[0]].prior
    odds = prior / (1 - prior) * ROWS[row_id].lr_pos

    assert share == pytest.approx(odds / (1 + odds), abs=0.001)


@pytest.mark.parametrize(
    ("row_id", "pain_free", "odds_ratio"),
    [("modic-1", 0.105, 4.01), ("disc-displaced", 0.33, 2.65), ("disc-degeneration", 0.68, 2.24)],
)
def test_pictures_weigh_what_odds_ratio_and_pain_free_share_give(row_id, pain_free, odds_ratio):
    row = ROWS[f"nociceptive/{row_id}"]
    with_pain = pain_free * odds_ratio / (1 - pain_free + pain_free * odds_ratio)

    assert with_pain / pain_free == pytest.approx(row.lr_pos, abs=0.006)
    assert row.lr_neg == 1


def test_a_picture_alone_never_makes_a_mechanism_likely():
    card = MECHANISMS["nociceptive"]
    for row in (row for row in card.rows if row.sought.kind == IMAGING):
        odds = card.prior / (1 - card.prior) * row.lr_pos**row.spectrum
        assert odds < 1


def test_peripheral_prior_is_definite_and_probable_less_purely_central():
    card, central = MECHANISMS["neuropathic-peripheral"], MECHANISMS["neuropathic-central"]

    assert 53 / 2173 == pytest.approx(central.prior, abs=0.0005)
    assert 0.294 + 0.140 - 53 / 2173 == pytest.approx(card.prior, abs=0.001)
    assert (281 / 2173, 0.294 + 0.140 + 0.045) == pytest.approx((card.prior_low, card.prior_high), abs=0.002)


def test_a_declared_prior_says_so():
    for card in BOOK.mechanisms:
        declared = card.prior_state == "to-verify"
        assert declared == (card.id in {"nociceptive", "nociplastic", "crps", "migraine", "opioid-induced-hyperalgesia"})
        assert any(question.startswith("Prior") for question in card.open_questions)


def test_research_weighs_nothing_and_a_stronger_claim_never_less():
    caps = [BOOK.weighing.caps[claim] for claim in CLAIMS]

    assert 0.0 == BOOK.weighing.caps["research"]
    assert sorted(caps, reverse=True) == caps
    assert not [id_ for id_, row in ROWS.items() if row.claim == "research"]


def test_limits_by_criteria_are_ordered_as_their_grades():
    limits = {(card.id, limit.criteria, limit.grade): limit for card in BOOK.mechanisms for limit in card.limits}
    peripheral = [limits["neuropathic-peripheral", "neuropathic-2016", grade] for grade in ("unlikely", "possible", "probable", "definite")]

    assert [(0, 0.15), (0, 0.6), (0.6, 1), (0.9, 1)] == [(limit.floor, limit.ceiling) for limit in peripheral]
    central = [limit for key, limit in limits.items() if key[0] == "neuropathic-central" and limit.floor]
    assert {("neuropathic-central",)} == {limit.kinds for limit in central}  # the grades do not tell central pain, the record does
    assert all(limit.unless_kinds == ("neuropathic-central",) for limit in peripheral if limit.floor)
    assert limits["opioid-induced-hyperalgesia", "opioid-induced-hyperalgesia", "not-suspected"].ceiling == 0.05
    assert ("opioid-induced-hyperalgesia", "opioid-induced-hyperalgesia", "suspected") not in limits  # never validated


def test_limits_of_the_mechanisms_own_criteria_come_last_and_so_win():
    order = [limit.criteria for limit in MECHANISMS["nociplastic"].limits]

    assert "nociplastic-2021" == order[-1]
    assert order.index("fibromyalgia-acr-2016") < order.index("nociplastic-2021")


@pytest.mark.skipif(not FACTS.is_file(), reason="the fact sheet does not lie beside the project")
def test_what_the_fact_sheet_marks_to_verify_weighs_nothing_here():
    with FACTS.open(encoding="utf-8") as file:
        sheet = list(csv.DictReader(file, delimiter="\t"))
    unchecked = {(float(r["sensitivity"]), float(r["specificity"])) for r in sheet if r["mark"] == "to-verify"}
    ours = [row for row in ROWS.values() if (row.sensitivity, row.specificity) in unchecked]

    assert len(ours) >= 3
    assert {"to-verify"} == {row.state for row in ours}


def test_all_neuropathic_questionnaires_are_one_construct():
    screens = [row for row in ROWS.values() if row.sought.id.split(".")[0] in {"dn4", "paindetect", "s-lanss"}]

    assert len(screens) >= 4
    assert {"neuropathic-screen"} == {row.construct for row in screens}


def test_items_that_pain_inflates_are_left_out_of_depression_and_those_of_mood_stay():
    kept = {"1", "2", "6", "9"}

    assert {str(i) for i in range(1, 10)} - kept == set(DRIVERS["depression"].leave_out)


def test_a_standard_error_is_that_of_the_instrument_card_or_worked_out_from_a_printed_change():
    worked_out = {"low-self-efficacy": 11.52, "anxiety": 6, "trauma": 15}
    for card in BOOK.drivers:
        if card.se is None:
            continue
        instrument, scale_id = card.sought.id.split(".")
        scale = next(s for s in KNOWLEDGE.instrument(instrument).scales if s.id == scale_id)
        printed = [p.sem for p in scale.precision] or [worked_out[card.id] / (1.96 * math.sqrt(2))]
        assert printed[0] == pytest.approx(card.se, abs=0.006)


def test_a_verified_driver_stands_on_a_verified_cut():
    for card in BOOK.drivers:
        if card.sought.kind != SCORE or card.state != "verified" or card.id == "trauma-screen":  # its card prints the cut in a note
            continue
        instrument, scale_id = card.sought.id.split(".")
        scale = next(s for s in KNOWLEDGE.instrument(instrument).scales if s.id == scale_id)
        if scale_id == "psychosocial":  # the bands of the total name this part
            continue
        edges = {band.low for band in scale.bands if band.state == "verified"}
        edge = card.sought.low if card.worse == "higher" else card.sought.below
        assert edge in edges, card.id


def test_no_suspicion_and_no_research_names_a_treatment():
    assert not [card.id for card in BOOK.drivers if card.claim == "research" and card.helps]


def test_every_questionnaire_picture_and_criterion_that_a_card_needs_can_be_had_by_a_test():
    told = {(sought.kind, sought.id) for card in BOOK.tests for sought in card.tells}
    needed = {(row.sought.kind, row.sought.id) for row in ROWS.values()} | {(c.sought.kind, c.sought.id) for c in BOOK.drivers}
    needed |= {(GRADE, limit.criteria) for card in BOOK.mechanisms for limit in card.limits}

    assert {pair for pair in needed - told if pair[0] != DIAGNOSIS} == set()


def test_prices_are_declared_and_say_so():
    assert 30 <= len(BOOK.tests) <= 60
    assert {"to-verify"} == {card.state for card in BOOK.tests}
    assert all("declared by us" in card.open_questions[0] for card in BOOK.tests)


def test_conflicts_say_what_settles_them_and_never_doubt_the_person():
    assert 10 <= len(BOOK.conflicts) <= 30
    for card in BOOK.conflicts:
        words = f"{card.text} {card.ask}".lower()
        assert card.ask.endswith(".")
        assert not {"denied", "exaggerat", "malinger", "fake", "lying"} & set(words.replace(".", "").split())


def _with(**changes) -> FormulationBook:
    return dataclasses.replace(BOOK, **changes)


def _mechanism(**changes) -> FormulationBook:
    card = dataclasses.replace(MECHANISMS["neuropathic-peripheral"], **changes)
    return _with(mechanisms=(card,))


def _row(**changes) -> FormulationBook:
    card = MECHANISMS["nociplastic"]
    return _mechanism(rows=(dataclasses.replace(card.rows[0], **changes),), sources=(*card.sources,), limits=())


def _driver(name="catastrophising", **changes) -> FormulationBook:
    return _with(drivers=(dataclasses.replace(DRIVERS[name], **changes),))


def _test(**changes) -> FormulationBook:
    return _with(tests=(dataclasses.replace(BOOK.tests[0], **changes),))


GOOD = Sought(FACT, "obesity")
FAULTS = {
    "fact 'nope' is unknown": _row(sought=Sought(FACT, "nope")),
    "instrument 'nope' is unknown": _row(sought=Sought(SCORE, "nope.total", 1)),
    "has no scale 'nope'": _row(sought=Sought(SCORE, "dn4.nope", 1)),
    "has no alert 'nope'": _row(sought=Sought(SCORE, "phq-9.alert:nope", 1)),
    "needs low or below": _row(sought=Sought(SCORE, "dn4.total")),
    "low must lie under below": _row(sought=Sought(SCORE, "dn4.total", 5, 4)),
    "both sides of 11": _row(sought=Sought(SCORE, "dn4.total", 11)),
    "both sides of 0": _row(sought=Sought(SCORE, "dn4.total", None, 0)),
    "grade 'nope' is unknown": _row(sought=Sought(GRADE, "nope", values=("met",))),
    "has no grade 'nope'": _row(sought=Sought(GRADE, "crps-budapest", values=("nope",))),
    "names no value": _row(sought=Sought(IMAGING, "modic")),
    "imaging 'nope' is unknown": _row(sought=Sought(IMAGING, "nope", values=("1",))),
    "diagnosis 'nope' is unknown": _row(sought=Sought(DIAGNOSIS, "nope")),
    "a fact has no values": _row(sought=Sought(FACT, "obesity", values=("yes",))),
    "only a score has a range": _row(sought=Sought(FACT, "obesity", 1)),
    "source 'nope' is not in sources/": _row(source="nope"),
    "is not among the card's": _row(source="farrar-2001"),
    "no construct is named": _row(construct=""),
    "stands twice": _mechanism(rows=MECHANISMS["neuropathic-peripheral"].rows[:1] * 2),
    "both weigh for 'dn4.total'; choose one": _mechanism(
        rows=(ROWS["neuropathic-peripheral/dn4-total"], dataclasses.replace(ROWS["neuropathic-peripheral/dn4-total"], id="again"))
    ),
    "there is no such grade": _mechanism(limits=(CriteriaLimit("neuropathic-2016", "nope", 0.5, 1.0, "painloom-own-choice"),)),
    "it holds nothing back": _mechanism(limits=(CriteriaLimit("neuropathic-2016", "possible", 0.0, 1.0, "painloom-own-choice"),)),
    "research must weigh nothing": _with(
        weighing=dataclasses.replace(BOOK.weighing, caps={**BOOK.weighing.caps, "research": 0.1}),
    ),
    "must not weigh less than a weaker one": _with(
        weighing=dataclasses.replace(BOOK.weighing, caps={**BOOK.weighing.caps, "replicated": 0.5}),
    ),
    "the unknown standard error must lie above 0": _with(weighing=dataclasses.replace(BOOK.weighing, unknown_se=0.0)),
    "helps 'nope', which is no treatment": _driver(helps=("nope",)),
    "item '99' is not on the instrument": _driver(leave_out=("99",)),
    "exactly one threshold is needed": _driver(sought=Sought(SCORE, "pcs.total", None, 30)),
    "higher is not the worse side": _driver("low-self-efficacy", worse="higher", sought=Sought(SCORE, "pseq.total", 20)),
    "only a score has items to leave out": _driver("obesity", leave_out=("1",)),
    "se must lie above 0": _driver(se=-1.0),
    "both sides are the same finding": _with(
        conflicts=(ConflictCard("x", GOOD, GOOD, False, "t", "a", "verified", ("farrar-2001",)),),
    ),
    "conflicts: 'x' stands twice": _with(
        conflicts=(ConflictCard("x", GOOD, Sought(FACT, "smoker"), False, "t", "a", "verified", ("farrar-2001",)),) * 2,
    ),
    "gene 'NOPE' is no card": _test(genes=("NOPE",)),
    "minutes is below 0": _test(minutes=-1.0),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_the_check_sees(fault):
    assert [line for line in check_book(FAULTS[fault], NAMED) if fault in line], list(check_book(FAULTS[fault], NAMED))


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("sensitivity", "1", "must lie between 0 and 1"),
        ("spectrum", "0", "spectrum must lie above 0"),
        ("claim", "rumour", "claim 'rumour'"),
        ("state", "sure", "state 'sure'"),
        ("finding", "guess:x", "finding kind 'guess'"),
        ("specificity", ".", "give sensitivity and specificity"),
        ("low", "high", "is no number"),
    ],
)
def test_a_row_out_of_its_closed_list_or_range_is_refused(tmp_path, column, value, said):
    name = "neuropathic-peripheral"
    (tmp_path / f"{name}.toml").write_bytes((DATA / "mechanisms" / f"{name}.toml").read_bytes())
    with (DATA / "mechanisms" / f"{name}.rows.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows[0][column] = value
    lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
    (tmp_path / f"{name}.rows.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    with pytest.raises(KnowledgeError, match=said):
        read_mechanism(tmp_path / f"{name}.toml", read_weighing(DATA / "weighing" / "weighing.toml"))
