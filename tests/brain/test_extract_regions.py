"""Regional means are those of nilearn; what lies outside, is not finite or is not covered is absent and said."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from niftibuild import AFFINE, image, labels
from nilearn.maskers import NiftiLabelsMasker

from painloom.brain.extract import extract_regions
from painloom.doors.cli.main import main
from painloom.errors import InputError
from painloom.intake.maps import BrainMap

RNG = np.random.default_rng(5)
GRID = RNG.integers(0, 6, (7, 6, 5)) * 10
DATA = RNG.integers(50, 900, (7, 6, 5, 8))


def made(folder, data=DATA, grid=GRID, kind="<i2", name="sub-1_bold.nii.gz", **more):
    return image(folder / name, data, kind, **more), labels(folder / "atlas_dseg.nii", grid)


@pytest.mark.parametrize(("kind", "slope"), [("<i2", 1.0), (">i2", 0.5), ("<f4", 1.0), ("<u1", 3.0), (">f8", 1.0)])
def test_means_are_those_of_nilearn(tmp_path, kind, slope):
    bold, atlas = made(tmp_path, DATA % 200 + 20, kind=kind, slope=slope, inter=7.0)
    found = extract_regions(bold, atlas)
    masker = NiftiLabelsMasker(nib.load(atlas), standardize=None, resampling_target=None)

    assert np.allclose(found.values, masker.fit_transform(nib.load(bold)), rtol=1e-6)
    assert found.labels == (10, 20, 30, 40, 50)


def test_values_that_are_not_finite_are_skipped_and_counted(tmp_path):
    data = DATA.astype(float)
    data[GRID == 20, 3] = np.nan
    where = np.argwhere(GRID == 30)[0]
    data[(*where, 1)] = np.inf
    found = extract_regions(*made(tmp_path, data, kind="<f4"))

    assert np.isnan(found.values[3, 1])
    assert not np.isnan(found.values[1, 2])
    assert found.nan_voxels == int((GRID == 20).sum()) + 1


def test_a_region_without_signal_is_not_a_zero(tmp_path):
    data = DATA.copy()
    data[GRID == 40] = 0
    bold, atlas = made(tmp_path, data)
    said = io.StringIO()
    with redirect_stderr(said):
        assert main(["brain", "extract", str(bold), "--atlas", str(atlas), "-o", str(tmp_path / "o.tsv")]) == 0
    rows = [line.split("\t") for line in (tmp_path / "o.tsv").read_text().splitlines()]

    assert [row[3] for row in rows[1:]] == ["."] * 8
    assert "withheld" in said.getvalue()


def test_a_shifted_or_mirrored_grid_of_equal_shape_is_refused(tmp_path):
    bold, _ = made(tmp_path)
    for wrong in (AFFINE + np.array([[0, 0, 0, 1.5], [0] * 4, [0] * 4, [0] * 4]), AFFINE * np.array([-1, 1, 1, 1])):
        with pytest.raises(InputError, match="affine"):
            extract_regions(bold, labels(tmp_path / "b_dseg.nii", GRID, affine=wrong))


def test_labels_on_another_grid_are_moved_only_when_asked(tmp_path):
    bold, _ = made(tmp_path)
    flipped = labels(
        tmp_path / "flip_dseg.nii", GRID[::-1], affine=AFFINE @ np.array([[-1.0, 0, 0, 6], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    )
    with pytest.raises(InputError, match="resample-atlas"):
        extract_regions(bold, flipped)
    moved = extract_regions(bold, flipped, resample=True)

    assert np.allclose(moved.values, extract_regions(*made(tmp_path)).values)
    assert "nearest neighbour" in moved.notes[-1]


def test_two_spaces_of_one_shape_are_never_mixed(tmp_path):
    bold = image(tmp_path / "sub-1_space-MNI152NLin2009cAsym_bold.nii", DATA)
    with pytest.raises(InputError, match=r"NLin6Asym.*NLin2009cAsym"):
        extract_regions(bold, labels(tmp_path / "atlas_space-MNI152NLin6Asym_dseg.nii", GRID))


def test_maps_are_multiplied_in_the_same_pass(tmp_path):
    weights = RNG.normal(size=GRID.shape)
    bold, atlas = made(tmp_path, slope=0.5, inter=2.0)
    found = extract_regions(bold, atlas, weights=[BrainMap("w", "w.nii", weights, AFFINE, "", "")])

    assert np.allclose(found.dots[:, 0], [((DATA[..., k] * 0.5 + 2) * weights).sum() for k in range(8)])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_scaling_an_image_scales_every_mean(tmp_path_factory, seed):
    rng, folder = np.random.default_rng(seed), tmp_path_factory.mktemp("scale")
    data = rng.integers(1, 1000, (4, 3, 5, 3))
    grid = rng.integers(0, 4, (4, 3, 5))
    grid[0, 0, 0] = 1
    one = extract_regions(*made(folder, data, grid, name="a.nii"))
    two = extract_regions(*made(folder, data, grid, name="b.nii", slope=3.0, inter=4.0))

    assert np.allclose(two.values, one.values * 3 + 4, equal_nan=True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("atlas_dseg.tsv", "index\tname\n10\tA one\n20\tB\n30\tC\n40\tD\n50\tE\n"),
        ("atlas_label.txt", "A one\n10 1 2 3 255\nB\n20 1 2 3 255\nC\n30 1 2 3 255\nD\n40 1 2 3 255\nE\n50 1 2 3 255\n"),
    ],
)
def test_names_come_from_the_list_beside_the_atlas_in_order_of_the_labels(tmp_path, name, text):
    bold, atlas = made(tmp_path)
    (tmp_path / name).write_text(text)
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        assert main(["brain", "extract", str(bold), "--atlas", str(atlas)]) == 0

    assert out.getvalue().splitlines()[0].split("\t") == ["A one", "B", "C", "D", "E"]
    assert len(out.getvalue().splitlines()) == 9


def test_a_list_that_lacks_a_label_names_nothing(tmp_path):
    bold, atlas = made(tmp_path)
    (tmp_path / "atlas_dseg.tsv").write_text("index\tname\n10\tA\n")

    assert extract_regions(bold, atlas).names == ("10", "20", "30", "40", "50")


def test_a_table_without_motion_regresses_nothing_and_says_so(tmp_path):
    bold, atlas = made(tmp_path)
    table = tmp_path / "c.tsv"
    table.write_text("global_signal\tframewise_displacement\n" + "".join(f"{k}.5\t{'n/a' if k == 0 else 0.1}\n" for k in range(8)))
    said, out = io.StringIO(), io.StringIO()
    gates = tmp_path / "gates.json"
    with redirect_stdout(out), redirect_stderr(said):
        assert main(["brain", "extract", str(bold), "--atlas", str(atlas), "--confounds", str(table), "--gates", str(gates)]) == 0
    values = np.array([line.split("\t") for line in out.getvalue().splitlines()[1:]], float)

    assert np.allclose(values, extract_regions(bold, atlas).values)
    assert "nothing was regressed out" in said.getvalue()
    assert {g["id"] for g in json.loads(gates.read_text())} >= {"coverage", "mean-fd", "scrubbed", "volumes-left"}


@pytest.mark.parametrize(("option", "shown"), [((), True), (("--min-coverage", "0.5"), False)])
def test_a_poorly_covered_region_is_named_and_withheld_when_asked(tmp_path, option, shown):
    data = DATA.copy()
    places = np.argwhere(GRID == 40)
    for x, y, z in places[: int(0.8 * len(places))]:
        data[x, y, z] = 0
    bold, atlas = made(tmp_path, data)
    said, out = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(said):
        assert main(["brain", "extract", str(bold), "--atlas", str(atlas), *option]) == 0

    assert ("." != out.getvalue().splitlines()[1].split("\t")[3]) is shown
    assert "gate failed" in said.getvalue()
    assert ("empty voxels" in said.getvalue()) is shown
