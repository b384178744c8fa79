"""A head image as one offline page: a still picture for everybody, an interactive view where the browser and the viewer allow it.

The interactive part is the viewer's own widget module, written into the page; a small stand-in for a notebook's model drives it.
Nothing is loaded from outside: the page's policy forbids every address, and scripts run only by their digest.
"""

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from markupsafe import Markup

from painloom.errors import InputError
from painloom.model.brain import Picture
from painloom.model.target import Point, TargetView
from painloom.report.brain_glass import coordinates, pictures, place_in
from painloom.report.templating import environment
from painloom.report.wording import read_wording

STYLES = ("style.css", "brain.css")
EXPORT = re.compile(r"export\s*\{\s*([A-Za-z_$][\w$]*)\s+as\s+default\s*\}\s*;?\s*$")
MOST_SCRIPT = 40_000_000  # characters of a viewer's module
HEIGHT = 520
CLOSED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
OPEN = "img-src data: blob:; connect-src data: blob:; script-src 'sha256-{digest}' 'wasm-unsafe-eval'"


@dataclass(frozen=True, slots=True)
class HeadView:
    """What a page shows: slices, and packed images (gzipped NIfTI bytes, empty = none) for the interactive part.

    `window` and `overlay_window` are the grey and colour limits; `at_mm` is where the view opens; `stamp` says program and release;
    `shows_face` where no mask of the brain was given.  `facts` are sentences on what was done to the image.
    """

    name: str
    stamp: str
    pictures: tuple[Picture, ...]
    at_mm: Point
    image: bytes
    window: tuple[float, float]
    facts: tuple[str, ...] = ()
    overlay: bytes = b""
    overlay_window: tuple[float, float] = (0.0, 1.0)
    balls: bytes = b""
    targets: TargetView | None = None
    space: str = ""
    shows_face: bool = True


def viewer_page(view: HeadView, module: str = "", missing: str = "") -> str:
    """The page as HTML; `module` is the viewer's widget module, "" for a still page, for which `missing` says how to get more.

    Raises
    ------
    InputError : `module` is not a widget module.
    """
    words = read_wording()
    script = _script(module) if module else ""
    drawings = [drawing for _, mine in pictures(view.pictures, view.targets, words) for drawing in mine]
    policy = CLOSED if not script else f"{CLOSED.replace('img-src data:; ', '')}; {OPEN.format(digest=_digest(script))}"
    return (
        environment()
        .get_template("viewer.html.j2")
        .render(
            view=view,
            t=words,
            language=words.id,
            style=_style(),
            policy=policy,
            script=Markup(script),
            note=words("brain.view_both") if script else missing or words("brain.view_only_still"),
            drawings=drawings,
            places=_places(view),
            image=_base64(view.image),
            overlay=_base64(view.overlay),
            balls=_base64(view.balls),
            settings=_settings(view),
        )
    )


def drawable(targets: TargetView | None, space: str) -> list[tuple[int, str, Point]]:
    """(number, name, mm) of the targets that lie in the image's space and may be aimed at."""
    places = ((n, t.name, place_in(t, space)) for n, t in enumerate(targets.targets if targets else (), 1))
    return [(n, name, place) for n, name, place in places if place is not None]


def _places(view: HeadView) -> list[tuple[str, str]]:
    """(words with the state of the safety gate, mm) of every target that may be shown."""
    words, targets = read_wording(), view.targets.targets if view.targets else ()
    found = []
    for n, name, place in drawable(view.targets, view.space):
        point = words("brain.glass_point", n=n, name=name, mm=coordinates(place))
        state = words.word("brain.status", targets[n - 1].status)
        found.append((words("brain.view_place", point=point, state=state), ",".join(f"{v:.2f}" for v in place)))
    return found


def _script(module: str) -> str:
    """The widget's module and our driver as one script that ends no element early."""
    if len(module) > MOST_SCRIPT:
        raise InputError(f"the viewer's module holds {len(module)} characters, at most {MOST_SCRIPT} are read; give ipyniivue's widget.js")
    body = module.rstrip()
    last = EXPORT.search(body, max(0, len(body) - 300))
    if last is None:
        raise InputError("the viewer's module does not end with a default export; give static/widget.js of the package ipyniivue")
    driver = files("painloom.report").joinpath("templates", "viewer.js").read_text(encoding="utf-8")
    text = f"{body[: last.start()]}\nconst viewerWidget = {last.group(1)};\n{driver}"
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\\0")
    return re.sub(r"<(?=/script|script|!--)", r"\\x3c", text, flags=re.IGNORECASE)


def _digest(script: str) -> str:
    return b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii")


def _base64(data: bytes) -> Markup:
    return Markup(b64encode(data).decode("ascii"))


def _settings(view: HeadView) -> Markup:
    settings = {
        "low": view.window[0],
        "high": view.window[1],
        "overlay_low": view.overlay_window[0],
        "overlay_high": view.overlay_window[1],
        "at": list(view.at_mm),
        "height": HEIGHT,
    }
    return Markup(json.dumps(settings, allow_nan=False).replace("<", "\\u003c"))


def _style() -> Markup:
    folder = files("painloom.report").joinpath("templates")
    return Markup("\n").join(Markup(folder.joinpath(name).read_text(encoding="utf-8")) for name in STYLES)


def facts_of(packed_step: int, volumes: int, masked: bool, undrawn: Sequence[str]) -> tuple[str, ...]:
    """Sentences on what was done to the image: thinning, first volume, mask, texts taken out, targets that could not be placed."""
    words = read_wording()
    told = [words("brain.fact_stripped")]
    if packed_step > 1:
        told.append(words("brain.fact_thinned", n=packed_step))
    if volumes > 1:
        told.append(words("brain.fact_first", n=volumes))
    told.append(words("brain.fact_masked" if masked else "brain.fact_unmasked"))
    if undrawn:
        told.append(words("brain.fact_undrawn", names="; ".join(undrawn)))
    return tuple(told)
