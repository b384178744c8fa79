"""Genotypes of single records: ploidy, missing slots, multi-allelic lines, phase, reference blocks, deletions that span a site."""

import numpy as np
import pytest
from vcf_builder import TABLE, Vcf, row_of, seen, shown, unlisted, why

from painloom.errors import InputError
from painloom.model.genotypes import MISSING

S2, S3, TRI, X, MT = "rs4244285", "rs4986893", "rs144041067", "rs1050828", "rs267606617"
SNV = ("chr10", 94781859, "G", "A")


@pytest.mark.parametrize("gt", ["0/0", "0/1", "1/0", "1/1", "0|1", "1|0", "1|1"])
def test_genotype_keeps_the_order_of_its_slots(tmp_path, gt):
    genotypes = Vcf().add(*SNV, gt).read(tmp_path)

    assert gt.replace("0", "G").replace("1", "A") == shown(genotypes, S2)
    assert seen(genotypes, S2) == 1


def test_site_without_record_is_missing_and_unseen(tmp_path):
    genotypes = Vcf().add(*SNV, "0/1").read(tmp_path)

    assert "./." == shown(genotypes, S3)
    assert (0, "") == (seen(genotypes, S3), why(genotypes, S3))


def test_samples_keep_the_order_of_the_file(tmp_path):
    vcf = Vcf("b", "a", "c").add(*SNV, "0/0", "0/1", "1/1")
    every, two = vcf.read(tmp_path), vcf.read(tmp_path, samples=("c", "b"))

    assert ("b", "a", "c") == every.samples
    assert ["G/G", "G/A", "A/A"] == [shown(every, S2, i) for i in range(3)]
    assert ("b", "c") == two.samples
    assert ["G/G", "A/A"] == [shown(two, S2, i) for i in range(2)]


def test_unknown_sample_is_refused_without_naming_it(tmp_path):
    with pytest.raises(InputError, match="1 of the wanted samples") as error:
        Vcf("a").add(*SNV, "0/1").read(tmp_path, samples=("a", "secret"))

    assert "secret" not in str(error.value)


@pytest.mark.parametrize(("gt", "expected"), [("0/2", "C/T"), ("1/2", "G/T"), ("2/1", "T/G"), ("2|1", "T|G")])
def test_multi_allelic_line(tmp_path, gt, expected):
    genotypes = Vcf().add("chr6", 18138969, "C", "G,T", gt).read(tmp_path)

    assert expected == shown(genotypes, TRI)


def test_alternates_in_another_order_than_the_table(tmp_path):
    genotypes = Vcf().add("chr6", 18138969, "C", "T,A,G", "1/3").read(tmp_path)

    assert "T/G" == shown(genotypes, TRI)


def test_unlisted_alternate_is_unlisted_with_its_base(tmp_path):
    genotypes = Vcf().add("chr10", 94781859, "G", "A,T", "1/2").read(tmp_path)

    assert "A/?" == shown(genotypes, S2)
    assert ["T"] == unlisted(genotypes, S2)


def test_lower_case_bases_are_bases(tmp_path):
    genotypes = Vcf().add("chr10", 94781859, "g", "a", "0/1").read(tmp_path)

    assert "G/A" == shown(genotypes, S2)


@pytest.mark.parametrize("gt", ["./.", ".|.", "."])
def test_no_call_is_missing_without_further_reason(tmp_path, gt):
    genotypes = Vcf().add(*SNV, gt).read(tmp_path)

    assert ("./.", "", 1) == (shown(genotypes, S2), why(genotypes, S2), seen(genotypes, S2))


@pytest.mark.parametrize("gt", ["0/.", "./0", "./1", "1|."])
def test_half_a_genotype_is_missing(tmp_path, gt):
    genotypes = Vcf().add(*SNV, gt).read(tmp_path)

    assert [MISSING, MISSING] == genotypes.codes[row_of()[S2], 0].tolist()
    assert "half a genotype" == why(genotypes, S2)


def test_record_without_genotype_field_is_missing_with_reason(tmp_path):
    genotypes = Vcf().add(*SNV, "30", keys="DP").read(tmp_path)

    assert ("./.", "the record has no genotype (GT)") == (shown(genotypes, S2), why(genotypes, S2))


@pytest.mark.parametrize(("chrom", "pos", "ref", "alt", "rsid"), [("chrX", 154536002, "C", "T", X), ("chrM", 1555, "A", "G", MT)])
def test_haploid_call_has_one_copy(tmp_path, chrom, pos, ref, alt, rsid):
    genotypes = Vcf("m", "f").add(chrom, pos, ref, alt, "1", "0/1").read(tmp_path)

    assert [alt, f"{ref}/{alt}"] == [shown(genotypes, rsid, 0), shown(genotypes, rsid, 1)]


@pytest.mark.parametrize("name", ["X", "chrX", "23", "NC_000023.11"])
def test_chromosome_under_other_names(tmp_path, name):
    genotypes = Vcf(contigs=None, meta=["##reference=GRCh38.fa"]).add(name, 154536002, "C", "T", "0/1").read(tmp_path)

    assert "C/T" == shown(genotypes, X)


@pytest.mark.parametrize("gt", ["0", "1", "0/1/1", "0|0|1"])
def test_other_than_two_copies_on_an_autosome_is_refused(tmp_path, gt):
    with pytest.raises(InputError, match=r"genome\.vcf: chr10:94781859: a genotype has"):
        Vcf("person").add(*SNV, gt).read(tmp_path)


@pytest.mark.parametrize("gt", ["0/2", "0/7", "a/b", "-1/0", "0/", "", "0\\1", "0/1x", "0//1", "0/65537", "0/99999999999"])
def test_malformed_genotype_is_refused_with_its_place(tmp_path, gt):
    with pytest.raises(InputError, match=r"^genome\.vcf: chr10:94781859: ") as error:
        Vcf("person").add(*SNV, gt).read(tmp_path)

    assert "person" not in str(error.value)
    assert "\n" not in str(error.value)


def test_phase_sets_are_different_blocks(tmp_path):
    vcf = Vcf("s", "t").add("chr10", 94780653, "G", "A", "0|1:500", "0|1:.", keys="GT:PS")
    vcf.add(*SNV, "0|1:900", "0|1:.", keys="GT:PS").add("chr10", 94842866, "A", "G", "1|0:500", "0/1:500", keys="GT:PS")
    phase = vcf.read(tmp_path).phase[[row_of()[r] for r in (S3, S2, "rs3758581")]]

    assert [500, 900, 500] == phase[:, 0].tolist()
    assert [1, 1, 0] == phase[:, 1].tolist()


def test_phase_set_one_is_not_the_block_without_a_name(tmp_path):
    vcf = Vcf().add("chr10", 94780653, "G", "A", "0|1:1", keys="GT:PS").add(*SNV, "0|1:.", keys="GT:PS")
    phase = vcf.read(tmp_path).phase[[row_of()[S3], row_of()[S2]], 0].tolist()

    assert phase[0] != phase[1]
    assert min(phase) > 0


def test_phase_sets_with_text_names(tmp_path):
    vcf = Vcf().add("chr10", 94780653, "G", "A", "0|1:a_1", keys="GT:PS").add(*SNV, "0|1:b_1", keys="GT:PS")
    vcf.add("chr10", 94842866, "A", "G", "0|1:a_1", keys="GT:PS")
    phase = vcf.read(tmp_path).phase[[row_of()[r] for r in (S3, S2, "rs3758581")], 0].tolist()

    assert phase[0] == phase[2] != phase[1]


def test_version_4_4_reads_the_same(tmp_path):
    genotypes = Vcf(version="4.4").add(*SNV, "0|1").read(tmp_path)

    assert "G|A" == shown(genotypes, S2)


@pytest.mark.parametrize("alt", [".", "<NON_REF>", "<*>"])
def test_non_variant_record_shows_the_reference(tmp_path, alt):
    vcf = Vcf().add("chr10", 94781859, "G", alt, "0/0").add("chr2", 233760233, "C", alt, "0/0")
    genotypes = vcf.read(tmp_path)

    assert ["G/G", "CAT/CAT"] == [shown(genotypes, r) for r in (S2, "rs3064744")]


@pytest.mark.parametrize("start", [94781859, 94781000, 94700000])
def test_reference_block_that_starts_before_the_site(tmp_path, start):
    ref = "G" if start == 94781859 else "T"
    genotypes = Vcf().add("chr10", start, ref, "<NON_REF>", "0/0:30", info="END=94781900", keys="GT:DP").read(tmp_path)

    assert "G/G" == shown(genotypes, S2)
    assert (start <= 94780653) == (shown(genotypes, S3) == "G/G")


def test_reference_block_that_ends_before_the_site_says_nothing(tmp_path):
    genotypes = Vcf().add("chr10", 94781800, "T", "<NON_REF>", "0/0", info="END=94781858").read(tmp_path)

    assert ("./.", 0) == (shown(genotypes, S2), seen(genotypes, S2))


def test_block_without_call_leaves_the_site_missing(tmp_path):
    genotypes = Vcf().add("chr10", 94781800, "T", "<NON_REF>", "./.", info="END=94781900").read(tmp_path)

    assert ("./.", 1) == (shown(genotypes, S2), seen(genotypes, S2))


def test_called_non_ref_allele_is_unlisted(tmp_path):
    genotypes = Vcf().add("chr10", 94781859, "G", "A,<NON_REF>", "1/2").read(tmp_path)

    assert "A/?" == shown(genotypes, S2)


def test_star_allele_is_unlisted(tmp_path):
    genotypes = Vcf().add("chr10", 94781859, "G", "A,*", "1/2").read(tmp_path)

    assert "A/?" == shown(genotypes, S2)
    assert ["*"] == unlisted(genotypes, S2)


@pytest.mark.parametrize("start", [94781857, 94781858])
def test_deletion_that_spans_the_site_is_unlisted_in_carriers_only(tmp_path, start):
    reference = "TTGCC"[94781859 - start == 1 :]
    genotypes = Vcf("c", "n").add("chr10", start, reference, reference[0], "0/1", "0/0").read(tmp_path)

    assert ["G/?", "./."] == [shown(genotypes, S2, i) for i in range(2)]
    assert ["*"] == unlisted(genotypes, S2, 0)


def test_deletion_behind_the_site_base_does_not_touch_it(tmp_path):
    genotypes = Vcf().add("chr10", 94781859, "GCC", "G", "0/1").read(tmp_path)

    assert ("./.", 0) == (shown(genotypes, S2), seen(genotypes, S2))


def test_spanning_deletion_and_substitution_on_the_other_strand(tmp_path):
    vcf = Vcf().add("chr10", 94781858, "TGC", "T", "0/1").add(*SNV, "0/1")

    assert "?/A" in (shown(vcf.read(tmp_path), S2), shown(vcf.read(tmp_path), S2)[::-1])


def test_spanning_deletion_and_substitution_on_one_strand_is_missing_not_refused(tmp_path):
    vcf = Vcf().add("chr10", 94781858, "TGC", "T", "0|1").add(*SNV, "0|1")

    assert "a deletion and another variant claim the same strand" == why(vcf.read(tmp_path), S2)


def test_listed_deletion_does_not_touch_the_sites_that_it_spans(tmp_path):
    vcf = Vcf().add("chr22", 42128324, "CAGG", "C", "0/1").add("chr22", 42128325, "A", "G", "0/0")
    genotypes = vcf.read(tmp_path)

    assert ["CAGG/C", "A/A"] == [shown(genotypes, r) for r in ("rs777691989", "rs17002853")]


def test_several_bases_in_one_record_cover_a_single_base_site(tmp_path):
    genotypes = Vcf("a", "b").add("chr10", 94781858, "TG", "TA,CA", "0/1", "1/2").read(tmp_path)

    assert ["G/A", "A/A"] == [shown(genotypes, S2, i) for i in range(2)]


def test_insertion_at_the_base_of_a_site_says_nothing_of_it(tmp_path):
    genotypes = Vcf().add("chr10", 94781859, "G", "GT", "0/1").read(tmp_path)

    assert ("./.", 0) == (shown(genotypes, S2), seen(genotypes, S2))


def test_variant_line_of_a_gvcf_speaks_for_its_first_base(tmp_path):
    genotypes = Vcf().add("chr10", 94781859, "G", "GT,<NON_REF>", "0/1").read(tmp_path)

    assert "G/G" == shown(genotypes, S2)


def test_structural_record_says_nothing_of_a_site(tmp_path):
    genotypes = Vcf().add("chr22", 42128000, "N", "<DEL>", "0/1", info="SVTYPE=DEL;END=42129000").read(tmp_path)

    assert "./." == shown(genotypes, "rs17002853")


def test_absent_sites_become_reference_only_when_declared(tmp_path):
    vcf = Vcf("a", "b").add(*SNV, "0/1", "./.")
    genotypes = vcf.read(tmp_path, absent_is_reference=True)

    assert ["G/A", "./."] == [shown(genotypes, S2, i) for i in range(2)]
    assert ["G/G", "CAT/CAT", "A"] == [shown(genotypes, r) for r in (S3, "rs3064744", MT)]
    assert genotypes.absent_is_reference
    assert any("no record at all on chr2" in w for w in genotypes.warnings)


def test_declared_reference_does_not_replace_a_filtered_record(tmp_path):
    genotypes = Vcf().add(*SNV, "0/1", filters="LowQual").read(tmp_path, absent_is_reference=True)

    assert ("./.", "filter LowQual") == (shown(genotypes, S2), why(genotypes, S2))


def test_declared_reference_on_x_follows_the_copies_that_are_seen(tmp_path):
    table_x = type(TABLE)((*TABLE.sites, TABLE.sites[7].__class__("G6PD", "chrX", 154535277, ("T", "C"), "rs1050829", 0, 153763492, "T")))
    vcf = Vcf("m", "f").add("chrX", 154536002, "C", "T", "0", "0/0")
    genotypes = vcf.read(tmp_path, table=table_x, absent_is_reference=True)

    assert [[0, -3], [0, 0]] == genotypes.codes[-1].tolist()


def test_digest_and_origin_identify_the_input(tmp_path):
    import hashlib

    vcf = Vcf().add(*SNV, "0/1")
    genotypes = vcf.read(tmp_path)

    assert hashlib.sha256(vcf.text().encode()).hexdigest() == genotypes.digest
    assert ("VCF", "GRCh38") == (genotypes.origin, genotypes.build)
    assert np.int8 == genotypes.codes.dtype
