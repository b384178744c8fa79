"""One site in all samples at once: each distinct combination of genotypes is settled once, samples point to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from painloom.intake.alleles_at_site import Place, View
from painloom.intake.vcf_settle import Conflict, Outcome, Row, settle
from painloom.model.genotypes import MISSING

_SMALL = 65_536  # combinations that are counted rather than sorted


@dataclass
class Settled:
    """codes (samples, 2) int8, phase (samples,) int32, `unseen` (samples,) where no record speaks; reasons and unlisted by sample."""

    codes: NDArray[np.int8]
    phase: NDArray[np.int32]
    unseen: NDArray[np.bool_]
    reasons: dict[int, str] = field(default_factory=dict)
    unlisted: list[tuple[int, str]] = field(default_factory=list)


CONTRADICTION = "records contradict each other"


def settle_site(place: Place, views: Sequence[View], samples: int, *, rest_is_reference: bool, is_cohort: bool = False) -> Settled:
    """The genotypes of all samples at one site; `reasons` has the key -1 where one reason holds for every sample.

    Raises
    ------
    Conflict : as `settle`; in a cohort the people whose records contradict each other have no genotype instead.
    """
    weak = np.array([_weak_of(view, samples) for view in views])
    blocks = np.array([view.record.blocks for view in views])
    linked = _linked(blocks)
    columns = [linked.astype(np.int64)]
    for view, is_weak, block in zip(views, weak, blocks, strict=True):
        columns += [view.record.alleles[:, 0].astype(np.int64) + 2, view.record.alleles[:, 1].astype(np.int64) + 2]
        columns += [is_weak.astype(np.int64), (block > 0).astype(np.int64)]
    kinds, kind_of = distinct(columns)
    outcomes = [_settle_kind(place, views, kind, rest_is_reference, is_cohort) for kind in kinds]
    codes = np.array([o.codes for o in outcomes], dtype=np.int8)[kind_of]
    lead = np.array([o.lead for o in outcomes])[kind_of]
    phase = np.where(lead >= 0, np.take_along_axis(blocks, np.maximum(lead, 0)[None, :], axis=0)[0], 0)
    unseen = np.array([not o.is_seen for o in outcomes])[kind_of]
    settled = Settled(codes, phase.astype(np.int32), unseen)
    for number, outcome in enumerate(outcomes):
        _note(settled, views, outcome, np.flatnonzero(kind_of == number))
    common = set(settled.reasons.values())
    filters = {f"filter {view.record.filter}" for view in views if view.record.filter}
    if len(settled.reasons) == samples and len(common) == 1 and (samples > 1 or common <= filters):
        settled.reasons = {-1: common.pop()}
    return settled


def distinct(columns: Sequence[NDArray[np.int64]]) -> tuple[list[tuple[int, ...]], NDArray[np.intp]]:
    """The distinct rows of columns of small non-negative numbers, and for every row the number of its kind."""
    sizes = [int(column.max(initial=0)) + 1 for column in columns]
    total = 1
    for size in sizes:
        total *= size
    if total >= 2**62:
        table, kind_of = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        return [tuple(row) for row in table.tolist()], kind_of.reshape(-1)
    keys = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        keys = keys * size + column
    if total <= _SMALL:
        values = np.flatnonzero(np.bincount(keys, minlength=total))
        number = np.zeros(total, dtype=np.intp)
        number[values] = np.arange(len(values))
        kind_of = number[keys]
    else:
        values, kind_of = np.unique(keys, return_inverse=True)
    rows = []
    for value in values.tolist():
        row = []
        for size in reversed(sizes):
            value, digit = divmod(value, size)
            row.append(digit)
        rows.append(tuple(reversed(row)))
    return rows, kind_of


def _weak_of(view: View, samples: int) -> NDArray[np.bool_]:
    weak = np.full(samples, bool(view.record.filter))
    weak[list(view.record.weak)] = True
    return weak


def _linked(blocks: NDArray[np.int32]) -> NDArray[np.bool_]:
    """(samples,): all phased records lie in one block (and there is one)."""
    top = blocks.max(axis=0)
    one: NDArray[np.bool_] = (top > 0) & ((blocks == 0) | (blocks == top)).all(axis=0)
    return one


def _settle_kind(place: Place, views: Sequence[View], kind: tuple[int, ...], rest_is_reference: bool, is_cohort: bool) -> Outcome:
    linked, *numbers = kind
    rows = [Row(a - 2, b - 2, bool(w), bool(p)) for a, b, w, p in zip(*[iter(numbers)] * 4, strict=True)]
    all_phased = all(row.is_phased for row in rows if row.first != row.second and row.is_complete)
    try:
        return settle(place, views, rows, linked=bool(linked) and all_phased, rest_is_reference=rest_is_reference)
    except Conflict:
        if not is_cohort:
            raise
        return Outcome(reason=CONTRADICTION)


def _note(settled: Settled, views: Sequence[View], outcome: Outcome, members: NDArray[np.intp]) -> None:
    if outcome.texts:
        settled.unlisted += [(int(i), text) for i in members for text in outcome.texts]
    if outcome.codes != (MISSING, MISSING):
        return
    if outcome.weak >= 0:
        record = views[outcome.weak].record
        settled.reasons |= {int(i): f"filter {record.filter}" if record.filter else record.weak[int(i)] for i in members}
    elif outcome.reason:
        settled.reasons |= {int(i): outcome.reason for i in members}
