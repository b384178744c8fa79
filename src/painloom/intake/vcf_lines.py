"""VCF text in pieces -> the few lines that matter: every line's form is checked, only chosen ones go to the parser."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.intake import limits
from painloom.intake.contigs import canonical
from painloom.intake.limits import refusal
from painloom.intake.vcf_windows import Places, Windows

Bytes = NDArray[np.uint8]
_END = re.compile(rb"(?<=[\t;])END=(\d{1,10})")
_SYMBOLIC = re.compile(rb"\t<(?:DEL|DUP|CN)")
_LENGTH = re.compile(rb"(?:^|;)SVLEN=-?(\d{1,10})")
_LONG_ALLELE = 50  # bases from which a written-out deletion may change a copy number
_WIDE_LINE = 20_000  # bytes from which lines are looked at one by one: the tabs of all columns would need much memory
_PAD = 16


@dataclass
class LineScanner:
    """Takes pieces of text in order, gives the lines that overlap a window.

    `number` is the number of the last line seen, -1 where the pieces come from the middle of a file.
    """

    path: Path
    columns: int
    windows: Windows
    number: int = -1
    chromosomes: set[str] = field(default_factory=set)
    rest: bytes = b""
    unended: bool = False

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines of interest among those that the piece completes, without line break.

        Raises
        ------
        InputError : a line that no VCF may have; the text names its number.
        """
        if b"\0" in piece:
            raise self._wrong(self.rest + piece, b"\0", "holds NUL bytes: the file is damaged; fetch it again")
        data = self.rest + piece if self.rest else piece
        cut = data.rfind(b"\n") + 1
        self.rest = data[cut:]
        if len(self.rest) > limits.LINE:
            raise self._too_long(data[:cut].count(b"\n") + 1)
        return self._scan(data[:cut]) if cut else []

    def finish(self) -> list[bytes]:
        """The last line where it lacks its line break."""
        last, self.rest = self.rest, b""
        self.unended = bool(last)
        return self._scan(last + b"\n") if last else []

    def _scan(self, block: bytes) -> list[bytes]:
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
            if b"\r" in block:
                raise self._wrong(block, b"\r", "holds a carriage return in its middle; save the file with plain line breaks")
        array = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(array == 10)
        starts = np.concatenate([[0], ends[:-1] + 1])
        numbers = np.arange(1, len(starts) + 1)
        seen = len(starts)
        longest = int((ends - starts).argmax())
        if ends[longest] - starts[longest] > limits.LINE:
            raise self._too_long(longest + 1)
        if (ends == starts).any():  # empty lines carry nothing
            filled = ends > starts
            starts, ends, numbers = starts[filled], ends[filled], numbers[filled]
        lines = _Lines(block, array, starts, ends, numbers)
        chosen = self._choose(lines) if len(starts) else np.zeros(0, dtype=np.bool_)
        self.number += seen if self.number >= 0 else 0
        return [block[starts[i] : ends[i]] for i in np.flatnonzero(chosen)]

    def _choose(self, lines: "_Lines") -> NDArray[np.bool_]:
        tabs = self._tabs(lines)
        rank = self._ranks(lines, tabs[:, 0])
        start = self._positions(lines, tabs[:, 0], tabs[:, 1])
        turns = np.flatnonzero(np.diff(start, prepend=start[0] - 1, append=start[-1] + 1))
        runs = np.diff(turns)
        if len(runs) and int(runs.max()) > limits.REPEATED:
            at = int(turns[runs.argmax()])
            raise self._line_error(
                lines, at, f"and more than {limits.REPEATED} after it have one position; the file is damaged or an attack"
            )
        bases = tabs[:, 3] - tabs[:, 2] - 1
        stop = start + np.maximum(bases, 1) - 1
        _raise_to_end(lines, tabs, start, stop)
        chosen = self.windows.sites.meet(rank, start, stop)
        for i in np.flatnonzero(self.windows.regions.meet(rank, start, stop) & ~chosen):
            alternates = lines.block[tabs[i, 3] + 1 : tabs[i, 4]]
            chosen[i] = b"<D" in alternates or b"<CN" in alternates or bases[i] > _LONG_ALLELE
        return chosen

    def _tabs(self, lines: "_Lines") -> Places:
        """Offsets of the first nine tabs of every line, after a look at the number of columns of every line."""
        if len(lines.block) > _WIDE_LINE * len(lines.starts):
            stretches = list(zip(lines.starts.tolist(), lines.ends.tolist(), strict=True))
            tabs = np.array([_first_tabs(lines.block, start, end) for start, end in stretches], dtype=np.int64)
            counts = np.array([lines.block.count(b"\t", start, end) for start, end in stretches])
        else:
            every = np.flatnonzero(lines.array == 9)
            counts = np.diff(np.searchsorted(every, np.concatenate([lines.starts, [len(lines.block)]])))
            tabs = every
        wrong = np.flatnonzero(counts != self.columns - 1)
        if len(wrong):
            at = int(wrong[0])
            raise self._line_error(lines, at, _column_complaint(lines, at, int(counts[at]) + 1, self.columns))
        return tabs.reshape(len(lines.starts), -1)[:, :9]

    def _ranks(self, lines: "_Lines", tab: Places) -> Places:
        """Rank of each line's chromosome, -1 where no window lies on it; lines of one name stand together in honest files."""
        width = tab - lines.starts
        words = np.ndarray((len(lines.block) + 1,), dtype="<u8", buffer=lines.block + bytes(_PAD), strides=(1,))
        low = words[lines.starts] & _MASKS[np.minimum(width, 8)]
        high = words[np.minimum(lines.starts + 8, len(lines.block))] & _MASKS[np.clip(width - 8, 0, 8)]
        change = (np.diff(low) != 0) | (np.diff(high) != 0) | (np.diff(width) != 0)
        firsts = np.concatenate([[0], np.flatnonzero(change) + 1])
        ranks = []
        for at in firsts:
            name = lines.block[lines.starts[at] : tab[at]]
            if not name or name[:1] == b"#":
                raise self._line_error(lines, int(at), "has no chromosome (CHROM); mend the line or export the file again")
            known = canonical(name.decode("latin-1")) if width[at] <= _PAD else ""
            self.chromosomes.add(known)
            ranks.append(self.windows.ranks.get(known, -1))
        return np.repeat(np.array(ranks, dtype=np.int64), np.diff(np.concatenate([firsts, [len(tab)]])))

    def _positions(self, lines: "_Lines", left: Places, right: Places) -> Places:
        width = right - left - 1
        value = np.zeros(len(left), dtype=np.int64)
        bad = (width < 1) | (width > 10)
        for k in range(min(10, int(width.max()))):
            active = k < width
            digit = lines.array[np.minimum(left + 1 + k, len(lines.array) - 1)].astype(np.int64) - 48
            bad |= active & ((digit < 0) | (digit > 9))
            value = np.where(active, value * 10 + digit, value)
        bad |= value > limits.POSITION
        if bad.any():
            raise self._line_error(lines, int(bad.argmax()), "has a position (POS) that is no whole number; mend the line")
        return value

    def _line_error(self, lines: "_Lines", at: int, what: str) -> InputError:
        return refusal(self.path, self._place(int(lines.numbers[at])), what)

    def _wrong(self, data: bytes, mark: bytes, what: str) -> InputError:
        return refusal(self.path, self._place(data[: data.index(mark)].count(b"\n") + 1), what)

    def _too_long(self, line: int) -> InputError:
        most = limits.LINE // limits.MEBIBYTE
        return refusal(self.path, self._place(line), f"is longer than {most} MiB; the file is damaged or no VCF")

    def _place(self, line: int) -> str:
        return f"line {self.number + line}" if self.number >= 0 else "a line near the sites"


@dataclass(frozen=True, slots=True)
class _Lines:
    """A block of whole lines: text, the same as an array, where each line starts and ends, its number within the block."""

    block: bytes
    array: Bytes
    starts: Places
    ends: Places
    numbers: Places


_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(9)], dtype=np.uint64)


def _first_tabs(block: bytes, start: int, end: int) -> list[int]:
    found, at = [], start - 1
    for _ in range(9):
        at = block.find(b"\t", at + 1, end)
        found.append(at)
    return found


def _column_complaint(lines: _Lines, at: int, found: int, wanted: int) -> str:
    if lines.block[lines.starts[at] : lines.starts[at] + 1] == b"#":
        return "is a header line among the records; files cannot be pasted together: merge them with a VCF tool"
    return f"has {found} columns where the header has {wanted}; the file was cut short or edited: fetch it again"


def _raise_to_end(lines: _Lines, tabs: Places, start: Places, stop: Places) -> None:
    """Let `stop` reach INFO/END (reference blocks, symbolic alleles), or the length of a symbolic allele without END."""
    count = lines.block.count(b"END=")
    at = tabs[:, 6] + 1
    leading = np.flatnonzero(_starts_with_end(lines.array, at)) if count else np.zeros(0, dtype=np.intp)
    if len(leading):  # as reference blocks are written: nothing else in INFO, or END first
        value = _number_at(lines.array, at[leading] + 4)
        stop[leading] = np.maximum(stop[leading], np.minimum(value, limits.POSITION))
    if count != len(leading):
        hits = [(m.start(), int(m[1])) for m in _END.finditer(lines.block)]
        offset, value = np.array(hits or [(0, 0)], dtype=np.int64).T
        line = np.searchsorted(lines.starts, offset, side="right") - 1
        within = (offset > tabs[line, 6]) & (offset < tabs[line, 7]) & (value <= limits.POSITION)
        np.maximum.at(stop, line[within], value[within])
    if b"\t<D" in lines.block or b"\t<CN" in lines.block:
        for hit in _SYMBOLIC.finditer(lines.block):
            line = int(np.searchsorted(lines.starts, hit.start(), side="right")) - 1
            length = _LENGTH.search(lines.block[tabs[line, 6] + 1 : tabs[line, 7]])
            if hit.start() == tabs[line, 3] and length:
                stop[line] = max(stop[line], min(start[line] + int(length[1]), limits.POSITION))


def _starts_with_end(array: Bytes, at: Places) -> NDArray[np.bool_]:
    found = np.ones(len(at), dtype=np.bool_)
    for k, letter in enumerate(b"END="):
        found &= array[np.minimum(at + k, len(array) - 1)] == letter
    return found


def _number_at(array: Bytes, at: Places) -> Places:
    """The whole number of at most ten digits that begins at each offset, 0 where there is none."""
    value, running = np.zeros(len(at), dtype=np.int64), np.ones(len(at), dtype=np.bool_)
    for k in range(10):
        digit = array[np.minimum(at + k, len(array) - 1)].astype(np.int64) - 48
        running &= (digit >= 0) & (digit <= 9)
        value = np.where(running, value * 10 + digit, value)
    return value
