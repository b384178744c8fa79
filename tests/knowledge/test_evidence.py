"""The evidence book: derived byte for byte, nothing unchecked weighs, no trial counts twice, and its check sees every fault."""

import csv
import dataclasses
import importlib.util
import math
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.errors import KnowledgeError
from painloom.knowledge.check_evidence import FAMILIES, Known, check_book, check_evidence
from painloom.knowledge.evidence import read_evidence
from painloom.knowledge.evidence_cards import OTHER, STOP
from painloom.knowledge.load import DATA, Knowledge
from painloom.knowledge.target_cards import Indication, IndicationCard
from painloom.knowledge.treatments import read_treatment
from painloom.model.evidence import CHECK, COMPUTED, PRIOR, SHOW, TO_VERIFY, VERIFIED, EvidenceRow

ROOT = Path(__file__).resolve().parents[2]
FACTS = ROOT.parent / "shared" / "response" / "sources"
NAMES = ("evidence.rows.tsv", "evidence.controls.tsv", "evidence.modifiers.tsv")
BOOK = read_evidence(DATA / "evidence" / "evidence.toml")
ROWS = {row.id: row for row in BOOK.rows}
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the fact sheet does not lie beside the project")

# Worked out by hand from the fact sheet's table: id -> scale, contrast, standard error; positive = better, for a harm more harm.
KNOWN = {
    "E001": ("rd", 0.2778, 0.0271),  # NNT 3.6
    "E014": ("rd", 0.0719, 0.0073),  # NNH 13.9: more stop
    "E061": ("points", -0.53, 0.2715),  # the opioid did worse than placebo
    "E063": ("points", -0.049, 0.12653),  # 0.49 of 100 more pain
    "E072": ("points", 1.07, 0.17092),  # -10.7 of 100
    "E075": ("smd", 0.23, 0.051),  # printed positive for better
    "E091": ("smd", 0.613, 0.2156),  # -0.613
    "E096": ("log-or", 1.3218, 0.148),
    "E097": ("points", 0.3, 0.4209),  # printed positive for better
    "E099": ("points", 0.34, 0.3112),  # -0.34 of 10
    "E117": ("smd", 1.11, 0.229),  # Hedges g -1.11
    "E134": ("days", 4.45, 1.0765),  # -4.45 headache days
    "E139": ("log-rr", 0.4253, 0.07),
    "E157": ("log-rr", 0.0296, 0.3831),  # a harm: a little more
    "E172": ("points", 0.5, 0.1276),  # -0.5 of 10
    "E187": ("rd", 0.3452, 0.0751),  # 17/46 against 1/41
}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """tools/derive_evidence.py as a module."""
    spec = importlib.util.spec_from_file_location("derive_evidence", ROOT / "tools" / "derive_evidence.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    """A copy of the hand-written maps that a test may spoil."""
    for path in (ROOT / "tools").glob("evidence_*.tsv"):
        shutil.copy(path, tmp_path)
    return tmp_path


def known() -> Known:
    """What the rows of the book name, with the wider kinds of pain that the tests need."""
    parents = {
        "neuropathic": ("chronic-pain",),
        "neuropathic-peripheral": ("neuropathic",),
        "diabetic-neuropathy": ("neuropathic-peripheral",),
        "osteoarthritis": ("chronic-pain",),
        "knee-osteoarthritis": ("osteoarthritis",),
        "low-back": ("chronic-pain",),
        "migraine-episodic": ("migraine",),
    }
    used = {row.condition for row in (*BOOK.rows, *BOOK.controls, *BOOK.modifiers)} | set(parents)
    used |= {root for domain in BOOK.domains.values() for root in (*domain.roots, *domain.brings_along)}
    kinds = {id_: Indication(id_, id_, parents.get(id_, ()), (), False) for id_ in sorted(used)}
    treatments = {path.stem: read_treatment(path) for path in sorted((DATA / "treatments").glob("*.toml"))}
    sources = frozenset(row.source for row in (*BOOK.rows, *BOOK.controls, *BOOK.modifiers))
    findings = frozenset(row.finding for row in BOOK.modifiers)
    return Known(treatments, IndicationCard("conditions", "2026-11", "research", kinds, "", (), ()), sources, findings)


KNOWS = known()


def complaints(*rows: EvidenceRow) -> list[str]:
    """What the check says of the book with these rows in place of (or beside) those of the same id."""
    changed = {**ROWS, **{row.id: row for row in rows}}
    return list(check_book(dataclasses.replace(BOOK, rows=tuple(changed.values())), KNOWS))


def printed(name: str) -> dict[str, dict[str, str]]:
    """A table of the fact sheet by id."""
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


@needs_facts
def test_the_committed_tables_are_derived_byte_for_byte(tmp_path: Path) -> None:
    """Nobody edits the tables by hand: the script gives the same bytes."""
    told = [sys.executable, str(ROOT / "tools" / "derive_evidence.py"), str(FACTS), str(tmp_path)]

    assert subprocess.run(told, capture_output=True, text=True, check=False).returncode == 0
    for name in NAMES:
        assert (DATA / "evidence" / name).read_bytes() == (tmp_path / name).read_bytes()


@needs_facts
@pytest.mark.parametrize(("old", "new"), [("E100\t", "E999\t"), ("\npick\t", ""), ("E100\t", "E101\t")])
def test_a_row_without_a_line_in_the_map_is_an_error(tool: ModuleType, maps: Path, tmp_path: Path, old: str, new: str) -> None:
    """A printed row that nobody sorted stops the work, and nothing is written."""
    path = maps / "evidence_map.tsv"
    text = path.read_text()
    path.write_text(text.replace(old, new, 1) if old in text else "\n".join(text.splitlines()[:-1]) + "\n")
    (tmp_path / "out").mkdir()

    with pytest.raises(LookupError, match=r"stands in the table or in the map only"):
        tool.derive(FACTS, tmp_path / "out", maps)
    assert [] == list((tmp_path / "out").iterdir())


@needs_facts
@pytest.mark.parametrize(
    ("table", "old", "new", "says"),
    [
        (
            "evidence_map.tsv",
            "E062\tnsaid\tlow-back\tpain-score\tpoints/10\tplacebo\tyes\tno\t2016\tweeks\tlow\tshow",
            "",
            "may not be 'prior'",
        ),
        (
            "evidence_map.tsv",
            "E072\texercise\tlow-back\tpain-score\tpoints/10",
            "E072\texercise\tlow-back\tpain-score\tpoints",
            "divided by 10",
        ),
        (
            "evidence_map.tsv",
            "E139\tduloxetine\tdiabetic-neuropathy\tpain-30\tlog-rr",
            "E139\tduloxetine\tdiabetic-neuropathy\tpain-30\trd",
            "printed on",
        ),
        ("evidence_map.tsv", "E083:36.4", "E083:46.4", "stands in no note"),
        ("evidence_modifiers.tsv", "\tP 0.0067\t", "\tP 0.067\t", "0.067 is not printed"),
        ("evidence_modifiers.tsv", "0.19 - -0.76", "0.91 - -0.76", "0.91 is not printed"),
    ],
)
def test_the_map_cannot_say_what_the_row_does_not_print(
    tool: ModuleType, maps: Path, tmp_path: Path, table: str, old: str, new: str, says: str
) -> None:
    """A role for an unchecked row, a wrong scale, a number that stands nowhere."""
    path = maps / table
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new or old.removesuffix("show") + "prior", 1))

    with pytest.raises(LookupError, match=says):
        tool.derive(FACTS, tmp_path, maps)


@needs_facts
def test_numbers_keep_their_sign_and_size() -> None:
    """Back from the contrast to what is printed: the direction of each row is that of its treatment being better."""
    lower_is_better = ("MD", "WMD", "SMD", "Hedges g")
    for id_, row in ROWS.items():
        facts = printed("evidence.tsv").get(id_) if id_.startswith("E") else None
        if facts is None or row.contrast is None or id_ == "E070":  # E070: the abstract says which way
            continue
        size = float(facts["prior_effect"]) / (10 if "0-100" in facts["outcome"] and row.scale == "points" else 1)

        assert row.contrast == pytest.approx(-size if facts["prior_scale"] in lower_is_better else size, abs=1e-6), id_


@needs_facts
def test_every_row_of_the_fact_sheet_is_somewhere() -> None:
    """206 rows: in the table, or a control rate, or left out because it is a change under placebo and no rate."""
    lost = set(printed("evidence.tsv")) - set(ROWS)

    assert lost == {"E084", "E085", "E086", "E087", "E088", "E089"}
    assert {"C084", "C085"} <= {row.id for row in BOOK.controls}
    assert set(printed("modifiers.tsv")) == {row.id for row in BOOK.modifiers}


@needs_facts
def test_what_the_fact_sheet_calls_unusable_has_no_weight() -> None:
    """Only rows whose verdict begins with yes may enter; rows read in a copy say that they are to be confirmed."""
    for id_, facts in printed("evidence.tsv").items():
        if id_ in ROWS:
            assert facts["usable_as_prior"].startswith("yes") or not ROWS[id_].weighs, id_
            assert ROWS[id_].confirm == ("confirm" in facts["usable_as_prior"]), id_


@pytest.mark.parametrize("id_", sorted(KNOWN))
def test_known_rows(id_: str) -> None:
    """Contrasts turned so that positive is better, worked out by hand."""
    scale, contrast, error = KNOWN[id_]
    row = ROWS[id_]

    assert row.scale == scale
    assert (row.contrast, row.se) == (pytest.approx(contrast, abs=1e-6), pytest.approx(error, abs=1e-6))


def test_unchecked_rows_weigh_nothing() -> None:
    """To verify, without a standard error, or compared with another treatment: shown, never weighed."""
    for row in BOOK.rows:
        if row.state == TO_VERIFY or row.se is None or row.comparator not in FAMILIES:
            assert row.role == SHOW
            assert not row.weighs
        if row.role == PRIOR:
            assert row.state in (VERIFIED, COMPUTED)
            assert row.weighs


def test_what_enters_no_model_is_only_shown() -> None:
    """Days of headache, function, sleep and sums over hours are no pain response."""
    assert {row.role for row in BOOK.rows if BOOK.outcomes[row.outcome].kind == OTHER} == {SHOW}


def test_usual_care_is_never_called_blind() -> None:
    """Nobody is blind to getting nothing, and the old small trials are marked."""
    assert not [row.id for row in BOOK.rows if row.comparator == "usual" and row.is_blind]
    assert all(row.is_small for row in BOOK.rows if row.unit in ("tca", "amitriptyline", "botulinum-toxin") and row.id not in ("E097",))
    assert all(ROWS[id_].is_small for id_ in ("E006", "E052", "E117", "E118", "E154", "E155", "E187"))
    assert not any(ROWS[id_].is_small for id_ in ("E053", "E059", "E061", "E139", "E205"))


def test_known_control_rates() -> None:
    """Rates with the standard error of their arm: 653 people by count, half of 2260 where only the total is printed, or as printed."""
    rates = {row.id: row for row in BOOK.controls}

    assert (rates["C053"].rate, rates["C053"].se) == (0.478, pytest.approx(math.sqrt(0.478 * 0.522 / 653), abs=1e-6))
    assert (rates["C045"].rate, rates["C045"].se) == (0.25, pytest.approx(math.sqrt(0.25 * 0.75 / 1130), abs=1e-6))
    assert (rates["C084"].rate, rates["C084"].se) == (0.38, 0.0204)
    assert (rates["C082"].rate, rates["C082"].comparator) == (0.364, "usual")
    assert {row.id for row in BOOK.controls if row.outcome == "stop-ae"} == {"C144", "C150", "C157"}
    assert ["C053"] == [r.id for r in BOOK.controls if (r.condition, r.outcome, r.comparator) == ("low-back", "pain-30", "placebo")]


def test_only_two_modifiers_are_believed_and_heavily_shrunk() -> None:
    """Pinprick hyperalgesia and irritable nociceptors; everything else moves nothing."""
    believed = {row.id: row for row in BOOK.modifiers if row.shrink}

    assert set(believed) == {"M01", "M05"}
    assert all(0.2 <= row.shrink <= 0.5 for row in believed.values())
    assert (believed["M05"].shift, believed["M05"].se) == (
        pytest.approx(0.95),
        pytest.approx(0.95 / 2.7113, rel=1e-3),
    )  # two-sided P 0.0067
    assert (believed["M01"].shift, believed["M01"].se) == (0.7, pytest.approx(0.7 / 1.9863, rel=1e-3))  # two-sided P 0.047
    assert believed["M01"].prevalence == pytest.approx(31 / 83, abs=1e-6)


def test_the_released_book_holds_together() -> None:
    """Every condition, treatment, source and finding is there, and no two rows that weigh overlap."""
    assert [] == list(check_evidence(Knowledge()))


def test_nothing_is_wrong_with_the_book_as_it_is() -> None:
    """The check is quiet where nothing is wrong, else the following tests would show nothing."""
    assert [] == complaints()


@pytest.mark.parametrize(
    ("id_", "change", "says"),
    [
        ("E139", {"unit": "snake-oil"}, "neither a treatment nor a class"),
        ("E139", {"condition": "melancholy"}, "condition 'melancholy' is unknown"),
        ("E139", {"source": "hearsay-1999"}, "source 'hearsay-1999' is not in sources/"),
        ("E139", {"outcome": "happiness"}, "outcome 'happiness' is unknown"),
        ("E139", {"scale": "points"}, "scale 'points' does not fit"),
        ("E172", {"scale": "log-rr"}, "scale 'log-rr' does not fit"),
        ("E139", {"outcome": "sleep-score"}, "its role is 'show'"),
        ("E139", {"comparator": "active"}, "compared with another treatment"),
        ("E139", {"state": TO_VERIFY}, "not checked or has no standard error"),
        ("E139", {"se": None}, "not checked or has no standard error"),
        ("E157", {"control": None, "condition": "crps"}, "a ratio without a control rate"),
        ("E136", {"role": PRIOR}, "E136 and E139 both weigh"),
        ("E049", {"role": PRIOR}, "E049 and E139 both weigh"),
        ("E040", {"role": PRIOR}, "E003 and E040 both weigh"),
        ("E195", {"role": PRIOR}, "E161 and E195 both weigh"),
        ("E149", {"role": PRIOR}, "E014 and E149 both weigh"),
    ],
)
def test_the_check_sees_each_fault(id_: str, change: dict[str, object], says: str) -> None:
    """One fault at a time, each named."""
    found = complaints(dataclasses.replace(ROWS[id_], **change))  # type: ignore[arg-type]

    assert any(says in line for line in found), found


@pytest.mark.parametrize(("one", "other"), [("E012", "E001"), ("E075", "E078"), ("E161", "E162"), ("E139", "E141"), ("E042", "E003")])
def test_benefit_and_harm_and_the_two_families_of_comparators_stand_side_by_side(one: str, other: str) -> None:
    """Neither harm beside benefit, nor usual care beside placebo, nor another kind of pain is an overlap."""
    assert ROWS[one].weighs
    assert ROWS[other].weighs
    assert not [line for line in complaints() if one in line and other in line]


def slot(row: EvidenceRow) -> tuple[str, str, str, bool]:
    """The place in which only one row may weigh."""
    return row.unit, row.condition, FAMILIES.get(row.comparator, ""), BOOK.outcomes[row.outcome].kind == STOP


@given(st.data())
def test_any_check_row_made_a_prior_beside_one_of_its_own_unit_and_condition_is_seen(data: st.DataObject) -> None:
    """However a row is chosen, a second one for the same slot is never silent."""
    taken = {slot(row) for row in BOOK.rows if row.weighs}
    row = data.draw(st.sampled_from([row for row in BOOK.rows if row.role == CHECK and slot(row) in taken]))

    assert any(row.id in line and "both weigh" in line for line in complaints(dataclasses.replace(row, role=PRIOR)))


def test_every_check_row_has_a_standard_error_to_be_compared_with() -> None:
    """A row that is only compared must be comparable."""
    assert all(row.se and row.contrast is not None for row in BOOK.rows if row.role == CHECK)


def test_a_believed_modifier_needs_its_share_or_its_centre() -> None:
    """Without either nobody knows around what it moves."""
    spoilt = tuple(dataclasses.replace(row, prevalence=None, centre=None) for row in BOOK.modifiers)
    lines = list(check_book(dataclasses.replace(BOOK, modifiers=spoilt), KNOWS))

    assert ["evidence: M01", "evidence: M05"] == [line[:13] for line in lines]


@pytest.mark.parametrize(
    ("table", "column", "value", "says"),
    [
        ("rows", "role", "maybe", "role 'maybe' is not one of"),
        ("rows", "se", "0", "a standard error of 0"),
        ("rows", "se", "-1", "must be a number from 0"),
        ("rows", "contrast", "nan", "must be a number"),
        ("rows", "control", "1.2", "must be a number from 0 to 1"),
        ("rows", "blind", "perhaps", "is not one of yes, no"),
        ("controls", "rate", "0", "must lie between 0 and 1"),
        ("controls", "se", ".", "se is missing"),
        ("modifiers", "shrink", "1.5", "must be a number from 0 to 1"),
        ("rows", "id", "E002", "stands twice"),
    ],
)
def test_spoilt_tables_are_refused(tmp_path: Path, table: str, column: str, value: str, says: str) -> None:
    """A clinic's own table with a number outside its range stops with one line that names the row."""
    for path in (DATA / "evidence").iterdir():
        shutil.copy(path, tmp_path)
    path = tmp_path / f"evidence.{table}.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split("\t")
    cells[lines[0].split("\t").index(column)] = value
    path.write_text("\n".join([lines[0], "\t".join(cells), *lines[2:]]) + "\n", encoding="utf-8")

    with pytest.raises(KnowledgeError, match=says):
        read_evidence(tmp_path / "evidence.toml")
