"""The terminal summary."""

import invented
import pytest

from painloom.report import render_text


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("person", ["mara", "nobody", "busy"])
def test_no_line_is_longer_than_the_terminal_and_nothing_is_coloured(person, width):
    text = render_text(getattr(invented, person)(), width)

    assert max(len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text


def test_the_summary_says_what_to_do_what_to_avoid_and_what_is_open():
    text = " ".join(render_text(invented.mara()).split())

    for words in (
        "[x] Tramadol: use another drug (DPWG); usual dose, with a caution (CPIC)",
        "[!] Celecoxib: lower dose",
        "CPIC, genotype alone: usual dose (CYP2D6 Intermediate Metabolizer); today, with duloxetine: usual dose, with a caution",
        "[?] Not settled: CYP2C19 is ambiguous and the advice depends on it.",
        "[x] codeine (genome",
        "[?] HLA-B not called: HLA typing is not part",
        "[!] CYP2C19 *1/*2 (+ 3 other diplotypes fit) Intermediate Metabolizer",
        "Red flags were not looked for.",
        "Not a prescription.",
    ):
        assert words in text


def test_an_empty_case_claims_nothing():
    text = render_text(invented.nobody())

    assert "no gene-based limit" not in text.lower()
    assert "[ok]" not in text


def test_control_characters_of_names_do_not_reach_the_terminal():
    text = render_text(invented.hostile())

    assert "\u202e" not in text
    assert "\x1b" not in text


def test_colour_comes_only_when_asked():
    plain, coloured = render_text(invented.mara()), render_text(invented.mara(), colour=True)

    assert "\x1b[31m[x]\x1b[0m" in coloured
    assert plain.count("\n") == coloured.count("\n")
