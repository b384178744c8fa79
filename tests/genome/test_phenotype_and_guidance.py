"""Phenotypes, phenoconversion, copy number, outside calls and advice."""

import pytest

from builders import GenotypeBuilder, knowledge
from painloom.errors import InputError
from painloom.genome.calls import call_genes, gene_call
from painloom.genome.guide import Setting, advice_for, guide
from painloom.genome.outside import solve_outside
from painloom.genome.rows import advice_values, call_rows
from painloom.genome.score import Score, band_term, parse_score, scaled_term
from painloom.genome.session import Request, open_session
from painloom.knowledge.drug_names import find_drugs

BANDS = ((0.0, 0.0, "PM"), (0.25, 1.0, "IM"), (1.25, 2.25, "NM"), (2.5, float("inf"), "UM"))


def advise(card, outside=None, genotypes=None, drugs=(), age=None):
    guidance = knowledge().guidance[card]
    columns = call_genes({g: knowledge().genes[g] for g in guidance.genes}, genotypes, outside or {})
    found, unknown = find_drugs(knowledge(), drugs)
    assert not unknown
    return advice_for(guide({card: guidance}, columns, Setting(found, age), 1)[card], 0)


def outside(gene, written):
    return [d.name for d in solve_outside(knowledge().genes[gene], written).explicit]


def call(gene, genotypes):
    column = call_genes({gene: knowledge().genes[gene]}, genotypes, {})[gene]
    return gene_call(column, genotypes, 0)


@pytest.mark.parametrize(("score", "term"), [("0.0", "PM"), ("0.25", "IM"), ("1.25", "NM"), ("2.25", "NM"), ("2.5", "UM"), ("≥3.0", "UM")])
def test_published_scores_fall_into_their_band(score, term):
    assert band_term(parse_score(score), BANDS) == term


@pytest.mark.parametrize(("score", "term"), [(0.125, "IM"), (0.0, "PM"), (0.625, "IM"), (1.125, "IM"), (2.375, "NM")])
def test_a_halved_score_between_two_bands_belongs_to_the_lower_one_but_some_activity_is_not_none(score, term):
    assert scaled_term(Score(score), BANDS) == term


def test_scores_print_as_the_tables_print_them():
    assert [str(s) for s in (Score(0), Score(0.25), Score(1.5), Score(3, open_end=True), Score(2) + Score(1, open_end=True))] == [
        "0.0",
        "0.25",
        "1.5",
        "≥3.0",
        "≥3.0",
    ]


def test_bodies_use_their_own_activity_values_and_bands():
    """*41 is worth 0.25 for one body and 0.5 for the other; 2.5 is ultrarapid for one and normal for the other."""
    readings = {r.body: r for r in solve_outside(knowledge().genes["CYP2D6"], "*2/*41").explicit[0].readings}
    assert (readings["CPIC"].activity_score, readings["DPWG"].activity_score) == ("1.25", "1.5")

    readings = {r.body: r for r in solve_outside(knowledge().genes["CYP2D6"], "*1x2/*17").explicit[0].readings}
    assert (readings["CPIC"].phenotype, readings["DPWG"].phenotype) == ("Ultrarapid Metabolizer", "Normal Metabolizer")


def test_no_finding_in_the_malignant_hyperthermia_genes_is_uncertain_and_never_a_clearance():
    for gene in ("RYR1", "CACNA1S"):
        assert solve_outside(knowledge().genes[gene], "Reference/Reference").explicit[0].readings[0].phenotype == "Uncertain Susceptibility"
    advice = advise("cpic-sevoflurane", {"RYR1": "Reference/Reference", "CACNA1S": "Reference/Reference"})
    assert "not susceptible" not in advice.statement.summary.lower()
    assert "exclude" in advice.statement.summary


@pytest.mark.parametrize(
    ("gene", "written", "expected"),
    [
        ("CYP2D6", "*1/*4", ["*1/*4"]),
        ("CYP2D6", "*4/*1", ["*1/*4"]),
        ("CYP2D6", "*1xN/*4", ["*1x2/*4", "*1x≥3/*4"]),
        ("CYP2D6", "*1x3/*4", ["*1x≥3/*4"]),
        ("CYP2D6", "*36+*10/*1", ["*1/*36 + *10"]),
        ("CYP2D6", "*1/*10+*36", ["*1/*36 + *10"]),
        ("CYP2D6", "*1/*4;*2/*4", ["*1/*4", "*2/*4"]),
        ("UGT1A1", "*1/*80+*28", ["*1/*80+*28"]),
        ("DPYD", "*1/*2A", ["Reference/c.1905+1G>A (*2A)"]),
        ("G6PD", "B (reference)", ["B (reference)"]),
        ("CYP2C19", "*4A/*1", ["*1/*4"]),
        ("CYP2D6", "CYP2D6*1/CYP2D6*4", ["*1/*4"]),
        ("CYP2D6", "*1.001/*4.013", ["*1/*4"]),
        ("CYP2D6", "*1/*4 OR *2/*4", ["*1/*4", "*2/*4"]),
        ("SLCO1B1", "*45.001/*1", ["*1/*45"]),
    ],
)
def test_outside_calls_are_read_as_laboratories_write_them(gene, written, expected):
    assert sorted(outside(gene, written)) == sorted(expected)


def test_one_allele_of_a_gene_with_two_copies_is_refused():
    with pytest.raises(InputError, match="write both"):
        outside("CYP2D6", "*4")


def test_unknown_outside_allele_is_refused_with_its_name():
    with pytest.raises(InputError, match=r"\*999"):
        outside("CYP2D6", "*1/*999")


@pytest.mark.parametrize(
    ("typing", "words"),
    [
        ("*15:02/*40:01", {"*15:02 positive", "*57:01 negative", "*58:01 negative"}),
        ("*15:02:01/*07:02", {"*15:02 positive", "*57:01 negative", "*58:01 negative"}),
        ("*15/*40:01", {"*57:01 negative", "*58:01 negative"}),
        ("*58:01 positive", {"*58:01 positive"}),
    ],
)
def test_hla_typing_gives_carrier_or_not_and_low_resolution_gives_nothing(typing, words):
    reading = solve_outside(knowledge().genes["HLA-B"], typing).explicit[0].reading("CPIC")
    assert set(reading.exact) == words


def test_strong_inhibitor_turns_a_normal_metabolizer_into_a_poor_one():
    plain, today = advise("cpic-codeine", {"CYP2D6": "*1/*1"}), advise("cpic-codeine", {"CYP2D6": "*1/*1"}, drugs=["paroxetine"])

    assert (plain.statement.action, today.statement.action) == ("standard", "avoid")
    assert today.genotype_only == plain.statement
    assert today.adjusted_by == ("paroxetine",)


def test_moderate_inhibitor_halves_and_weak_one_changes_nothing():
    assert "0.5" in advise("cpic-tramadol", {"CYP2D6": "*1/*4"}, drugs=["duloxetine"]).phenotypes[0]
    assert advise("cpic-tramadol", {"CYP2D6": "*1/*4"}, drugs=["sertraline"]) == advise("cpic-tramadol", {"CYP2D6": "*1/*4"})


def test_inhibitors_do_not_add_up():
    both = advise("cpic-tramadol", {"CYP2D6": "*1/*4"}, drugs=["duloxetine", "mirabegron"])
    assert both.phenotypes == advise("cpic-tramadol", {"CYP2D6": "*1/*4"}, drugs=["duloxetine"]).phenotypes


def test_a_drug_does_not_convert_its_own_guidance():
    assert advise("cpic-paroxetine", {"CYP2D6": "*1/*1"}, drugs=["paroxetine"]) == advise("cpic-paroxetine", {"CYP2D6": "*1/*1"})


def test_sources_that_disagree_on_strength_are_both_kept():
    advice = advise("cpic-codeine", {"CYP2D6": "*1/*1"}, drugs=["terbinafine"])
    assert {advice.statement.action, *(v.statement.action for v in advice.variants)} >= {"avoid", "monitor"}
    assert advice.invariant is False


def test_drug_without_an_agreed_factor_is_flagged_and_adjusts_nothing():
    plain, today = advise("cpic-citalopram", {"CYP2C19": "*1/*1"}), advise("cpic-citalopram", {"CYP2C19": "*1/*1"}, drugs=["fluvoxamine"])

    assert today.flags == ("Fluvoxamine is a strong inhibitor of CYP2C19: no conversion is agreed, the phenotype stays.",)
    assert (plain.statement, plain.phenotypes, plain.flags) == (today.statement, today.phenotypes, ())
    assert today.flags[0] in " ".join(advice_values(today))


def test_exact_diplotype_wins_over_the_phenotype_where_a_table_names_it():
    """DPWG gives CYP2C9 *2/*2 another phenytoin dose than intermediate metabolizers in general."""
    rows = knowledge().guidance["dpwg-phenytoin-cyp2c9"].rows
    assert advise("dpwg-phenytoin-cyp2c9", {"CYP2C9": "*2/*2"}).statement == rows[("*2/*2",), "general"]


def test_ambiguous_call_lists_every_other_advice():
    genotypes = GenotypeBuilder(genes={"CYP2D6"}).missing("CYP2D6", "rs3892097").build()
    advice = advise("cpic-codeine", genotypes=genotypes)

    assert advice.invariant is False
    assert "avoid" in {v.statement.action for v in advice.variants}


def test_ambiguity_that_does_not_matter_is_invariant():
    builder = GenotypeBuilder(genes={"CYP2C9"}).set("CYP2C9", "rs1057910", "C/C").missing("CYP2C9", 94938719)
    advice = advise("cpic-meloxicam", genotypes=builder.build())
    assert advice.invariant is (not advice.variants)


def test_unassessed_structure_shows_what_a_deletion_or_duplication_would_change():
    advice = advise("cpic-codeine", genotypes=GenotypeBuilder(genes={"CYP2D6"}).build())
    changes = {v.condition.split(":")[0]: v.statement.action for v in advice.structural}

    assert advice.statement.action == "standard"
    assert changes["deletion (*5)"] == "monitor"
    assert changes["duplication"] == "avoid"


def test_heterozygous_sites_rule_out_a_hidden_deletion():
    advice = advise("cpic-codeine", genotypes=GenotypeBuilder(genes={"CYP2D6"}).set("CYP2D6", "rs3892097", "C/T").build())
    assert not [v for v in advice.structural if v.condition.startswith("deletion")]


@pytest.mark.parametrize(
    ("copies", "expected"), [(0, {"*5/*5"}), (1, {"*1/*5"}), (2, {"*1/*1"}), (3, {"*1/*1x2"}), (4, {"*1/*1x≥3", "*1x2/*1x2"})]
)
def test_copy_number_of_the_file_names_the_structure(copies, expected):
    genotypes = GenotypeBuilder(genes={"CYP2D6"}).build()
    genotypes.copies[:] = copies
    assert {d.name for d in call("CYP2D6", genotypes).diplotypes} == expected


def test_counted_copies_leave_nothing_to_ask_about_structure():
    genotypes = GenotypeBuilder(genes={"CYP2D6"}).build()
    genotypes.copies[:] = 2

    assert advise("cpic-codeine", genotypes=genotypes).structural == ()
    assert call("CYP2D6", genotypes).notes == ("2 copies of the gene",)


def test_duplication_of_a_heterozygote_keeps_both_possibilities():
    genotypes = GenotypeBuilder(genes={"CYP2D6"}).set("CYP2D6", "rs3892097", "C/T").build()
    genotypes.copies[:] = 3
    assert {d.name for d in call("CYP2D6", genotypes).diplotypes} == {"*1x2/*4", "*1/*4x2"}


def test_two_alleles_in_one_copy_contradict_each_other():
    genotypes = GenotypeBuilder(genes={"CYP2D6"}).set("CYP2D6", "rs3892097", "C/T").build()
    genotypes.copies[:] = 1
    assert call("CYP2D6", genotypes).status == "not_called"


def test_undocumented_allele_is_no_call_or_reference_as_the_card_says():
    assert call("CYP2C19", GenotypeBuilder(genes={"CYP2C19"}).set("CYP2C19", "rs4244285", "G/?").build()).status == "not_called"
    dpyd = call("DPYD", GenotypeBuilder(genes={"DPYD"}).set("DPYD", "rs3918290", "C/?").build())
    assert dpyd.diplotypes[0].name == "Reference/Reference"
    assert "undocumented" in " ".join(dpyd.notes)


@pytest.mark.parametrize(("gene", "position", "name"), [("G6PD", 154532990, "Villeurbanne"), ("RYR1", 38580126, "c.14510delA")])
def test_harmful_variant_without_a_definition_never_reads_as_reference(gene, position, name):
    """Both share their position with a defined variant; reading them as the reference would call a grave allele normal."""
    builder = GenotypeBuilder(genes={gene})
    row = next(i for i in builder.watched if (builder.table.sites[i].gene, builder.table.sites[i].position) == (gene, position))
    builder.codes[row, 0] = (0, 1)
    found = call(gene, builder.build())

    assert found.status == "not_called"
    assert name in found.reason


def test_tag_variant_is_a_hint_and_changes_no_advice():
    builder = GenotypeBuilder(genes={"HLA-B"})
    row = next(i for i, s in enumerate(builder.table.sites) if s.rsid == "rs2395029")
    builder.codes[row, 0] = (0, 1)
    found = call("HLA-B", builder.build())

    assert found.status == "not_called"
    assert "hint only: rs2395029 T/G" in found.notes[0]
    assert advise("cpic-abacavir", genotypes=builder.build()).statement.action == "none"


def test_one_x_chromosome_gives_one_allele():
    genotypes = GenotypeBuilder(genes={"G6PD"}).one_copy("G6PD").build()
    assert [d.name for d in call("G6PD", genotypes).diplotypes] == ["B (reference)"]


def x_linked(sex, genotype):
    """The X-chromosomal gene of a person whose file writes two copies everywhere, with one site changed."""
    builder = GenotypeBuilder(genes={"G6PD"}).set("G6PD", 154535277, genotype)
    session = open_session(knowledge(), builder.build(), Request({}, one_x=sex == "M"))
    column = session.columns["G6PD"]
    return gene_call(column, session.genotypes, 0)


def test_homozygous_spelling_in_a_male_is_one_copy():
    assert "/" not in x_linked("M", "T/T").diplotypes[0].name
    assert "/" in x_linked("F", "T/T").diplotypes[0].name


def test_heterozygous_male_on_the_x_chromosome_is_not_called():
    found = x_linked("M", "C/T")
    assert (found.status, "one copy" in found.reason) == ("not_called", True)


def test_exonic_tag_counts_only_where_the_deciding_site_was_not_seen():
    tag_only = GenotypeBuilder(genes={"DPYD"}).set("DPYD", 97573863, "C/T")
    assert call("DPYD", tag_only.build()).diplotypes[0].name == "Reference/Reference"
    unseen = GenotypeBuilder(genes={"DPYD"}).set("DPYD", 97573863, "C/T").missing("DPYD", 97579893)
    assert "HapB3" in call("DPYD", unseen.build()).diplotypes[0].name


def test_drug_that_is_taken_shows_the_advice_for_people_who_tolerate_it():
    """ "Do not start" alone could stop a drug that somebody has tolerated for years."""
    new = advise("cpic-carbamazepine", {"HLA-B": "*15:02/*40:01"})
    taken = advise("cpic-carbamazepine", {"HLA-B": "*15:02/*40:01"}, drugs=["carbamazepine"])

    assert new.flags == ()
    assert any("more than 3 months without a skin reaction" in flag for flag in taken.flags)


def test_children_get_the_advice_for_children():
    card = knowledge().guidance["cpic-voriconazole"]
    assert len(card.populations) > 1
    adult = advise("cpic-voriconazole", {"CYP2C19": "*17/*17"}, age=40)
    child = advise("cpic-voriconazole", {"CYP2C19": "*17/*17"}, age=8)
    assert adult.population != child.population


def test_gene_that_was_not_called_gives_no_advice_and_says_so():
    advice = advise("cpic-codeine", genotypes=GenotypeBuilder(genes=set()).build())
    assert (advice.statement.action, advice.invariant) == ("none", None)
    assert "not called" in advice.statement.summary


def test_one_missing_gene_of_two_uses_the_published_row_for_it():
    assert advise("cpic-amitriptyline", {"CYP2D6": "*4/*4"}).statement.action == "avoid"


def test_rows_have_a_cell_for_every_column_and_none_is_empty():
    genotypes = GenotypeBuilder().build()
    columns = call_genes(knowledge().genes, genotypes, {})
    for row in call_rows(columns, genotypes, genotypes.samples):
        assert len(row) == 9
        assert all(row)
    for column in guide(knowledge().guidance, columns, Setting(), 1).values():
        assert all(advice_values(column.advice[0]))
