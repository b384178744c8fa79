"""Small people and options for the plan: every number by hand."""

from dataclasses import replace

from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.plan_cards import Course, DoseCard, DoseLimit, FirstChoice, NotWith
from painloom.knowledge.rule_cards import When
from painloom.model.advice import Advice, Statement
from painloom.model.medication import SafetyRow
from painloom.model.outlook import PREDICTED, Band, Outlook
from painloom.model.quantity import Interval
from painloom.plan.rank import rank
from painloom.plan.situation import TakenDrug
from painloom.plan.worth import Worth

KIND = "low-back"


def course(line=2, hours=None, state="verified"):
    return Course(line, hours, 8.0, "", "", state, ("s",))


def treatment(id_, *, modality="drug", drugs=(), line=2, first=(), not_with=(), serves=(), mechanisms=(), **more):
    return TreatmentCard(
        id_,
        "r",
        id_.title(),
        "x",
        "guideline",
        ("s",),
        modality,
        "class",
        drugs,
        (),
        (),
        "",
        (KIND,),
        (),
        mechanisms,
        None,
        (),
        (),
        "",
        (),
        course=course(line),
        first_choices=first,
        not_with=not_with,
        serves=serves,
        **more,
    )


def outlook(id_, benefit=(0.15, 0.05, 0.25), *, modality="drug", grade="moderate", harm=None, status=PREDICTED, points=None):
    return Outlook(
        id_,
        id_.title(),
        modality,
        KIND,
        "Low back pain",
        status,
        benefit=Band(*benefit) if benefit else None,
        grade=grade,
        harm=Band(*harm) if harm else None,
        points=Band(*points) if points else None,
        comparator="placebo",
        horizon="weeks",
        sources=("s",),
    )


def worth(card, benefit=(0.15, 0.05, 0.25), *, grade="moderate", parts=()):
    told = outlook(card.id, benefit, modality=card.modality, grade=grade)
    band = Band(*(100 * part for part in benefit)) if benefit else None
    return Worth(told, card, band, parts, 0.0, 0.0, card.mechanisms)


def ranked(*worths, chances=None, drivers=(), aims=None, kinds=(KIND,)):
    return rank({w.card.id: w for w in worths}, chances or {}, drivers, aims or {}, frozenset(kinds))


def first(body="Body", *, against=False, condition=KIND, state="verified"):
    return FirstChoice(condition, body, against, f"{body} says so", state, ("s",))


def never_with(*ids, state="verified"):
    return NotWith(ids, "they do not go together", state, ("s",))


def taken(drug, *, is_pain=True, daily=100.0, months=24.0, refusals=(), advice=(), classes=("c",)):
    amount = None if daily is None else Interval(daily, daily)
    return TakenDrug(drug, drug, is_pain, classes, amount, "mg", months, False, advice, refusals)


def row(*drugs, severity="severe", kind="interaction", message="Danger. Do something.", state="verified"):
    return SafetyRow(kind, " + ".join(drugs), "", "", severity, message, "source", state, "rules/x", drugs)


def advice(action, *, factor=0.0, tier="act", invariant=True, missing=()):
    statement = Statement("i", action, tier, "strong", f"{action} it.", factor=factor)
    return Advice("d", "CPIC", ("G",), ("Poor",), statement, "cite", ("guidance/x", "r"), invariant=invariant, missing_genes=missing)


def dose(**more):
    card = DoseCard(
        "d",
        "d",
        (),
        "r",
        "D",
        "x",
        "guideline",
        ("s",),
        "oral",
        "mg",
        1.0,
        30.0,
        30.0,
        7.0,
        60.0,
        120.0,
        120.0,
        8.0,
        "Begin low.",
        "verified",
        (),
        (),
    )
    return replace(card, **more)


def limit(fact="old", *, start=None, most=None, state="verified"):
    return DoseLimit(When("", None, None, fact, "yes"), start, most, f"because {fact}", state, ("s",))
