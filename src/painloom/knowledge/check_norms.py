"""Do the normative cards hold together: terms, covariates, files, places and circuits name things that exist."""

from collections.abc import Iterator, Mapping

from painloom.knowledge.load import Knowledge
from painloom.knowledge.norm_tables import GAMMA, LINEAR, Place
from painloom.knowledge.norms import CHOICE, CONTRAST, STATES, CircuitCard, NormCard, read_circuits, read_norms


def check_norms(knowledge: Knowledge) -> Iterator[str]:
    """One line for each thing that is wrong."""
    files = knowledge.files("norms")
    regions: set[str] = set()
    for card in read_norms(files).values():
        where = f"norms/{card.id}"
        yield from _head(card, where)
        for table in card.tables:
            places = [m.place for m in table.linear] if card.kind == LINEAR else [m.place for m in table.gamma]
            yield from _places(places, f"{where}.{table.id}.tsv")
            regions |= {place.region for place in places}
        if card.kind == LINEAR:
            yield from _terms(card, where)
        elif card.kind == GAMMA:
            yield from _gamma(card, where)
    circuits = read_circuits(files)
    if circuits is not None:
        yield from _circuits(circuits, regions, knowledge.sources)


def _head(card: NormCard, where: str) -> Iterator[str]:
    if card.state not in STATES:
        yield f"{where}: state '{card.state}' is not one of {', '.join(STATES)}"
    known = card.by_table
    if len(known) != len(card.tables):
        yield f"{where}: a table stands twice"
    if not card.defaults:
        yield f"{where}: names no default tables"
    yield from (f"{where}: default '{name}' is no table of it" for group in card.defaults for name in group if name not in known)
    for id_, values, reference in card.choices:
        if reference not in values:
            yield f"{where}: the reference of choice '{id_}' is not one of its values"


def _places(places: list[Place], where: str) -> Iterator[str]:
    seen: set[tuple[str, str, str]] = set()
    for place in places:
        key = (place.table, place.region, place.measure)
        if key in seen:
            yield f"{where}: {place.region} {place.measure} stands twice in {place.table}"
        seen.add(key)
        if place.name != place.name.lower() or place.region != place.region.lower():
            yield f"{where}: {place.region} must be written in lower case"
        if not place.region.endswith(place.name) and "+" not in place.file:
            yield f"{where}: region '{place.region}' does not end in its name in the file, '{place.name}'"


def _terms(card: NormCard, where: str) -> Iterator[str]:
    covariates = {covariate.id for covariate in card.covariates}
    factors = dict(card.terms)
    for term, of in card.terms:
        yield from (f"{where}: term '{term}' multiplies '{name}', which is no covariate" for name in of if name not in covariates)
    used = {term for table in card.tables for model in table.linear for term, _ in model.terms}
    yield from (f"{where}: term '{t}' is neither a covariate nor a [[term]]" for t in sorted(used) if t not in covariates | set(factors))
    options = {id_: values for id_, values, _ in card.choices}
    for covariate in card.covariates:
        if covariate.kind == CHOICE and covariate.equals not in options.get(covariate.option, ()):
            yield f"{where}: covariate '{covariate.id}' asks for '{covariate.equals}' of '{covariate.option}', which no choice has"
    measured = any(model.contrast.image for table in card.tables for model in table.linear)
    if measured and not (card.intensity and card.white and any(c.kind == CONTRAST for c in card.covariates)):
        yield f"{where}: has contrasts but no intensity image, no white matter or no covariate for them"


def _gamma(card: NormCard, where: str) -> Iterator[str]:
    factor, offset = card.age_days
    if factor * card.ages[0] + offset <= 1:
        yield f"{where}: the youngest age has no positive logarithm of days; look at age_days"


def _circuits(card: CircuitCard, regions: set[str], sources: Mapping[str, object]) -> Iterator[str]:
    where = f"norms/{card.id}"
    for circuit in card.circuits:
        if circuit.state not in STATES:
            yield f"{where} {circuit.id}: state '{circuit.state}' is not one of {', '.join(STATES)}"
        yield from (f"{where} {circuit.id}: no norm has the region '{region}'" for region in circuit.regions if region not in regions)
        yield from (f"{where} {circuit.id}: source '{source}' is not in sources/" for source in circuit.sources if source not in sources)
