"""Cards of genes known from outside typing only, and of research genes."""

from typing import Any

from derive_genes_cards import ALLELE_HEADER, RULE_HEADER, SITE_HEADER, STRUCTURAL, Card, head
from derive_genes_functions import ABSENT, rule_table
from derive_genes_proof import prove_pairs
from derive_genes_read import RELEASE, Inputs, read_panel, read_phenotypes
from derive_genes_research import NOT_PRESCRIBING
from derive_genes_sources import CLINPGX
from derive_genes_write import natural, table_text, toml_text


def single_copy(inputs: Inputs, gene: str, facts: dict[str, Any], card: Card) -> list[dict[str, Any]]:
    """Alleles and phenotypes of a gene with one copy; adds the tables to the card, returns the bodies."""
    api = inputs.api[gene]
    dated = read_phenotypes(inputs.folder / RELEASE / f"phenotype/{gene.replace('-', '_')}.json")
    functions = {name: function.lower() for name, function in dated.functions.items()} if dated else {}
    rules, lost = rule_table(api, functions)
    card.failures += lost
    names = sorted(functions, key=lambda n: (n != "Reference", natural(n)))
    card.names, card.sources = set(names), [facts["source"], "clinpgx-phenotypes-2025-11"]
    card.files[f"{card.id}.alleles.tsv"] = table_text(
        ALLELE_HEADER, ((n, n, STRUCTURAL, functions[n], ABSENT, ABSENT, ABSENT) for n in names)
    )
    card.files[f"{card.id}.phenotypes.tsv"] = table_text(
        RULE_HEADER, (("CPIC", *classes, phenotype) for classes, phenotype in sorted(rules.items()))
    )
    return [{"name": "CPIC", "source": facts["source"], "key": "phenotype", "default": ""}]


def by_marker(inputs: Inputs, gene: str, facts: dict[str, Any], card: Card) -> list[dict[str, Any]]:
    """Bodies of a gene that is read marker by marker."""
    source = "clinpgx-guideline-keys-2024-03"
    card.sources = [source, *(["public-coordinates"] if "proxy" in facts else [])]
    card.counts.append(f"markers {', '.join(facts['markers'])}")
    for body, markers in facts["bodies"]:
        made = {f"{m} {state}" for m in markers for state in ("positive", "negative")} | {"No Result"}
        strange = sorted(inputs.keys.get((body, gene), set()) - made)
        if strange:
            card.notes.append(f"{body} guideline rows that no call can reach: {strange}")
    return [{"name": body, "source": source, "key": "marker", "default": "", "markers": markers} for body, markers in facts["bodies"]]


def outside_card(inputs: Inputs, gene: str, facts: dict[str, Any]) -> Card:
    card, marked = Card(gene), "markers" in facts
    bodies = by_marker(inputs, gene, facts, card) if marked else single_copy(inputs, gene, facts, card)
    toml = head(gene, facts["kind"], "guideline", CLINPGX, facts["chromosome"]) | {"sources": card.sources}
    toml |= {"markers": facts["markers"]} if marked else {"reference": "Reference"}
    toml |= {"note": facts["note"], "open_questions": facts["open_questions"], "body": bodies}
    toml |= {"proxy": facts["proxy"]} if "proxy" in facts else {}
    card.files[f"{card.id}.toml"] = toml_text(toml)
    if not marked:
        table = inputs.api[gene]
        card.rows, lost = prove_pairs(card.files, card.id, {"CPIC": table})
        card.failures += lost
        card.counts.append(f"CPIC {card.rows['CPIC']} of {len(table.pairs)} alleles")
    return card


def check_places(inputs: Inputs, gene: str, facts: dict[str, Any], card: Card) -> None:
    """Written places against the gene's offset, the second source and the panels."""
    second = inputs.second.get(gene)
    for position, rsid, ref, _, position37, ref37, _, _ in facts["sites"]:
        if position37 - position != facts["offset"]:
            card.failures.append(f"{rsid}: the two places do not lie {facts['offset']} apart")
        for name, new, old in second.rows if second else ():
            if name == rsid and (new.position, new.ref, old.position, old.ref) != (position, ref, position37, ref37):
                card.failures.append(f"{rsid}: a second source has {new} and {old}")
    if facts.get("panel"):
        for build, place, base in (("GRCh38", 0, 2), ("GRCh37", 4, 5)):
            seen = {(r.position, r.ref) for r in read_panel(inputs.folder, gene, build)}
            card.failures += [f"{s[1]}: not in the {build} panel" for s in facts["sites"] if (s[place], s[base]) not in seen]


def research_card(inputs: Inputs, gene: str, facts: dict[str, Any]) -> Card:
    card = Card(gene, sources=list(facts["sources"]))
    check_places(inputs, gene, facts, card)
    if gene in inputs.second:
        card.sources.append("pypgx-0.26")
    elif all(s[6] == "verified" for s in facts["sites"]):
        card.sources.append("public-coordinates")
    if facts.get("panel"):
        card.sources.append("1kg-phase3-grch37")
    cited = {s for e in facts["effects"] for s in e["sources"]}
    card.failures += [f"effect cites {s}, the card does not" for s in sorted(cited - set(card.sources))]
    haplotypes = facts.get("haplotypes", [])
    toml = head(gene, "research", "research", "own words on published findings", facts["chromosome"])
    toml |= {"sources": card.sources} | ({"reference": haplotypes[0][0]} if haplotypes else {})
    toml |= {
        "unlisted": "no-call",
        "grch37_offset": facts["offset"],
        "required_sites": [],
        "changes_prescription": False,
        "note": NOT_PRESCRIBING,
        "open_questions": facts["open_questions"],
        "effect": facts["effects"],
    }
    toml |= {"refer": facts["refer"]} if "refer" in facts else {}
    card.files[f"{card.id}.toml"] = toml_text(toml)
    card.files[f"{card.id}.sites.tsv"] = table_text(
        SITE_HEADER,
        (
            (position, rsid, ref, alts, 0, position37, ref37, state37, state38)
            for position, rsid, ref, alts, position37, ref37, state37, state38 in facts["sites"]
        ),
    )
    if haplotypes:
        card.files[f"{card.id}.alleles.tsv"] = table_text(
            ALLELE_HEADER, ((name, name, definition, *[ABSENT] * 4) for name, definition in haplotypes)
        )
    card.sites, card.proven = len(facts["sites"]), sum(s[6] == "verified" for s in facts["sites"])
    card.counts.append(f"{card.sites} sites, {card.proven} verified on GRCh37")
    return card
