"""What the page shows, worked out from an Assessment before any markup: plain words, marks and links."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape and a word: `tone` is avoid, caution, fine, unknown or note; the colour follows from it, never stands alone."""

    tone: str
    word: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A name that may lead somewhere on the page (or outside)."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement in words: the action phrase first."""

    mark: Mark
    phrase: str
    summary: str
    because: str
    strength: str
    alternatives: tuple["Other", ...] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """Another drug that a guideline names, with what holds for it in this person."""

    label: Ref
    mark: Mark
    phrase: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What would be said under another reading; `changes` is False where the statement stays."""

    condition: str
    said: Said
    changes: bool


@dataclass(frozen=True, slots=True)
class GeneBasis:
    """How one gene led to the key of a table."""

    gene: Ref
    sites: str
    diplotype: str
    reading: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The birth certificate of one statement."""

    summary: str
    genes: tuple[GeneBasis, ...]
    today: str
    row: str
    population: str
    source: Ref
    card: str
    claim: str


@dataclass(frozen=True, slots=True)
class AdviceView:
    """Advice of one body: what it says, whether it holds, and why."""

    body: str
    genes: str
    said: Said
    invariance: str
    settled: bool
    known: bool
    variants: tuple[Condition, ...]
    structure_note: str
    structural: tuple[Condition, ...]
    populations: tuple[Condition, ...]
    population: str
    unchanged: str
    missing: str
    notes: tuple[str, ...]
    flags: tuple[str, ...]
    claim: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Shift:
    """One body's advice before and after today's drugs; scores are "" where the body gives none."""

    body: str
    before: Said
    before_reading: str
    after: Said
    after_reading: str
    scores: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Conversion:
    """Phenoconversion of one drug, drawn: what the genotype says alone, and with today's drugs; `changes` where advice differs."""

    title: str
    changes: bool
    effects: tuple[str, ...]
    today: str
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class DrugCard:
    """One drug: the finding is its heading; `lead` is the advice that decides, with its body.

    `standing` is a code of the wording card, `rank` orders cards.
    """

    anchor: str
    label: str
    heading: str
    phrase: str
    standing: str
    mark: Mark
    settled: bool
    rank: tuple[int, int]
    use: str
    bodies: tuple[tuple[str, tuple[AdviceView, ...]], ...]
    agreement: str
    differs: bool
    conversion: Conversion | None
    note: str
    note_sources: tuple[Ref, ...]
    lead: str
    why: str
    pain: bool
    drug_class: str
    class_label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Drugs that stand alike."""

    code: str
    title: str
    cards: tuple[DrugCard, ...]


@dataclass(frozen=True, slots=True)
class ClassGroup:
    """One drug class with its drugs in groups; `counts` says in words what is inside, `named` which drugs have advice to heed."""

    label: str
    counts: str
    named: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """Something that is not known: how to get it and what it would change.

    `depends` where advice on a drug taken now rests on it; `urgent` where it belongs on page one.
    """

    mark: Mark
    title: str
    reason: str
    to_get: str
    would_change: str
    stream: str = ""
    depends: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """One line at the top of page one."""

    mark: Mark
    text: str
    href: str = ""
