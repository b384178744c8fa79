"""Files of neuronavigators: targets out, and every format back in."""

from collections.abc import Callable, Sequence

from painloom.brain.navigators.brainsight import BrainsightFile, read_brainsight, write_brainsight
from painloom.brain.navigators.localite import LocaliteFile, read_localite, write_localite
from painloom.brain.navigators.slicer import read_slicer, write_fcsv, write_slicer
from painloom.model.target import Pose

__all__ = [
    "FORMATS",
    "BrainsightFile",
    "LocaliteFile",
    "read_brainsight",
    "read_localite",
    "read_slicer",
    "write_brainsight",
    "write_fcsv",
    "write_localite",
    "write_slicer",
]

Writer = Callable[[Sequence[Pose], str], str]
FORMATS: dict[str, tuple[Writer, str]] = {
    "brainsight": (write_brainsight, ".txt"),
    "localite": (write_localite, ".xml"),
    "slicer": (write_slicer, ".mrk.json"),
    "slicer-fcsv": (write_fcsv, ".fcsv"),
}
