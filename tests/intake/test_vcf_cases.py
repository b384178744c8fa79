"""Published and invented files of the reference folder: each is read whole, and agrees with a reading of its text by hand."""

import gzip

import pytest

from builders import knowledge
from painloom.intake.contigs import canonical
from painloom.intake.vcf import ReadOptions, read_genotypes, sample_names
from painloom.model.genotypes import ABSENT_COPY, MISSING, UNLISTED


def by_hand(path, table):
    """(samples, {row: [codes of each sample]}) for records that stand at a site with the site's own REF, or name no alternate."""
    rows = {}
    for i, site in enumerate(table.sites):
        rows.setdefault((canonical(site.chromosome), site.position), []).append(i)
    samples, found = (), {}
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if line.startswith("#CHROM"):
                samples = tuple(fields[9:])
            if line.startswith("#"):
                continue
            for i in rows.get((canonical(fields[0]), int(fields[1])), ()):
                listed, (ref, alt) = table.sites[i].alleles, fields[3:5]
                if ref == listed[0] or alt == ".":
                    alleles = [listed[0], *([] if alt == "." else alt.split(","))]
                    codes = [listed.index(a) if a in listed else UNLISTED for a in alleles]
                    found[i] = [_codes(value.split(":")[0], codes) for value in fields[9:]]
    return samples, found


def _codes(genotype, codes):
    parts = genotype.replace("|", "/").split("/")
    if "." in parts:
        return MISSING, MISSING
    pair = [codes[int(p)] for p in parts]
    return tuple(pair) if len(pair) == 2 else (pair[0], ABSENT_COPY)


@pytest.mark.parametrize("kind", ["cases/pharmcat/vcf/*.vcf", "cases/roundtrip/*.vcf.gz", "cases/1kgp_*.vcf.gz", "cases/guidance/*.vcf"])
def test_every_file_is_read_as_it_is_written(shared, kind):
    table = knowledge().table
    paths = sorted(shared.glob(kind))
    assert paths
    for path in paths:
        genotypes = read_genotypes(path, table, ReadOptions())
        samples, found = by_hand(path, table)

        assert samples == genotypes.samples == sample_names(path)
        assert "GRCh38" == genotypes.build
        for row in range(len(table.sites)):
            if row in found and genotypes.depth[row]:
                assert found[row] == [tuple(pair) for pair in genotypes.codes[row].tolist()], (path.name, table.sites[row].label)
        unread = [i for i in found if not genotypes.depth[i] and len(set(map(len, table.sites[i].alleles))) == 1]
        assert [] == unread


@pytest.mark.parametrize("gene", ["CYP2C19", "CYP2C9", "CYP3A4", "TPMT", "NUDT15", "RYR1"])
def test_panels_of_both_builds_are_told_apart(shared, gene):
    table = knowledge().table
    old = read_genotypes(shared / f"sources/panels/GRCh37/{gene}.vcf.gz", table, ReadOptions())
    new = read_genotypes(shared / f"sources/panels/GRCh38/{gene}.vcf.gz", table, ReadOptions())

    assert ["GRCh37", "GRCh38"] == [old.build, new.build]
    both = [i for i in range(len(table.sites)) if old.depth[i] and new.depth[i] and table.sites[i].gene == gene]
    column = {name: i for i, name in enumerate(new.samples)}
    people = [(i, column[name]) for i, name in enumerate(old.samples) if name in column]
    differ = sum(sorted(old.codes[row, a].tolist()) != sorted(new.codes[row, b].tolist()) for row in both for a, b in people)

    assert len(both) >= 3
    assert differ / (len(both) * len(people)) < 0.01  # two call sets of one panel: they disagree in a few genotypes
