"""Drug cards: those taken now, alternatives within their classes, and the rest."""

from collections.abc import Callable, Iterable

from painloom.model.advice import Advice
from painloom.model.assessment import DrugView
from painloom.model.case import DrugUse
from painloom.model.quantity import Interval
from painloom.report.advices import advice_view, could_change, genes_line
from painloom.report.conversion import conversion_of
from painloom.report.lookup import Lookup
from painloom.report.standing import CLEAR, OPEN, ORDER, agreement_of, heading_of, leading, phrase_of, standing_of
from painloom.report.statements import rank, tone
from painloom.report.views import ClassGroup, DrugCard, Group, Mark
from painloom.report.wording import capital, number

UNRANKED = (9, 9)


def drug_cards(lookup: Lookup) -> tuple[DrugCard, ...]:
    """A card for every drug of the Assessment, in its order."""
    return tuple(_card(view, f"drug-{n}", lookup) for n, view in enumerate(lookup.assessment.drugs, 1))


def current_cards(cards: Iterable[DrugCard], lookup: Lookup) -> tuple[DrugCard, ...]:
    """Cards of the drugs taken now, the most urgent first, else as listed."""
    pairs = zip(cards, lookup.assessment.drugs, strict=True)
    return tuple(sorted((c for c, view in pairs if view.current), key=lambda c: (ORDER.index(c.standing), c.rank)))


def alternative_classes(cards: Iterable[DrugCard], lookup: Lookup) -> tuple[ClassGroup, ...]:
    """Drugs that share a class with a drug taken now, by class."""
    wanted = {view.drug_class for view in lookup.assessment.drugs if view.current and view.drug_class}
    return _by_class(_others(cards, lookup, lambda view: view.drug_class in wanted), lookup)


def other_classes(cards: Iterable[DrugCard], lookup: Lookup) -> tuple[ClassGroup, ...]:
    """Every drug that is neither taken now nor an alternative, by class."""
    wanted = {view.drug_class for view in lookup.assessment.drugs if view.current and view.drug_class}
    return _by_class(_others(cards, lookup, lambda view: view.drug_class not in wanted), lookup)


def standing_counts(cards: Iterable[DrugCard], lookup: Lookup) -> str:
    """How many stand where, in words: "1 act, 2 unaffected"."""
    codes = [card.standing for card in cards]
    words = lookup.words
    tally: dict[str, int] = {}
    for code in ORDER:
        if code in codes:
            word = words(f"standing.{code}")
            tally[word] = tally.get(word, 0) + codes.count(code)
    return ", ".join(words("group.counts", n=n, word=word) for word, n in tally.items())


def decision_counts(cards: Iterable[DrugCard], lookup: Lookup) -> str:
    """What the drugs taken now ask for, in words: "2 to act on, 1 not settled or not known"."""
    codes = [card.standing for card in cards]
    tally = {
        "group.act": codes.count("act"),
        "group.consider": codes.count("consider"),
        "group.open_count": sum(code in OPEN for code in codes),
    }
    tally["group.rest"] = len(codes) - sum(tally.values())
    return ", ".join(lookup.words(key, n=n) for key, n in tally.items() if n)


def use_line(uses: tuple[DrugUse, ...]) -> str:
    """How the person takes it: as written where that is known, else what is known of dose, times a day, route, reason."""
    lines = []
    for use in uses:
        dose = f"{_span(use.dose)} {use.unit}".strip() if use.dose is not None else ""
        times = f"{_span(use.per_day)} × a day" if use.per_day is not None else ""
        facts = [use.text] if use.text else [part for part in (dose, times) if part]
        facts += [
            part for part in (use.route, f"for {use.reason}" if use.reason else "", f"since {use.since}" if use.since else "") if part
        ]
        lines.append(" · ".join(facts))
    return "; ".join(line for line in lines if line)


def _span(amount: Interval) -> str:
    return number(amount.low) if amount.is_point else f"{number(amount.low)}-{number(amount.high)}"


def _card(view: DrugView, anchor: str, lookup: Lookup) -> DrugCard:
    words = lookup.words
    standing = standing_of(view)
    lead = leading(view)
    told = lead is not None and standing not in (*OPEN, "no-recommendation")
    shape = tone(lead.statement, words) if lead and told else "fine" if standing in CLEAR else "unknown"
    agreement, differs = agreement_of(view, lookup)
    bodies = dict.fromkeys(a.body for a in view.advice)
    return DrugCard(
        anchor=anchor,
        label=view.label,
        heading=heading_of(view, standing, lookup),
        phrase=phrase_of(view, lookup) or words(f"standing.{standing}"),
        standing=standing,
        mark=Mark(shape, words(f"standing.{standing}")),
        settled=not any(could_change(a) for a in view.advice),
        rank=rank(lead.statement) if lead and told else UNRANKED,
        use=use_line(_uses(view, lookup)) if view.current else "",
        bodies=tuple((b, tuple(advice_view(a, lookup) for a in view.advice if a.body == b)) for b in bodies),
        agreement=agreement,
        differs=differs,
        conversion=conversion_of(view, lookup),
        note=view.note.text if view.note else "",
        note_sources=lookup.sources(view.note.sources) if view.note else (),
        lead=f"{lead.body}: {lead.statement.summary}" if lead else "",
        why=_why(lead, view, lookup) if lead else "",
        pain=view.pain,
        drug_class=view.drug_class,
        class_label=view.class_label,
    )


def _why(advice: Advice, view: DrugView, lookup: Lookup) -> str:
    genes = genes_line(advice)
    by = dict.fromkeys(d for a in view.advice if a.genotype_only is not None for d in a.adjusted_by)
    if by:
        return lookup.words("first.because_today", genes=genes, drugs=lookup.words.listing([lookup.label(d) for d in by]))
    return lookup.words("first.because", genes=genes)


def _uses(view: DrugView, lookup: Lookup) -> tuple[DrugUse, ...]:
    if view.uses:
        return view.uses
    names = {view.drug.casefold(), view.label.casefold()}
    return tuple(use for use in lookup.assessment.case.drugs if use.name.casefold() in names)


def _others(cards: Iterable[DrugCard], lookup: Lookup, keep: Callable[[DrugView], bool]) -> list[DrugCard]:
    pairs = zip(cards, lookup.assessment.drugs, strict=True)
    return [card for card, view in pairs if not view.current and keep(view)]


def _by_class(cards: list[DrugCard], lookup: Lookup) -> tuple[ClassGroup, ...]:
    classes = dict.fromkeys((c.drug_class, c.class_label) for c in cards)
    found = []
    for code, label in classes:
        mine = [c for c in cards if c.drug_class == code]
        named = ", ".join(c.label for c in mine if c.standing in ("act", "consider"))
        title = capital(label or code or lookup.words("group.no_class"))
        found.append(ClassGroup(title, standing_counts(mine, lookup), named, _groups(mine, lookup)))
    return tuple(found)


def _groups(cards: list[DrugCard], lookup: Lookup) -> tuple[Group, ...]:
    words = lookup.words
    sorts = {
        "unaffected": CLEAR,
        "no-recommendation": ("no-recommendation", "research"),
        "open": OPEN,
        "advice": ("act", "consider"),
    }
    found = []
    for code, standings in sorts.items():
        mine = sorted((c for c in cards if c.standing in standings), key=lambda c: (not c.pain, c.rank))
        if mine:
            found.append(Group(code, words(f"group.{code}"), tuple(mine)))
    return tuple(found)
