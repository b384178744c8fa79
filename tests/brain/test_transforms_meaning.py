"""Files that look like a transform of this template and this person but mean something else: none may give a place silently."""

import subprocess
import sys

import nibabel as nib
import numpy as np
import pytest
from test_transforms import GRID, HAND, SHAPE, SHIFT, field, insight, lta, rows, shift, text

from painloom.brain.transforms import read_transform
from painloom.errors import InputError

WIDE = np.array([[4.0, 0, 0, -92], [0, 4, 0, -128], [0, 0, 4, -74], [0, 0, 0, 1]])
SIDES = (46, 56, 48)
PLACES = np.moveaxis(np.indices(SIDES), 0, -1) @ WIDE[:3, :3].T + WIDE[:3, 3]
LPS = np.array([-1.0, -1.0, 1.0])


def turn(angle):
    """A nod of the head by an angle."""
    return np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])


def named(path, values, intent):
    """A field whose header names what its vectors mean."""
    image = nib.Nifti1Image(values[:, :, :, None, :].astype(np.float32), WIDE)
    image.header["intent_code"], image.header["intent_name"] = 1007, intent
    nib.save(image, path)
    return path


@pytest.mark.parametrize("scale", [0.65, 0.8, 0.9, 1.0, 1.2])
@pytest.mark.parametrize("nod", [0.0, 0.3])
@pytest.mark.parametrize("sign", [np.ones(3), LPS], ids=["RAS", "LPS"])
def test_a_map_of_places_is_not_taken_for_displacements(tmp_path, scale, nod, sign):
    """Without a word in its header: only the numbers tell.  Taken as displacements it would put the hand area centimetres off."""
    values = (PLACES @ (turn(nod) * scale).T + [3.0, -20.0, 8.0]) * sign

    with pytest.raises(InputError, match="places and not displacements"):
        read_transform(field(tmp_path / "y_T1w.nii", values, WIDE))


@pytest.mark.parametrize("scale", [0.7, 0.85, 1.0, 1.15, 1.4])
@pytest.mark.parametrize("nod", [0.0, 0.4])
def test_displacements_of_a_small_large_or_nodding_head_are_read(tmp_path, scale, nod):
    wanted = PLACES @ (turn(nod) * scale).T + [3.0, -2.0, 4.0]
    found = read_transform(field(tmp_path / "warp.nii", (wanted - PLACES) * LPS, WIDE)).apply(HAND)

    assert np.allclose(found, np.atleast_2d(HAND) @ (turn(nod) * scale).T + [3.0, -2.0, 4.0], atol=1e-3)


@pytest.mark.parametrize("intent", ["Mapping", "NREG_TRANS"])
def test_a_field_of_another_program_that_names_itself_is_refused(tmp_path, intent):
    """Its displacements may be in RAS: read as ITK's, left and right would change places."""
    with pytest.raises(InputError, match="another program"):
        read_transform(named(tmp_path / "field.nii", np.broadcast_to([6.0, 4.0, 2.0], PLACES.shape), intent))


def test_a_field_with_a_missing_half_is_not_taken_for_places(tmp_path):
    values = np.broadcast_to([6.0, 4.0, 2.0], (*SHAPE, 3)).copy()
    values[: SHAPE[0] // 4] = np.nan

    assert np.allclose(read_transform(field(tmp_path / "warp.nii", values)).apply(HAND), HAND + np.array([-6.0, -4.0, 2.0]))


@pytest.mark.parametrize(
    "name",
    [
        "from-MNI152NLin6Asym_desc-x_to-T1w_mode-points_xfm.txt",
        "from-MNI152NLin6Asym_to-T1w_desc-x_mode-points_xfm.txt",
        "to-T1w_from-MNI152NLin6Asym_mode-points_xfm.txt",
        "mode-points_from-MNI152NLin6Asym_to-T1w_xfm.txt",
        "FROM-MNI152NLin6Asym_TO-T1w_MODE-points_xfm.txt",
        "from-T1w_desc-x_to-MNI152NLin6Asym_mode-image_xfm.txt",
        "from-T1w_to-MNI152NLin6Asym_res-2_mode-image_xfm.txt",
    ],
)
def test_words_of_a_name_count_wherever_they_stand(tmp_path, name):
    found = read_transform(text(tmp_path / name, rows(shift(SHIFT))))

    assert np.allclose(found.apply(HAND), HAND + SHIFT)
    assert found.source == "MNI152NLin6Asym"
    assert found.target == "T1w"


@pytest.mark.parametrize(
    "name",
    [
        "from-MNIInfant+2_to-T1w_mode-image_xfm.txt",
        "from-MNIInfant_cohort-2_to-T1w_mode-image_xfm.txt",
        "from-T1w_to-MNIPediatricAsym_cohort-1_mode-image_xfm.txt",
        "from-T1w_to-MNI305_mode-image_xfm.txt",
        "from-MNIColin27_to-T1w_mode-points_xfm.txt",
        "from-MNI152NLin6Asym_to-MNI305_mode-points_xfm.txt",
        "from-MNI152NLin6Asym_to-fsaverage_mode-image_xfm.txt",
        "from-OASIS30ANTs_to-MNI152NLin6Asym_mode-image_xfm.txt",
        "from-MNI152NLin6Asym_to-_mode-image_xfm.txt",
    ],
)
def test_a_template_that_published_points_are_not_written_in_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="between the MNI152 template and a person"):
        read_transform(text(tmp_path / name, rows(shift(SHIFT))))


@pytest.mark.parametrize(
    "name",
    [
        "from-T1w_mode-image_xfm.txt",
        "to-T1w_xfm.txt",
        "mode-points_xfm.txt",
        "from-T1w_to-MNI152NLin6Asym_to-scanner_xfm.txt",
        "from-T1w_to-MNI152NLin6Asym_mode-image_mode-points_xfm.txt",
    ],
)
def test_a_name_that_says_half_of_the_way_is_not_guessed(tmp_path, name):
    with pytest.raises(InputError, match="does not say once"):
        read_transform(text(tmp_path / name, insight(shift(SHIFT))))


@pytest.mark.parametrize("name", ["sub-1_1Warp.nii.gz", "out1InverseWarp.nii.gz", "x_1warp.nii"])
def test_a_warp_without_its_affine_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="beside an affine"):
        read_transform(field(tmp_path / name, np.zeros((*SHAPE, 3))))


@pytest.mark.parametrize("name", ["talairach.lta", "Talairach.xfm.lta", "reg.lta"])
def test_a_registration_to_another_template_is_refused(tmp_path, name):
    words = lta(shift(SHIFT), 1, (GRID, SHAPE), (GRID, SHAPE))
    words = words.replace("SECRET/orig.mgz", "average/mni305.cor.mgz", 1) if name == "reg.lta" else words

    with pytest.raises(InputError, match="another template") as told:
        read_transform(text(tmp_path / name, words))
    assert "average" not in str(told.value)


def test_a_damaged_header_says_one_line_and_nothing_beside_it(tmp_path):
    """In a process of its own: a test runner catches what a library tells on standard error."""
    path = field(tmp_path / "warp.nii", np.zeros((*SHAPE, 3)))
    whole = bytearray(path.read_bytes())
    whole[254:256] = b"\x01\xe6"  # a code of the place in space that does not exist
    path.write_bytes(whole)
    words = "import sys, pathlib; from painloom.brain.transforms import read_transform; read_transform(pathlib.Path(sys.argv[1]))"
    told = subprocess.run([sys.executable, "-c", words, str(path)], capture_output=True, text=True, check=False)

    assert "no usable place in space" in told.stderr.splitlines()[-1]
    assert told.stderr.startswith("Traceback")


@pytest.mark.parametrize("word", ["inf", "-inf", "nan", "1e308"])
@pytest.mark.filterwarnings("error")
def test_numbers_without_end_are_refused_without_a_warning(tmp_path, word):
    words = insight(shift(SHIFT)).replace("Parameters: 1.0", f"Parameters: {word}", 1)
    assert word in words

    with pytest.raises(InputError, match="the matrix"):
        read_transform(text(tmp_path / "a.tfm", words))
    matrix = lta(shift(SHIFT), 0, (GRID, SHAPE), (GRID, SHAPE)).replace("1 4 4\n1.0", f"1 4 4\n{word}", 1)
    assert word in matrix

    with pytest.raises(InputError, match="the matrix"):
        read_transform(text(tmp_path / "a.lta", matrix))
