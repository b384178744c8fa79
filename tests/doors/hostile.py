"""Genome files that nobody should trust: each entry writes one and says what the refusal has to mention."""

import gzip
import os
import random
import struct
import zlib
from pathlib import Path

import pysam
from genomes import NAME, Genome, header, person

MEBIBYTE = 2**20
RECORD = "chr3\t{}\t.\tA\tG\t.\tPASS\t.\tGT\t0/1"
CYP2D6_4 = "chr22\t42128945\trs3892097\tC\tT\t.\tPASS\t.\tGT\t"  # line of the site that makes *4
HOSTILE = {}


def hostile(words, name="genome.vcf"):
    """Register a writer; `words` must stand in the refusal (`|` between choices), `name` is the file's."""

    def keep(write):
        HOSTILE[write.__name__] = (write, words, name)
        return write

    return keep


def base(tmp):
    return person(Path(tmp) / "base.vcf").read_text(encoding="utf-8")


def changed(tmp, old, new):
    text = base(tmp)
    assert text.count(old) == 1
    return text.replace(old, new)


def long_text(tmp):
    """A sound file of several hundred KiB."""
    filler = "".join(RECORD.format(n) + "\n" for n in range(1000, 21000))
    return base(tmp) + filler


def bgzipped(path, text):
    with pysam.BGZFile(str(path), "wb") as file:
        file.write(text.encode())
    return path.read_bytes()


def inflating(start, piece, size, *, summed=False):
    """One gzip member: `start`, then `piece` over and over until `size` bytes, packed once and copied.

    `summed` works out the checksum as well: the file is then sound to its last byte.
    """
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = (piece * (4 * MEBIBYTE // len(piece) + 1)).encode()
    head = engine.compress(start.encode()) + engine.flush(zlib.Z_FULL_FLUSH)
    once = engine.compress(block) + engine.flush(zlib.Z_FULL_FLUSH)
    rounds = size // len(block) + 1
    tail = engine.flush()
    checksum = zlib.crc32(start.encode())
    for _ in range(rounds if summed else 0):
        checksum = zlib.crc32(block, checksum)
    length = (len(start) + rounds * len(block)) % 2**32
    return bytes.fromhex("1f8b08000000000000ff") + head + once * rounds + tail + struct.pack("<II", checksum, length)


@hostile("cut short", "genome.vcf.gz")
def gzip_cut_in_the_middle(path):
    data = gzip.compress(long_text(path.parent).encode())
    path.write_bytes(data[: len(data) // 2])


@hostile("cut short", "genome.vcf.gz")
def gzip_without_its_last_bytes(path):
    path.write_bytes(gzip.compress(base(path.parent).encode())[:-4])


@hostile("damaged", "genome.vcf.gz")
def gzip_with_turned_bytes(path):
    data = bytearray(gzip.compress(long_text(path.parent).encode()))
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


@hostile("cut short", "genome.vcf.gz")
def bgzip_cut_in_the_middle(path):
    data = bgzipped(path, long_text(path.parent))
    path.write_bytes(data[: len(data) // 2])


@hostile("cut short", "genome.vcf.gz")
def bgzip_cut_between_two_blocks(path):
    data = bgzipped(path, long_text(path.parent))
    path.write_bytes(data[: struct.unpack("<H", data[16:18])[0] + 1])


@hostile("chr22:42128945")
def reference_base_that_is_not_the_known_one(path):
    path.write_text(changed(path.parent, CYP2D6_4, CYP2D6_4.replace("\tC\tT\t", "\tG\tT\t")))


@hostile("GRCh37")
def grch37_file_that_says_grch38(path):
    person(path, "GRCh37").write_text(path.read_text().replace("\n".join(header("GRCh37")), "\n".join(header(said="GRCh38"))))


@hostile("GRCh38")
def grch38_file_that_says_grch37(path):
    person(path).write_text(path.read_text().replace("\n".join(header()), "\n".join(header(said="GRCh37"))))


@hostile("GRCh37")
def grch37_file_whose_reference_line_says_grch38(path):
    path.write_text(person(path, "GRCh37").read_text().replace("\n".join(header("GRCh37")), "\n".join(header("GRCh38", contigs=False))))


@hostile("GRCh38")
def grch38_file_whose_reference_line_says_grch37(path):
    path.write_text(person(path).read_text().replace("\n".join(header()), "\n".join(header("GRCh37", contigs=False))))


@hostile("longer than")
def a_line_of_50_megabytes(path):
    long = RECORD.format(5).replace("PASS\t.", "PASS\tX=" + "A" * 50_000_000)
    path.write_text(base(path.parent) + long + "\n")


@hostile("longer than|inflates", "genome.vcf.gz")
def a_packed_line_of_50_megabytes(path):
    long = RECORD.format(5).replace("PASS\t.", "PASS\tX=" + "A" * 50_000_000)
    path.write_bytes(gzip.compress((base(path.parent) + long + "\n").encode(), 1))


@hostile("NUL")
def nul_bytes_in_a_record(path):
    path.write_text(changed(path.parent, CYP2D6_4, CYP2D6_4.replace("PASS", "PA\0SS")))


@hostile("NUL")
def nul_bytes_in_the_header(path):
    path.write_text(changed(path.parent, "written by a test", "written by\0a test"))


@hostile("duplicate")
def duplicates_that_contradict_each_other(path):
    path.write_text(changed(path.parent, CYP2D6_4 + "0/1\n", CYP2D6_4 + "0/1\n" + CYP2D6_4 + "1/1\n"))


def genotype(text):
    def write(path):
        path.write_text(changed(path.parent, CYP2D6_4 + "0/1\n", CYP2D6_4 + text + "\n"))

    return write


for label, text, words in (
    ("allele_number_without_allele", "0/7", "42128945|line"),
    ("letters", "a/b", "42128945|line"),
    ("half_written", "0/", "42128945|line"),
    ("negative_number", "0/-1", "42128945|line"),
    ("number_beyond_all_bounds", "0/99999999999999999999", "42128945|line"),
    ("haploid_on_an_autosome", "1", "42128945|line"),
    ("triploid_on_an_autosome", "0/1/1", "42128945|line"),
):
    HOSTILE[f"genotype_{label}"] = (genotype(text), words, "genome.vcf")


@hostile("line|42128945")
def ploidies_mixed_among_people(path):
    Genome("CYP2D6", samples=(NAME, "JOHN-DOE")).raw("CYP2D6", "rs3892097", "0/1", "0").write(path)


@hostile("sample")
def zero_samples(path):
    cut = "\n".join(line if line.startswith("##") else "\t".join(line.split("\t")[:8]) for line in base(path.parent).splitlines())
    path.write_text(cut + "\n")


@hostile("sample")
def zero_samples_with_a_format_column(path):
    cut = "\n".join(line if line.startswith("##") else "\t".join(line.split("\t")[:9]) for line in base(path.parent).splitlines())
    path.write_text(cut + "\n")


@hostile("twice")
def sample_names_that_repeat(path):
    Genome("CYP2D6", samples=(NAME, NAME)).write(path)


@hostile("CHROM|VCF")
def no_chrom_line(path):
    path.write_text("\n".join(line for line in base(path.parent).splitlines() if not line.startswith("#CHROM")) + "\n")


@hostile("#CHROM")
def header_alone_without_chrom_line(path):
    path.write_text("\n".join(header()[:-1]) + "\n")


@hostile("VCF")
def binary_junk(path):
    path.write_bytes(random.Random(7).randbytes(100_000))


@hostile("")
def binary_junk_after_the_header(path):
    path.write_bytes(("\n".join(header()) + "\n").encode() + random.Random(7).randbytes(100_000))


@hostile("")
def bcf_magic_before_junk(path):
    path.write_bytes(b"BCF\x02\x02" + random.Random(7).randbytes(100_000))


@hostile("cut short|damaged|stop|end", "genome.bcf")
def bcf_cut_in_the_middle(path):
    whole = path.with_name("whole.bcf")
    with pysam.VariantFile(str(person(path.with_name("base.vcf")))) as old, pysam.VariantFile(str(whole), "wb", header=old.header) as new:
        for record in old:
            new.write(record)
    data = whole.read_bytes()
    path.write_bytes(data[: len(data) // 2])


@hostile("empty")
def empty_file(path):
    path.write_bytes(b"")


@hostile("columns")
def a_record_with_too_few_columns(path):
    path.write_text(changed(path.parent, CYP2D6_4 + "0/1\n", CYP2D6_4.rstrip("\t") + "\n"))


@hostile("columns")
def a_record_with_too_many_columns(path):
    path.write_text(changed(path.parent, CYP2D6_4 + "0/1\n", CYP2D6_4 + "0/1\t0/1\n"))


@hostile("POS|position")
def a_position_that_is_no_number(path):
    path.write_text(changed(path.parent, "\t42128945\t", "\t-42128945\t"))


@hostile("inflate|NUL|neither", "genome.vcf.gz")
def bomb_of_zeros(path):
    path.write_bytes(inflating("", "\0" * 1000, 1200 * MEBIBYTE))


@hostile("inflate|NUL", "genome.vcf.gz")
def bomb_of_zeros_behind_a_sound_file(path):
    path.write_bytes(inflating(base(path.parent), "\0" * 1000, 1200 * MEBIBYTE))


@hostile("inflate|one position", "genome.vcf.gz")
def bomb_of_one_line(path):
    path.write_bytes(inflating(base(path.parent), RECORD.format(5) + "\n", 1200 * MEBIBYTE))


@hostile("inflate|longer|records|one position", "genome.vcf.gz")
def bomb_of_one_line_at_a_site(path):
    path.write_bytes(inflating(base(path.parent), CYP2D6_4 + "0/1\n", 1200 * MEBIBYTE))


@hostile("inflate|longer|one position", "genome.vcf.gz")
def bomb_of_header_lines(path):
    path.write_bytes(inflating("##fileformat=VCFv4.2\n", "##x=" + "a" * 80 + "\n", 1200 * MEBIBYTE))


@hostile("inflate|longer|one position", "genome.vcf.gz")
def bomb_of_many_samples(path):
    samples = tuple(f"{NAME}-{n}" for n in range(120))
    start = "\n".join(header(samples=samples)) + "\n"
    line = RECORD.format(5).removesuffix("0/1") + "\t".join(["0/1"] * len(samples)) + "\n"
    path.write_bytes(inflating(start, line, 1200 * MEBIBYTE, summed=True))


@hostile("folder|directory")
def a_folder(path):
    path.mkdir()


@hostile("No such file|cannot be opened|not found")
def a_file_that_is_not_there(path):
    pass


@hostile("ordinary")
def a_pipe(path):
    os.mkfifo(path)
