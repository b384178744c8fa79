"""`painloom body meds` at the console: formats, options, refusals."""

import contextlib
import csv
import io
import json

import pytest
from tiny_cards import rule

from painloom.doors.cli.main import main

HEADER = "drug,dose,unit,per_day,route,form\n"


@pytest.fixture
def run(tmp_path):
    def run(content, *options, name="list.csv"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(["body", "meds", str(path), "--as-of", "2026-06-01", *options])
        return status, out.getvalue(), err.getvalue()

    return run


def table(out):
    return list(csv.DictReader(io.StringIO(out), delimiter="\t", quoting=csv.QUOTE_NONE))


def bundle(*resources):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}


def order(text, value, unit, frequency):
    dose = {"doseQuantity": {"value": value, "unit": unit}}
    repeat = {"frequency": frequency, "period": 1, "periodUnit": "d"}
    return {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"text": text},
        "dosageInstruction": [{"timing": {"repeat": repeat}, "doseAndRate": [dose]}],
    }


PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1950-03-14", "gender": "female", "name": [{"family": "Zwiebelfisch"}]}


def test_tsv_and_json_hold_the_same_rows(run):
    content = HEADER + "oxycodone,5,mg,4,oral,tablet\nalprazolam,0.5,mg,2,oral,tablet\n"
    status, tsv, err = run(content, "--format", "tsv")
    _, text, _ = run(content, "--format", "json")

    assert (status, err) == (0, "")
    assert tsv.splitlines()[0] == "kind\tsubject\tvalue\tunit\tseverity\tmessage\tsource"
    assert table(tsv) == json.loads(text)


def test_the_text_form_holds_every_message_in_full(run):
    content = HEADER + "oxycodone,5,mg,4,oral,tablet\nalprazolam,0.5,mg,2,oral,tablet\n"
    rows = table(run(content, "--format", "tsv")[1])
    flat = " ".join(run(content)[1].split()).replace("- ", "-")

    assert all(" ".join(row["message"].split()).replace("- ", "-") in flat for row in rows)
    assert "decision support" in flat


def test_output_may_go_to_a_file(run, tmp_path):
    target = tmp_path / "out.tsv"
    status, out, _ = run(HEADER + "oxycodone,5,mg,4,oral,tablet\n", "--format", "tsv", "-o", str(target))

    assert (status, out) == (0, "")
    assert table(target.read_text())[0]["subject"] == "total"


def test_options_say_what_a_csv_cannot(run):
    content = HEADER + "gabapentin,1200,mg,3,oral,tablet\nibuprofen,400,mg,3,oral,tablet\nhydrocodone,5,mg,3,oral,tablet\n"

    def kinds(*options):
        rows = table(run(content, "--format", "tsv", *options)[1])
        return {(row["kind"], row["subject"]) for row in rows if row["severity"] not in ("info", "ok", "none")}

    plain = kinds()
    assert ("organ-dose", "gabapentin") in kinds("--egfr", "25") - plain
    assert ("organ-dose", "gabapentin") in kinds("--crcl", "25", "--egfr", "90") - plain
    assert any(kind == "naloxone" for kind, _ in kinds("--fact", "sleep-disordered-breathing") - plain)
    assert any(kind == "beers" for kind, _ in kinds("--age", "80") - plain)
    assert any("ibuprofen" in subject for _, subject in kinds("--pregnant-weeks", "31") - plain)
    assert kinds("--fact", "sleep-disordered-breathing=no") == plain


@pytest.mark.parametrize(
    "options",
    [
        ("--age", "-1"),
        ("--age", "nan"),
        ("--egfr", "1e9"),
        ("--pregnant-weeks", "60"),
        ("--fact", "nonsense"),
        ("--fact", "pregnancy=maybe"),
        ("--as-of", "soon"),
    ],
)
def test_options_outside_their_range_are_wrong_usage(run, options):
    status, out, err = run(HEADER, *options)

    assert (status, out) == (2, "")
    assert err.count("\n") == 1


def test_a_bundle_is_known_by_its_content_not_by_its_name(run):
    content = bundle(PATIENT, order("oxycodone hydrochloride 10 MG Oral Tablet", 1, "tablet", 4))
    for name in ("list.json", "list.csv", "list"):
        status, out, _ = run(content, "--format", "tsv", name=name)
        assert status == 0
        assert next(row for row in table(out) if row["subject"] == "total")["value"] == "60"


def test_the_persons_age_comes_from_the_bundle_unless_the_call_says_it(run):
    content = bundle(PATIENT, order("cyclobenzaprine", 10, "mg", 3))

    def beers(*options):
        return any(row["kind"] == "beers" for row in table(run(content, "--format", "tsv", *options, name="b.json")[1]))

    assert beers()
    assert not beers("--age", "40")


def test_nothing_of_the_person_is_printed(run):
    content = bundle(PATIENT, order("oxycodone", 5, "mg", 4))
    for form in ("text", "tsv", "json"):
        _, out, err = run(content, "--format", form, name="b.json")
        assert "Zwiebelfisch" not in out + err
        assert "1950" not in out + err


@pytest.mark.parametrize("content", ["{", "[]", '{"resourceType": "Patient"}', "{}", "nonsense", ""])
def test_what_is_neither_list_nor_bundle_is_refused_in_one_line(run, content):
    status, out, err = run(content, "--format", "tsv")

    assert (status, out) == (3, "")
    assert err.startswith("painloom: list.csv: ")
    assert err.count("\n") == 1


def test_a_missing_file_and_a_folder_are_refused(tmp_path, capsys):
    for path in (tmp_path / "none.csv", tmp_path):
        assert main(["body", "meds", str(path)]) == 3
        assert capsys.readouterr().err.count("\n") == 1


def test_an_unused_column_is_told_beside_the_result(run):
    status, out, err = run("drug,dose,unit,per_day,colour\noxycodone,5,mg,4,red\n", "--format", "tsv")

    assert status == 0
    assert "'colour'" in err
    assert table(out)


def test_a_clinics_own_rule_is_applied_and_named(run, tmp_path):
    own = tmp_path / "own"
    (own / "rules").mkdir(parents=True)
    head = 'schema = 1\nrelease = "2026-11"\nlicence = "CC0"\nclaim = "guideline"\nsources = []\nid = "ours"\nlabel = "ours"\n'
    body = rule("gate", "moderate", "{a}: our clinic asks first.", body='[[part]]\ndrugs = ["ibuprofen"]\n')
    (own / "rules" / "ours.toml").write_text(head + body)

    _, out, _ = run(HEADER + "ibuprofen,400,mg,3,oral,tablet\n", "--knowledge", str(own))

    assert "our clinic asks first" in out
    assert "own card: rules/ours added" in out


def test_the_same_list_gives_the_same_bytes(run):
    content = HEADER + "oxycodone,5,mg,4,oral,tablet\nfentanyl,25,mcg/h,0.333,transdermal,patch\nqarbolan,1,mg,1,oral,\n"

    assert run(content, "--format", "json") == run(content, "--format", "json")
