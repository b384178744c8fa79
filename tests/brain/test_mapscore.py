"""Patterns on contrast images: products against plain NumPy, coverage, spaces, grids, digests, errors."""

from dataclasses import replace

import markerbuild as build
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.brain.mapscore import map_scores, products
from painloom.brain.registry import marker_card
from painloom.errors import InputError
from painloom.intake.maps import BrainMap
from painloom.knowledge.load import load

SHAPE = (9, 10, 8)
AFFINE = np.array([[3.0, 0, 0, -12], [0, 3.0, 0, -15], [0, 0, 3.0, -9], [0, 0, 0, 1]])
MOVED = np.array([[0, 0, 0, 0.01], [0] * 4, [0] * 4, [0] * 4])
DIGEST = "ab" * 32


def pattern(seed=1, shape=SHAPE):
    """Invented weights: half of the voxels have one."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) * (rng.random(shape) < 0.5)


def a_map(values, name="sub-1_space-MNI152NLin6Asym_stat.nii", affine=AFFINE, space="MNI152NLin6Asym", sha256=""):
    return BrainMap(name.removesuffix(".nii"), name, np.asarray(values, float), np.asarray(affine, float), space, sha256)


def weights_of(values, affine=AFFINE, space="MNI152NLin6Asym", sha256=DIGEST):
    return a_map(values, "weights.nii", affine, space, sha256)


@pytest.fixture
def own(tmp_path):
    """A clinic's card of one map."""

    def make(**more):
        return marker_card(load(build.clinic(tmp_path / f"own{len(list(tmp_path.iterdir()))}", DIGEST, **more)), "own-map")

    return make


def test_products_are_those_of_plain_numpy():
    """Dot, cosine and Pearson over the voxels that both have."""
    image, weights = pattern(2) + 1.0, pattern()
    on = weights != 0
    found = products(image, weights)

    assert found.dot == pytest.approx(float((image * weights).sum()))
    assert found.cosine == pytest.approx(image[on] @ weights[on] / np.linalg.norm(image[on]) / np.linalg.norm(weights[on]))
    assert found.correlation == pytest.approx(np.corrcoef(image[on], weights[on])[0, 1])
    assert (found.coverage, found.voxels, found.lost) == (1.0, int(on.sum()), 0)


def test_voxels_without_measurement_are_left_out_and_counted():
    """Zero and NaN are no measurement; they lower the coverage, not the cosine of the rest."""
    image, weights = pattern(2) + 1.0, pattern()
    holes = image.copy()
    holes[0], holes[1] = 0.0, np.nan
    found = products(holes, weights)
    rest = products(image[2:], weights[2:])

    assert found.dot == pytest.approx(rest.dot)
    assert found.cosine == pytest.approx(rest.cosine)
    assert found.correlation == pytest.approx(rest.correlation)
    assert found.coverage == pytest.approx(np.count_nonzero(weights[2:]) / np.count_nonzero(weights))
    assert found.lost == np.count_nonzero(weights[1])


def test_dot_is_that_of_nilearns_masker():
    """An outside tool that reads images: the same voxels, the same product."""
    import nibabel
    from nilearn.maskers import NiftiMasker

    image, weights = pattern(2) + 1.0, pattern()
    mask = nibabel.Nifti1Image((weights != 0).astype(np.int8), AFFINE)
    masker = NiftiMasker(mask_img=mask, standardize=None).fit()
    x, w = (masker.transform(nibabel.Nifti1Image(v, AFFINE)).ravel() for v in (image, weights))

    assert products(image, weights).dot == pytest.approx(float(x.astype(float) @ w.astype(float)), rel=1e-5)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 9999), st.floats(0.001, 1000.0))
def test_scaling_the_image_scales_the_dot_and_nothing_else(seed, scale):
    """Cosine and correlation have no unit."""
    image, weights = pattern(seed) + 1.0, pattern(seed + 1)
    one, other = products(image, weights), products(image * scale, weights)

    assert other.dot == pytest.approx(one.dot * scale, rel=1e-9, abs=1e-9)
    assert (other.cosine, other.correlation) == pytest.approx((one.cosine, one.correlation), abs=1e-9)
    assert -1 - 1e-12 <= one.cosine <= 1 + 1e-12


def test_a_map_scored_with_itself_has_cosine_one(own):
    """And its own length squared as dot."""
    weights = weights_of(pattern())
    (score,) = map_scores(own(), [a_map(pattern())], weights)

    assert score.score == pytest.approx((pattern() ** 2).sum())
    assert dict(score.details)["cosine"] == pytest.approx(1.0)
    assert (score.status, score.reason) == ("scored", "")


def test_the_card_says_which_product_is_the_score(own):
    """The cosine card gives the cosine."""
    image = a_map(pattern(2) + 1.0)
    (dot,) = map_scores(own(), [image], weights_of(pattern()))
    (cosine,) = map_scores(own(score="cosine"), [image], weights_of(pattern()))

    assert dot.score == dict(cosine.details)["dot"]
    assert cosine.score == dict(dot.details)["cosine"]


def test_low_coverage_withholds_the_number(own):
    """Also from the details: a product over a part of the pattern looks like one over all of it."""
    image = pattern(2) + 1.0
    image[:4] = 0
    (score,) = map_scores(own(), [a_map(image)], weights_of(pattern()))

    assert (score.score, score.place, score.status) == (None, None, "withheld")
    assert "needed 80 %" in score.reason
    assert set(dict(score.details)) == {"coverage", "voxels"}


@pytest.mark.parametrize("image", [np.zeros(SHAPE), np.full(SHAPE, np.nan)], ids=["zeros", "NaN"])
def test_an_empty_image_is_withheld(own, image):
    """Nothing measured is no score of 0."""
    (score,) = map_scores(own(), [a_map(image)], weights_of(pattern()))

    assert score.score is None
    assert "0.00 % of the non-zero weights" in score.reason


def test_weights_of_nothing_are_withheld(own):
    """No weight, no share of weights inside the image."""
    (score,) = map_scores(own(), [a_map(pattern(2) + 1)], weights_of(np.zeros(SHAPE)))

    assert score.score is None


def test_other_weights_than_the_cards_are_refused(own):
    """A digest decides, not a file's name."""
    with pytest.raises(InputError, match=r"its sha256 cdcdcdcdcdcd\.\. is not the card's abababababab"):
        map_scores(own(), [a_map(pattern())], weights_of(pattern(), sha256="cd" * 32))


def test_a_card_without_a_digest_scores_nothing():
    """The shipped cards of patterns that a clinic brings hold none."""
    with pytest.raises(InputError, match="names no digest"):
        map_scores(build.card("nps"), [a_map(pattern())], weights_of(pattern()))


def test_another_space_is_refused(own):
    """Two MNI templates differ by millimetres; native images do not fit at all."""
    weights = weights_of(pattern())

    with pytest.raises(InputError, match="MNI152NLin2009cAsym, the weights are in MNI152NLin6Asym"):
        map_scores(own(), [a_map(pattern(), space="MNI152NLin2009cAsym")], weights)
    with pytest.raises(InputError, match="normalise the image first"):
        map_scores(own(), [a_map(pattern(), space="T1w")], weights)
    with pytest.raises(InputError, match="the weights are in MNI152NLin6Asym"):
        map_scores(own(space="MNI152NLin6Asym"), [a_map(pattern(), space="MNI152NLin2009cAsym")], weights_of(pattern(), space=""))


def test_a_space_that_no_name_says_is_told(own):
    """Taken for granted is not known."""
    (image,) = map_scores(own(), [a_map(pattern(), space="")], weights_of(pattern()))
    (weights,) = map_scores(own(), [a_map(pattern())], weights_of(pattern(), space=""))

    assert any("name of the image does not say its space" in w for w in image.warnings)
    assert any("name of the weights does not say its space" in w for w in weights.warnings)


@pytest.mark.parametrize(
    ("shape", "affine"),
    [(SHAPE, AFFINE + MOVED), (SHAPE, AFFINE @ np.diag([-1, 1, 1, 1])), ((9, 10, 9), AFFINE)],
    ids=["moved by a hundredth of a millimetre", "left and right exchanged", "another shape"],
)
def test_another_grid_is_refused_with_both_named(own, shape, affine):
    """Same shape is not same grid."""
    image = a_map(pattern(2, shape) + 1, affine=affine)

    with pytest.raises(InputError) as caught:
        map_scores(own(), [image], weights_of(pattern()))
    text = str(caught.value)
    assert "\n" not in text
    assert " x ".join(map(str, shape)) in text
    assert "9 x 10 x 8 voxels (diagonal 3, 3, 3 mm" in text
    assert "--resample" in text


def test_resampling_is_exact_on_the_same_places_and_is_told(own):
    """A mirrored storage of one image gives one score, and the result says that weights were resampled."""
    image = pattern(2) + 1.0
    mirrored = a_map(image[::-1], affine=AFFINE @ np.array([[-1, 0, 0, 8], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]))
    (straight,) = map_scores(own(), [a_map(image)], weights_of(pattern()))
    (turned,) = map_scores(own(), [mirrored], weights_of(pattern()), resample=True)

    assert turned.score == pytest.approx(straight.score)
    assert any("resampled onto the image's grid" in w for w in turned.warnings)
    assert not any("resampled" in w for w in straight.warnings)


def test_resampling_onto_a_finer_grid_keeps_the_pattern(own):
    """Smooth weights look the same on half the voxel size: linear interpolation of a linear map is exact."""
    x = np.indices(SHAPE)[0] + 1.0
    finer = AFFINE @ np.diag([0.5, 0.5, 0.5, 1.0])
    shape = tuple(2 * n - 1 for n in SHAPE)
    fine = (np.indices(shape)[0] / 2) + 1.0
    (score,) = map_scores(own(), [a_map(fine, affine=finer)], weights_of(x), resample=True)

    assert score.score == pytest.approx(float((fine**2).sum()), rel=1e-9)
    assert dict(score.details)["cosine"] == pytest.approx(1.0)


def test_error_and_place_come_with_the_score(own):
    """SEM and MDC from the card's own reliability; the place from its cohort."""
    more = '[[reliability]]\ninterval = "a week"\nicc = 0.84\nsd = 10.0\nstate = "verified"\nsource = "weir-2005"\n'
    card = own(more=more)
    (score,) = map_scores(card, [a_map(pattern(2) + 1)], weights_of(pattern()))

    assert score.sem == pytest.approx(4.0)
    assert score.mdc == pytest.approx(1.96 * np.sqrt(2) * 4.0)
    assert score.place is None
    assert any("no percentile" in w for w in score.warnings)
    assert score.card == ("own-map", "own 1 (own card)")
    assert replace(score, warnings=()).warnings == ()
