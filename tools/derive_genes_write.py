"""Writing cards: TOML in a fixed order, tab-separated tables with `.` for an absent value."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ABSENT = "."


def toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "inf" if math.isinf(value) else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    raise TypeError(type(value))


def toml_line(key: str, value: Any) -> str:
    """`key = value`; lists of texts get a line each, as people review them one by one."""
    long = isinstance(value, (list, tuple)) and any(isinstance(v, str) and len(v) > 40 for v in value)
    if long or (key == "bands" and len(value) > 1):
        return f"{key} = [\n" + "".join(f"  {toml_value(v)},\n" for v in value) + "]"
    return f"{key} = {toml_value(value)}"


def toml_text(card: Mapping[str, Any]) -> str:
    """Values first, then `[table]` for a mapping and `[[table]]` for a list of mappings."""
    lines, tables = [], []
    for key, value in card.items():
        if isinstance(value, Mapping):
            tables.append((f"[{key}]", value))
        elif isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value):
            tables += [(f"[[{key}]]", v) for v in value]
        else:
            lines.append(toml_line(key, value))
    for head, table in tables:
        lines += ["", head, *(toml_line(k, v) for k, v in table.items())]
    return "\n".join(lines) + "\n"


def sources_text(sources: Mapping[str, Mapping[str, str]]) -> str:
    blocks = []
    for name, entry in sources.items():
        head = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)
        blocks.append("\n".join([f"[{head}]", *(toml_line(k, v) for k, v in entry.items())]))
    return "\n\n".join(blocks) + "\n"


def table_text(header: str, rows: Iterable[Iterable[object]]) -> str:
    lines = ["\t".join(header.split())]
    for row in rows:
        cells = [str(c) if c != "" else ABSENT for c in row]
        if len(cells) != len(header.split()) or any("\t" in c or "\n" in c for c in cells):
            raise ValueError(f"bad row {cells}")
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts *9 before *10."""
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in re.split(r"(\d+)", name) if p)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in sorted(files.items()):
        (folder / name).write_text(text, encoding="utf-8")
