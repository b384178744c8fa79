"""What the possible results of a genotype or a laboratory value would refuse or allow for one person, by the rules that refuse today.

Nothing is decided here: each result is put into the record in place of what is not known, and the rules of genome and safety are asked
again.  Chances of genotypes are those of the population on file under Hardy-Weinberg; of a gene that was read in part only diplotypes
that fit count, each by its frequency.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from painloom.assess.outlook import Heard, refusals_by_drug, refusals_for
from painloom.body.candidates import Candidates, candidate_use, rules_about
from painloom.body.formulary import formulary_of
from painloom.genome.calls import OUTSIDE, GeneColumn
from painloom.genome.guide import Setting, advice_for, guide
from painloom.genome.named import diplotype
from painloom.genome.session import Session
from painloom.genome.solve import Solution
from painloom.knowledge.cards import Allele, GeneCard, GuidanceCard
from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.load import Knowledge
from painloom.knowledge.mechanism_cards import AlleleRow, ResultRow, TestCard
from painloom.knowledge.rule_cards import When
from painloom.model.advice import Advice
from painloom.model.assessment import DrugView
from painloom.model.body import Measure
from painloom.model.case import Case
from painloom.model.choice import Choice
from painloom.model.formulation import Driver
from painloom.model.genecall import CALLED, NOT_CALLED, Diplotype
from painloom.model.outlook import REFUSED, OutlookView
from painloom.plan.safe import refusals_of_drug
from painloom.synthesis.scenarios import TAKEN, Prospect, Scenario

ACTIVE, TO_VERIFY = "active", "to-verify"
OTHER = "any other result"
CHANCES, FITTING = "chances from", "among what fits the genotypes that were read"
SPELLED_OUT = 2000  # diplotypes of a gene that was read in part, the most frequent first
NO_TERM = "no phenotype"


@dataclass(frozen=True)
class Today:
    """One person on the day of the decision: what the streams found, the genes as they were called, and what can be chosen today."""

    case: Case
    knowledge: Knowledge
    session: Session
    heard: Heard
    outlook: OutlookView

    @cached_property
    def candidates(self) -> Candidates:
        """The drugs that could be begun."""
        return self.heard.candidates or Candidates(self.case, formulary_of(self.knowledge))

    @cached_property
    def options(self) -> Mapping[str, TreatmentCard]:
        """Treatments of the outlook by id."""
        ids = dict.fromkeys(one.treatment for one in self.outlook.outlooks)
        return {id_: self.knowledge.treatments[id_] for id_ in ids if id_ in self.knowledge.treatments}

    @cached_property
    def refused(self) -> frozenset[str]:
        """Treatments that are refused today."""
        return frozenset(one.treatment for one in self.outlook.outlooks if one.status == REFUSED)

    @cached_property
    def taken(self) -> Mapping[str, DrugView]:
        """Drugs that are taken now and have a card."""
        return taken_now(self.heard.drugs, self.knowledge)

    @cached_property
    def taken_refused(self) -> frozenset[str]:
        """Drugs that are taken and would not be begun today: the plan deals with them already."""
        return self.refused_of_taken(self.heard)

    @cached_property
    def watched(self) -> frozenset[str]:
        """Drugs on which something is to decide: those of the options, and those that are taken."""
        return frozenset(drug for card in self.options.values() for drug in card.drugs) | self.taken.keys()

    def refused_of_taken(self, heard: Heard) -> frozenset[str]:
        """Drugs that are taken and would be refused if `heard` were so."""
        uses = {drug: candidate_use(self.knowledge.drugs[drug].name, "") for drug in self.taken}
        return frozenset(refusals_by_drug(heard.candidates or self.candidates, heard.drugs, uses))

    def scenario(self, heard: Heard, cards: Iterable[TreatmentCard]) -> Scenario:
        """What would be refused or allowed if `heard` were so; only `cards` are asked again.  Label and chance are the caller's."""
        asked = list(cards)
        found, _ = refusals_for(asked, self.case, self.knowledge, heard)
        taken = {f"{TAKEN}{drug}" for drug in self.refused_of_taken(heard) - self.taken_refused}
        return Scenario(
            OTHER,
            1.0,
            refused=frozenset(found.keys() - self.refused | taken),
            allowed=frozenset(card.id for card in asked if card.id in self.refused and card.id not in found),
        )


def prospects_of(today: Today) -> dict[str, Prospect]:
    """Test id -> results with their chances, for every test of a genotype or a value that is not known and could refuse or allow something.

    A test of which no result changes a refusal is there, too: it is worth nothing, and says so.
    """
    found: dict[str, Prospect] = {}
    for card in today.knowledge.tests.values():
        if not card.available:
            continue
        prospect = _of_genes(card, today) if card.genes else _of_values(card, today) if card.results else None
        if prospect is not None:
            found[card.id] = prospect
    return found


def taken_now(views: Iterable[DrugView], knowledge: Knowledge) -> dict[str, DrugView]:
    """The drugs that are taken now and have a card, in the order of the list."""
    active = (view for view in views if view.current and any(use.state == ACTIVE for use in view.uses))
    return {view.drug: view for view in active if view.drug in knowledge.drugs}


def with_taken(choices: Callable[[Sequence[Driver]], Sequence[Choice]], today: Today) -> Callable[[Sequence[Driver]], Sequence[Choice]]:
    """The options of the decision at hand with the drugs that are taken: each is a decision of its own, to go on or to stop.

    A treatment whose drugs are all taken is not begun, so it competes with no other.
    """
    taken, worth = today.taken, today.knowledge.weighing.kept_worth
    kept = tuple(
        Choice(f"{TAKEN}{drug}", view.label, 0.0, worth, (), f"{TAKEN}{drug}")
        for drug, view in taken.items()
        if drug not in today.taken_refused
    )

    def found(drivers: Sequence[Driver]) -> Sequence[Choice]:
        begun = (one for one in choices(drivers) if not _is_taken(today.options.get(one.id), taken))
        return (*begun, *kept)

    return found


def _is_taken(card: TreatmentCard | None, taken: Mapping[str, DrugView]) -> bool:
    return card is not None and bool(card.drugs) and set(card.drugs) <= taken.keys()


# Genes


def _of_genes(card: TestCard, today: Today) -> Prospect | None:
    """Results of a genotype: None where every gene is called already, where no guideline uses it here, or no frequency is on file."""
    open_ = [gene for gene in card.genes if gene in today.session.columns and _solution(gene, today).status != CALLED]
    guidance = {i: c for i, c in today.knowledge.guidance.items() if c.drug in today.watched and not set(open_).isdisjoint(c.genes)}
    if not guidance:
        return None
    classes = {gene: found for gene in open_ if (found := _readings(gene, card, today))}
    if not classes:
        return None
    partly = any(_solution(gene, today).status != NOT_CALLED for gene in classes)
    basis = "; ".join(part for part in (f"{CHANCES} {card.basis}" if card.basis else "", FITTING if partly else "") if part)
    is_sure = not any(row.state == TO_VERIFY for row in card.alleles if row.gene in classes)
    return Prospect(tuple(_by_consequence(classes, guidance, today, is_sure=is_sure)), basis)


def _solution(gene: str, today: Today) -> Solution:
    column = today.session.columns[gene]
    return column.solutions[int(column.of_sample[0])]


def _by_consequence(
    classes: Mapping[str, Sequence[Diplotype]], guidance: Mapping[str, GuidanceCard], today: Today, *, is_sure: bool
) -> Iterator[Scenario]:
    """Results that lead guidelines to refuse the same drugs, taken together; the most frequent first."""
    rules = today.knowledge.rules
    views = {view.drug: view for view in today.heard.drugs}
    about = {card.drug for card in guidance.values()} & views.keys()
    already = frozenset(drug for drug in about if refusals_of_drug((), rules, views[drug].advice))
    combos = list(itertools.product(*classes.values()))
    groups: dict[frozenset[str], list[tuple[float, str, dict[str, DrugView]]]] = {}
    for combo, told in zip(combos, _guided(classes, combos, guidance, today), strict=True):
        then = {drug: _told(views[drug], told) for drug in about}
        against = frozenset(drug for drug, view in then.items() if refusals_of_drug((), rules, view.advice))
        groups.setdefault(against, []).append((math.prod(one.frequency for one in combo), _term(classes, combo), then))
    for against, members in sorted(groups.items(), key=lambda pair: -math.fsum(chance for chance, _, _ in pair[1])):
        if against == already:
            yield Scenario(OTHER, math.fsum(chance for chance, _, _ in members), is_sure=is_sure)
            continue
        drugs = tuple(members[0][2].get(view.drug, view) for view in today.heard.drugs)
        cards = (card for card in today.options.values() if not (against ^ already).isdisjoint(card.drugs))
        found = today.scenario(replace(today.heard, drugs=drugs, candidates=today.candidates), cards)
        for chance, term, _ in members:
            yield replace(found, label=term if found.refused or found.allowed else OTHER, chance=chance, is_sure=is_sure)


def _guided(
    classes: Mapping[str, Sequence[Diplotype]],
    combos: Sequence[tuple[Diplotype, ...]],
    guidance: Mapping[str, GuidanceCard],
    today: Today,
) -> Iterator[dict[str, Advice]]:
    """Advice by guidance card for each combination, by the code that advises a cohort: every combination is one of its members."""
    session, count = today.session, len(combos)
    columns = dict(session.columns)
    for gene in {gene for card in guidance.values() for gene in card.genes} & columns.keys() - classes.keys():
        columns[gene] = replace(columns[gene], of_sample=np.repeat(columns[gene].of_sample[:1], count))
    nobody = np.array([], dtype=np.intp)
    for place, (gene, found) in enumerate(classes.items()):
        number = {id(one): n for n, one in enumerate(found)}
        solutions = tuple(Solution(CALLED, None, (one,), heterozygous=True) for one in found)
        of_sample = np.array([number[id(combo[place])] for combo in combos], dtype=np.intp)
        columns[gene] = GeneColumn(columns[gene].panel, solutions, of_sample, nobody, OUTSIDE)
    advised = guide(guidance, columns, Setting(session.drugs, today.case.person.age_years), count, session.memory)
    for member in range(count):
        yield {id_: advice_for(column, member) for id_, column in advised.items()}


def _told(view: DrugView, told: Mapping[str, Advice]) -> DrugView:
    """The drug with the advice that the result would bring; what other guidance says of it stays."""
    return replace(view, advice=tuple(told.get(a.card[0].removeprefix("guidance/"), a) for a in view.advice))


def _term(classes: Mapping[str, Sequence[Diplotype]], combo: Sequence[Diplotype]) -> str:
    """The result in words."""
    terms = (f"{gene} {one.readings[0].phenotype.lower() if one.readings else NO_TERM}" for gene, one in zip(classes, combo, strict=True))
    return ", ".join(terms)


class _Kept:
    """Genotypes of the population by gene, of the knowledge that was used last: they do not depend on the person."""

    last: tuple[Knowledge, dict[tuple[str, str], tuple[Diplotype, ...]]] | None = None


def _readings(gene: str, card: TestCard, today: Today) -> tuple[Diplotype, ...]:
    """One diplotype for each way to read the gene, its `frequency` the chance of that way; none where no frequency is on file."""
    column, solution = today.session.columns[gene], _solution(gene, today)
    named = _named(gene, today.knowledge)
    if solution.status != NOT_CALLED:
        fitting = column.diplotypes(solution, SPELLED_OUT)
        return _as_read(_weighed(fitting, column.panel.card), named)
    kept = _Kept.last
    if kept is None or kept[0] is not today.knowledge:
        kept = _Kept.last = today.knowledge, {}
    place = card.id, gene
    if place not in kept[1]:
        kept[1][place] = population(column.panel.card, [row for row in card.alleles if row.gene == gene], named)
    return kept[1][place]


def _named(gene: str, knowledge: Knowledge) -> frozenset[str]:
    """Alleles of diplotypes that some guidance table looks up by name."""
    domains = (domain for card in knowledge.guidance.values() for own, domain in zip(card.genes, card.domains, strict=True) if own == gene)
    return frozenset(part for domain in domains for key in domain if "/" in key for part in key.split("/"))


def population(card: GeneCard, more: Iterable[AlleleRow], named: frozenset[str] = frozenset()) -> tuple[Diplotype, ...]:
    """The genotypes of a population under Hardy-Weinberg, one diplotype for each way to read them, the most frequent first.

    Parameters
    ----------
    more : alleles that the frequency table of the gene does not count; the shares of the others are scaled to what is left.
    named : alleles that stand for themselves although others act like them.

    Returns
    -------
    Diplotypes whose `frequency` is the chance of their way to be read; they sum to 1.  Empty where no frequency is on file.
    """
    extra = {row.allele: row.frequency for row in more if row.allele in card.by_name}
    counted = {name: share for name, share in card.frequencies.items() if name in card.by_name and name not in extra}
    whole = math.fsum(counted.values())
    if not whole:
        return ()
    left = 1 - math.fsum(extra.values())
    shares = {**{name: left * share / whole for name, share in counted.items()}, **extra}
    groups: dict[object, tuple[Allele, float]] = {}
    for name, share in sorted(shares.items(), key=lambda pair: (-pair[1], pair[0])):
        allele = card.by_name[name]
        same = tuple(sorted(allele.functions.items())), tuple(sorted(allele.activities.items())), name if name in named else ""
        first, known = groups.get(same, (allele, 0.0))
        groups[same] = first, known + share
    pairs = itertools.combinations_with_replacement(groups.values(), 2)
    weighed = [diplotype(card, a, b, frequency=p * q * (1 if a is b else 2)) for (a, p), (b, q) in pairs]
    return _as_read(weighed, named)


def _weighed(fitting: Sequence[Diplotype], card: GeneCard) -> list[Diplotype]:
    """Diplotypes that fit with their share among them; all alike where none was ever counted."""
    shares = [one.frequency or _expected(one.name, card) for one in fitting]
    whole = math.fsum(shares)
    return [replace(one, frequency=share / whole if whole else 1 / len(fitting)) for one, share in zip(fitting, shares, strict=True)]


def _expected(name: str, card: GeneCard) -> float:
    parts = name.split("/")
    return math.prod(card.frequencies.get(part, 0.0) for part in parts) * (2 if len(set(parts)) == 2 else 1)


def _as_read(found: Iterable[Diplotype], named: frozenset[str]) -> tuple[Diplotype, ...]:
    """Diplotypes with equal readings as one, with the sum of their chances, the most frequent first."""
    groups: dict[object, Diplotype] = {}
    for one in found:
        apart = one.name if named.intersection(one.name.split("/")) else ""
        known = groups.get((one.readings, apart))
        groups[one.readings, apart] = one if known is None else replace(known, frequency=known.frequency + one.frequency)
    return tuple(sorted((one for one in groups.values() if one.frequency > 0), key=lambda one: (-one.frequency, one.name)))


# Values


def _of_values(card: TestCard, today: Today) -> Prospect | None:
    """Results of a measured value: None where it is known, or where no row of the card is of this person."""
    known = today.candidates.known
    rows = _rows_of(card.results, today.case)
    measures = {row.measure for row in rows}
    if not rows or any(known.reading(measure) is not None for measure in (*measures, *card.known_by)):
        return None
    scenarios, seen = [], {}
    for row in rows:
        value = Measure(row.measure, row.value, "")
        case = replace(today.case, body=replace(today.case.body, measures=(*today.case.body.measures, value)))
        then = Candidates(case, today.candidates.formulary)
        changed = {id_ for id_ in _measures(today.knowledge) if then.known.reading(id_) != known.reading(id_)}
        asking = {id_: conditions for id_, conditions in _asking(today).items() if any(when.measure in changed for when in conditions)}
        answers = tuple(then.known.holds(when) for conditions in asking.values() for when in conditions)
        if answers not in seen:  # results that answer every condition alike refuse alike
            cards = [card for id_, card in today.options.items() if id_ in asking]
            seen[answers] = today.scenario(replace(today.heard, candidates=then), cards)
        found = seen[answers]
        label = row.label if found.refused or found.allowed else OTHER
        scenarios.append(replace(found, label=label, chance=row.chance, is_sure=row.state != TO_VERIFY))
    return Prospect(tuple(scenarios), f"{CHANCES} {', '.join(dict.fromkeys(row.people for row in rows))}")


def _rows_of(rows: Iterable[ResultRow], case: Case) -> list[ResultRow]:
    """The rows that are of this person: of one measure those of the narrowest age; none where the age is needed and not known."""
    age, sex = case.person.age_years, case.person.sex
    able = [row for row in rows if row.sex in ("", sex) and _is_aged(row, age)]
    highest = {row.measure: max(_from(other) for other in able if other.measure == row.measure) for row in able}
    return [row for row in able if _from(row) == highest[row.measure]]


def _from(row: ResultRow) -> float:
    return -math.inf if row.from_age is None else row.from_age


def _is_aged(row: ResultRow, age: float | None) -> bool:
    if row.from_age is None and row.below_age is None:
        return True
    return age is not None and _from(row) <= age < (math.inf if row.below_age is None else row.below_age)


def _measures(knowledge: Knowledge) -> frozenset[str]:
    """Measures that some rule or treatment asks about."""
    rules = (when.measure for card in knowledge.rules.values() for when in (*card.when, *card.any_of, *card.unless))
    own = (one.when.measure for card in knowledge.treatments.values() for one in card.contraindications if one.when is not None)
    return frozenset(measure for measure in (*rules, *own) if measure)


def _asking(today: Today) -> dict[str, tuple[When, ...]]:
    """Treatments, and drugs that are taken, with the conditions of their own cards and of the rules that refuse their drugs."""
    rules = {drug: _conditions(drug, today) for drug in today.watched}
    found = {f"{TAKEN}{drug}": rules[drug] for drug in today.taken}
    for id_, card in today.options.items():
        own = tuple(one.when for one in card.contraindications if one.when is not None)
        found[id_] = (*own, *(when for drug in card.drugs for when in rules[drug]))
    return found


def _conditions(drug: str, today: Today) -> tuple[When, ...]:
    rules = (rule for rule in rules_about(drug, today.candidates.formulary) if rule.refuses)
    return tuple(when for rule in rules for when in (*rule.when, *rule.any_of, *rule.unless))
