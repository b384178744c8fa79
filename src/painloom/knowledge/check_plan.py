"""Do the cards of a plan hold together: amounts in order, no quarrel with a rule, tapers for every span of time, ids that resolve."""

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.load import Knowledge
from painloom.knowledge.plan_cards import DoseCard, DoseLimit, Pace, TaperCard, WishDomain
from painloom.knowledge.rule_cards import Ceiling, RuleCard, When
from painloom.knowledge.tables import read_tsv

PERSON = ("age", "mme")  # measures that are no laboratory value
KIDNEY = ("crcl", "egfr")  # measures whose open upper span is a normal organ
DAILY_UNITS = ("mg", "mcg/h", "patch", "sprays")
SINGLE_UNITS = (" an injection", " an infusion", " a session")  # given now and then: no intakes a day
DOSED = ("drug", "topical", "injection")  # modalities that a dose card and a taper card belong to
LANGUAGES = ("en", "de")
BY_MOUTH = "oral"


def check_plan(knowledge: Knowledge) -> Iterator[str]:
    """One line for each thing that is wrong in dose, taper, price and wish cards and in what a plan reads of a treatment.

    The sources at the head of a card are looked up with every other card's; here are those of its parts.
    """
    names = _Names(knowledge)
    for dose in knowledge.doses.values():
        yield from _dose(dose, names)
    for taper in knowledge.tapers.values():
        yield from _taper(taper, names)
    yield from _one_taper_each(knowledge.tapers.values())
    yield from _covered(knowledge)
    yield from _prices(names)
    yield from _wishes(names)
    for card in knowledge.treatments.values():
        yield from _treatment(card, names)


class _Names:
    """Every id that a card of a plan may name."""

    def __init__(self, knowledge: Knowledge):
        self.knowledge = knowledge
        self.classes = {c.id for c in knowledge.classes}
        self.groups = self.classes | {row["group"] for row in knowledge.terms("drug_groups")}
        self.facts = {row["id"] for name in ("facts", "facts_criteria") for row in knowledge.terms(name)}
        self.measures = {row["id"] for row in knowledge.terms("measures")} | set(PERSON)
        self.domains = {domain.id for domain in knowledge.wishes.domains}
        self.kinds = {driver.kind for driver in knowledge.drivers.values()}
        self.grouped = {(row["drug"], row["group"]) for row in knowledge.terms("drug_groups")}

    def when(self, when: When, where: str) -> Iterator[str]:
        """A condition on something that nobody can record would never hold."""
        if when.fact and when.fact not in self.facts:
            yield f"{where}: fact '{when.fact}' is not in terms/"
        if when.measure and when.measure not in self.measures:
            yield f"{where}: measure '{when.measure}' is not known"

    def sources(self, sources: Iterable[str], where: str) -> Iterator[str]:
        """A source of a part that leads nowhere."""
        yield from (f"{where}: source '{s}' is not in sources/" for s in sources if s not in self.knowledge.sources)

    def belongs(self, drug: str, group: str) -> bool:
        """Whether a drug is in a group or class."""
        card = self.knowledge.drugs.get(drug)
        return (drug, group) in self.grouped or (card is not None and group in card.classes)


def _dose(card: DoseCard, names: _Names) -> Iterator[str]:
    where = f"doses/{card.id}"
    if card.drug not in names.knowledge.drugs:
        yield f"{where}: drug '{card.drug}' has no card"
    if card.treatments and card.id == card.drug:
        yield f"{where}: a card for some treatments alone needs a name of its own; the drug's name is for all others"
    yield from (f"{where}: '{t}' is no treatment of {card.drug}" for t in card.treatments if not _gives(t, card.drug, names))
    single = card.unit.endswith(SINGLE_UNITS)
    if not single and card.unit not in DAILY_UNITS:
        yield f"{where}: unit '{card.unit}' is neither one of {', '.join(DAILY_UNITS)} nor an amount at a time"
    if single and card.times is not None:
        yield f"{where}: what is given at a time has no intakes a day"
    order = ("start", "target_low", "target_high", "most")
    known = [(name, value) for name in order if (value := getattr(card, name)) is not None]
    yield from (f"{where}: {a} {x:g} lies above {b} {y:g}" for (a, x), (b, y) in pairwise(known) if x > y)
    if card.step is None and card.every_days is not None:
        yield f"{where}: every {card.every_days:g} days, but no step"
    yield from _one_route(card, names)
    for limit in card.limits:
        yield from _limit(card, limit, names, f"{where}: limit {_said(limit.when)}")
    yield from _quarrels(card, names)


def _one_route(card: DoseCard, names: _Names) -> Iterator[str]:
    """Amounts of one route must not be read for another: a card that names no treatment is read for all that no other card names."""
    apart = {t for other in names.knowledge.doses.values() if other.drug == card.drug and other is not card for t in other.treatments}
    cards = names.knowledge.treatments.values()
    given = {t.route or BY_MOUTH for t in cards if t.modality in DOSED and card.drug in t.drugs and t.id not in apart}
    if not card.treatments and len(given) > 1 and (card.start, card.target_low, card.target_high, card.most) != (None,) * 4:
        yield f"doses/{card.id}: treatments give it by {' and '.join(sorted(given))}, so amounts stand in words only"


def _gives(treatment: str, drug: str, names: _Names) -> bool:
    card = names.knowledge.treatments.get(treatment)
    return card is not None and drug in card.drugs


def _limit(card: DoseCard, limit: DoseLimit, names: _Names, where: str) -> Iterator[str]:
    yield from names.when(limit.when, where)
    yield from names.sources(limit.sources, where)
    pairs = [(name, getattr(limit, name), getattr(card, name)) for name in ("start", "most")]
    yield from (f"{where}: {name} {own:g} lies above the card's {usual:g}" for name, own, usual in pairs if _above(own, usual))
    if not any(own is not None and (usual is None or own < usual) for _, own, usual in pairs):
        yield f"{where}: lowers neither the start nor the most"
    if _above(limit.start, limit.most):
        yield f"{where}: start {limit.start:g} lies above its most {limit.most:g}"


def _quarrels(card: DoseCard, names: _Names) -> Iterator[str]:
    """Where a limit or the card itself says another amount than the ceiling of a rule."""
    if card.unit != "mg":
        return
    for rule, ceiling in _ceilings(card, names):
        if ceiling.measure in KIDNEY and ceiling.low is not None and ceiling.below is None and _above(card.most, ceiling.most):
            yield f"doses/{card.id}: most {card.most:g} lies above {ceiling.most:g} of the rule {rule.id}"
        for limit in card.limits:
            said = _quarrel(limit, ceiling)
            if said:
                yield f"doses/{card.id}: limit {_said(limit.when)}: {said} (rule {rule.id})"


def _quarrel(limit: DoseLimit, ceiling: Ceiling) -> str:
    """What a limit allows against a ceiling, "" where it is no looser or speaks of another span: a plan takes the lower one."""
    when = limit.when
    if when.measure != ceiling.measure or not _overlap(when, ceiling):
        return ""
    if ceiling.most is None:
        return "gives an amount where the rule says not to use it" if (limit.start, limit.most) != (None, None) else ""
    return f"allows more than {ceiling.most:g}" if _above(limit.most, ceiling.most) or _above(limit.start, ceiling.most) else ""


def _ceilings(card: DoseCard, names: _Names) -> Iterator[tuple[RuleCard, Ceiling]]:
    """Ceilings that hold for the drug alone, whoever takes it."""
    for rule in names.knowledge.rules.values():
        if len(rule.parts) != 1 or rule.when or rule.any_of:
            continue
        part = rule.parts[0]
        named = card.drug in part.drugs or any(names.belongs(card.drug, group) for group in part.groups)
        if named and card.drug not in part.except_drugs and (not part.routes or card.route in part.routes):
            yield from ((rule, ceiling) for ceiling in rule.ceilings)


def _overlap(one: When | Ceiling, other: When | Ceiling) -> bool:
    low = max(-math.inf if x.low is None else x.low for x in (one, other))
    below = min(math.inf if x.below is None else x.below for x in (one, other))
    return low < below


def _above(value: float | None, most: float | None) -> bool:
    return value is not None and most is not None and value > most


def _said(when: When) -> str:
    """A condition as one word, to find it on the card."""
    return when.fact or f"{when.measure} [{'' if when.low is None else f'{when.low:g}'}, {'' if when.below is None else f'{when.below:g}'})"


def _taper(card: TaperCard, names: _Names) -> Iterator[str]:
    where = f"tapers/{card.id}"
    if not (card.classes or card.drugs):
        yield f"{where}: names no class and no drug"
    yield from (f"{where}: class '{c}' is not in terms/drug_classes.tsv" for c in card.classes if c not in names.classes)
    yield from (f"{where}: drug '{d}' has no card" for d in card.drugs if d not in names.knowledge.drugs)
    spans: dict[tuple[float, float], list[Pace]] = {}
    for pace in card.paces:
        yield from names.sources(pace.sources, f"{where}: pace")
        if pace.every_days <= 0:
            yield f"{where}: a pace needs days above 0"
        spans.setdefault((pace.after_months, math.inf if pace.below_months is None else pace.below_months), []).append(pace)
    if card.paces:
        yield from _spans(sorted(spans), where)
    for (after, _), paces in spans.items():
        ends = [pace.until for pace in paces]
        if ends[-1] != 0 or any(a <= b for a, b in pairwise(ends)):
            yield f"{where}: the paces after {after:g} months do not follow each other down to nothing"


def _spans(spans: list[tuple[float, float]], where: str) -> Iterator[str]:
    """Every length of time has one pace: no gap, no overlap, from 0 without end."""
    reached = 0.0
    for after, below in spans:
        if after >= below:
            yield f"{where}: a pace ends at {below:g} months, before it begins"
            continue
        if after > reached:
            yield f"{where}: no pace from {reached:g} to {after:g} months"
        if after < reached:
            yield f"{where}: two paces from {after:g} to {min(reached, below):g} months"
        reached = max(reached, below)
    if reached != math.inf:
        yield f"{where}: no pace after {reached:g} months"


def _one_taper_each(cards: Iterable[TaperCard]) -> Iterator[str]:
    """A class or drug on two cards would be stopped by whichever comes first."""
    seen: dict[tuple[str, str], str] = {}
    for card in cards:
        for named in (*(("class", c) for c in card.classes), *(("drug", d) for d in card.drugs)):
            first = seen.setdefault(named, card.id)
            if first != card.id:
                yield f"tapers/{card.id}: the {named[0]} '{named[1]}' also stands on {first}"


def _covered(knowledge: Knowledge) -> Iterator[str]:
    """Every drug that a plan may begin has a dose card, and a way to stop it."""
    classes = {c for card in knowledge.tapers.values() for c in card.classes}
    drugs = {d for card in knowledge.tapers.values() for d in card.drugs}
    for card in knowledge.treatments.values():
        for drug in card.drugs if card.modality in DOSED else ():
            where = f"treatments/{card.id}: {drug}"
            if not any(one.drug == drug and (not one.treatments or card.id in one.treatments) for one in knowledge.doses.values()):
                yield f"{where} has no card in doses/"
            if drug not in drugs and drug in knowledge.drugs and not classes & set(knowledge.drugs[drug].classes):
                yield f"{where} has no card in tapers/"


def _prices(names: _Names) -> Iterator[str]:
    table = names.knowledge.files("prices", ".tsv")[names.knowledge.prices.id]
    seen: set[str] = set()
    for line in read_tsv(table):
        if line["treatment"] in seen:
            yield f"prices/: {line['treatment']} stands twice"
        seen.add(line["treatment"])
    for row in names.knowledge.prices.rows.values():
        where = f"prices/: {row.treatment}"
        if row.treatment not in names.knowledge.treatments:
            yield f"{where} has no card in treatments/"
        yield from names.sources((row.source,), where)


def _wishes(names: _Names) -> Iterator[str]:
    domains = names.knowledge.wishes.domains
    yield from (f"wishes/: {id_} stands twice" for id_ in sorted({d.id for d in domains if sum(d.id == o.id for o in domains) > 1}))
    for domain in domains:
        yield from _domain(domain, names, f"wishes/: {domain.id}")


def _domain(domain: WishDomain, names: _Names, where: str) -> Iterator[str]:
    said = {language for language, _ in domain.words}
    yield from (f"{where} has an empty word in '{language}', which every wish holds" for language, word in domain.words if not word.strip())
    yield from (f"{where} has no word in '{language}'" for language in LANGUAGES if language not in said)
    if not (0 <= domain.weight <= 1 and 0 <= domain.raised <= 1):
        yield f"{where}: weights lie between 0 and 1"
    if domain.raised < domain.weight:
        yield f"{where}: raised {domain.raised:g} lies below its weight {domain.weight:g}"
    yield from (f"{where}: no driver is of the kind '{kind}'" for kind in domain.raised_by if kind not in names.kinds)


def _treatment(card: TreatmentCard, names: _Names) -> Iterator[str]:
    """What a plan reads of a treatment: a name that leads nowhere would silently protect or serve nobody."""
    where, knowledge = f"treatments/{card.id}", names.knowledge
    kinds, treatments = knowledge.conditions.indications, knowledge.treatments
    if card.course is None and card.modality not in DOSED:
        yield f"{where}: a treatment that is no drug needs a [course]"
    if card.course is not None:
        yield from names.sources(card.course.sources, f"{where}: course")
    for serve in card.serves:
        if serve.domain not in names.domains:
            yield f"{where}: serves '{serve.domain}', which is no domain of wishes"
        yield from (f"{where}: serves '{kind}', which is no kind of pain" for kind in serve.conditions if kind not in kinds)
        yield from names.sources(serve.sources, f"{where}: serves {serve.domain}")
    for against in card.contraindications:
        if against.when is not None:
            yield from names.when(against.when, f"{where}: contraindication")
        yield from (f"{where}: contraindication: group '{g}' has no drugs" for g in against.taking if g not in names.groups)
        yield from names.sources(against.sources, f"{where}: contraindication")
    for pair in card.not_with:
        yield from (f"{where}: not_with '{t}', which is no treatment" for t in pair.treatments if t not in treatments)
        if card.id in pair.treatments:
            yield f"{where}: does not go with itself"
        yield from names.sources(pair.sources, f"{where}: not_with")
    for choice in card.first_choices:
        if choice.condition not in kinds:
            yield f"{where}: first for '{choice.condition}', which is no kind of pain"
        yield from names.sources(choice.sources, f"{where}: first")
    bodies = {against: {(c.condition, c.body) for c in card.first_choices if c.against is against} for against in (True, False)}
    both = sorted(bodies[True] & bodies[False])
    yield from (f"{where}: {body} is both for and against it in {condition}" for condition, body in both)
