"""A book of evidence of a few lines, for answers that can be worked out by hand."""

from dataclasses import replace
from statistics import NormalDist

from builders import knowledge as shipped
from painloom.knowledge.evidence_cards import Domain, EvidenceClass
from painloom.knowledge.target_cards import Indication, IndicationCard
from painloom.model.evidence import ControlRow, EvidenceRow
from painloom.response.model import build_model
from painloom.response.predict import Asker, predict

PHI, PROBIT = NormalDist().cdf, NormalDist().inv_cdf
NUMBERS = ("control", "response", "benefit", "substantial", "substantial_benefit", "points", "harm")
CONTROL = ControlRow("C1", "wide", "pain-30", "placebo", 0.4, 0.02, "verified", "s1")
STOP_CONTROL = ControlRow("C2", "wide", "stop-ae", "placebo", 0.05, 0.01, "verified", "s1")
OPEN_CONTROL = ControlRow("C3", "wide", "pain-30", "usual", 0.2, 0.02, "verified", "s1")
CONTROLS = (CONTROL, STOP_CONTROL, OPEN_CONTROL)


def row(unit, contrast, se=0.1, condition="wide", **more):
    """An evidence row: a blinded trial of a score, in standard deviations, certainty high, unless told otherwise."""
    plain = {
        **{"outcome": "pain-score", "measure": "SMD", "effect": "", "low": "", "high": "", "scale": "smd", "active": None, "control": None},
        **{"comparator": "placebo", "is_blind": True, "is_small": False, "trials": "3", "year": 2020, "certainty": "high"},
        **{"horizon": "weeks", "state": "verified", "role": "prior", "confirm": False, "shares": False, "source": "s1"},
    }
    found = {"id": f"{unit}-{condition}-{more.get('outcome', '')}-{contrast}", **plain, **more}
    return EvidenceRow(unit=unit, condition=condition, contrast=contrast, se=se, **found)


def kinds():
    """root > wide > {narrow, other}; side stands beside pain, below the root; away has no domain."""
    told = [("root", ()), ("wide", ("root",)), ("narrow", ("wide",)), ("other", ("wide",)), ("away", ()), ("attack", ())]
    found = {id_: Indication(id_, id_.title(), parents, (), False) for id_, parents in told}
    found["side"] = Indication("side", "Side", ("root",), (), False, beside=True)
    return IndicationCard("conditions", "r", "guideline", found, "away", (), ())


def card(id_, evidence_class="x", conditions=("wide",), **more):
    """A treatment card that nothing forbids."""
    plain = next(iter(shipped().treatments.values()))
    empty = {"drugs": (), "only_with": (), "targets": (), "not_for": (), "no_evidence": "", "sources": ("own",), "open_questions": ()}
    return replace(plain, **{"id": id_, "label": id_.title(), "evidence_class": evidence_class, "conditions": conditions, **empty, **more})


def book(*rows, controls=CONTROLS, modifiers=(), domains=(), **conventions):
    real = shipped().evidence
    found = {"root": Domain("root", "all pain", ("root",), (), "pain-30", "pain-50", "stop-ae", None), **{d.id: d for d in domains}}
    classes = {id_: EvidenceClass(id_, id_) for id_ in "xyz"}
    stated = replace(real.conventions, **conventions)
    more = {"classes": classes, "rows": rows, "controls": controls, "modifiers": modifiers, "acute": {}}
    return replace(real, conventions=stated, domains=found, **more)


WEIGHTLESS = [
    {"shrink": 0.0},
    {"kind": "null"},
    {"kind": "prognostic"},
    {"kind": "undetermined"},
    {"kind": "rule"},
    {"kind": "early"},
    {"state": "to-verify"},
    {"shift": None},
    {"se": None},
    {"prevalence": None},
]  # each makes a modifier one that nothing may rest on
VAGUE = {"class_sd": 50.0, "between_sd": 1e-6, "row_sd": 1e-6}  # the priors say next to nothing: one row alone gives its own value back


def made(cards, *rows, mode="clinical", **more):
    return build_model(book(*rows, **more), {c.id: c for c in cards}, kinds(), mode=mode)


def asked(model, *conditions, **more):
    conditions = conditions or ("wide",)
    return predict(Asker(tuple((c, model.conditions.indications[c].label) for c in conditions), **more), model)


def only(cards, *rows, condition="wide", asker=None, **more):
    """The outlook of the first card."""
    view = asked(made(cards, *rows, **more), condition, **(asker or {}))
    return next(o for o in view.outlooks if o.treatment == cards[0].id)
