"""Quality gates of every series and the head motion behind them: what comes before any number of the brain section."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.brain import BrainView, Gate, Motion
from painloom.report.brainfigures import Chart, motion_plot, runs
from painloom.report.lookup import Lookup
from painloom.report.views import Mark
from painloom.report.wording import number

RUNS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate of one series."""

    series: str
    mark: Mark
    text: str
    value: str
    limit: str


@dataclass(frozen=True, slots=True)
class MotionPlot:
    """One series: its drawing and the same in figures."""

    series: str
    figure: Markup
    said: str
    cut: str


@dataclass(frozen=True, slots=True)
class Quality:
    """The part: failed gates first."""

    title: str
    failed: tuple[GateRow, ...]
    rows: tuple[GateRow, ...]
    table_title: str
    motion: tuple[MotionPlot, ...]


def quality(view: BrainView, lookup: Lookup) -> Quality | None:
    """None where no series was read."""
    gates = list(gates_of(view))
    if not gates and not view.motion:
        return None
    words = lookup.words
    failed = [pair for pair in gates if not pair[1].is_passed]
    ordered = [*failed, *(pair for pair in gates if pair[1].is_passed)]
    rows = tuple(_row(series, gate, lookup) for series, gate in ordered)
    series = words.listing(list(dict.fromkeys(name for name, _ in failed)))
    return Quality(
        title=words.counted("brain.gates_failed", len(failed), of=len(gates), series=series)
        if failed
        else words.counted("brain.gates_passed", len(gates)),
        failed=rows[: len(failed)],
        rows=rows,
        table_title=words.counted("brain.gates_table", len(rows)),
        motion=tuple(_motion(m, n, lookup) for n, m in enumerate(view.motion, 1) if m.displacement_mm),
    )


def gates_of(view: BrainView) -> Iterator[tuple[str, Gate]]:
    """(series, gate) of markers and connections, each once."""
    seen = set()
    for id_, gates in (*((m.id, m.gates) for m in view.markers), *((c.id, c.gates) for c in view.connections)):
        for gate in gates:
            if (id_, gate.id, gate.value, gate.limit, gate.is_passed) not in seen:
                seen.add((id_, gate.id, gate.value, gate.limit, gate.is_passed))
                yield id_, gate


def _row(series: str, gate: Gate, lookup: Lookup) -> GateRow:
    words = lookup.words

    def amount(value: float | None) -> str:
        return words("brain.not_measured") if value is None else f"{number(value)} {gate.unit}".strip()

    mark = Mark("fine", words("brain.passed")) if gate.is_passed else Mark("unknown", words("brain.failed"))
    return GateRow(series, mark, gate.text, amount(gate.value), amount(gate.limit) if gate.limit is not None else "")


def _motion(motion: Motion, count: int, lookup: Lookup) -> MotionPlot:
    words, values = lookup.words, motion.displacement_mm
    above = [n for n, value in enumerate(values, 1) if value > motion.limit_mm]
    said = words(
        "brain.motion_said",
        mean=f"{sum(values) / len(values):.2f}",
        high=f"{max(values):.2f}",
        n=len(values),
        limit=number(motion.limit_mm),
        above=len(above),
        scrubbed=motion.scrubbed,
    )
    chart = Chart(f"motion-{count}", words("brain.motion_title", series=motion.id), said)
    return MotionPlot(motion.id, motion_plot(motion, chart), said, _shown(runs(above), lookup))


def _shown(text: str, lookup: Lookup) -> str:
    """The first runs of volumes, and how many more there are."""
    parts = text.split(", ")
    if len(parts) <= RUNS_SHOWN:
        return text
    return lookup.words("brain.runs_more", runs=", ".join(parts[:RUNS_SHOWN]), n=len(parts) - RUNS_SHOWN)
