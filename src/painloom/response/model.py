"""The evidence of all treatments, joined once: class -> treatment -> kind of pain, partially pooled in closed form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from painloom.knowledge.evidence_cards import STOP, Conventions, Domain, EvidenceBook, TreatmentCard
from painloom.knowledge.target_cards import IndicationCard
from painloom.model.evidence import TO_VERIFY, EvidenceRow
from painloom.response.scale import BLIND, OPEN, Contrast, Rate, contrast_of, control_outcome, factor_of, family_of, rate_of
from painloom.response.tree import Asked, Grid, Tree, ask, half_normal_grid, log_evidence, mixed, weights_of

Array = NDArray[np.float64]
CLINICAL, RESEARCH = "clinical", "research"
NODES = 20
LEVEL_SHARE = 0.5  # of the variance between treatments of a class: how much one step to a narrower kind of pain changes all of them
PAIR_SHARE = 0.25  # the same for what such a step changes in one treatment alone
COMPARATORS_OF = {BLIND: ("placebo", "sham"), OPEN: ("usual",)}


@dataclass(frozen=True, slots=True)
class Key:
    """What is pooled together: a class in a domain against one family of comparators; `is_stop` for stopping for an adverse effect."""

    evidence_class: str
    domain: str
    family: str
    is_stop: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where an effect stands in its tree: the treatment ("" for a whole class) and the kinds of pain from wide to narrow, root left out."""

    unit: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What is known of one effect: mean, standard deviation for a new setting, standard deviation of the mean alone, rows with shares."""

    mean: float
    sd: float
    error: float
    shares: tuple[tuple[Contrast, float], ...]


@dataclass(frozen=True)
class _Branch:
    places: tuple[Place, ...]
    contrasts: tuple[Contrast, ...]
    tree: Tree
    weights: Array
    class_sd: float


@dataclass(frozen=True)
class EvidenceModel:
    """The joined evidence; ask it for the effect of a treatment in a kind of pain."""

    book: EvidenceBook
    treatments: dict[str, TreatmentCard]
    conditions: IndicationCard
    mode: str
    branches: dict[Key, _Branch]
    grids: dict[bool, Grid]
    unused: tuple[tuple[EvidenceRow, str], ...]
    _known: dict[tuple[Key, Place], Effect | None] = field(default_factory=dict)
    _rates: dict[tuple[str, str, str], Rate | None] = field(default_factory=dict)

    def family(self, condition: str) -> tuple[str, ...]:
        """The kind of pain, then every wider one, nearest first."""
        return self.conditions.family(condition) if condition in self.conditions.indications else (condition,)

    def domain_of(self, condition: str) -> Domain | None:
        """The domain that a kind of pain belongs to."""
        family = self.family(condition)
        return next((d for d in self.book.domains.values() if set(d.roots) & set(family)), None)

    def effect(self, treatment: str, condition: str, family: str, *, is_stop: bool = False) -> Effect | None:
        """The effect in a new setting; None where no row of the class in that domain, against that family of comparators, may weigh.

        A treatment without a row of its own is predicted from its class only where a row speaks of the whole class, or rows of two other
        treatments do: one neighbour is no class.
        """
        card, domain = self.treatments[treatment], self.domain_of(condition)
        if domain is None:
            return None
        key = Key(card.evidence_class, domain.id, family, is_stop)
        place = Place(treatment, self.path(condition))
        if (key, place) not in self._known:
            branch = self.branches.get(key)
            speaks = branch is not None and _speaks(branch, treatment)
            self._known[key, place] = self._asked(branch, place, is_stop=is_stop) if branch and speaks else None
        return self._known[key, place]

    def path(self, condition: str) -> tuple[str, ...]:
        """Kinds of pain from wide to narrow without the domain's roots."""
        roots = {root for domain in self.book.domains.values() for root in domain.roots}
        return tuple(reversed([one for one in self.family(condition) if one not in roots]))

    def control(self, condition: str, family: str, outcome: str) -> Rate | None:
        """The control rate of an outcome for a new setting.

        How many leave for an adverse effect is taken from any kind of pain where the person's own has no rate: it depends little on it.
        """
        key = (condition, family, outcome)
        if key not in self._rates:
            self._rates[key] = self._control(*key)
        return self._rates[key]

    def _control(self, condition: str, family: str, outcome: str) -> Rate | None:
        c, is_stop = self.book.conventions, self.book.outcomes[outcome].kind == STOP
        spread, comparators = (c.stop_control_sd if is_stop else c.control_sd), COMPARATORS_OF[family]
        found = rate_of(self.book.controls, self.family(condition), outcome, comparators, spread)
        if found is not None or not is_stop:
            return found
        anywhere = [replace(row, condition="") for row in self.book.controls]
        return rate_of(anywhere, ("",), outcome, comparators, spread)

    def _asked(self, branch: _Branch, place: Place, *, is_stop: bool) -> Effect:
        grid, weights = self.grids[is_stop], branch.weights
        fixed = branch.class_sd**2
        cross = np.array([[shared(place, other) for other in branch.places]])
        own = np.array([shared(place, place)])
        answer = ask(branch.tree, grid, Asked(np.full(cross.shape, fixed), cross, np.full(1, fixed), own))
        mean, error2 = mixed(answer.mean, answer.variance, weights)
        _, setting2 = mixed(answer.mean, answer.variance + grid.rows[:, None] ** 2, weights)
        pull = np.abs(np.einsum("g,gmn->mn", weights, answer.pull))[0]
        shares = pull / pull.sum() if pull.sum() > 0 else pull
        order = np.argsort(-shares, kind="stable")
        used = tuple((branch.contrasts[i], float(shares[i])) for i in order)
        return Effect(float(mean[0]), float(np.sqrt(setting2[0])), float(np.sqrt(error2[0])), used)


def _speaks(branch: _Branch, treatment: str) -> bool:
    units = {place.unit for place in branch.places}
    return treatment in units or "" in units or len(units) > 1


def shared(one: Place, other: Place) -> float:
    """How much of the variance between treatments and kinds of pain two effects share, in units of that variance.

    One unit for the same treatment, a share for each kind of pain that both lie in (what every treatment of the class gains or loses
    there), and a smaller one more for each such kind where the treatment is the same, too.
    """
    same = bool(one.unit) and one.unit == other.unit
    depth = 0
    for left, right in zip(one.path, other.path, strict=False):
        if left != right:
            break
        depth += 1
    return float(same) + depth * (LEVEL_SHARE + PAIR_SHARE * same)


def build_model(
    book: EvidenceBook, treatments: dict[str, TreatmentCard], conditions: IndicationCard, *, mode: str = CLINICAL, nodes: int = NODES
) -> EvidenceModel:
    """Join the rows that may weigh; in research mode rows that are to verify weigh too where no checked row stands in their place."""
    c = book.conventions
    grids = {False: half_normal_grid(c.between_sd, c.row_sd, nodes), True: half_normal_grid(c.stop_between_sd, c.stop_row_sd, nodes)}
    model = EvidenceModel(book, treatments, conditions, mode, {}, grids, ())
    sorted_in: dict[Key, list[tuple[Place, Contrast]]] = {}
    unused: list[tuple[EvidenceRow, str]] = []
    for row in entering(book.rows, mode):
        found = _placed(model, row)
        if isinstance(found, str):
            unused.append((row, found))
        else:
            key, place, contrast = found
            sorted_in.setdefault(key, []).append((place, contrast))
    branches = {key: _branch(pairs, class_sd_of(key, book), grids[key.is_stop], c) for key, pairs in sorted_in.items()}
    return EvidenceModel(book, treatments, conditions, mode, branches, grids, tuple(unused))


def class_sd_of(key: Key, book: EvidenceBook) -> float:
    """Standard deviation of classes around no effect."""
    if key.is_stop:
        return book.conventions.stop_class_sd
    own = book.domains[key.domain].class_sd
    return book.conventions.class_sd if own is None else own


def entering(rows: Iterable[EvidenceRow], mode: str) -> list[EvidenceRow]:
    """The rows that enter; in research mode those to verify stand in where no checked row has the same unit, condition and comparator."""
    rows = list(rows)
    found = [row for row in rows if row.weighs]
    if mode == RESEARCH:
        taken = {_slot(row) for row in found}
        for row in rows:
            if row.state == TO_VERIFY and row.contrast is not None and row.se and _slot(row) not in taken:
                taken.add(_slot(row))
                found.append(row)
    return found


def _slot(row: EvidenceRow) -> tuple[str, ...]:
    return row.unit, row.condition, row.outcome, family_of(row) or ""


def _placed(model: EvidenceModel, row: EvidenceRow) -> tuple[Key, Place, Contrast] | str:
    """Tree, place and contrast of a row, or why it has none."""
    book = model.book
    outcome, domain = book.outcomes[row.outcome], model.domain_of(row.condition)
    family = family_of(row)
    if family is None:
        return "compared with another treatment: enters no pool against placebo or usual care"
    if domain is None:
        return "a kind of pain for which nothing is predicted"
    control = None
    if row.control is None:
        rate = model.control(row.condition, family, domain.stop if outcome.kind == STOP else control_outcome(book, outcome))
        control = rate.rate if rate is not None else None
    contrast = contrast_of(row, outcome, control, book.conventions)
    if contrast is None:
        return "cannot be put on the common scale: another outcome, or no control rate"
    card = model.treatments.get(row.unit)
    key = Key(card.evidence_class if card else row.unit, domain.id, family, outcome.kind == STOP)
    return key, Place(row.unit if card else "", model.path(row.condition)), contrast


def _branch(pairs: Sequence[tuple[Place, Contrast]], class_sd: float, grid: Grid, conventions: Conventions) -> _Branch:
    places = tuple(place for place, _ in pairs)
    contrasts = tuple(contrast for _, contrast in pairs)
    values = np.array([c.value for c in contrasts])
    variances = np.array([(c.error * factor_of(c.row, conventions)) ** 2 for c in contrasts])
    scaled = np.array([[shared(a, b) for b in places] for a in places])
    tree = Tree(values, variances, np.full(scaled.shape, class_sd**2), scaled)
    return _Branch(places, contrasts, tree, weights_of(grid.log_prior + log_evidence(tree, grid)), class_sd)
