"""NIfTI files made for a test: headers written field by field, so that they can be wrong in one place."""

import gzip
import struct

import numpy as np

TYPES = {"u1": 2, "i2": 4, "i4": 8, "f4": 16, "f8": 64, "i1": 256, "u2": 512, "u4": 768, "i8": 1024, "u8": 1280}
AFFINE = np.array([[-3.0, 0, 0, 30], [0, 3, 0, -40], [0, 0, 3, -20], [0, 0, 0, 1]])


def header(
    shape, kind="<i2", affine=AFFINE, *, version=1, tr=2.0, slope=1.0, inter=0.0, offset=None, dims=None, code=None, sform=1, qform=0
):
    """The bytes before the data of a file."""
    order = "<" if kind[0] in "<|" else ">"
    number, sform, qform = len(shape), 1, 0
    sides = list(shape) + [1] * (7 - len(shape))
    code = TYPES[kind[1:]]
    size, rows = np.dtype(kind).itemsize * 8, np.asarray(affine, float)[:3].ravel()
    if version == 1:
        head = bytearray(348)
        start = 352 if offset is None else offset
        struct.pack_into(order + "i", head, 0, 348)
        struct.pack_into(order + "8h", head, 40, number, *sides)
        struct.pack_into(order + "2h", head, 70, code, size)
        struct.pack_into(order + "8f", head, 76, 1.0, 3, 3, 3, tr, 1, 1, 1)
        struct.pack_into(order + "3f", head, 108, start, slope, inter)
        head[123] = 10
        struct.pack_into(order + "2h", head, 252, qform, sform)
        struct.pack_into(order + "12f", head, 280, *rows)
        head[344:348] = b"n+1\0"
        return bytes(head) + b"\0" * 4
    head = bytearray(540)
    start = 544 if offset is None else offset
    struct.pack_into(order + "i", head, 0, 540)
    head[4:12] = b"n+2\0\r\n\x1a\n"
    struct.pack_into(order + "2h", head, 12, code, size)
    struct.pack_into(order + "8q", head, 16, number, *sides)
    struct.pack_into(order + "8d", head, 104, 1.0, 3, 3, 3, tr, 1, 1, 1)
    struct.pack_into(order + "q", head, 168, start)
    struct.pack_into(order + "2d", head, 176, slope, inter)
    struct.pack_into(order + "2i", head, 344, qform, sform)
    struct.pack_into(order + "12d", head, 400, *rows)
    struct.pack_into(order + "i", head, 500, 10)
    return bytes(head) + b"\0" * 4


def image(path, data, kind="<i2", **more):
    """Write `data` (x, y, z[, volumes]); packed where the name ends in .gz."""
    body = np.asarray(data).astype(kind).tobytes(order="F")
    whole = header(np.shape(data), kind, **more) + body
    path.write_bytes(gzip.compress(whole, mtime=0) if path.suffix == ".gz" else whole)
    return path


def labels(path, grid, **more):
    """Write a label image."""
    return image(path, grid, "<i2", **more)
