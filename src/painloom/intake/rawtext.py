"""Raw text of 23andMe and AncestryDNA -> Genotypes: single bases on the forward strand of GRCh37."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from painloom.intake import limits
from painloom.intake.alleles_at_site import Place, place_of
from painloom.intake.bytestream import Flow, open_file, packing_of, pieces
from painloom.intake.contigs import AUTOSOMES, builds_in_words, canonical
from painloom.intake.limits import refusal
from painloom.intake.options import ReadOptions
from painloom.model.genotypes import ABSENT_COPY, MISSING, UNLISTED, Genotypes, Site, SiteTable, Unlisted

SAMPLE = "sample"  # the files hold no name, and their file names often hold a person's
BUILD = "GRCh37"
MAKERS = {b"23andMe": "23andMe", b"AncestryDNA": "AncestryDNA"}
CODED_INDEL = "array codes indels as D/I"
OTHER_STRAND = "alleles fit only the opposite strand"
OTHER_RSID = "the rsID at this position is another one"
DISAGREE = "probes of one position disagree"
NOT_PROVEN = "the position on GRCh37 is not proven and the file's rsID does not confirm it"
LONGER = "an array reads single bases only"
HALF = "half a genotype"
_COMPLEMENT = str.maketrans("ACGT", "TGCA")
_COLUMNS = {"23andMe": 4, "AncestryDNA": 5}
_BUILD_WORD = re.compile(r"build\s*(\d\d)", re.IGNORECASE)
_MANY_FLIPS = 3
_CONFIRMED = 3  # rsIDs at their place that show the build where the comments do not
_MOST_COMMENTS = 200


@dataclass(frozen=True, slots=True)
class _Probe:
    """One line: rsID ("" for the maker's own name) and letters: "", "A", "AG", "II", or "A?" for half a genotype."""

    rsid: str
    letters: str


@dataclass
class _Reading:
    """What the lines gave; `shifted` counts rsIDs that stand at their position of GRCh38 (`moved`)."""

    wanted: frozenset[tuple[str, int]]
    moved: frozenset[tuple[str, int]]
    probes: dict[tuple[str, int], list[_Probe]] = field(default_factory=lambda: defaultdict(list))
    comments: list[str] = field(default_factory=list)
    shifted: int = 0
    lines: int = 0


@dataclass
class _Filled:
    """`flips` sites fit the opposite strand only, `sound` sites show listed alleles."""

    reasons: dict[tuple[int, int], str] = field(default_factory=dict)
    unlisted: list[Unlisted] = field(default_factory=list)
    flips: int = 0
    sound: int = 0


def maker_of(start: bytes) -> str:
    """The array maker whose raw text begins like this, or ""."""
    comments = [line for line in start[: 64 * 1024].splitlines()[:200] if line.startswith(b"#") or line.lower().startswith(b"rsid")]
    for line in comments:
        for word, maker in MAKERS.items():
            if word in line:
                return maker
    names = [re.split(rb"[\t ]+", line.lower().lstrip(b"# ").strip()) for line in comments]
    if [b"rsid", b"chromosome", b"position", b"genotype"] in names:
        return "23andMe"
    return "AncestryDNA" if [b"rsid", b"chromosome", b"position", b"allele1", b"allele2"] in names else ""


def read_raw_text(path: Path, table: SiteTable, *, options: ReadOptions) -> Genotypes:
    """The genotypes that an array's raw text holds at the sites of `table`; one sample, never phased.

    Only sites of a single base are read, by position on GRCh37, checked with the rsID.  Codes for indels and alleles of the opposite
    strand become missing with a reason.

    Raises
    ------
    InputError : another content, a malformed line, another build than GRCh37, alleles of the opposite strand throughout, or absent
        sites declared as reference (an array lists what it tests, not what varies).
    """
    if options.absent_is_reference:
        raise refusal(path, "", "is an array file, which lists only what the array tests; absent sites cannot be taken as reference")
    if options.samples not in (None, (SAMPLE,)):
        raise refusal(path, "", f"holds one person without a name; ask for '{SAMPLE}' or for no sample")
    places = [p for i, site in enumerate(table.sites) if (p := place_of(site, i, BUILD)) is not None]
    with open_file(path) as handle:
        flow = Flow(path)
        chunks = pieces(handle, packing_of(handle, path), flow)
        maker, reading = _read(path, chunks, places, table)
    _check_build(path, reading, table, options)
    codes = np.full((len(table.sites), 1, 2), MISSING, dtype=np.int8)
    filled = _fill(codes, places, reading, table)
    flips = filled.flips
    if flips >= _MANY_FLIPS and flips * 10 > filled.sound:
        what = f"{flips} sites have alleles of the opposite strand; export the file on the forward (+) strand of {BUILD}"
        raise refusal(path, "strand", what)
    warnings = (f"{path.name}: {flips} sites show alleles of the opposite strand and were left out",) if flips else ()
    depth = np.zeros(len(table.sites), dtype=np.uint8)
    for place in places:
        depth[place.index] = min(255, len(reading.probes.get((place.chromosome, place.start), ())))
    return Genotypes(
        table=table,
        samples=(SAMPLE,),
        build=BUILD,
        codes=codes,
        phase=np.zeros((len(table.sites), 1), dtype=np.int32),
        copies=np.full((len(table.regions), 1), -1, dtype=np.int8),
        reasons=filled.reasons,
        unlisted=tuple(filled.unlisted),
        digest=flow.digest.hexdigest(),
        origin=maker,
        warnings=warnings,
        depth=depth,
    )


def _read(path: Path, chunks: Iterator[bytes], places: Sequence[Place], table: SiteTable) -> tuple[str, _Reading]:
    first = next(chunks, b"").removeprefix(b"\xef\xbb\xbf")
    maker = maker_of(first)
    if not maker:
        raise refusal(path, "start", "is no raw text of 23andMe or AncestryDNA")
    reading = _Reading(
        frozenset((p.chromosome, p.start) for p in places),
        frozenset((s.rsid, s.position) for s in table.sites if s.rsid and s.position != s.position37),
    )
    rest = b""
    for chunk in itertools.chain([first], chunks):
        if b"\0" in chunk:
            raise refusal(path, "", "holds NUL bytes: the file is damaged or not plain text; fetch it again")
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            _take(path, line, maker, reading)
        if len(rest) > limits.RAW_LINE:
            raise refusal(path, f"line {reading.lines + 1}", "is far too long for an array's raw text")
    if rest:
        _take(path, rest, maker, reading)
    return maker, reading


def _take(path: Path, line: bytes, maker: str, reading: _Reading) -> None:
    """Keep the line if it is a comment or stands at a wanted place."""
    reading.lines += 1
    text = line.decode("latin-1").rstrip("\r")
    if text.startswith("#") or not text or text.lower().startswith("rsid\t"):
        reading.comments += [text] if len(reading.comments) < _MOST_COMMENTS else []
        return
    fields = text.split("\t")
    if len(fields) != _COLUMNS[maker] or not fields[2].isdecimal() or len(text) > limits.RAW_LINE:
        what = f"is not {_COLUMNS[maker]} columns with a whole number as position; export the file again"
        raise refusal(path, f"line {reading.lines}", what)
    place = canonical(fields[1]), int(fields[2])
    reading.shifted += (fields[0], place[1]) in reading.moved
    if place not in reading.wanted:
        return
    letters = "".join(fields[3:]).upper().replace("-", "").replace("0", "?")
    letters = "" if not letters.strip("?") else letters
    if len(letters) > 2 or not set(letters) <= set("ACGTDI?") or (len(letters) == 1 and place[0] in AUTOSOMES):
        raise refusal(path, f"line {reading.lines}", "has a genotype that is no pair of A, C, G, T, D, I; export the file again")
    reading.probes[place].append(_Probe(fields[0] if fields[0].startswith("rs") else "", letters))


def _check_build(path: Path, reading: _Reading, table: SiteTable, options: ReadOptions) -> None:
    text = "\n".join(reading.comments)
    stated = {f"GRCh{number}" for number in _BUILD_WORD.findall(text)} | builds_in_words(text)
    if options.build not in (None, BUILD) or (stated and BUILD not in stated):
        raise refusal(path, "build", f"array files are read on {BUILD} only; export the file on that build")
    confirmed = sum(any(p.rsid == s.rsid for p in reading.probes.get(_place(s), ())) for s in table.sites if s.rsid)
    if reading.shifted > confirmed:
        raise refusal(path, "build", f"rsIDs stand at positions of another build than {BUILD}; export the file on that build")
    if not stated and options.build is None and confirmed < _CONFIRMED:
        raise refusal(path, "build", f"does not say which build it has; declare {BUILD} if the maker says so")


def _place(site: Site) -> tuple[str, int]:
    return canonical(site.chromosome), site.position37


def _fill(codes: NDArray[np.int8], places: Sequence[Place], reading: _Reading, table: SiteTable) -> _Filled:
    filled = _Filled()
    for place in places:
        probes = reading.probes.get((place.chromosome, place.start), [])
        reason, letters = _letters(place, table.sites[place.index].rsid, probes) if probes else ("", "")
        listed = set(letters) <= set(place.alleles)
        if letters and not listed and set(letters.translate(_COMPLEMENT)) <= set(place.alleles):
            reason, letters = OTHER_STRAND, ""
            filled.flips += 1
        if reason:
            filled.reasons[place.index, 0] = reason
        if letters:
            filled.sound += listed
            pair = [place.code(letter) for letter in letters]
            codes[place.index, 0] = pair if len(pair) == 2 else (pair[0], ABSENT_COPY)
            strange = dict.fromkeys(letter for letter in letters if place.code(letter) == UNLISTED)
            filled.unlisted += [Unlisted(place.index, 0, letter) for letter in strange]
    return filled


def _letters(place: Place, rsid: str, probes: Sequence[_Probe]) -> tuple[str, str]:
    """(reason, letters): the one genotype that all usable probes of a place agree on; both are empty for a plain no-call."""
    if place.is_indel or any(set(p.letters) & set("DI") for p in probes):
        return CODED_INDEL, ""
    if len(place.reference) > 1:
        return LONGER, ""
    if any(p.rsid and rsid.startswith("rs") and p.rsid != rsid for p in probes):
        return OTHER_RSID, ""
    if not place.proven and not (rsid and all(p.rsid == rsid for p in probes)):
        return NOT_PROVEN, ""
    called = {"".join(sorted(p.letters)) for p in probes if p.letters}
    if len(called) > 1:
        return DISAGREE, ""
    letters = next((p.letters for p in probes if p.letters), "")
    return (HALF, "") if "?" in letters else ("", letters)
