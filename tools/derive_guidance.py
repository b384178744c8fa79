"""Key tables of the guidance cards, restated from the guideline annotations of 2024-03.

    derive_guidance.py SOURCES list [BODY [DRUG ...]]   what a card's author has to restate, one block a statement
    derive_guidance.py SOURCES write                    the .tsv beside every card that has its .toml; fails where a row has no statement

SOURCES is the folder that holds the guideline annotation JSON files.  Only facts are taken (which key leads to which statement); the
sentences of the cards are written by people.  A statement of a card names the texts it restates by digest (`origin`).
"""

import argparse
import hashlib
import html
import json
import re
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

CARDS = Path(__file__).resolve().parents[1] / "src/painloom/knowledge/data/guidance"
STRENGTHS = {
    "Strong": "strong",
    "Moderate": "moderate",
    "Optional": "optional",
    "No recommendation": "no-recommendation",
}
PSEUDO_KEYS = {"xN combinations"}


@dataclass(frozen=True)
class Row:
    """One published row: which keys lead to which text."""

    body: str
    drug: str
    guideline: str
    version: str
    keys: tuple[tuple[str, str], ...]
    population: str
    strength: str
    text: str
    implications: tuple[str, ...]

    @property
    def origin(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:8]


def key_text(value: object) -> str:
    """A lookup key as the cards write it: diplotype counts become `*1/*3`."""
    if isinstance(value, dict):
        return "/".join(allele for allele, count in value.items() for _ in range(int(count)))
    return str(value)


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def read_rows(folder: Path) -> list[Row]:
    rows = []
    for path in sorted(folder.glob("*_and_*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        guideline = document["guideline"]
        for item in document["recommendations"]:
            keys = {gene: key_text(value) for gene, value in (item.get("lookupKey") or {}).items()}
            if not keys or PSEUDO_KEYS & set(keys.values()):
                continue
            names = [c["name"] for c in item["relatedChemicals"]] or [c["name"] for c in guideline["relatedChemicals"]]
            strength = (item.get("classification") or {}).get("term", "")
            for drug in names:
                rows.append(
                    Row(
                        guideline["source"],
                        drug,
                        guideline["id"],
                        str(guideline["version"]),
                        tuple(sorted(keys.items())),
                        item.get("population") or "general",
                        STRENGTHS.get(strength, "not-graded"),
                        item["text"]["html"],
                        tuple(item.get("implications") or ()),
                    )
                )
    return rows


def show(rows: list[Row], body: str, drugs: list[str]) -> None:
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.body == body and (not drugs or row.drug in drugs):
            groups[row.drug, row.guideline].append(row)
    for (drug, guideline), members in groups.items():
        genes = sorted({g for r in members for g, _ in r.keys})
        several = sum(d == drug for d, _ in groups) > 1
        card = slug("-".join([body, drug, *(genes if several else [])]))
        print(f"### {body} {drug}  card {card}  guideline {guideline} version {members[0].version} genes {genes}")
        statements: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in members:
            statements[row.origin, row.strength].append(row)
        for (origin, strength), same in statements.items():
            print(f"--- origin {origin} strength {strength} rows {len(same)} populations {sorted({r.population for r in same})}")
            for keys in sorted({" & ".join(f"{g}={k}" for g, k in r.keys) for r in same})[:12]:
                print("   key", keys)
            for because in sorted({i for r in same for i in r.implications})[:6]:
                print("   implication:", html.unescape(because))
            print("   text:", re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", same[0].text))).strip())
        print()


def write(rows: list[Row]) -> int:
    """Write the table of every card; returns how many rows have no statement."""
    lost = 0
    for path in sorted(CARDS.glob("*.toml")):
        card = tomllib.loads(path.read_text(encoding="utf-8"))
        mine = [r for r in rows if r.guideline == card["guideline"] and slug(r.drug) == slug(card["drug"])]
        if not mine:
            continue
        genes = list(card["genes"])
        labels = {p.get("source_label", p["id"]): p["id"] for p in card.get("population", [])}
        by_origin = {(o, a["strength"]): a["id"] for a in card["advice"] for o in a["origin"]}
        lines, seen = [], set()
        for row in mine:
            advice = by_origin.get((row.origin, row.strength))
            if advice is None:
                lost += 1
                print(
                    f"{path.name}: no statement for origin {row.origin} strength {row.strength} {row.keys}",
                    file=sys.stderr,
                )
                continue
            keys = dict(row.keys)
            line = "\t".join([*(keys.get(g, ".") for g in genes), labels.get(row.population, row.population), advice])
            if line not in seen:
                seen.add(line)
                lines.append(line)
        if set(genes) != {g for r in mine for g, _ in r.keys}:
            print(f"{path.name}: genes {genes} are not those of the rows", file=sys.stderr)
            lost += 1
        body = "\n".join(["\t".join([*genes, "population", "advice"]), *sorted(lines)])
        path.with_suffix(".tsv").write_text(body + "\n", encoding="utf-8")
    return lost


def main() -> int:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("sources", type=Path)
    ask.add_argument("verb", choices=["list", "write"])
    ask.add_argument("body", nargs="?", default="CPIC")
    ask.add_argument("drugs", nargs="*")
    args = ask.parse_args()
    rows = read_rows(args.sources)
    if args.verb == "list":
        show(rows, args.body, args.drugs)
        return 0
    return 1 if write(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
