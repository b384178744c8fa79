"""Brain markers and imaging findings against figures that were typed from publications by somebody other than the author of the cards.

tests/known_answers/markers/<id>.tsv   asks  value  low  high  count  words  source  where
    asks: `figure:<measure>` (value, interval, count, words of what it is about; `.` = not asked), `evidence:<measure>`, `state:<measure>`
    (words = what may stand there, separated by `|`), `icc`, `sem:sd=..;icc=..`, `mdc:..`, `error` (none may be given),
    `percentile:<cohort>` (low = the score) and others, one function each below
tests/known_answers/imaging/<id>.tsv   scale  grade  level  side  age  expects  value  count  state  words  source  where
    expects: `percent` (value or `low..high`), `none`, `meaning`, `urgent`, `refused`, `beside-red-flag`, `never-says`; words split by `;`
"""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builders import knowledge
from painloom.brain.imaging import read_imaging
from painloom.brain.mapscore import products
from painloom.brain.place import measurement_error, percentile, place_in
from painloom.errors import InputError
from painloom.knowledge.marker_cards import Reliability
from painloom.model.brain import ImagingEntry

FOLDER = Path(__file__).parent / "known_answers"
MARKER_COLUMNS = ["asks", "value", "low", "high", "count", "words", "source", "where"]
IMAGING_COLUMNS = ["scale", "grade", "level", "side", "age", "expects", "value", "count", "state", "words", "source", "where"]


def known(kind, ending, columns):
    """(card id, line, row) of every known answer of a kind; each row must say where it comes from."""
    found = []
    for path in sorted((FOLDER / kind).glob(f"*{ending}")):
        if "." in path.stem:  # a table of another shape with a test of its own
            continue
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            assert reader.fieldnames == columns, f"{path.name} has other columns"
            for line, row in enumerate(reader, start=2):
                assert None not in row.values(), f"{path.name}:{line} is short"
                assert "." not in (row["source"], row["where"]), f"{path.name}:{line} does not say where it comes from"
                found.append((path.name.removesuffix(ending), line, row))
    return found


def params(rows):
    return [pytest.param(card, row, id=f"{card}:{line}") for card, line, row in rows]


MARKERS = known("markers", ".tsv", MARKER_COLUMNS)
IMAGING = known("imaging", ".tsv", IMAGING_COLUMNS)


def number(text):
    return None if text == "." else float(text)


def asked(row):
    """The parts of a row that are not `.`, as numbers."""
    return {name: number(row[name]) for name in ("value", "low", "high", "count") if row[name] != "."}


def figures(card, measure, row):
    """The card's figures of one measure that agree with every number and word of the row."""
    wanted = asked(row)
    return [
        p
        for p in card.performance
        if p.measure == measure
        and all(getattr(p, name) is not None and getattr(p, name) == pytest.approx(value, abs=1e-9) for name, value in wanted.items())
    ]


def about(words, text):
    return words == "." or any(word.lower() in text.lower() for word in words.split("|"))


def check_figure(card, measure, row):
    assert [p for p in figures(card, measure, row) if about(row["words"], p.what)]


def check_evidence(card, measure, row):
    found = figures(card, measure, row)
    assert found
    assert {p.evidence for p in found} <= set(row["words"].split("|"))


def check_state(card, measure, row):
    found = figures(card, measure, row)
    assert found
    assert {row["words"]} == {p.state for p in found}


def check_no_figure(card, _, row):
    """A figure of people whom the model was trained on may stand nowhere among the card's figures of agreement."""
    assert [p for p in card.performance if p.measure == "r" and abs(p.value - float(row["value"])) < 0.005] == []


def check_no_figures_of(card, _, row):
    assert {p.measure for p in card.performance}.isdisjoint(row["words"].split("|"))


def check_icc(card, _, row):
    found = [r for r in card.reliability if r.icc == float(row["value"]) and about(row["words"], r.interval)]
    assert len(found) == 1
    assert row["count"] == "." or int(row["count"]) == found[0].count


def check_iccs(card, _, row):
    assert int(row["value"]) == len(card.reliability)


def errors_of(card, what):
    """SEM and MDC that the engine gives for one reliability figure with a spread."""
    given = dict(part.split("=") for part in what.split(";"))
    only = Reliability("worked out", float(given["icc"]), float(given["sd"]), None, "", "verified", "weir-2005")
    return measurement_error(replace(card, reliability=(only,)), None, False)


def check_sem(card, what, row):
    assert float(row["value"]) == pytest.approx(errors_of(card, what)[0], abs=1e-6)


def check_mdc(card, what, row):
    assert float(row["value"]) == pytest.approx(errors_of(card, what)[1], abs=1e-6)


def check_error(card, _, row):
    sem, mdc, text = measurement_error(card, None, False)
    assert (sem, mdc) == (None, None)
    assert text


def check_weights(card, _, row):
    assert row["words"] == card.weights.origin
    assert (row["words"] == "shipped") == (card.model is not None)


def check_licence(card, _, row):
    assert row["words"].lower() in card.weights.licence.lower()


def check_kind(card, _, row):
    assert row["words"] == card.kind


def check_words(name):
    def check(card, _, row):
        value = getattr(card, name)
        assert row["words"].lower() in (value if isinstance(value, str) else " ".join(value)).lower()

    return check


def check_edges(card, _, row):
    model = card.model
    assert {int(row["value"])} == {len(part) for part in (model.first, model.second, model.centre, model.scale, model.weight)}


def check_edge(card, pair, row):
    model = card.model
    weights = dict(zip(zip(model.first, model.second, strict=True), model.weight, strict=True))
    assert float(row["value"]) == weights[tuple(map(int, pair.split("-")))]


def check_columns(card, _, row):
    assert int(row["value"]) == len(card.columns)


def check_intercept(card, _, row):
    assert float(row["value"]) == card.model.intercept


def check_gate(card, name, row):
    assert float(row["value"]) == getattr(card.limits, name)


def cohort(card, id_):
    return next(c for c in card.cohorts if c.id == id_)


def check_cohort(card, id_, row):
    found = cohort(card, id_)
    assert int(row["value"]) == len(found.scores)
    assert (row["words"] == "in-sample") == found.is_in_sample
    assert not (found.is_in_sample and found.is_default)


def check_cohorts(card, _, row):
    assert int(row["value"]) == len(card.cohorts)


def check_cohort_rank(card, what, row):
    """Scores of the cohort are our own model's: they meet the published ones to what two programs leave over (1e-9)."""
    id_, rank = what.split(":")
    assert float(row["value"]) == pytest.approx(cohort(card, id_).scores[int(rank)], abs=1e-9)


def check_percentile(card, id_, row):
    """The score is moved onto the cohort's own nearest one where it is nearer than 1e-9: ties are ties of the same number."""
    found = cohort(card, id_)
    score = float(row["low"])
    nearest = min(found.scores, key=lambda s: abs(s - score))
    score = nearest if abs(nearest - score) < 1e-9 else score
    assert float(row["value"]) == pytest.approx(place_in(found, score).percentile, abs=1e-6)
    assert float(row["value"]) == pytest.approx(percentile(found.scores, score), abs=1e-6)


def check_product(card, what, row):
    name, arrays = what.split("=")
    image, weights = (np.array([float(v) for v in part.split(",")]) for part in arrays.split("/"))
    assert float(row["value"]) == pytest.approx(getattr(products(image, weights), name), abs=1e-7)


CHECKS = {
    "figure": check_figure,
    "evidence": check_evidence,
    "state": check_state,
    "no-figure": check_no_figure,
    "no-figures-of": check_no_figures_of,
    "icc": check_icc,
    "iccs": check_iccs,
    "sem": check_sem,
    "mdc": check_mdc,
    "error": check_error,
    "weights": check_weights,
    "licence": check_licence,
    "kind": check_kind,
    "input": check_words("input"),
    "meaning": check_words("meaning"),
    "never": check_words("never"),
    "edges": check_edges,
    "edge": check_edge,
    "columns": check_columns,
    "intercept": check_intercept,
    "gate": check_gate,
    "cohort": check_cohort,
    "cohorts": check_cohorts,
    "cohort-rank": check_cohort_rank,
    "percentile": check_percentile,
    "product": check_product,
}


@pytest.mark.parametrize(("card", "row"), params(MARKERS))
def test_marker_card_and_engine_give_what_was_published(card, row):
    asks, _, what = row["asks"].partition(":")

    CHECKS[asks](knowledge().markers[card], what, row)


def test_every_marker_card_has_known_answers_of_another_hand():
    assert set(knowledge().markers) == {card for card, _, _ in MARKERS}


def entry(row):
    return ImagingEntry(*("" if row[name] == "." else row[name] for name in ("scale", "grade", "level", "side")))


def findings(row, *more):
    return read_imaging([entry(row), *more], knowledge().imaging, number(row["age"]))


def holds(words, text):
    return words == "." or [word for word in words.split(";") if word.lower() not in text.lower()] == []


@pytest.mark.parametrize(("card", "row"), params([r for r in IMAGING if r[2]["expects"] == "percent"]))
def test_finding_gives_the_published_share_of_people_without_pain(card, row):
    (found,) = findings(row)
    given = found.prevalence
    low, _, high = row["value"].partition("..")

    assert card == found.card[0]
    assert float(low) - 0.01 <= given.percent <= float(high or low) + 0.01
    assert row["count"] == "." or int(row["count"]) == given.count
    assert row["state"] in (".", given.state)
    assert holds(row["words"], given.text)
    assert found.urgent == ""


@pytest.mark.parametrize(("card", "row"), params([r for r in IMAGING if r[2]["expects"] == "none"]))
def test_finding_without_a_published_share_shows_none_and_says_why(card, row):
    (found,) = findings(row)

    assert (card, None) == (found.card[0], found.prevalence)
    assert found.reason
    assert holds(row["words"], found.reason)


@pytest.mark.parametrize(("card", "row"), params([r for r in IMAGING if r[2]["expects"] == "meaning"]))
def test_grade_means_what_its_definition_says(card, row):
    (found,) = findings(row)

    assert card == found.card[0]
    assert holds(row["words"], found.meaning)


@pytest.mark.parametrize(("card", "row"), params([r for r in IMAGING if r[2]["expects"] == "urgent"]))
def test_red_flag_on_imaging_is_urgent_and_shows_no_share(card, row):
    (found,) = findings(row)

    assert (card, None) == (found.card[0], found.prevalence)
    assert found.urgent
    assert holds(row["words"], found.urgent)


@pytest.mark.parametrize(("card", "row"), params([r for r in IMAGING if r[2]["expects"] == "beside-red-flag"]))
def test_a_red_flag_silences_the_share_of_its_neighbour_and_comes_first(card, row):
    flag, found = findings(row, ImagingEntry("red-flag", "fracture"))

    assert flag.urgent
    assert (card, None) == (found.card[0], found.prevalence)


@pytest.mark.parametrize(("card", "row"), params([r for r in IMAGING if r[2]["expects"] == "refused"]))
def test_what_the_scale_does_not_have_is_refused_with_what_is_allowed(card, row):
    with pytest.raises(InputError) as caught:
        findings(row)

    assert holds(row["words"], str(caught.value))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("card", "row"), params([r for r in IMAGING if r[2]["expects"] == "never-says"]))
def test_no_finding_is_called_the_cause_of_pain(card, row):
    (found,) = findings(row)
    said = " ".join((found.label, found.meaning, found.reason, *found.notes)).lower()

    assert [words for words in row["words"].split(";") if words in said] == []


def test_every_scale_has_known_answers_of_another_hand():
    assert {card.id for card in knowledge().imaging.values() if card.kind == "scale"} == {card for card, _, _ in IMAGING}
    assert {row["expects"] for _, _, row in IMAGING} == {"percent", "none", "meaning", "urgent", "beside-red-flag", "refused", "never-says"}
