"""What stands beside a genotype: its quality, depth and filter, its phase block, its copy number."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from painloom.intake.options import ReadOptions

_TOP = 2**31 - 1
_NUMBERS_OF_OUR_OWN = 2**30  # phase sets named by position stay far below
_PASSED = ("", ".", "PASS")


class Values(Protocol):
    """FORMAT values by name, None where the record has no such field."""

    def format(self, name: str) -> NDArray[Any] | None:
        """(samples,) text or (samples, n) numbers."""

    def info(self, name: str) -> Any:
        """Value of an INFO field."""


def numbers(values: NDArray[Any]) -> NDArray[np.float64]:
    """(samples,) with NaN for whatever is no number."""
    if values.dtype.kind in "US":
        distinct, at = np.unique(values, return_inverse=True)
        return np.array([_number(str(t)) for t in distinct])[at]
    first = (values[:, 0] if values.ndim > 1 else values).astype(np.float64)
    return np.where(first < -(2**31) + 16, np.nan, first)  # htslib's smallest integers say "missing"


def _number(text: str) -> float:
    try:
        return float(text.partition(",")[0])
    except ValueError:
        return float("nan")


def blocks_of(phased: NDArray[np.bool_], values: Values, names: dict[str, int]) -> NDArray[np.int32]:
    """(samples,): 0 where not phased, 1 where phased without PS, else a number of its own for every PS.

    A PS that is a number above 1 stands for itself; `names` collects the numbers given to all others.
    """
    sets = values.format("PS") if phased.any() else None
    if sets is None:
        return np.broadcast_to(np.int32(phased.all()), phased.shape) if phased.all() == phased.any() else phased.astype(np.int32)
    if sets.dtype.kind not in "US":
        sets = np.nan_to_num(numbers(sets), nan=-1).astype(np.int64)
    distinct, at = np.unique(sets, return_inverse=True)
    block = np.array([_block("." if t == -1 else str(t), names) for t in distinct], dtype=np.int32)[at]
    return np.where(phased, block, 0).astype(np.int32)


def _block(text: str, names: dict[str, int]) -> int:
    if text in ("", "."):
        return 1
    if text.isascii() and text.isdecimal() and 1 < int(text) < _NUMBERS_OF_OUR_OWN:
        return int(text)
    return names.setdefault(text, _TOP - len(names))


def weak_genotypes(values: Values, options: ReadOptions, *, plain: bool) -> dict[int, str]:
    """Why the genotypes of some samples may not be used: filtered, low quality, low depth.  A value that is not given is no reason."""
    found: dict[int, str] = {}
    if not options.accept_filtered and (filters := values.format("FT")) is not None:
        failed = ~np.isin(filters, _PASSED)
        found.update((int(i), f"filter {str(filters[i])[:80]}") for i in np.flatnonzero(failed))
    for names, least in ((("GQ", "RGQ"), options.min_gq), (("MIN_DP", "DP") if plain else ("DP",), options.min_dp)):
        for name in names if least > 0 else ():  # each that is stated has to reach it
            if (stated := values.format(name)) is not None:
                given = numbers(stated)
                low = np.flatnonzero(given < least).tolist()
                found |= {i: f"{name} {given[i]:g} below {least}" for i in low if i not in found}
    return found


def copies_of(values: Values, samples: int) -> NDArray[np.float64] | None:
    """(samples,) copy numbers that a structural record states; INFO/CN can only speak for a single sample."""
    if (given := values.format("CN")) is not None:
        return numbers(given)
    stated = values.info("CN") if samples == 1 else None
    return None if stated is None else np.array([_number(str(stated[0] if isinstance(stated, tuple | list) else stated))])
