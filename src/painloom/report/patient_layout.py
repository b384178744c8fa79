"""What a clinic may set for the patient's page: how to reach it, what is said and not printed, which signs fit whom."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.report.fits import Fit

NOW, SOON = "now", "soon"


@dataclass(frozen=True, slots=True)
class PatientLayout:
    """The card: `contact` are the clinic's lines, empty where it gave none; `help_line` a help line with its number, or ""."""

    contact: tuple[str, ...]
    help_line: str
    help_first: frozenset[str]
    spoken: frozenset[str]
    names: int
    questions: int
    fits: tuple[Fit, ...]
    elsewhere: frozenset[str] = frozenset()


def read_patient_layout(path: Path | None = None) -> PatientLayout:
    """The layout card at `path`, a clinic's own, or ours where None is given.

    Raises
    ------
    KnowledgeError : the card cannot be read, or a value is not of the kind that is asked for.
    """
    source = path or files("painloom").joinpath("knowledge", "data", "layouts", "patient.toml")
    name = f"layouts/{path.name if path else 'patient.toml'}"
    try:
        card = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise KnowledgeError(f"{name}: cannot be read: {wrong}") from None
    clinic, fits = _table(card, "clinic", name), _table(card, "fits", name)
    return PatientLayout(
        contact=tuple(text for key in ("name", "phone", "hours") if (text := _text(clinic, key, name))),
        help_line=_text(clinic, "help_line", name),
        help_first=_names(card, "help_first", name),
        spoken=_names(card, "spoken", name),
        names=_number(card, "names", name, 5),
        questions=_number(card, "questions", name, 6),
        fits=tuple(_fit(flag, _table(fits, flag, name), name) for flag in fits),
        elsewhere=_names(card, "elsewhere", name),
    )


def _fit(flag: str, table: Mapping[str, object], name: str) -> Fit:
    when = table.get("help", NOW)
    if when not in (NOW, SOON):
        raise KnowledgeError(f"{name}: fits.{flag}.help: {NOW} or {SOON} is allowed")
    return Fit(
        flag,
        str(when),
        _names(table, "conditions", name),
        _names(table, "alone", name),
        _names(table, "sites", name),
        _names(table, "drug_classes", name),
        _number(table, "age_from", name, 0),
        table.get("general") is True,
    )


def _table(card: Mapping[str, object], key: str, name: str) -> Mapping[str, object]:
    value = card.get(key, {})
    if not isinstance(value, dict):
        raise KnowledgeError(f"{name}: {key}: a table is needed")
    return value


def _text(card: Mapping[str, object], key: str, name: str) -> str:
    value = card.get(key, "")
    if not isinstance(value, str):
        raise KnowledgeError(f"{name}: {key}: a text is needed; put it into quotes")
    return value.strip()


def _names(card: Mapping[str, object], key: str, name: str) -> frozenset[str]:
    value = card.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise KnowledgeError(f"{name}: {key}: a list of ids is needed")
    return frozenset(value)


def _number(card: Mapping[str, object], key: str, name: str, usual: int) -> int:
    value = card.get(key, usual)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise KnowledgeError(f"{name}: {key}: a whole number of 0 or more is needed")
    return value
