"""Orders, statements and supplies become a drug list in which nothing is doubled, guessed or dropped."""

import pytest
from bundles import RXNORM, coded, daily, line, order, patient, places, quantity, read, statement

from painloom.model.quantity import Interval, point


def only(*resources, **options):
    told = read(patient(), *resources, **options)
    assert len(told.case.drugs) == 1
    return told, told.case.drugs[0]


@pytest.mark.parametrize(
    ("repeat", "low", "high"),
    [
        (daily(4), 4, 4),
        ({"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}, 1, 2),
        ({"frequency": 1, "period": 4, "periodMax": 6, "periodUnit": "h"}, 4, 6),
        ({"frequency": 1, "period": 72, "periodUnit": "h"}, 1 / 3, 1 / 3),
        ({"frequency": 2, "period": 1, "periodUnit": "wk"}, 2 / 7, 2 / 7),
        ({"period": 1, "periodUnit": "d", "timeOfDay": ["08:00:00", "20:00:00"]}, 2, 2),
        ({"period": 1, "periodUnit": "d", "when": ["MORN", "NOON", "NIGHT"]}, 3, 3),
        ({"frequencyMax": 3, "period": 1, "periodUnit": "d"}, 3, 3),
    ],
)
def test_how_often_is_worked_out_from_the_rule(repeat, low, high):
    _, drug = only(order(line(repeat=repeat)))

    assert drug.per_day is not None
    assert (drug.per_day.low, drug.per_day.high) == pytest.approx((low, high))


@pytest.mark.parametrize(
    "repeat",
    [
        {"frequency": 2},
        {"frequency": 2, "period": 1},
        {"frequency": 2, "period": 1, "periodUnit": "fortnight"},
        {"frequency": -2, "period": 1, "periodUnit": "d"},
        {"frequency": 1, "period": 0, "periodUnit": "d"},
        {"frequency": 5000, "period": 1, "periodUnit": "d"},
        {"frequency": "2", "period": 1, "periodUnit": "d"},
        {"period": 1, "periodUnit": "d"},
    ],
)
def test_a_rule_that_does_not_tell_is_unknown_and_listed(repeat):
    told, drug = only(order(line(repeat=repeat)))

    assert drug.per_day is None
    assert any(place.startswith("dosageInstruction[0].timing") for place in places(told))


@pytest.mark.parametrize(("code", "times"), [("QD", 1), ("BID", 2), ("tid", 3), ("QID", 4), ("Q4H", 6), ("QOD", 0.5), ("BED", 1)])
def test_short_forms_of_timing_are_known(code, times):
    _, drug = only(order({"timing": {"code": {"coding": [{"code": code}]}}}))

    assert drug.per_day == point(times)


def test_where_the_rule_and_the_short_form_differ_both_stay():
    _, drug = only(order({"timing": {"code": {"text": "QID"}, "repeat": daily(2)}}))

    assert drug.per_day == Interval(2, 4)


def test_an_unknown_short_form_is_listed():
    told, drug = only(order({"timing": {"code": {"text": "as the moon wills"}}}))

    assert drug.per_day is None
    assert "dosageInstruction[0].timing.code" in places(told)


@pytest.mark.parametrize(
    ("amount", "dose", "unit"),
    [
        ({"doseQuantity": quantity(10, "mg")}, point(10), "mg"),
        ({"doseQuantity": {"value": 1, "unit": "tablet", "system": "http://unitsofmeasure.org", "code": "{tablet}"}}, point(1), "tablet"),
        ({"doseQuantity": {"value": 1, "unit": "tablet", "system": "http://unitsofmeasure.org", "code": "1"}}, point(1), "tablet"),
        (
            {"doseQuantity": {"value": 1, "unit": "TAB", "system": "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm"}},
            point(1),
            "tablet",
        ),
        ({"doseQuantity": {"value": 2, "unit": "puffs"}}, point(2), "puffs"),
        ({"doseRange": {"low": quantity(1, "mg"), "high": quantity(2, "mg")}}, Interval(1, 2), "mg"),
        ({"doseRange": {"high": quantity(2, "mg")}}, Interval(0, 2), "mg"),
        ({"rateQuantity": quantity(25, "ug/h")}, point(25), "ug/h"),
        ({"rateRatio": {"numerator": quantity(50, "ug"), "denominator": quantity(2, "h")}}, point(25), "ug/h"),
        ({"doseQuantity": quantity(1, "mg", comparator="<")}, None, ""),
        ({"doseQuantity": quantity(-1, "mg")}, None, "mg"),
        ({"doseQuantity": {"value": 1, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "ug"}}, None, ""),
        ({"doseRange": {"low": quantity(1, "mg"), "high": quantity(2, "g")}}, None, ""),
        ({"doseRange": {"low": quantity(3, "mg"), "high": quantity(2, "mg")}}, None, ""),
        ({"doseRange": {"low": quantity(3, "mg")}}, None, ""),
    ],
)
def test_amounts_are_taken_only_when_they_are_certain(amount, dose, unit):
    told, drug = only(order({"doseAndRate": [amount], "timing": {"repeat": daily(1)}}))

    assert (drug.dose, drug.unit) == (dose, unit)
    assert (dose is not None) or any("doseAndRate" in place for place in places(told))


def test_of_several_amounts_the_ordered_one_counts_and_a_different_one_is_listed():
    kinds = [{"type": {"text": kind}, "doseQuantity": quantity(value, "mg")} for kind, value in (("calculated", 4), ("ordered", 5))]
    told, drug = only(order({"doseAndRate": kinds}))

    assert drug.dose == point(5)
    assert "dosageInstruction[0].doseAndRate[0]" in places(told)


def test_every_line_of_an_order_is_an_entry_and_steps_are_pointed_out():
    steps = [line(quantity(n, "mg"), daily(1), sequence=n) for n in (1, 2)]
    told = read(patient(), order(*steps))

    assert [drug.dose for drug in told.case.drugs] == [point(1), point(2)]
    assert "dosageInstruction[1].sequence" in places(told)


def test_words_of_the_order_stay_as_text():
    words = {"text": "one at night", "patientInstruction": "with food", "asNeededCodeableConcept": {"text": "pain"}}
    _, drug = only(order(words, reasonCode=[{"text": "back pain"}]))

    assert drug.text == "one at night; with food; as needed for pain"
    assert (drug.as_needed, drug.reason, drug.dose, drug.per_day) == (True, "back pain", None, None)


@pytest.mark.parametrize(
    ("status", "intent", "state"),
    [
        ("active", "order", "active"),
        ("completed", "order", "stopped"),
        ("stopped", "order", "stopped"),
        ("on-hold", "order", "planned"),
        ("draft", "order", "planned"),
        ("active", "plan", "planned"),
        ("active", "proposal", "planned"),
        ("completed", "proposal", "stopped"),
        ("unknown", "order", "active"),
        ("bogus", "order", "active"),
        ("", "order", "active"),
    ],
)
def test_the_status_tells_whether_it_is_taken_and_an_unknown_one_counts_as_taken(status, intent, state):
    _, drug = only(order(status=status, intent=intent))

    assert drug.state == state


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_orders_that_never_held_are_left_out_and_listed(status):
    told = read(patient(), order(status=status))

    assert told.case.drugs == ()
    assert [row.resource for row in told.left_out] == ["MedicationRequest"]


def test_a_drug_that_must_not_be_given_is_not_on_the_list():
    told = read(patient(), order(doNotPerform=True))

    assert told.case.drugs == ()
    assert "forbids" in told.left_out[0].why


def test_an_unknown_modifier_closes_the_resource_or_the_line():
    modifier = [{"url": "http://x/negated", "valueBoolean": True}]
    whole = read(patient(), order(modifierExtension=modifier))
    told, drug = only(order(line(quantity(5, "mg"), daily(1), modifierExtension=modifier)))

    assert whole.case.drugs == ()
    assert (drug.dose, drug.per_day) == (None, None)
    assert "dosageInstruction[0]" in places(told)


@pytest.mark.parametrize("inside", [True, False])
def test_a_drug_described_elsewhere_in_the_bundle_is_found(inside):
    drug = {"resourceType": "Medication", "id": "d", "code": coded(RXNORM, "1049683", "oxycodone 10 MG"), "form": {"text": "tablet"}}
    asked = order(medicationReference={"reference": "#d" if inside else "Medication/d"})
    del asked["medicationCodeableConcept"]
    told, found = only(asked | {"contained": [drug]}) if inside else only(asked, drug)

    assert (found.name, found.form, found.codes) == ("oxycodone 10 MG", "tablet", (("rxnorm", "1049683"),))
    assert told.left_out == ()


def test_a_drug_without_a_name_stays_on_the_list_so_that_it_is_asked_about():
    asked = order(medicationReference={"reference": "Medication/elsewhere"})
    del asked["medicationCodeableConcept"]
    told, found = only(asked)

    assert found.name
    assert "medicationReference" in places(told)


def test_a_statement_that_comes_from_an_order_is_not_counted_twice():
    taken = statement("morphine", dosage=[line(quantity(20, "mg"), daily(2))], basedOn=[{"reference": "MedicationRequest/m"}])
    bare = statement("morphine", derivedFrom=[{"reference": "MedicationRequest/m"}])
    asked = order(line(quantity(10, "mg"), daily(1)))

    assert only(asked, taken)[1].dose == point(20)
    assert only(asked, bare)[1].dose == point(10)
    assert any("the same use" in why for why in places(only(asked, taken)[0]).values())


def test_two_orders_without_a_link_are_both_counted():
    assert len(read(patient(), order(id="a"), order(id="b")).case.drugs) == 2


def test_the_same_resource_twice_is_counted_once_and_listed():
    told, _ = only(order(), order())

    assert any("twice" in row.why for row in told.left_out)


def test_a_supply_counts_only_where_nothing_else_names_the_drug():
    supply = {"resourceType": "MedicationDispense", "id": "d", "status": "completed", "medicationCodeableConcept": {"text": "codeine"}}
    supply |= {"subject": {"reference": "Patient/p"}, "whenHandedOver": "2026-10-20", "daysSupply": quantity(30, "d")}

    _, running = only(supply)
    _, over = only(supply | {"whenHandedOver": "2026-01-20"})

    assert (running.state, running.since, running.until) == ("active", "2026-10-20", "2026-11-18")
    assert over.state == "stopped"
    assert [drug.name for drug in read(patient(), supply, order(name="Codeine")).case.drugs] == ["Codeine"]


def test_the_end_is_the_last_day_of_the_supply_with_its_refills():
    supply = {"expectedSupplyDuration": quantity(30, "d"), "numberOfRepeatsAllowed": 2}
    _, drug = only(order(authoredOn="2026-05-01", dispenseRequest=supply))

    assert (drug.since, drug.until, drug.state) == ("2026-05-01", "2026-07-29", "active")


def test_bounds_of_the_timing_go_before_the_supply():
    bounds = daily(1) | {"boundsPeriod": {"start": "2026-06-01", "end": "2026-06-10"}}
    _, drug = only(order(line(repeat=bounds), authoredOn="2026-05-01", dispenseRequest={"expectedSupplyDuration": quantity(30, "d")}))

    assert (drug.since, drug.until) == ("2026-06-01", "2026-06-10")


def test_days_of_the_week_are_pointed_out():
    told, drug = only(order(line(quantity(15, "mg"), daily(1) | {"dayOfWeek": ["mon"]})))

    assert drug.per_day == point(1)
    assert "dosageInstruction[0].timing.repeat.dayOfWeek" in places(told)


def test_every_element_without_a_place_is_named():
    extra = {"note": [{"text": "n"}], "substitution": {"allowedBoolean": True}, "detectedIssue": [{"reference": "DetectedIssue/1"}]}
    dosage = line(quantity(1, "mg"), daily(1), maxDosePerPeriod={"numerator": quantity(8, "mg")}, site={"text": "arm"})
    told, _ = only(order(dosage, **extra))

    assert {"note", "detectedIssue", "dosageInstruction[0].maxDosePerPeriod", "dosageInstruction[0].site"} <= set(places(told))


@pytest.mark.parametrize(
    ("intent", "status", "kept"),
    [("filler-order", "active", 10), ("filler-order", "stopped", 20), ("order", "active", 20)],
)
def test_an_order_and_what_came_of_it_count_once(intent, status, kept):
    child = order(line(quantity(20, "mg"), daily(1)), id="child", intent=intent, basedOn=[{"reference": "MedicationRequest/m"}])
    _, drug = only(order(line(quantity(10, "mg"), daily(1)), status=status), child)

    assert drug.dose == point(kept)


def test_orders_that_name_each_other_as_origin_are_not_both_lost():
    first = order(id="a", basedOn=[{"reference": "MedicationRequest/b"}])
    second = order(id="b", basedOn=[{"reference": "MedicationRequest/a"}])

    assert len(read(patient(), first, second).case.drugs) == 1
