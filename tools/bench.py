"""The benchmark table: every figure beside a limit or a peer, measured in this run.

    bench.py [--reference FOLDER] [--quick]

FOLDER holds the genome reference material (cases/, sources/); without it the cohort is made from the cards' allele frequencies and the
concordance tables are left out, and the table says so.  Inputs are made once in build/bench.
"""

import argparse
import sys
from pathlib import Path

import bench_inputs as inputs
from bench_brain_extract import extraction_rows
from bench_brain_markers import marker_rows
from bench_brain_norms import norm_rows
from bench_concordance import concordance_tables
from bench_evidence import evidence_rows
from bench_measure import Row, print_table
from bench_mind import adaptive_rows, scoring_rows
from bench_peer import peer_rows
from bench_plan import plan_rows
from bench_rows import cohort_rows, command_rows, genome_rows

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--reference", type=Path, default=ROOT.parent / "shared" / "genome")
    ask.add_argument("--quick", action="store_true", help="a tenth of the whole genome and of the cohort")
    args = ask.parse_args()
    reference = args.reference if (args.reference / "cases").is_dir() else None
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    scale = 10 if args.quick else 1
    rows: list[Row] = [*command_rows(ROOT), *plan_rows(ROOT)]
    rows += genome_rows(inputs.whole_genome(folder, 5_000_000 // scale), 5_000_000 // scale)
    cohort = inputs.cohort(folder, 50_000 // scale, reference)
    measured = cohort_rows(cohort, 50_000 // scale, folder)
    rows += measured
    rows += peer_rows(folder, reference, next(r.figure for r in measured if r.unit == "samples/s"))
    rows += [*scoring_rows(folder, 1_000_000 // scale), *adaptive_rows()]
    brain = args.reference.parent / "brain"
    rows += [*extraction_rows(folder, 400 // scale), *marker_rows(brain if (brain / "cases").is_dir() else None), *norm_rows(folder)]
    rows += evidence_rows(folder)
    print_table(rows)
    if reference is None:
        print("\nno reference material: the cohort was made from allele frequencies, concordance was not measured")
    else:
        concordance_tables(reference)
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
