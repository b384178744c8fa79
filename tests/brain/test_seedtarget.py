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


def made(
    folder,
    *,
    planted=True,
    volumes=VOLUMES,
    name="sub-1_space-MNI152NLin6Asym_bold.nii",
    seed=1,
    tr=TR,
    change=None,
    affine=AFFINE,
    shared=0.0,
):
    """Noise round 1,000, a slow signal in the seed and its negative in the planted place; `shared` is a signal of the whole head."""
    rng = np.random.default_rng(seed)
    mm = (affine[:3, :3] @ np.indices(SHAPE).reshape(3, -1)).T + affine[:3, 3]
    near = np.linalg.norm(mm - SEARCH.seed_mm, axis=1) <= 10
    spot = np.exp(-0.5 * (np.linalg.norm(mm - PLANTED, axis=1) / 5) ** 2)
    slow = np.convolve(rng.normal(0, 1, volumes + 8), np.ones(8) / 3, "valid")[:volumes]
    data = rng.normal(0, 20, (len(mm), volumes)) + 1000
    data[near] += 60 * slow
    if planted:
        data -= 60 * spot[:, None] * slow
    if shared:
        data += shared * np.convolve(rng.normal(0, 1, volumes + 8), np.ones(8) / 3, "valid")[:volumes]
    if change is not None:
        change(data, mm)
    return image(folder / name, data.reshape(*SHAPE, volumes), "<f4", affine=affine, tr=tr)


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


@pytest.mark.parametrize(
    "name", ["sub-1_space-T1w_bold.nii", "bold.nii", "sub-1_space-MNI305_bold.nii", "sub-1_space-MNIPediatricAsym_cohort-2_bold.nii"]
)
def test_an_image_that_is_not_in_template_space_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="does not say the space MNI152"):
        individual_point(made(tmp_path, volumes=4, name=name), SEARCH, np.zeros(4))


def test_motion_of_another_run_is_refused(tmp_path):
    with pytest.raises(InputError, match="same run"):
        individual_point(made(tmp_path, volumes=4), SEARCH, np.zeros(5))


def test_a_signal_of_the_whole_head_does_not_hide_the_place(tmp_path):
    """Ten times as strong as the planted one: without taking it out every place would run with the seed."""
    found = individual_point(made(tmp_path, shared=600.0), SEARCH, np.full(VOLUMES, 0.1))

    assert found.reason == ""
    assert np.linalg.norm(np.subtract(found.xyz_mm, PLANTED)) < 4.5


def test_a_flipped_grid_gives_the_same_place(tmp_path):
    """x falls with the voxel number, as in many files: left stays left."""
    flipped = AFFINE @ np.diag([-1.0, 1.0, 1.0, 1.0])
    flipped[0, 3] = AFFINE[0, 3] + 4.0 * (SHAPE[0] - 1)
    found = individual_point(made(tmp_path, affine=flipped), SEARCH, np.full(VOLUMES, 0.1))

    assert np.linalg.norm(np.subtract(found.xyz_mm, PLANTED)) < 4.5


def test_scale_and_offset_of_the_scanner_do_not_move_the_point(tmp_path):
    def louder(data, _):
        data *= 7.0
        data += 500.0

    first = individual_point(made(tmp_path), SEARCH, np.full(VOLUMES, 0.1))
    second = individual_point(made(tmp_path, change=louder), SEARCH, np.full(VOLUMES, 0.1))

    assert np.allclose(first.xyz_mm, second.xyz_mm, atol=0.05)
    assert first.stability.distance_mm == pytest.approx(second.stability.distance_mm, abs=0.05)


def test_an_image_brought_to_mean_zero_is_read_as_well(tmp_path):
    def centred(data, _):
        data -= data.mean(axis=1, keepdims=True)

    found = individual_point(made(tmp_path, change=centred), SEARCH, np.full(VOLUMES, 0.1))

    assert np.linalg.norm(np.subtract(found.xyz_mm, PLANTED)) < 4.5


def test_volumes_of_high_motion_have_no_say(tmp_path):
    """Spikes that would drag the point elsewhere stand in the volumes that moved, and only there."""
    moved = np.full(VOLUMES, 0.1)
    moved[100:130:3] = 0.9

    def spikes(data, mm):
        elsewhere = np.linalg.norm(mm - np.array([-36.0, 20.0, 48.0]), axis=1) <= 10
        seed = np.linalg.norm(mm - np.array(SEARCH.seed_mm), axis=1) <= 10
        data[np.ix_(elsewhere, np.flatnonzero(moved > 0.5))] -= 5000
        data[np.ix_(seed, np.flatnonzero(moved > 0.5))] += 5000

    path = made(tmp_path, change=spikes)
    scrubbed, kept = individual_point(path, SEARCH, moved), individual_point(path, SEARCH, np.full(VOLUMES, 0.1))

    assert np.linalg.norm(np.subtract(scrubbed.xyz_mm, PLANTED)) < 4.5
    assert kept.xyz_mm is None or np.linalg.norm(np.subtract(kept.xyz_mm, PLANTED)) > 8


def test_a_place_that_exists_in_one_half_only_is_called_unstable(tmp_path):
    rng = np.random.default_rng(5)

    def half(data, mm):
        seed = np.linalg.norm(mm - np.array(SEARCH.seed_mm), axis=1) <= 10
        other = np.exp(-0.5 * (np.linalg.norm(mm - np.array([-30.0, 50.0, 30.0]), axis=1) / 5) ** 2)
        slow = np.convolve(rng.normal(0, 1, VOLUMES + 8), np.ones(8) / 3, "valid")[:VOLUMES]
        early = np.arange(VOLUMES) < VOLUMES // 2
        spot = np.exp(-0.5 * (np.linalg.norm(mm - PLANTED, axis=1) / 5) ** 2)
        data[seed] += 60 * slow
        data -= 60 * np.where(early, spot[:, None], other[:, None]) * slow

    found = individual_point(made(tmp_path, planted=False, change=half), SEARCH, np.full(VOLUMES, 0.1))

    assert found.xyz_mm is None
    assert found.stability.distance_mm > 10
    assert "not stable" in found.reason


def test_a_region_that_runs_with_the_seed_gives_no_point(tmp_path):
    def together(data, mm):
        wide = np.linalg.norm(mm - np.array([-40.0, 40.0, 36.0]), axis=1) <= 40
        slow = np.convolve(np.random.default_rng(7).normal(0, 1, VOLUMES + 8), np.ones(8) / 3, "valid")[:VOLUMES]
        data[wide] += 300 * slow
        data[np.linalg.norm(mm - np.array(SEARCH.seed_mm), axis=1) <= 10] += 300 * slow

    found = individual_point(made(tmp_path, planted=False, change=together, shared=3000.0), SEARCH, np.full(VOLUMES, 0.1))

    assert found.xyz_mm is None
    assert "runs against" in found.reason


@pytest.mark.parametrize(("tr", "told"), [(0.0, "seconds between volumes"), (0.05, "0.05 seconds"), (30.0, "30 seconds")])
def test_an_unlikely_repetition_time_withholds_the_point(tmp_path, tr, told):
    found = individual_point(made(tmp_path, volumes=4, tr=tr), SEARCH, np.zeros(4))

    assert found.xyz_mm is None
    assert told in found.reason


def test_much_motion_on_the_whole_withholds_the_point(tmp_path):
    found = individual_point(made(tmp_path), SEARCH, np.full(VOLUMES, 0.4))

    assert found.xyz_mm is None
    assert "0.40 mm" in found.reason


@pytest.mark.parametrize("part", ["seed", "search"])
def test_an_image_that_does_not_cover_seed_or_search_is_refused(tmp_path, part):
    def hole(data, mm):
        data[(mm[:, 2] < 0) if part == "seed" else (mm[:, 0] < 0)] = 0

    with pytest.raises(InputError, match="does not cover"):
        individual_point(made(tmp_path, change=hole), SEARCH, np.full(VOLUMES, 0.1))


def test_voxels_that_are_not_finite_are_left_out(tmp_path):
    def holes(data, mm):
        data[::7, 20] = np.nan
        data[3::11, 40] = np.inf

    found = individual_point(made(tmp_path, change=holes), SEARCH, np.full(VOLUMES, 0.1))

    assert np.linalg.norm(np.subtract(found.xyz_mm, PLANTED)) < 4.5


def test_the_same_file_gives_the_same_point_twice(tmp_path):
    path = made(tmp_path)

    assert individual_point(path, SEARCH, np.full(VOLUMES, 0.1)) == individual_point(path, SEARCH, np.full(VOLUMES, 0.1))
