"""Words of a prescription -> one spelling: units of a dose, dose forms, routes, release.  Nothing medical, only vocabulary."""

import re
from dataclasses import dataclass
from functools import lru_cache

MASS, RATE, DAILY, VOLUME, COUNT, ACTIVITY = "mass", "rate", "daily", "volume", "count", "activity"
INJECTED = "injection"
EXTENDED = "extended-release"

_MASSES = {
    **dict.fromkeys(("mg", "mgs", "milligram", "milligrams", "milligramme", "milligrammes"), 1.0),
    **dict.fromkeys(("mcg", "mcgs", "ug", "ugs", "microgram", "micrograms", "microgramme", "microgrammes"), 1e-3),
    **dict.fromkeys(("g", "gm", "gms", "gram", "grams", "gramme", "grammes"), 1e3),
    **dict.fromkeys(("ng", "nanogram", "nanograms"), 1e-6),
}
_VOLUMES = {
    **dict.fromkeys(("ml", "mls", "cc", "milliliter", "milliliters", "millilitre", "millilitres"), 1.0),
    **dict.fromkeys(("l", "liter", "litre"), 1e3),
}
_ACTIVITIES = frozenset(
    ("unit", "units", "iu", "[iu]", "[u]", "u", "unt", "meq", "mmol", "international unit", "international units", "[usp'u]", "miu", "mu")
)
_COUNTS = {
    **dict.fromkeys(("tablet", "tablets", "tab", "tabs", "tbl", "tbls", "pill", "pills", "caplet", "caplets"), "tablet"),
    **dict.fromkeys(("capsule", "capsules", "cap", "caps", "kapsel", "kapseln"), "capsule"),
    **dict.fromkeys(("patch", "patches", "transdermal system", "transdermal patch", "transdermal patches", "ptch", "medpatch"), "patch"),
    **dict.fromkeys(("film", "films", "strip", "strips"), "film"),
    **dict.fromkeys(("lozenge", "lozenges", "troche", "troches"), "lozenge"),
    **dict.fromkeys(("suppository", "suppositories", "supp", "supps"), "suppository"),
    **dict.fromkeys(("spray", "sprays", "puff", "puffs", "actuation", "actuations", "actuat", "inhalation", "inhalations"), "spray"),
    **dict.fromkeys(("drop", "drops", "gtt", "gtts"), "drop"),
    **dict.fromkeys(("sachet", "sachets", "packet", "packets", "powder"), "sachet"),
    **dict.fromkeys(("ampoule", "ampoules", "ampule", "ampules", "ampul", "vial", "vials", "syringe", "syringes", "pen"), "ampoule"),
    **dict.fromkeys(("application", "applications", "applicatorful"), "application"),
    **dict.fromkeys(("each", "ea", "1", "dose", "doses", "unit dose", "piece", "pieces", "item"), "piece"),
}

FORMS = {
    **dict.fromkeys(("tablet", "tablets", "tab", "tabs", "caplet", "caplets", "pill", "pills"), ("tablet", "oral")),
    **dict.fromkeys(("capsule", "capsules", "cap", "caps"), ("capsule", "oral")),
    **dict.fromkeys(("syrup", "elixir"), ("solution", "oral")),
    **dict.fromkeys(("solution", "liquid", "concentrate"), ("solution", "")),
    **dict.fromkeys(("suspension", "drops"), ("suspension", "")),
    **dict.fromkeys(("granules", "sachet", "sachets", "powder", "effervescent"), ("granules", "oral")),
    **dict.fromkeys(("patch", "patches", "system"), ("patch", "transdermal")),
    **dict.fromkeys(("film", "films", "strip", "strips"), ("film", "")),
    **dict.fromkeys(("lozenge", "lozenges", "troche", "lollipop"), ("lozenge", "buccal")),
    **dict.fromkeys(("suppository", "suppositories"), ("suppository", "rectal")),
    **dict.fromkeys(("injection", "injections", "injectable", "injector", "infusion", "ampoule", "ampule", "vial"), (INJECTED, INJECTED)),
    **dict.fromkeys(("syringe", "cartridge", "autoinjector", "pen", "pca", "pump", "pushpen"), (INJECTED, INJECTED)),
    **dict.fromkeys(("implant", "implants"), ("implant", "implant")),
    **dict.fromkeys(("spray", "sprays"), ("spray", "")),
    **dict.fromkeys(("inhaler", "inhalation", "inhalant", "nebuliser", "nebulizer", "nebule", "nebules"), ("inhaler", "inhaled")),
    **dict.fromkeys(("cream", "gel", "ointment", "lotion", "foam", "paste", "plaster", "shampoo", "emulgel"), ("cream", "topical")),
    **dict.fromkeys(("enema",), ("enema", "rectal")),
}
ROUTES = {
    **dict.fromkeys(("oral", "po", "p.o.", "by mouth", "per os", "orally", "mouth", "oral use", "oral route", "26643006"), "oral"),
    **dict.fromkeys(("sublingual", "sublingually", "sl", "s.l.", "under the tongue", "37839007"), "sublingual"),
    **dict.fromkeys(("buccal", "buccally", "buc", "oromucosal", "transmucosal", "oral transmucosal", "mucosal", "54471007"), "buccal"),
    **dict.fromkeys(("nasal", "nasally", "intranasal", "intranasally", "46713006"), "nasal"),
    **dict.fromkeys(("transdermal", "transdermally", "td", "trnsderm", "transdermal route", "45890007"), "transdermal"),
    **dict.fromkeys(("topical", "topically", "cutaneous", "dermal", "on the skin", "6064005"), "topical"),
    **dict.fromkeys(("rectal", "rectally", "pr", "p.r.", "37161004"), "rectal"),
    **dict.fromkeys(("inhaled", "inhalation", "inhale", "respiratory", "nebulised", "nebulized", "respiratory tract"), "inhaled"),
    **dict.fromkeys(("vaginal", "vaginally", "pv"), "vaginal"),
    **dict.fromkeys(("ophthalmic", "eye", "intraocular"), "ophthalmic"),
    **dict.fromkeys(("otic", "ear", "auricular"), "otic"),
    **dict.fromkeys(("implant", "subdermal"), "implant"),
    **dict.fromkeys(("intravenous", "intravenously", "iv", "i.v.", "ivp", "ivpb", "47625008"), INJECTED),
    **dict.fromkeys(("intramuscular", "intramuscularly", "im", "i.m.", "78421000"), INJECTED),
    **dict.fromkeys(("subcutaneous", "subcutaneously", "sc", "s.c.", "sq", "subq", "subcut", "34206005"), INJECTED),
    **dict.fromkeys(("injection", "injectable", "infusion", "parenteral", "iv infusion", "intravenous infusion", "pca"), INJECTED),
    **dict.fromkeys(("epidural", "intrathecal", "intraspinal", "perineural", "intraarticular", "spinal", "caudal"), INJECTED),
}
LOCAL = frozenset(("topical", "inhaled", "nasal", "vaginal", "ophthalmic", "otic", "transdermal", "rectal", INJECTED, "implant"))
RELEASES = frozenset(
    ("extended", "er", "xr", "xl", "sr", "cr", "la", "mr", "retard", "sustained", "controlled", "modified", "prolonged", "slow")
)
_RELEASE_PHRASE = re.compile(r"(?:extended|sustained|controlled|modified|prolonged|slow)[\s-]*release")
# words that stand in product names and name no ingredient; only dropped where the name is not understood with them
FILLERS = frozenset(
    """abuse deterrent tamper resistant preservative free metered dose unit delayed release immediate ir dr ec disintegrating odt chewable
    dispersible coated film gastro for of as per the prefilled pre filled auto medicated long short acting sugar flavored flavoured strength
    regular usp bp pack kit hour hr matrix delivery liposomal drug""".split()  # noqa: SIM905
)
_NOT_IN_FORMS = frozenset(("pr", "td", "pv"))  # in a form these stand for a release or a company, not for a route
_MICRO = str.maketrans({"µ": "u", "μ": "u"})
_PER = re.compile(r"(?P<mass>[a-z]+)\s*(?:/|per)\s*\(?(?P<n>\d{1,3}(?:\.0+)?)?[\s.]*(?P<time>h|hr|hrs|hour|hours|hourly|d|day|days)\)?")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit measures (MASS, RATE, ...) and what one of it is: mg, mcg an hour, mg a day, ml, or 1; `word` names a thing counted."""

    kind: str
    scale: float
    word: str = ""


@lru_cache(maxsize=4096)
def read_unit(written: str) -> Unit | None:
    """The unit of a dose as written, or None when it is none that can be used; braces of UCUM and plural signs do not matter."""
    text = " ".join(written.translate(_MICRO).lower().replace("{", " ").replace("}", " ").replace("(s)", "s").split()).rstrip(".")
    if text in _MASSES:
        return Unit(MASS, _MASSES[text])
    if text in _VOLUMES:
        return Unit(VOLUME, _VOLUMES[text])
    if text in _COUNTS:
        return Unit(COUNT, 1.0, _COUNTS[text])
    if text in _ACTIVITIES:
        return Unit(ACTIVITY, 1.0)
    rate = _PER.fullmatch(text)
    if rate is None or rate["mass"] not in _MASSES:
        return None
    return over_time(_MASSES[rate["mass"]], float(rate["n"] or 1), rate["time"])


def over_time(mg: float, count: float, time: str) -> Unit | None:
    """`mg` in `count` hours or days: an hourly rate, or an amount a day; other spans have no agreed meaning and give None."""
    hours = count * (24 if time.startswith("d") else 1)
    if hours == 1:
        return Unit(RATE, mg * 1e3)
    return Unit(DAILY, mg) if hours == 24 else None


def mass_in_mg(word: str) -> float | None:
    """One of a unit of mass in mg, None for another word."""
    return _MASSES.get(word.translate(_MICRO).lower())


@lru_cache(maxsize=4096)
def read_route(written: str) -> str | None:
    """The route in one spelling, "" for none written, None for one that is not known; every injection is one route."""
    text = " ".join(written.lower().replace("-", " ").replace("_", " ").split())
    text = text.removesuffix(" route").removesuffix(" use")
    return ROUTES.get(text) if text else ""


@lru_cache(maxsize=4096)
def read_form(written: str) -> tuple[str, str, bool]:
    """(dose form, the route it is given by, extended release?) of written words; "" for what they do not say.

    Words are read from the end: in "solution for injection" or "tablet for oral suspension" an injection outranks everything else, and the
    last form named stands.
    """
    text = written.lower().replace("-", " ")
    words = re.findall(r"[a-z]+", text)
    found = [FORMS[word] for word in words if word in FORMS]
    form, route = next((f for f in found if f[0] in (INJECTED, "implant")), found[-1] if found else ("", ""))
    named = [ROUTES[word] for word in words if word in ROUTES and word not in _NOT_IN_FORMS]
    if named and form not in (INJECTED, "implant"):
        route = named[0]
    return form, route, bool(_RELEASE_PHRASE.search(text)) or any(word in RELEASES for word in words)
