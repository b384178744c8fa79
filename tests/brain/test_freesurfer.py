"""Reading regional measures: FreeSurfer of several generations, FastSurfer, SynthSeg, subfield lists."""

import math

import pytest
from freesurfer_builder import aparc, aseg, subject_folder

from painloom.errors import InputError
from painloom.intake.freesurfer import read_subject


def value(brain, table, name, measure="volume"):
    return dict(brain.tables[table].rows[name].values)[measure]


def test_rows_keep_the_spelling_of_the_file_and_all_three_measures(tmp_path):
    brain = read_subject(subject_folder(tmp_path / "s"))
    insula = brain.tables["lh.aparc"].rows["insula"]

    assert (("area", 2300.0), ("volume", 6800.0), ("thickness", 3.0)) == insula.values
    assert "Left-Hippocampus" == brain.tables["aseg"].rows["left-hippocampus"].name
    assert 4000.0 == value(brain, "aseg", "left-hippocampus")


def test_a_measure_line_without_a_comma_is_read_from_the_right(tmp_path):
    brain = read_subject(subject_folder(tmp_path / "s"))

    assert (("volume", 470000.5),) == brain.tables["aseg"].header["cortexvol"].values


def test_head_size_holes_and_software_are_found(tmp_path):
    brain = read_subject(subject_folder(tmp_path / "s"))

    assert (1_500_000.0, 40.0, "freesurfer", "6") == (brain.head_size, brain.holes, brain.software, brain.version)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("$Id: mri_segstats.c,v 1.75.2.2 2011/04/27 22:18:58 nicks Exp $", "5"),
        ("$Id: mri_segstats.c,v 1.121 2016/05/31 17:27:11 greve Exp $", "6"),
        ("7.1.1", "7"),
        ("8.0.0", "8"),
        ("dev", ""),
    ],
)
def test_version_is_read_in_every_generation(tmp_path, version, expected):
    brain = read_subject(subject_folder(tmp_path / "s", version=version))

    assert ("freesurfer", expected) == (brain.software, brain.version)


def test_the_older_name_of_the_head_size_counts(tmp_path):
    folder = subject_folder(tmp_path / "s", cortex=False, etiv=None)
    file = folder / "stats" / "aseg.stats"
    file.write_text("# Measure IntraCranialVol, ICV, Intracranial Volume, 1549336.7, mm^3\n" + file.read_text())

    assert 1549336.7 == read_subject(folder).head_size


@pytest.mark.parametrize("etiv", [None, 0.0, -5.0, math.nan])
def test_head_size_that_is_missing_or_impossible_is_not_known(tmp_path, etiv):
    assert read_subject(subject_folder(tmp_path / "s", cortex=False, etiv=etiv)).head_size is None


def test_no_holes_is_a_number_and_a_missing_line_is_none(tmp_path):
    assert 0.0 == read_subject(subject_folder(tmp_path / "a", holes=0)).holes
    assert read_subject(subject_folder(tmp_path / "b", holes=None)).holes is None


def test_stats_files_directly_in_the_folder_are_read(tmp_path):
    (tmp_path / "aseg.stats").write_text(aseg())

    assert ["aseg"] == list(read_subject(tmp_path).tables)


def test_the_brain_folder_of_a_case_is_found(tmp_path):
    subject_folder(tmp_path / "case" / "brain", cortex=False)

    assert ["aseg"] == list(read_subject(tmp_path / "case").tables)


def test_other_stats_files_are_left_alone(tmp_path):
    folder = subject_folder(tmp_path / "s", cortex=False)
    for name in ("lh.curv.stats", "lh.w-g.pct.stats", "lh.BA_exvivo.thresh.stats", "notes.stats", "._aseg.stats"):
        (folder / "stats" / name).write_text("no table at all")

    assert ["aseg"] == list(read_subject(folder).tables)


def test_fastsurfer_is_known_by_its_header_and_by_its_file_names(tmp_path):
    (tmp_path / "a").mkdir()
    text = aseg(program="segstats.py").replace("# cvs_version", "# FastSurfer_version 2.4.2\n# cvs_version")
    (tmp_path / "a" / "aseg+DKT.VINN.stats").write_text(text)

    assert ("fastsurfer", "2") == (read_subject(tmp_path / "a").software, read_subject(tmp_path / "a").version)


def test_synthseg_volumes_are_read_with_hyphens_and_head_size(tmp_path):
    file = tmp_path / "vol.csv"
    file.write_text("subject,total intracranial,left hippocampus,brain-stem\nscan.nii.gz,1480000.5,4100.25,20000\n")
    for place in (tmp_path, file):
        brain = read_subject(place)

        assert ("synthseg", 1480000.5, None) == (brain.software, brain.head_size, brain.holes)
        assert 4100.25 == value(brain, "synthseg", "left-hippocampus")


def test_subfield_lists_of_the_norms_version_are_read_and_others_named(tmp_path):
    folder = subject_folder(tmp_path / "s", cortex=False)
    (folder / "mri").mkdir()
    (folder / "mri" / "lh.hippoSfVolumes-T1.v10.txt").write_text("CA1 686.3\nWhole_hippocampus 3578.9\n")
    (folder / "mri" / "brainstemSsVolumes.v10.txt").write_text("Pons 15504.8\n")
    (folder / "mri" / "rh.hippoSfVolumes-T1.v21.txt").write_text("CA1-body 100\n")
    brain = read_subject(folder)

    assert 686.3 == value(brain, "lh.hipposubfields", "ca1")
    assert 15504.8 == value(brain, "brainstem", "pons")
    assert "rh.hippoSfVolumes-T1.v21.txt" in " ".join(brain.warnings)


def test_files_of_two_people_are_told_without_a_name(tmp_path):
    folder = subject_folder(tmp_path / "s", subject="anna-secret")
    (folder / "stats" / "rh.aparc.stats").write_text(aparc("rh", subject="berta-secret"))
    told = " ".join(read_subject(folder).warnings)

    assert "more than one person" in told
    assert "secret" not in told


def test_head_sizes_that_differ_between_files_are_told(tmp_path):
    folder = subject_folder(tmp_path / "s")
    (folder / "stats" / "rh.aparc.stats").write_text(aparc("rh", etiv=1_700_000.0))

    assert "head sizes" in " ".join(read_subject(folder).warnings)


def test_one_run_gives_no_warning(tmp_path):
    assert () == read_subject(subject_folder(tmp_path / "s")).warnings


def test_images_are_listed_by_name_and_not_opened(tmp_path):
    folder = subject_folder(tmp_path / "s", cortex=False)
    (folder / "mri").mkdir()
    (folder / "mri" / "brain.mgz").write_bytes(b"not an image")

    assert ["brain"] == list(read_subject(folder).images)


def test_a_folder_without_measures_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no regional measures found; give the folder that holds stats/"):
        read_subject(tmp_path)
