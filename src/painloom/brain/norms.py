"""One person's regional measures against a norm: z-scores with what had to be filled in, counts, and what remains after correction."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from painloom.brain.asymmetry import asymmetries
from painloom.brain.circuits import groups
from painloom.brain.contrast import Contrasts, measure_contrasts
from painloom.brain.covariates import SEXES, Scan, check_person, fill
from painloom.brain.find import BOTH, Finder, Found, finder, places_of, shown_name, unit_of
from painloom.brain.gengamma import place as gamma_place
from painloom.brain.gengamma import quantile, shape_of, transformed_age
from painloom.brain.linear import Filled, needs, off_scale, on_scale, predict, scores, span
from painloom.brain.multiplicity import LIMIT, look, verdict
from painloom.brain.norm_remarks import norm_warnings
from painloom.errors import InputError
from painloom.intake.freesurfer import Morphometry
from painloom.knowledge.norm_tables import LINEAR, GammaModel, LinearModel, NormTable, Place
from painloom.knowledge.norms import CONTRAST, HOLES, CircuitCard, NormCard
from painloom.model.brain import NormRow, NormView

__all__ = ["Judged", "Scan", "judge", "norm_view", "scan_contrasts", "tables_of", "view_of", "warnings"]

OK, WITHHELD, ALL = "ok", "withheld", "all"
NO_HEAD_SIZE = "no possible head size (eTIV in mm3) is in the files and the norm needs it"
WORDS = {CONTRAST: "contrast", HOLES: "surface holes"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with the table of the norm it comes from (`family` holds both sides) and its place there."""

    family: str
    place: Place
    row: NormRow


def norm_view(
    card: NormCard,
    morphometry: Morphometry,
    age: float,
    sex: str,
    *,
    scan: Scan | None = None,
    tables: Sequence[str] = (),
    circuits: CircuitCard | None = None,
) -> NormView:
    """All regions of one person against `card`; the default tables of the card where `tables` is empty.

    Parameters
    ----------
    age : years; `sex` "F" or "M", a term of the norm.

    Raises
    ------
    InputError : age or sex outside the norm, a choice or table that the card does not have.
    """
    scan = scan or Scan()
    used = tables_of(card, morphometry, tables)
    judged = judge(card, morphometry, age, sex, scan=scan, tables=used, circuits=circuits)
    return view_of(card, judged, (*morphometry.warnings, *scan.contrasts.warnings, *warnings(card, morphometry, scan, used)))


def tables_of(card: NormCard, morphometry: Morphometry, names: Sequence[str] = ()) -> tuple[NormTable, ...]:
    """The tables to use: those named, `all`, or of each group of defaults the first that the person has files for.

    Raises
    ------
    InputError : a name that is no table of the card.
    """
    known = card.by_table
    if ALL in names:
        return card.tables
    for name in names:
        if name not in known:
            raise InputError(f"--tables: '{name}' is no table of {card.id}; there are {', '.join(known)} and {ALL}")
    if names:
        return tuple(known[name] for name in dict.fromkeys(names))
    look_up = finder(card, morphometry)
    chosen = (next((known[n] for n in group if _is_there(look_up, known[n])), known[group[0]]) for group in card.defaults)
    return tuple(chosen)


def _is_there(look_up: Finder, table: NormTable) -> bool:
    return any(look_up.table(file) is not None for file in _files(table))


def _files(table: NormTable) -> tuple[str, ...]:
    return tuple(dict.fromkeys(file for place in places_of(table) for file in place.file.split(BOTH)))


def scan_contrasts(card: NormCard, morphometry: Morphometry, tables: Sequence[NormTable]) -> Contrasts:
    """The contrasts that the models of `tables` ask for, measured from the person's images; the edge where images are read."""
    wanted = (model.contrast for table in tables if table.kind == LINEAR for model in table.linear)
    return measure_contrasts(wanted, card.intensity, card.white, morphometry.images)


def judge(
    card: NormCard,
    morphometry: Morphometry,
    age: float,
    sex: str,
    *,
    scan: Scan,
    tables: Sequence[NormTable],
    circuits: CircuitCard | None = None,
) -> tuple[Judged, ...]:
    """One row a model of `tables`, in the card's order; tables whose files are not there give none.

    Raises
    ------
    InputError : as `norm_view`.
    """
    check_person(card, age, sex, scan)
    look_up, names = finder(card, morphometry), groups(circuits)
    rows: list[Judged] = []
    for table in tables:
        for file in _files(table):  # one file after the other: a side that is not there gives no rows
            if look_up.table(file) is None:
                continue
            if card.kind == LINEAR:
                models = [m for m in table.linear if m.place.file.split(BOTH)[0] == file]
                made = _linear(card, look_up, models, fill(card, morphometry, (age, sex), scan, models))
            else:
                made = _gamma(card, look_up, [m for m in table.gamma if m.place.file.split(BOTH)[0] == file], age, sex)
            rows += [Judged(table.id, place, replace(row, group=names.get(place.region, ""))) for place, row in made]
    return tuple(rows)


def _linear(card: NormCard, look_up: Finder, models: Sequence[LinearModel], filled: Filled) -> list[tuple[Place, NormRow]]:
    found = [look_up.find(model.place) for model in models]
    values = np.array([one.value if one.value is not None else math.nan for one in found])
    measured, expected = on_scale(models, values), predict(models, card, filled.values)
    z = scores(models, measured, expected)
    low, high = span(models, card, filled, measured)
    plain = off_scale(models, expected)
    holes = next((c.id for c in card.covariates if c.kind == HOLES), "")
    rows = []
    for at, (model, one) in enumerate(zip(models, found, strict=True)):
        named = _imputed(bool(filled.by_model[at]), holes in filled.imputed and needs(model, card, holes))
        if one.value is not None and not math.isnan(z[at]):
            spread = (float(low[at]), float(high[at])) if named else (None, None)
            status = _status(named, _other(card, look_up.morphometry, one))
            row = _row(model.place, one, float(plain[at]), float(z[at]), spread, status)
        else:
            row = _withheld(model.place, one, one.reason or NO_HEAD_SIZE)
        rows.append((model.place, row))
    return rows


def _gamma(card: NormCard, look_up: Finder, models: Sequence[GammaModel], age: float, sex: str) -> list[tuple[Place, NormRow]]:
    x = transformed_age(age, card.age_days)
    rows = []
    for model in models:
        one = look_up.find(model.place)
        if one.value is None:
            rows.append((model.place, _withheld(model.place, one, one.reason)))
            continue
        shape = shape_of(model, x, is_man=sex == SEXES[1])
        _, z = gamma_place(one.value * model.factor, shape)
        if math.isfinite(z):
            middle = quantile(0.5, shape) / model.factor
            row = _row(model.place, one, middle, z, (None, None), _status("", _other(card, look_up.morphometry, one)))
        else:
            row = _withheld(model.place, one, "farther from the norm than can be computed")
        rows.append((model.place, row))
    return rows


def centile_of(z: float) -> float:
    """100 times the standard normal distribution function."""
    return 50.0 * math.erfc(-z / math.sqrt(2))


def _row(place: Place, one: Found, expected: float, z: float, spread: tuple[float | None, float | None], status: str) -> NormRow:
    name = shown_name(place, one.name)
    return NormRow(name, place.measure, one.value, unit_of(place), expected, z, *spread, centile_of(z), status)


def _withheld(place: Place, one: Found, reason: str) -> NormRow:
    name = shown_name(place, one.name)
    return NormRow(name, place.measure, one.value, unit_of(place), None, None, None, None, None, f"{WITHHELD}: {reason}")


def _imputed(contrast: bool, holes: bool) -> str:
    names = [WORDS[kind] for kind, is_so in ((CONTRAST, contrast), (HOLES, holes)) if is_so]
    return f"{' and '.join(names)} imputed" if names else ""


def _other(card: NormCard, morphometry: Morphometry, one: Found) -> str:
    if one.is_foreign or (card.built_on[0] and morphometry.software not in ("", card.built_on[0])):
        return "other software"
    is_other = card.built_on[1] and morphometry.version not in ("", card.built_on[1])
    return "other version" if is_other else ""


def _status(*remarks: str) -> str:
    said = [remark for remark in remarks if remark]
    return f"{OK} ({'; '.join(said)})" if said else OK


def warnings(card: NormCard, morphometry: Morphometry, scan: Scan, tables: Iterable[NormTable]) -> tuple[str, ...]:
    """What a reader must know of this comparison: scanner, software, missing files, what was filled in."""
    look_up = finder(card, morphometry)
    lost = dict.fromkeys(file for table in tables for file in _files(table) if look_up.table(file) is None)
    return norm_warnings(card, morphometry, scan, tuple(lost))


def view_of(card: NormCard, judged: Sequence[Judged], said: Sequence[str] = ()) -> NormView:
    """Rows with counts, verdict and asymmetries; `said` are warnings.  Parallel atlases are counted as they are given."""
    rows = tuple(one.row for one in judged)
    scored = [row for row in rows if row.z is not None]
    families = dict.fromkeys(one.family for one in judged)
    looks = look([row.z for row in scored if row.z is not None], limit=LIMIT)
    return NormView(
        norm=card.id,
        label=card.label,
        rows=rows,
        asymmetries=tuple(a for family in families for a in asymmetries([j.row for j in judged if j.family == family])),
        count=looks.count,
        observed=looks.observed,
        expected=looks.expected,
        limit=looks.limit,
        verdict=verdict(looks),
        kept=tuple((scored[i].region, scored[i].measure) for i in looks.discovered),
        warnings=tuple(dict.fromkeys(said)),
        claim=card.claim,
        card=(card.id, card.release),
        sources=card.sources,
    )
