"""The alerts of page one: safety signals first, then red flags, dangers in the drug list, genes, and what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass

from painloom.model.medication import SafetyRow
from painloom.model.plan import CHANGE, REFER, SAFETY, STOP
from painloom.model.redflag import NOT_ASKED, PRESENT, WATCH, RedFlag
from painloom.model.scores import SafetyAlert
from painloom.report.brain_front import brain_alerts
from painloom.report.drugs import current_cards
from painloom.report.fits import flags_that_fit
from painloom.report.lookup import Lookup
from painloom.report.patient_layout import read_patient_layout
from painloom.report.safety import STEPS, dangers, endangered, headline, opioid_total
from painloom.report.standing import OPEN
from painloom.report.views import Alert, DrugCard, Mark, Ref
from painloom.report.wording import Wording, capital, sentence

RED_FLAG_STREAM = "body"  # the stream that looks for red flags
FLAGS_SHOWN, DANGERS_SHOWN, GENES_SHOWN, NAMES_SHOWN = 5, 4, 6, 4
DOUBT = "to-verify"


@dataclass(frozen=True, slots=True)
class SafetyCard:
    """Signals of one level that a named role must act on; shown whatever else there is, never cleared by a score."""

    mark: Mark
    title: str
    signals: str
    action: str
    owner: str
    within: str
    means: str
    rule: str
    doubtful: bool
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class AlertBlock:
    """The top of page one: safety cards in full, then lines; `held` says that the routine plan waits, "" where nothing holds it."""

    safety: tuple[SafetyCard, ...]
    held: str
    lines: tuple[Alert, ...]


def alerts(lookup: Lookup, cards: Sequence[DrugCard]) -> AlertBlock:
    """What must not be overlooked, the most urgent first; lists are cut with their number, safety signals never."""
    assessment = lookup.assessment
    return AlertBlock(
        safety=safety_cards(lookup),
        held=lookup.words("alarm.held") if assessment.alerts else "",
        lines=(
            *_raised(lookup),
            *brain_alerts(lookup),
            *_dangers(lookup),
            *_genes(lookup, cards),
            *_asked(lookup),
            *_missing_streams(lookup),
            *_cautions(lookup),
        ),
    )


def safety_cards(lookup: Lookup) -> tuple[SafetyCard, ...]:
    """One card a level and concern, in the order of the assessment, which has the gravest first."""
    groups: dict[tuple[str, str], list[SafetyAlert]] = {}
    for alert in lookup.assessment.alerts:
        groups.setdefault((alert.code, alert.triage), []).append(alert)
    return tuple(_safety_card(mine, lookup) for mine in groups.values())


def _safety_card(mine: Sequence[SafetyAlert], lookup: Lookup) -> SafetyCard:
    words, first = lookup.words, mine[0]
    phrase = words.phrases.get(f"triage.{first.triage}.phrase", words("triage.phrase"))
    tone = words.phrases.get(f"triage.{first.triage}.tone", words("triage.tone"))
    signals = dict.fromkeys(_signal(a, words) for a in mine)
    means = list(dict.fromkeys(m for a in mine for m in a.means))
    return SafetyCard(
        mark=Mark(tone, words("alertword.safety")),
        title=words("alarm.title", concern=words.word("concern", first.code), phrase=phrase),
        signals=sentence(words("alarm.signals", signals="; ".join(signals))),
        action=" ".join(dict.fromkeys(sentence(a.action) for a in mine)),
        owner=words.listing(list(dict.fromkeys(a.owner for a in mine))),
        within="; ".join(dict.fromkeys(a.within for a in mine)),
        means=words("alarm.means", names=words.listing(means)) if means else "",
        rule=first.rule,
        doubtful=any(a.rule_state == DOUBT for a in mine),
        sources=lookup.sources(tuple(dict.fromkeys(s for a in mine for s in a.sources))),
    )


def _signal(alert: SafetyAlert, words: Wording) -> str:
    """Where a signal was found, of which day, and what it is; signals without words of their own by their kind and id."""
    kind, _, id_ = alert.signal.partition(" ")
    said = words.phrases.get(f"signal.{alert.signal}")
    if said is None:
        said = words(f"signal.{kind}", id=id_) if id_ and f"signal.{kind}" in words.phrases else alert.signal
    if alert.date:
        return words("alarm.signal_of", source=alert.source, date=alert.date, signal=said)
    return words("alarm.signal", source=alert.source, signal=said)


def flags_in(lookup: Lookup, state: str) -> list[tuple[int, RedFlag]]:
    """(position, flag) of every red flag in `state`; positions are the page anchors.

    A flag whose concern has a safety alert is not among those that nobody asked about: somebody must act on it already.
    """
    told = {alert.code for alert in lookup.assessment.alerts} if state == NOT_ASKED else set()
    return [(n, flag) for n, flag in enumerate(lookup.assessment.red_flags, 1) if flag.state == state and flag.id not in told]


def short_label(flag: RedFlag) -> str:
    """The label of a flag without what stands in brackets."""
    return flag.label.partition(" (")[0]


def due(within: str, lookup: Lookup) -> str:
    """The time limit of a red flag in words."""
    return lookup.words.word("urgency", within)


def _raised(lookup: Lookup) -> list[Alert]:
    """Raised red flags; what a safety card says in full is not said twice."""
    words = lookup.words
    told = {alert.code for alert in lookup.assessment.alerts}
    raised = [(n, flag) for n, flag in flags_in(lookup, PRESENT) if flag.id not in told]
    found = []
    for n, flag in raised[:FLAGS_SHOWN]:
        said = {
            "label": short_label(flag),
            "found": words.listing([f.label for f in flag.found]),
            "within": capital(due(flag.within, lookup)),
        }
        step = _step_of(flag, lookup)
        text = words("alarm.flag_step", n=step, **said) if step else words("alarm.flag", act=sentence(flag.act), **said)
        doubt = f" ({words('state.to-verify')})" if flag.knowledge_state == DOUBT else ""
        found.append(Alert(Mark("avoid", words("alertword.redflag")), text + doubt, f"#flag-{n}"))
    if rest := [short_label(flag) for _, flag in raised[FLAGS_SHOWN:]]:
        found.append(Alert(Mark("avoid", words("alertword.redflag")), words("alarm.flags_more", names=words.listing(rest)), "#redflags"))
    return found


def _step_of(flag: RedFlag, lookup: Lookup) -> int:
    """The number of the urgent step that says what to do about a flag; 0 where there is none."""
    plan = lookup.assessment.plan
    steps = plan.steps if plan is not None else ()
    own = (s for s in steps if s.action == REFER and s.role == SAFETY)
    return next((s.order for s in own if any(r.finding == f"redflag:{flag.id}" for r in s.reasons)), 0)


def _is_planned(lookup: Lookup) -> bool:
    """Whether page one shows steps of a plan; one that a safety signal holds back is folded."""
    plan = lookup.assessment.plan
    return plan is not None and bool(plan.steps) and not lookup.assessment.alerts


def _dealt(rows: Sequence[SafetyRow], lookup: Lookup) -> tuple[list[SafetyRow], list[int]]:
    """Dangers that steps of the plan deal with, and the numbers of these steps: a drug of the danger is stopped or changed."""
    plan = lookup.assessment.plan if _is_planned(lookup) else None
    changed = [s for s in (plan.steps if plan is not None else ()) if s.action in (STOP, CHANGE) and s.drugs]
    told = [row for row in rows if any(set(row.drugs) & set(s.drugs) for s in changed)]
    drugs = {drug for row in told for drug in row.drugs}
    return told, [s.order for s in changed if drugs & set(s.drugs)]


def _numbers(orders: Sequence[int], words: Wording) -> str:
    return words.either(len(orders), "alarm.step", "alarm.steps", names=words.listing([str(n) for n in orders]))


def _dangers(lookup: Lookup) -> list[Alert]:
    """Contraindicated, severe and major rows of the drug list, and an opioid total from the guidepost on."""
    words = lookup.words
    every = dangers(lookup, STEPS)
    told, orders = _dealt([row for _, row in every], lookup)
    found = []
    if told:
        severities = [row.severity for row in told]
        counts = [words("safety.count", n=severities.count(s), word=words.word("severity", s)) for s in dict.fromkeys(severities)]
        text = words.counted("alarm.dangers_dealt", len(told), counts=words.listing(counts), steps=_numbers(orders, words))
        found.append(Alert(Mark("avoid", words("alertword.act")), text, "#safety"))
    rows = [(n, row) for n, row in every if row not in told]
    found += [
        Alert(Mark("avoid", words(f"alertword.{row.severity}")), sentence(headline(row)), f"#safety-{n}") for n, row in rows[:DANGERS_SHOWN]
    ]
    if (more := len(rows) - DANGERS_SHOWN) > 0:
        found.append(Alert(Mark("avoid", words("alertword.act")), words.counted("alarm.dangers_more", more), "#safety"))
    total = opioid_total(lookup)
    if total is not None and total.reached:
        found.append(Alert(Mark("caution", words("alertword.caution")), total.line, "#opioid-total"))
    return found


def _genes(lookup: Lookup, cards: Sequence[DrugCard]) -> list[Alert]:
    words, assessment = lookup.words, lookup.assessment
    current = current_cards(cards, lookup)
    guided = [c for c in current if c.standing == "act"]
    planned = _is_planned(lookup)
    called = any(call.diplotypes for call in assessment.calls)
    # "lower dose" must not stand beside "avoid"; what genes ask of a drug is a step of the plan
    acts = [] if planned else [c for c in guided if c.label not in endangered(lookup)]
    found = [Alert(Mark(c.mark.tone, words("alertword.act")), c.heading, f"#{c.anchor}") for c in acts[:GENES_SHOWN]]
    if (more := len(acts) - GENES_SHOWN) > 0:
        found.append(_alert("caution", words.counted("alarm.genes_more", more), lookup, "#drugs"))
    by = list(dict.fromkeys(d for v in assessment.drugs if v.current for a in v.advice if a.genotype_only for d in a.adjusted_by))
    if by:
        drugs = words.listing([lookup.label(d) for d in by])
        found.append(_alert("caution", words.either(len(by), "alert.conversion", "alert.conversion_many", drugs=drugs), lookup))
    for key, codes in (("unsettled", OPEN[:1]), ("not_known", OPEN[1:2]), ("unknown_drug", OPEN[2:])):
        labels = [
            c.label for c in current if c.standing in codes or (key == "unsettled" and c.standing in ("act", "consider") and not c.settled)
        ]
        if labels and not (planned and key == "not_known" and called):  # page one names such genes among what is not known
            found.append(_alert("unknown", words(f"alert.{key}", labels=words.listing(labels)), lookup, "#unknown"))
    if not current:
        found.append(_alert("unknown", words("alert.no_drugs"), lookup, "#unknown"))
    if not called:
        found.append(_alert("unknown", words("alert.no_genes"), lookup, "#unknown"))
    elif not guided and current and not planned:
        found.append(_alert("note", words("alert.quiet"), lookup))
    return found


def _asked(lookup: Lookup) -> list[Alert]:
    """One line for red flags to watch, one for those that nobody asked about."""
    words = lookup.words
    found = []
    if watched := [flag for _, flag in flags_in(lookup, WATCH)]:
        names = [words("alarm.watched", label=short_label(f), found=words.listing([x.label for x in f.found])) for f in watched]
        found.append(_alert("caution", words("alarm.watch", names="; ".join(names)), lookup, "#redflags"))
    first = read_patient_layout().help_first
    open_flags = sorted((flag for _, flag in flags_in(lookup, NOT_ASKED)), key=lambda flag: flag.id not in first)
    if open_flags and not _never_looked(lookup):
        found.append(_alert("unknown", _not_asked(open_flags, lookup), lookup, "#redflags"))
    return found


def _not_asked(flags: Sequence[RedFlag], lookup: Lookup) -> str:
    """Flags that belong to this person by name, the others by their number."""
    words, layout = lookup.words, read_patient_layout()
    fitting = flags_that_fit(lookup.assessment, layout.fits, layout.elsewhere) | layout.help_first
    named = [short_label(flag) for flag in flags if flag.id in fitting][:NAMES_SHOWN]
    rest = len(flags) - len(named)
    if not named:
        return words.counted("alarm.not_asked_none", rest)
    return words("alarm.not_asked", names="; ".join([*named, *([words.counted("alarm.not_asked_rest", rest)] if rest else [])]))


def _never_looked(lookup: Lookup) -> bool:
    """True when the body was not measured and no flag has an answer: one phrase then says it for all."""
    absent = {name for name, absence in lookup.assessment.streams if absence is not None}
    return RED_FLAG_STREAM in absent and all(flag.state == NOT_ASKED for flag in lookup.assessment.red_flags)


def _missing_streams(lookup: Lookup) -> list[Alert]:
    words = lookup.words
    text = streams_line(lookup)
    if not text:
        return []
    if _never_looked(lookup):
        text = f"{text} {words('alert.red_flags')}"
    return [_alert("unknown", text, lookup, "#unknown")]


def streams_line(lookup: Lookup) -> str:
    """Which streams were not measured, as a sentence; "" where all were."""
    words = lookup.words
    absent = [words.word("stream", f"{name}.inside") for name, absence in lookup.assessment.streams if absence is not None]
    return words("alert.streams", names=capital(words.listing(absent))) if absent else ""


def _cautions(lookup: Lookup) -> list[Alert]:
    words, assessment = lookup.words, lookup.assessment
    found = []
    if assessment.case.genotypes is not None and assessment.case.genotypes.absent_is_reference:
        found.append(_alert("caution", words("alert.absent"), lookup, "#trace"))
    if assessment.overlay:
        found.append(_alert("note", words.counted("alert.overlay", len(assessment.overlay)), lookup, "#trace"))
    if number_of := len(all_warnings(lookup)):
        found.append(_alert("caution", words.counted("alert.warnings", number_of), lookup, "#trace"))
    return found


def all_warnings(lookup: Lookup) -> tuple[str, ...]:
    """Warnings of the assessment, the case and the genome file, each once."""
    assessment = lookup.assessment
    genotypes = assessment.case.genotypes
    return tuple(dict.fromkeys((*assessment.warnings, *assessment.case.warnings, *(genotypes.warnings if genotypes else ()))))


def _alert(tone: str, text: str, lookup: Lookup, href: str = "") -> Alert:
    return Alert(Mark(tone, lookup.words(f"alertword.{tone}")), text, href)
