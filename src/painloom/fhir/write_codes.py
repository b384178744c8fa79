"""Pieces of FHIR that every written resource is made of: concepts, codes, quantities, dates; what is empty is left out."""

import datetime
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from painloom.fhir.coding import SYSTEMS
from painloom.knowledge.load import Knowledge
from painloom.model.body import Codes

Json = Mapping[str, object]
LOINC_URL, UCUM_URL = "http://loinc.org", "http://unitsofmeasure.org"
RXNORM_URL = "http://www.nlm.nih.gov/research/umls/rxnorm"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ABSENT_EXTENSION = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
BIRTH_SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
OWN = "urn:painloom:"
ROLE = f"{OWN}role"
INPUT, RESULT, RESEARCH = "input", "result", "research-use"
ROLES = {INPUT: "as the case holds it", RESULT: "worked out by painloom", RESEARCH: "research use only"}
BAND = f"{OWN}band-80"
DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
DOTTED = re.compile(r"[0-9]+(\.[0-9]+)+")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
EMPTY: tuple[object, ...] = (None, "", [], {}, ())
PREFERRED = {
    "icd-11": "http://id.who.int/icd/release/11/mms",
}


def clean(value: object) -> object:
    """The value without empty parts; texts without control signs and outer blanks; whole numbers as integers."""
    if isinstance(value, str):
        return CONTROL.sub(" ", value).strip()
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        parts = ((str(name), clean(part)) for name, part in value.items())
        return {name: part for name, part in parts if part not in EMPTY or part is False}
    if isinstance(value, Iterable):
        return [part for part in map(clean, value) if part not in EMPTY or part is False]
    return value


def _number(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def day(text: str) -> str:
    """The text where it is a year, a month or a day that exists, else ""."""
    if not DAY.fullmatch(text):
        return ""
    year, month, last = (*map(int, text.split("-")), 1, 1)[:3]
    try:
        datetime.date(year, month, last)
    except ValueError:
        return ""
    return text


def system_url(name: str) -> str:
    """The address of a code system by its short name in a case; "" where it has none."""
    if name in PREFERRED:
        return PREFERRED[name]
    known = next((url for url, short in SYSTEMS.items() if short == name), "")
    if known:
        return known
    address = name.replace("%3A", ":")
    if any(c.isspace() for c in address):
        return ""
    if DOTTED.fullmatch(address):
        return f"urn:oid:{address}"
    if address.startswith("urn:"):
        return address
    return f"http://{address}" if "." in address or "/" in address else ""


def coding(system: str, code: str, display: str = "") -> Json:
    """One coding; blanks inside a code are written once."""
    return {"system": system, "code": " ".join(code.split()), "display": display}


def own(list_name: str, code: str, display: str = "") -> Json:
    """A coding of one of our own lists, such as facts or treatments."""
    return coding(f"{OWN}{list_name}", code, display)


def concept(text: str, *codings: Json | None) -> Json:
    """A concept: what a person reads, and its codes."""
    return {"coding": [c for c in codings if c], "text": text}


def case_codes(codes: Codes) -> list[Json]:
    """Codes of a case as codings, in their order."""
    return [coding(system_url(system), code) for system, code in codes]


def loinc(code: str, display: str = "") -> Json | None:
    """A LOINC coding, None without a code."""
    return coding(LOINC_URL, code, display) if code else None


def category(code: str, display: str = "") -> Json:
    """A category of observations."""
    return {"coding": [coding(CATEGORY, code, display or code.replace("-", " ").title())]}


def meta(*roles: str, profiles: Sequence[str] = ()) -> Json:
    """Which profiles are claimed, and whether it is an input, a result or for research only."""
    return {"profile": list(profiles), "tag": [coding(ROLE, role, ROLES.get(role, "")) for role in roles]}


def absent(reason: str, code: str = "unknown") -> Json:
    """Why there is no value."""
    return {"coding": [coding(ABSENT, code)], "text": reason}


def extension(url: str, name: str, value: object) -> Json:
    """One extension; `name` is such as "valueString"."""
    return {"url": url, name: value}


def reference(url: str) -> Json:
    """A reference to an entry of the bundle."""
    return {"reference": url} if url else {}


def when(date: str) -> Json:
    """The time of an observation; said to be unknown where it is."""
    known = day(date)
    if known:
        return {"effectiveDateTime": known}
    return {"_effectiveDateTime": {"extension": [extension(ABSENT_EXTENSION, "valueCode", "unknown")]}}


@dataclass(frozen=True)
class FhirCodes:
    """Codes of other people's lists for what a case and an assessment hold; a code that nobody checked is not written."""

    knowledge: Knowledge

    @cached_property
    def _rows(self) -> dict[tuple[str, str], dict[str, str]]:
        rows = self.knowledge.terms("fhir_codes")
        return {(row["kind"], row["key"]): row for row in rows if row["state"] == "verified"}

    def coding(self, kind: str, key: str) -> Json | None:
        """The coding of one entry, None where the table has none."""
        row = self._rows.get((kind, key))
        return coding(row["system"], row["code"], row["display"]) if row else None

    def code(self, kind: str, key: str) -> str:
        """The bare code, "" where the table has none."""
        row = self._rows.get((kind, key))
        return row["code"] if row else ""

    def system(self, kind: str, key: str) -> str:
        """The system alone, "" where the table has none."""
        row = self._rows.get((kind, key))
        return row["system"] if row else ""

    @cached_property
    def _units(self) -> frozenset[str]:
        return frozenset(row["unit"] for row in self.knowledge.terms("measures") if row["unit"])

    def quantity(self, value: float, unit: str) -> Json:
        """A quantity; the unit as written, with its UCUM code where it is known."""
        code = self.code("unit", unit.lower()) or (unit if unit in self._units else "")
        found: dict[str, object] = {"value": value, "unit": unit}
        return found | ({"system": UCUM_URL, "code": code} if code else {})
