"""Why it hurts, for the page: mechanisms with what speaks for and against, what keeps the pain going, what disagrees, the next test."""

from dataclasses import dataclass, replace

from markupsafe import Markup

from painloom.model.formulation import FOR, Contribution, Formulation, Mechanism
from painloom.model.plan import ASK
from painloom.report.lookup import Lookup
from painloom.report.plots.mechanisms import mechanism_plot
from painloom.report.plots.page import figure
from painloom.report.views import Ref
from painloom.report.wording import capital, sentence

DOUBT = "to-verify"
STEPS = (0.25, 0.7, 1.4)  # of |log LR|: below the first hardly, then weakly, clearly, strongly


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One finding: what was found, which way and how strongly it speaks, and why it weighs what it weighs."""

    mark: str
    text: str
    strength: str
    why: str
    doubtful: bool
    source: Ref


@dataclass(frozen=True, slots=True)
class MechanismPart:
    """One mechanism with its whole ledger."""

    label: str
    chance: str
    prior: str
    capped: str
    lines: tuple[LedgerLine, ...]
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Sourced:
    """A line with a name or a question, what is said, and where it comes from."""

    label: str
    text: str
    sources: tuple[Ref, ...]
    value: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class FormulationPart:
    """The section; texts are whole sentences."""

    statement: str
    figure: Markup
    mechanisms: tuple[MechanismPart, ...]
    states: tuple[MechanismPart, ...]
    drivers: tuple[Sourced, ...]
    conflicts: tuple[Sourced, ...]
    tests: tuple[Sourced, ...]
    no_test: str


def formulation_part(lookup: Lookup) -> FormulationPart | None:
    """None where no pain is told."""
    found = lookup.assessment.formulation
    if found is None:
        return None
    words = lookup.words
    own = [m for m in found.mechanisms if not m.is_state]
    told = [m for m in found.mechanisms if m.is_state and m.ledger]  # a state that nothing speaks for is no news
    title = words("formulation.plot_title")
    drawn = [graded(m, lookup) for m in (*own, *told)]
    return FormulationPart(
        statement=capital(found.statement),
        figure=figure(lambda width: mechanism_plot(drawn, title, width=width), "formulation-plot"),
        mechanisms=tuple(_mechanism(m, lookup) for m in own),
        states=tuple(_mechanism(m, lookup) for m in told),
        drivers=tuple(Sourced(d.label, sentence(d.text), lookup.sources(d.sources), d.value, d.state == DOUBT) for d in found.drivers),
        conflicts=tuple(Sourced(sentence(c.ask), sentence(c.text), lookup.sources(c.sources)) for c in found.conflicts),
        tests=tuple(_tests(found, lookup)) if not found.no_test else (),
        no_test=untested(found, lookup) if found.no_test else "",
    )


def untested(found: Formulation, lookup: Lookup) -> str:
    """Why no test is named: first what nobody asked, else what the formulation says."""
    plan = lookup.assessment.plan
    asked = next((step.order for step in plan.steps if step.action == ASK), 0) if plan is not None else 0
    return lookup.words("why.ask_first", n=asked) if asked else found.no_test


def is_bare(one: Mechanism) -> bool:
    """Whether a chance is what is believed before any finding: nothing that was found weighs, no grade holds it."""
    return not one.capped and not any(line.weight for line in one.ledger)


def graded(one: Mechanism, lookup: Lookup) -> Mechanism:
    """For a drawing: a mechanism of which nothing is known says so where others have the grade of their criteria."""
    return replace(one, grade=lookup.words("formulation.bare")) if is_bare(one) and not one.grade else one


def formulation_title(lookup: Lookup) -> str:
    """The mechanisms in a sentence."""
    found = lookup.assessment.formulation
    return capital(found.statement.rstrip(".")) if found is not None else ""


def _mechanism(one: Mechanism, lookup: Lookup) -> MechanismPart:
    band, prior = one.chance, one.prior
    return MechanismPart(
        label=one.label,
        chance=f"{100 * band.value:.0f} % ({100 * band.low:.0f} to {100 * band.high:.0f})",
        prior=f"{100 * prior.value:.0f} % ({100 * prior.low:.0f} to {100 * prior.high:.0f})",
        capped=sentence(capital(one.capped)) if one.capped else "",
        lines=tuple(_line(line, lookup) for line in one.ledger),
        sources=lookup.sources(one.sources),
    )


def _line(line: Contribution, lookup: Lookup) -> LedgerLine:
    words = lookup.words
    size = abs(line.weight)
    step = sum(size >= edge for edge in STEPS)
    strength = words(f"formulation.strength_{step}") if line.weight else words("formulation.strength_none")
    direction = words(f"formulation.{line.direction}")
    tone = "fine" if line.direction == FOR else "caution"
    return LedgerLine(
        mark=tone if line.weight else "unknown",
        text=f"{line.label}: {line.value}",
        strength=f"{strength} {direction}" if line.weight else strength,
        why=line.why,
        doubtful=line.state == DOUBT,
        source=lookup.source(line.source),
    )


def _tests(found: Formulation, lookup: Lookup) -> list[Sourced]:
    rows = []
    for test in found.tests[:3]:
        leads = "; ".join(f"{r.label} ({100 * r.chance:.0f} %): {r.leads}" for r in test.results)
        said = lookup.words("formulation.test", gain=f"{test.gain:.1f}", leads=leads)
        rows.append(Sourced(test.label, said, lookup.sources(test.sources)))
    return rows
