"""Filters, quality, depth: what is too weak to use is missing and says why."""

import pytest
from vcf_builder import Vcf, shown, why

S2 = "rs4244285"
SNV = ("chr10", 94781859, "G", "A")


@pytest.mark.parametrize("filters", ["LowQual", "LowQual;q10"])
def test_filtered_record_is_missing_for_all(tmp_path, filters):
    vcf = Vcf("a", "b").add(*SNV, "0/1", "1/1", filters=filters)
    genotypes = vcf.read(tmp_path)

    assert ["./.", "./."] == [shown(genotypes, S2, i) for i in range(2)]
    assert {(0, -1): f"filter {filters}"} == genotypes.reasons
    assert ["G/A", "A/A"] == [shown(vcf.read(tmp_path, accept_filtered=True), S2, i) for i in range(2)]


@pytest.mark.parametrize("filters", ["PASS", "."])
def test_passed_record_is_used(tmp_path, filters):
    assert "G/A" == shown(Vcf().add(*SNV, "0/1", filters=filters).read(tmp_path), S2)


@pytest.mark.parametrize(
    "declared", ["", "##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=x>", "##FORMAT=<ID=GQ,Number=1,Type=Float,Description=x>"]
)
@pytest.mark.parametrize(
    ("keys", "value", "options", "reason"),
    [
        ("GT:GQ", "0/1:7", {"min_gq": 10}, "GQ 7 below 10"),
        ("GT:GQ", "0/1:9.5", {"min_gq": 10}, "GQ 9.5 below 10"),
        ("GT:RGQ", "0/1:3", {"min_gq": 10}, "RGQ 3 below 10"),
        ("GT:GQ:DP", "0/1:50:3", {"min_gq": 10, "min_dp": 8}, "DP 3 below 8"),
        ("GT:FT", "0/1:weak", {}, "filter weak"),
        ("GT:GQ", "0/1:10", {"min_gq": 10}, ""),
        ("GT:GQ:DP", "0/1:.:.", {"min_gq": 10, "min_dp": 8}, ""),
        ("GT:GQ:DP", "0/1", {"min_gq": 10, "min_dp": 8}, ""),
        ("GT:FT", "0/1:PASS", {}, ""),
        ("GT:GQ", "0/1:7", {}, ""),
    ],
)
def test_weak_genotype_is_missing_with_its_reason(tmp_path, keys, value, options, reason, declared):
    genotypes = Vcf("weak", "good", meta=[declared] if declared else []).add(*SNV, value, "1/1", keys=keys).read(tmp_path, **options)

    assert reason == why(genotypes, S2, 0)
    assert ("./." if reason else "G/A") == shown(genotypes, S2, 0)
    assert "A/A" == shown(genotypes, S2, 1)


def test_block_is_judged_by_its_least_depth(tmp_path):
    vcf = Vcf().add("chr10", 94781800, "T", "<NON_REF>", "0/0:30:4", info="END=94781900", keys="GT:DP:MIN_DP")
    genotypes = vcf.read(tmp_path, min_dp=8)

    assert "MIN_DP 4 below 8" == why(genotypes, S2)


def test_block_without_least_depth_is_judged_by_its_depth(tmp_path):
    vcf = Vcf().add("chr10", 94781800, "T", "<NON_REF>", "0/0:4:.", info="END=94781900", keys="GT:DP:MIN_DP")

    assert "DP 4 below 8" == why(vcf.read(tmp_path, min_dp=8), S2)


def test_accepting_filtered_records_does_not_lower_the_thresholds(tmp_path):
    vcf = Vcf().add(*SNV, "0/1:3", keys="GT:GQ", filters="q10")

    assert "GQ 3 below 10" == why(vcf.read(tmp_path, accept_filtered=True, min_gq=10), S2)
