"""What could not be judged on a drug list: every entry that is not understood stands in a row of its own, by name."""

from collections.abc import Iterable, Sequence

from painloom.body.doses import MISSING, NO_MASS, PART, UNCLEAR
from painloom.body.formulary import ANTAGONIST
from painloom.body.opioids import IMPLAUSIBLE, Total
from painloom.body.person import AGE, Known
from painloom.body.products import DISAGREE, Taken
from painloom.body.rules import Judged
from painloom.body.wording import joined, number
from painloom.model.case import DrugUse
from painloom.model.medication import SafetyRow

GATE, CAUTION, INFO = "gate", "caution", "info"
OWN = "painloom: what is not understood is named (docs/methods/opioid-total.md)"
CHECK = "check the entry"


def row(subject: str, message: str, *, severity: str = CAUTION, kind: str = GATE, drugs: tuple[str, ...] = ()) -> SafetyRow:
    """A row that this program itself answers for."""
    return SafetyRow(kind, subject, "", "", severity, message, OWN, drugs=drugs)


def gate_rows(taken: Sequence[Taken], total: Total, dosed: frozenset[str] = frozenset()) -> list[SafetyRow]:
    """Entries that are unknown, impossible, unconvertible or doubtful.

    An order that says no amount in mg (two puffs) warns for opioids and for the drugs in `dosed`, whose amount is judged; else it informs.
    """
    rows = [_unknown(t) for t in taken if not t.intake.drug]
    for counted in total.counted:
        if not counted.taken.intake.drug:
            continue
        if counted.gap:
            rows.append(_named(counted.taken, f"{counted.gap}: not in the opioid total; {CHECK}."))
        elif counted.equivalent is not None and counted.equivalent.high > IMPLAUSIBLE:
            high = number(counted.equivalent.high)
            rows.append(_named(counted.taken, f"{high} MME a day from one entry is hardly meant: {CHECK} and its unit."))
        if not counted.gap and counted.taken.amount.trouble in (UNCLEAR, MISSING):
            rows.append(_named(counted.taken, f"{counted.taken.intake.problem}: its amount was not checked; {CHECK}."))
    for t in taken:
        if t.intake.drug and not t.is_opioid and (t.amount.trouble == UNCLEAR or (t.amount.trouble == NO_MASS and t.intake.drug in dosed)):
            rows.append(_named(t, f"{t.intake.problem}: its amount was not checked; {CHECK}."))
        rows += [_named(t, f"{doubt}: counted, but {CHECK}.") for doubt in t.amount.doubts]
    return rows + _remarks(taken) + _merged(taken, dosed)


def _unknown(taken: Taken) -> SafetyRow:
    known = f" Its code says: {joined(sorted(taken.groups))}; rules for these were applied." if taken.groups else ""
    return _named(taken, f"is not known here: nothing about it was checked, and no total holds it.{known} {CHECK.capitalize()}.")


def _named(taken: Taken, text: str) -> SafetyRow:
    label = taken.intake.label or "an entry without a name"
    joint = " " if text.startswith("is ") else ": "
    return row(label, f"{label}{joint}{text}", drugs=(taken.key,))


def _remarks(taken: Sequence[Taken]) -> list[SafetyRow]:
    found: dict[tuple[int, str], list[str]] = {}
    for t in taken:
        for remark in t.remarks:
            found.setdefault((t.entry, remark), []).append(t.intake.label)
    return [
        row(joined(labels), f"{joined(labels)}: {remark}.", severity=CAUTION if remark == DISAGREE else INFO)
        for (_, remark), labels in found.items()
    ]


def _merged(taken: Sequence[Taken], dosed: frozenset[str]) -> list[SafetyRow]:
    """Drugs other than opioids whose amount is not given, or given in no mass: one row each way, all of them by name.

    An antagonist of opioids at hand for a rescue needs no times a day: it only informs.
    """
    rows = []
    others = [t for t in taken if t.intake.drug and not t.is_opioid and not t.bound]
    missing = [t for t in others if t.amount.trouble == MISSING]
    no_mass = [t for t in others if t.amount.trouble == PART or (t.amount.trouble == NO_MASS and t.intake.drug not in dosed)]
    for group, severity, why in (
        ([t for t in missing if ANTAGONIST not in t.groups], CAUTION, "dose or times a day are not given"),
        ([t for t in missing if ANTAGONIST in t.groups], INFO, "dose or times a day are not given"),
        (no_mass, INFO, "how much a day this is in mg is not known"),
    ):
        labels = [t.intake.label for t in group]
        if labels:
            rows.append(
                row(
                    " + ".join(dict.fromkeys(labels)),
                    f"{joined(labels)}: {why}; what depends on the amount was not checked.",
                    severity=severity,
                )
            )
    return rows


def not_counted(uses: Iterable[DrugUse], labels: Iterable[str]) -> list[SafetyRow]:
    """Entries that are stopped or only planned: named, not judged."""
    words = {"stopped": "stopped: not counted", "planned": "planned, not taken yet: not counted"}
    return [
        row(label, f"{label}: {words[use.state]}.", severity=INFO) for use, label in zip(uses, labels, strict=True) if use.state in words
    ]


def open_rows(judged: Judged, known: Known) -> list[SafetyRow]:
    """What rules needed and nobody measured, asked or wrote down; values that were refused."""
    rows = [row(label, f"{label}: {why}; not used.") for label, why in known.refused]
    for measure, labels in judged.unmeasured.items():
        label, drugs = known.label(measure), joined(sorted(set(labels)))
        if measure == AGE:
            rows.append(row("age", f"age not given: rules of age were not applied to {drugs}.", severity=INFO))
        else:
            rows.append(row(label, f"{label} not measured; it would matter for {drugs}.", severity=INFO, kind="organ-dose"))
    if judged.unasked:
        by_drugs: dict[str, list[str]] = {}
        for fact, labels in sorted(judged.unasked.items()):
            by_drugs.setdefault(joined(sorted(set(labels))), []).append(known.label(fact))
        asked = ". ".join(f"For {drugs}: {'; '.join(facts)}" for drugs, facts in sorted(by_drugs.items()))
        rows.append(row("not asked", f"Not asked, or not known. {asked}.", severity=INFO))
    if judged.amounts:
        drugs = joined(sorted(set(judged.amounts)))
        rows.append(row("amounts", f"A rule needs the amount a day, which is not known: {drugs}.", severity=INFO))
    return rows
