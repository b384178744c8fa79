"""What is not known: each with its reason, how to get it and what it would change."""

from collections.abc import Sequence

from painloom.model.absence import NotMeasured
from painloom.model.assessment import DrugView
from painloom.model.genecall import AMBIGUOUS, NOT_CALLED, GeneCall
from painloom.report.brain_front import brain_open
from painloom.report.genes import to_get, unread_calls
from painloom.report.lookup import Lookup
from painloom.report.statements import same_advice
from painloom.report.unknown_body import open_in_streams
from painloom.report.views import Mark, Open
from painloom.report.wording import Wording, sentence

SITES_NAMED = 8
LABELS_NAMED = 8


def open_questions(lookup: Lookup) -> tuple[Open, ...]:
    """Everything left open, what a drug taken now depends on first."""
    found = [*_drugs(lookup), *_copies(lookup), *_genes(lookup), *open_in_streams(lookup), *brain_open(lookup), *_streams(lookup)]
    return tuple(sorted(found, key=lambda item: not item.urgent))


def _mark(lookup: Lookup) -> Mark:
    return Mark("unknown", lookup.words("alertword.unknown"))


def _drugs(lookup: Lookup) -> list[Open]:
    words = lookup.words
    found = []
    if not any(view.current for view in lookup.assessment.drugs):
        found.append(
            Open(_mark(lookup), words("unknown.drugs"), "", words("unknown.drugs_get"), words("unknown.drugs_change"), urgent=True)
        )
    for view in lookup.assessment.drugs:
        if view.current and view.note is not None and view.note.kind == "unknown":
            found.append(
                Open(_mark(lookup), words("unknown.drug", label=view.label), view.note.text, words("unknown.drug_text"), "", urgent=True)
            )
    return found


def _copies(lookup: Lookup) -> list[Open]:
    """Copy number that was not assessed and would change advice."""
    words = lookup.words
    moved: dict[str, list[DrugView]] = {}
    for view in lookup.assessment.drugs:
        for advice in view.advice:
            if any(not same_advice(v.statement, advice.statement) for v in advice.structural):
                calls = [lookup.call(gene) for gene in advice.genes]
                genes = [call.gene for call in calls if call and call.structural] or list(advice.genes)
                moved.setdefault(words.listing(genes), []).append(view)
    return [
        Open(_mark(lookup), words("unknown.copies", genes=genes), "", words("unknown.copies_get"), *_decides(views, lookup))
        for genes, views in moved.items()
    ]


def _genes(lookup: Lookup) -> list[Open]:
    words = lookup.words
    found = []
    unread = unread_calls(lookup)
    if unread:
        genes = {call.gene for call in unread}
        views = [v for v in lookup.assessment.drugs if any(genes & set(a.genes) for a in v.advice)]
        title, names = words.counted("unknown.genes", len(unread)), sentence(", ".join(call.gene for call in unread))
        found.append(Open(_mark(lookup), title, names, words("to_get.other"), *_decides(views, lookup)))
    for call in lookup.assessment.calls:
        if call in unread or call.claim == "research" or call.status not in (NOT_CALLED, AMBIGUOUS):
            continue
        if call.status == NOT_CALLED:
            views = [v for v in lookup.assessment.drugs if any(call.gene in a.genes for a in v.advice)]
            title, get = words("unknown.gene", gene=call.gene), to_get(call, lookup)
        else:
            views = [v for v in lookup.assessment.drugs if any(call.gene in a.genes and a.invariant is False for a in v.advice)]
            title = words("unknown.gene_ambiguous", gene=call.gene, n=len(call.diplotypes))
            get = _settle(call, lookup)
        found.append(Open(_mark(lookup), title, sentence(call.reason), get, *_decides(views, lookup)))
    return found


def _settle(call: GeneCall, lookup: Lookup) -> str:
    if not call.missing_sites:
        return lookup.words("unknown.ambiguous_phase")
    return lookup.words("unknown.ambiguous_get", sites=_first(call.missing_sites, SITES_NAMED, lookup.words))


def _decides(views: list[DrugView], lookup: Lookup) -> tuple[str, str, bool, bool]:
    """What knowing it would decide, no stream, and twice whether a drug taken now is among it (depends, urgent)."""
    words = lookup.words
    current = list(dict.fromkeys(v.label for v in views if v.current))
    others = list(dict.fromkeys(v.label for v in views if not v.current))
    if current:
        more = words("unknown.change_others") if others else ""
        return words("unknown.change_drugs", labels=words.listing(current)) + more, "", True, True
    if others:
        return words("unknown.change_later", labels=_first(others, LABELS_NAMED, words)), "", False, False
    return words("unknown.change_none"), "", False, False


def _first(names: Sequence[str], most: int, words: Wording) -> str:
    """The first names, then "others" without their number: it is the length of no list that the document holds."""
    return words.listing([*names[:most], *([words("unknown.labels_others")] if len(names) > most else [])])


def _streams(lookup: Lookup) -> list[Open]:
    return [
        Open(
            _mark(lookup),
            lookup.words("unknown.stream", label=lookup.words.word("stream", f"{name}.label")),
            sentence(absence.reason),
            sentence(absence.to_get),
            sentence(absence.would_change),
            stream=name,
        )
        for name, absence in lookup.assessment.streams
        if isinstance(absence, NotMeasured)
    ]
