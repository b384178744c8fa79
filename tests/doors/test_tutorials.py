"""The tutorials do what they say: every command is run, every promised line is found."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from console import SCRIPT

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))


@pytest.fixture
def desk(tmp_path):
    """A folder that looks like the project's, so that nothing is written into it."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "src").symlink_to(ROOT / "src")
    return tmp_path


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_every_command_of_the_tutorial_gives_what_it_promises(page, desk):
    environment = {**os.environ, "PATH": f"{Path(SCRIPT).parent}{os.pathsep}{os.environ['PATH']}"}
    commands = 0
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
        said = ""
        for line in block.splitlines():
            if line.startswith("$ "):
                done = subprocess.run(["bash", "-c", line[2:]], cwd=desk, env=environment, capture_output=True, text=True, check=False)
                assert done.returncode == 0, (line, done.stderr)
                said, commands = done.stdout, commands + 1
            elif line.startswith("#=> "):
                assert line[4:] in said, (line, said[:2000])

    assert commands > 5
