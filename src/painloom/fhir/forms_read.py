"""A Questionnaire of R4 or R5 with its words: questions in order, what each offers, and every place where points may stand."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from painloom.errors import InputError
from painloom.fhir.bundle import parse
from painloom.fhir.coding import system_name
from painloom.fhir.form import Form, FormItem, is_hidden, read_form, tail, weights_of
from painloom.fhir.node import LONGEST, Node
from painloom.knowledge.forms import plain_text

MOST_BYTES = 5_000_000
MOST_QUESTIONS = 1_000
VALUE, PREFIX, DIGITS = "value", "option prefix", "digits of the text"
WEIGHT, ORDINAL = "itemWeight", "ordinalValue"
OPTION_PREFIX = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionPrefix"
CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
UNITS = ("questionnaire-unit", "questionnaire-unitOption", "questionnaire-unitValueSet")
# "0 - ...", "(0) ...", "0 = ...", "0": not "1-2 days", "1 or 2", "2.5", "10 times"
LEADING = re.compile(r"(?:[(\[]\s*([0-9]{1,3})\s*[)\]]|([0-9]{1,3})(?:(?:\s*[=:)]|\s+[-–—]|[-–—.]\s)(?=\s*[^\s0-9])|$))")
NUMBER = re.compile(r"[(\[]?\s*([0-9]{1,3})\s*[)\].:]?")


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: what a response carries (`code`, or the `text` alone), its words, and points by the place where they stand.

    `clash` is True where one place gives two different points; `is_known` is False for a value that no instrument's item has (a date).
    """

    code: str
    system: str
    text: str
    told: Mapping[str, float] = field(default_factory=dict)
    clash: bool = False
    is_known: bool = True

    @property
    def key(self) -> str:
        """What tells this option from others: its code, or its text without case."""
        return self.code or self.text.casefold()


@dataclass(frozen=True, slots=True)
class Question:
    """One question: `item` is what binding asks, the rest are its words and what could make its answers unsafe.

    `list_name` is the address of a list of answers that the file does not hold, `list_trouble` why a list that it holds cannot be used.
    `low`, `high` are the form's bounds of a number.
    """

    item: FormItem
    kind: str
    text: str
    prefix: str
    before: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    list_name: str = ""
    list_trouble: str = ""
    low: float | None = None
    high: float | None = None
    unit: str = ""
    is_slider: bool = False
    is_shown: bool = True
    is_calculated: bool = False
    is_repeated: bool = False
    is_conditional: bool = False
    is_prefilled: bool = False
    takes_free_text: bool = False

    @property
    def is_asked(self) -> bool:
        """True when the person answers it, once, by a number or an option."""
        return self.item.is_asked and self.is_shown and not (self.is_repeated or self.is_calculated)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole Questionnaire."""

    where: str
    form: Form
    questions: tuple[Question, ...]
    url: str
    version: str
    resource_id: str
    copyright: str
    status: str
    digest: str
    loose: int


def read_sheet(path: Path) -> Sheet:
    """The Questionnaire in `path`: JSON, alone or as the only one of a Bundle.

    Raises
    ------
    InputError : not a file, too large, not JSON text, no Questionnaire, several, or one that no reader can rely on.
    """
    where = plain_text(path.name)
    if not path.is_file():
        raise InputError(f"{where}: not found as a file; give a FHIR Questionnaire (R4 or R5) in JSON")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{where}: larger than {MOST_BYTES:,} bytes; a form needs far less")
        data = path.read_bytes()
    except OSError as wrong:
        raise InputError(f"{where}: cannot be read: {wrong.strerror}") from None
    return sheet_of(parse(data, where), where, hashlib.sha256(data).hexdigest())


def sheet_of(value: object, where: str, digest: str = "") -> Sheet:
    """A parsed Questionnaire, or a Bundle with exactly one and the value sets that it names.

    Raises
    ------
    InputError : no Questionnaire, several, one that carries a modifier, or one whose link ids are missing or stand twice.
    """
    node, others = _questionnaire(value, where)
    if node.has("modifierExtension") or node.has("implicitRules"):
        raise InputError(f"{where}: the form carries a modifier that this release does not know: it could mean the opposite; remove it")
    form = read_form(node)
    lists = dict(_lists([*node.nodes("contained"), *others], where))
    placed = list(_walk(node, _Place()))
    questions = tuple(_question(part, place, item, lists, where) for (part, place), item in zip(_asked(placed), form.items, strict=True))
    links = [question.item.link for question in questions]
    if len(links) > MOST_QUESTIONS:
        raise InputError(f"{where}: {len(links)} questions; an instrument's form has far fewer: send the form of one instrument")
    if not all(links) or len(set(links)) != len(links):
        raise InputError(f"{where}: a link id is missing or stands twice, so answers could not be told apart; give every question its own")
    texts = {part.path for part, _ in placed if part.text("type") == "display" and part.text("text")}
    used = {part.path for _, seen in _asked(placed) for part in seen.before}
    return Sheet(
        where,
        form,
        questions,
        node.text("url"),
        node.text("version"),
        node.text("id"),
        words(node, "copyright", where),
        node.text("status"),
        digest,
        len(texts - used),
    )


def _questionnaire(value: object, where: str) -> tuple[Node, list[Node]]:
    """The one Questionnaire, and the other resources beside it."""
    node = Node(value, "Questionnaire", {})
    if node.text("resourceType") == "Bundle":
        inside = [entry.get("resource") for entry in node.nodes("entry")]
        resources = [part for part in inside if part is not None]
        forms = [part for part in resources if part.text("resourceType") == "Questionnaire"]
        if len(forms) != 1:
            raise InputError(f"{where}: a Bundle with {len(forms)} Questionnaires; give a file with the one form")
        return forms[0], [part for part in resources if part is not forms[0]]
    if node.text("resourceType") != "Questionnaire":
        raise InputError(f"{where}: holds no FHIR Questionnaire; give the form itself (R4 or R5) in JSON")
    return node, []


@dataclass(frozen=True, slots=True)
class _Place:
    """What the groups around an item say."""

    is_shown: bool = True
    is_repeated: bool = False
    is_conditional: bool = False

    def inside(self, node: Node) -> "_Place":
        return _Place(
            self.is_shown and not is_hidden(node),
            self.is_repeated or bool(node.flag("repeats")),
            self.is_conditional or node.has("enableWhen") or _has(node, "enableWhenExpression"),
        )


def _walk(node: Node, place: _Place) -> Iterator[tuple[Node, _Place]]:
    """Every item, groups and texts too, in the order of the form."""
    for item in node.nodes("item"):
        own = place.inside(item)
        yield item, own
        yield from _walk(item, own)


def _asked(placed: list[tuple[Node, _Place]]) -> Iterator[tuple[Node, "_Seen"]]:
    """The questions, each with the texts that stand before it."""
    before: list[Node] = []
    for node, place in placed:
        if node.text("type") in ("group", "display"):
            before += [node] if place.is_shown and node.text("text") else []
        else:
            yield node, _Seen(place, tuple(before))
            before = []


@dataclass(frozen=True, slots=True)
class _Seen:
    place: _Place
    before: tuple[Node, ...]


def _question(node: Node, seen: _Seen, item: FormItem, lists: Mapping[str, "tuple[Choice, ...] | str"], where: str) -> Question:
    if node.has("modifierExtension"):
        raise InputError(f"{where}: a question carries a modifier that this release does not know: it could mean the opposite; remove it")
    choices, name, trouble = _choices(node, lists, where)
    kind, place = node.text("type"), seen.place
    return Question(
        item=item,
        kind=kind,
        text=words(node, "text", where),
        prefix=words(node, "prefix", where),
        before=tuple(words(part, "text", where) for part in seen.before),
        choices=choices,
        list_name=name,
        list_trouble=trouble,
        low=_bound(node, "minValue"),
        high=_bound(node, "maxValue"),
        unit=next((_unit(part) for part in node.nodes("extension") if tail(part.text("url")) in UNITS), ""),
        is_slider=any(_control(part) == "slider" for part in node.nodes("extension") if part.text("url") == CONTROL),
        is_shown=place.is_shown,
        is_calculated=bool(node.flag("readOnly")) or _has(node, "calculatedExpression"),
        is_repeated=place.is_repeated,
        is_conditional=place.is_conditional,
        is_prefilled=node.has("initial")
        or _has(node, "initialExpression")
        or any(o.has("initialSelected") for o in node.nodes("answerOption")),
        takes_free_text=kind == "open-choice" or node.text("answerConstraint") in ("optionsOrString", "optionsOrType"),
    )


def words(node: Node, name: str, where: str) -> str:
    """A text of the form as one plain line.

    Raises
    ------
    InputError : longer than a form's text may be; a part of it would be lost.
    """
    value = node.value.get(name) if isinstance(node.value, dict) else None
    if isinstance(value, str) and len(value) > LONGEST:
        raise InputError(
            f"{where}: {node.path}.{name} is longer than {LONGEST:,} characters; wording is kept whole or not at all: shorten it"
        )
    return plain_text(node.text(name))


def _choices(node: Node, lists: Mapping[str, "tuple[Choice, ...] | str"], where: str) -> tuple[tuple[Choice, ...], str, str]:
    """(options, address of a list that is not in the file, why a list cannot be used)."""
    own = tuple(_option(option, where) for option in node.nodes("answerOption"))
    address = node.text("answerValueSet").partition("|")[0]
    if own and address:
        return own, "", "names a list and holds options of its own as well"
    if own or not address:
        return own, "", ""
    found = lists.get(address)
    if found is None:
        return (), "a list inside the form that is not there" if address.startswith("#") else plain_text(address), ""
    return ((), "", found) if isinstance(found, str) else (found, "", "")


def _option(option: Node, where: str) -> Choice:
    value = option.get("valueCoding")
    told = [*weights_of(option), *weights_of(value)]
    prefixes = [part.text("valueString") for part in option.nodes("extension") if part.text("url") == OPTION_PREFIX]
    if value is not None:
        code, system, text = value.text("code"), system_name(value.text("system")), words(value, "display", where)
        return _choice(code, system, text, told, prefixes, is_known=bool(code or text))
    number = option.number("valueInteger", -1_000, 1_000)
    if number is not None:
        return _choice("", "", str(int(number)), [*told, (VALUE, number)], prefixes)
    text = words(option, "valueString", where)
    return _choice("", "", text, told, prefixes, is_known=bool(text))


def _choice(code: str, system: str, text: str, told: list[tuple[str, float]], prefixes: list[str], *, is_known: bool = True) -> Choice:
    told = [(name if name == VALUE else WEIGHT if name == WEIGHT else ORDINAL, value) for name, value in told]
    told += [(PREFIX, float(found[1])) for prefix in prefixes if (found := NUMBER.fullmatch(prefix.strip()))]
    digits = LEADING.match(text)
    if digits and VALUE not in dict(told):
        told.append((DIGITS, float(digits[1] or digits[2])))
    return Choice(code, system, text, dict(told), len(set(told)) > len(dict(told)), is_known)


def _lists(resources: list[Node], where: str) -> Iterator[tuple[str, "tuple[Choice, ...] | str"]]:
    """(name a question may call it by, options or why they cannot be used) of every value set in the file."""
    for part in resources:
        if part.text("resourceType") == "ValueSet":
            for name in (f"#{part.text('id')}", part.text("url")):
                if name not in ("#", ""):
                    yield name, _options_of_list(part, where)


def _options_of_list(value_set: Node, where: str) -> "tuple[Choice, ...] | str":
    expansion, compose = value_set.get("expansion"), value_set.get("compose")
    if expansion is not None:
        found = tuple(_concept(part, part.text("system"), where) for part in _contained(expansion))
        total = expansion.number("total")
        return found if total in (None, len(found)) else "its list of answers is expanded in part only"
    if compose is None:
        return "its list of answers holds no answer"
    includes = compose.nodes("include")
    if compose.has("exclude") or any(part.has("filter") or part.has("valueSet") or not part.has("concept") for part in includes):
        return "its list of answers is a rule and not a list: expand it first"
    return tuple(_concept(part, include.text("system"), where) for include in includes for part in include.nodes("concept"))


def _contained(node: Node) -> Iterator[Node]:
    for part in node.nodes("contains"):
        if not (part.flag("abstract") or part.flag("inactive")):
            yield part
        yield from _contained(part)


def _concept(node: Node, system: str, where: str) -> Choice:
    prefixes = [part.text("valueString") for part in node.nodes("extension") if part.text("url") == OPTION_PREFIX]
    code = node.text("code")
    return _choice(code, system_name(system), words(node, "display", where), list(weights_of(node)), prefixes, is_known=bool(code))


def _bound(node: Node, name: str) -> float | None:
    for part in node.nodes("extension"):
        if tail(part.text("url")) == name:
            for value in ("valueInteger", "valueDecimal"):
                number = part.number(value)
                if number is not None:
                    return number
            quantity = part.get("valueQuantity")
            return None if quantity is None else quantity.number("value")
    return None


def _unit(part: Node) -> str:
    value = part.get("valueCoding")
    return (value.text("code") or value.text("display")) if value is not None else "of a list"


def _control(part: Node) -> str:
    concept = part.get("valueCodeableConcept")
    return next((code.text("code") for code in (concept.nodes("coding") if concept else ())), "")


def _has(node: Node, name: str) -> bool:
    """True when an extension of SDC with this name stands on the item."""
    return any(part.text("url").endswith(f"/sdc-questionnaire-{name}") for part in node.nodes("extension"))
