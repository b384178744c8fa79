"""The house stands as docs/floors.toml says: floors, circles, sizes, names of cards, docstrings, known answers, machine paths."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("letter", "abcdefg")
def test_house_rule_finds_nothing(letter):
    check = [sys.executable, "tests/house/check_house.py", ".", "--plan", "docs/floors.toml", "--only", letter]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout == ""
    assert done.returncode == 0


def test_help_answers_without_heavy_imports():
    code = "import sys; from painloom.doors.cli.main import build_parser; build_parser(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not {"numpy", "cyvcf2", "jinja2", "pyarrow", "tomllib"} & set(done.stdout.split())
