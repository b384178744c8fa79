"""A knowledge folder of invented drugs, so that the engine is tested apart from what medicine knows."""

from pathlib import Path

from painloom.knowledge.load import Knowledge
from painloom.model.body import BodyRecord, Diagnosis, Fact, Measure
from painloom.model.case import Case, DrugUse, Person
from painloom.model.quantity import Interval, point

HEAD = 'schema = 1\nrelease = "2026-11"\nlicence = "Apache-2.0"\nclaim = "guideline"\nsources = ["book-one"]\n'
DRUGS = {
    "opalin": ["opioid"],
    "opatren": ["opioid"],
    "opanone": ["opioid"],
    "blokane": ["opioid-antagonist"],
    "sedazol": ["sedative"],
    "flamex": ["nsaid"],
    "flamoxan": ["nsaid"],
    "clotban": ["anticoagulant"],
    "slowzyme": ["other"],
    "kidnol": ["other"],
}
TERMS = {
    "drug_classes": "id\tlabel\torder\tpurpose\nopioid\topioid\t1\tx\n",
    "safety_kinds": "kind\tlabel\torder\ngate\tgate\t1\nmme-current\ttotal\t2\ninteraction\tinteraction\t3\n",
    "drug_words": "word\tkind\nhydrochloride\tsalt\nmg\tunit\n",
    "combination_products": "name\tcomponents\nopaflam\topalin;flamex\nopablok\topalin;blokane\n",
    "drug_groups": "group\tdrug\tstate\tsource\nbleeds\tflamex\tverified\tbook-one\nbleeds\tsedazol\tto-verify\tbook-one\n",
    "rxnorm_groups": "rxcui\tgroup\tdrugs\n900\tsedative\t.\n",
    "rxnorm_products": (
        "rxcui\tdrug\tform\troute\trelease\tstrength\tunit\tothers\n"
        "100\topalin\ttablet\toral\timmediate\t5\tmg\t.\n"
        "101\topatren\tpatch\ttransdermal\t.\t25\tmcg/h\t.\n"
    ),
    "condition_codes": (
        "system\tcode\tfact\tstate\tsource\tabout\n"
        "icd-10-cm\tG47.3*\tbad-nights\tverified\tbook-one\t.\n"
        "icd-10-cm\tT40*\tonce-poisoned\tverified\tbook-one\t.\n"
        "snomed\t42\tbad-nights\tto-verify\tbook-one\t.\n"
    ),
    "facts": (
        "id\tlabel\tgroup\tabout\n"
        "bad-nights\tbad nights now?\tcondition\t.\n"
        "once-poisoned\tever poisoned?\tcondition\t.\n"
        "end-of-life\tend of life?\tcondition\t.\n"
        "rescue-at-hand\trescue at hand?\tdrug\t.\n"
    ),
    "measures": (
        "id\tlabel\tunit\tloinc\tconversions\tlow\thigh\tabout\n"
        "age\tage\ta\t.\t.\t0\t130\t.\n"
        "egfr\tfiltration\tmL/min\t.\t.\t0\t250\t.\n"
        "crcl\tclearance\tmL/min\t.\t.\t0\t300\t.\n"
        "creatinine\tcreatinine\tmg/dL\t.\tumol/L=0.01131\t0.1\t30\t.\n"
        "weight\tweight\tkg\t.\t.\t1\t650\t.\n"
    ),
}
FACTORS = (
    "drug\troute\tunit\tfactor\tnote\n"
    "opalin\toral\tmg\t2\t.\n"
    "opatren\tsublingual\tmg\t.\tnone for this route\n"
    "opatren\ttransdermal\tmcg/h\t3\t.\n"
    "opatren\toral\tmg\t0.5\t.\n"
    "opanone\tsublingual\tmg\t.\tits risk does not follow the dose\n"
)


def tiny(folder: Path, **rules: str) -> Knowledge:
    """Invented drugs, factors and terms in `folder`, with the rules given as TOML bodies by name (`_` for `-`)."""
    for kind in ("drugs", "equivalents", "terms", "rules", "sources"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for id_, classes in DRUGS.items():
        acts = '[[acts_on]]\nenzyme = "E9"\nrole = "inhibitor"\nstrength = "strong"\nmultiplier = []\n'
        acts += 'state = "read"\ntext = "x"\nsources = []\n'
        text = f'{HEAD}id = "{id_}"\nname = "{id_}"\nlabel = "{id_}"\nclasses = {classes!r}\nrxnorm = ""\n'.replace("'", '"')
        (folder / "drugs" / f"{id_}.toml").write_text(text + (acts if id_ == "slowzyme" else ""))
    for name, text in TERMS.items():
        (folder / "terms" / f"{name}.tsv").write_text(text)
    (folder / "equivalents" / "one.tsv").write_text(FACTORS)
    card = f'{HEAD}id = "one"\nlabel = "factors"\nyear = 2030\nstate = "verified"\ncurrent = true\n'
    (folder / "equivalents" / "one.toml").write_text(card)
    (folder / "sources" / "books.toml").write_text('[book-one]\ntitle = "The Book"\nlicence = "CC0"\nreleased = "2029-01-01"\n')
    for name, body in rules.items():
        id_ = name.replace("_", "-")
        (folder / "rules" / f"{id_}.toml").write_text(f'{HEAD}id = "{id_}"\nlabel = "{id_}"\n{body}')
    return Knowledge(base=folder)


def rule(
    kind: str = "interaction", severity: str = "major", message: str = "{a} with {b}.", state: str = "verified", body: str = ""
) -> str:
    """The TOML of a rule without its head."""
    return f'kind = "{kind}"\nseverity = "{severity}"\nmessage = "{message}"\nstate = "{state}"\n{body}'


def use(name: str, dose: float | tuple[float, float] | None = None, unit: str = "mg", per_day: float | None = 1.0, **more) -> DrugUse:
    """One entry of a list."""
    amount = None if dose is None else Interval(*dose) if isinstance(dose, tuple) else point(dose)
    return DrugUse(name, dose=amount, unit=unit if dose is not None else "", per_day=None if per_day is None else point(per_day), **more)


def case(*uses: DrugUse, age: int | None = None, sex: str = "", facts=(), measures=(), diagnoses=()) -> Case:
    """A person with a list; facts as {id: value}, measures as {id: value} or Measure, diagnoses as (system, code, state)."""
    body = BodyRecord(
        diagnoses=tuple(Diagnosis("x", ((system, code),), state) for system, code, state in diagnoses),
        facts=tuple(Fact(id_, value) for id_, value in dict(facts).items()),
        measures=tuple(measures if not isinstance(measures, dict) else (Measure(id_, value, "") for id_, value in measures.items())),
    )
    return Case(Person("x", age, sex), drugs=uses, body=body)


def only(rows, **wanted):
    """The rows whose fields have the wanted values."""
    return [row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())]


def total_of(rows):
    """The row of the current opioid total."""
    (row,) = only(rows, kind="mme-current", subject="total")
    return row
