"""Numbers on a page, and whether the document behind it holds them."""

import html
import re
from collections.abc import Iterator

NUMBER = re.compile(r"(?<![\w.#/-])[+\u2212-]?\d+(?:[.,]\d+)*(?![\w]*[A-Za-z]\d)")
DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")


def seen(page: str) -> str:
    """What a reader of the page reads, drawings apart: axes are no statements, and each has a table or a sentence that says the same."""
    text = re.sub(r"<(style|script|svg).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def numbers(text: str) -> list[str]:
    """Every number of a text as it is written; dates are left out, they stand in the document as texts."""
    return [n.replace("\u2212", "-").replace(",", "") for n in NUMBER.findall(DATE.sub(" ", text))]


class Document:
    """All numbers of a JSON document: values, numbers inside texts, and how long its lists are."""

    def __init__(self, document: object):
        self.values: set[float] = set()
        self.counts: set[int] = set()
        for part in _parts(document):
            if isinstance(part, bool) or part is None:
                continue
            if isinstance(part, int | float):
                self.values.add(float(part))
            elif isinstance(part, str):
                self.values |= {float(n) for n in numbers(part) if _is_number(n)}
            elif isinstance(part, list):
                self.counts.add(len(part))
        self._rounded: dict[int, set[str]] = {}

    def holds(self, written: str) -> bool:
        """Whether a number is a value of the document, rounded as it is written, as such, as a share of 100, or as the length of a list."""
        places = len(written.partition(".")[2])
        if places not in self._rounded:
            forms = (v for value in self.values for v in (value, 100 * value, abs(value), 100 * abs(value), 100 - 100 * value, value / 12))
            self._rounded[places] = {_plain(f"{value:.{places}f}") for value in forms}
        return _plain(written) in self._rounded[places] or (written.isdigit() and int(written) in self.counts)


def _plain(text: str) -> str:
    """A number as text without sign of plus, leading zeros of an identifier, or a minus before nothing."""
    text = text.lstrip("+")
    return "0" if float(text) == 0 else str(int(text)) if text.lstrip("-").isdigit() else text


def _is_number(text: str) -> bool:
    return text.count(".") <= 1


def _parts(node: object) -> Iterator[object]:
    yield node
    if isinstance(node, dict):
        for value in node.values():
            yield from _parts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _parts(value)
