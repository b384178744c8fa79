"""Reading the published tables that the gene cards restate: allele definitions, phenotype tables, GRCh37 rows, panels."""

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

RELEASE = "pharmcat-3.1.1"
DPWG = "phenotype-dpwg-2025-10"
IUPAC = {"R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG"}
Pair = tuple[str, ...]  # one or two allele names; one = the gene has one copy


@dataclass(frozen=True)
class Variant:
    """A defining site as published; `hgvs` is right-aligned, `ref`/`alts` are left-anchored VCF spelling."""

    position: int
    rsid: str
    ref: str
    alts: tuple[str, ...]
    hgvs: str
    labels: dict[str, str]  # publication spelling -> VCF spelling


@dataclass(frozen=True)
class Row:
    """A named allele: for each site the accepted alleles, or () where the table is blank (= as the first row)."""

    name: str
    accepts: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Definitions:
    gene: str
    chromosome: str
    version: str
    variants: tuple[Variant, ...]
    rows: tuple[Row, ...]
    cores: dict[str, str] = field(default_factory=dict)  # suballele -> the name it prints as


@dataclass(frozen=True)
class Exemptions:
    ignored: tuple[Variant, ...] = ()
    ignored_alleles: frozenset[str] = frozenset()
    required: tuple[int, ...] = ()
    preferred: tuple[tuple[tuple[str, ...], str], ...] = ()
    extra: tuple[Variant, ...] = ()


@dataclass(frozen=True)
class Published:
    """A body's table for one gene: class or activity of each allele, and what each pair of alleles gives.

    `pairs` maps a sorted pair of names to (phenotype, activity score or "", lookup key or "").
    """

    functions: dict[str, str]
    activities: dict[str, str]
    pairs: dict[Pair, tuple[str, str, str]]


@dataclass(frozen=True)
class Record:
    """A row of a second source about one build: 1-based position, forward-strand alleles."""

    position: int
    ref: str
    alts: tuple[str, ...]


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def read_variant(item: dict[str, Any]) -> Variant:
    return Variant(
        item["position"], item["rsid"] or "", item["ref"], tuple(item["alts"]), item["chromosomeHgvsName"], dict(item["cpicToVcfAlleleMap"])
    )


def accepted(value: str | None, variant: Variant, where: str) -> frozenset[str]:
    """The alleles a table cell accepts; fails where a cell names an allele that the site does not list."""
    if value is None:
        return frozenset()
    listed = {variant.ref, *variant.alts}
    alleles = {value} if value in listed else set(IUPAC.get(value, value))
    if not alleles <= listed:
        raise SystemExit(f"{where} site {variant.position}: {value} is not among {sorted(listed)}")
    return frozenset(alleles)


def read_definitions(sources: Path, gene: str, exempt: Exemptions) -> tuple[Definitions, list[str]]:
    """Definitions without the ignored variants and alleles, and a line for each allele that was dropped.

    A site is ignored only where position, REF and alternates are those of the exemption: other variants at the same
    position are sites of their own right.
    """
    document = load(sources / RELEASE / f"alleles/{gene}_translation.json")
    ignored = {(v.position, v.ref, v.alts) for v in exempt.ignored}
    keep = [i for i, v in enumerate(document["variants"]) if (v["position"], v["ref"], tuple(v["alts"])) not in ignored]
    variants = tuple(read_variant(document["variants"][i]) for i in keep)
    rows: list[Row] = []
    dropped: list[str] = []
    for item in document["namedAlleles"]:
        cells = tuple(accepted(item["alleles"][i], v, f"{gene} {item['name']}") for i, v in zip(keep, variants, strict=True))
        first = rows[0].accepts if rows else None
        same = first is not None and all(not c or c == f for c, f in zip(cells, first, strict=True))
        if item["name"] in exempt.ignored_alleles or same:
            dropped.append(f"{gene} {item['name']}: ignored, or equal to the reference without the ignored sites")
        else:
            rows.append(Row(item["name"], cells))
    if not all(rows[0].accepts):
        raise SystemExit(f"{gene}: the reference row has blanks")
    cores = dict(document["suballelesMap"])
    return Definitions(gene, document["chromosome"], document["version"], variants, tuple(rows), cores), dropped


def read_exemptions(sources: Path) -> dict[str, Exemptions]:
    found = {}
    for gene, item in load(sources / RELEASE / "alleles/exemptions.json").items():
        found[gene] = Exemptions(
            tuple(read_variant(p) for p in item["ignoredPositions"]),
            frozenset(item["ignoredAlleles"]),
            tuple(item["requiredPositions"]),
            tuple((tuple(p["list"]), p["pick"]) for p in item["unphasedDiplotypePriorities"]),
            tuple(read_variant(p) for p in item["extraPositions"]),
        )
    return found


def read_structure(sources: Path, gene: str) -> tuple[int, int]:
    """1-based inclusive stretch of the gene's region (the BED file counts from 0)."""
    for line in (sources / RELEASE / "pharmcat_regions.bed").read_text(encoding="utf-8").splitlines():
        _, start, end, label = line.split("\t")
        if label == f"PX={gene}":
            return int(start) + 1, int(end)
    raise SystemExit(f"{gene}: no region")


def add(pairs: dict[Pair, tuple[str, str, str]], names: Pair, value: tuple[str, str, str], where: str) -> None:
    key = tuple(sorted(names))
    if pairs.setdefault(key, value) != value:
        raise SystemExit(f"{where} {key}: two different answers, {pairs[key]} and {value}")


def read_api(sources: Path) -> dict[str, Published]:
    """The newest diplotype tables: phenotype and score of every pair, no function names."""
    tables = {}
    for gene, rows in load(sources / "cpic-api-2026-10/cpic_diplotypes.json")["genes"].items():
        pairs: dict[Pair, tuple[str, str, str]] = {}
        for names, (phenotype, score) in rows.items():
            add(pairs, tuple(names.split("/")), (phenotype, "" if score == "n/a" else score, ""), gene)
        tables[gene] = Published({}, {}, pairs)
    return tables


def read_phenotypes(path: Path) -> Published | None:
    """A body's phenotype file; the activity of an allele is "" where the body gives none."""
    if not path.exists():
        return None
    document = load(path)
    pairs: dict[Pair, tuple[str, str, str]] = {}
    for row in document["diplotypes"]:
        names = tuple(name for name, count in row["diplotypekey"].items() for _ in range(count))
        score = row["activityScore"] or ""
        add(pairs, names, (row["phenotype"], "" if score == "n/a" else score, row["lookupkey"]), path.name)
    return Published(dict(document["haplotypes"]), dict(document["activityValues"]), pairs)


def respell(published: Published, name_of: dict[str, str]) -> Published:
    """The same table with other spellings of allele names."""

    def say(name: str) -> str:
        return name_of.get(name, name)

    return replace(
        published,
        functions={say(k): v for k, v in published.functions.items()},
        activities={say(k): v for k, v in published.activities.items()},
        pairs={tuple(sorted(map(say, k))): v for k, v in published.pairs.items()},
    )


def read_guidance_keys(sources: Path) -> dict[tuple[str, str], set[str]]:
    """(body, gene) -> every key under which a guideline row of that body is looked up."""
    keys: dict[tuple[str, str], set[str]] = {}
    for path in sorted((sources / "pharmcat-guidelines-2024-03").glob("*_and_*.json")):
        document = load(path)
        for row in document["recommendations"]:
            for gene, value in (row.get("lookupKey") or {}).items():
                names = [n for n, count in value.items() for _ in range(int(count))] if isinstance(value, dict) else []
                keys.setdefault((document["guideline"]["source"], gene), set()).add("/".join(names) or str(value))
    return keys


@dataclass(frozen=True)
class SecondSource:
    """Rows of one gene that place variants on both builds: (rsid, record on GRCh38, record on GRCh37)."""

    rows: tuple[tuple[str, Record, Record], ...]

    @property
    def offsets(self) -> dict[int, int]:
        """GRCh37 minus GRCh38 position -> number of rows."""
        count: dict[int, int] = {}
        for _, new, old in self.rows:
            count[old.position - new.position] = count.get(old.position - new.position, 0) + 1
        return count


def read_second_source(sources: Path) -> dict[str, SecondSource]:
    rows: dict[str, list[tuple[str, Record, Record]]] = {}
    with (sources / "pypgx/variant-table.csv").open(encoding="utf-8", newline="") as table:
        for item in csv.DictReader(table):
            alts = (item["Variant"],)
            rows.setdefault(item["Gene"], []).append(
                (
                    item["rsID"],
                    Record(int(item["GRCh38Position"]), item["GRCh38Allele"], alts),
                    Record(int(item["GRCh37Position"]), item["GRCh37Allele"], alts),
                )
            )
    return {gene: SecondSource(tuple(found)) for gene, found in rows.items()}


def structural_names(sources: Path, gene: str) -> set[str]:
    """Alleles that a second source marks as structural."""
    with (sources / "pypgx/allele-table.csv").open(encoding="utf-8", newline="") as table:
        return {r["StarAllele"] for r in csv.DictReader(table) if r["Gene"] == gene and r["SV"] == "TRUE"}


def read_panel(sources: Path, gene: str, build: str) -> Iterator[Record]:
    """Sites of an open panel, without genotypes; nothing where the panel does not cover the gene."""
    path = sources / f"panels/{build}/{gene}.vcf.gz"
    if not path.exists():
        return
    with gzip.open(path, "rt", encoding="utf-8") as panel:
        for line in panel:
            if not line.startswith("#"):
                _, position, _, ref, alts = line.split("\t", 5)[:5]
                yield Record(int(position), ref, tuple(alts.split(",")))


@dataclass(frozen=True)
class Inputs:
    """Everything published that more than one card needs."""

    folder: Path
    api: dict[str, Published]
    keys: dict[tuple[str, str], set[str]]
    second: dict[str, SecondSource]
    exempt: dict[str, Exemptions]


def read_inputs(sources: Path) -> Inputs:
    return Inputs(sources, read_api(sources), read_guidance_keys(sources), read_second_source(sources), read_exemptions(sources))


def read_aliases(sources: Path) -> dict[str, list[tuple[str, str, str, str, str]]]:
    """Gene -> (outdated, accepted, why, state, source) of the reviewed list; `same` repeats the reason above."""
    found: dict[str, list[tuple[str, str, str, str, str]]] = {}
    why = ""
    with (sources.parent / "cases/getrm/alias.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            why = why if row["why"] == "same" else row["why"]
            found.setdefault(row["gene"], []).append((row["outdated"], row["accepted"], why, row["state"], row["citation"]))
    return found
