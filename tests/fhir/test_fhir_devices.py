"""Devices and body sites: what the person carries and where it hurts reach the case and come back from its file."""

import json
from itertools import product

import pytest
from bundles import SNOMED, SUBJECT, coded, condition, observation, patient, places, read

from painloom.fhir.casefile import write_case
from painloom.intake.history import read_history

ACTIVE = {"coding": [{"code": "active"}]}
RESOLVED = {"coding": [{"code": "resolved"}]}


def device(text="Cochlear implant", code="43252007", **more):
    made = {"resourceType": "Device", "id": "d", "status": "active", "type": coded(SNOMED, code, text)}
    return made | {"patient": SUBJECT} | more


def use(**more):
    made = {"resourceType": "DeviceUseStatement", "id": "u", "status": "active", "subject": SUBJECT}
    return made | {"device": {"reference": "Device/d"}} | more


def devices(*resources):
    return read(patient(), *resources).case.body.diagnoses


def test_a_device_of_the_person_is_a_diagnosis_with_its_codes():
    found = devices(device())

    assert [(d.text, d.codes, d.state) for d in found] == [("device: Cochlear implant", (("snomed", "43252007"),), "active")]


def test_a_device_known_only_by_its_name_is_kept():
    found = devices(device(type=None, deviceName=[{"name": "Nerve stimulator of a maker", "type": "user-friendly-name"}]))

    assert found[0].text == "device: Nerve stimulator of a maker"


def test_type_and_name_both_stand_where_they_differ():
    found = devices(device("Pulse generator", deviceName=[{"name": "deep brain stimulator", "type": "other"}]))

    assert found[0].text == "device: Pulse generator, deep brain stimulator"


def test_a_device_and_the_statement_of_its_use_are_one_device():
    found = devices(device(), use(bodySite={"text": "left ear"}, timingPeriod={"start": "2019-05"}))

    assert [(d.text, d.state, d.since) for d in found] == [("device: Cochlear implant (left ear)", "active", "2019-05")]


@pytest.mark.parametrize(("own", "used"), [("inactive", "active"), ("active", "completed"), ("active", "stopped"), ("unknown", "active")])
def test_a_device_that_may_be_out_of_use_stays_without_a_state(own, used):
    told = read(patient(), device(status=own), use(status=used))
    found = told.case.body.diagnoses

    assert [d.state for d in found] == [""]
    assert f"recorded as {own if own != 'active' else used}" in found[0].text
    assert "status" in places(told)


@pytest.mark.parametrize("reference", [{"display": "Cochlear implant"}, {"reference": "Device/elsewhere", "display": "Cochlear implant"}])
def test_a_statement_whose_device_is_not_in_the_bundle_counts_by_its_words(reference):
    assert [d.text for d in devices(use(device=reference))] == ["device: Cochlear implant"]


def test_a_device_inside_its_statement_is_read():
    inner = device() | {"id": "in"}
    found = devices(use(contained=[inner], device={"reference": "#in"}))

    assert [(d.text, d.codes) for d in found] == [("device: Cochlear implant", (("snomed", "43252007"),))]


def test_a_statement_without_any_name_is_listed():
    told = read(patient(), use(device={"reference": "Device/elsewhere"}))

    assert told.case.body.diagnoses == ()
    assert [line.resource for line in told.left_out] == ["DeviceUseStatement"]


def test_devices_in_error_are_left_out_with_their_statements():
    told = read(patient(), device(status="entered-in-error"), use())

    assert told.case.body.diagnoses == ()
    assert sorted(line.resource for line in told.left_out) == ["Device", "DeviceUseStatement"]


def test_a_gauge_is_no_device_of_the_person_unless_it_is_said_to_be_theirs():
    measured = observation("2160-0", 1.1, "mg/dL", device={"reference": "Device/d"})
    gauge = device("blood pressure cuff", patient=None)

    assert devices(measured, gauge) == ()
    assert len(devices(measured, device())) == 1
    assert len(devices(measured, gauge, use())) == 1


def test_a_device_that_names_nobody_is_taken_to_be_the_persons_and_that_is_listed():
    told = read(patient(), device(patient=None))

    assert len(told.case.body.diagnoses) == 1
    assert "names no person" in places(told)["resourceType"]


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ({"text": "left hand"}, "left hand"),
        ({"coding": [{"system": SNOMED, "code": "85151006", "display": "Structure of left hand"}]}, "Structure of left hand"),
        ({"text": "Hand", "coding": [{"system": SNOMED, "code": "85151006", "display": "Structure of left hand"}]}, "Hand, left"),
        ({"text": "Hand", "coding": [{"system": SNOMED, "code": "24028007"}]}, "Hand, right"),
        ({"text": "Hand", "coding": [{"system": SNOMED, "code": "51440002"}]}, "Hand, left and right"),
    ],
)
def test_a_body_site_keeps_its_side(site, expected):
    assert read(patient(), condition("pain", bodySite=[site])).case.pain.sites == (expected,)


def test_a_side_given_apart_is_put_to_the_site():
    for parts in ([{"text": "Knee"}, {"text": "Left"}], [{"text": "Left"}, {"text": "Knee"}]):
        assert read(patient(), condition("pain", bodySite=parts)).case.pain.sites == ("Knee, left",)


def test_a_word_that_only_contains_a_side_is_no_side():
    site = {"text": "Cleft", "coding": [{"system": SNOMED, "code": "1", "display": "bright area"}]}

    assert read(patient(), condition("pain", bodySite=[site])).case.pain.sites == ("Cleft",)


def test_sites_come_in_order_once_and_only_from_conditions_that_are_not_resolved():
    sites = [("left hand", ACTIVE), ("back", RESOLVED), ("right foot", None), ("left hand", ACTIVE)]
    made = [condition("pain", id=f"c{n}", bodySite=[{"text": t}], clinicalStatus=s) for n, (t, s) in enumerate(sites)]
    told = read(patient(), *made)

    assert told.case.pain.sites == ("left hand", "right foot")
    assert [line.place for line in told.left_out if "bodySite" in line.place] == ["entry[2].resource.bodySite"]


@pytest.mark.parametrize(("site", "name"), list(product(["left hand", 'a "quoted" site', "Füße"], ["implant", "x\ny"])))
def test_sites_and_devices_survive_the_case_file(tmp_path, site, name):
    told = read(patient(), condition("pain", bodySite=[{"text": site}], clinicalStatus=ACTIVE), device(name), use())
    write_case(told, tmp_path / "case")
    again = read_history(tmp_path / "case" / "case.toml")

    assert again.pain.sites == told.case.pain.sites == (site,)
    assert again.body.diagnoses == told.case.body.diagnoses
    assert again.body.diagnoses[-1].text == f"device: {name}"


@pytest.mark.parametrize("wrong", [None, "text", 5, [], [["x"]], {"text": 4}, [{"coding": "x"}], {"coding": [{"code": 5}]}])
def test_devices_and_sites_of_another_form_are_listed_never_a_crash(wrong):
    told = read(patient(), condition("pain", bodySite=wrong), device(type=wrong, deviceName=wrong), use(device=wrong, bodySite=wrong))

    assert told.case.pain.sites == ()
    assert wrong in (None, []) or any("bodySite" in line.place for line in told.left_out)
    json.dumps([line.place for line in told.left_out])
