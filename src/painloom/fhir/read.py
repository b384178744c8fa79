"""A FHIR bundle -> the case of one person, and the list of everything that is not in it."""

import datetime
from collections import Counter
from dataclasses import replace
from pathlib import Path

from painloom.fhir.bundle import Bundle, Record, read_file
from painloom.fhir.conditions import read_allergies, read_conditions
from painloom.fhir.devices import read_devices
from painloom.fhir.drugs import read_drugs
from painloom.fhir.imported import Imported, LeftOut
from painloom.fhir.ledger import Ledger
from painloom.fhir.mentions import find_mentions, with_mentions
from painloom.fhir.observations import newest_rating, read_observations
from painloom.fhir.people import index_of, one_person
from painloom.fhir.person import read_person
from painloom.fhir.questionnaires import read_answers
from painloom.fhir.units import Measures
from painloom.fhir.watched import open_sheets
from painloom.knowledge.load import Knowledge
from painloom.model.body import BodyRecord, Measure
from painloom.model.case import Case, PainHistory

CLINICAL = (
    "Condition", "Observation", "MedicationRequest", "MedicationStatement", "AllergyIntolerance", "QuestionnaireResponse",
    "DeviceUseStatement",
)  # fmt: skip
OTHER_KIND = "resources of this type are not read"
OTHERWISE = {
    "DiagnosticReport": "its results are read where the bundle holds them as Observations; its own words are not",
    "Medication": "no order or statement that was read names it",
    "MedicationAdministration": "one administration says nothing about lasting use",
    "OperationOutcome": "a message of the sending system: a part of what was asked for may be missing",
    "Patient": "a second copy of the same person",
    "Questionnaire": "a form to which the bundle holds no response",
    "": "names no resource type",
}


def read_bundle(path: Path, knowledge: Knowledge | Measures, as_of: str, label: str = "") -> Imported:
    """The person in the bundle at `path`, as old as on the day `as_of` (ISO date).

    Raises
    ------
    InputError : no readable Bundle, or records of two persons.  No message holds a value of the bundle.
    """
    return read_resources(read_file(path), knowledge, as_of, label)


def read_resources(bundle: Bundle, knowledge: Knowledge | Measures, as_of: str, label: str = "", *, is_strict: bool = True) -> Imported:
    """The person in a bundle that was parsed already; without `is_strict` other persons' records are left out and listed.

    A caller with many bundles gives the `Measures` of the knowledge, which then reads each card once.

    Raises
    ------
    InputError : records of two persons.
    """
    index = index_of(bundle.records)
    patient, others = one_person(bundle.records, index, bundle.where, is_strict=is_strict)
    records = _once(bundle.records)
    ledger = Ledger(records, others)
    known = patient if patient and ledger.is_open(patient) else None
    told = read_person(known.node if known else None, datetime.date.fromisoformat(as_of), label)
    if known:
        ledger.use(known)
    measures = knowledge if isinstance(knowledge, Measures) else Measures(knowledge)
    observed = read_observations(records, measures, ledger)
    answers = read_answers(records, index, measures, ledger)
    answers += open_sheets(observed.unanswered, answers, observed.measures)
    conditions = read_conditions(records, ledger)
    body = BodyRecord(
        diagnoses=(*conditions.diagnoses, *read_devices(records, index, ledger)),
        measures=observed.measures,
        allergies=read_allergies(records, ledger),
    )
    rating = newest_rating(body.measures)
    case = Case(
        person=told.person,
        pain=PainHistory(sites=conditions.sites, intensity_0_10=rating.value if rating else None),
        drugs=read_drugs(records, index, ledger, as_of),
        body=body,
        answers=tuple(sorted(answers, key=lambda sheet: sheet.date)),
    )
    mentions = find_mentions(records, others, _written(case), measures, ledger)
    warnings = (*bundle.notes, *told.notes, *_nameless(records), *_dated(rating), *mentions.notes)
    case = replace(case, body=replace(body, facts=mentions.facts), warnings=warnings)
    return Imported(
        case=case,
        left_out=with_mentions((*ledger.lines(records, OTHERWISE, OTHER_KIND), *_outside(bundle, records)), mentions),
        counts=_counts(case),
        resources=len(bundle.records),
        used=ledger.used(),
        notes=case.warnings,
        digest=bundle.digest,
        as_of=as_of,
    )


def _written(case: Case) -> str:
    """Every text of the case, which whoever opens it looks through."""
    drugs = (text for use in case.drugs for text in (use.name, use.reason, use.text))
    allergies = (text for allergy in case.body.allergies for text in (allergy.text, allergy.reaction))
    return "\n".join((*case.pain.sites, *drugs, *(diagnosis.text for diagnosis in case.body.diagnoses), *allergies))


def _once(records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Without resources that stand twice, the same type, id and content."""
    seen: dict[tuple[str, str], list[object]] = {}
    kept: list[Record] = []
    for record in records:
        twins = seen.setdefault((record.kind, record.id), [])
        if not record.id or record.node.value not in twins:
            twins.append(record.node.value)
            kept.append(record)
    return tuple(kept)


def _outside(bundle: Bundle, records: tuple[Record, ...]) -> list[LeftOut]:
    """Entries without a resource, and second copies."""
    kept = {record.node.path for record in records}
    twice = [LeftOut(r.kind, r.id, r.node.path, "stands twice, word for word") for r in bundle.records if r.node.path not in kept]
    return [*twice, *(LeftOut("", "", place, "an entry without a resource") for place in bundle.empty)]


def _nameless(records: tuple[Record, ...]) -> list[str]:
    """Clinical records that name nobody are taken to be about the person of the bundle; that is said."""
    count = sum(r.kind in CLINICAL and not (r.node.has("subject") or r.node.has("patient")) for r in records)
    return [f"{count} resources name no person: they were taken to be about the person of the bundle"] if count else []


def _dated(rating: Measure | None) -> list[str]:
    """The pain of a case has no date of its own, so an old rating would look like today's."""
    return [f"the pain intensity is the newest rating of the bundle, of {rating.date or 'an unknown day'}"] if rating else []


def _counts(case: Case) -> tuple[tuple[str, int], ...]:
    unknown = sum(not measure.id for measure in case.body.measures)
    return (
        ("drugs", len(case.drugs)),
        ("diagnoses", len(case.body.diagnoses)),
        ("measures", len(case.body.measures)),
        ("measures_of_unknown_code", unknown),
        ("allergies", len(case.body.allergies)),
        ("questionnaires", len(case.answers)),
    )


def by_type(left_out: tuple[LeftOut, ...]) -> tuple[tuple[str, int, str], ...]:
    """(resource type, how many lines, the most frequent reason), the most lines first."""
    groups: dict[str, Counter[str]] = {}
    for line in left_out:
        groups.setdefault(line.resource or "(no type)", Counter())[line.why] += 1
    rows = ((kind, reasons.total(), reasons.most_common(1)[0][0]) for kind, reasons in groups.items())
    return tuple(sorted(rows, key=lambda row: (-row[1], row[0])))
