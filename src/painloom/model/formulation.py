"""Why it hurts: mechanisms with what speaks for and against, what keeps the pain going, what disagrees, which test would teach most."""

from dataclasses import dataclass

from painloom.model.outlook import Band

FOR, AGAINST, NEITHER = "for", "against", "neither"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One finding's part in one mechanism: `log_lr` as published with its standard error, `weight` what entered after all caps.

    `direction` is for, against or neither; `why` says what was done to the published number (construct counted once, claim level, spectrum,
    to verify).  `finding` is the code of what was found, `value` what it was, in words.
    """

    mechanism: str
    finding: str
    label: str
    value: str
    construct: str
    log_lr: float
    se: float
    weight: float
    direction: str
    why: str
    claim: str
    state: str
    source: str


@dataclass(frozen=True, slots=True)
class Mechanism:
    """How likely a mechanism, or a named state, plays a part: `chance` with its 80 % band; `prior` before any finding.

    `grade` is what clinical criteria say in their own words, "" where none was graded; `capped` says when criteria held the chance back.
    `ledger` holds every finding that was looked at, the weightiest first.  `sources` are those of the card: prior, limits and rows.
    """

    id: str
    label: str
    is_state: bool
    chance: Band
    prior: Band
    grade: str
    capped: str
    ledger: tuple[Contribution, ...]
    plain: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Driver:
    """Something that keeps the pain going: `excess` is the distance above its threshold in standard errors of the score, or None for
    what is only present; `chance` the probability in [0, 1] that it truly lies above it.  `kind` is mind, sleep, body, drug or genome.
    """

    id: str
    label: str
    kind: str
    finding: str
    value: str
    excess: float | None
    chance: float
    text: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two findings that do not fit each other; shown, never averaged.  The report of pain is never overruled."""

    id: str
    one: str
    other: str
    text: str
    ask: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TestResult:
    """One possible result of a test, its chance, and the option that would then lead."""

    label: str
    chance: float
    leads: str


@dataclass(frozen=True, slots=True)
class NextTest:
    """An absent test: `gain` is the expected gain in the utility of the plan, in people of 100 who respond, less its cost and burden.

    `changes` says whether any result would change what leads.
    """

    id: str
    label: str
    kind: str
    gain: float
    net: float
    cost: float
    minutes: float
    days: float
    changes: bool
    results: tuple[TestResult, ...]
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Formulation:
    """Mechanisms by chance, drivers by weight, conflicts, and absent tests by what they would teach; `statement` says it in a sentence."""

    mechanisms: tuple[Mechanism, ...]
    drivers: tuple[Driver, ...]
    conflicts: tuple[Conflict, ...]
    tests: tuple[NextTest, ...]
    no_test: str
    statement: str
    warnings: tuple[str, ...] = ()
