"""What htslib is given: a header of our own for text records, and only records whose fixed columns are sound."""

import re
import struct
from collections.abc import Sequence
from pathlib import Path

from painloom.intake.limits import refusal

# Our own declarations, whatever the file declares: one reading for every file, and a wrong declaration cannot stop the parser.
_DECLARED = b"""##fileformat=VCFv4.3
##FILTER=<ID=PASS,Description="All filters passed">
##INFO=<ID=END,Number=1,Type=Integer,Description="Last base">
##INFO=<ID=CN,Number=.,Type=String,Description="Copies">
##INFO=<ID=SVLEN,Number=.,Type=String,Description="Length">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=PS,Number=1,Type=String,Description="Phase set">
##FORMAT=<ID=FT,Number=1,Type=String,Description="Filter">
##FORMAT=<ID=GQ,Number=1,Type=String,Description="Quality">
##FORMAT=<ID=RGQ,Number=1,Type=String,Description="Quality of the reference">
##FORMAT=<ID=DP,Number=1,Type=String,Description="Depth">
##FORMAT=<ID=MIN_DP,Number=1,Type=String,Description="Least depth of a block">
##FORMAT=<ID=CN,Number=1,Type=String,Description="Copies">
"""
_BASES = re.compile(rb"[ACGTRYSWKMBDHVNacgtryswkmbdhvn]+")


def text_header(lines: Sequence[bytes], samples: int) -> bytes:
    """A header for these records; samples are called s0, s1, ... so that no name reaches the parser."""
    contigs = sorted({line[: line.index(b"\t")] for line in lines})
    columns = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
    names = b"".join(b"\ts%d" % i for i in range(samples))
    return _DECLARED + b"".join(b"##contig=<ID=%s>\n" % name for name in contigs) + columns + names + b"\n"


def checked_place(line: bytes, path: Path, *, binary: bool) -> str:
    """Where a record stands, after a look at the columns that htslib would take unseen (`binary`: BCF, which it checks itself).

    Raises
    ------
    InputError : REF or ALT is no allele, FILTER is empty, or FORMAT does not begin with a single GT.
    """
    if binary:
        contig, position = struct.unpack_from("<ii", line, 8)
        return f"sequence {contig + 1} position {position + 1}"
    contig_name, position_text, _, reference, alternates, _, filters, _, keys, _ = line.split(b"\t", 9)
    place = f"{contig_name.decode('latin-1')}:{position_text.decode()}"
    if not _BASES.fullmatch(reference):
        raise refusal(path, place, "REF is not written in bases; mend the record")
    if not all(alternates.split(b",")):
        raise refusal(path, place, "ALT holds an empty allele; write '.' where there is none")
    if not filters:
        raise refusal(path, place, "FILTER is empty; write PASS or '.'")
    fields = keys.split(b":")
    if len(set(fields)) != len(fields) or not all(fields):
        raise refusal(path, place, "FORMAT names a field twice or leaves one empty; mend the record")
    if b"GT" in fields[1:]:
        raise refusal(path, place, "GT is not the first field of FORMAT; mend the record or export the file again")
    return place
