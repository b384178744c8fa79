"""One track a stream on page one: what was read, in short facts, or what would fill it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from painloom.model.redflag import PRESENT
from painloom.report.alerts import flags_in
from painloom.report.brain_front import brain_fact
from painloom.report.criteria import graded
from painloom.report.genes import genes_said
from painloom.report.lookup import Lookup
from painloom.report.mind import worst
from painloom.report.safety import STEPS, dangers, opioid_total
from painloom.report.scales import band_text, series_of
from painloom.report.wording import capital, number, sentence

WORST_SHOWN, GRADES_SHOWN = 4, 3


@dataclass(frozen=True, slots=True)
class Track:
    """One stream: read, or absent with what would fill it."""

    stream: str
    label: str
    measured: bool
    word: str
    text: str


def tracks(lookup: Lookup) -> tuple[Track, ...]:
    """The streams in the order of the assessment."""
    words, found = lookup.words, []
    for name, absence in lookup.assessment.streams:
        label = words.word("stream", f"{name}.label")
        if absence is None:
            said = FACTS[name](lookup) if name in FACTS else ""
            found.append(Track(name, label, True, words("stream.measured"), said or words.word("stream", f"{name}.covers")))
        else:
            fill = words("why.fill", to_get=f"{(absence.to_get or absence.reason).rstrip('.')}.")
            found.append(Track(name, label, False, words("stream.not_measured"), fill))
    return tuple(found)


def _genome(lookup: Lookup) -> str:
    said = genes_said(lookup)
    return sentence(said) if said else ""


def _mind(lookup: Lookup) -> str:
    """The worst domains with their bands, and how much was scored."""
    words, bad = lookup.words, worst(lookup)
    scored = sum(s.latest.estimate is not None for s in series_of(lookup))
    names = [words("why.domain", domain=words.word("domain", d), band=band_text(view)) for d, view in bad[:WORST_SHOWN]]
    more = len(bad) - WORST_SHOWN
    names += [words.counted("mind.more", more)] if more > 0 else []
    dates = len({v.date for v in lookup.assessment.scores})
    count = words("why.scales", scales=words.counted("why.scored", scored), dates=words.counted("why.dates", dates))
    return f"{sentence('; '.join(names))} {count}" if names else count


def _body(lookup: Lookup) -> str:
    """Criteria that were graded, red flags, dangers of the drug list, the opioid total."""
    words = lookup.words
    facts = [*graded(lookup)[:GRADES_SHOWN]]
    if raised := len(flags_in(lookup, PRESENT)):
        facts.append(words.counted("why.flags", raised))
    if risky := len(dangers(lookup, STEPS)):
        facts.append(words.counted("why.dangers", risky))
    total = opioid_total(lookup)
    if total is not None and total.value > 0:
        facts.append(words("why.total", value=number(total.value), unit=total.unit))
    if not facts and lookup.assessment.case.drugs:
        facts.append(words.counted("why.drugs_checked", len(lookup.assessment.case.drugs)))
    return " ".join(sentence(capital(fact)) for fact in facts)


FACTS: Mapping[str, Callable[[Lookup], str]] = {"genome": _genome, "brain": brain_fact, "mind": _mind, "body": _body}
