"""The installed console script, run as a user runs it; and the same function inside this process where only its answer counts."""

import contextlib
import io
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from painloom.doors.cli.main import main

# Unbuffered output hides what happens when the last buffer meets a closed pipe; users have none of these variables.
USER = {
    name: value for name, value in os.environ.items() if name not in ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONIOENCODING")
}
SCRIPT = str(Path(sys.executable).with_name("painloom"))
# A small process between us and the program: a child starts with its parent's peak, and pytest's is far above a clinic's limit.
LAUNCHER = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
status = subprocess.call(sys.argv[2:])
spent = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
open(sys.argv[1], "w").write(json.dumps([status, spent, peak / 1024]))
"""


@dataclass(frozen=True)
class Done:
    """How a command ended: exit status, both streams, wall seconds, and peak memory in MiB where it was measured."""

    status: int
    out: str
    err: str
    seconds: float
    peak: float = 0.0


def painloom(*words, cwd=None, timeout=60, **environment):
    """Run `painloom` with these words and with these environment variables changed."""
    start = time.perf_counter()
    done = subprocess.run([SCRIPT, *map(str, words)], cwd=cwd, env=USER | environment, capture_output=True, timeout=timeout, check=False)
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode(), time.perf_counter() - start)


def inside(*words, cwd="."):
    """The console script's own function: ten times as many cases in the same time.  What would be a traceback is raised."""
    out, err = io.StringIO(), io.StringIO()
    start = time.perf_counter()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main([str(word) for word in words])
        except SystemExit as left:
            status = int(left.code or 0)
    return Done(status, out.getvalue(), err.getvalue(), time.perf_counter() - start)


def measured(folder, *words, timeout=60):
    """As `painloom`, with the time and the peak memory of that process alone; `folder` takes the launcher's note."""
    note = Path(folder) / "launcher.json"
    command = [sys.executable, "-I", "-S", "-c", LAUNCHER, str(note), SCRIPT, *map(str, words)]
    done = subprocess.run(command, env=USER, capture_output=True, timeout=timeout, check=False)
    status, seconds, peak = json.loads(note.read_text())
    note.unlink()
    return Done(status, done.stdout.decode(), done.stderr.decode(), seconds, peak)


def table(text):
    """A TSV as a list of dictionaries."""
    header, *lines = text.splitlines()
    names = header.split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines]


def said_once(done):
    """Exactly one line on stderr, and it is ours."""
    return done.err.count("\n") == 1 and done.err.startswith("painloom: ") and done.err.endswith("\n")
