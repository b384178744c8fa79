"""Left against right: the asymmetry index of paired regions."""

from collections.abc import Sequence

from painloom.model.brain import Asymmetry, NormRow

SIDES = (("left-", "right-"), ("lh-", "rh-"), ("wm-lh-", "wm-rh-"))


def pair_of(region: str) -> tuple[str, str] | None:
    """(name without its side, the other side's name) of a left region in any spelling; None for right and midline regions."""
    name = region.lower()
    for left, right in SIDES:
        if name.startswith(left):
            rest = name.removeprefix(left)
            return rest, right + rest
    return None


def index_percent(left: float, right: float) -> float | None:
    """100 (L - R) / ((L + R) / 2) in percent, -200..200; positive = the left is larger; None unless both are positive."""
    if not (left > 0 and right > 0):
        return None
    return 200.0 * (left - right) / (left + right)


def asymmetries(rows: Sequence[NormRow]) -> tuple[Asymmetry, ...]:
    """The index of every region that has both sides among `rows`, in their order; z difference only where both have a z."""
    by_name = {(row.region.lower(), row.measure): row for row in rows}
    found = []
    for row in rows:
        pair = pair_of(row.region)
        other = by_name.get((pair[1], row.measure)) if pair else None
        if pair is None or other is None or row.value is None or other.value is None:
            continue
        index = index_percent(row.value, other.value)
        if index is not None:
            z = row.z - other.z if row.z is not None and other.z is not None else None
            found.append(Asymmetry(pair[0], row.measure, index, z, row.label))
    return tuple(found)
