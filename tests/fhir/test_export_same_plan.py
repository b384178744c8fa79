"""Out, in again and assessed again: the same formulation, predictions, refusals and plan, for every example and for invented people."""

import dataclasses
import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from exports import DAY, MARA, PEOPLE, ROOT, assessed, back, resources, sheet, written
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import GenotypeBuilder
from builders import knowledge as shipped
from painloom.assess import assess, open_case
from painloom.fhir.bundle import read_file
from painloom.fhir.write import export_bundle, render, render_bundle
from painloom.fhir.write_back import read_written
from painloom.fhir.write_files import write_folder
from painloom.fhir.write_genome import DIPLOTYPE, MOST_PAIRS
from painloom.intake.vcf import ReadOptions
from painloom.model.body import Allergy, BodyRecord, Diagnosis, Fact, Measure
from painloom.model.brain import ImagingEntry
from painloom.model.case import Case, DrugUse, PainHistory, Person
from painloom.model.quantity import Interval, point

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/case.toml"))
JOURNEYS = sorted(path.parent for path in (ROOT / "tests" / "journeys").glob("**/case.toml"))
CASES = [*EXAMPLES, *JOURNEYS]


def plain(noun):
    return dataclasses.asdict(noun) if dataclasses.is_dataclass(noun) else noun


def acts_the_same(first, second):
    """Steps, doses, refusals, options, predictions, formulation: equal, one part after the other."""
    assert plain(first.formulation) == plain(second.formulation)
    assert first.outlook == second.outlook
    assert first.safety == second.safety
    assert first.alerts == second.alerts
    assert first.red_flags == second.red_flags
    assert (first.plan is None) == (second.plan is None)
    if first.plan is not None:
        for name in (f.name for f in dataclasses.fields(first.plan)):
            assert getattr(first.plan, name) == getattr(second.plan, name), name


@cache
def judged(folder):
    return assess(open_case(folder, shipped(), ReadOptions(), DAY), shipped(), DAY)


def again(assessment, folder):
    """By files, as the commands do it: bundle, import, case folder, assessment."""
    bundle = folder / "bundle.json"
    bundle.write_text(render_bundle(assessment, shipped()), encoding="utf-8")
    imported = read_written(read_file(bundle), shipped(), DAY, assessment.case.person.label)
    write_folder(imported, folder / "case")
    return assess(open_case(folder / "case", shipped(), ReadOptions(), DAY), shipped(), DAY)


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_an_example_has_the_same_plan_when_it_comes_back(folder, tmp_path):
    acts_the_same(judged(folder), again(judged(folder), tmp_path))


@pytest.mark.parametrize("name", PEOPLE)
def test_an_invented_person_has_the_same_plan_when_they_come_back(name, tmp_path):
    acts_the_same(assessed(name), again(assessed(name), tmp_path))


def test_the_second_way_round_changes_nothing_more(tmp_path):
    """What the first way could not carry is lost once; from then on a bundle and its import say the same."""
    once = again(judged(MARA), tmp_path)
    (tmp_path / "second").mkdir()
    twice = again(once, tmp_path / "second")

    acts_the_same(once, twice)
    assert once.case.outside_calls == twice.case.outside_calls
    assert once.case.wishes == twice.case.wishes == judged(MARA).case.wishes


def test_brain_series_that_cannot_survive_do_not_change_the_plan():
    case = judged(MARA).case
    assert case.brain is not None
    acts_the_same(judged(MARA), assess(replace(case, brain=None), shipped(), DAY))


def test_the_day_of_the_second_assessment_is_what_moves_a_plan_and_nothing_else(tmp_path):
    """A guard against a comparison that can not fail: another case has another formulation."""
    other = replace(judged(MARA).case, pain=replace(judged(MARA).case.pain, intensity_0_10=2.0), drugs=())
    with pytest.raises(AssertionError):
        acts_the_same(judged(MARA), assess(other, shipped(), DAY))


# what a record has no common place for --------------------------------------------------------------------------------------------------


def came_back(case):
    return back(written(case), case.person.label).case


@pytest.mark.parametrize("times", [Interval(0.0, 2.0), Interval(0.0, 8.0), point(0.123456789), Interval(1 / 1001, 1.0)])
def test_how_often_a_drug_is_taken_survives_where_no_rule_of_repetition_gives_it(times):
    use = DrugUse("morphine", "if needed", point(5.0), "mg", times, "oral", as_needed=True)
    assert came_back(Case(Person("x"), drugs=(use,))).drugs == (use,)


def test_times_a_day_that_another_program_wrote_wrong_are_not_taken():
    bundle = written(Case(Person("x"), drugs=(DrugUse("morphine", dose=point(5.0), unit="mg", per_day=Interval(0.0, 2.0)),)))
    statement = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "MedicationStatement")
    statement["dosage"][0]["extension"][0]["valueRange"] = {"low": {"value": 3}, "high": {"value": -1}}

    assert back(bundle).case.drugs[0].per_day is None


def test_every_wish_comes_back_in_its_order_rated_or_not():
    wishes = ("sleep: 9", "carry the grandchild", "sleep: 2", 'no fog; no "zombie"', "carry the grandchild")
    assert came_back(Case(Person("x"), wishes=wishes)).wishes == wishes


def test_names_longer_than_a_text_may_be_are_not_cut():
    """An ambiguous call names many alleles with long names; a name that was cut would refuse the whole case."""
    build = GenotypeBuilder(genes=("G6PD",))
    for row in [i for i, s in enumerate(build.table.sites) if s.gene == "G6PD"][:4]:
        build.codes[row] = -1
    first = assess(Case(Person("x", 40, "F"), PainHistory("back", months=12), genotypes=build.build()), shipped(), DAY)
    call = next(c for c in first.calls if c.gene == "G6PD")
    assert len(call.diplotypes) > 1
    second = assess(back(json.loads(render(export_bundle(first, shipped()))), "x").case, shipped(), DAY)

    assert [d.name for d in call.diplotypes] == [d.name for c in second.calls if c.gene == "G6PD" for d in c.diplotypes]


def test_more_diplotypes_than_a_text_names_come_back_too():
    pairs = [f"*{a}/*{b}" for a in (1, 2, 3, 4, 6, 9, 10, 17, 29, 41) for b in (1, 2, 3, 4, 6, 9, 10, 17, 29, 41) if a <= b]
    assert len(pairs) > MOST_PAIRS
    case = Case(Person("x", 40, "F"), PainHistory("back", months=12), outside_calls=(("CYP2D6", " or ".join(pairs)),))
    first = assess(case, shipped(), DAY)
    bundle = written(case)
    call = next(c for c in first.calls if c.gene == "CYP2D6")
    told = [e["valueString"] for one in bundle["entry"] for e in one["resource"].get("extension", []) if e["url"] == DIPLOTYPE]

    assert told == [d.name for d in call.diplotypes]
    assert dict(back(bundle).case.outside_calls)["CYP2D6"] == " or ".join(told)
    acts_the_same(first, assess(back(bundle, "x").case, shipped(), DAY))


def test_a_genome_file_without_one_called_gene_gives_the_plan_of_no_genome():
    build = GenotypeBuilder(genes=())
    case = Case(Person("x", 40, "F"), PainHistory("low back", months=12, diagnoses=("chronic low back pain",)), genotypes=build.build())
    first = assess(case, shipped(), DAY)
    second = assess(came_back(case), shipped(), DAY)

    acts_the_same(first, second)


# laws ---------------------------------------------------------------------------------------------------------------------------------

GENES = ("CYP2D6", "CYP2C19", "CYP2C9", "CYP2B6", "SLCO1B1", "UGT1A1", "NUDT15", "TPMT", "VKORC1")
SITES = {gene: [i for i, site in enumerate(shipped().table.sites) if site.gene == gene] for gene in GENES}


@st.composite
def genotypes(draw):
    """The reference everywhere, with a few sites changed, missing or unlisted, phased or not."""
    build = GenotypeBuilder()
    for gene in draw(st.lists(st.sampled_from(GENES), max_size=4, unique=True)):
        for row in draw(st.lists(st.sampled_from(SITES[gene]), max_size=3, unique=True)):
            top = len(build.table.sites[row].alleles) - 1
            pair = draw(st.tuples(st.integers(0, top), st.integers(0, top)) | st.just((-1, -1)))
            build.codes[row, 0] = pair
            build.phase[row, 0] = draw(st.sampled_from((0, 1)))
    return build.build()


@settings(max_examples=40, deadline=None)
@given(genotypes(), st.sampled_from(("F", "M")))
def test_whatever_a_genome_says_its_calls_come_back_with_every_reading(found, sex):
    case = Case(Person("x", 50, sex), genotypes=found)
    first = assess(case, shipped(), DAY)
    second = assess(came_back(case), shipped(), DAY)

    def called(assessment):
        return {c.gene: (c.status, [(d.name, d.readings) for d in c.diplotypes]) for c in assessment.calls if c.diplotypes}

    assert called(first) == called(second)
    assert [a for view in first.drugs for a in view.advice if not a.structural and not a.flags and not a.notes] == [
        a
        for view, old in zip(second.drugs, first.drugs, strict=True)
        for a, b in zip(view.advice, old.advice, strict=True)
        if not b.structural and not b.flags and not b.notes
    ]


DIAGNOSES = st.sampled_from(
    [
        Diagnosis("diabetic polyneuropathy", (("icd-10-cm", "E11.42"),), "active"),
        Diagnosis("chronic low back pain", (("icd-10-cm", "M54.50"),), "active"),
        Diagnosis("fibromyalgia", (("icd-10-cm", "M79.7"),), "active"),
        Diagnosis("osteoarthritis of the knee", (("icd-10-cm", "M17.0"),), "active"),
        Diagnosis("glaucoma (unconfirmed)"),
    ]
)
DRUGS = st.builds(
    DrugUse,
    name=st.sampled_from(("tramadol", "duloxetine", "morphine", "gabapentin", "diazepam", "ibuprofen", "codeine", "fentanyl", "xyzzy")),
    dose=st.sampled_from((None, point(10.0), point(60.0), Interval(12.0, 25.0))),
    unit=st.sampled_from(("mg", "mg", "mg", "mcg", "mcg/h", "tablet", "g")),
    per_day=st.sampled_from((None, point(1.0), point(3.0), Interval(0.0, 4.0), Interval(1.0, 2.0), point(1 / 3), point(0.123))),
    route=st.sampled_from(("", "oral", "transdermal")),
    form=st.sampled_from(("", "patch", "slow-release tablet")),
    as_needed=st.booleans(),
    since=st.sampled_from(("", "2019", "2026-10-20", "spring")),
    reason=st.sampled_from(("", "pain", "mood")),
    state=st.sampled_from(("active", "active", "stopped", "planned")),
).map(lambda use: use if use.dose else replace(use, unit=""))
SHEETS = st.lists(
    st.sampled_from(("phq-9", "gad-7", "isi", "pcs")).flatmap(
        lambda id_: st.builds(
            lambda seed, day: sheet(id_, answers_of(id_, seed), day), st.integers(0, 99), st.sampled_from(("2026-09-01", "2026-11-20"))
        )
    ),
    max_size=2,
    unique_by=lambda row: (row.instrument, row.date),
).map(lambda rows: tuple(sorted(rows, key=lambda row: row.date)))
MEASURES = st.lists(
    st.sampled_from(
        (
            Measure("egfr", 22.0, "mL/min/{1.73_m2}", "2026-11-01", "eGFR", (("loinc", "98979-8"),)),
            Measure("egfr", 90.0, "", "", "", ()),
            Measure("qtc", 510.0, "ms", "2026-10", "QTc", ()),
            Measure("pain-severity", 8.0, "{score}", "2026-10-02", "pain", (("loinc", "72514-3"),)),
            Measure("", 3.0, "furlong", "", "a thing", (("local", "Z"),)),
        )
    ),
    max_size=2,
    unique_by=lambda one: one.id,
).map(tuple)


def answers_of(id_, seed):
    """Answers to an instrument, some of them left out."""
    rng = np.random.default_rng(seed)
    ranges = [item.range for item in shipped().instrument(id_).items]
    return [None if rng.random() < 0.05 else int(rng.choice(r.allowed or range(r.low, r.high + 1))) for r in ranges]


PERSONS = st.builds(
    Case,
    person=st.builds(Person, st.just("x"), st.sampled_from((None, 17, 45, 82)), st.sampled_from(("", "F", "M"))),
    pain=st.builds(
        PainHistory,
        st.sampled_from(("", "it burns")),
        st.sampled_from(((), ("both feet",))),
        st.sampled_from((None, 1.0, 40.0)),
        st.sampled_from((None, 0.0, 6.5)),
        st.sampled_from(((), ("chronic low back pain",))),
    ),
    drugs=st.lists(DRUGS, max_size=4, unique_by=lambda use: use.name).map(tuple),
    wishes=st.sampled_from(((), ("sleep through the night",), ("cost: 8", "no fog"))),
    body=st.builds(
        BodyRecord,
        diagnoses=st.lists(DIAGNOSES, max_size=2, unique=True).map(tuple),
        facts=st.lists(
            st.builds(
                Fact,
                st.sampled_from(("pregnancy", "cirrhosis", "saddle-numbness")),
                st.sampled_from(("yes", "no", "unknown")),
                text=st.just("history"),
            ),
            max_size=2,
            unique_by=lambda fact: fact.id,
        ).map(tuple),
        allergies=st.sampled_from(((), (Allergy("codeine", (), "rash", "mild"),))),
        measures=MEASURES,
        regions=st.sampled_from((None, (), ("low-back-l", "knee-front-r"))),
    ),
    answers=SHEETS,
    imaging=st.sampled_from(((), (ImagingEntry("modic", "2", "L4/5", "", "2024-03", "MRI elsewhere", "Dr. X"),))),
    outside_calls=st.sampled_from(((), (("CYP2D6", "*4/*4"),), (("CYP2C9", "*1/*3 or *3/*3"), ("HLA-B", "*15:02 positive")))),
)


@settings(max_examples=60, deadline=None)
@given(PERSONS)
def test_whoever_goes_out_comes_back_with_the_same_plan(case):
    first = assess(case, shipped(), DAY)
    acts_the_same(first, assess(came_back(case), shipped(), DAY))


def test_proposed_drugs_of_a_plan_do_not_come_back_as_drugs():
    proposals = resources("mara", "MedicationRequest")
    imported = back(json.loads(render_bundle(judged(MARA), shipped())))

    assert all(one["intent"] == "proposal" and one["status"] == "draft" for one in proposals)
    assert [use.name for use in imported.case.drugs] == [use.name for use in judged(MARA).case.drugs]
