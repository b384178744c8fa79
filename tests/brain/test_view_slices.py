"""Slices of an image: upright and the right way round whatever the order of axes; hostile images are refused in one line."""

import gzip
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.brain.slices import (
    MOST_VOXELS,
    Volume,
    balls,
    pack,
    read_volume,
    sample,
    shown_name,
    space_of,
    three_planes,
    window,
)
from painloom.errors import InputError

nib = pytest.importorskip("nibabel", reason="nibabel is not installed: tests of images skipped")
Image = pytest.importorskip("PIL.Image", reason="pillow is not installed: tests of images skipped")
LEFT, FRONT, TOP, BACK = (-20.0, 0.0, 0.0), (0.0, 24.0, 0.0), (0.0, 0.0, 28.0), (0.0, -24.0, 0.0)


def landmarks(affine, shape):
    """Nothing but a dim ball behind, a brighter one at the person's left, a brighter one in front, the brightest above."""
    index = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), axis=-1)
    world = index @ affine[:3, :3].T + affine[:3, 3]
    data = np.zeros(shape, dtype=np.float32)
    for place, value in ((BACK, 50.0), (LEFT, 100.0), (FRONT, 150.0), (TOP, 200.0)):
        data[np.linalg.norm(world - np.array(place), axis=-1) < 5] = value
    return data


def centred(axes, zoom=2.0, n=48):
    """An affine whose voxel axes run as `axes` (such as "LPI") say, centred on the origin."""
    affine = np.eye(4)
    affine[:3, :3] = 0
    for column, letter in enumerate(axes):
        row, sign = {"R": (0, 1), "L": (0, -1), "A": (1, 1), "P": (1, -1), "S": (2, 1), "I": (2, -1)}[letter]
        affine[row, column] = sign * zoom
    affine[:3, 3] = -affine[:3, :3] @ np.full(3, (n - 1) / 2)
    return affine


def write(path, data, affine, **header):
    image = nib.Nifti1Image(data, affine)
    for key, value in header.items():
        image.header[key] = value
    nib.save(image, path)
    return path


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture.png)))


def bright(picture, value):
    """The mm of the middle of what is as bright as `value` (share of the window) in a picture."""
    grey = pixels(picture).astype(float)
    rows, columns = np.nonzero(np.abs(grey - value) < 8)
    (left, bottom), (right, top) = picture.low, picture.high
    x = left + (columns.mean() + 0.5) / grey.shape[1] * (right - left)
    y = top - (rows.mean() + 0.5) / grey.shape[0] * (top - bottom)
    return x, y


@pytest.mark.parametrize("axes", ["RAS", "LAS", "LPI", "RSP", "SAL", "PIR"])
def test_every_order_of_axes_gives_the_same_upright_pictures_with_the_persons_left_on_the_left(tmp_path, axes):
    affine = centred(axes)
    path = write(tmp_path / "sub-1_T1w.nii.gz", landmarks(affine, (48, 48, 48)), affine)
    planes = {p.plane: p for p in three_planes(path, (0.0, 0.0, 0.0))}
    low, high = window(read_volume(path).data)
    grey = {place: 255 * (min(v, high) - low) / (high - low) for place, v in ((LEFT, 100.0), (FRONT, 150.0), (TOP, 200.0))}

    assert bright(planes["axial"], grey[LEFT]) == pytest.approx((-20, 0), abs=1.5)
    assert bright(planes["axial"], grey[FRONT]) == pytest.approx((0, 24), abs=1.5)
    assert bright(planes["coronal"], grey[LEFT]) == pytest.approx((-20, 0), abs=1.5)
    assert bright(planes["coronal"], grey[TOP]) == pytest.approx((0, 28), abs=1.5)
    assert bright(planes["sagittal"], grey[FRONT]) == pytest.approx((24, 0), abs=1.5)
    assert bright(planes["sagittal"], grey[TOP]) == pytest.approx((0, 28), abs=1.5)


@given(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4), st.floats(0.8, 3.0))
@settings(max_examples=25, deadline=None)
def test_a_tilted_image_still_shows_every_place_where_it_is(tilt, turn, zoom):
    a, b = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]]), np.eye(3)
    b[:2, :2] = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    affine = np.eye(4)
    n = int(72 / zoom)
    affine[:3, :3] = a @ b * zoom
    affine[:3, 3] = -affine[:3, :3] @ np.full(3, (n - 1) / 2)
    volume = Volume("v", landmarks(affine, (n, n, n)), affine, "")

    assert sample(volume, np.array([LEFT, FRONT, TOP])).tolist() == [100, 150, 200]


def test_the_middle_is_shown_where_no_place_is_given(tmp_path):
    affine = centred("RAS")
    path = write(tmp_path / "sub-1_T1w.nii", landmarks(affine, (48, 48, 48)), affine)

    assert [p.at_mm for p in three_planes(path)] == [0, 0, 0]


def test_a_place_outside_the_image_is_refused_with_the_bounds(tmp_path):
    affine = centred("RAS")
    path = write(tmp_path / "sub-1_T1w.nii", landmarks(affine, (48, 48, 48)), affine)

    with pytest.raises(InputError, match=r"outside the image, which spans x -48\.\.48"):
        three_planes(path, (0, 0, 300))


def test_the_window_leaves_out_the_ground_and_the_extremes():
    data = np.zeros((40, 40, 40), dtype=np.float32)
    data[10:30, 10:30, 10:30] = np.linspace(100, 200, 8000).reshape(20, 20, 20)
    data[15, 15, 15] = 1e9

    low, high = window(data)
    assert low == pytest.approx(102, abs=0.5)
    assert high == pytest.approx(198, abs=0.5)


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_a_flat_image_is_drawn_without_a_fault(tmp_path, value):
    path = write(tmp_path / "sub-1_T1w.nii", np.full((20, 20, 20), value, dtype=np.float32), centred("RAS", n=20))

    assert len(three_planes(path)) == 3


def test_holes_in_the_data_are_dark(tmp_path):
    data = landmarks(centred("RAS"), (48, 48, 48))
    data[24:, 24:, 24:] = np.nan
    data[:24, 24:, 24:] = np.inf
    path = write(tmp_path / "sub-1_T1w.nii", data, centred("RAS"))

    assert np.isfinite(read_volume(path).data).all()
    assert len(three_planes(path)) == 3


def test_a_mask_of_another_grid_takes_away_what_lies_outside(tmp_path):
    affine = centred("LPI")
    image = write(tmp_path / "sub-1_T1w.nii", landmarks(affine, (48, 48, 48)) + 10, affine)
    half = np.zeros((24, 24, 24), dtype=np.uint8)
    mask_affine = centred("RAS", zoom=4.0, n=24)
    half[:12] = 1  # x below 0: the person's left
    mask = write(tmp_path / "sub-1_mask.nii", half, mask_affine)
    volume = read_volume(image, mask)

    assert sample(volume, np.array([LEFT, (20.0, 0.0, 0.0)])).tolist() == [110, 0]
    assert (volume.data == 0).mean() == pytest.approx(0.5, abs=0.02)


def test_an_overlay_is_orange_above_and_blue_below_zero_and_clear_where_faint(tmp_path):
    affine = centred("RAS")
    image = write(tmp_path / "sub-1_T1w.nii", np.full((48, 48, 48), 50.0, dtype=np.float32), affine)
    values = np.zeros((48, 48, 48), dtype=np.float32)
    values[6:12, 20:28, 20:28], values[36:42, 20:28, 20:28], values[22:26, 22:26, 22:26] = 5, -5, 0.01
    over = write(tmp_path / "sub-1_stat.nii", values, affine)
    axial = pixels(three_planes(image, (0, 0, 0), overlay=over)[2]).astype(int)

    def at(x, y):
        return axial[axial.shape[0] // 2 - y, axial.shape[1] // 2 + x]

    assert at(-30, 0)[0] > at(-30, 0)[2] + 50
    assert at(30, 0)[2] > at(30, 0)[0] + 50
    assert len(set(at(0, 0))) == 1


def test_two_spaces_are_never_mixed(tmp_path):
    data, affine = np.ones((20, 20, 20), dtype=np.int16), centred("RAS", n=20)
    head = write(tmp_path / "sub-1_space-MNI152NLin6Asym_T1w.nii", data, affine)
    other = write(tmp_path / "sub-1_space-MNI152NLin2009cAsym_stat.nii", data, affine)
    native = write(tmp_path / "sub-1_T1w.nii", data, affine)

    with pytest.raises(InputError, match="differ by millimetres"):
        three_planes(head, overlay=other)
    with pytest.raises(InputError, match="differ by millimetres"):
        read_volume(head, other)
    with pytest.raises(InputError, match="differ by millimetres"):
        three_planes(head, overlay=native)


def test_an_mgz_image_comes_out_as_the_same_picture(tmp_path):
    affine = centred("LIA")
    data = landmarks(affine, (48, 48, 48))
    nib.save(nib.MGHImage(data, affine), tmp_path / "T1w.mgz")
    write(tmp_path / "T1w.nii.gz", data, affine)

    assert three_planes(tmp_path / "T1w.mgz", (0, 0, 0)) == three_planes(tmp_path / "T1w.nii.gz", (0, 0, 0))


def test_the_packed_image_keeps_grey_and_place_and_loses_every_text(tmp_path):
    affine = centred("LPI")
    path = tmp_path / "sub-1_T1w.nii.gz"
    image = nib.Nifti1Image(landmarks(affine, (48, 48, 48)), affine)
    for field in ("descrip", "aux_file", "intent_name", "db_name"):
        image.header[field] = b"MEIER ANNA"
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"MEIER ANNA born 1970"))
    nib.save(image, path)
    volume = read_volume(path)
    packed = pack(volume)
    raw = gzip.decompress(packed.data)
    again = nib.Nifti1Image.from_bytes(raw)

    assert b"MEIER" not in raw
    assert len(raw) == 352 + 2 * 48**3
    assert np.allclose(again.affine, affine)
    assert np.abs(again.get_fdata() - volume.data).max() < 0.01
    assert packed.step == 1


def test_an_image_too_large_for_a_page_is_thinned_and_stays_in_its_place():
    affine = centred("RAS", n=48)
    packed = pack(Volume("v", landmarks(affine, (48, 48, 48)), affine, ""), most_bytes=40_000)
    again = nib.Nifti1Image.from_bytes(gzip.decompress(packed.data))
    world = again.affine[:3, :3] @ np.array([7, 12, 12]) + again.affine[:3, 3]

    assert packed.step == 2
    assert again.shape == (24, 24, 24)
    assert np.linalg.norm(world - np.array(LEFT)) < 2
    assert again.get_fdata()[7, 12, 12] == pytest.approx(100, abs=0.1)


def test_balls_lie_at_their_targets_and_none_outside_the_image():
    affine = centred("LPI", n=48)
    volume = Volume("v", np.zeros((48, 48, 48), dtype=np.float32), affine, "")
    image = nib.Nifti1Image.from_bytes(gzip.decompress(balls(volume, (LEFT, (0, 0, 400.0)), 1)))
    index = np.argwhere(image.get_fdata() > 0)
    world = index @ image.affine[:3, :3].T + image.affine[:3, 3]

    assert world.mean(axis=0) == pytest.approx(LEFT, abs=1)
    assert np.linalg.norm(world - np.array(LEFT), axis=1).max() <= 3
    assert balls(volume, ((0, 0, 400.0),), 1) == b""


def test_the_first_volume_of_a_series_is_shown(tmp_path):
    data = np.zeros((20, 20, 20, 3), dtype=np.int16)
    data[..., 0], data[..., 1] = 5, 9
    volume = read_volume(write(tmp_path / "sub-1_bold.nii.gz", data, centred("RAS", n=20)))

    assert (volume.data == 5).all()
    assert volume.volumes == 3


@pytest.mark.parametrize(
    ("name", "shown", "space"),
    [
        ("sub-01_ses-2_space-MNI152NLin6Asym_res-2_T1w.nii.gz", "sub-01_ses-2_space-MNI152NLin6Asym_res-2_T1w", "MNI152NLin6Asym"),
        ("sub-01_T1w.nii", "sub-01_T1w", "T1w"),
        ("MEIER_ANNA_19700101.nii.gz", "image", ""),
        ("MEIER_ANNA_T1w.nii.gz", "image", "T1w"),
        ("T1w.nii.gz", "T1w", "T1w"),
    ],
)
def test_only_names_that_cannot_be_a_persons_are_shown(tmp_path, name, shown, space):
    assert shown_name(tmp_path / name) == shown
    assert space_of(tmp_path / name) == space


def test_pictures_are_the_same_bytes_for_the_same_image(tmp_path):
    affine = centred("RAS")
    path = write(tmp_path / "sub-1_T1w.nii", landmarks(affine, (48, 48, 48)), affine)

    assert three_planes(path) == three_planes(path)
    assert pack(read_volume(path)) == pack(read_volume(path))


def small(tmp_path, **header):
    return write(tmp_path / "sub-1_T1w.nii", np.ones((20, 20, 20), dtype=np.int16), centred("RAS", n=20), **header)


def huge(tmp_path):
    path = small(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[40:48] = np.array([3, 2000, 2000, 2000], dtype="<i2").tobytes()
    path.write_bytes(bytes(raw))
    return path


def short(tmp_path):
    path = small(tmp_path)
    path.write_bytes(path.read_bytes()[:3000])
    return path


def short_gzip(tmp_path):
    path = tmp_path / "sub-1_T1w.nii.gz"
    whole = gzip.compress(small(tmp_path).read_bytes())
    path.write_bytes(whole[: len(whole) // 2])
    return path


def text(tmp_path):
    path = tmp_path / "sub-1_T1w.nii.gz"
    path.write_text("not an image")
    return path


def empty(tmp_path):
    path = tmp_path / "sub-1_T1w.nii"
    path.write_bytes(b"")
    return path


def flat(tmp_path):
    return write(tmp_path / "sub-1_T1w.nii", np.ones((20, 20), dtype=np.int16), np.eye(4))


def line(tmp_path):
    return write(tmp_path / "sub-1_T1w.nii", np.ones((1, 1, 4), dtype=np.int16), np.eye(4))


def colour(tmp_path):
    data = np.zeros((20, 20, 20), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
    return write(tmp_path / "sub-1_T1w.nii", data, centred("RAS", n=20))


def unturnable(tmp_path):
    affine = np.eye(4)
    affine[2, 2] = 0
    image = nib.Nifti1Image(np.ones((20, 20, 20), dtype=np.int16), None)
    image.header["sform_code"] = 1
    image.header["srow_x"], image.header["srow_y"], image.header["srow_z"] = affine[0], affine[1], affine[2]
    path = tmp_path / "sub-1_T1w.nii"
    path.write_bytes(image.to_bytes())
    raw = bytearray(path.read_bytes())
    raw[254:256] = np.array([1], dtype="<i2").tobytes()
    raw[280:328] = affine[:3].astype("<f4").tobytes()
    path.write_bytes(bytes(raw))
    return path


def endless(tmp_path):
    return write(tmp_path / "sub-1_T1w.nii", np.ones((20, 20, 20), dtype=np.int16), centred("RAS", zoom=90.0, n=20))


def tiny(tmp_path):
    return write(tmp_path / "sub-1_T1w.nii", np.ones((20, 20, 20), dtype=np.int16), centred("RAS", zoom=0.001, n=20))


def other(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG")
    return path


def absent(tmp_path):
    return tmp_path / "sub-1_T1w.nii.gz"


def folder(tmp_path):
    path = tmp_path / "sub-1_T1w.nii"
    path.mkdir()
    return path


HOSTILE = (huge, short, short_gzip, text, empty, flat, line, colour, unturnable, endless, tiny, other, absent, folder)


@pytest.mark.parametrize("make", HOSTILE, ids=lambda f: f.__name__)
def test_an_image_that_cannot_be_shown_is_refused_in_one_line(tmp_path, make):
    path = make(tmp_path)

    with pytest.raises(InputError) as refused:
        three_planes(path)
    assert "\n" not in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


def test_the_limit_of_voxels_leaves_room_for_a_head_at_a_millimetre():
    assert MOST_VOXELS > 320**3
