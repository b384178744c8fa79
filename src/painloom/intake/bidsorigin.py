"""dataset_description.json -> which programs wrote a derivative tree; nothing else of it is kept."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

DESCRIPTION = "dataset_description.json"
MOST_BYTES = 1_000_000
MOST_ENTRIES = 20
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+()/-]{0,59}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,59}")


def read_generated_by(paths: Sequence[Path]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """((program, version) pairs, sorted and once each; warnings).

    Reads `GeneratedBy` and the older `PipelineDescription`.  Names and versions are kept only where they are short and plain: authors,
    paths and free text of the file never leave it.  A file that cannot be read is a warning, for nothing depends on it.
    """
    found: set[tuple[str, str]] = set()
    unread = 0
    for path in paths:
        try:
            if path.stat().st_size > MOST_BYTES:
                raise ValueError("too large")
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            unread += 1
            continue
        found |= set(_programs(record))
    warnings = (
        (f"{unread} of {len(paths)} {DESCRIPTION} could not be read; which program wrote those files is not known",) if unread else ()
    )
    return tuple(sorted(found)), warnings


def _programs(record: object) -> list[tuple[str, str]]:
    if not isinstance(record, dict):
        return []
    listed = record.get("GeneratedBy")
    entries = listed if isinstance(listed, list) else [listed, record.get("PipelineDescription")]
    return [pair for entry in entries[:MOST_ENTRIES] if isinstance(entry, dict) and (pair := _pair(entry)) is not None]


def _pair(entry: dict[str, object]) -> tuple[str, str] | None:
    name, version = entry.get("Name"), entry.get("Version", "")
    if not isinstance(name, str) or not _PLAIN.fullmatch(name):
        return None
    return name, version if isinstance(version, str) and _VERSION.fullmatch(version) else ""
