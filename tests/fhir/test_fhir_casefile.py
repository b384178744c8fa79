"""What is written into a case folder is what is read from it again."""

import tomllib

import numpy as np
import pytest
from bundles import condition, daily, line, observation, order, patient, quantity, read, response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from painloom.assess import assess, open_case
from painloom.errors import InputError
from painloom.fhir.casefile import CASE_FILE, NOT_READ, ORIGIN, case_toml, files_of, write_case
from painloom.fhir.imported import Imported, LeftOut
from painloom.intake.answers import read_answers
from painloom.intake.bodyfacts import FACT_TABLES
from painloom.intake.history import read_history
from painloom.intake.options import ReadOptions
from painloom.knowledge.load import load
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.body import TRUTH, Allergy, BodyRecord, Diagnosis, Fact, Measure, SensoryTest
from painloom.model.case import Case, DrugUse, PainHistory, Person
from painloom.model.quantity import Interval
from painloom.report import render_html

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
names = words.map(str.strip).filter(bool)
lines = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
systems = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=":"), min_size=1, max_size=12)
codes = st.lists(st.tuples(systems, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)), max_size=3).map(tuple)


def reals(low, high):
    return st.floats(low, high, allow_nan=False)


def intervals(high):
    return st.none() | st.tuples(reals(0, high), reals(0, high)).map(lambda pair: Interval(min(pair), max(pair)))


drugs = st.builds(
    DrugUse,
    name=names,
    text=lines,
    dose=intervals(100_000),
    unit=words,
    per_day=intervals(100),
    route=words,
    form=words,
    as_needed=st.booleans(),
    since=words,
    until=words,
    reason=words,
    state=st.sampled_from(["active", "stopped", "planned"]),
    codes=codes,
)
measures = st.builds(Measure, words, reals(-1e9, 1e9), words, words, words, codes)
facts = st.dictionaries(st.text("abc-", min_size=1, max_size=6), st.sampled_from(TRUTH), max_size=3)
bodies = st.builds(
    BodyRecord,
    diagnoses=st.lists(st.builds(Diagnosis, names, codes, st.sampled_from(["", "active", "resolved"]), words), max_size=3).map(tuple),
    facts=st.tuples(facts, facts, facts).map(
        lambda tables: tuple(
            Fact(key, value, text=name) for name, table in zip(FACT_TABLES, tables, strict=True) for key, value in table.items()
        )
    ),
    measures=st.lists(measures, max_size=3).map(tuple),
    allergies=st.lists(st.builds(Allergy, names, codes, words, words), max_size=2).map(tuple),
    regions=st.none() | st.lists(words, max_size=3).map(tuple),
    sensory=st.lists(st.builds(SensoryTest, names, names, words, reals(-1e9, 1e9)), max_size=2).map(tuple),
)
pains = st.builds(
    PainHistory,
    words,
    st.lists(words, max_size=2).map(tuple),
    st.none() | reals(0, 1500),
    st.none() | reals(0, 10),
    st.lists(words, max_size=2).map(tuple),
)
cases = st.builds(
    Case,
    person=st.builds(Person, words.filter(bool), st.none() | st.integers(0, 130), st.sampled_from(["", "F", "M"])),
    pain=pains,
    drugs=st.lists(drugs, max_size=3).map(tuple),
    wishes=st.lists(words, max_size=2).map(tuple),
    body=bodies,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases)
def test_a_case_file_gives_the_same_nouns_back(tmp_path, case):
    path = tmp_path / CASE_FILE
    path.write_text(case_toml(case), encoding="utf-8", newline="\n")

    back = read_history(path)

    assert (back.person, back.pain, back.drugs, back.wishes, back.body) == (case.person, case.pain, case.drugs, case.wishes, case.body)
    assert back.warnings == ()


def test_an_imported_case_reads_back(tmp_path):
    told = read(
        patient(),
        order(line(quantity(10, "mg"), daily(2))),
        observation("72514-3", 2.4535811933192853, "{score}"),
        response({f"/{code}": {"valueInteger": 2} for code in ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69736-7")}),
    )
    write_case(told, tmp_path / "case")
    back = read_history(tmp_path / "case" / CASE_FILE)
    (answers,) = told.case.answers
    row = read_answers(tmp_path / "case" / "answers" / "gad-7_2026-03-02.csv", "gad-7", load().instrument("gad-7").ranges)

    assert (back.person, back.pain, back.drugs, back.body) == (told.case.person, told.case.pain, told.case.drugs, told.case.body)
    assert (row.values == answers.values).all()
    assert (answers.values == UNANSWERED).sum() == 1


def invented(*answers, left=()):
    return Imported(Case(Person("x"), answers=answers), left, as_of="2026-11-01", digest="0" * 64)


def row(instrument="a", date="2026-01-01", value=1):
    return Answers(instrument, ("imported",), ("1", "2"), np.array([[value, UNANSWERED]], np.int16), date)


def test_two_forms_of_one_day_and_one_without_a_day_each_have_their_file():
    found = files_of(invented(row(), row(value=2), row(date="")))

    assert found["answers/a_2026-01-01.csv"] == "id,1,2\nimported,1,\n"
    assert found["answers/a_2026-01-01_2.csv"] == "id,1,2\nimported,2,\n"
    assert "answers/a_undated.csv" in found
    assert list(found)[-1] == CASE_FILE


def test_the_list_of_what_was_not_read_is_a_table():
    found = files_of(invented(left=(LeftOut("Claim", "", "entry[0].resource", "why"), LeftOut("", "1", "p", "w"))))

    assert found[NOT_READ] == "resource\tid\tplace\twhy\nClaim\t.\tentry[0].resource\twhy\n.\t1\tp\tw\n"


def test_a_case_is_not_overwritten_unless_asked(tmp_path):
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / CASE_FILE).write_text("mine")
    with pytest.raises(InputError, match="--replace"):
        write_case(invented(), folder)
    assert (folder / CASE_FILE).read_text() == "mine"

    write_case(invented(), folder, replace=True)
    assert tomllib.loads((folder / CASE_FILE).read_text())["person"]["label"] == "x"


def test_replacing_removes_what_the_earlier_import_wrote_and_nothing_else(tmp_path):
    folder = tmp_path / "case"
    write_case(invented(row("a"), row("b")), folder)
    (folder / "answers" / "c_2026-01-01.csv").write_text("by hand")
    (folder / "genome.vcf").write_text("genome")
    write_case(invented(row("a")), folder, replace=True)

    assert sorted(p.name for p in (folder / "answers").iterdir()) == ["a_2026-01-01.csv", "c_2026-01-01.csv"]
    assert (folder / "genome.vcf").exists()
    with pytest.raises(InputError, match="not written by an import"):
        write_case(invented(row("c")), folder, replace=True)


def test_a_list_of_earlier_files_cannot_reach_outside_the_folder(tmp_path):
    folder, outside = tmp_path / "case", tmp_path / "outside.csv"
    outside.write_text("keep")
    write_case(invented(row()), folder)
    (folder / ORIGIN).write_text('files = ["answers/../../outside.csv", "answers/a_2026-01-01.csv", 3]')
    write_case(invented(), folder, replace=True)

    assert outside.exists()
    assert not (folder / "answers" / "a_2026-01-01.csv").exists()


def test_a_case_beyond_the_limit_is_refused_before_anything_is_written(tmp_path):
    huge = Imported(Case(Person("x"), drugs=tuple(DrugUse(f"d{n}", text="x" * 1900) for n in range(3000))))
    with pytest.raises(InputError, match="larger than"):
        write_case(huge, tmp_path / "case")
    assert not (tmp_path / "case").exists()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "case").write_text("")
    with pytest.raises(InputError, match="is a file"):
        write_case(invented(), tmp_path / "case")


def test_endless_texts_are_cut_to_what_a_case_file_holds_and_listed(tmp_path):
    long = "word " * 1_000
    concept = {"text": long}
    allergy = {"resourceType": "AllergyIntolerance", "id": "a", "code": concept, "patient": {"reference": "Patient/p"}}
    parts = [{"code": concept, "valueQuantity": quantity(1, "mg")}]
    told = read(
        patient(),
        order({"text": long, "patientInstruction": f"x{long}"}, name=long, reasonCode=[concept, {"text": f"y{long}"}]),
        condition("a", code=concept, verificationStatus={"text": "provisional"}),
        allergy | {"reaction": [{"manifestation": [concept, {"text": f"z{long}"}]}], "verificationStatus": {"text": "unconfirmed"}},
        observation("1", None, "", code=concept, component=parts),
    )
    write_case(told, tmp_path / "case")
    back = read_history(tmp_path / "case" / CASE_FILE)

    assert (back.drugs, back.body) == (told.case.drugs, told.case.body)
    assert {row.resource for row in told.left_out if "longer than" in row.why} == {
        "MedicationRequest",
        "Condition",
        "AllergyIntolerance",
        "Observation",
    }


@pytest.mark.parametrize(("lines", "said"), [(0, ""), (1, "1 part of"), (1200, "1,200 parts of")])
def test_a_case_says_how_much_its_import_left_unread(tmp_path, lines, said):
    left = tuple(LeftOut("Observation", f"o{n}", f"entry[{n}].resource", "a reason") for n in range(lines))
    write_case(Imported(Case(Person("x")), left_out=left), tmp_path / "case")
    cards = load()
    assessment = assess(open_case(tmp_path / "case", cards, ReadOptions(), "2026-11-24"), cards, "2026-11-24")
    warned = [line for line in assessment.warnings if line.startswith(NOT_READ)]

    assert [said in line for line in warned] == [True] * bool(said)
    page = render_html(assessment)
    assert ("an import left" in page) == bool(said)


def test_a_case_without_an_import_says_nothing_of_it(tmp_path):
    (tmp_path / "case.toml").write_text("")
    cards = load()

    assert not [line for line in open_case(tmp_path, cards, ReadOptions(), "2026-11-24").warnings if "import" in line]
