"""What the mind and body streams left open: scales not scored, criteria that an answer would settle, red flags, organ values."""

from painloom.model.mind import ScoreView
from painloom.model.redflag import NOT_ASKED
from painloom.report.alerts import flags_in, short_label
from painloom.report.criteria import could_become, is_told, open_inputs
from painloom.report.lookup import Lookup
from painloom.report.scales import series_of
from painloom.report.views import Mark, Open
from painloom.report.wording import capital, sentence

ORGAN, NOT_ASKED_ROW, OWN_GATES = "organ-dose", "not asked", ("age", "amounts")
SPLIT = "; "


def open_in_streams(lookup: Lookup) -> list[Open]:
    """What was not asked, measured or answered, with what it would change; an absent stream is said elsewhere."""
    return [*_drug_rules(lookup), *_examination(lookup), *_flags(lookup), *_criteria(lookup), *_scales(lookup)]


def _mark(lookup: Lookup) -> Mark:
    return Mark("unknown", lookup.words("alertword.unknown"))


def _drug_rules(lookup: Lookup) -> list[Open]:
    """Values and facts that rules on the drugs taken now need."""
    words, found = lookup.words, []
    for row in lookup.assessment.safety:
        if row.is_warning or row.card:
            continue
        if row.kind == ORGAN and not row.drugs:
            first, _, then = row.message.partition(SPLIT)
            found.append(Open(_mark(lookup), capital(first), "", words("open.measure"), sentence(then), "", True, True))
        elif row.subject == NOT_ASKED_ROW:
            found.append(
                Open(_mark(lookup), words("open.facts"), row.message, words("open.facts_get"), words("open.facts_change"), "", True, True)
            )
        elif row.subject in OWN_GATES:
            found.append(
                Open(_mark(lookup), capital(row.message.rstrip(".")), "", words("open.entry"), words("open.facts_change"), "", True, True)
            )
    return found


def _examination(lookup: Lookup) -> list[Open]:
    words, assessment = lookup.words, lookup.assessment
    absent = {name for name, absence in assessment.streams if absence is not None}
    if "body" in absent or assessment.case.body.facts:
        return []
    return [Open(_mark(lookup), words("open.examination"), "", words("open.examination_get"), words("open.examination_change"))]


def _flags(lookup: Lookup) -> list[Open]:
    words, flags = lookup.words, [flag for _, flag in flags_in(lookup, NOT_ASKED)]
    absent = {name for name, absence in lookup.assessment.streams if absence is not None}
    if not flags or "body" in absent:
        return []
    names = words.listing([short_label(flag) for flag in flags])
    return [
        Open(_mark(lookup), words.counted("open.flags", len(flags)), sentence(names), words("open.flags_get"), words("open.flags_change"))
    ]


def _criteria(lookup: Lookup) -> list[Open]:
    words, found = lookup.words, []
    for grade in lookup.assessment.grades:
        missing = open_inputs(grade)
        if missing and is_told(grade):
            ask = words("open.ask", questions="; ".join(i.label for i in missing))
            change = words("open.become", grades=could_become(grade, lookup)) if grade.could_become else ""
            found.append(Open(_mark(lookup), f"{grade.label}: {grade.grade_label}", "", sentence(ask), change))
    little = [grade.label for grade in lookup.assessment.grades if not is_told(grade)]
    if little:
        found.append(
            Open(_mark(lookup), words.counted("criteria.folded", len(little)), sentence("; ".join(little)), words("open.folded_get"), "")
        )
    return found


def _scales(lookup: Lookup) -> list[Open]:
    """Scales of the latest sheets without a score, one entry an instrument."""
    words = lookup.words
    groups: dict[str, list[ScoreView]] = {}
    for series in series_of(lookup):
        if series.latest.estimate is None:
            groups.setdefault(series.latest.instrument_label, []).append(series.latest)
    found = []
    for label, views in groups.items():
        scales = [f"{v.scale_label} ({v.why})" if v.why else v.scale_label for v in views]
        domains = words.listing(list(dict.fromkeys(words.word("domain", v.domain) for v in views)))
        change = words("open.scale_change", domains=domains)
        found.append(Open(_mark(lookup), words("open.scale", label=label), sentence("; ".join(scales)), words("open.scale_get"), change))
    return found
