"""What a reader of the brain section must not be led to think."""

from dataclasses import replace

import invented_brain
import pages
import pytest
from test_brain_section import brain_text_of, said

from painloom.report import render_html


def test_the_reason_for_a_share_that_is_not_shown_is_told_and_not_called_a_gap_on_file():
    hidden = replace(
        invented_brain.imaging()[0], prevalence=None, reason="a red flag stands beside it; not confirmed: it waits for a clinician"
    )
    text = brain_text_of(imaging=(hidden,))

    assert "A red flag stands beside it." in text
    assert "no figure on file" not in text
    assert text.count("Not confirmed: it waits for a clinician.") == 1


def test_the_name_of_who_confirmed_ends_with_one_full_stop():
    entry = replace(invented_brain.imaging()[0].entry, confirmed_by="Dr. A.")
    text = brain_text_of(imaging=(replace(invented_brain.imaging()[0], entry=entry),))

    assert "Confirmed by Dr. A." in text
    assert "Dr. A.." not in text


def test_connections_withheld_for_one_reason_are_one_line_with_every_name():
    panel = invented_brain.brain().connections[0]
    held = tuple(replace(c, r=None, r_low=None, r_high=None, z=None, place=None, reason="too much motion") for c in panel.connections)
    text = brain_text_of(connections=(replace(panel, connections=held),))

    assert text.count("Withheld: too much motion.") == 1
    assert f"All {len(held)} connections" in text
    assert all(c.label.lower() in text.lower() for c in held)


def test_a_question_above_all_targets_is_not_repeated_at_each():
    view = invented_brain.targets()
    noted = tuple(replace(t, notes=(*t.notes, "not recorded: metal in the head?", "Find the hotspot first.")) for t in view.targets)
    asked = replace(view, targets=noted, missing=("metal in the head?",))
    text = said({"x": render_html(replace(invented_brain.rich(), targets=asked))}, "x")

    assert text.lower().count("metal in the head?") == 1
    assert "1 question comes first" in text
    assert "Stimulation: 1 question not asked" in pages.words(render_html(replace(invented_brain.rich(), targets=asked)))
    assert "Find the hotspot first." in text


def test_what_is_placed_on_the_scalp_is_not_called_a_referral():
    view = invented_brain.targets()
    current = replace(view.targets[0], modality="tdcs", xyz_mm=None, native_xyz_mm=None)
    implant = replace(view.targets[0], modality="implant", xyz_mm=None, native_xyz_mm=None, scalp=())
    texts = [said({"x": render_html(replace(invented_brain.rich(), targets=replace(view, targets=(t,))))}, "x") for t in (current, implant)]

    assert "placed on the scalp, no coordinates" in texts[0]
    assert "referral option" not in texts[0]
    assert "no coordinates: a referral option" in texts[1]


def test_questions_are_no_open_point_where_every_target_is_refused():
    view = invented_brain.targets()
    refused = replace(view, targets=tuple(t for t in view.targets if t.status == "refused"), missing=("metal in the head?",))
    html = render_html(replace(invented_brain.rich(), targets=refused))

    assert "No stimulation target is left: 1 refused" in said({"x": html}, "x")
    assert "Stimulation: " not in pages.words(pages.part(html, "unknown"))


def test_names_of_regions_in_a_file_are_told_in_words():
    norm = invented_brain.norm()
    regions = ("rh-rostralanteriorcingulate", "Left-Lateral-Ventricle", "3rd-Ventricle", "rh-unheardof")
    rows = tuple(replace(norm.rows[2], region=r, label="", group="") for r in regions)
    text = brain_text_of(norms=(replace(norm, rows=rows, count=4, observed=4, expected=0.2),))

    for told in ("right rostral anterior cingulate,", "left lateral ventricle,", "third ventricle,", "right unheardof,"):
        assert told in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("worn discs at any level: 80 % of people aged 50", "Of 100 people aged 50 without pain about 80 show worn discs at any level."),
        ("worn discs at any level: 80 % of people of all ages", "Of 100 people without pain about 80 show worn discs at any level."),
        ("worn discs at any level: 80 % of people aged 50 or more", "Of 100 people without pain about 80 show worn discs at any level."),
        (
            "worn discs at any level: 80 % of people aged 50 to below 60",
            "Of 100 people without pain about 80 show worn discs at any level.",
        ),
    ],
)
def test_a_share_names_what_was_counted_and_claims_no_age_that_was_not_counted(text, told):
    entry = invented_brain.imaging()[0]
    counted = replace(entry, prevalence=replace(entry.prevalence, text=text))

    assert told in brain_text_of(imaging=(counted,))
