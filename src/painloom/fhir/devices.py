"""Devices and statements of their use -> diagnoses that say which device the person has: a safety gate must know of each."""

from collections.abc import Iterable, Iterator

from painloom.fhir.bundle import Record
from painloom.fhir.coding import Concept, concept, status
from painloom.fhir.ledger import Ledger
from painloom.fhir.node import Node
from painloom.fhir.people import Index
from painloom.fhir.sites import sites_of
from painloom.model.body import Codes, Diagnosis

DEVICE, USE = "Device", "DeviceUseStatement"
USES = (USE, "DeviceUsage")  # the second is the name of later releases
BEGINNING = "device: "
ACTIVE, WRONG = "active", "entered-in-error"
GONE = "written without a state: a device that is no longer used may still be in the body"
NOBODY = "the device names no person: it was taken to belong to the person of the bundle"
GAUGE = "a device that measured or sent something, not one that is said to belong to the person"
DEVICE_ADMIN = (
    "udiCarrier", "definition", "distinctIdentifier", "manufactureDate", "expirationDate", "lotNumber", "serialNumber", "owner",
    "location", "contact", "url", "parent",
)  # fmt: skip
USE_ADMIN = ("basedOn", "derivedFrom", "recordedOn", "source", "device", "dateAsserted", "informationSource", "context")


def read_devices(records: tuple[Record, ...], index: Index, ledger: Ledger) -> tuple[Diagnosis, ...]:
    """One diagnosis for each device, in the order of the bundle: text `device: ...`, its codes, state "active" or "" (not sure).

    A statement of use tells where the device is, since when and whether it is still used; one whose device is not in the bundle counts on
    its own, by the words of its reference.  Devices and statements entered in error are left out.
    """
    uses: dict[str, list[Record]] = {}
    alone: list[Record] = []
    for record in records:
        if record.kind in USES and ledger.is_open(record):
            device = _device_of(record, index)
            if device is not None and device.kind == DEVICE and any(device.node.path == r.node.path for r in records):
                uses.setdefault(device.node.path, []).append(record)
            else:
                alone.append(record)
    gauges = _gauges(records, index)
    found: list[Diagnosis] = []
    for record in records:
        if record.kind == DEVICE and ledger.is_open(record):
            if record.node.path in gauges and record.node.path not in uses and not record.node.has("patient"):
                ledger.leave(record, GAUGE)
            else:
                found += _of_device(record, uses.get(record.node.path, []), ledger)
        elif record in alone:
            found += _of_use(record, index, ledger)
    return tuple(found)


def _of_device(record: Record, uses: list[Record], ledger: Ledger) -> Iterator[Diagnosis]:
    node = record.node
    state = node.text("status").lower()
    standing = [use for use in uses if _stands(use, ledger)]
    if state == WRONG:
        ledger.leave(record, "was entered in error")
        for use in standing:
            ledger.leave(use, "its device was entered in error")
        return
    named = _name(node)
    if not named.text:
        ledger.leave(record, "the device is not named")
        for use in standing:
            ledger.leave(use, "its device is not named")
        return
    ledger.use(record)
    node.mark(*DEVICE_ADMIN)
    if not node.has("patient") and not any(use.node.has("subject") or use.node.has("patient") for use in standing):
        node.leave(NOBODY, "resourceType")
    for use in standing:
        ledger.use(use)
    states = [state, *(use.node.text("status").lower() for use in standing)]
    yield _diagnosis(node, named, [use.node for use in standing], states)


def _of_use(record: Record, index: Index, ledger: Ledger) -> Iterator[Diagnosis]:
    """A statement whose device is inside it, elsewhere, or given as a concept."""
    node = record.node
    if not _stands(record, ledger):
        return
    reference = node.get("device")
    inner = index.find(record, reference.text("reference")) if reference else None
    device = inner.node if inner is not None and inner.kind == DEVICE else None
    named = _name(device) if device else Concept("", ())
    if reference is not None and not named.text:
        held = concept(reference.get("concept") or reference)
        named = Concept(held.text or reference.text("display"), held.codes)
    if not named.text:
        ledger.leave(record, "the device that was used is not named")
        return
    ledger.use(record)
    if device is not None:
        device.mark("resourceType", *DEVICE_ADMIN)
    yield _diagnosis(node, named, [node], [device.text("status").lower() if device else "", node.text("status").lower()])


def _diagnosis(node: Node, named: Concept, uses: Iterable[Node], states: list[str]) -> Diagnosis:
    """Several records of one device: it is in use only where none of them says otherwise."""
    others = list(dict.fromkeys(state for state in states if state not in ("", ACTIVE)))
    if others:
        node.leave(GONE, "status")
    places: dict[str, None] = {}
    since = ""
    for use in uses:
        use.mark(*USE_ADMIN)
        places.update(dict.fromkeys(sites_of(use)))
        period = use.get("timingPeriod")
        since = since or (period.date("start") if period else "") or use.date("timingDateTime")
    said = "; ".join([*places, *(f"recorded as {state}" for state in others if state.isascii() and state.replace("-", "").isalpha())])
    text = f"{BEGINNING}{named.text}" + (f" ({said})" if said else "")
    return Diagnosis(node.fit(text, "type"), named.codes, "" if others or ACTIVE not in states else ACTIVE, since)


def _name(node: Node) -> Concept:
    """What the device is: its type, and the names that it goes by where these say more."""
    kinds = [concept(part) for part in node.nodes("type")]
    texts = [kind.text for kind in kinds]
    for part in (*node.nodes("deviceName"), *node.nodes("name")):
        part.mark("type")
        texts.append(part.text("name") or part.text("value"))
    kept: list[str] = []
    for text in texts:
        if text and not any(text.casefold() in earlier.casefold() for earlier in kept):
            kept.append(text)
    codes: Codes = tuple(dict.fromkeys(code for kind in kinds for code in kind.codes))
    return Concept(", ".join(kept), codes)


def _stands(record: Record, ledger: Ledger) -> bool:
    if record.node.text("status").lower() == WRONG or status(record.node.get("status")) == WRONG:
        ledger.leave(record, "was entered in error")
        return False
    return ledger.is_open(record)


def _device_of(record: Record, index: Index) -> Record | None:
    device = record.node.get("device")
    name = (device.get("reference") or device).text("reference") if device else ""  # later releases put the reference one level down
    return index.find(record, name) if name else None


def _gauges(records: Iterable[Record], index: Index) -> set[str]:
    """Places of devices that another record names as what it was measured or written with."""
    found = set()
    for record in records:
        for name in ("device", "author", "performer", "source"):
            for reference in record.node.nodes(name) if record.kind not in USES else ():
                value = reference.value.get("reference") if isinstance(reference.value, dict) else None
                device = index.find(record, value) if isinstance(value, str) and value else None
                if device is not None and device.kind == DEVICE:
                    found.add(device.node.path)
    return found
