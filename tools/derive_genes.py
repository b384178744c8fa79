"""Gene cards, restated from the published allele definitions and phenotype tables.

    derive_genes.py SOURCES [INTO]    writes INTO/genes/* and INTO/sources/genome-genes.toml; INTO is the knowledge folder

SOURCES is the folder with the published tables.  Every published pair of alleles is read back through the cards before
anything is written; the script prints a line for each failure, writes nothing then, and exits with 1.
"""

import argparse
import sys
from pathlib import Path

from derive_genes_cards import Card, guideline_card
from derive_genes_outside import outside_card, research_card
from derive_genes_plan import PLANS
from derive_genes_read import read_aliases, read_inputs
from derive_genes_research import OUTSIDE, RESEARCH
from derive_genes_sources import SOURCES
from derive_genes_write import natural, sources_text, table_text, write_files

KNOWLEDGE = Path(__file__).resolve().parents[1] / "src/painloom/knowledge/data"


def with_aliases(card: Card, reviewed: list[tuple[str, str, str, str, str]]) -> None:
    """Add the alias table of a card; an alias must lead to names that the card knows."""
    rows = [*card.aliases, *reviewed]
    for written, accepted, *_ in rows:
        for name in accepted.split("|"):
            if name not in card.names:
                card.failures.append(f"alias {written} leads to {name}, which the card does not know")
        if written in card.names and written not in accepted.split("|"):
            card.failures.append(f"alias {written} is an allele of its own")
    if rows:
        rows.sort(key=lambda r: natural(r[0]))
        card.files[f"{card.id}.aliases.tsv"] = table_text("outdated accepted why state source", rows)


def derive(sources: Path) -> list[Card]:
    inputs, aliases = read_inputs(sources), read_aliases(sources)
    cards = [guideline_card(inputs, gene, plan) for gene, plan in PLANS.items()]
    cards += [outside_card(inputs, gene, facts) for gene, facts in OUTSIDE.items()]
    cards += [research_card(inputs, gene, facts) for gene, facts in RESEARCH.items()]
    for card in cards:
        if card.names:
            with_aliases(card, aliases.get(card.symbol, []))
        card.failures += [f"source {s} has no entry" for s in card.sources if s not in SOURCES]
    return cards


def main() -> int:
    parser = argparse.ArgumentParser(description="Derive the gene cards.")
    parser.add_argument("sources", type=Path)
    parser.add_argument("into", type=Path, nargs="?", default=KNOWLEDGE)
    arguments = parser.parse_args()
    cards = derive(arguments.sources)
    for card in cards:
        print(f"{card.symbol}: {'; '.join(card.counts)}")
        for line in card.notes:
            print(f"  note: {line}")
    failures = [f"{card.symbol}: {line}" for card in cards for line in card.failures]
    for line in failures:
        print(line, file=sys.stderr)
    if failures:
        return 1
    for card in cards:
        write_files(arguments.into / "genes", card.files)
    write_files(arguments.into / "sources", {"genome-genes.toml": sources_text(SOURCES)})
    total = {body: sum(c.rows.get(body, 0) for c in cards) for body in ("CPIC", "DPWG")}
    sites, proven = sum(c.sites for c in cards), sum(c.proven for c in cards)
    print(f"{len(cards)} cards; pairs reproduced: CPIC {total['CPIC']}, DPWG {total['DPWG']}; {sites} sites, {proven} verified on GRCh37")
    return 0


if __name__ == "__main__":
    sys.exit(main())
