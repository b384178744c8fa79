"""Copy number of a region from structural records."""

import pytest
from vcf_builder import Vcf

INSIDE = "SVTYPE=DEL;END=42135000"
NEUTRAL = ("chr10", 94781859, "G", "A")


def copies(tmp_path, *records, samples=("s",)):
    vcf = Vcf(*samples).add(*NEUTRAL, *["0/0"] * len(samples))
    for alt, info, keys, *values in records:
        vcf.add("chr22", 42126000, "N", alt, *values, info=info, keys=keys)
    return vcf.read(tmp_path).copies[0].tolist()


@pytest.mark.parametrize(
    ("alt", "gt", "expected"),
    [
        ("<DEL>", "0/1", 1),
        ("<DEL>", "1/1", 0),
        ("<DEL>", "0/0", 2),
        ("<DEL>", "./.", -1),
        ("<DEL:ME:ALU>", "0|1", 1),
        ("<DUP>", "0/1", 3),
        ("<DUP:TANDEM>", "1/1", 4),
        ("<CN0>", "0|1", 1),
        ("<CN0>,<CN2>", "1|2", 2),
        ("<CN2>,<CN3>", "0|2", 4),
        ("<CNV>", "0/1", -1),
        ("<INV>", "0/1", -1),
    ],
)
def test_genotype_of_a_structural_record(tmp_path, alt, gt, expected):
    assert [expected] == copies(tmp_path, (alt, INSIDE, "GT", gt))


@pytest.mark.parametrize(
    ("alt", "info", "keys", "value", "expected"),
    [
        ("<CNV>", INSIDE, "GT:CN", "0/1:3", 3),
        ("<CNV>", INSIDE, "CN", "4", 4),
        ("<CNV>", INSIDE + ";CN=1", "GT", "./1", 1),
        ("<DEL>", INSIDE, "GT:CN", "0/1:1", 1),
        ("<DUP>", INSIDE, "GT:CN", "./.:5", 5),
    ],
)
def test_stated_copy_number_counts_first(tmp_path, alt, info, keys, value, expected):
    assert [expected] == copies(tmp_path, (alt, info, keys, value))


def test_length_stands_in_for_a_missing_end(tmp_path):
    assert [1] == copies(tmp_path, ("<DEL>", "SVTYPE=DEL;SVLEN=-9000", "GT", "0/1"))


@pytest.mark.parametrize(("end", "expected"), [(42128600, -1), (42128700, 1)])
def test_record_must_cover_half_of_the_region(tmp_path, end, expected):
    assert [expected] == copies(tmp_path, ("<DEL>", f"SVTYPE=DEL;END={end}", "GT", "0/1"))


def test_no_structural_record_says_nothing(tmp_path):
    assert [-1, -1] == copies(tmp_path, samples=("a", "b"))
    vcf = Vcf().add(*NEUTRAL, "0/0").add("chr22", 42126000, "N", "<NON_REF>", "0/0", info="END=42135000")
    assert [-1] == vcf.read(tmp_path).copies[0].tolist()


def test_records_of_one_region_add_up(tmp_path):
    assert [2, 3, 1] == copies(
        tmp_path, ("<DEL>", INSIDE, "GT", "0/1", "0/0", "0/1"), ("<DUP>", INSIDE, "GT", "0/1", "0/1", "0/0"), samples=("a", "b", "c")
    )


def test_stated_numbers_that_disagree_are_unknown(tmp_path):
    assert [-1] == copies(tmp_path, ("<CNV>", INSIDE, "GT:CN", "0/1:3"), ("<CNV>", INSIDE, "GT:CN", "0/1:1"))


def test_filtered_carrier_is_unknown_not_two_copies(tmp_path):
    vcf = Vcf("a", "b").add(*NEUTRAL, "0/0", "0/0").add("chr22", 42126000, "N", "<DEL>", "0/1", "0/0", info=INSIDE, filters="LowQual")

    assert [-1, -1] == vcf.read(tmp_path).copies[0].tolist()


def test_written_out_deletion_of_the_region(tmp_path):
    vcf = Vcf().add(*NEUTRAL, "0/0").add("chr22", 42126100, "A" + "N" * 5200, "A", "0/1")

    assert [1] == vcf.read(tmp_path).copies[0].tolist()


def test_absent_sites_declared_reference_say_nothing_of_copies(tmp_path):
    vcf = Vcf().add(*NEUTRAL, "0/0")

    assert [-1] == vcf.read(tmp_path, absent_is_reference=True).copies[0].tolist()


def test_region_on_grch37(tmp_path):
    vcf = Vcf(contigs="GRCh37").add("10", 96541616, "G", "A", "0/0")
    vcf.add("22", 42522000, "N", "<DEL>", "1/1", info="SVTYPE=DEL;END=42530000")

    assert [0] == vcf.read(tmp_path).copies[0].tolist()


def test_copy_number_of_the_record_says_nothing_of_one_among_several_samples(tmp_path):
    vcf = Vcf("a", "b").add(*NEUTRAL, "0/0", "0/0").add("chr22", 42126000, "N", "<CNV>", "0/1", "./.", info=INSIDE + ";CN=1")

    assert [-1] == vcf.read(tmp_path, samples=("b",)).copies[0].tolist()
