"""Several records of one site: split lines give what the whole line gave, contradictions are refused."""

import pytest
from vcf_builder import Vcf, shown, why

from painloom.errors import InputError

S2, TRI = "rs4244285", "rs144041067"


def tri(*pairs):
    """Records of the three-allele site: (alternates, genotype)."""
    vcf = Vcf()
    for alternates, gt in pairs:
        vcf.add("chr6", 18138969, "C", alternates, gt)
    return vcf


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("1/0", "0/1", "G/T"),  # bcftools norm -m- of 1/2
        ("0/1", "1/0", "T/G"),
        ("1/.", "./1", "G/T"),  # vt decompose of 1/2
        ("./1", "1/.", "T/G"),
        ("0/1", "0/.", "C/G"),  # vt decompose of 0/1
        ("1/1", "./.", "G/G"),
        ("1|0", "0|1", "G|T"),
        ("0|1", "0|0", "C|G"),
        ("0/0", "0/0", "C/C"),
        ("0/1", "0/0", "C/G"),
        ("0/0", "1/1", "T/T"),
    ],
)
def test_split_line_gives_what_the_whole_line_gave(tmp_path, first, second, expected):
    one = tri(("G", first), ("T", second)).read(tmp_path)
    turned = tri(("T", second), ("G", first)).read(tmp_path)

    assert [expected, expected] == [shown(one, TRI), shown(turned, TRI)]


def test_two_unphased_alternates_in_the_same_slot_are_both_kept(tmp_path):
    genotypes = tri(("G", "0/1"), ("T", "0/1")).read(tmp_path)

    assert {"G", "T"} == set(shown(genotypes, TRI).split("/"))


def test_identical_records_count_once(tmp_path):
    assert "C/G" == shown(tri(("G", "0/1"), ("G", "0/1")).read(tmp_path), TRI)
    assert "C/G" == shown(tri(("G", "0/1"), ("G,T", "0/1")).read(tmp_path), TRI)


@pytest.mark.parametrize(
    "pairs",
    [
        [("G", "1/1"), ("T", "0/1")],
        [("G", "0|1"), ("T", "0|1")],
        [("G", "0/1"), ("G", "1/1")],
        [("G", "0/1"), ("G", "0/0")],
        [("G", "0/1"), ("T", "0/1"), ("A", "0/1")],
        [(".", "0/0"), ("G", "0/1")],
    ],
)
def test_contradicting_records_are_refused(tmp_path, pairs):
    with pytest.raises(InputError, match=r"^genome\.vcf: chr6:18138969: conflicting duplicate records"):
        tri(*pairs).read(tmp_path)


def test_contradiction_in_one_sample_only_is_enough(tmp_path):
    vcf = Vcf("a", "b").add("chr6", 18138969, "C", "G", "0/0", "1/1").add("chr6", 18138969, "C", "T", "0/0", "0/1")

    with pytest.raises(InputError, match="conflicting duplicate records"):
        vcf.read(tmp_path)


def test_block_over_a_variant_record_is_missing_with_reason(tmp_path):
    vcf = Vcf().add("chr10", 94781800, "T", "<NON_REF>", "0/0", info="END=94781900").add("chr10", 94781859, "G", "A", "0/1")

    assert "a reference block and a variant record contradict each other" == why(vcf.read(tmp_path), S2)


def test_filtered_variant_beside_a_good_record_makes_the_site_missing(tmp_path):
    vcf = tri(("G", "0/1")).add("chr6", 18138969, "C", "T", "1/0", filters="q10")

    assert ("./.", "filter q10") == (shown(vcf.read(tmp_path), TRI), why(vcf.read(tmp_path), TRI))


def test_filtered_record_without_variant_does_not_hide_a_good_one(tmp_path):
    vcf = tri(("G", "0/1")).add("chr6", 18138969, "C", "T", "0/0", filters="q10")

    assert "C/G" == shown(vcf.read(tmp_path), TRI)


def test_one_open_record_leaves_an_unchanged_site_missing(tmp_path):
    assert "./." == shown(tri(("G", "0/0"), ("T", "./.")).read(tmp_path), TRI)


def test_haploid_and_diploid_records_do_not_mix(tmp_path):
    vcf = Vcf().add("chrX", 154536002, "C", "T", "1").add("chrX", 154536002, "C", "G", "0/0")

    assert "records with one and with two copies overlap" == why(vcf.read(tmp_path), "rs1050828")


def test_split_records_of_different_phase_sets_have_no_common_phase(tmp_path):
    vcf = Vcf().add("chr6", 18138969, "C", "G", "0|1:5", keys="GT:PS").add("chr6", 18138969, "C", "T", "0|1:9", keys="GT:PS")
    genotypes = vcf.read(tmp_path)

    assert "G/T" in (shown(genotypes, TRI), "/".join(reversed(shown(genotypes, TRI).split("/"))))


def test_split_line_of_a_gvcf_is_no_contradiction(tmp_path):
    vcf = Vcf().add("chr10", 94781859, "G", "A", "0/1").add("chr10", 94781859, "G", "<NON_REF>", "0/0")

    assert "G/A" == shown(vcf.read(tmp_path), S2)
