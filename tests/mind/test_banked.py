"""T-scores from a clinic's own bank: equal to the published tables where all is answered, honest where something is missing."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from builders import knowledge
from painloom.doors.cli.main import main
from painloom.errors import InputError
from painloom.intake.bank import checked_bank
from painloom.mind.banked import bank_scores
from painloom.model.answers import UNANSWERED
from painloom.model.scores import NOT_SCORED

BANKS = Path(__file__).resolve().parents[3] / "shared" / "mind" / "sources" / "item-banks"
CASES = [("promis-depression-4a", "prosetta_depression_28.csv"), ("promis-anxiety-4a", "prosetta_anxiety_29.csv")]
INVENTED = {"EDDEP04": 2.4, "EDDEP06": 1.9, "EDDEP29": 2.1, "EDDEP41": 1.6}


def bank_of(items):
    return checked_bank({"id": "test", "items": items, "prior": [0, 1], "stop": {"se": 0.3, "min": 1, "max": 4}}, Path("bank.json"))


def invented(steps=4):
    return bank_of([{"id": id_, "a": a, "b": [n - 1.5 + k for k in range(steps)]} for n, (id_, a) in enumerate(INVENTED.items())])


def real(name):
    if not (BANKS / name).is_file():
        pytest.skip("reference material (../shared) is not here")
    with (BANKS / name).open() as file:
        rows = list(csv.DictReader(file))
    return bank_of(
        [
            {
                "id": r["item_id"],
                "a": float(r["a"]),
                "b": [float(r[f"cb{k}"]) for k in range(1, 6) if r.get(f"cb{k}") not in (None, "", "NA")],
            }
            for r in rows
        ]
    )


@pytest.mark.parametrize(("instrument", "file"), CASES)
def test_by_the_sum_the_open_parameters_give_the_published_table(instrument, file):
    card = knowledge().instrument(instrument)
    table = {int(r["raw"]): (float(r["t"]), float(r["se"])) for r in card.tables[card.scales[0].table]}
    values = np.array([[1 + min(4, max(0, raw - 4 - 4 * i)) for i in range(4)] for raw in sorted(table)], np.int16)
    found = bank_scores(card, real(file), values, "sum")[0]

    assert list(zip(found.score.tolist(), found.se.tolist(), strict=True)) == [table[raw] for raw in sorted(table)]


def test_a_missing_answer_is_scored_by_pattern_and_not_by_sum():
    card = knowledge().instrument("promis-depression-4a")
    values = np.array([[3, 2, UNANSWERED, 4], [UNANSWERED] * 4], np.int16)
    pattern, by_sum = (bank_scores(card, invented(), values, method)[0] for method in ("pattern", "sum"))

    assert np.isfinite(pattern.score[0])
    assert pattern.answered.tolist() == [3, 0]
    assert pattern.status.tolist() == [0, NOT_SCORED]
    assert by_sum.status.tolist() == [NOT_SCORED, NOT_SCORED]


def test_a_bank_with_another_number_of_answers_is_refused():
    with pytest.raises(InputError, match="another number"):
        bank_scores(knowledge().instrument("promis-depression-4a"), invented(steps=3), np.ones((1, 4), np.int16), "pattern")


def test_a_bank_without_the_items_is_refused():
    with pytest.raises(InputError, match="no complete scale"):
        bank_scores(knowledge().instrument("gad-7"), invented(), np.ones((1, 7), np.int16), "pattern")


def test_the_command_prints_the_table_score_and_the_banks(tmp_path, capsys):
    bank = {"id": "t", "items": [{"id": i.id, "a": i.a, "b": list(i.b)} for i in invented().items], "prior": [0, 1]}
    (tmp_path / "bank.json").write_text(json.dumps(bank | {"stop": {"se": 0.3, "min": 1, "max": 4}}))
    (tmp_path / "a.csv").write_text("id,1,2,3,4\np,3,2,4,4\nq,3,,4,4\n")
    assert (
        main(["mind", "score", "promis-depression-4a", str(tmp_path / "a.csv"), "--bank", str(tmp_path / "bank.json"), "--format", "tsv"])
        == 0
    )

    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()[1:]]
    assert [(r[0], r[2], r[9].split(":")[0]) for r in rows] == [
        ("p", "t-score", "scored"),
        ("p", "t-score:pattern", "scored"),
        ("q", "t-score", "not_scored"),
        ("q", "t-score:pattern", "scored"),
    ]


def test_flags_name_people_and_delete_nothing(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("id,1,2,3,4,5,6,7,8,9,10\nline,2,2,2,2,2,2,2,2,2,2\nother,2,1,2,3,2,2,1,2,0,2\n")
    command = ["mind", "score", "pss-10", str(tmp_path / "a.csv"), "--format", "tsv"]
    assert main(command) == 0
    plain = capsys.readouterr().out.splitlines()
    assert main([*command, "--flags"]) == 0
    flagged = capsys.readouterr().out.splitlines()

    assert [line for line in flagged if "\tflag:" not in line] == plain
    assert [line.split("\t")[0] for line in flagged if "\tflag:same-answer:total\t" in line] == ["line"]
