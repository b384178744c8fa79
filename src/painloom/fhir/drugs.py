"""Orders, statements and dispensings of drugs -> the drug list of a case."""

from collections.abc import Iterator
from dataclasses import dataclass

from painloom.fhir.bundle import Record
from painloom.fhir.coding import Concept, concept, status
from painloom.fhir.dosage import Dosage, read_dosage
from painloom.fhir.ledger import Ledger
from painloom.fhir.node import Node
from painloom.fhir.people import Index
from painloom.fhir.span import last_day
from painloom.model.case import DrugUse

ORDER, STATEMENT, SUPPLY = "MedicationRequest", "MedicationStatement", "MedicationDispense"
KINDS = (ORDER, STATEMENT, SUPPLY)
ACTIVE, STOPPED, PLANNED = "active", "stopped", "planned"
STATES = {
    "active": ACTIVE,
    "in-progress": ACTIVE,
    "completed": STOPPED,
    "stopped": STOPPED,
    "on-hold": PLANNED,
    "draft": PLANNED,
    "intended": PLANNED,
    "preparation": PLANNED,
}
NEVER = {
    "entered-in-error": "was entered in error",
    "cancelled": "was cancelled before it took effect",
    "not-taken": "says that the drug was not taken",
    "declined": "was not supplied",
}
IDEAS = ("plan", "proposal", "option")
CHILDREN = ("reflex-order", "filler-order", "instance-order")
AT_HOME = ("community", "outpatient", "discharge")
NAMELESS = "drug without a name in the record"
ADMIN = (
    "encounter", "context", "requester", "recorder", "informationSource", "performer", "performerType", "reported",
    "reportedBoolean", "reportedReference", "dateAsserted", "groupIdentifier", "eventHistory", "insurance",
    "priorPrescription", "receiver", "destination", "location", "basedOn", "partOf", "derivedFrom",
    "authorizingPrescription", "instantiatesCanonical", "instantiatesUri", "supportingInformation", "whenPrepared", "type",
    "substitution",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drug:
    """What a resource names as the drug."""

    name: str
    form: str
    concept: Concept

    def same(self, other: "Drug") -> bool:
        """One code in common, or the same name."""
        return bool(set(self.concept.codes) & set(other.concept.codes)) or self.name.casefold() == other.name.casefold()


def read_drugs(records: tuple[Record, ...], index: Index, ledger: Ledger, as_of: str) -> tuple[DrugUse, ...]:
    """The drug list in the order of the bundle.

    An order that a statement or another order of the bundle names as its own origin is not counted beside it; a dispensing counts only
    where nothing else names its drug.
    """
    usable = [record for record in records if record.kind in KINDS and ledger.is_open(record) and _stands(record, ledger)]
    replaced = _replaced(usable, index, ledger)
    found: dict[str, tuple[DrugUse, ...]] = {}
    known: list[Drug] = []
    for record in usable:
        if record.kind != SUPPLY and record.node.path not in replaced:
            drug = _drug(record, index, ledger)
            known.append(drug)
            found[record.node.path] = tuple(_uses(record, drug, ledger, as_of))
    for record in usable:
        if record.kind == SUPPLY:
            drug = _drug(record, index, ledger)
            if any(drug.same(other) for other in known):
                ledger.leave(record, "a supply of a drug that an order or a statement of the bundle already names")
            else:
                found[record.node.path] = tuple(_uses(record, drug, ledger, as_of))
    return tuple(use for record in usable for use in found.get(record.node.path, ()))


def _stands(record: Record, ledger: Ledger) -> bool:
    node = record.node
    if node.flag("doNotPerform"):
        ledger.leave(record, "forbids the drug; a drug list holds only what is taken")
        return False
    never = NEVER.get(_status(node))
    if never:
        ledger.leave(record, never)
    return never is None


def _status(node: Node) -> str:
    return node.text("status").lower()


def _replaced(usable: list[Record], index: Index, ledger: Ledger) -> set[str]:
    """Places of orders for which another record of the bundle stands."""
    gone: set[str] = set()
    for record in usable:
        if record.kind == SUPPLY:
            continue
        for name in ("basedOn", "derivedFrom"):
            for reference in record.node.nodes(name):
                origin = index.find(record, reference.text("reference"))
                if origin is None or origin.kind != ORDER or origin.node.path == record.node.path or origin not in usable:
                    continue
                child, parent = record.node.path, origin.node.path
                if gone & {child, parent}:
                    continue
                loser, winner = (record, origin) if _stands_for_child(origin, record) else (origin, record)
                gone.add(loser.node.path)
                ledger.leave(loser, f"the same use as {winner.node.path}, which was taken")
    return gone


def _stands_for_child(parent: Record, child: Record) -> bool:
    """True when the origin is taken and not what came of it: a running order, not its parts; an order, not a statement without amounts."""
    if child.kind == STATEMENT:
        return not child.node.has("dosage")
    return child.node.text("intent") in CHILDREN and STATES.get(_status(parent.node), ACTIVE) == ACTIVE


def _drug(record: Record, index: Index, ledger: Ledger) -> Drug:
    node = record.node
    written = concept(node.get("medicationCodeableConcept"))
    reference = node.get("medicationReference")
    if reference is None:
        return Drug(written.text or NAMELESS, "", written)
    reference.mark()
    target = index.find(record, reference.text("reference"))
    if target is None or target.kind != "Medication":
        reference.leave("" if reference.text("display") else "points to a drug that is not in the bundle")
        return Drug(reference.text("display") or written.text or NAMELESS, "", written)
    ledger.use(target)
    named = concept(target.node.get("code"))
    name = named.text or _ingredients(target.node) or reference.text("display") or NAMELESS
    return Drug(name, concept(target.node.get("form")).text, named)


def _ingredients(node: Node) -> str:
    return node.fit(
        " / ".join(name for part in node.nodes("ingredient") if (name := concept(part.get("itemCodeableConcept")).text)), "ingredient"
    )


def _uses(record: Record, drug: Drug, ledger: Ledger, as_of: str) -> Iterator[DrugUse]:
    """One entry for each line of the order, at least one."""
    node = record.node
    ledger.use(record)
    node.mark(*ADMIN)
    if drug.name == NAMELESS:
        node.leave("the drug is not named: the list holds an entry without a name", "medicationCodeableConcept")
    if status(node.get("category")) in AT_HOME:
        node.mark("category")
    since = _since(node)
    until = _until(node, since)
    reasons = node.fit("; ".join(text for reason in node.nodes("reasonCode") if (text := concept(reason).text)), "reasonCode")
    lines = [*node.nodes("dosageInstruction"), *node.nodes("dosage")]
    steps = {line.number("sequence") for line in lines}
    for line in lines if len(steps) > 1 else ():
        line.leave("lines may follow one another or hold together: every line is on the list", "sequence")
    for dosage in [read_dosage(line, since) for line in lines] or [Dosage()]:
        first, last = dosage.since or since, dosage.until or until
        yield DrugUse(
            name=drug.name,
            text=dosage.text,
            dose=dosage.dose,
            unit=dosage.unit,
            per_day=dosage.per_day,
            route=dosage.route,
            form=drug.form,
            as_needed=dosage.as_needed,
            since=first,
            until=last,
            reason=reasons,
            state=_state(record, last, as_of),
            codes=drug.concept.codes,
        )


def _since(node: Node) -> str:
    period = node.get("effectivePeriod")
    given = [period.date("start") if period else "", node.date("effectiveDateTime"), node.date("whenHandedOver"), node.date("authoredOn")]
    return next((day for day in given if day), "")


def _until(node: Node, since: str) -> str:
    """The end as stated; else the last day that the supply covers, refills that the order allows included."""
    period = node.get("effectivePeriod")
    stated = period.date("end") if period else ""
    supply = node.get("dispenseRequest")
    repeats = supply.number("numberOfRepeatsAllowed", 0, 1_000) if supply else None
    covered = last_day(since, supply.get("expectedSupplyDuration") if supply else node.get("daysSupply"), 1 + int(repeats or 0))
    if supply:
        supply.mark("validityPeriod", "performer")
    return stated or covered


def _state(record: Record, until: str, as_of: str) -> str:
    node = record.node
    if record.kind == SUPPLY:  # handed over says nothing of the use: it counts until the supply must have run out
        node.leave("a supply without an order: taken as used until it must have run out", "status")
        return STOPPED if len(until) == 10 and until < as_of else ACTIVE
    written = _status(node)
    if written not in STATES:
        node.leave("no status that tells whether the drug is taken: it counts as taken", "status")
    elif written in ("on-hold", "draft", "intended"):
        node.leave("held back, drafted or intended: on the list as planned", "status")
    if node.text("intent") in IDEAS:
        node.leave("no order but a plan, proposal or option: on the list as planned", "intent")
        return PLANNED if STATES.get(written) != STOPPED else STOPPED
    return STATES.get(written, ACTIVE)
