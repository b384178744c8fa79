"""Write the JSON Schema of assessment.json anew, or with --check say whether the stored file still is what the nouns give."""

import argparse
import sys
from pathlib import Path

from painloom.report.schema import FILE, schema_text

TARGET = Path(__file__).resolve().parents[1] / "src" / "painloom" / "report" / "schemas" / FILE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when the stored file differs")
    if parser.parse_args().check:
        is_same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == schema_text()
        print(f"{FILE}: {'as the nouns give it' if is_same else 'differs from the nouns; run python tools/make_schema.py'}")
        return 0 if is_same else 1
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(schema_text(), encoding="utf-8", newline="\n")
    print(TARGET.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
