"""Benchmarks of the whole journey: one person with four streams, cold as a command and warm in process, and ten thousand plans."""

from pathlib import Path

from bench_measure import BIN, Row, best_of, fastest
from painloom.assess import assess, open_case
from painloom.fhir.write import render_bundle
from painloom.intake.options import ReadOptions
from painloom.knowledge.load import load
from painloom.knowledge.quality import read_quality
from painloom.report.html import render_html
from painloom.report.jsonout import to_json
from painloom.report.patient import render_patient

PAINLOOM = str(BIN / "painloom")
DAY = "2026-11-24"
COLD_SECONDS, MEGABYTES, WARM_MS = 3.0, 500.0, 300.0


def plan_rows(root: Path) -> list[Row]:
    """The four-stream example: cold with every file written, warm in process, and each page alone."""
    case = root / "examples" / "mara"
    whole = best_of(3, [PAINLOOM, "assess", str(case), "-o", str(root / "build" / "bench" / "mara"), "--as-of", DAY, "--quiet"])
    knowledge = load()
    quality = read_quality(knowledge)
    opened = open_case(case, knowledge, ReadOptions(min_gq=quality.min_gq, min_dp=quality.min_dp), DAY)
    found = assess(opened, knowledge, DAY)
    warm = fastest(7, lambda: assess(opened, knowledge, DAY)) * 1000
    pages = {
        "report.html": lambda: render_html(found),
        "patient.html": lambda: render_patient(found),
        "assessment.json": lambda: to_json(found),
        "bundle.json": lambda: render_bundle(found, knowledge),
    }
    each = {name: fastest(3, make) * 1000 for name, make in pages.items()}
    note = ", ".join(f"{name} {ms:.0f} ms" for name, ms in each.items())
    return [
        Row("assess, four streams, cold, four files", whole.seconds, "s", COLD_SECONDS, "less", "limit"),
        Row("  its peak memory", whole.megabytes, "MB", MEGABYTES, "less", "limit"),
        Row("assess, four streams, warm in process", warm, "ms", WARM_MS, "less", "limit", f"pages apart: {note}"),
    ]
