"""Candidate codes of chronic pain: the traps of public lists, three months first, two parents, severity from whole ratings only."""

import pytest
from cards import TRUTH, knowledge
from hypothesis import given
from hypothesis import strategies as st

from painloom.errors import InputError, KnowledgeError
from painloom.synthesis.mg30 import PRIMARY_LAST, TWO_PARENTS, code_pain, lasting

TERMS = knowledge().terms("mg30")
FACTS = [row["fact"] for row in TERMS if row["fact"]]
LABELS = {row["code"]: row["label"] for row in TERMS}
stated = st.dictionaries(st.sampled_from(FACTS), st.sampled_from(TRUTH))


def codes(facts, chronic="yes", **ratings):
    return code_pain(TERMS, facts, chronic=chronic, ratings=ratings)


def yes(*facts):
    return dict.fromkeys(facts, "yes")


def test_neuropathic_is_point_five_and_headache_point_six_and_surgery_point_two():
    assert [("MG30.5",), ("MG30.6",), ("MG30.2",)] == [
        tuple(c.code for c in codes(yes(fact)).codes) for fact in ("mg30-neuropathic", "mg30-headache", "mg30-surgery-or-injury")
    ]
    assert "neuropathic" in LABELS["MG30.5"]
    assert "inner organs" in LABELS["MG30.4"]
    assert "headache" in LABELS["MG30.6"]


@pytest.mark.parametrize(("months", "expected"), [(None, "unknown"), (0.0, "no"), (2.99, "no"), (3.0, "yes"), (400.0, "yes")])
def test_chronic_begins_at_three_months(months, expected):
    assert expected == lasting(months)


@pytest.mark.parametrize(("chronic", "status"), [("no", "not-chronic-yet"), ("unknown", "duration-unknown")])
def test_no_code_is_given_before_three_months_are_known(chronic, status):
    coding = codes(yes("mg30-neuropathic-peripheral"), chronic)

    assert (status, ()) == (coding.status, coding.codes)
    assert ("MG30.51",) == tuple(c.code for c in coding.would_be)


def test_a_subtype_stands_for_its_parent():
    assert ("MG30.51",) == tuple(c.code for c in codes(yes("mg30-neuropathic", "mg30-neuropathic-peripheral")).codes)
    assert ("MG30.50", "MG30.51") == tuple(c.code for c in codes(yes("mg30-neuropathic-central", "mg30-neuropathic-peripheral")).codes)


def test_two_parents_are_both_given_and_said():
    coding = codes(yes("mg30-cancer-treatment", "mg30-neuropathic-peripheral"))

    assert [("MG30.11", "MG30.1"), ("MG30.51", "MG30.5")] == [(c.code, c.parent) for c in coding.codes]
    assert (TWO_PARENTS,) == coding.notes


def test_primary_beside_secondary_is_given_with_a_warning():
    coding = codes(yes("mg30-primary-widespread", "mg30-msk-inflammation"))

    assert ["MG30.01", "MG30.30"] == [c.code for c in coding.codes]
    assert (PRIMARY_LAST,) == coding.notes


def test_nothing_stated_is_the_unstated_code_and_everything_denied_the_other_one():
    assert ["MG30.Z"] == [c.code for c in codes({}).codes]
    assert ["MG30.Z"] == [c.code for c in codes(dict.fromkeys(FACTS[1:], "no")).codes]
    assert ["MG30.Y"] == [c.code for c in codes(dict.fromkeys(FACTS, "no")).codes]
    assert len(FACTS) == len(codes({}).open)


def test_a_denied_parent_denies_its_subtypes_unless_one_was_stated():
    denied = codes({"mg30-neuropathic": "no"})
    stated_all_the_same = codes({"mg30-neuropathic": "no", "mg30-neuropathic-central": "yes"})

    assert not [c for c in denied.open if c.code.startswith("MG30.5")]
    assert ["MG30.50"] == [c.code for c in stated_all_the_same.codes]


@given(stated, st.sampled_from(TRUTH))
def test_codes_come_only_from_what_was_stated(facts, chronic):
    coding = codes(facts, chronic)
    given_ = coding.codes or coding.would_be
    held = {f"fact: {f}" for f, v in facts.items() if v == "yes"}

    assert given_
    assert {c.basis for c in given_} <= (held or {""})
    assert (coding.status == "coded") == (chronic == "yes") == bool(coding.codes)
    assert all(c.state in ("verified", "to-verify") for c in given_)
    assert not [c for c in given_ if any(o.parent == c.code for o in given_)]


@pytest.mark.parametrize(("rating", "level"), [(0, 0), (1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (10, 3)])
def test_ratings_are_cut_at_the_published_bands(rating, level):
    coding = codes({}, intensity=rating, distress=rating, interference=rating)

    assert [("intensity", level), ("distress", level), ("interference", level)] == [(s.axis, s.level) for s in coding.severity]


@pytest.mark.parametrize("rating", [0.5, 3.5, 6.1])
def test_a_rating_between_two_bands_gets_no_level(rating):
    severity = codes({}, intensity=rating).severity

    assert (None, "intensity") == (severity[0].level, severity[0].axis)
    assert "between" in severity[0].why_not
    assert ("not rated",) * 2 == tuple(s.why_not for s in severity[1:])


@pytest.mark.parametrize("rating", [-1, 10.5, float("nan"), float("inf")])
def test_a_rating_outside_its_range_is_refused_without_repeating_it(rating):
    with pytest.raises(InputError, match="lies outside 0 to 10") as wrong:
        codes({}, distress=rating)

    assert str(rating) not in str(wrong.value)


def test_an_axis_that_is_not_known_is_refused():
    with pytest.raises(InputError, match="no axis"):
        codes({}, mood=3)


def test_every_code_lies_under_its_parent_and_the_doubtful_ones_are_marked():
    doubtful = {row["code"] for row in TERMS if row["state"] == "to-verify"}

    assert {"MG30.10", "MG30.11", "MG30.30", "MG30.31", "MG30.50", "MG30.51"} == doubtful
    assert len(LABELS) == len(TERMS)


@pytest.mark.parametrize("row", [{"parent": "MG30.6"}, {"kind": "tertiary"}, {"fact": ""}])
def test_a_table_with_a_mistake_is_refused(row):
    rows = [dict(r) for r in TERMS]
    place = next(i for i, r in enumerate(rows) if r["code"] == "MG30.51")
    rows[place] |= row

    with pytest.raises(KnowledgeError, match=r"MG30\.51"):
        code_pain(rows, {}, chronic="yes")
