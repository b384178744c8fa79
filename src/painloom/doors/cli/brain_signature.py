"""painloom brain signature: published models of pain on one person's images or regional series."""

import argparse
import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import say, write_pieces, write_table
from painloom.errors import InputError, UsageError

if TYPE_CHECKING:
    from painloom.brain.partial import Floats
    from painloom.intake.series import Series
    from painloom.knowledge.load import Knowledge
    from painloom.knowledge.marker_cards import Cohort, MarkerCard
    from painloom.model.brain import MarkerScore

FORMATS = ("text", "json", "tsv")
IMAGES = (".nii", ".nii.gz")
WIDTH = 118
BANNER = (
    "Research use. An image of the brain neither proves nor disproves that a person has pain and measures no amount of it; what the person "
    "reports is never overruled by it."
)


def add_verb(inner: Any) -> None:
    """Add `signature` to the verbs of `brain`."""
    verb = inner.add_parser("signature", help="score of a published model, with its gates and the place in a named cohort")
    verb.add_argument("name", metavar="NAME", help="id of a marker card; painloom knowledge list markers prints them")
    verb.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="regional series (.tsv, .tsv.gz) or images (.nii, .nii.gz)")
    verb.add_argument("--motion", nargs="+", action="extend", type=Path, metavar="PATH", help="framewise displacement, a file a series")
    verb.add_argument("--confounds", nargs="+", action="extend", type=Path, metavar="TSV", help="confounds table, a file a PATH")
    verb.add_argument("--atlas", type=Path, metavar="LABELS", help="label image of the model's regions, for images")
    verb.add_argument("--weights", type=Path, metavar="FILE", help="map of weights that you bring, for models on contrast images")
    verb.add_argument("--resample", action="store_true", help="put the weights onto the image's grid; without it another grid is refused")
    verb.add_argument("--cohort", metavar="FILE", help="scores of your own reference people, or the id of one of the card's cohorts")
    verb.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    verb.add_argument("--format", choices=FORMATS, default="text")
    verb.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write there instead of stdout")
    verb.set_defaults(run=run_signature)


def run_signature(args: argparse.Namespace) -> int:
    """`painloom brain signature`."""
    from painloom.brain.marker_rows import SIGNATURE_COLUMNS, signature_records, signature_rows
    from painloom.brain.registry import cohort_named, marker_card, marker_ids
    from painloom.knowledge.load import load

    knowledge = load(args.knowledge)
    if args.name not in marker_ids(knowledge):
        raise UsageError(f"'{args.name}' is no marker card; there are: {', '.join(marker_ids(knowledge))}")
    card = marker_card(knowledge, args.name)
    _check(args, card)
    scores = _scores(args, card, cohort_named(card, args.cohort) if args.cohort else None)
    if args.format == "json":
        records = [{**record, "limits": BANNER} for record in signature_records(scores)]
        text = json.dumps(records, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        write_pieces([text.encode()], args.output)
    else:
        digits = 3 if args.format == "text" else None
        rows = signature_rows(scores, digits)
        write_table(SIGNATURE_COLUMNS, rows, args.format, args.output, _notes(card, scores, knowledge) if args.format == "text" else ())
        if args.format == "tsv":
            for warning in _warnings(scores):
                say(warning, sys.stderr)
    return 0


def _check(args: argparse.Namespace, card: "MarkerCard") -> None:
    """UsageError where options and model do not go together."""
    from painloom.knowledge.marker_cards import CONNECTIVITY, MAP

    count = len(args.paths)
    for option, files in (("--motion", args.motion), ("--confounds", args.confounds)):
        if files is not None and len(files) != count:
            raise UsageError(f"{option}: {len(files)} files for {count} PATHs; give as many, in the same order")
    images = [path for path in args.paths if _is_image(path)]
    if card.kind == CONNECTIVITY:
        if args.weights or args.resample:
            raise UsageError(f"{card.id} works on regional series and has its weights on its card: --weights and --resample do not apply")
        if images and not (args.atlas and args.confounds):
            raise UsageError(f"{card.id} works on regional series; for an image give --atlas LABELS and --confounds TSV as well")
    if card.kind == MAP:
        if args.motion or args.confounds or args.atlas:
            raise UsageError(f"{card.id} works on contrast images: --motion, --confounds and --atlas do not apply")
        if not args.weights:
            raise UsageError(f"{card.id} needs --weights FILE, which you bring: {card.weights.text}")


def _is_image(path: Path) -> bool:
    return path.name.lower().endswith(IMAGES)


def _scores(args: argparse.Namespace, card: "MarkerCard", cohort: "Cohort | None") -> "tuple[MarkerScore, ...]":
    from painloom.knowledge.marker_cards import MAP

    if card.kind == MAP:
        from painloom.brain.mapscore import map_scores
        from painloom.intake.maps import read_map

        return map_scores(card, (read_map(p) for p in args.paths), read_map(args.weights), cohort=cohort, resample=args.resample)
    if card.model is None:
        from painloom.brain.signature import not_computed
        from painloom.intake.tabtext import stem

        for path in args.paths:
            if not path.is_file():
                raise InputError(f"{path.name}: not found as a file")
        return tuple(not_computed(card, stem(path)) for path in args.paths)
    from painloom.brain.signature import signature_scores

    pairs = [_series(args, card, at) for at in range(len(args.paths))]
    return signature_scores(card, [series for series, _ in pairs], [motion for _, motion in pairs], cohort=cohort)


def _series(args: argparse.Namespace, card: "MarkerCard", at: int) -> "tuple[Series, Floats | None]":
    """One series with its motion: from `--motion`, else from the confounds table, else not known."""
    from painloom.intake.motion import read_motion
    from painloom.intake.series import read_series

    path, confounds = args.paths[at], args.confounds[at] if args.confounds else None
    moved = args.motion[at] if args.motion else confounds
    motion = None if moved is None else read_motion(moved)
    if confounds is None or not _is_image(path):  # an image comes with confounds: _check saw to it
        return read_series(path), motion
    from painloom.brain.imageseries import series_from_image

    return series_from_image(card, path, args.atlas, confounds), motion


def _warnings(scores: "Sequence[MarkerScore]") -> list[str]:
    """Every warning once, in the order of the rows."""
    return list(dict.fromkeys(warning for score in scores for warning in score.warnings))


def _notes(card: "MarkerCard", scores: "Sequence[MarkerScore]", knowledge: "Knowledge") -> list[str]:
    """What stands below the table: reasons in full, meaning, place, warnings, evidence, limits."""
    lines = [""]
    lines += [f"withheld  {score.id}: {score.reason}" for score in scores if score.reason]
    lines.append(f"model     {card.label}; unit: {card.unit}; claim: {card.claim}. {card.meaning}")
    places = dict.fromkeys((s.place.label, s.place.count, s.place.note) for s in scores if s.place is not None)
    lines += [f"cohort    {label}, n = {count}. {note}".rstrip() for label, count, note in places]
    lines += [f"warning   {warning}" for warning in _warnings(scores)]
    for row in card.performance:
        interval = "" if row.low is None or row.high is None else f" ({row.low:g} to {row.high:g})"
        count = "" if row.count is None else f", n = {row.count}"
        state = "" if row.state == "verified" else ", to be verified"
        lines.append(f"evidence  {row.what}: {row.measure} {row.value:g}{interval}{count}; {row.evidence}{state} [{row.source}]")
    lines += [f"never     {text}" for text in card.never]
    lines.append(f"limits    {BANNER}")
    lines.append(f"knowledge {knowledge.release}; card {card.id} {card.release}")
    lines += [f"own card  {line}" for line in knowledge.replaced]
    return [part for line in lines for part in textwrap.wrap(line, WIDTH, subsequent_indent=" " * 10) or [""]]
