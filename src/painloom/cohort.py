"""The genome journey for many samples: plan parts, run a part, gather; resumable, serial or in processes, same rows either way."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.genome.guide import GuideColumn
from painloom.genome.rows import CALL_COLUMNS, GUIDE_COLUMNS, advice_values, context_of, spelled_calls
from painloom.genome.session import Request, Session, Workbench, open_session
from painloom.intake.vcf import ReadOptions, read_genotypes, sample_names
from painloom.knowledge.load import digest, load
from painloom.version import __version__

BLOCK = 25_000
SEARCHED = ["gene", "status", "phenotype", "drug", "body", "action"]
MANIFEST, SUMMARY = "manifest.json", "summary.json"


@dataclass(frozen=True, slots=True)
class Part:
    """Samples `start` to `stop` (exclusive) of one input file; `name` is the stem of its result files."""

    name: str
    path: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does: its parts, how genotypes are read, the clinic's card folder, names of today's drugs (none in a cohort)."""

    parts: tuple[Part, ...]
    options: ReadOptions
    overlay: str = ""


def plan(inputs: Sequence[Path], options: ReadOptions, overlay: Path | None, *, block: int = BLOCK) -> Plan:
    """Cut the inputs into parts of at most `block` samples; the cut does not depend on the number of workers."""
    parts = []
    for number, path in enumerate(inputs):
        count = len(sample_names(path))
        for start in range(0, count, block):
            parts.append(Part(f"part-{number:04d}-{start:07d}", str(path), start, min(start + block, count)))
    return Plan(tuple(parts), options, str(overlay) if overlay else "")


def run_block(session: Session) -> tuple[pa.Table, pa.Table]:
    """Calls and guidance of one block of samples as Arrow tables: pure, the same rows as `genome call` and `genome guide`."""
    guides = session.guide(session.knowledge.guidance, None)
    return calls_table(session), guidance_table(guides, session.samples, context_of(session.genotypes))


def calls_table(session: Session) -> pa.Table:
    """One row a sample and gene, samples in file order."""
    spelled = spelled_calls(session.columns, session.genotypes)
    values = [(symbol, *row) for symbol, (rows, _) in spelled.items() for row in rows]
    sizes = [len(rows) for rows, _ in spelled.values()]
    return _table(CALL_COLUMNS, session.samples, values, sizes, [pointers for _, pointers in spelled.values()])


def guidance_table(guides: dict[str, GuideColumn], samples: Sequence[str], context: str) -> pa.Table:
    """One row a sample and guidance card, samples in file order."""
    columns = list(guides.values())
    values = [advice_values(a, context) for c in columns for a in c.advice]
    return _table(GUIDE_COLUMNS, samples, values, [len(c.advice) for c in columns], [c.of_sample for c in columns])


def _table(
    names: Sequence[str],
    samples: Sequence[str],
    values: Sequence[Sequence[str]],
    sizes: Sequence[int],
    pointers: Sequence[NDArray[np.intp]],
) -> pa.Table:
    """Dictionary-encoded columns: each distinct row is spelled out once, samples point to it."""
    offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    flat = np.stack([p + o for p, o in zip(pointers, offsets, strict=True)], axis=1).astype(np.int32).ravel()
    who = np.repeat(np.arange(len(samples), dtype=np.int32), len(sizes))
    arrays = [pa.DictionaryArray.from_arrays(pa.array(who), pa.array(list(samples), pa.string()))]
    for i in range(len(names) - 1):
        words: dict[str, int] = {}
        index = np.array([words.setdefault(row[i], len(words)) for row in values], dtype=np.int32)
        arrays.append(pa.DictionaryArray.from_arrays(pa.array(index[flat]), pa.array(list(words), pa.string())))
    return pa.Table.from_arrays(arrays, names=list(names))


def run(plan_: Plan, out: Path, *, workers: int = 1, resume: bool = False) -> dict[str, Any]:
    """Run every part that is not done yet and write manifest and summary; returns the manifest.

    Raises
    ------
    InputError : `out` holds a run and `resume` is False, or the run there had other inputs, options or knowledge.
    """
    manifest = _open_manifest(plan_, out, resume)
    todo = [p for p in plan_.parts if not _is_done(manifest["parts"].get(p.name), out)]
    for done in _execute(plan_, todo, out, workers):
        manifest["parts"][done["name"]] = done
        manifest["parts"] = dict(sorted(manifest["parts"].items()))
        _write_json(out / MANIFEST, manifest)
    _write_json(out / SUMMARY, _summary(manifest))
    return manifest


def _execute(plan_: Plan, todo: Sequence[Part], out: Path, workers: int) -> Iterator[dict[str, Any]]:
    if workers <= 1:
        bench = open_workbench(plan_.overlay)
        for part in todo:
            yield run_part(bench, part, plan_.options, out)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(plan_.overlay,)) as pool:
        for done in as_completed([pool.submit(_work, part, plan_.options, out) for part in todo]):
            yield done.result()


def open_workbench(overlay: str) -> Workbench:
    """Load and encode the cards, once a worker."""
    return Workbench(load(Path(overlay) if overlay else None))


_worker: dict[str, Workbench] = {}


def _start_worker(overlay: str) -> None:
    _worker["bench"] = open_workbench(overlay)


def _work(part: Part, options: ReadOptions, out: Path) -> dict[str, Any]:
    return run_part(_worker["bench"], part, options, out)


def run_part(bench: Workbench, part: Part, options: ReadOptions, out: Path) -> dict[str, Any]:
    """Read, call, guide and write one part; files appear under their final name only when they are complete."""
    path = Path(part.path)
    names = sample_names(path)[part.start : part.stop]
    whole = len(sample_names(path)) == len(names)
    genotypes = read_genotypes(path, bench.knowledge.table, replace(options, samples=None if whole else tuple(names)))
    calls, guidance = run_block(open_session(bench.knowledge, genotypes, Request({}), bench))
    files = {}
    for kind, table in (("calls", calls), ("guidance", guidance)):
        target = out / kind / f"{part.name}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(".unfinished")
        pq.write_table(table, unfinished, compression="zstd", row_group_size=1_000_000, write_statistics=SEARCHED)
        os.replace(unfinished, target)
        files[kind] = {"rows": table.num_rows, "sha256": _sha256(target)}
    return {
        "name": part.name,
        "input": path.name,
        "samples": len(names),
        "files": files,
        "warnings": list(genotypes.warnings),
        "phenotypes": _counts(calls),
    }


def _counts(calls: pa.Table) -> dict[str, dict[str, int]]:
    """Gene -> status or phenotype -> samples."""
    grouped = calls.select(["gene", "status", "phenotype"]).group_by(["gene", "status", "phenotype"]).aggregate([([], "count_all")])
    counts: dict[str, Counter[str]] = {}
    for row in grouped.to_pylist():
        label = row["phenotype"] if row["status"] == "called" else row["status"]
        counts.setdefault(row["gene"], Counter())[label] += row["count_all"]
    return {gene: dict(sorted(c.items())) for gene, c in sorted(counts.items())}


def _summary(manifest: dict[str, Any]) -> dict[str, Any]:
    total: dict[str, Counter[str]] = {}
    for part in manifest["parts"].values():
        for gene, counts in part["phenotypes"].items():
            total.setdefault(gene, Counter()).update(counts)
    return {
        "samples": sum(p["samples"] for p in manifest["parts"].values()),
        "knowledge": manifest["knowledge"],
        "genes": {gene: dict(sorted(c.items())) for gene, c in sorted(total.items())},
    }


def _open_manifest(plan_: Plan, out: Path, resume: bool) -> dict[str, Any]:
    fresh = _fresh_manifest(plan_)
    path = out / MANIFEST
    if not path.exists():
        if any(out.glob("*/*.parquet")):
            raise InputError(f"{out.name}: holds result files of a run whose {MANIFEST} is gone; choose another folder, or empty this one")
        return fresh
    if not resume:
        raise InputError(f"{out.name}: holds a cohort run already; add --resume to go on with it, or choose another folder")
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        same = all(known.get(name) == fresh[name] for name in fresh if name != "parts") and isinstance(known["parts"], dict)
    except (ValueError, AttributeError, KeyError, RecursionError):
        raise InputError(f"{out.name}/{MANIFEST}: damaged; start afresh in another folder") from None
    if not same:
        raise InputError(f"{out.name}: the run there had other inputs, options or knowledge; start afresh in another folder")
    return dict(known)


def _fresh_manifest(plan_: Plan) -> dict[str, Any]:
    knowledge = load(Path(plan_.overlay) if plan_.overlay else None)
    paths = [Path(p) for p in dict.fromkeys(part.path for part in plan_.parts)]
    return {
        "schema": "painloom-cohort/1",
        "program": __version__,
        "knowledge": {"release": knowledge.release, "digest": digest(knowledge.base), "overlay": list(knowledge.replaced)},
        "inputs": {str(i): {"name": path.name, "sha256": _sha256(path)} for i, path in enumerate(paths)},
        "options": json.loads(json.dumps(asdict(plan_.options))),
        "plan": [[p.name, p.start, p.stop] for p in plan_.parts],
        "parts": {},
    }


def _is_done(record: dict[str, Any] | None, out: Path) -> bool:
    if record is None:
        return False
    paths = {kind: out / kind / f"{record['name']}.parquet" for kind in record["files"]}
    return all(paths[k].exists() and _sha256(paths[k]) == record["files"][k]["sha256"] for k in paths)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(unfinished, path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
