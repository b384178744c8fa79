"""Reading the two file forms of cards: TOML and TSV."""

import csv
import math
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from painloom.errors import KnowledgeError

Scalar: TypeAlias = str | int | float | bool
Toml: TypeAlias = "dict[str, Toml] | list[Toml] | Scalar"
Record: TypeAlias = "dict[str, Toml]"


def read_toml(path: Path) -> Record:
    """The card as nested dictionaries; KnowledgeError names file and line when it does not parse."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (ValueError, RecursionError) as wrong:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise KnowledgeError(f"{path.name}: not valid TOML: {wrong}") from wrong


def read_tsv(path: Path, needs: Sequence[str] = ()) -> Iterator[dict[str, str]]:
    """One dictionary a line; "." (absent) becomes "".

    A table that is not there, lacks a column of `needs`, or has a line with another number of columns is an error.
    """
    if not path.is_file():
        raise KnowledgeError(f"{path.name}: the table is missing; a card needs its tables beside it")
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = next(rows, [])
        lost = [name for name in needs if name not in header]
        if lost:
            raise KnowledgeError(f"{path.name}: column '{lost[0]}' is missing")
        for number, row in enumerate(rows, start=2):
            if len(row) != len(header):
                raise KnowledgeError(f"{path.name} line {number}: {len(row)} columns, the header has {len(header)}")
            yield {name: "" if cell == "." else cell for name, cell in zip(header, row, strict=True)}


class Fields:
    """Typed access to one TOML table; every refusal names the card and the field."""

    def __init__(self, record: Record, where: str):
        """`where` is what an error message starts with, usually the file's name."""
        self.record, self.where = record, where

    def _get(self, name: str, kind: type | tuple[type, ...], default: "Toml | None") -> "Toml":
        value = self.record.get(name, default)
        if value is None:
            raise KnowledgeError(f"{self.where}: field '{name}' is missing")
        if not isinstance(value, kind):
            raise KnowledgeError(f"{self.where}: field '{name}' is of another type than the schema says")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """A string; without a default the field is required."""
        value = self._get(name, str, default)
        assert isinstance(value, str)
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """An integer or real number; never one that is not a number or without end."""
        value = self._get(name, (int, float), default)
        assert isinstance(value, int | float)
        if not math.isfinite(value):
            raise KnowledgeError(f"{self.where}: field '{name}' is no finite number")
        return float(value)

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        return int(self.number(name, default))

    def flag(self, name: str, default: bool = False) -> bool:
        """A truth value."""
        value = self._get(name, bool, default)
        assert isinstance(value, bool)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; absent = empty."""
        value = self._get(name, list, [])
        assert isinstance(value, list)
        return tuple(str(item) for item in value)

    def numbers(self, name: str) -> tuple[float, ...]:
        """A list of numbers; absent = empty."""
        value = self._get(name, list, [])
        assert isinstance(value, list)
        if not all(isinstance(item, int | float) for item in value):
            raise KnowledgeError(f"{self.where}: field '{name}' holds something that is no number")
        return tuple(float(item) for item in value if isinstance(item, int | float))

    def lists(self, name: str) -> "tuple[tuple[Toml, ...], ...]":
        """A list of lists."""
        value = self._get(name, list, [])
        assert isinstance(value, list)
        return tuple(tuple(item) for item in value if isinstance(item, list))

    def children(self, name: str) -> tuple["Fields", ...]:
        """An array of tables; absent = empty."""
        value = self._get(name, list, [])
        assert isinstance(value, list)
        return tuple(Fields(item, f"{self.where} [{name}]") for item in value if isinstance(item, dict))

    def child(self, name: str) -> "Fields | None":
        """A table, or None when the card has none."""
        value = self.record.get(name)
        return Fields(value, f"{self.where} [{name}]") if isinstance(value, dict) else None

    def mapping(self, name: str) -> dict[str, str]:
        """A table of strings; absent = empty."""
        value = self.record.get(name, {})
        return {k: str(v) for k, v in value.items()} if isinstance(value, dict) else {}
