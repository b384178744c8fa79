"""How many of many z-scores chance alone would put beyond a limit, and which remain after correction for the number of looks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LIMIT, LEVEL = 1.96, 0.05


@dataclass(frozen=True, slots=True)
class Looks:
    """`observed` of `count` z-scores lie beyond +-`limit`, chance would give `expected`.

    `discovered` are the indexes kept at a false discovery rate of `level` (Benjamini-Hochberg), `strict` those kept by Bonferroni.
    """

    count: int
    observed: int
    expected: float
    limit: float
    level: float
    discovered: tuple[int, ...]
    strict: tuple[int, ...]


def two_sided(z: float) -> float:
    """Probability of a z at least as far from 0 under the standard normal distribution."""
    return math.erfc(abs(z) / math.sqrt(2))


def look(scores: Sequence[float], *, limit: float = LIMIT, level: float = LEVEL) -> Looks:
    """Counts and corrections over finite z-scores.

    Notes
    -----
    Benjamini-Hochberg holds for independent or positively dependent looks; brain regions are correlated, so read it as a guide.
    """
    chances = [two_sided(z) for z in scores]
    count = len(chances)
    order = sorted(range(count), key=lambda i: chances[i])
    most = max((rank for rank, i in enumerate(order, start=1) if chances[i] <= level * rank / count), default=0)
    return Looks(
        count=count,
        observed=sum(abs(z) > limit for z in scores),
        expected=count * two_sided(limit),
        limit=limit,
        level=level,
        discovered=tuple(sorted(order[:most])),
        strict=tuple(i for i, p in enumerate(chances) if p <= level / count),
    )


def verdict(looks: Looks) -> str:
    """One sentence for the reader."""
    if not looks.count:
        return "No region could be compared with the norm, so nothing can be said."
    kept, strict = len(looks.discovered), len(looks.strict)
    head = f"After correction for {looks.count} looks at level {looks.level:g}, "
    noun = {0: "no region remains", 1: "1 region remains"}.get(kept, f"{kept} regions remain")
    by_method = f" (Benjamini-Hochberg {kept}, Bonferroni {strict})"
    return head + noun + by_method + "; regions are correlated, so this is a guide, not a proof."
