"""Red-flag cards: findings, how much each weighs, what to do and how soon."""

from dataclasses import dataclass
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.tables import Fields, read_toml
from painloom.model.redflag import URGENCY

STRONG, WEAK, CONTEXT = "strong", "weak", "context"
STRENGTHS = (STRONG, WEAK, CONTEXT)


@dataclass(frozen=True, slots=True)
class FindingRule:
    """One finding.  Exactly one source answers it: `fact`, an age in completed years, or an outcome of an instrument's scale or alert.

    "strong" raises the flag alone; "weak" is watched alone and counts towards `combined`; "context" is silent alone and counts beside
    a weak one.  With `counts` false a finding is shown and watched, and never counted.  With `rules_out` false a "no" is no clearance:
    the finding stays open.  `age_from` <= age, age < `age_below`.
    """

    id: str
    label: str
    strength: str
    within: str
    fact: str = ""
    age_from: int | None = None
    age_below: int | None = None
    scale: str = ""
    outcome: str = ""
    counts: bool = True
    rules_out: bool = True


@dataclass(frozen=True)
class RedFlagCard:
    """A red flag; `combined` counted findings together raise it without a strong one, 0 = they never do."""

    id: str
    release: str
    label: str
    act: str
    within: str
    combined: int
    claim: str
    state: str
    licence: str
    sources: tuple[str, ...]
    findings: tuple[FindingRule, ...]
    notes: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()


def read_redflag(path: Path) -> RedFlagCard:
    """The red-flag card at `path`.

    Raises
    ------
    KnowledgeError : no finding, a strength or time limit that is not in the closed lists, a finding without or with two sources of its
    answer, an id that stands twice, or a `combined` of 1 (a lone weak flag is watched, never raised).
    """
    card = Fields(read_toml(path), path.name)
    within = _within(card, None)
    findings = tuple(_finding(f, within) for f in card.children("finding"))
    combined = card.integer("combined")
    if not findings or len({f.id for f in findings}) != len(findings):
        raise KnowledgeError(f"{path.name}: needs findings, each with an id of its own")
    if combined == 1 or combined < 0:
        raise KnowledgeError(f"{path.name}: 'combined' must be 0 or at least 2: a lone weak flag is watched, never raised")
    return RedFlagCard(
        id=card.text("id"),
        release=card.text("release"),
        label=card.text("label"),
        act=card.text("act"),
        within=within,
        combined=combined,
        claim=card.text("claim"),
        state=card.text("state"),
        licence=card.text("licence"),
        sources=card.texts("sources"),
        findings=findings,
        notes=card.texts("notes"),
        open_questions=card.texts("open_questions"),
    )


def _within(fields: Fields, default: str | None) -> str:
    within = fields.text("within", default)
    if within not in URGENCY:
        raise KnowledgeError(f"{fields.where}: within '{within}' is not one of {', '.join(URGENCY)}")
    return within


def _finding(fields: Fields, within: str) -> FindingRule:
    finding = FindingRule(
        id=fields.text("id"),
        label=fields.text("label"),
        strength=fields.text("strength"),
        within=_within(fields, within),
        fact=fields.text("fact", ""),
        age_from=_optional(fields, "age_from"),
        age_below=_optional(fields, "age_below"),
        scale=fields.text("scale", ""),
        outcome=fields.text("outcome", ""),
        counts=fields.flag("counts", True),
        rules_out=fields.flag("rules_out", True),
    )
    if finding.strength not in STRENGTHS:
        raise KnowledgeError(f"{fields.where}: strength '{finding.strength}' is not one of {', '.join(STRENGTHS)}")
    by_age = finding.age_from is not None or finding.age_below is not None
    if sum((bool(finding.fact), by_age, bool(finding.scale))) != 1 or bool(finding.scale) != bool(finding.outcome):
        raise KnowledgeError(f"{fields.where}: '{finding.id}' needs one of a fact, an age, or a scale with its outcome")
    return finding


def _optional(fields: Fields, name: str) -> int | None:
    return fields.integer(name) if name in fields.record else None
