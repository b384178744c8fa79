"""The rule engine on invented drugs: parts, conditions, ceilings, and what happens to everything that nobody knows."""

import pytest
from tiny_cards import case, only, rule, tiny, use

from painloom.body.meds import check_drugs
from painloom.body.person import cockcroft_gault
from painloom.model.body import Measure

PAIR = '[[part]]\ndrugs = ["flamex", "flamoxan"]\n[[part]]\ndrugs = ["clotban"]\n'


@pytest.fixture
def check(tmp_path):
    def check(body, *uses, kind="interaction", severity="major", message="{a} with {b}.", state="verified", **person):
        cards = tiny(tmp_path, it=rule(kind, severity, message, state, body))
        return check_drugs(case(*uses, **person), cards)

    return check


def fired(rows):
    return [row for row in rows if row.card == "rules/it"]


def test_a_pair_fires_once_and_names_every_drug_on_each_side(check):
    (row,) = fired(check(PAIR, use("flamex", 5), use("clotban", 5), use("flamoxan", 5), use("flamex", 10)))

    assert row.message == "flamex and flamoxan with clotban."
    assert row.subject == "flamex + flamoxan + clotban"
    assert (row.kind, row.severity, row.source) == ("interaction", "major", "The Book (2029)")


@pytest.mark.parametrize("uses", [["flamex"], ["clotban"], ["flamex", "flamoxan"], []])
def test_half_a_pair_is_silent(check, uses):
    assert not fired(check(PAIR, *(use(name, 5) for name in uses)))


def test_a_stopped_partner_is_no_partner(check):
    assert not fired(check(PAIR, use("flamex", 5), use("clotban", 5, state="stopped")))


def test_one_drug_never_fills_two_parts(check):
    body = '[[part]]\ngroups = ["nsaid"]\n[[part]]\ngroups = ["bleeds"]\n'

    assert not fired(check(body, use("flamex", 5), use("flamex", 10)))
    (row,) = fired(check(body, use("flamex", 5), use("flamoxan", 5)))
    assert row.message == "flamoxan with flamex."


def test_a_count_asks_for_that_many_different_drugs(check):
    body = '[[part]]\ngroups = ["nsaid", "opioid"]\ncount = 3\n'

    assert not fired(check(body, use("flamex", 5), use("flamex", 6), use("opalin", 5), message="{drugs}."))
    (row,) = fired(check(body, use("flamex", 5), use("flamoxan", 6), use("opalin", 5), message="{drugs}."))
    assert row.message == "flamex, flamoxan and opalin."


def test_an_effect_on_an_enzyme_fills_a_part(check):
    body = '[[part]]\ndrugs = ["flamex"]\n[[part]]\nenzyme = "E9"\nroles = ["inhibitor"]\nstrengths = ["strong"]\n'

    assert fired(check(body, use("flamex", 5), use("slowzyme", 5)))
    assert not fired(check(body.replace('"strong"', '"moderate"'), use("flamex", 5), use("slowzyme", 5)))


def test_a_part_may_except_drugs_and_ask_for_routes_and_forms(check):
    assert not fired(check('[[part]]\ngroups = ["nsaid"]\nexcept_drugs = ["flamex"]\n', use("flamex", 5)))
    oral = '[[part]]\ngroups = ["nsaid"]\nroutes = ["oral"]\n'
    assert fired(check(oral, use("flamex", 5, route="oral")))
    assert fired(check(oral, use("flamex", 5))), "a route that is not stated is taken as by mouth"
    assert fired(check(oral, use("flamex", 5, route="no such way"))), "a route that is not understood must not hide a danger"
    assert not fired(check(oral, use("flamex gel", 5)))
    slow = '[[part]]\ngroups = ["nsaid"]\nforms = ["extended-release"]\n'
    assert fired(check(slow, use("flamex 5 mg retard", 5)))
    assert not fired(check(slow, use("flamex 5 mg tablet", 5)))


def test_what_lifts_a_rule_must_be_certain(check):
    body = '[[part]]\ngroups = ["opioid"]\n[[unless_drug]]\ndrugs = ["blokane"]\nroutes = ["nasal"]\n'

    assert fired(check(body, use("opalin", 5)))
    assert fired(check(body, use("opalin", 5), use("blokane", 5, route="oral")))
    assert fired(check(body, use("opalin", 5), use("blokane", 5, route="no such way")))
    assert not fired(check(body, use("opalin", 5), use("blokane", 5, route="nasal", form="spray")))


def test_an_antagonist_inside_the_opioids_tablet_is_no_rescue_and_no_enemy(check):
    rescue = '[[part]]\ngroups = ["opioid"]\n[[unless_drug]]\ndrugs = ["blokane"]\n'
    enemy = '[[part]]\ngroups = ["opioid"]\n[[part]]\ngroups = ["opioid-antagonist"]\n'

    assert fired(check(rescue, use("opablok", 5)))
    assert not fired(check(enemy, use("opablok", 5)))
    assert fired(check(enemy, use("opalin", 5), use("blokane", 5)))


def test_a_group_membership_to_verify_marks_the_row(check):
    body = '[[part]]\ndrugs = ["clotban"]\n[[part]]\ngroups = ["bleeds"]\n'

    (sure,) = fired(check(body, use("clotban", 5), use("flamex", 5), use("sedazol", 5)))
    (unsure,) = fired(check(body, use("clotban", 5), use("sedazol", 5)))
    (card,) = fired(check(body, use("clotban", 5), use("flamex", 5), state="to-verify"))

    assert ("(to verify)" in sure.message, sure.state) == (False, "verified")
    assert ("(to verify)" in unsure.message, unsure.state) == (True, "to-verify")
    assert ("(to verify)" in card.message, card.state) == (True, "to-verify")


def test_a_coded_entry_without_a_known_name_is_still_classed(check):
    body = '[[part]]\ndrugs = ["opalin"]\n[[part]]\ngroups = ["sedative"]\n'
    rows = check(body, use("opalin", 5), use("Nnn", 5, codes=(("rxnorm", "900"),)))

    assert fired(rows)[0].subject == "opalin + Nnn"
    assert [row.subject for row in only(rows, kind="gate", severity="caution")] == ["Nnn"]


# --- conditions ------------------------------------------------------------------------------------------------------------------------


def with_age(low=None, below=None):
    bounds = (f"low = {low}\n" if low is not None else "") + (f"below = {below}\n" if below is not None else "")
    return f'[[part]]\ndrugs = ["flamex"]\n[[when]]\nmeasure = "age"\n{bounds}'


@pytest.mark.parametrize(("age", "fires"), [(64, False), (65, True), (79, True), (80, False)])
def test_bands_include_their_low_end_and_not_their_high_end(check, age, fires):
    assert bool(fired(check(with_age(65, 80), use("flamex", 5), age=age))) == fires


def test_an_unknown_age_is_said_and_fires_nothing(check):
    rows = check(with_age(65), use("flamex", 5))

    assert not fired(rows)
    (open_,) = only(rows, subject="age")
    assert (open_.severity, "flamex" in open_.message) == ("info", True)


def test_facts_have_three_values(check):
    body = '[[part]]\ndrugs = ["flamex"]\n[[when]]\nfact = "bad-nights"\n'

    assert fired(check(body, use("flamex", 5), facts={"bad-nights": "yes"}))
    for facts, asked in (({"bad-nights": "no"}, False), ({"bad-nights": "unknown"}, True), ({}, True)):
        rows = check(body, use("flamex", 5), facts=facts)
        assert not fired(rows)
        assert bool(only(rows, subject="not asked")) == asked


def test_a_rule_may_wait_for_a_no(check):
    body = '[[part]]\ndrugs = ["flamex"]\n[[when]]\nfact = "bad-nights"\nvalue = "no"\n'

    assert fired(check(body, use("flamex", 5), facts={"bad-nights": "no"}))
    assert not fired(check(body, use("flamex", 5))), "not asked is not no"


def test_alternatives_need_one_and_any_unless_lifts(check):
    body = '[[part]]\ndrugs = ["flamex"]\n[[any_of]]\nfact = "bad-nights"\n[[any_of]]\nmeasure = "egfr"\nbelow = 30\n'
    body += '[[unless]]\nfact = "end-of-life"\n'

    assert fired(check(body, use("flamex", 5), measures={"egfr": 29}))
    assert fired(check(body, use("flamex", 5), measures={"egfr": 90}, facts={"bad-nights": "yes"}))
    assert not fired(check(body, use("flamex", 5), measures={"egfr": 90}, facts={"bad-nights": "no"}))
    assert not fired(check(body, use("flamex", 5), measures={"egfr": 29}, facts={"end-of-life": "yes"}))
    rows = check(body, use("flamex", 5), measures={"egfr": 90})
    assert not fired(rows)
    assert only(rows, subject="not asked")


def test_diagnosis_codes_state_facts_by_prefix(check):
    body = '[[part]]\ndrugs = ["flamex"]\n[[when]]\nfact = "bad-nights"\n'

    assert fired(check(body, use("flamex", 5), diagnoses=[("icd-10-cm", "G47.33", "active")]))
    assert not fired(check(body, use("flamex", 5), diagnoses=[("icd-10-cm", "G47.2", "active")]))
    assert not fired(check(body, use("flamex", 5), diagnoses=[("snomed", "G47.33", "active")]))
    (row,) = fired(check(body, use("flamex", 5), diagnoses=[("snomed", "42", "active")]))
    assert "(to verify)" in row.message


def test_a_resolved_diagnosis_counts_only_where_the_fact_is_about_ever(check):
    now = '[[part]]\ndrugs = ["flamex"]\n[[when]]\nfact = "bad-nights"\n'
    ever = now.replace("bad-nights", "once-poisoned")

    assert not fired(check(now, use("flamex", 5), diagnoses=[("icd-10-cm", "G47.33", "resolved")]))
    assert fired(check(ever, use("flamex", 5), diagnoses=[("icd-10-cm", "T40.2X1A", "resolved")]))


def test_a_code_outweighs_a_no(check):
    body = '[[part]]\ndrugs = ["flamex"]\n[[when]]\nfact = "bad-nights"\n'

    assert fired(check(body, use("flamex", 5), facts={"bad-nights": "no"}, diagnoses=[("icd-10-cm", "G47.33", "active")]))


def test_the_total_as_a_condition_is_a_lower_bound_when_an_opioid_is_missing(check):
    from_ = '[[part]]\ngroups = ["opioid"]\n[[when]]\nmeasure = "mme"\nlow = 50\n'
    below = '[[part]]\ngroups = ["opioid"]\n[[when]]\nmeasure = "mme"\nbelow = 50\n'
    known, gap = use("opalin", 30), use("opatren", None)

    assert fired(check(from_, known, gap)), "60 is already above"
    assert not fired(check(below, use("opalin", 5), gap)), "it may be above 50"
    assert fired(check(below, use("opalin", 5)))
    rows = check(from_, use("opalin", 5), gap)
    assert not fired(rows)


# --- measures --------------------------------------------------------------------------------------------------------------------------

KIDNEY = '[[part]]\ndrugs = ["kidnol"]\n[[when]]\nmeasure = "crcl"\nbelow = 30\n'


def test_an_unmeasured_clearance_is_said_and_fires_nothing(check):
    rows = check(KIDNEY, use("kidnol", 5), kind="organ-dose")

    assert not fired(rows)
    (open_,) = only(rows, kind="organ-dose")
    assert (open_.subject, open_.severity) == ("clearance", "info")
    assert "kidnol" in open_.message


def test_clearance_is_measured_else_worked_out_else_egfr_stands_in(check):
    worked = {"creatinine": 2.0, "weight": 60.0, "egfr": 99.0}
    (measured,) = fired(check(KIDNEY, use("kidnol", 5), measures={"crcl": 20, **worked}, age=70, sex="F"))
    (formula,) = fired(check(KIDNEY, use("kidnol", 5), measures=worked, age=70, sex="F"))
    (stands,) = fired(check(KIDNEY, use("kidnol", 5), measures={"egfr": 25}))

    assert "clearance 20)" in measured.message
    assert "clearance 24.79, by Cockcroft and Gault" in formula.message
    assert "clearance 25, eGFR stands in for it" in stands.message
    assert not fired(check(KIDNEY, use("kidnol", 5), measures=worked, age=70)), "without the sex the formula does not hold; eGFR is 99"


def test_cockcroft_and_gault_by_hand():
    """(140 - 60) x 72 / (72 x 1) = 80 for a man; x 0.85 for a woman."""
    assert cockcroft_gault(60, 72, 1, "M") == pytest.approx(80)
    assert cockcroft_gault(60, 72, 1, "F") == pytest.approx(68)
    assert cockcroft_gault(150, 72, 1, "M") == 0


def test_the_latest_dated_value_stands(check):
    old, new = Measure("crcl", 90, "", "2020-01-01"), Measure("crcl", 20, "", "2026-01-01")

    for order in ([old, new], [new, old], [Measure("crcl", 90, ""), new]):
        (row,) = fired(check(KIDNEY, use("kidnol", 5), measures=order))
        assert "of 2026-01-01" in row.message


def test_units_are_converted_or_the_value_is_refused_by_name(check):
    convertible = [Measure("creatinine", 300, "umol/L"), Measure("weight", 60, "kg")]
    other = [Measure("crcl", 20, "furlongs")]
    absurd = [Measure("crcl", 2000, "")]

    assert fired(check(KIDNEY, use("kidnol", 5), measures=convertible, age=70, sex="M"))
    for measures in (other, absurd):
        rows = check(KIDNEY, use("kidnol", 5), measures=measures)
        assert not fired(rows)
        (refused,) = only(rows, kind="gate", severity="caution")
        assert refused.subject == "clearance"
        assert "20" not in refused.message


# --- ceilings --------------------------------------------------------------------------------------------------------------------------

CEILING = (
    '[[part]]\ndrugs = ["kidnol"]\n'
    '[[ceiling]]\nmeasure = "crcl"\nlow = 30\nbelow = 60\nmost = 100\ntext = "At most 100."\n'
    '[[ceiling]]\nmeasure = "crcl"\nbelow = 30\ntext = "Do not use."\n'
)


@pytest.mark.parametrize(
    ("clearance", "dose", "severity"),
    [
        (60, 900, None),
        (59.9, 100, "info"),
        (59.9, 100.1, "major"),
        (30, 101, "major"),
        (29.9, 1, "major"),
        (29.9, None, "major"),
        (45, None, "caution"),
    ],
)
def test_a_ceiling_fires_above_itself_in_its_band(check, clearance, dose, severity):
    rows = fired(check(CEILING, use("kidnol", dose), measures={"crcl": clearance}, kind="organ-dose", message="{a}: too much."))

    assert [row.severity for row in rows] == ([severity] if severity else [])


def test_a_ceiling_counts_all_entries_of_the_drug_together(check):
    (row,) = fired(check(CEILING, use("kidnol", 60), use("kidnol", 60), measures={"crcl": 45}, message="{a}: too much."))

    assert (row.value, row.unit, row.severity) == ("120", "mg/day", "major")
    assert "Listed: 120 mg a day" in row.message


def test_a_ceiling_already_passed_fires_though_one_amount_is_missing(check):
    (above,) = fired(check(CEILING, use("kidnol", 160), use("kidnol", None), measures={"crcl": 45}, message="{a}: too much."))
    (unsure,) = fired(check(CEILING, use("kidnol", 60), use("kidnol", None), measures={"crcl": 45}, message="{a}: too much."))

    assert above.severity == "major"
    assert "at least" in above.message
    assert (unsure.severity, "not known" in unsure.message) == ("caution", True)


def test_a_ceiling_names_only_its_own_drug(check):
    body = CEILING.replace('["kidnol"]', '["kidnol", "flamex"]')
    rows = fired(check(body, use("kidnol", 160), use("flamex", 10), measures={"crcl": 45}, message="{a}: too much."))

    assert {(row.subject, row.severity) for row in rows} == {("kidnol", "major"), ("flamex", "info")}


def test_an_amount_threshold_needs_the_amount(check):
    body = '[[part]]\ndrugs = ["flamex"]\nper_day_above = 100\n'

    assert not fired(check(body, use("flamex", 100)))
    assert fired(check(body, use("flamex", 50), use("flamex", 51)))
    assert fired(check(body.replace("above", "from"), use("flamex", 100)))
    rows = check(body, use("flamex", None))
    assert not fired(rows)
    assert "flamex" in only(rows, subject="amounts")[0].message


def test_quiet_rules_ask_for_nothing(check):
    rows = check(KIDNEY, use("kidnol", 5), severity="info")

    assert not only(rows, kind="organ-dose")


def test_every_warning_has_a_source_and_rows_come_in_a_fixed_order(check):
    rows = check(PAIR, use("zzz", 5), use("flamex", 5), use("clotban", 5), use("opalin", 5))
    severities = [row.is_warning for row in rows]

    assert all(row.source for row in rows)
    assert [row.kind for row in rows][:2] == ["gate", "mme-current"]
    assert severities == [True, True, False, True, *severities[4:]]
    assert not any(severities[4:])
