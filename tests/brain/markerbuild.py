"""Builders of the marker tests: synthetic people, series files, clinics' cards, small images."""

import struct
from pathlib import Path

import numpy as np

from painloom.brain.registry import marker_card
from painloom.intake.series import Series
from painloom.knowledge.load import load

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "brain"
MODEL = "rpn"


def card(id_=MODEL, overlay=None):
    """A marker card of the shipped knowledge, or of a clinic's."""
    return marker_card(load(overlay), id_)


def person(seed=1, volumes=200, id_="made"):
    """A synthetic series of the model's columns: slow waves that regions share, each in its own share."""
    rng = np.random.default_rng(seed)
    names = tuple(c.name for c in card().columns)
    shared = rng.standard_normal((volumes, 12))
    values = shared @ rng.standard_normal((12, len(names))) + rng.standard_normal((volumes, len(names)))
    return Series(id_, names, values)


def still(volumes=200):
    """Motion of a quiet person, in mm."""
    return np.full(volumes, 0.05)


def write_series(path, series):
    """The series as a tab separated file with every digit."""
    lines = ["\t".join(series.names), *("\t".join(map(repr, row)) for row in series.values.tolist())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_motion(path, motion):
    """A plain motion file."""
    path.write_text("".join(f"{value!r}\n" for value in np.asarray(motion).tolist()), encoding="utf-8")
    return path


def write_image(path, values, affine=None, descrip=b""):
    """A NIfTI-1 file of float32 values with an sform."""
    affine = np.diag([3.0, 3.0, 3.0, 1.0]) if affine is None else np.asarray(affine, float)
    values = np.asarray(values)
    head = bytearray(352)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, values.ndim, *values.shape, *([1] * (7 - values.ndim)))
    struct.pack_into("<2h", head, 70, 16, 32)
    sizes = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    struct.pack_into("<8f", head, 76, 1.0, *sizes, 1.0, 1.0, 1.0, 1.0)
    struct.pack_into("<3f", head, 108, 352.0, 1.0, 0.0)
    struct.pack_into("<2h", head, 252, 0, 2)
    struct.pack_into("<12f", head, 280, *affine[:3].ravel())
    head[148 : 148 + len(descrip)] = descrip
    head[344:348] = b"n+1\0"
    path.write_bytes(bytes(head) + values.astype("<f4").tobytes(order="F"))
    return path


MAP_CARD = """
schema = 1
release = "own 1"
id = "own-map"
licence = "own"
claim = "research"
sources = ["weir-2005"]
label = "own pattern"
kind = "map"
unit = "units of the contrast"
meaning = "m"
input = "a contrast"
space = "{space}"
population = "p"
use = ["u"]
never = ["n"]
site_offset = "offset words"
reliability_text = "repeat words"
open_questions = []
[gates]
coverage_percent = 80.0
[weights]
origin = "bring-your-own"
licence = "own"
score = "{score}"
{digest}
text = "t"
{more}
"""


def clinic(folder: Path, digest="", score="dot", space="MNI152", more=""):
    """A clinic's knowledge folder with one map card."""
    (folder / "markers").mkdir(parents=True)
    line = f'sha256 = "{digest}"' if digest else ""
    text = MAP_CARD.format(digest=line, score=score, space=space, more=more)
    (folder / "markers" / "own-map.toml").write_text(text, encoding="utf-8")
    return folder
