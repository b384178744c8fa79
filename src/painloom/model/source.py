"""Where a statement comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """One entry of the source list: a paper, guideline, table or data set."""

    id: str
    title: str
    licence: str
    released: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """The birth certificate of a statement.

    `inputs` are (role, sha256) pairs of the files it was read from; `cards` are (card id, release) pairs of what judged it.
    """

    inputs: tuple[tuple[str, str], ...] = ()
    cards: tuple[tuple[str, str], ...] = ()
    rule: str = ""
    program: str = ""
