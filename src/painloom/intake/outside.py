"""outside_calls.tsv: diplotypes from another laboratory, one gene a line."""

from pathlib import Path

from painloom.errors import InputError

MOST_LINES, MOST_COLUMNS, MOST_BYTES = 1000, 4, 1_000_000
HEADER = {"gene", "#gene"}


def read_outside_calls(path: Path) -> dict[str, str]:
    """Gene -> diplotype as written.

    The file has two tab-separated columns, gene and diplotype; a header line starting with `gene`, empty lines and lines starting
    with `#` are skipped, further columns are ignored.  A gene that stands twice with different diplotypes is refused.
    """
    where = path.name
    try:
        if not path.is_file():
            raise InputError(f"{where}: not found as a file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{where}: larger than {MOST_BYTES} bytes; it should hold one line a gene")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{where}: cannot be read as UTF-8 text") from None
    calls: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not line.strip() or cells[0].lower() in HEADER or line.startswith("#"):
            continue
        if len(cells) < 2 or not cells[0] or not cells[1] or number > MOST_LINES or "\0" in line:
            raise InputError(f"{where} line {number}: expected gene<TAB>diplotype, such as GENE<TAB>*1/*4")
        if calls.setdefault(cells[0], cells[1]) != cells[1]:
            raise InputError(f"{where} line {number}: a second, different diplotype for the same gene; keep one")
    return calls
