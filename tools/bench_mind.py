"""Benchmarks of the mind stream: a million answer rows against a plain loop, the scoring kernel alone, one step of an adaptive test."""

import sys
import time
from pathlib import Path

import numpy as np

import bench_mind_peer as peer
from bench_measure import BIN, NOTHING, Row, fastest, run
from painloom.knowledge.load import load
from painloom.mind.bank import prepare, shipped_bank
from painloom.mind.cat import CatOptions, answer, next_item, start_test
from painloom.mind.scoring import score
from painloom.model.answers import UNANSWERED

INSTRUMENT, ITEMS, TOP = "phq-9", 9, 3
TOOLS = Path(__file__).parent
FASTER, KERNEL_FASTER, STEP_MS, STEPS = 5.0, 50.0, 5.0, 12


def answer_table(folder: Path, people: int) -> Path:
    """A table of invented answers, one cell in fifty empty; made once."""
    path = folder / f"answers-{people}.csv"
    if not path.exists():
        draw = np.random.default_rng(20261124)
        values = draw.integers(0, TOP + 1, (people, ITEMS))
        empty = draw.random((people, ITEMS)) < 0.02
        cells = np.where(empty, "", values.astype("U1"))
        lines = (f"p{i:07d}," + ",".join(row) + "\n" for i, row in enumerate(cells.tolist()))
        path.write_text("id," + ",".join(map(str, range(1, ITEMS + 1))) + "\n" + "".join(lines))
    return path


def scoring_rows(folder: Path, people: int) -> list[Row]:
    """The whole command and the kernel alone, each against the same work as a plain loop on one core."""
    table = answer_table(folder, people)
    ours, theirs = folder / "scores.tsv", folder / "scores-peer.tsv"
    command = [str(BIN / "painloom"), "mind", "score", INSTRUMENT, str(table), "--format", "tsv", "-o", str(ours)]
    mine = min((run(command, one_core=True) for _ in range(3)), key=lambda r: r.seconds)
    plain = run([sys.executable, str(TOOLS / "bench_mind_peer.py"), str(table), str(theirs)], one_core=True)
    differ = _same_rows(ours, theirs)
    note = f"{people:,} rows read, checked, scored, written; {differ} rows differ from the loop's"
    return [
        Row("mind score, one core", mine.seconds, "s", plain.seconds / FASTER, "less", "limit", note),
        Row("mind score against a plain Python loop", people / mine.seconds, "rows/s", people / plain.seconds, "more", "peer"),
        Row("mind score, rows that differ from the loop", max(differ, NOTHING / 2), "rows", 0.5, "less", "limit"),
        *_kernel_rows(people),
    ]


def _same_rows(ours: Path, theirs: Path) -> int:
    """Rows of the loop (which scores one scale only) that ours lacks or has differently."""
    with ours.open(encoding="utf-8") as a, theirs.open(encoding="utf-8") as b:
        wanted = {line.split("\t")[2] for line in b}
        b.seek(0)
        kept = (line for line in a if line.split("\t", 3)[2] in wanted)
        return sum(x != y for x, y in zip(kept, b, strict=True))


def _kernel_rows(people: int) -> list[Row]:
    card = load().instrument(INSTRUMENT)
    draw = np.random.default_rng(7)
    values = np.asfortranarray(draw.integers(0, TOP + 1, (people, ITEMS)).astype(np.int16))
    values[draw.random((people, ITEMS)) < 0.02] = UNANSWERED
    only = type(card)(**{**card.__dict__, "scales": card.scales[:1]}) if len(card.scales) > 1 else card
    ours = fastest(5, lambda: score(only, values))
    part = people // 10
    rows = [["" if v == UNANSWERED else str(v) for v in row] for row in values[:part].tolist()]
    numbers = [[None if cell == "" else int(cell) for cell in row] for row in rows]
    plain = fastest(3, lambda: [_plain(row) for row in numbers]) * people / part
    return [
        Row("scoring kernel alone", ours, "s", plain / KERNEL_FASTER, "less", "limit", f"{people:,} people in memory, total and band"),
        Row("scoring kernel against a plain Python loop", people / ours, "people/s", people / plain, "more", "peer"),
    ]


def adaptive_rows() -> list[Row]:
    """One step of an adaptive test on the largest bank that is shipped: choosing the next item and taking the answer."""
    knowledge = load()
    banks = [shipped_bank(knowledge, id_) for id_ in knowledge.files("banks")]
    bank = max(banks, key=lambda b: len(b.items))
    arrays = prepare(bank)
    found = []
    for select in ("mpwi", "mfi"):
        state = start_test(bank, CatOptions(select), arrays)
        steps: list[float] = []
        while (place := next_item(state)) is not None and len(steps) < STEPS:
            start = time.perf_counter()
            state = answer(state, place, place % bank.items[place].categories)
            next_item(state)
            steps.append((time.perf_counter() - start) * 1000)
        note = f"{len(bank.items)} items, slowest of {len(steps)} steps"
        found.append(Row(f"one step of an adaptive test, {select}", max(steps), "ms", STEP_MS, "less", "limit", note))
    return found


def _plain(row: list[int | None]) -> tuple[float | None, str]:
    total = answered = 0
    for value in row:
        if value is not None:
            total += value
            answered += 1
    if ITEMS - answered > peer.MOST_MISSING:
        return None, "."
    points = total if answered == ITEMS else total / answered * ITEMS
    return points, peer.band_of(points)
