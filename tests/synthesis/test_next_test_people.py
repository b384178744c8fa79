"""The next best test of whole people: genotypes by what a population carries, laboratory values by their classes, cards of a clinic."""

import csv
import itertools
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from cards import knowledge

from painloom.assess.journey import drug_views, open_case
from painloom.assess.outlook import Heard, outlook_of, refusals_for
from painloom.assess.scenarios import OTHER, Today, population, prospects_of, with_taken
from painloom.errors import KnowledgeError
from painloom.genome.session import Request, open_session
from painloom.intake.vcf import ReadOptions
from painloom.knowledge.drug_names import find_drugs
from painloom.knowledge.load import DATA, load
from painloom.knowledge.mechanisms import read_test, read_weighing
from painloom.model.body import Fact, Measure
from painloom.model.case import DrugUse
from painloom.model.choice import Choice
from painloom.synthesis.next_test import TO_VERIFY, Outlooks, rank_tests
from painloom.synthesis.observe import Observed

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "mara"


# One person


@cache
def example():
    found = open_case(EXAMPLE, knowledge(), ReadOptions(), "2026-11-24")
    return replace(found, genotypes=None, outside_calls=(), body=replace(found.body, measures=()))


def case_of(*drugs, calls=(), measures=(), facts=(), age=47):
    case, uses = example(), tuple(DrugUse(name, text=name) for name in drugs)
    body = replace(case.body, measures=measures, facts=(*case.body.facts, *facts))
    return replace(case, drugs=uses, outside_calls=calls, body=body, person=replace(case.person, age_years=age))


def today(case, cards=None):
    cards = cards or knowledge()
    drugs, _ = find_drugs(cards, (use.name for use in case.drugs))
    session = open_session(cards, case.genotypes, Request(dict(case.outside_calls), tuple(d.id for d in drugs)))
    heard = Heard(drugs=tuple(drug_views(session, drugs, case)))
    return Today(case, cards, session, heard, outlook_of(case, cards, heard))


def asked(now, choices=()):
    cards, results = knowledge().tests.values(), Outlooks(prospects_of(now), knowledge().weighing.refused_loss)
    given = with_taken(lambda drivers: tuple(choices), now)(())
    return {t.id: t for t in rank_tests(cards, Observed(), given, lambda person, told: {}, results) if t.results}


def chances_of_activity(more=()):
    """Sum of both alleles' activity -> chance, by plain counting over the files on disk; deletion and duplications as the card has them."""
    folder = DATA / "genes"
    with (folder / "cyp2d6.alleles.tsv").open(encoding="utf-8") as file:
        activity = {row["prints_as"]: row["cpic_activity"] for row in csv.DictReader(file, delimiter="\t")}
    with (folder / "cyp2d6.frequencies.tsv").open(encoding="utf-8") as file:
        counts = {row["allele"]: float(row["count"]) for row in csv.DictReader(file, delimiter="\t")}
    extra = dict(more)
    left = 1 - sum(extra.values())
    shares = {name: left * n / sum(counts.values()) for name, n in counts.items()} | extra
    found = {}
    for (a, p), (b, q) in itertools.product(shares.items(), repeat=2):
        values = [activity[name] for name in (a, b)]
        known = all(value.replace(".", "", 1).isdigit() for value in values)
        key = sum(float(value) for value in values) if known else None
        found[key] = found.get(key, 0.0) + p * q
    return found


def test_codeine_taken_and_the_gene_unknown_asks_for_the_genotype():
    found = asked(today(case_of("codeine")))
    rows = {row.allele: row.frequency for row in knowledge().tests["cyp2d6-panel"].alleles}
    by_score = chances_of_activity(rows.items())
    share = sum(p for score, p in by_score.items() if score is not None and (score == 0 or score >= 2.5))
    test = found["cyp2d6-panel"]
    (refused,) = [r for r in test.results if r.label != OTHER]

    assert refused.chance == pytest.approx(share, abs=1e-6)
    assert refused.label == "CYP2D6 poor or ultrarapid metabolizer"
    assert refused.leads == "stop codeine"
    assert test.results[0].leads == "go on with codeine"
    assert test.gain == pytest.approx(share * knowledge().weighing.refused_loss, rel=1e-4)
    assert test.changes
    assert test.net > 0


@pytest.mark.parametrize("call", ["*1/*1", "*4/*4", "*1x2/*1"])
def test_a_gene_that_is_called_is_not_asked_for(call):
    assert "cyp2d6-panel" not in prospects_of(today(case_of("codeine", calls=(("CYP2D6", call),))))


def test_a_gene_of_which_two_diplotypes_fit_is_asked_for_among_these_alone():
    prospect = prospects_of(today(case_of("codeine", calls=(("CYP2D6", "*1/*1;*4/*4"),))))["cyp2d6-panel"]
    share = knowledge().genes["CYP2D6"].frequencies
    one, four = share["*1"] ** 2, share["*4"] ** 2

    assert {OTHER: pytest.approx(one / (one + four)), "CYP2D6 poor metabolizer": pytest.approx(four / (one + four))} == {
        s.label: s.chance for s in prospect.scenarios
    }
    assert "fits the genotypes" in prospect.basis


def test_a_mixed_pair_is_twice_as_likely_as_the_product_of_its_alleles():
    prospect = prospects_of(today(case_of("codeine", calls=(("CYP2D6", "*1/*4;*4/*4"),))))["cyp2d6-panel"]
    share = knowledge().genes["CYP2D6"].frequencies
    mixed, four = 2 * share["*1"] * share["*4"], share["*4"] ** 2

    assert {s.label: s.chance for s in prospect.scenarios}[OTHER] == pytest.approx(mixed / (mixed + four))


def test_diplotypes_that_nobody_counted_are_equally_likely():
    prospect = prospects_of(today(case_of("codeine", calls=(("CYP2D6", "*5/*5;*1x2/*1x2;*1x2/*5"),))))["cyp2d6-panel"]

    assert [pytest.approx(1 / 3)] * 3 == sorted(s.chance for s in prospect.scenarios)


@pytest.mark.parametrize(("call", "term"), [("*4/*4", "poor"), ("*1x2/*1", "ultrarapid"), ("*1/*10", None), ("*41/*41", None)])
def test_a_result_refuses_what_the_same_call_of_a_laboratory_would_refuse(call, term):
    """The record with the outside call, judged from the start, against the scenario: no rule is copied."""
    before, after = today(case_of("codeine")), today(case_of("codeine", calls=(("CYP2D6", call),)))
    cards = list(before.options.values())
    refused = set(refusals_for(cards, after.case, knowledge(), after.heard)[0]) - before.refused
    taken = {f"drug:{drug}" for drug in after.taken_refused - before.taken_refused}
    scenarios = prospects_of(before)["cyp2d6-panel"].scenarios
    labels = {s.label for s in scenarios if s.refused == refused | taken}

    assert (OTHER if term is None else f"CYP2D6 {term} metabolizer") in labels


def test_a_strong_inhibitor_leaves_the_genotype_nothing_to_tell():
    now = today(case_of("codeine", "paroxetine"))
    test = asked(now)["cyp2d6-panel"]

    assert "codeine" in now.taken_refused
    assert [OTHER] == [r.label for r in test.results]
    assert test.gain == 0
    assert not test.changes


def test_an_inhibitor_of_middling_strength_takes_the_fast_out_of_the_refused():
    labels = {s.label for s in prospects_of(today(case_of("tramadol", "duloxetine")))["cyp2d6-panel"].scenarios}

    assert {OTHER, "CYP2D6 poor metabolizer"} == labels


def test_without_any_drug_to_choose_a_genotype_brings_nothing():
    found = asked(today(case_of()), [Choice("exercise", "Exercise", 20.0, 0.0, (), "body")])

    assert all(t.gain == 0 and not t.changes for t in found.values())


NSAID = Choice("ibuprofen", "Ibuprofen", 15.0, 0.0, (), "drug")


def test_a_missing_filtration_rate_is_asked_for_where_a_drug_leads_that_it_could_refuse():
    test = asked(today(case_of(age=72)), [NSAID])["egfr"]
    low = sum(r.chance for r in knowledge().tests["egfr"].results if r.from_age == 65 and r.value < 30)

    assert test.gain == pytest.approx(low * knowledge().weighing.refused_loss, rel=1e-3)
    assert test.changes
    assert "filtration rate 15 to 29 or below 15 (3 of 100): ibuprofen would be refused" in test.text
    assert test.text.endswith(TO_VERIFY)


def test_the_young_have_their_own_chances_and_the_text_says_whose():
    test = asked(today(case_of(age=47)), [NSAID])["egfr"]

    assert test.gain == pytest.approx(0.0035 * knowledge().weighing.refused_loss)
    assert "survey" in test.text
    assert TO_VERIFY not in test.text


@pytest.mark.parametrize(
    "known",
    [
        {"measures": (Measure("egfr", 90.0, ""),)},
        {"measures": (Measure("creatinine", 0.9, ""),)},
        {"measures": (Measure("crcl", 80.0, ""),)},
        {"facts": (Fact("kidney-disease-stage-4", "yes"),)},
        {"facts": (Fact("dialysis", "yes"),)},
        {"age": None},
        {"age": 12},
    ],
    ids=str,
)
def test_a_filtration_rate_that_is_known_or_has_no_chances_is_not_asked_for(known):
    assert "egfr" not in prospects_of(today(case_of(**({"age": 72} | known))))


def test_a_drug_that_is_refused_already_asks_for_nothing_more():
    now = today(case_of("codeine", facts=(Fact("breastfeeding", "yes"),)))
    choices = with_taken(lambda drivers: (), now)(())

    assert ("drug:codeine" in {c.id for c in choices}) == ("codeine" not in now.taken_refused)


def test_what_is_taken_is_a_decision_of_its_own():
    codeine = Choice("codeine", "Codeine", 10.0, 0.0, (), "drug")
    choices = with_taken(lambda drivers: (codeine, NSAID), today(case_of("codeine")))(())

    assert ["ibuprofen", "drug:codeine"] == [c.id for c in choices]
    assert len({c.slot for c in choices}) == 2


def test_the_same_person_gives_the_same_results_each_time():
    case = case_of("codeine")

    assert prospects_of(today(case)) == prospects_of(today(case))


@pytest.mark.parametrize("gene", sorted(symbol for symbol, card in knowledge().genes.items() if card.frequencies))
def test_genotypes_of_a_population_sum_to_one(gene):
    found = population(knowledge().genes[gene], ())

    assert sum(one.frequency for one in found) == pytest.approx(1)
    assert all(one.frequency > 0 for one in found)


@pytest.mark.parametrize("symbol", ["HLA-A", "HLA-B"])
def test_a_gene_without_frequencies_has_no_chances(symbol):
    assert population(knowledge().genes[symbol], ()) == ()


def test_rows_of_every_card_name_what_there_is():
    measures = {row["id"] for row in knowledge().terms("measures")}
    for card in knowledge().tests.values():
        assert {row.measure for row in card.results} | set(card.known_by) <= measures
        for row in card.alleles:
            assert row.gene in card.genes
            assert row.allele in knowledge().genes[row.gene].by_name
        assert {row.source for row in (*card.results, *card.alleles)} <= knowledge().sources.keys()


# Cards as files

CARD = """
schema = 1
release = "2026-11"
id = "t"
label = "T"
licence = "Apache-2.0"
claim = "research"
sources = ["s"]
kind = "laboratory"
cost = 1
minutes = 1
days = 1
burden = "none"
state = "verified"
"""
ROW = '[[result]]\nlabel = "low"\nmeasure = "egfr"\nvalue = 20\nchance = {}\npeople = "p"\nstate = "verified"\nsource = "{}"\n'


def read(tmp_path, text):
    path = tmp_path / "t.toml"
    path.write_text(text, encoding="utf-8")
    return read_test(path)


def test_a_clinic_says_that_it_does_not_have_a_test(tmp_path):
    assert read(tmp_path, CARD).available
    assert not read(tmp_path, CARD + "available = false\n").available


def test_a_test_that_the_clinics_own_card_takes_out_is_not_worked_out(tmp_path):
    (tmp_path / "tests").mkdir()
    own = (DATA / "tests" / "cyp2d6-panel.toml").read_text(encoding="utf-8").replace("cost = 150", "cost = 150\navailable = false")
    (tmp_path / "tests" / "cyp2d6-panel.toml").write_text(own, encoding="utf-8")
    found = prospects_of(today(case_of("codeine"), load(tmp_path)))

    assert "cyp2d6-panel" not in found
    assert "egfr" in found


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (ROW.format(0.4, "s"), "sum to 0.4"),
        (ROW.format(1.2, "s"), "between 0 and 1"),
        (ROW.format(1.0, "elsewhere"), "not among the card's"),
        ('[[allele]]\ngene = "G"\nallele = "*1"\nfrequency = 0.1\nstate = "verified"\nsource = "s"\n', "basis is missing"),
        (ROW.format(1.0, "s").replace('people = "p"\n', ""), "people"),
    ],
)
def test_a_card_whose_chances_cannot_be_right_is_refused(tmp_path, more, said):
    with pytest.raises(KnowledgeError, match=said):
        read(tmp_path, CARD + more)


def test_a_loss_below_0_is_refused(tmp_path):
    path = tmp_path / "weighing.toml"
    text = (DATA / "weighing" / "weighing.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("refused_loss = 50", "refused_loss = -1"), encoding="utf-8")

    with pytest.raises(KnowledgeError, match="below 0"):
        read_weighing(path)
