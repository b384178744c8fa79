"""Answer tables -> Answers: many people and one instrument, a line a person; every cell is checked before anything is scored."""

import csv
import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError
from painloom.model.answers import UNANSWERED, Answers, ItemRange

MOST_BYTES = 2_000_000_000
LONGEST_ID = 200
LONGEST_LINE = 100_000
PIECE = 500_000
KEPT_BLOCK = 32_000_000
COMMA, NEWLINE, ZERO = 44, 10, 48
WIDEST = 3
PRINTABLE = 32  # bytes below it are control characters
WRONG = -8888
Bytes = npt.NDArray[np.uint8]


def read_answers(path: Path, instrument: str, ranges: Sequence[ItemRange], *, date: str = "") -> Answers:
    """The whole table of `answer_pieces` as one noun."""
    pieces = list(answer_pieces(path, instrument, ranges, date=date))
    if len(pieces) == 1:
        return pieces[0]
    columns = np.concatenate([p.values.T for p in pieces], axis=1) if pieces else np.zeros((len(ranges), 0), np.int16)
    names = np.concatenate([np.asarray(p.ids) for p in pieces]) if pieces else np.zeros(0, "S1")
    return Answers(instrument, names, tuple(r.id for r in ranges), columns.T, date, path.name)


def answer_pieces(path: Path, instrument: str, ranges: Sequence[ItemRange], *, date: str = "") -> Iterator[Answers]:
    """The answers in `path`, some thousand people at a time: CSV with the columns `id` and the item ids, in any order.

    Parameters
    ----------
    ranges : the allowed answers of every item, in the order in which `values` shall hold them.

    Raises
    ------
    InputError : not a table of this instrument, or an answer that is no whole number in its range.  The message names line, item and
    both bounds, never the answer.  A caller that must not show half a result keeps the pieces until the last one has come.
    """
    np.empty(KEPT_BLOCK, np.uint8)  # freed at once: the C library then keeps blocks up to this size instead of returning each to the kernel
    data = _bytes(path)
    where, items = path.name, tuple(r.id for r in ranges)
    start = data.find(b"\n") + 1
    order = _order(data[:start], ranges, where)
    if b'"' in data:  # a quoted cell may hold a comma or a line break
        names, values = _slow(data[start:], order, ranges, where, 2)
        yield Answers(instrument, names, items, values.T, date, where)
        return
    whole = np.frombuffer(data, np.uint8)
    while start < len(data):
        end = _end_of_piece(data, start)
        one = _fast(whole[start:end], order, ranges)
        if one is None:
            one = _slow(data[start:end], order, ranges, where, data.count(b"\n", 0, start) + 1)
        yield Answers(instrument, one[0], items, one[1].T, date, where)
        start = end


def _end_of_piece(data: bytes, start: int) -> int:
    """Where a piece of whole lines that begins at `start` ends."""
    if len(data) - start <= PIECE:
        return len(data)
    end = data.rfind(b"\n", start, start + PIECE) + 1
    return end if end > start else data.find(b"\n", start) + 1


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise InputError(f"{path.name}: not found as a file; give a CSV with the columns id and the item numbers")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name}: larger than {MOST_BYTES} bytes; split it")
        data = path.read_bytes()
    except OSError as wrong:
        raise InputError(f"{path.name}: cannot be read: {wrong.strerror}") from None
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\0" in data:
        raise InputError(f"{path.name}: holds NUL bytes; it is no CSV text (save it as UTF-8 CSV)")
    if data and not data.endswith(b"\n"):
        data += b"\n"
    return data


def _order(header: bytes, ranges: Sequence[ItemRange], where: str) -> tuple[int, ...]:
    """Column of the id, then of each item."""
    try:
        names = [name.strip() for name in next(csv.reader([header.decode("utf-8")], strict=True), [])]
    except (UnicodeDecodeError, csv.Error):
        raise InputError(f"{where} line 1: not UTF-8 CSV; save it again as UTF-8") from None
    first, last = ranges[0].id, ranges[-1].id
    wanted = {r.id for r in ranges}
    for n, name in enumerate(names, 1):
        if name != "id" and name not in wanted:
            raise InputError(f"{where} line 1, column {n}: is neither 'id' nor an item {first} to {last}; the header names the columns")
    if len(set(names)) != len(names):
        raise InputError(f"{where} line 1: a column stands twice")
    for name in ("id", *(r.id for r in ranges)):
        if name not in names:
            raise InputError(
                f"{where} line 1: column '{name}' is missing; this instrument has 'id' and items {first} to {last} "
                "(leave cells empty that were not answered)"
            )
    return tuple(names.index(name) for name in ("id", *(r.id for r in ranges)))


def _fast(
    buffer: Bytes, order: tuple[int, ...], ranges: Sequence[ItemRange]
) -> tuple[npt.NDArray[np.bytes_], npt.NDArray[np.int16]] | None:
    """The piece by array operations, or None where a cell is unusual or wrong: then the slow reader decides and says why."""
    ends = np.flatnonzero((buffer == COMMA) | (buffer == NEWLINE))
    width = len(order)
    if len(ends) % width or not (buffer[ends[width - 1 :: width]] == NEWLINE).all() or buffer.max() > 127:
        return None
    if (buffer[ends] == NEWLINE).sum() != len(ends) // width:
        return None
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    first: npt.NDArray[Any] = starts.reshape(-1, width)
    past: npt.NDArray[Any] = ends.reshape(-1, width)
    names = _names(buffer, first[:, order[0]], past[:, order[0]])
    if names is None:
        return None
    lengths = past - first
    values = np.empty((len(ranges), len(first)), np.int16)
    for place, limits in enumerate(ranges):
        start, long = first[:, order[place + 1]], lengths[:, order[place + 1]]
        found = _digits(buffer, start, limits) if int(long.max(initial=0)) <= 1 else _numbers(buffer, start, long, limits)
        if found is None:
            return None
        values[place] = found
    return names, values


def _digits(buffer: Bytes, start: npt.NDArray[np.intp], limits: ItemRange) -> npt.NDArray[np.int16] | None:
    """Cells of one digit or none: an empty cell starts at its own end, a comma or a line break."""
    found = _digit_table(limits)[buffer[start]]
    return None if (found == WRONG).any() else found


@lru_cache(maxsize=512)
def _digit_table(limits: ItemRange) -> npt.NDArray[np.int16]:
    table = np.full(256, WRONG, np.int16)
    table[[COMMA, NEWLINE]] = UNANSWERED
    for value in limits.allowed or range(max(limits.low, 0), min(limits.high, 9) + 1):
        if 0 <= value <= 9:
            table[ZERO + value] = value
    return table


def _names(buffer: Bytes, start: npt.NDArray[np.intp], end: npt.NDArray[np.intp]) -> npt.NDArray[np.bytes_] | None:
    lengths = end - start
    longest, shortest = int(lengths.max(initial=0)), int(lengths.min(initial=1))
    if not 0 < shortest <= longest <= LONGEST_ID or (buffer[start] <= PRINTABLE).any() or (buffer[end - 1] <= PRINTABLE).any():
        return None
    place: npt.NDArray[Any] = np.minimum(start.reshape(-1, 1) + np.arange(longest).reshape(1, -1), len(buffer) - 1)
    grid = buffer[place]
    inside = np.arange(longest).reshape(1, -1) < lengths.reshape(-1, 1)
    if (grid[inside] < PRINTABLE).any():
        return None
    if shortest < longest:
        grid[~inside] = 0
    return np.ascontiguousarray(grid).view(f"S{longest}").reshape(-1)


def _numbers(buffer: Bytes, start: npt.NDArray[np.intp], lengths: npt.NDArray[np.intp], limits: ItemRange) -> npt.NDArray[np.int16] | None:
    """Whole numbers of at most three digits in the item's range; UNANSWERED where empty; None where a cell is something else."""
    if int(lengths.max(initial=0)) > WIDEST:
        return None
    filled = lengths > 0
    found = np.zeros(len(start), np.int16)
    for place in range(WIDEST):
        longer = np.flatnonzero(lengths > place)
        digit = buffer[start[longer] + place].astype(np.int16) - ZERO
        if ((digit < 0) | (digit > 9)).any():
            return None
        found[longer] = found[longer] * 10 + digit
    inside = (found >= limits.low) & (found <= limits.high)
    if limits.allowed:
        inside &= np.isin(found, limits.allowed)
    if not (inside | ~filled).all():
        return None
    found[~filled] = UNANSWERED
    return found


def _slow(
    text: bytes, order: tuple[int, ...], ranges: Sequence[ItemRange], where: str, line: int
) -> tuple[npt.NDArray[np.bytes_], npt.NDArray[np.int16]]:
    """Any CSV, cell by cell, with the reason for a refusal."""
    try:
        rows = csv.reader(io.StringIO(text.decode("utf-8"), newline=""), strict=True)
    except UnicodeDecodeError:
        raise InputError(f"{where}: not UTF-8 text; save it again as UTF-8") from None
    ids: list[bytes] = []
    table: list[list[int]] = []
    try:
        for row in rows:
            number = line + rows.line_num - 1
            if not row:
                continue
            if len(row) != len(order):
                raise InputError(f"{where}: line {number} has {len(row)} columns, the header has {len(order)}")
            ids.append(_name(row[order[0]], where, number))
            table.append([_answer(row[order[i + 1]], r, where, number) for i, r in enumerate(ranges)])
    except csv.Error:
        raise InputError(f"{where}: line {line + rows.line_num - 1} is not valid CSV: check its quotation marks") from None
    values = np.array(table, np.int16).reshape(len(table), len(ranges))
    return np.array(ids or [b""], dtype=f"S{max(map(len, ids), default=1)}")[: len(ids)], values.T


def _name(cell: str, where: str, line: int) -> bytes:
    name = cell.strip().encode("utf-8")
    if not name or len(name) > LONGEST_ID or any(c < PRINTABLE for c in name):
        raise InputError(f"{where}: line {line}: the id must be 1 to {LONGEST_ID} bytes of text without line breaks or tabs")
    return name


def _answer(cell: str, limits: ItemRange, where: str, line: int) -> int:
    text = cell.strip()
    if not text:
        return UNANSWERED
    sign = -1 if text[0] == "-" else 1
    digits, _, rest = text.lstrip("+-").partition(".")
    whole = (
        digits.isascii()
        and digits.isdigit()
        and not rest.strip("0")
        and len(digits) <= WIDEST + 1
        and len(text) - len(text.lstrip("+-")) < 2
    )
    value = sign * int(digits) if whole else limits.high + 1
    if not limits.low <= value <= limits.high or (limits.allowed and value not in limits.allowed):
        bounds = " or ".join(map(str, limits.allowed)) if limits.allowed else f"{limits.low} to {limits.high}"
        raise InputError(
            f"{where}: line {line}, item {limits.id}: the answer is not one of the allowed whole numbers; "
            f"allowed {bounds}; leave it empty if it was not answered"
        )
    return value
