"""Conditions and allergies -> diagnoses, sites of pain and allergies of a case."""

from dataclasses import dataclass

from painloom.fhir.bundle import Record
from painloom.fhir.coding import concept, status
from painloom.fhir.ledger import Ledger
from painloom.fhir.node import Node
from painloom.fhir.sites import sites_of
from painloom.model.body import Allergy, Diagnosis

CONDITION, ALLERGY = "Condition", "AllergyIntolerance"
STATES = {
    "active": "active",
    "recurrence": "active",
    "relapse": "active",
    "inactive": "resolved",
    "remission": "resolved",
    "resolved": "resolved",
}
NEVER = {
    "refuted": "was looked for and refuted",
    "entered-in-error": "was entered in error",
    "differential": "is one of several possibilities, not a diagnosis",
}
UNSURE = ("unconfirmed", "provisional", "presumed")
CONDITION_ADMIN = ("category", "encounter", "recordedDate", "recorder", "asserter")
ALLERGY_ADMIN = ("category", "encounter", "recordedDate", "recorder", "asserter", "lastOccurrence")
GRADES = ("severe", "moderate", "mild")


@dataclass(frozen=True, slots=True)
class Conditions:
    """Diagnoses in the order of the bundle, and the body sites of those that are not resolved, each once."""

    diagnoses: tuple[Diagnosis, ...]
    sites: tuple[str, ...]


def read_conditions(records: tuple[Record, ...], ledger: Ledger) -> Conditions:
    """The diagnoses and where they are; refuted ones are left out, unconfirmed ones say so in their text."""
    diagnoses: list[Diagnosis] = []
    sites: dict[str, None] = {}
    for record in records:
        found = _diagnosis(record, ledger) if record.kind == CONDITION and ledger.is_open(record) else None
        if found is not None:
            diagnoses.append(found)
            sites.update(dict.fromkeys(sites_of(record.node) if found.state != "resolved" else ()))
    return Conditions(tuple(diagnoses), tuple(sites))


def _stands(record: Record, ledger: Ledger) -> str | None:
    """The certainty to write behind the text, None where the record does not stand."""
    certainty = status(record.node.get("verificationStatus"))
    if certainty in NEVER:
        ledger.leave(record, NEVER[certainty])
        return None
    return f" ({certainty})" if certainty in UNSURE else ""


def _diagnosis(record: Record, ledger: Ledger) -> Diagnosis | None:
    node = record.node
    certainty = _stands(record, ledger)
    if certainty is None:
        return None
    named = concept(node.get("code"))
    if not named.text:
        ledger.leave(record, "the condition is not named")
        return None
    ledger.use(record)
    node.mark(*CONDITION_ADMIN)
    clinical = status(node.get("clinicalStatus"))
    if clinical and STATES.get(clinical) != clinical:
        node.leave(f"written as {STATES.get(clinical) or 'a diagnosis without a state'}", "clinicalStatus")
    state = STATES.get(clinical, "")
    if not state and (node.has("abatementDateTime") or node.has("abatementPeriod")):
        state = "resolved"
    period = node.get("onsetPeriod")
    since = node.date("onsetDateTime") or (period.date("start") if period else "")
    return Diagnosis(node.fit(named.text + certainty, "code"), named.codes, state, since)


def read_allergies(records: tuple[Record, ...], ledger: Ledger) -> tuple[Allergy, ...]:
    """Allergies and intolerances in the order of the bundle; those that no longer hold are left out."""
    found = (_allergy(record, ledger) for record in records if record.kind == ALLERGY and ledger.is_open(record))
    return tuple(allergy for allergy in found if allergy is not None)


def _allergy(record: Record, ledger: Ledger) -> Allergy | None:
    node = record.node
    certainty = _stands(record, ledger)
    if certainty is None:
        return None
    clinical = status(node.get("clinicalStatus"))
    if clinical == "resolved":
        ledger.leave(record, "is recorded as resolved")
        return None
    named = concept(node.get("code"))
    reactions = node.nodes("reaction")
    substance = next((text for reaction in reactions if (text := concept(reaction.get("substance")).text)), "")
    if not (named.text or substance):
        ledger.leave(record, "what the person reacts to is not named")
        return None
    ledger.use(record)
    node.mark(*ALLERGY_ADMIN)
    if clinical == "inactive":
        node.leave("recorded as inactive: kept all the same", "clinicalStatus")
    if node.text("type") == "intolerance":
        node.leave("recorded as an intolerance, which a case does not tell from an allergy", "type")
    shown = dict.fromkeys(text for reaction in reactions for sign in reaction.nodes("manifestation") if (text := concept(sign).text))
    text = node.fit((named.text or substance) + certainty, "code")
    return Allergy(text, named.codes, node.fit("; ".join(shown), "reaction"), _severity(node, reactions))


def _severity(node: Node, reactions: list[Node]) -> str:
    """The gravest recorded reaction, then how dangerous the next one may be."""
    seen = [reaction.text("severity") for reaction in reactions]
    worst = next((grade for grade in GRADES if grade in seen), "")
    risk = node.text("criticality")
    return "; ".join(part for part in (worst, f"criticality {risk}" if risk in ("low", "high") else "") if part)
