"""Marker cards: TOML, with the columns, weights and reference cohorts of a model as tables beside it."""

import math
from collections.abc import Mapping
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.marker_cards import (
    CONNECTIVITY,
    EVIDENCE,
    KINDS,
    SCORES,
    SHIPPED,
    STATES,
    WEIGHTS,
    Cohort,
    Column,
    Limits,
    Linear,
    MarkerCard,
    Performance,
    Reliability,
    Weights,
)
from painloom.knowledge.tables import Fields, read_toml, read_tsv

COLUMNS = ("column", "name", "label", "confound", "x", "y", "z", "text")
EDGES = ("first", "second", "centre", "scale", "weight")
DIGEST = 64


def read_markers(files: Mapping[str, Path]) -> dict[str, MarkerCard]:
    """Every marker card by id; `files` are card id -> TOML.  KnowledgeError names the card and the field."""
    return {id_: read_marker(path) for id_, path in files.items()}


def read_marker(path: Path) -> MarkerCard:
    """One marker card with its tables.

    Raises
    ------
    KnowledgeError : a field is missing or of another type, a word is not one of those allowed, a table is missing or does not fit.
    """
    fields = Fields(read_toml(path), path.name)
    kind = _one_of(fields, "kind", KINDS)
    weights = _weights(fields)
    shipped = kind == CONNECTIVITY and weights.origin == SHIPPED
    columns = _columns(path) if shipped else ()
    return MarkerCard(
        id=fields.text("id"),
        release=fields.text("release"),
        licence=fields.text("licence"),
        claim=fields.text("claim"),
        label=fields.text("label"),
        kind=kind,
        unit=fields.text("unit"),
        meaning=fields.text("meaning"),
        input=fields.text("input"),
        space=fields.text("space"),
        population=fields.text("population"),
        use=_some(fields, "use"),
        never=_some(fields, "never"),
        site_offset=fields.text("site_offset"),
        reliability_text=fields.text("reliability_text"),
        limits=_limits(fields),
        weights=weights,
        columns=columns,
        model=_linear(path, fields.number("intercept"), len(columns)) if shipped else None,
        performance=tuple(_performance(p) for p in fields.children("performance")),
        reliability=tuple(_reliability(r) for r in fields.children("reliability")),
        cohorts=_cohorts(path, fields),
        sources=fields.texts("sources"),
        open_questions=fields.texts("open_questions"),
    )


def _one_of(fields: Fields, name: str, allowed: tuple[str, ...]) -> str:
    word = fields.text(name)
    if word not in allowed:
        raise KnowledgeError(f"{fields.where}: {name} '{word}' is not one of {', '.join(allowed)}")
    return word


def _some(fields: Fields, name: str) -> tuple[str, ...]:
    texts = fields.texts(name)
    if not texts:
        raise KnowledgeError(f"{fields.where}: field '{name}' is missing or empty")
    return texts


def _optional(fields: Fields, name: str) -> float | None:
    return fields.number(name) if name in fields.record else None


def _whole(fields: Fields, name: str) -> int | None:
    return fields.integer(name) if name in fields.record else None


def _limits(fields: Fields) -> Limits:
    gates = fields.child("gates") or Fields({}, fields.where)
    return Limits(
        mean_fd_mm=_optional(gates, "mean_fd_mm"),
        scrub_fd_mm=_optional(gates, "scrub_fd_mm"),
        scrubbed_percent=_optional(gates, "scrubbed_percent"),
        volumes_left=_whole(gates, "volumes_left"),
        coverage_percent=_optional(gates, "coverage_percent"),
        text=gates.text("text", ""),
    )


def _weights(fields: Fields) -> Weights:
    weights = fields.child("weights")
    if weights is None:
        raise KnowledgeError(f"{fields.where}: needs [weights]: where the model's numbers come from")
    digest = weights.text("sha256", "").lower()
    if digest and (len(digest) != DIGEST or set(digest) - set("0123456789abcdef")):
        raise KnowledgeError(f"{weights.where}: sha256 must be {DIGEST} hexadecimal digits, or left out")
    return Weights(
        origin=_one_of(weights, "origin", WEIGHTS),
        licence=weights.text("licence"),
        sha256=digest,
        score=_one_of(weights, "score", SCORES) if "score" in weights.record else SCORES[0],
        text=weights.text("text"),
        notice=weights.text("notice", ""),
    )


def _performance(fields: Fields) -> Performance:
    return Performance(
        what=fields.text("what"),
        measure=fields.text("measure"),
        value=fields.number("value"),
        low=_optional(fields, "low"),
        high=_optional(fields, "high"),
        count=_whole(fields, "count"),
        evidence=_one_of(fields, "evidence", EVIDENCE),
        state=_one_of(fields, "state", STATES),
        source=fields.text("source"),
    )


def _reliability(fields: Fields) -> Reliability:
    icc, sd = fields.number("icc"), _optional(fields, "sd")
    if not 0 <= icc <= 1 or (sd is not None and not sd > 0):
        raise KnowledgeError(f"{fields.where}: icc must lie between 0 and 1, sd above 0")
    return Reliability(
        interval=fields.text("interval"),
        icc=icc,
        sd=sd,
        count=_whole(fields, "count"),
        text=fields.text("text", ""),
        state=_one_of(fields, "state", STATES),
        source=fields.text("source"),
    )


def _columns(path: Path) -> tuple[Column, ...]:
    table = path.with_name(f"{path.stem}.regions.tsv")
    columns = tuple(_column(row, table.name) for row in read_tsv(table, COLUMNS))
    if [c.position for c in columns] != list(range(len(columns))) or not columns:
        raise KnowledgeError(f"{table.name}: columns must be numbered 0, 1, 2 .. without a gap")
    labels = [c.label for c in columns if c.label is not None]
    if len(set(labels)) != len(labels):
        raise KnowledgeError(f"{table.name}: a region of the atlas stands twice")
    return columns


def _column(row: Mapping[str, str], where: str) -> Column:
    try:
        label = int(row["label"]) if row["label"] else None
        centre = (float(row["x"]), float(row["y"]), float(row["z"])) if row["x"] else None
        column = Column(int(row["column"]), row["name"], label, row["confound"], centre, row["text"])
    except ValueError:
        raise KnowledgeError(f"{where}: column '{row['column']}' holds something that is no number") from None
    if not column.name or (column.label is None) == (not column.confound):
        raise KnowledgeError(f"{where}: column {column.position} needs a name and either a label or a confound")
    return column


def _linear(path: Path, intercept: float, width: int) -> Linear:
    table = path.with_name(f"{path.stem}.edges.tsv")
    first, second, numbers = [], [], []
    for line, row in enumerate(read_tsv(table, EDGES), start=2):
        try:
            a, b = int(row["first"]), int(row["second"])
            values = [float(row[name]) for name in EDGES[2:]]
        except ValueError:
            raise KnowledgeError(f"{table.name} line {line}: holds something that is no number") from None
        if not (0 <= a < b < width and all(map(math.isfinite, values)) and values[1] > 0):
            raise KnowledgeError(
                f"{table.name} line {line}: needs two columns in rising order below {width}, a scale above 0, finite numbers"
            )
        first.append(a)
        second.append(b)
        numbers.append(values)
    if len(set(zip(first, second, strict=True))) != len(first) or not first:
        raise KnowledgeError(f"{table.name}: no edge, or one stands twice")
    centre, scale, weight = zip(*numbers, strict=True)
    return Linear(intercept, tuple(first), tuple(second), centre, scale, weight)


def _cohorts(path: Path, fields: Fields) -> tuple[Cohort, ...]:
    heads = fields.children("cohort")
    if not heads:
        return ()
    table = path.with_name(f"{path.stem}.cohorts.tsv")
    scores: dict[str, list[float]] = {head.text("id"): [] for head in heads}
    for line, row in enumerate(read_tsv(table, ("cohort", "score")), start=2):
        try:
            scores[row["cohort"]].append(float(row["score"]))
        except (KeyError, ValueError):
            raise KnowledgeError(f"{table.name} line {line}: needs a cohort of the card and a number") from None
    cohorts = tuple(_cohort(head, scores[head.text("id")]) for head in heads)
    if sum(c.is_default for c in cohorts) > 1 or any(c.is_default and c.is_in_sample for c in cohorts):
        raise KnowledgeError(f"{path.name}: at most one cohort is the default, and never one that the model was trained on")
    return cohorts


def _cohort(fields: Fields, scores: list[float]) -> Cohort:
    if not scores or scores != sorted(scores) or not all(map(math.isfinite, scores)):
        raise KnowledgeError(f"{fields.where}: the scores of '{fields.text('id')}' must be there, finite and in rising order")
    return Cohort(
        id=fields.text("id"),
        label=fields.text("label"),
        site=fields.text("site"),
        scanner=fields.text("scanner"),
        population=fields.text("population"),
        note=fields.text("note"),
        is_in_sample=fields.flag("in_sample"),
        is_default=fields.flag("default"),
        source=fields.text("source"),
        scores=tuple(scores),
    )
