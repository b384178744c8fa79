"""The command with a resting image: an individual point beside the published one; never written for a refused case."""

import json

import numpy as np
import pytest
from test_seedtarget import PLANTED, VOLUMES, made

from painloom.doors.cli.main import main

CASE = 'schema = 1\n[pain]\ncomplaint = "fibromyalgia"\ndiagnoses = ["fibromyalgia"]\n'


@pytest.fixture
def case(tmp_path):
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "case.toml").write_text(CASE)
    (tmp_path / "fd.txt").write_text("0.1\n" * VOLUMES)
    return tmp_path


def targets(folder, capsys, *more):
    image = made(folder)
    status = main(["brain", "targets", str(folder / "case"), "--bold", str(image), "--motion", str(folder / "fd.txt"), *more])

    return status, json.loads(capsys.readouterr().out)


def test_an_individual_point_stands_behind_the_published_one(case, capsys):
    status, told = targets(case, capsys)
    own = [t for t in told["targets"] if t["id"].endswith("individual")]

    assert status == 0
    assert len(own) == 1
    assert np.linalg.norm(np.subtract(own[0]["xyz_mm"], PLANTED)) < 5
    assert own[0]["stability"]["distance_mm"] < 6
    assert any("not been shown to improve" in note for note in own[0]["notes"])
    assert own[0]["scalp_10_10"].startswith(("F", "AF"))


def test_a_refused_case_has_no_point_in_a_navigator_file(case, capsys):
    (case / "case" / "case.toml").write_text(CASE + '[[diagnoses]]\ntext = "epilepsy"\nstate = "active"\n')
    status, told = targets(case, capsys, "--export", "brainsight", "-o", str(case / "t.txt"))

    assert status == 3
    assert not (case / "t.txt").exists()
    assert all(t["status"] == "refused" for t in told["targets"] if t["id"].endswith("individual"))
