"""Cards of doses, tapers, prices and wishes from files, and the parts of a treatment card that a plan reads."""

import math
from pathlib import Path
from typing import TypedDict

from painloom.errors import KnowledgeError
from painloom.knowledge.plan_cards import (
    BASES,
    PERIODS,
    TAPER_KINDS,
    Contraindication,
    Course,
    DoseCard,
    DoseLimit,
    FirstChoice,
    NotWith,
    Pace,
    PriceRow,
    PriceTable,
    Serve,
    TaperCard,
    WishBook,
    WishDomain,
)
from painloom.knowledge.rule_cards import When
from painloom.knowledge.rules import read_when
from painloom.knowledge.tables import Fields, read_toml, read_tsv

STATES = ("verified", "computed", "to-verify")
PRICES, WISHES = "prices", "wishes"
LINES = range(1, 6)
LEAST_SHARE = 0.005
PACE = {"after_months", "below_months", "share", "of", "every_days", "until", "text", "state", "sources"}


def read_dose(path: Path) -> DoseCard:
    """One dose card.

    Raises
    ------
    KnowledgeError : a field that is missing or outside its list; amounts that are not in order.
    """
    fields = Fields(read_toml(path), path.name)
    amounts = {name: _optional(fields, name) for name in ("start", "step", "target_low", "target_high", "most")}
    ordered = [amounts[name] for name in ("target_low", "target_high", "most")]
    known = [value for value in ordered if value is not None]
    if known != sorted(known) or any(value is not None and value <= 0 for value in amounts.values()):
        raise KnowledgeError(f"{path.name}: amounts must lie above 0, and target_low <= target_high <= most")
    return DoseCard(
        **_head(fields, path),
        drug=fields.text("drug", path.stem),
        treatments=fields.texts("treatments"),
        route=fields.text("route"),
        unit=fields.text("unit"),
        times=_optional(fields, "times"),
        every_days=_optional(fields, "every_days"),
        weeks=_optional(fields, "weeks"),
        text=fields.text("text"),
        state=_state(fields),
        limits=tuple(_limit(child) for child in fields.children("limit")),
        **amounts,
    )


def _limit(fields: Fields) -> DoseLimit:
    when = read_when(fields)
    return DoseLimit(
        when, _optional(fields, "start"), _optional(fields, "most"), fields.text("text"), _state(fields), fields.texts("sources")
    )


def read_taper(path: Path) -> TaperCard:
    """One taper card; a card of the kind "taper" has at least one pace."""
    fields = Fields(read_toml(path), path.name)
    kind = _one_of(fields, "kind", TAPER_KINDS)
    paces = tuple(_pace(child) for child in fields.children("pace"))
    if (kind == TAPER_KINDS[0]) != bool(paces):
        raise KnowledgeError(f"{path.name}: a taper needs a [[pace]], what may be stopped at once has none")
    return TaperCard(
        **_head(fields, path),
        kind=kind,
        classes=fields.texts("classes"),
        drugs=fields.texts("drugs"),
        paces=paces,
        text=fields.text("text"),
        watch=fields.text("watch", ""),
        state=_state(fields),
    )


def _pace(fields: Fields) -> Pace:
    share, until = fields.number("share"), fields.number("until", 0.0)
    if not (LEAST_SHARE <= share <= 1 and 0 <= until < 1):
        raise KnowledgeError(f"{fields.where}: share lies in (0, 1], {LEAST_SHARE} at the least, until in [0, 1)")
    unknown = sorted(set(fields.record) - PACE)
    if unknown:
        raise KnowledgeError(f"{fields.where}: '{unknown[0]}' is no field of a pace; allowed are {', '.join(sorted(PACE))}")
    return Pace(
        after_months=fields.number("after_months", 0.0),
        below_months=_optional(fields, "below_months"),
        share=share,
        of=_one_of(fields, "of", BASES),
        every_days=fields.number("every_days"),
        until=until,
        text=fields.text("text"),
        state=_state(fields),
        sources=fields.texts("sources"),
    )


def read_prices(path: Path) -> PriceTable:
    """The price table: prices.toml with prices.tsv beside it."""
    fields = Fields(read_toml(path), path.name)
    table = path.with_suffix(".tsv")
    rows: dict[str, PriceRow] = {}
    for row in read_tsv(table, ("treatment", "low", "high", "per", "basis", "state", "source")):
        where = f"{table.name}: {row['treatment']}"
        if row["per"] not in PERIODS or row["state"] not in STATES:
            raise KnowledgeError(f"{where}: per '{row['per']}' or state '{row['state']}' is not in its list")
        low, high = _amount(row["low"], where), _amount(row["high"], where)
        if not 0 <= low <= high < math.inf:
            raise KnowledgeError(f"{where}: 0 <= low <= high is needed")
        rows[row["treatment"]] = PriceRow(row["treatment"], low, high, row["per"], row["basis"], row["state"], row["source"])
    return PriceTable(
        **_head(fields, path),
        currency=fields.text("currency"),
        year=fields.integer("year"),
        rows=rows,
    )


def read_wishes(path: Path) -> WishBook:
    """The domains of wishes: wishes.toml with the words of every language in wishes.words.tsv."""
    fields = Fields(read_toml(path), path.name)
    table = path.with_name(f"{path.stem}.words.tsv")
    words: dict[str, list[tuple[str, str]]] = {}
    for row in read_tsv(table, ("domain", "language", "word")):
        words.setdefault(row["domain"], []).append((row["language"], row["word"].lower()))
    domains = tuple(
        WishDomain(
            child.text("id"),
            child.text("label"),
            child.number("weight"),
            child.number("raised", child.number("weight")),
            child.texts("raised_by"),
            tuple(words.get(child.text("id"), ())),
        )
        for child in fields.children("domain")
    )
    lost = sorted(set(words) - {domain.id for domain in domains})
    if lost:
        raise KnowledgeError(f"{table.name}: the domain '{lost[0]}' is not on {path.name}")
    numbers = {name: fields.number(name) for name in ("wished", "hours", "money", "harm", "control")}
    if not 0 < numbers["control"] < 1 or min(numbers.values()) <= 0:
        raise KnowledgeError(f"{path.name}: the declared numbers lie above 0, control below 1")
    return WishBook(_id(fields, path), fields.text("release"), domains, **numbers)


def read_course(fields: Fields | None) -> Course | None:
    """[course] of a treatment card; None where it has none."""
    if fields is None:
        return None
    line = fields.integer("line")
    if line not in LINES:
        raise KnowledgeError(f"{fields.where}: line lies in 1..5")
    return Course(
        line=line,
        hours=_optional(fields, "hours"),
        weeks=_optional(fields, "weeks"),
        sessions=fields.text("sessions", ""),
        access=fields.text("access", ""),
        state=_state(fields),
        sources=fields.texts("sources"),
    )


def read_serves(fields: Fields) -> tuple[Serve, ...]:
    """[[serves]] of a treatment card."""
    found = []
    for child in fields.children("serves"):
        added, low, high = (child.number(name) for name in ("added", "low", "high"))
        if not -1 <= low <= added <= high <= 1:
            raise KnowledgeError(f"{child.where}: -1 <= low <= added <= high <= 1 is needed")
        told = child.text("text"), _state(child), child.texts("sources"), child.texts("for")
        found.append(Serve(child.text("domain"), added, low, high, *told))
    return tuple(found)


def read_contraindications(fields: Fields) -> tuple[Contraindication, ...]:
    """[[contraindication]] of a treatment card: a fact, a measure, or drugs that are taken."""
    found = []
    for child in fields.children("contraindication"):
        has_when = "fact" in child.record or "measure" in child.record
        when: When | None = read_when(child) if has_when else None
        taking = child.texts("taking")
        if (when is None) == (not taking):
            raise KnowledgeError(f"{child.where}: give either a fact or measure, or `taking`")
        found.append(Contraindication(when, taking, child.flag("refuses"), child.text("text"), _state(child), child.texts("sources")))
    return tuple(found)


def read_not_with(fields: Fields) -> tuple[NotWith, ...]:
    """[[not_with]] of a treatment card."""
    return tuple(
        NotWith(child.texts("treatments"), child.text("text"), _state(child), child.texts("sources"))
        for child in fields.children("not_with")
    )


def read_first_choices(fields: Fields) -> tuple[FirstChoice, ...]:
    """[[first]] of a treatment card: what guidelines put first, or ask not to offer."""
    return tuple(
        FirstChoice(
            child.text("condition"), child.text("body"), child.flag("against"), child.text("text"), _state(child), child.texts("sources")
        )
        for child in fields.children("first")
    )


class _Head(TypedDict):
    """What every card says of itself."""

    id: str
    release: str
    label: str
    licence: str
    claim: str
    sources: tuple[str, ...]
    open_questions: tuple[str, ...]


def _head(fields: Fields, path: Path) -> _Head:
    return _Head(
        id=_id(fields, path),
        release=fields.text("release"),
        label=fields.text("label"),
        licence=fields.text("licence"),
        claim=fields.text("claim"),
        sources=fields.texts("sources"),
        open_questions=fields.texts("open_questions"),
    )


def _id(fields: Fields, path: Path) -> str:
    if fields.text("id") != path.stem:
        raise KnowledgeError(f"{path.name}: its id '{fields.text('id')}' is not the file's name")
    return fields.text("id")


def _optional(fields: Fields, name: str) -> float | None:
    return fields.number(name) if name in fields.record else None


def _one_of(fields: Fields, name: str, allowed: tuple[str, ...]) -> str:
    value = fields.text(name)
    if value not in allowed:
        raise KnowledgeError(f"{fields.where}: {name} '{value}' is not one of {', '.join(allowed)}")
    return value


def _state(fields: Fields) -> str:
    return _one_of(fields, "state", STATES)


def _amount(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise KnowledgeError(f"{where}: '{text}' is no number") from None
