"""What several tests of the evidence share: the public study sets with their known answers, and the shipped book."""

import csv
import json
from pathlib import Path

import pytest

from painloom.intake.studies import read_studies
from painloom.knowledge.load import load
from painloom.response.model import build_model

CASES = Path(__file__).resolve().parents[3] / "shared" / "response" / "cases"

# Drug of each study of Häuser 2009 (JAMA 301:198, table 1), in the order of the file.
DRUGS = (
    *("amitriptyline", "amitriptyline", "pirlindole", "amitriptyline", "fluoxetine", "amitriptyline", "moclobemide", "amitriptyline"),
    *("amitriptyline", "fluoxetine", "moclobemide", "citalopram", "duloxetine", "duloxetine", "duloxetine", "fluoxetine", "citalopram"),
    *("paroxetine", "duloxetine", "duloxetine", "duloxetine", "milnacipran"),
)


@pytest.fixture(scope="session")
def public_cases():
    """The folder of public study sets; tests that need it say that they were skipped when it is not there."""
    if not CASES.is_dir():
        pytest.skip("reference material (../shared) is not here")
    return CASES


@pytest.fixture(scope="session")
def public_sets(public_cases):
    """File name -> its studies, in the order of the names."""
    return {path.name: read_studies(path) for path in sorted((public_cases / "pool").glob("*.csv"))}


@pytest.fixture(scope="session")
def printed(public_cases):
    """File name -> the row of reference numbers, as printed."""
    with (public_cases / "pool" / "expected.tsv").open(encoding="utf-8") as file:
        return {row["file"]: row for row in csv.DictReader(file, delimiter="\t")}


@pytest.fixture(scope="session")
def known_answers(public_cases):
    """The numbers that were worked out beside the papers."""
    return json.loads((public_cases / "known_answers.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def knowledge():
    """The shipped cards."""
    return load()


@pytest.fixture(scope="session")
def model(knowledge):
    """The shipped evidence, joined, in clinical mode."""
    return build_model(knowledge.evidence, knowledge.treatments, knowledge.conditions)


@pytest.fixture(scope="session")
def haeuser_drugs():
    """The drug of each study of Häuser 2009, in the order of its file."""
    return DRUGS
