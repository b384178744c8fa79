"""What was expected of a treatment before it was begun: from the call, or from what painloom predicts for a case."""

import argparse
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painloom.doors.cli.day import day_of
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.knowledge.load import Knowledge
    from painloom.model.learning import EarlyUpdate
    from painloom.report.plots.scene import Scene
    from painloom.response.early import Prior

RESPONSE, LAST_WEEK = 0.3, 12


@dataclass(frozen=True, slots=True)
class Expectation:
    """Pain before the start on 0 to 10, chance of a response whatever is done, what the treatment adds, and its 80 % band."""

    baseline: float
    control: float
    benefit: float
    band: tuple[float, float] | None


def expectation(args: argparse.Namespace, knowledge: "Knowledge") -> Expectation:
    """The expectation of `painloom evidence early`; wrong usage when the call says too little, or too much."""
    if args.case is not None:
        return _of_case(args, knowledge)
    if args.treatment or args.condition:
        raise UsageError("--treatment and --condition need --case")
    for name in ("baseline", "control", "benefit"):
        if getattr(args, name) is None:
            raise UsageError(f"--{name} is missing; give it, or --case with --treatment")
    if (args.benefit_low is None) != (args.benefit_high is None):
        raise UsageError("give both ends of the band, --benefit-low and --benefit-high, or none")
    band = None if args.benefit_low is None else (args.benefit_low, args.benefit_high)
    return Expectation(args.baseline, args.control, args.benefit, band)


def early_scene(baseline: float, prior: "Prior", update: "EarlyUpdate", width: float) -> "Scene":
    """The improvement by the last week as believed before and after the early score, with the mark of a response."""
    import numpy as np

    from painloom.report.plots.beliefs import normal_belief
    from painloom.report.plots.updating import Frame, Mark, updating

    course, effect, *sds = (float(np.asarray(v)) for v in (prior.course, prior.effect, prior.course_sd, prior.effect_sd, prior.residual_sd))
    before = normal_belief(course + effect, math.hypot(*sds))
    now = normal_belief(update.improvement.mean, update.improvement.sd)
    mark = Mark(RESPONSE * baseline, "30 % less pain", "at least 30 % less pain")
    axis, verdict = f"points of 0 to 10 less pain by week {LAST_WEEK:g}", f"{update.advice}: {update.why}."
    return updating(before, now, mark, Frame(axis, "before", f"after week {update.week:g}", verdict), width=width)


def _of_case(args: argparse.Namespace, knowledge: "Knowledge") -> Expectation:
    from painloom.assess import assess, open_case
    from painloom.intake.options import ReadOptions

    if args.control is not None or args.benefit is not None or args.benefit_low is not None or args.benefit_high is not None:
        raise UsageError("give either --case or --control and --benefit")
    if not args.treatment:
        raise UsageError("--case needs --treatment: the id of what was begun")
    as_of = day_of(args.as_of)
    case = open_case(args.case, knowledge, ReadOptions(), as_of)
    baseline = case.pain.intensity_0_10 if args.baseline is None else args.baseline
    if baseline is None:
        raise UsageError("the case holds no pain intensity; give --baseline, the pain before the start")
    outlook = assess(case, knowledge, as_of).outlook
    found = [o for o in (outlook.outlooks if outlook else ()) if o.treatment == args.treatment and args.condition in (None, o.condition)]
    usable = [o for o in found if o.control and o.benefit]
    if len(usable) != 1:
        kinds = ", ".join(o.condition for o in usable)
        reason = f"it is predicted for {kinds}; choose with --condition" if usable else "nothing is predicted for it in this case"
        raise UsageError(f"--treatment {args.treatment}: {reason}")
    control, benefit = usable[0].control, usable[0].benefit
    assert control is not None
    assert benefit is not None
    return Expectation(baseline, control.value, benefit.value, (benefit.low, benefit.high))
