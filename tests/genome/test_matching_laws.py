"""Laws of the matcher, for every gene that has named alleles."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import knowledge
from painloom.genome.group import canonical, group
from painloom.genome.match import fits
from painloom.genome.panel import encode
from painloom.model.genotypes import MISSING

PANELS = {c.symbol: encode(c) for c in knowledge().genes.values() if c.sites and any(not a.structural for a in c.alleles)}
GENES = sorted(PANELS)
SMALL = [g for g in GENES if len(PANELS[g].card.sites) <= 5]


def names(panel, fit):
    """Printed pairs, order free."""
    return {frozenset({panel.printed[a], panel.printed[b] if b >= 0 else ""}) for a, b in zip(fit.first, fit.second, strict=True)}


@st.composite
def people(draw, genes=GENES):
    """A gene and a person made of two named alleles; where a row accepts two bases one is drawn."""
    panel = PANELS[draw(st.sampled_from(genes))]
    rows = draw(st.tuples(*[st.integers(0, len(panel.rows) - 1)] * 2))
    seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    codes = np.empty((len(panel.card.sites), 2), dtype=np.int8)
    for slot, row in enumerate(rows):
        for site in range(len(codes)):
            codes[site, slot] = seed.choice(np.flatnonzero(panel.permits[site, :, row]))
    phased = draw(st.booleans())
    phase = np.full(len(codes), int(phased), dtype=np.int32)
    if not phased:
        turned = seed.random(len(codes)) < 0.5
        codes[turned] = codes[turned, ::-1]
    return panel, rows, codes, phase


def solve(panel, codes, phase):
    codes, phase = canonical(codes[:, None, :], phase[:, None])
    return fits(panel, codes[:, 0], phase[:, 0])


@given(people())
@settings(max_examples=300, deadline=None)
def test_the_true_pair_is_always_among_the_answers(person):
    panel, rows, codes, phase = person

    assert frozenset(panel.printed[r] for r in rows) in {f - {""} for f in names(panel, solve(panel, codes, phase))}


@given(people(), st.floats(0, 1), st.integers(0, 2**32 - 1))
@settings(max_examples=300, deadline=None)
def test_losing_sites_never_contradicts_the_full_call(person, share, seed):
    panel, _, codes, phase = person
    full = names(panel, solve(panel, codes, phase))
    thin = codes.copy()
    thin[np.random.default_rng(seed).random(len(codes)) < share] = MISSING

    assert full <= names(panel, solve(panel, thin, phase))


@given(people())
@settings(max_examples=200, deadline=None)
def test_losing_the_phase_never_removes_an_answer(person):
    panel, _, codes, phase = person

    assert names(panel, solve(panel, codes, phase)) <= names(panel, solve(panel, codes, np.zeros_like(phase)))


@given(people(), st.integers(0, 2**32 - 1))
@settings(max_examples=200, deadline=None)
def test_swapping_what_has_no_order_changes_nothing(person, seed):
    panel, _, codes, phase = person
    other = codes.copy()
    if phase.any():
        other = other[:, ::-1]  # the two strands of one block have no names
    else:
        turned = np.random.default_rng(seed).random(len(codes)) < 0.5
        other[turned] = other[turned, ::-1]
    one, two = solve(panel, codes, phase), solve(panel, other, phase)

    assert [*zip(one.first, one.second, strict=True)] == [*zip(two.first, two.second, strict=True)]


@given(people(), st.integers(0, 2**32 - 1))
@settings(max_examples=200, deadline=None)
def test_phasing_a_homozygote_changes_nothing(person, seed):
    panel, _, codes, phase = person
    same = codes[:, 0] == codes[:, 1]
    other = phase.copy()
    other[same] = np.random.default_rng(seed).integers(0, 4, size=len(codes))[same]
    one, two = solve(panel, codes, phase), solve(panel, codes, other)

    assert [*zip(one.first, one.second, strict=True)] == [*zip(two.first, two.second, strict=True)]


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_small_genes_agree_with_brute_force(data):
    """All strand assignments of all blocks, written out, give the same pairs as the block rule."""
    panel = PANELS[data.draw(st.sampled_from(SMALL))]
    width = [len(s.alleles) for s in panel.card.sites]
    codes = np.array([data.draw(st.tuples(st.integers(-1, w - 1), st.integers(-1, w - 1))) for w in width], dtype=np.int8)
    phase = np.array([data.draw(st.integers(0, 2)) for _ in width], dtype=np.int32)
    codes, phase = (x[:, 0] for x in canonical(codes[:, None, :], phase[:, None]))
    blocks = [[i] for i in range(len(width)) if phase[i] == 0] + [[i for i in range(len(width)) if phase[i] == b] for b in {*phase} - {0}]
    expected = set()
    for turns in itertools.product((0, 1), repeat=len(blocks)):
        left, right = codes[:, 0].copy(), codes[:, 1].copy()
        for block, turn in zip(blocks, turns, strict=True):
            if turn:
                left[block], right[block] = right[block], left[block].copy()
        sides = [
            [r for r in range(len(panel.rows)) if all(c == MISSING or panel.permits[s, c, r] for s, c in enumerate(strand))]
            for strand in (left, right)
        ]
        expected |= {frozenset({panel.printed[a], panel.printed[b]}) for a in sides[0] for b in sides[1]}

    assert names(panel, fits(panel, codes, phase)) == expected


@given(st.lists(people(genes=["CYP2C19"]), min_size=1, max_size=8), st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_a_cohort_is_its_people_in_any_order(persons, seed):
    panel = persons[0][0]
    codes = np.stack([p[2] for p in persons], axis=1)
    phase = np.stack([p[3] for p in persons], axis=1)
    order = np.random.default_rng(seed).permutation(len(persons))
    copies = np.full((1, len(persons)), -1, dtype=np.int8)
    for take in (np.arange(len(persons)), order):
        groups = group(codes[:, take], phase[:, take], copies)
        for n, who in enumerate(take):
            g = groups.of_sample[n]
            together = fits(panel, groups.codes[:, g], groups.phase[:, g])
            alone = solve(panel, persons[who][2], persons[who][3])
            assert [*zip(together.first, together.second, strict=True)] == [*zip(alone.first, alone.second, strict=True)]


@pytest.mark.parametrize("symbol", GENES)
def test_every_named_allele_is_found_as_a_homozygote(symbol):
    panel = PANELS[symbol]
    for r, allele in enumerate(panel.rows):
        codes = np.array([[np.flatnonzero(panel.permits[s, :, r])[0]] * 2 for s in range(len(panel.card.sites))], dtype=np.int8)
        found = names(panel, fits(panel, codes, np.zeros(len(codes), dtype=np.int32)))

        assert frozenset({allele.prints_as}) in found
