"""Chosen lines or BCF records -> Records, parsed by htslib (through cyvcf2), batch by batch."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.intake import limits
from painloom.intake.contigs import AUTOSOMES, canonical
from painloom.intake.limits import refusal
from painloom.intake.options import ReadOptions
from painloom.intake.vcf_frames import INTEGERS, format_types
from painloom.intake.vcf_quality import blocks_of, copies_of, weak_genotypes
from painloom.intake.vcf_text import checked_place, text_header

NOT_CALLED, NO_COPY = -1, -2  # in Record.alleles: `.` in a genotype; the absent second slot of a haploid genotype
_END_OF_GENOTYPE = -(2**31) + 1  # htslib's filler behind a genotype of fewer copies
PLAIN = frozenset(("<NON_REF>", "<*>", "<X>"))  # "any other allele": a record with nothing else is non-variant


@dataclass(frozen=True, slots=True)
class Record:
    """One parsed record.

    alleles : (samples, 2), allele numbers of the record, NOT_CALLED or NO_COPY.
    blocks  : (samples,), 0 = unphased, else the number of the phase block.
    end     : last base that the record speaks about, 1-based.
    filter  : names of filters that failed, "" = passed; `weak`: sample -> why its genotype may not be used.
    copies  : (samples,) FORMAT/CN or else INFO/CN, NaN = not given; None where no sample has any.
    """

    contig: str
    chromosome: str
    position: int
    identifier: str
    reference: str
    alternates: tuple[str, ...]
    end: int
    alleles: NDArray[np.int16]
    blocks: NDArray[np.int32]
    filter: str
    weak: dict[int, str]
    copies: NDArray[np.float64] | None
    has_genotypes: bool

    @property
    def is_plain(self) -> bool:
        """No alternate allele is named: a non-variant position or a reference block."""
        return PLAIN.issuperset(self.alternates)

    @property
    def is_block(self) -> bool:
        """A reference block: non-variant, and longer than the bases it writes out."""
        return self.is_plain and self.end >= self.position + len(self.reference)

    @property
    def stop(self) -> int:
        """Last base that REF writes out."""
        return self.position + len(self.reference) - 1

    @property
    def place(self) -> str:
        """Where the record stands, as the file writes it."""
        return f"{self.contig}:{self.position}"


@dataclass
class RecordParser:
    """Parses chosen lines of one file; `head` is the raw header of a BCF file, b"" for text."""

    path: Path
    options: ReadOptions
    samples: int
    keep: NDArray[np.intp] | None
    head: bytes = b""
    phase_names: dict[str, int] = field(default_factory=dict)
    count: int = 0
    at_position: Counter[str] = field(default_factory=Counter)

    def records(self, lines: Iterable[bytes]) -> Iterator[Record]:
        """The records, in order.

        Raises
        ------
        InputError : htslib cannot read a record, or a genotype is impossible.
        """
        batch: list[bytes] = []
        size = 0
        for line in lines:
            batch.append(line)
            size += len(line)
            if size >= limits.BATCH or len(batch) >= limits.BATCH_LINES:
                yield from self._parse(batch)
                batch, size = [], 0
        if batch:
            yield from self._parse(batch)

    def _parse(self, batch: list[bytes]) -> Iterator[Record]:
        self.count += len(batch)
        if self.count > limits.SELECTED:
            raise refusal(self.path, "", f"holds more than {limits.SELECTED} records at the sites; remove repeated records")
        places = [checked_place(line, self.path, binary=bool(self.head)) for line in batch]
        self.at_position.update(places)
        crowded = next((p for p in dict.fromkeys(places) if self.at_position[p] > limits.AT_ONE_POSITION), "")
        if crowded:
            raise refusal(self.path, crowded, f"more than {limits.AT_ONE_POSITION} records of one position; remove repeated records")
        with tempfile.TemporaryFile() as file:
            if self.head:
                file.write(self.head + b"".join(batch))
            else:
                file.write(text_header(batch, self.samples) + b"\n".join(batch) + b"\n")
            file.seek(0)
            yield from self._through_htslib(file.fileno(), batch, places)

    def _through_htslib(self, descriptor: int, batch: list[bytes], places: list[str]) -> Iterator[Record]:
        from cyvcf2 import VCF
        from cyvcf2.cyvcf2 import set_htslib_log_level

        set_htslib_log_level(0)  # refusals are our own one line
        read = 0
        reader = None
        try:
            wanted = None if self.keep is None or self.head else [f"s{i}" for i in self.keep]
            reader = VCF(os.dup(descriptor), samples=wanted)
            for variant in reader:
                yield self._record(variant, batch[read])
                read += 1
        except InputError:
            raise
        except Exception as error:  # cyvcf2 raises bare Exception for whatever htslib refuses
            where = places[min(read, len(places) - 1)]
            what = "a genotype (GT) or another field is malformed; mend the record or export the file again"
            raise refusal(self.path, where, what) from error
        finally:
            if reader is not None:
                reader.close()
        if read != len(batch):
            raise refusal(self.path, places[min(read, len(places) - 1)], "the record cannot be read; export the file again")

    def _record(self, variant: Any, raw: bytes) -> Record:
        fields = list(variant.FORMAT)
        has_genotypes = "GT" in fields
        if self.head and has_genotypes:
            types = format_types(raw)
            if len(types) != len(fields) or types[fields.index("GT")] not in INTEGERS:
                raise ValueError("impossible FORMAT")
        reference, alternates = str(variant.REF).upper(), tuple(a if a[:1] == "<" else a.upper() for a in variant.ALT)
        place = f"{variant.CHROM}:{variant.POS}"
        count = 1 + len(alternates)
        alleles, phased = self._genotypes(variant, place, count) if has_genotypes else self._nothing()
        plain = PLAIN.issuperset(alternates)
        symbolic = any(a[:1] == "<" for a in alternates)
        end = _end(variant, variant.POS + len(reference) - 1) if plain or symbolic else variant.POS + len(reference) - 1
        names = [n for n in (variant.FILTER or "").split(";") if n not in ("PASS", "", ".")]
        value = _Values(variant, fields, None if self.keep is None or not self.head else self.keep)
        return Record(
            contig=str(variant.CHROM),
            chromosome=canonical(str(variant.CHROM)),
            position=int(variant.POS),
            identifier=str(variant.ID or ""),
            reference=reference,
            alternates=alternates,
            end=end,
            alleles=alleles,
            blocks=blocks_of(phased & (alleles[:, 1] != NO_COPY), value, self.phase_names),
            filter="" if self.options.accept_filtered else ";".join(names)[:80],
            weak=weak_genotypes(value, self.options, plain=plain),
            copies=copies_of(value, self.samples) if symbolic else None,
            has_genotypes=has_genotypes,
        )

    def _genotypes(self, variant: Any, place: str, allowed: int) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
        raw = variant.format("GT", int)  # exact; cyvcf2's own genotype arrays are 16 bits wide and wrap around
        if raw is None:
            return self._nothing()
        if self.keep is not None and self.head:
            raw = raw[self.keep]
        alleles = np.where(raw == _END_OF_GENOTYPE, NO_COPY, (raw >> 1) - 1)
        phased = (raw[:, 1] & 1 == 1) if raw.shape[1] > 1 else np.zeros(len(raw), dtype=np.bool_)
        if alleles.max(initial=-1) >= allowed or (alleles < NO_COPY).any():
            found = int(alleles.max() if alleles.max() >= allowed else alleles.min())
            raise refusal(self.path, place, f"a genotype names allele {found} of a record with {allowed} alleles; mend the record")
        nothing = (alleles < 0).all(axis=1)
        if alleles.shape[1] > 2 and (alleles[~nothing, 2:] != NO_COPY).any():
            raise refusal(self.path, place, "a genotype has more than two alleles; export the file with diploid genotypes")
        if alleles.shape[1] == 1:
            alleles = np.column_stack([alleles, np.full(len(alleles), NO_COPY, dtype=alleles.dtype)])
        alleles = alleles[:, :2].astype(np.int16)
        alleles[nothing] = NOT_CALLED
        if canonical(str(variant.CHROM)) in AUTOSOMES and (alleles[:, 1] == NO_COPY).any():
            what = "a genotype has one allele only, which an autosome cannot have; export the file with diploid genotypes"
            raise refusal(self.path, place, what)
        return alleles, phased

    def _nothing(self) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
        count = len(self.keep) if self.keep is not None else self.samples
        return np.full((count, 2), NOT_CALLED, dtype=np.int16), np.zeros(count, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class _Values:
    """FORMAT and INFO values of one variant; a field that is absent gives None."""

    variant: Any
    fields: list[str]
    keep: NDArray[np.intp] | None

    def format(self, name: str) -> NDArray[Any] | None:
        """Values of the kept samples: (samples,) text or (samples, n) numbers."""
        if name not in self.fields:
            return None
        values = self.variant.format(name)
        return None if values is None else np.asarray(values)[self.keep] if self.keep is not None else np.asarray(values)

    def info(self, name: str) -> Any:
        """Value of an INFO field."""
        return self.variant.INFO.get(name)


def _end(variant: Any, least: int) -> int:
    """INFO/END, or where it is absent the length of a symbolic allele."""
    stated, length = variant.INFO.get("END"), variant.INFO.get("SVLEN")
    if isinstance(stated, int):
        return max(least, stated)
    first = str(length[0] if isinstance(length, tuple | list) else length).partition(",")[0].lstrip("-")
    return max(least, variant.POS + int(first)) if first.isdecimal() else least
