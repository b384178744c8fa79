"""Contrast from images: the plain definition, in one pass, on every number type, and refusals."""

import numpy as np
import pytest
from freesurfer_builder import mgz
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.brain.contrast import contrast, label_sums, measure_contrasts
from painloom.errors import InputError
from painloom.knowledge.norms import ContrastSpec

WHITE = (2, 41)


def plain(values, labels, region, white=WHITE):
    """The definition with boolean masks."""
    here, there = values[np.isin(labels, region)].astype(float), values[np.isin(labels, white)].astype(float)
    return (here.mean() - there.mean()) ** 2 / (here.var(ddof=1) + there.var(ddof=1))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["u1", "i2", "f4", ">f4", ">i4"]))
def test_one_pass_is_the_definition(seed, kind):
    draw = np.random.default_rng(seed)
    labels = draw.choice([0, 2, 41, 17, 1001, 2035], (8, 9, 10)).astype(">i4")
    values = draw.integers(0, 200, labels.shape).astype(kind)
    sums = label_sums(values, labels)
    for region in ([17], [1001, 2035], [17, 1001, 2035, 999]):
        assert plain(values, labels, region) == pytest.approx(contrast(sums, region, WHITE), rel=1e-9)


def test_memory_order_does_not_change_the_answer():
    draw = np.random.default_rng(1)
    labels, values = draw.choice([2, 41, 17], (5, 6, 7)).astype("i4"), draw.integers(0, 99, (5, 6, 7)).astype("u1")
    expected = contrast(label_sums(values, labels), [17], WHITE)

    assert expected == pytest.approx(contrast(label_sums(np.asfortranarray(values), np.asfortranarray(labels)), [17], WHITE))
    assert expected == pytest.approx(contrast(label_sums(np.asfortranarray(values), labels), [17], WHITE))
    assert expected == pytest.approx(contrast(label_sums(values[::-1], labels[::-1]), [17], WHITE))


def test_voxels_without_a_number_are_left_out_and_counted():
    labels = np.array([[[2, 2, 17, 17, 17]]])
    values = np.array([[[100.0, 104.0, 70.0, 74.0, np.nan]]])
    sums = label_sums(values, labels)

    assert 1 == sums.skipped
    assert (30.0**2) / 16 == pytest.approx(contrast(sums, [17], [2]))


@pytest.mark.parametrize("labels", [[[[2, 2, 17]]], [[[17, 17, 17]]], [[[0, 0, 0]]]])
def test_too_few_voxels_give_no_contrast(labels):
    marks = np.array(labels)

    assert contrast(label_sums(np.ones(marks.shape), marks), [17], [2]) is None


def test_two_flat_regions_have_no_contrast():
    assert contrast(label_sums(np.array([[[9, 9, 5, 5]]]), np.array([[[2, 2, 17, 17]]])), [17], [2]) is None


@pytest.mark.parametrize("bad", [-1, 100_001, np.nan])
def test_numbers_that_are_no_labels_are_refused(bad):
    with pytest.raises(InputError, match="is it a label image"):
        label_sums(np.ones((1, 1, 2)), np.array([[[2, bad]]]))


def test_images_of_different_size_are_refused():
    with pytest.raises(InputError, match="1 x 1 x 2 voxels of intensity, 1 x 1 x 3 of labels"):
        label_sums(np.ones((1, 1, 2)), np.ones((1, 1, 3), int))


SPEC = ContrastSpec("seg", (17,))


def images(folder, labels, **moved):
    values = np.random.default_rng(2).integers(1, 200, np.shape(labels)).astype("u1")
    return {"brain": mgz(folder / "brain.mgz", values), "seg": mgz(folder / "seg.mgz", np.asarray(labels, "i4"), **moved)}


def test_images_that_lie_elsewhere_are_refused(tmp_path):
    with pytest.raises(InputError, match="lies elsewhere in space"):
        measure_contrasts([SPEC], "brain", WHITE, images(tmp_path, np.full((3, 3, 3), 17), moved=5.0))


def test_labels_without_white_matter_measure_nothing_and_say_so(tmp_path):
    found = measure_contrasts([SPEC], "brain", WHITE, images(tmp_path, np.full((3, 3, 3), 17)))

    assert {} == found.values
    assert "white matter (labels 2, 41) has no voxels" in found.warnings[0]


def test_no_intensity_image_measures_nothing_and_opens_no_other(tmp_path):
    (tmp_path / "seg.mgz").write_bytes(b"damaged")
    found = measure_contrasts([SPEC], "brain", WHITE, {"seg": tmp_path / "seg.mgz"})

    assert ({}, ("no intensity image: contrast is not measured",)) == (found.values, found.warnings)


def test_specs_without_an_image_open_nothing(tmp_path):
    assert {} == measure_contrasts([ContrastSpec("", ())], "brain", WHITE, {"brain": tmp_path / "absent.mgz"}).values


def test_a_damaged_image_is_refused_by_name(tmp_path):
    found = images(tmp_path, np.full((3, 3, 3), 17))
    found["seg"].write_bytes(found["seg"].read_bytes()[:30])
    with pytest.raises(InputError, match=r"^seg\.mgz: "):
        measure_contrasts([SPEC], "brain", WHITE, found)
