"""Damaged and hostile files: one line, at most two seconds and 400 MB, no patient data, no crash of the process."""

import gzip
import io
import struct
import subprocess
import sys
import zlib

import pytest
from vcf_builder import Vcf

from painloom.errors import InputError

SECONDS, MEGABYTES = 2.0, 400
PERSON = "Jane-Secret"
RUN = """
import resource, sys, time
from pathlib import Path
from vcf_builder import TABLE
from painloom.errors import InputError
from painloom.intake.vcf import ReadOptions, read_genotypes
start = time.process_time()  # the machine may be busy with other tests
try:
    read_genotypes(Path(sys.argv[1]), TABLE, ReadOptions())
    print("accepted")
except InputError as error:
    print(error)
used = time.process_time() - start
status = Path("/proc/self/status")  # ru_maxrss of a forked child starts with the memory of the process that started it
held = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")] if status.exists() else []
print(used, int(held[0]) // 1024 if held else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def outcome(path):
    """The message of a reading in a process of its own, after a look at its time, memory and stderr."""
    from pathlib import Path

    env = {"PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run([sys.executable, "-c", RUN, str(path)], capture_output=True, text=True, env=env, check=False)
    assert ("", 0) == (done.stderr, done.returncode)
    message, figures = done.stdout.rstrip("\n").split("\n")
    seconds, megabytes = map(float, figures.split())
    assert PERSON not in message
    assert seconds <= SECONDS
    assert megabytes <= MEGABYTES
    return message


def text(records=3, samples=(PERSON,)):
    vcf = Vcf(*samples)
    for i in range(records):
        vcf.add("chr10", 94781859 + i, "G" if not i else "A", "C", *["0/1"] * len(samples))
    return vcf.text()


def bgzip(data):
    from painloom.intake.bytestream import BGZF_END

    out = io.BytesIO()
    for at in range(0, len(data), 60_000):
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        piece = data[at : at + 60_000]
        packed = packer.compress(piece) + packer.flush()
        head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(packed) + 25)
        out.write(head + packed + struct.pack("<II", zlib.crc32(piece), len(piece)))
    return out.getvalue() + BGZF_END


def repeated(line, times, tail=b""):
    """A gzip file of one piece of text many times over, made without holding the text."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    out = [packer.compress(text(1).encode())]
    block = line * (1 + 2**20 // len(line))
    out += [packer.compress(block) for _ in range(times)]
    return b"".join([*out, packer.compress(tail), packer.flush()])


GOOD = text().encode()
BIG = text(20_000).encode()
FILES = {
    "empty.vcf": (b"", "is empty"),
    "picture.vcf": (b"\x89PNG\r\n\x1a\n" + bytes(100), "neither VCF"),
    "page.vcf": (b"<html><body>404</body></html>", "neither VCF"),
    "table.vcf": (b"a,b,c\n1,2,3\n", "neither VCF"),
    "old.vcf": (GOOD.replace(b"VCFv4.2", b"VCFv3.3"), "VCFv4"),
    "zip.vcf": (b"PK\x03\x04" + bytes(50), "ZIP"),
    "wide-text.vcf": ("##fileformat=VCFv4.2\n".encode("utf-16"), "UTF-16"),
    "no-columns.vcf": (GOOD[: GOOD.index(b"#CHROM")], "no #CHROM line"),
    "spaces.vcf": (GOOD.replace(b"\tFORMAT\t", b" FORMAT "), "line 10"),
    "no-sample.vcf": (GOOD.replace(b"\tFORMAT\t" + PERSON.encode(), b""), "names no sample"),
    "twice.vcf": (text(1, (PERSON, PERSON)).encode(), "names a sample twice"),
    "nameless.vcf": (text(1, (PERSON, "")).encode(), "empty sample name"),
    "header-later.vcf": (GOOD + GOOD, "line 14: is a header line among the records"),
    "few-columns.vcf": (GOOD + b"chr10\t94790000\t.\tG\tA\t.\tPASS\t.\tGT\n", "line 14: has 9 columns where the header has 10"),
    "many-columns.vcf": (GOOD + b"chr1\t9\t.\tG\tA\t.\tPASS\t.\tGT\t0/1\t0/1\n", "line 14: has 11 columns where the header has 10"),
    "cut.vcf": (GOOD[:-12], "line 13: has 7 columns where the header has 10"),
    "nul.vcf": (GOOD[:-5] + b"\0" + GOOD[-5:], "line 13: holds NUL bytes"),
    "nul-header.vcf": (GOOD.replace(b"##contig", b"##con\0tig", 1), "header: holds NUL bytes"),
    "return.vcf": (GOOD.replace(b"\tPASS\t", b"\tPA\rSS\t"), "line 11: holds a carriage return"),
    "word-position.vcf": (GOOD.replace(b"94781860", b"x"), "line 12: has a position"),
    "negative.vcf": (GOOD.replace(b"94781860", b"-5"), "line 12: has a position"),
    "far.vcf": (GOOD.replace(b"94781860", b"9" * 20), "line 12: has a position"),
    "no-chromosome.vcf": (GOOD + b"\t5\t.\tG\tA\t.\tPASS\t.\tGT\t0/1\n", "line 14: has no chromosome"),
    "no-reference.vcf": (GOOD.replace(b"\tG\tC\t", b"\t\tC\t"), "REF is not written in bases"),
    "odd-reference.vcf": (GOOD.replace(b"\tG\tC\t", b"\tG1\tC\t"), "REF is not written in bases"),
    "no-alternate.vcf": (GOOD.replace(b"\tG\tC\t", b"\tG\tC,\t"), "ALT holds an empty allele"),
    "no-filter.vcf": (GOOD.replace(b"\tPASS\t", b"\t\t"), "FILTER is empty"),
    "late-gt.vcf": (GOOD.replace(b"\tGT\t0/1", b"\tDP:GT\t3"), "GT is not the first field"),
    "double-gt.vcf": (GOOD.replace(b"\tGT\t0/1", b"\tGT:GT\t0/1:1/1"), "names a field twice"),
    "too-many-values.vcf": (GOOD.replace(b"\tGT\t0/1", b"\tGT\t0/1:3"), "malformed"),
    "cut.vcf.gz": (gzip.compress(BIG)[:-2000], "stop in the middle"),
    "no-checksum.vcf.gz": (gzip.compress(GOOD)[:-4], "stop in the middle"),
    "flipped.vcf.gz": (gzip.compress(BIG)[:5000] + b"\xff\x00\xff" + gzip.compress(BIG)[5003:], "damaged"),
    "followed.vcf.gz": (gzip.compress(GOOD) + b"something else", "something follows"),
    "no-end-block.vcf.gz": (bgzip(GOOD)[:-28], "end-of-file block is missing"),
    "cut-bgzip.vcf.gz": (bgzip(BIG)[:9000], "end-of-file block is missing"),
    "hole-bgzip.vcf.gz": (bgzip(BIG)[:9000] + bgzip(BIG)[-28:], "stop in the middle"),
    "empty-blocks.vcf.gz": (gzip.compress(GOOD) + bgzip(b"") * 200_000, "empty blocks"),
    "long-line.vcf": (GOOD + b"chr10\t1\t.\tG\tA\t.\tPASS\t" + b"X" * 50_000_000, "line 14: is longer than 32 MiB"),
    "long-header.vcf": (b"##fileformat=VCFv4.2\n##x=" + b"A" * 70_000_000, "header: is longer than"),
    "many-header-lines.vcf": (b"##fileformat=VCFv4.2\n" + b"##x=1\n" * 300_000 + GOOD[21:], "header: is longer than"),
    "bomb-of-nuls.vcf.gz": (repeated(bytes(2**20), 120), "NUL bytes"),
    "bomb-of-a-line.vcf.gz": (repeated(b"A" * 2**20, 120), "longer than 32 MiB"),
    "bomb-of-one-record.vcf.gz": (repeated(b"chr1\t5000\t.\tG\tA\t.\tPASS\t.\tGT\t0/1\n", 120), "have one position"),
    "bomb-of-records.vcf.gz": (
        repeated(b"".join(b"chr1\t%d\t.\tG\tA\t.\tPASS\t.\tGT\t0/1\n" % (5000 + i) for i in range(4)), 120),
        "inflates more than 200-fold",
    ),
    "bomb-of-our-records.vcf.gz": (repeated(b"chr10\t94781859\t.\tG\tA\t.\tPASS\t.\tGT\t0/1\n", 120), "inflates|more than|one position"),
    "half-bcf.bcf": (b"BCF\x02\x02" + struct.pack("<I", 5000) + b"##fileformat=VCFv4.2\n", "stops in the middle"),
    "old-bcf.bcf": (b"BCF\x04" + bytes(100), "not BCF version 2"),
}


@pytest.mark.parametrize("name", FILES)
def test_bad_file_is_refused_in_one_line(tmp_path, name):
    import re

    data, words = FILES[name]
    path = tmp_path / name
    path.write_bytes(data)
    message = outcome(path)

    assert message.startswith(f"{name}: ")
    assert re.search(words, message)


def test_folder_device_and_missing_file_are_refused(tmp_path):
    from pathlib import Path

    assert "is a folder" in outcome(tmp_path)
    assert "not an ordinary file" in outcome(Path("/dev/zero"))
    assert "cannot be opened" in outcome(tmp_path / "nowhere.vcf")


@pytest.mark.parametrize("packed", [bytes, gzip.compress, bgzip])
def test_good_file_is_accepted_plain_and_packed(tmp_path, packed):
    path = tmp_path / "good.vcf.gz"
    path.write_bytes(packed(text(1).encode()))

    assert "accepted" == outcome(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("\n", "\r\n"),
        lambda t: "\ufeff" + t,
        lambda t: t + "\n\n",
        lambda t: t.replace("chr10\t94781859", "\nchr10\t94781859"),
        lambda t: t.replace("\tGT\t", "\tGT:AD:XX\t").replace("0/1", "0/1:3,4:x"),
        lambda t: t.replace("##contig", '##FORMAT=<ID=GT,Number=2,Type=Float,Description="x">\n##contig', 1),
        lambda t: t.replace("\tPASS\t.", "\tPASS\tEND=x;DP=abc;FLAG;;A==B"),
    ],
)
def test_harmless_oddity_is_accepted(tmp_path, change):
    path = tmp_path / "odd.vcf"
    path.write_text(change(text(1)), newline="")

    assert "accepted" == outcome(path)


def test_last_line_without_line_break_is_a_warning(tmp_path):
    from vcf_builder import TABLE

    from painloom.intake.vcf import ReadOptions, read_vcf

    path = tmp_path / "open.vcf"
    path.write_text(text(1).rstrip("\n"))
    genotypes = read_vcf(path, TABLE, options=ReadOptions())

    assert [0, -2] == genotypes.codes[0, 0].tolist()
    assert any("no line break" in w for w in genotypes.warnings)


def test_two_hundred_thousand_samples_pass(tmp_path):
    names = [f"sample{i:06}" for i in range(200_000)]
    vcf = Vcf(*names).add("chr10", 94781859, "G", "A", *["0|1:12,9:99"] * 200_000, keys="GT:AD:GQ")
    genotypes = vcf.read(tmp_path, name="wide.vcf.gz")

    assert (200_000, 200_000) == (len(genotypes.samples), int((genotypes.codes[0, :, 1] == 1).sum()))


def test_wide_file_may_repeat_itself_thousands_of_times(tmp_path):
    vcf = Vcf(*[f"s{i}" for i in range(2000)])
    for i in range(8000):
        vcf.add("chr1", 1000 + i, "G", "A", *["0|0"] * 2000)
    vcf.add("chr10", 94781859, "G", "A", *["0|0"] * 2000)

    assert (vcf.read(tmp_path, name="wide.vcf.gz").codes[0] == 0).all()


def test_more_records_of_one_position_than_a_genome_has_are_refused(tmp_path):
    vcf = Vcf()
    for _ in range(300):
        vcf.add("chr10", 94781859, "G", "A", "0/1")

    with pytest.raises(InputError, match="chr10:94781859"):
        vcf.read(tmp_path)
