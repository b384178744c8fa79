"""Where one drug stands for this person: its code, its phrase, whether the guideline bodies agree."""

from painloom.model.advice import Advice
from painloom.model.assessment import DrugView
from painloom.report.advices import could_change, is_known
from painloom.report.lookup import Lookup
from painloom.report.statements import INFORMATIVE_NOT, action_phrase, rank
from painloom.report.wording import Wording, capital

ORDER = ("act", "consider", "unsettled", "not-known", "unknown-drug", "no-recommendation", "unaffected", "no-gene", "research")
OPEN = ("unsettled", "not-known", "unknown-drug")
CLEAR = ("unaffected", "no-gene")


def standing_of(view: DrugView) -> str:
    """A code of ORDER: the most urgent known advice decides; "unaffected" needs advice that nothing open could change."""
    if not view.advice:
        if view.note is None:
            return "no-recommendation"
        return "no-gene" if view.note.kind == "no-gene" else "unknown-drug"
    told = [a for a in view.advice if is_known(a) and a.statement.action != INFORMATIVE_NOT]
    if told:
        tier = min(rank(a.statement)[0] for a in told)
        if tier < 2:
            return ("act", "consider")[tier]
        if tier > 2:
            return "research"
    if any(not is_known(a) for a in view.advice):
        return "not-known"
    if any(could_change(a) for a in view.advice):
        return "unsettled"
    return "unaffected" if told else "no-recommendation"


def leading(view: DrugView) -> Advice | None:
    """The advice that decides the standing: known before unknown, then the most urgent, then the order given."""
    told = sorted(view.advice, key=lambda a: (not is_known(a), a.statement.action == INFORMATIVE_NOT, rank(a.statement)))
    return told[0] if told else None


def body_phrases(view: DrugView, words: Wording) -> dict[str, str]:
    """The most urgent phrase of every body that says something known."""
    found: dict[str, Advice] = {}
    for advice in view.advice:
        if is_known(advice) and advice.statement.action != INFORMATIVE_NOT:
            other = found.get(advice.body)
            if other is None or rank(advice.statement) < rank(other.statement):
                found[advice.body] = advice
    return {body: action_phrase(advice.statement, words) for body, advice in found.items()}


def phrase_of(view: DrugView, lookup: Lookup) -> str:
    """What to do in words; where bodies differ each phrase names who says it."""
    words = lookup.words
    by_phrase: dict[str, list[str]] = {}
    for body, phrase in sorted(body_phrases(view, words).items(), key=lambda item: _urgency(item[0], view)):
        by_phrase.setdefault(phrase, []).append(body)
    if len(by_phrase) == 1:
        return next(iter(by_phrase))
    said = [words("heading.said", phrase=phrase, bodies=words.listing(bodies)) for phrase, bodies in by_phrase.items()]
    return "; ".join(said)


def heading_of(view: DrugView, standing: str, lookup: Lookup) -> str:
    """The finding as a heading: the label and what to do, with a capital."""
    return capital(_heading(view, standing, lookup))


def _heading(view: DrugView, standing: str, lookup: Lookup) -> str:
    words = lookup.words
    if not view.advice:
        key = "no-advice" if view.note is None else standing
        return words(f"heading.{key}", label=view.label)
    if standing == "not-known":
        return words("heading.not-known", label=view.label, genes=words.listing(missing_genes(view)))
    phrase = phrase_of(view, lookup) or words("action.none.phrase")
    return words("heading.unsettled" if standing == "unsettled" else "heading.plain", label=view.label, phrase=phrase)


def agreement_of(view: DrugView, lookup: Lookup) -> tuple[str, bool]:
    """One or two sentences on whether the bodies agree, and True where they differ."""
    words = lookup.words
    bodies = list(dict.fromkeys(a.body for a in view.advice))
    told = body_phrases(view, words)
    unknown = [b for b in bodies if all(not is_known(a) for a in view.advice if a.body == b)]
    silent = [b for b in bodies if b not in told and b not in unknown]
    sentences, differs = [], False
    if len(told) > 1:
        phrases = list(dict.fromkeys(told.values()))
        differs = len(phrases) > 1
        if differs:
            said = "; ".join(f"{body}: {phrase}" for body, phrase in told.items())
            sentences.append(words("agree.differ.two" if len(told) == 2 else "agree.differ.more", said=said))
        else:
            sentences.append(words("agree.same", bodies=words.listing(list(told)), phrase=phrases[0]))
    elif told and silent:
        sentences.append(words("agree.only", bodies=words.listing(list(told)), others=words.listing(silent)))
    elif len(bodies) == 1 and told:
        sentences.append(words("agree.single", bodies=bodies[0]))
    if unknown and told:
        sentences.append(words("agree.unknown", bodies=words.listing(unknown)))
    for body in bodies:
        if sum(a.body == body for a in view.advice) > 1:
            sentences.append(words("agree.within", body=body))
    return " ".join(sentences), differs


def missing_genes(view: DrugView) -> list[str]:
    """Genes that the advice on this drug lacks."""
    return list(dict.fromkeys(g for a in view.advice for g in (a.missing_genes or (a.genes if not is_known(a) else ()))))


def _urgency(body: str, view: DrugView) -> tuple[int, int]:
    return min(rank(a.statement) for a in view.advice if a.body == body and is_known(a) and a.statement.action != INFORMATIVE_NOT)
