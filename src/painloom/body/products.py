"""One entry of a drug list -> its ingredients with what is taken of each a day: names, codes, forms and routes brought together."""

from dataclasses import dataclass, replace

from painloom.body.doses import AS_NEEDED, MCG_PER_HOUR, RANGE, Amount, amounts
from painloom.body.formulary import ANTAGONIST, OPIOID, Formulary, Groups
from painloom.body.product_names import Product, shown
from painloom.body.units import COUNT, EXTENDED, FORMS, INJECTED, read_form, read_route, read_unit
from painloom.knowledge.load import fold
from painloom.model.case import DrugUse
from painloom.model.medication import Intake

UNKNOWN_ROUTE = "?"
BY_CODE = "the name is not known here; understood by its code"
DISAGREE = "name and code mean different drugs; the name was used"
_SWALLOWED = frozenset(("tablet", "capsule", "granules"))


@dataclass(frozen=True, slots=True)
class Taken:
    """An intake with what the engine knows of it.

    `groups` are classes and groups with their state, `entry` the place in the list, `bound` True for an antagonist that a product holds
    beside its opioid: it neither treats an overdose nor stands against that opioid.  `remarks` are about the entry, `notes` about how it
    was counted.
    """

    intake: Intake
    groups: Groups
    amount: Amount
    entry: int
    bound: bool
    remarks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The drug's id, or the folded name of a drug without a card."""
        return self.intake.drug or f"?{fold(self.intake.label)}"

    @property
    def is_opioid(self) -> bool:
        """True for a drug of the opioid class, known by card or by code."""
        return OPIOID in self.groups


def read_use(use: DrugUse, formulary: Formulary, entry: int = 0) -> tuple[Taken, ...]:
    """One entry, ingredient by ingredient; never empty: what is not known stands there without a drug."""
    product, remarks = _product(use, formulary)
    form, route, extended = _form(use, product)
    groups = [formulary.groups(i.drug, use.codes if len(product.ingredients) == 1 else ()) for i in product.ingredients]
    opioids = [n for n, own in enumerate(groups) if OPIOID in own]
    lead = 0 if len(groups) == 1 else opioids[0] if len(opioids) == 1 else None
    found = []
    for ingredient, own, amount in zip(product.ingredients, groups, amounts(use, product, route, lead), strict=True):
        way = "transdermal" if route == "" and amount.unit == MCG_PER_HOUR else UNKNOWN_ROUTE if route is None else route
        found.append(
            Taken(
                Intake(use, ingredient.drug, ingredient.label, amount.daily, amount.unit, way, form + extended, amount.problem),
                own,
                amount,
                entry,
                bool(opioids) and ANTAGONIST in own,
                remarks,
                _notes(use, amount),
            )
        )
    return tuple(found)


def intakes(use: DrugUse, formulary: Formulary) -> tuple[Intake, ...]:
    """The ingredients of one entry with the amount of each a day."""
    return tuple(taken.intake for taken in read_use(use, formulary))


def _notes(use: DrugUse, amount: Amount) -> tuple[str, ...]:
    notes = [AS_NEEDED] if use.as_needed else []
    if amount.daily is not None and not amount.daily.is_point:
        notes.append(RANGE)
    return tuple(notes)


def _product(use: DrugUse, formulary: Formulary) -> tuple[Product, tuple[str, ...]]:
    """What name and code say together; the code fills what the name leaves open, a contradiction is named."""
    named, coded = formulary.product(use.name), formulary.coded(use.codes)
    if coded is None or not coded.drugs:
        return named, named.remarks
    if not named.is_known:
        if named.drugs <= coded.drugs and len(named.ingredients) <= len(coded.ingredients):
            return _filled(coded, named), (*coded.remarks, BY_CODE)
        return named, named.remarks if coded.drugs <= named.drugs else (*named.remarks, DISAGREE)
    if not (named.drugs <= coded.drugs or coded.drugs <= named.drugs):
        return named, (*named.remarks, DISAGREE)
    if named.drugs < coded.drugs:
        return _filled(coded, named), named.remarks
    return _filled(named, coded), named.remarks


def _filled(first: Product, second: Product) -> Product:
    """`first`, with strengths, form and route of `second` where it has none."""
    strengths = {i.drug: i.strength for i in second.ingredients}
    own = tuple(replace(i, strength=i.strength or strengths.get(i.drug)) for i in first.ingredients)
    return Product(own, first.form or second.form, first.route or second.route, first.extended or second.extended, first.remarks)


def _form(use: DrugUse, product: Product) -> tuple[str, str | None, str]:
    """(form, route, " extended-release" or ""); route "" = not stated, None = not known or contradictory."""
    form, by_form, extended = read_form(use.form)
    long = " " + EXTENDED if extended or product.extended else ""
    unit = read_unit(use.unit)
    counted = FORMS.get(unit.word, ("", "")) if unit is not None and unit.kind == COUNT else ("", "")
    form, implied = form or product.form or counted[0], by_form or product.route or counted[1]
    written = read_route(use.route)
    if written is None:
        return form, None, long
    if INJECTED in (by_form, product.route) and written not in ("", INJECTED):
        return form, None, long
    if form == "patch":
        return form, "transdermal" if written in ("", "transdermal", "topical") else None, long
    if form in _SWALLOWED and written in ("transdermal", INJECTED):
        return form, None, long
    return form, written or implied, long


def label_of(taken: Taken) -> str:
    """The drug's printed name."""
    return taken.intake.label or shown(taken.intake.use.name)
