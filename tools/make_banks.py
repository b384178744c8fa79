"""Write the invented item banks below knowledge/data/banks, or with --check say whether they still are what this file makes.

Parameters are drawn with a fixed seed.  They describe no questionnaire and no patient: they show how an adaptive test works.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BANKS = Path(__file__).resolve().parents[1] / "src" / "painloom" / "knowledge" / "data" / "banks"
NOTE = "invented, for demonstration, not for patients"
FREQUENCY = ("never", "rarely", "sometimes", "often", "always")


@dataclass(frozen=True)
class Plan:
    """One bank: how many items, how many categories an item may have, where its thresholds lie, which way is up."""

    id: str
    label: str
    count: int
    categories: tuple[int, ...]
    centre: float
    slopes: tuple[float, float]
    higher_is: str
    stop: tuple[float, int, int]
    seed: int
    options: tuple[str, ...] = ()


PLANS = (
    Plan("invented-distress-20", "Invented distress bank, 20 items", 20, (5,), 0.9, (1.8, 4.2), "worse", (0.3, 4, 12), 2611, FREQUENCY),
    Plan(
        "invented-function-24",
        "Invented function bank, 24 items, 2 to 6 categories",
        24,
        (2, 3, 4, 5, 6),
        -0.6,
        (1.2, 3.8),
        "better",
        (0.3, 4, 10),
        2612,
    ),
    Plan("invented-large-95", "Invented large bank, 95 items", 95, (5,), 0.4, (1.4, 4.5), "worse", (0.25, 4, 12), 2613, FREQUENCY),
)


def items(plan: Plan) -> list[str]:
    """The lines of the item table."""
    random = np.random.default_rng(plan.seed)
    lines = ["item\ta\tb\ttext\toptions"]
    for number in range(1, plan.count + 1):
        slope = random.uniform(*plan.slopes)
        categories = int(random.choice(plan.categories))
        middle = random.normal(plan.centre, 0.6)
        steps = np.cumsum(random.uniform(0.45, 0.95, categories - 1))
        thresholds = middle + steps - steps.mean()
        cells = (f"i{number:02d}", f"{slope:.3f}", ";".join(f"{b:.3f}" for b in thresholds), f"invented item {number}")
        lines.append("\t".join((*cells, ";".join(plan.options) or ".")))
    return lines


def card(plan: Plan) -> list[str]:
    """The lines of the card."""
    se, least, most = plan.stop
    return [
        "schema = 1",
        'release = "2026-11"',
        f'id = "{plan.id}"',
        f'label = "{plan.label}"',
        'licence = "Apache-2.0"',
        'claim = "research"',
        'sources = ["painloom-own-choice"]',
        f'note = "{NOTE}"',
        f'higher_is = "{plan.higher_is}"',
        "prior = [0.0, 1.0]",
        f"stop = {{ se = {se}, min = {least}, max = {most} }}",
        'open_questions = ["The parameters were drawn at random (tools/make_banks.py); nobody has answered these items."]',
    ]


def files() -> dict[str, str]:
    """File name -> text."""
    made = {}
    for plan in PLANS:
        made[f"{plan.id}.toml"] = "\n".join(card(plan)) + "\n"
        made[f"{plan.id}.items.tsv"] = "\n".join(items(plan)) + "\n"
    return made


def main() -> int:
    """Write, or compare."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    check = ask.parse_args().check
    different = [n for n, text in files().items() if not (BANKS / n).is_file() or (BANKS / n).read_text(encoding="utf-8") != text]
    if not check:
        BANKS.mkdir(parents=True, exist_ok=True)
        for name, text in files().items():
            (BANKS / name).write_text(text, encoding="utf-8", newline="\n")
    print("\n".join(different) or "nothing differs", file=sys.stderr)
    return 1 if check and different else 0


if __name__ == "__main__":
    sys.exit(main())
