"""What the options of one question are worth for the one item it is bound to.

Every place in which points may stand is read, and all that are there must agree.  An answer code has no points of its own: only the card's
codes for this very item count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from painloom.fhir.coding import LOINC
from painloom.fhir.forms_read import DIGITS, ORDINAL, PREFIX, VALUE, WEIGHT, Choice, Question
from painloom.knowledge.instrument_cards import Item

CARD, TRUTH, GIVEN = "codes of the card", "yes and no", "number as given"
POSITION = "by position, unconfirmed"
PLACES = (WEIGHT, ORDINAL, VALUE, CARD, PREFIX, DIGITS)
WHOLE_OR_NONE = (WEIGHT, ORDINAL)
OPTION_KINDS = ("choice", "open-choice", "coding", "string", "text", "integer", "decimal", "quantity")
NUMBER_KINDS = ("integer", "decimal", "quantity")
PLAIN_UNITS = ("", "1", "{score}", "{Score}")


@dataclass(frozen=True, slots=True)
class Worth:
    """Options of a question with their points, in the form's order, and the places where the points stand.

    No options: the item takes a number as given.
    """

    choices: tuple[Choice, ...]
    points: tuple[int, ...]
    by: tuple[str, ...]

    def by_key(self) -> dict[str, int]:
        """Key of each option -> points."""
        return {choice.key: value for choice, value in zip(self.choices, self.points, strict=True)}


def allowed(item: Item) -> tuple[int, ...]:
    """The answers that the item takes."""
    return item.range.allowed or tuple(range(item.range.low, item.range.high + 1))


def worth_of(question: Question, item: Item, *, by_position: bool) -> Worth | str:
    """The points of every option, or why they cannot be told.

    `by_position` lets a list without any points be counted upwards in its order; that is nobody's word but the caller's.
    """
    if question.list_trouble:
        return question.list_trouble
    if question.kind == "boolean":
        if allowed(item) != (0, 1):
            return "is a yes-or-no question; the item takes other answers"
        return Worth((Choice("true", "", ""), Choice("false", "", "")), (1, 0), (TRUTH,))
    if question.choices or question.list_name:
        if question.kind not in OPTION_KINDS:
            return "is of a type whose options are not read"
        return _by_list(item, question.list_name) if question.list_name else _by_options(question, item, by_position=by_position)
    return _number(question, item)


def _by_list(item: Item, name: str) -> Worth | str:
    """Options of a list that the file does not hold: only codes that the card has for this item are read."""
    if {points for _, points in item.codes} != set(allowed(item)):  # several codes may stand for one option
        return f"takes its answers from a list that the file does not hold ({name[:120]}): send the form with the list inside"
    return Worth(tuple(Choice(code, LOINC, "") for code, _ in item.codes), tuple(points for _, points in item.codes), (CARD,))


def _by_options(question: Question, item: Item, *, by_position: bool) -> Worth | str:
    choices, wanted = question.choices, allowed(item)
    if not all(choice.is_known for choice in choices):
        return "holds an option that is no code, text or whole number"
    if any(choice.clash for choice in choices):
        return "holds an option to which one place gives two different points"
    keys = [choice.key for choice in choices]
    if len(set(keys)) != len(keys):
        return "holds one code or text twice among its options"
    columns = _columns(choices, item)
    for name in WHOLE_OR_NONE:
        lost = sum(value is None for value in columns.get(name, ()))
        if lost:
            return f"{lost} of {len(choices)} options have no {name}, the others have; complete them"
    trouble = _contradiction(columns)
    if trouble:
        return trouble
    whole = [name for name, values in columns.items() if None not in values]
    if not whole:
        if columns:
            return "the points of some options are told and of others not; give every option an itemWeight"
        return _in_order(choices, item, by_position=by_position)
    points = [value for value in columns[whole[0]] if value is not None]
    if len(set(points)) != len(points):
        return "two options are worth the same points; the item has one option for each"
    if sorted(points) != [float(value) for value in wanted]:
        return f"its options are worth other points than the item's {_range(wanted)}"
    return Worth(choices, tuple(int(value) for value in points), tuple(whole))


def _columns(choices: Sequence[Choice], item: Item) -> dict[str, tuple[float | None, ...]]:
    """Place -> points of every option, None where that place says nothing; places that say nothing at all are left out."""
    own = dict(item.codes)
    rows: list[Mapping[str, float]] = [
        {**choice.told, CARD: float(own[choice.code])} if choice.code in own and choice.system in (LOINC, "local") else choice.told
        for choice in choices
    ]
    found = {name: tuple(row.get(name) for row in rows) for name in PLACES}
    return {name: values for name, values in found.items() if any(value is not None for value in values)}


def _contradiction(columns: Mapping[str, tuple[float | None, ...]]) -> str:
    names = list(columns)
    for n, one in enumerate(names):
        for other in names[n + 1 :]:
            if any(a is not None and b is not None and a != b for a, b in zip(columns[one], columns[other], strict=True)):
                return f"{one} and {other} give an option different points; mend the form"
    return ""


def _in_order(choices: tuple[Choice, ...], item: Item, *, by_position: bool) -> Worth | str:
    """Points by the order of the options: only on demand, and only where the item counts upwards without a gap."""
    if not by_position:
        return "nothing tells what its options are worth; give them itemWeight, or confirm their printed order (--by-position)"
    if item.range.allowed or len(choices) != len(allowed(item)):
        return f"nothing tells what its {len(choices)} options are worth, and the item's answers are {_range(allowed(item))}"
    return Worth(choices, allowed(item), (POSITION,))


def _number(question: Question, item: Item) -> Worth | str:
    wanted = allowed(item)
    if question.kind not in NUMBER_KINDS:
        return "offers no options and takes no number; an older form may hold its options elsewhere: send it as R4 or R5"
    if question.unit not in PLAIN_UNITS:
        return "asks for a number with a unit; the item takes plain points"
    if question.is_slider and None in (question.low, question.high):
        return "is a slider without both ends; state minValue and maxValue"
    if (question.low is not None and question.low != wanted[0]) or (question.high is not None and question.high != wanted[-1]):
        return f"takes numbers of another range than the item's {_range(wanted)}; a scale of other length must not be counted as this one"
    return Worth((), (), (GIVEN,))


def _range(wanted: Sequence[int]) -> str:
    if len(wanted) == wanted[-1] - wanted[0] + 1:
        return f"{wanted[0]} to {wanted[-1]}"
    return ", ".join(map(str, wanted))
