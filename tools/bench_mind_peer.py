"""The peer of the scoring benchmark: the same table, the same checks and the same rows, as a plain Python loop would do it."""

import csv
import sys
from pathlib import Path

BANDS = ((4, "minimal"), (9, "mild"), (14, "moderate"), (19, "moderately-severe"), (27, "severe"))
ITEMS, LOW, HIGH, MOST_MISSING, WATCHED = 9, 0, 3, 2, 8


def band_of(points: float) -> str:
    """Band after rounding half up."""
    whole = int(points + 0.5)
    for high, name in BANDS:
        if whole <= high:
            return name
    raise ValueError("above the scale")


def score_row(cells: list[str], line: int) -> tuple[float | None, str, int]:
    """Score or None, band, number answered."""
    total = answered = 0
    for item, cell in enumerate(cells, 1):
        if cell == "":
            continue
        value = int(cell)
        if not LOW <= value <= HIGH:
            raise SystemExit(f"line {line}, item {item}: outside {LOW} to {HIGH}")
        total += value
        answered += 1
    if ITEMS - answered > MOST_MISSING:
        return None, ".", answered
    points = total if answered == ITEMS else total / answered * ITEMS
    return points, band_of(points), answered


def main(source: Path, target: Path) -> None:
    """Read, check, score, write."""
    with source.open(encoding="utf-8", newline="") as file, target.open("w", encoding="utf-8") as out:
        rows = csv.reader(file)
        next(rows)
        out.write("id\tinstrument\tscale\tscore\tse\tunit\tband\tanswered\tmissing\tstatus\n")
        for line, row in enumerate(rows, 2):
            cells = row[1:]
            points, band, answered = score_row(cells, line)
            missing = ITEMS - answered
            if points is None:
                score, status = ".", f"not_scored: {missing} of {ITEMS} unanswered"
            else:
                score = f"{points:.4f}".rstrip("0").rstrip(".")
                status = "scored" if missing == 0 else "prorated"
            out.write(f"{row[0]}\tphq-9\ttotal\t{score}\t.\tpoints\t{band}\t{answered}\t{missing}\t{status}\n")
            watched = cells[WATCHED]
            if watched == "" or int(watched) >= 1:
                state = "unanswered" if watched == "" else "present"
                out.write(f"{row[0]}\tphq-9\talert:suicide-item\t.\t.\t.\t{state}\t{int(watched != '')}\t{int(watched == '')}\t.\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
