"""Evidence rows, control rates, modifiers and the conventions of the model from files; every id and number is checked."""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from painloom.errors import InputError, KnowledgeError
from painloom.knowledge.evidence_cards import OUTCOME_KINDS, Conventions, Domain, EvidenceBook, EvidenceClass, Outcome
from painloom.knowledge.tables import Fields, read_toml, read_tsv
from painloom.model.evidence import COMPARATORS, GRADES, ROLES, SCALES, STATES, ControlRow, EvidenceRow, ModifierRow
from painloom.model.learning import Dynamics

BOOK = "evidence"
ROW_COLUMNS = [
    "id",
    "unit",
    "condition",
    "outcome",
    "measure",
    "effect",
    "low",
    "high",
    "scale",
    "contrast",
    "se",
    "active",
    "control",
    "comparator",
    "blind",
    "small",
    "trials",
    "year",
    "certainty",
    "horizon",
    "state",
    "role",
    "confirm",
    "shares",
    "source",
    "note",
]
CONTROL_COLUMNS = ["id", "condition", "outcome", "comparator", "rate", "se", "state", "source", "note"]
MODIFIER_COLUMNS = [
    "id",
    "unit",
    "condition",
    "finding",
    "label",
    "kind",
    "credibility",
    "shift",
    "se",
    "per",
    "centre",
    "prevalence",
    "shrink",
    "printed",
    "design",
    "state",
    "source",
    "note",
]
MODIFIER_KINDS = ("predictive", "prognostic", "null", "undetermined", "rule", "early")
HORIZONS = ("attack", "hours", "days", "weeks", "months", "year", "")
FLAGS = {"yes": True, "no": False}
NO_WEIGHT = ("null", "undetermined", "rule", "early", "prognostic")


def read_evidence(path: Path) -> EvidenceBook:
    """The evidence book: `evidence.toml` with its tables beside it.

    Raises
    ------
    KnowledgeError : a value outside its closed list, a number that is none or lies outside its range, an id that stands twice.
    """
    fields = Fields(read_toml(path), path.name)
    outcomes = {row["id"]: _outcome(row, path) for row in _table(path, "outcomes", ("id", "label", "domain", "kind", "control_of"))}
    domains = {child.text("id"): _domain(child) for child in fields.children("domain")}
    classes = {row["id"]: EvidenceClass(row["id"], row["label"]) for row in _table(path, "classes", ("id", "label"))}
    rows = tuple(_row(row, f"{path.stem}.rows.tsv") for row in _table(path, "rows", ROW_COLUMNS))
    controls = tuple(_control(row, f"{path.stem}.controls.tsv") for row in _table(path, "controls", CONTROL_COLUMNS))
    modifiers = tuple(_modifier(row, f"{path.stem}.modifiers.tsv") for row in _table(path, "modifiers", MODIFIER_COLUMNS))
    for name, ids in (("rows", [r.id for r in rows]), ("controls", [r.id for r in controls]), ("modifiers", [r.id for r in modifiers])):
        twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if twice:
            raise KnowledgeError(f"{path.stem}.{name}.tsv: the id '{twice[0]}' stands twice")
    named = [(r.id, r.outcome) for r in rows] + [(r.id, r.outcome) for r in controls]
    lost = [(id_, outcome) for id_, outcome in named if outcome not in outcomes]
    if lost:
        raise KnowledgeError(f"{path.stem}: {lost[0][0]}: outcome '{lost[0][1]}' stands in no line of {path.stem}.outcomes.tsv")
    conventions = fields.child("conventions")
    if conventions is None:
        raise KnowledgeError(f"{path.name}: [conventions] is missing")
    return EvidenceBook(
        id=fields.text("id"),
        release=fields.text("release"),
        conventions=_conventions(conventions),
        dynamics=_dynamics(fields),
        domains=domains,
        outcomes=outcomes,
        classes=classes,
        rows=rows,
        acute=fields.mapping("acute"),
        controls=controls,
        modifiers=modifiers,
    )


def _table(path: Path, name: str, needs: Iterable[str]) -> Iterator[dict[str, str]]:
    return read_tsv(path.with_name(f"{path.stem}.{name}.tsv"), tuple(needs))


def _outcome(row: dict[str, str], path: Path) -> Outcome:
    _allowed(row["kind"], OUTCOME_KINDS, f"{path.stem}.outcomes.tsv: {row['id']}: kind")
    return Outcome(row["id"], row["label"], row["domain"], row["kind"], row["control_of"])


def _domain(fields: Fields) -> Domain:
    class_sd = fields.number("class_sd") if "class_sd" in fields.record else None
    main, great, stop = (fields.text(name, "") for name in ("main", "great", "stop"))
    return Domain(
        id=fields.text("id"),
        label=fields.text("label"),
        roots=fields.texts("roots"),
        brings_along=fields.texts("brings_along"),
        main=main,
        great=great,
        stop=stop,
        has_points=fields.flag("points"),
        class_sd=class_sd,
    )


def _conventions(fields: Fields) -> Conventions:
    factors = fields.child("grade_factor")
    if factors is None:
        raise KnowledgeError(f"{fields.where}: grade_factor is missing")
    grades = {grade: factors.number(grade) for grade in GRADES if grade}
    spreads = ("class_sd", "between_sd", "row_sd", "shared_factor", "control_sd", "stop_control_sd")
    stops = ("stop_class_sd", "stop_between_sd", "stop_row_sd")
    names = (*spreads, *stops, "shift_sd_points", "certain_best")
    return Conventions(fields.number("sd_points"), grades, *(fields.number(name) for name in names))


def _dynamics(fields: Fields) -> Dynamics:
    own = fields.child("dynamics")
    if own is None:
        raise KnowledgeError(f"{fields.where}: [dynamics] is missing")
    names = ("noise_sd", "spread", "course_sd", "effect_sd", "early_cut", "stop_below")
    try:
        return Dynamics(own.numbers("weeks"), own.numbers("shares"), *(own.number(name) for name in names))
    except InputError as wrong:
        raise KnowledgeError(f"{fields.where}: {wrong}") from None


def _row(row: dict[str, str], table: str) -> EvidenceRow:
    where = f"{table}: {row['id']}"
    for name, allowed in (
        ("scale", SCALES),
        ("comparator", COMPARATORS),
        ("certainty", GRADES),
        ("state", STATES),
        ("role", ROLES),
        ("horizon", HORIZONS),
    ):
        _allowed(row[name], allowed, f"{where}: {name}")
    found = EvidenceRow(
        **{
            name: row[name]
            for name in ["id", "unit", "condition", "outcome", "measure", "effect", "low", "high", "scale", "comparator", "trials"]
        },
        contrast=_number(row, "contrast", where),
        se=_number(row, "se", where, 0.0),
        active=_number(row, "active", where, 0.0, 1.0),
        control=_number(row, "control", where, 0.0, 1.0),
        is_blind=_flag(row, "blind", where),
        is_small=_flag(row, "small", where),
        year=int(_needed(row, "year", where)),
        certainty=row["certainty"],
        horizon=row["horizon"],
        state=row["state"],
        role=row["role"],
        confirm=_flag(row, "confirm", where),
        shares=_flag(row, "shares", where),
        source=row["source"],
        note=row["note"],
    )
    if found.se is not None and found.se == 0:
        raise KnowledgeError(f"{where}: a standard error of 0; leave it absent")
    return found


def _control(row: dict[str, str], table: str) -> ControlRow:
    where = f"{table}: {row['id']}"
    _allowed(row["comparator"], COMPARATORS, f"{where}: comparator")
    _allowed(row["state"], STATES, f"{where}: state")
    rate, se = _needed(row, "rate", where), _needed(row, "se", where)
    if not (0 < rate < 1 and 0 < se < 1):
        raise KnowledgeError(f"{where}: rate and se must lie between 0 and 1")
    return ControlRow(row["id"], row["condition"], row["outcome"], row["comparator"], rate, se, row["state"], row["source"], row["note"])


def _modifier(row: dict[str, str], table: str) -> ModifierRow:
    where = f"{table}: {row['id']}"
    _allowed(row["kind"], MODIFIER_KINDS, f"{where}: kind")
    _allowed(row["state"], STATES, f"{where}: state")
    shrink = _number(row, "shrink", where, 0.0, 1.0) or 0.0
    if shrink and (row["kind"] in NO_WEIGHT or row["state"] not in STATES[:2]):
        raise KnowledgeError(f"{where}: only a checked predictive modifier may have shrink above 0")
    return ModifierRow(
        **{name: row[name] for name in ["id", "unit", "condition", "finding", "label", "kind", "credibility"]},
        shift=_number(row, "shift", where),
        se=_number(row, "se", where, 0.0),
        per=row["per"],
        centre=_number(row, "centre", where),
        prevalence=_number(row, "prevalence", where, 0.0, 1.0),
        shrink=shrink,
        **{name: row[name] for name in ["printed", "design", "state", "source", "note"]},
    )


def _allowed(value: str, allowed: tuple[str, ...], where: str) -> None:
    if value not in allowed:
        raise KnowledgeError(f"{where} '{value}' is not one of {', '.join(a or '.' for a in allowed)}")


def _flag(row: dict[str, str], name: str, where: str) -> bool:
    _allowed(row[name], tuple(FLAGS), f"{where}: {name}")
    return FLAGS[row[name]]


def _needed(row: dict[str, str], name: str, where: str) -> float:
    value = _number(row, name, where)
    if value is None:
        raise KnowledgeError(f"{where}: {name} is missing")
    return value


def _number(row: dict[str, str], name: str, where: str, low: float = -math.inf, high: float = math.inf) -> float | None:
    if not row[name]:
        return None
    try:
        value = float(row[name])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and low <= value <= high):
        raise KnowledgeError(f"{where}: {name} must be a number from {low:g} to {high:g}")
    return value
