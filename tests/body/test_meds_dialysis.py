"""Dialysis and end-stage kidney disease say what a clearance would: a rule must not wait for a value that nobody measures then."""

import pytest

from builders import knowledge
from painloom.body.meds import check_drugs
from painloom.model.body import BodyRecord, Fact, Measure
from painloom.model.case import Case, DrugUse, Person
from painloom.model.quantity import point


def organ_rows(facts=(), measures=()):
    use = DrugUse("gabapentin", dose=point(1200), unit="mg", per_day=point(3), route="oral")
    case = Case(Person("x", 60, "F"), drugs=(use,), body=BodyRecord(facts=tuple(facts), measures=tuple(measures)))
    return [row for row in check_drugs(case, knowledge()) if row.kind == "organ-dose" and row.is_warning]


@pytest.mark.parametrize("fact", ["dialysis", "end-stage-kidney-disease"])
@pytest.mark.parametrize("measures", [(), (Measure("egfr", 70, ""),), (Measure("creatinine", 0.9, "mg/dL"), Measure("weight", 80, "kg"))])
def test_a_failed_kidney_counts_whatever_was_measured(fact, measures):
    rows = organ_rows([Fact(fact, "yes")], measures)

    assert [row.subject for row in rows] == ["gabapentin"]
    assert "counted as below 15" in rows[0].message


@pytest.mark.parametrize("value", ["no", "unknown"])
def test_without_it_the_measured_clearance_stands(value):
    assert organ_rows([Fact("dialysis", value)], [Measure("crcl", 90, "")]) == []
