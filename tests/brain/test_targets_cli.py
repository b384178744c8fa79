"""`painloom brain targets` on case folders and imported bundles: JSON, text, navigator files, refusals."""

import json
import re
import xml.etree.ElementTree as ElementTree

import pytest

from painloom.doors.cli.main import main

KEYS = {"name", "side", "space", "xyz_mm", "scalp_10_10", "indication", "evidence", "protocol", "safety"}
HAND = 'schema = 1\n[pain]\nsites = ["Left hand"]\n[[diagnoses]]\ntext = "Neuropathic pain"\n'
DEVICE = '[[diagnoses]]\ntext = "device: {}"\n'
ZERO_SHIFT = "1 0 0 2\n0 1 0 3\n0 0 1 4\n0 0 0 1\n"


@pytest.fixture
def folder(tmp_path):
    def make(text=HAND, name="case"):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "case.toml").write_text(text, encoding="utf-8")
        return tmp_path / name

    return make


def run(capsys, *words):
    status = main(["brain", "targets", *map(str, words), "--as-of", "2026-11-24"])
    out, err = capsys.readouterr()
    return status, out, err


def targets(capsys, *words):
    status, out, _ = run(capsys, *words)
    assert 0 == status
    return json.loads(out)["targets"]


def test_the_agreed_keys_are_there_with_their_types(capsys, folder):
    for target in targets(capsys, folder()):
        assert set(target) >= KEYS
        assert isinstance(target["safety"], str)
        assert isinstance(target["protocol"], str)
        assert target["xyz_mm"] is None or [float] * 3 == [type(v) for v in target["xyz_mm"]]
        assert all({"body", "year", "grade", "source"} <= set(row) for row in target["evidence"])


def test_pain_of_the_left_hand_aims_at_the_right_hand_area(capsys, folder):
    first = targets(capsys, folder())[0]

    assert ("right", [37.0, -21.0, 58.0], "C4", "MNI152NLin6Asym") == tuple(
        first[key] for key in ("side", "xyz_mm", "scalp_10_10", "space")
    )
    assert 2 <= len({row["body"] for row in first["evidence"]})


def bundle(conditions, devices=(), drugs=()):
    resources = [{"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1970-01-01"}]
    kinds = (("Condition", conditions), ("Device", devices), ("MedicationStatement", drugs))
    for kind, given in kinds:
        owner = "patient" if kind == "Device" else "subject"
        for number, one in enumerate(given):
            state = {} if kind == "Condition" else {"status": "active"}
            resources.append({"resourceType": kind, "id": f"{kind[0]}{number}", owner: {"reference": "Patient/p"}, **state, **one})
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}


def imported(tmp_path, content):
    (tmp_path / "b.json").write_text(json.dumps(content), encoding="utf-8")
    assert 0 == main(["fhir", "import", str(tmp_path / "b.json"), "-o", str(tmp_path / "imported")])
    return tmp_path / "imported"


def test_an_imported_bundle_gives_site_side_and_a_named_drug(capsys, tmp_path):
    site = {"coding": [{"system": "http://snomed.info/sct", "code": "7769000", "display": "Right foot structure"}]}
    drug = {"medicationCodeableConcept": {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "10689"}]}}
    case = imported(tmp_path, bundle([{"code": {"text": "Neuropathic pain"}, "bodySite": [site]}], drugs=[drug]))
    capsys.readouterr()
    first = targets(capsys, case)[0]

    assert ("left", "Cz") == (first["side"], first["scalp_10_10"])
    assert first["xyz_mm"][0] < 0
    assert "tramadol" in first["safety"]
    assert "refused" not in first["safety"]


@pytest.mark.parametrize(
    ("condition", "device"),
    [({}, {"type": {"text": "Cochlear implant"}}), ({"code": {"text": "Epilepsy"}}, {}), ({"code": {"text": "ICD in situ"}}, {})],
)
def test_an_imported_exclusion_is_refused_and_never_written(capsys, tmp_path, condition, device):
    conditions = [{"code": {"text": "Neuropathic pain of the right hand"}}, *([condition] if condition else [])]
    case = imported(tmp_path, bundle(conditions, [device] if device else []))
    capsys.readouterr()
    out = tmp_path / "targets.txt"
    status, text, err = run(capsys, case, "--export", "brainsight", "-o", out)
    coil = [t for t in json.loads(text)["targets"] if "rtms" in t["modality"]]

    assert (3, False) == (status, out.exists())
    assert all(t["safety"].startswith("refused: ") for t in coil)
    assert "no target may be written" in err.strip().splitlines()[-1]


def test_a_brainsight_file_holds_the_coordinates_of_the_result(capsys, folder, tmp_path):
    out = tmp_path / "t.txt"
    status, text, _ = run(capsys, folder(), "--export", "brainsight", "-o", out)
    lines = out.read_text(encoding="utf-8").splitlines()
    written = [[float(v) for v in line.split("\t")[1:4]] for line in lines if not line.startswith("#")]

    assert 0 == status
    assert [t["xyz_mm"] for t in json.loads(text)["targets"] if t["xyz_mm"]] == written
    assert "# Coordinate system: NIfTI:Q:MNI-152" in lines


def test_a_localite_file_holds_the_coordinates_of_the_result(capsys, folder, tmp_path):
    out = tmp_path / "t.xml"
    _, text, _ = run(capsys, folder(), "--export", "localite", "-o", out)
    root = ElementTree.fromstring(out.read_text(encoding="utf-8"))
    written = [[float(m.get(f"data{row}3")) for row in range(3)] for m in root.iter("Matrix4D")]

    assert [t["xyz_mm"] for t in json.loads(text)["targets"] if t["xyz_mm"]] == written


@pytest.mark.parametrize(("name", "said"), [("t.mrk.json", '"markups"'), ("t.fcsv", "# Markups fiducial file")])
def test_the_slicer_form_follows_the_ending(capsys, folder, tmp_path, name, said):
    run(capsys, folder(), "--export", "slicer", "-o", tmp_path / name)

    assert said in (tmp_path / name).read_text(encoding="utf-8")


def test_one_target_is_chosen_by_id_or_by_name(capsys, folder, tmp_path):
    out = tmp_path / "t.txt"
    run(capsys, folder(), "--target", "m1-rtms-hand-right", "--export", "brainsight", "-o", out)
    by_name = targets(capsys, folder(), "--target", "right m1 hand area, high-frequency rtms")

    assert 1 == sum(not line.startswith("#") for line in out.read_text(encoding="utf-8").splitlines() if line)
    assert ["m1-rtms-hand-right"] == [t["id"] for t in by_name]


def test_a_transform_gives_native_coordinates_and_the_navigator_gets_those(capsys, folder, tmp_path):
    (tmp_path / "to.txt").write_text(ZERO_SHIFT, encoding="utf-8")
    out = tmp_path / "t.txt"
    _, text, _ = run(capsys, folder(), "--transform", tmp_path / "to.txt", "--export", "brainsight", "-o", out)
    first = json.loads(text)["targets"][0]

    assert ([37.0, -21.0, 58.0], [39.0, -18.0, 62.0], "native: to.txt") == (
        first["xyz_mm"],
        first["native_xyz_mm"],
        first["native_space"],
    )
    assert "\t39.0000\t-18.0000\t62.0000\t" in out.read_text(encoding="utf-8")
    assert "MNI-152" not in out.read_text(encoding="utf-8")


def test_an_earlier_file_is_left_and_pointed_at_when_nothing_may_be_written(capsys, folder, tmp_path):
    out = tmp_path / "t.txt"
    run(capsys, folder(), "--export", "brainsight", "-o", out)
    before = out.read_bytes()
    status, _, err = run(capsys, folder(HAND + DEVICE.format("Cochlear implant")), "--export", "brainsight", "-o", out)

    assert (3, before) == (status, out.read_bytes())
    assert "do not use it" in err


def test_referral_options_alone_are_nothing_to_write(capsys, folder, tmp_path):
    text = 'schema = 1\n[[diagnoses]]\ntext = "Migraine"\n'
    status, _, err = run(capsys, folder(text), "--export", "localite", "-o", tmp_path / "t.xml")

    assert (3, False) == (status, (tmp_path / "t.xml").exists())
    assert "no coordinates" in err


def test_a_poor_metaboliser_with_a_tricyclic_is_flagged(capsys, folder):
    case = folder(HAND + '[[drugs]]\nname = "amitriptyline"\n')
    (case / "outside_calls.tsv").write_text("CYP2D6\t*4/*4\n", encoding="utf-8")

    assert "CYP2D6" in targets(capsys, case)[0]["safety"]


def test_an_empty_case_lists_options_and_what_is_missing(capsys, folder):
    _, out, _ = run(capsys, folder(""))
    whole = json.loads(out)

    assert whole["targets"][0]["side"] == "left"
    assert "the side of the pain" in whole["missing"]


def test_kind_and_side_of_pain_can_be_set_by_hand(capsys, folder):
    found = targets(capsys, folder(), "--indication", "fibromyalgia", "--side", "right")

    assert {"left"} == {t["side"] for t in found if t["side"]}
    assert "Fibromyalgia" == found[0]["indication"]


@pytest.mark.parametrize("form", ["text", "tsv"])
def test_other_formats_hold_every_target(capsys, folder, form):
    found = targets(capsys, folder())
    _, out, _ = run(capsys, folder(), "--format", form)

    assert all(t["name"] in out for t in found)


def test_the_same_input_gives_the_same_bytes(capsys, folder):
    assert run(capsys, folder()) == run(capsys, folder())


def test_no_folder_and_no_name_of_the_person_is_in_the_result(capsys, folder, tmp_path):
    _, out, err = run(capsys, folder('schema = 1\n[person]\nlabel = "Zacharias Quodlibet"\n' + HAND.removeprefix("schema = 1\n")))

    assert not re.search(rf"{re.escape(str(tmp_path))}|Quodlibet", out + err)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--export", "brainsight"], 2),
        (["--export", "nothing", "-o", "x"], 2),
        (["--indication", "nothing"], 2),
        (["--side", "up"], 2),
        (["--target", "nothing"], 2),
        (["--as-of", "yesterday"], 2),
        (["--motion", "x.txt"], 2),
        (["--transform", "nothing.txt"], 3),
        (["--bold", "nothing.nii"], 2),
        (["--bold", "nothing.nii", "--indication", "depression"], 3),
    ],
)
def test_wrong_words_and_files_are_refused_in_one_line(capsys, folder, words, status):
    try:
        found = main(["brain", "targets", str(folder()), *words])
    except SystemExit as end:
        found = end.code
    out, err = capsys.readouterr()

    assert (status, "", False) == (found, out, "Traceback" in err)


def test_a_folder_without_a_case_is_refused(capsys, tmp_path):
    status, out, err = run(capsys, tmp_path)

    assert (3, "", 1) == (status, out, len(err.strip().splitlines()))
