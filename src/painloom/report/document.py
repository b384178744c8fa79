"""Assessment -> the sections of a report, in the order of a layout card."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from painloom.errors import KnowledgeError
from painloom.model.assessment import Assessment
from painloom.report import closing, front
from painloom.report.alerts import alerts, streams_line
from painloom.report.brain import brain_section, brain_title
from painloom.report.criteria import criteria_title, criteria_view
from painloom.report.drugs import alternative_classes, current_cards, decision_counts, drug_cards, other_classes
from painloom.report.flags import flags_title, flags_view
from painloom.report.followup import followup_part, followup_title
from painloom.report.formulation import formulation_part, formulation_title
from painloom.report.genes import gene_table, genes_said, status_counts
from painloom.report.lookup import Lookup, look_up
from painloom.report.mind import mind_title, mind_view
from painloom.report.outlook import outlook_part, outlook_title
from painloom.report.plan import plan_part, plan_title
from painloom.report.refusals import refusals_part, refusals_title
from painloom.report.safety import safety_title, safety_view
from painloom.report.standing import CLEAR
from painloom.report.unknown import open_questions
from painloom.report.views import ClassGroup, DrugCard
from painloom.report.wording import Layout, Wording, capital

Cards = Sequence[DrugCard]
INTENDED = ("is", "is_not", "checks", "imaging", "limits")


@dataclass(frozen=True, slots=True)
class Section:
    """One block of the page: `title` says the finding, `topic` what it is about; `content` is what its template shows."""

    id: str
    topic: str
    title: str
    content: object
    folded: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A report before any markup; `blocks` are page one (pairs stand side by side), `sections` what follows."""

    title: str
    blocks: tuple[tuple[Section, ...], ...]
    sections: tuple[Section, ...]
    stamp: tuple[str, ...]
    lookup: Lookup


def build_document(assessment: Assessment, layout: Layout, words: Wording) -> Document:
    """Walk the layout card; raises KnowledgeError when it names a section that does not exist."""
    lookup = look_up(assessment, words, layout)
    cards = drug_cards(lookup)
    built: dict[str, Section] = {}
    for name in layout.sections:
        if name not in BUILDERS:
            raise KnowledgeError(f"layouts/{layout.id}.toml: section {name!r} is not one of {', '.join(sorted(BUILDERS))}")
        title, content = BUILDERS[name](lookup, cards)
        if content:
            built[name] = Section(name, words(f"section.{name}"), title, content, name in layout.fold)
    return Document(
        title=front.who(lookup).label,
        blocks=_blocks(built, layout),
        sections=tuple(built[n] for n in layout.sections if n in built and n not in layout.front),
        stamp=front.stamp(lookup),
        lookup=lookup,
    )


def _blocks(built: dict[str, Section], layout: Layout) -> tuple[tuple[Section, ...], ...]:
    blocks: list[tuple[Section, ...]] = []
    done: set[str] = set()
    for name in layout.front:
        if name in done or name not in built:
            continue
        row = next((pair for pair in layout.beside if name in pair), (name,))
        done.update(row)
        blocks.append(tuple(built[n] for n in row if n in built))
    return tuple(blocks)


def _who(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    view = front.who(lookup)
    return view.label, view


def _alerts(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    block = alerts(lookup, cards)
    lines = tuple(line for line in block.lines if line.text not in _beside(lookup))
    return lookup.words("section.alerts"), replace(block, lines=lines)


def _beside(lookup: Lookup) -> tuple[str, ...]:
    """Alerts that a formulated page one says again right below, beside each stream: which streams were not measured."""
    absent = [name for name, absence in lookup.assessment.streams if absence is not None]
    if lookup.assessment.formulation is None or not absent:
        return ()
    return (streams_line(lookup), *([lookup.words("alert.no_genes")] if "genome" in absent else []))


def _why(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return front.why(lookup)


def _first(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    view = front.first(lookup, cards)
    return view.title, view


def _mind(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return mind_title(lookup), mind_view(lookup)


def _criteria(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return criteria_title(lookup), criteria_view(lookup)


def _safety(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return safety_title(lookup), safety_view(lookup)


def _redflags(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return flags_title(lookup), flags_view(lookup)


def _drugs(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    current = current_cards(cards, lookup)
    return lookup.words.counted("title.drugs", len(current), counts=decision_counts(current, lookup)), current


def _clear(classes: Sequence[ClassGroup]) -> int:
    return sum(card.standing in CLEAR for c in classes for g in c.groups for card in g.cards)


def _alternatives(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    classes = alternative_classes(cards, lookup)
    n = _clear(classes)
    return lookup.words.counted("title.alternatives", n), classes


def _others(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    classes = other_classes(cards, lookup)
    n = sum(card.standing in ("act", "consider") for c in classes for g in c.groups for card in g.cards)
    return lookup.words.counted("title.others", n), classes


def _genes(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    counts = status_counts(lookup)
    read = counts["called"] + counts["ambiguous"]
    return genes_said(lookup) if read else lookup.words("title.genes_none"), gene_table(lookup)


def _interactions(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    rows = closing.interactions(lookup)
    drugs = list(dict.fromkeys(row.drug for row in rows))
    title = lookup.words.either(len(drugs), "title.interactions", "title.interactions_many", drugs=lookup.words.listing(drugs))
    return capital(title), rows


def _brain(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return brain_title(lookup), brain_section(lookup)


def _formulation(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return formulation_title(lookup), formulation_part(lookup)


def _outlook(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return outlook_title(lookup), outlook_part(lookup)


def _plan(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return plan_title(lookup), plan_part(lookup)


def _refusals(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return refusals_title(lookup), refusals_part(lookup)


def _followup(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return followup_title(lookup), followup_part(lookup)


def _research(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    rows = closing.research(lookup)
    return lookup.words.counted("title.research", len(rows)), rows


def _unknown(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    questions = open_questions(lookup)
    return lookup.words.counted("title.unknown", len(questions)), questions


def _sources(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    rows = closing.sources(lookup)
    return lookup.words.counted("title.sources", len(rows)), rows


def _intended(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return lookup.words("title.intended"), tuple(lookup.words(f"intended.{key}") for key in INTENDED)


def _trace(lookup: Lookup, cards: Cards) -> tuple[str, object]:
    return lookup.words("title.trace"), closing.trace(lookup)


BUILDERS: dict[str, Callable[[Lookup, Cards], tuple[str, object]]] = {
    "who": _who,
    "alerts": _alerts,
    "why": _why,
    "first": _first,
    "mind": _mind,
    "criteria": _criteria,
    "safety": _safety,
    "redflags": _redflags,
    "drugs": _drugs,
    "alternatives": _alternatives,
    "others": _others,
    "genes": _genes,
    "interactions": _interactions,
    "brain": _brain,
    "formulation": _formulation,
    "outlook": _outlook,
    "plan": _plan,
    "refusals": _refusals,
    "followup": _followup,
    "research": _research,
    "unknown": _unknown,
    "sources": _sources,
    "trace": _trace,
    "intended": _intended,
}
