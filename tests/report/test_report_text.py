"""The terminal summary."""

import invented
import invented_streams
import pytest

from painloom.report import render_text


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("person", [invented.mara, invented.nobody, invented.busy, invented_streams.ilse, invented_streams.calm])
def test_no_line_is_longer_than_the_terminal_and_nothing_is_coloured(person, width):
    text = render_text(person(), width)

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
        "[!] CYP2C19 *1/*2 (one of 4 that fit) Intermediate Metabolizer",
        "Red flags were not looked for.",
        "Not a prescription.",
    ):
        assert words in text


def test_the_summary_has_a_block_for_each_part_of_mind_and_body():
    text = " ".join(render_text(invented_streams.ilse()).split())

    for words in (
        "MIND Function and mood stand out.",
        "[!] Function scale (profile questionnaire, 2026-03-02): T 35.6, moderate, 80% interval 32.7 to 38.5.",
        "14 to 17 since 2026-03-02: of meaningful size but inside measurement error.",
        "[?] Total scale (sleep questionnaire, 2026-03-02): not scored: 3 of 9 unanswered",
        "CRITERIA Possible neuropathic pain; 1 set of criteria not gradable yet.",
        "[!] Opioid total 90 MME/day; guidepost 50, not a limit",
        "[x] Severe: oxycodone with alprazolam: slow breathing.",
        "RED FLAGS [x] Pressure on nerves: at once: Act on cauda.",
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
