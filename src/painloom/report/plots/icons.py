"""One treatment as a hundred people: who feels better anyway, who because of it, who does not, and who stops for an adverse effect."""

from dataclasses import dataclass

from painloom.model.outlook import Band, Outlook
from painloom.report.plots.counts import check, people, plain_people
from painloom.report.plots.layout import EDGE, HEAD, LABEL, LEAD, SMALL, TITLE, Plan
from painloom.report.plots.letters import clean, wrap
from painloom.report.plots.marks import cross
from painloom.report.plots.phrases import Words, say, word
from painloom.report.plots.rows import name_of, when, why_not
from painloom.report.plots.scene import Circle, Line, Paint, Polygon, Scene, Sheet, Text

ACROSS, STEP, RADIUS = 10, 21.0, 8.0
HUNDRED = 100
ANYWAY, BECAUSE, LOST, NOT, STOP, GO_ON = "anyway", "because", "lost", "not", "stop", "go_on"


@dataclass(frozen=True, slots=True)
class Crowd:
    """A hundred people by kind, in the order in which they are drawn, with what each kind is called and a sentence on the band."""

    head: str
    kinds: tuple[tuple[str, int, str], ...]
    note: str


def icon_array(outlook: Outlook, *, width: float = 560.0, title: str = "", words: Words | None = None) -> Scene:
    """A hundred people in rows of ten for a response, and a hundred for stopping, where both are known; `width` of 320 or more is meant.

    The counts are the rounded chances; those who feel better because of the treatment are the difference of both counts, so that the
    three kinds always make a hundred.  What has no numbers is one sentence with its reason.

    Raises
    ------
    InputError : a chance outside 0 to 1, a band out of order, or a value that is not finite.
    """
    check(outlook)
    plan = Plan(max(width, 320.0), words)
    label = name_of(outlook, words)
    crowds = crowds_of(outlook, words)
    heading = clean(title) or (say(words, "icons.title", label=label) if crowds else label)
    plan.y += plan.lines(heading, EDGE, plan.room, size=TITLE, most=3, is_bold=True) + 2
    parts = [clean(outlook.condition_label), clean(outlook.outcome)]
    parts += [when(outlook.horizon, words)] if outlook.horizon else []
    parts += [say(words, "people.compared", comparator=clean(word(words, "comparator", outlook.comparator)))] if outlook.comparator else []
    plan.y += plan.lines(" · ".join(p for p in parts if p), EDGE, plan.room, size=SMALL + 1, colour="soft", most=3) + 10
    if not crowds:
        reason = say(words, "icons.none", why=why_not(outlook, words))
        top = plan.y
        (cross if outlook.status == "refused" else _hatched)(plan.sheet, EDGE + 7, top + 9)
        plan.y += plan.lines(reason, EDGE + 22, plan.room - 22, size=LABEL, colour="unknown", most=6) + 4
        return plan.sheet.scene(plan.width, plan.y + EDGE, heading, reason)
    _panels(plan, crowds)
    said = " ".join(f"{c.head}: {', '.join(called for _, _, called in c.kinds)}. {c.note}".strip() for c in crowds)
    return plan.sheet.scene(plan.width, plan.y + EDGE, heading, said)


def crowds_of(outlook: Outlook, words: Words | None = None) -> tuple[Crowd, ...]:
    """The crowds that can be counted: benefit where control and response are known, harm where it is."""
    if outlook.status != "predicted":
        return ()
    crowds = []
    if outlook.control is not None and outlook.response is not None:
        anyway = people(outlook.control.value)
        more = people(outlook.benefit.value) if outlook.benefit is not None else people(outlook.response.value) - anyway
        better = min(max(anyway + more, 0), HUNDRED)  # what is added is the number that the text says
        kinds = [(ANYWAY, min(anyway, better)), (BECAUSE, max(better - anyway, 0))]
        kinds += [(LOST, max(anyway - better, 0)), (NOT, HUNDRED - max(anyway, better))]
        crowds.append(Crowd(say(words, "icons.benefit"), _called(kinds, words), _note(outlook.benefit, words, "icons.band")))
    if outlook.harm is not None:
        stop = people(outlook.harm.value)
        kinds = [(STOP, max(stop, 0)), (GO_ON, HUNDRED - max(stop, 0))]
        note = _note(outlook.harm, words, "icons.band")
        note = f"{say(words, 'icons.stop_fewer', n=-stop)}. {note}" if stop < 0 else note
        crowds.append(Crowd(say(words, "icons.harm"), _called(kinds, words), note))
    return tuple(crowds)


def _called(kinds: list[tuple[str, int]], words: Words | None) -> tuple[tuple[str, int, str], ...]:
    """Kinds with their words; of those without people only the one that a reader asks for is named."""
    lost = any(n for kind, n in kinds if kind == LOST)
    return tuple((kind, n, say(words, f"icons.{kind}", n=n)) for kind, n in kinds if n or kind == STOP or (kind == BECAUSE and not lost))


def _note(band: Band | None, words: Words | None, key: str) -> str:
    return say(words, key, low=plain_people(band.low), high=plain_people(band.high)) if band else ""


def _panels(plan: Plan, crowds: tuple[Crowd, ...]) -> None:
    """Crowds beside each other where there is room, else below each other."""
    side = ACROSS * STEP
    room = plan.room if plan.width < 2 * side + 90 else (plan.room - 24) / 2
    is_beside = room < plan.room
    top, lowest = plan.y, plan.y
    for k, crowd in enumerate(crowds):
        x = EDGE + k * (room + 24) if is_beside else EDGE
        plan.y = top if is_beside else lowest
        plan.y += plan.lines(crowd.head, x, room, size=HEAD, is_bold=True) + 6
        people_of = [kind for kind, count, _ in crowd.kinds for _ in range(count)]
        for place, kind in enumerate(people_of):
            sign(plan.sheet, kind, x + RADIUS + 1 + place % ACROSS * STEP, plan.y + RADIUS + 1 + place // ACROSS * STEP)
        plan.y += side + 8
        for kind, _, called in crowd.kinds:
            lines = wrap(called, LABEL, room - 26, most=3)
            sign(plan.sheet, kind, x + RADIUS + 1, plan.y + LABEL * 0.68)
            for j, line in enumerate(lines):
                plan.sheet.write(Text(x + 26, plan.y + LABEL + j * LABEL * LEAD, line, LABEL, is_bold=kind in (BECAUSE, STOP)))
            plan.y += max(len(lines), 1) * LABEL * LEAD + 3
        plan.y += plan.lines(crowd.note, x, room, size=SMALL + 1, colour="soft", most=4) + 12
        lowest = max(lowest, plan.y)
    plan.y = lowest


def sign(sheet: Sheet, kind: str, x: float, y: float) -> None:
    """One person: grey dot, filled dot with a plus, ring with a minus, ring, or square with a cross; no two differ by colour alone."""
    match kind:
        case "anyway":
            sheet.add(Circle(x, y, RADIUS, Paint(fill="line", opacity=0.45, stroke="line", width=1)))
        case "because":
            sheet.add(Circle(x, y, RADIUS + 0.5, Paint(fill="accent")))
            sheet.add(Line(x - 4, y, x + 4, y, Paint(stroke="card", width=2)), Line(x, y - 4, x, y + 4, Paint(stroke="card", width=2)))
        case "lost":
            sheet.add(Circle(x, y, RADIUS, Paint(fill="card", stroke="ink", width=1.4)))
            sheet.add(Line(x - 4, y, x + 4, y, Paint(stroke="ink", width=2)))
        case "stop":
            corners = tuple((x + dx * RADIUS, y + dy * RADIUS) for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1)))
            sheet.add(Polygon(corners, Paint(fill="card", stroke="avoid", width=1.4)))
            cross(sheet, x, y)
        case _:
            sheet.add(Circle(x, y, RADIUS - 0.5, Paint(fill="card", stroke="line", width=1)))


def _hatched(sheet: Sheet, x: float, y: float) -> None:
    sheet.hatch(x - 6.5, y - 5, 13, 10)
