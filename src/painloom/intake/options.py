"""How a genome file is to be read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The user's and the cards' wishes; every field has the most cautious default.

    samples : names to keep, None = all; the order of the file is kept either way.
    absent_is_reference : the user declares that sites without a record are reference (a variants-only file).
    min_gq, min_dp : genotypes that state a lower quality or depth count as missing; 0 = no threshold.
    accept_filtered : use records and genotypes whose filter is not PASS.
    build : "GRCh38" or "GRCh37" as the user declares it, None = the file must say or show it.
    changes : what if: (path, value) pairs that change the case before anything judges it.
    """

    samples: tuple[str, ...] | None = None
    absent_is_reference: bool = False
    min_gq: int = 0
    min_dp: int = 0
    accept_filtered: bool = False
    build: str | None = None
    changes: tuple[tuple[str, str], ...] = ()
