"""From a body's pair tables to a class per allele and a short rule table, with proof that no published row is lost."""

from dataclasses import dataclass

from derive_genes_read import Published

Band = tuple[float, float, str]
ABSENT = "."
OPEN = "n/a"

# What an allele is called whose body gives no name: its phenotype beside the reference, and beside itself.
BEHAVIOUR = {
    ("Normal Metabolizer", "Normal Metabolizer"): "normal function",
    ("Normal Metabolizer", "Intermediate Metabolizer"): "decreased function",
    ("Intermediate Metabolizer", "Poor Metabolizer"): "no function",
    ("Indeterminate", "Indeterminate"): "uncertain function",
    ("Normal", "Normal"): "normal",
    ("Variable", "Deficient"): "deficient",
    ("Variable", "Deficient with CNSHA"): "deficient with cnsha",
    ("Malignant Hyperthermia Susceptibility", "Malignant Hyperthermia Susceptibility"): "malignant hyperthermia associated",
    ("Uncertain Susceptibility", "Uncertain Susceptibility"): "uncertain or normal function",
}


@dataclass(frozen=True)
class Reading:
    """How one body reads one gene: class and activity of each allele, and the rules for pairs."""

    body: str
    source: str
    key: str
    default: str
    bands: tuple[Band, ...]
    functions: dict[str, str]
    activities: dict[str, str]
    rules: dict[tuple[str, str], str]
    named_by: str  # "body", "activity" or "behaviour": where the class names come from
    rows: int  # published rows that were reproduced


def number(activity: str) -> float:
    return float(activity.removeprefix("≥"))


def score_text(value: float) -> str:
    text = f"{value:.2f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def score_of(activities: list[str]) -> str:
    """Sum of activities as the bodies print it; "" where one of them is open."""
    if OPEN in activities:
        return ""
    mark = "≥" if any(a.startswith("≥") for a in activities) else ""
    return mark + score_text(sum(map(number, activities)))


def band_of(score: str, bands: tuple[Band, ...]) -> str:
    terms = [term for low, high, term in bands if low <= number(score) <= high]
    return terms[0] if len(terms) == 1 else ""


def activities_of(published: Published) -> dict[str, str]:
    """Activity of every allele: as the body states it, else half the score of two equal alleles."""
    if published.activities:
        return {a: OPEN if v == OPEN else v for a, v in published.activities.items()}
    found = {}
    for names, (_, score, _) in published.pairs.items():
        if len(names) == 2 and names[0] == names[1]:
            mark = "≥" if score.startswith("≥") else ""
            found[names[0]] = mark + score_text(number(score) / 2) if score else OPEN
    return found


def word(activity: str) -> str:
    if activity == OPEN:
        return "uncertain or unknown function"
    value = number(activity)
    return (
        "no function" if value == 0 else "decreased function" if value < 1 else ("normal function" if value == 1 else "increased function")
    )


def alleles_of(published: Published) -> list[str]:
    return sorted({name for pair in published.pairs for name in pair})


def rule_table(published: Published, functions: dict[str, str]) -> tuple[dict[tuple[str, str], str], list[str]]:
    """((class, class) -> phenotype, a line for each published row that no rule can give)."""
    rules: dict[tuple[str, str], str] = {}
    lost = []
    for names, (phenotype, _, _) in published.pairs.items():
        classes = sorted(functions[n] for n in names)
        key = (classes[0], classes[1] if len(names) == 2 else ABSENT)
        if rules.setdefault(key, phenotype) != phenotype:
            lost.append(f"{'/'.join(names)}: {phenotype}, the rule {key} gives {rules[key]}")
    return rules, lost


def named_by_behaviour(published: Published, reference: str) -> dict[str, str]:
    names = {}
    for allele in alleles_of(published):
        beside = published.pairs[min(allele, reference), max(allele, reference)][0]
        names[allele] = BEHAVIOUR[beside, published.pairs[allele, allele][0]]
    if names[reference] == "uncertain or normal function":
        names[reference] = "normal function"
    return names


def key_of(published: Published, scored: bool) -> str:
    """What the body's own lookup keys are; for tables without keys the score where there is one."""
    keys = {(score or OPEN, phenotype, key) for phenotype, score, key in published.pairs.values() if key}
    if keys and all(key == phenotype for _, phenotype, key in keys):
        return "phenotype"
    if keys and not all(key == score for score, _, key in keys):
        raise SystemExit("lookup keys are neither scores nor phenotypes")
    return "activity-score" if scored else "phenotype"


def read_by_score(body: str, source: str, published: Published, bands: tuple[Band, ...]) -> tuple[Reading, list[str]]:
    """A body that sums activities and reads the sum in bands."""
    activities = activities_of(published)
    default = "Indeterminate" if OPEN in activities.values() else ""
    lost = []
    for names, (phenotype, score, _) in published.pairs.items():
        given = score_of([activities[n] for n in names])
        term = band_of(given, bands) if given else default
        if (given, term) != (score, phenotype):
            lost.append(f"{'/'.join(names)}: published {phenotype} {score}, bands give {term} {given}")
    functions = {a: word(v) for a, v in activities.items()}
    reading = Reading(
        body,
        source,
        key_of(published, scored=True),
        default,
        bands,
        functions,
        activities,
        {},
        "activity",
        len(published.pairs) - len(lost),
    )
    return reading, lost


def read_by_class(body: str, source: str, published: Published, given: dict[str, str], reference: str) -> tuple[Reading, list[str]]:
    """A body that reads pairs of classes; `given` are its function names, which count only if no row contradicts them."""
    activities = dict(published.activities)
    functions = {a: word(v) for a, v in activities.items()} if activities else {a: n.lower() for a, n in given.items()}
    named_by = "activity" if activities else "body"
    known = all(a in functions for a in alleles_of(published))
    rules, lost = rule_table(published, functions) if known else ({}, ["no names"])
    if lost:
        functions, named_by = named_by_behaviour(published, reference), "behaviour"
        rules, lost = rule_table(published, functions)
    reading = Reading(
        body, source, key_of(published, scored=False), "", (), functions, activities, rules, named_by, len(published.pairs) - len(lost)
    )
    return reading, lost


def unreachable(reading: Reading, keys: set[str], published: Published) -> list[str]:
    """Guideline keys that this reading can never give: a typing, a name or a pseudo-row that somebody has to look at."""
    made = {p for p, _, _ in published.pairs.values()} | {OPEN, "No Result", "Indeterminate"}
    made |= {s for _, s, _ in published.pairs.values() if s}
    known: set[str] = set(reading.functions)
    return sorted(k for k in keys if k not in made and not ("/" in k and set(k.split("/")) <= known))
