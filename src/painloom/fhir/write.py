"""An assessment -> a FHIR R4 bundle: inputs as they came in, then what was worked out, then where it came from."""

import json
from collections.abc import Iterator

from painloom.fhir.write_body import add_body
from painloom.fhir.write_brain import add_brain
from painloom.fhir.write_case import add_allergies, add_diagnoses, add_pain, add_patient, add_wishes
from painloom.fhir.write_codes import OWN, RESULT, FhirCodes, Json, coding, meta, reference
from painloom.fhir.write_drugs import add_drugs
from painloom.fhir.write_formulation import add_formulation
from painloom.fhir.write_genome import add_genome
from painloom.fhir.write_outlook import add_outlook
from painloom.fhir.write_plan import Around, add_plan
from painloom.fhir.write_safety import add_dangers, add_flags, add_grades, add_refusals
from painloom.fhir.write_scores import add_answers, add_scores
from painloom.fhir.write_sheaf import Sheaf, seed_of
from painloom.knowledge.load import Knowledge
from painloom.model.assessment import Assessment

AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
SAFE_NAMES = ("case.toml", "outside_calls.tsv")
SHEETS = "answers/"


def export_bundle(assessment: Assessment, knowledge: Knowledge) -> dict[str, object]:
    """A Bundle of type collection about one person.

    The order is fixed, addresses are made of the content, every reference leads to an entry of the bundle.  What is absent in the
    assessment is absent here, or says why it is; nothing is made up.  A collection, because a transaction would tell a server to take
    predictions and findings of research into a person's record.
    """
    case, as_of, codes = assessment.case, assessment.as_of, FhirCodes(knowledge)
    sheaf = Sheaf(seed_of(case))
    add_patient(case, sheaf)
    complaint, intensity = add_pain(case, sheaf, codes, as_of)
    add_diagnoses(case, sheaf)
    add_allergies(case, sheaf)
    uses = add_drugs(case, sheaf, codes)
    goals = add_wishes(case, sheaf)
    add_body(case, sheaf, codes)
    sheets = add_answers(case, sheaf, codes)
    add_scores(assessment.scores, sheets, sheaf, codes)
    add_genome(assessment, uses, sheaf, codes)
    add_brain(assessment.brain, sheaf, as_of)
    add_grades(assessment, sheaf)
    add_flags(assessment, sheaf)
    add_dangers(assessment, uses, sheaf, codes)
    plan = assessment.plan
    issues = add_refusals(assessment, sheaf, codes, plan.refusals if plan else ())
    risks = add_outlook(assessment, sheaf, codes, [intensity] if intensity else [])
    impression = add_formulation(assessment.formulation, as_of, sheaf, risks, complaint)
    add_plan(plan, as_of, sheaf, codes, Around(tuple(goals), complaint, impression, tuple(issues)))
    sheaf.add(_provenance(assessment, sheaf))
    return sheaf.bundle()


def render_bundle(assessment: Assessment, knowledge: Knowledge) -> str:
    """The bundle as JSON text: one entry a line, a newline at the end, the same bytes for the same input."""
    return render(export_bundle(assessment, knowledge))


def render(bundle: dict[str, object]) -> str:
    """A bundle as JSON text, one entry a line: a third of the time of indented text, half of its size, and a change is one line."""
    entries = bundle.get("entry")
    head = _json({name: value for name, value in bundle.items() if name != "entry"})
    lines = ",\n".join(map(_json, entries)) if isinstance(entries, list) else ""
    return f'{head[:-1]}, "entry": [\n{lines}\n]}}\n' if lines else f"{head}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _provenance(assessment: Assessment, sheaf: Sheaf) -> Json:
    """Which program and which release said it, from which files; the time is the beginning of the day of the statement."""
    replaced = [f"card of the clinic: {name}" for name in assessment.overlay]
    named = [f"knowledge release {assessment.knowledge_release}", *replaced]
    sources: list[Json] = [{"role": "source", "what": {"display": text}} for text in named]
    sources += [
        {"role": "source", "what": {"identifier": {"system": f"{OWN}sha256", "value": digest}, "display": name}}
        for name, digest in _files(assessment)
    ]
    return {
        "resourceType": "Provenance",
        "meta": meta(RESULT),
        "target": [reference(address) for address in sheaf.addresses()],
        "occurredDateTime": assessment.as_of,
        "recorded": f"{assessment.as_of}T00:00:00Z",
        "activity": {"text": "assessment by a program; a clinician reviews it"},
        "agent": [{"type": {"coding": [coding(AGENT, "assembler", "Assembler")]}, "who": {"display": assessment.program}}],
        "entity": sources,
    }


def _files(assessment: Assessment) -> Iterator[tuple[str, str]]:
    """Digests of the inputs; the name of a file that somebody chose may hold a person's name, so only its ending is told."""
    for name, digest in assessment.case.files:
        is_safe = name in SAFE_NAMES or (name.startswith(SHEETS) and name.endswith(".csv"))
        ending = "".join(
            f".{part}" for part in name.rsplit("/", 1)[-1].split(".")[1:][-2:] if part.isascii() and part.isalnum() and len(part) < 5
        )
        yield (name if is_safe else f"file{ending}"), digest
    brain = assessment.brain
    for n, (_, digest) in enumerate(brain.files if brain else (), start=1):
        yield f"brain file {n}", digest
