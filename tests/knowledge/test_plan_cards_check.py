"""The check of the cards of a plan sees every kind of fault, and calls nothing a fault that is none."""

import pytest
from plan_card_builder import GABA, PAIN, SHIPPED, WORDS, card, copied, dose, prices, table, taper, wishes, wrong

from painloom.knowledge.check import check
from painloom.knowledge.load import load

# Doses -------------------------------------------------------------------------------------------------------------------------

DOSE_FAULTS = [
    (dose(unit='"cups"'), "doses/gabapentin: unit 'cups' is neither one of mg, mcg/h, patch, sprays nor an amount at a time"),
    (dose(unit='"mg an injection"'), "doses/gabapentin: what is given at a time has no intakes a day"),
    (dose(start="1000"), "doses/gabapentin: start 1000 lies above target_low 900"),
    (dose(start="4000", target_low=None, target_high=None), "doses/gabapentin: start 4000 lies above most 3600"),
    (dose(step=None), "doses/gabapentin: every 3 days, but no step"),
    (dose(most="4800"), "doses/gabapentin: most 4800 lies above 3600 of the rule gabapentin-kidney"),
    (dose([{"measure": '"mood-ring"'}]), "doses/gabapentin: limit mood-ring [, 15): measure 'mood-ring' is not known"),
    (dose([{"measure": None, "below": None, "fact": '"on-the-moon"'}]), "limit on-the-moon: fact 'on-the-moon' is not in terms/"),
    (dose([{"sources": '["nowhere"]'}]), "limit crcl [, 15): source 'nowhere' is not in sources/"),
    (dose([{"start": "400"}]), "limit crcl [, 15): start 400 lies above the card's 300"),
    (dose([{"measure": '"age"', "below": None, "low": "65", "most": "3700"}]), "limit age [65, ): most 3700 lies above the card's 3600"),
    (dose([{"start": None}]), "limit crcl [, 15): lowers neither the start nor the most"),
    (dose([{"start": "300"}]), "limit crcl [, 15): lowers neither the start nor the most"),
    (dose([{"start": "200", "most": "100"}]), "limit crcl [, 15): start 200 lies above its most 100"),
    (dose([{"most": "600"}]), "limit crcl [, 15): allows more than 300 (rule gabapentin-kidney)"),
    (dose([{"low": "10", "below": "31", "most": "900"}]), "limit crcl [10, 31): allows more than 300 (rule gabapentin-kidney)"),
]


@pytest.mark.parametrize(("body", "line"), DOSE_FAULTS, ids=[line for _, line in DOSE_FAULTS])
def test_a_fault_of_a_dose_card_is_found(tmp_path, body, line):
    card(tmp_path, "doses", GABA, body)

    assert any(found.endswith(line) for found in wrong(tmp_path)), wrong(tmp_path)


@pytest.mark.parametrize(
    "limits",
    [
        [{}],  # a start only: the rule's ceiling stands beside it
        [{"most": "300"}],  # the same most for the same span
        [{"low": "30", "below": "60", "start": "200", "most": "1400"}],
        [{"most": "200"}],  # a card may ask for less than the rule
        [{"measure": '"age"', "below": None, "low": "65", "most": "1800"}],  # another measure than the rule's
    ],
)
def test_a_limit_that_agrees_with_the_rule_is_no_fault(tmp_path, limits):
    card(tmp_path, "doses", GABA, dose(limits))

    assert wrong(tmp_path) == []


def test_a_limit_may_set_a_most_where_the_card_has_none(tmp_path):
    card(tmp_path, "doses", GABA, dose([{"start": None, "most": "300"}], most=None))

    assert wrong(tmp_path) == []


def test_an_amount_where_a_rule_says_not_to_use_the_drug_is_found(tmp_path):
    amounts = {"start": "25", "target_low": "100", "target_high": "100", "most": "200"}
    card(tmp_path, "doses", "milnacipran", dose([{"below": "30", "start": "12.5"}], **amounts))

    assert wrong(tmp_path) == [
        "doses/milnacipran: limit crcl [, 30): gives an amount where the rule says not to use it (rule milnacipran-kidney)"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[[part]]", '[[when]]\nfact = "dialysis"\n\n[[part]]'),
        ("[[part]]", '[[any_of]]\nfact = "dialysis"\n\n[[part]]'),
        ("[[part]]", '[[part]]\ndrugs = ["tramadol"]\n\n[[part]]'),
        ('drugs = ["gabapentin"]', 'groups = ["gabapentinoid"]\nexcept_drugs = ["gabapentin"]'),
        ('drugs = ["gabapentin"]', 'drugs = ["gabapentin"]\nroutes = ["topical"]'),
        ('drugs = ["gabapentin"]', 'drugs = ["pregabalin"]'),
    ],
)
def test_a_rule_of_other_drugs_other_routes_or_only_some_people_is_no_ceiling_of_the_drug_alone(tmp_path, old, new):
    copied(tmp_path, "rules/gabapentin-kidney.toml", (old, new))
    card(tmp_path, "doses", GABA, dose([{"most": "600"}]))

    assert wrong(tmp_path) == []


@pytest.mark.parametrize(
    ("drug", "named"),
    [
        ("gabapentin", 'groups = ["gabapentinoid"]'),  # a class of the drug's card
        ("amitriptyline", 'groups = ["anticholinergic"]'),  # a group of the table
        ("gabapentin", 'drugs = ["gabapentin"]\nroutes = ["oral"]'),
    ],
)
def test_a_rule_names_a_drug_by_its_class_by_its_group_or_by_its_route_too(tmp_path, drug, named):
    copied(tmp_path, "rules/gabapentin-kidney.toml", ('drugs = ["gabapentin"]', named))
    card(tmp_path, "doses", drug, dose([{"most": "600"}]))

    assert f"doses/{drug}: limit crcl [, 15): allows more than 300 (rule gabapentin-kidney)" in wrong(tmp_path)


def test_a_dose_card_of_a_drug_that_is_not_known_is_found(tmp_path):
    card(tmp_path, "doses", "elixir", dose())

    assert wrong(tmp_path) == ["doses/elixir: drug 'elixir' has no card"]


def test_amounts_of_a_drug_that_is_given_by_two_routes_are_found(tmp_path):
    """Once no card of its own holds the gel apart, amounts of the tablet would be read for it."""
    copied(tmp_path, "doses/diclofenac-gel.toml", ('treatments = ["diclofenac-gel"]', 'treatments = ["diclofenac"]'))

    assert "doses/diclofenac: treatments give it by topical, so amounts" not in "".join(wrong(tmp_path))
    card(tmp_path, "doses", "diclofenac-gel", dose(drug='"lidocaine"'))
    assert "doses/diclofenac: treatments give it by oral and topical, so amounts stand in words only" in wrong(tmp_path)


def test_a_card_for_some_treatments_has_its_own_name_and_treatments_that_give_the_drug(tmp_path):
    card(tmp_path, "doses", "gabapentin", dose(treatments='["gabapentin"]'))
    card(tmp_path, "doses", "own", dose(drug='"gabapentin"', treatments='["codeine"]'))

    said = "\n".join(wrong(tmp_path))
    assert "doses/gabapentin: a card for some treatments alone needs a name of its own" in said
    assert "doses/own: 'codeine' is no treatment of gabapentin" in said


@pytest.mark.parametrize(("route", "lines"), [(None, 0), ('"oral"', 0), ('"topical"', 1)])
def test_a_treatment_that_names_no_route_is_one_by_mouth(tmp_path, route, lines):
    values = {"modality": '"drug"', "class": '"gabapentinoid"', "drugs": '["gabapentin"]', "route": route, "for": '["low-back"]'}
    card(tmp_path, "treatments", "own", table(values | {"no_evidence": '"None is known."'}))

    assert wrong(tmp_path) == ["doses/gabapentin: treatments give it by oral and topical, so amounts stand in words only"] * lines


def test_a_source_that_is_not_known_at_the_head_of_a_card_is_found(tmp_path):
    path = card(tmp_path, "doses", GABA, dose())
    path.write_text(path.read_text(encoding="utf-8").replace("painloom-own-choice", "nowhere"), encoding="utf-8")

    assert check(load(tmp_path)) == ["doses/gabapentin.toml: source 'nowhere' is not in sources/"]


# Tapers --------------------------------------------------------------------------------------------------------------------------

TAPER_FAULTS = [
    (taper(classes="[]"), "tapers/opioids: names no class and no drug"),
    (taper(classes='["elixirs"]'), "tapers/opioids: class 'elixirs' is not in terms/drug_classes.tsv"),
    (taper(drugs='["elixir"]'), "tapers/opioids: drug 'elixir' has no card"),
    (taper([{"sources": '["nowhere"]'}]), "tapers/opioids: pace: source 'nowhere' is not in sources/"),
    (taper([{"every_days": "0"}]), "tapers/opioids: a pace needs days above 0"),
    (taper([{"after_months": "1"}]), "tapers/opioids: no pace from 0 to 1 months"),
    (taper([{"below_months": "6"}]), "tapers/opioids: no pace after 6 months"),
    (taper([{"below_months": "6"}, {"after_months": "7"}]), "tapers/opioids: no pace from 6 to 7 months"),
    (taper([{"below_months": "6"}, {"after_months": "5"}]), "tapers/opioids: two paces from 5 to 6 months"),
    (taper([{}, {"after_months": "2", "below_months": "3"}]), "tapers/opioids: two paces from 2 to 3 months"),
    (taper([{}, {"after_months": "2", "below_months": "1"}]), "tapers/opioids: a pace ends at 1 months, before it begins"),
    (taper([{"until": "0.3"}]), "tapers/opioids: the paces after 0 months do not follow each other down to nothing"),
    (taper([{}, {}]), "tapers/opioids: the paces after 0 months do not follow each other down to nothing"),
    (taper([{"until": "0.3"}, {"until": "0.5"}, {}]), "tapers/opioids: the paces after 0 months do not follow each other down to nothing"),
    (taper(classes='["opioid", "snri"]'), "tapers/snri: the class 'snri' also stands on opioids"),
    (taper(classes='["beta-blocker"]'), "treatments/tramadol: tramadol has no card in tapers/"),
]


@pytest.mark.parametrize(("body", "line"), TAPER_FAULTS, ids=[f"{n} {line}" for n, (_, line) in enumerate(TAPER_FAULTS)])
def test_a_fault_of_a_taper_card_is_found_once_and_nothing_else_of_the_card(tmp_path, body, line):
    card(tmp_path, "tapers", "opioids", body)

    assert [found for found in wrong(tmp_path) if found.startswith(line.split(":")[0])] == [line]


def test_two_cards_for_one_drug_are_found_but_a_drug_beside_its_class_is_none(tmp_path):
    card(tmp_path, "tapers", "own-a", taper(classes="[]", drugs='["tramadol"]'))
    assert wrong(tmp_path) == []

    card(tmp_path, "tapers", "own-b", taper(classes="[]", drugs='["tramadol"]'))
    assert wrong(tmp_path) == ["tapers/own-b: the drug 'tramadol' also stands on own-a"]


def test_paces_of_one_span_follow_each_other_without_a_fault(tmp_path):
    card(tmp_path, "tapers", "opioids", taper([{"below_months": "3", "until": "0.3"}, {"below_months": "3"}, {"after_months": "3"}]))

    assert wrong(tmp_path) == []


# Prices and wishes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("elixir\t1\t2\tyear\ta bottle\tverified\tpainloom-own-choice\n", "prices/: elixir has no card in treatments/"),
        ("act\t1\t2\tcourse\teight sessions\tverified\tnowhere\n", "prices/: act: source 'nowhere' is not in sources/"),
        ("act\t1\t2\tcourse\t.\tverified\tpainloom-own-choice\n" * 2, "prices/: act stands twice"),
    ],
)
def test_a_fault_of_the_price_table_is_found(tmp_path, rows, line):
    prices(tmp_path, rows)

    assert wrong(tmp_path) == [line]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"words": WORDS.replace("pain\tde\tpain\n", "")}, "wishes/: pain has no word in 'de'"),
        ({"words": f"{WORDS}pain\tde\t.\n"}, "wishes/: pain has an empty word in 'de', which every wish holds"),
        ({"words": WORDS.replace("pain\ten\tpain\n", "")}, "wishes/: pain has no word in 'en'"),
        ({"pain": {"weight": "1.5", "raised": "1.5"}}, "wishes/: pain: weights lie between 0 and 1"),
        ({"pain": {"weight": "-0.1"}}, "wishes/: pain: weights lie between 0 and 1"),
        ({"pain": {"raised": "1.1"}}, "wishes/: pain: weights lie between 0 and 1"),
        ({"pain": {"raised": "0.9"}}, "wishes/: pain: raised 0.9 lies below its weight 1"),
        ({"pain": {"raised_by": '["weather"]'}}, "wishes/: pain: no driver is of the kind 'weather'"),
        ({"more": f"[[domain]]\n{table(PAIN)}"}, "wishes/: pain stands twice"),
    ],
)
def test_a_fault_of_the_wishes_is_found(tmp_path, changes, line):
    wishes(tmp_path, **changes)

    assert wrong(tmp_path) == [line]


def test_a_clinics_own_wishes_without_a_fault_pass(tmp_path):
    wishes(tmp_path, {"raised": "1.0", "raised_by": '["sleep"]'})

    assert wrong(tmp_path) == []


# What a plan reads of a treatment --------------------------------------------------------------------------------------------------

SAID = 'text = "A sentence."\nstate = "verified"\nsources = ["painloom-own-choice"]\n'
LOST = SAID.replace("painloom-own-choice", "nowhere")
SERVES = "added = 0.1\nlow = 0.0\nhigh = 0.2\n"
FIRST = '[[first]]\ncondition = "low-back"\nbody = "A body"\n'
TREATMENT_FAULTS = [
    (f'[[serves]]\ndomain = "wealth"\n{SERVES}{SAID}', "serves 'wealth', which is no domain of wishes"),
    (f'[[serves]]\ndomain = "sleep"\nfor = ["envy"]\n{SERVES}{SAID}', "serves 'envy', which is no kind of pain"),
    (f'[[serves]]\ndomain = "sleep"\n{SERVES}{LOST}', "serves sleep: source 'nowhere' is not in sources/"),
    (f'[[contraindication]]\nfact = "on-the-moon"\n{SAID}', "contraindication: fact 'on-the-moon' is not in terms/"),
    (f'[[contraindication]]\nmeasure = "mood-ring"\nlow = 1\n{SAID}', "contraindication: measure 'mood-ring' is not known"),
    (f'[[contraindication]]\ntaking = ["elixirs"]\n{SAID}', "contraindication: group 'elixirs' has no drugs"),
    (f'[[contraindication]]\ntaking = ["opioid"]\n{LOST}', "contraindication: source 'nowhere' is not in sources/"),
    (f'[[not_with]]\ntreatments = ["elixir"]\n{SAID}', "not_with 'elixir', which is no treatment"),
    (f'[[not_with]]\ntreatments = ["tai-chi"]\n{SAID}', "does not go with itself"),
    (f'[[not_with]]\ntreatments = ["yoga"]\n{LOST}', "not_with: source 'nowhere' is not in sources/"),
    (f'[[first]]\ncondition = "envy"\nbody = "A body"\n{SAID}', "first for 'envy', which is no kind of pain"),
    (f"{FIRST}{LOST}", "first: source 'nowhere' is not in sources/"),
    (f"{FIRST}{SAID}{FIRST}against = true\n{SAID}", "A body is both for and against it in low-back"),
]


@pytest.mark.parametrize(("part", "line"), TREATMENT_FAULTS, ids=[line for _, line in TREATMENT_FAULTS])
def test_a_fault_in_what_a_plan_reads_of_a_treatment_is_found(tmp_path, part, line):
    copied(tmp_path, "treatments/tai-chi.toml", more=f"\n{part}")

    assert wrong(tmp_path) == [f"treatments/tai-chi: {line}"]


def test_a_treatment_that_is_no_drug_needs_a_course_with_known_sources_and_a_drug_needs_none(tmp_path):
    course = 'line = 2\nsessions = "eight"\naccess = "group"\nstate = "verified"\n'
    body = table({"modality": '"physical"', "class": '"exercise"', "for": '["low-back"]', "no_evidence": '"None is known."'})
    card(tmp_path, "treatments", "own", body)
    assert wrong(tmp_path) == ["treatments/own: a treatment that is no drug needs a [course]"]

    card(tmp_path, "treatments", "own", f'{body}[course]\n{course}sources = ["nowhere"]\n')
    assert wrong(tmp_path) == ["treatments/own: course: source 'nowhere' is not in sources/"]

    card(tmp_path, "treatments", "own", body.replace("physical", "drug"))
    assert wrong(tmp_path) == []


def test_a_drug_treatment_without_dose_or_taper_card_is_found(tmp_path):
    drug = next(d for d in sorted(SHIPPED.drugs) if "ppi" in SHIPPED.drugs[d].classes)
    values = {"modality": '"drug"', "class": '"nsaid"', "drugs": f'["{drug}"]', "for": '["low-back"]', "no_evidence": '"None is known."'}
    card(tmp_path, "treatments", "own", table(values))

    assert wrong(tmp_path) == [f"treatments/own: {drug} has no card in doses/", f"treatments/own: {drug} has no card in tapers/"]
