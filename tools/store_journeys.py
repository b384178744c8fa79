"""Store what the six invented people are told, as prose to be read and reviewed: tests/journeys/stored/<name>.txt.

    store_journeys.py [NAME ...]

The terminal text of the clinician and the words of the patient page, one after the other.  A test holds them equal to what is said.
"""

import html
import re
import sys
from pathlib import Path
from textwrap import wrap

from painloom.assess import assess, open_case
from painloom.intake.options import ReadOptions
from painloom.knowledge.load import load
from painloom.knowledge.quality import read_quality
from painloom.report.patient import render_patient
from painloom.report.text import render_text

ROOT = Path(__file__).resolve().parents[1]
STORED = ROOT / "tests" / "journeys" / "stored"
AS_OF = "2026-11-24"
PEOPLE = ("jonas", "edda", "lena", "walter", "nils", "mara")
BLOCKS = re.compile(r"</(?:p|li|h[1-6]|dt|dd|tr|summary|figcaption|div|section)>")
WIDTH = 120


def prose(case: Path) -> str:
    """Both texts of one case."""
    knowledge = load()
    quality = read_quality(knowledge)
    found = assess(open_case(case, knowledge, ReadOptions(min_gq=quality.min_gq, min_dp=quality.min_dp), AS_OF), knowledge, AS_OF)
    return f"{render_text(found, WIDTH)}\n\nTHE PATIENT'S PAGE\n\n{words(render_patient(found))}"


def words(page: str) -> str:
    """The words of a page, one block a paragraph; drawings and styles are left out."""
    page = re.sub(r"<(style|script|svg|head).*?</\1>", " ", page, flags=re.DOTALL)
    blocks = (" ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split()) for part in BLOCKS.split(page))
    return "\n".join("\n".join(wrap(block, WIDTH, break_on_hyphens=False)) for block in blocks if block) + "\n"


def main() -> int:
    """Write the texts of the people that are named, of all of them where nobody is."""
    STORED.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or PEOPLE:
        (STORED / f"{name}.txt").write_text(prose(ROOT / "examples" / name), encoding="utf-8")
        print(STORED / f"{name}.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
