"""The reference build: what the header states is tested against the bases at the sites; nothing is guessed."""

import pytest
from vcf_builder import TABLE, Vcf, seen, shown, why

from painloom.errors import InputError

S2, S3, FLIP, UNPROVEN = "rs4244285", "rs4986893", "rs3758581", "rs777691989"
ON_38, ON_37 = ("chr10", 94781859, "G", "A"), ("10", 96541616, "G", "A")


@pytest.mark.parametrize(
    ("header", "record", "build"),
    [
        ({"contigs": "GRCh38"}, ON_38, "GRCh38"),
        ({"contigs": None, "meta": ["##contig=<ID=10,length=135534747>"]}, ON_37, "GRCh37"),
        ({"contigs": None, "meta": ["##contig=<ID=chr10,assembly=GRCh38.p13>"]}, ON_38, "GRCh38"),
        ({"contigs": None, "meta": ["##reference=file:///refs/human_g1k_v37.fasta"]}, ON_37, "GRCh37"),
        ({"contigs": None, "meta": ["##reference=hg38"]}, ON_38, "GRCh38"),
        ({"contigs": None}, ON_38, "GRCh38"),
        ({"contigs": None}, ON_37, "GRCh37"),
        ({"contigs": None}, ("NC_000010.10", *ON_37[1:]), "GRCh37"),
        ({"contigs": None}, ("NC_000010.11", *ON_38[1:]), "GRCh38"),
    ],
)
def test_build_comes_from_header_or_from_the_only_build_that_fits(tmp_path, header, record, build):
    genotypes = Vcf(**header).add(*record, "0/1").read(tmp_path)

    assert build == genotypes.build
    assert "G/A" == shown(genotypes, S2)


@pytest.mark.parametrize(
    ("header", "record", "options", "words"),
    [
        ({"contigs": "GRCh38"}, ON_37, {}, "is GRCh38 according to the sequences in the header, but .* those of GRCh37"),
        ({"contigs": "GRCh37"}, ON_38, {}, "is GRCh37 according to .* those of GRCh38"),
        ({"contigs": None, "meta": ["##reference=hg19.fa"]}, ON_38, {}, "is GRCh37 according to the header"),
        ({"contigs": None}, ON_37, {"build": "GRCh38"}, "is GRCh38 according to the user"),
        ({"contigs": "GRCh38"}, ON_38, {"build": "GRCh37"}, "declared as GRCh37, but its sequences are those of GRCh38"),
        ({"contigs": None, "meta": ["##reference=hg18.fa"]}, ON_38, {}, "another reference than"),
        ({"contigs": None, "meta": ["##reference=chm13v2.0.fa"]}, ON_38, {}, "another reference than"),
        (
            {"contigs": None, "meta": ["##contig=<ID=chr2,length=242193529>", "##contig=<ID=chr10,length=135534747>"]},
            ON_38,
            {},
            "of GRCh38 and of",
        ),
        ({"contigs": None}, ("chr10", 5000, "G", "A"), {}, "declare GRCh38 or GRCh37"),
        ({"contigs": None}, ON_38, {"build": "hg38"}, "'hg38' is not known"),
    ],
)
def test_build_that_cannot_be_right_is_refused_in_one_line(tmp_path, header, record, options, words):
    with pytest.raises(InputError, match=words) as error:
        Vcf("person", **header).add(*record, "0/1").read(tmp_path, **options)

    assert "\n" not in str(error.value)
    assert "person" not in str(error.value)


def test_records_of_both_builds_are_undecidable(tmp_path):
    with pytest.raises(InputError, match="its records do not show it"):
        Vcf(contigs=None).add(*ON_38, "0/1").add("chr10", 96540410, "G", "A", "0/1").read(tmp_path)


def test_declared_build_decides_what_the_records_cannot(tmp_path):
    vcf = Vcf(contigs=None).add("chr10", 94781859, "G", ".", "0/0")

    with pytest.raises(InputError, match="declare GRCh38 or GRCh37"):
        vcf.read(tmp_path)
    assert "G/G" == shown(vcf.read(tmp_path, build="GRCh38"), S2)


@pytest.mark.parametrize(
    ("pos", "ref", "alt", "gt"), [(94781859, "C", "A", "0/1"), (94781858, "TC", "T", "0/1"), (94781859, "A", ".", "0/0")]
)
def test_reference_base_that_contradicts_the_build_is_refused(tmp_path, pos, ref, alt, gt):
    with pytest.raises(InputError, match=rf"^genome\.vcf: chr10:94781859: the reference allele has {ref[-1]} where GRCh38 has G"):
        Vcf().add("chr10", pos, ref, alt, gt).read(tmp_path)


def test_unknown_bases_contradict_nothing(tmp_path):
    genotypes = Vcf().add("chr10", 94781858, "NG", "NA", "0/1").read(tmp_path)

    assert "G/A" == shown(genotypes, S2)


def test_site_whose_reference_base_differs_between_builds_is_read_by_its_bases(tmp_path):
    vcf = Vcf("a", "b", "c", contigs="GRCh37").add("10", 96602623, "G", "A", "0/0", "0/1", "1/1")
    genotypes = vcf.read(tmp_path)

    assert ["G/G", "G/A", "A/A"] == [shown(genotypes, FLIP, i) for i in range(3)]
    assert [[1, 1], [1, 0], [0, 0]] == genotypes.codes[2].tolist()


def test_absent_site_is_the_reference_base_of_its_own_build(tmp_path):
    vcf = Vcf(contigs="GRCh37").add(*ON_37, "0/1")

    assert "G/G" == shown(vcf.read(tmp_path, absent_is_reference=True), FLIP)
    assert "A/A" == shown(Vcf().add(*ON_38, "0/1").read(tmp_path, absent_is_reference=True), FLIP)


def test_site_without_proven_place_is_left_out_when_its_base_differs(tmp_path):
    vcf = Vcf(contigs="GRCh37").add(*ON_37, "0/1").add("22", 42524326, "TAGG", "T", "0/1")
    genotypes = vcf.read(tmp_path, absent_is_reference=True)

    assert "./." == shown(genotypes, UNPROVEN)
    assert "not proven" in why(genotypes, UNPROVEN)
    assert any("1 sites were left out" in w for w in genotypes.warnings)


def test_site_without_proven_place_is_read_when_its_base_agrees(tmp_path):
    vcf = Vcf(contigs="GRCh37").add(*ON_37, "0/1").add("22", 42524326, "CAGG", "C", "0/1")

    assert "CAGG/C" == shown(vcf.read(tmp_path), UNPROVEN)


def test_site_without_any_place_on_the_build_says_so(tmp_path):
    from dataclasses import replace

    table = type(TABLE)((TABLE.sites[0], replace(TABLE.sites[1], position37=0)))
    genotypes = Vcf(contigs="GRCh37").add(*ON_37, "0/1").read(tmp_path, table=table, absent_is_reference=True)

    assert "no position is known on GRCh37" == genotypes.reason(1, 0)
    assert [-1, -1] == genotypes.codes[1, 0].tolist()


def test_repeats_on_grch37_are_recognised(tmp_path):
    vcf = Vcf("a", contigs="GRCh37").add("2", 234668879 + 14, "T", "TAT", "0/1")

    assert "CAT/CATAT" == shown(vcf.read(tmp_path), "rs3064744")


def test_old_mitochondrion_of_hg19_is_left_out(tmp_path):
    meta = ["##contig=<ID=chr10,length=135534747>", "##contig=<ID=chrM,length=16571>"]
    genotypes = Vcf(contigs=None, meta=meta).add("chr10", *ON_37[1:], "0/1").add("chrM", 1555, "C", "T", "0/1").read(tmp_path)

    assert "hg19" in why(genotypes, "rs267606617")


def test_header_words_that_disagree_with_the_sequences_are_a_warning(tmp_path):
    genotypes = Vcf(meta=["##reference=hg19.fa"]).add(*ON_38, "0/1").read(tmp_path)

    assert "GRCh38" == genotypes.build
    assert any("the header also speaks of GRCh37" in w for w in genotypes.warnings)


def test_other_chromosomes_are_ignored(tmp_path):
    vcf = Vcf().add(*ON_38, "0/1").add("chr22_KI270879v1_alt", 42128325, "C", "G", "0/1").add("HLA-A", 94780653, "C", "G", "0/1")

    assert 0 == seen(vcf.read(tmp_path), "rs17002853")
