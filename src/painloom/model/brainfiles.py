"""What a brain folder holds, by BIDS-derivatives names; nothing is opened yet."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BrainFile:
    """One file below the brain folder.

    `place` is its path below that folder; `entities` are BIDS (key, value) pairs in the order written; `suffix` such as "bold", "T1w",
    "timeseries", "stats"; `ending` such as ".nii.gz"; `space` and `resolution` "" when the name does not say.
    """

    path: Path
    place: str
    entities: tuple[tuple[str, str], ...]
    suffix: str
    ending: str
    space: str = ""
    resolution: str = ""

    def entity(self, key: str) -> str:
        """The value of one entity, "" when the name does not hold it."""
        return dict(self.entities).get(key, "")


@dataclass(frozen=True, slots=True)
class BrainFiles:
    """Everything readable below a brain folder, sorted by place; `generated_by` are (program, version) pairs of the derivative trees."""

    root: Path
    files: tuple[BrainFile, ...]
    generated_by: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
