"""A QuestionnaireResponse kept as a file of its own, alone or in a bundle with its Questionnaire -> answers."""

from dataclasses import dataclass
from pathlib import Path

from painloom.errors import InputError
from painloom.fhir.bundle import bundle_of, parse
from painloom.fhir.questionnaires import RESPONSE
from painloom.fhir.read import read_resources
from painloom.knowledge.load import Knowledge
from painloom.model.answers import Answers
from painloom.model.body import Fact

MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """Answers of a file, facts that its words tell, and one line for everything in it that was not understood."""

    answers: tuple[Answers, ...]
    facts: tuple[Fact, ...]
    lost: tuple[str, ...]


def read_sheet(path: Path, knowledge: Knowledge, as_of: str) -> Sheet:
    """What the file at `path` tells.

    Raises
    ------
    InputError : no JSON, no QuestionnaireResponse or Bundle, or more than one person in it.
    """
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise InputError(f"{path.name}: not a file of at most {MOST_BYTES:,} bytes")
    value = parse(path.read_bytes(), path.name)
    if isinstance(value, dict) and value.get("resourceType") == RESPONSE:
        value = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": value}]}
    imported = read_resources(bundle_of(value, path.name), knowledge, as_of)
    lost = tuple(f"{path.name}: {left.place}: {left.why}" for left in imported.left_out)
    if not imported.case.answers:
        lost = (f"{path.name}: no answers to a known instrument were understood", *lost)
    return Sheet(imported.case.answers, imported.case.body.facts, lost)
