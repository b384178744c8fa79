"""Images are read as nibabel reads them: every number type, byte order, version, packing and scale."""

import gzip

import nibabel as nib
import numpy as np
import pytest
from niftibuild import AFFINE, TYPES, header, image

from painloom.intake.nifti import open_image
from painloom.intake.spaces import check_spaces, space_of

RNG = np.random.default_rng(3)
DATA = RNG.integers(0, 100, (5, 4, 3, 6))


@pytest.mark.parametrize("kind", sorted(TYPES))
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("version", [1, 2])
def test_every_number_type_and_byte_order_is_read_as_nibabel_reads_it(tmp_path, kind, order, version):
    path = image(tmp_path / "a_bold.nii", DATA, order + kind, version=version, slope=2.0, inter=-3.0)
    mine, theirs = open_image(path), nib.load(path)

    assert np.array_equal(np.stack(list(mine.volumes()), axis=-1), theirs.get_fdata())
    assert np.allclose(mine.affine, theirs.affine)
    assert (mine.count, mine.tr_s) == (6, 2.0)


@pytest.mark.parametrize("slope", [0.0, float("nan")])
def test_a_slope_of_zero_or_nan_means_unscaled(tmp_path, slope):
    path = image(tmp_path / "a.nii", DATA, slope=slope, inter=5.0)

    assert np.array_equal(next(open_image(path).volumes()), DATA[..., 0])


def test_a_packed_file_may_have_several_members_and_trailing_bytes(tmp_path):
    whole = header(DATA.shape) + DATA.astype("<i2").tobytes(order="F")
    path = tmp_path / "a.nii.gz"
    path.write_bytes(gzip.compress(whole[:500]) + gzip.compress(whole[500:] + b"more behind the data"))

    assert np.array_equal(np.stack(list(open_image(path).volumes()), axis=-1), DATA)


def test_data_behind_an_extension_are_found(tmp_path):
    path = tmp_path / "a.nii"
    path.write_bytes(header(DATA.shape, offset=400)[:348] + b"\1\0\0\0" + b"x" * 48 + DATA.astype("<i2").tobytes(order="F"))

    assert np.array_equal(open_image(path).volume(5), DATA[..., 5])


def test_a_place_by_quaternion_is_that_of_nibabel(tmp_path):
    affine = np.array([[0, -2.0, 0, 10], [2, 0, 0, -5], [0, 0, -2, 7], [0, 0, 0, 1]])
    made = nib.Nifti1Image(DATA.astype("i2"), None)
    made.header.set_qform(affine, 1)
    nib.save(made, tmp_path / "a.nii")

    assert np.allclose(open_image(tmp_path / "a.nii").affine, affine, atol=1e-5)


def test_two_places_that_differ_are_said(tmp_path):
    made = nib.Nifti1Image(DATA.astype("i2"), None)
    made.header.set_qform(np.diag([3.0, 3, 3, 1]), 1)
    made.header.set_sform(AFFINE, 1)
    nib.save(made, tmp_path / "a.nii")
    found = open_image(tmp_path / "a.nii")

    assert np.allclose(found.affine, AFFINE)
    assert "sform" in found.notes[0]


@pytest.mark.parametrize(
    ("name", "space"),
    [
        ("sub-1_space-MNI152NLin6Asym_res-2_bold.nii.gz", "MNI152NLin6Asym"),
        ("Tian_Subcortex_S2_3T_2009cAsym.nii.gz", "MNI152NLin2009cAsym"),
        ("Schaefer_MNI152NLin2009cAsym_2mm.nii.gz", "MNI152NLin2009cAsym"),
        ("Schaefer_MNI152NLin6Asym_2mm.nii.gz", "MNI152NLin6Asym"),
        ("sub-1_space-T1w_bold.nii.gz", "T1w"),
        ("bold.nii.gz", ""),
    ],
)
def test_a_name_tells_its_space(name, space):
    assert space_of(name) == space


def test_spaces_that_differ_are_refused_and_silence_is_not():
    check_spaces("a", "MNI152NLin6Asym", "b", "")
    check_spaces("a", "MNI152", "b", "MNI152NLin6Asym")
    with pytest.raises(Exception, match=r"NLin2009cAsym.*NLin6Asym"):
        check_spaces("a", "MNI152NLin6Asym", "b", "MNI152NLin2009cAsym")
