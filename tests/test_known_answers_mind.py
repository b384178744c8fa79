"""Every instrument card against answers worked out from the published scoring rules; whoever wrote a card did not write these.

tests/known_answers/instruments/<id>.tsv      answers  scale  score  se  band  status  source  where
    answers: `item=answer;...`; `all=3` answers every item first; an empty answer leaves the item empty; items not named are empty
    score, se, band: `.` = not fixed; a score of utilities is meant to three decimals, of means and prorated sums to 0.005
    band: a name, or `~A`: a cut without an agreed name; scores of one scale with the same letter share a band, other letters do not
    scale `alert:<name>`: band `present`, `unanswered`, or `none` where no alert may be raised
    answers `shape`: score = number of items (`5|7` = either), band = lowest and highest answer of every item
"""

import csv
import itertools
import math
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from builders import knowledge
from painloom.mind.scoring import alerts, score
from painloom.model.answers import UNANSWERED
from painloom.model.scores import NO_BAND, STATUS

FOLDER = Path(__file__).parent / "known_answers" / "instruments"


def known():
    found = []
    for path in sorted(FOLDER.glob("*.tsv")):
        with path.open(encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
                found.append((path.stem, number, row))
    return found


ROWS = known()
SHAPES = [(c, n, r) for c, n, r in ROWS if r["answers"] == "shape"]
ALERTS = [(c, n, r) for c, n, r in ROWS if r["scale"].startswith("alert:")]
SCORES = [(c, n, r) for c, n, r in ROWS if r["answers"] != "shape" and not r["scale"].startswith("alert:")]


def params(rows):
    return [pytest.param(card, row, id=f"{card}:{number}") for card, number, row in rows]


def filled(card, text):
    """The row's answers as one person, in the card's order of items."""
    given = {}
    for part in text.split(";") if text else ():
        item, answer = part.split("=")
        given |= dict.fromkeys((item.id for item in card.ranges), answer) if item == "all" else {item: answer}
    assert given.keys() <= {item.id for item in card.ranges}, "the known answer names an item that the card does not have"
    return np.array([[int(given.get(item.id) or UNANSWERED) for item in card.ranges]], np.int16)


def scored(card_id, row):
    """(score, standard error, band, status) of the row's scale."""
    card = knowledge().instruments[card_id]
    found = {s.scale: s for s in score(card, filled(card, row["answers"]))}
    assert row["scale"] in found, f"the card has no scale {row['scale']}"
    one = found[row["scale"]]
    band = "." if one.band[0] == NO_BAND else one.bands[one.band[0]]
    return float(one.score[0]), float(one.se[0]), band, STATUS[one.status[0]]


def tolerance(text):
    """Whole numbers are exact; T and standard errors to one decimal, utilities to three, means and prorated sums to 0.005."""
    return {0: 1e-9, 1: 1e-6, 3: 0.0005 + 1e-9}.get(len(text.partition(".")[2]), 0.005)


@pytest.mark.parametrize(("card", "row"), params(SCORES))
def test_scale_gives_the_published_score_band_and_status(card, row):
    value, error, band, status = scored(card, row)

    assert row["status"] == status
    assert status != "not_scored" or (math.isnan(value) and math.isnan(error) and band == ".")
    if row["score"] != ".":
        assert float(row["score"]) == pytest.approx(value, abs=tolerance(row["score"]))
    if row["se"] != ".":
        assert float(row["se"]) == pytest.approx(error, abs=1e-6)
    if row["band"] != "." and not row["band"].startswith("~"):
        assert row["band"] == band


@pytest.mark.parametrize(("card", "row"), params(ALERTS))
def test_alert_is_raised_exactly_where_it_must_be(card, row):
    instrument = knowledge().instruments[card]
    raised = {f"alert:{a.id}": a.states[a.state[0]] for a in alerts(instrument, filled(instrument, row["answers"])) if a.state[0] >= 0}

    assert ({} if row["band"] == "none" else {row["scale"]: row["band"]}) == raised


def cuts():
    """Rows of one scale whose bands have letters instead of names."""
    groups = defaultdict(list)
    for card, _, row in SCORES:
        if row["band"].startswith("~"):
            groups[card, row["scale"]].append(row)
    return [pytest.param(card, rows, id=f"{card}:{scale}") for (card, scale), rows in sorted(groups.items())]


@pytest.mark.parametrize(("card", "rows"), cuts())
def test_published_cuts_part_the_scores(card, rows):
    bands = defaultdict(set)
    for row in rows:
        bands[row["band"]].add(scored(card, row)[2])

    assert all(len(found) == 1 and "." not in found for found in bands.values()), dict(bands)
    assert all(one.isdisjoint(other) for one, other in itertools.combinations(bands.values(), 2)), dict(bands)


@pytest.mark.parametrize(("card", "row"), params(SHAPES))
def test_card_has_the_published_items_and_answers(card, row):
    items = knowledge().instruments[card].items

    assert str(len(items)) in row["score"].split("|")
    if row["band"] != ".":
        low, high = row["band"].rsplit("-", 1)
        assert {(int(low), int(high))} == {
            (min(i.range.allowed, default=i.range.low), max(i.range.allowed, default=i.range.high)) for i in items
        }


def test_every_instrument_has_known_answers_and_every_file_a_card():
    cards, files = set(knowledge().instruments), {path.stem for path in FOLDER.glob("*.tsv")}

    assert cards == files


def test_every_scale_of_every_card_has_a_known_answer():
    """A scale that nobody worked out by hand is a scale that nobody has checked."""
    worked = {(card, row["scale"].partition(":")[0]) for card, _, row in SCORES}
    missing = {(card.id, scale.id) for card in knowledge().instruments.values() for scale in card.scales} - worked

    assert set() == missing


def test_every_scored_instrument_has_at_least_six_answers_and_each_quotes_its_origin():
    count = Counter(card for card, _, _ in SCORES)
    scored_cards = {card.id for card in knowledge().instruments.values() if card.scales}

    assert {c: count[c] for c in scored_cards if count[c] < 6} == {}
    assert all(row["source"].strip(" .") and row["where"].strip(" .") for _, _, row in ROWS)
