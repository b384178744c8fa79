"""painloom brain: markers, norms, regional series, stimulation targets, a view of an image."""

from typing import Any

from painloom.doors.cli import brain_extract, brain_norms, brain_signature, brain_targets, brain_view


def add_verbs(verbs: Any) -> None:
    """Add `brain` with its verbs to the command line."""
    group = verbs.add_parser("brain", help="MRI and fMRI: published markers, norms, regional series, stimulation targets")
    inner = group.add_subparsers(metavar="VERB", required=True)
    for verb in (brain_signature, brain_norms, brain_extract, brain_targets, brain_view):
        verb.add_verb(inner)
