"""Safety rules over a drug list and a person: every part filled, every condition true, nothing that lifts it -> a row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from painloom.body.formulary import TO_VERIFY, VERIFIED
from painloom.body.matching import DrugsTaken, Match
from painloom.body.person import AGE, TOTAL, Known
from painloom.body.wording import cited, joined, number, span
from painloom.knowledge.rule_cards import Ceiling, RuleCard, When
from painloom.model.medication import QUIET, SafetyRow

MARK = "(to verify)"
MG_A_DAY = "mg/day"


@dataclass
class Judged:
    """What the rules gave.

    `rows` are what fired, or that an amount keeps within its ceiling.  `unmeasured` and `unasked` are measure or fact ids with the drugs
    that a rule needs them for; `amounts` are drugs whose amount a rule needs and no one knows.
    """

    rows: list[SafetyRow] = field(default_factory=list)
    unmeasured: dict[str, list[str]] = field(default_factory=dict)
    unasked: dict[str, list[str]] = field(default_factory=dict)
    amounts: list[str] = field(default_factory=list)

    def leave_open(self, conditions: Iterable[When], labels: Sequence[str], known: Known) -> None:
        """Note what was not known and for which drugs."""
        for condition in filter(None, map(known.question, conditions)):
            where, key = (self.unasked, condition.fact) if condition.fact else (self.unmeasured, condition.measure)
            where.setdefault(key, []).extend(labels)


def judge(cards: Iterable[RuleCard], drugs: DrugsTaken, known: Known) -> Judged:
    """Every rule once; rows in the order of the cards."""
    judged = Judged()
    for card in cards:
        if drugs.may_fill(card.parts):
            _apply(card, drugs, known, judged)
    return judged


def _apply(card: RuleCard, drugs: DrugsTaken, known: Known, judged: Judged) -> None:
    lifted = any(len(drugs.filling(part, certain=True)) >= part.count for part in card.unless_drugs)
    if lifted or any(known.holds(condition) for condition in card.unless):
        return
    truths = [known.holds(condition) for condition in card.when]
    choices = [known.holds(condition) for condition in card.any_of]
    if False in truths or (choices and all(choice is False for choice in choices)):
        return
    match = drugs.match(card.parts)
    if match is None:
        if None not in truths and card.severity not in QUIET:
            judged.amounts += [drugs.labels[key] for part in card.parts for key in drugs.amount_unknown(part)]
        return
    unknown = [c for c, truth in zip(card.when, truths, strict=True) if truth is None]
    if choices and True not in choices:
        unknown += [c for c, choice in zip(card.any_of, choices, strict=True) if choice is None]
    if unknown:
        if card.severity not in QUIET:
            judged.leave_open(unknown, [drugs.labels[key] for key in match.parts[0]], known)
        return
    true = [c for c, truth in zip((*card.when, *card.any_of), (*truths, *choices), strict=True) if truth]
    unproven = TO_VERIFY in (card.state, match.state) or _rests_on_unproven(card, true, known)
    if card.ceilings:
        _ceilings(card, match, drugs, known, judged, TO_VERIFY if unproven else VERIFIED)
    else:
        judged.rows.append(_row(card, match, drugs, _said(card, match, drugs, known, true), TO_VERIFY if unproven else VERIFIED))


def _rests_on_unproven(card: RuleCard, true: list[When], known: Known) -> bool:
    """True when a needed condition, or all of the alternatives that hold, come from a code whose meaning is still to verify."""
    chosen = [c for c in true if c in card.any_of]
    return any(c.fact in known.unproven for c in true if c in card.when) or (bool(chosen) and all(c.fact in known.unproven for c in chosen))


def _labels(match: Match, drugs: DrugsTaken) -> list[list[str]]:
    return [[drugs.labels[key] for key in own] for own in match.parts]


def _said(card: RuleCard, match: Match, drugs: DrugsTaken, known: Known, true: Iterable[When]) -> str:
    """The card's message with the drugs' names, and the values that it rests on."""
    values = []
    for condition in true:
        reading = None if condition.fact or condition.measure in (AGE, TOTAL) else known.reading(condition.measure)
        if reading is not None:
            values.append(f"{known.label(condition.measure)} {number(reading.value)}{f', {reading.note}' if reading.note else ''}")
    text = _named(card.message, match, drugs)
    return f"{text} ({'; '.join(dict.fromkeys(values))})" if values else text


def _named(message: str, match: Match, drugs: DrugsTaken) -> str:
    parts = _labels(match, drugs)
    message = message.replace("{drugs}", joined([label for own in parts for label in own]))
    for name, own in zip(("{a}", "{b}", "{c}"), parts, strict=False):
        others = [label for label in own if name == "{a}" or label not in parts[0]]
        message = message.replace(name, joined(others or own))
    return message


def _row(card: RuleCard, match: Match, drugs: DrugsTaken, message: str, state: str) -> SafetyRow:
    keys = list(dict.fromkeys(key for own in match.parts for key in own))
    return SafetyRow(
        kind=card.kind,
        subject=" + ".join(dict.fromkeys(drugs.labels[key] for key in keys)),
        value="",
        unit="",
        severity=card.severity,
        message=f"{message} {MARK}" if state == TO_VERIFY else message,
        source=cited(drugs.formulary.knowledge, card.sources),
        state=state,
        card=f"rules/{card.id}",
        drugs=tuple(keys),
    )


def _ceilings(card: RuleCard, match: Match, drugs: DrugsTaken, known: Known, judged: Judged, state: str) -> None:
    """One row for each drug of the first part and each ceiling that holds for this person."""
    unknown = [c for c in card.ceilings if known.holds(When(c.measure, c.low, c.below, "", "")) is None]
    if unknown and card.severity not in QUIET:
        asked = [When(c.measure, None, None, "", "") for c in unknown[:1]]
        judged.leave_open(asked, [drugs.labels[key] for key in match.parts[0]], known)
    for ceiling in card.ceilings:
        reading = known.reading(ceiling.measure)
        if reading is None or not known.holds(When(ceiling.measure, ceiling.low, ceiling.below, "", "")):
            continue
        note = f", {reading.note}" if reading.note else ""
        because = f"{known.label(ceiling.measure)} {number(reading.value)}{note}"
        judged.rows += [_against(card, ceiling, match, key, drugs, because, state) for key in match.parts[0]]


def _against(card: RuleCard, ceiling: Ceiling, match: Match, key: str, drugs: DrugsTaken, because: str, state: str) -> SafetyRow:
    """One drug's amount a day against a ceiling: above it, within it, or not known."""
    low, high, is_whole = drugs.daily(key, drugs.own(card.parts[0], key))
    label = drugs.labels[key]
    listed = f"{span(low, high)} mg a day{'' if is_whole else ' at least'}"
    own = Match(((key,), *match.parts[1:]), match.state)
    base = _row(card, own, drugs, "", VERIFIED)
    mark = f" {MARK}" if state == TO_VERIFY else ""
    message, severity = _named(card.message, own, drugs), card.severity
    value = number(high) if is_whole or high else ""
    if ceiling.most is None:
        message = f"{message} {ceiling.text} ({because})"
    elif high > ceiling.most:
        message = f"{message} Listed: {listed}. {ceiling.text} ({because})"
    elif is_whole:
        message, severity = f"{label} {listed} keeps within the highest amount, {number(ceiling.most)} mg ({because}).", "info"
    else:
        severity = "caution" if severity not in QUIET else severity
        message = f"{label}: the amount a day is not known, so it could not be compared. {ceiling.text} ({because})"
    return SafetyRow(
        base.kind, base.subject, value, MG_A_DAY if value else "", severity, message + mark, base.source, state, base.card, base.drugs
    )
