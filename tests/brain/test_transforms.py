"""Transforms of points: directions, LPS and fields are right on known shifts; what cannot be is refused."""

import nibabel as nib
import numpy as np
import pytest

from painloom.brain.transforms import read_transform
from painloom.errors import InputError

POINTS = np.array([[-37.0, -21.0, 58.0], [10.0, 20.0, -5.0]])
MATRIX = np.array([[0.9, 0.1, 0, 5], [-0.1, 1.1, 0.05, -3], [0, 0.02, 1.05, 2], [0, 0, 0, 1]])


def rows(matrix):
    return "\n".join(" ".join(repr(float(v)) for v in row) for row in matrix) + "\n"


def itk(matrix, centre=(0.0, 0.0, 0.0), shape="AffineTransform_double_3_3"):
    """The text that ITK writes for a map of RAS points, about a centre in LPS."""
    flip = np.diag([-1.0, -1, 1, 1])
    lps = flip @ matrix @ flip
    turn, c = lps[:3, :3], np.array(centre)
    shift = lps[:3, 3] - c + turn @ c
    numbers = " ".join(repr(float(v)) for v in (*turn.ravel(), *shift))
    fixed = " ".join(repr(float(v)) for v in c)
    return f"#Insight Transform File V1.0\n#Transform 0\nTransform: {shape}\nParameters: {numbers}\nFixedParameters: {fixed}\n"


def expected(matrix):
    return POINTS @ matrix[:3, :3].T + matrix[:3, 3]


def test_a_matrix_moves_points_from_template_to_person(tmp_path):
    (tmp_path / "m.txt").write_text(rows(MATRIX))

    assert np.allclose(read_transform(tmp_path / "m.txt").apply(POINTS), expected(MATRIX))


@pytest.mark.parametrize("centre", [(0, 0, 0), (12.0, -7.0, 30.0)])
def test_an_itk_affine_is_turned_from_lps_about_its_centre(tmp_path, centre):
    (tmp_path / "a.tfm").write_text(itk(MATRIX, centre))

    assert np.allclose(read_transform(tmp_path / "a.tfm").apply(POINTS), expected(MATRIX))


def test_a_bids_name_decides_the_direction(tmp_path):
    towards, back = (
        tmp_path / "sub-1_from-T1w_to-MNI152NLin6Asym_mode-image_xfm.txt",
        tmp_path / "sub-1_from-MNI152NLin6Asym_to-T1w_mode-image_xfm.txt",
    )
    points = tmp_path / "sub-1_from-MNI152NLin6Asym_to-T1w_mode-points_xfm.txt"
    towards.write_text(itk(MATRIX))
    back.write_text(itk(np.linalg.inv(MATRIX)))
    points.write_text(itk(MATRIX))

    for path in (towards, back, points):
        assert np.allclose(read_transform(path).apply(POINTS), expected(MATRIX))


def field(path, shift, shape=(20, 20, 20)):
    affine = np.diag([10.0, 10, 10, 1])
    affine[:3, 3] = -95
    data = np.zeros((*shape, 1, 3), np.float32)
    data[..., 0, :] = shift
    nib.save(nib.Nifti1Image(data, affine), path)


def test_a_displacement_field_is_in_lps(tmp_path):
    field(tmp_path / "w.nii.gz", (3.0, -4.0, 5.0))

    assert np.allclose(read_transform(tmp_path / "w.nii.gz").apply(POINTS), POINTS + np.array([-3.0, 4.0, 5.0]))


def test_a_field_that_leads_the_other_way_is_refused(tmp_path):
    field(tmp_path / "from-MNI152NLin6Asym_to-T1w_mode-image_xfm.nii.gz", (1.0, 0, 0))
    with pytest.raises(InputError, match="from-T1w_to-MNI"):
        read_transform(tmp_path / "from-MNI152NLin6Asym_to-T1w_mode-image_xfm.nii.gz")


def test_a_point_outside_the_field_or_thrown_far_is_refused(tmp_path):
    field(tmp_path / "w.nii.gz", (90.0, 0, 0))
    moved = read_transform(tmp_path / "w.nii.gz")
    with pytest.raises(InputError, match="more than"):
        moved.apply(POINTS)
    with pytest.raises(InputError, match="outside"):
        moved.apply(np.array([[500.0, 0, 0]]))


HOSTILE = {
    "empty.txt": "",
    "words.txt": "a b c d\n" * 4,
    "three.txt": rows(MATRIX[:3]),
    "last-row.txt": rows(MATRIX + np.eye(4)),
    "singular.txt": rows(np.diag([1.0, 1, 0, 1])),
    "mirrored.txt": rows(np.diag([-1.0, 1, 1, 1])),
    "metres.txt": rows(np.diag([0.001, 0.001, 0.001, 1])),
    "nan.txt": rows(MATRIX).replace("0.9", "nan"),
    "far.txt": rows(MATRIX).replace("5.0", "5000.0"),
    "two.tfm": itk(MATRIX) + "Transform: AffineTransform_double_3_3\n",
    "other.tfm": itk(MATRIX, shape="BSplineTransform_double_3_3"),
    "euler.tfm": itk(MATRIX, shape="Euler3DTransform_double_3_3"),
    "short.tfm": itk(MATRIX).replace("FixedParameters", "Other"),
    "a.h5": "x",
    "a.lta": "x",
    "from-T1w_to-bold_mode-image_xfm.txt": rows(MATRIX),
    "noimage.nii": "x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_transform_is_refused_in_one_line(tmp_path, name):
    (tmp_path / name).write_text(HOSTILE[name])
    with pytest.raises(InputError) as wrong:
        read_transform(tmp_path / name)

    assert "\n" not in str(wrong.value)
    assert str(tmp_path) not in str(wrong.value)
