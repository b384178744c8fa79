"""Data folder -> Knowledge; cards are discovered by listing the folder, there is no register to edit."""

from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.digests import digest
from painloom.knowledge.shelf import DATA, Knowledge, fold
from painloom.version import KNOWLEDGE_RELEASE

__all__ = ["DATA", "KNOWLEDGE_RELEASE", "Knowledge", "digest", "fold", "load"]

CLINIC_ONLY = {"forms"}  # a clinic's own wording, never shipped
WITH_TABLES = (
    "genes",
    "guidance",
    "instruments",
    "equivalents",
    "banks",
    "bodymap",
    "markers",
    "panels",
    "norms",
    "imaging",
    "targets",
    "brainmap",
    "evidence",
    "conditions",
    "mechanisms",
    "prices",
    "wishes",
)


def load(overlay: Path | None = None) -> Knowledge:
    """The shipped cards with a clinic's own folder over them.

    Raises
    ------
    KnowledgeError : the folder does not exist, or holds a subfolder that is no kind of card (its cards would be ignored).
    """
    if overlay is not None:
        if not overlay.is_dir():
            raise KnowledgeError(f"{overlay.name}: no such folder of cards")
        kinds = sorted({p.name for p in DATA.iterdir() if p.is_dir()} | CLINIC_ONLY)
        for folder in sorted(p for p in overlay.iterdir() if p.is_dir() and not p.name.startswith(".")):
            if folder.name not in kinds:
                raise KnowledgeError(f"{overlay.name}: the subfolder '{folder.name}' is no kind of card; there are: {', '.join(kinds)}")
            alone = [p for p in sorted(folder.glob("*.tsv")) if folder.name in WITH_TABLES and not _card_of(p).is_file()]
            if alone:
                raise KnowledgeError(f"{folder.name}/{alone[0].name}: a table without its card; put {_card_of(alone[0]).name} beside it")
    return Knowledge(overlay=overlay)


def _card_of(table: Path) -> Path:
    return table.with_name(f"{table.name.split('.')[0]}.toml")
