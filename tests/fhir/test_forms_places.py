"""Which question is which item, all or none; and items that the instrument reverses, which no form may turn twice."""

import pytest
from forms_builders import LA, LOINC, PHQ, WORDS, bound, card, form, option, options, phq, points, question, real, refusal, wobble

STRAIGHT = dict(zip(WORDS, range(4), strict=False))


# ---- which question is which item


def test_item_codes_bind_whatever_the_order_and_the_link_ids():
    mixed = phq()
    mixed["item"].reverse()
    told = bound(mixed, real("phq-9"))

    assert [item.link for item in told.items] == [f"p{n}" for n in range(1, 10)]
    assert {item.bound_by for item in told.items} == {"LOINC code of the item"}


def test_extra_questions_sums_and_texts_are_listed_and_left():
    total = question("sum", kind="decimal", readOnly=True)
    hidden = question(
        "h", options(), extension=[{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": True}]
    )
    hard = question("hard", options())
    told = bound(form(*phq()["item"], total, hidden, hard, question("t", kind="display")), real("phq-9"))

    assert {extra.link: extra.why.split(";")[0] for extra in told.extras} == {
        "sum": "worked out by the form",
        "h": "hidden",
        "hard": "no item of the instrument",
        "": "1 texts that are hidden or stand behind the last question",
    }


def test_without_codes_or_numbers_the_count_must_be_the_instruments():
    four = form(*(question(name, options()) for name in ("a", "b", "c", "d")))

    assert "asks 4 questions, the instrument 3" in refusal(four)
    three = form(*(question(name, options()) for name in ("a", "b", "c")))
    assert "does not name the instrument" in refusal(three)
    told = bound(three, by_position=True)
    assert [(item.item, item.link, item.bound_by) for item in told.items] == [
        ("1", "a", "position"),
        ("2", "b", "position"),
        ("3", "c", "position"),
    ]
    assert any("compare their order" in warning for warning in told.warnings)
    seven = form(*(question(f"w{n}", options()) for n in "abcdefg"), title="GAD-7")
    assert [item.bound_by for item in bound(seven, real("gad-7")).items] == ["position"] * 7


def test_a_code_on_two_questions_is_refused():
    twice = phq()
    twice["item"].append(question("again", options(codes=LA), loinc=PHQ[0]))

    assert "2 questions carry the code" in refusal(twice, real("phq-9"))


def test_codes_in_another_order_than_the_numbers_are_refused():
    crossed = wobble(9, title="PHQ-9")
    for n, item in enumerate(crossed["item"]):
        item["code"] = [{"system": LOINC, "code": PHQ[n]}]
    crossed["item"][0]["code"], crossed["item"][1]["code"] = crossed["item"][1]["code"], []

    assert "LOINC code" in refusal(crossed, real("phq-9"))


@pytest.mark.parametrize("short", ["phq-8", "phq-2"])
@pytest.mark.parametrize("more", [{}, {"code": [{"system": LOINC, "code": "44249-1"}]}])
def test_a_longer_instrument_is_not_bound_as_the_shorter_one_in_it(short, more):
    assert "phq-9" in refusal(phq(**more), real(short))


def test_a_panel_code_of_another_instrument_is_refused_though_all_else_fits():
    ten = form(
        *(question(f"q{n}", options((0, 1, 2, 3, 4))) for n in range(1, 9)),
        *(question(f"q{n}", options((0, 2, 4))) for n in (9, 10)),
        title="AUDIT",
    )

    assert len(bound(ten, real("audit")).items) == 10
    assert "72109-2, which is that of audit-c" in refusal(ten | {"code": [{"system": LOINC, "code": "72109-2"}]}, real("audit"))


def test_an_unknown_panel_code_beside_none_of_the_instruments_is_refused():
    assert "carries the panel code 24604-1" in refusal(phq(code=[{"system": LOINC, "code": "24604-1"}]), real("phq-9"))
    both = [{"system": LOINC, "code": "24604-1"}, {"system": LOINC, "code": "44249-1"}]
    assert len(bound(phq(code=both), real("phq-9")).items) == 9


def test_a_form_that_calls_itself_another_instrument_is_refused():
    seven = form(*(question(f"q{n}", options()) for n in range(1, 8)), title="PHQ-9")

    assert "calls itself phq-9" in refusal(seven, real("gad-7"))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"repeats": True}, "several times"),
        ({"readOnly": True}, "worked out"),
        ({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": True}]}, "hidden"),
    ],
)
def test_a_coded_question_that_nobody_answers_once_is_refused(more, why):
    odd = phq()
    odd["item"][3] |= more

    assert why in refusal(odd, real("phq-9"))


def test_what_a_group_says_holds_for_its_questions():
    inner = phq()["item"]

    assert "several times" in refusal(form({"linkId": "g", "type": "group", "repeats": True, "item": inner}), real("phq-9"))
    grouped = form({"linkId": "g", "type": "group", "text": "Zing", "item": [{"linkId": "d", "type": "display", "text": "Zong"}, *inner]})
    assert bound(grouped, real("phq-9")).items[0].before == ("Zing", "Zong")


@pytest.mark.parametrize(
    "value",
    [
        form(question("q1", options()), question("q1", options()), question("q3", options())),
        form(question("", options()), question("q2", options()), question("q3", options())),
        wobble(modifierExtension=[{"url": "http://x"}]),
        form(question("q1", options(), modifierExtension=[{"url": "x"}]), question("q2", options()), question("q3", options())),
        {"resourceType": "QuestionnaireResponse"},
        {"resourceType": "Bundle", "entry": [{"resource": wobble()}, {"resource": wobble()}]},
        [],
        wobble() | {"item": []},
        form(*(question(f"q{n}", options(), text="z" * 3000) for n in (1, 2, 3))),
    ],
)
def test_forms_that_nobody_can_rely_on_are_refused(value):
    assert refusal(value)


def test_the_one_form_of_a_bundle_is_bound():
    assert len(bound({"resourceType": "Bundle", "entry": [{"resource": wobble()}]}).items) == 3


# ---- reversed items


def turned_form(third):
    return form(question("q1", options()), question("q2", options()), question("q3", third))


def test_raw_points_of_a_reversed_item_are_told_by_the_same_options_elsewhere():
    told = bound(turned_form(options()), card(turned=(2,)))

    assert points(told)["3"] == STRAIGHT
    assert not told.items[2].turned_back


def test_points_that_are_turned_already_are_refused_or_turned_back_on_demand():
    turned = turned_form(options((3, 2, 1, 0)))

    assert "turned round already" in refusal(turned, card(turned=(2,)))
    told = bound(turned, card(turned=(2,)), turn_back=True)
    assert points(told)["3"] == STRAIGHT
    assert [item.turned_back for item in told.items] == [False, False, True]
    assert any(warning.startswith("item 3: the form's points were turned") for warning in told.warnings)


def test_turned_points_that_contradict_the_cards_codes_are_turned_back_only_on_demand():
    coded = card(turned=(2,), codes=tuple(STRAIGHT.items()))
    turned = turned_form(options((3, 2, 1, 0)))

    assert "turned round already" in refusal(turned, coded)
    assert points(bound(turned, coded, turn_back=True))["3"] == STRAIGHT


def test_a_reversed_item_with_options_of_its_own_is_not_guessed():
    alone = turned_form([option(f"z{n}", f"z{n}", weight=n) for n in range(4)])

    assert "no other question" in refusal(alone, card(turned=(2,)), turn_back=True)
    assert "no other question" in refusal(turned_form(options((0, 2, 1, 3))), card(turned=(2,)))


def test_questions_that_disagree_among_themselves_tell_nothing_about_a_reversed_item():
    odd = form(question("q1", options()), question("q2", options((3, 2, 1, 0))), question("q3", options()))

    assert "no other question" in refusal(odd, card(turned=(2,)))


def test_turn_back_changes_nothing_where_the_points_are_raw():
    assert bound(wobble(), turn_back=True) == bound(wobble())


def test_all_items_reversed_leave_nothing_to_compare_with():
    assert "no other question" in refusal(wobble(), card(turned=(0, 1, 2)))
