"""Crossovers of many people: the published one, the paired t interval, people drawn to the mean."""

import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from painloom.errors import InputError
from painloom.model.learning import Belief
from painloom.response.nof1_series import crossovers

SHARED = Path(__file__).resolve().parents[3] / "shared" / "response" / "cases"
PRIOR = Belief(0.5, 1.5)


# Many people


@pytest.fixture(scope="module")
def published():
    """People of a published crossover: improvement from the first to the third visit of a period, active minus the other."""
    if not SHARED.is_dir():
        pytest.skip("reference material (../shared) is not here")
    text = (SHARED / "individual" / "amitriptyline-crossover" / "xoverPP.csv").read_bytes().decode().replace("\r\n", "\n")
    people: dict[str, dict[str, tuple[float, str]]] = {}
    for row in csv.DictReader(io.StringIO(text.replace("\r", "\n"))):
        people.setdefault(row["ID"], {})[row["Treatment"]] = (float(row["Time1"]) - float(row["Time3"]), row["Order"])
    expected = json.loads((SHARED / "known_answers.json").read_text())["amitriptyline_hivsn"]
    difference = np.asarray([p["A"][0] - p["P"][0] for p in people.values()])
    return difference, list(people), np.asarray([p["A"][1] == "PA" for p in people.values()]), expected


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_published_crossover_shows_no_clear_benefit(published, level):
    difference, people, second, expected = published
    found = crossovers(difference, people, active_second=second, level=level)

    assert expected["n"] == found.people
    assert found.mean == pytest.approx(expected["paired_benefit"], abs=0.0005)
    assert found.error == pytest.approx(expected["se"], abs=0.0005)
    assert found.sd == pytest.approx(expected["sd_diff"], abs=0.005)
    assert found.verdict == "no clear benefit"


def test_the_published_crossover_stays_so_when_the_period_is_allowed_for(published):
    difference, people, second, _ = published
    by_period = crossovers(difference, people, active_second=second).by_period

    assert by_period is not None
    assert abs(by_period.mean) < 1.28 * by_period.sd


def test_one_pair_a_person_is_the_paired_t_interval():
    rng = np.random.default_rng(2)
    d = rng.normal(0.7, 2, 30)
    found = crossovers(d, [f"p{i}" for i in range(30)], level=0.95)
    low, high = stats.t.interval(0.95, 29, d.mean(), stats.sem(d))

    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.p_positive == pytest.approx(1 - stats.ttest_1samp(d, 0, alternative="greater").pvalue)
    assert found.between_sd is None


def test_several_cycles_tell_people_apart():
    """200 people with 3 cycles, true effects N(0.5, 1), a cycle's difference with SD 1.5."""
    rng = np.random.default_rng(3)
    truth = rng.normal(0.5, 1.0, 200)
    d = (truth[:, None] + rng.normal(0, 1.5, (200, 3))).ravel()
    found = crossovers(d, np.repeat([f"p{i:03}" for i in range(200)], 3))
    own = np.asarray([belief.mean for _, belief in found.persons])
    sds = np.asarray([belief.sd for _, belief in found.persons])

    assert found.between_sd == pytest.approx(1.0, abs=0.25)
    assert found.error == pytest.approx(d.reshape(200, 3).mean(axis=1).std(ddof=1) / math.sqrt(200), rel=0.01)
    assert np.mean((own - truth) ** 2) < np.mean((d.reshape(200, 3).mean(axis=1) - truth) ** 2)  # drawn to the mean is nearer
    assert np.mean(np.abs(own - truth) < 1.2816 * sds) == pytest.approx(0.8, abs=0.1)


def test_people_alike_are_drawn_wholly_to_the_mean():
    d = np.asarray([1.0, -1.0, -1.0, 1.0, 1.0, -1.0])
    found = crossovers(d, ["a", "a", "b", "b", "c", "c"])

    assert found.between_sd == 0.0
    assert {round(belief.mean, 12) for _, belief in found.persons} == {0.0}


def test_a_gain_of_the_later_period_is_not_the_treatment():
    """Everybody gains 2 in the later period, nothing under treatment; three in four took it second."""
    second = np.asarray([True] * 30 + [False] * 10)
    noise = np.random.default_rng(4).normal(0, 0.5, 40)
    found = crossovers(np.where(second, 2.0, -2.0) + noise, [f"p{i}" for i in range(40)], active_second=second)

    assert found.mean > 0.8
    assert found.by_period is not None
    assert found.by_period.mean == pytest.approx(0.0, abs=0.3)
    assert found.period_effect is not None
    assert found.period_effect.mean == pytest.approx(2.0, abs=0.3)


@given(st.permutations(range(8)))
def test_the_order_of_people_changes_nothing(order):
    d = np.asarray([1.0, 2.0, -0.5, 0.3, 1.1, 0.7, 2.2, -1.0])
    names = ["a", "a", "b", "b", "c", "c", "d", "e"]
    found, moved = crossovers(d, names), crossovers(d[list(order)], [names[i] for i in order])

    assert found.mean == pytest.approx(moved.mean)
    assert found.persons == tuple((n, Belief(pytest.approx(b.mean), pytest.approx(b.sd))) for n, b in moved.persons)


def test_a_person_with_one_period_only_is_left_out():
    d = np.asarray([1.0, np.nan, 2.0])

    assert crossovers(d, ["a", "b", "c"]).people == 2
    with pytest.raises(InputError, match="fewer than two"):
        crossovers(d[:2], ["a", "b"])
