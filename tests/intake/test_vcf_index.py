"""With an index only the stretches around the sites are read; the answer is that of the whole file, or the index is not believed."""

import importlib
import random
import shutil

import numpy as np
import pytest
from vcf_builder import LENGTHS, TABLE, Vcf, shown

from painloom.errors import InputError
from painloom.intake import limits
from painloom.intake.vcf import ReadOptions, read_vcf

pysam = pytest.importorskip("pysam", reason="pysam is not installed: indexes cannot be made")
bcftools = importlib.import_module("pysam.bcftools")
S2 = "rs4244285"


@pytest.fixture(autouse=True)
def _small_files_use_their_index(monkeypatch):
    monkeypatch.setattr(limits, "INDEXED", 0)


def lines_of_a_genome(seed=1, count=30_000):
    """Sorted records on several chromosomes, a long reference block over one site, an indel written right of its tract."""
    rng = random.Random(seed)
    lines = []
    for name, length in LENGTHS["GRCh38"].items():
        for _ in range(count // len(LENGTHS["GRCh38"]) if length > 20_000 else 0):
            position = rng.randrange(10_000, length)
            if not any(abs(position - s.position) < 100 for s in TABLE.sites):
                lines.append((name, position, "A", "G", f"AC={rng.random()}", "0/1"))
    lines += [
        ("chr10", 94781859, "G", "A", ".", "0|1"),
        ("chr2", 233760233 + 14, "T", "TAT", ".", "1/1"),
        ("chrX", 154536002, "C", "T", ".", "1"),
    ]
    lines += [
        ("chr10", 94500000, "A", "<NON_REF>", "END=94780700", "0/0"),
        ("chr22", 42126000, "N", "<DEL>", "SVTYPE=DEL;END=42135000", "0/1"),
    ]
    order = list(LENGTHS["GRCh38"])
    return sorted(lines, key=lambda r: (order.index(r[0]), r[1]))


def genome(folder, *, csi=False, binary=False, **change):
    """A bgzip VCF (or BCF) with its index."""
    vcf = Vcf(meta=['##INFO=<ID=END,Number=1,Type=Integer,Description="x">'] + [
        f'##INFO=<ID={name},Number=1,Type=String,Description="x">' for name in ("AC", "SVTYPE")
    ] + ['##FORMAT=<ID=GT,Number=1,Type=String,Description="x">'])  # fmt: skip
    for name, position, ref, alt, info, gt in lines_of_a_genome(**change):
        vcf.add(name, position, ref, alt, gt, info=info)
    plain = vcf.write(folder / "plain.vcf")
    if binary:
        path = folder / "genome.bcf"
        bcftools.view("-Ob", "-o", str(path), str(plain), catch_stdout=False)
        bcftools.index("-f", str(path), catch_stdout=False)
        return path
    path = folder / "genome.vcf.gz"
    pysam.tabix_compress(str(plain), str(path), force=True)
    pysam.tabix_index(str(path), preset="vcf", force=True, csi=csi)
    return path


def read(path, **options):
    return read_vcf(path, TABLE, options=ReadOptions(**options))


def without_index(path):
    alone = path.with_name("alone" + "".join(path.suffixes))
    shutil.copyfile(path, alone)
    return alone


def same(first, second):
    assert np.array_equal(first.codes, second.codes)
    assert np.array_equal(first.phase, second.phase)
    assert np.array_equal(first.copies, second.copies)
    assert np.array_equal(first.depth, second.depth)
    assert first.digest == second.digest


@pytest.mark.parametrize("kind", [{}, {"csi": True}, {"binary": True}])
def test_index_gives_what_the_whole_file_gives(tmp_path, kind):
    path = genome(tmp_path, **kind)
    by_index, whole = read(path), read(without_index(path))

    same(by_index, whole)
    assert () == by_index.warnings
    assert ["G|A", "G/G", "CATAT/CATAT", "T"] == [shown(by_index, r) for r in (S2, "rs4986893", "rs3064744", "rs1050828")]
    assert [1] == by_index.copies[0].tolist()


def test_binary_and_text_give_the_same(tmp_path):
    (tmp_path / "t").mkdir()

    text, binary = read(genome(tmp_path / "t")), read(genome(tmp_path, binary=True))

    assert np.array_equal(text.codes, binary.codes)
    assert np.array_equal(text.phase, binary.phase)
    assert np.array_equal(text.copies, binary.copies)


def test_stretches_far_from_the_sites_are_not_read(tmp_path):
    path = genome(tmp_path)
    data = bytearray(path.read_bytes())
    middle = data.index(b"\x1f\x8b\x08\x04", 100_000)
    data[middle + 200 : middle + 220] = bytes(20)
    path.write_bytes(data)

    assert "G|A" == shown(read(path), S2)
    with pytest.raises(InputError, match="damaged"):
        read(without_index(path))


@pytest.mark.parametrize("kind", ["other", "garbage", "cut", "empty", "binning"])
def test_index_that_does_not_fit_is_not_believed(tmp_path, kind):
    (tmp_path / "other").mkdir()
    path, other = genome(tmp_path), genome(tmp_path / "other", seed=2)
    index = path.with_name(path.name + ".tbi")
    good = index.read_bytes()
    if kind == "other":
        shutil.copyfile(other.with_name(other.name + ".tbi"), index)
    elif kind == "binning":
        pysam.tabix_index(str(path), seq_col=0, start_col=1, end_col=1, meta_char="#", force=True)
    else:
        index.write_bytes({"garbage": b"x" * 500, "cut": good[: len(good) // 2], "empty": b""}[kind])
    genotypes = read(path)

    same(genotypes, read(without_index(path)))
    assert any("index does not fit" in w for w in genotypes.warnings)


def test_changed_file_with_its_old_index_is_read_whole(tmp_path):
    path = genome(tmp_path)
    index = path.with_name(path.name + ".tbi")
    old = index.read_bytes()
    text = (tmp_path / "plain.vcf").read_text().replace("0|1\n", "1|1\n")
    (tmp_path / "plain.vcf").write_text(text)
    pysam.tabix_compress(str(tmp_path / "plain.vcf"), str(path), force=True)
    index.write_bytes(old)

    assert "A|A" == shown(read(path), S2)


def test_unsorted_file_without_index_is_read(tmp_path):
    vcf = Vcf().add("chr22", 42128325, "A", "G", "0/1").add("chr10", 94781859, "G", "A", "0/1").add("chr2", 233759924, "C", "T", "1/1")
    genotypes = vcf.add("chr10", 94780653, "G", "A", "1/1").read(tmp_path)

    assert ["G/A", "A/A", "T/T", "A/G"] == [shown(genotypes, r) for r in (S2, "rs4986893", "rs887829", "rs17002853")]


def test_malformed_genotype_is_refused_by_index_too(tmp_path):
    path = genome(tmp_path)
    text = (tmp_path / "plain.vcf").read_text().replace("0|1\n", "0|9\n")
    (tmp_path / "plain.vcf").write_text(text)
    pysam.tabix_compress(str(tmp_path / "plain.vcf"), str(path), force=True)
    pysam.tabix_index(str(path), preset="vcf", force=True)

    with pytest.raises(InputError, match="chr10:94781859: a genotype names allele 9"):
        read(path)
