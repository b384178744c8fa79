"""painloom brain view: a head image as one offline page, with overlay and stimulation targets."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import say, write_pieces
from painloom.errors import InputError, UsageError

if TYPE_CHECKING:
    from painloom.brain.slices import Volume
    from painloom.model.target import Point, TargetView

PACKAGE, MODULE = "ipyniivue", ("static", "widget.js")
HEAD = "T1w"


@dataclass(frozen=True)
class Ask:
    """What is shown: the image, the case whose targets are drawn (None = none), and whether the image was found in that case."""

    image: Path
    case: Path | None


def add_verb(inner: Any) -> None:
    """Add `view` to the verbs of `brain`."""
    parser = inner.add_parser("view", help="a head image as one offline page: slices, interactive view, targets")
    parser.add_argument("image", type=Path, metavar="IMAGE|CASE", help="a NIfTI or MGH image, or a case folder (its first T1w image)")
    parser.add_argument("--overlay", type=Path, metavar="IMAGE", help="a map in the same space, drawn in colour over the image")
    parser.add_argument("--targets", type=Path, metavar="CASE", help="draw the stimulation targets of this case")
    parser.add_argument("--brain-mask", type=Path, metavar="IMAGE", help="show only what lies inside: no face leaves the clinic")
    parser.add_argument("--space", metavar="NAME", help="the image's space where its name does not tell it (space-NAME), e.g. T1w")
    parser.add_argument("--at", metavar="x,y,z", help="where the slices run, mm (default: the first target, else the middle)")
    parser.add_argument("--still", action="store_true", help="slices only, no interactive view and no image in the page")
    parser.add_argument("--niivue", type=Path, metavar="FILE", help=f"the viewer's widget.js (default: of the installed {PACKAGE})")
    parser.add_argument("--as-of", metavar="DATE", help="the day the targets are proposed for, YYYY-MM-DD (default: today)")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write the page there instead of stdout")
    parser.set_defaults(run=run_view)


def run_view(args: argparse.Namespace) -> int:
    """`painloom brain view`."""
    from dataclasses import replace

    from painloom.brain.slices import read_volume, three_planes
    from painloom.report.viewer import HeadView, drawable, facts_of, viewer_page

    ask = _ask(args)
    volume = read_volume(ask.image, args.brain_mask)
    volume = replace(volume, space=args.space) if args.space else volume
    targets = _targets(ask.case, args) if ask.case is not None else None
    spots = drawable(targets, volume.space)
    at = _place(args.at) if args.at else _first_inside(volume, [place for _, _, place in spots])
    overlay = read_volume(args.overlay, args.brain_mask) if args.overlay else None
    slices = three_planes(volume, at, overlay=overlay)
    module, missing = ("", "") if args.still else _module(args.niivue)
    packed, colour, balls = _packed(volume, overlay, [place for _, _, place in spots]) if module else (None, None, b"")
    seen = {n for n, _, _ in spots}
    undrawn = [t.name for n, t in enumerate(targets.targets if targets else (), 1) if n not in seen and t.status != "refused"]
    view = HeadView(
        name=volume.name,
        stamp=_stamp(),
        pictures=slices,
        at_mm=_middle(slices),
        image=packed.data if packed else b"",
        window=(packed.low, packed.high) if packed else (0.0, 1.0),
        facts=facts_of(packed.step if packed else 1, volume.volumes, args.brain_mask is not None, undrawn),
        overlay=colour.data if colour else b"",
        overlay_window=_colours(overlay),
        balls=balls,
        targets=targets,
        space=volume.space,
        shows_face=args.brain_mask is None,
    )
    if args.brain_mask is None:
        say("a scan of the head can identify a person by the face: keep the page inside the clinic, or give --brain-mask IMAGE")
    if undrawn:
        say(f"{len(undrawn)} targets are not drawn: no coordinates in the image's space ({volume.space or 'its name tells none; --space'})")
    if missing:
        say(missing)
    write_pieces([viewer_page(view, module, missing).encode("utf-8")], args.output)
    return 0


def _ask(args: argparse.Namespace) -> Ask:
    """The image itself, or the first T1w image of a case folder, whose own targets are then drawn too."""
    if not args.image.is_dir():
        return Ask(args.image, args.targets)
    from painloom.intake.bids import images, read_brain_folder

    folder = args.image / "brain"
    heads = images(read_brain_folder(folder), HEAD) if folder.is_dir() else ()
    if not heads:
        raise InputError(f"{args.image.name}: no {HEAD} image in its folder brain/; give an image, or put one there (*_{HEAD}.nii.gz)")
    return Ask(heads[0].path, args.targets or args.image)


def _targets(case: Path, args: argparse.Namespace) -> "TargetView":
    import datetime

    from painloom.assess import open_case
    from painloom.brain.targets import plan_targets
    from painloom.intake.options import ReadOptions
    from painloom.knowledge.load import load

    try:
        as_of = datetime.date.fromisoformat(args.as_of).isoformat() if args.as_of else datetime.date.today().isoformat()
    except ValueError:
        raise UsageError(f"--as-of '{args.as_of}' is no date; write YYYY-MM-DD") from None
    knowledge = load(args.knowledge)
    return plan_targets(open_case(case, knowledge, ReadOptions(), as_of), knowledge, as_of)


def _place(text: str) -> "Point":
    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--at '{text}' is no place; write x,y,z in millimetres, e.g. --at=-37,-21,58") from None
    return x, y, z


def _first_inside(volume: "Volume", places: "list[Point]") -> "Point | None":
    """The first target inside the image's box; None (the middle) where there is none."""
    from painloom.brain.slices import bounds

    low, high = bounds(volume)
    inside = (p for p in places if all(a <= v <= b for v, a, b in zip(p, low, high, strict=True)))
    return next(inside, None)


def _packed(volume: "Volume", overlay: "Volume | None", places: "list[Point]") -> Any:
    from painloom.brain.slices import balls, pack

    packed = pack(volume)
    return packed, pack(overlay) if overlay is not None else None, balls(volume, tuple(places), packed.step)


def _colours(overlay: "Volume | None") -> tuple[float, float]:
    """From a tenth of the top to the top: faint values stay clear, as in the slices."""
    if overlay is None:
        return 0.0, 1.0
    import numpy as np

    some = np.abs(overlay.data[overlay.data != 0])
    top = float(np.percentile(some, 98)) if some.size else 1.0
    return 0.1 * top, top


def _middle(slices: Any) -> "Point":
    at = {picture.plane: picture.at_mm for picture in slices}
    return at["sagittal"], at["coronal"], at["axial"]


def _module(given: Path | None) -> tuple[str, str]:
    """The viewer's module, or "" and how to get it."""
    import importlib.util

    path = given
    if path is None:
        found = importlib.util.find_spec(PACKAGE)
        path = Path(found.origin).parent.joinpath(*MODULE) if found is not None and found.origin else None
    if path is None or (given is None and not path.is_file()):
        return "", "still slices only: for the interactive view install it, pip install 'painloom[viewer]', and run this again"
    try:
        return path.read_text(encoding="utf-8"), ""
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not a text; give static/widget.js of the package {PACKAGE}") from None


def _stamp() -> str:
    from painloom.version import KNOWLEDGE_RELEASE, __version__

    return f"painloom {__version__}, knowledge {KNOWLEDGE_RELEASE}"
