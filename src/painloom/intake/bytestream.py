"""A file's bytes in order: unpacked in bounded pieces, digested, and refused when cut short, damaged or a bomb."""

import hashlib
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from painloom.intake import limits
from painloom.intake.limits import refusal

BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_GZIP = b"\x1f\x8b"
_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\xfd7zXZ", "an XZ archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)


@dataclass
class Flow:
    """What has gone through so far; `ratio` is how far the file may inflate beyond the free amount, 0 = without bound."""

    path: Path
    ratio: int = limits.INFLATION
    packed: int = 0
    inflated: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def count(self, piece: bytes) -> None:
        """Add an inflated piece to the account.

        Raises
        ------
        InputError : the file inflates beyond every honest genome.
        """
        self.inflated += len(piece)
        if self.ratio and self.inflated > limits.FREE_INFLATION and self.inflated > self.ratio * self.packed:
            raise refusal(
                self.path,
                f"after {self.inflated // limits.MEBIBYTE} MiB",
                f"the file inflates more than {self.ratio}-fold, which no genome does; it was not read further",
            )


def open_file(path: Path) -> BinaryIO:
    """The file, open for reading.

    Raises
    ------
    InputError : it does not exist, is a folder or a device, may not be read, or is empty.
    """
    try:
        kind = path.stat()
        if stat.S_ISDIR(kind.st_mode):
            raise refusal(path, "", "is a folder; name the genome file itself")
        if not stat.S_ISREG(kind.st_mode):
            raise refusal(path, "", "is not an ordinary file; write the genome to a file first")
        if kind.st_size == 0:
            raise refusal(path, "", "is empty; fetch the file again")
        return path.open("rb")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise refusal(path, "", f"cannot be opened ({why}); check name and permissions") from None


def packing_of(handle: BinaryIO, path: Path) -> str:
    """ "bgzip", "gzip" or "plain"; the handle is back at the start.

    Raises
    ------
    InputError : another kind of archive, or a bgzip file without its end-of-file block (it was cut short).
    """
    handle.seek(0)
    head = handle.read(18)
    packing = "plain"
    if head.startswith(_GZIP):
        packing = "bgzip" if head[3:4] == b"\x04" and head[12:14] == b"BC" else "gzip"
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            raise refusal(path, "start", f"is {name}, not a genome file that is read here; unpack or convert it first")
    if packing == "bgzip":
        size = handle.seek(0, 2)
        handle.seek(max(0, size - len(BGZF_END)))
        if handle.read() != BGZF_END:
            raise refusal(path, "end", "the bgzip end-of-file block is missing: the file was cut short; fetch it again")
    handle.seek(0)
    return packing


def pieces(handle: BinaryIO, packing: str, flow: Flow) -> Iterator[bytes]:
    """Inflated pieces of at most some MiB each, in order; memory does not depend on the size of the file.

    Raises
    ------
    InputError : the packed data are damaged, cut short, followed by something else, or inflate beyond the bound.
    """
    if packing == "plain":
        while piece := handle.read(limits.BLOCK):
            flow.digest.update(piece)
            flow.packed += len(piece)
            flow.count(piece)
            yield piece
        return
    held: list[bytes] = []
    size, enough = 0, 1  # the first piece goes out at once: often only the header is wanted
    for piece in _inflate(handle, flow):
        flow.count(piece)
        held.append(piece)
        size += len(piece)
        if size >= enough:
            yield b"".join(held)
            held, size, enough = [], 0, limits.BLOCK
    if held:
        yield b"".join(held)


def _inflate(handle: BinaryIO, flow: Flow) -> Iterator[bytes]:
    engine = zlib.decompressobj(31)
    members, empty, inside, pending = 0, 0, False, b""
    while True:
        if not pending:
            pending = handle.read(limits.READ)
            flow.digest.update(pending)
            flow.packed += len(pending)
        at_end = not pending
        if at_end and not inside:
            return
        try:
            piece = engine.decompress(pending, limits.BLOCK)
        except zlib.error:
            damaged = inside or not members or pending.startswith(_GZIP)
            what = "the packed data are damaged" if damaged else "something follows the packed data"
            raise refusal(flow.path, f"after {flow.inflated} bytes of text", f"{what}; fetch the file again") from None
        inside, pending = not engine.eof, engine.unconsumed_tail
        if engine.eof:
            pending, members, engine = engine.unused_data, members + 1, zlib.decompressobj(31)
            empty += 1
            if empty > limits.EMPTY_MEMBERS:
                where = f"after {flow.inflated} bytes of text"
                raise refusal(flow.path, where, "thousands of empty blocks follow; fetch the file again")
        if piece:
            empty = 0
            yield piece
        elif at_end and inside:
            raise refusal(flow.path, "end", "the packed data stop in the middle: the file was cut short; fetch it again")
