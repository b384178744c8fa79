"""Damaged, cut and malicious result folders: one line, no crash, no name, bounded work."""

import contextlib
import gzip
import os
import time

import numpy as np
import pytest
from freesurfer_builder import aparc, aseg, mgz, subject_folder

from painloom.errors import InputError
from painloom.intake.freesurfer import read_subject
from painloom.intake.mgh import read_mgh

GOOD = aseg()
ROW = "  5   10      8549     7800.0  Left-Thalamus-Proper            88.4     8.5    44.0   107.0    63.0"


def with_line(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


BAD_STATS = {
    "no column heads": ("\n".join(line for line in GOOD.splitlines() if "ColHeaders" not in line), "ColHeaders"),
    "heads without a structure": (GOOD.replace("StructName", "Name"), "StructName"),
    "heads without a measure": (GOOD.replace("Volume_mm3", "Whatever"), "volume, area or thickness"),
    "a row cut short": (GOOD + " 99 17 100 4000.0\n", "4 columns, its header has 10"),
    "a word for a number": (with_line("  7000.0  ", "  many  "), "must hold a number"),
    "a structure twice": (GOOD + " 99 17 100 4000.0 left-hippocampus 1 1 1 1 1\n", "stands twice"),
    "a measure line without a number": (with_line(", 40, unitless", ", forty, unitless"), "measure SurfaceHoles"),
    "an empty file": ("", "is empty"),
    "NUL characters": (GOOD + "\0\0\0", "NUL"),
    "more rows than a brain has": (GOOD + "".join(f"{i} {i} 1 1.0 r{i} 1 1 1 1 1\n" for i in range(6000)), "more than 5,000"),
}


@pytest.mark.parametrize("case", BAD_STATS)
def test_damaged_stats_are_refused_in_one_line_with_the_file(tmp_path, case):
    text, says = BAD_STATS[case]
    (tmp_path / "aseg.stats").write_text(text)
    with pytest.raises(InputError) as refused:
        read_subject(tmp_path)

    assert str(refused.value).startswith("aseg.stats: ")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "aseg.stats").write_bytes(GOOD.replace("invented", "Mü\xdf").encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_subject(tmp_path)


def test_an_oversized_file_is_refused_before_it_is_read(tmp_path):
    with (tmp_path / "aseg.stats").open("wb") as file:
        file.truncate(5 * 10**9)
    start = time.perf_counter()
    with pytest.raises(InputError, match="larger than"):
        read_subject(tmp_path)

    assert time.perf_counter() - start < 1


def test_links_in_a_circle_are_passed_over(tmp_path):
    folder = subject_folder(tmp_path / "s", cortex=False)
    os.symlink("lh.aparc.stats", folder / "stats" / "lh.aparc.stats")
    os.symlink("..", folder / "stats" / "up")

    assert ["aseg"] == list(read_subject(folder).tables)


def test_a_folder_that_is_a_circle_of_links_is_refused(tmp_path):
    os.symlink("b", tmp_path / "a")
    os.symlink("a", tmp_path / "b")
    with pytest.raises(InputError, match="no such folder"):
        read_subject(tmp_path / "a")


def test_a_stats_folder_in_place_of_a_stats_file_is_passed_over(tmp_path):
    folder = subject_folder(tmp_path / "s", cortex=False)
    (folder / "stats" / "lh.aparc.stats").mkdir()

    assert ["aseg"] == list(read_subject(folder).tables)


def test_names_in_a_message_cannot_draw_on_the_terminal(tmp_path):
    (tmp_path / "aseg.stats").write_text(GOOD + " 99 1 1 1.0 \x1b[2Jx 1 1 1 1 1\n" + " 99 1 1 1.0 \x1b[2Jx 1 1 1 1 1\n")
    with pytest.raises(InputError) as refused:
        read_subject(tmp_path)

    assert "\x1b" not in str(refused.value)


BAD_VOLUMES = {
    "no person": ("subject,total intracranial\n", "0 people"),
    "two people": ("subject,left hippocampus\na,1\nb,2\n", "2 people"),
    "a column twice": ("subject,left hippocampus,left hippocampus\na,1,2\n", "stands twice"),
    "a row cut short": ("subject,left hippocampus,csf\na,1\n", "2 columns, its header has 3"),
    "a word for a number": ("subject,left hippocampus\na,big\n", "must hold a number"),
}


@pytest.mark.parametrize("case", BAD_VOLUMES)
def test_damaged_volumes_are_refused_without_the_person(tmp_path, case):
    text, says = BAD_VOLUMES[case]
    (tmp_path / "v.csv").write_text(text.replace("\na,", "\nanna-secret,"))
    with pytest.raises(InputError) as refused:
        read_subject(tmp_path)

    assert says in str(refused.value)
    assert "secret" not in str(refused.value)


def test_two_files_with_the_same_measures_are_refused(tmp_path):
    (tmp_path / "stats").mkdir()
    (tmp_path / "stats" / "aseg.stats").write_text(GOOD)
    (tmp_path / "aseg.stats").write_text(GOOD)
    with pytest.raises(InputError, match="keep one of the two"):
        read_subject(tmp_path)


@pytest.mark.parametrize("kind", ["u1", "i2", "i4", "f4"])
@pytest.mark.parametrize("packed", [True, False])
def test_an_image_reads_as_nibabel_reads_it(tmp_path, kind, packed):
    nibabel = pytest.importorskip("nibabel")
    data = np.arange(2 * 3 * 4, dtype=kind).reshape(2, 3, 4)
    path = mgz(tmp_path / ("i.mgz" if packed else "i.mgh"), data, moved=7.5, packed=packed)
    ours, theirs = read_mgh(path), nibabel.load(path)

    assert np.array_equal(np.asanyarray(theirs.dataobj), ours.data)
    assert np.allclose(theirs.affine, ours.affine)


def test_an_image_without_geometry_has_no_affine(tmp_path):
    assert read_mgh(mgz(tmp_path / "i.mgz", np.zeros((2, 2, 2), "u1"), good=0)).affine is None


CUBE = np.zeros((4, 4, 4), "i4")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"version": 2}, "known version"),
        ({"frames": 3}, "3 volumes"),
        ({"shape": (0, 4, 4)}, "0 x 4 x 4"),
        ({"shape": (-4, 4, 4)}, "-4 x 4 x 4"),
        ({"shape": (2000, 4, 4)}, "2000 x 4 x 4"),
        ({"shape": (1024, 1024, 1024)}, "voxels in all"),
        ({"shape": (4, 4, 40)}, "cut short"),
        ({"shape": (4, 4, 40), "packed": False}, "cut short"),
    ],
)
def test_a_lying_header_is_refused(tmp_path, change, says):
    with pytest.raises(InputError, match=says):
        read_mgh(mgz(tmp_path / "i.mgz", CUBE, **change))


@pytest.mark.parametrize("kept", [0, 1, 10, 100, -30])
def test_a_truncated_image_is_refused(tmp_path, kept):
    path = mgz(tmp_path / "i.mgz", np.random.default_rng(1).integers(0, 99, (9, 9, 9)).astype("i4"))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match=r"i\.mgz: .*(cut short|damaged)"):
        read_mgh(path)


def test_damaged_packing_is_refused(tmp_path):
    path = mgz(tmp_path / "i.mgz", np.random.default_rng(1).integers(0, 99, (9, 9, 9)).astype("i4"))
    bytes_ = bytearray(path.read_bytes())
    bytes_[200:260] = b"\xff" * 60
    path.write_bytes(bytes(bytes_))
    with pytest.raises(InputError, match=r"damaged|cut short"):
        read_mgh(path)


def test_a_file_that_unpacks_without_end_costs_no_more_than_its_header_promises(tmp_path):
    path = mgz(tmp_path / "i.mgz", np.zeros((4, 4, 4), "u1"), tail=b"\0" * 200_000_000)
    start = time.perf_counter()

    assert (4, 4, 4) == read_mgh(path).data.shape
    assert time.perf_counter() - start < 0.2


def test_an_unknown_number_type_is_refused(tmp_path):
    path = mgz(tmp_path / "i.mgh", np.zeros((2, 2, 2), "u1"), packed=False)
    whole = bytearray(path.read_bytes())
    whole[20:24] = (2).to_bytes(4, "big")
    path.write_bytes(gzip.compress(bytes(whole)))
    with pytest.raises(InputError, match="number type 2"):
        read_mgh(path)


def test_cut_anywhere_a_stats_file_is_read_or_refused_and_never_crashes(tmp_path):
    file = tmp_path / "lh.aparc.stats"
    text = aparc()
    for cut in range(0, len(text), 7):
        file.write_text(text[:cut])
        with contextlib.suppress(InputError):  # anything else would be a crash
            read_subject(tmp_path)
