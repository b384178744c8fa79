"""The committed gene cards are exactly what the derivation makes of the published tables."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "src/painloom/knowledge/data"
SOURCES = Path(os.environ.get("PAINLOOM_GENOME_SOURCES", ROOT.parent / "shared/genome/sources"))

if not SOURCES.is_dir():
    pytest.skip("the published tables are not on this machine", allow_module_level=True)


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("knowledge")
    run = subprocess.run(
        [sys.executable, str(ROOT / "tools/derive_genes.py"), str(SOURCES), str(into)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return into


def test_every_gene_card_is_what_the_derivation_writes(derived: Path):
    fresh = {p.name: p.read_bytes() for p in (derived / "genes").iterdir()}
    committed = {p.name: p.read_bytes() for p in (DATA / "genes").iterdir() if not p.name.endswith(".frequencies.tsv")}

    assert sorted(fresh) == sorted(committed)
    assert [name for name in sorted(fresh) if fresh[name] != committed[name]] == []


def test_the_source_entries_are_what_the_derivation_writes(derived: Path):
    name = "sources/genome-genes.toml"

    assert (derived / name).read_bytes() == (DATA / name).read_bytes()


def test_a_changed_pair_in_the_published_table_stops_the_derivation(tmp_path: Path):
    """One wrong phenotype among the published pairs must be named, and nothing written."""
    copy = tmp_path / "sources"
    copy.mkdir()
    for part in SOURCES.iterdir():
        if part.name != "cpic-api-2026-10":
            (copy / part.name).symlink_to(part)
    (tmp_path / "cases").symlink_to(SOURCES.parent / "cases")
    table = json.loads((SOURCES / "cpic-api-2026-10/cpic_diplotypes.json").read_text(encoding="utf-8"))
    assert table["genes"]["CYP2D6"]["*1/*4"] == ["Intermediate Metabolizer", "1.0"]
    table["genes"]["CYP2D6"]["*1/*4"] = ["Normal Metabolizer", "1.0"]
    (copy / "cpic-api-2026-10").mkdir()
    (copy / "cpic-api-2026-10/cpic_diplotypes.json").write_text(json.dumps(table), encoding="utf-8")

    run = subprocess.run(
        [sys.executable, str(ROOT / "tools/derive_genes.py"), str(copy), str(tmp_path / "out")], capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert "CYP2D6: CPIC *1/*4: published Normal Metabolizer 1.0" in run.stderr
    assert not (tmp_path / "out").exists()
