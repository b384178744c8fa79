"""The whole journey of one person: case and knowledge -> Assessment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from painloom.assess.citations import citations
from painloom.assess.formulation import Found, formulation_of, formulation_sources, helpful
from painloom.assess.outlook import MONTHS_CHRONIC, Heard, kinds_of_pain, outlook_of
from painloom.assess.plan import Ahead, missing, plan_of, plan_sources
from painloom.assess.scenarios import Today, prospects_of, with_taken
from painloom.body.candidates import Candidates
from painloom.body.formulary import formulary_of
from painloom.body.stream import BodyView, fired_rules
from painloom.body.stream import run as run_body
from painloom.brain.stream import findings as brain_findings
from painloom.brain.stream import has_content
from painloom.brain.stream import run as run_brain
from painloom.brain.stream import sources as brain_sources
from painloom.brain.targets import plan_targets
from painloom.fhir.sheets import read_sheet
from painloom.genome.guide import advice_for
from painloom.genome.phenoconversion import interactions
from painloom.genome.session import Request, Session, open_session, workbench_of
from painloom.genome.stream import findings, gene_calls, research_notes
from painloom.intake.folder import ANSWERS, SHEET_ENDING, read_case, sha256
from painloom.intake.options import ReadOptions
from painloom.intake.whatif import changed_answers
from painloom.knowledge.cards import DrugCard
from painloom.knowledge.drug_names import find_drug, find_drugs
from painloom.knowledge.load import Knowledge
from painloom.mind.stream import MindView
from painloom.mind.stream import run as run_mind
from painloom.model.absence import NotMeasured
from painloom.model.advice import Advice
from painloom.model.answers import ItemRange
from painloom.model.assessment import Assessment, DrugNote, DrugView
from painloom.model.body import BodyRecord
from painloom.model.brain import BrainView
from painloom.model.case import Case, DrugUse
from painloom.model.criteria import Grade
from painloom.model.formulation import Formulation
from painloom.model.genecall import GeneCall
from painloom.model.mind import ChangeView, ScoreView
from painloom.model.outlook import OutlookView
from painloom.model.plan import Plan
from painloom.model.redflag import RedFlag
from painloom.model.scores import SafetyAlert
from painloom.model.target import TargetView
from painloom.plan.compose import choices_for
from painloom.response.model import CLINICAL
from painloom.synthesis.judge import Judged, judge_case
from painloom.synthesis.next_test import Outlooks
from painloom.version import __version__

ACTIVE = "active"
HasSources = ScoreView | ChangeView | SafetyAlert | Grade | RedFlag
AheadOf = tuple[TargetView, OutlookView | None, Formulation | None, Plan | None]
NO_BRAIN = NotMeasured(
    "no brain folder with readable results and no imaging findings in the case",
    "brain/ with regional series, motion and FreeSurfer stats, or [[imaging]] entries of a report in case.toml",
    "how a published marker and the regions compare with others, and where stimulation could aim; never whether pain is real",
)
NO_MIND = NotMeasured(
    "no answers to questionnaires in the case folder",
    "answers/<instrument>_<date>.csv",
    "what keeps the pain going, and which psychological treatments fit",
)
NO_BODY = NotMeasured(
    "no drugs, examination, laboratory values or body map in case.toml",
    "the drug list, examination, laboratory values, red flags",
    "doses, refusals and urgent steps",
)
NO_GENOME = NotMeasured(
    "no genome file and no outside calls in the case folder",
    "a VCF, or outside_calls.tsv from a laboratory",
    "which pain drugs will work, fail or harm",
)


def open_case(folder: Path, knowledge: Knowledge, options: ReadOptions, as_of: str) -> Case:
    """The case in `folder`, its answer sheets checked against the instrument cards; JSON sheets are FHIR QuestionnaireResponses.

    Raises
    ------
    InputError : a part that its reader refuses.
    """
    known = knowledge.files("instruments")

    def shapes(id_: str) -> Sequence[ItemRange] | None:
        return knowledge.instrument(id_).ranges if id_ in known else None

    case = read_case(folder, knowledge.table, options, shapes)
    answers, facts, warnings, files = list(case.answers), list(case.body.facts), list(case.warnings), list(case.files)
    for path in sorted((folder / ANSWERS).glob(f"*{SHEET_ENDING}")):
        sheet = read_sheet(path, knowledge, as_of)
        answers += sheet.answers
        facts += [fact for fact in sheet.facts if fact not in facts]
        warnings += sheet.lost
        files.append((f"{ANSWERS}/{path.name}", sha256(path)))
    return replace(
        case,
        answers=changed_answers(sorted(answers, key=lambda a: a.date), options.changes, shapes),
        body=replace(case.body, facts=tuple(facts)),
        warnings=tuple(warnings),
        files=tuple(files),
    )


def assess(case: Case, knowledge: Knowledge, as_of: str, *, mode: str = CLINICAL) -> Assessment:
    """Everything that the streams which exist today can say of one person.

    Parameters
    ----------
    as_of : ISO date on which the statement is made; nothing below reads a clock.
    mode : "research" lets evidence that is still to verify weigh in the outlook; the report says so.
    """
    drugs, unknown = find_drugs(knowledge, (use.name for use in case.drugs if use.state == ACTIVE))
    request = Request(dict(case.outside_calls), tuple(d.id for d in drugs), one_x=case.person.sex == "M")
    session = open_session(knowledge, case.genotypes, request, workbench_of(knowledge))
    measured = case.genotypes is not None or bool(case.outside_calls)
    calls = gene_calls(session) if measured else ()
    views = tuple(drug_views(session, drugs, case)) + tuple(_unknown(unknown, case))
    heard = _hear(case, knowledge)
    mind, body, brain, judged = heard.mind, heard.body, heard.brain, heard.judged
    ahead = _look_ahead(case, knowledge, heard, session, (views, _phenotypes(calls), as_of, mode))
    targets, outlook, formulation, plan = ahead
    return Assessment(
        case=case,
        as_of=as_of,
        program=f"painloom {__version__}",
        knowledge_release=knowledge.release,
        overlay=knowledge.replaced,
        calls=calls,
        drugs=views,
        interactions=interactions(drugs),
        research=research_notes(session) if measured else (),
        findings=(*findings(calls, case, knowledge), *(brain_findings(brain, case) if brain else ()), *mind.findings, *body.findings),
        streams=_streams(case, heard, measured=measured),
        citations=tuple(citations(knowledge, session, _sources(heard, knowledge, ahead), calls_used=measured)),
        warnings=(
            *_warnings(case, session, heard),
            *(f"drug '{name}' is not known to this release: nothing was checked for it" for name in unknown),
        ),
        scores=mind.scores,
        changes=mind.changes,
        answer_flags=mind.flags,
        alerts=mind.alerts,
        safety=body.safety,
        grades=judged.grades,
        pain_codes=judged.pain_codes,
        red_flags=judged.red_flags,
        sensory=judged.sensory,
        widespread=body.widespread,
        map_remarks=body.map_remarks,
        brain=brain,
        targets=targets if targets.targets else None,
        outlook=outlook,
        formulation=formulation,
        plan=plan,
    )


def _tells_of_pain(case: Case) -> bool:
    """Whether anything is recorded from which a kind or a place of pain could be read; without it targets would be a list of everything."""
    pain, body = case.pain, case.body
    return bool(pain.complaint or pain.sites or pain.diagnoses or body.diagnoses or body.regions or body.facts)


def _phenotypes(calls: Iterable[GeneCall]) -> dict[str, frozenset[str]]:
    """Gene -> every phenotype that fits."""
    return {call.gene: frozenset(r.phenotype for d in call.diplotypes for r in d.readings) for call in calls}


@dataclass(frozen=True, slots=True)
class _Heard:
    """What every stream but the genome said, and what criteria made of it; `brain` is None where nothing was there."""

    mind: MindView
    body: BodyView
    brain: BrainView | None
    judged: Judged


def _look_ahead(
    case: Case,
    knowledge: Knowledge,
    heard: _Heard,
    session: Session,
    told: tuple[tuple[DrugView, ...], Mapping[str, frozenset[str]], str, str],
) -> AheadOf:
    """From what was found to what could be done; `told` are the drugs with their advice, phenotypes by gene, the day, and the mode."""
    views, phenotypes, as_of, mode = told
    mind, body, judged = heard.mind, heard.body, heard.judged
    targets, outlook, formulation = TargetView((), ()), None, None
    candidates = Candidates(case, formulary_of(knowledge))
    if _tells_of_pain(case):
        young = case.pain.months is not None and case.pain.months < MONTHS_CHRONIC  # the evidence on stimulation is of chronic pain
        targets = targets if young else plan_targets(case, knowledge, as_of, phenotypes=phenotypes)
        found = Found(body.facts, mind.estimates, judged.grades, kinds_of_pain(case, knowledge), views, None)
        person = Heard(body.facts, views, targets.targets, helpful(case, knowledge, found), candidates)
        outlook = outlook_of(case, knowledge, person, mode=mode)
        today = Today(case, knowledge, session, person, outlook)
        choices = with_taken(choices_for(outlook.outlooks, case.wishes, knowledge, unsafe=bool(tuple(missing(case)))), today)
        results = Outlooks(prospects_of(today), knowledge.weighing.refused_loss)
        found = replace(found, outlook=outlook, choices=choices, results=results)
        formulation = formulation_of(case, knowledge, found)
    elif not (case.drugs or case.answers):
        return targets, None, None, None
    ahead = Ahead(views, body.safety, mind.scores, mind.alerts, judged.red_flags, heard.brain, targets.targets, outlook, formulation)
    return targets, outlook, formulation, plan_of(case, candidates, ahead, as_of)


def _hear(case: Case, knowledge: Knowledge) -> _Heard:
    mind, body = run_mind(case, knowledge), run_body(case, knowledge)
    return _Heard(mind, body, run_brain(case, knowledge), judge_case(case, knowledge, body.facts, mind.estimates))


def _streams(case: Case, heard: _Heard, *, measured: bool) -> tuple[tuple[str, NotMeasured | None], ...]:
    """Each stream with its absence, None where it was measured."""
    return (
        ("genome", None if measured else NO_GENOME),
        ("brain", None if heard.brain and has_content(heard.brain) else NO_BRAIN),
        ("mind", None if heard.mind.scores else NO_MIND),
        ("body", None if case.drugs or case.body != BodyRecord() else NO_BODY),
    )


def _warnings(case: Case, session: Session, heard: _Heard) -> Iterator[str]:
    yield from case.warnings
    yield from case.genotypes.warnings if case.genotypes else ()
    yield from session.warnings
    yield from heard.brain.warnings if heard.brain else ()
    yield from heard.mind.warnings
    yield from heard.body.warnings


def drug_views(session: Session, current: Sequence[DrugCard], case: Case) -> Iterator[DrugView]:
    """Every drug with its advice: current drugs first, then by class order, then by name.

    Without a genome the advice is there too: it says that the gene was not called, so that a guided drug never looks unguided.
    """
    knowledge = session.knowledge
    uses: dict[str, list[DrugUse]] = {}
    for use in case.drugs:
        cards, _ = find_drug(knowledge, use.name)
        for drug in cards:
            uses.setdefault(drug.id, []).append(use)
    advice: dict[str, list[Advice]] = {}
    for column in session.guide(knowledge.guidance, case.person.age_years).values():
        advice.setdefault(column.card.drug, []).append(advice_for(column, 0))
    taken = {drug.id: i for i, drug in enumerate(current)}
    order = {c.id: (c.order, c.label) for c in knowledge.classes}
    shown = [d for d in knowledge.drugs.values() if d.id in taken or d.id in advice or d.no_gene]
    for drug in sorted(shown, key=lambda d: (taken.get(d.id, len(taken)), order[d.classes[0]], d.label)):
        own = tuple(_for_age(a, drug, case.person.age_years) for a in advice.get(drug.id, ()))
        note = None if own else _note(drug)
        yield DrugView(
            drug.id,
            drug.label,
            drug.classes[0],
            order[drug.classes[0]][1],
            drug.id in taken,
            drug.pain,
            own,
            note,
            tuple(uses.get(drug.id, ())),
        )


def _for_age(advice: Advice, drug: DrugCard, age: float | None) -> Advice:
    """The advice with what a regulator says of the person's age; below such a limit nothing is without a caution."""
    texts = tuple(limit.text for limit in drug.age_limits if age is not None and age < limit.below)
    if not texts:
        return advice
    statement = replace(advice.statement, tier="consider") if advice.statement.tier == "no-action" else advice.statement
    return replace(advice, statement=statement, flags=(*texts, *advice.flags))


def _note(drug: DrugCard) -> DrugNote:
    text = drug.no_gene or "No CPIC or DPWG guideline of this release names a gene for this drug."
    return DrugNote(drug.id, "no-gene", text, drug.no_gene_sources)


def _unknown(names: Iterable[str], case: Case) -> Iterator[DrugView]:
    for name in names:
        note = DrugNote(name, "unknown", "This knowledge release does not know the drug: nothing was checked for it.")
        uses = tuple(use for use in case.drugs if name in use.name)
        yield DrugView(name, name, "", "not known", True, True, (), note, uses)


def _sources(heard: _Heard, knowledge: Knowledge, ahead: AheadOf) -> Iterator[str]:
    """Ids of the sources of everything that was found and of what could be done."""
    targets, outlook, formulation, plan = ahead
    mind, judged = heard.mind, heard.judged
    named: tuple[HasSources, ...] = (*mind.scores, *mind.changes, *mind.alerts, *judged.grades, *judged.red_flags)
    yield from (source for part in named for source in part.sources)
    for target in targets.targets:
        yield from (*target.sources, *(row.source for row in target.evidence), *(s for r in target.safety for s in r.sources))
    yield from brain_sources(heard.brain) if heard.brain else ()
    yield from (s for one in outlook.outlooks for s in (*one.sources, *(row.source for row in one.shown))) if outlook else ()
    yield from formulation_sources(formulation) if formulation else ()
    yield from plan_sources(plan) if plan else ()
    yield from (s for card in fired_rules(heard.body.safety, knowledge) for s in card.sources)
