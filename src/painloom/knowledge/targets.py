"""Neuromodulation cards from files: targets with their evidence, kinds of pain, body sites; the screen is read in `screening`."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.screening import read_code_rows, read_limits, read_phrases, read_screen, read_words
from painloom.knowledge.tables import Fields, read_toml, read_tsv
from painloom.knowledge.target_cards import (
    PLACINGS,
    Area,
    BodyCard,
    Indication,
    IndicationCard,
    IndividualSearch,
    LimitCard,
    ProtocolRow,
    ScreenCard,
    TargetBook,
    TargetCard,
    TargetPoint,
    Train,
)
from painloom.model.finding import CLAIMS
from painloom.model.target import Point, TargetEvidence

TARGET, INDICATIONS, BODY, SCREEN, LIMITS = "target", "indications", "body", "screen", "limits"
KINDS = (TARGET, INDICATIONS, BODY, SCREEN, LIMITS)
STATES = ("verified", "to-verify")
EVIDENCE = ("indication", "body", "year", "grade", "text", "state", "source")
SIDES = ("left", "right", "both", "midline", "wide", "plural")
OWN = " (own card)"


def read_targets(files: dict[str, Path], own: Collection[str] = ()) -> TargetBook:
    """All neuromodulation cards; `own` are ids of a clinic's own cards, whose release says so.

    Raises
    ------
    KnowledgeError : a field that the closed lists do not allow, a missing table, no card or two cards of a kind that stands once.
    """
    targets: dict[str, TargetCard] = {}
    single: dict[str, IndicationCard | BodyCard | ScreenCard | LimitCard] = {}
    for id_, path in files.items():
        fields = Fields(read_toml(path), path.name)
        kind = fields.text("kind")
        if kind not in KINDS:
            raise KnowledgeError(f"{path.name}: kind '{kind}' is not one of {', '.join(KINDS)}")
        if fields.text("claim") not in CLAIMS:
            raise KnowledgeError(f"{path.name}: claim is not one of {', '.join(CLAIMS)}")
        release = fields.text("release") + (OWN if id_ in own else "")
        if kind == TARGET:
            targets[id_] = replace(_target(fields, path), release=release)
        elif kind in single:
            raise KnowledgeError(f"{path.name}: a second card of kind '{kind}'; replace the first one by its name")
        else:
            single[kind] = replace(_single(kind, fields, path), release=release)
    indications, body, screen, limits = (single.get(kind) for kind in (INDICATIONS, BODY, SCREEN, LIMITS))
    if not isinstance(indications, IndicationCard) or not isinstance(body, BodyCard) or not isinstance(screen, ScreenCard):
        raise KnowledgeError("targets: one card each of kind indications, body and screen is needed")
    ranked = dict(sorted(targets.items(), key=lambda item: (item[1].rank, item[0])))
    return TargetBook(ranked, indications, body, screen, limits if isinstance(limits, LimitCard) else None)


def _single(kind: str, fields: Fields, path: Path) -> IndicationCard | BodyCard | ScreenCard | LimitCard:
    if kind == INDICATIONS:
        return read_indications(fields, path)
    if kind == BODY:
        return _body(fields, path)
    return read_screen(fields, path) if kind == SCREEN else read_limits(fields, path)


def _target(fields: Fields, path: Path) -> TargetCard:
    train, individual = fields.child("train"), fields.child("individual")
    card = TargetCard(
        id=fields.text("id"),
        release=fields.text("release"),
        label=fields.text("label"),
        method=fields.text("method"),
        modality=fields.text("modality"),
        gate=fields.text("gate"),
        claim=fields.text("claim"),
        licence=fields.text("licence"),
        sources=fields.texts("sources"),
        rank=fields.integer("rank"),
        placing=fields.text("placing"),
        space=fields.text("space", ""),
        indications=fields.texts("indications"),
        points=tuple(_point(child) for child in fields.children("point")),
        evidence=tuple(_evidence(row, path) for row in read_tsv(path.with_name(f"{path.stem}.evidence.tsv"), EVIDENCE)),
        protocol=tuple(_protocol(child) for child in fields.children("protocol")),
        shown_also=fields.text("shown_also", ""),
        train=Train(train.number("frequency_hz"), train.number("percent_rmt"), train.number("train_s")) if train else None,
        individual=_individual(individual) if individual else None,
        notes=fields.texts("notes"),
        open_questions=fields.texts("open_questions"),
    )
    if card.placing not in PLACINGS:
        raise KnowledgeError(f"{path.name}: placing '{card.placing}' is not one of {', '.join(PLACINGS)}")
    if not card.evidence:
        raise KnowledgeError(f"{path.name}: a target without a row of evidence")
    if any(point.xyz_mm for point in card.points) and not card.space:
        raise KnowledgeError(f"{path.name}: coordinates need a space")
    return card


def _state(fields: Fields) -> str:
    state = fields.text("state")
    if state not in STATES:
        raise KnowledgeError(f"{fields.where}: state '{state}' is not one of {', '.join(STATES)}")
    return state


def as_point(numbers: tuple[float, ...], where: str) -> Point:
    """Three finite numbers in mm within a head; KnowledgeError otherwise."""
    if len(numbers) != 3 or not all(abs(value) <= 150 for value in numbers):
        raise KnowledgeError(f"{where}: a point needs three numbers in mm, each from -150 to 150")
    return numbers[0], numbers[1], numbers[2]


def _point(fields: Fields) -> TargetPoint:
    numbers = fields.numbers("xyz_mm")
    point = TargetPoint(
        area=fields.text("area"),
        side=fields.text("side"),
        xyz_mm=as_point(numbers, fields.where) if numbers else None,
        scalp=fields.text("scalp"),
        state=_state(fields),
        note=fields.text("note"),
        sources=fields.texts("sources"),
        scalp_mm=fields.number("scalp_mm") if "scalp_mm" in fields.record else None,
        scalp_range_mm=fields.numbers("scalp_range_mm"),
    )
    if point.side not in ("left", "right"):
        raise KnowledgeError(f"{fields.where}: side must be left or right")
    if point.xyz_mm and (point.xyz_mm[0] < 0) != (point.side == "left"):
        raise KnowledgeError(f"{fields.where}: x is negative on the left and positive on the right")
    return point


def _individual(fields: Fields) -> IndividualSearch:
    centres = tuple(tuple(float(v) for v in row if isinstance(v, int | float)) for row in fields.lists("centres_mm"))
    return IndividualSearch(
        as_point(fields.numbers("seed_mm"), fields.where),
        fields.number("seed_radius_mm"),
        tuple(as_point(centre, fields.where) for centre in centres),
        fields.number("radius_mm"),
        fields.text("text"),
        _state(fields),
        fields.texts("sources"),
    )


def _protocol(fields: Fields) -> ProtocolRow:
    return ProtocolRow(fields.text("name"), fields.text("value"), _state(fields), fields.texts("sources"))


def _evidence(row: dict[str, str], path: Path) -> tuple[str, TargetEvidence]:
    if not row["year"].isdigit() or row["state"] not in STATES or not row["body"] or not row["grade"]:
        raise KnowledgeError(f"{path.stem}.evidence.tsv: a row needs a body, a year, a grade, and a state of {', '.join(STATES)}")
    return row["indication"], TargetEvidence(row["body"], int(row["year"]), row["grade"], row["text"], row["state"], row["source"])


def read_indications(fields: Fields, path: Path) -> IndicationCard:
    """The kinds of pain of a card, with the words and codes beside it.

    Raises
    ------
    KnowledgeError : an id that stands twice, a parent, fallback or owner that is not on the card, a kind that is its own parent.
    """
    found = [
        Indication(
            id=child.text("id"),
            label=child.text("label"),
            parents=child.texts("parents"),
            facts=child.texts("facts"),
            generic=child.flag("generic"),
            beside=child.flag("beside"),
            widespread=child.flag("widespread"),
        )
        for child in fields.children("indication")
    ]
    known = {one.id: one for one in found}
    lost = [parent for one in found for parent in one.parents if parent not in known]
    if len(known) != len(found) or lost or fields.text("fallback") not in known:
        raise KnowledgeError(f"{path.name}: an id that stands twice, or a parent or fallback that is not on the card")
    _no_circle(known, path)
    return IndicationCard(
        fields.text("id"),
        fields.text("release"),
        fields.text("claim"),
        known,
        fields.text("fallback"),
        read_phrases(path, "indication", known),
        read_code_rows(path, "indication", "", known),
    )


def _no_circle(known: dict[str, Indication], path: Path) -> None:
    for id_ in known:
        seen, queue = set(), list(known[id_].parents)
        while queue:
            one = queue.pop()
            if one == id_:
                raise KnowledgeError(f"{path.name}: '{id_}' is its own parent")
            if one not in seen:
                seen.add(one)
                queue += known[one].parents


def _body(fields: Fields, path: Path) -> BodyCard:
    areas = [
        Area(child.text("id"), child.text("label"), child.integer("order"), child.text("use", child.text("id")), child.text("note"))
        for child in fields.children("area")
    ]
    known = {area.id: area for area in areas}
    sides = fields.child("sides")
    if not sides or any(name not in sides.record for name in SIDES) or fields.text("default_area") not in known:
        raise KnowledgeError(f"{path.name}: needs [sides] with {', '.join(SIDES)}, and a default_area that is on the card")
    if any(area.use not in known for area in areas):
        raise KnowledgeError(f"{path.name}: an area uses another one that is not on the card")
    return BodyCard(
        id=fields.text("id"),
        release=fields.text("release"),
        claim=fields.text("claim"),
        areas=known,
        default_area=fields.text("default_area"),
        default_side=fields.text("default_side"),
        convention=fields.text("convention"),
        sides={name: sides.texts(name) for name in SIDES},
        phrases=read_phrases(path, "area", known),
        lesions=read_words(path, "lesions"),
        breaks=read_words(path, "breaks"),
        codes=read_code_rows(path, "area", "side", known),
    )
