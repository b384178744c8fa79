"""Transforms: each stored form maps points as its program does, names decide the direction, what no head allows is refused in one line."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.brain.transforms import read_transform
from painloom.errors import InputError

SHIFT = np.array([10.0, -4.0, 6.0])  # RAS: where a template point lies in this person
HAND = np.array([[-37.0, -21.0, 58.0]])
TURN = np.array([[np.cos(0.3), -np.sin(0.3), 0], [np.sin(0.3), np.cos(0.3), 0], [0, 0, 1]])
GRID = np.array([[2.0, 0, 0, -90], [0, 2, 0, -126], [0, 0, 2, -72], [0, 0, 0, 1]])
SHAPE = (91, 109, 91)


def rows(matrix):
    return "\n".join(" ".join(repr(float(v)) for v in row) for row in matrix) + "\n"


def shift(by):
    matrix = np.eye(4)
    matrix[:3, 3] = by
    return matrix


def insight(matrix, centre=(0.0, 0.0, 0.0), kind="AffineTransform_double_3_3"):
    """The text that ITK writes for a map of points in RAS, with any centre."""
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])
    lps = flip @ matrix @ flip
    offset = lps[:3, 3] - np.array(centre) + lps[:3, :3] @ np.array(centre)
    numbers = " ".join(repr(float(v)) for v in [*lps[:3, :3].ravel(), *offset])
    fixed = " ".join(map(repr, map(float, centre)))
    return f"#Insight Transform File V1.0\n#Transform 0\nTransform: {kind}\nParameters: {numbers}\nFixedParameters: {fixed}\n"


def field(path, values, affine=GRID, *, code=1, intent=1007, dims=None, cut=0):
    """An ITK field as a NIfTI file, written byte by byte; `values` (x, y, z, 3) are LPS as ITK stores them."""
    values = np.asarray(values, np.float32)
    dims = dims or (5, *values.shape[:3], 1, 3, 1, 1)
    head = bytearray(348)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, *dims)
    struct.pack_into("<3h", head, 68, intent, 16, 32)
    struct.pack_into("<8f", head, 76, 1, 2, 2, 2, 1, 1, 1, 1)
    struct.pack_into("<3f", head, 108, 352, 1, 0)
    struct.pack_into("<2h", head, 252, 0, code)
    struct.pack_into("<12f", head, 280, *np.asarray(affine, float)[:3].ravel())
    head[344:348] = b"n+1\0"
    whole = bytes(head) + b"\0" * 4 + values[:, :, :, None, :].tobytes(order="F")
    whole = whole[: len(whole) - cut]
    path.write_bytes(gzip.compress(whole, 1, mtime=0) if path.suffix == ".gz" else whole)
    return path


def text(path, words):
    path.write_text(words, encoding="utf-8")
    return path


def test_a_plain_matrix_multiplies_points(tmp_path):
    matrix = shift(SHIFT)
    matrix[:3, :3] = TURN
    path = text(tmp_path / "to_native.txt", "# by hand\n" + rows(matrix).replace(" ", ", "))

    assert np.allclose(TURN @ HAND[0] + SHIFT, read_transform(path).apply(HAND)[0], atol=1e-12)
    assert read_transform(path).kind == "matrix"
    assert "as it stands" in read_transform(path).text


def test_an_itk_affine_is_lps_and_turns_about_its_centre(tmp_path):
    """Worked by hand: a quarter turn about z round (10, 20, 0) LPS takes (11, 20, 0) to (10, 21, 0); RAS has x and y negated."""
    words = (
        "#Insight Transform File V1.0\n#Transform 0\nTransform: MatrixOffsetTransformBase_double_3_3\n"
        "Parameters: 0 -1 0 1 0 0 0 0 1 0 0 5\nFixedParameters: 10 20 0\n"
    )
    found = read_transform(text(tmp_path / "x.txt", words)).apply([[-11.0, -20.0, 0.0]])

    assert np.allclose([[-10.0, -21.0, 5.0]], found, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.floats(-60, 60)] * 3), st.tuples(*[st.floats(-40, 40)] * 3), st.floats(-1, 1))
def test_the_centre_of_an_itk_affine_does_not_change_the_map(tmp_path_factory, centre, point, angle):
    turned = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    matrix = shift(SHIFT)
    matrix[:3, :3] = turned
    path = text(tmp_path_factory.mktemp("t") / "x.tfm", insight(matrix, centre))

    assert np.allclose(turned @ point + SHIFT, read_transform(path).apply([point])[0], atol=1e-9)


def resampled(picture, back):
    """What a program of resampling does: each voxel of the new image is looked up where `back` (RAS, new to old) says it lies."""
    from scipy import ndimage

    voxels = np.linalg.inv(GRID) @ back @ GRID
    return ndimage.affine_transform(picture, voxels[:3, :3], voxels[:3, 3], order=1)


def test_a_file_that_brings_images_of_the_person_to_the_template_holds_the_points_from_the_template_to_the_person(tmp_path):
    """The known shift: a spot of the person's image, resampled by the file to the template, must be found again from its template place."""
    stored = shift(SHIFT)  # what resampling to the template needs: template point -> point of the person
    picture = np.zeros(SHAPE)
    own = np.array([-28.0, -26.0, 64.0])
    picture[tuple((np.linalg.inv(GRID) @ [*own, 1.0])[:3].astype(int))] = 1.0
    peak = np.unravel_index(int(resampled(picture, stored).argmax()), SHAPE)
    template = (GRID @ [*peak, 1.0])[:3]
    path = text(tmp_path / "sub-1_from-T1w_to-MNI152NLin6Asym_mode-image_xfm.txt", insight(stored))
    found = read_transform(path)

    assert np.allclose(template, own - SHIFT)
    assert (found.source, found.target) == ("MNI152NLin6Asym", "T1w")
    assert np.allclose(own, found.apply([template])[0])
    assert "as stored" in found.text


def test_the_file_of_the_other_direction_gives_the_same_points(tmp_path):
    """from-MNI_to-T1w brings images of the template to the person, so it stores the points the other way round."""
    path = text(tmp_path / "sub-1_from-MNI152NLin6Asym_to-T1w_mode-image_xfm.txt", insight(np.linalg.inv(shift(SHIFT))))
    found = read_transform(path)

    assert (found.source, found.target) == ("MNI152NLin6Asym", "T1w")
    assert np.allclose(HAND + SHIFT, found.apply(HAND))
    assert "turned round" in found.text


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("from-MNI152NLin6Asym_to-T1w_mode-points_xfm.txt", 1),
        ("from-T1w_to-MNI152NLin6Asym_mode-points_xfm.txt", -1),
        ("from-T1w_to-MNI152NLin6Asym_mode-image_xfm.txt", 1),
        ("from-MNI152NLin6Asym_to-T1w_mode-image_xfm.txt", -1),
        ("from-MNI152NLin6Asym_to-T1w_xfm.txt", -1),
        ("sub-1_ses-2_from-MNI152NLin2009cAsym_to-scanner_mode-points_xfm.txt", 1),
    ],
)
def test_a_named_matrix_always_takes_the_template_to_the_person(tmp_path, name, stored):
    path = text(tmp_path / name, rows(shift(stored * SHIFT)))

    assert np.allclose(HAND + SHIFT, read_transform(path).apply(HAND))
    assert read_transform(path).source.startswith("MNI152")


@pytest.mark.parametrize("ends", ["from-T1w_to-boldref", "from-MNI152NLin6Asym_to-MNI152NLin2009cAsym", "from-fsnative_to-T1w"])
@pytest.mark.parametrize("mode", ["image", "points"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, ends, mode):
    path = text(tmp_path / f"{ends}_mode-{mode}_xfm.txt", rows(shift(SHIFT)))
    with pytest.raises(InputError, match="between the MNI152 template and a person"):
        read_transform(path)


def test_a_field_moves_a_point_by_what_stands_at_its_place(tmp_path):
    """A field in LPS that is a ramp: 0.1 mm a mm along x; trilinear interpolation gives a ramp back exactly."""
    values = np.zeros((*SHAPE, 3))
    world = np.einsum("ij,jxyz->ixyz", GRID[:3, :3], np.indices(SHAPE)) + GRID[:3, 3][:, None, None, None]
    values[..., 0] = -0.1 * world[0]  # LPS x grows to the left
    values[..., 2] = 3.0
    found = read_transform(field(tmp_path / "warp.nii.gz", values))

    assert found.kind == "displacement-field"
    assert np.allclose([[-37.3 * 1.1, -21.1, 61.7]], found.apply([[-37.3, -21.1, 58.7]]), atol=1e-4)


def test_a_field_that_is_turned_round_leads_back(tmp_path):
    values = np.zeros((*SHAPE, 3))
    world = np.einsum("ij,jxyz->ixyz", GRID[:3, :3], np.indices(SHAPE)) + GRID[:3, 3][:, None, None, None]
    for axis in range(3):
        values[..., axis] = 4.0 * np.sin(world[(axis + 1) % 3] / 15.0)
    forward = read_transform(field(tmp_path / "from-T1w_to-MNI152NLin6Asym_mode-image_xfm.nii.gz", values))
    back = read_transform(field(tmp_path / "from-MNI152NLin6Asym_to-T1w_mode-image_xfm.nii.gz", values))

    assert not np.allclose(HAND, forward.apply(HAND), atol=1.0)
    assert np.allclose(HAND, back.apply(forward.apply(HAND)), atol=2e-3)
    assert np.allclose(HAND, forward.apply(back.apply(HAND)), atol=2e-3)


@pytest.mark.parametrize("ends", ["from-T1w_to-MNI152NLin6Asym", "from-MNI152NLin6Asym_to-T1w"])
def test_a_field_that_folds_at_a_target_is_refused_in_both_directions(tmp_path, ends):
    values = np.zeros((*SHAPE, 3))
    world = GRID[0, 0] * np.arange(SHAPE[0]) + GRID[0, 3]
    values[..., 0] = np.where(world < HAND[0, 0], -20.0, 20.0)[:, None, None]  # LPS: both sides of the target's place cross each other
    path = field(tmp_path / f"{ends}_mode-image_xfm.nii.gz", values)
    with pytest.raises(InputError, match="folds"):
        read_transform(path).apply(HAND)


def test_a_turned_field_that_no_place_leads_to_is_refused(tmp_path):
    """Nothing inside the field lands on the target: all of it moves 70 mm up, and the target lies at its floor."""
    values = np.zeros((*SHAPE, 3))
    values[..., 2] = 70.0
    path = field(tmp_path / "from-MNI152NLin6Asym_to-T1w_mode-image_xfm.nii.gz", values)
    with pytest.raises(InputError, match="outside the field"):
        read_transform(path).apply([[0.0, 0.0, -30.0]])


@pytest.mark.parametrize("place", [(-91.0, 0.0, 0.0), (0.0, 100.0, 0.0), (0.0, 0.0, 109.0)])
def test_a_point_outside_the_field_is_refused(tmp_path, place):
    with pytest.raises(InputError, match="outside the field"):
        read_transform(field(tmp_path / "warp.nii.gz", np.zeros((*SHAPE, 3)))).apply([place])


def test_points_on_the_edge_of_a_field_are_inside(tmp_path):
    found = read_transform(field(tmp_path / "warp.nii", np.ones((*SHAPE, 3))))

    assert np.allclose([[-91.0, -127.0, -71.0], [89.0, 89.0, 109.0]], found.apply([[-90, -126, -72], [90, 90, 108]]))


def lta(matrix, kind, source, target):
    def geometry(affine, shape):
        zooms = np.linalg.norm(affine[:3, :3], axis=0)
        centre = affine[:3, :3] @ (np.array(shape) / 2) + affine[:3, 3]
        lines = ["valid = 1  # volume info valid", "filename = SECRET/orig.mgz", f"volume = {' '.join(map(str, shape))}"]
        lines.append("voxelsize = " + " ".join(repr(float(v)) for v in zooms))
        for axis, column in zip("xyz", (affine[:3, :3] / zooms).T, strict=True):
            lines.append(f"{axis}ras   = " + " ".join(repr(float(v)) for v in column))
        return [*lines, "cras   = " + " ".join(repr(float(v)) for v in centre)]

    head = [f"type      = {kind} # some name", "nxforms   = 1", "mean      = 0.0000 0.0000 0.0000", "sigma     = 1.0000", "1 4 4"]
    return "\n".join(
        [
            "# transform file",
            *head,
            *rows(matrix).splitlines(),
            "src volume info",
            *geometry(*source),
            "dst volume info",
            *geometry(*target),
        ]
    )


@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize(
    ("name", "sign"),
    [("reg.lta", 1), ("from-MNI152NLin6Asym_to-T1w_mode-image_xfm.lta", 1), ("from-T1w_to-MNI152NLin6Asym_mode-image_xfm.lta", -1)],
)
def test_an_lta_goes_from_src_to_dst(tmp_path, kind, name, sign):
    other = np.array([[-1.0, 0, 0, 128], [0, 0, 1, -128], [0, -1, 0, 128], [0, 0, 0, 1]])
    world = shift(sign * SHIFT)
    matrix = world if kind else np.linalg.inv(other) @ world @ GRID
    found = read_transform(text(tmp_path / name, lta(matrix, kind, (GRID, SHAPE), (other, (256, 256, 256)))))

    assert np.allclose(HAND + SHIFT, found.apply(HAND), atol=1e-9)
    assert "SECRET" not in repr(found)


class Group(dict):
    """What h5py gives, as far as it is used."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


def composite(monkeypatch, group):
    """A stand-in for h5py: it is no dependency, the order and the numbers of the steps are what is tested."""
    import sys
    import types

    fake = types.ModuleType("h5py")
    fake.File = lambda path, mode: group
    monkeypatch.setitem(sys.modules, "h5py", fake)


def step(kind, numbers, fixed, prefix="Transform"):
    return {
        "TransformType": [kind.encode()],
        f"{prefix}Parameters": np.array(numbers, np.float64),
        f"{prefix}FixedParameters": np.array(fixed, np.float64),
    }


@pytest.mark.parametrize("prefix", ["Transform", "Tranform"])
def test_points_go_through_a_composite_from_its_last_step_to_its_first(tmp_path, monkeypatch, prefix):
    """The field (last, so first) lifts by 2 mm where it is; the affine then doubles z about 0 (in LPS as in RAS)."""
    shape = (10, 11, 12)
    field_values = np.zeros((3, *shape))
    field_values[2] = 2.0
    directions = np.diag([1.0, 1.0, 1.0])
    fixed = [*shape, -20, -20, -20, 4, 4, 4, *directions.ravel()]
    group = Group(
        TransformGroup={
            "0": {"TransformType": [b"CompositeTransform_double_3_3"]},
            "1": step("AffineTransform_double_3_3", [1, 0, 0, 0, 1, 0, 0, 0, 2, 3, 0, 0], [0, 0, 0], prefix),
            "2": step("DisplacementFieldTransform_double_3_3", field_values.ravel(order="F"), fixed, prefix),
        }
    )
    composite(monkeypatch, group)
    found = read_transform(text(tmp_path / "from-T1w_to-MNI152NLin6Asym_mode-image_xfm.h5", "x"))

    assert np.allclose([[1.0 - 3.0, 2.0, (5.0 + 2.0) * 2.0]], found.apply([[1.0, 2.0, 5.0]]))
    back = read_transform(text(tmp_path / "from-MNI152NLin6Asym_to-T1w_mode-image_xfm.h5", "x"))
    assert np.allclose([[1.0, 2.0, 5.0]], back.apply([[-2.0, 2.0, 14.0]]), atol=2e-3)


def test_a_field_in_a_composite_stores_x_fastest_and_its_vector_first(tmp_path, monkeypatch):
    shape = (4, 5, 6)
    values = np.zeros((3, *shape))
    values[0, 1, 2, 3] = 7.0  # LPS x, so the point moves to the left
    group = Group(
        TransformGroup={
            "0": {"TransformType": [b"CompositeTransform_float_3_3"]},
            "1": step("DisplacementFieldTransform_float_3_3", values.ravel(order="F"), [*shape, 0, 0, 0, 1, 1, 1, *np.eye(3).ravel()]),
        }
    )
    composite(monkeypatch, group)
    found = read_transform(text(tmp_path / "w.h5", "x"))

    assert np.allclose([[-8.0, -2.0, 3.0], [0.0, 0.0, 0.0]], found.apply([[-1.0, -2.0, 3.0], [0.0, 0.0, 0.0]]))


def test_without_h5py_a_composite_is_refused_with_what_to_do(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(InputError, match="h5py"):
        read_transform(text(tmp_path / "x.h5", "x"))


def test_a_composite_of_another_kind_is_refused(tmp_path, monkeypatch):
    for group in (
        {"TransformGroup": {"0": step("BSplineTransform_double_3_3", [1.0], [1.0])}},
        {"TransformGroup": {"0": step("DisplacementFieldTransform_double_3_3", [1.0], [2, 2, 2, *[0.0] * 3, *[1.0] * 12])}},
        {"TransformGroup": {}},
        {},
    ):
        composite(monkeypatch, Group(group))
        with pytest.raises(InputError) as wrong:
            read_transform(text(tmp_path / "x.h5", "x"))
        assert "\n" not in str(wrong.value)


@pytest.mark.parametrize("far", [81.0, 500.0])
def test_a_field_that_moves_a_target_further_than_heads_differ_is_refused(tmp_path, far):
    values = np.zeros((*SHAPE, 3))
    values[..., 1] = far
    with pytest.raises(InputError, match="moves a target by"):
        read_transform(field(tmp_path / "x.nii.gz", values)).apply(HAND)


def test_an_origin_elsewhere_is_allowed_but_not_outside_the_room(tmp_path):
    near = read_transform(text(tmp_path / "near.txt", rows(shift([128.0, 128.0, 128.0]))))
    far = read_transform(text(tmp_path / "far.txt", rows(shift([500.0, 0, 0]))))

    assert np.allclose(HAND + 128.0, near.apply(HAND))
    with pytest.raises(InputError, match="further than 400 mm"):
        far.apply(HAND)


def test_points_that_are_not_finite_are_refused(tmp_path):
    found = read_transform(text(tmp_path / "x.txt", rows(np.eye(4))))
    with pytest.raises(InputError, match="not finite"):
        found.apply([[np.nan, 0, 0]])


def test_no_points_give_no_points(tmp_path):
    assert (0, 3) == read_transform(text(tmp_path / "x.txt", rows(np.eye(4)))).apply(np.zeros((0, 3))).shape
