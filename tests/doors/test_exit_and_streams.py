"""Exit statuses, what goes to which stream, and that nothing is half written."""

import os
import subprocess

import pytest
from console import SCRIPT, USER, inside, painloom, said_once, table
from genomes import NAME, Genome, person


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("files")
    person(made / "person.vcf")
    Genome("CYP2D6", samples=("A1", "B2")).write(made / "two.vcf")
    (made / "calls.tsv").write_text("CYP2D6\t*1/*4\n", encoding="utf-8")
    (made / "unknown-gene.tsv").write_text("NOSUCH1\t*1/*4\n", encoding="utf-8")
    (made / "unknown-allele.tsv").write_text("CYP2D6\t*1/*9999\n", encoding="utf-8")
    (made / "twice.tsv").write_text("CYP2D6\t*1/*4\nCYP2D6\t*1/*1\n", encoding="utf-8")
    (made / "spaces.tsv").write_text("CYP2D6 *1/*4\n", encoding="utf-8")
    return made


WRONG_USAGE = [
    [],
    ["nosuch"],
    ["genome"],
    ["genome", "call"],
    ["genome", "call", "person.vcf", "--format", "xml"],
    ["genome", "call", "person.vcf", "--gene", "NOSUCH1"],
    ["genome", "call", "person.vcf", "--drugs", "codeine,,tramadol"],
    ["genome", "call", "person.vcf", "--drugs", ""],
    ["genome", "call", "person.vcf", "--build", "hg18"],
    ["genome", "guide", "person.vcf", "--age", "old"],
    ["genome", "guide", "person.vcf", "--age", "-5"],
    ["genome", "guide", "person.vcf", "--age", "nan"],
    ["cohort", "run", "person.vcf", "-o", "out", "--workers", "0"],
    ["assess", "case"],
    ["assess", "case", "-o", "out", "--as-of", "yesterday"],
    ["assess", "case", "-o", "out", "--as-of", "2026-02-30"],
    ["knowledge", "list", "nosuch"],
    ["knowledge", "show", "nosuch"],
]
REFUSED = [
    ["genome", "call", "person.vcf", "--sample", "NOBODY-OF-THIS-NAME"],
    ["genome", "guide", "person.vcf", "--drug", "nosuchdrug"],
    ["genome", "guide", "person.vcf", "--drug", "codeine", "--drug", "nosuchdrug"],
    ["genome", "guide", "person.vcf", "--outside-calls", "unknown-gene.tsv"],
    ["genome", "guide", "person.vcf", "--outside-calls", "unknown-allele.tsv"],
    ["genome", "guide", "person.vcf", "--outside-calls", "twice.tsv"],
    ["genome", "guide", "person.vcf", "--outside-calls", "spaces.tsv"],
    ["genome", "guide", "person.vcf", "--outside-calls", "missing.tsv"],
    ["genome", "guide", "two.vcf", "--outside-calls", "calls.tsv"],
    ["genome", "call", "person.vcf", "--knowledge", "nosuchfolder"],
    ["genome", "call", "person.vcf", "--build", "GRCh37"],
    ["assess", "nosuchcase", "-o", "out"],
]


@pytest.mark.parametrize("words", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_is_two_with_a_message_and_no_output(folder, words):
    done = inside(*words, cwd=folder)

    assert (done.status, done.out) == (2, "")
    assert done.err
    assert not (folder / "out").exists()


@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_refused_input_is_three_with_one_line_and_no_output(folder, words):
    done = inside(*words, cwd=folder)

    assert (done.status, done.out) == (3, "")
    assert said_once(done), done.err
    assert NAME not in done.err
    assert "NOBODY-OF-THIS-NAME" not in done.err
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("words", "status"), [(["nosuch"], 2), (["genome", "call", "person.vcf", "--gene", "NOSUCH1"], 2), (REFUSED[0], 3)]
)
def test_the_statuses_reach_the_shell(folder, words, status):
    done = painloom(*words, cwd=folder)

    assert (done.status, done.out) == (status, "")
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "words",
    [["genome", "guide", "person.vcf", "--drug", "nosuchdrug"], ["knowledge", "show", "nosuch"]],
    ids=" ".join,
)
@pytest.mark.parametrize("form", ["text", "json", "tsv"])
def test_a_refusal_writes_no_file_and_no_first_line(folder, tmp_path, words, form):
    """A header without rows would read as `nothing was found`."""
    target = tmp_path / "result"
    to_file = inside(*words, "--format", form, "-o", target, cwd=folder)
    to_screen = inside(*words, "--format", form, cwd=folder)

    assert to_file.status in (2, 3)
    assert not target.exists()
    assert to_screen.out == ""


@pytest.mark.parametrize("words", [["genome", "call", "person.vcf", "--gene", "CYP2D6"], ["knowledge", "list", "quality"]], ids=" ".join)
def test_result_goes_to_stdout_or_the_file_and_nowhere_else(folder, tmp_path, words):
    shown = painloom(*words, "--format", "tsv", cwd=folder)
    kept = inside(*words, "--format", "tsv", "-o", tmp_path / "result.tsv", cwd=folder)

    assert (shown.status, shown.err) == (0, "")
    assert (kept.status, kept.out, kept.err) == (0, "", "")
    assert (tmp_path / "result.tsv").read_bytes().decode() == shown.out


def test_a_drug_nobody_knows_is_said_on_stderr_and_does_not_stop_the_call(folder):
    done = painloom("genome", "call", "person.vcf", "--gene", "CYP2D6", "--drugs", "codeine,nosuchdrug", "--format", "tsv", cwd=folder)

    assert done.status == 0
    assert len(table(done.out)) == 1
    assert said_once(done), done.err
    assert "nosuchdrug" in done.err


@pytest.mark.parametrize(
    ("words", "target"),
    [
        (["genome", "call", "person.vcf"], "."),
        (["knowledge", "list"], "."),
        (["genome", "call", "person.vcf"], "no/such/folder/result.tsv"),
        (["assess", "case"], "person.vcf"),
        (["cohort", "run", "two.vcf"], "person.vcf"),
    ],
    ids=str,
)
def test_an_output_path_that_cannot_be_is_refused_in_one_line(folder, words, target):
    (folder / "case").mkdir(exist_ok=True)
    (folder / "case" / "case.toml").write_text("")
    before = (folder / "person.vcf").read_bytes()
    done = inside(*words, "-o", target, cwd=folder)

    assert (done.status, done.out) == (3, "")
    assert said_once(done), done.err
    assert (folder / "person.vcf").read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused_in_one_line(folder, tmp_path):
    tmp_path.chmod(0o555)
    done = painloom("genome", "call", "person.vcf", "-o", tmp_path / "result.tsv", cwd=folder)

    assert done.status == 3
    assert said_once(done), done.err


LISTENERS = [
    ["--version"],
    ["--help"],
    ["genome", "call", "person.vcf", "--format", "tsv"],
    ["genome", "call", "person.vcf", "--gene", "CYP2D6"],
    ["knowledge", "list", "--format", "tsv"],
    ["assess", "case", "-o", "out-of-pipe", "--as-of", "2026-11-24"],
]


@pytest.mark.parametrize("words", LISTENERS, ids=" ".join)
def test_a_reader_that_left_is_no_error(folder, words):
    """What `painloom ... | head -1` does, without the race: nobody reads any more when the first byte comes."""
    (folder / "case").mkdir(exist_ok=True)
    (folder / "case" / "case.toml").write_text("")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([SCRIPT, *words], cwd=folder, env=USER, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)

    assert done.stderr.decode() == ""
    assert done.returncode == 0


def test_head_gets_its_line(folder):
    line = f"set -o pipefail; '{SCRIPT}' genome call person.vcf --format tsv | head -1"
    done = subprocess.run(["bash", "-c", line], cwd=folder, env=USER, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"sample\tgene\tstatus\t")
    assert done.stdout.count(b"\n") == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_said_in_one_line(folder):
    with open("/dev/full", "wb") as full:
        words = [SCRIPT, "genome", "call", "person.vcf", "--gene", "CYP2D6"]
        done = subprocess.run(words, cwd=folder, env=USER, stdout=full, stderr=subprocess.PIPE, check=False)

    assert done.returncode == 3
    assert done.stderr.startswith(b"painloom: ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("environment", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}], ids=str)
def test_a_plain_locale_changes_nothing_and_crashes_nothing(folder, environment):
    words = ("genome", "guide", "person.vcf", "--drug", "omeprazole", "--drug", "peginterferon alfa-2a", "--format", "text")
    plain, usual = painloom(*words, cwd=folder, **environment), inside(*words, cwd=folder)

    assert (plain.status, plain.err) == (0, "")
    assert len(plain.out.splitlines()) == len(usual.out.splitlines())


def test_a_plain_locale_writes_the_same_bytes_to_a_file(folder, tmp_path):
    words = ("genome", "guide", "person.vcf", "--format", "text")
    painloom(*words, "-o", tmp_path / "one.txt", cwd=folder, LC_ALL="C")
    inside(*words, "-o", tmp_path / "two.txt", cwd=folder)

    assert (tmp_path / "one.txt").read_bytes() == (tmp_path / "two.txt").read_bytes()
    assert "…" in (tmp_path / "one.txt").read_text(encoding="utf-8")
