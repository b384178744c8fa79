"""Item banks and answers to them, as JSON: every number is checked before anything is computed with it."""

import json
import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from painloom.intake.limits import refusal
from painloom.model.bank import HIGHER, BankItem, ItemBank, StopRule

MOST_BYTES = 20_000_000
MOST_ITEMS = 5000
MOST_THRESHOLDS = 20
LARGEST_SLOPE = 100.0
LARGEST_THRESHOLD = 1000.0
GRID_END = 4.0
SD_LIMITS = (0.05, 20.0)  # below: narrower than the grid can show; above: flat
LONGEST_ID, LONGEST_TEXT = 100, 2000
Place = tuple[Path, str]


class _Twice(ValueError):
    """A name stands twice in one JSON object."""


def read_bank(path: Path) -> ItemBank:
    """The bank of a BANK.json file.

    Raises
    ------
    InputError : not JSON, a field missing or of another type, a slope that is not positive, thresholds that do not rise, an id twice,
        a prior or stop rule that makes no sense.
    """
    record = _object(_json(path), (path, ""))
    return checked_bank(record, path)


def checked_bank(record: Mapping[str, object], path: Path) -> ItemBank:
    """A bank from its fields; `path` only names it in errors."""
    raw = record.get("items")
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not 1 <= len(raw) <= MOST_ITEMS:
        raise refusal(path, "items", f"must be a list of 1 to {MOST_ITEMS} items")
    items = tuple(_item(entry, (path, f"items entry {number}")) for number, entry in enumerate(raw, start=1))
    seen: dict[str, int] = {}
    for number, item in enumerate(items, start=1):
        if item.id in seen:
            raise refusal(path, f"items entry {number}", f"has the id of entry {seen[item.id]}; every item needs an id of its own")
        seen[item.id] = number
    higher = record.get("higher_is", "")
    if higher not in HIGHER:
        raise refusal(path, "higher_is", 'must be "worse" or "better", or be left out')
    return ItemBank(
        id=_text(record, "id", (path, ""), needed=True),
        items=items,
        prior=_prior(record.get("prior"), path),
        stop=_stop(record.get("stop"), path),
        label=_text(record, "label", (path, "")),
        higher_is=str(higher),
        note=_text(record, "note", (path, "")),
    )


def read_item_answers(path: Path, bank: ItemBank) -> tuple[dict[str, int], tuple[str, ...]]:
    """Item id -> category (from 0), and the ids in the file that the bank does not hold.

    A `null` is an unanswered item and is left out.

    Raises
    ------
    InputError : not a JSON map, an answer that is no whole number or lies outside the item's categories (the answer is not repeated),
        or no item of the file is in the bank.
    """
    record = _object(_json(path), (path, ""))
    strange = tuple(name for name in record if name not in bank.index)
    if record and len(strange) == len(record):
        raise refusal(path, "", f"none of its {len(record)} items is in this bank; give the answers that belong to the bank")
    answers: dict[str, int] = {}
    for name, value in record.items():
        if name in strange or value is None:
            continue
        top = bank.items[bank.index[name]].categories - 1
        whole = isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, float) and value.is_integer():
            whole, value = True, int(value)
        if not whole or not isinstance(value, int) or not 0 <= value <= top:
            raise refusal(path, f"item {name}", f"the answer is not allowed; give a whole number 0 to {top}, or null if unanswered")
        answers[name] = value
    return answers, strange


def _json(path: Path) -> object:
    try:
        if not path.is_file():
            raise refusal(path, "", "not found as a file")
        if path.stat().st_size > MOST_BYTES:
            raise refusal(path, "", f"larger than {MOST_BYTES:,} bytes; is it the right file?")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise refusal(path, "", "cannot be read as UTF-8 text") from None
    try:
        parsed: object = json.loads(text, object_pairs_hook=_once)
    except _Twice:
        raise refusal(path, "", "a name stands twice in one JSON object; keep one") from None
    except json.JSONDecodeError as wrong:
        raise refusal(path, f"line {wrong.lineno}", "is not valid JSON here") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or brackets without end
        raise refusal(path, "", "is not usable JSON; a number or the nesting is too long") from None
    return parsed


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _object(value: object, place: Place) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise refusal(*place, 'must be a JSON object, {"name": value, ...}')
    return value


def _item(entry: object, place: Place) -> BankItem:
    record = _object(entry, place)
    id_ = _text(record, "id", place, needed=True)
    slope = _number(record.get("a"), "a", (0.0, LARGEST_SLOPE), place)
    if slope <= 0:
        raise refusal(*place, "'a' must be above 0")
    raw = record.get("b")
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not 1 <= len(raw) <= MOST_THRESHOLDS:
        raise refusal(*place, f"'b' must be a list of 1 to {MOST_THRESHOLDS} thresholds")
    thresholds = tuple(_number(value, "b", (-LARGEST_THRESHOLD, LARGEST_THRESHOLD), place) for value in raw)
    if any(after <= before for before, after in pairwise(thresholds)):
        raise refusal(*place, "the thresholds 'b' must rise strictly; is a category without answers still in the list?")
    options = record.get("options", ())
    if not isinstance(options, Sequence) or isinstance(options, str) or not all(isinstance(o, str) for o in options):
        raise refusal(*place, "'options' must be a list of texts")
    if options and len(options) != len(thresholds) + 1:
        raise refusal(*place, f"'options' holds {len(options)} texts, the thresholds make {len(thresholds) + 1} categories")
    return BankItem(id_, slope, thresholds, _text(record, "text", place), tuple(str(option) for option in options))


def _text(record: Mapping[str, object], name: str, place: Place, *, needed: bool = False) -> str:
    value = record.get(name, "")
    longest = LONGEST_ID if name == "id" else LONGEST_TEXT
    if not isinstance(value, str) or len(value) > longest:
        raise refusal(*place, f"'{name}' must be text of at most {longest} characters")
    if needed and not value.strip():
        raise refusal(*place, f"'{name}' is missing")
    if not all(c.isprintable() for c in value):
        raise refusal(*place, f"'{name}' holds a character that cannot be printed, such as a tab")
    return value


def _number(value: object, name: str, limits: tuple[float, float], place: Place) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not isinstance(value, int | float) or (isinstance(value, float) and not math.isfinite(value)):
        raise refusal(*place, f"'{name}' must be a number from {limits[0]:g} to {limits[1]:g}")
    if not limits[0] <= value <= limits[1]:
        raise refusal(*place, f"'{name}' must be a number from {limits[0]:g} to {limits[1]:g}")
    return float(value)


def _prior(value: object, path: Path) -> tuple[float, float]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise refusal(path, "prior", "must be [mean, SD]; a bank on the usual metric has [0, 1]")
    mean = _number(value[0], "mean", (-GRID_END, GRID_END), (path, "prior"))
    return mean, _number(value[1], "SD", SD_LIMITS, (path, "prior"))


def _stop(value: object, path: Path) -> StopRule:
    if not isinstance(value, Mapping):
        raise refusal(path, "stop", 'must be an object such as {"se": 0.3, "min": 4, "max": 12}')
    place = (path, "stop")
    se = _number(value.get("se"), "se", (0.0, SD_LIMITS[1]), place)
    if se <= 0:
        raise refusal(*place, "'se' must be above 0")
    least, most = (_number(value.get(name), name, (low, MOST_ITEMS), place) for name, low in (("min", 0), ("max", 1)))
    if not least.is_integer() or not most.is_integer() or least > most:
        raise refusal(*place, "'min' and 'max' must be whole numbers, 'min' not above 'max'")
    return StopRule(se, int(least), int(most))


def item_answers_json(answers: Mapping[str, int | None]) -> str:
    """The text of an answers file: item id -> category, null for a skipped item; what `read_item_answers` reads back."""
    return json.dumps(dict(answers), ensure_ascii=False, indent=1) + "\n"
