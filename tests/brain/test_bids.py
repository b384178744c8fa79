"""A brain folder is read by names: what each name says, and what is passed over without a word too much."""

import json
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.errors import InputError
from painloom.intake import bids
from painloom.intake.bids import images, read_brain_folder, reconstructed
from painloom.intake.bidsnames import read_name, subject_of
from painloom.intake.bidspairs import atlas_of, confounds_of, mask_of, motion_of, partner, regional_series

NEW = "sub-01_task-rest_space-MNI152NLin2009cAsym_res-2_desc-preproc_bold.nii.gz"


def tree(root: Path, *places: str) -> Path:
    for place in places:
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return root


def the(files, place):
    return next(f for f in files.files if f.place == place)


def test_an_empty_folder_is_an_empty_list(tmp_path):
    files = read_brain_folder(tmp_path)

    assert (files.files, files.warnings, files.generated_by) == ((), (), ())


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such brain folder"):
        read_brain_folder(tmp_path / "brain")


def test_a_modern_name_is_taken_apart(tmp_path):
    files = read_brain_folder(tree(tmp_path, f"sub-01/func/{NEW}"))

    (file,) = files.files
    assert file.place == f"sub-01/func/{NEW}"
    assert file.entities == (
        ("sub", "01"),
        ("task", "rest"),
        ("space", "MNI152NLin2009cAsym"),
        ("res", "2"),
        ("desc", "preproc"),
    )
    assert (file.suffix, file.ending, file.space, file.resolution) == ("bold", ".nii.gz", "MNI152NLin2009cAsym", "2")


@pytest.mark.parametrize(
    ("name", "suffix", "desc", "space"),
    [
        ("sub-01_task-rest_bold_space-MNI152NLin2009cAsym_preproc.nii.gz", "bold", "preproc", "MNI152NLin2009cAsym"),
        ("sub-01_task-rest_bold_space-T1w_brainmask.nii.gz", "mask", "brain", "T1w"),
        ("sub-01_task-rest_bold_confounds.tsv", "regressors", "confounds", ""),
        ("sub-01_T1w_preproc.nii.gz", "T1w", "preproc", ""),
        ("sub-01_task-rest_desc-confounds_regressors.tsv", "regressors", "confounds", ""),
        ("sub-01_task-rest_desc-confounds_timeseries.tsv", "timeseries", "confounds", ""),
        ("sub-01_task-rest_space-MNI152NLin6Asym_seg-4S156Parcels_stat-mean_timeseries.tsv", "timeseries", "", "MNI152NLin6Asym"),
        ("sub-01_task-rest_space-MNI152NLin6Asym_atlas-Tian_stat-mean_timeseries.tsv", "timeseries", "", "MNI152NLin6Asym"),
        ("sub-01_task-rest_motion.txt", "motion", "", ""),
        ("sub-01_from-MNI152NLin6Asym_to-T1w_mode-image_xfm.h5", "xfm", "", ""),
        ("T1w.nii.gz", "T1w", "", ""),
        ("atlas-Tian_dseg.tsv", "dseg", "", ""),
    ],
)
def test_old_and_new_names_say_the_same(name, suffix, desc, space):
    read = read_name(name)

    assert read is not None
    assert (read.suffix, read.entity("desc"), read.entity("space")) == (suffix, desc, space)


@pytest.mark.parametrize("ending", [".dtseries.nii", ".ptseries.nii", ".dscalar.nii"])
def test_a_surface_file_is_no_volume(tmp_path, ending):
    files = read_brain_folder(tree(tmp_path, f"sub-01/func/sub-01_task-rest_space-fsLR_den-91k_bold{ending}"))

    assert files.files[0].ending == ending
    assert images(files, "bold") == ()


@pytest.mark.parametrize(
    "name",
    [
        "Anna Example T1.nii.gz",
        "Example.nii.gz",
        "sub-01_sub-02_bold.nii.gz",
        "sub-01__bold.nii.gz",
        "sub-_bold.nii.gz",
        "sub-01_bold-.nii.gz",
        "sub-01_.nii.gz",
        ".nii.gz",
        "sub-01_foo_bar_bold.nii.gz",
        "sub-" + "a" * 300 + "_bold.nii.gz",
        "sub-01_task-rest_bold",
        "sub-Ä_bold.nii.gz",
    ],
)
def test_a_name_outside_the_scheme_says_nothing(name):
    assert read_name(name) is None


def test_names_outside_the_scheme_are_counted_and_never_printed(tmp_path):
    tree(tmp_path, "anat/Anna Example T1.nii.gz", "anat/Example.nii.gz", "Example^Anna/scan1.nii.gz")

    files = read_brain_folder(tmp_path)

    assert files.files == ()
    assert files.warnings == (
        "(folder): 1 entry not used: the name does not follow BIDS",
        "anat: 2 entries not used: the name does not follow BIDS",
    )


@given(st.text(min_size=1, max_size=40))
def test_no_text_is_a_name_that_breaks_the_reader(text):
    for name in (text, text + ".nii.gz", f"sub-01_{text}_bold.nii.gz", f"sub-01_{text}.tsv"):
        read = read_name(name)

        assert read is None or (read.suffix.isascii() and read.suffix.isalnum())


@given(st.dictionaries(st.sampled_from(["ses", "task", "run", "space", "res", "desc"]), st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True)))
def test_entities_come_back_in_the_order_written(entities):
    name = "_".join(["sub-01", *(f"{key}-{value}" for key, value in entities.items()), "bold.nii.gz"])

    read = read_name(name)

    assert read is not None
    assert read.entities == (("sub", "01"), *entities.items())


def test_two_subjects_are_refused_without_their_labels(tmp_path):
    tree(tmp_path, "sub-01/anat/sub-01_T1w.nii.gz", "sub-secret/anat/sub-secret_T1w.nii.gz")

    with pytest.raises(InputError) as refused:
        read_brain_folder(tmp_path)

    assert "2 subjects" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_folder_of_one_person_with_a_file_of_another_is_refused(tmp_path):
    with pytest.raises(InputError, match="2 subjects"):
        read_brain_folder(tree(tmp_path, "sub-01/anat/sub-02_T1w.nii.gz"))


def test_two_unlabelled_heads_are_refused_and_one_is_doubted(tmp_path):
    tree(tmp_path, "bert/stats/aseg.stats", "sub-01/func/" + NEW)

    warnings = read_brain_folder(tmp_path).warnings

    assert len(warnings) == 2
    assert not any("bert" in line for line in warnings)
    with pytest.raises(InputError, match="2 reconstructed subjects"):
        read_brain_folder(tree(tmp_path, "ernie/mri/brain.mgz"))


def test_sessions_and_longitudinal_heads_of_one_person_are_one_person(tmp_path):
    tree(tmp_path, "sub-01_ses-1/stats/aseg.stats", "sub-01.long.sub-01_base/stats/aseg.stats", "sub-01/ses-2/func/" + NEW)

    files = read_brain_folder(tmp_path)

    assert {f.entity("sub") for f in files.files} == {"01"}
    assert [p.name for p in reconstructed(files)] == ["sub-01.long.sub-01_base", "sub-01_ses-1"]


@pytest.mark.parametrize("folder", ["sub-01", "sub-01_ses-2", "sub-01.long.base"])
def test_the_label_of_a_folder(folder):
    assert subject_of(folder) == "01"


@pytest.mark.parametrize("folder", ["sub-", "subject-01", "01", "sub-01-02", "xsub-01"])
def test_a_folder_without_label(folder):
    assert subject_of(folder) == ""


def test_a_head_is_read_at_any_depth_and_templates_are_left_alone(tmp_path):
    place = "derivatives/freesurfer/sub-01"
    tree(tmp_path, f"{place}/stats/lh.aparc.stats", f"{place}/mri/aparc+aseg.mgz", f"{place}/mri/orig/001.mgz", "fsaverage/stats/x.stats")

    files = read_brain_folder(tmp_path)

    assert [(f.place, f.suffix, f.ending) for f in files.files] == [
        (f"{place}/mri/aparc+aseg.mgz", "aparc+aseg", ".mgz"),
        (f"{place}/stats/lh.aparc.stats", "stats", ".stats"),
    ]
    assert files.warnings == ()


def test_hidden_and_foreign_files_are_passed_over_silently(tmp_path):
    tree(tmp_path, ".git/x.nii.gz", "sub-01.html", "logs/run.log", "participants.tsv", "README.txt", "sub-01/figures/a.svg")

    assert read_brain_folder(tmp_path).files == ()
    assert read_brain_folder(tmp_path).warnings == ()


def test_a_link_below_the_root_is_followed_and_one_outside_is_not(tmp_path):
    outside = tmp_path / "elsewhere"
    root = tree(tmp_path / "brain", "store/sub-01_T2w.nii.gz")
    tree(outside, "sub-01_bold.nii.gz")
    (root / "sub-01_T1w.nii.gz").symlink_to(root / "store" / "sub-01_T2w.nii.gz")
    (root / "sub-01_bold.nii.gz").symlink_to(outside / "sub-01_bold.nii.gz")
    (root / "sub-01_mask.nii.gz").symlink_to(root / "nowhere")
    (root / "loop").symlink_to(root)

    files = read_brain_folder(root)

    assert [f.place for f in files.files] == ["store/sub-01_T2w.nii.gz", "sub-01_T1w.nii.gz"]
    assert files.warnings == (
        "the folder itself: 1 entry not used: a link that leads nowhere",
        "the folder itself: 1 entry not used: a link that leads out of the folder",
        "the folder itself: 1 entry not used: a link to a folder",
    )


def test_a_link_that_turns_in_a_circle_ends(tmp_path):
    (tmp_path / "sub-01_T1w.nii.gz").symlink_to(tmp_path / "sub-01_T2w.nii.gz")
    (tmp_path / "sub-01_T2w.nii.gz").symlink_to(tmp_path / "sub-01_T1w.nii.gz")

    assert read_brain_folder(tmp_path).warnings == ("the folder itself: 2 entries not used: a link that leads nowhere",)


def test_pipes_and_sockets_are_left_alone(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "sub-01_bold.nii.gz")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("sub-01_T1w.nii.gz")

        files = read_brain_folder(tmp_path)

    assert files.files == ()
    assert files.warnings == ("the folder itself: 2 entries not used: no ordinary file",)


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bids, "MOST_FILES", 5)
    tree(tmp_path, *(f"sub-01_run-{n}_bold.nii.gz" for n in range(5)))

    assert len(read_brain_folder(tmp_path).files) == 5
    with pytest.raises(InputError, match="more than 5 files"):
        read_brain_folder(tree(tmp_path, "sub-01_run-5_bold.nii.gz"))


def test_very_deep_folders_are_said_not_entered(tmp_path):
    tree(tmp_path, "/".join(["a"] * 12) + "/sub-01_T1w.nii.gz", "/".join(["b"] * 13) + "/sub-01_bold.nii.gz")

    files = read_brain_folder(tmp_path)

    assert [f.suffix for f in files.files] == ["T1w"]
    assert len(files.warnings) == 1
    assert "deeper than 12 folders" in files.warnings[0]


def test_programs_are_known_by_name_and_version_and_nothing_else(tmp_path):
    about = {
        "Name": "x",
        "Authors": ["Anna Example"],
        "GeneratedBy": [{"Name": "fMRIPrep", "Version": "23.1.4", "Container": {"URI": "x"}}],
    }
    (tmp_path / "dataset_description.json").write_text(json.dumps(about))
    (tmp_path / "xcp").mkdir()
    (tmp_path / "xcp" / "dataset_description.json").write_text(json.dumps({"PipelineDescription": {"Name": "xcp_d", "Version": "0.2"}}))

    files = read_brain_folder(tmp_path)

    assert files.generated_by == (("fMRIPrep", "23.1.4"), ("xcp_d", "0.2"))
    assert files.warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        '"x"',
        "null",
        '{"GeneratedBy": "x"}',
        '{"GeneratedBy": [1, {"Name": 3}, {"Name": "a\\nb"}, {"Name": "' + "x" * 999 + '"}]}',
        "\xff",
    ],
)
def test_a_broken_description_names_no_program(tmp_path, text):
    (tmp_path / "dataset_description.json").write_bytes(text.encode("latin-1"))

    assert read_brain_folder(tmp_path).generated_by == ()


def test_a_huge_description_is_not_opened(tmp_path):
    (tmp_path / "dataset_description.json").write_text('{"GeneratedBy": [{"Name": "x"}]}' + " " * 1_000_001)

    assert read_brain_folder(tmp_path).warnings[0].startswith("1 of 1")


@pytest.mark.parametrize("confounds", ["desc-confounds_timeseries.tsv", "desc-confounds_regressors.tsv", "bold_confounds.tsv"])
def test_a_run_finds_its_own_confounds(tmp_path, confounds):
    runs = [f"sub-01_ses-{s}_task-rest_run-{r}" for s in (1, 2) for r in (1, 2)]
    tree(tmp_path, *(f"{run}_{rest}" for run in runs for rest in (confounds, "space-A_desc-preproc_bold.nii.gz", "motion.tsv")))

    files = read_brain_folder(tmp_path)

    for run in runs:
        bold = the(files, f"{run}_space-A_desc-preproc_bold.nii.gz")
        assert confounds_of(files, bold).place == f"{run}_{confounds}"
        assert motion_of(files, bold).place == f"{run}_motion.tsv"


def test_a_mask_of_another_grid_is_no_mask(tmp_path):
    tree(tmp_path, NEW, NEW.replace("res-2", "res-1").replace("preproc_bold", "brain_mask"), "sub-01_task-rest_desc-brain_mask.nii.gz")
    files = read_brain_folder(tmp_path)

    assert mask_of(files, the(files, NEW)) is None

    own = NEW.replace("preproc_bold", "brain_mask")
    files = read_brain_folder(tree(tmp_path, own))
    assert mask_of(files, the(files, NEW)).place == own


def test_two_equal_partners_are_refused_not_guessed(tmp_path):
    files = read_brain_folder(tree(tmp_path, NEW, "sub-01_task-rest_motion.tsv", "sub-01_task-rest_motion.txt"))

    with pytest.raises(InputError, match="2 files of kind 'motion'"):
        motion_of(files, the(files, NEW))


def test_a_run_without_partner_has_none(tmp_path):
    files = read_brain_folder(tree(tmp_path, NEW, "sub-01_task-pain_desc-confounds_timeseries.tsv"))

    assert confounds_of(files, the(files, NEW)) is None
    assert partner(files, the(files, NEW), "bold") is None


def test_regional_series_are_told_from_confounds(tmp_path):
    names = [
        "seg-Tian_stat-mean_timeseries.tsv",
        "atlas-MIST122_timeseries.tsv.gz",
        "desc-confounds_timeseries.tsv",
        "atlas-Tian_stat-alff_timeseries.tsv",
    ]
    files = read_brain_folder(tree(tmp_path, *(f"sub-01_task-rest_{name}" for name in names)))

    assert [atlas_of(f) for f in regional_series(files)] == ["MIST122", "Tian"]


def test_the_order_does_not_depend_on_the_disk(tmp_path):
    names = [f"sub-01_run-{n}_bold.nii.gz" for n in range(20)]
    tree(tmp_path / "a", *names)
    tree(tmp_path / "b", *reversed(names))

    places = [[f.place for f in read_brain_folder(tmp_path / side).files] for side in "ab"]

    assert places[0] == places[1] == sorted(names)


def test_a_real_head_is_read():
    folder = Path(__file__).resolve().parents[3] / "shared" / "brain" / "cases" / "nomis"
    if not folder.is_dir():
        pytest.skip("reference material (../shared/brain) is not here")

    files = read_brain_folder(folder)

    assert len(reconstructed(files)) == 1
    assert {"stats", "brain", "aparc+aseg"} <= {f.suffix for f in files.files}


def test_a_cohort_is_no_case():
    folder = Path(__file__).resolve().parents[3] / "shared" / "brain" / "cases" / "rpn-essen"
    if not folder.is_dir():
        pytest.skip("reference material (../shared/brain) is not here")

    with pytest.raises(InputError, match="48 subjects"):
        read_brain_folder(folder)
