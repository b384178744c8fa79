"""A drug list, judged: what is not understood, the opioid total, and every safety rule; the same list gives the same rows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from painloom.body.formulary import Formulary
from painloom.body.gates import INFO, OWN, gate_rows, not_counted, open_rows
from painloom.body.matching import DrugsTaken
from painloom.body.opioids import GUIDEPOST, UNIT, Total, add_up, average, total_message
from painloom.body.person import TOTAL as MME
from painloom.body.person import Known, know
from painloom.body.products import Taken, read_use
from painloom.body.rules import judge
from painloom.body.wording import cited, number, span
from painloom.knowledge.load import Knowledge
from painloom.knowledge.rule_cards import RuleCard
from painloom.model.case import Case
from painloom.model.medication import QUIET, SEVERITIES, SafetyRow

TOTAL = "total"


def check_drugs(case: Case, knowledge: Knowledge) -> tuple[SafetyRow, ...]:
    """Everything that is to say about the drugs of a case.

    Rows come in a fixed order: what was not understood, the opioid total with its parts, warnings by gravity, then what only informs.
    Entries that are stopped or planned are named and not counted.  Whatever is not known of the person is said to be unknown, and no
    rule takes it for harmless.
    """
    return check_with(case, Formulary(knowledge))


def check_with(case: Case, formulary: Formulary, *, beginning: bool = False) -> tuple[SafetyRow, ...]:
    """`check_drugs` with indexes that are already built: for many lists in one process.

    Parameters
    ----------
    beginning : a drug of the list would only be begun: rules for that are asked, too.
    """
    active = [use for use in case.drugs if use.state == "active"]
    others = [use for use in case.drugs if use.state != "active"]
    taken = sorted((t for entry, use in enumerate(active) for t in read_use(use, formulary, entry)), key=in_order)
    total = add_up(taken, formulary)
    known = replace(know(case, formulary), total=total.total, total_is_whole=total.is_whole)
    cards = [card for card in formulary.knowledge.rules.values() if beginning or not card.begin_only]
    judged = judge(cards, DrugsTaken(taken, formulary), known)
    labels = [" / ".join(i.label for i in formulary.product(use.name).ingredients) for use in others]
    gates = gate_rows(taken, total, formulary.dosed)
    rest = [*not_counted(others, labels), *open_rows(judged, known)]
    return (
        *sorted_rows((r for r in gates if r.is_warning), formulary),
        *_total_rows(total, taken, known, formulary, cards),
        *sorted_rows((r for r in (*judged.rows, *rest) if r.is_warning), formulary),
        *sorted_rows((r for r in (*gates, *judged.rows, *rest) if not r.is_warning), formulary),
    )


def in_order(taken: Taken) -> tuple[str, ...]:
    """By name, then as written: the order of the list must not change what is said."""
    use = taken.intake.use
    return (taken.intake.label.lower(), taken.intake.label, use.name, str((use.dose, use.unit, use.per_day, use.route, use.form, use.text)))


def sorted_rows(rows: Iterable[SafetyRow], formulary: Formulary) -> list[SafetyRow]:
    """By gravity, kind, subject and text; equal rows once."""
    order = {name: n for n, name in enumerate(SEVERITIES)}
    kinds = formulary.kinds
    return sorted(dict.fromkeys(rows), key=lambda r: (order[r.severity], kinds.get(r.kind, len(kinds)), r.subject, r.message, r.card))


def outside_of(known: Known, cards: Iterable[RuleCard]) -> list[str]:
    """Why the guideline of the opioid total is not meant for this person: what lifts the rules on the total and is true of the person.

    A drug at hand lifts a rule too, but is no reason of this sort.
    """
    conditions = dict.fromkeys(c for card in cards if any(w.measure == MME for w in card.when) for c in card.unless)
    true = [c for c in conditions if known.holds(c) and c.fact not in known.of_drugs]
    return [known.label(c.fact) if c.fact else f"{known.label(c.measure)} below {number(c.below or 0)}" for c in true]


def _total_rows(total: Total, taken: Sequence[Taken], known: Known, formulary: Formulary, cards: Iterable[RuleCard]) -> list[SafetyRow]:
    card = formulary.factors
    source = cited(formulary.knowledge, card.sources) if card is not None else OWN
    unknown = [t.intake.label for t in taken if not t.intake.drug and not t.is_opioid]
    sure = total.is_whole and not unknown
    severity = "caution" if total.total.high >= GUIDEPOST or not sure else "ok"
    message = total_message(total, card, unknown, outside_of(known, list(cards)) if total.counted else ())
    rows = [SafetyRow("mme-current", TOTAL, number(total.total.high), UNIT, severity, message, source)]
    for label, equivalent in sorted(total.of_drug().items()):
        text = f"{label}: {span(equivalent.low, equivalent.high)} {UNIT} by the factors of {card.year if card else ''}."
        rows.append(SafetyRow("mme-current", label, number(equivalent.high), UNIT, INFO, text, source))
    mean = average(total)
    if mean is not None:
        text = f"Average of {mean.days} days, {mean.since} to {mean.until}, both included; the current total is another figure."
        rows.append(SafetyRow("mme-average", TOTAL, number(mean.value), UNIT, INFO, text, source))
    return rows


def warnings_of(rows: Iterable[SafetyRow]) -> list[SafetyRow]:
    """The rows that warn."""
    return [r for r in rows if r.severity not in QUIET]
