"""Does the knowledge hold together: every id resolves, every card has source, licence and release, every row can be reached."""

from collections.abc import Iterator
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.cards import DrugCard, GeneCard, GuidanceCard
from painloom.knowledge.check_body import check_body
from painloom.knowledge.check_evidence import check_evidence
from painloom.knowledge.check_formulation import check_formulation
from painloom.knowledge.check_imaging import check_imaging
from painloom.knowledge.check_instruments import check_instruments
from painloom.knowledge.check_markers import check_markers
from painloom.knowledge.check_norms import check_norms
from painloom.knowledge.check_panels import check_panels
from painloom.knowledge.check_plan import check_plan
from painloom.knowledge.check_targets import check_targets
from painloom.knowledge.load import Knowledge
from painloom.knowledge.prescribing import GENERAL
from painloom.knowledge.scalp import check_scalp
from painloom.knowledge.tables import read_toml
from painloom.model.finding import CLAIMS

OUR_OWN = {"layouts", "wording"}  # how the program shows things; no medicine
WILDCARDS = {"*", "No Result", "n/a", "Indeterminate"}


def check(knowledge: Knowledge) -> list[str]:
    """One line for each thing that is wrong, nothing when all is well."""
    try:
        brain = (check_markers, check_norms, check_panels, check_imaging, check_targets, check_scalp)
        parts = (_heads, _genes, _guidance, _drugs, check_instruments, check_body, check_evidence, check_formulation, check_plan, *brain)
        return [line for part in parts for line in part(knowledge)]
    except KnowledgeError as wrong:
        return [str(wrong)]


def card_files(knowledge: Knowledge) -> Iterator[tuple[str, Path]]:
    """(kind, file) of every TOML card, sources apart."""
    kinds = sorted(p.name for p in knowledge.base.iterdir() if p.is_dir() and p.name not in ("sources", "__pycache__"))
    for kind in kinds:
        for path in knowledge.files(kind).values():
            yield kind, path


def _heads(knowledge: Knowledge) -> Iterator[str]:
    for kind, path in card_files(knowledge):
        if kind in OUR_OWN:
            continue
        record = read_toml(path)
        where = f"{kind}/{path.name}"
        for name in ("schema", "release", "licence", "claim", "sources"):
            if not record.get(name):
                yield f"{where}: '{name}' is missing"
        if record.get("id") != path.stem:
            yield f"{where}: its id is not the file's name"
        if record.get("claim") not in CLAIMS:
            yield f"{where}: claim '{record.get('claim')}' is not one of {', '.join(CLAIMS)}"
        sources = record.get("sources")
        for source in sources if isinstance(sources, list) else []:
            if source not in knowledge.sources:
                yield f"{where}: source '{source}' is not in sources/"


def _genes(knowledge: Knowledge) -> Iterator[str]:
    for card in knowledge.genes.values():
        where = f"genes/{card.id}"
        places = {site.position for site in card.sites}
        if len(places) != len(card.sites):
            yield f"{where}: two sites at one position"
        names = [a.name for a in card.alleles]
        if len(set(names)) != len(names):
            yield f"{where}: an allele stands twice"
        yield from (
            f"{where}: allele {a.name} names {p}, which is no site" for a in card.alleles for p, _ in a.definition if p not in places
        )
        if card.reference and card.reference not in names[:1]:
            yield f"{where}: the first allele row is not the reference {card.reference}"
        yield from _functions(card, where)
        for effect in card.effects:
            yield from (f"{where}: source '{s}' is not in sources/" for s in effect.sources if s not in knowledge.sources)


def _functions(card: GeneCard, where: str) -> Iterator[str]:
    for body in card.bodies:
        if body.bands or not body.phenotypes:
            continue
        used = {a.functions[body.name] for a in card.alleles if body.name in a.functions}
        known = {function for pair in body.phenotypes for function in pair}
        yield from (f"{where}: {body.name} function '{f}' stands in no row of the phenotype table" for f in sorted(used - known))


def _guidance(knowledge: Knowledge) -> Iterator[str]:
    for card in knowledge.guidance.values():
        where = f"guidance/{card.id}"
        if card.drug not in knowledge.drugs:
            yield f"{where}: drug '{card.drug}' has no card"
        yield from (f"{where}: gene '{g}' has no card" for g in card.genes if g not in knowledge.genes)
        used = {s.id for s in card.rows.values()}
        yield from (f"{where}: no row leads to the statement '{s}'" for s in card.statements if s not in used)
        groups = {p.id for p in card.populations} | {GENERAL}
        yield from (f"{where}: population '{p}' of its table is not on the card" for p in {p for _, p in card.rows} - groups)
        yield from _reachable(knowledge, card, where)
        for statement in card.statements.values():
            yield from (f"{where}: alternative '{d}' has no drug card" for d in statement.alternatives if d not in knowledge.drugs)


def _reachable(knowledge: Knowledge, card: GuidanceCard, where: str) -> Iterator[str]:
    """A phenotype key that the body's table for the gene can never give would silently lead to no advice."""
    for gene, domain in zip(card.genes, card.domains, strict=True):
        body = next((b for b in knowledge.genes[gene].bodies if b.name == card.body), None) if gene in knowledge.genes else None
        if body is None or body.key != "phenotype" or not body.phenotypes:
            continue
        given = set(body.phenotypes.values()) | {body.default} | set(body.keys.values())
        yield from (f"{where}: no result of {gene} gives the key '{key}'" for key in sorted(domain - given - WILDCARDS))


def _drugs(knowledge: Knowledge) -> Iterator[str]:
    classes = {c.id for c in knowledge.classes}
    for drug in knowledge.drugs.values():
        where = f"drugs/{drug.id}"
        yield from (f"{where}: class '{c}' is not in terms/drug_classes.tsv" for c in drug.classes if c not in classes)
        if not drug.classes:
            yield f"{where}: has no class"
        yield from _drug_sources(knowledge, drug, where)
    assert knowledge.drug_names  # a name of two drugs raises here


def _drug_sources(knowledge: Knowledge, drug: DrugCard, where: str) -> Iterator[str]:
    named = (*(s for act in drug.acts_on for s in act.sources), *(s for limit in drug.age_limits for s in limit.sources))
    for source in (*drug.no_gene_sources, *named):
        if source not in knowledge.sources:
            yield f"{where}: source '{source}' is not in sources/"
    yield from (f"{where}: an effect on {act.enzyme} has no source" for act in drug.acts_on if not act.sources)
