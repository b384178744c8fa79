"""Reading finished cards back: every published pair and every published definition must come out of the files again."""

import csv
import io
import tomllib
from collections.abc import Mapping
from typing import Any

from derive_genes_functions import ABSENT, OPEN, band_of, score_of
from derive_genes_read import Definitions, Published

Rows = list[dict[str, str]]


def rows_of(text: str) -> Rows:
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def by_name(alleles: Rows) -> dict[str, dict[str, str]]:
    """Allele row by name, and by printed name where no row is called so."""
    return {row["prints_as"]: row for row in alleles} | {row["allele"]: row for row in alleles}


def reads(body: Mapping[str, Any], rows: list[dict[str, str]], rules: Mapping[tuple[str, str, str], str]) -> tuple[str, str]:
    """(phenotype, score) that the card gives for one or two allele rows."""
    column = body["name"].lower()
    classes = [row[f"{column}_function"] for row in rows]
    if ABSENT in classes:
        return "", ""
    activities = [row[f"{column}_activity"] for row in rows]
    score = "" if ABSENT in activities else score_of(activities)
    if "bands" in body:
        bands = tuple((float(low), float(high), str(term)) for low, high, term in body["bands"])
        return (body["default"] if OPEN in activities else band_of(score, bands)), score
    first, second = (*sorted(classes), ABSENT)[:2]
    return rules.get((body["name"], first, second), ""), ""


def prove_pairs(files: Mapping[str, str], name: str, tables: Mapping[str, Published]) -> tuple[dict[str, int], list[str]]:
    """(body -> pairs that the files reproduce, a line for each one that they do not)."""
    card = tomllib.loads(files[f"{name}.toml"])
    alleles = by_name(rows_of(files[f"{name}.alleles.tsv"]))
    rules = {(r["body"], r["first"], r["second"]): r["phenotype"] for r in rows_of(files.get(f"{name}.phenotypes.tsv", "body\n"))}
    counts, lost = {}, []
    for body in card.get("body", ()):
        table, good = tables[body["name"]], 0
        for names, (phenotype, score, _) in table.pairs.items():
            found = reads(body, [alleles[n] for n in names], rules)
            if found == (phenotype, score):
                good += 1
            else:
                lost.append(f"{body['name']} {'/'.join(names)}: published {phenotype} {score}, the card gives {found}")
        counts[body["name"]] = good
    return counts, lost


def prove_definitions(files: Mapping[str, str], name: str, definitions: Definitions) -> list[str]:
    """A line for each row whose accepted alleles cannot be rebuilt from the tables."""
    sites = {int(r["position"]): r for r in rows_of(files[f"{name}.sites.tsv"])}
    rows = {r["allele"]: r["definition"] for r in rows_of(files[f"{name}.alleles.tsv"])}
    first = {position: frozenset([r["ref"]]) for position, r in sites.items()}
    lost = []
    for index, row in enumerate(definitions.rows):
        accepts = dict(first)
        for part in rows[row.name].split(";") if rows[row.name] != ABSENT else ():
            position, value = part.split("=")
            accepts[int(position)] = frozenset(value.split("|"))
        if index == 0:
            first = accepts
        published = {v.position: c or b for v, c, b in zip(definitions.variants, row.accepts, definitions.rows[0].accepts, strict=True)}
        if accepts != published:
            lost.append(f"{row.name}: the definition cannot be rebuilt")
    return lost
