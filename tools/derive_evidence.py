"""The tables of the evidence book, restated from the fact sheet's tables by a hand-written map.

    derive_evidence.py SOURCES [INTO]     evidence.rows.tsv, .controls.tsv and .modifiers.tsv, into the data folder unless another is named

SOURCES is the folder with `evidence.tsv` and `modifiers.tsv`.  Numbers come from there and are never typed again; `evidence_map.tsv` and
`evidence_modifiers.tsv` beside this script say what each row is: treatment, condition, outcome, scale, role, note in own words.
`evidence_more.tsv`, where it is there, holds further rows in the form of the result.  A row without a line in the map is an error, as is
a number in the map that the row does not print; nothing is written then.
"""

import argparse
import csv
import math
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import NormalDist

from painloom.knowledge.evidence import CONTROL_COLUMNS, MODIFIER_COLUMNS, ROW_COLUMNS

HERE = Path(__file__).parent
INTO = HERE.parent / "src" / "painloom" / "knowledge" / "data" / "evidence"
ABSENT = "."
CONTROL, LEFT_OUT = "control", "left-out"
CHECKED = ("verified", "computed")
SIGNS = {  # printed scale -> what turns it so that positive is better (for a harm: more harm)
    **dict.fromkeys(("SMD", "MD", "WMD", "Hedges g"), -1.0),
    **dict.fromkeys(("SMD (benefit)", "MD (benefit)", "paired MD (benefit)", "LSMD (benefit)"), 1.0),
    **dict.fromkeys(("RD", "RD (harm)", "log RR", "log RR (harm)", "log OR"), 1.0),
}
FITS = {  # scale of the map -> printed scales that it may stand for
    "smd": ("SMD", "SMD (benefit)", "Hedges g"),
    "points": ("MD", "WMD", "paired MD (benefit)"),
    "days": ("MD",),
    "rd": ("RD", "RD (harm)"),
    "log-rr": ("log RR", "log RR (harm)"),
    "log-or": ("log OR",),
    "other": ("MD", "MD (benefit)", "LSMD (benefit)", ABSENT, "proportion", "WMD", "SMC"),
}
Row = dict[str, str]


def table(path: Path) -> list[Row]:
    """The lines of a TSV as they stand."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def short(value: float) -> str:
    """A number with at most six digits after the point."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if value else "0"


def contrast(printed: Row, scale: str) -> tuple[str, str, str]:
    """(scale, contrast, standard error), positive = better.

    In the map `/10` divides a score of 0 to 100, `+` says that the printed value is positive for better, `?` that its direction is unknown.
    """
    base = re.sub(r"(/10|\+|\?)*$", "", scale)
    if printed["prior_scale"] not in FITS[base]:
        raise LookupError(f"{printed['id']}: printed on '{printed['prior_scale']}', which is not {scale}")
    hundred = "0-100" in printed["outcome"]
    if base == "points" and hundred != ("/10" in scale):
        raise LookupError(f"{printed['id']}: a score of 0 to 100 is divided by 10, and no other")
    if "?" in scale or printed["prior_effect"] == ABSENT:
        return base, ABSENT, ABSENT
    turn = (1.0 if "+" in scale else SIGNS[printed["prior_scale"]]) / (10 if "/10" in scale else 1)
    error = printed["prior_se"]
    return base, short(turn * float(printed["prior_effect"])), error if error == ABSENT else short(abs(turn) * float(error))


def evidence_row(printed: Row, plan: Row) -> Row:
    """One row of evidence.rows.tsv."""
    usable, role = printed["usable_as_prior"].startswith("yes"), plan["role"]
    scale, effect, error = contrast(printed, plan["scale"])
    if role in ("prior", "check") and not (usable and printed["mark"] in CHECKED and ABSENT not in (effect, error)):
        raise LookupError(f"{printed['id']}: may not be '{role}': {printed['usable_as_prior']}, {printed['mark']}")
    values = {
        **{name: plan[name] for name in ("unit", "condition", "outcome", "comparator", "blind", "small", "year", "certainty", "horizon")},
        **{name: plan[name] for name in ("role", "shares", "source", "note")},
        "id": printed["id"],
        "measure": printed["effect_type"],
        "effect": printed["effect"],
        "low": printed["ci_low"],
        "high": printed["ci_high"],
        "scale": scale,
        "contrast": effect,
        "se": error,
        "active": printed["active_resp"],
        "control": printed["control_resp"],
        "trials": printed["n"],
        "state": printed["mark"],
        "confirm": "yes" if "confirm" in printed["usable_as_prior"] else "no",
    }
    return {name: values[name] for name in ROW_COLUMNS}


def people(printed: Row, how: str) -> tuple[float, str]:
    """How many people the control arm had, and how that is known."""
    if how not in ("half", "third"):
        return float(how), f"{how} people in the control arm."
    total = re.search(r"n=(\d+)", printed["n"]) or re.search(r"(\d+) attacks", printed["n"])
    if total is None:
        raise LookupError(f"{printed['id']}: prints no number of people")
    arms = {"half": 2, "third": 3}[how]
    return int(total.group(1)) / arms, f"Of {total.group(1)} in all, {'a ' * (arms == 3)}{how} is taken as the control arm."


def control_row(printed: Row, plan: Row, rows: dict[str, Row]) -> Row:
    """One row of evidence.controls.tsv: a rate with its standard error, printed or worked out from the number of people."""
    rate, state = printed["control_resp"], printed["mark"]
    if plan["rate"] != ABSENT:
        other, percent = plan["rate"].split(":")
        if f"{percent}%" not in rows[other]["note"]:
            raise LookupError(f"{printed['id']}: {percent} % stands in no note of {other}")
        rate, state = short(float(percent) / 100), rows[other]["mark"]
    if plan["n_control"] == "printed":
        error, how = printed["prior_se"], ""
    else:
        n, how = people(printed, plan["n_control"])
        error = short(math.sqrt(float(rate) * (1 - float(rate)) / n))
    values = {
        **{name: plan[name] for name in ("condition", "comparator", "source")},
        "id": "C" + printed["id"][1:],
        "outcome": plan["control"],
        "rate": rate,
        "se": error,
        "state": state,
        "note": " ".join(text for text in (plan["note"], how) if text not in ("", ABSENT)),
    }
    return {name: values[name] for name in CONTROL_COLUMNS}


def numbers_of(text: str, printed: Row) -> list[float]:
    """The numbers of a cell of the map; LookupError where the row prints one of them nowhere."""
    shown = " ".join(printed[name] for name in ("n", "value", "ci_or_p", "weight", "quality"))
    found = re.findall(r"(?<![\d.])-?\d+(?:\.\d+)?", text)
    lost = [number for number in found if number.lstrip("-") not in re.findall(r"\d+(?:\.\d+)?", shown)]
    if lost:
        raise LookupError(f"{printed['id']}: {lost[0]} is not printed")
    return [float(number) for number in found]


def shift_of(printed: Row, plan: Row) -> tuple[str, str]:
    """(shift, standard error) in favour of the treatment: a number, a turned one (`flip`) or a difference; error from P, interval or SE."""
    if plan["shift"] == ABSENT:
        return ABSENT, ABSENT
    values = numbers_of(plan["shift"], printed)
    shift = values[0] - values[1] if len(values) == 2 else values[0] * (-1 if plan["shift"].startswith("flip") else 1)
    error = numbers_of(plan["se"], printed)
    if plan["se"].startswith("P "):
        return short(shift), short(abs(shift) / NormalDist().inv_cdf(1 - error[0] / 2))
    return short(shift), short(error[0] if len(error) == 1 else (error[1] - error[0]) / 3.92)


def modifier_row(printed: Row, plan: Row) -> Row:
    """One row of evidence.modifiers.tsv."""
    shift, error = shift_of(printed, plan)
    share = plan["prevalence"]
    if "/" in share:
        part, whole = numbers_of(share.replace("/", " "), printed)
        share = short(part / whole)
    shown = [printed[name] for name in ("measure", "value", "ci_or_p") if printed[name] != ABSENT]
    values = {
        **{name: plan[name] for name in ("unit", "condition", "finding", "label", "kind", "credibility", "per", "centre", "shrink")},
        "id": printed["id"],
        "shift": shift,
        "se": error,
        "prevalence": share,
        "printed": f"{shown[0]}: {'; '.join(shown[1:])}" if len(shown) > 1 else shown[0],
        "design": "; n ".join(printed[name] for name in ("design_type", "n") if printed[name] != ABSENT),
        "state": printed["mark"],
        "source": plan["source"],
        "note": plan["note"],
    }
    return {name: values[name] for name in MODIFIER_COLUMNS}


def paired(printed: Iterable[Row], plans: Iterable[Row]) -> list[tuple[Row, Row]]:
    """Each printed row with its line of the map; LookupError where one of them stands alone."""
    rows, lines = {row["id"]: row for row in printed}, {row["row"]: row for row in plans}
    alone = sorted(set(rows) ^ set(lines))
    if alone:
        raise LookupError(f"{alone[0]}: stands in the table or in the map only")
    return [(row, lines[id_]) for id_, row in rows.items()]


def write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """A TSV with one header line; absent cells are a point."""
    lines = ["\t".join(columns), *("\t".join(row[name] or ABSENT for name in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def derive(sources: Path, into: Path, maps: Path = HERE) -> dict[str, int]:
    """Write the three tables; number of rows by name."""
    pairs = paired(table(sources / "evidence.tsv"), table(maps / "evidence_map.tsv"))
    printed = {row["id"]: row for row, _ in pairs}
    rows = [evidence_row(row, plan) for row, plan in pairs if plan["role"] not in (CONTROL, LEFT_OUT)]
    more = maps / "evidence_more.tsv"
    rows += [{name: row[name] for name in ROW_COLUMNS} for row in table(more)] if more.is_file() else []
    controls = [control_row(row, plan, printed) for row, plan in pairs if plan["control"] != ABSENT]
    modifiers = [modifier_row(row, plan) for row, plan in paired(table(sources / "modifiers.tsv"), table(maps / "evidence_modifiers.tsv"))]
    write(into / "evidence.rows.tsv", ROW_COLUMNS, rows)
    write(into / "evidence.controls.tsv", CONTROL_COLUMNS, controls)
    write(into / "evidence.modifiers.tsv", MODIFIER_COLUMNS, modifiers)
    return {"rows": len(rows), "controls": len(controls), "modifiers": len(modifiers)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("into", type=Path, nargs="?", default=INTO)
    options = parser.parse_args(arguments)
    try:
        counts = derive(options.sources, options.into)
    except (LookupError, ValueError) as wrong:
        print(f"derive_evidence: {wrong}", file=sys.stderr)
        return 1
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
