"""Gene cards: TOML and its tables -> GeneCard."""

from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.cards import GENE_KINDS, Allele, Body, Effect, GeneCard, Overrule, Structure, Watched
from painloom.knowledge.tables import Fields, read_toml, read_tsv
from painloom.model.genotypes import Region, Site

TABLE_FREE = ("tag-allele", "mitochondrial")  # known by outside calls only


def read_gene(path: Path) -> GeneCard:
    """The card at `path` with the tables beside it; a table that is not there is an empty one."""
    card = Fields(read_toml(path), path.name)
    kind = card.text("kind")
    if kind not in GENE_KINDS:
        raise KnowledgeError(f"{path.name}: kind '{kind}' is not one of {', '.join(GENE_KINDS)}")
    if kind not in TABLE_FREE and not path.with_name(f"{path.stem}.sites.tsv").is_file():
        raise KnowledgeError(f"{path.name}: the tables of the gene ({path.stem}.sites.tsv and others) are missing beside it")
    symbol, chromosome = card.text("symbol"), card.text("chromosome")
    offset = card.integer("grch37_offset", 0)
    # a site whose coordinates nobody has confirmed is on the card for the reader and is not looked up in files
    sites = tuple(_site(row, symbol, chromosome) for row in _rows(path, "sites") if row["state38"] == "verified")
    structure = card.child("structure")
    return GeneCard(
        id=card.text("id"),
        release=card.text("release"),
        symbol=symbol,
        kind=kind,
        claim=card.text("claim"),
        licence=card.text("licence"),
        sources=card.texts("sources"),
        reference=card.text("reference", ""),
        unlisted=card.text("unlisted", "no-call"),
        sites=sites,
        alleles=tuple(_allele(row) for row in _rows(path, "alleles")),
        bodies=_bodies(card, _rows(path, "phenotypes")),
        required_sites=tuple(int(n) for n in card.numbers("required_sites")),
        preferred=tuple((frozenset(p.texts("among")), p.text("pick")) for p in card.children("preferred")),
        overrules=tuple(Overrule(o.integer("site"), o.integer("when_seen"), o.text("text")) for o in card.children("overrule")),
        structure=_structure(structure, symbol, chromosome, offset) if structure else None,
        extra_sites=tuple(_extra(e, symbol, chromosome, offset) for e in card.children("extra_site")),
        watched=tuple(
            Watched(_extra(e, symbol, chromosome, offset), e.text("text")) for e in card.children("ignored") if e.flag("stops_call")
        ),
        proxies=tuple(Watched(_extra(e, symbol, chromosome, offset), e.text("text"), e.text("marker")) for e in card.children("proxy")),
        markers=card.texts("markers"),
        severity=card.texts("severity"),
        effects=tuple(
            Effect(e.text("variant"), e.text("says"), e.text("effect"), e.text("evidence"), e.texts("sources"))
            for e in card.children("effect")
        ),
        frequencies={row["allele"]: float(row["frequency"]) for row in _rows(path, "frequencies")},
        aliases={row["outdated"]: row["accepted"] for row in _rows(path, "aliases")},
        open_questions=card.texts("open_questions"),
    )


def _rows(path: Path, table: str) -> list[dict[str, str]]:
    beside = path.with_name(f"{path.stem}.{table}.tsv")
    return list(read_tsv(beside)) if beside.exists() else []


def _site(row: dict[str, str], symbol: str, chromosome: str) -> Site:
    return Site(
        gene=symbol,
        chromosome=chromosome,
        position=int(row["position"]),
        alleles=(row["ref"], *row["alts"].split(",")),
        rsid=row["rsid"],
        tract=int(row["tract"] or 0),
        position37=int(row["position37"] or 0),
        reference37=row["ref37"],
        proven37=row["state37"] == "verified",
    )


def _extra(fields: Fields, symbol: str, chromosome: str, offset: int) -> Site:
    position = fields.integer("position")
    return Site(
        gene=symbol,
        chromosome=fields.text("chromosome", chromosome),
        position=position,
        alleles=(fields.text("ref"), *fields.text("alts", fields.text("alt", "")).split(",")),
        rsid=fields.text("rsid", ""),
        position37=fields.integer("position37", position + offset),
        reference37=fields.text("ref37", ""),
        proven37=fields.text("state37", "") == "verified",
    )


def _allele(row: dict[str, str]) -> Allele:
    structural = row["definition"] == "structural"
    definition = (
        ()
        if structural or not row["definition"]
        else tuple((int(place), tuple(fits.split("|"))) for place, fits in (part.split("=") for part in row["definition"].split(";")))
    )
    bodies = [name.removesuffix("_function") for name in row if name.endswith("_function")]
    return Allele(
        name=row["allele"],
        prints_as=row["prints_as"] or row["allele"],
        definition=definition,
        structural=structural,
        functions={b.upper(): row[f"{b}_function"] for b in bodies if row[f"{b}_function"]},
        activities={b.upper(): row[f"{b}_activity"] for b in bodies if row.get(f"{b}_activity")},
    )


def _bodies(card: Fields, rows: list[dict[str, str]]) -> tuple[Body, ...]:
    bodies = []
    for body in card.children("body"):
        name = body.text("name")
        pairs = {}
        for row in rows:
            if row["body"] == name:
                pairs[row["first"], row["second"]] = pairs[row["second"], row["first"]] = row["phenotype"]
        bands = tuple((float(str(low)), float(str(high)), str(term)) for low, high, term in body.lists("bands"))
        bodies.append(
            Body(name, body.text("key", "phenotype"), bands, body.text("default", ""), pairs, body.mapping("keys"), body.texts("markers"))
        )
    return tuple(bodies)


def _structure(fields: Fields, symbol: str, chromosome: str, offset: int) -> Structure:
    start, end = fields.integer("start"), fields.integer("end")
    return Structure(fields.text("deletion"), Region(symbol, chromosome, start, end, start + offset, end + offset))
