"""Bounds that every file must keep before a parser may see it, and the one form of a refusal."""

from pathlib import Path

from painloom.errors import InputError

MEBIBYTE = 2**20
LINE = 32 * MEBIBYTE  # 200,000 samples with all their fields take about 12 MiB; longer is damage or an attack
HEADER = 64 * MEBIBYTE
HEADER_LINES = 200_000
INDEX = 128 * MEBIBYTE  # inflated; the index of a whole genome takes 5 MiB
SAMPLES = 1_000_000
POSITION = 2**31 - 1
FREE_INFLATION = 50 * MEBIBYTE  # small files may pack as tightly as they like
INFLATION = 200  # above that: text of genomes packs 5 to 60 fold
WIDE = 100  # samples from which a line may honestly repeat itself thousands of times
SELECTED = 500_000  # records at the sites; all sites with every base and duplicate take a tenth
AT_ONE_POSITION = 200  # records of one position
REPEATED = 1000  # lines in a row with one position, wherever it lies: no genome has them, a bomb of one packed line does
AT_ONE_SITE = 1000  # records that reach one site
RAW_LINE = 1000  # a line of an array's raw text
INDEXED = 2 * MEBIBYTE  # smaller files are read whole: that checks all of them and costs next to nothing
READ = 64 * 1024  # compressed bytes read at a time
EMPTY_MEMBERS = 1000  # packed members in a row that hold nothing
BLOCK = 4 * MEBIBYTE  # inflated bytes handed on at a time
BATCH = 32 * MEBIBYTE  # selected bytes handed to the parser at a time
BATCH_LINES = 5000


def refusal(path: Path, where: str, what: str) -> InputError:
    """The one-line error of a refused file: its name, the place, what is wrong and what to do; never a sample's name."""
    name = "".join(c if c.isprintable() else "?" for c in path.name)
    return InputError(f"{name}: {where}: {what}" if where else f"{name}: {what}")
