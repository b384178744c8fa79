"""Instrument cards: TOML and the tables beside them -> typed cards."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.instrument_cards import (
    AlertRule,
    Also,
    Ask,
    Band,
    Change,
    Condition,
    InstrumentCard,
    Item,
    Norm,
    Outcome,
    Precision,
    Scale,
    Skip,
)
from painloom.knowledge.tables import Fields, Toml, read_toml, read_tsv
from painloom.model.answers import ItemRange

Codes = tuple[tuple[str, int], ...]


def read_instrument(path: Path) -> InstrumentCard:
    """The card at `path`, with every TSV whose name starts with the card's id and a dot.

    Raises
    ------
    KnowledgeError : a field is missing or of another type, a scale names an item or table that is not there.
    """
    card = Fields(read_toml(path), path.name)
    answers = card.child("answers")
    items = tuple(_item(fields, answers) for fields in card.children("item"))
    index = {item.range.id: i for i, item in enumerate(items)}
    if len(index) != len(items):
        raise KnowledgeError(f"{path.name}: an item id stands twice")
    tables = {p.stem.removeprefix(f"{path.stem}."): tuple(read_tsv(p)) for p in sorted(path.parent.glob(f"{path.stem}.*.tsv"))}
    scales = tuple(_scale(fields, index, items, card.text("state")) for fields in card.children("scale"))
    for scale in scales:
        if scale.table and scale.table not in tables:
            raise KnowledgeError(f"{path.name}: scale {scale.id} names the table '{scale.table}', which is not beside the card")
    return InstrumentCard(
        id=card.text("id"),
        release=card.text("release"),
        name=card.text("name"),
        label=card.text("label", card.text("name")),
        claim=card.text("claim"),
        licence=card.text("licence"),
        licence_class=card.text("licence_class"),
        owner=card.text("owner"),
        sources=card.texts("sources"),
        state=card.text("state"),
        items=items,
        scales=scales,
        alerts=tuple(_alert(fields, index) for fields in card.children("alert")),
        loinc_panel=card.text("loinc_panel", ""),
        titles=card.texts("titles"),
        notes=card.texts("notes"),
        open_questions=card.texts("open_questions"),
        tables=tables,
    )


def _item(fields: Fields, answers: Fields | None) -> Item:
    low, high = _limit(fields, answers, "low"), _limit(fields, answers, "high")
    allowed = fields.numbers("allowed") or (answers.numbers("allowed") if answers else ())
    own = fields.child("codes") or (answers.child("codes") if answers and "low" not in fields.record else None)
    codes = tuple((code, int(own.number(code))) for code in own.record) if own else ()
    return Item(
        ItemRange(fields.text("id"), low, high, tuple(int(a) for a in allowed)),
        fields.text("label"),
        fields.text("loinc", ""),
        fields.text("bank_id", ""),
        codes,
    )


def _limit(fields: Fields, answers: Fields | None, name: str) -> int:
    if name in fields.record or answers is None:
        return fields.integer(name)
    return answers.integer(name)


def _scale(fields: Fields, index: dict[str, int], items: Sequence[Item], state: str) -> Scale:
    places = tuple(_places(fields, "items", index))
    return Scale(
        id=fields.text("id"),
        label=fields.text("label", fields.text("id")),
        kind=fields.text("kind"),
        items=places,
        needs=fields.integer("needs", len(places)),
        unit=fields.text("unit"),
        low=_optional(fields, "low"),
        high=_optional(fields, "high"),
        higher_is=fields.text("higher_is", ""),
        decimals=fields.integer("decimals", 0),
        domain=fields.text("domain", ""),
        reversed=tuple(_places(fields, "reversed", index)),
        factor=fields.number("factor", 1.0),
        top=fields.number("top", 0.0),
        points=tuple(_points(fields, index, items)),
        groups=tuple(tuple(_place(str(i), index, fields) for i in group) for group in fields.lists("groups")),
        gate=index[fields.text("gate")] if "gate" in fields.record else -1,
        outcomes=tuple(_outcome(o, index) for o in fields.children("outcome")),
        skipped=tuple(Skip(_place(f.text("gate"), index, f), tuple(_places(f, "items", index))) for f in fields.children("skipped")),
        otherwise=fields.text("otherwise", ""),
        table=fields.text("table", ""),
        missing_rule=fields.text("missing_rule", ""),
        missing_state=fields.text("missing_state", ""),
        loinc=fields.text("loinc", ""),
        snomed=fields.text("snomed", ""),
        judged_on=fields.number("judged_on", 0.0),
        state=fields.text("state", state),
        extra=fields.flag("extra"),
        bands=tuple(_band(b) for b in fields.children("band")),
        changes=tuple(_change(c) for c in fields.children("change")),
        precision=tuple(
            Precision(p.number("sem"), p.text("population"), p.integer("n", 0), p.text("state"), p.texts("sources"))
            for p in fields.children("precision")
        ),
        norms=tuple(
            Norm(n.text("population"), n.number("mean"), _optional(n, "sd"), n.integer("n", 0), n.text("state"), n.texts("sources"))
            for n in fields.children("norm")
        ),
        asks=tuple(Ask(a.number("low"), a.text("about"), a.texts("sources")) for a in fields.children("ask")),
        notes=fields.texts("notes"),
    )


def _optional(fields: Fields, name: str) -> float | None:
    return fields.number(name) if name in fields.record else None


def _places(fields: Fields, name: str, index: dict[str, int]) -> Iterator[int]:
    """`["1-9", "11"]` -> item indices."""
    for text in fields.texts(name):
        first, dash, last = text.partition("-")
        if dash and text not in index:
            start, end = _place(first, index, fields), _place(last, index, fields)
            yield from range(start, end + 1)
        else:
            yield _place(text, index, fields)


def _place(id_: str, index: dict[str, int], fields: Fields) -> int:
    if id_ not in index:
        raise KnowledgeError(f"{fields.where}: item '{id_}' is not on the card")
    return index[id_]


def _points(fields: Fields, index: dict[str, int], items: Sequence[Item]) -> Iterator[tuple[int, tuple[tuple[int, float], ...]]]:
    """`[scale.points]` with `"8" = {"1" = 0, "2" = -1}` for a map, or `"9" = 2` for a weight."""
    child = fields.child("points")
    for id_, value in child.record.items() if child else ():
        place = _place(id_, index, fields)
        answers = items[place].range
        every = answers.allowed or tuple(range(answers.low, answers.high + 1))
        if isinstance(value, dict):
            table = {int(k): _real(v, fields) for k, v in value.items()}
            if set(table) != set(every):
                raise KnowledgeError(f"{fields.where}: the points of item {id_} do not name each of its answers once")
            yield place, tuple(sorted(table.items()))
        else:
            yield place, tuple((a, a * _real(value, fields)) for a in every)


def _real(value: Toml, fields: Fields) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise KnowledgeError(f"{fields.where}: points must be numbers")
    return float(value)


def _band(fields: Fields) -> Band:
    also = fields.child("also")
    return Band(
        fields.text("id"),
        fields.number("low"),
        fields.number("high"),
        fields.text("label", fields.text("id")),
        fields.text("population", ""),
        fields.text("state"),
        fields.texts("sources"),
        Also(also.text("scale"), also.number("low"), also.number("high")) if also else None,
    )


def _change(fields: Fields) -> Change:
    low = fields.number("low")
    return Change(
        fields.text("kind"),
        low,
        fields.number("high", low),
        fields.text("unit"),
        fields.text("population"),
        fields.integer("n", 0),
        fields.text("state"),
        fields.texts("sources"),
    )


def _outcome(fields: Fields, index: dict[str, int]) -> Outcome:
    clauses = tuple(tuple(_condition(c, index) for c in clause.children("all")) for clause in fields.children("clause"))
    return Outcome(fields.text("id"), fields.number("value"), clauses)


def _condition(fields: Fields, index: dict[str, int]) -> Condition:
    if "scale" in fields.record:
        return Condition(fields.number("low"), fields.text("scale"))
    own = fields.child("at")
    default = fields.integer("at_least", 1)
    thresholds = tuple(
        (place, own.integer(id_) if own and id_ in own.record else default)
        for place, id_ in ((p, next(i for i, q in index.items() if q == p)) for p in _places(fields, "items", index))
    )
    return Condition(fields.number("low", 1), "", thresholds)


def _alert(fields: Fields, index: dict[str, int]) -> AlertRule:
    items = tuple(_places(fields, "items", index))
    must = tuple(_places(fields, "must", index)) or items
    return AlertRule(fields.text("id"), fields.text("about"), items, fields.integer("low"), must)
