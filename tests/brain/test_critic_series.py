"""What a critic found in series, motion and confounds as other programs write them, and what must not turn on the last digit."""

import json
import os
import subprocess
import sys

import markerbuild as build
import niftibuild
import numpy as np
import pytest

from painloom.brain.place import percentile
from painloom.brain.signature import signature_scores
from painloom.doors.cli.main import main
from painloom.errors import InputError
from painloom.intake.confounds import AUTO, chosen_columns, read_confounds, regressors
from painloom.intake.motion import read_motion
from painloom.intake.series import read_series

SCRIPT = os.path.join(os.path.dirname(sys.executable), "painloom")
OLD = (
    "WhiteMatter",
    "GlobalSignal",
    "stdDVARS",
    "FramewiseDisplacement",
    "tCompCor00",
    "aCompCor00",
    "Cosine00",
    "X",
    "Y",
    "Z",
    "RotX",
    "CSF",
)


def put(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("word", [".", "n/a"])
def test_a_region_that_says_absent_withholds_the_score_and_refuses_nothing(tmp_path, word):
    """`brain extract` writes `.` and XCP-D `n/a` for a region that is not covered."""
    one = build.person()
    path = build.write_series(tmp_path / "sub-a_timeseries.tsv", one)
    head, *lines = path.read_text().splitlines()
    put(path, "\n".join([head, *(f"{word}\t" + line.split("\t", 1)[1] for line in lines)]) + "\n")
    series = read_series(path)
    (score,) = signature_scores(build.card(), [series], [build.still()])

    assert np.isnan(series.values[:, 0]).all()
    assert np.array_equal(one.values[:, 1:], series.values[:, 1:])
    assert ("withheld", None) == (score.status, score.score)
    assert "1 regions without a value" in score.reason


def test_a_case_with_a_gap_in_its_series_is_assessed_and_the_model_withheld(tmp_path):
    case = tmp_path / "case"
    (case / "brain").mkdir(parents=True)
    put(case / "case.toml", '[person]\nage = 50\nsex = "F"\n')
    path = build.write_series(case / "brain" / "sub-a_task-rest_timeseries.tsv", build.person())
    head, first, *rest = path.read_text().splitlines()
    put(path, "\n".join([head, "n/a\t" + first.split("\t", 1)[1], *rest]))
    build.write_motion(case / "brain" / "sub-a_task-rest_motion.txt", build.still())
    status = main(["assess", str(case), "-o", str(tmp_path / "out"), "--as-of", "2026-11-24", "--quiet"])
    markers = json.loads((tmp_path / "out" / "assessment.json").read_text())["brain"]["markers"]

    assert 0 == status
    assert {"withheld"} == {m["status"] for m in markers}


def test_numbers_of_an_atlas_without_names_are_names(tmp_path):
    """`brain extract` heads the columns with the labels' numbers where the atlas has no names."""
    assert ("1", "2", "10") == read_series(put(tmp_path / "a.tsv", "1\t2\t10\n0.5\t1\t2\n")).names
    for head in ("1\t1", "2\t1", "0\t1", "1.5\t2"):
        with pytest.raises(InputError, match="numbers instead of names"):
            read_series(put(tmp_path / "a.tsv", f"{head}\n0.5\t1\n"))


@pytest.mark.parametrize("head", ["framewise_displacement", "FramewiseDisplacement", "FD", "fd"])
def test_motion_is_read_under_the_headings_of_the_programs_that_write_it(tmp_path, head):
    assert [0.0, 0.2] == read_motion(put(tmp_path / "m.txt", f"{head}\nn/a\n0.2\n")).tolist()
    assert [0.0, 0.2] == read_motion(put(tmp_path / "m.tsv", f"X\t{head}\n1\tn/a\n1\t0.2\n")).tolist()


def test_motion_that_is_one_short_is_refused_and_the_missing_zero_named():
    with pytest.raises(InputError, match=r"200 in the series, 199 .* with 0 for the first one"):
        signature_scores(build.card(), [build.person()], [build.still(199)])
    with pytest.raises(InputError, match=r"every volume once, give"):
        signature_scores(build.card(), [build.person()], [build.still(198)])


def test_confounds_before_release_1_1_get_the_names_of_today(tmp_path):
    """Unknown, they counted as a clinic's own regressors: the global signal and the displacement were regressed out."""
    rows = "".join("\t".join("n/a" if row == 0 and name in OLD[2:4] else "0.5" for name in OLD) + "\n" for row in range(3))
    table = read_confounds(put(tmp_path / "sub-a_bold_confounds.tsv", "\t".join(OLD) + "\n" + rows))

    assert ("white_matter", "cosine00", "trans_x", "trans_y", "trans_z", "rot_x", "csf") == chosen_columns(table, (AUTO,))
    assert {"global_signal", "framewise_displacement", "a_comp_cor_00", "t_comp_cor_00"} <= set(table.names)


def test_a_clinic_s_own_x_keeps_its_name(tmp_path):
    assert ("X", "csf_own") == read_confounds(put(tmp_path / "own.tsv", "X\tcsf_own\n1\t2\n")).names


def test_a_place_does_not_turn_on_the_last_digit():
    """A person of the cohort itself, scored on machines with other numbers of threads."""
    scores = sorted(np.random.default_rng(0).standard_normal(37).tolist())

    assert {percentile(scores, scores[20])} == {percentile(scores, scores[20] + d) for d in (-1e-14, 1e-15, 1e-14, 1e-12)}
    assert percentile(scores, scores[20]) == pytest.approx(100 * 20.5 / 37)


def test_output_does_not_depend_on_the_number_of_threads(tmp_path):
    series = build.write_series(tmp_path / "a.tsv", build.person(3))
    motion = build.write_motion(tmp_path / "a.txt", build.still())
    found = set()
    for threads in ("1", "2"):
        words = [SCRIPT, "brain", "signature", build.MODEL, str(series), "--motion", str(motion), "--format", "tsv"]
        ended = subprocess.run(words, capture_output=True, check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": threads})
        found.add(ended.stdout)

    assert 1 == len(found)
    assert abs(float(found.pop().decode().splitlines()[1].split("\t")[2])) > 0


def test_a_column_that_is_not_used_may_lack_values_and_one_that_is_used_may_not(tmp_path):
    rows = "".join(f"{'n/a' if row != 3 else 1}\t0.{row}\n" for row in range(6))
    table = read_confounds(put(tmp_path / "c.tsv", "std_dvars\tcsf\n" + rows))

    assert [0.0, 0.1, 0.2, 0.3, 0.4, 0.5] == regressors(table, ("csf",))[:, 0].tolist()
    with pytest.raises(InputError, match=r"^c.tsv: line 4: no value in column 'std_dvars'"):
        regressors(table, ("std_dvars",))


def test_a_displacement_that_is_absent_later_is_refused_and_not_zero(tmp_path, capsys):
    """Read as 0 the volume would count as still."""
    niftibuild.image(tmp_path / "b.nii", np.random.default_rng(5).integers(100, 900, (3, 3, 3, 8)))
    niftibuild.labels(tmp_path / "a.nii", np.ones((3, 3, 3)))
    put(tmp_path / "c.tsv", "csf\tframewise_displacement\n" + "".join(f"0.{v}\t{'n/a' if v in (0, 5) else 0.1}\n" for v in range(8)))
    words = ["brain", "extract", str(tmp_path / "b.nii"), "--atlas", str(tmp_path / "a.nii"), "--confounds", str(tmp_path / "c.tsv")]

    assert 3 == main([*words, "--strategy", "none"])
    said = capsys.readouterr()
    assert ("", 1) == (said.out, len(said.err.splitlines()))
    assert "line 7: no value in column 'framewise_displacement'" in said.err
