"""Research mode: strands that no table names are spelled out by their parts; off by default; never with a phenotype."""

from builders import GenotypeBuilder, knowledge
from painloom.genome.calls import Matcher, gene_call


def call(gene, genotypes, *, research):
    matcher = Matcher({gene: knowledge().genes[gene]}, research=research)
    return gene_call(matcher.call(genotypes, {})[gene], genotypes, 0)


def two_variants_on_one_strand():
    """rs4244285 A (*2) and rs4986893 A (*3) together, phased, with *1 on the other strand: no table names it."""
    builder = GenotypeBuilder(genes={"CYP2C19"})
    for position, bases in (("rs3758581", "G|G"), ("rs4244285", "A|G"), ("rs4986893", "A|G"), ("rs12769205", "G|A"), ("rs58973490", "G|G")):
        builder.set("CYP2C19", position, bases)
    return builder.build()


def test_without_research_mode_nothing_is_called():
    assert call("CYP2C19", two_variants_on_one_strand(), research=False).status == "not_called"


def test_combination_names_its_parts_and_has_no_phenotype():
    found = call("CYP2C19", two_variants_on_one_strand(), research=True)

    assert "*2 + *3" in found.diplotypes[0].name
    assert found.diplotypes[0].name.count("[") == 1
    assert not found.diplotypes[0].readings
    assert any("research" in note for note in found.notes)


def test_loose_variant_is_written_as_a_change_of_the_sequence():
    """A variant of *22 without its companion on a *17 strand."""
    builder = GenotypeBuilder(genes={"UGT1A1"}).set("UGT1A1", 233760498, "A|G").set("UGT1A1", 233760973, "A|C")
    assert "*6 + *27" in call("UGT1A1", builder.build(), research=True).diplotypes[0].name


def test_research_mode_changes_nothing_that_has_a_name():
    genotypes = GenotypeBuilder(genes={"CYP2C9"}).set("CYP2C9", "rs1057910", "A/C").build()
    assert call("CYP2C9", genotypes, research=True) == call("CYP2C9", genotypes, research=False)
