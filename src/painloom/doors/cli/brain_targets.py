"""painloom brain targets: where stimulation could aim, what the bodies say, and whether the safety gate lets it through."""

import argparse
import datetime
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import say, write_pieces, write_table
from painloom.errors import InputError, UsageError

if TYPE_CHECKING:
    from painloom.knowledge.load import Knowledge
    from painloom.knowledge.target_cards import TargetBook
    from painloom.model.case import Case
    from painloom.model.target import Target, TargetView

FORMATS = ("json", "text", "tsv")
EXPORTS = ("brainsight", "localite", "slicer")
COLUMNS = ("name", "side", "space", "xyz_mm", "scalp_10_10", "indication", "evidence", "protocol", "safety")
ABSENT = "."


def add_verb(inner: Any) -> None:
    """Add `targets` to the verbs of `brain`."""
    parser = inner.add_parser("targets", help="stimulation targets of a case: evidence, protocol, safety gate, navigator files")
    parser.add_argument("case", type=Path, metavar="CASE", help="a case folder with case.toml")
    parser.add_argument("--indication", metavar="ID", help="kind of pain, instead of what the record says")
    parser.add_argument("--side", choices=("left", "right"), help="side of the pain, instead of what the record says")
    parser.add_argument("--transform", type=Path, metavar="FILE", help="from template to the person's own space: adds native coordinates")
    parser.add_argument("--bold", type=Path, metavar="IMAGE", help="resting 4-D image in template space: adds an individual target")
    parser.add_argument("--motion", type=Path, metavar="FILE", help="framewise displacement of --bold, one number a volume")
    parser.add_argument("--export", choices=EXPORTS, help="write a navigator file of the targets that are not excluded (with -o)")
    parser.add_argument("--target", action="append", metavar="NAME", help="only this target, by id or name (may be repeated)")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.add_argument("--as-of", metavar="DATE", help="day of the statement, YYYY-MM-DD")
    parser.add_argument("--format", choices=FORMATS, default="json")
    parser.add_argument("-o", type=Path, dest="output", metavar="PATH", help="the navigator file; without --export: the result")
    parser.set_defaults(run=run_targets)


def run_targets(args: argparse.Namespace) -> int:
    """`painloom brain targets`."""
    from painloom.knowledge.load import load

    _check(args)
    as_of = args.as_of or datetime.date.today().isoformat()
    knowledge = load(args.knowledge)
    book = knowledge.targets
    case = _case(args.case, knowledge, as_of)
    view = _view(case, knowledge, book, args, as_of)
    chosen = _chosen(view.targets, args.target)
    if args.export is None:
        _print(view, chosen, book, args, args.output)
        return 0
    withheld = _export(chosen, args)
    _print(view, chosen, book, args, None)
    if withheld:
        raise InputError(withheld)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Wrong usage before anything is read."""
    if args.export and args.output is None:
        raise UsageError("--export needs -o FILE")
    if args.motion and not args.bold:
        raise UsageError("--motion belongs to --bold IMAGE")
    if args.as_of:
        try:
            datetime.date.fromisoformat(args.as_of)
        except ValueError:
            raise UsageError("--as-of must be a day as YYYY-MM-DD") from None


def _case(folder: Path, knowledge: "Knowledge", as_of: str) -> "Case":
    from painloom.assess import open_case
    from painloom.intake.vcf import ReadOptions
    from painloom.knowledge.quality import read_quality

    quality = read_quality(knowledge)
    case = open_case(folder, knowledge, ReadOptions(min_gq=quality.min_gq, min_dp=quality.min_dp), as_of)
    for warning in case.warnings:
        say(warning)
    return case


def _view(case: "Case", knowledge: "Knowledge", book: "TargetBook", args: argparse.Namespace, as_of: str) -> "TargetView":
    from painloom.brain.targets import Wish, plan_targets

    if args.indication and args.indication not in book.indications.indications:
        raise UsageError(f"--indication '{args.indication}' is not known; there are: {', '.join(book.indications.indications)}")
    wish = Wish(args.indication or "", args.side or "")
    view = plan_targets(case, knowledge, as_of, phenotypes=_phenotypes(case, knowledge), wish=wish)
    if args.bold:
        from painloom.brain.individual import add_individual
        from painloom.knowledge.scalp import scalp_points

        if not any(book.targets[target.card[0]].individual for target in view.targets):
            raise UsageError("--bold: no target of this case has a card that looks for an individual point; leave it out")
        view = add_individual(view, book, args.bold, args.motion, scalp_points(knowledge))
    if args.transform:
        from painloom.brain.native import add_native

        view = add_native(view, args.transform)
    return view


def _phenotypes(case: "Case", knowledge: "Knowledge") -> dict[str, frozenset[str]]:
    """Gene -> every phenotype that fits; nothing without a genome."""
    if case.genotypes is None and not case.outside_calls:
        return {}
    from painloom.genome.session import Request, open_session
    from painloom.genome.stream import gene_calls

    session = open_session(knowledge, case.genotypes, Request(dict(case.outside_calls), (), one_x=case.person.sex == "M"))
    return {call.gene: frozenset(r.phenotype for d in call.diplotypes for r in d.readings) for call in gene_calls(session)}


def _chosen(targets: "Sequence[Target]", names: list[str] | None) -> "tuple[Target, ...]":
    if not names:
        return tuple(targets)
    wanted = {name.casefold() for name in names}
    found = tuple(t for t in targets if {t.id.casefold(), t.name.casefold()} & wanted)
    lost = [name for name in names if not any(name.casefold() in (t.id.casefold(), t.name.casefold()) for t in found)]
    if lost:
        raise UsageError(f"--target '{lost[0]}' is not in the list; there are: {', '.join(t.id for t in targets)}")
    return found


def _export(targets: "Sequence[Target]", args: argparse.Namespace) -> str:
    """Write the navigator file; returns why nothing was written, "" when it was.  A refused target is never in it."""
    from painloom.brain.export import exportable, poses
    from painloom.model.target import REFUSED

    for target in targets:
        if target.status == REFUSED:
            say(f"{target.name}: {target.safety[0].text}; not written", sys.stderr)
    if not exportable(targets):
        old = f"; {args.output.name} of an earlier run is still there, do not use it" if args.output.exists() else ""
        return f"{args.case.name}: no target may be written: each is refused by the safety gate or has no coordinates{old}"
    from painloom.brain.navigators import FORMATS as NAVIGATORS

    placed, space = poses(targets)
    endings = {ending: writer for name, (writer, ending) in NAVIGATORS.items() if name.startswith(args.export)}
    writer = next((w for ending, w in endings.items() if args.output.name.endswith(ending)), NAVIGATORS[args.export][0])
    write_pieces([writer(placed, space).encode("utf-8")], args.output)
    return ""


def _print(view: "TargetView", targets: "Sequence[Target]", book: "TargetBook", args: argparse.Namespace, to: Path | None) -> None:
    records = [_record(target, book) for target in targets]
    if args.format == "json":
        whole = {"targets": records, "missing": list(view.missing), "warnings": list(view.warnings)}
        write_pieces([(json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode("utf-8")], to)
        return
    rows = ([_cell(record[name]) for name in COLUMNS] for record in records)
    notes = [*(f"missing: {text}" for text in view.missing), *view.warnings]
    if args.format == "text":
        write_pieces([("\n".join(_lines(records, notes)) + "\n").encode("utf-8")], to)
    else:
        write_table(COLUMNS, rows, args.format, to, notes)


def _record(target: "Target", book: "TargetBook") -> dict[str, Any]:
    from painloom.brain.targets import ASK, safety_text

    scalp = target.scalp[0] if target.scalp else None
    return {
        "name": target.name,
        "side": target.side,
        "space": target.space,
        "xyz_mm": list(target.xyz_mm) if target.xyz_mm else None,
        "scalp_10_10": scalp.name if scalp else "",
        "indication": target.indication,
        "evidence": [asdict(row) for row in target.evidence],
        "protocol": "; ".join(f"{name}: {value}" for name, value in target.protocol),
        "safety": safety_text(target, book),
        "id": target.id,
        "order": target.order,
        "modality": target.modality,
        "status": target.status,
        "scalp_error_mm": scalp.distance_mm if scalp else None,
        "scalp": [asdict(point) for point in target.scalp],
        "protocol_rows": [{"name": name, "value": value} for name, value in target.protocol],
        "safety_reasons": [asdict(reason) for reason in target.safety],
        "not_asked": [note.removeprefix(ASK) for note in target.notes if note.startswith(ASK)],
        "why": list(target.why),
        "notes": [note for note in target.notes if not note.startswith(ASK)],
        "claim": target.claim,
        "native_xyz_mm": list(target.native_xyz_mm) if target.native_xyz_mm else None,
        "native_space": target.native_space,
        "stability": asdict(target.stability) if target.stability else None,
        "card": list(target.card),
        "sources": list(target.sources),
    }


def _cell(value: Any) -> str:
    if value in (None, ""):
        return ABSENT
    if isinstance(value, list):
        texts = (f"{v['body']} {v['year']}: {v['grade']}" if isinstance(v, dict) else f"{v:g}" for v in value)
        return "; ".join(texts) if any(isinstance(v, dict) for v in value) else ",".join(texts)
    return str(value)


def _lines(records: list[dict[str, Any]], notes: Sequence[str]) -> Iterator[str]:
    """One block a target, for reading."""
    for record in records:
        yield f"{record['order']}. {record['name']} [{record['status']}]"
        if record["xyz_mm"]:
            error = f", {record['scalp_10_10']} about {record['scalp_error_mm']:g} mm away" if record["scalp_10_10"] else ""
            yield f"   {_cell(record['xyz_mm'])} mm, {record['space']}{error}"
        elif record["scalp_10_10"]:
            yield f"   {record['scalp_10_10']}"
        yield f"   for: {record['indication']}"
        yield from (f"   why: {text}" for text in record["why"])
        for row in record["evidence"]:
            mark = "" if row["state"] == "verified" else " (to verify)"
            yield f"   evidence: {row['body']} {row['year']}: {row['grade']}{mark}. {row['text']}"
        if record["protocol"]:
            yield f"   protocol: {record['protocol']}"
        yield f"   safety: {record['safety']}"
        yield from (f"   note: {text}" for text in record["notes"])
        yield ""
    yield from notes
