"""Sixty thousand broken answer tables: every one is read exactly as it is written or refused in one line that repeats nothing of it."""

import csv
import io
import json
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from builders import knowledge
from painloom.errors import InputError
from painloom.intake import answers as reader
from painloom.intake.answers import answer_pieces, read_answers
from painloom.mind.rows import SCORE_COLUMNS, score_tsv
from painloom.mind.scoring import alerts, score
from painloom.model.answers import UNANSWERED

sys.path.insert(0, str(Path(__file__).parents[1] / "doors"))
from console import SCRIPT, USER, inside, painloom, said_once

CASES, PART = 60_000, 5_000
ALL = sorted(knowledge().instruments.values(), key=lambda card: card.id)
SCORED = [card for card in ALL if card.scales]
HEAVY = [card for card in ALL if len(card.items) > 40 or any(scale.kind == "value-set" for scale in card.scales)]
LIGHT = [card for card in ALL if card not in HEAVY]
REFUSED = "refused"
SECRET = "XSECRETX"
MARKED = ("7777", SECRET, "secret", "٧٧٧", "७७७", "７７")
STRANGE = (
    "7777", "-7777", "+7777", "7777.0", "7777e0", "0x7777", "7777,", "7_777", "٧٧٧٧", "７７７７", "७७७७", SECRET, SECRET * 50,
    f"1 {SECRET}", "1e0", "1E0", "0x1", "0b1", "1_0", "١", "１", "①", "²", "½", "Ⅳ", "true", "False", "nan", "NaN", "inf", "-inf",
    "None", "null", "NA", ".", "-", "+", "--1", "+-1", "-+1", "1-", "1..0", "1.0.0", "1.5", "1.0001", "1,0", "1 0", "0 1", "1/1", "=1",
    "=1+1", "'1",
    "1;", "1:", "%31", "1%", "$1", "&#49;", "\\1", "1\\n", "<1>", "1\x7f", "\u200b1", "1\u200b", "\u20661", "9" * 5, "9" * 400, "1" * 5000,
    "-" * 3000, f"=cmd|'/c {SECRET}'!A1", "0" * 40 + "1", '"1', '1"', "1\x00",
)  # fmt: skip
SPELLED = (
    "{0}", "+{0}", "0{0}", "00{0}", "{0}.0", "{0}.00", "{0}.", " {0}", "{0} ", "  {0}  ", "\t{0}\t", "\u00a0{0}", "{0}\u3000", '"{0}"',
    '" {0} "', '"\n{0}"',
)  # fmt: skip
NAMES = (
    "", " ", "\t", ".", "..", "=1+1", "@SUM(A1)", "-2", "+3", "p\tq", "p\x1bq", "p\x01q", "p\x7fq", "p q", "  p  ", "é", "李", "\U0001f600",
    "p\u2028q", "p\u00a0q", "x" * 199, "x" * 200, "x" * 201, "é" * 100, "é" * 101, "x" * 60_000, '"p,q"', '"p\nq"', '"p""q"',
    '"p\r\nq"', 'p"q', '"p', 'p"', '""', '"p"q', "p,q", "id", "NULL", "\\", "'; DROP TABLE x; --", "../../etc/passwd", "<script>",
    "%s%n", "{0}", "\u202ep",
)  # fmt: skip
WHOLE = re.compile(r"([+-]?)([0-9]+)(?:\.0*)?")


def strictly(cell, limits):
    """The answer that a cell means, UNANSWERED, or None where it must be refused; whole numbers in ASCII digits only."""
    text = cell.strip()
    if not text:
        return UNANSWERED
    found = WHOLE.fullmatch(text)
    if found is None or len(found[2]) > 400:
        return None
    value = int(found[1] + found[2])
    inside_ = value in limits.allowed if limits.allowed else limits.low <= value <= limits.high
    return value if inside_ else None


def strict_table(data, card):
    """(ids, answers) as Python's own csv module reads the file, or None where it must be refused."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        return None
    wanted = ["id", *(r.id for r in card.ranges)]
    header = [cell.strip() for cell in rows[0]] if rows else []
    if "\0" in text or text.startswith("\n") or sorted(header) != sorted(wanted) or any(len(row) != len(header) for row in rows):
        return None
    place = [header.index(name) for name in wanted]
    ids = [row[place[0]].strip() for row in rows[1:]]
    if any(not 0 < len(i.encode()) <= 200 or re.search(r"[\x00-\x1f]", i) for i in ids):
        return None
    values = [[strictly(row[p], r) for p, r in zip(place[1:], card.ranges, strict=True)] for row in rows[1:]]
    return None if any(v is None for row in values for v in row) else (ids, values)


def good(card, dice, people=3):
    """Cells of a table without fault; one cell in eight is empty."""
    lines = [["id", *(r.id for r in card.ranges)]]
    for person in range(people):
        answers = [str(dice.choice(r.allowed or range(r.low, r.high + 1))) if dice.random() < 0.875 else "" for r in card.ranges]
        lines.append([f"{SECRET}{person}", *answers])
    return lines


def text_of(lines):
    return "".join(",".join(cells) + "\n" for cells in lines)


def spoil_cell(lines, dice):
    line, place = dice.randrange(1, len(lines)), dice.randrange(1, len(lines[0]))
    if dice.random() < 0.5:
        lines[line][place] = dice.choice(STRANGE)
    else:
        for _ in range(dice.randrange(1, 5)):
            cells = lines[dice.randrange(1, len(lines))]
            place = dice.randrange(1, len(cells))
            cells[place] = dice.choice(SPELLED).format(cells[place]) if cells[place] else dice.choice(["", " ", '""', '" "', "\t"])
    return text_of(lines).encode()


def spoil_name(lines, dice):
    lines[dice.randrange(1, len(lines))][0] = dice.choice(NAMES)
    return text_of(lines).encode()


def spoil_shape(lines, dice):
    """Rows and columns: lost, doubled, moved, renamed, too many."""
    kind = dice.randrange(14)
    width = len(lines[0])
    one, other = dice.randrange(width), dice.randrange(width)
    if kind == 0:
        lines = [cells[:one] + cells[one + 1 :] for cells in lines]
    elif kind == 1:
        lines = [[*cells, cells[one]] for cells in lines]
    elif kind == 2:
        order = dice.sample(range(width), width)
        lines = [[cells[i] for i in order] for cells in lines]
    elif kind == 3:
        lines[0][one] = dice.choice(["", SECRET, "Name", "ID", "0", "-1", "1.0", lines[0][other], "é", "id ", "=1", "x" * 9000])
    elif kind == 4:
        lines.insert(dice.randrange(len(lines) + 1), list(lines[0]))
    elif kind == 5:
        lines = lines[1:]
    elif kind == 6:
        lines = lines[: dice.randrange(2)]
    elif kind == 7:
        lines[dice.randrange(len(lines))].append(dice.choice(["", SECRET, "1", " "]))
    elif kind == 8:
        lines[dice.randrange(len(lines))].pop()
    elif kind == 9:
        lines.insert(dice.randrange(len(lines) + 1), dice.choice([[""], [" "], ["", ""], ["#", SECRET], [SECRET], [], ["\t"], ['""']]))
    elif kind == 10:
        lines[0] = [f" {name} " for name in lines[0]]
    elif kind == 11:
        lines[0] = [f'"{name}"' for name in lines[0]]
    elif kind == 12:
        lines = [[dice.choice(['"{}"', "{}"]).format(cell) for cell in cells] for cells in lines]
    else:
        return text_of(lines).replace(",", dice.choice([";", "\t", "|", ",,", ", ", " ,"])).encode()
    return text_of(lines).encode()


def spoil_bytes(lines, dice):
    """What editors, transfers and attackers do to bytes."""
    data = text_of(lines).encode()
    kind = dice.randrange(14)
    at = dice.randrange(len(data))
    if kind == 0:
        return b"\xef\xbb\xbf" * dice.randrange(1, 3) + data
    if kind == 1:
        return data.replace(b"\n", dice.choice([b"\r\n", b"\r", b"\n\r", b"\n\n", b"\r\r\n", b"\x0b", b"\x0c", b"\xe2\x80\xa8", b"\x1e"]))
    if kind == 2:
        return data[:at]
    if kind == 3:
        return data[at:]
    if kind == 4:
        return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
    if kind == 5:
        return data[:at] + dice.choice([b"\0", b'"', b"\n", b"\r", b",", b" ", b"\xff", b"\x1a", b"\xef\xbb\xbf", b"'"]) + data[at:]
    if kind == 6:
        return dice.choice([b"", b"\n", b"\r", b'"', b",", b"id", b"\xef\xbb\xbf", b"\0", b"id\n", b"\n\n\n", b'""', b" "])
    if kind == 7:
        return dice.randbytes(dice.randrange(1, 400))
    if kind == 8:
        return data.decode().replace("0", "\xe9").encode("latin-1")
    if kind == 9:
        return data.decode().encode(dice.choice(["utf-16", "utf-16-le", "utf-32", "utf-7", "cp1252"]))
    if kind == 10:
        empty = b"\n" + b"," * (len(lines[0]) - 1)
        return data.rstrip(b"\n") + dice.choice([b"", b"\n\n\n", b"\n \n", b"\x1a", b"\n\x1a", b"\n\0", b",", b"\n,", b'"', empty])
    if kind == 11:
        return data[:at] + data[at:][::-1]
    if kind == 12:
        return json.dumps([SECRET, 7777, dict(zip(lines[0], lines[1], strict=True))]).encode()
    return b"PK\x03\x04" + data


SPOILERS = (spoil_cell, spoil_cell, spoil_cell, spoil_name, spoil_shape, spoil_bytes)


def case(number):
    """One hostile file: its card, its bytes."""
    dice = random.Random(f"answers {number}")
    card = dice.choice(LIGHT if dice.random() < 0.97 else HEAVY)
    return card, dice.choice(SPOILERS)(good(card, dice), dice)


def expected_scales(card, values):
    """(person, scale) of every row that the table must have."""
    scales = [s.scale for s in score(card, values, extra=False)]
    raised = [(a.id, a.state) for a in alerts(card, values)]
    return [(p, s) for p in range(len(values)) for s in [*scales, *(f"alert:{i}" for i, state in raised if state[p] >= 0)]]


def faults_of_table(text, card, ids, values):
    """What is wrong with a score table, in words; empty when every person has every row, each with ten cells."""
    lines = text.split("\n")
    if lines[-1] or lines[0] != "\t".join(SCORE_COLUMNS):
        return ["the first or the last line"]
    rows = [line.split("\t") for line in lines[1:-1]]
    if any(len(row) != len(SCORE_COLUMNS) or "" in row for row in rows):
        return ["a row has not ten filled cells"]
    wanted = [(ids[person], card.id, scale) for person, scale in expected_scales(card, values)]
    # the table goes scale by scale inside a block of people or person by person: order among people is not judged here
    return [] if sorted(wanted) == sorted((row[0], row[1], row[2]) for row in rows) else ["rows are missing or too many"]


def judged(path, card, data, *, scored=True):
    """Faults of one case, in words; `scored`: also of the table that the scores make."""
    wanted = strict_table(data, card)
    path.write_bytes(data)
    try:
        found = read_answers(path, card.id, card.ranges)
    except InputError as refused:
        said = str(refused)
        told = [mark for mark in MARKED if mark in said]
        faults = [f"the message repeats {told}"] if told else []
        faults += ["the message names no file"] if not said.startswith(path.name) else []
        faults += ["the message is not one line"] if "\n" in said or len(said) > 400 else []
        return faults + (["a good table is refused: " + said] if wanted is not None and not long_number(data) else [])
    if wanted is None:
        return ["a broken table is accepted"]
    if wanted != (found.names(), found.values.tolist()):
        return ["read otherwise than it is written"]
    if not (scored and card.scales):
        return []
    table = b"".join(score_tsv(card, answer_pieces(path, card.id, card.ranges))).decode()
    return faults_of_table(table, card, found.names(), found.values)


def long_number(data):
    """Numbers that a reader may take or leave: many leading zeros."""
    return re.search(rb"0{3,}[0-9]", data) is not None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("part", range(CASES // PART))
def test_every_hostile_table_is_read_as_written_or_refused_without_being_repeated(part, tmp_path):
    wrong = []
    for number in range(part * PART, (part + 1) * PART):
        card, data = case(number)
        try:
            faults = judged(tmp_path / "table.csv", card, data, scored=number % 3 == 0)
        except Exception as unexpected:
            faults = [f"{type(unexpected).__name__}: {unexpected}"]
        wrong += [(number, card.id, fault, data[:200]) for fault in faults]

    assert [] == wrong


def test_hostile_tables_are_of_every_kind():
    """The generator itself: neither all refused nor all read, and every instrument takes its turn."""
    cases = [case(number) for number in range(6_000)]
    read = sum(strict_table(data, card) is not None for card, data in cases)

    assert 0.2 < read / len(cases) < 0.7
    assert {card.id for card in ALL} == {card.id for card, _ in cases}


@pytest.mark.parametrize("form", ["tsv", "json", "text"])
def test_the_command_answers_hostile_tables_with_a_table_or_one_line(form, tmp_path):
    for number in range(500):
        card, data = case(CASES + number)
        if not card.scales:
            continue
        (tmp_path / "table.csv").write_bytes(data)
        done = inside("mind", "score", card.id, "table.csv", "--format", form, cwd=tmp_path)

        assert done.status in (0, 3), (number, card.id, data)
        if done.status == 3:
            assert said_once(done), (number, done.err)
            assert done.out == "", number
            assert not any(mark in done.err for mark in MARKED), (number, done.err)
        else:
            assert done.err == "", (number, done.err)
            assert form != "json" or isinstance(json.loads(done.out), list)


@pytest.mark.parametrize("control", ["\t", "\x0b", "\x0c", "\x1b", "\x01", "\x1f"])
@pytest.mark.parametrize("quote", ["", '"'], ids=["plain", "quoted"])
def test_a_control_character_inside_an_id_is_refused_however_the_cell_is_written(control, quote, tmp_path):
    """A tab in an id would move every cell of its row by one column."""
    card = next(card for card in SCORED if len(card.items) == 3)
    path = tmp_path / "table.csv"
    path.write_text("id,1,2,3\n" + f"{quote}p{control}q{quote},{','.join(str(r.high) for r in card.ranges)}\n", newline="")

    with pytest.raises(InputError, match="line 2: the id"):
        read_answers(path, card.id, card.ranges)


def test_an_unclosed_quote_in_the_header_is_refused_as_one_in_a_row_is(tmp_path):
    card = next(card for card in SCORED if len(card.items) == 3)
    path = tmp_path / "table.csv"
    path.write_text('id,1,2,"3\np,1,1,1\nq,1,1,1\n', encoding="utf-8")

    with pytest.raises(InputError):
        read_answers(path, card.id, card.ranges)


@pytest.mark.parametrize("size", [1, 40, 200, 5_000])
def test_the_fast_and_the_slow_reader_agree_on_valid_tables_of_any_size_of_piece(size, tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "PIECE", size)
    for number in range(500):
        dice = random.Random(f"two readers {size} {number}")
        card = dice.choice(ALL)
        lines = good(card, dice, people=dice.randrange(1, 12))
        for cells in lines[1:]:
            cells[0] = "".join(dice.choice("abcXYZ019 .-_=@#'/\\") for _ in range(dice.randrange(1, 30))).strip() or "p"
            cells[1:] = [dice.choice(["{}", "{}", "{}", "0{}"]).format(cell) if cell else cell for cell in cells[1:]]
        plain, quoted = tmp_path / "plain.csv", tmp_path / "quoted.csv"
        plain.write_text(text_of(lines), encoding="utf-8")
        lines[0][0] = '"id"'
        quoted.write_text(text_of(lines), encoding="utf-8")
        fast, slow = (read_answers(path, card.id, card.ranges) for path in (plain, quoted))

        assert slow.names() == fast.names()
        assert slow.values.tolist() == fast.values.tolist()


@pytest.mark.parametrize("size", [30, 333, 4_096])
def test_where_a_piece_ends_changes_no_score_and_no_line_number(size, tmp_path, monkeypatch):
    dice = random.Random(size)
    card = next(card for card in SCORED if card.alerts and len(card.items) == 9)
    lines = good(card, dice, people=300)
    path = tmp_path / "table.csv"
    path.write_text(text_of(lines), encoding="utf-8")
    whole = read_answers(path, card.id, card.ranges)
    monkeypatch.setattr(reader, "PIECE", size)
    pieces = list(answer_pieces(path, card.id, card.ranges))
    lines[251][4] = "7777"
    path.write_text(text_of(lines), encoding="utf-8")

    assert len(pieces) > 1
    assert whole.names() == [name for piece in pieces for name in piece.names()]
    assert (whole.values == np.concatenate([piece.values for piece in pieces])).all()
    with pytest.raises(InputError, match=r"line 252, item 4: .* allowed 0 to 3; leave it empty"):
        read_answers(path, card.id, card.ranges)


def test_a_killed_run_never_leaves_a_part_of_a_table_under_the_final_name(tmp_path):
    card = next(card for card in SCORED if card.alerts and len(card.items) == 9)
    dice = random.Random(300_000)
    block = "".join(f"p{i}," + ",".join(dice.choice(["0", "1", "2", "3", ""]) for _ in card.ranges) + "\n" for i in range(3_000))
    answers, to = tmp_path / "many.csv", tmp_path / "scores.tsv"
    answers.write_text("id," + ",".join(r.id for r in card.ranges) + "\n" + block * 100)
    words = ("mind", "score", card.id, answers, "--format", "tsv", "-o", to)
    assert painloom(*words).status == 0  # warms up, so that the second one tells how long a run takes
    whole_run = painloom(*words)
    complete = to.read_bytes()
    assert complete.count(b"\n") > 300_000

    killed = 0
    for _ in range(10):
        to.write_bytes(b"the table of last week\n")
        begun = subprocess.Popen([SCRIPT, *map(str, words)], env=USER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole_run.seconds * dice.uniform(0.2, 0.95))
        begun.send_signal(signal.SIGKILL)
        killed += begun.wait() == -signal.SIGKILL
        assert to.read_bytes() in (b"the table of last week\n", complete)

    assert killed >= 3
    assert painloom(*words).status == 0
    assert to.read_bytes() == complete
    assert sorted(p.name for p in tmp_path.iterdir()) == ["many.csv", "scores.tsv"]
