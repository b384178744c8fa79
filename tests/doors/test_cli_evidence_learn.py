"""`painloom evidence early`, `nof1`, `learn`, `calibrate`: what is printed, what is refused and how, hostile files."""

import json
from types import SimpleNamespace

import pytest
from console import inside, said_once, table

from painloom.doors.cli import evidence_learn
from painloom.doors.cli import main as door

EARLY = ("early", "--baseline", 7, "--now", 5, "--week", 2, "--control", 0.38, "--benefit", 0.12)


@pytest.fixture(autouse=True)
def verbs_alone(monkeypatch):
    """Only these verbs below `evidence`, whatever else the group holds."""

    def add(verbs):
        evidence_learn.add_verbs(verbs.add_parser("evidence").add_subparsers(required=True))

    monkeypatch.setattr(door, "GROUPS", (SimpleNamespace(add_verbs=add),))


def run(*words, cwd="."):
    return inside("evidence", *words, cwd=cwd)


def rows(*words, cwd="."):
    done = run(*words, "--format", "tsv", cwd=cwd)
    assert done.status == 0, done.err
    return {row[next(iter(row))]: row for row in table(done.out)}


def changed(name, value):
    words = list(EARLY)
    words[words.index(f"--{name}") + 1] = value
    return words


@pytest.fixture
def write(tmp_path):
    def written(text, name="file.csv"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return written


# early


def test_an_early_improvement_raises_the_chance_and_goes_on():
    found = rows(*EARLY)

    assert float(found["p30"]["before"]) == pytest.approx(0.5, abs=1e-6)
    assert float(found["p30"]["after"]) > 0.6
    assert found["advice"]["after"] == "continue"
    assert 0 <= float(found["score_week_12"]["low"]) < float(found["score_week_12"]["high"]) <= 10


@pytest.mark.parametrize(("adequate", "advice"), [("yes", "stop"), ("no", "raise or wait"), (None, "settle the dose first")])
def test_the_stop_rule_asks_for_the_dose(adequate, advice):
    words = [*changed("now", 9), *(() if adequate is None else ("--adequate", adequate))]

    assert rows(*words)["advice"]["after"] == advice


def test_the_text_says_that_course_and_effect_cannot_be_told_apart():
    done = run(*EARLY)

    assert "cannot tell the natural course from the effect" in done.out
    assert "continue: the chance of 30 % less pain at 12 weeks is 68%" in done.out


@pytest.mark.parametrize(
    "words",
    [
        changed("week", 0),
        changed("week", 12),
        changed("week", "nan"),
        changed("baseline", 0),
        changed("baseline", 11),
        changed("now", 10.5),
        changed("control", 1),
        changed("benefit", 0.7),
        changed("now", "seven"),
        [*EARLY, "--benefit-low", 0.1],
        [*EARLY, "--benefit-low", 0.2, "--benefit-high", 0.3],
        [*EARLY, "--adequate", "perhaps"],
        EARLY[:-2],
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(words):
    done = run(*words)

    assert done.status == 2
    assert done.out == ""
    assert "Traceback" not in done.err


def test_a_band_narrows_or_widens_the_effect():
    narrow, wide = (rows(*EARLY, "--benefit-low", low, "--benefit-high", high)["effect"] for low, high in ((0.11, 0.13), (-0.1, 0.34)))

    assert float(narrow["high"]) - float(narrow["low"]) < float(wide["high"]) - float(wide["low"])


# nof1 plan and size


def test_the_same_seed_prints_the_same_list():
    one, two = (run("nof1", "plan", "--cycles", 3, "--seed", 1, "--format", "tsv").out for _ in range(2))

    assert one == two
    assert len(table(one)) == 6


def test_the_blinded_list_has_the_same_packages_and_no_treatment():
    whole, blind = (table(run("nof1", "plan", "--seed", 5, *extra, "--format", "tsv").out) for extra in ((), ("--blinded",)))

    assert [row["package"] for row in whole] == [row["package"] for row in blind]
    assert {"."} == {row["treatment"] for row in blind}


def test_washout_from_the_half_life_shortens_what_counts():
    (first, *_) = table(run("nof1", "plan", "--seed", 1, "--half-life-hours", 30, "--format", "tsv").out)

    assert first["first_counted"] == "8"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--seed", -1),
        ("--seed", 1, "--cycles", 0),
        ("--seed", 1, "--period-days", 4),
        ("--seed", 1, "--half-life-hours", 0),
        ("--seed", 1, "--half-life-hours", 500),
        ("--seed", 1, "--half-life-hours", 12, "--washout-days", 3),
        ("--seed", 1, "--daily-sd", 0),
        ("--seed", 1, "--autocorrelation", 1),
        ("--seed", 1, "--prior-sd", 0),
        ("--seed", 1, "--level", "nan"),
        ("--seed", 1, "--important", 0),
    ],
)
def test_plans_that_cannot_be_are_wrong_usage(words):
    done = run("nof1", "plan", *words)

    assert done.status == 2
    assert done.out == ""


def test_one_cycle_is_said_not_to_tell_a_trend():
    assert "a trend looks like an effect" in run("nof1", "plan", "--seed", 1, "--cycles", 1).out


def test_sizes_rise_with_cycles():
    found = [float(row["standard_error"]) for row in table(run("nof1", "size", "--format", "tsv").out)]

    assert len(found) == 10
    assert found == sorted(found, reverse=True)


def test_a_goal_finds_its_cycles_or_says_that_none_do():
    (found,) = table(run("nof1", "size", "--goal-error", 0.6, "--format", "tsv").out)

    assert float(found["standard_error"]) <= 0.6
    assert run("nof1", "size", "--goal-error", 0.0001).status == 2
    assert "do not reach" in run("nof1", "size", "--goal-error", 0.0001).err


# nof1 analyse

HEADER = "period,cycle,treatment,score\n"


def kept(better=2.0, days=6):
    """A diary of three cycles, AB BA AB, with a little deterministic noise."""
    lines = [
        f"{p},{(p + 1) // 2},{arm},{6.0 - better * (arm == 'A') + 0.5 * ((day * 7 + p * 3) % 5 - 2) / 2:.2f}\n"
        for p, arm in enumerate("ABBAAB", 1)
        for day in range(days)
    ]
    return HEADER + "".join(lines)


def test_a_clear_diary_shows_a_benefit(write, tmp_path):
    found = rows("nof1", "analyse", write(kept()), cwd=tmp_path)

    assert found["verdict"]["value"] == "benefit"
    assert float(found["effect"]["value"]) == pytest.approx(2.0, abs=0.5)
    assert found["scores"]["value"] == "36"


def test_a_diary_without_a_difference_shows_no_clear_benefit(write, tmp_path):
    assert rows("nof1", "analyse", write(kept(better=0.0)), cwd=tmp_path)["verdict"]["value"] == "no clear benefit"


def test_case_spaces_line_ends_and_missed_days_are_taken_as_meant(write, tmp_path):
    plain = rows("nof1", "analyse", write(kept()), cwd=tmp_path)
    odd = kept().replace("treatment", " Treatment ").replace(",A,", ", a ,").replace("\n", "\r")
    same = rows("nof1", "analyse", write(b"\xef\xbb\xbf" + odd.encode(), "odd.csv"), cwd=tmp_path)
    missed = rows("nof1", "analyse", write(kept() + "6,3,B,\n6,3,B,.\n", "missed.csv"), cwd=tmp_path)

    assert plain == same == missed


def test_carry_over_appears_when_asked_for(write, tmp_path):
    name = write(kept())

    assert "carry_over" in rows("nof1", "analyse", name, "--carry-over", cwd=tmp_path)
    assert "carry_over" not in rows("nof1", "analyse", name, cwd=tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEADER, "holds no row"),
        ("", "is empty"),
        ("period,cycle,treatment\n1,1,A\n", "'score' is missing"),
        (HEADER + "1,1,A,11\n", "line 2: score must be a number in 0..10"),
        (HEADER + "1,1,A,-0.5\n", "line 2: score"),
        (HEADER + "1,1,A,nan\n", "line 2: score"),
        (HEADER + "1,1,A,inf\n", "line 2: score"),
        (HEADER + "1,1,A,1_0\n", "line 2: score"),
        (HEADER + "1,1,A,seven\n", "line 2: score"),
        (HEADER + "1,1,C,5\n", "treatment must be one of A, B"),
        (HEADER + ",1,A,5\n", "period is missing"),
        (HEADER + "0,1,A,5\n", "line 2: period"),
        (HEADER + "1.5,1,A,5\n2,1,B,4\n", "period must hold whole numbers"),
        (HEADER + "1,1,A,5,9\n", "5 cells, the header has 4"),
        ("period,period,cycle,treatment,score\n", "stands twice"),
        (HEADER + "1,1,A,5\n", "only one treatment"),
        (HEADER + "1,1,A,5\n1,1,B,5\n", "two treatments"),
        (HEADER + "1,1,A,5\n1,2,A,5\n2,1,B,4\n", "belongs to two cycles"),
        (HEADER + '1,1,A,"5\n', "quotes that do not close"),
        (b"\xff\xfe\x00p", "not UTF-8"),
        (b"period,cycle,treatment,score\n1,1,A,\x005\n", "NUL"),
    ],
)
def test_diaries_that_cannot_be_read_are_refused_in_one_line(write, tmp_path, text, says):
    done = run("nof1", "analyse", write(text), cwd=tmp_path)

    assert done.status == 3
    assert done.out == ""
    assert said_once(done)
    assert says in done.err
    assert "file.csv" in done.err


def test_a_refusal_never_shows_the_score(write, tmp_path):
    assert "9.87654" not in run("nof1", "analyse", write(HEADER + "1,1,A,-9.87654\n"), cwd=tmp_path).err


def test_a_missing_file_is_refused_in_one_line(tmp_path):
    done = run("nof1", "analyse", "none.csv", cwd=tmp_path)

    assert done.status == 3
    assert said_once(done)


# learn

PEOPLE = "arm,before,after\n" + "".join(
    f"{arm},{5 + i % 5},{(5 + i % 5) * 0.6 + 0.2 * (i % 3) - (arm == 'A'):.2f}\n" for i in range(20) for arm in "AB"
)
BELIEF = ("--mean", 0.3, "--sd", 0.15)


def test_chosen_treatment_teaches_less_than_drawn_treatment(write, tmp_path):
    name = write(PEOPLE)
    chosen, drawn = rows("learn", name, *BELIEF, cwd=tmp_path), rows("learn", name, *BELIEF, "--randomised", cwd=tmp_path)

    assert float(chosen["learned"]["value"]) < float(drawn["learned"]["value"])
    assert float(chosen["e_value"]["value"]) > 1
    assert drawn["e_value"]["value"] == "."


def test_contrasts_are_taken_as_they_stand(write, tmp_path):
    found = rows("learn", write("contrast,se\n0.6,0.1\n"), *BELIEF, "--randomised", cwd=tmp_path)
    weight = 0.15**-2 / (0.15**-2 + 0.1**-2)

    assert float(found["posterior"]["value"]) == pytest.approx(weight * 0.3 + (1 - weight) * 0.6)


@pytest.mark.parametrize("text", ["before,after\n7,4\n6,3\n", "arm,before,after\nA,7,4\nA,6,3\nA,7,5\nA,8,4\n"])
def test_a_change_from_before_to_after_is_refused_with_the_reason(write, tmp_path, text):
    done = run("learn", write(text), *BELIEF, cwd=tmp_path)

    assert done.status == 3
    assert said_once(done)
    assert "regression to the mean" in done.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("contrast,se\n0.6,0\n", "line 2: se must be a number above 0"),
        ("contrast,se\n0.6,\n", "se is missing"),
        ("contrast\n0.6\n", "'se' is missing"),
        ("before\n7\n", "'contrast' is missing"),
        ("arm,before,after\nX,7,4\n", "arm must be one of A, B"),
        ("arm,before,after\nA,7,4\nB,7,4\n", "at least 3"),
    ],
)
def test_outcomes_that_teach_nothing_are_refused(write, tmp_path, text, says):
    done = run("learn", write(text), *BELIEF, cwd=tmp_path)

    assert done.status == 3
    assert said_once(done)
    assert says in done.err


@pytest.mark.parametrize("words", [("--mean", "nan", "--sd", 1), ("--mean", 0, "--sd", 0), (*BELIEF, "--sd-points", 0), ("--mean", 0)])
def test_beliefs_that_are_none_are_wrong_usage(write, tmp_path, words):
    assert run("learn", write(PEOPLE), *words, cwd=tmp_path).status == 2


# calibrate

PREDICTED = "p,low,high,outcome\n" + "".join(f"{0.2 + 0.1 * (i % 5):.1f},,,{int(i % 10 < 2 + i % 5)}\n" for i in range(300))


def test_a_calibration_is_reported(write, tmp_path):
    found = rows("calibrate", write(PREDICTED), cwd=tmp_path)

    assert found["verdict"]["value"] in ("no misfit seen", "predicts too high", "predicts too low", "predictions too extreme")
    assert float(found["brier"]["low"]) == pytest.approx(float(found["brier"]["value"]))  # nothing is missing
    assert found["covered"]["value"] == "."  # no bands, no coverage


def test_few_people_are_said_to_be_too_few(write, tmp_path):
    done = run("calibrate", write("p,low,high,outcome\n0.4,0.3,0.5,1\n0.6,0.5,0.7,0\n"), cwd=tmp_path)

    assert done.status == 0
    assert "too few to judge" in done.out


def test_missing_outcomes_widen_the_bounds(write, tmp_path):
    found = rows("calibrate", write(PREDICTED + "0.5,,,\n" * 100), cwd=tmp_path)

    assert float(found["bounds"]["high"]) - float(found["bounds"]["low"]) == pytest.approx(100 / 400)
    assert "100 missing" in found["verdict"]["note"]


def test_both_arms_give_the_benefit_too(write, tmp_path):
    lines = [f"0.5,0.4,0.6,{int((i * 7) % 10 < (5 if i % 2 else 4))},{'AB'[i % 2]},0.1\n" for i in range(60)]
    found = rows("calibrate", write("p,low,high,outcome,arm,benefit\n" + "".join(lines)), cwd=tmp_path)

    assert found["benefit"]["predicted"] == "0.1"
    assert found["c_for_benefit"]["value"] == "0.5"
    assert found["benefit_verdict"]["value"] == "too few to judge"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("p,low,high,outcome\n1.2,,,1\n", "line 2: p must be a number in 0..1"),
        ("p,low,high,outcome\n,,,1\n", "p is missing"),
        ("p,low,high,outcome\n0.5,,,2\n", "line 2: outcome"),
        ("p,low,high,outcome\n0.5,,,0.5\n", "1 (response), 0 or missing"),
        ("p,low,high,outcome\n0.5,0.6,0.7,1\n", "hold its own prediction"),
        ("p,low,high,outcome,arm\n0.5,,,1,A\n", "go together"),
        ("p,low,high,outcome,arm,benefit\n0.5,,,1,A,0.1\n", "one of them has no known outcome"),
        ("p,low,high,outcome,arm,benefit\n0.5,,,1,A,3\n", "line 2: benefit"),
        ("p,outcome\n0.5,1\n", "'low' is missing"),
    ],
)
def test_predictions_that_cannot_be_are_refused(write, tmp_path, text, says):
    done = run("calibrate", write(text), cwd=tmp_path)

    assert done.status == 3
    assert done.out == ""
    assert said_once(done)
    assert says in done.err


def test_columns_that_were_not_used_are_named(write, tmp_path):
    done = run("calibrate", write("p,low,high,outcome,ward\n0.5,,,1,x\n"), cwd=tmp_path)

    assert done.status == 0
    assert "not used: ward" in done.err


def test_every_verb_writes_json_and_to_a_file(write, tmp_path):
    name, diary = write(PREDICTED), write(kept(), "diary.csv")
    contrasts = write("contrast,se\n0.6,0.1\n", "contrasts.csv")
    calls = (EARLY, ("nof1", "plan", "--seed", 1), ("nof1", "size"), ("nof1", "analyse", diary))
    for words in (*calls, ("learn", contrasts, *BELIEF), ("calibrate", name)):
        done = run(*words, "--format", "json", "-o", "out.json", cwd=tmp_path)

        assert done.status == 0
        assert done.out == ""
        assert json.loads((tmp_path / "out.json").read_text())
