"""Laws of reading: what must not change the genotypes, whatever they are."""

import tempfile

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from vcf_builder import TABLE, Vcf, row_of

AUTOSOMAL = [s for s in TABLE.sites if s.chromosome not in ("chrX", "chrM")]
FOLDER = tempfile.TemporaryDirectory()
TA = TABLE.sites[row_of()["rs3064744"]]
TRACT = "C" + "AT" * 7 + "A"


@st.composite
def genotypes_of(draw, sites=AUTOSOMAL, samples=3):
    """Site -> one genotype a sample: (first, second, separator), -1 = `.`."""
    out = {}
    for site in draw(st.lists(st.sampled_from(sites), unique=True, min_size=1)):
        allele = st.integers(-1, len(site.alleles) - 1)
        out[site] = [draw(st.tuples(allele, allele, st.sampled_from("/|"))) for _ in range(samples)]
    return out


def spelled(a, b, separator):
    return separator.join("." if x < 0 else str(x) for x in (a, b))


def record(vcf, site, values, alternates=None):
    return vcf.add(site.chromosome, site.position, site.alleles[0], ",".join(alternates or site.alleles[1:]), *values)


def whole(content, samples=("a", "b", "c"), order=(0, 1, 2)):
    vcf = Vcf(*samples)
    for site, values in content.items():
        record(vcf, site, [spelled(*values[i]) for i in order])
    return vcf


def read(vcf):
    return vcf.read(FOLDER.name)


def same(first, second):
    return (
        np.array_equal(first.codes, second.codes)
        and np.array_equal(first.phase, second.phase)
        and first.reasons == second.reasons
        and set(first.unlisted) == set(second.unlisted)
    )


@given(genotypes_of(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_order_of_records_does_not_matter(content, random):
    vcf = whole(content)
    straight = read(vcf)
    random.shuffle(vcf.lines)

    assert same(straight, read(vcf))


@given(genotypes_of(), st.permutations((0, 1, 2)))
@settings(max_examples=60, deadline=None)
def test_order_of_samples_only_permutes_the_columns(content, order):
    straight = read(whole(content))
    turned = read(whole(content, order=order))

    assert np.array_equal(straight.codes[:, order], turned.codes)
    assert np.array_equal(straight.phase[:, order], turned.phase)


@given(genotypes_of(), st.sampled_from(["zero", "dot"]), st.randoms())
@settings(max_examples=120, deadline=None)
def test_splitting_a_line_by_alternate_changes_nothing(content, style, random):
    split = Vcf("a", "b", "c")
    for site, values in content.items():
        for number, alternate in enumerate(site.alleles[1:], start=1):
            row = []
            for a, b, separator in values:
                other = 0 if style == "zero" else -1
                row.append(spelled(*(x if x <= 0 else 1 if x == number else other for x in (a, b)), separator))
            record(split, site, row, [alternate])
    random.shuffle(split.lines)
    one, two = read(whole(content)), read(split)

    assert np.array_equal(one.codes, two.codes)
    assert np.array_equal(one.phase[(one.codes >= 0).all(axis=2)], two.phase[(one.codes >= 0).all(axis=2)])


@given(genotypes_of())
@settings(max_examples=60, deadline=None)
def test_phasing_homozygotes_changes_no_code(content):
    phased = {site: [(a, b, "|" if a == b else s) for a, b, s in values] for site, values in content.items()}

    assert np.array_equal(read(whole(content)).codes, read(whole(phased)).codes)


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 13), st.text("ACGT", max_size=4), st.integers(0, 6))
@settings(max_examples=150, deadline=None)
def test_context_and_place_of_an_indel_change_nothing(a, b, shift, left, more):
    """Every allele is written at a shifted anchor, with bases of context on both sides."""
    changes = [len(allele) - len(TA.alleles[0]) for allele in TA.alleles]
    shift = min(shift, len(TRACT) - 3)
    shift -= shift % 2  # whole units, so that one record holds deletion and insertions
    reference = TRACT[shift : min(shift + 3 + more, len(TRACT))]
    start = TA.position + shift
    if shift == 0:
        start, reference = start - len(left), left + reference
    anchor = len(left) + 1 if shift == 0 else 1
    alternates = []
    for change in changes[1:]:
        kept = reference[:anchor] + reference[anchor + 2 :] if change < 0 else reference[:anchor] + TRACT[1 + shift :][:2] * (change // 2)
        alternates.append(kept if change < 0 else kept + reference[anchor:])
    vcf = Vcf().add("chr2", start, reference, ",".join(alternates), spelled(a, b, "/"))
    plain = record(Vcf(), TA, [spelled(a, b, "/")])

    assert np.array_equal(read(plain).codes, read(vcf).codes)


@given(genotypes_of(), st.integers(0, 2))
@settings(max_examples=40, deadline=None)
def test_one_sample_reads_as_it_does_among_others(content, keep):
    vcf = whole(content)
    alone = vcf.read(FOLDER.name, samples=(vcf.samples[keep],))

    assert np.array_equal(read(vcf).codes[:, [keep]], alone.codes)


@given(genotypes_of())
@settings(max_examples=40, deadline=None)
def test_declaring_absent_sites_reference_changes_no_site_that_was_seen(content):
    vcf = whole(content)
    cautious, declared = read(vcf), vcf.read(FOLDER.name, absent_is_reference=True)

    assert np.array_equal(cautious.codes[cautious.depth > 0], declared.codes[cautious.depth > 0])
    assert (declared.codes[cautious.depth == 0, :, 0] == 0).all()
