"""Cards of doses, tapers, prices and wishes: the shipped ones hold together, the readers refuse nonsense, a clinic's own replace ours."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_card_builder import GABA, SHIPPED, WISHED, WORDS, card, dose, prices, taper, wishes, wrong

from painloom.errors import KnowledgeError
from painloom.knowledge.check import check
from painloom.knowledge.check_plan import DOSED
from painloom.knowledge.load import load
from painloom.knowledge.plan_cards import STOP, TAPER
from painloom.knowledge.planning import read_dose, read_prices, read_taper, read_wishes
from painloom.plan.taper import paces_for, shares

# Shipped cards -------------------------------------------------------------------------------------------------------------------


def test_the_shipped_cards_hold_together():
    assert wrong(None) == []
    assert [line for line in check(SHIPPED) if line.startswith(("doses/", "tapers/", "prices/", "wishes/"))] == []


def test_every_drug_that_a_plan_may_begin_and_no_other_has_a_dose_card():
    begun = {drug for t in SHIPPED.treatments.values() if t.modality in DOSED for drug in t.drugs}
    assert {card.drug for card in SHIPPED.doses.values()} == begun
    assert len(begun) > 50


@pytest.mark.parametrize("id_", sorted(i for i, c in SHIPPED.tapers.items() if c.kind == TAPER))
@pytest.mark.parametrize("months", [0, 0.1, 0.5, 1, 2, 3, 6, 11.9, 12, 24, 240, None])
def test_every_taper_only_falls_and_ends_at_nothing_for_any_time_of_use(id_, months):
    steps = shares(paces_for(SHIPPED.tapers[id_], months))

    assert steps[-1][1] == 0
    assert all(day < later and share > less for (day, share), (later, less) in pairwise(steps))
    assert steps[0][1] < 1


@pytest.mark.parametrize("id_", sorted(i for i, c in SHIPPED.tapers.items() if c.kind == TAPER))
def test_who_took_a_drug_longer_is_never_weaned_faster(id_):
    lengths = [shares(paces_for(SHIPPED.tapers[id_], months))[-1][0] for months in (0.1, 1.5, 3, 6, 12, 24)]
    assert lengths == sorted(lengths)


# What the project's fact table, labels and the opioid guideline say, told independently of the cards' text.
KNOWN = {
    "gabapentin": (300, 3600),
    "pregabalin": (150, 600),
    "duloxetine": (30, 60),
    "milnacipran": (12.5, 200),
    "tramadol": (None, 400),
    "paracetamol": (None, 4000),
    "celecoxib": (None, 400),
}


@pytest.mark.parametrize("drug", sorted(KNOWN))
def test_known_first_and_largest_amounts_stand_on_the_card(drug):
    start, most = KNOWN[drug]
    found = SHIPPED.doses[drug]
    assert start in (None, found.start)
    assert found.most == most


def test_opioids_are_lowered_as_the_guideline_of_2022_says():
    opioids = SHIPPED.tapers["opioids"]
    (year,) = paces_for(opioids, 12)
    first, then = paces_for(opioids, 6)

    assert (year.share, year.of, year.every_days) == (0.1, "current", 30)
    assert (first.share, first.of, first.every_days, first.until) == (0.1, "first", 7, 0.3)
    assert (then.share, then.of, then.every_days) == (0.1, "current", 7)


HARM_WHEN_THEY_STOP = ["opioid", "benzodiazepine", "z-drug", "barbiturate", "gabapentinoid", "anticonvulsant", "snri", "ssri"]
HARM_WHEN_THEY_STOP += ["tca", "maoi", "beta-blocker", "alpha2-agonist", "muscle-relaxant", "steroid", "antipsychotic"]


@pytest.mark.parametrize("group", HARM_WHEN_THEY_STOP)
def test_classes_that_harm_when_they_stop_at_once_are_never_on_a_card_that_stops_at_once(group):
    cards = [c for c in SHIPPED.tapers.values() if group in c.classes]
    members = {d.id for d in SHIPPED.drugs.values() if group in d.classes}

    assert [c.kind for c in cards] == [TAPER]
    assert not [c.id for c in SHIPPED.tapers.values() if c.kind == STOP and members & set(c.drugs)]


def test_what_was_not_read_in_a_source_is_never_called_verified():
    parts = [(c.id, part) for c in SHIPPED.doses.values() for part in (c, *c.limits)]
    parts += [(c.id, part) for c in SHIPPED.tapers.values() for part in (c, *c.paces)]
    assert [id_ for id_, part in parts if part.state == "verified" and set(part.sources) <= {"painloom-own-choice"}] == []


# Readers refuse nonsense -----------------------------------------------------------------------------------------------------------

AMOUNTS = st.floats(0.001, 1e5).map(lambda x: round(x, 3)).filter(lambda x: x > 0)


@given(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS))
def test_amounts_are_read_in_order_and_refused_out_of_order(tmp_path_factory, amounts):
    low, high, most = amounts
    path = card(tmp_path_factory.mktemp("dose"), "doses", "x", dose(target_low=low, target_high=high, most=most))
    if low <= high <= most:
        found = read_dose(path)
        assert (found.target_low, found.target_high, found.most) == amounts
    else:
        with pytest.raises(KnowledgeError, match="target_low <= target_high <= most"):
            read_dose(path)


@given(st.sampled_from(["start", "step", "target_low", "target_high", "most"]), st.floats(-1e5, 0))
def test_an_amount_that_is_not_above_nothing_is_refused(tmp_path_factory, name, value):
    path = card(tmp_path_factory.mktemp("dose"), "doses", "x", dose(**{name: value}))
    with pytest.raises(KnowledgeError, match="above 0"):
        read_dose(path)


@given(st.floats(-2, 3), st.floats(-2, 3))
def test_shares_of_a_pace_are_read_inside_their_span_and_refused_outside(tmp_path_factory, share, until):
    path = card(tmp_path_factory.mktemp("taper"), "tapers", "x", taper([{"share": share, "until": until}]))
    if 0.005 <= share <= 1 and 0 <= until < 1:
        assert (read_taper(path).paces[0].share, read_taper(path).paces[0].until) == (share, until)
    else:
        with pytest.raises(KnowledgeError, match="share lies in"):
            read_taper(path)


@pytest.mark.parametrize(
    ("read", "kind", "body", "said"),
    [
        (read_dose, "doses", dose(state='"sure"'), "state 'sure' is not one of verified, computed, to-verify"),
        (read_dose, "doses", dose([{"state": '"sure"'}]), "state 'sure'"),
        (read_dose, "doses", dose(text=None), "text"),
        (read_dose, "doses", dose(most='"a lot"'), "most"),
        (read_dose, "doses", dose([{"measure": None}]), "measure"),
        (read_taper, "tapers", taper([]), "a taper needs a"),
        (read_taper, "tapers", taper(kind="stop"), "a taper needs a"),
        (read_taper, "tapers", taper(kind="pause"), "kind 'pause' is not one of taper, stop"),
        (read_taper, "tapers", taper([{"of": '"last"'}]), "of 'last' is not one of first, current"),
        (read_taper, "tapers", taper([{"every_days": None}]), "every_days"),
    ],
)
def test_what_is_missing_or_outside_its_list_is_refused_in_one_line(tmp_path, read, kind, body, said):
    with pytest.raises(KnowledgeError) as caught:
        read(card(tmp_path, kind, "x", body))

    assert said in str(caught.value)
    assert str(caught.value).startswith("x.toml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("read", "kind", "body"), [(read_dose, "doses", dose()), (read_taper, "tapers", taper())])
def test_a_card_whose_id_is_not_its_files_name_is_refused(tmp_path, read, kind, body):
    path = card(tmp_path, kind, "x", body)
    other = path.rename(path.with_name("y.toml"))

    with pytest.raises(KnowledgeError, match="its id 'x' is not the file's name"):
        read(other)


@pytest.mark.parametrize("row", ["act\t2\t1\tyear", "act\t-1\t1\tyear", "act\tfree\t1\tyear", "act\t1\t2\tweek", "act\tnan\t2\tyear"])
def test_a_price_that_is_no_span_of_money_is_refused(tmp_path, row):
    with pytest.raises(KnowledgeError, match=r"^prices\.tsv: act"):
        read_prices(prices(tmp_path, f"{row}\t.\tverified\tpainloom-own-choice\n"))


@pytest.mark.parametrize(("name", "value"), [("control", "1"), ("control", "0"), ("hours", "0"), ("money", "-5"), ("harm", "0")])
def test_a_declared_number_outside_its_span_is_refused(tmp_path, name, value):
    declared = "".join(f"{name} = {value}\n" if line.startswith(name) else f"{line}\n" for line in WISHED.splitlines())
    with pytest.raises(KnowledgeError, match="declared numbers"):
        read_wishes(wishes(tmp_path, declared=declared))


def test_words_of_a_domain_that_no_card_has_are_refused(tmp_path):
    with pytest.raises(KnowledgeError, match="the domain 'wealth' is not on"):
        read_wishes(wishes(tmp_path, words=f"{WORDS}wealth\ten\trich\n"))


# A clinic's own --------------------------------------------------------------------------------------------------------------------


def test_a_clinics_own_dose_card_stands_in_place_of_ours_and_says_so(tmp_path):
    card(tmp_path, "doses", GABA, dose(start="100", step="100"))
    own = load(tmp_path)

    assert (own.doses[GABA].start, SHIPPED.doses[GABA].start) == (100, 300)
    assert own.doses[GABA].release.endswith("(own card)")
    assert own.doses["pregabalin"] == SHIPPED.doses["pregabalin"]
    assert wrong(tmp_path) == []


def test_a_clinics_own_price_table_replaces_ours_whole(tmp_path):
    prices(tmp_path, "act\t400\t900\tcourse\teight sessions\tverified\tpainloom-own-choice\n")
    own = load(tmp_path)

    assert list(own.prices.rows) == ["act"]
    assert own.prices.currency == "EUR"
    assert wrong(tmp_path) == []
