"""painloom evidence: published effects pooled, and what each treatment would do for one person."""

from typing import Any

from painloom.doors.cli import evidence_learn, evidence_pool, evidence_predict


def add_verbs(verbs: Any) -> None:
    """Add `evidence` with its verbs to the command line."""
    group = verbs.add_parser("evidence", help="what each treatment would do for one person, pooling of study rows, learning from outcomes")
    inner = group.add_subparsers(metavar="VERB", required=True)
    evidence_predict.add_verb(inner)
    evidence_pool.add_verb(inner)
    evidence_learn.add_verbs(inner)
