"""Nouns of an import: what was read, and what was left out and why."""

from dataclasses import dataclass

from painloom.model.case import Case


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A resource, or a part of one, that is not in the case.

    `place` is the path in the file (`entry[3].resource.note`), `why` our own words.  No value of the bundle stands in any field.
    """

    resource: str
    id: str
    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """One person read from a bundle.

    `left_out` is in the order of the file.  `counts` are (what, how many) pairs of what the case holds; `resources` counts the
    bundle's resources and `used` those of them from which something was read.  `notes` say what a reader must know of the whole import.
    """

    case: Case
    left_out: tuple[LeftOut, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    resources: int = 0
    used: int = 0
    notes: tuple[str, ...] = ()
    digest: str = ""
    as_of: str = ""
