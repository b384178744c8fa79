"""`--plot` of the evidence verbs: a picture by the ending of its name, beside the table and never instead of it."""

import xml.etree.ElementTree as ET

import pytest
from console import inside

CASE = """
[person]
age = 50
[pain]
complaint = "low back pain"
intensity = 6
diagnoses = ["chronic low back pain"]
"""
STUDIES = "study,effect,se\nA,0.3,0.1\nB,0.5,0.2\nC,0.1,0.15\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("plots")
    (place / "case").mkdir()
    (place / "case" / "case.toml").write_text(CASE)
    (place / "studies.csv").write_text(STUDIES)
    return place


def words(verb, folder):
    return {
        "pool": ["evidence", "pool", str(folder / "studies.csv")],
        "predict": ["evidence", "predict", str(folder / "case"), "--as-of", "2026-11-24"],
        "early": [
            *("evidence", "early", "--baseline", "7", "--now", "5", "--week", "2", "--control", "0.4", "--benefit", "0.15"),
            *("--benefit-low", "0.05", "--benefit-high", "0.22"),
        ],
    }[verb]


@pytest.mark.parametrize("verb", ["pool", "predict", "early"])
@pytest.mark.parametrize("ending", [".svg", ".png", ".html"])
def test_a_picture_is_written_and_the_table_stays_the_same(verb, ending, folder):
    place = folder / f"{verb}{ending}"
    plain, drawn = inside(*words(verb, folder)), inside(*words(verb, folder), "--plot", str(place))

    assert (0, 0) == (plain.status, drawn.status)
    assert plain.out == drawn.out
    data = place.read_bytes()
    if ending == ".png":
        assert data.startswith(b"\x89PNG\r\n")
    elif ending == ".svg":
        assert ET.fromstring(data.decode()).tag.endswith("svg")
    else:
        assert b"<svg" in data
        assert b"http://" not in data.replace(b"http://www.w3.org/2000/svg", b"")


@pytest.mark.parametrize("verb", ["pool", "predict", "early"])
def test_another_ending_is_wrong_usage_and_writes_nothing(verb, folder):
    done = inside(*words(verb, folder), "--plot", str(folder / "picture.pdf"))

    assert 2 == done.status
    assert done.err.count("\n") == 1
    assert not (folder / "picture.pdf").exists()


@pytest.mark.parametrize("verb", ["pool", "predict", "early"])
def test_the_same_call_draws_the_same_bytes(verb, folder):
    places = [folder / f"{verb}-{n}.svg" for n in (1, 2)]
    for place in places:
        inside(*words(verb, folder), "--plot", str(place))

    assert places[0].read_bytes() == places[1].read_bytes()
