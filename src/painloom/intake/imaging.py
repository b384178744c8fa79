"""[[imaging]] entries of case.toml -> what a report said, in form only; scales and grades are judged where the cards are known."""

import re

from painloom.errors import InputError
from painloom.intake.tomlfields import Table, tables, text
from painloom.model.brain import ImagingEntry

KNOWN = {"imaging": {"scale", "grade", "level", "side", "date", "text", "confirmed_by"}}
MOST_ENTRIES = 200
LONGEST_WORD = 60
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def read_imaging_entries(record: Table, where: str) -> tuple[ImagingEntry, ...]:
    """The entries under [[imaging]] in their order; none = empty.

    `scale` and `grade` are needed (a grade may be written as a whole number); the others may be left out.

    Raises
    ------
    InputError : a value of another type, a missing scale or grade, a date that is not a year, a month or a day, too many entries.
    """
    entries = tables(record, "imaging", where)
    if len(entries) > MOST_ENTRIES:
        raise InputError(f"{where}: {len(entries)} [[imaging]] entries, at most {MOST_ENTRIES} are read; keep the findings that matter")
    return tuple(_entry(entry, f"{where} [[imaging]] entry {number}") for number, entry in enumerate(entries, start=1))


def _entry(entry: Table, where: str) -> ImagingEntry:
    grade = entry.get("grade")
    whole = isinstance(grade, int) and not isinstance(grade, bool)
    words = {name: text(entry, name, where).strip() for name in ("scale", "level", "side", "date")}
    words["grade"] = str(grade) if whole else text(entry, "grade", where).strip()
    for name in ("scale", "grade"):
        if not words[name]:
            raise InputError(f'{where}: needs a {name}, for example scale = "..." and grade = "..."; leave the entry out if it is unknown')
    for name, word in words.items():
        if len(word) > LONGEST_WORD:
            raise InputError(
                f"{where}: '{name}' must be a word of at most {LONGEST_WORD} characters; put the wording of the report under 'text'"
            )
    if words["date"] and not _DATE.fullmatch(words["date"]):
        raise InputError(f"{where}: 'date' must be YYYY, YYYY-MM or YYYY-MM-DD; leave it out if unknown")
    return ImagingEntry(
        scale=words["scale"],
        grade=words["grade"],
        level=words["level"],
        side=words["side"],
        date=words["date"],
        text=text(entry, "text", where),
        confirmed_by=text(entry, "confirmed_by", where).strip(),
    )
