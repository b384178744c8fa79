"""The genome stream: genotypes to named alleles, phenotypes and drug guidance."""
