"""`painloom evidence predict`: the columns, the reference cases, what changes a number and what must not, what is said of the best."""

import json
import random
from pathlib import Path

import pytest
from console import inside, painloom, said_once, table
from predictions import (
    AS_OF,
    BACK,
    CONTRACT,
    FACE,
    FEET,
    FIBRO,
    KNEE,
    MIGRAINE,
    NERVE,
    POOR,
    SORE_BACK,
    by_treatment,
    folder,
    judged,
    lawful,
    refused,
    takes,
)

CASES = Path(__file__).resolve().parents[3] / "shared" / "response" / "cases" / "predict"


# the shape ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("toml", [BACK, FEET, KNEE, FIBRO, NERVE, FACE, MIGRAINE, SORE_BACK])
def test_the_columns_of_the_contract_come_first_and_every_row_is_lawful(said, toml):
    out = said(toml).out

    assert CONTRACT == out.splitlines()[0].split("\t")[: len(CONTRACT)]
    found = table(out)
    assert found
    lawful(found)


def test_json_holds_what_the_table_holds(said):
    tsv, told = said(BACK), said(BACK, form="json")

    assert table(tsv.out) == json.loads(told.out)


def test_a_file_holds_what_the_screen_holds(said, tmp_path):
    screen = said(BACK)
    silent = said(BACK, "-o", tmp_path / "out.tsv")

    assert "" == silent.out
    assert screen.out == (tmp_path / "out.tsv").read_text(encoding="utf-8")


def test_only_the_treatments_asked_for_are_told_with_the_same_numbers(said):
    every = {row["treatment"]: row for row in table(said(BACK).out)}
    some = table(said(BACK, "--treatments", "duloxetine,yoga").out)

    assert {"duloxetine", "yoga"} == {row["treatment"] for row in some}
    assert all(every[row["treatment"]] == row for row in some)


# the cases of the reference -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["back-pain", "diabetic-neuropathy", "knee-osteoarthritis"])
def test_an_imported_bundle_gives_the_expected_bands(name, tmp_path):
    if not CASES.is_dir():
        pytest.skip("reference material (../shared) is not here")
    assert 0 == inside("fhir", "import", CASES / f"{name}.json", "-o", tmp_path / "case").status

    found = table(inside("evidence", "predict", tmp_path / "case", *AS_OF, "--format", "tsv").out)

    lawful(found)
    assert any(row["status"] == "predicted" and row["p30"] != "." for row in found)
    columns = {"p30": ("p30_low", "p30", "p30_high"), "added": ("added_low", "added_benefit", "added_high")}
    for line in table((CASES / "expected.tsv").read_text(encoding="utf-8")):
        if line["case"] != name:
            continue
        (row,) = (row for row in found if line["treatment_pattern"] in row["treatment"])
        low, high = float(line["low"]), float(line["high"])
        if line["field"] == "control":
            assert low <= float(row["control_response"]) <= high
        else:
            lower, value, upper = (float(row[column]) for column in columns[line["field"]])
            assert lower <= low
            assert upper >= high
            assert lower <= value <= upper


# what must not change a number --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "outside"),
    [
        ('[person]\nsex = "F"\n', ""),
        ('[person]\nsex = "M"\n', ""),
        ("[person]\nage = 19\n", ""),
        ("[person]\nage = 88\n", ""),
        ('[person]\nlabel = "treatment of a lifetime; fibromyalgia"\n', ""),
        ('wishes = ["no opioid", "less migraine"]\n', ""),
        ("", "CYP2C19\t*2/*2\n"),
        ("", "CYP2D6\t*1/*1\n"),
        ("", "DPYD\tReference/Reference\n"),
        (takes("cetirizine"), ""),
    ],
)
def test_sex_age_label_wishes_and_genes_of_other_drugs_change_no_number(rows, more, outside):
    """What they may do is refuse; every number that is still there is the same."""
    first, last = ("", more) if more.startswith("[[") else (more, "")
    before, after = rows(BACK), rows(first + BACK + last, outside=outside)

    assert set(before) == set(after)
    assert refused(before) <= refused(after)
    for key, row in after.items():
        if row["status"] != "refused" or key in refused(before):
            assert before[key] | {"p_best": ""} == row | {"p_best": ""}


def test_the_order_of_the_case_file_changes_no_byte(said):
    parts = [
        '[person]\nage = 61\nsex = "F"\n',
        BACK,
        '[organs]\negfr = 25\n[history]\ninsomnia = "yes"\n',
        takes("warfarin") + takes("tramadol"),
    ]
    turned = ['[person]\nsex = "F"\nage = 61\n', '[pain]\nintensity = 6\nmonths = 30\ndiagnoses = ["chronic low back pain"]\n', *parts[2:]]
    random.Random(3).shuffle(turned)

    assert said("".join(parts)).out == said("".join(turned)).out


def test_the_order_of_drugs_and_diagnoses_changes_no_number(rows):
    two = '[pain]\ndiagnoses = ["{}", "{}"]\nintensity = 6\n'
    names = ("chronic low back pain", "osteoarthritis of the knee")

    assert rows(two.format(*names) + takes("warfarin", "tramadol")) == rows(two.format(*reversed(names)) + takes("tramadol", "warfarin"))


def test_the_same_bytes_on_another_day_of_another_machine(tmp_path):
    """The whole program, twice, as two machines: hash seed, time zone and locale differ."""
    case = folder(tmp_path / "case", BACK + "[organs]\negfr = 25\n" + takes("warfarin"), POOR)
    words = ("evidence", "predict", case, *AS_OF, "--format", "json")
    one = painloom(*words, PYTHONHASHSEED="0", TZ="Pacific/Kiritimati", LC_ALL="C")
    other = painloom(*words, PYTHONHASHSEED="4242", TZ="America/Anchorage", LC_ALL="C.UTF-8")

    assert (0, 0) == (one.status, other.status)
    assert len(one.out) > 1000
    assert one.out == other.out


def test_no_day_changes_a_number(said):
    assert said(BACK).out == said(BACK, "--as-of", "2031-12-31").out


# what is said of the best -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("toml", [BACK, FEET, KNEE, FIBRO])
def test_overlapping_bands_are_said_to_overlap_and_none_is_called_best(said, toml):
    text = " ".join(said(toml, form="text").out.split())

    assert "overlap" in text
    assert "abstain" in text
    assert "adds most" not in text
    assert "best treatment" not in text


def test_the_average_is_called_the_average(said):
    assert "the average of the trials is the best prediction" in " ".join(said(BACK, form="text").out.split())


def test_a_mean_difference_without_chances_is_told_in_words(said):
    text = " ".join(said(BACK, form="text").out.split())

    assert "mean difference only: TENS" in text
    assert "measured within hours" in text


def test_what_is_borrowed_is_marked(said):
    lines = said(BACK, form="text").out.splitlines()
    marked = [line for line in lines if line.startswith("Hydromorphone")]

    assert marked
    assert all("*" in line.split("  ")[0] for line in marked)
    assert "* = borrowed" in " ".join(" ".join(lines).split())


# what of this person changes a number -------------------------------------------------------------------------------------------------


def test_pinprick_hyperalgesia_changes_pregabalin_alone_and_says_so(rows):
    told = {said: by_treatment(rows(f'{NERVE}[examination]\nhyperalgesia-pinprick = "{said}"\n')) for said in ("yes", "unknown", "no")}
    told["never asked"] = by_treatment(rows(NERVE))
    mine = {said: found["pregabalin"] for said, found in told.items()}
    added = {said: float(row["added_benefit"]) for said, row in mine.items()}

    assert added["yes"] > added["unknown"] > added["no"]
    assert mine["unknown"] == mine["never asked"]
    assert "pinprick hyperalgesia" in mine["yes"]["changed_by_this_patient"]
    assert mine["no"]["changed_by_this_patient"].startswith("without pinprick hyperalgesia")
    assert "no" == mine["unknown"]["changed_by_this_patient"]
    widths = {said: float(row["points_high"]) - float(row["points_low"]) for said, row in mine.items()}
    assert widths["unknown"] > max(widths["yes"], widths["no"])
    for name, row in told["never asked"].items():
        if name != "pregabalin":
            assert all(row | {"p_best": ""} == found[name] | {"p_best": ""} for found in told.values())


@pytest.mark.parametrize("sign", ['allodynia-dynamic = "yes"', 'hyperalgesia-pinprick = "unknown"'])
def test_a_sign_that_was_found_to_tell_nothing_changes_no_byte(said, sign):
    assert said(NERVE).out == said(f"{NERVE}[examination]\n{sign}\n").out


def test_the_text_names_what_changed_and_by_how_much(said):
    text = " ".join(said(f'{NERVE}[examination]\nhyperalgesia-pinprick = "yes"\n', form="text").out.split())

    assert "Pregabalin: changed by this person: pinprick hyperalgesia at the bedside +" in text
    assert "Nothing known of this person" not in text


# hostile words ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", ["homeopathy", "duloxetine,homeopathy", "Duloxetine", "duloxetine,", ",", "../duloxetine", "*"])
def test_a_treatment_without_a_card_is_wrong_usage(tmp_path, names):
    done = judged(tmp_path, "--treatments", names)

    assert (2, "") == (done.status, done.out)
    assert said_once(done)


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "2026-02-30", "", "24.11.2026", "2026-11-24T00:00"])
def test_a_day_that_is_none_is_wrong_usage(tmp_path, day):
    done = judged(tmp_path, "--as-of", day)

    assert (2, "") == (done.status, done.out)
    assert said_once(done)


@pytest.mark.parametrize("words", [("--mode", "wishful"), ("--format", "html"), ("--mode",)])
def test_other_wrong_words_are_wrong_usage(tmp_path, words):
    done = judged(tmp_path, *words)

    assert (2, "") == (done.status, done.out)


def test_a_missing_case_is_refused_in_one_line(tmp_path):
    done = inside("evidence", "predict", tmp_path / "nowhere")

    assert (3, "") == (done.status, done.out)
    assert said_once(done)


@pytest.mark.parametrize(
    "toml", ["[pain", "[pain]\nintensity = 11\n", '[pain]\nintensity = "six"\n', "[pain]\ndiagnoses = 7\n", "schema = 2\n"]
)
def test_a_broken_case_is_refused_in_one_line(tmp_path, toml):
    done = judged(tmp_path, toml=toml)

    assert (3, "") == (done.status, done.out)
    assert said_once(done)


def test_hostile_words_of_a_case_reach_no_number_and_no_format(said):
    hostile = '[person]\nlabel = "a\\tb\\n\\u0007{0}%s"\n[pain]\ndiagnoses = ["chronic low back pain\\tX\\nY{x}%d"]\nintensity = 6\n'
    for form in ("tsv", "json", "text"):
        done = said(hostile, form=form)
        assert "\x07" not in done.out
    lawful(table(said(hostile).out))
