"""The body stream of one person: the drug list judged, the facts that diagnoses imply, pain and opioid total as findings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from painloom.body.bodymap import map_facts, side_remarks, widespread
from painloom.body.formulary import formulary_of
from painloom.body.meds import TOTAL, check_with
from painloom.body.person import know
from painloom.knowledge.load import Knowledge
from painloom.knowledge.rule_cards import RuleCard
from painloom.model.body import YES, Fact
from painloom.model.bodymap import MapRemark, Widespread
from painloom.model.case import Case
from painloom.model.finding import Finding
from painloom.model.medication import SafetyRow
from painloom.model.quantity import Estimate
from painloom.model.source import Provenance
from painloom.version import __version__

RULE_PLACE = "rules/"
LOWEST, HIGHEST = 0.0, 10.0


@dataclass(frozen=True, slots=True)
class BodyView:
    """Everything that the body stream says of one person; `facts` are those of the case and those that its coded diagnoses imply."""

    safety: tuple[SafetyRow, ...]
    facts: tuple[Fact, ...]
    widespread: tuple[Widespread, ...]
    map_remarks: tuple[MapRemark, ...]
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]


def run(case: Case, knowledge: Knowledge) -> BodyView:
    """Judge the drug list and gather the facts; a case without drugs has no rows, which says nothing about safety."""
    formulary = formulary_of(knowledge)
    rows = check_with(case, formulary) if case.drugs else ()
    known = know(case, formulary)
    told = {fact.id for fact in case.body.facts}
    implied = (Fact(id_, value, text="diagnosis") for id_, value in known.facts.items() if id_ not in told)
    fired = dict.fromkeys(card.settles for card in fired_rules(rows, knowledge))
    facts = (*case.body.facts, *implied, *(Fact(id_, YES, text="drug list") for id_ in fired if id_))
    body_map, drawn = knowledge.bodymap, case.body.regions
    regions = None if drawn is None else [r for r in drawn if r in body_map.by_id]
    judged = widespread(body_map, regions, facts) if drawn is not None else ()
    return BodyView(
        safety=rows,
        facts=(*facts, *map_facts(body_map, judged)),
        widespread=judged,
        map_remarks=side_remarks(body_map, regions, case.pain.sites),
        findings=tuple(_findings(case, rows)),
        warnings=(
            *_warnings(case, known.labels),
            *(f"case.toml [pain]: map region '{r}' is not known; it was not used" for r in drawn or () if r not in body_map.by_id),
        ),
    )


def fired_rules(rows: Iterable[SafetyRow], knowledge: Knowledge) -> tuple[RuleCard, ...]:
    """The cards behind the rows, each once, by id."""
    ids = sorted({row.card.removeprefix(RULE_PLACE) for row in rows if row.card.startswith(RULE_PLACE)})
    return tuple(knowledge.rules[id_] for id_ in ids)


def _findings(case: Case, rows: tuple[SafetyRow, ...]) -> Iterator[Finding]:
    program = f"painloom {__version__}"
    if case.pain.intensity_0_10 is not None:
        value = Estimate(case.pain.intensity_0_10, "points", LOWEST, HIGHEST, higher_is="worse")
        yield Finding("body.pain.intensity", value, "replicated", Provenance(case.files, rule="body.pain", program=program))
    for row in rows:
        if row.subject == TOTAL and row.value:
            value = Estimate(float(row.value), row.unit, LOWEST, higher_is="worse")
            yield Finding("body.drugs.opioid-total", value, "guideline", Provenance(case.files, (), "body.drugs", program), (row.message,))


def _warnings(case: Case, labels: dict[str, str]) -> Iterator[str]:
    for fact in case.body.facts:
        if fact.id not in labels:
            yield f"case.toml [{fact.text}]: '{fact.id}' is no question that this release knows; it was not used"
    for measure in case.body.measures:
        if measure.id and measure.id not in labels and ":" not in measure.id:
            yield f"case.toml: measure '{measure.id}' is not known to this release; it was not used"
