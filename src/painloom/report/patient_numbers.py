"""Natural frequencies for a person: sentences out of 100 people, and the same hundred people drawn."""

from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.outlook import PREDICTED, Band, Outlook, OutlookView
from painloom.report.patient_words import Speech
from painloom.report.plots.counts import people
from painloom.report.plots.icons import BECAUSE, STOP, crowds_of, sign
from painloom.report.plots.scene import Sheet
from painloom.report.plots.svg import draw_svg

ACROSS, PITCH, HALF = 20, 19.0, 9.5
UNSURE = ("low", "very-low")


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One kind of the hundred people: its sign and what it is called with its count."""

    sign: Markup
    text: Markup
    is_bold: bool


@dataclass(frozen=True, slots=True)
class Hundred:
    """A hundred people drawn, with a head and the key, whose lines say the same."""

    head: Markup
    drawing: Markup
    key: tuple[KeyLine, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a treatment does to 100 people, in sentences and drawn."""

    sentences: tuple[Markup, ...]
    hundreds: tuple[Hundred, ...]


def outlook_for(view: OutlookView | None, treatment: str, condition: str = "") -> Outlook | None:
    """The prediction of a treatment with a count of people, for `condition` first; None where there is none."""
    if view is None or not treatment:
        return None
    own = [o for o in view.outlooks if o.treatment == treatment and o.status == PREDICTED and o.control and o.response and o.benefit]
    return next((o for o in own if o.condition == condition), own[0] if own else None)


def is_unsure(one: Outlook) -> bool:
    """Whether the evidence is of low certainty, or comes from another kind of pain."""
    return one.grade in UNSURE or one.is_borrowed


def numbers_of(one: Outlook, speech: Speech, anchor: str, *, is_drug: bool) -> Numbers:
    """Sentences and drawings of one prediction; `anchor` keeps the ids of the drawings apart.

    That nobody knows how many stop for side effects is said of drugs alone: of a walk nobody asks.
    """
    said = [*_benefit(one, speech), *(_harm(one, speech) if is_drug or one.harm is not None else [])]
    said += [speech.say("numbers.unsure")] if is_unsure(one) else []
    said += [speech.say("numbers.borrowed")] if one.is_borrowed else []
    return Numbers(tuple(said), _hundreds(one, speech, anchor))


def _benefit(one: Outlook, speech: Speech) -> list[Markup]:
    if one.control is None or one.response is None or one.benefit is None:
        return []
    anyway = people(one.control.value)
    more = people(one.benefit.value)
    key = "numbers.more" if more > 0 else "numbers.fewer" if more < 0 else "numbers.equal"
    return [speech.say("numbers.anyway", n=anyway), speech.say(key, n=abs(more)), _range(one.benefit, speech, "numbers.range")]


def _harm(one: Outlook, speech: Speech) -> list[Markup]:
    if one.harm is None:
        return [speech.say("numbers.stop_open")]
    stop = people(one.harm.value)
    key = "numbers.stop" if stop > 0 else "numbers.stop_fewer" if stop < 0 else "numbers.stop_none"
    return [speech.say(key, n=abs(stop)), _range(one.harm, speech, "numbers.stop_range")]


def _range(band: Band, speech: Speech, key: str) -> Markup:
    """The band in words: more, from fewer to more, or fewer."""
    low, high = people(band.low), people(band.high)
    if low >= 0:
        return speech.say(key, low=low, high=high)
    if high > 0:
        return speech.say(f"{key}_less", less=-low, high=high)
    return speech.say(f"{key}_fewer", most=-low, least=-high)


def _hundreds(one: Outlook, speech: Speech, anchor: str) -> tuple[Hundred, ...]:
    heads = [speech.say("numbers.benefit")] if one.control is not None and one.response is not None else []
    heads += [speech.say("numbers.harm")] if one.harm is not None else []
    found = []
    for part, (head, crowd) in enumerate(zip(heads, crowds_of(one), strict=True), 1):
        own = [(kind, count, speech.say(f"numbers.key_{kind}", n=count)) for kind, count, _ in crowd.kinds]
        id_ = f"{anchor}-{part}"
        key = tuple(KeyLine(_single(kind, f"{id_}-{kind}"), text, kind in (BECAUSE, STOP)) for kind, _, text in own)
        said = "; ".join(str(text) for _, _, text in own)
        found.append(Hundred(head, _drawn([kind for kind, count, _ in own for _ in range(count)], (head, said), id_), key))
    return tuple(found)


def _drawn(kinds: list[str], told: tuple[str, str], anchor: str) -> Markup:
    """The people in rows of twenty."""
    sheet = Sheet()
    for place, kind in enumerate(kinds):
        sign(sheet, kind, HALF + place % ACROSS * PITCH, HALF + place // ACROSS * PITCH)
    rows = -(-len(kinds) // ACROSS)
    return draw_svg(sheet.scene(ACROSS * PITCH, rows * PITCH, *told), anchor)


def _single(kind: str, anchor: str) -> Markup:
    """One sign for the key; a reader hears the words beside it."""
    sheet = Sheet()
    sign(sheet, kind, HALF, HALF)
    return Markup('<span aria-hidden="true">{}</span>').format(draw_svg(sheet.scene(2 * HALF, 2 * HALF, "", ""), anchor))
