"""The rows of the table that time painloom itself."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq

from bench_measure import BIN, Row, best_of, run

PAINLOOM = str(BIN / "painloom")
CHECKED_SAMPLES = 40


def command_rows(root: Path) -> list[Row]:
    """Start-up and one small VCF."""
    case = root / "examples" / "mara"
    helped = best_of(5, [PAINLOOM, "--help"])
    called = best_of(3, [PAINLOOM, "genome", "call", str(case / "genome.vcf")])
    guided = best_of(3, [PAINLOOM, "genome", "guide", str(case / "genome.vcf")])
    return [
        Row("painloom --help", helped.seconds, "s", 0.3, "less", "limit"),
        Row("genome call, one targeted VCF", called.seconds, "s", 1.2, "less", "limit", f"{called.megabytes:.0f} MB"),
        Row("genome guide, one targeted VCF", guided.seconds, "s", 1.5, "less", "limit", f"{guided.megabytes:.0f} MB"),
    ]


def genome_rows(genome: Path, lines: int) -> list[Row]:
    """A whole genome through its index, and streamed without one."""
    indexed = run([PAINLOOM, "genome", "call", str(genome)], warm=True)
    bare = genome.with_name("bare-" + genome.name)
    shutil.copyfile(genome, bare)
    streamed = run([PAINLOOM, "genome", "call", str(bare)])
    size = f"{lines / 1e6:g} million lines"
    return [
        Row("genome call, indexed whole genome", indexed.seconds, "s", 3.0, "less", "limit", size),
        Row("  its peak memory", indexed.megabytes, "MB", 500, "less", "limit"),
        Row("genome call, same file without index", streamed.seconds, "s", indexed.seconds, "less", "peer", f"{streamed.megabytes:.0f} MB"),
    ]


def cohort_rows(cohort: Path, samples: int, folder: Path) -> list[Row]:
    """Calls, phenotypes and guidance of a cohort on one core, start-up apart; and that its rows are those of the single commands."""
    first, second = folder / "one", folder / "two"
    for old in (first, second):
        shutil.rmtree(old, ignore_errors=True)
    small = folder / "start.vcf"
    small.write_text("".join(_head_and_one(cohort)), encoding="utf-8")
    start = best_of(2, [PAINLOOM, "genome", "call", str(small)])
    whole = run([PAINLOOM, "cohort", "run", str(cohort), "-o", str(first)], one_core=True)
    pair = run([PAINLOOM, "cohort", "run", str(cohort), "-o", str(second), "--workers", "2"])
    rate = samples / (whole.seconds - start.seconds)
    return [
        Row(
            "cohort run, one core, after start-up", rate, "samples/s", 5000, "more", "limit", f"{samples} samples, {whole.megabytes:.0f} MB"
        ),
        Row("cohort run, two workers", samples / pair.seconds, "samples/s, start-up included", rate, "more", "peer"),
        Row("rows that differ between 1 and 2 workers", _different(first, second), "rows", 0.5, "less", "limit"),
        Row(
            "rows that differ from genome call and guide",
            _unlike(cohort, first),
            "rows",
            0.5,
            "less",
            "limit",
            f"{CHECKED_SAMPLES} samples",
        ),
    ]


def _head_and_one(cohort: Path) -> list[str]:
    import gzip

    lines = []
    with gzip.open(cohort, "rt") as file:
        for line in file:
            lines.append(line if line.startswith("##") else "\t".join(line.rstrip("\n").split("\t")[:10]) + "\n")
            if len(lines) > 60 and not line.startswith("#"):
                break
    return lines


def _different(one: Path, two: Path) -> float:
    """Rows of both runs that are not equal; a tiny number stands for none, so that a ratio exists."""
    wrong = 0
    for kind in ("calls", "guidance"):
        names = sorted(p.name for p in (one / kind).glob("*.parquet"))
        if names != sorted(p.name for p in (two / kind).glob("*.parquet")):
            return float("inf")
        for name in names:
            a, b = (pq.read_table(f / kind / name) for f in (one, two))
            wrong += 0 if a.equals(b) else max(a.num_rows, b.num_rows)
    return wrong or 1e-9


def _unlike(cohort: Path, out: Path) -> float:
    """Rows of some samples that are not those of `genome call` and `genome guide`."""
    wrong = 0
    for kind, verb in (("calls", "call"), ("guidance", "guide")):
        part = sorted((out / kind).glob("*.parquet"))[0]
        table = pq.read_table(part)
        names = list(dict.fromkeys(table.column("sample").to_pylist()))[: CHECKED_SAMPLES * 7 : 7]
        wanted = set(names)
        rows = ["\t".join(map(str, row.values())) for row in table.to_pylist() if row["sample"] in wanted]
        chosen = [word for name in names for word in ("--sample", name)]
        single = run([PAINLOOM, "genome", verb, str(cohort), "--format", "tsv", *chosen]).output.splitlines()[1:]
        wrong += abs(len(rows) - len(single)) + sum(a != b for a, b in zip(rows, single, strict=False))
    return wrong or 1e-9
