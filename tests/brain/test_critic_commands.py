"""What a critic found in the options of `brain norms` and `brain extract`."""

import json

import niftibuild
import numpy as np
import pytest
from freesurfer_builder import subject_folder

from painloom.doors.cli.main import main


@pytest.fixture
def ask(capsys):
    def run(*words):
        status = main(["brain", *map(str, words)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return subject_folder(tmp_path_factory.mktemp("critic") / "s")


@pytest.mark.parametrize(("as_card", "as_said"), [("philips", "Philips"), ("ge", "GE"), ("siemens", " SIEMENS ")])
def test_the_maker_may_be_written_as_it_writes_itself(ask, folder, as_card, as_said):
    words = ("norms", folder, "--age", 50, "--sex", "F", "--format", "tsv", "--vendor")

    assert ask(*words, as_card)[:2] == ask(*words, as_said)[:2]
    assert 0 == ask(*words, as_said)[0]


@pytest.mark.parametrize(("as_card", "as_said"), [("1.5", "1.5T"), ("1.5", "1.50"), ("3", "3.0"), ("3", "3 T")])
def test_the_field_may_be_written_with_its_unit(ask, folder, as_card, as_said):
    words = ("norms", folder, "--age", 50, "--sex", "F", "--format", "tsv", "--field")
    status, out, _ = ask(*words, as_said)

    assert (0, ask(*words, as_card)[1]) == (status, out)


@pytest.mark.parametrize("wrong", ["nan", "T", "", "7", "1.5e"])
def test_another_field_stays_refused(ask, folder, wrong):
    status, out, err = ask("norms", folder, "--age", 50, "--sex", "F", "--field", wrong)

    assert (3, "", 1) == (status, out, len(err.splitlines()))


def test_the_count_of_regions_is_the_very_last_line(ask, folder):
    last = ask("norms", folder, "--age", 50, "--sex", "F")[1].splitlines()[-1]

    assert "regions lie beyond |z| > 1.96; chance alone would give" in last


def test_programs_get_z_to_six_places(ask, folder):
    lines = ask("norms", folder, "--age", 50, "--sex", "F", "--format", "tsv")[1].splitlines()[1:]

    assert {6} == {len(line.split("\t")[4].partition(".")[2]) for line in lines if line.split("\t")[4] != "."}


def test_an_extraction_as_json_holds_the_table(ask, tmp_path):
    rng = np.random.default_rng(4)
    labels = np.repeat(np.arange(4), 30).reshape(4, 5, 6).astype("<i2")
    bold = rng.integers(100, 900, (4, 5, 6, 7)).astype("<i2")
    niftibuild.image(tmp_path / "b.nii", bold)
    niftibuild.image(tmp_path / "a.nii.gz", labels)
    (tmp_path / "a.tsv").write_text("label\tname\n1\tone\n2\ttwo\n3\tthree\n")
    words = ("extract", tmp_path / "b.nii", "--atlas", tmp_path / "a.nii.gz")
    status, out, _ = ask(*words, "--format", "json")
    found = json.loads(out)

    assert (0, ["one", "two", "three"]) == (status, found["columns"])
    assert np.allclose(found["volumes"], [[bold[labels == k, t].mean() for k in (1, 2, 3)] for t in range(7)])
    assert ask(*words)[1] == ask(*words, "--format", "tsv")[1] == ask(*words, "--format", "text")[1]


def test_a_measure_that_no_head_holds_gets_no_z(ask, tmp_path):
    folder = subject_folder(tmp_path / "s", cortex=False, changes={"Left-Hippocampus": 1e300})
    lines = ask("norms", folder, "--age", 50, "--sex", "F", "--format", "tsv")[1].splitlines()
    (cells,) = [line.split("\t") for line in lines if line.startswith("Left-Hippocampus\t")]

    assert (".", ".") == (cells[4], cells[5])
    assert "more than a head holds" in cells[6]


@pytest.mark.parametrize("size", [1500.0, 1.0, 1.5e9])
def test_a_head_size_in_another_unit_is_not_used(ask, tmp_path, size):
    """A size in millilitres moved every z without a word, one in cubic micrometres made the norm infinite."""
    folder = subject_folder(tmp_path / "s", cortex=False, etiv=size)
    status, out, err = ask("norms", folder, "--age", 50, "--sex", "F", "--format", "tsv")
    (cells,) = [line.split("\t") for line in out.splitlines() if line.startswith("Left-Hippocampus\t")]

    assert (0, ".") == (status, cells[4])
    assert "no possible head size" in cells[6]
    assert "check its unit" in err
