"""A QuestionnaireResponse read by the clinic's bound form."""

from painloom.fhir.form import responses
from painloom.fhir.forms import binding_of
from painloom.fhir.node import Node
from painloom.fhir.questionnaires import links_of, row_of
from painloom.knowledge.instrument_cards import InstrumentCard
from painloom.model.answers import Answers
from painloom.model.form import BoundForm


def answers_from(response: Node, form: BoundForm, card: InstrumentCard) -> Answers:
    """One person's answers by the points of the bound form.

    UNANSWERED where an item has no answer, several, or one that the form does not take; the node remembers why.
    """
    return row_of(binding_of(form, card), links_of(tuple(responses(response))), {}, response.date("authored"))
