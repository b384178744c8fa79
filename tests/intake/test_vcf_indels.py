"""One variant has many spellings; all of them must give the same allele, and a neighbour must not."""

import pytest
from vcf_builder import TABLE, Vcf, row_of, seen, shown, unlisted, why

from painloom.errors import InputError
from painloom.intake.alleles_at_site import place_of

TA, T3, MNP = "rs3064744", "rs41303343", "rs193922862"
START = 233760233


def test_known_tract_is_spelled_from_the_unit():
    place = place_of(TABLE.sites[row_of()[TA]], 0, "GRCh38")

    assert "C" + "AT" * 7 + "A" == place.known


@pytest.mark.parametrize(
    ("pos", "ref", "alt", "expected"),
    [
        (START, "CAT", "C", "C"),
        (START, "CAT", "CATAT", "CATAT"),
        (START, "C", "CAT", "CATAT"),
        (START, "C", "CATAT", "CATATAT"),
        (START, "CATATAT", "CATATATAT", "CATAT"),
        (START - 3, "GGGCAT", "GGGC", "C"),
        (START - 1, "TC", "TCAT", "CATAT"),
        (START + 2, "T", "TAT", "CATAT"),
        (START + 14, "T", "TAT", "CATAT"),
        (START + 14, "TA", "TATA", "CATAT"),
        (START + 13, "ATA", "A", "C"),
        (START + 1, "A", "ATA", "CATAT"),
        (START + 1, "ATATATATATATATAGG", "ATATATATATATAGG", "C"),
        (START + 15, "A", "ATA", "CATAT"),
    ],
)
def test_spelling_of_an_indel_does_not_matter(tmp_path, pos, ref, alt, expected):
    genotypes = Vcf().add("chr2", pos, ref, alt, "0/1").read(tmp_path)

    assert f"CAT/{expected}" == shown(genotypes, TA)


def test_multi_allelic_indel_in_one_longer_context(tmp_path):
    genotypes = Vcf("a", "b").add("chr2", START, "CATAT", "CAT,CATATAT,CATATATAT", "1/2", "3/0").read(tmp_path)

    assert ["C/CATAT", "CATATAT/CAT"] == [shown(genotypes, TA, i) for i in range(2)]


@pytest.mark.parametrize(
    ("pos", "ref", "alt", "text"),
    [
        (START, "C", "CG", "CGAT"),
        (START, "CATAT", "C", "CATAT>C"),
        (START, "C", "CATATAT", "CATATATAT"),
        (START + 4, "T", "TG", "T>TG"),
        (START - 2, "GGCAT", "G", "GGCAT>G"),
    ],
)
def test_other_change_of_length_in_the_tract_is_unlisted(tmp_path, pos, ref, alt, text):
    genotypes = Vcf().add("chr2", pos, ref, alt, "0/1").read(tmp_path)

    assert "CAT/?" == shown(genotypes, TA)
    assert [text] == unlisted(genotypes, TA)


@pytest.mark.parametrize(
    ("pos", "ref", "alt"),
    [(START, "C", "T"), (START + 2, "T", "G"), (START - 1, "G", "GA"), (START + 16, "C", "CAT"), (START + 16, "GG", "G")],
)
def test_neighbouring_variant_says_nothing_of_the_indel(tmp_path, pos, ref, alt):
    genotypes = Vcf().add("chr2", pos, ref, alt, "0/1").read(tmp_path)

    assert ("./.", 0) == (shown(genotypes, TA), seen(genotypes, TA))


def test_reference_genotype_vouches_only_in_a_record_of_this_indel(tmp_path):
    own = Vcf().add("chr2", START, "CATAT", "CAT", "0/0").read(tmp_path)
    right = Vcf().add("chr2", START + 14, "T", "TAT", "0/0").read(tmp_path)
    other = Vcf().add("chr2", START - 20, "G" * 19 + "TCATA", "G", "0/0").read(tmp_path)

    assert ["CAT/CAT", "CAT/CAT", "./."] == [shown(g, TA) for g in (own, right, other)]


def test_base_call_at_the_anchor_and_the_indel_in_a_record_of_its_own(tmp_path):
    vcf = Vcf().add("chr2", START, "C", ".", "0/0").add("chr2", START, "CAT", "CATAT", "0/1")

    assert "CAT/CATAT" == shown(vcf.read(tmp_path), TA)


def test_insertion_with_a_short_tract(tmp_path):
    left = Vcf().add("chr7", 99652770, "T", "TA", "1/1").read(tmp_path)
    right = Vcf().add("chr7", 99652771, "A", "AA", "1/1").read(tmp_path)
    strange = Vcf().add("chr7", 99652770, "T", "TG", "0/1").read(tmp_path)

    assert ["TA/TA", "TA/TA", "T/?"] == [shown(g, T3) for g in (left, right, strange)]


def test_indel_of_another_defining_site_is_not_unlisted_here(tmp_path):
    from painloom.model.genotypes import Site, SiteTable

    sites = (
        Site("CYP2D6", "chr22", 42128198, ("CTCAG", "C"), "rs72549351", 8),
        Site("CYP2D6", "chr22", 42128200, ("C", "CA"), "rs368858603", 1),
    )
    vcf = Vcf().add("chr22", 42128198, "CTCAG", "C", "0/0").add("chr22", 42128200, "C", "CA", "0/1")
    genotypes = vcf.read(tmp_path, table=SiteTable(sites))

    assert [[0, 0], [0, 1]] == genotypes.codes[:, 0].tolist()


def test_base_in_the_known_tract_that_contradicts_the_reference_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"chr2:233760236: the reference allele has G where GRCh38 has A"):
        Vcf().add("chr2", START + 3, "G", "C", "0/1").read(tmp_path)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([(38572266, "TC", "CT", "0/1")], "TC/CT"),
        ([(38572265, "GTC", "GCT", "1/1")], "CT/CT"),
        ([(38572266, "T", "C", "0|1"), (38572267, "C", "T", "0|1")], "TC|CT"),
        ([(38572266, "T", "C", "1/1"), (38572267, "C", "T", "0/1")], "?/CT"),
        ([(38572266, "T", "C", "0|1"), (38572267, "C", "T", "1|0")], "?|?"),
        ([(38572266, "T", ".", "0/0"), (38572267, "C", ".", "0/0")], "TC/TC"),
        ([(38572266, "T", "C", "0/1"), (38572267, "C", ".", "0/0")], "TC/?"),
    ],
)
def test_neighbouring_substitutions_of_one_site_are_put_together(tmp_path, records, expected):
    vcf = Vcf()
    for pos, ref, alt, gt in records:
        vcf.add("chr19", pos, ref, alt, gt)

    assert expected == shown(vcf.read(tmp_path), MNP)


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([(38572266, "T", "C", "0/1"), (38572267, "C", "T", "0/1")], "neighbouring substitutions without phase"),
        ([(38572266, "T", "C", "0/1")], "only a part of the site was seen"),
        ([(38572266, "T", ".", "0/0")], "only a part of the site was seen"),
        ([(38572266, "T", "C", "0/1"), (38572267, "C", "T", "./.")], "half a genotype"),
    ],
)
def test_site_of_two_bases_is_missing_when_the_pair_is_not_known(tmp_path, records, reason):
    vcf = Vcf()
    for pos, ref, alt, gt in records:
        vcf.add("chr19", pos, ref, alt, gt)

    assert ("./.", reason) == (shown(vcf.read(tmp_path), MNP), why(vcf.read(tmp_path), MNP))


def test_declared_reference_fills_the_base_that_has_no_record(tmp_path):
    genotypes = Vcf().add("chr19", 38572266, "T", "C", "0/1").read(tmp_path, absent_is_reference=True)

    assert "TC/?" == shown(genotypes, MNP)
    assert ["CC"] == unlisted(genotypes, MNP)
