"""Numbers, lists and citations as the rows print them."""

from collections.abc import Iterable, Sequence

from painloom.knowledge.load import Knowledge

LONGEST_TITLE = 110


def number(value: float) -> str:
    """At most two decimals, without needless zeros: `282`, `7.5`."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def span(low: float, high: float) -> str:
    """`60`, or `30-60`."""
    return number(high) if number(low) == number(high) else f"{number(low)}-{number(high)}"


def joined(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; each name once."""
    once = list(dict.fromkeys(names))
    return " and ".join(filter(None, (", ".join(once[:-1]), once[-1]))) if once else ""


def cited(knowledge: Knowledge, ids: Iterable[str]) -> str:
    """Titles with their year; an id that no source list has stands as it is."""
    parts = []
    for id_ in ids:
        source = knowledge.sources.get(id_)
        if source is None:
            parts.append(id_)
            continue
        title = source.title if len(source.title) <= LONGEST_TITLE else source.title[: LONGEST_TITLE - 1] + "…"
        year = source.released[:4]
        parts.append(f"{title} ({year})" if year and year not in title else title)
    return "; ".join(parts)
