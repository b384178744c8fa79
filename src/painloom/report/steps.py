"""What to do, in order: safety signals, emergencies on images, dangers of the drug list, then what genes say of drugs taken now.

A danger comes before any dose that genes suggest: "lower dose" must not be read before "avoid".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from painloom.report.alerts import safety_cards
from painloom.report.brain_imaging import urgent_findings
from painloom.report.lookup import Lookup
from painloom.report.safety import STEPS, dangers, endangered, headline, what_to_do
from painloom.report.views import DrugCard, Mark
from painloom.report.wording import sentence

SHOWN = 7


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: what, how, and which stream asks for it; `remarks` are small words after the reason."""

    href: str
    mark: Mark
    heading: str
    lead: str
    why: str
    remarks: tuple[str, ...] = ()
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Steps:
    """`now` comes before everything else; `then` is the rest, cut with `more` in words."""

    now: tuple[Step, ...]
    then: tuple[Step, ...]
    more: str


def steps_of(lookup: Lookup, calling: Sequence[DrugCard]) -> Steps:
    """The steps; `calling` are the cards of drugs taken now that genes speak of, the most urgent first."""
    act = [_of_card(c, lookup) for c in calling if c.standing == "act"]
    consider = [_of_card(c, lookup) for c in calling if c.standing != "act"]
    then = [*_of_list(lookup, STEPS), *act, *consider]
    more = len(then) - SHOWN
    return Steps(
        now=(*_of_alerts(lookup), *_of_imaging(lookup)),
        then=tuple(then[:SHOWN]),
        more=lookup.words.counted("first.more", more) if more > 0 else "",
    )


def _of_card(card: DrugCard, lookup: Lookup) -> Step:
    remarks = (lookup.words("agree.flag"),) if card.differs else ()
    if card.label in endangered(lookup):
        remarks = (*remarks, lookup.words("step.also"))
    return Step(f"#{card.anchor}", card.mark, card.heading, card.lead, card.why, remarks, card.settled)


def _of_alerts(lookup: Lookup) -> list[Step]:
    words = lookup.words
    return [
        Step("#alerts", card.mark, card.title, words("step.who", owner=card.owner, within=card.within), words("step.mind"))
        for card in safety_cards(lookup)
    ]


def _of_imaging(lookup: Lookup) -> list[Step]:
    """Urgent findings of an imaging report: they come before any drug."""
    brain, words = lookup.assessment.brain, lookup.words
    return [
        Step(
            href=f"#imaging-{number}",
            mark=Mark("avoid", words("alertword.redflag")),
            heading=sentence(finding.urgent),  # what was found stands in the alert above
            lead="",
            why=words("step.imaging"),
            remarks=(words("state.to-verify"),) if finding.state == "to-verify" else (),
        )
        for number, finding in (urgent_findings(brain) if brain is not None else [])
    ]


def _of_list(lookup: Lookup, severities: tuple[str, ...]) -> list[Step]:
    words = lookup.words
    return [
        Step(
            href=f"#safety-{n}",
            mark=Mark(words.phrases.get(f"severitytone.{row.severity}", "caution"), words.word("severity", row.severity)),
            heading=sentence(headline(row)),
            lead=what_to_do(row),
            why=words("step.body", kind=words.word("safetykind", row.kind), severity=words.word("severity", row.severity)),
            remarks=(words("state.to-verify"),) if row.state == "to-verify" else (),
        )
        for n, row in dangers(lookup, severities)
    ]
