"""The same numbers as rows of text: the table that stands beside each drawing, for who cannot or would not look."""

from collections.abc import Sequence

from painloom.model.outlook import Band, OutlookView
from painloom.report.plots.board import Scale, with_digits
from painloom.report.plots.counts import grouped, has_numbers, plain_people, signed
from painloom.report.plots.letters import clean
from painloom.report.plots.phrases import Words, say, word
from painloom.report.plots.rows import name_of, why_not
from painloom.report.plots.studies import Mean, Study

Cells = tuple[str, ...]


def interval_rows(view: OutlookView, words: Words | None = None) -> tuple[Cells, ...]:
    """The head, then one row a treatment in the order drawn, people of 100; a treatment without numbers has its reason in the last cell."""
    heads = ("treatment", "condition", "comparator", "without", "with", "added", "harm", "why")
    rows: list[Cells] = [tuple(say(words, f"table.{key}") for key in heads)]
    unknown = say(words, "people.not_known")
    for group in grouped(view):
        for outlook in group.outlooks:
            name, where = name_of(outlook, words), clean(group.label or group.condition)
            if not has_numbers(outlook):
                rows.append((name, where, "", "", "", "", "", why_not(outlook, words)))
                continue
            against = clean(word(words, "comparator", group.comparator)) if group.comparator else ""
            chances = [plain_people(b.value) if b else unknown for b in (outlook.control, outlook.response)]
            differences = [_difference(b, words) if b else unknown for b in (outlook.benefit, outlook.harm)]
            rows.append((name, where, against, *chances, *differences, ""))
    return tuple(rows)


def forest_rows(
    studies: Sequence[Study], means: Sequence[Mean], scale: Scale | None = None, words: Words | None = None
) -> tuple[Cells, ...]:
    """The head, then a row a study and a row a method: name, effect with its interval, weight, interval for a new study."""
    scale = with_digits(scale or Scale(), studies, means)
    rows: list[Cells] = [tuple(say(words, f"forest.{key}") for key in ("study", "value", "weight", "table_new"))]
    for study in studies:
        weight = "" if study.weight is None else f"{study.weight:.1f}%"
        rows.append((clean(study.label), scale.interval(study.effect, study.low, study.high), weight, ""))
    for mean in means:
        new = ""
        if mean.pi_low is not None and mean.pi_high is not None:
            new = say(words, "forest.ends", low=scale.words(mean.pi_low), high=scale.words(mean.pi_high))
        rows.append((clean(mean.method), scale.interval(mean.estimate, mean.low, mean.high), "", new))
    return tuple(rows)


def _difference(band: Band, words: Words | None) -> str:
    ends = say(words, "people.range", low=plain_people(band.low), high=plain_people(band.high))
    return f"{signed(band.value)} {ends}"
