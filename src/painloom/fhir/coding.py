"""Codes with their system's short name, and texts of concepts."""

from dataclasses import dataclass

from painloom.fhir.node import Node
from painloom.model.body import Codes

LOINC, SNOMED, RXNORM, UCUM = "loinc", "snomed", "rxnorm", "ucum"
SYSTEMS = {
    "http://loinc.org": LOINC,
    "http://snomed.info/sct": SNOMED,
    "http://www.nlm.nih.gov/research/umls/rxnorm": RXNORM,
    "http://unitsofmeasure.org": UCUM,
    "http://hl7.org/fhir/sid/icd-10-cm": "icd-10-cm",
    "http://hl7.org/fhir/sid/icd-10": "icd-10",
    "http://fhir.de/CodeSystem/bfarm/icd-10-gm": "icd-10-gm",
    "http://hl7.org/fhir/sid/icd-9-cm": "icd-9-cm",
    "http://hl7.org/fhir/sid/icd-11": "icd-11",
    "http://id.who.int/icd/release/11/mms": "icd-11",
    "http://www.whocc.no/atc": "atc",
    "http://hl7.org/fhir/sid/ndc": "ndc",
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "http://fdasis.nlm.nih.gov": "unii",
    "http://hl7.org/fhir/sid/icf-nl": "icf",
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.6.90": "icd-10-cm",
    "urn:oid:2.16.840.1.113883.6.3": "icd-10",
    "urn:oid:2.16.840.1.113883.6.103": "icd-9-cm",
    "urn:oid:2.16.840.1.113883.6.69": "ndc",
    "urn:oid:2.16.840.1.113883.6.73": "atc",
    "urn:oid:2.16.840.1.113883.6.8": UCUM,
}


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept as written: `text` is its text, else the first display, else the first code; `codes` as in a case."""

    text: str
    codes: Codes

    def of(self, system: str) -> tuple[str, ...]:
        """The codes of one system."""
        return tuple(code for name, code in self.codes if name == system)


def system_name(url: str) -> str:
    """The short name of a code system; an unknown address without its scheme and without colons, "local" when there is none."""
    address = url.strip().rstrip("/")
    known = SYSTEMS.get(address) or SYSTEMS.get(address.replace("https://", "http://"))
    if known:
        return known
    for scheme in ("http://", "https://", "urn:oid:"):
        address = address.removeprefix(scheme)
    return address.replace(":", "%3A") or "local"


def coding(node: Node) -> tuple[str, str, str]:
    """(system, code, display) of one coding; its version is a matter of the sender."""
    node.mark("version", "userSelected", "id")
    return system_name(node.text("system")), node.text("code"), node.text("display")


def concept(node: Node | None) -> Concept:
    """Text and codes of a CodeableConcept; empty when absent."""
    if node is None:
        return Concept("", ())
    found = [coding(part) for part in node.nodes("coding")]
    node.mark("id")
    text = node.text("text") or next((d for _, _, d in found if d), "") or next((c for _, c, _ in found if c), "")
    return Concept(text, tuple(dict.fromkeys((system, code) for system, code, _ in found if code)))


def status(node: Node | None) -> str:
    """The first code of a status concept, in lower case; "" when absent."""
    found = concept(node)
    return (found.codes[0][1] if found.codes else found.text).lower()


def is_loinc(code: str) -> bool:
    """True when the code has the form of a LOINC term and its check digit is right; never true for answer codes."""
    number, dash, check = code.partition("-")
    if not (dash and number.isascii() and number.isdigit() and 1 <= len(number) <= 7 and len(check) == 1 and check.isdigit()):
        return False
    doubled = (int(d) * (2 if n % 2 == 0 else 1) for n, d in enumerate(reversed(number)))
    return (10 - sum(d - 9 if d > 9 else d for d in doubled) % 10) % 10 == int(check)
