"""Hostile transform files: each is refused in one line."""

import numpy as np
import pytest
from test_transforms import GRID, HAND, SHAPE, SHIFT, field, insight, lta, rows, shift, text

from painloom.brain.transforms import read_transform
from painloom.errors import InputError

MIRROR = np.diag([-1.0, 1.0, 1.0, 1.0])
HOSTILE = {
    "empty.txt": "",
    "words.txt": "one two three four\n" * 4,
    "three.txt": "1 0 0 0\n0 1 0 0\n0 0 1 0\n",
    "five.txt": "1 0 0 0\n" * 5,
    "ragged.txt": "1 0 0 0\n0 1 0\n0 0 1 0\n0 0 0 1\n",
    "singular.txt": "1 0 0 0\n2 0 0 0\n0 0 1 0\n0 0 0 1\n",
    "nearly.txt": "1 0 0 0\n1 1e-9 0 0\n0 0 1 0\n0 0 0 1\n",
    "mirror.txt": rows(MIRROR),
    "metres.txt": rows(np.diag([1e-3, 1e-3, 1e-3, 1.0])),
    "large.txt": rows(np.diag([2.0, 2.0, 2.0, 1.0])),
    "last.txt": "1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 1 1\n",
    "transposed.txt": rows(shift(SHIFT).T),
    "nan.txt": rows(np.eye(4)).replace("1.0", "nan", 1),
    "inf.txt": rows(np.eye(4)).replace("1.0", "1e999", 1),
    "underscore.txt": rows(np.eye(4)).replace("0.0", "1_0", 1),
    "binary.txt": "\x00\x01\x02",
    "flirt.mat": rows(np.eye(4)),
    "two.tfm": insight(np.eye(4)) + insight(np.eye(4)),
    "euler.tfm": insight(np.eye(4), kind="Euler3DTransform_double_3_3"),
    "short.tfm": insight(np.eye(4)).replace("Parameters: 1.0", "Parameters:", 1),
    "no-centre.tfm": insight(np.eye(4)).split("FixedParameters")[0],
    "mirror.tfm": insight(MIRROR),
    "head.tfm": "#Insight Transform File V1.0\n",
    "empty.lta": "",
    "type.lta": lta(np.eye(4), 14, (GRID, SHAPE), (GRID, SHAPE)),
    "two.lta": lta(np.eye(4), 1, (GRID, SHAPE), (GRID, SHAPE)).replace("nxforms   = 1", "nxforms   = 2"),
    "bare.lta": "type = 0\nnxforms = 1\n1 4 4\n" + rows(np.eye(4)),
    "invalid.lta": lta(np.eye(4), 0, (GRID, SHAPE), (GRID, SHAPE)).replace("valid = 1 ", "valid = 0 "),
    "mirror.lta": lta(MIRROR, 1, (GRID, SHAPE), (GRID, SHAPE)),
    "text.nii": "no image",
    "text.nii.gz": "no image",
    "from-MNI152NLin6Asym_to-T1w_mode-surface_xfm.txt": rows(np.eye(4)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_transform_is_refused_in_one_line(tmp_path, name):
    path = text(tmp_path / name, HOSTILE[name])
    with pytest.raises(InputError) as wrong:
        read_transform(path).apply(HAND)

    assert "\n" not in str(wrong.value)
    assert str(tmp_path) not in str(wrong.value)
    assert "SECRET" not in str(wrong.value)
    assert str(wrong.value).startswith((name, "transform: "))


@pytest.mark.parametrize(
    "more",
    [
        {"intent": 0},
        {"intent": 2006},
        {"code": 0},
        {"cut": 100},
        {"dims": (4, 4, 4, 4, 3, 1, 1, 1)},
        {"dims": (5, 4, 4, 4, 3, 1, 1, 1)},
        {"dims": (5, 400, 400, 400, 1, 3, 1, 1)},
        {"dims": (5, 4000, 4000, 4000, 1, 3, 1, 1)},
        {"dims": (5, 0, 4, 4, 1, 3, 1, 1)},
        {"affine": np.zeros((4, 4))},
    ],
)
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_an_image_that_is_no_itk_field_is_refused_in_one_line(tmp_path, more, ending):
    path = field(tmp_path / f"x{ending}", np.zeros((4, 4, 4, 3)), **more)
    with pytest.raises(InputError) as wrong:
        read_transform(path)

    assert "\n" not in str(wrong.value)
    assert str(tmp_path) not in str(wrong.value)


def test_a_masked_place_of_a_field_is_refused(tmp_path):
    values = np.zeros((*SHAPE, 3))
    values[26, 52, 65] = np.nan
    found = read_transform(field(tmp_path / "x.nii", values))
    with pytest.raises(InputError, match="no finite displacement"):
        found.apply([[-38.0, -22.0, 58.0]])


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(InputError, match="not found as a file"):
            read_transform(path)
