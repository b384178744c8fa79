"""Traps of extraction: damage that only a checksum sees, lists of names that almost fit, scrubbing at the ends, real atlases."""

import gzip
import io
import itertools
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from niftibuild import AFFINE, header, image, labels
from nilearn.interfaces.fmriprep.load_confounds_utils import prepare_output
from nilearn.maskers import NiftiLabelsMasker
from nilearn.signal import clean as theirs

from painloom.brain.clean import Cleaning, clean
from painloom.brain.extract import extract_regions
from painloom.doors.cli.main import main
from painloom.errors import InputError, UsageError
from painloom.intake import niftibytes
from painloom.intake.confounds import chosen_columns, read_confounds, regressors
from painloom.intake.labels import read_labels, read_names
from painloom.intake.nifti import open_image
from painloom.intake.spaces import check_spaces, space_of

RNG = np.random.default_rng(17)
DATA = RNG.integers(100, 3000, (7, 6, 5, 12))
GRID = RNG.integers(0, 4, (7, 6, 5))
BRAIN = Path(__file__).resolve().parents[3] / "shared" / "brain"
WHOLE = header(DATA.shape) + DATA.astype("<i2").tobytes(order="F")
needs_material = pytest.mark.skipif(not BRAIN.is_dir(), reason="the reference material is not beside the project")


def extract(*words):
    """The command: status, stdout, stderr."""
    out, said = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(said):
        status = main(["brain", "extract", *map(str, words)])
    return status, out.getvalue(), said.getvalue()


def table_of(text):
    """Header and values of a printed series, NaN for an absent one."""
    lines = [line.split("\t") for line in text.splitlines()]
    return lines[0], np.array([[np.nan if cell == "." else float(cell) for cell in line] for line in lines[1:]])


@pytest.fixture(params=["fast", "plain"])
def inflater(request, monkeypatch):
    """Both ways to inflate: ISA-L where it is there, and the standard library's."""
    import zlib

    if request.param == "plain":
        monkeypatch.setattr(niftibytes, "INFLATE", zlib)


@pytest.mark.usefixtures("inflater")
@pytest.mark.parametrize("at", [0.3, 0.5, 0.9])
@pytest.mark.parametrize("level", [0, 6])
def test_one_changed_bit_inside_packed_data_is_seen(tmp_path, at, level):
    packed = bytearray(gzip.compress(WHOLE, level, mtime=0))
    packed[int(len(packed) * at)] ^= 1
    (tmp_path / "a.nii.gz").write_bytes(packed)
    with pytest.raises(InputError, match="damaged"):
        list(open_image(tmp_path / "a.nii.gz").volumes())


@pytest.mark.usefixtures("inflater")
def test_a_missing_checksum_is_seen_by_the_last_volume(tmp_path):
    (tmp_path / "a.nii.gz").write_bytes(gzip.compress(WHOLE, mtime=0)[:-8])
    with pytest.raises(InputError, match="cut short"):
        open_image(tmp_path / "a.nii.gz").volume(11)


@pytest.mark.usefixtures("inflater")
@pytest.mark.parametrize("tail", [b"", b"\0" * 600, b"no member at all" * 40, b"\x1f"])
def test_what_follows_the_packed_members_changes_nothing(tmp_path, tail):
    parts = [WHOLE[:100], WHOLE[100:1000], b"", WHOLE[1000:]]
    (tmp_path / "a.nii.gz").write_bytes(b"".join(gzip.compress(part, mtime=0) for part in parts) + tail)

    assert np.array_equal(np.stack(list(open_image(tmp_path / "a.nii.gz").volumes()), axis=-1), DATA)


@pytest.mark.usefixtures("inflater")
@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(1, len(WHOLE) - 1), max_size=6), level=st.integers(0, 9))
def test_the_way_a_file_is_packed_does_not_change_a_number(tmp_path_factory, cuts, level):
    ends = [0, *sorted(set(cuts)), len(WHOLE)]
    path = tmp_path_factory.mktemp("packed") / "a.nii.gz"
    path.write_bytes(b"".join(gzip.compress(WHOLE[a:b], level, mtime=0) for a, b in itertools.pairwise(ends)))

    assert np.array_equal(np.stack(list(open_image(path).volumes()), axis=-1), DATA)


def test_thousands_of_empty_members_are_refused(tmp_path):
    (tmp_path / "a.nii.gz").write_bytes(gzip.compress(b"", mtime=0) * 3000 + gzip.compress(WHOLE, mtime=0))
    with pytest.raises(InputError, match="damaged"):
        open_image(tmp_path / "a.nii.gz")


def test_a_bomb_that_keeps_its_promise_is_refused_before_it_is_unpacked(tmp_path):
    shape = (500, 500, 268, 90)
    head, zeros = header(shape), gzip.compress(b"\0" * 2**20, 9, mtime=0)
    (tmp_path / "a.nii.gz").write_bytes(gzip.compress(head, mtime=0) + zeros * (12 * 2**20 // len(zeros)))
    with pytest.raises(InputError, match="unpacks to"):
        open_image(tmp_path / "a.nii.gz")


@pytest.mark.parametrize("number", [1, 2])
def test_an_image_of_one_or_two_dimensions_is_refused(tmp_path, number):
    whole = bytearray(WHOLE)
    whole[40:42] = number.to_bytes(2, "little")
    (tmp_path / "a.nii").write_bytes(whole)
    with pytest.raises(InputError, match="3 or 4 are read"):
        open_image(tmp_path / "a.nii")


def test_each_single_volume_is_the_one_of_the_whole_pass(tmp_path):
    for name in ("a.nii", "a.nii.gz"):
        opened = open_image(image(tmp_path / name, DATA))

        assert all(np.array_equal(opened.volume(k), DATA[..., k]) for k in range(12))
        with pytest.raises(IndexError):
            opened.volume(12)


def named(folder, beside, *, atlas="parts_dseg.nii", grid=GRID):
    for name, text in beside.items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_labels(labels(folder / atlas, grid)).names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1 One\n2 Two\n3 Three\n", ("One", "Two", "Three")),
        ("1 Left of it\n2 Area 44\n3 Area 4 part 2\n", ("Left of it", "Area 44", "Area 4 part 2")),
        ("# a comment\n1 One 10 20 30 0\n2 Two 1 2 3\n3 Two again 1 2 3 255\n", ("One", "Two", "Two again")),
        ("1\tOne\n2\tTwo words\n3\tThree\n", ("One", "Two words", "Three")),
        ("One a\n1 9 9 9 255\nTwo\n2 9 9 9 255\nThree\n3 9 9 9 255\n", ("One a", "Two", "Three")),
        ("One\nTwo\nThree\n", ("One", "Two", "Three")),
        ("One\nTwo\nThree\nFour\n", ("1", "2", "3")),
        ("One\n2 Two\nThree\n", ("1", "2", "3")),
        ("²\tOne\n2\tTwo\n3\tThree\n", ("1", "2", "3")),
        ("1 One\n2 Two\n", ("1", "2", "3")),
        ("1 One\n1 Two\n2 Two\n3 Three\n", ("1", "2", "3")),
        ("9" * 6000 + " One\n", ("1", "2", "3")),
    ],
)
def test_a_label_text_names_the_labels_or_none(tmp_path, text, names):
    assert named(tmp_path, {"parts_label.txt": text}) == names


def test_names_without_numbers_are_said_to_be_in_order(tmp_path):
    (tmp_path / "parts_label.txt").write_text("One\nTwo\nThree\n")
    bold, atlas = image(tmp_path / "a_bold.nii", DATA), labels(tmp_path / "parts.nii", GRID)
    status, out, said = extract(bold, "--atlas", atlas)

    assert status == 0
    assert out.splitlines()[0] == "One\tTwo\tThree"
    assert "order of its lines" in said
    with pytest.raises(InputError):
        read_names(tmp_path / "parts_label.txt")


def test_a_list_that_lacks_a_label_is_said_to_be_unused(tmp_path):
    (tmp_path / "parts_label.txt").write_text("1 One\n2 Two\n")
    bold, atlas = image(tmp_path / "a_bold.nii", DATA), labels(tmp_path / "parts.nii", GRID)
    _, out, said = extract(bold, "--atlas", atlas)

    assert out.splitlines()[0] == "1\t2\t3"
    assert "parts_label.txt does not name every label" in said


def test_the_list_of_another_atlas_with_a_longer_number_is_not_taken(tmp_path):
    assert named(tmp_path, {"parts1_label.txt": "1 A\n2 B\n3 C\n"}, atlas="parts10.nii") == ("1", "2", "3")


def test_the_list_that_fits_best_wins(tmp_path):
    beside = {"parts_label.txt": "1 A\n2 B\n3 C\n", "parts_S2_label.txt": "1 D\n2 E\n3 F\n"}

    assert named(tmp_path, beside, atlas="parts_S2_2mm.nii.gz") == ("D", "E", "F")


def test_a_table_may_leave_out_entities_of_the_image(tmp_path):
    beside = {"tpl-X_atlas-Y_desc-3_dseg.tsv": "index\tname\tcolor\n1\tA\t#fff\n2\tB\t#fff\n3\tC\t#fff\n"}

    assert named(tmp_path, beside, atlas="tpl-X_res-02_atlas-Y_desc-3_dseg.nii.gz") == ("A", "B", "C")
    assert named(tmp_path, beside, atlas="tpl-X_res-02_atlas-Y_desc-4_dseg.nii.gz") == ("1", "2", "3")


@pytest.mark.parametrize(("kind", "more"), [("<f4", {}), (">i4", {}), ("|u1", {}), ("<i2", {"slope": 2.0})])
def test_labels_of_any_number_type_are_whole_numbers(tmp_path, kind, more):
    found = read_labels(image(tmp_path / "a.nii", GRID, kind, **more))

    assert np.array_equal(found.grid, GRID * int(more.get("slope", 1)))


def test_spaces_that_differ_in_capitals_alone_are_one():
    check_spaces("a", "MNI152NLin6Asym", "b", "MNI152NLin6ASym")
    assert space_of("tpl-MNIPediatricAsym_cohort-1_res-1_dseg.nii.gz") == "MNIPediatricAsym"


SERIES = 300 + np.cumsum(RNG.normal(0, 1, (140, 6)), axis=0)
CONFOUNDS = RNG.normal(0, 1, (140, 4))


@pytest.mark.parametrize(("first", "last"), [(4, 0), (0, 5), (3, 6)])
def test_volumes_dropped_at_the_ends_do_not_reach_the_filter(first, last):
    """As nilearn 0.14 does: what lies beyond the last kept volume is cut before the filter, so no spline runs wild there."""
    keep = np.ones(140, bool)
    keep[:first] = False
    keep[140 - last :] = False
    spoiled = SERIES.copy()
    spoiled[~keep] = 1e9
    mine = clean(spoiled, Cleaning(True, 0.01, 0.1), confounds=CONFOUNDS, keep=keep, tr_s=2.0)
    wanted = theirs(
        SERIES[keep], detrend=True, standardize=None, confounds=CONFOUNDS[keep], high_pass=0.01, low_pass=0.1, t_r=2.0, filter="butterworth"
    )

    assert np.allclose(mine, wanted, rtol=1e-6, atol=1e-6 * np.abs(wanted).max())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), min_size=140, max_size=140), st.booleans())
def test_a_dropped_volume_never_changes_the_others(keep, is_filtered):
    keep = np.array(keep)
    keep[[20, 60, 100]] = True
    plan = Cleaning(True, None, 0.1 if is_filtered and keep.sum() > 60 else None, True)
    spoiled, spoiled_confounds = SERIES.copy(), CONFOUNDS.copy()
    spoiled[~keep], spoiled_confounds[~keep] = -1e6, 1e6
    if keep.sum() <= 8:
        return
    one = clean(SERIES, plan, confounds=CONFOUNDS, keep=keep, tr_s=2.0)
    two = clean(spoiled, plan, confounds=spoiled_confounds, keep=keep, tr_s=2.0)

    assert np.array_equal(one, two)


def test_a_region_that_is_absent_in_dropped_volumes_only_is_kept():
    keep = np.ones(140, bool)
    keep[[7, 8]] = False
    holed = SERIES.copy()
    holed[7, 2] = np.nan
    for plan in (Cleaning(True), Cleaning(True, 0.01, 0.1)):
        assert np.isfinite(clean(holed, plan, keep=keep, tr_s=2.0)).all()


@pytest.mark.parametrize("count", [139, 140, 200])
def test_as_many_confounds_as_volumes_are_refused_and_not_answered_with_rounding(count):
    with pytest.raises(UsageError, match="leave nothing"):
        clean(SERIES, Cleaning(), confounds=RNG.normal(0, 1, (140, count)))


def test_cleaning_that_a_volume_without_values_forbids_is_said(tmp_path):
    data = DATA.astype(float)
    data[GRID == 2, 4] = np.nan
    bold, atlas = image(tmp_path / "a_bold.nii", data, "<f4"), labels(tmp_path / "parts.nii", GRID)
    _, out, said = extract(bold, "--atlas", atlas, "--detrend")
    _, values = table_of(out)

    assert np.isnan(values).all(axis=0).tolist() == [False, True, False]
    assert "1 regions are withheld" in said
    assert "cleaning needs every volume" in said


def test_memory_does_not_grow_with_the_volumes(tmp_path):
    code = (
        "import sys; from painloom.doors.cli.main import main; s = main(sys.argv[1:]); "
        "print([l for l in open('/proc/self/status') if l.startswith('VmHWM')][0].split()[1]); sys.exit(s)"
    )
    atlas = labels(tmp_path / "parts.nii", RNG.integers(0, 9, (60, 60, 40)))
    peak = []
    for count in (4, 120):
        bold = image(tmp_path / f"v{count}_bold.nii.gz", np.zeros((60, 60, 40, count), "i2") + 5)
        command = [sys.executable, "-c", code, "brain", "extract", str(bold), "--atlas", str(atlas), "-o", str(tmp_path / "o.tsv")]
        peak.append(int(subprocess.run(command, capture_output=True, text=True, check=True).stdout))

    assert peak[1] - peak[0] < 8 * 1024  # all volumes at once would take 33 MiB more


@needs_material
@pytest.mark.parametrize("generation", ["test-v21_desc-confounds_timeseries.tsv", "test_desc-confounds_regressors.tsv"])
def test_both_generations_of_the_confounds_table_are_read_as_nilearn_reads_them(generation):
    import pandas as pd

    path = BRAIN / "sources" / "fmriprep-confounds" / generation
    found = read_confounds(path)
    used = chosen_columns(found, ("24", "wm-csf", "cosine", "global", "acompcor"))
    frame = pd.read_csv(path, sep="\t", na_values="n/a")

    assert np.array_equal(regressors(found, used), prepare_output(frame[list(used)], demean=False)[1][list(used)].to_numpy())
    assert {"trans_x_derivative1", "white_matter", "csf", "cosine00", "global_signal", "a_comp_cor_04"} <= set(used)
    assert "a_comp_cor_05" not in used
    assert not {"framewise_displacement", "dvars", "std_dvars"} & set(chosen_columns(found, ("auto",)))


@needs_material
def test_real_images_and_confounds_give_the_series_of_nilearn(tmp_path):
    """A real run of 20 volumes with labels made on its grid and a confounds table, cleaned in one go by both programs."""
    real = nib.load(BRAIN / "sources" / "images" / "nilearn-nibabel" / "functional.nii")
    grid = RNG.integers(0, 5, real.shape[:3]).astype("i2")
    nib.save(nib.Nifti1Image(grid, real.affine), tmp_path / "parts.nii.gz")
    bold = BRAIN / "sources" / "images" / "nilearn-nibabel" / "functional.nii"
    table = tmp_path / "c.tsv"
    own = RNG.normal(0, 1, (20, 3))
    np.savetxt(table, own, delimiter="\t", header="trans_x\ttrans_y\trot_z", comments="")
    status, out, _ = extract(bold, "--atlas", tmp_path / "parts.nii.gz", "--confounds", table, "--detrend", "--standardize")
    masker = NiftiLabelsMasker(tmp_path / "parts.nii.gz", detrend=True, standardize="zscore_sample", resampling_target=None)

    assert status == 0
    assert np.allclose(table_of(out)[1], masker.fit_transform(real, confounds=own), rtol=1e-4, atol=1e-6)


@needs_material
def test_a_real_atlas_names_its_columns_and_refuses_its_twin_in_another_space(tmp_path):
    folder = BRAIN / "sources" / "atlases" / "tian-schaefer"
    here, other = (next(folder.glob(f"*400Parcels*{space}_2mm.nii.gz")) for space in ("NLin6Asym", "NLin2009cAsym"))
    own = nib.load(here)
    data = RNG.integers(100, 2000, (*own.shape, 2)).astype("i2")
    bold = tmp_path / "sub-1_space-MNI152NLin6Asym_bold.nii.gz"
    nib.save(nib.Nifti1Image(data, own.affine), bold)
    status, out, _ = extract(bold, "--atlas", here)
    names, values = table_of(out)
    grid = np.asarray(own.dataobj)

    assert status == 0
    assert (len(names), names[0], names[32], len(set(names))) == (432, "aHIP-rh", "7Networks_LH_Vis_1", 432)
    assert np.allclose(values[1, 31], data[..., 1][grid == 32].mean())
    status, _, said = extract(bold, "--atlas", other)
    assert status == 3
    assert "MNI152NLin2009cAsym" in said
    assert "MNI152NLin6Asym" in said


@needs_material
def test_a_person_laid_back_into_an_image_comes_out_again(tmp_path):
    """Known answer of the semi-real fixture: the regional series of the person, neither regressed nor scrubbed without being asked."""
    maker = BRAIN / "cases" / "semi-real-4d" / "make_fixture.py"
    subprocess.run([sys.executable, str(maker), str(tmp_path)], check=True, capture_output=True)
    bold, table = next(tmp_path.glob("*_bold.nii.gz")), next(tmp_path.glob("*_timeseries.tsv"))
    status, out, said = extract(bold, "--atlas", BRAIN / "sources" / "atlases" / "mist" / "MIST_122.nii.gz", "--confounds", table)
    names, values = table_of(out)
    order = [line.split("\t") for line in (BRAIN / "sources" / "atlases" / "mist" / "mist122_series_order.tsv").read_text().splitlines()]
    person = json.loads((tmp_path / "expected.json").read_text())["person"]
    packed = BRAIN / "cases" / "rpn-essen" / "timeseries" / f"{person}_task-rest_atlas-MIST122_timeseries.tsv.gz"
    wanted = np.array([line.split("\t") for line in gzip.decompress(packed.read_bytes()).decode().splitlines()[1:]], float)

    assert status == 0
    assert names == [str(label) for label in range(1, 123)]
    columns = [names.index(row[1]) for row in order[1:]]
    places = [int(row[0]) for row in order[1:]]
    assert np.allclose(values[:, columns], wanted[:, places], rtol=1e-5, atol=1e-3)
    assert "nothing was regressed out" in said


def test_an_affine_a_thousandth_of_a_millimetre_away_is_the_same_grid(tmp_path):
    bold = image(tmp_path / "a_bold.nii", DATA)
    near = labels(tmp_path / "near.nii", GRID, affine=AFFINE + np.array([[0, 0, 0, 4e-4], [0] * 4, [0] * 4, [0] * 4]))
    far = labels(tmp_path / "far.nii", GRID, affine=AFFINE + np.array([[0, 0, 0, 4e-3], [0] * 4, [0] * 4, [0] * 4]))

    assert extract_regions(bold, near).counts.sum() == (GRID > 0).sum()
    with pytest.raises(InputError, match="affine"):
        extract_regions(bold, far)
