"""Invented outlooks: predicted, borrowed, refused, not offered, to verify, nothing."""

from painloom.model.evidence import EvidenceRow
from painloom.model.outlook import Band, Outlook, OutlookView, PersonalShift, Refusal, UsedRow, Verdict

ROW = EvidenceRow(
    *("E1", "drug-a", "low-back", "pain-30", "RD", "0.12", "0.06", "0.18", "rd", 0.12, 0.03, 0.6, 0.48, "placebo"),
    *(True, False, "4 RCT n=1295", 2017, "moderate", "weeks", "verified", "prior", False, False, "some-source", ""),
)


def predicted(treatment: str = "drug-a", label: str = "Drug A", **changes: object) -> Outlook:
    values: dict[str, object] = {
        "outcome": "at least 30 % less pain",
        "horizon": "weeks",
        "comparator": "placebo",
        "family": "blind",
        "control": Band(0.48, 0.3, 0.66),
        "response": Band(0.62, 0.43, 0.79),
        "benefit": Band(0.14, 0.07, 0.19),
        "substantial": Band(0.41, 0.25, 0.6),
        "substantial_benefit": Band(0.12, 0.05, 0.18),
        "points": Band(0.9, 0.5, 1.3),
        "harm": Band(0.08, 0.01, 0.2),
        "grade": "moderate",
        "rows": (UsedRow(ROW, 1.0, "the treatment, this kind of pain"),),
        "p_best": 0.6,
    }
    return Outlook(treatment, label, "drug", "low-back", "Chronic low back pain", "predicted", **(values | changes))  # type: ignore[arg-type]


def view() -> OutlookView:
    """Every status once, borrowed lines that say the same, and a shift by the person."""
    place = ("drug", "low-back", "Chronic low back pain")
    refusal = Refusal("drug-r", "Drug R with a clearance below 30 mL/min: avoid.", "major", "organ-dose", "a label", "rules/x")
    outlooks = (
        predicted(shifts=(PersonalShift("M1", "a sign at the bedside", 0.3, "moderate", "some-source"),)),
        predicted("drug-b", "Drug B", is_borrowed=True, grade="low", response=Band(0.6, 0.4, 0.8)),
        predicted("drug-c", "Drug C", is_borrowed=True, grade="low", response=Band(0.6, 0.4, 0.8)),
        Outlook("drug-r", "Drug R", *place, "refused", refusals=(refusal,)),
        Outlook("drug-n", "Drug N", *place, "not-offered", notes=("no effect in this kind of pain",)),
        Outlook("drug-v", "Drug V", *place, "to-verify", notes=("no usable evidence",)),
        Outlook("drug-0", "Drug 0", *place, "no-evidence", notes=("no usable evidence",)),
    )
    text = "Chronic low back pain: the 80 % bands of 3 treatments overlap; painloom abstains."
    return OutlookView(outlooks, (Verdict("low-back", "blind", True, "", text),), ("the pain is younger than the evidence",))
