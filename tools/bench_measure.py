"""Time and memory of one command, and the table of figures."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
NOTHING = 1e-6
# A process keeps the peak memory of whoever started it (Linux carries it over exec), so a small one starts and measures the command.
LAUNCH = """
import os, sys, time
start = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
os.write(int(sys.argv[1]), f"{time.perf_counter() - start} {used.ru_maxrss} {os.waitstatus_to_exitcode(status)}".encode())
"""


@dataclass(frozen=True)
class Row:
    """One figure with what it is held against; `better` is "less" or "more", `kind` is limit or peer."""

    what: str
    figure: float
    unit: str
    against: float
    better: str
    kind: str
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.against / self.figure if self.better == "less" else self.figure / self.against

    @property
    def holds(self) -> bool:
        return self.kind == "peer" or self.ratio >= 1


@dataclass(frozen=True)
class Run:
    """Wall seconds and peak resident megabytes of a finished command, and what it wrote to stdout."""

    seconds: float
    megabytes: float
    output: str


def run(command: Sequence[str], *, one_core: bool = False, warm: bool = False) -> Run:
    """Run once (after a first run that fills the disk cache when `warm`); a failing command stops the benchmark."""
    if warm:
        run(command, one_core=one_core)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"} if one_core else dict(os.environ)
    core = {min(os.sched_getaffinity(0))}
    told, tell = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LAUNCH, str(tell), *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
            check=False,
            pass_fds=(tell,),
            preexec_fn=(lambda: os.sched_setaffinity(0, core)) if one_core else None,
        )
    finally:
        os.close(tell)
    with os.fdopen(told) as answer:
        seconds, kilobytes, code = answer.read().split()
    if int(code):
        raise SystemExit(f"benchmark: exit {code}: {' '.join(command)}")
    return Run(float(seconds), float(kilobytes) / 1024, done.stdout)


def best_of(count: int, command: Sequence[str]) -> Run:
    """The fastest of several runs."""
    return min((run(command) for _ in range(count)), key=lambda r: r.seconds)


def fastest(times: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest of several runs within this process."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent)


def print_table(rows: Sequence[Row]) -> None:
    """The rows, one a line."""
    head = ("what", "figure", "against", "ratio", "", "note")
    lines = [head]
    for row in rows:
        word = "holds" if row.kind == "limit" and row.holds else "MISSED" if row.kind == "limit" else "x the peer"
        ratio = "-" if row.figure < NOTHING else f"{row.ratio:.2f}" if row.ratio < 100 else f"{row.ratio:,.0f}"
        against = f"{row.kind} {row.against:,.4g} {row.unit}"
        lines.append((row.what, f"{0 if row.figure < NOTHING else row.figure:,.4g} {row.unit}", against, ratio, word, row.note))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
