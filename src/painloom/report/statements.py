"""A guideline statement in words: action phrase, mark and order."""

from painloom.model.advice import TIERS, Statement
from painloom.report.lookup import Lookup
from painloom.report.views import Mark, Other, Ref, Said
from painloom.report.wording import Wording, number

URGENCY = ("avoid", "switch", "reduce", "increase", "test", "monitor", "standard", "none")
INFORMATIVE_NOT = "none"  # the action of a body that looked and recommends nothing


def action_phrase(statement: Statement, words: Wording) -> str:
    """The action in words, with the share of the usual dose where the guideline names one."""
    phrase = words.phrases.get(f"action.{statement.action}.{statement.tier}") or words.phrases.get(
        f"action.{statement.action}.phrase", statement.action
    )
    if statement.factor > 0:
        phrase = words("action.dose", phrase=phrase, percent=number(statement.factor * 100))
    if statement.tier == "research":
        phrase = words("action.research", phrase=phrase)
    return phrase


def tone(statement: Statement, words: Wording) -> str:
    """avoid, caution, fine or unknown; what the wording card does not know is unknown."""
    key = f"action.{statement.action}.tone"
    return words.phrases.get(f"{key}_{statement.tier}") or words.phrases.get(key, "unknown")


def rank(statement: Statement) -> tuple[int, int]:
    """Order of urgency: tier first, then action; smaller is more urgent, unknown codes come last."""
    tier = TIERS.index(statement.tier) if statement.tier in TIERS else len(TIERS)
    action = URGENCY.index(statement.action) if statement.action in URGENCY else len(URGENCY)
    return tier, action


def say(statement: Statement, lookup: Lookup, *, alternatives: bool = True) -> Said:
    """The statement as the page shows it; with the drugs that the guideline names, and what holds for each of them here."""
    words = lookup.words
    named = tuple(_other(drug, lookup) for drug in statement.alternatives) if alternatives else ()
    return Said(
        mark=Mark(tone(statement, words), words.word("tier", statement.tier)),
        phrase=action_phrase(statement, words),
        summary=statement.summary,
        because=statement.because,
        strength=words.word("strength", statement.strength),
        alternatives=named,
    )


def same_advice(one: Statement, two: Statement) -> bool:
    """Whether two statements ask for the same: same action, firmness, dose and text."""
    return (one.action, one.tier, one.factor, one.summary) == (two.action, two.tier, two.factor, two.summary)


def _other(drug: str, lookup: Lookup) -> Other:
    view = lookup.drug(drug)
    words = lookup.words
    if view is None:
        return Other(Ref(drug), Mark("unknown", words("standing.not-known")), "")
    label = Ref(view.label, f"#{lookup.drug_anchor(drug)}")
    if not view.advice:
        known = view.note is not None and view.note.kind == "no-gene"
        code = "no-gene" if known else "not-known"
        return Other(label, Mark("fine" if known else "unknown", words(f"standing.{code}")), words(f"standing.{code}"))
    worst = min(view.advice, key=lambda a: rank(a.statement))
    if worst.invariant is None:
        return Other(label, Mark("unknown", words("standing.not-known")), words("standing.not-known"))
    return Other(label, Mark(tone(worst.statement, words), words.word("tier", worst.statement.tier)), action_phrase(worst.statement, words))
