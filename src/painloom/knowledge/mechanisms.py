"""Mechanism, driver, conflict and test cards from files."""

import math
from pathlib import Path
from typing import TypedDict

from painloom.errors import KnowledgeError
from painloom.knowledge.mechanism_cards import (
    DRIVER_KINDS,
    FINDING_KINDS,
    MECHANISM,
    STATE,
    TEST_KINDS,
    AlleleRow,
    ConflictCard,
    CriteriaLimit,
    DriverCard,
    MechanismCard,
    MechanismRow,
    ResultRow,
    Sought,
    TestCard,
    Weighing,
)
from painloom.knowledge.tables import Fields, read_toml, read_tsv
from painloom.model.finding import CLAIMS

ROW_COLUMNS = (
    *("id", "label", "finding", "low", "below", "values", "construct", "sensitivity", "specificity", "n_with", "n_without"),
    *("lr_pos", "lr_neg", "spectrum", "claim", "state", "source", "note"),
)
STATES = ("verified", "computed", "to-verify")
WEIGHING, CONFLICTS = "weighing", "conflicts"
ROUNDED = 0.005  # how far printed chances may lie from the sum 1


class _Head(TypedDict):
    """What every card says of itself."""

    id: str
    release: str
    label: str
    kind: str
    claim: str
    licence: str
    sources: tuple[str, ...]
    open_questions: tuple[str, ...]


def _head(fields: Fields, kinds: tuple[str, ...]) -> _Head:
    kind = fields.text("kind")
    _allowed(kind, kinds, f"{fields.where}: kind")
    return _Head(
        id=fields.text("id"),
        release=fields.text("release"),
        label=fields.text("label"),
        kind=kind,
        claim=fields.text("claim"),
        licence=fields.text("licence"),
        sources=fields.texts("sources"),
        open_questions=fields.texts("open_questions"),
    )


def read_weighing(path: Path) -> Weighing:
    """The declared numbers of the weighing."""
    fields = Fields(read_toml(path), path.name)
    caps = fields.child("caps")
    if caps is None:
        raise KnowledgeError(f"{path.name}: [caps] is missing")
    losses = [fields.number(name) for name in ("refused_loss", "kept_worth")]
    if min(losses) < 0:
        raise KnowledgeError(f"{path.name}: refused_loss and kept_worth must not lie below 0")
    return Weighing({claim: caps.number(claim) for claim in CLAIMS}, fields.number("unknown_se"), *losses)


def read_mechanism(path: Path, weighing: Weighing) -> MechanismCard:
    """One mechanism with its evidence rows beside it (`<id>.rows.tsv`).

    Raises
    ------
    KnowledgeError : a value outside its closed list or range; a row that gives neither both rates nor both ratios.
    """
    fields = Fields(read_toml(path), path.name)
    head = _head(fields, (MECHANISM, STATE))
    prior = fields.child("prior")
    if prior is None:
        raise KnowledgeError(f"{path.name}: [prior] is missing")
    value, low, high = (prior.number(name) for name in ("value", "low", "high"))
    if not 0 < low <= value <= high < 1:
        raise KnowledgeError(f"{path.name}: [prior]: 0 < low <= value <= high < 1 is needed")
    table = f"{path.stem}.rows.tsv"
    rows = tuple(_row(row, table, weighing) for row in read_tsv(path.with_name(table), ROW_COLUMNS))
    return MechanismCard(
        **head,
        plain=fields.text("plain"),
        prior=value,
        prior_low=low,
        prior_high=high,
        prior_state=_state(prior),
        limits=tuple(_limit(child) for child in fields.children("limit")),
        rows=rows,
    )


def _row(row: dict[str, str], table: str, weighing: Weighing) -> MechanismRow:
    where = f"{table}: {row['id']}"
    _allowed(row["claim"], CLAIMS, f"{where}: claim")
    _allowed(row["state"], STATES, f"{where}: state")
    rates = [_rate(row, name, where) for name in ("sensitivity", "specificity")]
    sensitivity, specificity = rates
    if sensitivity is not None and specificity is not None:
        lr_pos, lr_neg = sensitivity / (1 - specificity), (1 - sensitivity) / specificity
    elif row["lr_pos"] and row["lr_neg"]:
        lr_pos, lr_neg = _number(row["lr_pos"], where), _number(row["lr_neg"], where)
    else:
        raise KnowledgeError(f"{where}: give sensitivity and specificity, or lr_pos and lr_neg")
    if not (lr_pos > 0 and lr_neg > 0):
        raise KnowledgeError(f"{where}: a likelihood ratio must be above 0")
    spectrum = _number(row["spectrum"], where) if row["spectrum"] else 1.0
    if not 0 < spectrum <= 1:
        raise KnowledgeError(f"{where}: spectrum must lie above 0 and at most at 1")
    counts = [int(_number(row[name], where)) if row[name] else 0 for name in ("n_with", "n_without")]
    se_pos, se_neg = _errors(sensitivity, specificity, counts, weighing.unknown_se)
    return MechanismRow(
        id=row["id"],
        label=row["label"],
        sought=_sought(row["finding"], row["low"], row["below"], row["values"], where),
        construct=row["construct"],
        lr_pos=lr_pos,
        se_pos=se_pos,
        lr_neg=lr_neg,
        se_neg=se_neg,
        sensitivity=sensitivity,
        specificity=specificity,
        spectrum=spectrum,
        claim=row["claim"],
        state=row["state"],
        source=row["source"],
        note=row["note"],
    )


def _errors(sensitivity: float | None, specificity: float | None, counts: list[int], unknown: float) -> tuple[float, float]:
    """Standard errors of both log likelihood ratios: binomial where the numbers of people are known, else the declared one."""
    if sensitivity is None or specificity is None or not all(counts):
        return unknown, unknown
    n, m = counts
    pos = (1 - sensitivity) / (sensitivity * n) + specificity / ((1 - specificity) * m)
    neg = sensitivity / ((1 - sensitivity) * n) + (1 - specificity) / (specificity * m)
    return math.sqrt(pos), math.sqrt(neg)


def _sought(finding: str, low: str, below: str, values: str, where: str) -> Sought:
    kind, _, id_ = finding.partition(":")
    _allowed(kind, FINDING_KINDS, f"{where}: finding kind")
    if not id_:
        raise KnowledgeError(f"{where}: finding '{finding}' names no id; write kind:id")
    ends = [_number(text, where) if text else None for text in (low, below)]
    return Sought(kind, id_, ends[0], ends[1], tuple(v for v in values.split(";") if v))


def sought_of(fields: Fields, prefix: str = "") -> Sought:
    """A finding as a table of a card writes it: `finding`, `low`, `below`, `values`."""
    low, below = (str(fields.number(f"{prefix}{name}")) if f"{prefix}{name}" in fields.record else "" for name in ("low", "below"))
    return _sought(fields.text(f"{prefix}finding"), low, below, ";".join(fields.texts(f"{prefix}values")), fields.where)


def _limit(fields: Fields) -> CriteriaLimit:
    floor, ceiling = fields.number("floor", 0.0), fields.number("ceiling", 1.0)
    if not 0 <= floor <= ceiling <= 1:
        raise KnowledgeError(f"{fields.where}: 0 <= floor <= ceiling <= 1 is needed")
    kinds, unless = fields.texts("kinds"), fields.texts("unless_kinds")
    return CriteriaLimit(fields.text("criteria"), fields.text("grade"), floor, ceiling, fields.text("source"), kinds, unless)


def read_driver(path: Path) -> DriverCard:
    """One driver card."""
    fields = Fields(read_toml(path), path.name)
    head, worse = _head(fields, DRIVER_KINDS), fields.text("worse", "higher")
    _allowed(worse, ("higher", "lower"), f"{path.name}: worse")
    optional = [fields.number(name) if name in fields.record else None for name in ("se", "spread")]
    return DriverCard(
        **head,
        plain=fields.text("plain"),
        sought=sought_of(fields),
        worse=worse,
        se=optional[0],
        spread=optional[1],
        leave_out=fields.texts("leave_out"),
        helps=fields.texts("helps"),
        text=fields.text("text"),
        state=_state(fields),
        limits=fields.texts("limits"),
        limit_text=fields.text("limit_text", ""),
    )


def read_conflicts(path: Path) -> tuple[ConflictCard, ...]:
    """The card of conflicts."""
    fields = Fields(read_toml(path), path.name)
    return tuple(
        ConflictCard(
            id=child.text("id"),
            one=sought_of(child, "one_"),
            other=sought_of(child, "other_"),
            other_is_absent=child.flag("other_is_absent"),
            text=child.text("text"),
            ask=child.text("ask"),
            state=_state(child),
            sources=child.texts("sources"),
        )
        for child in fields.children("conflict")
    )


def read_test(path: Path) -> TestCard:
    """One test card.

    Raises
    ------
    KnowledgeError : a value outside its closed list or range; results of one measure and one group of people whose chances do not sum to 1;
        a source that the card does not list.
    """
    fields = Fields(read_toml(path), path.name)
    head = _head(fields, TEST_KINDS)
    results = tuple(_result(child) for child in fields.children("result"))
    alleles = tuple(_allele(child) for child in fields.children("allele"))
    for group, whole in _wholes(results).items():
        if abs(whole - 1) > ROUNDED:
            raise KnowledgeError(f"{path.name}: [[result]]: the chances of {group[0]} sum to {whole:.4g}, not 1, in one group of people")
    for source in (*(row.source for row in results), *(row.source for row in alleles)):
        if source not in head["sources"]:
            raise KnowledgeError(f"{path.name}: source '{source}' is not among the card's")
    if alleles and not fields.text("basis", ""):
        raise KnowledgeError(f"{path.name}: basis is missing: say in words of whom the frequencies were counted")
    return TestCard(
        **head,
        tells=tuple(sought_of(child) for child in fields.children("tells")),
        genes=fields.texts("genes"),
        cost=fields.number("cost"),
        minutes=fields.number("minutes"),
        days=fields.number("days"),
        burden=fields.text("burden"),
        state=_state(fields),
        results=results,
        alleles=alleles,
        basis=fields.text("basis", ""),
        known_by=fields.texts("known_by"),
        available=fields.flag("available", default=True),
    )


def _result(fields: Fields) -> ResultRow:
    ages = [fields.number(name) if name in fields.record else None for name in ("from_age", "below_age")]
    sex = fields.text("sex", "")
    _allowed(sex, ("", "F", "M"), f"{fields.where}: sex")
    return ResultRow(
        label=fields.text("label"),
        measure=fields.text("measure"),
        value=fields.number("value"),
        chance=_share(fields, "chance"),
        from_age=ages[0],
        below_age=ages[1],
        sex=sex,
        people=fields.text("people"),
        state=_state(fields),
        source=fields.text("source"),
    )


def _allele(fields: Fields) -> AlleleRow:
    return AlleleRow(fields.text("gene"), fields.text("allele"), _share(fields, "frequency"), _state(fields), fields.text("source"))


def _share(fields: Fields, name: str) -> float:
    value = fields.number(name)
    if not 0 <= value <= 1:
        raise KnowledgeError(f"{fields.where}: {name} must lie between 0 and 1")
    return value


def _wholes(results: tuple[ResultRow, ...]) -> dict[tuple[str, float | None, float | None, str], float]:
    """(measure, ages, sex) -> sum of the chances."""
    found: dict[tuple[str, float | None, float | None, str], float] = {}
    for row in results:
        key = row.measure, row.from_age, row.below_age, row.sex
        found[key] = found.get(key, 0.0) + row.chance
    return found


def _state(fields: Fields) -> str:
    state = fields.text("state")
    _allowed(state, STATES, f"{fields.where}: state")
    return state


def _allowed(value: str, allowed: tuple[str, ...], where: str) -> None:
    if value not in allowed:
        raise KnowledgeError(f"{where} '{value}' is not one of {', '.join(allowed)}")


def _rate(row: dict[str, str], name: str, where: str) -> float | None:
    if not row[name]:
        return None
    value = _number(row[name], where)
    if not 0 < value < 1:
        raise KnowledgeError(f"{where}: {name} must lie between 0 and 1")
    return value


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise KnowledgeError(f"{where}: '{text}' is no number")
    return value
