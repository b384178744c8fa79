"""The opioid total: amounts, routes, patches, ranges; every opioid is counted, or named with the reason."""

from dataclasses import replace

import pytest
from tiny_cards import case, only, rule, tiny, total_of, use

from builders import knowledge
from painloom.body.formulary import Formulary
from painloom.body.meds import check_drugs, check_with
from painloom.body.opioids import add_up
from painloom.body.products import read_use
from painloom.model.case import DrugUse
from painloom.model.quantity import Interval, point


@pytest.fixture(scope="module")
def formulary():
    return Formulary(knowledge())


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return Formulary(tiny(tmp_path_factory.mktemp("tiny")))


def rows_of(formulary, *uses, **person):
    return check_with(case(*uses, **person), formulary)


def gates(rows):
    return only([r for r in rows if r.is_warning], kind="gate")


def test_each_factor_of_2022_gives_its_published_product(formulary):
    """Factors: Dowell 2022, MMWR Recomm Rep 71(3), table of conversion factors."""
    wanted = {
        "codeine": (30, 4, "18"),
        "hydrocodone": (5, 4, "20"),
        "hydromorphone": (2, 4, "40"),
        "methadone": (20, 3, "282"),
        "morphine": (15, 4, "60"),
        "oxycodone": (5, 4, "30"),
        "oxymorphone": (10, 2, "60"),
        "tapentadol": (100, 2, "80"),
        "tramadol": (100, 4, "80"),
    }
    for drug, (dose, times, value) in wanted.items():
        rows = rows_of(formulary, use(drug, dose, per_day=times, route="oral"))
        assert total_of(rows).value == value, drug
        assert total_of(rows).unit == "MME/day"
        assert not gates(rows), drug


@pytest.mark.parametrize("per_day", [1 / 3, 0.5, 1, 1 / 7, None])
def test_a_patch_counts_by_what_is_worn_not_by_its_change(formulary, per_day):
    rows = rows_of(formulary, use("fentanyl", 25, "mcg/h", per_day, route="transdermal", form="patch"))

    assert total_of(rows).value == "60"


def test_two_patches_add_as_one_entry_or_as_two(formulary):
    one = use("fentanyl 25 mcg/h transdermal patch", 1, "patch", 1 / 3)
    two = use("fentanyl 25 mcg/h transdermal patch", 2, "patch", 1 / 3)

    assert total_of(rows_of(formulary, one, one)).value == total_of(rows_of(formulary, two)).value == "120"


@pytest.mark.parametrize(
    "entry",
    [
        use("fentanyl", 25, "mcg", 1 / 3, route="transdermal", form="patch"),
        use("fentanyl", 4.2, "mg", 1 / 3, route="transdermal", form="patch"),
        use("fentanyl", 1, "patch", 1 / 3),
        use("fentanyl 25 mcg/h patch", 0.2, "patch", 1 / 12),
        use("fentanyl", 25, "mcg/h", 4, route="transdermal", form="patch"),
        use("fentanyl", 25, "mcg/h", 1, route="oral"),
        use("fentanyl", 100, "mcg", 4, route="buccal", form="lozenge"),
        use("fentanyl", 25, "mcg/h", 1, route="intravenous", form="infusion"),
        use("hydromorphone", 1, "mg", 6, route="intravenous", form="injection"),
        use("hydromorphone 1 mg/ml injection", 1, "ml", 6),
        use("morphine", 5, "mg", 6, route="oral", form="solution for injection"),
        use("morphine", 10, "mg", 2, route="by carrier pigeon"),
        use("morphine", 10, "mg", 2, route="rectal", form="suppository"),
        use("tramadol", 2, "tablet", 4, route="oral", form="tablet"),
        use("oxycodone", None),
        use("oxycodone", 5, "mg", None),
        use("oxycodone", 5, ""),
        use("oxycodone", 5, "spoons"),
        use("oxycodone", 5, "mg/kg"),
        use("oxycodone", 5, "units"),
        use("oxycodone", 0, "mg"),
        use("oxycodone", 5, "mg", 0),
        use("oxycodone", -5, "mg"),
        use("oxycodone", float("nan"), "mg"),
        use("oxycodone", float("inf"), "mg"),
        use("oxycodone 5 mg/5 ml oral solution", 1, "tablet", 2),
        use("oxycodone 5 mg tablet", 10, "ml", 2),
        use("oxycodone 5 mg/ml oral drops", 20, "drops", 2),
        use("oxycodone", 20, "mg/day", 3),
        use("pethidine", 50, "mg", 3),
    ],
)
def test_what_cannot_be_converted_is_named_and_the_total_says_it_is_incomplete(formulary, entry):
    rows = rows_of(formulary, entry)
    drug = entry.name.split()[0]

    assert any(drug in row.subject for row in gates(rows))
    assert all(row.source for row in gates(rows))
    assert total_of(rows).value == "0"
    assert total_of(rows).severity == "caution"
    assert "incomplete" in total_of(rows).message
    assert drug in total_of(rows).message


def test_an_unknown_drug_is_named_in_a_row_and_in_the_total(formulary):
    rows = rows_of(formulary, use("qarbolan", 10, per_day=2), use("oxycodone", 5, per_day=2))

    assert [row.subject for row in gates(rows)] == ["qarbolan"]
    assert total_of(rows).value == "15"
    assert total_of(rows).severity == "caution"
    assert "qarbolan" in total_of(rows).message


def test_buprenorphine_is_not_counted_and_the_row_says_so(formulary):
    rows = rows_of(formulary, use("buprenorphine", 10, "mcg/h", 1 / 7, route="transdermal", form="patch"))

    assert total_of(rows).value == "0"
    assert total_of(rows).severity == "ok"
    assert "Not counted: buprenorphine" in total_of(rows).message
    assert "incomplete" not in total_of(rows).message


def test_no_opioid_gives_a_total_of_zero(formulary):
    assert total_of(rows_of(formulary, use("ibuprofen", 400, per_day=3, route="oral"))).value == "0"
    assert total_of(rows_of(formulary)).value == "0"


def test_a_dose_in_mg_of_a_combination_is_the_opioids_and_the_rest_follows_from_the_strengths(formulary):
    bare = read_use(use("hydrocodone/acetaminophen", 5, per_day=4), formulary)
    strong = read_use(use("Acetaminophen 325 MG / Hydrocodone Bitartrate 5 MG Oral Tablet", 10, per_day=4), formulary)

    assert {t.intake.drug: t.intake.daily for t in bare} == {"hydrocodone": point(20), "paracetamol": None}
    assert {t.intake.drug: t.intake.daily for t in strong} == {"hydrocodone": point(40), "paracetamol": point(2600)}


def test_tablets_of_a_named_strength_count_all_ingredients(formulary):
    taken = read_use(use("HYDROcodone-acetaminophen 5-325 MG per tablet", (1, 2), "tablet", 4), formulary)

    assert {t.intake.drug: t.intake.daily for t in taken} == {"hydrocodone": Interval(20, 40), "paracetamol": Interval(1300, 2600)}


def test_a_range_counts_at_its_highest_and_says_so(formulary):
    rows = rows_of(formulary, DrugUse("oxycodone", dose=Interval(5, 10), unit="mg", per_day=Interval(2, 4), as_needed=True))

    assert total_of(rows).value == "60"
    assert "15-60" in total_of(rows).message
    assert "As needed" in total_of(rows).message


def test_a_route_that_is_not_stated_is_taken_as_by_mouth_and_said(formulary):
    assert "taken as by mouth: oxycodone" in total_of(rows_of(formulary, use("oxycodone", 5))).message
    assert "taken as by mouth" not in total_of(rows_of(formulary, use("oxycodone", 5, form="tablet"))).message


def test_stopped_and_planned_entries_do_not_count_and_are_named(formulary):
    rows = rows_of(formulary, use("oxycodone", 5, per_day=2), use("morphine", 30, state="stopped"), use("tramadol", 50, state="planned"))

    assert total_of(rows).value == "15"
    assert {(r.subject, r.severity) for r in rows if "not counted" in r.message} == {("morphine", "info"), ("tramadol", "info")}


def test_salts_brands_and_case_do_not_matter(formulary):
    names = ("oxycodone", "Oxycodone HCl", "OXYCODONE HYDROCHLORIDE", "oxycodone 5 mg tablet", "oxyCODONE HCl 5 MG Oral Tablet")

    assert {total_of(rows_of(formulary, use(name, 5, per_day=4, route="oral"))).value for name in names} == {"30"}


def test_a_hardly_meant_dose_counts_and_is_doubted(formulary):
    rows = rows_of(formulary, use("oxycodone", 5000, per_day=4, route="oral"))

    assert total_of(rows).value == "30000"
    assert [row.subject for row in gates(rows)] == ["oxycodone"]


@pytest.mark.parametrize(
    "entry",
    [
        use("oxycodone 5 mg tablet", 50, "tablet", 1),
        use("oxycodone 5 mg tablet", 500, "mg", 1),
        use("ibuprofen", 200, per_day=60),
        use("ibuprofen", 200, "g", 1),
    ],
)
def test_many_pieces_many_times_and_many_grams_are_doubted(formulary, entry):
    assert any("check the entry" in row.message for row in gates(rows_of(formulary, entry)))


def test_name_and_code_that_disagree_are_named(small):
    rows = rows_of(small, use("flamex", 5, codes=(("rxnorm", "100"),)))

    assert any("name and code" in row.message for row in gates(rows))


def test_a_name_that_no_card_knows_is_understood_by_its_code_and_says_so(small):
    rows = rows_of(small, use("Zzz 5", 2, "tablet", 3, codes=(("rxnorm", "100"),)))

    assert total_of(rows).value == "60"
    assert any("understood by its code" in row.message for row in rows)


def test_a_code_never_hides_a_second_ingredient_that_is_not_known(small):
    rows = rows_of(small, use("opalin / zzz", 5, codes=(("rxnorm", "100"),)))

    assert any(row.subject == "zzz" for row in gates(rows))


def test_a_threshold_row_warns_from_fifty_on(small):
    assert total_of(rows_of(small, use("opalin", 24.9))).severity == "ok"
    assert total_of(rows_of(small, use("opalin", 25))).severity == "caution"


def test_the_total_says_for_whom_its_guideline_is_not_meant(tmp_path):
    body = '[[part]]\ngroups = ["opioid"]\n[[when]]\nmeasure = "mme"\nlow = 50\n[[unless]]\nfact = "end-of-life"\n'
    body += '[[unless]]\nmeasure = "age"\nbelow = 18\n[[unless]]\nfact = "rescue-at-hand"\n'
    cards = tiny(tmp_path, offer=rule("naloxone", "caution", "{a}: offer.", body=body))

    said = {
        "adult": total_of(check_drugs(case(use("opalin", 30), age=40, facts={"rescue-at-hand": "yes"}), cards)).message,
        "child": total_of(check_drugs(case(use("opalin", 30), age=9), cards)).message,
        "dying": total_of(check_drugs(case(use("opalin", 30), facts={"end-of-life": "yes"}), cards)).message,
    }

    assert "not meant" not in said["adult"]
    assert "not meant for this person (age below 18)" in said["child"]
    assert "not meant for this person (end of life)" in said["dying"]


def test_the_average_needs_a_period_for_every_opioid(formulary):
    always = use("oxycodone", 20, per_day=2, route="oral", since="2026-01-01", until="2026-01-30")
    burst = use("morphine", 30, per_day=2, route="oral", since="2026-01-01", until="2026-01-05")

    (mean,) = only(rows_of(formulary, always, burst), kind="mme-average")
    assert (mean.subject, mean.value) == ("total", "70"), "(60 x 30 + 60 x 5) / 30 days"
    assert "2026-01-01 to 2026-01-30" in mean.message
    assert total_of(rows_of(formulary, always, burst)).value == "120"
    assert not only(rows_of(formulary, always, use("morphine", 30)), kind="mme-average")
    assert not only(rows_of(formulary, use("oxycodone", 5, since="2026-02-30", until="2026-03-01")), kind="mme-average")
    assert not only(rows_of(formulary, use("oxycodone", 5, since="2026-03-02", until="2026-03-01")), kind="mme-average")


def test_other_drugs_without_a_dose_share_one_row(formulary):
    rows = rows_of(formulary, use("ibuprofen", None), use("gabapentin", None), use("metformin", 500, "blobs"))
    shared = [row for row in gates(rows) if "ibuprofen" in row.subject]

    assert len(shared) == 1
    assert "gabapentin" in shared[0].subject
    assert any(row.subject == "metformin" for row in gates(rows))


def test_no_row_holds_a_control_character_or_a_bare_nan(formulary):
    rows = rows_of(formulary, use("evil\x1b[31m\nname", 5), use("x" * 5000, 1))

    assert all(cell.isprintable() and "nan" not in cell.split() for row in rows for cell in (row.subject, row.message, row.value))
    assert all(len(row.subject) < 200 for row in rows)


def test_a_rescue_drug_without_times_a_day_is_no_warning(formulary):
    rows = rows_of(formulary, use("naloxone 4 mg/actuat nasal spray", 1, "spray", None, as_needed=True))

    assert not gates(rows)
    assert [row.severity for row in rows if "naloxone" in row.subject] == ["info"]


def test_fifty_made_of_thirds_is_fifty(formulary):
    """Three times a third of 25 mg of a factor 2 must not fall a hair short of the guidepost."""
    third = use("tramadol", 250 / 3, per_day=1, route="oral")

    assert total_of(rows_of(formulary, third, third, third)).severity == "caution"


def test_an_hourly_rate_that_is_not_worn_is_no_amount(small):
    for route in ("oral", "intravenous"):
        (taken,) = read_use(use("opatren", 25, "mcg/h", 1, route=route), small)
        assert (taken.intake.daily, "hourly rate" in taken.intake.problem) == (None, True)


def test_a_tablet_by_vein_or_through_the_skin_contradicts_itself(small):
    for route in ("intravenous", "transdermal"):
        (taken,) = read_use(use("opatren", 5, "mg", 1, route=route, form="tablet"), small)
        assert taken.intake.route == "?"


def test_a_dose_of_a_combination_without_an_opioid_belongs_to_no_part(formulary):
    rows = rows_of(formulary, use("losartan / hydrochlorothiazide", 50, per_day=1, route="oral"))

    assert not gates(rows)
    assert any(row.severity == "info" and "losartan" in row.subject and "hydrochlorothiazide" in row.subject for row in rows)


def test_a_drug_with_a_factor_by_one_route_is_a_gap_by_another_not_left_out_on_purpose(small):
    """By one more route the table says on purpose that there is none: that is said, and is no gap."""
    rectal, under_the_tongue = (rows_of(small, use("opatren", 5, route=route)) for route in ("rectal", "sublingual"))

    assert "incomplete" in total_of(rectal).message
    assert "Not counted: opatren (none for this route)" in total_of(under_the_tongue).message
    assert total_of(under_the_tongue).severity == "ok"


def test_an_amount_in_another_unit_than_the_factors_never_counts(small):
    (taken,) = read_use(use("opatren", 25, "mcg/h", 1, route="transdermal", form="patch"), small)
    wrong = replace(taken, intake=replace(taken.intake, unit="mg"))

    assert (add_up([taken], small).total.high, add_up([wrong], small).is_whole) == (75, False)
