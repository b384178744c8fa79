"""The card of a gene whose alleles are defined by published sites."""

import re
from dataclasses import dataclass, field
from typing import Any

from derive_genes_functions import ABSENT, Reading, read_by_class, read_by_score, unreachable
from derive_genes_plan import Plan
from derive_genes_proof import prove_definitions, prove_pairs
from derive_genes_read import (
    DPWG,
    RELEASE,
    Definitions,
    Exemptions,
    Inputs,
    Published,
    Variant,
    read_definitions,
    read_panel,
    read_phenotypes,
    read_structure,
    respell,
    structural_names,
)
from derive_genes_sites import Placed, check_ref38, place, tracts_of
from derive_genes_sources import CLINPGX
from derive_genes_write import natural, table_text, toml_text

BODIES = ("CPIC", "DPWG")
STRUCTURAL = "structural"  # the cell of every allele that the sites of the table cannot tell
SITE_HEADER = "position rsid ref alts tract position37 ref37 state37 state38"
ALLELE_HEADER = "allele prints_as definition cpic_function cpic_activity dpwg_function dpwg_activity"
RULE_HEADER = "body first second phenotype"


@dataclass
class Card:
    """One gene's files, and what the derivation has to say about them."""

    symbol: str
    files: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    sources: list[str] = field(default_factory=list)
    aliases: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    counts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)  # body -> published pairs reproduced
    sites: int = 0
    proven: int = 0

    @property
    def id(self) -> str:
        return self.symbol.lower()


def head(symbol: str, kind: str, claim: str, licence: str, chromosome: str) -> dict[str, Any]:
    return {
        "schema": 1,
        "release": "2026-11",
        "id": symbol.lower(),
        "symbol": symbol,
        "kind": kind,
        "claim": claim,
        "licence": licence,
        "sources": [],
        "chromosome": chromosome,
    }


def spaced(name: str) -> str:
    """A combination of alleles on one chromosome as `*36 + *10`; the tables write it with and without blanks."""
    return re.sub(r" ?\+ ?(?=\*)", " + ", name)


def published_tables(inputs: Inputs, gene: str, plan: Plan, card: Card) -> list[tuple[str, str, Published, dict[str, str]]]:
    """(body, source, table, the body's own function names); the newest table of a body decides."""
    folder, tables = inputs.folder / RELEASE, []
    dated = read_phenotypes(folder / f"phenotype/{gene}.json")
    if api := inputs.api.get(gene):
        api = respell(api, {n: spaced(n) for pair in api.pairs for n in pair if n not in card.names})
        tables.append(("CPIC", "cpic-diplotypes-2026-10", api, dated.functions if dated else {}))
        older = {k: v for k, v in dated.pairs.items() if k in api.pairs} if dated else {}
        if changed := sum(api.pairs[k][:2] != v[:2] for k, v in older.items()):
            card.notes.append(f"{changed} of {len(older)} pairs read otherwise in 2025-11")
    elif plan.dated_phenotypes and dated:
        tables.append(("CPIC", "clinpgx-phenotypes-2025-11", dated, dated.functions))
    if dutch := read_phenotypes(folder / DPWG / f"{gene}.json"):
        tables.append(("DPWG", "dpwg-phenotypes-2025-10", dutch, dutch.functions))
    return tables


def read_bodies(inputs: Inputs, gene: str, plan: Plan, reference: str, card: Card) -> dict[str, tuple[Reading, Published]]:
    """The bodies that say something about this gene."""
    readings = {}
    for body, source, table, given in published_tables(inputs, gene, plan, card):
        bands, lost = plan.bands.get(body, ()), list[str]()
        if not table.pairs:
            functions = {a: f.lower() for a, f in given.items()}
            reading = Reading(body, source, "", "", (), functions, {}, {}, "body", 0)
        elif bands:
            reading, lost = read_by_score(body, source, table, bands)
        else:
            reading, lost = read_by_class(body, source, table, given, reference)
        card.failures += [f"{body}: {line}" for line in lost]
        strange = unreachable(reading, inputs.keys.get((body, gene), set()), table)
        if strange and reading.key:
            card.notes.append(f"{body} guideline rows that no call can reach: {strange}")
        readings[body] = reading, table
    return readings


def body_table(reading: Reading, keys: set[str]) -> dict[str, Any]:
    by_name = any("/" in k and set(k.split("/")) <= set(reading.functions) for k in keys)
    table: dict[str, Any] = {
        "name": reading.body,
        "source": reading.source,
        "key": f"diplotype-then-{reading.key}" if by_name else reading.key,
        "default": reading.default,
    }
    if reading.bands:
        table["bands"] = [list(b) for b in reading.bands]
    return table


def definition_text(definitions: Definitions, index: int) -> str:
    """The cells that the nomenclature fills in; of the reference row only those that accept more than REF."""
    cells = zip(definitions.variants, definitions.rows[index].accepts, strict=True)
    return ";".join(
        f"{v.position}={'|'.join(sorted(cell, key=lambda a: (a != v.ref, a)))}" for v, cell in cells if cell and (index or cell != {v.ref})
    )


def check_definitions(definitions: Definitions, card: Card) -> None:
    """Two rows that accept the same haplotypes are an error; two that share one are printed."""
    first = definitions.rows[0].accepts
    full = [tuple(c or f for c, f in zip(row.accepts, first, strict=True)) for row in definitions.rows]
    for i, one in enumerate(full):
        for j in range(i):
            names = f"{definitions.rows[j].name} and {definitions.rows[i].name}"
            if one == full[j]:
                card.failures.append(f"{names} have the same definition")
            elif all(a & b for a, b in zip(one, full[j], strict=True)):
                card.notes.append(f"{names} are not separable: one haplotype fits both")


def allele_rows(definitions: Definitions, readings: dict[str, Reading]) -> list[list[str]]:
    """Rows of the allele table: defined alleles in published order, then those known to a body only."""
    prints = definitions.cores
    rows = [(r.name, prints.get(r.name, r.name), definition_text(definitions, i)) for i, r in enumerate(definitions.rows)]
    defined = {n for name, printed, _ in rows for n in (name, printed)}
    known = {a for reading in readings.values() for a in reading.functions} - defined
    rows += [(name, name, STRUCTURAL) for name in sorted(known, key=natural)]
    table = []
    for name, printed, definition in rows:
        cells = [name, printed, definition]
        for body in BODIES:
            functions = readings[body].functions if body in readings else {}
            activities = readings[body].activities if body in readings else {}
            cells += [functions.get(name, functions.get(printed, ABSENT)), activities.get(name, activities.get(printed, ABSENT))]
        table.append(cells)
    return table


def listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 14 else f"{len(names)} alleles"


def questions(rows: list[list[str]], readings: dict[str, Reading], placed: list[Placed], undefined: list[str]) -> list[str]:
    """What the tables leave open, counted; `undefined` = alleles that are not structural and yet have no definition."""
    lines = []
    inferred = sum(p.state37 == "offset" for p in placed)
    if inferred:
        lines.append(
            f"GRCh37: {inferred} of {len(placed)} sites were placed by the gene's offset alone; their reference "
            "base there is taken from GRCh38."
        )
    for column, body in ((3, "CPIC"), (5, "DPWG")):
        missing = [r[0] for r in rows if r[column] == ABSENT and body in readings]
        if missing:
            lines.append(f"No {body} function, hence no {body} phenotype: {listed(missing)}.")
    if undefined:
        lines.append(
            f"Named by a body, without a definition in the release at hand, so by outside call only (not structural): {listed(undefined)}."
        )
    for body, reading in readings.items():
        if reading.named_by == "behaviour":
            lines.append(
                f"{body}: the names of the function classes are ours, chosen by what an allele does beside the "
                "reference and beside itself; the pairs are the body's."
            )
        elif reading.named_by == "activity":
            lines.append(f"{body}: the names of the function classes follow the activity values.")
    return lines


def undefined_names(inputs: Inputs, gene: str, rows: list[list[str]]) -> list[str]:
    """Alleles without a definition that no source calls structural."""
    structural = structural_names(inputs.folder, gene)
    return [r[0] for r in rows if r[2] == STRUCTURAL and r[0] not in structural and not re.match(r"\*.*(x|\+)", r[0])]


def own_aliases(names: list[str], plan: Plan) -> list[tuple[str, str, str, str, str]]:
    """Names of the plan, other spellings of combined names, and short names that a full name carries in brackets."""
    definitions, tables = "clinpgx-alleles-2025-11", "cpic-diplotypes-2026-10"
    rows = [(written, accepted, why, "verified in definitions", definitions) for written, accepted, why in plan.aliases]
    for name in names:
        for other in {spaced(name), spaced(name).replace(" + ", "+")} - {name}:
            rows.append((other, name, "blanks", "spelling", tables))
        if "≥" in name:
            rows.append((name.replace("≥", ">="), name, "sign", "spelling", tables))
        change, bracket, star = name.partition(" (*")
        if bracket and star.endswith(")"):
            rows += [(short, name, "part of the full name", "verified in definitions", definitions) for short in (f"*{star[:-1]}", change)]
    return rows


def site_table(placed: Placed, text: str) -> dict[str, Any]:
    variant = placed.variant
    return {
        "position": variant.position,
        "rsid": variant.rsid,
        "ref": variant.ref,
        "alts": ",".join(variant.alts),
        "position37": placed.position37,
        "ref37": placed.ref37,
        "state37": placed.state37,
        "state38": "verified",
        "text": text,
    }


def place_all(inputs: Inputs, gene: str, variants: tuple[Variant, ...], card: Card) -> tuple[int, list[Placed]]:
    """Offset and placed sites of a gene; whatever does not agree goes into the card's failures."""
    tracts, lines = tracts_of(variants)
    card.notes += lines
    panel = list(read_panel(inputs.folder, gene, "GRCh37"))
    offset, placed, failures = place(variants, tracts, inputs.second[gene], panel)
    card.failures += failures
    card.failures += check_ref38(variants, inputs.second[gene], list(read_panel(inputs.folder, gene, "GRCh38")))
    return offset, placed


def tables_of(inputs: Inputs, gene: str, plan: Plan, exempt: Exemptions, offset: int) -> dict[str, Any]:
    """The TOML tables beside the bodies."""
    tables: dict[str, Any] = {}
    if plan.deletion:
        start, end = read_structure(inputs.folder, gene)
        tables["structure"] = {"deletion": plan.deletion, "start": start, "end": end, "start37": start + offset, "end37": end + offset}
    if plan.overrule:
        site, seen, text = plan.overrule
        tables["overrule"] = [{"site": site, "when_seen": seen, "text": text}]
    if exempt.preferred:
        tables["preferred"] = [{"among": list(among), "pick": pick} for among, pick in exempt.preferred]
    for key, variants in (("extra_site", exempt.extra), ("ignored", exempt.ignored)):
        _, placed = place_all(inputs, gene, variants, Card(gene))
        if placed:
            tables[key] = [site_table(p, plan.texts[p.variant.position]) for p in placed]
    for table in tables.get("ignored", []):
        table["stops_call"] = table["position"] in plan.stops_call
    return tables


def sources_of(inputs: Inputs, gene: str, readings: dict[str, Reading]) -> list[str]:
    panel = ["1kg-phase3-grch37"] if (inputs.folder / f"panels/GRCh37/{gene}.vcf.gz").exists() else []
    cpic = readings.get("CPIC")
    named = ["clinpgx-phenotypes-2025-11"] if cpic and cpic.named_by == "body" else []
    return list(dict.fromkeys(["clinpgx-alleles-2025-11", *(r.source for r in readings.values()), *named, "pypgx-0.26", *panel]))


def guideline_card(inputs: Inputs, gene: str, plan: Plan) -> Card:
    exempt, card = inputs.exempt.get(gene, Exemptions()), Card(gene)
    definitions, dropped = read_definitions(inputs.folder, gene, exempt)
    card.notes += dropped
    if len(definitions.variants) != plan.sites:
        card.failures.append(f"{len(definitions.variants)} sites, expected {plan.sites}")
    check_definitions(definitions, card)
    offset, placed = place_all(inputs, gene, definitions.variants, card)
    card.names = {r.name for r in definitions.rows}
    bodies = read_bodies(inputs, gene, plan, definitions.rows[0].name, card)
    readings = {body: reading for body, (reading, _) in bodies.items()}
    rows = allele_rows(definitions, readings)
    card.sites, card.proven = len(placed), sum(p.state37 == "verified" for p in placed)
    card.names = {n for r in rows for n in r[:2]}
    card.aliases = own_aliases([r[0] for r in rows], plan)
    card.sources = sources_of(inputs, gene, readings)
    toml = head(gene, plan.kind, "guideline", CLINPGX, definitions.chromosome) | {
        "sources": card.sources,
        "reference": definitions.rows[0].name,
        "unlisted": plan.unlisted,
        "grch37_offset": offset,
        "required_sites": list(exempt.required),
    }
    toml |= {"severity": list(plan.severity)} if plan.severity else {}
    toml |= {"note": plan.note} if plan.note else {}
    toml["open_questions"] = [
        *plan.open_questions,
        *questions(rows, readings, placed, undefined_names(inputs, gene, rows)),
        *(f"CPIC: {n}; the newer table is used." for n in card.notes if n.endswith("2025-11")),
    ]
    spoken = [body_table(r, inputs.keys.get((r.body, gene), set())) for r in readings.values() if r.key]
    toml |= ({"body": spoken} if spoken else {}) | tables_of(inputs, gene, plan, exempt, offset)
    card.files[f"{card.id}.toml"] = toml_text(toml)
    card.files[f"{card.id}.sites.tsv"] = table_text(
        SITE_HEADER,
        (
            (
                p.variant.position,
                p.variant.rsid,
                p.variant.ref,
                ",".join(p.variant.alts),
                p.tract,
                p.position37,
                p.ref37,
                p.state37,
                "verified",
            )
            for p in placed
        ),
    )
    card.files[f"{card.id}.alleles.tsv"] = table_text(ALLELE_HEADER, rows)
    rules = [[b, *classes, phenotype] for b, r in readings.items() for classes, phenotype in sorted(r.rules.items())]
    if rules:
        card.files[f"{card.id}.phenotypes.tsv"] = table_text(RULE_HEADER, rules)
    card.rows, lost = prove_pairs(card.files, card.id, {body: table for body, (_, table) in bodies.items()})
    card.failures += lost + prove_definitions(card.files, card.id, definitions)
    card.counts = [f"{b} {n} of {len(bodies[b][1].pairs)} pairs" for b, n in card.rows.items()]
    card.counts.append(f"{card.sites} sites, {card.proven} verified on GRCh37, offset {offset}; {len(rows)} alleles")
    return card
