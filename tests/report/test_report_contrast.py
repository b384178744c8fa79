"""Every colour pair of the style sheet, computed: text 4.5:1, shapes 3:1, in both schemes and in print."""

import re
from importlib.resources import files

import pytest

TEXT = ("ink", "soft", "accent", "genome", "brain", "mind", "body", "avoid", "caution", "fine", "unknown", "note")
GROUNDS = ("paper", "card", "avoid-ground", "caution-ground", "fine-ground", "unknown-ground", "note-ground", "research-ground")
SHAPES = ("line",)


def tokens(scheme):
    """Colours by name; `dark` and `print` lie over `light`."""
    style = files("painloom.report").joinpath("templates", "style.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.S)
    over = {"light": blocks[:1], "dark": blocks[:2], "print": [blocks[0], blocks[2]]}[scheme]
    return {name: value for block in over for name, value in re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block)}


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, two):
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_text_colour_can_be_read_on_every_ground(scheme):
    colours = tokens(scheme)
    weak = {
        f"{t} on {g}": round(contrast(colours[t], colours[g]), 2) for t in TEXT for g in GROUNDS if contrast(colours[t], colours[g]) < 4.5
    }

    assert weak == {}


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_lines_that_carry_meaning_can_be_seen(scheme):
    colours = tokens(scheme)
    weak = {f"{s} on {g}" for s in SHAPES for g in ("paper", "card") if contrast(colours[s], colours[g]) < 3}

    assert weak == set()
