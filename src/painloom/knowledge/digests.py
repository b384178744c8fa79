"""One figure for a whole folder of cards."""

import hashlib
from collections.abc import Iterator
from pathlib import Path


def digest(folder: Path) -> str:
    """sha256 over names and contents of all card files below `folder`."""
    total = hashlib.sha256()
    for path in _card_files(folder):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _card_files(folder: Path) -> Iterator[Path]:
    return (p for p in sorted(folder.rglob("*")) if p.suffix in (".toml", ".tsv"))
