"""`painloom evidence predict` with a clinic's own cards: rows to verify, own treatments, broken books."""

import shutil

import pytest
from console import inside, said_once, table
from predictions import AS_OF, BACK, folder, judged

from painloom.knowledge.load import DATA

# own cards, and rows to verify ---------------------------------------------------------------------------------------------------------


def own_book(place, change=None):
    """A folder of own cards with our evidence book; `change` maps the fields of a row to their new values."""
    (place / "evidence").mkdir(parents=True)
    for path in (DATA / "evidence").glob("evidence.*"):
        shutil.copy(path, place / "evidence")
    if change is not None:
        path = place / "evidence" / "evidence.rows.tsv"
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        names = header.split("\t")
        made = [header]
        for line in lines:
            fields = dict(zip(names, line.split("\t"), strict=True))
            made.append("\t".join((fields | change(fields)).values()))
        path.write_text("\n".join(made) + "\n", encoding="utf-8")
    return place


def turned(fields):
    """A row to verify says the contrary of what it said."""
    if fields["state"] != "to-verify" or fields["contrast"] == ".":
        return {}
    return {"contrast": str(-0.5 * float(fields["contrast"])), "effect": "7.7"}


def test_rows_to_verify_change_no_byte_in_clinical_mode_and_do_in_research(tmp_path):
    case = folder(tmp_path / "case", '[pain]\ndiagnoses = ["chronic low back pain", "painful diabetic neuropathy"]\nintensity = 6\n')
    asked = [("tsv", "clinical"), ("json", "clinical"), ("text", "clinical"), ("tsv", "research")]
    answers = []
    for name, change in (("as it is", None), ("turned", turned)):
        place = own_book(tmp_path / name, change)
        done = [inside("evidence", "predict", case, *AS_OF, "--format", f, "--mode", m, "--knowledge", place) for f, m in asked]
        assert [0] * 4 == [one.status for one in done]
        answers.append([[line for line in one.out.splitlines() if not line.startswith("own card: ")] for one in done])

    assert answers[0][:3] == answers[1][:3]
    assert answers[0][3] != answers[1][3]


def test_the_text_says_which_mode_it_was(said):
    assert "mode research" in said(BACK, "--mode", "research", form="text").out
    assert "mode clinical" in said(BACK, form="text").out


CARD = """schema = 1
release = "2026-11"
id = "warm-bath"
label = "Warm bath"
licence = "Apache-2.0"
claim = "single-study"
sources = ["finnerup-2015"]
modality = "physical"
class = "exercise"
drugs = []
for = ["low-back"]
mechanisms = ["nociceptive"]
"""


def bath(place):
    """A clinic's own treatment with its own row: half a standard deviation against usual care."""
    own_book(place)
    (place / "treatments").mkdir()
    (place / "treatments" / "warm-bath.toml").write_text(CARD, encoding="utf-8")
    with (place / "evidence" / "evidence.rows.tsv").open("a", encoding="utf-8") as file:
        fields = "own1 warm-bath low-back pain-score SMD 0.5 0.3 0.7 smd 0.5 0.1 . . usual no no 4 2025 moderate weeks verified prior no no"
        file.write("\t".join([*fields.split(), "finnerup-2015", "."]) + "\n")
    return place


def test_a_clinics_own_treatment_is_predicted_from_its_own_row_and_the_text_says_whose_it_is(said, tmp_path):
    place = bath(tmp_path / "own")
    (row,) = table(said(BACK, "--knowledge", place, "--treatments", "warm-bath").out)
    text = said(BACK, "--knowledge", place, form="text").out

    assert ("predicted", "no") == (row["status"], row["borrowed"])
    assert row["rows"].startswith("own1:")
    assert float(row["added_benefit"]) > 0
    assert "Warm bath" in text
    assert any(line.startswith("own card: ") and "warm-bath" in line for line in text.splitlines())
    assert any(line.startswith("own card: ") and "evidence" in line for line in text.splitlines())


def test_a_row_of_an_own_treatment_leaves_another_class_alone(said, tmp_path):
    place = bath(tmp_path / "own")
    ours, theirs = (table(said(BACK, *words).out) for words in ((), ("--knowledge", place)))

    drugs = ({row["treatment"]: row for row in found if row["treatment"] == "duloxetine"} for found in (ours, theirs))
    assert next(drugs) == next(drugs)


def test_one_group_with_one_treatment_has_nothing_to_rank(said, tmp_path):
    """All evidence but that of one treatment is taken away."""
    place = own_book(tmp_path / "own", lambda fields: {} if fields["id"] == "E053" else {"role": "show"})

    text = " ".join(said(BACK, "--knowledge", place, form="text").out.split())

    assert "nothing to rank" in text
    assert "adds most" not in text


def test_where_one_clearly_leads_it_is_named_with_its_probability(said, tmp_path):
    """Two rows left in the book, far apart and firm, against usual care."""
    keep = {"N012": {"contrast": "6.0", "se": "0.02"}, "N003": {"contrast": "0.0", "se": "0.02"}}
    place = own_book(tmp_path / "own", lambda fields: keep.get(fields["id"], {"role": "show"}))
    (place / "evidence" / "evidence.toml").write_text(
        (DATA / "evidence" / "evidence.toml").read_text(encoding="utf-8").replace("class_sd = 0.68", "class_sd = 5.0"), encoding="utf-8"
    )

    text = " ".join(said(BACK, "--knowledge", place, "--treatments", "yoga,multidisciplinary", form="text").out.split())

    assert "Yoga adds most of those that can be predicted (probability" in text


@pytest.mark.parametrize(
    "drop", ["evidence.rows.tsv", "evidence.controls.tsv", "evidence.modifiers.tsv", "evidence.outcomes.tsv", "evidence.classes.tsv"]
)
def test_an_own_book_without_one_of_its_tables_is_refused_in_one_line(tmp_path, drop):
    """Half a book would silently drop evidence."""
    place = own_book(tmp_path / "own")
    (place / "evidence" / drop).unlink()

    done = judged(tmp_path, "--knowledge", place)

    assert (3, "") == (done.status, done.out)
    assert said_once(done)
    assert drop in done.err


@pytest.mark.parametrize(
    "broken",
    [
        {"se": "0"},
        {"contrast": "inf"},
        {"state": "believed"},
        {"outcome": "happiness"},
    ],
    ids=lambda broken: "-".join(broken),
)
def test_an_own_row_with_an_impossible_value_is_refused_in_one_line(tmp_path, broken):
    place = own_book(tmp_path / "own", lambda fields: broken if fields["id"] == "E053" else {})

    done = judged(tmp_path, "--knowledge", place)

    assert (3, "") == (done.status, done.out)
    assert said_once(done)
    assert "E053" in done.err


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('modality = "physical"', 'modality = "prayer"'),
        ('id = "warm-bath"', 'id = "cold-bath"'),
    ],
)
def test_an_own_treatment_that_cannot_be_read_is_refused_in_one_line(tmp_path, old, new):
    place = bath(tmp_path / "own")
    assert old in CARD
    (place / "treatments" / "warm-bath.toml").write_text(CARD.replace(old, new), encoding="utf-8")

    done = judged(tmp_path, "--knowledge", place)

    assert (3, "") == (done.status, done.out)
    assert said_once(done)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("treatments/warm-bath.toml", 'class = "exercise"', 'class = "bathing"'),
        ("treatments/warm-bath.toml", 'for = ["low-back"]', 'for = ["moon-pain"]'),
        ("treatments/warm-bath.toml", "drugs = []", 'drugs = ["unobtainium"]'),
        ("evidence/evidence.rows.tsv", "warm-bath\tlow-back", "warm-bath\tmoon-pain"),
    ],
)
def test_the_check_of_the_knowledge_finds_a_name_that_is_nowhere(tmp_path, file, old, new):
    """A drug id with a slip of the pen would switch every safety rule off for that treatment."""
    place = bath(tmp_path / "own")
    text = (place / file).read_text(encoding="utf-8")
    assert 1 == text.count(old)
    (place / file).write_text(text.replace(old, new), encoding="utf-8")

    done = inside("knowledge", "check", "--knowledge", place, "--format", "tsv")

    assert 3 == done.status
    assert file.split("/")[1].split(".")[0] in done.out
