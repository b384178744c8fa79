"""Which red flags belong to this person: by kind of pain, place of pain, class of drug taken and age."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from painloom.model.assessment import Assessment


@dataclass(frozen=True, slots=True)
class Fit:
    """Whom one red flag concerns.

    `conditions` are kinds of pain, `alone` kinds that count only where no other kind is known; `sites` are beginnings of words in the
    place of pain; `drug_classes` are of drugs taken now; `age_from` is in years, 0 for every age; `is_general` where neither kind nor place
    of the pain is known.  `help` says how soon a person should ask for help: now or soon.
    """

    flag: str
    help: str
    conditions: frozenset[str]
    alone: frozenset[str]
    sites: frozenset[str]
    drug_classes: frozenset[str]
    age_from: int
    is_general: bool


def flags_that_fit(assessment: Assessment, fits: Iterable[Fit], elsewhere: frozenset[str] = frozenset()) -> frozenset[str]:
    """Ids of the red flags that belong to the person; an unknown age excludes none.

    `elsewhere` are beginnings of words for places to which no flag belongs; a place with none of the words counts as not known.
    """
    own = tuple(fits)
    view, age = assessment.outlook, assessment.case.person.age_years
    kinds = frozenset(o.condition for o in view.outlooks) if view is not None else frozenset()
    classes = frozenset(drug.drug_class for drug in assessment.drugs if drug.current)
    places = {fit.flag: _is_at(fit.sites, assessment.case.pain.sites) for fit in own}
    named = frozenset().union(*(fit.conditions | fit.alone for fit in own)) if own else frozenset()
    is_known = bool(kinds & named) or any(places.values()) or _is_at(elsewhere, assessment.case.pain.sites)
    return frozenset(
        fit.flag
        for fit in own
        if not (fit.age_from and age is not None and age < fit.age_from)
        and (
            bool(fit.conditions & kinds)
            or (bool(fit.alone & kinds) and kinds <= fit.alone)
            or places[fit.flag]
            or bool(fit.drug_classes & classes)
            or (fit.is_general and not is_known)
        )
    )


def _is_at(words: frozenset[str], sites: Iterable[str]) -> bool:
    """Whether a word of a place of pain begins with one of `words`."""
    pattern = "|".join(re.escape(word) for word in sorted(words))
    return bool(words) and any(re.search(rf"\b(?:{pattern})", site, re.IGNORECASE) for site in sites)
