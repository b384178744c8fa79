"""painloom evidence early, nof1, learn and calibrate: what outcomes teach after the start."""

import argparse
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import say, write_table
from painloom.doors.cli.plotting import HELP, plot_place, write_plot
from painloom.errors import InputError, UsageError

if TYPE_CHECKING:
    from painloom.model.learning import Belief, BenefitReport, CalibrationReport, EarlyUpdate, Group, PersonalEffect, Sizing, Span
    from painloom.response.early import Prior
    from painloom.response.nof1_design import Spread

FORMATS = ("text", "json", "tsv")
NONE = "."
Z80 = 1.2815515655446004  # standard normal quantile of 0.9
EARLY_COLUMNS = ("what", "before", "after", "low", "high", "note")
PLAN_COLUMNS = ("cycle", "period", "treatment", "package", "first_day", "first_counted", "last_day")
SIZE_COLUMNS = ("cycles", "standard_error", "sd_after", "shows_more", "shows_less", "conclusive")
VALUE_COLUMNS = ("what", "value", "low", "high", "note")
CALIBRATION_COLUMNS = ("measure", "value", "low", "high", "predicted", "people", "note")
MOST_SIZED = 10
DIARY = "a CSV with the columns period,cycle,treatment,score is needed (treatment A or B, score 0..10, empty = missed)"
OUTCOMES = "a CSV with arm,before,after (arm A or B, a person a row), or with contrast,se in SDs of the score, is needed"
PREDICTIONS = "a CSV with the columns p,low,high,outcome is needed, with arm and benefit where both arms are there"


def add_verbs(inner: Any) -> None:
    """Add `early`, `nof1`, `learn` and `calibrate` to the `evidence` group."""
    early = inner.add_parser("early", help="a score in the first weeks: chances at 12 weeks, and whether to stop")
    early.add_argument("--baseline", type=float, metavar="X", help="pain on 0..10 before the start (default: that of the case)")
    for name, text in (("now", "pain now"), ("week", "weeks since the start, below 12")):
        early.add_argument(f"--{name}", type=float, required=True, metavar="X", help=text)
    early.add_argument("--case", type=Path, metavar="CASE", help="take the expectation from what painloom predicts for this case folder")
    early.add_argument("--treatment", metavar="ID", help="with --case: the treatment that was begun")
    early.add_argument("--condition", metavar="ID", help="with --case: the kind of pain, where several are predicted")
    early.add_argument("--as-of", metavar="DATE", help="with --case: the day it is said (default: today)")
    early.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    early.add_argument("--control", type=float, metavar="P", help="without --case: chance of 30 %% less pain whatever is done")
    early.add_argument("--benefit", type=float, metavar="P", help="without --case: what the treatment adds to it")
    early.add_argument("--benefit-low", type=float, metavar="P", help="80 %% band of the added benefit, lower end")
    early.add_argument("--benefit-high", type=float, metavar="P", help="and upper end")
    early.add_argument("--adequate", choices=("yes", "no"), help="whether the dose or amount is one that can work (not said = not known)")
    early.add_argument("--plot", type=Path, metavar="PATH", help=f"belief before and after; {HELP}")
    _finish(early, run_early)
    trials = inner.add_parser("nof1", help="a trial in one person: plan, size, analyse").add_subparsers(metavar="VERB", required=True)
    plan = trials.add_parser("plan", help="periods in a random order within each cycle")
    plan.add_argument("--seed", type=int, required=True, metavar="N", help="the same seed gives the same list")
    plan.add_argument("--cycles", type=int, default=3, metavar="N", help="each holds both treatments once (default 3)")
    plan.add_argument("--blinded", action="store_true", help="package numbers only; who hands out the packages keeps the other list")
    size = trials.add_parser("size", help="what 1 to 10 cycles can tell, or how many reach a goal")
    size.add_argument("--goal-error", type=float, metavar="X", help="standard error of the effect to reach, in points")
    size.add_argument("--goal-probability", type=float, metavar="P", help="probability that the band excludes the important difference")
    size.add_argument("--truth", type=float, metavar="X", help="assumed true effect; without it the prior is averaged over")
    for parser in (plan, size):
        _add_periods(parser)
    _finish(plan, run_plan)
    _finish(size, run_size)
    analyse = trials.add_parser("analyse", help="the effect in this person from a diary")
    analyse.add_argument("file", type=Path, metavar="FILE.csv", help="period,cycle,treatment(A|B),score; rows of a period in order of days")
    analyse.add_argument("--carry-over", action="store_true", help="a term for what a period leaves to the next")
    _add_prior(analyse)
    _finish(analyse, run_analyse)
    learn = inner.add_parser("learn", help="a clinic's own outcomes, with the bias of choice")
    learn.add_argument("file", type=Path, metavar="FILE.csv", help="arm,before,after (a person a row) or contrast,se (in SDs of the score)")
    learn.add_argument("--mean", type=float, required=True, metavar="D", help="what was believed of the effect, in SDs of the score")
    learn.add_argument("--sd", type=float, required=True, metavar="D", help="its SD")
    learn.add_argument("--randomised", action="store_true", help="allocation was random: no bias is allowed for")
    learn.add_argument("--sd-points", type=float, default=2.2, metavar="X", help="points that are one SD of the score (default 2.2)")
    _finish(learn, run_learn)
    calibrate = inner.add_parser("calibrate", help="predictions against outcomes")
    calibrate.add_argument("file", type=Path, metavar="FILE.csv", help="p,low,high,outcome[,arm,benefit]; empty outcome = not known")
    _finish(calibrate, run_calibrate)


def _finish(parser: argparse.ArgumentParser, run: Any) -> None:
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write there instead of stdout")
    parser.set_defaults(run=run)


def _add_prior(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prior-mean", type=float, default=0.0, metavar="X", help="believed effect in points before the trial (default 0)")
    parser.add_argument("--prior-sd", type=float, default=2.0, metavar="X", help="its SD (default 2, wide)")
    parser.add_argument("--important", type=float, default=1.0, metavar="X", help="least important difference in points (default 1)")
    parser.add_argument("--level", type=float, default=0.8, metavar="P", help="coverage of the band (default 0.8)")


def _add_periods(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--period-days", type=int, default=14, metavar="N", help="days of a period, washout included (default 14)")
    washout = parser.add_mutually_exclusive_group()
    washout.add_argument("--washout-days", type=int, default=4, metavar="N", help="days at its start that do not count (default 4)")
    washout.add_argument("--half-life-hours", type=float, metavar="H", help="washout of five half-lives of the slower treatment instead")
    parser.add_argument("--daily-sd", type=float, default=1.5, metavar="X", help="SD of a day around its period, points (assumed 1.5)")
    parser.add_argument("--period-sd", type=float, default=0.5, metavar="X", help="SD of periods around the person (assumed 0.5)")
    parser.add_argument("--autocorrelation", type=float, default=0.3, metavar="R", help="of one day with the next (assumed 0.3)")
    _add_prior(parser)


@contextmanager
def _as_usage() -> Iterator[None]:
    """What is wrong with options alone is wrong usage, not a wrong file."""
    try:
        yield
    except InputError as wrong:
        raise UsageError(str(wrong)) from None


def run_early(args: argparse.Namespace) -> int:
    """`painloom evidence early`."""
    from painloom.doors.cli.evidence_expected import expectation
    from painloom.knowledge.load import load
    from painloom.response.early import early_update, prior_of_rates, remarks

    knowledge = load(args.knowledge)
    place = plot_place(args.plot)
    expected = expectation(args, knowledge)
    dynamics = knowledge.evidence.dynamics
    adequate = None if args.adequate is None else args.adequate == "yes"
    with _as_usage():
        prior = prior_of_rates(expected.baseline, expected.control, expected.benefit, dynamics, expected.band)
        update = early_update(expected.baseline, args.now, args.week, prior, dynamics, adequate=adequate)
    notes = ["", f"{update.advice}: {update.why}.", *remarks(update)]
    write_table(EARLY_COLUMNS, _early_rows(args, expected.baseline, prior, update), args.format, args.output, notes)
    if place is not None:
        from painloom.doors.cli.evidence_expected import early_scene

        write_plot(lambda width: early_scene(expected.baseline, prior, update, width), place)
    return 0


def _early_rows(args: argparse.Namespace, baseline: float, prior: "Prior", update: "EarlyUpdate") -> Iterator[tuple[str, ...]]:
    import numpy as np

    for share, old, new in (("30 %", update.p30_before, update.p30), ("50 %", update.p50_before, update.p50)):
        yield (f"p{share[:2]}", _cell(old, args), _cell(new, args), NONE, NONE, f"chance of at least {share} less pain at 12 weeks")
    course, effect = (float(np.asarray(mean)) for mean in (prior.course, prior.effect))
    score, half = baseline - update.improvement.mean, Z80 * update.improvement.sd
    cells = (_cell(min(max(x, 0.0), 10.0), args) for x in (baseline - course - effect, score, score - half, score + half))
    yield ("score_week_12", *cells, "pain on 0..10, 80 % band")
    for name, before, belief in (("course", course, update.course), ("effect", effect, update.effect)):
        half = Z80 * belief.sd
        cells = (_cell(x, args) for x in (before, belief.mean, belief.mean - half, belief.mean + half))
        yield (name, *cells, "points less pain at 12 weeks, 80 % band")
    yield ("advice", NONE, update.advice, NONE, NONE, update.why)


def _cell(value: float | None, args: argparse.Namespace) -> str:
    if value is None or math.isnan(value):
        return NONE
    return f"{value:.3f}" if args.format == "text" else f"{value:.8g}"


def _spread(args: argparse.Namespace) -> "tuple[int, Spread, Belief]":
    """Washout days, the spread and the prior that the options describe."""
    from painloom.response.nof1_design import Spread, washout_days

    washout = args.washout_days if args.half_life_hours is None else washout_days(args.half_life_hours)
    if not 0 <= washout < args.period_days:
        raise UsageError(f"a washout of {washout} days leaves no day of a period of {args.period_days}; make periods longer")
    return washout, Spread(args.daily_sd, args.period_sd, args.autocorrelation), _prior(args)


def _prior(args: argparse.Namespace) -> "Belief":
    from painloom.model.learning import Belief

    if not (math.isfinite(args.prior_mean) and math.isfinite(args.prior_sd) and args.prior_sd > 0):
        raise UsageError("--prior-mean must be a finite number and --prior-sd one above 0")
    if not (math.isfinite(args.important) and args.important > 0 and 0 < args.level < 1):
        raise UsageError("--important must be above 0 and --level between 0 and 1")
    return Belief(args.prior_mean, args.prior_sd)


def run_plan(args: argparse.Namespace) -> int:
    """`painloom evidence nof1 plan`."""
    from painloom.response.nof1_design import blinded, list_error, randomised, sizing

    with _as_usage():
        washout, spread, prior = _spread(args)
        periods = randomised(args.cycles, args.period_days, washout, args.seed)
        told = sizing(args.cycles, args.period_days - washout, spread, important=args.important, prior=prior, level=args.level)
    shown = blinded(periods) if args.blinded else periods
    error = list_error(periods, spread)
    of_list = f"{error:.2f} points" if math.isfinite(error) else "not finite: with this order a trend looks like an effect; add a cycle"
    notes = (
        "",
        f"{periods[-1].last_day} days; standard error of the effect with this list and a straight trend: {of_list}.",
        f"Chance that the {args.level:.0%} band lies on one side of {args.important:g} points: {told.conclusive:.0%} (SDs as assumed).",
        "Before the start: does each treatment act within a period and leave within its washout, and may both be stopped at once?",
    )
    rows = ((*(str(getattr(p, name)) for name in PLAN_COLUMNS),) for p in shown)
    write_table(PLAN_COLUMNS, rows, args.format, args.output, notes)
    return 0


def run_size(args: argparse.Namespace) -> int:
    """`painloom evidence nof1 size`."""
    from painloom.response.nof1_design import MOST_CYCLES, cycles_for, sizing

    goal = args.goal_error is not None or args.goal_probability is not None
    with _as_usage():
        washout, spread, prior = _spread(args)
        days = args.period_days - washout
        asked: dict[str, Any] = {"important": args.important, "prior": prior, "truth": args.truth, "level": args.level}
        found: list[Sizing] = []
        if goal:
            reached = cycles_for(days, spread, error=args.goal_error, conclusive=args.goal_probability, **asked)
            if reached is None:
                raise UsageError(f"{MOST_CYCLES} cycles do not reach this goal; lengthen periods or ask for less")
            found.append(reached)
        else:
            found += [sizing(cycles, days, spread, **asked) for cycles in range(1, MOST_SIZED + 1)]
    rows = ((str(s.cycles), *(_cell(x, args) for x in (s.error, s.sd, s.shows_more, s.shows_less, s.conclusive))) for s in found)
    notes = (
        "",
        f"{days} days a period count; shows_more, shows_less: the {args.level:.0%} band lies above or below {args.important:g} points.",
    )
    write_table(SIZE_COLUMNS, rows, args.format, args.output, notes)
    return 0


def run_analyse(args: argparse.Namespace) -> int:
    """`painloom evidence nof1 analyse`."""
    import numpy as np

    from painloom.doors.cli.evidence_learn_tables import read_table
    from painloom.model.learning import ACTIVE, ARMS
    from painloom.response.nof1 import Diary, analyse

    prior = _prior(args)
    table, warnings = read_table(args.file, DIARY, ("period", "cycle", "treatment", "score"))
    period, cycle = (_whole(table.numbers(name, 1, 1000, may_miss=False), table.path.name, name) for name in ("period", "cycle"))
    active = np.asarray([word == ACTIVE for word in table.words("treatment", ARMS)])
    diary = Diary(period, cycle, active, table.numbers("score", 0, 10, may_miss=True))
    try:
        found = analyse(diary, prior, important=args.important, level=args.level, with_carry_over=args.carry_over)
    except InputError as wrong:
        raise InputError(f"{args.file.name}: {wrong}") from None
    notes = (
        "",
        f"{found.why}.",
        f"Positive: pain is lower under A. Prior: {prior.mean:g} points, SD {prior.sd:g}. It holds for this person, not for others.",
    )
    write_table(VALUE_COLUMNS, _effect_rows(found, args), args.format, args.output, notes)
    for warning in warnings:
        say(warning)
    return 0


def _whole(values: Any, where: str, name: str) -> Any:
    import numpy as np

    if (values != np.round(values)).any():
        raise InputError(f"{where}: {name} must hold whole numbers, counted from 1")
    return values.astype(np.int64)


def _effect_rows(found: "PersonalEffect", args: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    from painloom.model.learning import Belief

    def belief(name: str, value: Belief, note: str) -> tuple[str, ...]:
        half = Z80 * value.sd
        return (name, *(_cell(x, args) for x in (value.mean, value.mean - half, value.mean + half)), note)

    yield ("verdict", found.verdict, NONE, NONE, found.why)
    cells = (_cell(x, args) for x in (found.effect.mean, found.low, found.high))
    yield ("effect", *cells, f"points, {found.level:.0%} band; SD {found.effect.sd:.3g}")
    yield ("p_positive", _cell(found.p_positive, args), NONE, NONE, "chance that A is better at all")
    yield ("p_important", _cell(found.p_important, args), NONE, NONE, f"chance that A is better by more than {args.important:g} points")
    yield belief("trend", found.trend, "points a period, whatever is taken; 80 % band")
    if found.carry_over is not None:
        yield belief("carry_over", found.carry_over, "points that A leaves to the next period; 80 % band")
    for name, value, note in (
        ("daily_sd", found.residual_sd, "of a day around its period"),
        ("period_sd", found.period_sd, "of periods around the person"),
        ("autocorrelation", found.autocorrelation, "of one day with the next"),
    ):
        yield (name, _cell(value, args), NONE, NONE, note)
    yield ("scores", str(found.scores), NONE, NONE, f"in {found.periods} periods")


def run_learn(args: argparse.Namespace) -> int:
    """`painloom evidence learn`."""
    import numpy as np

    from painloom.doors.cli.evidence_learn_tables import read_table
    from painloom.model.learning import ACTIVE, ARMS, Belief
    from painloom.response.outcomes import NO_COMPARISON, Contrast, contrast_of_people, learn

    for name, value, least in (("--mean", args.mean, -math.inf), ("--sd", args.sd, 0.0), ("--sd-points", args.sd_points, 0.0)):
        if not (math.isfinite(value) and value > least):
            raise UsageError(f"{name} must be a finite number" + (" above 0" if least == 0 else ""))
    table, warnings = read_table(args.file, OUTCOMES, ("contrast", "se", "arm", "before", "after"))
    if table.has("before", "after") and not table.has("arm"):
        raise InputError(f"{args.file.name}: line 1: no column 'arm': {NO_COMPARISON}")
    if table.has("arm"):
        active = np.asarray([word == ACTIVE for word in table.words("arm", ARMS)])
        before, after = (table.numbers(name, 0, 10, may_miss=True) for name in ("before", "after"))
        try:
            contrasts = [contrast_of_people(active, before, after, args.sd_points, is_random=args.randomised)]
        except InputError as wrong:
            raise InputError(f"{args.file.name}: {wrong}") from None
    else:
        pairs = zip(table.numbers("contrast", -10, 10, may_miss=False), table.numbers("se", 0, 10, may_miss=False, above=True), strict=True)
        contrasts = [Contrast(float(mean), float(se), args.randomised) for mean, se in pairs]
    found = learn(Belief(args.mean, args.sd), contrasts)

    def row(name: str, mean: float, sd: float, note: str) -> tuple[str, ...]:
        return (name, *(_cell(x, args) for x in (mean, mean - Z80 * sd, mean + Z80 * sd)), note)

    rows = [
        row("prior", found.prior.mean, found.prior.sd, "effect in SDs of the score, 80 % band"),
        row("observed", found.observed.mean, found.observed.sd, "sampling error alone"),
        row("posterior", found.posterior.mean, found.posterior.sd, f"a bias of SD {found.bias_sd:g} allowed for"),
        ("learned", _cell(found.share, args), NONE, NONE, "share of the prior's variance that went"),
        ("e_value", _cell(found.e_value, args), NONE, NONE, "of the observed difference; . where allocation was random"),
        ("e_value_limit", _cell(found.e_limit, args), NONE, NONE, "of the limit of its 95 % interval"),
    ]
    write_table(VALUE_COLUMNS, rows, args.format, args.output, ["", *found.notes])
    for warning in warnings:
        say(warning)
    return 0


def run_calibrate(args: argparse.Namespace) -> int:
    """`painloom evidence calibrate`."""
    import numpy as np

    from painloom.doors.cli.evidence_learn_tables import read_table
    from painloom.model.learning import ACTIVE, ARMS
    from painloom.response.calibration import calibrate
    from painloom.response.calibration_benefit import calibrate_benefit

    table, warnings = read_table(args.file, PREDICTIONS, ("p", "low", "high", "outcome", "arm", "benefit"))
    if table.has("arm") != table.has("benefit"):
        raise InputError(f"{args.file.name}: line 1: columns 'arm' and 'benefit' go together; {PREDICTIONS}")
    p = table.numbers("p", 0, 1, may_miss=False)
    low, high = (table.numbers(name, 0, 1, may_miss=True) for name in ("low", "high"))
    outcome = table.numbers("outcome", 0, 1, may_miss=True)
    benefit = None
    try:
        report = calibrate(p, outcome, low, high)
        if table.has("arm"):
            treated = np.asarray([word == ACTIVE for word in table.words("arm", ARMS)])
            benefit = calibrate_benefit(table.numbers("benefit", -1, 1, may_miss=False), outcome, treated)
    except InputError as wrong:
        raise wrong if str(wrong).startswith(args.file.name) else InputError(f"{args.file.name}: {wrong}") from None
    rows = [*_calibration_rows(report, args), *(_benefit_rows(benefit, args) if benefit else ())]
    notes = ["", *report.notes, *(benefit.notes if benefit else ())]
    write_table(CALIBRATION_COLUMNS, rows, args.format, args.output, notes)
    for warning in warnings:
        say(warning)
    return 0


def _calibration_rows(report: "CalibrationReport", args: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    from painloom.model.learning import Span

    def row(name: str, span: "Span", note: str) -> tuple[str, ...]:
        return (name, *(_cell(x, args) for x in (span.value, span.low, span.high)), NONE, str(report.people), note)

    yield ("verdict", report.verdict, NONE, NONE, NONE, str(report.people), f"{report.responders} responses, {report.missing} missing")
    yield row("in_the_large", report.in_the_large, "observed minus predicted; 0 is best")
    yield row("bounds", Span(None, *report.bounds), "the same if all missing failed, if all responded")
    yield row("intercept", report.intercept, "on the log odds; 0 is best")
    yield row("slope", report.slope, "on the log odds; below 1: too extreme")
    yield row("brier", Span(report.brier, *report.brier_bounds), "least and greatest possible with the missing ones")
    yield row("scaled_brier", Span(report.scaled_brier), "1 is perfect, 0 no better than the rate")
    yield row("auc", report.auc, "0.5 is chance")
    yield row("covered", report.covered, "share of groups inside the 80 % band; 0.8 is best")
    yield from _group_rows("group", report.groups, args)


def _benefit_rows(report: "BenefitReport", args: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    def row(name: str, span: "Span", predicted: float | None, note: str) -> tuple[str, ...]:
        cells = (_cell(x, args) for x in (span.value, span.low, span.high, predicted))
        return (name, *cells, str(2 * report.pairs), note)

    yield ("benefit_verdict", report.verdict, NONE, NONE, NONE, str(2 * report.pairs), f"{report.pairs} matched pairs")
    yield row("benefit", report.observed, report.predicted, "observed difference in pairs")
    yield row("c_for_benefit", report.concordance, None, "0.5: predictions do not tell who benefits more")
    yield from _group_rows("benefit_group", report.groups, args)


def _group_rows(name: str, groups: "tuple[Group, ...]", args: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    for number, group in enumerate(groups, 1):
        cells = (_cell(x, args) for x in (group.observed, group.low, group.high, group.predicted))
        yield (f"{name}_{number}", *cells, str(group.people), "observed against predicted")
