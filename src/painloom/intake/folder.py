"""A case folder -> Case: finds the parts, reads each, says what is there and not read."""

import datetime
import hashlib
from collections.abc import Iterator
from pathlib import Path

from painloom.errors import InputError
from painloom.intake.answers import read_answers
from painloom.intake.bids import read_brain_folder
from painloom.intake.history import read_history
from painloom.intake.outside import read_outside_calls
from painloom.intake.vcf import ReadOptions, read_genotypes
from painloom.intake.whatif import Shapes, changed_calls
from painloom.model.answers import Answers
from painloom.model.case import Case
from painloom.model.genotypes import SiteTable

GENOME_ENDINGS = (".vcf", ".vcf.gz", ".vcf.bgz", ".bcf")
CASE_FILE, OUTSIDE_FILE = "case.toml", "outside_calls.tsv"
INDEX_ENDINGS = (".tbi", ".csi")
ANSWERS = "answers"
UNDATED = "undated"
SHEET_ENDING = ".json"  # QuestionnaireResponses need the knowledge to be understood: whoever opens the case reads them
BRAIN = "brain"
NOT_READ = "not-read.tsv"
OWN_NOTES = (NOT_READ, "import.toml")  # what an import left beside the case for people to read


def read_case(folder: Path, table: SiteTable, options: ReadOptions, shapes: Shapes = lambda _: None) -> Case:
    """The case in `folder`: case.toml, one genome file, outside calls, answers/<instrument>_<date>.csv, names of the files below brain/.

    Parameters
    ----------
    shapes : instrument id -> what each item may hold, None for an instrument that the knowledge does not have.

    Raises
    ------
    InputError : no such folder, no case.toml, more than one genome file, or a part that its own reader refuses.
    """
    if not folder.is_dir():
        raise InputError(f"{folder.name}: no such case folder; it must hold {CASE_FILE}")
    history = read_history(folder / CASE_FILE, options.changes)
    genomes = sorted(p for p in folder.iterdir() if p.is_file() and p.name.endswith(GENOME_ENDINGS))
    if len(genomes) > 1:
        raise InputError(f"{folder.name}: holds {len(genomes)} genome files; keep the one that belongs to this case")
    genotypes = read_genotypes(genomes[0], table, options) if genomes else None
    if genotypes is not None and len(genotypes.samples) != 1:
        raise InputError(f"{genomes[0].name}: holds {len(genotypes.samples)} samples; a case is one person: keep that sample only")
    outside = folder / OUTSIDE_FILE
    calls = read_outside_calls(outside) if outside.exists() else {}
    calls = changed_calls(calls, options.changes)
    sheets, warnings = _answers(folder / ANSWERS, shapes)
    warnings += [
        f"what if: {path} is {value or 'not known'}; set for this run, not read from the files of the case"
        for path, value in options.changes
    ]
    used = [folder / CASE_FILE, *genomes, *([outside] if outside.exists() else [])]
    return Case(
        person=history.person,
        pain=history.pain,
        drugs=history.drugs,
        wishes=history.wishes,
        body=history.body,
        answers=tuple(sheets.values()),
        genotypes=genotypes,
        outside_calls=tuple(calls.items()),
        brain=read_brain_folder(folder / BRAIN) if (folder / BRAIN).is_dir() else None,
        imaging=history.imaging,
        files=(*((p.name, sha256(p)) for p in used), *((f"{ANSWERS}/{p.name}", sha256(p)) for p in sheets)),
        warnings=(*history.warnings, *warnings, *_left_by_import(folder), *_not_read(folder, set(used))),
    )


def _answers(folder: Path, shapes: Shapes) -> tuple[dict[Path, Answers], list[str]]:
    """Answer sheets in the order of their dates, and what of the folder was not read."""
    sheets: dict[Path, Answers] = {}
    warnings: list[str] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        instrument, _, rest = path.name.partition("_")
        date = rest.removesuffix(".csv").split("_")[0]  # a second sheet of one day ends in _2
        ranges = shapes(instrument) if path.suffix == ".csv" else None
        if path.name.startswith(".") or path.suffix == SHEET_ENDING:
            continue
        if ranges is None:
            why = "no instrument of that name is known" if path.suffix == ".csv" else "only <instrument>_<date>.csv and .json are read"
            warnings.append(f"{ANSWERS}/{path.name}: {why}; it was not used")
            continue
        if date not in ("", UNDATED) and not _is_date(date):
            raise InputError(f"{ANSWERS}/{path.name}: the name must be <instrument>_<YYYY-MM-DD>.csv, or <instrument>_{UNDATED}.csv")
        answers = read_answers(path, instrument, ranges, date="" if date == UNDATED else date)
        if len(answers.ids) != 1:
            raise InputError(f"{ANSWERS}/{path.name}: holds {len(answers.ids)} rows; a case is one person: keep one row a file")
        sheets[path] = answers
    return dict(sorted(sheets.items(), key=lambda item: (item[1].date, item[0].name))), warnings


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _not_read(folder: Path, used: set[Path]) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if (
            path in used
            or path.name in (ANSWERS, *OWN_NOTES)
            or (path.name == BRAIN and path.is_dir())
            or path.name.startswith(".")
            or path.name.endswith(INDEX_ENDINGS)
        ):
            continue
        yield f"{path.name}: not a part of a case that is known here; it was not used"


def _left_by_import(folder: Path) -> Iterator[str]:
    """How much of a record an import could not take over: what is not in the case may matter as much as what is."""
    path = folder / NOT_READ
    if path.is_file():
        with path.open("rb") as file:
            count = sum(bool(line.strip()) for line in file) - 1
        if count > 0:
            parts = "1 part" if count == 1 else f"{count:,} parts"
            yield f"{NOT_READ}: an import left {parts} of the record unread; the list names each with its reason: look through it"


def sha256(path: Path) -> str:
    """Digest of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
