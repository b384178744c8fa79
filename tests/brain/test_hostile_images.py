"""Hostile images, atlases and tables: exit 3 with one line, or withheld; never a traceback, never much memory or time."""

import gzip
import os
import resource
import struct
import subprocess
import sys
import time

import numpy as np
import pytest
from niftibuild import AFFINE, header, image, labels

RNG = np.random.default_rng(9)
DATA = RNG.integers(1, 900, (6, 5, 4, 30))
GRID = RNG.integers(0, 4, (6, 5, 4))
GOOD = header(DATA.shape) + DATA.astype("<i2").tobytes(order="F")
LIMIT_KIB, SECONDS = 400 * 1024, 20


def put(name, whole):
    return lambda folder: (folder / name).write_bytes(whole)


def changed(at, form, *values):
    whole = bytearray(GOOD)
    struct.pack_into("<" + form, whole, at, *values)
    return bytes(whole)


def pair(folder):
    whole = bytearray(GOOD)
    whole[344:348] = b"ni1\0"
    (folder / "bold.nii").write_bytes(whole)


BOLD = {
    "empty": put("bold.nii", b""),
    "text renamed": put("bold.nii.gz", b"this is no image\n" * 40),
    "packed text": put("bold.nii.gz", gzip.compress(b"this is no image\n" * 400)),
    "wrong header size": put("bold.nii", changed(0, "i", 349)),
    "bad mark": put("bold.nii", changed(344, "4s", b"abc\0")),
    "half of a pair": pair,
    "no dimensions": put("bold.nii", changed(40, "h", 0)),
    "nine dimensions": put("bold.nii", changed(40, "h", 9)),
    "zero side": put("bold.nii", changed(42, "h", 0)),
    "negative side": put("bold.nii", changed(44, "h", -5)),
    "huge sides": put("bold.nii", changed(40, "5h", 4, 30000, 30000, 30000, 30000)),
    "more volumes than the file": put("bold.nii", changed(48, "h", 32000)),
    "packed, more volumes than can be": put("bold.nii.gz", gzip.compress(changed(48, "h", 32000))),
    "three dimensions": put("bold.nii", changed(40, "h", 3)),
    "five dimensions": put("bold.nii", changed(40, "6h", 5, 6, 5, 4, 15, 2)),
    "complex numbers": put("bold.nii", changed(70, "h", 32)),
    "colour": put("bold.nii", changed(70, "h", 128)),
    "unknown type": put("bold.nii", changed(70, "h", 7)),
    "cut short": put("bold.nii", GOOD[:-100]),
    "packed and cut short": put("bold.nii.gz", gzip.compress(GOOD)[:-200]),
    "packed, data missing": put("bold.nii.gz", gzip.compress(GOOD[:-100])),
    "packed and damaged": put("bold.nii.gz", gzip.compress(GOOD)[:200] + b"\xff" * 50 + gzip.compress(GOOD)[250:]),
    "bomb of zeros": put("bold.nii.gz", gzip.compress(header((500, 500, 268, 400)) + b"\0" * 60_000_000)),
    "affine of NaN": put("bold.nii", changed(280, "12f", *[float("nan")] * 12)),
    "affine without inverse": put("bold.nii", changed(280, "12f", *[0.0] * 12)),
    "affine of infinity": put("bold.nii", changed(280, "f", float("inf"))),
    "no place in space": put("bold.nii", changed(254, "h", 0)),
    "infinite slope": put("bold.nii", changed(112, "f", float("inf"))),
    "data inside the header": put("bold.nii", changed(108, "f", 12.0)),
    "data far behind": put("bold.nii", changed(108, "f", 3e9)),
    "offset of NaN": put("bold.nii", changed(108, "f", float("nan"))),
    "second version with the first one's mark": put("bold.nii", struct.pack("<i", 540) + GOOD[4:] + b"\0" * 400),
    "a folder": lambda folder: (folder / "bold.nii").mkdir(),
    "a pipe": lambda folder: os.mkfifo(folder / "bold.nii"),
    "a link to nowhere": lambda folder: (folder / "bold.nii").symlink_to(folder / "nowhere"),
    "not there": lambda folder: None,
}
ATLAS = {
    "no region": lambda p: labels(p, GRID * 0),
    "negative labels": lambda p: labels(p, GRID - 2),
    "halves": lambda p: image(p, GRID + 0.5, "<f4"),
    "not finite": lambda p: image(p, np.where(GRID > 0, np.nan, 0), "<f4"),
    "a label of two million": lambda p: image(p, GRID * 2_000_000, "<i4"),
    "several volumes": lambda p: labels(p, np.stack([GRID, GRID], axis=-1)),
    "another shape": lambda p: labels(p, GRID[:-1]),
    "another affine": lambda p: labels(p, GRID, affine=AFFINE + np.eye(4) * 0.01),
    "text": lambda p: p.write_text("1 a\n2 b\n"),
}
TABLES = {
    "rows missing": "trans_x\n" + "0.1\n" * 29,
    "a word": "trans_x\n" + "0.1\n" * 28 + "a\nb\n",
    "header only": "trans_x\n",
    "absent later": "trans_x\n" + "0.1\n" * 20 + "n/a\n" * 10,
    "ragged": "trans_x\ttrans_y\n" + "0.1\t0.2\n" * 29 + "0.1\n",
    "negative motion": "framewise_displacement\n" + "-0.1\n" * 30,
    "binary": "\x00\x01\x02",
}


def extract(folder, bold, atlas, *more):
    """The command in a process of its own: status, stderr, peak memory in KiB, seconds."""

    def bounded():
        resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))

    start = time.monotonic()
    code = (
        "import sys; from painloom.doors.cli.main import main; s = main(sys.argv[1:]); print(open('/proc/self/status').read()); sys.exit(s)"
    )
    command = [sys.executable, "-c", code, "brain", "extract", str(bold), "--atlas", str(atlas), "-o", str(folder / "out.tsv"), *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, preexec_fn=bounded)
    peak = next((int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("VmHWM")), 0)
    return done.returncode, done.stderr, peak, time.monotonic() - start


def refused(folder, result):
    status, stderr, peak, _ = result

    assert status == 3, stderr
    assert len(stderr.splitlines()) == 1, stderr
    assert stderr.startswith("painloom: ")
    assert str(folder) not in stderr
    assert peak < LIMIT_KIB
    assert not (folder / "out.tsv").exists()


@pytest.mark.parametrize("name", BOLD)
def test_a_hostile_image_is_refused_in_one_line(tmp_path, name):
    BOLD[name](tmp_path)
    bold = next((p for p in (tmp_path / "bold.nii", tmp_path / "bold.nii.gz") if p.exists() or p.is_symlink()), tmp_path / "bold.nii")

    refused(tmp_path, extract(tmp_path, bold, labels(tmp_path / "atlas.nii", GRID)))


@pytest.mark.parametrize("name", ATLAS)
def test_a_hostile_atlas_is_refused_in_one_line(tmp_path, name):
    ATLAS[name](tmp_path / "atlas.nii")

    refused(tmp_path, extract(tmp_path, image(tmp_path / "bold.nii", DATA), tmp_path / "atlas.nii"))


@pytest.mark.parametrize("name", TABLES)
def test_a_hostile_table_of_confounds_is_refused_in_one_line(tmp_path, name):
    (tmp_path / "c.tsv").write_text(TABLES[name])
    bold, atlas = image(tmp_path / "bold.nii", DATA), labels(tmp_path / "atlas.nii", GRID)

    refused(tmp_path, extract(tmp_path, bold, atlas, "--confounds", str(tmp_path / "c.tsv"), "--scrub", "0.5"))


@pytest.mark.parametrize("text", ["\x00\xff", "1\n2\n", "index\tname\nx\ty\n", "1 A\n1 B\n", "A\n1 2 3 4 5\nB\n"])
def test_a_damaged_list_of_names_names_nothing(tmp_path, text):
    (tmp_path / "atlas_label.txt").write_text(text)
    status, stderr, _, _ = extract(tmp_path, image(tmp_path / "bold.nii", DATA), labels(tmp_path / "atlas.nii", GRID))

    assert status == 0, stderr
    assert (tmp_path / "out.tsv").read_text().splitlines()[0] == "1\t2\t3"


def test_a_volume_of_nan_is_absent_and_not_zero(tmp_path):
    data = DATA.astype(float)
    data[..., 4] = np.nan
    status, stderr, _, _ = extract(tmp_path, image(tmp_path / "bold.nii", data, "<f4"), labels(tmp_path / "atlas.nii", GRID))

    assert status == 0
    assert (tmp_path / "out.tsv").read_text().splitlines()[5] == ".\t.\t."
    assert "not finite" in stderr


@pytest.mark.parametrize("more", [("--high-pass", "0.01"), ("--low-pass", "9", "--tr", "2"), ("--scrub", "0.3"), ("--min-coverage", "4")])
def test_options_that_make_no_sense_are_wrong_usage(tmp_path, more):
    bold, atlas = image(tmp_path / "bold.nii", DATA, tr=0.0), labels(tmp_path / "atlas.nii", GRID)
    status, stderr, _, _ = extract(tmp_path, bold, atlas, *more)

    assert status == 2, stderr
    assert len(stderr.splitlines()) == 1


def test_a_constant_region_standardised_is_zero_and_not_infinite(tmp_path):
    data = DATA.copy()
    data[GRID == 2] = 7
    status, _, _, _ = extract(tmp_path, image(tmp_path / "bold.nii", data), labels(tmp_path / "atlas.nii", GRID), "--standardize")

    assert status == 0
    assert {line.split("\t")[1] for line in (tmp_path / "out.tsv").read_text().splitlines()[1:]} == {"0.0"}
