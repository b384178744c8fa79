"""References inside a bundle, and the check that everything in it is about one person."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from painloom.errors import InputError
from painloom.fhir.bundle import Record
from painloom.fhir.node import Node

ABOUT = ("subject", "patient")
INSIDE = "its person is described inside the resource itself and cannot be compared"
STRANGER = "is about another person than the Patient of the bundle"
NO_PERSON = "is not about a person (a group, a device, a place ...)"


@dataclass(frozen=True, slots=True)
class Index:
    """Records by every name under which a reference may call them: full address, `Type/id`, bare `urn:`."""

    by_name: dict[str, Record]

    def find(self, owner: Record, reference: str) -> Record | None:
        """The record that a reference inside `owner` means; None when it is not in the bundle."""
        if reference.startswith("#"):
            return _contained(owner, reference[1:])
        name = reference.partition("/_history/")[0]
        return self.by_name.get(name) or self.by_name.get("/".join(name.split("/")[-2:]))


def index_of(records: Iterable[Record]) -> Index:
    """The index; where two records have one name the first is meant."""
    names: dict[str, Record] = {}
    for record in records:
        for name in _names(record):
            names.setdefault(name, record)
    return Index(names)


def _names(record: Record) -> Iterator[str]:
    if record.url:
        yield record.url.partition("/_history/")[0]
    if record.id:
        yield f"{record.kind}/{record.id}"
        yield f"urn:uuid:{record.id}"


def _contained(owner: Record, id_: str) -> Record | None:
    for part in owner.node.nodes("contained"):
        if isinstance(part.value, dict) and part.value.get("id") == id_:
            kind = part.value.get("resourceType")
            return Record(kind if isinstance(kind, str) else "", id_, "", part)
    return None


def one_person(records: tuple[Record, ...], index: Index, where: str, *, is_strict: bool = True) -> tuple[Record | None, dict[str, str]]:
    """The Patient of the bundle, and why some records (by place) are not about a person who can be compared.

    Without `is_strict` records about somebody else than the Patient are among the latter: a caller that was told whom to read may ask so.

    Raises
    ------
    InputError : two different Patient resources, or records about two different persons.  The message names places only.
    """
    patient = _patient([r for r in records if r.kind == "Patient"], where)
    others: dict[str, str] = {}
    keys: dict[str, str] = {}
    for record in records:
        for about in [node for name in ABOUT if record.kind != "Patient" and (node := record.node.get(name))]:
            key = _key(record, about, index, patient)
            if key.startswith("?"):
                others[record.node.path] = key[1:]
            elif key:
                keys.setdefault(record.node.path, key)
    names = set(keys.values())
    if patient and not (patient.id or patient.url) and len(names) == 1:
        return patient, others  # a Patient without a name of its own: the one name that all records use must mean it
    first = patient.node.path if patient else next(iter(keys.values()), "")
    strangers = [place for place, key in keys.items() if key != first]
    if strangers and (is_strict or not patient):
        begin = patient.node.path if patient else next(iter(keys))
        raise InputError(f"{where}: {begin} and {strangers[0]} are about two different persons; a case is one person: split the bundle")
    return patient, others | dict.fromkeys(strangers, STRANGER)


def _patient(found: list[Record], where: str) -> Record | None:
    if not found:
        return None
    first = found[0]
    for other in found[1:]:
        if (other.id, _without_meta(other)) != (first.id, _without_meta(first)):
            raise InputError(f"{where}: {first.node.path} and {other.node.path} are two different Patient records; keep one person's")
    return first


def _without_meta(record: Record) -> dict[str, object]:
    value = record.node.value
    return {k: v for k, v in value.items() if k not in ("meta", "text")} if isinstance(value, dict) else {}


def _key(record: Record, about: Node, index: Index, patient: Record | None) -> str:
    """A name of the person that a record is about; "" when it names none, `?why` when it cannot be compared."""
    reference = _peek(about, "reference")
    if reference.startswith("#"):
        inner = index.find(record, reference)
        return f"?{INSIDE}" if inner and inner.kind == "Patient" else f"?{NO_PERSON}"
    if reference:
        target = index.find(record, reference) or index.by_name.get(f"Patient/{reference}")
        if target is not None:
            return (patient or target).node.path if target.kind == "Patient" else f"?{NO_PERSON}"
        name = reference.partition("/_history/")[0]
        kind = _peek(about, "type") or (name.split("/")[-2] if name.count("/") else "Patient")
        if "?" in name:
            kind = name.partition("?")[0].split("/")[-1]
        if kind != "Patient":
            return f"?{NO_PERSON}"
        return "/".join(name.split("/")[-2:])
    identifier = about.get("identifier")
    if identifier is None:
        return ""
    return _by_identifier(identifier, patient)


def _by_identifier(identifier: Node, patient: Record | None) -> str:
    pair = (_peek(identifier, "system"), _peek(identifier, "value"))
    own = [(_peek(i, "system"), _peek(i, "value")) for i in patient.node.nodes("identifier")] if patient else []
    if patient and (pair in own or pair[0] not in [system for system, _ in own]):
        return patient.node.path
    return "identifier " + "|".join(pair) if pair[1] else ""


def _peek(node: Node, name: str) -> str:
    """A text without marking it as read."""
    value = node.value.get(name) if isinstance(node.value, dict) else None
    return value.strip() if isinstance(value, str) else ""
