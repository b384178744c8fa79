"""Peers: PyPGx measured in the same run where it can be installed, PharmCAT's recorded rate."""

import os
import subprocess
import sys
from pathlib import Path

from bench_measure import Row

PHARMCAT_RECORDED = 4.0  # samples/s, PharmCAT 3.1.1, whole chain with JSON, 100 samples, 20 genes, 2 shared cores; measured once
PEOPLE, GENE = 100, "CYP2C9"
SCRIPT = """
import sys, time, warnings
warnings.simplefilter("ignore")
from pypgx.api import genotype, utils
gene, path, people = sys.argv[1], sys.argv[2], int(sys.argv[3])
start = time.perf_counter()
alleles = utils.predict_alleles(utils.import_variants(gene, path, assembly="GRCh38", platform="WGS"))
utils.call_phenotypes(genotype.call_genotypes(alleles=alleles))
print("RATE", people / (time.perf_counter() - start))
"""


def peer_rows(folder: Path, reference: Path | None, rate: float) -> list[Row]:
    """Our cohort rate over each peer's."""
    rows = [Row("cohort run against PharmCAT, whole chain", rate, "samples/s", PHARMCAT_RECORDED, "more", "peer", "recorded, not run here")]
    measured, why = _pypgx(folder, reference)
    if measured:
        note = f"peer: one gene ({GENE}), {PEOPLE} phased samples; here: all genes with guidance"
        rows.append(Row("cohort run against PyPGx", rate, "samples/s", measured, "more", "peer", note))
    else:
        print(f"PyPGx was not measured: {why}", file=sys.stderr)
    return rows


def _pypgx(folder: Path, reference: Path | None) -> tuple[float, str]:
    """Samples per second, or 0 and the reason."""
    if reference is None:
        return 0.0, "no phased panel here"
    python = folder / "peer" / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder / "peer")], check=True, capture_output=True)
            subprocess.run([str(python), "-m", "pip", "install", "-q", "pandas<3", "pypgx"], check=True, capture_output=True, timeout=600)
        panel = _some_people(reference / f"sources/panels/GRCh38/{GENE}.vcf.gz", folder)
        done = subprocess.run(
            [str(python), "-c", SCRIPT, GENE, str(panel), str(PEOPLE)],
            check=True,
            capture_output=True,
            text=True,
            timeout=600,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
    except (subprocess.SubprocessError, OSError) as wrong:
        return 0.0, f"it could not be installed or did not run ({type(wrong).__name__})"
    return float(done.stdout.rpartition("RATE")[2]), ""


def _some_people(panel: Path, folder: Path) -> Path:
    import pysam

    path = folder / "peer.vcf.gz"
    with pysam.VariantFile(str(panel)) as source:
        source.subset_samples(list(source.header.samples)[:PEOPLE])
        with pysam.VariantFile(str(path), "wz", header=source.header) as target:
            for record in source:
                target.write(record)
    pysam.tabix_index(str(path), preset="vcf", force=True)
    return path
