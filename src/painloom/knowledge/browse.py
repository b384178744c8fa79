"""Cards as rows for a reader: lists, one card, sources, differences between two folders."""

from collections.abc import Iterator
from pathlib import Path

from painloom.errors import UsageError
from painloom.knowledge.check import card_files
from painloom.knowledge.load import Knowledge
from painloom.knowledge.tables import Record, Toml, read_toml

CARD_COLUMNS = ("kind", "id", "licence", "citation", "claim", "release", "name")
SOURCE_COLUMNS = ("id", "title", "licence", "released", "doi", "pmid", "url")
DIFF_COLUMNS = ("card", "change", "what")
NONE = "."


def kinds(knowledge: Knowledge) -> list[str]:
    """The kinds of cards that there are."""
    return list(dict.fromkeys(kind for kind, _ in card_files(knowledge)))


def card_rows(knowledge: Knowledge, only: str | None) -> Iterator[tuple[str, ...]]:
    """One row a card."""
    for kind, path in card_files(knowledge):
        if only in (None, kind):
            record = read_toml(path)
            sources = record.get("sources")
            citation = ";".join(str(s) for s in sources) if isinstance(sources, list) else NONE
            name = next((str(record[n]) for n in ("symbol", "label", "name", "drug") if n in record), path.stem)
            yield (
                kind,
                path.stem,
                _licence(record),
                citation,
                *(str(record.get(n, NONE)) for n in ("claim", "release")),
                name,
            )


def _licence(record: Record) -> str:
    """The card's licence; for an instrument what its owner allows, since that decides what may be shown."""
    if "licence_class" in record:
        return f"{record['licence_class']}: {record.get('owner', NONE)}"
    return str(record.get("licence", NONE))


def card_texts(knowledge: Knowledge, wanted: str) -> Iterator[tuple[str, str]]:
    """(file, line) of the card and the tables beside it."""
    found = [(kind, path) for kind, path in card_files(knowledge) if wanted in (path.stem, f"{kind}/{path.stem}")]
    if len(found) != 1:
        places = ", ".join(f"{kind}/{path.stem}" for kind, path in found)
        raise UsageError(f"'{wanted}' names {'no card' if not found else 'several cards: ' + places}; see: painloom knowledge list")
    kind, card = found[0]
    beside = sorted(p for p in card.parent.glob(f"{card.stem}*.tsv") if p.stem.split(".")[0] == card.stem)
    for path in (card, *beside):
        yield f"{kind}/{path.name}", f"# {kind}/{path.name}"
        for line in path.read_text(encoding="utf-8").splitlines():
            yield f"{kind}/{path.name}", line


def source_rows(knowledge: Knowledge) -> Iterator[tuple[str, ...]]:
    """One row a source."""
    for source in knowledge.sources.values():
        fields = (source.id, source.title, source.licence, source.released, source.doi, source.pmid, source.url)
        yield tuple(field or NONE for field in fields)


def diff_rows(ours: Knowledge, theirs: Knowledge) -> Iterator[tuple[str, ...]]:
    """What `theirs`, a knowledge with a folder laid over it, changes: cards added, fields that differ, tables that differ."""
    before = {f"{kind}/{path.stem}": path for kind, path in card_files(ours)}
    for kind, path in card_files(theirs):
        place = f"{kind}/{path.stem}"
        if place not in before:
            yield place, "added", NONE
            continue
        old = before[place]
        if old == path:
            continue
        a, b = _flat(read_toml(old)), _flat(read_toml(path))
        for name in sorted(a.keys() | b.keys()):
            if a.get(name) != b.get(name):
                yield place, "field", f"{name}: {_short(a.get(name))} -> {_short(b.get(name))}"
        yield from ((place, "table", name) for name in _tables(old, path))


def _tables(old: Path, new: Path) -> Iterator[str]:
    for folder in (old, new):
        for path in sorted(folder.parent.glob(f"{folder.stem}*.tsv")):
            if path.stem.split(".")[0] != folder.stem:
                continue
            one, two = old.with_name(path.name), new.with_name(path.name)
            if not (one.exists() and two.exists()) or one.read_bytes() != two.read_bytes():
                yield path.name


def _flat(value: Toml, place: str = "") -> dict[str, Toml]:
    """Nested tables as `advice[<id>].summary`: the single values by their place."""
    if isinstance(value, dict):
        items = [(f"{place}.{name}" if place else name, item) for name, item in value.items()]
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        items = [(f"{place}[{_name(item, n)}]", item) for n, item in enumerate(value)]
    else:
        return {place: value}
    return {inner: leaf for name, item in items for inner, leaf in _flat(item, name).items()}


def _name(item: Toml, number: int) -> str:
    return str(item["id"]) if isinstance(item, dict) and "id" in item else str(number)


def _short(value: "Toml | None") -> str:
    return NONE if value is None else str(value).replace("\n", " ")
