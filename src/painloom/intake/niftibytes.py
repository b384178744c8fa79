"""The bytes of an image file, plain or packed, in order and in bounded memory; what was cut short or damaged is refused."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import Any, cast

from painloom.intake.limits import MEBIBYTE, refusal

INFLATE: Any = zlib
DAMAGED: tuple[type[Exception], ...] = (EOFError, zlib.error)
with suppress(ImportError):  # ISA-L inflates in half the time; the core works without it
    from isal import isal_zlib

    INFLATE = isal_zlib
    DAMAGED = (*DAMAGED, cast("type[Exception]", isal_zlib.error))
PACKED = b"\x1f\x8b"
PIECE = 4 * MEBIBYTE
READ = 256 * 1024  # packed bytes read at a time
WITH_HEAD = 31  # a member with its head and checksum
EMPTY_MEMBERS = 1000  # in a row


def _member() -> Any:
    return INFLATE.decompressobj(WITH_HEAD)


@dataclass
class Bytes:
    """Bytes of one open file, read forwards.

    Members of a packed file are read one after the other and their checksums tested; what follows the last member is ignored.
    """

    file: FileIO
    is_packed: bool
    _member: Any = field(default_factory=_member, repr=False)
    _left: bytes = field(default=b"", repr=False)
    _is_over: bool = False
    _empty: int = 0

    def fill(self, buffer: memoryview) -> int:
        """Fill the buffer as far as the file goes: how many bytes were read; an error of DAMAGED where packed data are damaged."""
        at = 0
        while at < len(buffer):
            part = buffer[at : at + PIECE]
            found = self._inflate(part) if self.is_packed else self.file.readinto(part)
            if not found:
                break
            at += found
        return at

    def finish(self) -> None:
        """Read on to the checksum where only that is left: without it a changed bit of the last piece would go unseen."""
        if self.is_packed:
            self._inflate(memoryview(bytearray(1)))

    def _inflate(self, part: memoryview) -> int:
        """Write the next bytes: how many, at least one unless the packed data are at their end."""
        while not self._is_over:
            if self._member.eof:
                self._next()
                continue
            piece = self._member.unconsumed_tail or self._left or self.file.read(READ)
            self._left = b""
            out = self._member.decompress(piece, len(part))
            if out:
                self._empty = 0
                part[: len(out)] = out
                return len(out)
            if not piece and not self._member.eof:
                raise EOFError
        return 0

    def _next(self) -> None:
        rest = self._member.unused_data
        if len(rest) < len(PACKED):
            rest += self.file.read(READ) or b""
        self._empty += 1
        if not rest.startswith(PACKED):
            self._is_over = True  # padding or other trailing data
        elif self._empty > EMPTY_MEMBERS:
            raise EOFError
        else:
            self._member, self._left = _member(), rest


@contextmanager
def opened(path: Path, *, is_packed: bool) -> Iterator[Bytes]:
    """The file's bytes; damage and trouble of reading inside the block become one-line refusals."""
    try:
        with path.open("rb", buffering=0) as file:
            yield Bytes(file, is_packed)
    except DAMAGED:
        raise refusal(path, "", "the packed data are damaged or cut short; copy the file again") from None
    except OSError as wrong:
        raise refusal(path, "", f"cannot be read: {wrong.strerror or 'damaged'}") from None
