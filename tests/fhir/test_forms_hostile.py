"""Hostile forms: bound whole or refused in one plain line; never a traceback, never a part, never words through a shut gate."""

import copy
import json
import random
import unicodedata

import pytest
from forms_builders import LA, WORDS, card, ends, form, measures, options, phq, question, real, wobble

from painloom.errors import InputError
from painloom.fhir.bundle import parse
from painloom.fhir.forms import Decisions, bind_form
from painloom.fhir.forms_read import MOST_BYTES, read_sheet, sheet_of
from painloom.knowledge.forms import fits, form_toml, gate, read_form_card

ROUNDS = 4_000
CANARY = "Quokka-Canary"
JUNK = (
    None, True, False, 0, -1, 3, 2.5, 1e9, 10**30, "", " ", CANARY, "q1", "group", "display", "choice", "coding", "boolean", "0 - x", "#a",
    "\ud800", "\x00\x1b[2J\u202e", "z" * 3000, [], {}, [[]], [None], [CANARY], {"value": CANARY}, [{}], {"code": "blip"},
    [{"code": "44249-1"}], {"coding": [{"code": 1}]}, [{"valueInteger": 1}], [{"valueCoding": {"code": "x"}}],
    [{"url": "x", "valueBoolean": True}],
)  # fmt: skip
LISTED = {
    "resourceType": "ValueSet",
    "id": "a",
    "url": "http://x/a",
    "compose": {
        "include": [{"system": "http://x", "concept": [{"code": word, "display": f"({n}) {word}"} for n, word in enumerate(WORDS[:4])]}]
    },
}


def sources():
    """Forms of every shape, with the card they are bound to."""
    number = question("q1", kind="integer", extension=ends(0, 3))
    mixed = form(number, question("q2", options(by="ordinal"), prefix="2."), question("q3", answerValueSet="#a"), contained=[LISTED])
    turned = form(question("q1", options()), question("q2", options()), question("q3", options((3, 2, 1, 0))))
    grouped = form({"linkId": "g", "type": "group", "text": "z", "item": phq()["item"]}, question("sum", kind="decimal", readOnly=True))
    return [
        (wobble(), card(), Decisions()),
        (mixed, card(), Decisions()),
        (turned, card(turned=(2,)), Decisions(turn_back=True)),
        (wobble(), card(licence_class="paid"), Decisions()),
        (grouped, real("phq-9"), Decisions()),
        (form(*(question(n, options(codes=LA)) for n in "abc")), card(), Decisions(by_position=True)),
    ]


def spots(value):
    """Every (container, key) of a document."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from spots(value[key])


def mutated(source, dice):
    made = copy.deepcopy(source)
    for _ in range(dice.randint(1, 3)):
        container, key = dice.choice(list(spots(made)))
        act = dice.randrange(4)
        if act == 0:
            del container[key]
        elif act == 1:
            container[key] = copy.deepcopy(dice.choice(JUNK))
        elif act == 2 and isinstance(container, list):
            container.insert(key, copy.deepcopy(container[key]))
        elif act == 2:
            container[dice.choice(("extension", "item", "repeats", "code", "type", "enableWhen", "answerValueSet"))] = copy.deepcopy(
                dice.choice(JUNK)
            )
        else:
            other, place = dice.choice(list(spots(made)))
            container[key] = copy.deepcopy(other[place])
    return made


def outcome(document, instrument, decisions):
    """The bound form, or the line of its refusal."""
    try:
        return bind_form(sheet_of(document, "f.json"), instrument, measures(), decisions)
    except InputError as wrong:
        return str(wrong)


def is_plain(line):
    return "\n" not in line and not any(unicodedata.category(c) in ("Cc", "Cs") or c == "\u202e" for c in line)


@pytest.mark.parametrize("source", range(6))
def test_a_spoilt_form_is_bound_whole_or_refused_in_one_plain_line(tmp_path, source):
    document, instrument, decisions = sources()[source]
    bind_form(sheet_of(copy.deepcopy(document), "f.json"), instrument, measures(), decisions)
    dice = random.Random(source)
    bound = refused = 0
    for _ in range(ROUNDS // 6 + 1):
        spoilt = mutated(document, dice)
        told = outcome(spoilt, instrument, decisions)
        if isinstance(told, str):
            refused += 1
            assert is_plain(told), spoilt
            assert len(told) < 500
            continue
        bound += 1
        assert fits(told, instrument), spoilt
        assert all(is_plain(warning) for warning in told.warnings)
        shown = gate(instrument, told)
        assert shown.is_open == (instrument.licence_class == "free" or instrument.id == "phq-9")
        texts = [t for i in shown.items for t in (i.text, i.prefix, *i.before, *(o for _, o in i.options))]
        assert all(map(is_plain, texts))
        if bound % 20 == 0:
            path = tmp_path / f"{instrument.id}.toml"
            path.write_text(form_toml(told), encoding="utf-8")
            assert read_form_card(path) == told
    assert bound > 20
    assert refused > 100


@pytest.mark.parametrize("seed", range(3))
def test_spoilt_points_never_give_an_item_other_points_than_its_own(seed):
    """Whatever is changed in the options, a bound item offers exactly the card's answers, once each."""
    dice = random.Random(seed)
    for _ in range(300):
        spoilt = wobble()
        for _ in range(dice.randint(1, 4)):
            offer = dice.choice(dice.choice(spoilt["item"])["answerOption"])
            offer["extension"] = [{"url": offer["extension"][0]["url"], "valueDecimal": dice.choice((0, 1, 2, 3, 4, -1, 1.5))}]
        try:
            told = bind_form(sheet_of(spoilt, "f.json"), card(), measures())
        except InputError:
            continue
        for item, asked in zip(told.items, spoilt["item"], strict=True):
            assert sorted(o.points for o in item.options) == [0, 1, 2, 3]
            assert [o.points for o in item.options] == [offer["extension"][0]["valueDecimal"] for offer in asked["answerOption"]]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"<Questionnaire/>",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"resourceType":"Questionnaire","resourceType":"x"}',
        b"[" * 5000,
        b'{"a":NaN}',
    ],
)
def test_files_that_are_no_form_are_refused(tmp_path, data):
    path = tmp_path / "f.json"
    path.write_bytes(data)

    with pytest.raises(InputError, match=r"^f\.json: "):
        read_sheet(path)


def test_a_missing_folder_or_huge_file_is_refused(tmp_path):
    (tmp_path / "huge.json").write_bytes(b" " * (MOST_BYTES + 1))

    for name in ("huge.json", "missing.json", "."):
        with pytest.raises(InputError):
            read_sheet(tmp_path / name)


def test_words_of_a_refused_form_are_not_in_the_message():
    odd = wobble()
    for item in odd["item"]:
        item["text"] = CANARY
        item["answerOption"][0]["valueCoding"]["display"] = CANARY
    del odd["item"][1]["answerOption"][2]["extension"]

    with pytest.raises(InputError) as told:
        bind_form(sheet_of(odd, "f.json"), card(), measures())
    assert CANARY not in str(told.value)


def test_many_questions_and_deep_groups_end_in_a_refusal():
    many = form(*(question(f"m{n}", options()) for n in range(1_001)))
    deep = question("q1", options())
    for n in range(30):
        deep = {"linkId": f"g{n}", "type": "group", "item": [deep]}

    with pytest.raises(InputError, match="1001 questions"):
        sheet_of(many, "f.json")
    assert len(sheet_of(parse(json.dumps(form(deep)).encode(), "f.json"), "f.json").questions) == 1
