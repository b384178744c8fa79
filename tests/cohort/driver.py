"""The console script with smaller parts, so that a run can be stopped between two of them: driver.py BLOCK words..."""

import sys

from painloom import cohort
from painloom.doors.cli.main import main

if __name__ == "__main__":
    cohort.plan.__kwdefaults__["block"] = int(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
