"""The entries of a bundle while it is written: every resource gets an address made of its content."""

import hashlib
import json
import uuid
from collections.abc import Iterable

from painloom.fhir.write_codes import Json, clean
from painloom.model.answers import Answers
from painloom.model.case import Case

NAMESPACE = uuid.UUID("6f1b1c1e-0f0b-5f5e-9c52-7a1d2f0c6a11")


class Sheaf:
    """Resources in the order in which they were added.

    An address is a UUID of version 5 over the case, the resource and how often the same content stood before: no clock, no chance, and two
    persons with the same age and sex do not share one.
    """

    def __init__(self, seed: str):
        """`seed` tells cases apart; it is not written."""
        self._seed = seed
        self._entries: list[dict[str, object]] = []
        self._counts: dict[str, int] = {}
        self.patient = ""

    def add(self, resource: Json) -> str:
        """Put a resource in; returns the address under which others may refer to it."""
        made = clean(resource)
        assert isinstance(made, dict)
        text = json.dumps(made, sort_keys=True, ensure_ascii=False)
        count = self._counts.get(text, 0)
        self._counts[text] = count + 1
        name = str(uuid.uuid5(NAMESPACE, f"{self._seed}\n{count}\n{text}"))
        body = {"resourceType": made.pop("resourceType"), "id": name, **made}
        self._entries.append({"fullUrl": f"urn:uuid:{name}", "resource": body})
        return f"urn:uuid:{name}"

    def addresses(self) -> tuple[str, ...]:
        """The addresses so far, in order."""
        return tuple(str(entry["fullUrl"]) for entry in self._entries)

    def bundle(self) -> dict[str, object]:
        """All of it as a collection."""
        return {"resourceType": "Bundle", "type": "collection", "entry": self._entries}


def seed_of(case: Case) -> str:
    """A digest of everything the case holds and of its files."""
    parts: Iterable[object] = (
        case.person,
        case.pain,
        case.drugs,
        case.wishes,
        case.body,
        [_row(row) for row in case.answers],
        case.outside_calls,
        case.genotypes.digest if case.genotypes else "",
        case.imaging,
        sorted(case.files),
    )
    return hashlib.sha256("\n".join(map(repr, parts)).encode("utf-8", "replace")).hexdigest()


def _row(row: Answers) -> tuple[object, ...]:
    return row.instrument, row.date, row.items, row.values.tolist()
