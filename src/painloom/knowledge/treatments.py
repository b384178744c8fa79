"""Treatment cards from files."""

from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.evidence_cards import MODALITIES, CardText, EarlyCheck, NotFor, TreatmentCard
from painloom.knowledge.planning import read_contraindications, read_course, read_first_choices, read_not_with, read_serves
from painloom.knowledge.tables import Fields, read_toml
from painloom.model.finding import CLAIMS

STATES = ("verified", "to-verify")


def read_treatment(path: Path) -> TreatmentCard:
    """One treatment card; KnowledgeError names the field that a closed list does not allow."""
    fields = Fields(read_toml(path), path.name)
    modality, claim = fields.text("modality"), fields.text("claim")
    if modality not in MODALITIES:
        raise KnowledgeError(f"{path.name}: modality '{modality}' is not one of {', '.join(MODALITIES)}")
    if claim not in CLAIMS:
        raise KnowledgeError(f"{path.name}: claim '{claim}' is not one of {', '.join(CLAIMS)}")
    if fields.text("id") != path.stem:
        raise KnowledgeError(f"{path.name}: its id '{fields.text('id')}' is not the file's name")
    early = fields.child("early")
    return TreatmentCard(
        id=fields.text("id"),
        release=fields.text("release"),
        label=fields.text("label"),
        licence=fields.text("licence"),
        claim=claim,
        sources=fields.texts("sources"),
        modality=modality,
        evidence_class=fields.text("class"),
        drugs=fields.texts("drugs"),
        only_with=fields.texts("only_with"),
        targets=fields.texts("targets"),
        route=fields.text("route", ""),
        conditions=fields.texts("for"),
        not_for=tuple(NotFor(c.text("condition"), c.text("text"), _state(c), c.texts("sources")) for c in fields.children("not_for")),
        mechanisms=fields.texts("mechanisms"),
        early=_early(early) if early else None,
        limits=_texts(fields, "limit"),
        monitoring=_texts(fields, "monitor"),
        no_evidence=fields.text("no_evidence", ""),
        open_questions=fields.texts("open_questions"),
        course=read_course(fields.child("course")),
        serves=read_serves(fields),
        contraindications=read_contraindications(fields),
        not_with=read_not_with(fields),
        first_choices=read_first_choices(fields),
    )


def _early(fields: Fields) -> EarlyCheck:
    improvement = fields.number("improvement") if "improvement" in fields.record else None
    return EarlyCheck(fields.number("week"), improvement, fields.text("text"), _state(fields), fields.texts("sources"))


def _texts(fields: Fields, name: str) -> tuple[CardText, ...]:
    return tuple(CardText(child.text("text"), _state(child), child.texts("sources")) for child in fields.children(name))


def _state(fields: Fields) -> str:
    state = fields.text("state")
    if state not in STATES:
        raise KnowledgeError(f"{fields.where}: state '{state}' is not one of {', '.join(STATES)}")
    return state
