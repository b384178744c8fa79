"""Where a drug stands, what its heading says, and what keeps it from being called unaffected."""

from dataclasses import replace

import invented
import pytest
from invented_drugs import USUAL, advice, current_drugs, statement, tramadol

from painloom.model.advice import Variant
from painloom.model.assessment import DrugNote, DrugView
from painloom.report.alerts import alerts
from painloom.report.drugs import alternative_classes, current_cards, drug_cards, other_classes
from painloom.report.front import first
from painloom.report.genes import gene_table
from painloom.report.lookup import look_up
from painloom.report.wording import read_wording

IM = ("Intermediate Metabolizer",)
AVOID = statement("avoid", "act", "Avoid.")
SILENT = statement("none", "no-action", "No recommendation.")


def card_of(view, base=None):
    lookup = look_up(replace(base or invented.mara(), drugs=(view,)), read_wording())
    return drug_cards(lookup)[0]


def a_drug(*told, note=None):
    return DrugView("x", "substance", "class", "Class", False, True, told, note)


def one(said, body="CPIC", **more):
    return advice("x", body, ("CYP2D6",), IM, said, **more)


@pytest.mark.parametrize(
    ("view", "standing"),
    [
        (a_drug(one(AVOID)), "act"),
        (a_drug(one(USUAL), one(AVOID, "DPWG")), "act"),
        (a_drug(one(statement("switch", "consider", "."))), "consider"),
        (a_drug(one(USUAL)), "unaffected"),
        (a_drug(one(USUAL), one(SILENT, "DPWG")), "unaffected"),
        (a_drug(one(SILENT)), "no-recommendation"),
        (a_drug(), "no-recommendation"),
        (a_drug(note=DrugNote("x", "no-gene", "")), "no-gene"),
        (a_drug(note=DrugNote("x", "unknown", "")), "unknown-drug"),
        (a_drug(one(USUAL, invariant=None)), "not-known"),
        (a_drug(one(statement("test", "act", "Test first."), invariant=None)), "act"),
        (a_drug(one(USUAL, invariant=False, variants=(Variant("*4/*4", AVOID),))), "unsettled"),
        (a_drug(one(USUAL, structural=(Variant("one copy deleted", AVOID),))), "unsettled"),
        (a_drug(one(USUAL, structural=(Variant("one copy deleted", USUAL),))), "unaffected"),
        (a_drug(one(USUAL, missing_genes=("CYP2C19",))), "unsettled"),
        (a_drug(one(SILENT, structural=(Variant("one copy deleted", AVOID),))), "unsettled"),
        (a_drug(one(statement("monitor", "research", "."), claim="research")), "research"),
    ],
)
def test_a_drug_is_unaffected_only_where_nothing_open_could_change_that(view, standing):
    assert standing == card_of(view).standing


def test_the_heading_is_the_label_and_the_action():
    celecoxib = current_drugs()[1]

    assert card_of(celecoxib).heading == "Celecoxib: lower dose"


def test_the_heading_names_the_bodies_where_they_differ_the_most_urgent_first():
    card = card_of(tramadol())

    assert card.heading == "Tramadol: use another drug (DPWG); usual dose, with a caution (CPIC)"
    assert card.differs
    assert card.agreement == "The two bodies differ: CPIC: usual dose, with a caution; DPWG: use another drug."


def test_bodies_that_ask_for_different_doses_differ():
    half = one(statement("reduce", "act", "Half.", factor=0.5))
    less = one(statement("reduce", "act", "Three quarters.", factor=0.75), "DPWG")

    assert card_of(a_drug(half, less)).differs
    assert "50 % of usual" in card_of(a_drug(half, less)).agreement


def test_bodies_that_agree_are_said_to_agree():
    card = card_of(a_drug(one(AVOID), one(AVOID, "DPWG")))

    assert card.agreement == "CPIC and DPWG agree: avoid."
    assert not card.differs


def test_a_silent_body_is_not_a_disagreement():
    card = card_of(a_drug(one(AVOID), one(SILENT, "DPWG")))

    assert not card.differs
    assert "DPWG: no recommendation on file" in card.agreement


def test_a_drug_whose_gene_was_not_called_is_not_told_as_usual_dose():
    card = card_of(a_drug(one(USUAL, invariant=None, missing_genes=("CYP2D6",))))

    assert card.heading == "Substance: not known, CYP2D6 not called"
    assert card.mark.tone == "unknown"


def test_conversion_shows_the_advice_before_and_after():
    conversion = card_of(tramadol()).conversion
    shift = conversion.shifts[0]

    assert conversion.title == "duloxetine changes this today"
    assert conversion.effects == ("duloxetine: moderate inhibitor of CYP2D6, activity × 0.5",)
    assert (shift.before.phrase, shift.after.phrase) == ("usual dose", "usual dose, with a caution")
    assert shift.scores == ("1.0", "0.5")


def test_no_conversion_is_drawn_where_todays_drugs_change_nothing():
    card = card_of(a_drug(one(USUAL, adjusted_by=("duloxetine",))))

    assert card.conversion is None
    assert card.bodies[0][1][0].unchanged == "Checked with duloxetine: the advice stays the same."


def test_a_reading_that_changes_without_changing_the_advice_is_drawn_and_said_to_stay():
    before, after = ("CYP2D6=Intermediate Metabolizer (1.0)",), ("CYP2D6=Intermediate Metabolizer (0.5)",)
    told = advice("x", "CPIC", ("CYP2D6",), after, USUAL, adjusted_by=("duloxetine",), genotype_phenotypes=before)
    conversion = card_of(a_drug(told)).conversion

    assert not conversion.changes
    assert conversion.title == "duloxetine counts today: the reading changes, the advice stays the same"
    assert conversion.shifts[0].before_reading == "CYP2D6 Intermediate Metabolizer (1.0)"
    assert conversion.shifts[0].after_reading == "CYP2D6 Intermediate Metabolizer (0.5)"


def test_ambiguity_without_effect_is_said_to_hold_and_with_effect_is_listed():
    holds = card_of(a_drug(advice("x", "CPIC", ("CYP2B6",), IM, USUAL))).bodies[0][1][0]
    open_ = card_of(current_drugs()[2]).bodies[0][1][0]

    assert holds.invariance.endswith("each of the 2 diplotypes that fit leads to it.")
    assert holds.settled
    assert open_.invariance == "Not settled: CYP2C19 is ambiguous and the advice depends on it."
    assert [c.condition for c in open_.variants] == ["*2/*35 (Poor Metabolizer)"]


def test_current_drugs_come_in_order_of_urgency():
    lookup = look_up(invented.mara(), read_wording())
    current = current_cards(drug_cards(lookup), lookup)

    assert [c.label for c in current] == ["tramadol", "celecoxib", "omeprazole", "Zaldiar forte X", "duloxetine", "gabapentin"]


def test_alternatives_are_of_the_same_class_with_the_unaffected_first():
    lookup = look_up(invented.mara(), read_wording())
    classes = {c.label: c for c in alternative_classes(drug_cards(lookup), lookup)}
    opioids = classes["Opioids"]

    assert [g.code for g in opioids.groups] == ["unaffected", "no-recommendation", "advice"]
    assert {c.label for c in opioids.groups[0].cards} == {"morphine", "hydromorphone", "buprenorphine", "fentanyl", "methadone"}
    assert "Tricyclic antidepressants" not in classes
    assert "Tricyclic antidepressants" in {c.label for c in other_classes(drug_cards(lookup), lookup)}


def test_page_one_names_what_to_do_what_to_avoid_and_what_is_open():
    lookup = look_up(invented.mara(), read_wording())
    cards = drug_cards(lookup)
    page = first(lookup, cards)

    assert [s.heading.partition(":")[0] for s in page.steps] == ["Tramadol", "Celecoxib"]
    assert {c.label for reason in page.avoid for c in reason.cards} == {"codeine", "piroxicam"}
    assert [q.title for q in page.unknown] == [
        "Zaldiar forte X: unknown to painloom",
        "CYP2D6: copy number not assessed",
        "CYP2C19 ambiguous: 4 diplotypes fit",
    ]
    assert "Brain not measured" in page.unknown_also


def test_alerts_carry_a_shape_and_a_word_and_never_claim_that_all_is_well():
    lookup = look_up(invented.mara(), read_wording())
    found = alerts(lookup, drug_cards(lookup)).lines

    assert all(a.mark.word and a.mark.tone for a in found)
    assert any("Red flags were not looked for." in a.text for a in found)
    assert not any(a.mark.tone == "fine" for a in found)


def test_genes_of_current_drugs_come_first_and_the_others_are_folded():
    table = gene_table(look_up(invented.mara(), read_wording()))

    assert [row.gene for row in table.now] == ["CYP2D6", "CYP2C9", "CYP2C19"]
    assert [row.gene for row in table.other] == ["TPMT", "CYP2B6", "HLA-B", "DPYD"]
    assert table.other_title == "Show 4 other genes: 1 called, 1 ambiguous, 2 not called"


def test_without_a_gene_there_is_no_table():
    assert gene_table(look_up(invented.nobody(), read_wording())) is None


def test_an_unlisted_action_is_shown_as_unknown_and_not_as_fine():
    card = card_of(a_drug(one(statement("levitate", "act", "?"))))

    assert (card.mark.tone, card.phrase) == ("unknown", "levitate")
