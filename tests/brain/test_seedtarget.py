"""An individual point: a planted place is found, noise is called unstable, too little data is withheld."""

import numpy as np
import pytest
from niftibuild import image

from painloom.brain.seedtarget import individual_point
from painloom.errors import InputError
from painloom.knowledge.target_cards import IndividualSearch

AFFINE = np.array([[4.0, 0, 0, -76], [0, 4, 0, -60], [0, 0, 4, -40], [0, 0, 0, 1]])
SHAPE = (38, 38, 28)
SEARCH = IndividualSearch((6.0, 16.0, -10.0), 10.0, ((-44.0, 40.0, 29.0), (-36.0, 39.0, 43.0)), 20.0, "", "to-verify", ())
PLANTED = np.array([-40.0, 36.0, 40.0])
VOLUMES, TR = 340, 2.0


def made(folder, *, planted=True, volumes=VOLUMES, name="sub-1_space-MNI152NLin6Asym_bold.nii", seed=1):
    rng = np.random.default_rng(seed)
    mm = (AFFINE[:3, :3] @ np.indices(SHAPE).reshape(3, -1)).T + AFFINE[:3, 3]
    near = np.linalg.norm(mm - SEARCH.seed_mm, axis=1) <= 10
    spot = np.exp(-0.5 * (np.linalg.norm(mm - PLANTED, axis=1) / 5) ** 2)
    slow = np.convolve(rng.normal(0, 1, volumes + 8), np.ones(8) / 3, "valid")[:volumes]
    data = rng.normal(0, 20, (len(mm), volumes)) + 1000
    data[near] += 60 * slow
    if planted:
        data -= 60 * spot[:, None] * slow
    return image(folder / name, data.reshape(*SHAPE, volumes), "<f4", affine=AFFINE, tr=TR)


def test_a_planted_place_is_found_within_a_voxel_and_stable(tmp_path):
    found = individual_point(made(tmp_path), SEARCH, np.full(VOLUMES, 0.1))

    assert found.reason == ""
    assert np.linalg.norm(np.subtract(found.xyz_mm, PLANTED)) < 4.5
    assert found.stability.distance_mm < 6
    assert found.correlation < -0.3
    assert "mm between first and second half" in found.stability.text


def test_noise_alone_is_called_unstable_and_gives_no_point(tmp_path):
    withheld = [individual_point(made(tmp_path, planted=False, seed=s), SEARCH, np.full(VOLUMES, 0.1)) for s in range(4)]

    assert all(found.xyz_mm is None for found in withheld)
    assert all("not stable" in found.reason for found in withheld)


def test_short_or_shaken_data_are_withheld_with_the_minutes(tmp_path):
    path = made(tmp_path)
    moved = np.full(VOLUMES, 0.1)
    moved[:100] = 2.0

    assert "8.0 minutes" in individual_point(path, SEARCH, moved).reason
    assert "displacement" in individual_point(path, SEARCH, None).reason


@pytest.mark.parametrize("name", ["sub-1_space-T1w_bold.nii", "bold.nii"])
def test_an_image_that_is_not_in_template_space_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="MNI"):
        individual_point(made(tmp_path, volumes=4, name=name), SEARCH, np.zeros(4))


def test_motion_of_another_run_is_refused(tmp_path):
    with pytest.raises(InputError, match="same run"):
        individual_point(made(tmp_path, volumes=4), SEARCH, np.zeros(5))
