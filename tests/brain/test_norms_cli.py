"""painloom brain norms through the console: columns, last lines, refusals, a clinic's own norm, speed."""

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from freesurfer_builder import aseg, mgz, subject_folder

from painloom.doors.cli.main import main
from painloom.version import KNOWLEDGE_RELEASE

COLUMNS = ["region", "measure", "value", "expected", "z", "centile", "status"]
SCRIPT = str(Path(sys.executable).with_name("painloom"))
STATS_ONLY_SECONDS, WITH_IMAGES_SECONDS = 0.8, 3.0  # a third of it on a quiet machine
EXAMPLE = Path(__file__).resolve().parents[3] / "shared" / "brain" / "cases" / "nomis" / "sub-nomis1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return subject_folder(tmp_path_factory.mktemp("cli") / "s")


@pytest.fixture
def ask(capsys):
    def run(*words):
        status = main(["brain", "norms", *map(str, words)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def rows(text):
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


def test_tsv_has_the_agreed_columns_and_one_row_a_region_and_measure(ask, folder):
    status, out, _ = ask(folder, "--age", 50, "--sex", "F", "--format", "tsv")
    table = rows(out)

    assert 0 == status
    assert COLUMNS == out.splitlines()[0].split("\t")
    assert len({(r["region"], r["measure"]) for r in table}) == len(table)
    assert {"volume", "area", "thickness"} == {r["measure"] for r in table}
    assert any(r["region"] == "lh-insula" and "contrast imputed" in r["status"] for r in table)


def test_json_holds_the_same_and_more(ask, folder):
    table = rows(ask(folder, "--age", 50, "--sex", "F", "--format", "tsv")[1])
    records = json.loads(ask(folder, "--age", 50, "--sex", "F", "--format", "json")[1])

    assert table == [{name: record[name] for name in COLUMNS} for record in records]
    assert {"unit", "z_low", "z_high", "table", "circuits"} <= records[0].keys()


def test_the_last_lines_count_observed_and_expected_and_are_not_diagnostic(ask, folder):
    _, out, _ = ask(folder, "--age", 50, "--sex", "F")
    scored = [r for r in rows(ask(folder, "--age", 50, "--sex", "F", "--format", "tsv")[1]) if r["z"] != "."]
    beyond = sum(abs(float(r["z"])) > 1.96 for r in scored)
    last = " ".join(out.splitlines()[-8:])

    assert f"{beyond} of {len(scored)} regions lie beyond |z| > 1.96; chance alone would give {len(scored) * 0.04999579:.1f}." in last
    assert "After correction for" in last
    assert "Not diagnostic" in last


def test_withheld_rows_print_points_and_the_reason(ask, tmp_path):
    folder = subject_folder(tmp_path / "s", cortex=False, changes={"Left-Hippocampus": -3.0})
    found = next(r for r in rows(ask(folder, "--age", 50, "--sex", "F", "--format", "tsv")[1]) if r["region"] == "Left-Hippocampus")

    assert [".", ".", ".", "."] == [found[n] for n in ("value", "expected", "z", "centile")]
    assert found["status"].startswith("withheld: ")


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["--age", "17", "--sex", "F"], 3, "18 to 100 years"),
        (["--age", "nan", "--sex", "F"], 3, "18 to 100 years"),
        (["--age", "50", "--sex", "F", "--tables", "x"], 3, "no table of"),
        (["--age", "50", "--sex", "F", "--tables", "aseg,,"], 2, "empty name"),
        (["--age", "50", "--sex", "F", "--field", "7"], 3, "it has: 1.5, 3"),
        (["--age", "50", "--sex", "F", "--vendor", "acme"], 3, "siemens"),
        (["--age", "50", "--sex", "F", "--norm", "nope"], 2, "there are:"),
        (["--sex", "F"], 2, "--age"),
        (["--age", "50"], 2, "--sex"),
        (["--age", "fifty", "--sex", "F"], 2, "--age"),
    ],
)
def test_wrong_calls_end_with_their_status_and_one_line(ask, folder, words, status, says):
    ended, out, err = ask(folder, *words)

    assert (status, "") == (ended, out)
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize("make", ["missing", "empty", "file", "damaged"])
def test_refused_folders_end_with_three_and_one_line(ask, tmp_path, make):
    place = tmp_path / "s"
    if make == "empty":
        place.mkdir()
    elif make == "file":
        place.write_text("x")
    elif make == "damaged":
        place.mkdir()
        (place / "aseg.stats").write_text(aseg().replace("ColHeaders", "Nothing"))
    status, out, err = ask(place, "--age", 50, "--sex", "F")

    assert (3, "", 1) == (status, out, len(err.splitlines()))
    assert err.startswith("painloom: ")
    assert str(tmp_path) not in err


def test_a_damaged_image_is_refused_and_can_be_left_out(ask, tmp_path):
    folder = subject_folder(tmp_path / "s")
    (folder / "mri").mkdir()
    for name in ("brain", "aparc+aseg", "aparc.DKTatlas+aseg"):
        (folder / "mri" / f"{name}.mgz").write_bytes(b"\x1f\x8b damaged")

    assert 3 == ask(folder, "--age", 50, "--sex", "F")[0]
    assert 0 == ask(folder, "--age", 50, "--sex", "F", "--cnr", "impute")[0]


def test_images_of_another_grid_are_refused(ask, tmp_path):
    import numpy as np

    folder = subject_folder(tmp_path / "s")
    mgz(folder / "mri" / "brain.mgz", np.ones((3, 3, 3), "u1"))
    mgz(folder / "mri" / "aparc.DKTatlas+aseg.mgz", np.ones((3, 3, 4), "i4"))
    status, _, err = ask(folder, "--age", 50, "--sex", "F")

    assert 3 == status
    assert "must come from one run" in err


def test_all_tables_name_their_table(ask, folder):
    table = rows(ask(folder, "--age", 50, "--sex", "F", "--tables", "all", "--format", "tsv")[1])

    assert {"aseg", "lh.aparc", "aseg_bigregions"} <= {r["table"] for r in table}


def test_nothing_of_the_person_reaches_the_output(ask, tmp_path):
    folder = subject_folder(tmp_path / "anna-secret", subject="anna-secret")
    for form in ("text", "json", "tsv"):
        _, out, err = ask(folder, "--age", 50, "--sex", "F", "--format", form)

        assert "secret" not in out + err
        assert str(tmp_path) not in out + err


def test_a_clinics_own_norm_is_used_and_named(ask, folder, tmp_path):
    pytest.importorskip("scipy")
    from test_norms_gamma import write

    write(tmp_path / "own" / "norms")
    status, out, _ = ask(folder, "--age", 50, "--sex", "F", "--norm", "own", "--knowledge", tmp_path / "own")

    assert 0 == status
    assert "own card: norms/own added" in out
    assert "An invented norm" in out


def test_the_card_and_its_release_stand_in_the_text(ask, folder):
    assert f"card nomis-v1 {KNOWLEDGE_RELEASE}" in ask(folder, "--age", 50, "--sex", "F")[1]


def test_the_same_call_gives_the_same_bytes(ask, folder, tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for path in (first, second):
        ask(folder, "--age", 50, "--sex", "F", "--format", "json", "-o", path)

    assert first.read_bytes() == second.read_bytes()


def test_stats_alone_are_answered_at_once(folder):
    start = time.perf_counter()
    subprocess.run([SCRIPT, "brain", "norms", str(folder), "--age", "50", "--sex", "F"], check=True, capture_output=True)

    assert time.perf_counter() - start < STATS_ONLY_SECONDS


def test_images_are_read_in_the_time_of_a_breath():
    if not EXAMPLE.is_dir():
        pytest.skip("reference material (../shared) is not here")
    start = time.perf_counter()
    subprocess.run([SCRIPT, "brain", "norms", str(EXAMPLE), "--age", "46", "--sex", "F"], check=True, capture_output=True)

    assert time.perf_counter() - start < WITH_IMAGES_SECONDS
