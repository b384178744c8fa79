"""Cleaning is nilearn's: detrending, filtering, confounds and scrubbing in the same order, to a millionth."""

import numpy as np
import pandas as pd
import pytest
from nilearn.signal import clean as theirs
from scipy.interpolate import CubicSpline

from painloom.brain.clean import Cleaning, clean
from painloom.brain.gates import coverage_gate, motion_gates, tsnr, tsnr_gate
from painloom.errors import InputError, UsageError
from painloom.intake.confounds import chosen_columns, read_confounds, regressors

RNG = np.random.default_rng(11)
SERIES = 500 + np.cumsum(RNG.normal(0, 1, (150, 9)), axis=0)
CONFOUNDS = RNG.normal(0, 1, (150, 5)) + np.linspace(0, 3, 150)[:, None]
KEEP = RNG.random(150) > 0.15
KEEP[[0, -1]] = True
AXES = [f"{kind}_{axis}" for kind in ("trans", "rot") for axis in "xyz"]
STEPS = ("", "_derivative1", "_power2", "_derivative1_power2")


def _wanted(confounds, keep, steps, standardise):
    """nilearn's answer.

    Where a filter meets a mask, nilearn 0.14 is given bridged volumes in a call of its own: it takes the complement of an index array by
    `~`, and so replaces the volumes that mirror those kept.
    """
    first = {**steps, "standardize": None, "t_r": 2.0, "filter": "butterworth" if steps["low_pass"] or steps["high_pass"] else False}
    last = {"detrend": False, "standardize": "zscore_sample" if standardise else None, "filter": False}
    stay = np.ones(len(SERIES), bool) if keep is None else keep

    def prepared(values):
        if not first["filter"]:
            return theirs(values[stay], **first)
        times = np.arange(len(values))
        bridged = np.where(stay[:, None], values, CubicSpline(times[stay], values[stay])(times))
        return theirs(bridged, **first)[stay]

    return theirs(prepared(SERIES), confounds=None if confounds is None else prepared(confounds), **last)


@pytest.mark.parametrize("with_confounds", [False, True])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("high", "low"), [(None, None), (0.01, 0.1), (0.008, None), (None, 0.12)])
@pytest.mark.parametrize("detrend", [False, True])
@pytest.mark.parametrize("standardise", [False, True])
def test_cleaning_is_that_of_nilearn(with_confounds, masked, high, low, detrend, standardise):
    confounds = CONFOUNDS if with_confounds else None
    keep = KEEP if masked else None
    mine = clean(SERIES, Cleaning(detrend, high, low, standardise), confounds=confounds, keep=keep, tr_s=2.0)
    wanted = _wanted(confounds, keep, {"detrend": detrend, "low_pass": low, "high_pass": high}, standardise)

    assert np.allclose(mine, wanted, rtol=1e-6, atol=1e-6 * np.abs(wanted).max())


def test_a_confound_that_copies_another_changes_nothing():
    twice = np.hstack([CONFOUNDS, CONFOUNDS[:, :1] * 4 + 2])

    assert np.allclose(clean(SERIES, Cleaning(), confounds=CONFOUNDS), clean(SERIES, Cleaning(), confounds=twice))


def test_an_absent_region_stays_absent_and_spoils_no_other():
    holed = SERIES.copy()
    holed[4, 2] = np.nan
    mine = clean(holed, Cleaning(True), confounds=CONFOUNDS)

    assert np.isnan(mine[:, 2]).all()
    assert np.allclose(np.delete(mine, 2, 1), np.delete(clean(SERIES, Cleaning(True), confounds=CONFOUNDS), 2, 1))


@pytest.mark.parametrize(
    ("plan", "tr"),
    [
        (Cleaning(high_pass_hz=0.01), None),
        (Cleaning(high_pass_hz=0.01), 0.0),
        (Cleaning(low_pass_hz=0.3), 2.0),
        (Cleaning(high_pass_hz=0.2, low_pass_hz=0.1), 2.0),
    ],
)
def test_a_filter_that_cannot_be_is_wrong_usage(plan, tr):
    with pytest.raises(UsageError):
        clean(SERIES, plan, tr_s=tr)


def table(path, names, first="n/a"):
    values = RNG.normal(0, 1, (20, len(names)))
    frame = pd.DataFrame(values, columns=names).astype(object)
    frame.iloc[0, [at for at, name in enumerate(names) if "derivative1" in name]] = first
    frame.to_csv(path, sep="\t", index=False)
    return read_confounds(path)


def test_strategies_name_the_columns_of_fmriprep(tmp_path):
    names = [axis + step for axis in AXES for step in STEPS] + [
        "csf",
        "white_matter",
        "global_signal",
        "cosine00",
        "a_comp_cor_00",
        "dvars",
    ]
    found = table(tmp_path / "c.tsv", names)

    assert chosen_columns(found, ("6",)) == tuple(AXES)[:3] + tuple(AXES)[3:]
    assert len(chosen_columns(found, ("24",))) == 24
    assert set(chosen_columns(found, ("auto",))) == set(names) - {"global_signal", "a_comp_cor_00", "dvars"}
    assert chosen_columns(found, ("global", "cosine")) == ("global_signal", "cosine00")
    with pytest.raises(UsageError):
        chosen_columns(found, ("nothing-like-it",))


def test_own_regressors_are_all_taken(tmp_path):
    assert chosen_columns(table(tmp_path / "c.tsv", ["breath", "pulse"]), ("auto",)) == ("breath", "pulse")


def test_the_first_absent_derivative_takes_the_next_value(tmp_path):
    found = table(tmp_path / "c.tsv", ["trans_x", "trans_x_derivative1"])
    values = regressors(found, ("trans_x_derivative1",))

    assert values[0, 0] == values[1, 0]


@pytest.mark.parametrize(
    "text",
    ["", "a\tb\n", "a\ta\n1\t2\n", "a\tb\n1\n", "a\tb\n1\tx\n", "a\n1\ninf\n", "a\t\n1\t2\n", "a\n1_0\n"],
)
def test_a_damaged_table_is_refused_in_one_line(tmp_path, text):
    (tmp_path / "c.tsv").write_text(text)
    with pytest.raises(InputError) as wrong:
        read_confounds(tmp_path / "c.tsv")
    assert "\n" not in str(wrong.value)


def test_gates_fail_where_they_must():
    still, shaken = np.full(200, 0.05), np.full(200, 0.9)
    limits = {"scrub_mm": 0.5, "mean_mm": 0.5, "most_percent": 30, "least_volumes": 100}

    assert [g.is_passed for g in motion_gates(still, **limits)] == [True, True, True]
    assert [g.is_passed for g in motion_gates(shaken, **limits)] == [False, False, False]
    assert [g.is_passed for g in motion_gates(None, **limits)] == [False]
    assert coverage_gate(np.array([1.0, 0.4]), 0.5).value == 1
    assert tsnr_gate(SERIES, 5.0).is_passed
    assert not tsnr_gate(np.ones((10, 2)), 5.0).is_passed


def test_signal_to_noise_is_mean_over_spread_of_what_a_line_leaves():
    flat = RNG.normal(100, 2, (400, 1)) + np.linspace(0, 40, 400)[:, None]

    assert abs(float(tsnr(flat)[0]) - 120 / 2) < 4
