"""A case folder -> Case: finds the parts, reads each, says what is there and not read."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from painloom.errors import InputError
from painloom.intake.history import read_history
from painloom.intake.outside import read_outside_calls
from painloom.intake.vcf import ReadOptions, read_genotypes
from painloom.model.case import Case
from painloom.model.genotypes import SiteTable

GENOME_ENDINGS = (".vcf", ".vcf.gz", ".vcf.bgz", ".bcf")
CASE_FILE, OUTSIDE_FILE = "case.toml", "outside_calls.tsv"
INDEX_ENDINGS = (".tbi", ".csi")
LATER = ("answers", "brain")


def read_case(folder: Path, table: SiteTable, options: ReadOptions) -> Case:
    """The case in `folder` (CONTRACT section 6).

    Raises
    ------
    InputError : no such folder, no case.toml, more than one genome file, or a part that its own reader refuses.
    """
    if not folder.is_dir():
        raise InputError(f"{folder.name}: no such case folder; it must hold {CASE_FILE}")
    history = read_history(folder / CASE_FILE)
    genomes = sorted(p for p in folder.iterdir() if p.is_file() and p.name.endswith(GENOME_ENDINGS))
    if len(genomes) > 1:
        raise InputError(f"{folder.name}: holds {len(genomes)} genome files; keep the one that belongs to this case")
    genotypes = read_genotypes(genomes[0], table, options) if genomes else None
    if genotypes is not None and len(genotypes.samples) != 1:
        raise InputError(f"{genomes[0].name}: holds {len(genotypes.samples)} samples; a case is one person: keep that sample only")
    outside = folder / OUTSIDE_FILE
    calls = read_outside_calls(outside) if outside.exists() else {}
    used = [folder / CASE_FILE, *genomes, *([outside] if outside.exists() else [])]
    return Case(
        person=history.person,
        pain=history.pain,
        drugs=history.drugs,
        wishes=history.wishes,
        body=history.body,
        genotypes=genotypes,
        outside_calls=tuple(calls.items()),
        files=tuple((p.name, _sha256(p)) for p in used),
        warnings=(*history.warnings, *_not_read(folder, set(used))),
    )


def _not_read(folder: Path, used: set[Path]) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if path in used or path.name.startswith(".") or path.name.endswith(INDEX_ENDINGS):
            continue
        if path.name in LATER:
            yield f"{path.name}/: this release does not read it yet; nothing in it was used"
        else:
            yield f"{path.name}: not a part of a case that is known here; it was not used"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
