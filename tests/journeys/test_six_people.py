"""Six invented people, from folder to page: prose that was read and reviewed, traced to cards and sources, the same bytes anywhere.

When a text changes on purpose: `python tools/store_journeys.py`, read the difference as a clinician would, then commit it.
"""

import json
import os
import sys
from pathlib import Path

import pytest
from console import inside, painloom
from numbers_of_pages import Document, numbers, seen

from painloom.knowledge.load import load

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
from store_journeys import AS_OF, PEOPLE, STORED, prose

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = ("report.html", "patient.html", "assessment.json", "bundle.json")


@pytest.fixture(scope="module", params=PEOPLE)
def person(request, tmp_path_factory):
    """Name, folder with the files, and the document of one person."""
    out = tmp_path_factory.mktemp(request.param)
    done = inside("assess", EXAMPLES / request.param, "-o", out, "--as-of", AS_OF, "--quiet")
    assert done.status == 0, done.err
    return request.param, out, json.loads((out / "assessment.json").read_text(encoding="utf-8"))


def test_all_six_are_here():
    assert len(PEOPLE) == 6
    assert set(PEOPLE) == {p.name for p in EXAMPLES.iterdir() if p.is_dir()}


def test_the_prose_is_the_one_that_was_reviewed(person):
    name, _, _ = person

    assert (STORED / f"{name}.txt").read_text(encoding="utf-8") == prose(EXAMPLES / name)


def test_every_recommendation_traces_to_card_source_and_finding(person):
    _, _, document = person
    knowledge, known = load(), {c["id"] for c in document["citations"]}
    kinds = ("treatments", "drivers", "mechanisms", "rules", "guidance", "tests", "redflags")
    cards = {f"{kind}/{id_}" for kind in kinds for id_ in knowledge.files(kind)}
    steps = document["plan"]["steps"]
    assert steps
    for step in steps:
        for reason in step["reasons"]:
            assert reason["finding"], step["label"]
            assert reason["card"] or reason["source"], step["label"]
            if reason["card"].split("/")[0] in kinds:
                assert reason["card"] in cards, reason["card"]
        assert set(step["sources"]) <= known, step["label"]
        for part in (step["dose"], step["taper"], *step["checks"]):
            if isinstance(part, dict) and "sources" in part:
                assert set(part["sources"]) <= known


def test_every_number_of_the_report_is_in_the_document(person):
    _, out, document = person
    held = Document(document)
    lost = [n for n in numbers(seen((out / "report.html").read_text(encoding="utf-8"))) if n.count(".") < 2 and not held.holds(n)]

    assert [] == lost


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_same_bytes_whatever_seed_zone_and_locale(person, tmp_path, language):
    name, _, _ = person
    if name not in ("mara", "lena"):
        pytest.skip("one full and one short case stand for all: each costs four processes")
    around = (
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "777", "TZ": "America/Anchorage", "LC_ALL": "C.UTF-8"},
    )
    for number, env in enumerate(around):
        painloom("assess", EXAMPLES / name, "-o", tmp_path / str(number), "--as-of", AS_OF, "--quiet", "--language", language, **env)

    for file in FILES:
        assert (tmp_path / "0" / file).read_bytes() == (tmp_path / "1" / file).read_bytes(), file


def test_nobody_is_told_a_machine_path_or_an_empty_phrase(person):
    _, out, _ = person
    for file in ("report.html", "patient.html"):
        text = seen((out / file).read_text(encoding="utf-8"))
        assert os.sep + "tmp" not in text
        for odd in (" ()", " nan ", "{", "..", "guidance/guidance"):
            assert odd not in text.replace("...", ""), odd
