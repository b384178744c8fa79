"""Forest plot of a pool: each study with its interval and weight, the means below, and where a new study may fall."""

import math
from collections.abc import Sequence

from painloom.report.plots.board import Board, Scale, fits, forest_axis, with_digits
from painloom.report.plots.layout import EDGE, LABEL, NARROWEST, SMALL, TITLE, Plan
from painloom.report.plots.legend import Key, legend
from painloom.report.plots.letters import clean
from painloom.report.plots.phrases import Words, say
from painloom.report.plots.scene import Line, Paint, Scene
from painloom.report.plots.studies import Mean, Study, check_rows


def forest(
    studies: Sequence[Study],
    means: Sequence[Mean],
    scale: Scale | None = None,
    *,
    width: float = 900.0,
    title: str = "",
    words: Words | None = None,
) -> Scene:
    """Studies in their order, then a diamond a method with its prediction interval as a bar; `width` of 320 or more is meant.

    The area of a square is the study's weight.  An interval that would squeeze all others is cut and ends in an arrow; its numbers are
    printed in full.  τ² and I² stand below.

    Raises
    ------
    InputError : a value that is not finite, ends out of order, or more than 400 studies.
    """
    check_rows(studies, means)
    scale = with_digits(scale or Scale(), studies, means)
    plan = Plan(max(width, NARROWEST), words)
    if not fits(plan, scale, studies, means):
        plan.stacked_below = math.inf
    heading = clean(title) or say(words, "forest.title")
    plan.y += plan.lines(heading, EDGE, plan.room, size=TITLE, most=3, is_bold=True) + 8
    if not studies and not means:
        nothing = say(words, "forest.nothing")
        plan.y += plan.lines(nothing, EDGE, plan.room, size=LABEL, colour="soft")
        return plan.sheet.scene(plan.width, plan.y + EDGE, heading, nothing)
    board = Board(plan, scale, forest_axis(plan, scale, studies, means), any(s.weight is not None for s in studies))
    board.head()
    place = len(plan.sheet.shapes)
    heaviest = max((s.weight or 0.0 for s in studies), default=0.0)
    for study in studies:
        board.study(study, heaviest)
    if means:
        plan.sheet.add(Line(EDGE, plan.y, plan.width - EDGE, plan.y, Paint(stroke="rule")))
        plan.y += 4
    for mean in means:
        board.mean(mean)
    board.ground(place)
    board.foot()
    _caption(plan, studies, means)
    summaries = "; ".join(_summary(m, scale, words) for m in means)
    return plan.sheet.scene(plan.width, plan.y + EDGE, heading, say(words, "forest.said", n=len(studies), summaries=summaries).strip())


def _caption(plan: Plan, studies: Sequence[Study], means: Sequence[Mean]) -> None:
    """The key, and how far the studies differ."""
    keys = [Key("study", say(plan.words, "forest.legend_study"))] if studies else []
    keys += [Key("mean", say(plan.words, "forest.legend_pooled"))] if means else []
    keys += [Key("new", say(plan.words, "forest.legend_new"))] if any(m.pi_low is not None for m in means) else []
    plan.y += legend(plan.sheet, keys, EDGE, plan.y, plan.room, SMALL)
    parts = []
    for mean in means:
        tau2 = None if mean.tau2 is None else f"{mean.tau2:.3g}"
        i2 = None if mean.i2 is None else f"{100 * mean.i2:.0f}"
        key = "forest.spread" if tau2 and i2 else "forest.tau2" if tau2 else "forest.i2" if i2 else ""
        parts += [say(plan.words, key, method=clean(mean.method), tau2=tau2, i2=i2)] if key else []
    if parts:
        spread = say(plan.words, "forest.between", parts="; ".join(parts))
        plan.y += plan.lines(spread, EDGE, plan.room, size=SMALL, colour="soft", most=6) + 2


def _summary(mean: Mean, scale: Scale, words: Words | None) -> str:
    ends = {"estimate": scale.words(mean.estimate), "low": scale.words(mean.low), "high": scale.words(mean.high)}
    text = say(words, "forest.summary", method=clean(mean.method), **ends)
    if mean.pi_low is not None and mean.pi_high is not None:
        text += ", " + say(words, "forest.new", low=scale.words(mean.pi_low), high=scale.words(mean.pi_high))
    return text
