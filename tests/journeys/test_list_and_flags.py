"""What one stream finds reaches the others: the list answers a red flag, coded diagnoses answer rules, the map answers criteria."""

from builders import knowledge
from painloom.assess import assess
from painloom.model.body import BodyRecord, Diagnosis, Fact
from painloom.model.case import Case, DrugUse, PainHistory, Person
from painloom.model.quantity import point


def use(name, dose, per_day):
    return DrugUse(name, dose=point(dose), unit="mg", per_day=point(per_day), route="oral")


def of(case):
    return assess(case, knowledge(), "2026-11-24")


def flag(result, id_):
    return next(f for f in result.red_flags if f.id == id_)


def test_an_opioid_with_a_benzodiazepine_on_the_list_raises_the_flag_whatever_the_record_says():
    facts = (Fact("opioid-with-sedative-or-alcohol", "no"),)
    case = Case(Person("x", 50, "F"), drugs=(use("oxycodone", 5, 4), use("alprazolam", 0.5, 2)), body=BodyRecord(facts=facts))

    assert flag(of(case), "opioid-danger").state == "present"


def test_an_opioid_alone_leaves_the_flag_open():
    assert flag(of(Case(Person("x", 50, "F"), drugs=(use("oxycodone", 5, 4),))), "opioid-danger").state == "not-asked"


def test_a_coded_diagnosis_answers_a_rule_of_the_drug_list():
    apnoea = BodyRecord(diagnoses=(Diagnosis("apnoea", (("icd-10-cm", "G47.33"),), "active"),))
    with_code = of(Case(Person("x", 50, "F"), drugs=(use("hydrocodone", 5, 3),), body=apnoea))
    without = of(Case(Person("x", 50, "F"), drugs=(use("hydrocodone", 5, 3),)))

    assert any(row.kind == "naloxone" and row.is_warning for row in with_code.safety)
    assert not any(row.kind == "naloxone" and row.is_warning for row in without.safety)


def test_the_body_map_answers_the_region_question_and_an_empty_map_is_not_a_missing_one():
    drawn = ("shoulder-front-l", "shoulder-front-r", "thigh-front-l", "neck-back-l")
    answered = {}
    for regions in (None, (), drawn):
        grades = of(Case(Person("x", 50, "F"), PainHistory(months=12), body=BodyRecord(regions=regions))).grades
        by_id = {i.id: i.value for g in grades if g.criteria == "fibromyalgia-acr-2016" for i in g.inputs}
        answered[regions] = next((v for k, v in by_id.items() if "region" in k), "unknown")

    assert (answered[None], answered[()]) == ("unknown", "no")
