"""The books of an import: which records were used, which were left out and why, and what of the used ones nobody read."""

from collections.abc import Iterable, Iterator, Mapping

from painloom.fhir.bundle import Record
from painloom.fhir.imported import LeftOut

ENVELOPE = ("resourceType", "id", "meta", "language", "text", "identifier", "subject", "patient")
MODIFIED = "carries a modifier that this release does not know: it could mean the opposite"


class Ledger:
    """Every record is open, used or left out; `lines` tells all that is not in the case."""

    def __init__(self, records: Iterable[Record], others: Mapping[str, str] | None = None):
        """All records start open, but those of `others` (place -> why) and those with a modifier."""
        self._reasons: dict[str, str] = dict(others or {})
        self._used: set[str] = set()
        for record in records:
            if record.node.has("modifierExtension") or record.node.has("implicitRules"):
                self.leave(record, MODIFIED)

    def is_open(self, record: Record) -> bool:
        """True while nothing was decided about the record."""
        return record.node.path not in self._reasons and record.node.path not in self._used

    def is_modified(self, record: Record) -> bool:
        """True for a record of the person that was left out because a modifier could turn its meaning round."""
        return self._reasons.get(record.node.path) == MODIFIED

    def use(self, record: Record) -> None:
        """Something of the record is in the case."""
        if record.node.path in self._reasons or record.node.path in self._used:
            return
        self._used.add(record.node.path)
        node = record.node
        node.mark(*(name for name in ENVELOPE if f"{node.path}.{name}" not in node.seen))
        narrative = node.get("text")
        if narrative is not None and narrative.text("status") == "additional":
            node.leave("a narrative that holds more than the data beside it", "text")

    def leave(self, record: Record, why: str) -> None:
        """The whole record is not in the case; the first reason stays."""
        if record.node.path not in self._used:
            self._reasons.setdefault(record.node.path, why)

    def is_used(self, record: Record) -> bool:
        """True when something of the record is in the case."""
        return record.node.path in self._used

    def used(self) -> int:
        """How many records were used."""
        return len(self._used)

    def lines(self, records: Iterable[Record], otherwise: Mapping[str, str], default: str) -> Iterator[LeftOut]:
        """What is not in the case, in the order of the bundle; `otherwise` holds reasons for records that nobody looked at, by type."""
        for record in records:
            name = "" if record.kind == "Patient" else record.id
            if record.node.path not in self._used:
                yield LeftOut(
                    record.kind, name, record.node.path, self._reasons.get(record.node.path) or otherwise.get(record.kind, default)
                )
                continue
            for path, why in record.node.leftovers():
                yield LeftOut(record.kind, name, path, why)
