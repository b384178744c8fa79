"""Words on the drawings, by key; a caller lays its own over them, for another language or other readers."""

from collections.abc import Mapping
from types import MappingProxyType

Words = Mapping[str, str]

PHRASES: Words = MappingProxyType(
    {
        # natural frequencies
        "people.title": "Of 100 people like you, how many would feel clearly better?",
        "people.axis": "of 100 people",
        "people.response": "better with it",
        "people.added": "because of it",
        "people.harm": "more stop for an adverse effect",
        "people.harm_nobody": "how many more stop for an adverse effect is not known for any of these",
        "people.with": "{n} of 100",
        "people.without": "{n} without it",
        "people.with_long": "{n} of 100 feel better with it",
        "people.range": "({low} to {high})",
        "people.added_long": "because of it: {n} ({low} to {high})",
        "people.harm_long": "more stop for an adverse effect: {n} ({low} to {high})",
        "people.not_known": "not known",
        "people.compared": "against {comparator}",
        "people.after": "after {horizon}",
        "people.legend_control": "feel better anyway",
        "people.legend_added": "feel better because of it",
        "people.legend_lost": "fewer feel better with it",
        "people.legend_band": "best estimate (dot); band of what it adds: 50% (thick), 80% (thin)",
        "people.rounded": "Numbers are rounded; parts may differ from the whole by 1.",
        "people.points": "on average {n} points of 10 less pain because of it ({low} to {high})",
        "people.no_share": "not known as a number of people",
        "people.uncounted": "Nothing can be counted for:",
        "people.nothing": "No treatment was looked at.",
        "people.nameless": "a treatment without a name",
        "people.taken": "taken now",
        "people.borrowed": "from related conditions",
        "horizon.attack": "in an attack",
        "horizon.hours": "within hours",
        "horizon.days": "within days",
        "horizon.weeks": "after some weeks",
        "horizon.months": "after some months",
        "horizon.year": "after about a year",
        "status.refused": "not for you",
        "status.not-offered": "not offered for this kind of pain",
        "status.no-evidence": "no evidence",
        "status.to-verify": "evidence not yet checked",
        "grade.high": "evidence: high certainty",
        "grade.moderate": "evidence: moderate certainty",
        "grade.low": "evidence: low certainty",
        "grade.very-low": "evidence: very low certainty",
        "comparator.placebo": "placebo",
        "comparator.sham": "sham treatment",
        "comparator.usual": "usual care",
        "comparator.active": "another treatment",
        "table.treatment": "Treatment",
        "table.condition": "Condition",
        "table.comparator": "Against",
        "table.without": "Better without it, of 100",
        "table.with": "Better with it, of 100",
        "table.added": "Because of it (80% band)",
        "table.harm": "More stop for an adverse effect (80% band)",
        "table.why": "Why no numbers",
        # one treatment, one hundred people
        "icons.title": "{label}: 100 people like you",
        "icons.benefit": "Feel clearly better",
        "icons.harm": "Stop for an adverse effect",
        "icons.anyway": "{n} better anyway",
        "icons.because": "{n} better because of it",
        "icons.lost": "{n} fewer better with it",
        "icons.not": "{n} not better",
        "icons.stop": "{n} more stop because of it",
        "icons.stop_fewer": "{n} fewer stop with it",
        "icons.go_on": "{n}: no difference",
        "icons.band": "Likely between {low} and {high} of 100.",
        "icons.none": "For this treatment nothing can be counted: {why}.",
        # forest
        "forest.study": "Study",
        "forest.weight": "Weight",
        "forest.value": "Effect (95% interval)",
        "forest.title": "What the studies found",
        "forest.new": "new study: {low} to {high}",
        "forest.table_new": "Interval for a new study",
        "forest.ends": "{low} to {high}",
        "forest.nothing": "No study was given.",
        "forest.between": "Spread between studies: {parts}",
        "forest.spread": "{method} τ² {tau2}, I² {i2}%",
        "forest.tau2": "{method} τ² {tau2}",
        "forest.i2": "{method} I² {i2}%",
        "forest.legend_study": "a study; larger square = more weight",
        "forest.legend_pooled": "mean of all studies",
        "forest.legend_new": "where the true effect of a new study may lie",
        "forest.said": "{n} studies. {summaries}",
        "forest.summary": "{method}: {estimate} ({low} to {high})",
        # learning
        "update.title": "What the new measurement changed",
        "update.before": "before",
        "update.now": "now",
        "update.row": "{label}: {value} ({low} to {high})",
        "update.mark": "mark",
        "update.beyond": "going beyond the mark",
        "update.chance": "Chance of {beyond}: {before} of 100 before, {now} of 100 now",
        "update.legend_band": "best estimate (dot), 50% likely (thick), 80% likely (thin)",
        "update.legend_beyond": "{beyond}, as seen now",
    }
)


def say(words: Words | None, key: str, /, **values: object) -> str:
    """The phrase of `key`, from `words` where it has one, else from PHRASES, its {names} filled in."""
    phrase = words[key] if words and key in words else PHRASES[key]
    return phrase.format(**values)


def word(words: Words | None, family: str, code: str) -> str:
    """The word for a code such as a comparator; the code itself where there is none."""
    key = f"{family}.{code}"
    return say(words, key) if key in PHRASES or (words and key in words) else code
