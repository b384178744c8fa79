"""What a case says in words and codes, each with where it stands: the raw material of the planner and of the safety gate."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from painloom.knowledge.target_cards import CodeRow
from painloom.model.body import NO, YES, Codes
from painloom.model.case import Case

DEVICE = "device:"
RESOLVED = "resolved"
NATIONAL, COMMON = "icd-10-", "icd-10"


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the case, its codes, whether it is resolved, whether it is a device's entry, and where it stands."""

    text: str
    codes: Codes
    is_resolved: bool
    is_device: bool
    basis: str


def diagnoses(case: Case) -> Iterator[Said]:
    """The diagnoses and devices; a device's text comes without its mark."""
    for number, one in enumerate(case.body.diagnoses, start=1):
        text = one.text.strip()
        is_device = text.casefold().startswith(DEVICE)
        basis = f"{'device' if is_device else 'diagnosis'} {number}"
        yield Said(text[len(DEVICE) :].strip() if is_device else text, one.codes, one.state == RESOLVED, is_device, basis)


def history(case: Case) -> Iterator[Said]:
    """Diagnoses, then what the pain history says besides."""
    yield from diagnoses(case)
    for text in case.pain.diagnoses:
        yield Said(text, (), False, False, "pain history")
    if case.pain.complaint:
        yield Said(case.pain.complaint, (), False, False, "complaint")


def everything(case: Case) -> Iterator[Said]:
    """The history, why and how drugs are taken, and what reports of images say."""
    yield from history(case)
    for number, use in enumerate(case.drugs, start=1):
        for text in dict.fromkeys(t for t in (use.reason, use.text, use.route) if t):
            yield Said(text, (), False, False, f"drug entry {number}")
    for number, entry in enumerate(case.imaging, start=1):
        if entry.text:
            yield Said(entry.text, (), False, False, f"imaging entry {number}")


def code_fits(system: str, code: str, row_system: str, row_code: str) -> bool:
    """Whether a code of a record is one that a row means: same system (a national version also fits the common one), same code or, with
    `*`, the same beginning."""
    if row_system != system and not (row_system == COMMON and system.startswith(NATIONAL)):
        return False
    clean, pattern = code.strip().upper(), row_code.upper()
    return clean.startswith(pattern[:-1]) if pattern.endswith("*") else clean == pattern


def coded(codes: Codes, rows: Iterable[CodeRow]) -> Iterator[tuple[CodeRow, str]]:
    """(row, the code as printed) of every row that one of the codes fits; rows of the code's own system come before those of the common
    one, since a national version may split what the common code leaves together."""
    rows = tuple(rows)
    for system, code in codes:
        fitting = [row for row in rows if code_fits(system, code, row.system, row.code)]
        own = [row for row in fitting if row.system == system]
        for row in own or fitting:
            yield row, f"{system} {code}"


@dataclass(frozen=True, slots=True)
class Known:
    """A fact with its value and where it came from."""

    value: str
    basis: str


def known_facts(case: Case, condition_codes: Iterable[Mapping[str, str]]) -> dict[str, Known]:
    """Fact id -> what is known; a yes of any origin outweighs a no.  Codes of diagnoses give a yes, resolved ones only what is left."""
    found: dict[str, Known] = {}
    for fact in case.body.facts:
        if fact.value in (YES, NO) and (fact.id not in found or found[fact.id].value == NO):
            found[fact.id] = Known(fact.value, f"answer to '{fact.id}'")
    rows = tuple(CodeRow(row["system"], row["code"], row["fact"], "", row["state"]) for row in condition_codes)
    for one in diagnoses(case):
        for row, printed in coded(one.codes, rows):
            if found.get(row.owner, Known(NO, "")).value == NO:
                found[row.owner] = Known(RESOLVED if one.is_resolved else YES, f"{one.basis} ({printed})")
    return found
