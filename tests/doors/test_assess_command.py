"""`painloom assess`: case folders that are empty, odd or hostile."""

import json
import os
import subprocess

import pytest
from console import SCRIPT, USER, inside, painloom, said_once
from genomes import NAME, Genome, person

AS_OF = ("--as-of", "2026-11-24")
WHO = "Anna Kowalska"


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.toml").write_text("")
    return folder


def assess(case, *words):
    return inside("assess", case, "-o", case.parent / "out", *AS_OF, *words)


def test_an_empty_case_says_what_to_add_and_what_it_would_change(case):
    done = assess(case)
    found = json.loads((case.parent / "out" / "assessment.json").read_text(encoding="utf-8"))
    text = " ".join(done.out.split())
    page = (case.parent / "out" / "report.html").read_text(encoding="utf-8")

    assert (done.status, done.err) == (0, "")
    for absence in (stream["absence"] for stream in found["streams"]):
        assert absence["absent"] == "not-measured"
        assert absence["reason"]
        assert absence["to_get"]
        assert absence["would_change"]
    assert [stream["stream"] for stream in found["streams"]] == ["genome", "brain", "mind", "body"]
    assert "A VCF, or outside_calls.tsv" in text
    assert "Which pain drugs will work, fail or harm" in text
    assert "outside_calls.tsv" in page
    assert done.out.splitlines()[-1] == str(case.parent / "out" / "report.html")


def test_an_empty_case_calls_nothing_normal(case):
    done = assess(case)
    found = json.loads((case.parent / "out" / "assessment.json").read_text(encoding="utf-8"))

    assert found["calls"] == []
    advice = [a for drug in found["drugs"] for a in drug["advice"]]
    assert {a["statement"]["action"] for a in advice} <= {"none", "test"}
    assert all(a["invariant"] not in (True, False) for a in advice)
    assert "Normal Metabolizer" not in done.out
    assert found["case"]["person"]["age_years"] == {"absent": "not-measured", "reason": "age was not given"}


def test_a_drug_nobody_knows_is_flagged_everywhere(case):
    (case / "case.toml").write_text('[[drugs]]\nname = "zauberol"\n\n[[drugs]]\nname = "codeine"\n')
    done = assess(case)
    found = json.loads((case.parent / "out" / "assessment.json").read_text(encoding="utf-8"))
    view = next(drug for drug in found["drugs"] if drug["drug"] == "zauberol")

    assert done.status == 0
    assert said_once(done), done.err
    assert "zauberol" in done.err
    assert "zauberol" in done.out
    assert (view["current"], view["note"]["kind"]) == (True, "unknown")
    assert any("zauberol" in warning for warning in found["warnings"])
    assert "zauberol" in (case.parent / "out" / "report.html").read_text(encoding="utf-8")


def two_genomes(case):
    person(case / "one.vcf")
    person(case / "two.vcf")


def two_people(case):
    Genome("CYP2D6", samples=(NAME, "JOHN-DOE")).write(case / "genome.vcf")


def no_case_file(case):
    (case / "case.toml").unlink()


def no_genome_at_all(case):
    (case / "genome.vcf").write_text("no genome\n")


def contradicting_outside_calls(case):
    (case / "outside_calls.tsv").write_text(f"CYP2D6\t*1/*4\nCYP2D6\t*1/*1\n# {WHO}\n")


def outside_calls_folder(case):
    (case / "outside_calls.tsv").mkdir()


@pytest.mark.parametrize(
    "spoil", [two_genomes, two_people, no_case_file, no_genome_at_all, contradicting_outside_calls, outside_calls_folder]
)
def test_an_unclear_case_is_refused_in_one_line_and_nothing_is_written(case, spoil):
    spoil(case)
    done = assess(case)

    assert (done.status, done.out) == (3, "")
    assert said_once(done), done.err
    assert not any(name in done.err for name in (NAME, "JOHN-DOE", WHO))
    assert not (case.parent / "out").exists()


HOSTILE = {
    "a list instead of a table": f'person = ["{WHO}"]',
    "text instead of a table": f'person = "{WHO}"',
    "a table instead of a list": f'[drugs]\nname = "{WHO}"',
    "text instead of a list": f'drugs = "{WHO}"',
    "numbers as drugs": "drugs = [1, 2]",
    "a drug without a name": f'[[drugs]]\nreason = "{WHO}"',
    "a drug name that is a number": f'[person]\nlabel = "{WHO}"\n[[drugs]]\nname = 7',
    "a negative dose": f'[[drugs]]\nname = "{WHO}"\ndose_mg = -5',
    "a dose in words": f'[[drugs]]\nname = "{WHO}"\ndose_mg = "many"',
    "an age in words": f'[person]\nlabel = "{WHO}"\nage = "forty"',
    "an age that is no number": f'[person]\nlabel = "{WHO}"\nage = nan',
    "an age without end": f'[person]\nlabel = "{WHO}"\nage = inf',
    "an age beyond men": f'[person]\nlabel = "{WHO}"\nage = 1961',
    "a truth value as age": f'[person]\nlabel = "{WHO}"\nage = true',
    "a number with five thousand digits": f'[person]\nlabel = "{WHO}"\nage = {"9" * 5000}',
    "a sex that is no letter": f'[person]\nlabel = "{WHO}"\nsex = "{WHO}"',
    "a list of mixed things": f'wishes = ["{WHO}", 1]',
    "an open quote": f'[person]\nlabel = "{WHO}',
    "a name given twice": f'[person]\nlabel = "{WHO}"\nlabel = "{WHO}"',
    "a NUL byte": f'[person]\nlabel = "{WHO}\0"',
    "brackets without end": "a = " + "[" * 5000 + f'"{WHO}"' + "]" * 5000,
    "tables in tables without end": "a = " + "{b = " * 3000 + "1" + "}" * 3000,
    "a label of two thousand lines": f'[person]\nlabel = """{WHO}' + "\n x" * 2000 + '"""',
    "six megabytes": f"# {WHO}\n" * 400_000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_case_file_is_refused_in_one_line_without_the_person(case, what):
    (case / "case.toml").write_text(HOSTILE[what], encoding="utf-8")
    done = assess(case)

    assert (done.status, done.out) == (3, "")
    assert said_once(done), done.err
    assert done.err.startswith("painloom: case.toml")
    assert WHO not in done.err
    assert "1961" not in done.err
    assert len(done.err) < 300
    assert not (case.parent / "out").exists()


@pytest.mark.parametrize("bytes_", [b"\xff\xfe[\x00p\x00]\x00", b'[person]\nlabel = "\xe9"\n'], ids=["UTF-16", "Latin-1"])
def test_a_case_file_in_another_encoding_is_refused(case, bytes_):
    (case / "case.toml").write_bytes(bytes_)
    done = assess(case)

    assert done.status == 3
    assert said_once(done), done.err


@pytest.mark.parametrize("name", ["case.toml", "outside_calls.tsv"])
def test_a_pipe_in_the_case_folder_does_not_hang_the_program(case, name):
    (case / name).unlink(missing_ok=True)
    os.mkfifo(case / name)
    words = [SCRIPT, "assess", str(case), "-o", str(case.parent / "out")]
    with subprocess.Popen(words, env=USER, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        try:
            running.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            running.kill()
            pytest.fail("still waiting for somebody to write into the pipe")

        assert running.returncode == 3


def test_what_the_case_folder_holds_and_nobody_read_is_said(case):
    (case / "answers").mkdir()
    (case / "answers" / "phq9 of may.csv").write_text("id,1\nx,1\n")
    (case / "letter.pdf").write_bytes(b"%PDF")
    (case / "case.toml").write_text('[examination]\nfinding = "yes"\n\n[horoscope]\nsign = "x"\n')
    done = assess(case)

    assert done.status == 0
    for word in ("answers", "letter.pdf", "examination", "horoscope"):
        assert word in done.err
        assert any(word in line for line in json.loads((case.parent / "out" / "assessment.json").read_text())["warnings"])


def test_case_text_cannot_write_into_the_page(case):
    evil = "</style><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
    (case / "case.toml").write_text(
        f"wishes = ['{evil}']\n[person]\nlabel = '{evil}'\n[pain]\ncomplaint = '{evil}'\nsites = ['{evil}']\n"
        f"[[drugs]]\nname = '{evil}'\ntext = '{evil}'\nreason = '{evil}'\n"
    )
    done = assess(case)
    page = (case.parent / "out" / "report.html").read_text(encoding="utf-8")

    assert done.status == 0
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{7*7}}" in page


def test_two_assessments_of_a_case_are_the_same_bytes(case):
    person(case / "genome.vcf")
    (case / "case.toml").write_text('[person]\nlabel = "x"\nage = 50\n\n[[drugs]]\nname = "codeine"\n\n[[drugs]]\nname = "paroxetine"\n')
    one, two = case.parent / "one", case.parent / "two"
    painloom("assess", case, "-o", one, *AS_OF, PYTHONHASHSEED="1")
    painloom("assess", case, "-o", two, *AS_OF, PYTHONHASHSEED="2", LC_ALL="C")

    for name in ("report.html", "assessment.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_the_date_is_the_one_that_was_asked_for(case):
    inside("assess", case, "-o", case.parent / "out", "--as-of", "2031-02-03")

    assert json.loads((case.parent / "out" / "assessment.json").read_text())["as_of"] == "2031-02-03"
    assert "2031-02-03" in (case.parent / "out" / "report.html").read_text(encoding="utf-8")


def test_quiet_prints_the_path_alone(case):
    assert assess(case, "--quiet").out == f"{case.parent / 'out' / 'report.html'}\n"
