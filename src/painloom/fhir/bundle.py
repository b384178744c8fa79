"""A bundle file -> its resources; size, depth, form and kind are checked before anything is read."""

import hashlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from painloom.errors import InputError
from painloom.fhir.node import Node

MOST_BYTES = 100_000_000
MOST_PARTS = 2_000_000
DEEPEST = 100
KINDS = ("collection", "transaction", "batch", "searchset", "document", "message", "batch-response", "transaction-response", "")
TYPE = re.compile(r"[A-Z][A-Za-z]{1,39}")
ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Record:
    """One resource: its type ("" when it names none), id, the address the bundle gives it, and the JSON."""

    kind: str
    id: str
    url: str
    node: Node


@dataclass(frozen=True, slots=True)
class Bundle:
    """The resources of a file in its order; `empty` are places of entries without a resource; `notes` concern the whole bundle."""

    where: str
    records: tuple[Record, ...]
    empty: tuple[str, ...]
    notes: tuple[str, ...]
    digest: str


class _Refused(ValueError):
    """A form that JSON readers disagree about."""


def read_file(path: Path) -> Bundle:
    """The bundle in `path`.

    Raises
    ------
    InputError : not JSON text, too large or too deep, an element twice, or no Bundle of a kind that holds records.
    """
    where = path.name
    data = _bytes(path)
    return bundle_of(parse(data, where), where, hashlib.sha256(data).hexdigest())


def bundle_of(value: object, where: str, digest: str = "") -> Bundle:
    """The resources of a parsed Bundle.

    Raises
    ------
    InputError : no Bundle of a kind that holds records.
    """
    if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
        found = "a list" if isinstance(value, list) else "a single resource" if isinstance(value, dict) else "a bare value"
        raise InputError(f"{where}: is {found}, not a FHIR Bundle; put the resources of one person into a Bundle of type collection")
    kind = value.get("type", "")
    if kind not in KINDS:
        raise InputError(f"{where}: a Bundle of this type holds no current record of a person; use one of {', '.join(KINDS[:5])}")
    records: list[Record] = []
    empty: list[str] = []
    for place, entry in _entries(value, "", where):
        resource = entry.get("resource")
        if isinstance(resource, dict):
            records.append(_record(resource, entry.get("fullUrl"), f"{place}.resource"))
        else:
            empty.append(place)
    return Bundle(where, tuple(records), tuple(empty), tuple(_notes(value)), digest)


def _record(resource: dict[str, object], url: object, place: str) -> Record:
    kind, id_ = resource.get("resourceType"), resource.get("id")
    return Record(
        kind if isinstance(kind, str) and TYPE.fullmatch(kind) else "",
        id_ if isinstance(id_, str) and ID.fullmatch(id_) else "",
        url if isinstance(url, str) else "",
        Node(resource, place, {}),
    )


def _entries(value: dict[str, object], prefix: str, where: str) -> Iterator[tuple[str, dict[str, object]]]:
    """(place, entry) of the bundle and of bundles inside it, as answers to a batch hold them."""
    entries = value.get("entry", [])
    if not isinstance(entries, list):
        raise InputError(f"{where}: {prefix}entry must be a list; the Bundle was not written as FHIR JSON")
    for n, entry in enumerate(entries):
        place = f"{prefix}entry[{n}]"
        inner = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(inner, dict) and inner.get("resourceType") == "Bundle":
            yield from _entries(inner, f"{place}.resource.", where)
        else:
            yield place, entry if isinstance(entry, dict) else {}


def _notes(value: dict[str, object]) -> Iterator[str]:
    links = value.get("link")
    if isinstance(links, list) and any(isinstance(link, dict) and link.get("relation") == "next" for link in links):
        yield "the bundle is one page of several; what the next pages hold was not seen"


def _bytes(path: Path) -> bytes:
    where = path.name
    try:
        if not path.is_file():
            raise InputError(f"{where}: not found as a file; give a FHIR R4 Bundle in JSON")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{where}: larger than {MOST_BYTES:,} bytes; export one person, or a shorter period")
        return path.read_bytes()
    except OSError as wrong:
        raise InputError(f"{where}: cannot be read: {wrong.strerror}") from None


def parse(data: bytes, where: str) -> object:
    """JSON text -> value.

    Raises
    ------
    InputError : XML, not UTF-8, not JSON, an element twice in one object, NaN or infinite numbers, too many parts, too deep.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.lstrip()[:1] == b"<":
        raise InputError(f"{where}: is XML; FHIR is read as JSON here: ask the sender for application/fhir+json")
    if data.count(b"{") + data.count(b"[") > MOST_PARTS:
        raise InputError(f"{where}: holds more than {MOST_PARTS:,} objects and lists; export one person, or a shorter period")
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
    except UnicodeDecodeError:
        raise InputError(f"{where}: not UTF-8 text; save the Bundle again as UTF-8") from None
    except json.JSONDecodeError as wrong:
        more = "one resource a line is not a Bundle" if wrong.msg == "Extra data" else "the file may be cut off"
        raise InputError(f"{where}: not valid JSON at line {wrong.lineno}, column {wrong.colno}; {more}") from None
    except _Refused as wrong:
        raise InputError(f"{where}: {wrong}") from None
    except (RecursionError, ValueError):
        raise InputError(f"{where}: a nesting or a number far beyond what a Bundle needs") from None
    if _depth(value) > DEEPEST:
        raise InputError(f"{where}: nested deeper than {DEEPEST} levels; a Bundle needs far less")
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("an object holds the same element twice; readers would disagree about its value, so nothing was read")
    return found


def _constant(_: str) -> float:
    raise _Refused("holds NaN or an infinite number, which JSON does not allow")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _Refused("holds a number that is too large")
    return value


def _depth(value: object) -> int:
    """Levels of nesting, counted without recursion, at most DEEPEST + 1."""
    level, layer = 0, [value]
    while layer and level <= DEEPEST:
        layer = [
            child
            for item in layer
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        level += 1
    return level
