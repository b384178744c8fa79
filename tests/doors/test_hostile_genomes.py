"""Hostile genome files: one line, exit 3, nothing written, at once, in little memory, and nobody's name."""

import re

import pytest
from console import measured, said_once
from genomes import NAME, person
from hostile import HOSTILE

SECONDS = 6.0  # two on an idle machine; tests share theirs
MEBIBYTES = 400


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_file_is_refused_in_one_line(tmp_path, case):
    write, words, name = HOSTILE[case]
    path, target = tmp_path / name, tmp_path / "result.tsv"
    write(path)
    done = measured(tmp_path, "genome", "call", path, "--format", "tsv", "-o", target)

    assert (done.status, done.out) == (3, "")
    assert said_once(done), done.err
    assert done.err.startswith(f"painloom: {name}: ")
    assert re.search(words, done.err), done.err
    assert NAME not in done.err
    assert "JOHN-DOE" not in done.err
    assert len(done.err) < 400
    assert not target.exists()
    assert done.seconds <= SECONDS
    assert done.peak <= MEBIBYTES


def test_a_sound_file_passes_the_same_gate(tmp_path):
    """The refusals above are worth nothing if everything is refused."""
    done = measured(tmp_path, "genome", "call", person(tmp_path / "genome.vcf"), "--gene", "CYP2D6", "--format", "tsv")

    assert (done.status, done.err) == (0, "")
    assert "*1/*4" in done.out
    assert done.seconds <= SECONDS
    assert done.peak <= MEBIBYTES


def test_refusal_leaves_an_older_result_untouched(tmp_path):
    target = tmp_path / "result.tsv"
    target.write_text("yesterday's result\n")
    (tmp_path / "genome.vcf").write_text("no genome\n")
    done = measured(tmp_path, "genome", "guide", tmp_path / "genome.vcf", "-o", target)

    assert done.status == 3
    assert target.read_text() == "yesterday's result\n"


@pytest.mark.parametrize("case", ["genotype_allele_number_without_allele", "bgzip_cut_in_the_middle"])
def test_refused_cohort_input_gives_one_line_and_no_result(tmp_path, case):
    write, _, name = HOSTILE[case]
    write(tmp_path / name)
    done = measured(tmp_path, "cohort", "run", tmp_path / name, "-o", tmp_path / "out")

    assert (done.status, done.out) == (3, "")
    assert said_once(done), done.err
    assert NAME not in done.err
    assert [] == list((tmp_path / "out").rglob("*.parquet"))
