"""Reading a bundle that this program wrote: what a FHIR record has no common place for comes back as the case held it.

Records in the form that `write` gives them are read here; all others, and everything that somebody changed in kind, go the common way.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from painloom.fhir.bundle import Bundle, Record
from painloom.fhir.coding import coding, concept
from painloom.fhir.imported import Imported, LeftOut
from painloom.fhir.node import Node
from painloom.fhir.people import index_of, one_person
from painloom.fhir.read import read_resources
from painloom.fhir.units import Measures
from painloom.fhir.write_body import BY, FACT, IMAGING, LEVEL, MAP, MEASURE, NO_ID, REGION, SENSORY, SIDE
from painloom.fhir.write_case import AGE, COMPLAINT, DURATION, INTENSITY, PAIN, PAIN_DIAGNOSIS, SITES, WISH
from painloom.fhir.write_codes import INPUT, OWN, RESULT, ROLE
from painloom.fhir.write_genome import DIPLOTYPE, GENE, OR
from painloom.intake.bodyfacts import FACT_TABLES
from painloom.knowledge.load import Knowledge
from painloom.model.body import NO, UNKNOWN, YES, Fact, Measure, SensoryTest
from painloom.model.brain import ImagingEntry

AGAIN = "worked out by painloom: it is worked out again from the inputs"
CAVEAT = "the call carries remarks on what was not seen, which a diplotype alone does not hold: read them in the bundle"
BORN = "date of birth"
OLDEST = 130
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
LISTS = (PAIN, MEASURE, FACT, MAP, SENSORY, IMAGING)
READ_KINDS = ("Observation", "Condition", "Goal")


@dataclass
class _Found:
    """What the written records hold; `results` are the kinds of records that are worked out again."""

    numbers: dict[str, float] = field(default_factory=dict)
    age_of: str = ""
    complaint: str = ""
    sites: list[str] = field(default_factory=list)
    diagnoses: list[str] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    regions: tuple[str, ...] | None = None
    sensory: list[SensoryTest] = field(default_factory=list)
    imaging: list[ImagingEntry] = field(default_factory=list)
    genes: dict[str, str] = field(default_factory=dict)
    lost: list[LeftOut] = field(default_factory=list)
    results: list[str] = field(default_factory=list)


def read_written(bundle: Bundle, knowledge: Knowledge, as_of: str, label: str = "") -> Imported:
    """The person in a bundle; without records that this program wrote the same as `read_resources`.

    Genotypes come back as calls of another laboratory.  Results are not taken over: they are worked out again.

    Raises
    ------
    InputError : records of two persons.
    """
    found = _Found()
    symbols = frozenset(card.symbol for card in knowledge.genes.values()) if any(map(_roles, bundle.records)) else frozenset()
    rest = tuple(record for record in bundle.records if not _take(record, found, symbols))
    if len(rest) == len(bundle.records):
        return read_resources(bundle, knowledge, as_of, label)
    one_person(bundle.records, index_of(bundle.records), bundle.where)
    imported = read_resources(replace(bundle, records=rest), Measures(knowledge), as_of, label)
    return _merged(imported, found, len(bundle.records))


def _roles(record: Record) -> frozenset[str]:
    return frozenset(_tags(record.node, ROLE))


def _tags(node: Node, system: str) -> Iterator[str]:
    """Codes of the resource's tags of one list; looks without marking anything as read."""
    meta = node.value.get("meta") if isinstance(node.value, dict) else None
    tags = meta.get("tag") if isinstance(meta, dict) else None
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and tag.get("system") == system and isinstance(tag.get("code"), str):
            yield tag["code"]


def _take(record: Record, found: _Found, symbols: frozenset[str]) -> bool:
    """True where the record was read here, or is a result that needs no reading."""
    roles, node = _roles(record), Node(record.node.value, record.node.path, {})  # looking leaves no mark for the common way
    if not roles or node.has("modifierExtension") or node.has("implicitRules"):
        return False
    if RESULT in roles and (record.kind not in READ_KINDS or any(system.startswith(OWN) for system, _ in _codings(node))):
        found.results.append(record.kind)
        return True
    if INPUT not in roles:
        return False
    if record.kind == "Goal":
        return _goal(node, found)
    if record.kind == "Condition":
        return _condition(node, found)
    return record.kind == "Observation" and node.text("status") == "final" and _observation(replace(record, node=node), found, symbols)


def _codings(node: Node) -> list[tuple[str, str]]:
    """(address of the system, code) of the resource's code."""
    code = node.get("code")
    return [(part.text("system"), part.text("code")) for part in code.nodes("coding")] if code else []


def _goal(node: Node, found: _Found) -> bool:
    text = concept(node.get("description")).text
    if WISH not in _tags(node, f"{OWN}{PAIN}") or node.text("lifecycleStatus") != "proposed" or not text:
        return False
    found.wishes.append(text)
    return True


def _condition(node: Node, found: _Found) -> bool:
    roles, text = set(_tags(node, f"{OWN}{PAIN}")), concept(node.get("code")).text
    if node.has("verificationStatus") or node.has("clinicalStatus") or not text:
        return False
    if PAIN_DIAGNOSIS in roles:
        found.diagnoses.append(text)
    elif roles & {COMPLAINT, SITES}:
        found.complaint = text if COMPLAINT in roles else ""
        found.sites += [site for part in node.nodes("bodySite") if (site := concept(part).text)]
    return bool(roles & {PAIN_DIAGNOSIS, COMPLAINT, SITES})


def _observation(record: Record, found: _Found, symbols: frozenset[str]) -> bool:
    node = record.node
    own = {system.removeprefix(OWN): code for system, code in _codings(node) if system.startswith(OWN)}
    name = next((name for name in LISTS if name in own), "")
    if not name:
        return _genotype(record, found, symbols)
    if not ID.fullmatch(own[name]):
        return False
    if name == PAIN:
        return _number(node, own[name], found)
    if name == MEASURE:
        return _measure(node, own[name], found)
    if name == FACT:
        return _fact(node, own[name], found)
    if name == MAP:
        return _map(node, found)
    return _sensory(node, own[name], found) if name == SENSORY else _image(node, own[name], found)


def _value(node: Node) -> float | None:
    quantity = node.get("valueQuantity")
    return quantity.number("value") if quantity and not quantity.has("comparator") and not node.has("dataAbsentReason") else None


def _number(node: Node, name: str, found: _Found) -> bool:
    limits = {AGE: (0, OLDEST), DURATION: (0, 1500), INTENSITY: (0, 10)}
    value = _value(node)
    if value is None or name not in limits or not limits[name][0] <= value <= limits[name][1] or name in found.numbers:
        return False
    found.numbers[name] = value
    found.age_of = node.date("effectiveDateTime") if name == AGE else found.age_of
    return True


def _measure(node: Node, id_: str, found: _Found) -> bool:
    value, quantity = _value(node), node.get("valueQuantity")
    if value is None or quantity is None:
        return False
    named = concept(node.get("code"))
    code = node.get("code")
    parts = [coding(part) for part in code.nodes("coding")] if code else []
    codes = tuple((system, term) for system, term, _ in parts if term and not system.startswith(OWN.replace(":", "%3A")))
    known = "" if id_ == NO_ID else id_
    found.measures.append(Measure(known, value, quantity.text("unit"), node.date("effectiveDateTime"), named.text, codes))
    return True


def _fact(node: Node, id_: str, found: _Found) -> bool:
    truth = node.flag("valueBoolean")
    reasons = [code for _, code in concept(node.get("dataAbsentReason")).codes]
    if (truth is None) == ("asked-unknown" not in reasons):
        return False
    table = concept(node.get("method")).text
    value = UNKNOWN if truth is None else YES if truth else NO
    found.facts.append(Fact(id_, value, node.date("effectiveDateTime"), table if table in FACT_TABLES else FACT_TABLES[1]))
    return True


def _map(node: Node, found: _Found) -> bool:
    marked = [code for part in node.nodes("component") if part.flag("valueBoolean") for system, code in _codings(part) if REGION in system]
    if node.flag("valueBoolean") is not bool(marked) or not all(map(ID.fullmatch, marked)) or found.regions is not None:
        return False
    found.regions = tuple(marked)
    return True


def _parts(node: Node, list_name: str) -> dict[str, str]:
    """Our name of each part -> its text."""
    pairs = ((code, part.text("valueString")) for part in node.nodes("component") for system, code in _codings(part) if list_name in system)
    return dict(pairs)


def _sensory(node: Node, test: str, found: _Found) -> bool:
    value, parts = _value(node), _parts(node, SENSORY)
    if value is None or not parts.get(REGION):
        return False
    found.sensory.append(SensoryTest(test, parts[REGION], parts.get(SIDE, ""), value))
    return True


def _image(node: Node, scale: str, found: _Found) -> bool:
    grade, parts = concept(node.get("valueCodeableConcept")).text, _parts(node, IMAGING)
    if not grade:
        return False
    text = next((note.text("text") for note in node.nodes("note")), "")
    date = node.date("effectiveDateTime")
    found.imaging.append(ImagingEntry(scale, grade, parts.get(LEVEL, ""), parts.get(SIDE, ""), date, text, parts.get(BY, "")))
    return True


def _genotype(record: Record, found: _Found, symbols: frozenset[str]) -> bool:
    """A called gene as another laboratory's call; one that was not called leaves nothing behind."""
    node = record.node
    parts = [part.get("valueCodeableConcept") for part in node.nodes("component")]
    genes = [c.text("code") for part in parts if part for c in part.nodes("coding") if c.text("system") == f"{OWN}{GENE}"]
    text = concept(node.get("valueCodeableConcept")).text
    fits = [name for part in node.nodes("extension") if part.text("url") == DIPLOTYPE and (name := part.text("valueString"))]
    if len(genes) != 1 or genes[0] not in symbols or genes[0] in found.genes:
        return False
    if not fits and (node.has("dataAbsentReason") or not text.startswith(f"{genes[0]} ")):
        found.lost.append(LeftOut(record.kind, record.id, node.path, "the gene was not called: nothing to take over"))
        return not text
    found.genes[genes[0]] = OR.join(fits) or text.removeprefix(f"{genes[0]} ")
    if len(node.nodes("note")) > 1:
        found.lost.append(LeftOut(record.kind, record.id, node.path, CAVEAT))
    return True


def _merged(imported: Imported, found: _Found, resources: int) -> Imported:
    case, pain, body = imported.case, imported.case.pain, imported.case.body
    notes = tuple(note for note in imported.notes if AGE not in found.numbers or BORN not in note)
    if AGE in found.numbers and case.person.age_years is None:
        case = replace(case, person=replace(case.person, age_years=int(found.numbers[AGE])))
        notes += (f"the age is that of {found.age_of or 'an unknown day'}",)
    newest = pain.intensity_0_10 if pain.intensity_0_10 is not None else found.numbers.get(INTENSITY)
    measures = (*found.measures, *body.measures)
    merged = replace(
        case,
        pain=replace(
            pain,
            complaint=found.complaint,
            sites=tuple(dict.fromkeys((*found.sites, *pain.sites))),
            months=found.numbers.get(DURATION),
            intensity_0_10=newest,
            diagnoses=tuple(found.diagnoses),
        ),
        wishes=tuple(found.wishes),
        body=replace(
            body,
            facts=(*found.facts, *_new(body.facts, found.facts)),
            measures=measures,
            regions=found.regions,
            sensory=tuple(found.sensory),
        ),
        imaging=tuple(found.imaging),
        outside_calls=tuple(found.genes.items()),
        warnings=notes,
    )
    counts = dict(imported.counts) | {"measures": len(measures), "measures_of_unknown_code": sum(not m.id for m in measures)}
    used = imported.used + resources - imported.resources - len(found.results)
    again = (LeftOut(kind, "", f"entry ({count} of them)", AGAIN) for kind, count in sorted(Counter(found.results).items()))
    left_out = (*imported.left_out, *found.lost, *again)
    return replace(imported, case=merged, left_out=left_out, counts=tuple(counts.items()), resources=resources, used=used, notes=notes)


def _new(facts: Iterable[Fact], known: Iterable[Fact]) -> Iterator[Fact]:
    """Facts that the written records do not hold already."""
    ids = {fact.id for fact in known}
    return (fact for fact in facts if fact.id not in ids)
