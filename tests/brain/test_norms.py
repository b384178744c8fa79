"""The comparison itself: what is withheld, what is filled in and said so, and laws that hold for every person."""

import math
from dataclasses import replace

import numpy as np
import pytest
from freesurfer_builder import DEEP, aparc, aseg, mgz, subject_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.brain.covariates import Scan
from painloom.brain.norms import centile_of, judge, norm_view, scan_contrasts, tables_of
from painloom.errors import InputError, KnowledgeError
from painloom.intake.freesurfer import read_subject
from painloom.knowledge.load import load
from painloom.knowledge.norms import read_circuits, read_norms

CARD = read_norms(load().files("norms"))["nomis-v1"]
CIRCUITS = read_circuits(load().files("norms"))


def view(folder, age=50.0, sex="F", **more):
    return norm_view(CARD, read_subject(folder), age, sex, circuits=CIRCUITS, **more)


def row(found, region, measure="volume"):
    return next(r for r in found.rows if (r.region.lower(), r.measure) == (region, measure))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return subject_folder(tmp_path_factory.mktemp("norms") / "s")


def test_default_is_deep_regions_and_one_cortical_atlas_with_no_key_twice(folder):
    found = view(folder)
    keys = [(r.region, r.measure) for r in found.rows]

    assert len(set(keys)) == len(keys)
    assert {"Left-Hippocampus", "ventricles", "cc", "lh-insula", "rh-insula"} <= {r.region for r in found.rows}


def test_sums_are_the_sums_of_their_parts(folder):
    found = view(folder)

    assert row(found, "cc").value == pytest.approx(900 + 450 + 470 + 480 + 850)
    assert row(found, "ventricles").value == pytest.approx(2 * 7000 + 2 * 300 + 1000 + 1800)


def test_centile_is_the_normal_distribution_of_z(folder):
    scored = [r for r in view(folder).rows if r.z is not None]

    assert scored
    assert all(r.centile == pytest.approx(100 * 0.5 * (1 + math.erf(r.z / math.sqrt(2))), abs=1e-9) for r in scored)
    assert (2.5, 50.0, 97.5) == pytest.approx([centile_of(z) for z in (-1.959964, 0.0, 1.959964)], abs=1e-4)


def test_a_person_at_the_expected_value_has_z_zero(folder):
    brain = read_subject(folder)
    for name in ("left-hippocampus", "3rd-ventricle"):  # one plain, one on a logarithm
        expected = row(norm_view(CARD, brain, 50.0, "F"), name).expected
        spelled = next(n for n in DEEP if n.lower() == name)
        table = brain.tables["aseg"]
        moved = replace(table, rows={**table.rows, name: replace(table.rows[name], values=(("volume", expected),))})
        again = row(norm_view(CARD, replace(brain, tables={**brain.tables, "aseg": moved}), 50.0, "F"), name)

        assert 0 == pytest.approx(again.z, abs=1e-9), spelled


@settings(max_examples=25, deadline=None)
@given(age=st.floats(18, 100), sex=st.sampled_from("FM"), size=st.floats(1e6, 2.2e6), volume=st.floats(1000, 9000), more=st.floats(1, 3000))
def test_a_larger_value_never_lowers_z_and_the_span_holds_z(folder, age, sex, size, volume, more):
    brain = replace(read_subject(folder), head_size=size)
    table = brain.tables["aseg"]

    def z_of(value):
        rows = {**table.rows, "left-hippocampus": replace(table.rows["left-hippocampus"], values=(("volume", value),))}
        return row(norm_view(CARD, replace(brain, tables={"aseg": replace(table, rows=rows)}), age, sex), "left-hippocampus")

    low, high = z_of(volume), z_of(volume + more)

    assert low.z < high.z
    assert low.z_low <= low.z <= low.z_high
    assert 0 <= low.centile <= high.centile <= 100


@pytest.mark.parametrize("age", [17.999, 100.001, -1, math.nan, math.inf])
def test_ages_outside_the_norm_are_refused(folder, age):
    with pytest.raises(InputError, match="there is no norm to compare with"):
        view(folder, age)


@pytest.mark.parametrize("age", [18, 100])
def test_both_ends_of_the_ages_are_inside(folder, age):
    assert view(folder, age).count > 0


@pytest.mark.parametrize("sex", ["", "f", "X", "male"])
def test_another_sex_than_the_norm_has_is_refused(folder, sex):
    with pytest.raises(InputError, match="the norm has no other term"):
        view(folder, 50.0, sex)


def test_unknown_scanner_words_are_refused_with_what_is_there(folder):
    with pytest.raises(InputError, match=r"'7' is not known .*1\.5, 3"):
        view(folder, scan=Scan({"field": "7"}))


@pytest.mark.parametrize("voxel", [0.0, -1.0, math.nan, math.inf])
def test_an_impossible_voxel_is_refused(folder, voxel):
    with pytest.raises(InputError, match="voxel"):
        view(folder, scan=Scan(voxel_mm3=voxel))


def test_without_images_the_contrast_is_imputed_named_and_widens_z(folder):
    found = view(folder)
    scored = [r for r in found.rows if r.z is not None]

    assert {"ok (contrast imputed)"} == {r.status for r in scored}
    assert all(r.z_low <= r.z <= r.z_high and r.z_low < r.z_high for r in scored)


def test_missing_and_zero_holes_are_imputed_named_and_widen_z_further(tmp_path, folder):
    plain = row(view(folder), "left-hippocampus")
    for name, holes in (("none", None), ("zero", 0)):
        found = view(subject_folder(tmp_path / name, holes=holes))
        one = row(found, "left-hippocampus")

        assert "ok (contrast and surface holes imputed)" == one.status
        assert one.z_high - one.z_low > plain.z_high - plain.z_low
        assert any("surface holes" in w for w in found.warnings)


def test_without_head_size_regions_that_need_it_are_withheld_and_others_are_not(tmp_path):
    folder = subject_folder(tmp_path / "s", etiv=None)
    for side in ("lh", "rh"):
        (folder / "stats" / f"{side}.aparc.stats").write_text(aparc(side, etiv=0))
    found = view(folder)
    withheld = [r for r in found.rows if r.z is None and "head size" in r.status]

    assert withheld
    assert all(r.centile is None and r.expected is None for r in withheld)
    assert found.count == sum(r.z is not None for r in found.rows) > 0


@pytest.mark.parametrize("value", [0.0, -5.0, math.nan, math.inf])
def test_impossible_values_are_withheld_and_never_scored(tmp_path, value):
    one = row(view(subject_folder(tmp_path / "s", changes={"Left-Hippocampus": value})), "left-hippocampus")

    assert (None, None, None) == (one.value, one.z, one.centile)
    assert "withheld: the measured value is not a positive number" == one.status


def test_a_structure_that_is_missing_is_withheld_with_its_reason(tmp_path):
    found = view(subject_folder(tmp_path / "s", changes={"Left-Hippocampus": None, "CC_Central": None}))

    assert "withheld: not in the stats file" == row(found, "left-hippocampus").status
    assert "withheld: its part cc_central: not in the stats file" == row(found, "cc").status


def test_a_file_that_is_missing_is_told_and_gives_no_rows(tmp_path):
    folder = subject_folder(tmp_path / "s")
    (folder / "stats" / "rh.aparc.stats").unlink()
    found = view(folder)

    assert not [r for r in found.rows if r.region.startswith("rh-")]
    assert any(w == "not in the folder, so not compared: rh.aparc" for w in found.warnings)


def test_the_later_name_of_a_structure_is_the_same_structure(tmp_path, folder):
    later = view(
        subject_folder(tmp_path / "s", renames={"Left-Thalamus-Proper": "Left-Thalamus", "Right-Thalamus-Proper": "Right-Thalamus"})
    )

    assert row(view(folder), "left-thalamus-proper").z == row(later, "left-thalamus").z


@pytest.mark.parametrize(("version", "remark"), [("7.4.1", "other version"), ("8.0.0", "other version")])
def test_another_version_is_flagged(tmp_path, version, remark):
    found = view(subject_folder(tmp_path / "s", version=version))

    assert f"ok (contrast imputed; {remark})" == row(found, "left-hippocampus").status
    assert any("the norm with version 6" in w for w in found.warnings)


def test_other_software_is_flagged_and_its_atlas_stands_in(tmp_path):
    (tmp_path / "stats").mkdir()
    text = aseg(program="segstats.py").replace("# cvs_version", "# FastSurfer_version 2.4.2\n# cvs_version")
    (tmp_path / "stats" / "aseg+DKT.VINN.stats").write_text(text)
    (tmp_path / "stats" / "lh.aparc.DKTatlas.mapped.stats").write_text(aparc("lh", {"insula": (2300, 6800, 3.0)}))
    found = view(tmp_path)

    assert "ok (contrast imputed; other software)" == row(found, "left-hippocampus").status
    assert "ok (contrast imputed; other software)" == row(found, "lh-insula", "thickness").status
    assert any("other software" in w for w in found.warnings)


def test_synthseg_volumes_can_be_compared_and_are_flagged(tmp_path):
    (tmp_path / "v.csv").write_text(
        "subject,total intracranial,left inferior lateral ventricle,left ventral DC,left thalamus\nx,1500000,300,4000,7500\n"
    )
    found = view(tmp_path)

    assert {"left-inferior-lateral-ventricle", "left-ventral-dc", "left-thalamus"} == {r.region for r in found.rows if r.z is not None}
    assert {"ok (contrast and surface holes imputed; other software)"} == {r.status for r in found.rows if r.z is not None}


def test_the_scanner_that_was_not_told_is_named_as_taken(folder):
    assert any("vendor taken as siemens" in w for w in view(folder).warnings)
    assert not any("scanner" in w for w in view(folder, scan=Scan({"field": "3", "vendor": "siemens"})).warnings)


def test_all_tables_hold_every_model_whose_file_is_there(folder):
    brain = read_subject(folder)
    judged = judge(CARD, brain, 50.0, "F", scan=Scan(), tables=tables_of(CARD, brain, ["all"]))

    assert {"aseg", "lh.aparc", "rh.aparc", "aseg_bigregions"} == {j.place.table for j in judged}


def test_a_term_that_no_covariate_fills_is_the_cards_fault(folder):
    broken = replace(CARD, terms=tuple((t, of) for t, of in CARD.terms if t != "age2"))
    with pytest.raises(KnowledgeError, match="'age2', which is no covariate"):
        norm_view(broken, read_subject(folder), 50.0, "F")


def test_an_unknown_table_is_refused_with_those_that_exist(folder):
    with pytest.raises(InputError, match=r"'dkt' is no table .*aparc\.DKTatlas"):
        view(folder, tables=["dkt"])


def test_counts_are_those_of_rows_with_a_z(tmp_path):
    found = view(subject_folder(tmp_path / "s", changes={"Left-Hippocampus": 1000.0, "Right-Hippocampus": 1000.0, "Left-Amygdala": -1.0}))
    scored = [r.z for r in found.rows if r.z is not None]

    assert len(scored) == found.count < len(found.rows)
    assert sum(abs(z) > 1.96 for z in scored) == found.observed
    assert found.expected == pytest.approx(0.0499958 * found.count, rel=1e-4)
    assert {("Left-Hippocampus", "volume"), ("Right-Hippocampus", "volume")} <= set(found.kept)


def test_sides_are_compared_within_their_table(folder):
    sides = {(a.region, a.measure): a for a in view(folder).asymmetries}

    assert 0.0 == sides[("hippocampus", "volume")].index_percent
    assert {"volume", "area", "thickness"} == {m for r, m in sides if r == "insula"}


def test_regions_carry_every_circuit_they_belong_to(folder):
    assert {"pain-processing", "salience"} == set(row(view(folder), "lh-insula", "thickness").group.split(";"))
    assert "" == row(view(folder), "lh-superiorfrontal", "area").group


def test_same_input_gives_the_same_view(folder):
    assert view(folder) == view(folder)


def brain_images(folder, grey=70, white=100, spread=4, seed=3):
    """Images whose cortex and white matter have a known contrast."""
    draw = np.random.default_rng(seed)
    labels = np.zeros((16, 16, 16), "i4")
    labels[:4] = 2
    labels[4:8] = 41
    labels[8:12] = 1035
    labels[12:14] = 17
    labels[14:15] = 2035
    values = np.where(np.isin(labels, (2, 41)), white, grey) + draw.normal(0, spread, labels.shape)
    mgz(folder / "mri" / "brain.mgz", np.where(labels > 0, values, 0).astype("f4"))
    for name in ("aparc+aseg", "aparc.DKTatlas+aseg"):
        mgz(folder / "mri" / f"{name}.mgz", labels)
    return folder


def test_measured_contrast_is_used_and_leaves_no_span(tmp_path):
    folder = brain_images(subject_folder(tmp_path / "s"))
    brain = read_subject(folder)
    contrasts = scan_contrasts(CARD, brain, tables_of(CARD, brain))
    found = norm_view(CARD, brain, 50.0, "F", scan=Scan(contrasts=contrasts))

    assert ("ok", None, None) == (
        row(found, "left-hippocampus").status,
        *(getattr(row(found, "left-hippocampus"), n) for n in ("z_low", "z_high")),
    )
    assert "ok" == row(found, "lh-insula", "area").status
    assert "ok (contrast imputed)" == row(found, "lh-precentral", "area").status  # its label has no voxels


def test_a_missing_label_image_imputes_only_what_it_holds(tmp_path):
    folder = brain_images(subject_folder(tmp_path / "s"))
    (folder / "mri" / "aparc+aseg.mgz").unlink()
    brain = read_subject(folder)
    contrasts = scan_contrasts(CARD, brain, tables_of(CARD, brain))
    found = norm_view(CARD, brain, 50.0, "F", scan=Scan(contrasts=contrasts))

    assert "ok" == row(found, "left-hippocampus").status
    assert "ok (contrast imputed)" == row(found, "lh-insula", "area").status
    assert any("no label image aparc+aseg" in w for w in found.warnings)
