"""The console script: parse, hand over to one file a verb group, turn errors into exit statuses."""

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Callable, Sequence

from painloom.doors.cli import assess, body, brain, cohort, evidence, fhir, genome, knowledge, mind
from painloom.errors import InputError, KnowledgeError, UsageError
from painloom.version import KNOWLEDGE_RELEASE, __version__

DONE, WRONG_USAGE, REFUSED = 0, 2, 3
GROUPS = (assess, genome, brain, mind, body, evidence, fhir, cohort, knowledge)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        """Print program version and knowledge release."""
        print(f"painloom {__version__}, knowledge {KNOWLEDGE_RELEASE}")
        parser.exit(DONE)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; heavy modules are imported only by the verb that runs."""
    parser = argparse.ArgumentParser(
        prog="painloom",
        description="Pain medicine for one person: genome, brain, mind and body woven into one explained plan.",
        epilog="Decision support for a clinician who can review the basis; not a prescription.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="program version and knowledge release")
    verbs = parser.add_subparsers(metavar="COMMAND", required=True)
    for group in GROUPS:
        group.add_verbs(verbs)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that cannot show a letter must not end the program
    try:
        status = _run(argv)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        _leave_quietly()
        return DONE
    except OSError as wrong:
        _leave_quietly()
        print(
            f"painloom: {str(wrong.filename or 'output').removesuffix('.unfinished')}: {wrong.strerror or 'cannot be read or written'}",
            file=sys.stderr,
        )
        return REFUSED


def _run(argv: Sequence[str] | None) -> int:
    try:
        args = build_parser().parse_args(argv)
        run: Callable[[argparse.Namespace], int] = args.run
        return run(args)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else WRONG_USAGE
    except UsageError as wrong:
        print(f"painloom: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    except (InputError, KnowledgeError) as wrong:
        print(f"painloom: {' '.join(str(wrong).split())}", file=sys.stderr)
        return REFUSED
    except MemoryError:
        print("painloom: the input needs more memory than this machine has; split it", file=sys.stderr)
        return REFUSED


def _leave_quietly() -> None:
    """Nobody reads stdout any more, or it cannot be written: what is left in its buffer goes nowhere."""
    with contextlib.suppress(io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
