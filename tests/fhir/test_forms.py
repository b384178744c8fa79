"""The licence gate binds item by item, all or nothing; points come from the form and the card's item, never from an answer code."""

import copy

import pytest
from forms_builders import (
    LA,
    LOINC,
    ORDINAL,
    SD,
    WEIGHT,
    WORDS,
    bound,
    card,
    ends,
    form,
    option,
    options,
    phq,
    points,
    question,
    real,
    refusal,
    wobble,
)
from hypothesis import given
from hypothesis import strategies as st

STRAIGHT = dict(zip(WORDS, range(4), strict=False))
ALL_STRAIGHT = dict.fromkeys("123", STRAIGHT)


def test_every_item_gets_its_question_its_options_and_its_words():
    told = bound(wobble())
    first = told.items[0]

    assert (first.item, first.link, first.text, first.bound_by) == ("1", "q1", "Zorp the q1?", "link id")
    assert points(told) == ALL_STRAIGHT
    assert {item.points_by for item in told.items} == {("itemWeight",)}


@pytest.mark.parametrize("by", ["weight", "ordinal"])
def test_weight_and_ordinal_are_both_read(by):
    assert points(bound(form(*(question(f"q{n}", options(by=by)) for n in (1, 2, 3))))) == ALL_STRAIGHT


def test_weights_may_stand_on_the_option_or_on_its_coding():
    inner = wobble()
    for item in inner["item"]:
        for offer in item["answerOption"]:
            offer["valueCoding"]["extension"] = offer.pop("extension")

    assert points(bound(inner)) == points(bound(wobble()))


def test_release_5_forms_bind_like_release_4_forms():
    five = wobble()
    for item in five["item"]:
        item |= {"type": "coding", "answerConstraint": "optionsOnly"}

    assert points(bound(five)) == points(bound(wobble()))


def test_a_list_inside_the_form_is_used_by_its_id_and_by_its_address():
    concepts = [{"code": word, "display": word, "extension": [{"url": ORDINAL, "valueDecimal": n}]} for n, word in enumerate(WORDS[:4])]
    expanded = {"resourceType": "ValueSet", "id": "a", "url": "http://x/a", "expansion": {"contains": concepts, "total": 4}}
    composed = {"resourceType": "ValueSet", "id": "b", "compose": {"include": [{"system": "http://x", "concept": concepts}]}}
    asked = [question(f"q{n}", answerValueSet=name) for n, name in ((1, "#a"), (2, "http://x/a|1.0"), (3, "#b"))]

    assert points(bound(form(*asked, contained=[expanded, composed]))) == ALL_STRAIGHT


@pytest.mark.parametrize(
    ("value_set", "why"),
    [
        ({"compose": {"include": [{"system": "http://x"}]}}, "rule"),
        ({"compose": {"include": [{"concept": [{"code": "a"}]}], "exclude": [{"system": "b"}]}}, "rule"),
        ({"expansion": {"total": 9, "contains": [{"code": "a"}]}}, "in part"),
        ({}, "no answer"),
    ],
)
def test_a_list_that_is_not_whole_is_refused(value_set, why):
    inside = [{"resourceType": "ValueSet", "id": "a", **value_set}]

    assert why in refusal(form(*(question(f"q{n}", answerValueSet="#a") for n in (1, 2, 3)), contained=inside))


def test_a_question_with_a_list_and_options_of_its_own_is_refused():
    twofold = wobble()
    twofold["item"][1]["answerValueSet"] = "http://x/list"

    assert "a list and holds options of its own" in refusal(twofold)


def test_headings_and_retired_answers_of_an_expanded_list_are_no_options():
    concepts = [{"code": word, "display": word, "extension": [{"url": ORDINAL, "valueDecimal": n}]} for n, word in enumerate(WORDS[:4])]
    tree = [{"code": "old", "display": "old", "inactive": True}, {"display": "heading", "abstract": True, "contains": concepts}]
    inside = [{"resourceType": "ValueSet", "id": "a", "expansion": {"contains": tree}}]

    assert points(bound(form(*(question(f"q{n}", answerValueSet="#a") for n in (1, 2, 3)), contained=inside))) == ALL_STRAIGHT


def test_a_list_outside_the_form_is_read_by_the_cards_own_codes_or_not_at_all():
    outside = form(*(question(f"q{n}", answerValueSet="http://x/list") for n in (1, 2, 3)))
    coded = card(codes=tuple(STRAIGHT.items()))

    assert "does not hold" in refusal(outside)
    told = bound(outside, coded)
    assert points(told) == ALL_STRAIGHT
    assert all(option.text == "" for item in told.items for option in item.options)
    assert any("no words" in warning for warning in told.warnings)


def test_shuffled_options_keep_their_points():
    mixed = wobble()
    mixed["item"][1]["answerOption"] = mixed["item"][1]["answerOption"][::-1]

    assert points(bound(mixed)) == points(bound(wobble()))
    assert [o.points for o in bound(mixed).items[1].options] == [3, 2, 1, 0]


@pytest.mark.parametrize("by", ["weight", "ordinal"])
def test_swapped_weights_on_one_item_contradict_the_cards_codes(by):
    swapped = phq(by=by)
    swapped["item"][8]["answerOption"] = copy.deepcopy(phq((3, 2, 1, 0), by)["item"][8]["answerOption"])
    line = refusal(swapped, real("phq-9"))

    assert "item 9" in line
    assert "different points" in line


def test_itemweight_and_ordinalvalue_that_differ_are_refused():
    both = wobble()
    for n, offer in enumerate(both["item"][2]["answerOption"]):
        offer["extension"].append({"url": ORDINAL, "valueDecimal": 3 - n})

    assert "itemWeight and ordinalValue" in refusal(both)


def test_an_option_with_two_weights_is_refused():
    twice = wobble()
    twice["item"][0]["answerOption"][0]["extension"].append({"url": WEIGHT, "valueDecimal": 2})

    assert "two different points" in refusal(twice)


def test_one_option_without_points_is_refused_even_where_the_card_knows_its_code():
    lost = phq()
    del lost["item"][4]["answerOption"][2]["extension"]

    assert "1 of 4 options have no itemWeight" in refusal(lost, real("phq-9"))


@pytest.mark.parametrize(
    ("offers", "why"),
    [
        (options((0, 1, 2)), "other points"),
        (options((0, 1, 2, 3, 4)), "other points"),
        (options((1, 2, 3, 4)), "other points"),
        (options((0, 1, 1, 3)), "the same points"),
        (options((0, 1, 2, 2.5)), "other points"),
        ([*options(), option("blip", "again", weight=3)], "twice"),
        ([*options((0, 1, 2)), {"valueDate": "2020-01-01"}], "no code"),
    ],
)
def test_options_must_cover_the_item_exactly(offers, why):
    assert why in refusal(form(question("q1", options()), question("q2", offers), question("q3", options())))


def test_items_with_gaps_take_exactly_their_own_points():
    gaps = card(count=1, high=4, allowed=(0, 2, 4))

    assert points(bound(form(question("q1", options((0, 2, 4)))), gaps)) == {"1": {"blip": 0, "blop": 2, "blup": 4}}
    assert "0, 2, 4" in refusal(form(question("q1", options((0, 1, 2)))), gaps)


@pytest.mark.parametrize("text", ["{} - blip", "({}) blip", "{}", "{} = blip", "{}: blip", "{}. blip", "{} – blip", "[{}] blip"])
def test_leading_digits_are_points(text):
    offers = [option(WORDS[n], text.format(n)) for n in range(4)]

    assert points(bound(form(question("q1", offers)), card(count=1))) == {"1": STRAIGHT}


@pytest.mark.parametrize("text", ["{} or more blips", "{}-9 blips", "{} - 9 blips", "{}.5 blips", "{} blips", "{} %"])
def test_digits_that_count_something_are_no_points(text):
    offers = [option(WORDS[n], text.format(n)) for n in range(4)]

    assert "nothing tells" in refusal(form(question("q1", offers)), card(count=1))


def test_prefixes_are_points_and_must_agree_with_weights():
    one_based = [option(WORDS[n], WORDS[n], weight=n, prefix=str(n + 1)) for n in range(4)]
    plain = [option(WORDS[n], WORDS[n], prefix=f"{n}.") for n in range(4)]
    letters = [option(WORDS[n], WORDS[n], weight=n, prefix="abcd"[n]) for n in range(4)]

    assert "option prefix" in refusal(form(question("q1", one_based)), card(count=1))
    assert bound(form(question("q1", plain)), card(count=1)).items[0].points_by == ("option prefix",)
    assert bound(form(question("q1", letters)), card(count=1)).items[0].points_by == ("itemWeight",)


def test_whole_numbers_and_texts_may_be_options():
    numbers = [{"valueInteger": n} for n in range(4)]
    texts = [{"valueString": f"({n}) {WORDS[n]}"} for n in range(4)]
    told = bound(form(question("q1", numbers, kind="integer"), question("q2", texts, kind="string")), card(count=2))

    assert [o.points for o in told.items[0].options] == [0, 1, 2, 3]
    assert points(told)["2"] == {f"({n}) {WORDS[n]}": n for n in range(4)}


def test_options_without_points_need_a_persons_word():
    silent = form(*(question(f"q{n}", [option(word, word) for word in WORDS[:4]]) for n in (1, 2, 3)))

    assert "--by-position" in refusal(silent)
    told = bound(silent, by_position=True)
    assert points(told) == ALL_STRAIGHT
    assert {item.points_by for item in told.items} == {("by position, unconfirmed",)}
    assert any(warning.startswith("item 1, 2, 3: points by position, unconfirmed") for warning in told.warnings)


def test_position_never_fills_a_gap_or_another_length():
    silent = form(question("q1", [option(word, word) for word in WORDS[:3]]))

    assert "nothing tells" in refusal(silent, card(count=1, high=4, allowed=(0, 2, 4)), by_position=True)
    assert "nothing tells" in refusal(silent, card(count=1), by_position=True)


def test_position_does_not_finish_points_that_are_told_in_part():
    half = form(question("q1", [option("a", "0 - a"), option("b", "b"), option("c", "c"), option("d", "d")]))

    assert "of others not" in refusal(half, card(count=1), by_position=True)


@pytest.mark.parametrize(("low", "high"), [(0, 100), (1, 10), (0, 5), (-5, 10)])
def test_a_number_of_another_range_is_refused(low, high):
    assert "another range" in refusal(form(question("q1", kind="integer", extension=ends(low, high))), card(count=1, high=10))


def test_a_slider_must_state_both_ends_and_a_unit_is_refused():
    control = {"url": f"{SD}questionnaire-itemControl", "valueCodeableConcept": {"coding": [{"code": "slider"}]}}
    unit = {"url": f"{SD}questionnaire-unit", "valueCoding": {"code": "mm"}}

    def scale(*extension, kind="integer"):
        return form(question("q1", kind=kind, extension=list(extension)), name="pain-nrs")

    assert "both ends" in refusal(scale(control), real("pain-nrs"))
    assert "unit" in refusal(scale(unit, *ends(0, 10), kind="quantity"), real("pain-nrs"))
    assert bound(scale(control, *ends(0, 10)), real("pain-nrs")).warnings == ()


def test_a_number_without_ends_needs_a_form_that_names_the_instrument():
    number = question("q1", kind="integer")

    assert "minValue and maxValue" in refusal(form(number), real("pain-nrs"))
    assert "minValue and maxValue" in refusal(form(number), real("pain-nrs"), by_position=True)
    assert "without stating both ends" in bound(form(number, title="Pain NRS"), real("pain-nrs")).warnings[0]
    assert (
        "without stating both ends" in bound(form(number | {"code": [{"system": LOINC, "code": "72514-3"}]}), real("pain-nrs")).warnings[0]
    )


def test_yes_and_no_fit_only_an_item_of_two_answers():
    assert points(bound(form(question("q1", kind="boolean")), card(count=1, high=1))) == {"1": {"true": 1, "false": 0}}
    assert "yes-or-no" in refusal(form(question("q1", kind="boolean")), card(count=1))


# ---- warnings


def test_a_lowest_option_that_reads_otherwise_is_pointed_out():
    odd = wobble(4)
    odd["item"][2]["answerOption"][0]["valueCoding"]["display"] = "splat"

    assert any(warning.startswith("item 3: the lowest option") for warning in bound(odd, card(count=4)).warnings)
    assert not any("lowest" in warning for warning in bound(wobble(4), card(count=4)).warnings)


def test_prefilled_conditional_and_free_answers_are_pointed_out():
    odd = form(
        question("q1", options(), initial=[{"valueCoding": {"code": "blip"}}]),
        question("q2", options(), enableWhen=[{"question": "q1", "operator": "exists", "answerBoolean": True}]),
        question("q3", options(), kind="open-choice"),
    )
    told = " ".join(bound(odd).warnings)

    assert "item 1: an answer is filled in" in told
    assert "item 2: is asked only under a condition" in told
    assert "item 3: takes free text" in told


# ---- the property: codes have no points


@given(st.lists(st.permutations(range(4)), min_size=3, max_size=3))
def test_points_follow_the_weight_on_the_item_and_never_the_code_alone(orders):
    """The same codes with other weights on other items are worth what each item says."""
    made = form(*(question(f"q{n}", options(order)) for n, order in enumerate(orders, 1)))

    assert points(bound(made)) == {str(n): dict(zip(WORDS, order, strict=False)) for n, order in enumerate(orders, 1)}


@given(st.permutations(LA), st.integers(0, 4))
def test_a_code_of_another_instrument_is_worth_what_this_form_says(codes, low):
    """The codes that are worth 0 to 3 elsewhere are worth what stands beside them here."""
    other = card(count=1, low=low, high=low + 3)
    made = form(question("q1", options(range(low, low + 4), codes=codes)))

    assert points(bound(made, other)) == {"1": dict(zip(codes, range(low, low + 4), strict=True))}


def test_one_code_is_worth_another_number_on_the_items_of_another_instrument():
    silent = [
        {"valueCoding": {"system": LOINC, "code": code, "display": "z"}}
        for code in ("LA6568-5", "LA13863-8", "LA13909-9", "LA13902-4", "LA13914-9")
    ]
    four = form(*(question(f"q{n}", copy.deepcopy(silent)) for n in range(1, 5)), title="promis-pain-interference-4a")
    nine = phq()
    for item in nine["item"]:
        for offer in item["answerOption"]:
            del offer["extension"]

    assert points(bound(four, real("promis-pain-interference-4a")))["1"]["LA6568-5"] == 1
    assert points(bound(nine, real("phq-9")))["1"]["LA6568-5"] == 0


def test_a_card_code_counts_only_in_its_own_code_system():
    foreign = phq()
    for item in foreign["item"]:
        for offer in item["answerOption"]:
            del offer["extension"]
            offer["valueCoding"]["system"] = "http://x/other"

    assert "nothing tells" in refusal(foreign, real("phq-9"))
