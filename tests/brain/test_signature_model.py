"""The connectivity model: published people, an outside oracle, the laws it must keep, and its gates."""

import csv
from dataclasses import replace

import markerbuild as build
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.brain.partial import partial_correlations, shrunk_covariance, standardised
from painloom.brain.place import percentile
from painloom.brain.signature import not_computed, raw_scores, scrub, signature_scores
from painloom.errors import InputError
from painloom.intake.motion import read_motion
from painloom.intake.series import Series, read_series
from painloom.knowledge.marker_cards import Cohort, Reliability

SITES = {"rpn-essen": "rpn_reproduced_scores.tsv", "rpn-bochum": "rpn_in_sample_scores.tsv"}
FAULTS_OF_THE_IMAGE = ("meanFD", "perc_scrub")


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module", params=sorted(SITES))
def site(request):
    """(name, participants, series, motions) of one site of the publication."""
    folder = build.REFERENCE / "cases" / request.param
    if not folder.is_dir():
        pytest.skip("reference material (../shared/brain) is not here")
    people = rows(folder / "participants.tsv")
    series = [read_series(folder / "timeseries" / f"{p['participant_id']}_task-rest_atlas-MIST122_timeseries.tsv.gz") for p in people]
    motions = [read_motion(folder / "motion" / f"{p['participant_id']}_task-rest_motion.txt") for p in people]
    return request.param, people, series, motions


def test_everybody_gets_the_score_of_the_published_model(site):
    """To 1e-9, the rounding of two linear algebra libraries taken a thousandfold."""
    name, people, series, motions = site
    wanted = {r["participant_id"]: float(r["rpn_reproduced"]) for r in rows(build.REFERENCE / "cases" / name / SITES[name])}
    scores = dict(zip((p["participant_id"] for p in people), signature_scores(build.card(), series, motions), strict=True))

    assert len(wanted) > 30
    for person, value in wanted.items():
        assert scores[person].score == pytest.approx(value, abs=1e-9)


def test_published_predictions_are_met(site):
    """The known answers of people whom the model had not seen."""
    name, people, series, motions = site
    known = {
        r["person"]: float(r["published_prediction"])
        for r in rows(build.Path(__file__).parents[1] / "known_answers/markers/rpn.predictions.tsv")
    }
    scores = dict(zip((p["participant_id"] for p in people), signature_scores(build.card(), series, motions), strict=True))
    mine = {person: scores[person].score for person in known if person in scores}

    assert len(known) == 37
    assert len(mine) == (37 if name == "rpn-essen" else 0)
    for person, value in mine.items():
        assert value == pytest.approx(known[person], abs=1e-9)


def test_motion_gates_exclude_whom_the_publication_excluded_for_motion(site):
    """Extreme thresholds are no fault of the image: those people do get a score."""
    _, people, series, motions = site
    scores = signature_scores(build.card(), series, motions)
    moved = [any(word in p["exclusion_published"] for word in FAULTS_OF_THE_IMAGE) for p in people]

    assert sum(moved) >= 5
    assert moved == [s.status == "withheld" for s in scores]
    assert all((s.score is None) == (s.place is None) == bool(s.reason) == was for s, was in zip(scores, moved, strict=True))


def test_multicentre_scores_are_in_sample_and_the_card_says_so(site):
    """r of 0.99 or more with what was measured is the mark of training data, not a success."""
    _, people, series, motions = site
    card = build.card("rpn-multicentre")
    scores = signature_scores(card, series, motions)
    pairs = [
        (s.score, float(p["mean_QST_pain_sensitivity"])) for s, p in zip(scores, people, strict=True) if p["in_published_sample"] == "1"
    ]

    assert np.corrcoef(np.array(pairs).T)[0, 1] > 0.99
    assert not card.cohorts
    assert all(s.place is None for s in scores)
    assert any("in-sample" in w for s in scores if s.score is not None for w in s.warnings)


def test_cohorts_are_the_scores_of_the_published_samples(site):
    """The shipped reference people are the model's own answers, sorted; the training people are marked."""
    name, people, series, motions = site
    scores = signature_scores(build.card(), series, motions)
    mine = sorted(s.score for s, p in zip(scores, people, strict=True) if p["in_published_sample"] == "1")
    cohort = next(c for c in build.card().cohorts if c.id == name.removeprefix("rpn-"))

    assert cohort.scores == pytest.approx(mine, abs=1e-9)
    assert cohort.is_in_sample == (name == "rpn-bochum")
    assert cohort.is_default == (name == "rpn-essen")


@pytest.mark.parametrize(("volumes", "regions"), [(10, 30), (40, 40), (200, 123), (1000, 8), (2, 3)])
def test_shrunk_covariance_is_that_of_scikit_learn(volumes, regions):
    """An oracle written by others; fewer volumes than regions included."""
    from sklearn.covariance import LedoitWolf

    rng = np.random.default_rng(volumes)
    values = rng.standard_normal((volumes, 4)) @ rng.standard_normal((4, regions)) + rng.standard_normal((volumes, regions)) + 7.0
    oracle = LedoitWolf().fit(values)
    covariance, shrinkage = shrunk_covariance(values)

    assert shrinkage == pytest.approx(oracle.shrinkage_, abs=1e-12)
    assert covariance == pytest.approx(oracle.covariance_, abs=1e-10)


def test_partial_correlations_are_those_of_nilearn():
    """The published model was trained with nilearn's measure."""
    from nilearn.connectome import ConnectivityMeasure
    from sklearn.covariance import LedoitWolf

    people = [standardised(build.person(seed).values) for seed in (3, 4, 5)]
    oracle = ConnectivityMeasure(LedoitWolf(), kind="partial correlation", standardize=False).fit_transform(people)
    first, second = np.triu_indices(people[0].shape[1], 1)
    mine, _ = partial_correlations(people, first, second)

    assert mine == pytest.approx(oracle[:, first, second], abs=1e-10)


def test_a_constant_column_stays_zero_and_counts_as_unconnected():
    """Also where the mean of equal numbers misses them by a rounding error."""
    values = build.person().values.copy()
    values[:, 11] = 0.1
    z = standardised(values)
    pairs, _ = partial_correlations([values], np.arange(10), np.full(10, 11))

    assert np.all(z[:, 11] == 0.0)
    assert np.all(pairs == 0.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100.0), st.floats(-1000.0, 1000.0), st.integers(0, 122))
def test_scale_and_offset_of_a_column_change_nothing(seed, scale, offset, column):
    """Units of the signal do not matter."""
    one = build.person(seed, 120)
    values = one.values.copy()
    values[:, column] = values[:, column] * scale + offset
    a, b = signature_scores(build.card(), [one, replace(one, values=values)], [build.still(120)] * 2)

    assert a.score == pytest.approx(b.score, abs=1e-7)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_order_of_volumes_changes_nothing(seed):
    """Scrubbed series have gaps: the model must not use time."""
    one = build.person(seed, 120)
    turned = replace(one, values=np.random.default_rng(seed).permutation(one.values))
    a, b = signature_scores(build.card(), [one, turned], [build.still(120)] * 2)

    assert a.score == pytest.approx(b.score, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sets(st.integers(0, 199), max_size=60))
def test_the_scrub_is_that_done_by_hand(seed, moved):
    """Only the volume itself goes, no neighbour; a volume at the limit stays."""
    one, motion = build.person(seed), np.full(200, 0.15)
    motion[:150] = 0.01
    motion[sorted(moved)] = 0.1500001
    by_hand = np.delete(one.values, sorted(moved), axis=0)

    assert np.array_equal(by_hand, scrub(build.card().limits, one.values, motion))
    (score,) = signature_scores(build.card(), [one], [motion])
    assert score.score == pytest.approx(raw_scores(build.card(), [by_hand])[0], abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=6))
def test_a_person_stands_alone(seeds):
    """Nobody's score depends on who else is in the call."""
    series = [build.person(seed, 110, f"p{at}") for at, seed in enumerate(seeds)]
    together = signature_scores(build.card(), series, [build.still(110)] * len(series))
    alone = [signature_scores(build.card(), [one], [build.still(110)])[0] for one in series]

    assert [s.score for s in together] == pytest.approx([s.score for s in alone], abs=1e-12)
    assert [s.id for s in together] == [s.id for s in series]


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(123)))
def test_permuted_columns_are_refused(order):
    """Unless the permutation only exchanges columns of one name, which no header can show."""
    one = build.person()
    names = tuple(one.names[at] for at in order)
    turned = Series("turned", names, one.values[:, order])
    if names == one.names:
        assert signature_scores(build.card(), [turned], [build.still()])[0].status == "scored"
        return
    with pytest.raises(InputError, match="columns are matched by position"):
        signature_scores(build.card(), [turned], [build.still()])


def test_two_exchanged_columns_are_refused_with_their_place():
    """The first that differs is named by position and by the name that belongs there."""
    one = build.person()
    names = list(one.names)
    names[4], names[5] = names[5], names[4]

    with pytest.raises(InputError, match=f"column 5 is '{names[4]}', rpn has '{one.names[4]}'"):
        signature_scores(build.card(), [replace(one, names=tuple(names))], [build.still()])


def test_other_numbers_of_columns_or_volumes_are_refused():
    """One line with both numbers."""
    one = build.person()

    with pytest.raises(InputError, match="122 columns, rpn needs 123"):
        signature_scores(build.card(), [replace(one, names=one.names[1:], values=one.values[:, 1:])], [build.still()])
    with pytest.raises(InputError, match="200 in the series, 199 in its motion"):
        signature_scores(build.card(), [one], [build.still(199)])


def test_without_motion_nothing_is_scored():
    """Not known is not quiet."""
    (score,) = signature_scores(build.card(), [build.person()])

    assert (score.score, score.place, score.status) == (None, None, "withheld")
    assert "motion not given" in score.reason
    assert not any(g.is_passed for g in score.gates if g.id != "regions")


def test_a_failed_gate_gives_no_number_and_says_both():
    """What was measured and what is allowed."""
    (mean,) = signature_scores(build.card(), [build.person()], [np.full(200, 0.1500001)])
    (share,) = signature_scores(build.card(), [build.person()], [np.r_[np.full(61, 0.2), np.zeros(139)]])
    (few,) = signature_scores(build.card(), [build.person(volumes=99)], [build.still(99)])

    assert mean.score is None
    assert "0.1500001 mm, allowed up to 0.15 mm" in mean.reason
    assert share.score is None
    assert "30.50 % of the volumes" in share.reason
    assert "30 %" in share.reason
    assert few.score is None
    assert "99 volumes left after scrubbing, needed 100" in few.reason
    assert not any(dict(s.details).get("shrinkage") for s in (mean, share, few))


def test_a_value_at_the_limit_passes():
    """The gates are 'at most' and 'at least'."""
    motion = np.r_[np.full(60, 0.5), np.zeros(140)]
    assert motion.mean() == 0.15

    assert signature_scores(build.card(), [build.person()], [motion])[0].status == "scored"
    assert signature_scores(build.card(), [build.person(volumes=100)], [build.still(100)])[0].status == "scored"


def test_a_region_without_a_value_withholds():
    """A region outside the image is not a region without connections."""
    one = build.person()
    values = one.values.copy()
    values[:, 7] = np.nan
    (score,) = signature_scores(build.card(), [replace(one, values=values)], [build.still()])

    assert score.score is None
    assert f"1 regions without a value: {one.names[7]} (column 8)" in score.reason


def test_series_of_nothing_are_withheld_not_scored():
    """All columns constant: no covariance to invert."""
    one = build.person()
    (score,) = signature_scores(build.card(), [replace(one, values=np.ones_like(one.values))], [build.still()])

    assert score.score is None
    assert "cannot be inverted" in score.reason


def test_no_error_of_measurement_is_invented():
    """Nobody has published how well the score repeats: no SEM, no MDC, and the words that say so."""
    (score,) = signature_scores(build.card(), [build.person()], [build.still()])

    assert score.sem is None
    assert score.mdc is None
    assert any("not known" in w for w in score.warnings)
    assert any("shift between scanners" in w for w in score.warnings)


def test_error_follows_from_the_lowest_verified_reliability():
    """SEM = SD sqrt(1 - ICC), MDC = 1.96 sqrt(2) SEM; a figure to verify weighs nothing."""
    rows_ = (
        Reliability("a week", 0.91, 2.0, 30, "", "verified", "x"),
        Reliability("a month", 0.75, 2.0, 30, "", "verified", "x"),
        Reliability("a year", 0.10, 2.0, 30, "", "to-verify", "x"),
    )
    (score,) = signature_scores(replace(build.card(), reliability=rows_), [build.person()], [build.still()])

    assert score.sem == pytest.approx(1.0)
    assert score.mdc == pytest.approx(1.96 * np.sqrt(2))


def test_error_takes_the_spread_of_a_clinics_own_people_only():
    """A shipped cohort comes from another scanner; its spread is not this one's."""
    card = replace(build.card(), reliability=(Reliability("a week", 0.75, None, 30, "", "verified", "x"),))
    scores = tuple(np.linspace(-1, 1, 21).tolist())
    own = Cohort("local", "own cohort local", "", "", "", "", False, False, "", scores)
    (shipped,) = signature_scores(card, [build.person()], [build.still()])
    (local,) = signature_scores(card, [build.person()], [build.still()], cohort=own)

    assert shipped.sem is None
    assert local.sem == pytest.approx(np.std(scores, ddof=1) * 0.5)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=40), st.integers(-6, 6))
def test_percentile_is_the_mid_rank(scores, value):
    """100 (below + half of those equal) / n, and the mirror image of itself."""
    expected = 100 * (sum(s < value for s in scores) + 0.5 * scores.count(value)) / len(scores)

    assert percentile(sorted(scores), value) == pytest.approx(expected)
    assert percentile(sorted(-s for s in scores), -value) == pytest.approx(100 - expected)


def test_a_training_cohort_is_named_as_such():
    """It can be asked for, and is never the default."""
    bochum = next(c for c in build.card().cohorts if c.is_in_sample)
    (score,) = signature_scores(build.card(), [build.person()], [build.still()], cohort=bochum)

    assert score.place.cohort == "bochum"
    assert "in-sample" in score.place.label
    assert any("trained on the people" in w for w in score.warnings)


def test_a_described_model_is_withheld():
    """No weights, no number."""
    score = not_computed(build.card("tops"), "x")

    assert (score.score, score.status) == (None, "withheld")
    assert "not computed here" in score.reason
