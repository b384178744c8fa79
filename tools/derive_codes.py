"""Tables of drug product codes, restated from the published RxNorm extracts.

    derive_codes.py SOURCES [INTO]     rxnorm_products.tsv and rxnorm_groups.tsv, into the folder of terms unless another is named

SOURCES is the folder that holds `opioids_rxnorm.tsv` (opioid products: dose form, ingredient, strength) and `value_sets.tsv` (code sets of
the open computable guide).  Nothing is written when a row cannot be mapped: every such row is printed.
Both extracts are CC0; RxNorm is a public vocabulary of the US National Library of Medicine, which does not endorse this product.
"""

import argparse
import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from painloom.knowledge.drug_names import find_drug
from painloom.knowledge.load import DATA, Knowledge, load

TERMS = DATA / "terms"
PRODUCTS = ("rxcui", "drug", "form", "route", "release", "strength", "unit", "others")
GROUPS = ("rxcui", "group", "drugs")
LEAD = re.compile(r"(?:(?:a?nda|bla)\d+|\d+-bead|abuse-deterrent|matrix delivery|\d+(?:\.\d+)? (?:hr|ml|actuat))\s+")
PIECE, SIZE = re.compile(r"\(([^()]*)\)"), re.compile(r"\d+(?:\.\d+)? (?:ml|actuat)")  # what a pack holds; how large one piece is
INGREDIENT = re.compile(r"[a-z][a-z0-9,' -]*?(?=\s+\d)")
FORMS = {  # RxNorm dose form -> form, route
    "oral tablet": ("tablet", "oral"),
    "disintegrating oral tablet": ("tablet", "oral"),
    "effervescent oral tablet": ("tablet", "oral"),
    "tablet for oral suspension": ("tablet", "oral"),
    "extended release oral tablet": ("tablet", "oral"),
    "oral capsule": ("capsule", "oral"),
    "extended release oral capsule": ("capsule", "oral"),
    "oral solution": ("solution", "oral"),
    "oral suspension": ("suspension", "oral"),
    "extended release suspension": ("suspension", "oral"),
    "sublingual tablet": ("tablet", "sublingual"),
    "sublingual film": ("film", "sublingual"),
    "buccal tablet": ("tablet", "buccal"),
    "buccal film": ("film", "buccal"),
    "oral lozenge": ("lozenge", "buccal"),
    "mucosal spray": ("spray", "buccal"),
    "oral strip": ("film", ""),
    "nasal spray": ("spray", "nasal"),
    "transdermal system": ("patch", "transdermal"),
    "topical solution": ("solution", "topical"),
    "rectal suppository": ("suppository", "rectal"),
    "drug implant": ("implant", "implant"),
    "pack": ("pack", ""),
    **dict.fromkeys(
        ("injection", "injectable solution", "injectable suspension", "auto-injector", "cartridge", "prefilled syringe"),
        ("injection", "injection"),
    ),
}
UNITS = {"mg": ("mg", 1.0), "mg/ml": ("mg/ml", 1.0), "mg/actuat": ("mg/actuation", 1.0), "mg/hr": ("mcg/h", 1000.0)}
Row = tuple[str, ...]


def ingredients(name: str) -> list[str]:
    """The ingredient words of an RxNorm product name, salts included, each once, in order."""
    text = re.sub(r"\[[^\]]*\]", " ", name.lower())
    inside = [piece for piece in PIECE.findall(text) if not SIZE.fullmatch(piece.strip())] if "{" in text else [text]
    found: dict[str, None] = {}
    for product in inside:
        for part in re.split(r"\s/\s", " ".join(product.split())):
            bare = part
            while lead := LEAD.match(bare):
                bare = bare[lead.end() :]
            word = INGREDIENT.match(bare)
            found[word.group() if word else bare] = None
    return list(found)


def drug_ids(knowledge: Knowledge, name: str) -> list[str]:
    """Ids of the cards of a product's ingredients; LookupError names the ingredient that no card has."""
    found: dict[str, None] = {}
    for word in ingredients(name):
        cards, unknown = find_drug(knowledge, word)
        if unknown or not cards:
            raise LookupError(f"no card knows the ingredient '{word}'")
        found.update(dict.fromkeys(card.id for card in cards))
    return list(found)


def product(knowledge: Knowledge, row: dict[str, str]) -> Row:
    """One row of rxnorm_products.tsv; LookupError says what cannot be mapped."""
    ids = drug_ids(knowledge, row["drug_name"])
    own = {card.id for card in find_drug(knowledge, row["ingredient"])[0]} & set(ids)
    if len(own) != 1:
        raise LookupError(f"the ingredient '{row['ingredient']}' is not one of the product's own")
    shape, unit = FORMS.get(row["dose_form"].lower()), UNITS.get(row["strength_unit"].lower())
    if shape is None or unit is None:
        raise LookupError(f"dose form '{row['dose_form']}' or unit '{row['strength_unit']}' is not known")
    form, route = shape
    if form == "patch" and unit[0] != "mcg/h":  # a system that gives single doses
        form = "pack"
    amount = f"{round(float(row['strength_value']) * unit[1], 6):g}"
    strength = ("", "") if form == "pack" else (amount, unit[0])  # holds more than one dose
    release = ("extended" if "extended release" in row["dose_form"].lower() else "immediate") if route == "oral" else ""
    return (row["rxcui"], *own, form, route, release, *strength, ";".join(i for i in ids if i not in own))


def groups(knowledge: Knowledge, row: dict[str, str]) -> list[Row]:
    """Rows of rxnorm_groups.tsv: every class of every ingredient; LookupError says what cannot be mapped."""
    ids = drug_ids(knowledge, row["display"])
    classes = dict.fromkeys(name for id_ in ids for name in knowledge.drugs[id_].classes)
    return [(row["code"], name, ";".join(ids)) for name in classes]


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    """The table, sorted, with a full stop for an absent value."""
    lines = [header, *sorted(set(rows))]
    path.write_text("".join("\t".join(cell or "." for cell in line) + "\n" for line in lines), encoding="utf-8")


def main(sources: Path, into: Path = TERMS) -> int:
    """0 when both tables were written, 1 when a row could not be mapped."""
    knowledge = load()
    products: list[Row] = []
    classed: list[Row] = []
    wrong: list[str] = []
    for row in read(sources / "opioids_rxnorm.tsv"):
        try:
            products.append(product(knowledge, row))
        except (LookupError, ValueError) as why:
            wrong.append(f"{row['rxcui']} {row['drug_name']}: {why}")
    for row in read(sources / "value_sets.tsv"):
        if row["system"] != "rxnorm":
            continue
        try:
            classed += groups(knowledge, row)
        except LookupError as why:
            wrong.append(f"{row['code']} {row['display']}: {why}")
    if wrong:
        sys.stderr.writelines(f"{line}\n" for line in dict.fromkeys(wrong))
        return 1
    write(into / "rxnorm_products.tsv", PRODUCTS, products)
    write(into / "rxnorm_groups.tsv", GROUPS, classed)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("into", type=Path, nargs="?", default=TERMS)
    given = parser.parse_args()
    sys.exit(main(given.sources, given.into))
