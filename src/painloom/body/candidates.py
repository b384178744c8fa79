"""What the safety rules would say if a drug were begun: each candidate alone beside what the person takes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from painloom.body.formulary import Formulary
from painloom.body.meds import check_with
from painloom.model.case import Case, DrugUse
from painloom.model.medication import SafetyRow

PATCH = "patch"


def candidate_use(name: str, route: str) -> DrugUse:
    """A drug as it would be begun: no dose yet, by this route ("" = by mouth)."""
    return DrugUse(name, text="candidate", route=route or "oral", form=PATCH if route == "transdermal" else "")


def candidate_rows(case: Case, formulary: Formulary, uses: Mapping[str, DrugUse]) -> dict[str, tuple[SafetyRow, ...]]:
    """Warnings that name a candidate once it is on the list; a candidate that is taken already is judged as the person takes it.

    Parameters
    ----------
    uses : drug id -> the use that would be begun.

    Returns
    -------
    Drug id -> rows of rules that name it; rows that only ask for doses or facts are left out.
    """
    taken = {drug for use in case.drugs if use.state == "active" for drug in ingredients(use, formulary)}
    current = check_with(case, formulary) if taken & set(uses) else ()
    found = {}
    for drug, use in uses.items():
        rows = current if drug in taken else check_with(replace(case, drugs=(*case.drugs, use)), formulary, beginning=True)
        found[drug] = tuple(row for row in rows if drug in row.drugs and row.is_warning and row.card)
    return found


def ingredients(use: DrugUse, formulary: Formulary) -> Iterable[str]:
    """Drug ids of an entry of the list."""
    return [one.drug for one in formulary.product(use.name).ingredients if one.drug]
