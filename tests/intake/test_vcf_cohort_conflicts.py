"""One person whose records contradict each other does not cost a cohort its file; in a small file it is refused."""

import pytest
from vcf_builder import Vcf, shown, why

from painloom.errors import InputError

TRI = "rs144041067"


def contradicting(people):
    """The first person carries both alternates twice; the others are unchanged."""
    vcf = Vcf(*(f"P{n}" for n in range(people)))
    rest = ["0|0"] * (people - 1)
    return vcf.add("chr6", 18138969, "C", "G", "1|1", *rest).add("chr6", 18138969, "C", "T", "1|1", *rest)


def test_small_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="conflicting duplicate records"):
        contradicting(2).read(tmp_path)


def test_cohort_keeps_everybody_else(tmp_path):
    genotypes = contradicting(150).read(tmp_path)

    assert ("./.", "records contradict each other") == (shown(genotypes, TRI, 0), why(genotypes, TRI, 0))
    assert shown(genotypes, TRI, 1) in ("C/C", "C|C")
