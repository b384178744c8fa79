"""Scale scores -> the flat table of `mind score`: one row a person and scale, then what must be acted on at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from painloom.knowledge.instrument_cards import InstrumentCard
from painloom.mind.banked import PATTERN, bank_misfits, bank_scores
from painloom.mind.quality import QualityFlag, quality_flags
from painloom.mind.scoring import alerts, score
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.bank import ItemBank
from painloom.model.scores import NO_BAND, NOT_SCORED, STATUS, ItemAlert, ScaleScores

SCORE_COLUMNS = ("id", "instrument", "scale", "score", "se", "unit", "band", "answered", "missing", "status")
NONE = "."
ALERT, FLAG = "alert:", "flag:"
PIECE = 16_384
FIXED_DECIMALS = {"T": 1, "utility": 3}
SMALL = 1 << 20
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Column:
    """One output row for every person, or for some: `texts[code[person]]` is what stands behind the id; code -1 = no row."""

    code: Codes
    texts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What else than the plain scales: those that stand on a report only, T-scores from a clinic's bank by `method`, and flags on how
    the questions were answered."""

    extra: bool = False
    flags: bool = False
    bank: ItemBank | None = None
    method: str = PATTERN


PLAIN = Wanted()


def score_rows(card: InstrumentCard, answers: Answers, wanted: Wanted = PLAIN) -> Iterator[tuple[str, ...]]:
    """The rows as texts, person by person."""
    columns = _columns(card, answers.values, wanted)
    for person, name in enumerate(answers.names()):
        for column in columns:
            if column.code[person] >= 0:
                yield (name, *column.texts[column.code[person]])


def score_tsv(card: InstrumentCard, pieces: Iterable[Answers], wanted: Wanted = PLAIN) -> Iterator[bytes | memoryview]:
    """The same rows as TSV bytes with their header, a part for each piece; made by array operations."""
    yield ("\t".join(SCORE_COLUMNS) + "\n").encode()
    for answers in pieces:
        ids = answers.ids if isinstance(answers.ids, np.ndarray) else np.array([n.encode("utf-8") for n in answers.ids], np.bytes_)
        for start in range(0, len(ids), PIECE):
            chunk = slice(start, start + PIECE)
            yield _piece(ids[chunk], _columns(card, answers.values[chunk], wanted))


def _piece(ids: npt.NDArray[np.bytes_], columns: Sequence[_Column]) -> memoryview:
    """Every row as a padded line of a byte grid; NUL is padding, since no cell can hold it."""
    names = _grid(ids)
    blocks = []
    for column in columns:
        tails = _grid(np.array([("\t" + "\t".join(cells) + "\n").encode("utf-8") for cells in column.texts] or [b"\n"], np.bytes_))
        line = np.concatenate([names, tails[np.maximum(column.code, 0)]], axis=1)
        if (column.code < 0).any():
            line[column.code < 0] = 0
        blocks.append(line)
    grid = np.concatenate(blocks, axis=1)
    kept: npt.NDArray[np.uint8] = grid[grid != 0]
    return kept.data


def _grid(texts: npt.NDArray[np.bytes_]) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(texts).view(np.uint8).reshape(len(texts), -1)


def _columns(card: InstrumentCard, values: npt.NDArray[np.int16], wanted: Wanted) -> list[_Column]:
    found = score(card, values, extra=wanted.extra)
    if wanted.bank is not None:
        found += bank_scores(card, wanted.bank, values, wanted.method)
    scales = [_scale_column(card.id, scores) for scores in found]
    if wanted.flags:
        raised = quality_flags(card, values) + (bank_misfits(card, wanted.bank, values) if wanted.bank else ())
        scales += [_flag_column(card.id, flag) for flag in raised]
    return [*scales, *(_alert_column(card, alert, values) for alert in alerts(card, values))]


def _scale_column(instrument: str, scores: ScaleScores) -> _Column:
    """The few different rows that the people of this scale have, and who has which."""
    code, first = _combine([_coded(scores.score), scores.answered.astype(np.int64), scores.status.astype(np.int64) + 1, scores.band + 2])
    return _Column(code, tuple(_cells(instrument, scores, person) for person in first))


def _coded(score: npt.NDArray[np.float64]) -> Codes:
    """Numbers that tell the scores apart to four decimals; none is one below the lowest."""
    none = np.isnan(score)
    coded = np.round(np.where(none, 0, score) * 10_000).astype(np.int64)
    if none.any():
        coded[none] = coded.min() - 1
    return coded


def _combine(keys: Sequence[npt.NDArray[np.generic]]) -> tuple[Codes, list[int]]:
    """One code a person for all keys together, and for each code one person who has it."""
    code = np.zeros(len(keys[0]), np.int64)
    for key in keys:
        small = _ranked(key.astype(np.int64))
        code = _ranked(code * (int(small.max(initial=0)) + 1) + small)
    first = np.zeros(int(code.max(initial=-1)) + 1, np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    return code, first.tolist()


def _ranked(key: Codes) -> Codes:
    """Codes 0.. in the order of the key's values."""
    if not len(key):
        return key
    low = int(key.min())
    spread = int(key.max()) - low + 1
    if spread > SMALL:
        return np.unique(key, return_inverse=True)[1].astype(np.int64)
    present = np.zeros(spread, np.int64)
    present[key - low] = 1
    return (np.cumsum(present) - 1)[key - low]


def _cells(instrument: str, scores: ScaleScores, person: int) -> tuple[str, ...]:
    status = int(scores.status[person])
    answered = int(scores.answered[person])
    missing = scores.count - answered
    band = int(scores.band[person])
    return (
        instrument,
        scores.scale,
        number(float(scores.score[person]), scores.unit),
        number(float(scores.se[person]), "T" if scores.unit == "T" else ""),
        scores.unit,
        NONE if band == NO_BAND else scores.bands[band],
        str(answered),
        str(missing),
        STATUS[status] + (f": {missing} of {scores.count} unanswered" if status == NOT_SCORED else ""),
    )


def number(value: float, unit: str) -> str:
    """T-scores with one decimal, utilities with three, the rest with up to four and no trailing zeros; "." for none."""
    if np.isnan(value):
        return NONE
    if unit in FIXED_DECIMALS:
        return f"{value:.{FIXED_DECIMALS[unit]}f}"
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _flag_column(instrument: str, flag: QualityFlag) -> _Column:
    cells = (instrument, f"{FLAG}{flag.kind}:{flag.scale}", NONE, NONE, NONE, "ask", NONE, NONE, NONE)
    return _Column(np.where(flag.raised, 0, -1).astype(np.int64), (cells,))


def _alert_column(card: InstrumentCard, alert: ItemAlert, values: npt.NDArray[np.int16]) -> _Column:
    rule = next(rule for rule in card.alerts if rule.id == alert.id)
    items = sorted({*rule.items, *rule.must})
    answered = (values[:, items] != UNANSWERED).sum(axis=1).astype(np.int64)
    code, first = _combine([alert.state.astype(np.int64) + 1, answered])
    texts = tuple(
        (card.id, ALERT + alert.id, NONE, NONE, NONE, alert.states[alert.state[p]], str(answered[p]), str(len(items) - answered[p]), NONE)
        if alert.state[p] >= 0
        else ()
        for p in first
    )
    return _Column(np.where(alert.state >= 0, code, -1), texts)
