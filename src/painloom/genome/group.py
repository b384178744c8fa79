"""A cohort reduced to its distinct genotype vectors: each is solved once, the answer is broadcast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.model.genotypes import ABSENT_COPY, MISSING

Codes = NDArray[np.int8]
Phase = NDArray[np.int32]


@dataclass(frozen=True)
class Groups:
    """codes (sites, groups, 2), phase (sites, groups), extra (facts, groups): distinct vectors; `of_sample` (samples,) points to them."""

    codes: Codes
    phase: Phase
    extra: NDArray[np.int8]
    of_sample: NDArray[np.intp]


def group(codes: Codes, phase: Phase, extra: NDArray[np.int8]) -> Groups:
    """Distinct genotype vectors of one gene; samples with different `extra` (facts, samples), such as the copy number, stay apart.

    Two samples fall together when no phase information tells them apart: homozygous sites and blocks with a single heterozygous
    site carry none, the strands of a block have no names, and unphased pairs have no order.
    """
    plain = (codes == codes[:, :1, :1]).all(axis=(1, 2))  # everybody homozygous for one allele, or everybody missing: nothing to spell
    rest = ~plain
    spelled, blocks = canonical(codes[rest], phase[rest])
    keys = np.concatenate([spelled[..., 0], spelled[..., 1], blocks, extra], axis=0).astype(np.int16)
    rows = np.ascontiguousarray(keys.T)
    _, members, of_sample = np.unique(rows.view(np.dtype((np.void, rows.shape[1] * 2))).ravel(), return_index=True, return_inverse=True)
    distinct = codes[:, members, :].copy()
    distinct[rest] = spelled[:, members, :]
    distinct_phase = np.zeros((len(codes), len(members)), dtype=phase.dtype)
    distinct_phase[rest] = blocks[:, members]
    return Groups(distinct, distinct_phase, extra[:, members], of_sample.reshape(-1).astype(np.intp))


def canonical(codes: Codes, phase: Phase) -> tuple[Codes, Phase]:
    """The same genotypes in one spelling: see `group`.  A genotype with one missing slot is missing; haploid sites have no phase."""
    first, second = codes[..., 0].copy(), codes[..., 1].copy()
    gone = (first == MISSING) | (second == MISSING)
    first[gone] = second[gone] = MISSING
    heterozygous = (first != second) & (second != ABSENT_COPY)
    phase = np.where(heterozygous, phase, 0)
    phase = _renumber(phase)
    swap = (phase == 0) & heterozygous & (first > second)
    for block in range(1, int(phase.max(initial=0)) + 1):
        inside = phase == block
        at = inside.argmax(axis=0)
        cols = np.arange(phase.shape[1])
        turned = inside[at, cols] & (first[at, cols] > second[at, cols])
        swap |= inside & turned
    first[swap], second[swap] = second[swap], first[swap]
    return np.stack([first, second], axis=-1), phase


def _renumber(phase: Phase) -> Phase:
    """Blocks numbered 1, 2, ... by their first site; blocks of a single site become 0 (phase says nothing there)."""
    top = phase.max(axis=0, initial=0)
    one_block = ((phase == 0) | (phase == top)).all(axis=0)
    out = np.where(one_block & ((phase > 0).sum(axis=0) > 1), np.minimum(phase, 1), 0).astype(phase.dtype)
    for column in np.flatnonzero(~one_block):
        values = phase[:, column].tolist()
        several = [v for v in dict.fromkeys(values) if v and values.count(v) > 1]
        number = {v: i for i, v in enumerate(several, start=1)}
        out[:, column] = [number.get(v, 0) for v in values]
    return out
