"""Hostile drug lists: every one ends with a table or with one line on stderr, never with a traceback."""

import argparse
import contextlib
import io
import random

import pytest

from painloom.doors.cli import body
from painloom.doors.cli.main import main
from painloom.errors import PainloomError

HEADER = b"drug,dose,unit,per_day,route,form\n"
NAMES = (
    "oxycodone",
    "Oxycodone HCl",
    "fentanyl",
    "Percocet 5/325",
    "hydrocodone/acetaminophen",
    "qarbolan",
    "buprenorphine",
    "ibuprofen",
    "",
    " ",
    "12 HR oxycodone hydrochloride 20 MG Extended Release Oral Tablet",
    "72 HR fentanyl 0.025 MG/HR Transdermal System",
    "co-codamol 30/500",
    "Suboxone 2 MG / 0.5 MG Sublingual Film",
    "(((",
    "[[[",
    ")(",
    "§0§",
    "§999999§",
    "/",
    "//",
    "5",
    "5/5/5",
    "mg",
    "{2 (fentanyl",
    "a" * 299,
    "oxycodone " * 25,
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "'; DROP TABLE drugs; --",
    "../../etc/passwd",
    "\u202eenodocyxo",
    "Ω≈ç√∫",
    "𝕠𝕩𝕪",
    "ﬁlm",
    "İ",
    "ß",
    "1,2,3 mg",
    "0,025 mg fentanyl",
    "999999999 mg oxycodone",
    "-5 mg",
    "morphine 10 mg / morphine 20 mg",
    "%s%n",
    "{a}",
)
NUMBERS = (
    "5",
    "0",
    "",
    ".",
    "-5",
    "-0",
    "nan",
    "inf",
    "-inf",
    "1e308",
    "1e9",
    "1e-9",
    "9" * 40,
    "0." + "0" * 40 + "1",
    "5-10",
    "10-5",
    "1/3",
    "1/0",
    "0/0",
    "5 mg",
    "five",
    "٣",
    "１",
    "½",
    "1,5",
    '"1,5"',
    "0x1F",
    "1_0",
    "+5",
    "5.",
    ".5",
    "5..5",
    "--",
    "1-2-3",
    "∞",
    "NULL",
    "#REF!",
    "true",
    "1e",
    "e5",
    " 5 ",
)
UNITS = (
    "mg",
    "MG",
    "mcg",
    "µg",
    "g",
    "mcg/h",
    "mg/h",
    "ml",
    "tablet",
    "patch",
    "{tablet}",
    "units",
    "",
    "mg/kg",
    "%",
    "spoon",
    "m" * 290,
    "mg/",
    "/h",
    "(",
    "*",
)
ROUTES = ("oral", "transdermal", "intravenous", "sublingual", "", "nonsense", "oral or nasal", "🙂", "IV", "per os")
FORMS = ("tablet", "patch", "injection", "tablet extended release", "", "solution", "film", "nonsense", "oral patch injection")
JUNK = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b'"',
    b'""',
    b"\r",
    b"\r\n",
    b"\n\n",
    b",",
    b",,,,,,",
    b"\t",
    b"\x1b[2J",
    b"\x7f",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b";",
    b"\\",
)


def hostile(dice: random.Random) -> bytes:
    """One file: rows of dangerous cells, then damage to the bytes."""
    rows = []
    for _ in range(dice.choice((0, 1, 1, 1, 2, 3))):
        cells = [
            dice.choice(NAMES),
            dice.choice(NUMBERS),
            dice.choice(UNITS),
            dice.choice(NUMBERS),
            dice.choice(ROUTES),
            dice.choice(FORMS),
        ]
        if dice.random() < 0.5:
            cells[1], cells[3] = dice.choice(("5", "1", "2-4", "25")), dice.choice(("1", "4", "0.33"))
        quoted = [f'"{c}"' if "," in c and dice.random() < 0.8 and not c.startswith('"') else c for c in cells]
        rows.append(",".join(quoted).encode("utf-8", "surrogatepass"))
    content = (HEADER if dice.random() < 0.95 else b"") + b"\n".join(rows)
    for _ in range(dice.choice((0, 0, 0, 1, 2))):
        at = dice.randrange(len(content) + 1)
        content = content[:at] + dice.choice(JUNK) + content[at + dice.choice((0, 0, 1, 5)) :]
    return content


def parser() -> argparse.ArgumentParser:
    """The verb alone: building the whole command line would cost more than the check."""
    ask = argparse.ArgumentParser()
    body.add_verbs(ask.add_subparsers())
    return ask


def run(args: argparse.Namespace) -> tuple[int, str, str]:
    """Exit status, stdout and stderr as the console would give them."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = args.run(args)
        except PainloomError as wrong:
            status = 3
            err.write(f"painloom: {' '.join(str(wrong).split())}\n")
    return status, out.getvalue(), err.getvalue()


def judge(status: int, out: str, err: str, content: bytes) -> None:
    """Raises AssertionError with the file's bytes where the answer breaks the contract."""
    if status == 3:
        assert out == "", content
        assert err.count("\n") == 1, content
        assert err.startswith("painloom: list.csv: "), content
        assert err.strip().isprintable(), content
    else:
        assert status == 0, content
        lines = out.splitlines()
        assert lines[0] == "kind\tsubject\tvalue\tunit\tseverity\tmessage\tsource", content
        assert all(line.count("\t") == 6 and line.replace("\t", "").isprintable() for line in lines), content
        assert sum(line.startswith("mme-current\ttotal\t") for line in lines) == 1, content
        assert "qarbolan" not in content.decode().lower() or any(line.startswith("gate\t") and "qarbolan" in line for line in lines), (
            content
        )


def attack(tmp_path, seed: int, count: int) -> dict[int, int]:
    dice, path, seen = random.Random(seed), tmp_path / "list.csv", {0: 0, 3: 0}
    args = parser().parse_args(["body", "meds", str(path), "--format", "tsv", "--as-of", "2026-06-01"])
    for _ in range(count):
        content = hostile(dice)
        path.write_bytes(content)
        status, out, err = run(args)
        judge(status, out, err, content)
        seen[status] += 1
    return seen


def test_twenty_thousand_hostile_lists_end_well(tmp_path):
    seen = attack(tmp_path, 20260611, 20_000)

    assert min(seen.values()) > 2_000, "both ways to end must be reached"


@pytest.mark.slow
def test_a_hundred_thousand_hostile_lists_end_well(tmp_path):
    attack(tmp_path, 1, 100_000)


def test_the_console_itself_gives_the_same(tmp_path):
    """A sample through the whole command line, with its own handling of errors."""
    dice, path = random.Random(7), tmp_path / "list.csv"
    for _ in range(150):
        content = hostile(dice)
        path.write_bytes(content)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(["body", "meds", str(path), "--format", "tsv", "--as-of", "2026-06-01"])
        judge(status, out.getvalue(), err.getvalue(), content)
