"""A cohort gives the rows of `genome call` and `genome guide`, whatever the parts, the workers and the interruptions."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from console import USER, inside, painloom, said_once, table
from people import crowd

from builders import knowledge
from painloom import cohort
from painloom.genome.rows import CALL_COLUMNS, GUIDE_COLUMNS
from painloom.intake.vcf import ReadOptions
from painloom.knowledge.quality import read_quality

pq = pytest.importorskip("pyarrow.parquet", reason="the extra [cohort] is not installed")

COUNT, BLOCK = 60, 6
DRIVER = Path(__file__).with_name("driver.py")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("cohort")
    crowd(made / "crowd.vcf", COUNT)
    return made


@pytest.fixture(scope="module")
def whole(folder):
    """The run of the console script in one part."""
    done = painloom("cohort", "run", "crowd.vcf", "-o", "whole", cwd=folder)
    assert (done.status, done.out) == (0, ""), done.err
    return folder / "whole"


@pytest.fixture(scope="module")
def parted(folder):
    """An undisturbed run in several parts."""
    undisturbed([folder / "crowd.vcf"], folder / "parted", BLOCK)
    return folder / "parted"


def rows(out, kind):
    return [tuple(row.values()) for path in sorted((out / kind).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def digests(out):
    """Every file of a run with its sha256."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.rglob("*")) if path.is_file()
    }


def in_parts(folder, out, *words, inputs=("crowd.vcf",)):
    command = [sys.executable, str(DRIVER), str(BLOCK), "cohort", "run", *inputs, "-o", str(out), *words]
    return subprocess.Popen(command, cwd=folder, env=USER, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def undisturbed(inputs, out, block=cohort.BLOCK):
    """A run inside this process, with the options of the command line."""
    quality = read_quality(knowledge())
    plan = cohort.plan(inputs, ReadOptions(min_gq=quality.min_gq, min_dp=quality.min_dp), None, block=block)
    cohort.run(plan, out)
    return plan


@pytest.mark.parametrize(("verb", "kind", "columns"), [("call", "calls", CALL_COLUMNS), ("guide", "guidance", GUIDE_COLUMNS)])
def test_rows_are_those_of_the_single_command(folder, whole, verb, kind, columns):
    single = table(inside("genome", verb, "crowd.vcf", "--format", "tsv", cwd=folder).out)
    (path,) = (whole / kind).glob("*.parquet")

    assert tuple(pq.read_schema(path).names) == columns
    assert rows(whole, kind) == [tuple(row.values()) for row in single]
    assert len({row["sample"] for row in single}) == COUNT


def test_the_crowd_is_no_easy_one(whole):
    """Rows that agree prove little if everybody is the same."""
    calls = rows(whole, "calls")
    status = Counter(row[CALL_COLUMNS.index("status")] for row in calls)
    actions = {row[GUIDE_COLUMNS.index("action")] for row in rows(whole, "guidance")}

    assert min(status["called"], status["ambiguous"], status["not_called"]) > COUNT
    assert len({row[3] for row in calls}) > 100
    assert {"avoid", "reduce", "switch", "standard", "none"} <= actions


@pytest.mark.parametrize("block", [11, 59, 1000])
def test_the_size_of_the_parts_does_not_matter(folder, whole, tmp_path, block):
    plan = undisturbed([folder / "crowd.vcf"], tmp_path / "out", block)

    assert len(plan.parts) == -(-COUNT // block)
    assert rows(tmp_path / "out", "calls") == rows(whole, "calls")
    assert rows(tmp_path / "out", "guidance") == rows(whole, "guidance")
    assert json.loads((tmp_path / "out" / "summary.json").read_text()) == json.loads((whole / "summary.json").read_text())


def test_the_number_of_workers_does_not_matter(folder, parted):
    running = in_parts(folder, "two-workers", "--workers", "2")
    _, err = running.communicate(timeout=60)

    assert running.returncode == 0, err
    assert digests(folder / "two-workers") == digests(parted)


def test_two_files_are_one_file_after_the_other(folder, whole, tmp_path):
    crowd(tmp_path / "others.vcf", 5, seed=12)
    inputs = [folder / "crowd.vcf", tmp_path / "others.vcf"]
    undisturbed(inputs, tmp_path / "both")
    undisturbed(inputs[1:], tmp_path / "others")

    assert rows(tmp_path / "both", "calls") == rows(whole, "calls") + rows(tmp_path / "others", "calls")
    assert rows(tmp_path / "both", "guidance") == rows(whole, "guidance") + rows(tmp_path / "others", "guidance")


def test_a_declaration_about_absent_sites_is_written_into_every_row(folder, tmp_path):
    done = painloom("cohort", "run", "crowd.vcf", "-o", tmp_path / "out", "--absent", "reference", cwd=folder)

    assert done.status == 0, done.err
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["options"]["absent_is_reference"] is True
    assert all("declared reference" in row[CALL_COLUMNS.index("source")] for row in rows(tmp_path / "out", "calls"))
    assert all("declared reference" in row[GUIDE_COLUMNS.index("source")] for row in rows(tmp_path / "out", "guidance"))


def test_summary_counts_every_person_once_a_gene(whole):
    summary = json.loads((whole / "summary.json").read_text())
    counted = {}
    for row in rows(whole, "calls"):
        call = dict(zip(CALL_COLUMNS, row, strict=True))
        label = call["phenotype"] if call["status"] == "called" else call["status"]
        counted.setdefault(call["gene"], Counter())[label] += 1

    assert summary["samples"] == COUNT
    assert {gene: sum(counts.values()) for gene, counts in summary["genes"].items()} == dict.fromkeys(counted, COUNT)
    assert summary["genes"] == {gene: dict(counts) for gene, counts in counted.items()}


def test_manifest_names_inputs_knowledge_options_and_parts(folder, parted):
    manifest = json.loads((parted / "manifest.json").read_text())

    assert [i["sha256"] for i in manifest["inputs"].values()] == [hashlib.sha256((folder / "crowd.vcf").read_bytes()).hexdigest()]
    assert manifest["knowledge"]["release"]
    assert manifest["options"]["absent_is_reference"] is False
    assert sum(part["samples"] for part in manifest["parts"].values()) == COUNT
    for part in manifest["parts"].values():
        for kind, file in part["files"].items():
            path = parted / kind / f"{part['name']}.parquet"
            assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
            assert file["rows"] == pq.read_metadata(path).num_rows


def killed(folder, out, *words):
    """A run that was shot when its manifest showed the first part."""
    running = in_parts(folder, out, *words)
    manifest = folder / out / "manifest.json"
    limit = time.monotonic() + 60
    while time.monotonic() < limit and running.poll() is None:
        if manifest.exists() and json.loads(manifest.read_text())["parts"]:
            os.killpg(running.pid, signal.SIGKILL)
            break
        time.sleep(0.005)
    running.communicate(timeout=30)
    assert running.returncode == -signal.SIGKILL
    return json.loads(manifest.read_text())


@pytest.mark.parametrize("words", [(), ("--workers", "2")], ids=["serial", "two workers"])
def test_a_killed_run_goes_on_and_ends_like_an_undisturbed_one(folder, parted, tmp_path, words):
    before = killed(folder, tmp_path / "killed", *words)
    done_then = {name: (tmp_path / "killed" / "calls" / f"{name}.parquet").stat().st_mtime_ns for name in before["parts"]}
    resumed = in_parts(folder, tmp_path / "killed", "--resume")
    _, err = resumed.communicate(timeout=60)

    assert resumed.returncode == 0, err
    assert 1 <= len(done_then) < COUNT / BLOCK
    assert digests(tmp_path / "killed") == digests(parted)
    for name, stamp in done_then.items():
        assert (tmp_path / "killed" / "calls" / f"{name}.parquet").stat().st_mtime_ns == stamp


@pytest.fixture
def copy(parted, tmp_path):
    return shutil.copytree(parted, tmp_path / "copy")


def resume(folder, out, *words, inputs=("crowd.vcf",)):
    running = in_parts(folder, out, "--resume", *words, inputs=inputs)
    stdout, err = running.communicate(timeout=60)
    return running.returncode, stdout.decode(), err.decode()


def test_a_damaged_or_lost_part_is_done_again(folder, parted, copy):
    first, second, third, *_ = sorted((copy / "calls").glob("*.parquet"))
    first.write_bytes(first.read_bytes()[:-7])
    second.unlink()
    data = bytearray((copy / "guidance" / third.name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / "guidance" / third.name).write_bytes(data)
    status, _, err = resume(folder, copy)

    assert status == 0, err
    assert digests(copy) == digests(parted)


def test_resuming_a_finished_run_changes_nothing(folder, parted, copy):
    status, _, err = resume(folder, copy)

    assert status == 0, err
    assert digests(copy) == digests(parted)


def test_a_lost_summary_is_written_again(folder, parted, copy):
    (copy / "summary.json").unlink()
    status, _, _ = resume(folder, copy)

    assert status == 0
    assert digests(copy) == digests(parted)


@pytest.mark.parametrize("words", [("--absent", "reference"), ("--accept-filtered",), ("--build", "GRCh38")], ids=" ".join)
def test_a_run_does_not_go_on_under_other_options(folder, parted, copy, words):
    status, out, err = resume(folder, copy, *words)

    assert (status, out) == (3, "")
    assert err.count("\n") == 1
    assert err.startswith("painloom: copy: ")
    assert digests(copy) == digests(parted)


def test_a_run_does_not_go_on_with_other_inputs(folder, parted, copy, tmp_path):
    crowd(tmp_path / "others.vcf", 3, seed=13)
    status, out, err = resume(folder, copy, inputs=("crowd.vcf", str(tmp_path / "others.vcf")))

    assert (status, out) == (3, "")
    assert err.startswith("painloom: copy: ")
    assert digests(copy) == digests(parted)


def test_a_run_does_not_go_on_when_the_file_has_changed(folder, tmp_path, copy):
    text = (folder / "crowd.vcf").read_text()
    (tmp_path / "crowd.vcf").write_text(text.replace("written by a test", "written by a toast"))
    running = in_parts(tmp_path, copy, "--resume")
    _, err = running.communicate(timeout=60)

    assert running.returncode == 3
    assert err.decode().startswith("painloom: copy: ")


def test_a_run_does_not_go_on_under_other_cards(folder, tmp_path, copy):
    (tmp_path / "cards" / "guidance").mkdir(parents=True)
    status, _, err = resume(folder, copy, "--knowledge", str(tmp_path / "cards"))

    assert status == 3, "an overlay, even an empty one, is another knowledge"
    assert err.startswith("painloom: copy: ")


def test_a_second_run_without_resume_is_refused(folder, parted):
    before = digests(parted)
    done = painloom("cohort", "run", "crowd.vcf", "-o", parted, cwd=folder)

    assert (done.status, done.out) == (3, "")
    assert said_once(done), done.err
    assert "--resume" in done.err
    assert digests(parted) == before


@pytest.mark.parametrize("text", ['{"schema": "painloom-coh', "[]", "", '{"parts": 7}'], ids=["cut", "a list", "empty", "other things"])
def test_a_damaged_manifest_is_refused_in_one_line(folder, copy, text):
    (copy / "manifest.json").write_text(text)
    status, out, err = resume(folder, copy)

    assert (status, out) == (3, "")
    assert err.count("\n") == 1, err[-300:]
    assert err.startswith("painloom: ")


def test_a_refused_input_does_not_occupy_the_folder(tmp_path):
    """Mend the file and run the same line again: that must work."""
    path = tmp_path / "crowd.vcf"
    good = crowd(path, 3).read_text()
    path.write_text(good.replace("\tC\tT\t.\tPASS", "\tG\tT\t.\tPASS", 1))
    first = painloom("cohort", "run", "crowd.vcf", "-o", "out", cwd=tmp_path)
    path.write_text(good)
    second = painloom("cohort", "run", "crowd.vcf", "-o", "out", cwd=tmp_path)

    assert first.status == 3
    assert said_once(first), first.err
    assert second.status == 0, second.err


def test_files_of_an_older_run_are_not_mixed_in(folder, copy):
    """Whoever reads DIR/calls/*.parquet must not find people twice because a manifest was deleted."""
    (copy / "manifest.json").unlink()
    done = painloom("cohort", "run", "crowd.vcf", "-o", copy, cwd=folder)

    assert done.status == 3 or len(rows(copy, "calls")) == len({row[:2] for row in rows(copy, "calls")})


def test_without_pyarrow_the_message_says_what_to_install(folder, tmp_path):
    (tmp_path / "pyarrow").mkdir()
    (tmp_path / "pyarrow" / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'pyarrow'\", name='pyarrow')\n")
    path = os.pathsep.join([str(tmp_path), *filter(None, [USER.get("PYTHONPATH")])])
    done = painloom("cohort", "run", "crowd.vcf", "-o", "never", cwd=folder, PYTHONPATH=path)

    assert (done.status, done.out) == (2, "")
    assert said_once(done), done.err
    assert "painloom[cohort]" in done.err
    assert not (folder / "never").exists()
