"""painloom brain signature, as a user meets it: rows, gates, refusals, images, a clinic's own weights and people."""

import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import markerbuild as build
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "doors"))
from console import inside, said_once, table

COLUMNS = ["id", "model", "score", "percentile", "status", "reason"]


@pytest.fixture
def two(tmp_path):
    """(series files, motion files) of two invented people."""
    series = [build.write_series(tmp_path / f"sub-{n}_timeseries.tsv", build.person(n)) for n in (1, 2)]
    return series, [build.write_motion(tmp_path / f"sub-{n}_motion.txt", build.still()) for n in (1, 2)]


def test_one_row_a_series_in_order(two):
    """Ids are the files' stems; turning the order turns the rows and nothing else."""
    series, motion = two
    there = inside("brain", "signature", "rpn", *series, "--motion", *motion, "--format", "tsv")
    back = inside("brain", "signature", "rpn", *series[::-1], "--motion", *motion[::-1], "--format", "tsv")
    rows = table(there.out)

    assert there.status == 0
    assert list(rows[0]) == COLUMNS
    assert [r["id"] for r in rows] == ["sub-1_timeseries", "sub-2_timeseries"]
    assert table(back.out) == rows[::-1]
    assert all(r["status"] == "scored" and r["reason"] == "." and 0 <= float(r["percentile"]) <= 100 for r in rows)


def test_json_has_the_same_numbers_and_what_stands_beside_them(two):
    """Gates, cohort, warnings, details and the limits of the method."""
    series, motion = two
    rows = table(inside("brain", "signature", "rpn", *series, "--motion", *motion, "--format", "tsv").out)
    records = json.loads(inside("brain", "signature", "rpn", *series, "--motion", *motion, "--format", "json").out)

    assert [repr(r["score"]) for r in records] == [r["score"] for r in rows]
    assert [repr(r["percentile"]) for r in records] == [r["percentile"] for r in rows]
    first = records[0]
    assert [g["id"] for g in first["gates"]] == ["mean-fd", "scrubbed", "volumes-left", "regions"]
    assert (first["cohort"]["id"], first["cohort"]["count"]) == ("essen", 37)
    assert (first["sem"], first["mdc"]) == (None, None)
    assert any("no local cohort" in w for w in first["warnings"])
    assert "neither proves nor disproves" in first["limits"]


def test_text_ends_with_limits_warnings_and_evidence(two):
    """What may be said at all stands on every answer."""
    series, motion = two
    words = " ".join(inside("brain", "signature", "rpn", *series, "--motion", *motion).out.split())

    for needed in ("neither proves nor disproves", "Raw scores shift between scanners", "r 0.43, n = 37; out-of-sample", "no local cohort"):
        assert needed in words


def test_without_motion_the_score_is_withheld_and_that_is_no_error(two):
    """Exit 0: something withheld for a reason is a result."""
    done = inside("brain", "signature", "rpn", *two[0], "--format", "tsv")

    assert done.status == 0
    assert [(r["score"], r["percentile"], r["status"]) for r in table(done.out)] == [(".", ".", "withheld")] * 2
    assert all("motion not given" in r["reason"] for r in table(done.out))


def test_a_failed_gate_withholds_one_row_only(two, tmp_path):
    """The others keep their scores; the JSON holds no number of the withheld one."""
    series, motion = two
    build.write_motion(motion[1], np.full(200, 0.2))
    clean = table(inside("brain", "signature", "rpn", series[0], "--motion", motion[0], "--format", "tsv").out)
    rows = table(inside("brain", "signature", "rpn", *series, "--motion", *motion, "--format", "tsv").out)
    record = json.loads(inside("brain", "signature", "rpn", *series, "--motion", *motion, "--format", "json").out)[1]

    assert rows[0] == clean[0]
    assert rows[1]["status"] == "withheld"
    assert "0.2000 mm, allowed up to 0.15 mm" in rows[1]["reason"]
    assert (record["score"], record["percentile"], record["cohort"]) == (None, None, None)


def test_motion_may_come_from_a_confounds_table(two, tmp_path):
    """The same displacement gives the same bytes, from either option."""
    series, motion = two
    confounds = tmp_path / "sub-1_desc-confounds_timeseries.tsv"
    confounds.write_text("csf\tframewise_displacement\n" + "1\tn/a\n" + "1\t0.05\n" * 199, encoding="utf-8")
    build.write_motion(motion[0], np.r_[0, np.full(199, 0.05)])
    plain = inside("brain", "signature", "rpn", series[0], "--motion", motion[0], "--format", "json").out

    assert inside("brain", "signature", "rpn", series[0], "--motion", confounds, "--format", "json").out == plain
    assert inside("brain", "signature", "rpn", series[0], "--confounds", confounds, "--format", "json").out == plain


def test_packed_series_give_the_same_score(two, tmp_path):
    """And the id loses both endings."""
    packed = tmp_path / "sub-9_x_timeseries.tsv.gz"
    packed.write_bytes(gzip.compress(two[0][0].read_bytes()))
    (row,) = table(inside("brain", "signature", "rpn", packed, "--motion", two[1][0], "--format", "tsv").out)

    assert row["id"] == "sub-9_x_timeseries"
    assert row["score"] == table(inside("brain", "signature", "rpn", two[0][0], "--motion", two[1][0], "--format", "tsv").out)[0]["score"]


def test_unequal_lengths_are_refused(two):
    """Exit 3, one line, nothing on stdout, both numbers."""
    series, motion = two
    build.write_motion(motion[0], build.still(199))
    done = inside("brain", "signature", "rpn", *series, "--motion", *motion)

    assert (done.status, done.out) == (3, "")
    assert said_once(done)
    assert "200 in the series, 199 in its motion" in done.err


def test_wrong_usage_is_status_two(two, tmp_path):
    """Unknown model, other numbers of files, options of another kind of model."""
    series, motion = two
    calls = [
        ("nobody", *series),
        ("rpn", *series, "--motion", motion[0]),
        ("rpn", *series, "--confounds", motion[0]),
        ("rpn", series[0], "--weights", series[0]),
        ("rpn", tmp_path / "x.nii.gz"),
        ("nps", tmp_path / "x.nii.gz"),
        ("nps", tmp_path / "x.nii.gz", "--weights", series[0], "--motion", motion[0]),
    ]

    for call in calls:
        done = inside("brain", "signature", *call)
        assert (done.status, done.out) == (2, ""), call
        assert done.err.count("\n") == 1


def test_a_clinics_own_people_replace_the_shipped_ones(two, tmp_path):
    """Our own table serves as it is; the warning about a missing local cohort goes."""
    series, motion = two
    people = tmp_path / "local.tsv"
    people.write_text("id\tmodel\tscore\n" + "".join(f"p{n}\trpn\t{n / 10}\n" for n in range(-30, 31)), encoding="utf-8")
    (record,) = json.loads(
        inside("brain", "signature", "rpn", series[0], "--motion", motion[0], "--cohort", people, "--format", "json").out
    )

    assert (record["cohort"]["id"], record["cohort"]["count"]) == ("local", 61)
    assert not any("no local cohort" in w for w in record["warnings"])
    below = sum(n / 10 < record["score"] for n in range(-30, 31))
    assert record["percentile"] == pytest.approx(100 * below / 61)


def test_a_named_cohort_of_the_card_can_be_asked_for(two):
    """The training people, with the word that says so; an unknown name is refused."""
    series, motion = two
    call = ("brain", "signature", "rpn", series[0], "--motion", motion[0], "--format", "json", "--cohort")
    (record,) = json.loads(inside(*call, "bochum").out)
    unknown = inside(*call, "atlantis")

    assert any("trained on the people" in w for w in record["warnings"])
    assert unknown.status == 3
    assert "its cohorts: essen, bochum" in unknown.err


def test_a_described_model_is_withheld(two, tmp_path):
    """Exit 0 with the reason; a file that is not there is refused all the same."""
    (row,) = table(inside("brain", "signature", "tops", two[0][0], "--format", "tsv").out)

    assert (row["score"], row["status"]) == (".", "withheld")
    assert inside("brain", "signature", "tops", tmp_path / "absent.tsv").status == 3


def test_results_hold_no_folder_and_are_the_same_each_time(two):
    """No path of the machine, no clock, no order of a dictionary."""
    series, motion = two
    for form in ("text", "tsv", "json"):
        one, other = (inside("brain", "signature", "rpn", *series, "--motion", *motion, "--format", form).out for _ in range(2))
        assert one == other
        assert str(series[0].parent) not in one


def test_nothing_is_written_when_one_file_is_refused(two, tmp_path):
    """No half result, also not in a file."""
    series, motion = two
    series[1].write_text("a\tb\n1\t2\n", encoding="utf-8")
    out = tmp_path / "out.tsv"
    done = inside("brain", "signature", "rpn", *series, "--motion", *motion, "--format", "tsv", "-o", out)

    assert done.status == 3
    assert not out.exists()
    assert "2 columns, rpn needs 123" in done.err


@pytest.fixture
def maps(tmp_path):
    """(image, weights, a clinic's folder whose card holds the weights' digest)."""
    rng = np.random.default_rng(4)
    image = build.write_image(tmp_path / "sub-1_space-MNI152NLin6Asym_stat.nii", rng.standard_normal((6, 7, 5)) + 1)
    weights = build.write_image(
        tmp_path / "pattern_space-MNI152NLin6Asym.nii", rng.standard_normal((6, 7, 5)), descrip=b"Jane Doe 1970-01-01"
    )
    return image, weights, build.clinic(tmp_path / "own", hashlib.sha256(weights.read_bytes()).hexdigest())


def test_a_clinics_pattern_is_scored_from_files(maps):
    """The dot product of both files; nothing of the headers' free text is printed."""
    image, weights, own = maps
    done = inside("brain", "signature", "own-map", image, "--weights", weights, "--knowledge", own, "--format", "json")
    (record,) = json.loads(done.out)
    x, w = (np.frombuffer(p.read_bytes()[352:], "<f4").astype(float) for p in (image, weights))

    assert record["score"] == pytest.approx(float(x @ w))
    assert record["id"] == "sub-1_space-MNI152NLin6Asym_stat"
    assert record["card"] == {"id": "own-map", "release": "own 1 (own card)"}
    assert "Jane" not in done.out


def test_another_file_of_weights_is_refused(maps):
    """One changed byte is another file."""
    image, weights, own = maps
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    done = inside("brain", "signature", "own-map", image, "--weights", weights, "--knowledge", own)

    assert (done.status, done.out) == (3, "")
    assert said_once(done)
    assert "is not the card's" in done.err


def test_another_grid_is_refused_unless_resampling_is_asked_for(maps, tmp_path):
    """And then the answer says so."""
    _, weights, own = maps
    affine = np.diag([1.5, 1.5, 1.5, 1.0])
    image = build.write_image(tmp_path / "sub-2_space-MNI152NLin6Asym_stat.nii", np.ones((11, 13, 9)), affine)
    call = ("brain", "signature", "own-map", image, "--weights", weights, "--knowledge", own, "--format", "json")
    refused, (record,) = inside(*call), json.loads(inside(*call, "--resample").out)

    assert refused.status == 3
    assert said_once(refused)
    assert "11 x 13 x 9 voxels" in refused.err
    assert any("resampled" in w for w in record["warnings"])


def test_a_series_of_volumes_is_no_map(maps, tmp_path):
    """One contrast image of one person."""
    _, weights, own = maps
    image = build.write_image(tmp_path / "x_bold.nii", np.ones((6, 7, 5, 3)))
    done = inside("brain", "signature", "own-map", image, "--weights", weights, "--knowledge", own)

    assert done.status == 3
    assert "3 volumes" in done.err


@pytest.fixture(scope="module")
def semi_real(tmp_path_factory):
    """The 4D image made of one person's series, with its known score."""
    maker = build.REFERENCE / "cases" / "semi-real-4d" / "make_fixture.py"
    if not maker.is_file():
        pytest.skip("reference material (../shared/brain) is not here")
    return made(maker, tmp_path_factory.mktemp("semi-real"))


def made(maker, folder, *person):
    """(image, confounds, expected) of one person's fixture."""
    subprocess.run([sys.executable, str(maker), str(folder), *person], check=True, capture_output=True)
    (image,) = folder.glob("*_bold.nii.gz")
    (confounds,) = folder.glob("*confounds*.tsv")
    return image, confounds, json.loads((folder / "expected.json").read_text())


def test_a_region_without_signal_is_not_made_loud_by_rounding(semi_real, tmp_path):
    """This person's region 7b of the cerebellum is zero throughout; stored as float32 its mean moves in the ninth digit."""
    maker = build.REFERENCE / "cases" / "semi-real-4d" / "make_fixture.py"
    record = scored(made(maker, tmp_path, "sub-bochum04"))

    assert record["details"]["constant_columns"] == 1


def test_a_4d_image_gives_the_published_score(semi_real):
    """Regions, order, global signal, motion, model: end to end."""
    record = scored(semi_real)

    assert record["id"] == semi_real[0].name.removesuffix(".nii.gz")


def scored(semi_real):
    """The record of one fixture, after its score is compared with the known one."""
    image, confounds, expected = semi_real
    atlas = build.REFERENCE / "sources" / "atlases" / "mist" / "MIST_122.nii.gz"
    done = inside("brain", "signature", "rpn", image, "--atlas", atlas, "--confounds", confounds, "--format", "json")
    (record,) = json.loads(done.out)

    assert record["score"] == pytest.approx(expected["rpn_score"], abs=expected["tolerance"])
    assert record["gates"][0]["value"] == pytest.approx(expected["mean_fd"], abs=1e-6)
    return record


def test_a_relabelled_atlas_is_refused(semi_real, tmp_path):
    """The same numbers in other places would give a wrong score without any sign of it."""
    import nibabel

    image, confounds, _ = semi_real
    source = nibabel.load(build.REFERENCE / "sources" / "atlases" / "mist" / "MIST_122.nii.gz")
    labels = np.asarray(source.dataobj).round().astype(np.int16)
    turned = np.where(labels > 0, 123 - labels, 0).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(turned, source.affine), tmp_path / "turned.nii.gz")
    nibabel.save(nibabel.Nifti1Image(labels[::-1].copy(), source.affine), tmp_path / "mirrored.nii.gz")
    nibabel.save(nibabel.Nifti1Image(np.where(labels == 5, 0, labels), source.affine), tmp_path / "lost.nii.gz")

    for name, words in (("turned", "numbered otherwise or turned"), ("mirrored", "numbered otherwise"), ("lost", "needs 122")):
        atlas = tmp_path / f"{name}.nii.gz"
        done = inside("brain", "signature", "rpn", image, "--atlas", atlas, "--confounds", confounds)
        assert (done.status, done.out) == (3, ""), name
        assert said_once(done)
        assert words in done.err


def test_confounds_of_another_run_are_refused(semi_real, tmp_path):
    """A table with a volume less."""
    image, confounds, _ = semi_real
    short = tmp_path / "short_desc-confounds_timeseries.tsv"
    short.write_text("".join(confounds.read_text().splitlines(keepends=True)[:-1]))
    atlas = build.REFERENCE / "sources" / "atlases" / "mist" / "MIST_122.nii.gz"
    done = inside("brain", "signature", "rpn", image, "--atlas", atlas, "--confounds", short)

    assert done.status == 3
    assert said_once(done)
    assert "289 in the table, 290 in" in done.err
