"""Activity scores: sums of allele values, written as the guideline tables write them."""

from dataclasses import dataclass

ZERO_BAND = 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """An activity score; `open_end` means "this or more" (three or more copies of an allele)."""

    value: float
    open_end: bool = False

    def __add__(self, other: "Score") -> "Score":
        """The sum; open-ended when either part is."""
        return Score(self.value + other.value, self.open_end or other.open_end)

    def times(self, multiplier: float) -> "Score":
        """The score under an inhibitor; a complete block (0) closes an open end."""
        return Score(self.value * multiplier, self.open_end and multiplier > 0)

    def __str__(self) -> str:
        """`1.25`, `2.0`, `≥3.0`: at least one decimal, no padding beyond that."""
        text = f"{self.value:.4f}".rstrip("0")
        return ("≥" if self.open_end else "") + (text + "0" if text.endswith(".") else text)


def parse_score(text: str) -> Score | None:
    """`0.25`, `≥3.0`, `>=3.0` -> Score; None for "", "n/a" and other words."""
    number = text.strip().removeprefix("≥").removeprefix(">=")
    try:
        return Score(float(number), open_end=text.strip().startswith(("≥", ">=")))
    except ValueError:
        return None


Bands = tuple[tuple[float, float, str], ...]


def band_term(score: Score, bands: Bands) -> str:
    """The phenotype term of a score that comes from a table; "" where no band holds it (the body leaves that value open)."""
    return next((term for low, high, term in bands if low <= score.value <= high), "")


def scaled_term(score: Score, bands: Bands) -> str:
    """The phenotype term of a score that an inhibitor has scaled, which may lie between two bands.

    It belongs to the lower band then, except that anything above zero has left the zero band: 0 < score is some activity.
    """
    ordered = sorted(bands)
    reached = [i for i, (low, _, _) in enumerate(ordered) if low <= score.value]
    if not reached:
        return ""
    at = reached[-1]
    if ordered[at][1] == ZERO_BAND < score.value and at + 1 < len(ordered):
        at += 1
    return ordered[at][2]
