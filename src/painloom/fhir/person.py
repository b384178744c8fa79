"""Patient -> Person: age on a day and sex; never a name, a date of birth or an address."""

import calendar
import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from painloom.fhir.node import Node
from painloom.model.case import Person

OLDEST = 130
LABEL = "imported case"
BIRTH_SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
SEXES = {"female": "F", "male": "M", "f": "F", "m": "M"}
IDENTITY = (
    "identifier",
    "name",
    "telecom",
    "address",
    "photo",
    "contact",
    "communication",
    "maritalStatus",
    "multipleBirthBoolean",
    "multipleBirthInteger",
    "generalPractitioner",
    "managingOrganization",
    "text",
)
NOT_TAKEN = "tells who the person is, or is of no use to a case: never taken over"


@dataclass(frozen=True, slots=True)
class Told:
    """The person, and notes on what is uncertain about it."""

    person: Person
    notes: tuple[str, ...]


def read_person(patient: Node | None, as_of: datetime.date, label: str) -> Told:
    """Who the case is about; without a Patient age and sex are unknown, and the notes say so."""
    if patient is None:
        return Told(Person(label or LABEL), ("no Patient in the bundle that can be read: age and sex are unknown",))
    patient.leave(NOT_TAKEN, *IDENTITY)
    notes: list[str] = []
    age = _age(patient, as_of, notes)
    sex = _sex(patient)
    notes += _standing(patient)
    if patient.has("extension"):
        patient.leave(NOT_TAKEN, "extension")
    if age is None and not patient.has("birthDate"):
        notes.append("the Patient has no date of birth: the age is unknown")
    if not sex:
        notes.append("the sex is unknown (neither female nor male is recorded)")
    return Told(Person(label or LABEL, age, sex), tuple(notes))


def _age(patient: Node, as_of: datetime.date, notes: list[str]) -> int | None:
    written = patient.date("birthDate")
    if not written:
        return None
    parts = [int(part) for part in written.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
    age = as_of.year - year - ((as_of.month, as_of.day) < (month, day))
    if len(parts) < 3 and age == -1 and parts <= [as_of.year, as_of.month]:
        age = 0  # born this year, on a day that is not known
    if not 0 <= age <= OLDEST:
        patient.leave("lies in the future of the import's day, or more than 130 years back: the age is unknown", "birthDate")
        notes.append("the date of birth gives no possible age: the age is unknown")
        return None
    if len(parts) < 3:
        notes.append("the date of birth is known to the year or month only: the person may be one year older than written")
    return age


def _sex(patient: Node) -> str:
    """As recorded at birth where that is told, else the administrative one."""
    told = [part.text("valueCode") for part in patient.nodes("extension") if part.text("url") == BIRTH_SEX]
    at_birth = SEXES.get(told[0].lower(), "") if told else ""
    now = SEXES.get(patient.text("gender").lower(), "")
    if patient.has("gender") and not now:
        patient.leave("neither female nor male", "gender")
    elif at_birth and now and at_birth != now:
        patient.leave("differs from the sex recorded at birth, which the case holds", "gender")
    return at_birth or now


def _standing(patient: Node) -> Iterator[str]:
    if patient.flag("deceasedBoolean") or patient.has("deceasedDateTime"):
        patient.leave("the person is recorded as deceased; a case has no place for it", "deceasedBoolean", "deceasedDateTime")
        yield "the person is recorded as deceased"
    if patient.flag("active") is False:
        yield "the Patient record is marked as no longer in use"
    links = [link.text("type") for link in patient.nodes("link")]
    if "replaced-by" in links:
        yield "the Patient record says that another record replaces it"
