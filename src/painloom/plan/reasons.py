"""Why a treatment is in the plan: what trials, mechanisms, drivers, genes, targets and wishes say of it, each with its card and source."""

from collections.abc import Iterator

from painloom.model.formulation import Driver, Mechanism
from painloom.model.outlook import Band
from painloom.model.plan import Reason
from painloom.plan.current import gene_reason, is_told
from painloom.plan.rank import Ranked
from painloom.plan.situation import Situation

CHECKED = ("verified", "computed")
COMPARED = {"usual": "usual care", "active": "another treatment"}
DOUBT, VERIFIED = " (to verify)", "verified"
LEAST_CHANCE = 0.5


def reasons_of(option: Ranked, drug: str, situation: Situation) -> tuple[Reason, ...]:
    """Every reason once, in the order of trials, mechanisms, drivers, genes, targets, wishes."""
    said = (
        *(evidence(option), _mechanisms(option, situation), _drivers(option, situation), _genes(drug, situation)),
        *(_targets(option, situation), _wishes(option)),
    )
    return tuple(dict.fromkeys(reason for part in said for reason in part))


def evidence(option: Ranked) -> Iterator[Reason]:
    """What trials say, as people of 100 or, where no rate of the control arm is known, as points."""
    one = option.worth.outlook
    if one.benefit is not None:
        said = f"{hundred(one.benefit)} more of 100 respond"
    elif one.points is not None:
        said = points(one.points)
    else:
        return
    against = f" against {COMPARED.get(one.comparator, one.comparator)}" if one.comparator else ""
    certainty = f"; certainty {one.grade.replace('-', ' ')}" if one.grade else ""
    borrowed = "; borrowed from its class or a wider kind of pain" if one.is_borrowed else ""
    kind = f"{one.condition_label[:1].lower()}{one.condition_label[1:]}" if one.condition_label[1:2].islower() else one.condition_label
    text = f"{said}{against} in {kind}{certainty}{borrowed}"
    yield Reason("evidence", text, f"outlook:{one.condition}.{one.treatment}", f"treatments/{one.treatment}", ", ".join(one.sources[:1]))


def points(band: Band) -> str:
    """A mean difference of a pain score, 0 to 10."""
    ends = f"{band.low:.1f} to {band.high:.1f}" if band.low >= 0 else f"from {-band.low:.1f} more to {band.high:.1f} less"
    return f"pain {band.value:.1f} points of 10 lower on average (80 % band {ends})"


def hundred(band: Band) -> str:
    """A share with its band, in people of 100."""
    value, low, high = (round(100 * part) for part in (band.value, band.low, band.high))
    return f"about {value} (80 % band {low} to {high})"


def _mechanisms(option: Ranked, situation: Situation) -> Iterator[Reason]:
    for one in situation.formulation.mechanisms if situation.formulation else ():
        if one.id in option.worth.mechanisms and one.chance.value >= LEAST_CHANCE:
            yield Reason("body", _mechanism_text(one), f"mechanism:{one.id}", f"mechanisms/{one.id}", ", ".join(one.sources[:1]))


def _mechanism_text(one: Mechanism) -> str:
    band = f"80 % band {100 * one.chance.low:.0f} to {100 * one.chance.high:.0f}"
    return f"works on {one.label.lower()} ({100 * one.chance.value:.0f} %, {band})"


def _drivers(option: Ranked, situation: Situation) -> Iterator[Reason]:
    by_id: dict[str, Driver] = {d.id: d for d in situation.formulation.drivers} if situation.formulation else {}
    for id_ in option.aims_at:
        one = by_id[id_]
        stream = "mind" if one.kind in ("mind", "sleep", "social") else "body"
        yield Reason(stream, f"aims at {one.label.lower()} ({one.value})", one.finding, f"drivers/{one.id}", ", ".join(one.sources[:1]))


def _genes(drug: str, situation: Situation) -> Iterator[Reason]:
    for a in situation.advice.get(drug, ()):
        if is_told(a) and a.statement.tier != "research":
            yield gene_reason(a)


def _targets(option: Ranked, situation: Situation) -> Iterator[Reason]:
    """Where stimulation could aim, and what each body says of it: beside one another, never averaged."""
    for target in situation.targets:
        if target.card[0].split("/")[-1] in option.worth.card.targets:
            for row in target.evidence:
                mark = "" if row.state == VERIFIED else DOUBT
                text = f"{target.name}: {row.body} {row.year}, grade {row.grade}: {row.text}{mark}"
                yield Reason("brain", text, f"target:{target.name}", f"targets/{target.card[0]}", row.source)


def _wishes(option: Ranked) -> Iterator[Reason]:
    for serve in option.worth.card.serves:
        if serve.state in CHECKED and dict(option.worth.parts).get(serve.domain):
            yield Reason("person", serve.text, f"wish:{serve.domain}", f"treatments/{option.id}", ", ".join(serve.sources[:1]))
