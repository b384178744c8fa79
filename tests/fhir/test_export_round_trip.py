"""Out and in again: an import of an exported bundle holds what the case held."""

import copy
import json
from dataclasses import replace

import pytest
from exports import DAY, MARA, PEOPLE, assessed, back, codes, full, text_of, written
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import knowledge as shipped
from painloom.assess import assess
from painloom.doors.cli.main import main
from painloom.errors import InputError
from painloom.fhir.bundle import bundle_of
from painloom.fhir.read import read_resources
from painloom.fhir.write_back import read_written
from painloom.model.body import Allergy, BodyRecord, Diagnosis, Fact, Measure
from painloom.model.case import Case, DrugUse, PainHistory, Person
from painloom.model.quantity import Interval, point

UCUM = {"mcg/h": "ug/h", "mcg": "ug"}  # the reader takes the UCUM code of a unit before its name


def sheets(case):
    return [(row.instrument, row.date, row.items, row.values.tolist()) for row in case.answers]


def drugs(case):
    return tuple(replace(use, unit=UCUM.get(use.unit, use.unit)) for use in case.drugs)


def called(assessment):
    return {c.gene: (c.status, [(d.name, d.readings) for d in c.diplotypes]) for c in assessment.calls if c.diplotypes}


def judged(assessment):
    """What an assessment makes of the body and the mind, and what it predicts."""
    return (
        assessment.scores,
        assessment.changes,
        assessment.alerts,
        assessment.safety,
        assessment.grades,
        assessment.pain_codes,
        assessment.red_flags,
        assessment.widespread,
        assessment.outlook,
    )


@pytest.mark.parametrize("name", [*PEOPLE, "mara"])
def test_a_case_comes_back_as_it_was(name):
    case = assessed(name).case
    again = back(json.loads(text_of(name)), case.person.label).case

    assert (case.person, case.pain, case.wishes, case.imaging) == (again.person, again.pain, again.wishes, again.imaging)
    assert drugs(case) == drugs(again)
    assert (case.body.diagnoses, case.body.facts, case.body.allergies) == (again.body.diagnoses, again.body.facts, again.body.allergies)
    assert (case.body.regions, case.body.sensory) == (again.body.regions, again.body.sensory)
    assert sheets(case) == sheets(again)
    assert [(m.id, m.value, m.date, m.codes) for m in case.body.measures] == [(m.id, m.value, m.date, m.codes) for m in again.body.measures]


@pytest.mark.parametrize("name", [*PEOPLE, "mara"])
def test_the_assessment_of_what_comes_back_judges_the_same(name):
    first = assessed(name)
    second = assess(back(json.loads(text_of(name)), first.case.person.label).case, shipped(), DAY)

    assert judged(first) == judged(second)
    assert called(first) == called(second)


def test_by_the_command_genotypes_images_and_answers_come_back_too(tmp_path, capsys):
    bundle, case = tmp_path / "bundle.json", tmp_path / "case"

    assert main(["fhir", "export", str(MARA), "-o", str(bundle), "--as-of", DAY]) == 0
    assert main(["fhir", "import", str(bundle), "-o", str(case), "--as-of", DAY]) == 0
    assert main(["assess", str(case), "-o", str(tmp_path / "out"), "--as-of", DAY, "--quiet"]) == 0
    capsys.readouterr()
    found = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))
    genes = {call["gene"]: [d["name"] for d in call["diplotypes"]] for call in found["calls"] if call["diplotypes"]}
    assert genes == {call.gene: [d.name for d in call.diplotypes] for call in assessed("mara").calls if call.diplotypes}
    assert [entry["scale"] for entry in found["case"]["imaging"]] == [entry.scale for entry in assessed("mara").case.imaging]
    assert len(found["case"]["answers"]) == len(assessed("mara").case.answers)


def test_an_import_does_not_replace_other_calls_of_genes(tmp_path, capsys):
    bundle, case = tmp_path / "bundle.json", tmp_path / "case"
    bundle.write_text(text_of("full"), encoding="utf-8")
    case.mkdir()
    (case / "outside_calls.tsv").write_text("gene\tdiplotype\nCYP2D6\t*1/*1\n", encoding="utf-8")

    assert main(["fhir", "import", str(bundle), "-o", str(case), "--as-of", DAY]) == 3
    assert "outside_calls.tsv" in capsys.readouterr().err
    assert not (case / "case.toml").exists()
    assert (case / "outside_calls.tsv").read_text(encoding="utf-8").endswith("*1/*1\n")


def test_results_are_worked_out_again_and_never_read_as_measured():
    imported = back(json.loads(text_of("mara")))

    assert len(imported.case.body.measures) == len(assessed("mara").case.body.measures)
    assert not [m for m in imported.case.body.measures if m.id.startswith("score:")]
    assert any("worked out again" in line.why for line in imported.left_out)


def test_what_a_call_did_not_see_is_listed_when_it_comes_back():
    imported = back(json.loads(text_of("mara")))
    remarked = [call.gene for call in assessed("mara").calls if call.diplotypes and (call.notes or call.missing_sites)]

    assert remarked
    assert sum("not seen" in line.why for line in imported.left_out) == len(remarked)


# laws ---------------------------------------------------------------------------------------------------------------------------------

LETTERS = st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), max_codepoint=0x2FFF)
WORDS = st.text(LETTERS, min_size=1, max_size=30)
DAYS = st.sampled_from(["", "2020", "2021-03", "2022-12-31"])
SYSTEMS = st.sampled_from(
    ["rxnorm", "snomed", "icd-10-cm", "icd-10", "icd-11", "loinc", "atc", "ndc", "unii", "1.2.840.7", "example.org/x", "local"]
)
PAIRS = st.lists(st.tuples(SYSTEMS, st.from_regex(r"[A-Za-z0-9.:*-]{1,12}", fullmatch=True)), unique=True, max_size=3).map(tuple)
DOSES = st.sampled_from([None, point(0.25), point(30.0), Interval(5.0, 10.0), Interval(0.0, 2.5)])
TIMES = st.sampled_from([None, point(1.0), point(0.5), point(1 / 7), point(1 / 3), Interval(1.0, 4.0), Interval(0.5, 3.0), point(24.0)])
USES = st.builds(
    DrugUse,
    name=WORDS,
    text=st.one_of(st.just(""), WORDS),
    dose=DOSES,
    unit=st.sampled_from(["mg", "g", "mL", "patch", "tablet", "sachet"]),
    per_day=TIMES,
    route=st.sampled_from(["", "oral", "under the tongue"]),
    form=st.sampled_from(["", "patch", "slow-release tablet"]),
    as_needed=st.booleans(),
    since=DAYS.filter(lambda d: d < "2022"),
    until=st.sampled_from(["", "2023-05"]),
    reason=st.one_of(st.just(""), WORDS),
    state=st.sampled_from(["active", "stopped", "planned"]),
    codes=PAIRS,
).map(lambda use: use if use.dose else replace(use, unit=""))
DIAGNOSES = st.builds(Diagnosis, WORDS, PAIRS, st.sampled_from(["", "active", "resolved"]), DAYS)
MEASURES = st.builds(
    Measure,
    st.sampled_from(["egfr", "sodium", "", "pain-severity", "qtc"]),
    st.floats(0, 10, allow_nan=False).map(lambda v: round(v, 4)),
    st.sampled_from(["mg/dL", "mmol/L", "furlong", "{score}"]),
    DAYS,
    WORDS,
    PAIRS,
)
ALLERGIES = st.builds(
    Allergy,
    WORDS,
    PAIRS,
    st.sampled_from(["", "rash", "rash; cough"]),
    st.sampled_from(["", "mild", "severe; criticality high", "criticality low"]),
)
FACTS = st.builds(
    Fact, st.sampled_from(["pregnancy", "cirrhosis", "asthma"]), st.sampled_from(["yes", "no", "unknown"]), DAYS, st.just("history")
)
PEOPLE_MADE = st.builds(
    Case,
    person=st.builds(Person, WORDS, st.one_of(st.none(), st.integers(0, 120)), st.sampled_from(["", "F", "M"])),
    pain=st.builds(
        PainHistory,
        st.one_of(st.just(""), WORDS),
        st.lists(WORDS, unique=True, max_size=3).map(tuple),
        st.one_of(st.none(), st.floats(0, 600).map(lambda v: round(v, 2))),
        st.one_of(st.none(), st.integers(0, 10).map(float)),
        st.lists(WORDS, max_size=2).map(tuple),
    ),
    drugs=st.lists(USES, max_size=4).map(tuple),
    wishes=st.lists(WORDS, max_size=2).map(tuple),
    body=st.builds(
        BodyRecord,
        diagnoses=st.lists(DIAGNOSES, max_size=3).map(tuple),
        facts=st.lists(FACTS, max_size=3, unique_by=lambda f: f.id).map(tuple),
        measures=st.lists(MEASURES, max_size=3).map(tuple),
        allergies=st.lists(ALLERGIES, max_size=2).map(tuple),
        regions=st.sampled_from([None, (), ("low-back-l",), ("low-back-l", "knee-front-r")]),
    ),
)


def bare(case):
    """The assessment of nothing, holding this case: the export of inputs does not ask the streams."""
    from exports import nobody

    return replace(assess(nobody(), shipped(), DAY), case=case)


@settings(max_examples=150, deadline=None)
@given(PEOPLE_MADE)
def test_whatever_a_case_holds_comes_back(case):
    from painloom.fhir.write import export_bundle

    bundle = json.loads(json.dumps(export_bundle(bare(case), shipped())))
    again = back(bundle, case.person.label).case

    assert (case.person, case.pain, case.wishes) == (again.person, again.pain, again.wishes)
    assert [replace(m, text="") for m in case.body.measures] == [replace(m, text="") for m in again.body.measures]
    assert case.drugs == again.drugs
    assert (case.body.diagnoses, case.body.allergies, case.body.regions) == (again.body.diagnoses, again.body.allergies, again.body.regions)
    told = {fact.id for fact in case.body.facts}
    assert case.body.facts == tuple(fact for fact in again.body.facts if fact.id in told)


def test_every_instrument_comes_back_by_its_own_name():
    import numpy as np
    from exports import sheet

    knowledge = shipped()
    rng = np.random.default_rng(3)
    rows = []
    for id_ in knowledge.files("instruments"):
        items = knowledge.instrument(id_).items
        rows += [sheet(id_, [int(rng.choice(i.range.allowed or range(i.range.low, i.range.high + 1))) for i in items])] if items else []
    from painloom.fhir.write import export_bundle

    case = Case(Person("x"), answers=tuple(rows))
    again = back(json.loads(json.dumps(export_bundle(bare(case), knowledge))), "x").case
    assert len(rows) > 15
    assert sorted(sheets(case)) == sorted(sheets(again))


# hostile ------------------------------------------------------------------------------------------------------------------------------


def changed(name, change):
    bundle = copy.deepcopy(json.loads(text_of(name)))
    for entry in bundle["entry"]:
        change(entry["resource"])
    return bundle


def test_a_modifier_keeps_a_written_record_from_being_believed():
    def deny(resource):
        if "urn:painloom:fact" in dict(codes(resource)):
            resource["modifierExtension"] = [{"url": "http://x", "valueBoolean": True}]

    assert not [fact for fact in back(changed("full", deny)).case.body.facts if fact.text == "examination"]


def test_a_record_that_was_withdrawn_elsewhere_does_not_come_back():
    def withdraw(resource):
        if resource["resourceType"] == "Observation":
            resource["status"] = "entered-in-error"

    again = back(changed("full", withdraw)).case
    assert again.body.measures == ()
    assert again.outside_calls == ()
    assert again.body.regions is None


def test_an_answer_cannot_be_hidden_by_calling_it_a_result():
    def hide(resource):
        if resource["resourceType"] == "QuestionnaireResponse":
            resource["resourceType"] = "Observation"
            resource["meta"] = {"tag": [{"system": "urn:painloom:role", "code": "result"}]}
            resource["status"] = "final"
            resource["code"] = {"coding": [{"system": "http://loinc.org", "code": "44260-8"}]}
            resource["valueInteger"] = 2

    again = back(changed("full", hide)).case
    assert any(("loinc", "44260-8") in measure.codes for measure in again.body.measures)


def test_records_of_another_person_are_refused_though_they_carry_our_mark():
    bundle = json.loads(text_of("full"))
    fact = next(e["resource"] for e in bundle["entry"] if "urn:painloom:fact" in dict(codes(e["resource"])))
    fact["subject"] = {"reference": "Patient/somebody-else"}

    with pytest.raises(InputError, match="two different persons"):
        back(bundle)


def test_a_gene_or_a_region_that_nobody_knows_is_not_taken():
    def rename(resource):
        for part in resource.get("component", []):
            for coding in part.get("valueCodeableConcept", {}).get("coding", []):
                if coding["system"] == "urn:painloom:gene":
                    coding["code"] = "NOSUCH"
            for coding in part["code"]["coding"]:
                if coding["system"] == "urn:painloom:region":
                    coding["code"] = '"] \n[drugs'

    again = back(changed("full", rename)).case
    assert again.outside_calls == ()
    assert again.body.regions is None


def test_a_bundle_of_another_program_is_read_as_ever():
    bundle = changed("full", lambda resource: resource.pop("meta", None))
    parsed = bundle_of(bundle, "b.json")

    assert read_written(parsed, shipped(), DAY).left_out == read_resources(bundle_of(bundle, "b.json"), shipped(), DAY).left_out


def test_what_somebody_added_elsewhere_is_read_beside_ours():
    bundle = json.loads(text_of("full"))
    patient = bundle["entry"][0]["fullUrl"]
    code = {"coding": [{"system": "http://loinc.org", "code": "72514-3"}]}
    newer = {"resourceType": "Observation", "status": "final", "subject": {"reference": patient}, "code": code, "valueInteger": 3}
    bundle["entry"].append({"resource": newer | {"effectiveDateTime": "2026-12-01"}})
    again = back(bundle).case

    assert again.pain.intensity_0_10 == 3
    assert len(again.body.measures) == len(full().body.measures) + 1


def test_written_bundles_of_a_person_without_pain_have_no_pain(tmp_path):
    again = back(written(Case(Person("x")))).case

    assert again.pain == PainHistory()
