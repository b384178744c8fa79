"""`painloom evidence predict`: who is refused and why, and which kinds of pain a record is asked about."""

import json

import pytest
from console import said_once, table
from predictions import (
    BACK,
    FACE,
    FEET,
    FIBRO,
    KNEE,
    MIGRAINE,
    NERVE,
    NSAIDS,
    NUMBERS,
    OPIOIDS,
    POOR,
    SORE_BACK,
    ULTRARAPID,
    by_treatment,
    lawful,
    refused,
    takes,
)

# refusals -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("outside", "word"), [(POOR, "poor"), (ULTRARAPID, "ultrarapid")])
@pytest.mark.parametrize("toml", [BACK, FEET])
def test_codeine_and_tramadol_are_refused_by_the_gene_in_poor_and_ultrarapid_metabolisers(rows, toml, outside, word):
    found = by_treatment(rows(toml, outside=outside))

    for drug in ("codeine", "tramadol"):
        assert ("refused", ".", ".") == (found[drug]["status"], found[drug]["p30"], found[drug]["added_benefit"])
        assert "CYP2D6" in found[drug]["reason"]
        assert word in found[drug]["reason"].lower()
    assert "predicted" == found["morphine"]["status"]


def test_a_normal_metaboliser_is_refused_nothing_more(rows):
    assert refused(rows(FEET)) == refused(rows(FEET, outside="CYP2D6\t*1/*1\n"))


def test_an_inhibitor_makes_a_poor_metaboliser_of_a_normal_one(rows):
    """Paroxetine: the drug list refuses what the gene alone would allow."""
    assert {"codeine", "tramadol"} <= refused(rows(BACK + takes("paroxetine")))


PATCH = {"fentanyl-patch"}  # for somebody used to opioids only, and these lists hold none


@pytest.mark.parametrize(
    ("toml", "barred"),
    [
        (BACK + "[organs]\negfr = 20\n", {*NSAIDS, "duloxetine", "morphine", "codeine", "tapentadol"} | PATCH),
        (BACK + "[organs]\negfr = 31\n", PATCH),
        (BACK + takes("warfarin"), PATCH.union(NSAIDS)),
        (KNEE + takes("warfarin"), PATCH.union(NSAIDS)),
        (BACK + takes("alprazolam"), set(OPIOIDS)),
        (BACK + takes("phenelzine"), {"duloxetine", "tramadol", "tapentadol"} | PATCH),
        (FIBRO + takes("tramadol"), {"low-dose-naltrexone"}),
        (SORE_BACK + takes("fluvoxamine"), {"tizanidine"}),
        (BACK + takes("sertraline"), PATCH),
        (BACK + takes("cetirizine"), PATCH),
        (BACK + takes("oxycodone"), set()),
        (BACK, PATCH),
    ],
    ids=[
        "kidney",
        "kidney above 30",
        "warfarin",
        "and knee",
        "alprazolam",
        "mao",
        "naltrexone",
        "tizanidine",
        "ssri",
        "harmless",
        "used",
        "bare",
    ],
)
def test_what_must_not_be_begun_is_refused_and_nothing_else(rows, toml, barred):
    found = rows(toml)

    assert barred == refused(found)
    lawful(found.values())
    for (treatment, _), row in found.items():
        if treatment in barred:
            assert "[" in row["reason"]  # the source stands behind the reason
            assert [] == [name for name in NUMBERS if row[name] != "."]


@pytest.mark.parametrize("drug", ["duloxetine", "ibuprofen"])
def test_a_drug_that_the_person_is_allergic_to_is_refused_or_named(said, drug):
    """Somebody had an anaphylaxis to it: it may be refused or said to be unchecked, never offered in silence."""
    done = said(f'{BACK}[[allergies]]\ntext = "{drug}"\nreaction = "anaphylaxis"\n')

    row = by_treatment({(row["treatment"], row["condition"]): row for row in table(done.out)})[drug]
    assert row["status"] == "refused" or "allerg" in row["reason"] + done.err


def test_kinds_of_heart_disease_refuse_what_narrows_vessels(rows):
    found = refused(rows(MIGRAINE + '[history]\nischaemic-heart-disease = "yes"\n'))

    assert {"triptans", "triptan-injection"} <= found


def test_a_gel_is_offered_where_the_tablet_is_refused(rows):
    found = by_treatment(rows(KNEE + takes("warfarin")))

    assert ("predicted", "refused") == (found["diclofenac-gel"]["status"], found["diclofenac"]["status"])


def test_a_tissue_type_refuses_carbamazepine(rows):
    carried, free = (by_treatment(rows(FACE, outside=f"HLA-B\t{pair}\n")) for pair in ("*15:02/*07:02", "*07:02/*08:01"))

    assert "refused" == carried["carbamazepine"]["status"]
    assert "15:02" in carried["carbamazepine"]["reason"]
    assert "predicted" == free["carbamazepine"]["status"]


def test_pregnancy_refuses_topiramate_in_migraine(rows):
    assert "topiramate" in refused(rows(MIGRAINE + '[history]\npregnancy = "yes"\n'))
    assert "topiramate" not in refused(rows(MIGRAINE + '[history]\npregnancy = "unknown"\n'))


def test_a_drug_of_a_group_that_is_refused_is_named_beside_the_others(rows):
    """An MAO inhibitor bars sumatriptan, not every triptan: the row of the group must not pass over it in silence."""
    found = rows(MIGRAINE + takes("phenelzine"))["triptans", "migraine-attack"]

    assert "refused" != found["status"]
    assert "not sumatriptan" in found["reason"]


def test_who_is_refused_is_in_no_verdict_and_in_no_bar(said):
    """Refused treatments stand as refused, before the page speaks of means, and the count of overlapping ones has gone down."""
    before, after = (said(toml, form="text").out for toml in (BACK + takes("oxycodone"), BACK + takes("oxycodone", "alprazolam")))

    numbers, words = after.split("\n\n", 1)
    for name in ("Morphine", "Codeine", "Buprenorphine", "Tramadol"):
        assert name not in numbers
        assert f"REFUSED: {name}" in words
        assert name in before.split("\n\n", 1)[0]
    flat = " ".join(after.split())
    verdicts = [part for part in flat.split("- ") if "overlap" in part or "adds most" in part]
    assert verdicts
    assert all(name not in verdict for verdict in verdicts for name in ("Morphine", "Codeine", "Tramadol"))


def test_a_refusal_moves_no_other_number(rows):
    before, after = rows(FEET), rows(FEET, outside=POOR)

    for key, row in after.items():
        if row["status"] != "refused":
            assert before[key] | {"p_best": ""} == row | {"p_best": ""}


# which kinds of pain ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("toml", ["", "schema = 1\n", "[person]\nage = 50\n", '[person]\nsex = "F"\n[[drugs]]\nname = "tramadol"\n'])
@pytest.mark.parametrize("form", ["text", "tsv", "json"])
def test_a_case_without_pain_gives_no_row_and_says_what_to_add(said, toml, form):
    done = said(toml, form=form)

    assert said_once(done)
    assert "case.toml" in done.err
    assert [] == (json.loads(done.out) if form == "json" else [] if form == "text" else table(done.out))
    assert not any(name in done.out for name in ("duloxetine", "Duloxetine"))


@pytest.mark.parametrize("toml", ['[pain]\ncomplaint = "it hurts"\n', '[pain]\nsites = ["left elbow"]\nintensity = 8\n'])
def test_pain_of_no_recorded_kind_gives_no_row_and_asks_for_a_diagnosis(said, toml):
    done = said(toml)

    assert [] == table(done.out)
    assert said_once(done)
    assert "add a diagnosis" in done.err


def test_young_pain_is_judged_by_trials_of_young_pain(rows):
    young, old = rows(SORE_BACK), rows(SORE_BACK.replace("months = 1", "months = 3"))

    assert {"low-back-acute"} == {condition for _, condition in young}
    assert {"low-back"} == {condition for _, condition in old}


def test_young_pain_without_such_trials_says_whose_evidence_it_is(said):
    done = said(FEET.replace("months = 30", "months = 2"))

    assert "younger than 3 months" in done.err
    assert {"diabetic-neuropathy"} == {row["condition"] for row in table(done.out)}


def test_migraine_brings_the_attack_along(rows):
    found = rows(MIGRAINE)

    assert {"migraine", "migraine-attack"} == {condition for _, condition in found}
    assert ("triptan-injection", "migraine-attack") in found
    assert ("propranolol", "migraine") in found
    assert ("propranolol", "migraine-attack") not in found


def test_insomnia_adds_its_own_treatment_and_no_second_list(rows):
    without, found = rows(BACK), rows(BACK + '[history]\ninsomnia = "yes"\n')

    assert {("cbt-insomnia", "insomnia-with-pain")} == set(found) - set(without)
    assert all(without[key] == found[key] for key in without)


def test_two_kinds_of_pain_give_both_lists_with_the_numbers_of_each(rows):
    both = rows('[pain]\ndiagnoses = ["chronic low back pain", "osteoarthritis of the knee"]\nmonths = 30\nintensity = 6\n')

    assert rows(BACK) | rows(KNEE) == both


@pytest.mark.parametrize(("drugs", "told"), [((), False), (("ibuprofen",), False), (("oxycodone",), True), (("tramadol",), True)])
def test_a_taper_is_spoken_of_only_where_an_opioid_is_taken(rows, drugs, told):
    assert told == ("opioid-taper" in by_treatment(rows(BACK + takes(*drugs))))


def test_a_stopped_opioid_is_no_reason_to_taper(rows):
    assert "opioid-taper" not in by_treatment(rows(BACK + '[[drugs]]\nname = "oxycodone"\nstate = "stopped"\n'))


def test_suzetrigine_is_not_offered_in_lasting_pain(rows):
    found = by_treatment(rows(BACK))["suzetrigine"]

    assert ("not-offered", ".") == (found["status"], found["p30"])
    assert "acute" in found["reason"]


@pytest.mark.parametrize(("toml", "treatment"), [(BACK, "tens"), (NERVE, "ketamine"), (FEET, "tens")])
def test_hours_and_days_give_points_and_no_chance(rows, toml, treatment):
    found = by_treatment(rows(toml))[treatment]

    assert found["horizon"] in ("hours", "days")
    assert (".", ".", ".", ".") == tuple(found[name] for name in ("control_response", "p30", "added_benefit", "p_best"))
    assert float(found["points"]) > 0


def test_below_eighteen_nothing_is_predicted_and_the_reason_is_said(said):
    done = said(BACK + "[person]\nage = 12\n")

    assert [] == table(done.out)
    assert "adults" in done.err


@pytest.mark.parametrize(
    ("more", "word"), [(takes("blorbozine"), "blorbozine"), ("[organs]\negrf = 20\n", "egrf"), ("[nieren]\negfr = 20\n", "nieren")]
)
def test_what_was_not_understood_is_said_because_a_refusal_may_be_missing(said, more, word):
    """A drug that nobody knows interacts with nothing, a misspelled kidney value refuses nothing: never in silence."""
    done = said(BACK + more, form="text")

    assert word in done.out + done.err
