"""Mechanisms, drivers and first doses against answers worked out by hand from publications; whoever wrote the cards did not write these.

tests/known_answers/mechanisms/<id>.toml
    [prior]         share and its 80 % band as published, or as declared where nothing was
    [[published]]   a finding with rates and people, or with a ratio and how it was worked out; `weighs = false` = shown only
    [[answer]]      what is known of a person, the chance that follows, how many findings `counts`, the 80 % band where it was worked out
    none            why there are fewer than five answers or no published accuracy
tests/known_answers/drivers/<id>.toml
    [[answer]]      a score, whether it drives, and how surely where a standard error was published; `at_the_cut` says what stays open
    [[sheet]]       answers to all items in order (-1 = empty), their total, and the score without the items that pain raises
tests/known_answers/doses/<drug>.toml
    [[answer]]      a field of the card, or `low` to `high` where labels leave room; `at` = a measure, `fact` = a fact of the person
disagrees           why a card does not hold what was published: the line must then miss, and the mark goes when the card is mended
"""

import shutil
import tomllib
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from builders import knowledge
from painloom.knowledge.load import DATA, load
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.quantity import Estimate
from painloom.synthesis.drivers import drivers_of, rescore
from painloom.synthesis.observe import Observed
from painloom.synthesis.weigh import weigh

FOLDER = Path(__file__).parent / "known_answers"
CHECKED = ("verified", "computed")
CHANCE, BAND, ERROR = 0.0015, 0.003, 0.006
EMPTY = -1


def files(kind):
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / kind).glob("*.toml"))}


MECHANISMS, DRIVERS, DOSES = files("mechanisms"), files("drivers"), files("doses")


def lines(book, name):
    return [pytest.param(id_, line, id=f"{id_}-{number}") for id_, file in book.items() for number, line in enumerate(file.get(name, ()))]


def judged(misses, line):
    """A line that is marked must miss: else the card was mended, and the mark goes."""
    if "disagrees" in line:
        assert misses, f"the card now holds what was published: take the mark away ({line['disagrees']})"
    else:
        assert [] == misses


# ------------------------------------------------------------------------------------------------------------------------ mechanisms


def rows_of(card, line):
    """Rows of the card that ask for the finding of a published line, from the same threshold and for the same values."""
    kind, _, id_ = line["finding"].partition(":")
    wanted = kind, id_, line.get("low"), tuple(line.get("values", ()))
    return [row for row in card.rows if (row.sought.kind, row.sought.id, row.sought.low, row.sought.values) == wanted]


def near(found, expected):
    """Ratios are printed to two places, above 60 to one; a rate may be rounded to three."""
    return abs(found - expected) <= max(0.006, 0.004 * expected)


def published_misses(k, id_, line):
    """Why the card is not what was published."""
    rows = rows_of(k.mechanisms[id_], line)
    if len(rows) != 1:
        return [f"{line['finding']}: one row expected, {len(rows)} found"]
    (row,) = rows
    wrong = [name for name in ("lr_pos", "lr_neg") if not near(getattr(row, name), line[name])]
    wrong += [name for name in ("se_pos", "se_neg") if name in line and abs(getattr(row, name) - line[name]) > ERROR]
    missed = [f"{row.id}: {name} {line[name]} by hand, {getattr(row, name):.4f} by the card" for name in wrong]
    weighs = row.state in CHECKED and k.weighing.caps[row.claim] > 0
    return missed if weighs == line["weighs"] else [*missed, f"{row.id} weighs: {line['weighs']} expected"]


def person(line):
    return Observed(
        facts=line.get("facts", {}),
        scores={id_: Estimate(float(value), "points") for id_, value in line.get("scores", {}).items()},
        grades=line.get("grades", {}),
        kinds=frozenset(line.get("kinds", ())),
        imaging={scale: frozenset(values) for scale, values in line.get("imaging", {}).items()},
        doubtful=frozenset(line.get("doubtful", ())),
    )


def answer_misses(k, id_, line):
    """Why the chance is not what was worked out by hand."""
    found = weigh(k.mechanisms[id_], person(line), k.weighing)
    missed = []
    if abs(found.chance.value - line["chance"]) > CHANCE:
        missed.append(f"chance {line['chance']} by hand ({line['by']}), {found.chance.value:.4f} by the card")
    counting = [entry.label for entry in found.ledger if entry.weight]
    if len(counting) != line["counts"]:
        missed.append(f"{line['counts']} findings count by hand, {counting} by the card")
    ends = (found.chance.low, found.chance.high)
    if "band" in line and max(abs(one - other) for one, other in zip(ends, line["band"], strict=True)) > BAND:
        missed.append(f"band {line['band']} by hand, {ends} by the card")
    return missed


@pytest.mark.parametrize(("id_", "line"), lines(MECHANISMS, "published"))
def test_card_holds_the_published_accuracy_of_a_finding(id_, line):
    judged(published_misses(knowledge(), id_, line), line)


@pytest.mark.parametrize(("id_", "line"), lines(MECHANISMS, "answer"))
def test_chance_of_a_mechanism_is_the_one_worked_out_by_hand(id_, line):
    judged(answer_misses(knowledge(), id_, line), line)


@pytest.mark.parametrize("id_", sorted(MECHANISMS))
def test_prior_is_the_share_that_was_published_or_declared(id_):
    card, prior = knowledge().mechanisms[id_], MECHANISMS[id_]["prior"]

    assert (prior["value"], prior["low"], prior["high"]) == pytest.approx((card.prior, card.prior_low, card.prior_high), abs=0.0005)


def test_every_mechanism_has_known_answers_and_every_file_a_card():
    assert set(knowledge().mechanisms) == set(MECHANISMS)


@pytest.mark.parametrize("id_", sorted(MECHANISMS))
def test_mechanism_has_five_answers_or_says_why_there_are_fewer(id_):
    book = MECHANISMS[id_]

    assert len(book.get("answer", ())) >= 5 or book.get("none", "").strip()
    assert book.get("published") or book.get("none", "").strip()


@pytest.mark.parametrize("id_", sorted(MECHANISMS))
def test_every_row_of_a_mechanism_was_worked_out_by_hand(id_):
    """A ratio that nobody worked out is a ratio that nobody has checked."""
    card = knowledge().mechanisms[id_]
    worked = {row.id for line in MECHANISMS[id_].get("published", ()) for row in rows_of(card, line)}

    assert {row.id for row in card.rows} == worked


@pytest.mark.parametrize("id_", sorted(MECHANISMS))
def test_every_limit_by_criteria_has_an_answer(id_):
    told = {pair for line in MECHANISMS[id_]["answer"] for pair in line.get("grades", {}).items()}

    assert {(limit.criteria, limit.grade) for limit in knowledge().mechanisms[id_].limits} <= told


# --------------------------------------------------------------------------------------------------------------------------- drivers


def driven(k, id_, value, rescored=None):
    card = k.drivers[id_]
    observed = Observed(scores={card.sought.id: Estimate(float(value), "points")})
    return drivers_of([card], observed, {} if rescored is None else {id_: rescored})


def driver_misses(k, id_, line):
    found = driven(k, id_, line["value"])
    if bool(found) != line["drives"]:
        return [f"{line['value']} ({line['band']}): drives = {line['drives']} was published, {bool(found)} by the card"]
    if found and "chance" in line and abs(found[0].chance - line["chance"]) > ERROR:
        return [f"{line['value']}: beyond the cut with {line['chance']} by hand, {found[0].chance:.4f} by the card"]
    return []


@pytest.mark.parametrize(("id_", "line"), lines(DRIVERS, "answer"))
def test_score_drives_from_its_published_cut(id_, line):
    judged(driver_misses(knowledge(), id_, line), line)


@pytest.mark.parametrize("id_", sorted(id_ for id_, book in DRIVERS.items() if "se" in book))
def test_standard_error_is_the_published_one(id_):
    assert DRIVERS[id_]["se"] == pytest.approx(knowledge().drivers[id_].se, abs=ERROR)


@pytest.mark.parametrize("id_", sorted(DRIVERS))
def test_answers_stand_on_both_sides_of_the_cut_and_name_the_score(id_):
    book = DRIVERS[id_]

    assert {True, False} == {line["drives"] for line in book["answer"]}
    assert book["score"] == knowledge().drivers[id_].sought.id
    assert book["source"].strip(" .")
    assert book["where"].strip(" .")


def test_every_driver_by_a_score_has_known_answers():
    assert {id_ for id_, card in knowledge().drivers.items() if card.sought.kind == "score"} == set(DRIVERS)


@lru_cache(maxsize=1)
def tops():
    """Instrument -> item -> highest answer, of the form's own items in order."""
    return {"phq-9": {item.id: float(item.high) for item in knowledge().instruments["phq-9"].ranges}}


def sheet_misses(k, id_, line):
    instrument = k.drivers[id_].sought.id.split(".")[0]
    items = tuple(tops()[instrument])
    given = [UNANSWERED if value == EMPTY else value for value in line["items"]]
    sheet = Answers(instrument, ("p",), items, np.array([given], dtype=np.int16), "2026-01-01")
    rescored = rescore([k.drivers[id_]], [sheet], tops()).get(id_)
    missed = []
    if rescored != pytest.approx(line.get("rescored")):
        missed.append(f"without the items that pain raises {line.get('rescored')} by hand, {rescored} by the card")
    drives = bool(driven(k, id_, line["total"], rescored))
    return missed if drives == line["drives"] else [*missed, f"drives = {line['drives']} by hand ({line['by']}), {drives} by the card"]


@pytest.mark.parametrize(("id_", "line"), lines(DRIVERS, "sheet"))
def test_items_that_pain_raises_are_left_out_as_by_hand(id_, line):
    judged(sheet_misses(knowledge(), id_, line), line)


def test_every_driver_that_leaves_items_out_has_answers_of_whole_sheets():
    assert {id_ for id_, card in knowledge().drivers.items() if card.leave_out} == {id_ for id_, book in DRIVERS.items() if "sheet" in book}


# ----------------------------------------------------------------------------------------------------------------------------- doses


def covers(when, line):
    if when.measure in line.get("at", {}):
        value = line["at"][when.measure]
        return (when.low is None or value >= when.low) and (when.below is None or value < when.below)
    return bool(when.fact) and when.fact == line.get("fact")


def amount(k, id_, line):
    """A field of the card; start and most as the person's measures hold them down, by the card and by the safety rules."""
    card = k.doses[id_]
    held = [limit for limit in card.limits if limit.state == "verified" and covers(limit.when, line)]
    if line["field"] == "most":
        rules = [r for r in k.rules.values() if id_ in r.parts[0].drugs and r.state == "verified"] if card.unit == "mg" else []
        tops_of_rules = [c.most for r in rules for c in r.ceilings if covers(_Range(c), line) and not r.when]
        return min(value for value in (card.most, *(limit.most for limit in held), *tops_of_rules) if value is not None)
    if line["field"] == "start":
        return min(value for value in (card.start, *(limit.start for limit in held)) if value is not None)
    return getattr(card, line["field"])


class _Range:
    """A ceiling of a rule in the shape of a condition."""

    def __init__(self, ceiling):
        self.measure, self.low, self.below, self.fact = ceiling.measure, ceiling.low, ceiling.below, ""


def dose_misses(k, id_, line):
    found = amount(k, id_, line)
    low, high = line.get("low", line.get("value")), line.get("high", line.get("value"))
    where = " ".join(f"{name} {value}" for name, value in line.get("at", {}).items())
    agrees = found is not None and low <= found <= high
    return [] if agrees else [f"{line['field']} {where}: {low:g} to {high:g} in the label ({line['where']}), {found} by the card"]


@pytest.mark.parametrize(("id_", "line"), lines(DOSES, "answer"))
def test_dose_is_that_of_the_label(id_, line):
    judged(dose_misses(knowledge(), id_, line), line)


def test_fifteen_drugs_were_read_in_labels_and_each_says_what_was_read():
    assert len(set(DOSES) & set(knowledge().doses)) == len(DOSES) >= 15
    assert all(book["source"].strip(" .") and book["read"].strip(" .") for book in DOSES.values())


# --------------------------------------------------------------------------------------------------------------------- all together


def test_every_answer_quotes_its_origin():
    told = [line for book in MECHANISMS.values() for name in ("published", "answer") for line in book.get(name, ())]

    assert all(line["source"].strip(" .") and line["where"].strip(" .") for line in told)
    assert all(line["where"].strip(" .") for book in DOSES.values() for line in book["answer"])


CHANGES = [
    ("mechanisms/neuropathic-peripheral.rows.tsv", "\t0.87\t0.5\t465\t264\t", "\t0.83\t0.9\t465\t264\t"),  # the rates of the first sample
    ("mechanisms/neuropathic-peripheral.rows.tsv", "neuropathic-screen\t0.7\t0.67\t", "another-screen\t0.7\t0.67\t"),  # counts twice
    ("mechanisms/neuropathic-peripheral.rows.tsv", "replicated\tto-verify\tfreynhagen-2006", "replicated\tverified\tfreynhagen-2006"),
    ("mechanisms/neuropathic-peripheral.toml", "ceiling = 0.6\n", "ceiling = 0.7\n"),
    ("mechanisms/neuropathic-central.toml", "value = 0.024", "value = 0.034"),
    ("mechanisms/neuropathic-central.rows.tsv", "\t142.1\t1\t0.75\t", "\t142.1\t1\t1\t"),
    ("mechanisms/nociceptive.rows.tsv", "\t3.05\t1\t0.5\t", "\t4.01\t1\t0.5\t"),  # the odds ratio in place of the likelihood ratio
    ("mechanisms/nociplastic.rows.tsv", "score:csi-a.total\t40\t", "score:csi-a.total\t41\t"),
    ("mechanisms/nociplastic.toml", "ceiling = 0.5\n", "ceiling = 0.6\n"),
    ("mechanisms/crps.rows.tsv", "\tsingle-study\tcomputed\tmailis-2014", "\treplicated\tcomputed\tmailis-2014"),
    ("mechanisms/migraine.rows.tsv", "\t9.69\t1\t", "\t14.2\t1\t"),
    ("mechanisms/medication-overuse-headache.toml", "floor = 0.8", "floor = 0.7"),
    ("mechanisms/opioid-induced-hyperalgesia.toml", 'grade = "not-suspected"\nceiling = 0.05', 'grade = "suspected"\nfloor = 0.5'),
    ("weighing/weighing.toml", "single-study = 1.1", "single-study = 2.3"),
    ("drivers/catastrophising.toml", "low = 30", "low = 24"),
    ("drivers/low-self-efficacy.toml", "below = 20", "below = 22"),
    ("drivers/anxiety.toml", "se = 2.17", "se = 4.3"),
    ("drivers/depression.toml", '"3", "4", "5", "7", "8"', '"3", "4"'),
    ("doses/gabapentin.toml", "most = 3600", "most = 4800"),
    ("doses/suzetrigine.toml", "most = 50", "most = 100"),
]


def all_misses(k):
    """Every line of every file that misses and is not marked."""
    parts = (
        (published_misses, MECHANISMS, "published"),
        (answer_misses, MECHANISMS, "answer"),
        (driver_misses, DRIVERS, "answer"),
        (sheet_misses, DRIVERS, "sheet"),
        (dose_misses, DOSES, "answer"),
    )
    told = [(check, id_, line) for check, book, name in parts for id_, file in book.items() for line in file.get(name, ())]
    return [miss for check, id_, line in told if "disagrees" not in line for miss in check(k, id_, line)]


@pytest.mark.parametrize(("place", "old", "new"), CHANGES)
def test_a_changed_card_does_not_pass(tmp_path, place, old, new):
    """The changed card is laid over ours as a clinic's own; the table beside a card comes along."""
    source = DATA / place
    folder = tmp_path / source.parent.name
    folder.mkdir()
    for path in source.parent.glob(f"{source.name.split('.')[0]}.*"):
        shutil.copy(path, folder)
    text = source.read_text(encoding="utf-8")
    assert old in text, "the card has changed: change this test with it"
    (folder / source.name).write_text(text.replace(old, new), encoding="utf-8")

    assert all_misses(load(tmp_path))
