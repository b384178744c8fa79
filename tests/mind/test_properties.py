"""Laws that every questionnaire card must keep, whatever was answered and whatever was left empty."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from builders import knowledge
from painloom.mind.rows import Wanted, score_rows, score_tsv
from painloom.mind.scoring import alerts, score
from painloom.mind.signals import safety_alerts
from painloom.mind.totals import totals
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.case import Case, Person
from painloom.model.scores import NO_BAND, NOT_SCORED, PRORATED, SCORED

sys.path.insert(0, str(Path(__file__).parents[1] / "doors"))
from console import inside

ALL = knowledge().instruments
CARDS = sorted(name for name, card in ALL.items() if card.scales)
WITH_ALERT = [name for name in CARDS if ALL[name].alerts]
TRIAGED = [name for name in WITH_ALERT if "triage" in ALL[name].by_scale]
SINGLE = [name for name in WITH_ALERT if len(ALL[name].alerts[0].items) == 1]
RULED = [name for name in CARDS if any(scale.kind == "rule" for scale in ALL[name].scales)]
ADDED = ("sum", "mean", "percent", "ticks")
SUMMED = [name for name in CARDS if any(scale.kind in ADDED for scale in ALL[name].scales)]


def each(names):
    """The test once for each card, by its id: a failure prints the id and not the whole card."""
    return pytest.mark.parametrize("name", names)


each_card = each(CARDS)
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
many = settings(max_examples=300, deadline=None)
REASSURANCE = re.compile(
    r"\b(low|no|minimal|without|negligible)[ -](suicide[ -]?)?risk|risk\W+(is\W+)?(low|none|absent)|\bsafe\b|\bcleared\b", re.I
)
TINY = 1e-9


def options(item):
    return sorted(item.allowed) or list(range(item.low, item.high + 1))


def one_person(card):
    return st.tuples(*(st.sampled_from([UNANSWERED, *options(r)]) for r in card.ranges)).map(lambda row: np.array([row], np.int16))


def complete(card):
    return st.tuples(*(st.sampled_from(options(r)) for r in card.ranges)).map(lambda row: np.array([row], np.int16))


def people(card, seed, count, *, empty=0.15):
    """Answers of many people, a share of them empty, from a seed."""
    dice = np.random.default_rng(seed)
    values = np.stack([dice.choice(options(r), size=count) for r in card.ranges], axis=1).astype(np.int16)
    values[dice.random(values.shape) < empty * dice.choice([0, 1, 3], size=(count, 1))] = UNANSWERED
    return values


def limits(card, scores):
    """Lowest and highest score that the card promises."""
    scale = card.by_scale[scores.scale.partition(":")[0]]
    return (-np.inf if scale.low is None else scale.low), (np.inf if scale.high is None else scale.high)


@each_card
@few
@given(data=st.data())
def test_a_score_stays_inside_its_card_and_exists_exactly_where_it_is_scored(name, data):
    card = ALL[name]
    values = people(card, data.draw(st.integers(0, 2**32)), 60, empty=data.draw(st.sampled_from([0.0, 0.02, 0.15, 0.3])))
    for scores in score(card, values):
        low, high = limits(card, scores)
        found = scores.score[scores.status != NOT_SCORED]

        assert np.isfinite(found).all(), scores.scale
        assert ((found >= low - TINY) & (found <= high + TINY)).all(), scores.scale
        assert np.isnan(scores.score[scores.status == NOT_SCORED]).all()
        assert np.isnan(scores.se[scores.status == NOT_SCORED]).all()
        assert (scores.band[scores.status == NOT_SCORED] == NO_BAND).all()


@each_card
def test_both_ends_of_every_item_stay_inside_the_card(name):
    card = ALL[name]
    for pick in (min, max):
        values = np.array([[pick(options(r)) for r in card.ranges]], np.int16)
        for scores in score(card, values):
            low, high = limits(card, scores)
            assert np.isnan(scores.score).all() or low - TINY <= scores.score[0] <= high + TINY, scores.scale


@each_card
@few
@given(data=st.data())
def test_turning_all_answers_round_twice_changes_nothing_and_once_turns_reversed_items(name, data):
    card = ALL[name]
    values = people(card, data.draw(st.integers(0, 2**32)), 20)
    low, high = (np.array([getattr(r, end) for r in card.ranges], np.int16) for end in ("low", "high"))
    turned = np.where(values == UNANSWERED, UNANSWERED, low + high - values).astype(np.int16)

    assert (values == np.where(turned == UNANSWERED, UNANSWERED, low + high - turned)).all()
    for scale in card.scales:
        if scale.points or scale.kind in ("rule", "value-set"):
            continue
        bare = replace(scale, reversed=())
        mirrored = replace(scale, reversed=tuple(scale.items))
        for one, other in ((bare, mirrored), (scale, replace(scale, reversed=tuple(set(scale.items) - set(scale.reversed))))):
            total, answered = totals(card, one, values)
            again, counted = totals(card, other, turned)

            assert total.tolist() == again.tolist(), scale.id
            assert answered.tolist() == counted.tolist()


@each_card
@few
@given(seed=st.integers(0, 2**32), cut=st.integers(1, 39))
def test_order_company_and_chunks_of_people_change_nobodys_score(name, seed, cut):
    card = ALL[name]
    values = people(card, seed, 40)
    order = np.random.default_rng(seed).permutation(len(values))
    whole, shuffled = score(card, values), score(card, values[order])
    parts = list(zip(score(card, values[:cut]), score(card, values[cut:]), strict=True))
    alone = score(card, values[cut : cut + 1])
    for place, scores in enumerate(whole):
        for field in ("score", "se", "band", "answered", "status"):
            expected = getattr(scores, field)

            np.testing.assert_array_equal(expected[order], getattr(shuffled[place], field))
            np.testing.assert_array_equal(expected, np.concatenate([getattr(part, field) for part in parts[place]]))
            np.testing.assert_array_equal(expected[cut : cut + 1], getattr(alone[place], field))


@each_card
@few
@given(seed=st.integers(0, 2**32), cut=st.integers(1, 29))
def test_the_table_is_the_same_person_by_person_and_in_pieces(name, seed, cut):
    card = ALL[name]
    values = people(card, seed, 30)
    ids = np.array([f"p{n}" for n in range(len(values))], np.bytes_)
    whole = Answers(card.id, ids, tuple(r.id for r in card.ranges), values)
    pieces = [replace(whole, ids=ids[:cut], values=values[:cut]), replace(whole, ids=ids[cut:], values=values[cut:])]
    rows = sorted("\t".join(row) for row in score_rows(card, whole))

    assert rows == sorted(b"".join(score_tsv(card, [whole])).decode().split("\n")[1:-1])
    assert rows == sorted(b"".join(score_tsv(card, pieces)).decode().split("\n")[1:-1])


@each_card
@few
@given(data=st.data())
def test_an_answer_taken_back_never_makes_a_score_of_none_and_never_hides_that_it_is_missing(name, data):
    """Rules may be decided either way by what is left, so only that they keep their value where both are decided is asked."""
    card = ALL[name]
    before = people(card, data.draw(st.integers(0, 2**32)), 30)
    item = data.draw(st.integers(0, len(card.ranges) - 1))
    after = before.copy()
    after[:, item] = UNANSWERED
    taken = before[:, item] != UNANSWERED
    for old, new in zip(score(card, before), score(card, after), strict=True):
        scale = card.by_scale[old.scale.partition(":")[0]]
        lost = taken if item in scale.items else np.zeros(len(taken), bool)

        assert (old.answered - lost == new.answered).all()
        if scale.kind == "rule":
            skipped = [before[:, skip.gate] == 0 for skip in scale.skipped if item in skip.items]  # counts as lowest, not as open
            both = (old.status == SCORED) & (new.status == SCORED) & ~np.any([np.zeros(len(before), bool), *skipped], axis=0)
            assert (old.score[both] == new.score[both]).all(), scale.id
        elif scale.kind == "branching":
            assert (new.status[(old.status == NOT_SCORED)] == NOT_SCORED).all()
        else:
            assert (new.status >= old.status).all(), scale.id
            if scale.kind != "ticks":
                assert (new.status[lost] != SCORED).all(), scale.id
            whole = (new.status == SCORED) & (new.answered < new.count)
            assert scale.kind == "ticks" or not whole.any(), scale.id
        prorated = new.status == PRORATED
        assert (new.answered[prorated] >= scale.needs).all()
        assert np.isnan(new.se[prorated]).all(), "a prorated score must not carry the error of a whole one"


@each(RULED)
@many
@given(data=st.data())
def test_a_rule_that_is_decided_holds_for_every_way_to_fill_what_is_empty(name, data):
    card = ALL[name]
    values = data.draw(one_person(card))
    for scale in (s for s in card.scales if s.kind == "rule"):
        first = next(s for s in score(card, values) if s.scale == scale.id)
        if first.status[0] != SCORED:
            continue
        filled = np.where(values == UNANSWERED, data.draw(complete(card)), values)
        for skip in scale.skipped:  # an item that the form skips cannot be answered
            for place in skip.items:
                if values[0, skip.gate] == 0 and values[0, place] == UNANSWERED:
                    filled[0, place] = card.ranges[place].low
        second = next(s for s in score(card, filled) if s.scale == scale.id)

        assert (first.score[0], first.band[0]) == (second.score[0], second.band[0]), scale.id


@each(SUMMED)
@few
@given(data=st.data())
def test_a_higher_answer_moves_a_sum_the_way_its_item_is_keyed(name, data):
    card = ALL[name]
    values = data.draw(complete(card))
    item = data.draw(st.integers(0, len(card.ranges) - 1))
    higher = values.copy()
    higher[0, item] = data.draw(st.sampled_from([o for o in options(card.ranges[item]) if o >= values[0, item]]))
    for old, new in zip(score(card, values), score(card, higher), strict=True):
        scale = card.by_scale[old.scale.partition(":")[0]]
        if scale.kind not in ADDED or scale.points:
            continue
        way = 0 if item not in scale.items else -1 if item in scale.reversed else 1
        moved = (new.score[0] - old.score[0]) * np.sign(scale.factor)

        assert moved * way >= -TINY, scale.id
        assert way or abs(moved) < TINY, scale.id


def case_of(card, values, date="2026-10-01"):
    one = Answers(card.id, ("x",), tuple(r.id for r in card.ranges), values, date, "answers.csv")
    return Case(Person("x"), answers=(one,))


def rank(triage):
    """Position of a level, 0 = the gravest."""
    (card,) = (c for c in knowledge().safety.values() if any(level.id == triage for level in c.levels))
    return [level.id for level in card.levels].index(triage)


def fires(rule, values):
    given_ = values[0, list(rule.items)]
    return bool((given_ >= rule.low).any() or (values[0, list(rule.must)] == UNANSWERED).any())


@each(WITH_ALERT)
@many
@given(data=st.data())
def test_no_path_leads_from_a_positive_or_empty_item_to_no_alert(name, data, tmp_path_factory):
    card = ALL[name]
    values = data.draw(one_person(card))
    expected = {rule.id for rule in card.alerts if fires(rule, values)}
    answers = Answers(card.id, ("x",), tuple(r.id for r in card.ranges), values)
    rows = [row for row in score_rows(card, answers) if row[2].startswith("alert:")]
    raised = safety_alerts(case_of(card, values), knowledge())

    assert expected == {a.id for a in alerts(card, values) if a.state[0] >= 0}
    assert expected == {row[2].removeprefix("alert:") for row in rows}
    assert {row[6] for row in rows} <= {"present", "unanswered"}
    assert {"about " + rule.about for rule in card.alerts if rule.id in expected} == {"about " + a.code for a in raised}
    assert all(a.owner and a.within and a.action and a.triage for a in raised)
    for a in raised:
        assert not REASSURANCE.search(" ".join((a.code, a.source, a.signal, a.triage, a.owner, a.within, a.action)))


@pytest.mark.parametrize("form", ["tsv", "json", "text"])
@each(SINGLE)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_form_of_the_command_shows_the_alert_of_each_person_and_never_calms(name, form, data, tmp_path):
    card = ALL[name]
    item = card.alerts[0].items[0]
    values = people(card, data.draw(st.integers(0, 2**32)), 8)
    lines = ["id," + ",".join(r.id for r in card.ranges)]
    lines += [f"who{n}," + ",".join("" if v == UNANSWERED else str(v) for v in row) for n, row in enumerate(values)]
    (tmp_path / "table.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = inside("mind", "score", card.id, "table.csv", "--format", form, cwd=tmp_path)
    marked = {word for line in done.out.splitlines() if f"alert:{card.alerts[0].id}" in line for word in re.findall(r"who\d", line)}

    assert {f"who{n}" for n, row in enumerate(values) if row[item] != 0} == marked
    assert not REASSURANCE.search(done.out + done.err)


@each(SINGLE)
@many
@given(data=st.data())
def test_a_positive_item_outranks_an_empty_one_and_no_other_answer_changes_that(name, data):
    card = ALL[name]
    values, other = data.draw(one_person(card)), data.draw(one_person(card))
    item = card.alerts[0].items[0]
    for place, answer in enumerate([*options(card.ranges[item])[1:], UNANSWERED]):
        values[0, item] = other[0, item] = answer
        levels = [{a.triage for a in safety_alerts(case_of(card, v), knowledge())} for v in (values, other)]

        assert levels[0] == levels[1], place
        assert len(levels[0]) == 1
    highest = {a.triage for a in safety_alerts(case_of(card, np.where(values == UNANSWERED, 1, values)), knowledge())}
    assert min(map(rank, highest)) <= min(map(rank, levels[0]))


@each(WITH_ALERT)
def test_an_old_alert_is_not_cleared_by_a_later_form_without_one(name):
    card = ALL[name]
    low, high = (np.array([[pick(options(r)) for r in card.ranges]], np.int16) for pick in (min, max))
    first, later = case_of(card, high, "2026-09-01").answers[0], case_of(card, low, "2026-10-01").answers[0]
    case = Case(Person("x"), answers=(first, later))

    assert safety_alerts(case, knowledge())
    assert {a.signal for a in safety_alerts(case_of(card, high), knowledge())} == {a.signal for a in safety_alerts(case, knowledge())}


def assessed(card, cells, folder):
    """The terminal, the page and the record of a case that holds this one form."""
    (folder / "answers").mkdir(parents=True)
    (folder / "case.toml").write_text('schema = 1\n[person]\nlabel = "x"\nage = 47\nsex = "F"\n', encoding="utf-8")
    table = "id," + ",".join(r.id for r in card.ranges) + "\nx," + ",".join(cells) + "\n"
    (folder / "answers" / f"{card.id}_2026-10-01.csv").write_text(table, encoding="utf-8")
    done = inside("assess", folder, "-o", folder / "out", "--as-of", "2026-11-01")
    assert done.status == 0, done.err
    page, record = ((folder / "out" / file).read_text(encoding="utf-8") for file in ("report.html", "assessment.json"))
    return done.out.replace(str(folder), ""), page, json.loads(record)


@pytest.mark.parametrize("others", ["0", "3", ""])
@pytest.mark.parametrize("answer", ["1", "3", ""])
@each(SINGLE)
def test_the_main_job_shows_the_alert_whatever_else_was_answered(name, answer, others, tmp_path):
    card = ALL[name]
    cells = [answer if place == card.alerts[0].items[0] else others for place in range(len(card.ranges))]
    text, page, record = assessed(card, cells, tmp_path / "case")
    (alert,) = record["alerts"]

    assert alert["signal"] == ("item-present" if answer else "item-unanswered")
    assert alert["action"] in " ".join(text.split())
    assert alert["action"] in page
    assert not REASSURANCE.search(" ".join(text.split()))


def test_a_prorated_score_is_called_so_wherever_it_is_printed(tmp_path):
    card = ALL[SINGLE[0]]
    text, page, record = assessed(card, ["", *"1" * (len(card.ranges) - 1)], tmp_path / "case")

    assert "prorated" in json.dumps(record)
    assert "prorated" in page
    assert "prorated" in text


@each(TRIAGED)
@many
@given(data=st.data())
def test_a_higher_answer_never_lowers_the_level(name, data):
    card = ALL[name]
    values = data.draw(complete(card))
    higher = np.maximum(values, data.draw(complete(card)))
    before, after = (next(s for s in score(card, v) if s.scale == "triage").score[0] for v in (values, higher))
    old, new = (safety_alerts(case_of(card, v), knowledge()) for v in (values, higher))

    assert after >= before
    assert not old or new[0].triage == old[0].triage or rank(new[0].triage) < rank(old[0].triage)


@each(TRIAGED)
@many
@given(data=st.data())
def test_an_empty_question_never_lowers_the_level_that_the_answered_ones_give(name, data):
    """What was answered yes already asks for a level; a question left empty can only leave more open."""
    card = ALL[name]
    values = data.draw(one_person(card))
    at_least = np.where(values == UNANSWERED, [[r.low for r in card.ranges]], values).astype(np.int16)
    sure, open_ = (safety_alerts(case_of(card, v), knowledge()) for v in (at_least, values))

    assert not sure or (open_ and rank(open_[0].triage) <= rank(sure[0].triage))


@each_card
@few
@given(seed=st.integers(0, 2**32))
def test_no_score_table_calms_whatever_was_answered(name, seed):
    card = ALL[name]
    values = people(card, seed, 30)
    table = "\n".join(" ".join(row) for row in score_rows(card, Answers(card.id, tuple("x" * 30), (), values), Wanted(extra=True)))

    assert not REASSURANCE.search(table)


@given(arrays.arrays(np.int16, (5, 1), elements=st.integers(0, 3)))
def test_a_zero_is_no_clearance(values):
    """Nothing at all is said about a zero: neither a row nor a word."""
    card = ALL[SINGLE[0]]
    form = np.full((5, len(card.ranges)), 0, np.int16)
    form[:, [card.alerts[0].items[0]]] = values
    said = {row[0] for row in score_rows(card, Answers(card.id, tuple("abcde"), (), form)) if row[2].startswith("alert:")}

    assert {name for name, value in zip("abcde", values[:, 0], strict=True) if value > 0} == said
