"""A clinic's own form bound to an instrument: which question is which item, what each option is worth there, and its words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BoundOption:
    """One answer that an item offers.

    `points` are those of the instrument's item, raw as the card counts them.  `text` is the form's wording, "" where it has none or where
    it may not be kept.  `code` is the code that a response carries ("" for a plain text or number), `system` its short name.
    """

    points: int
    text: str
    code: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class BoundItem:
    """One item of the instrument and the one question of the form that asks it.

    `item` is the card's item id, `link` the form's link id.  `bound_by` says how the question was found, `points_by` where the points
    stand.  `options` are in the form's order; empty where a number from `low` to `high` is given.  `before` are texts that stand between
    the question before and this one.  `turned_back` is True where the form's points were reversed and were turned back.
    """

    item: str
    link: str
    bound_by: str
    points_by: tuple[str, ...]
    low: int
    high: int
    options: tuple[BoundOption, ...] = ()
    prefix: str = ""
    text: str = ""
    before: tuple[str, ...] = ()
    turned_back: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    """Who allowed the clinic to show the wording, when (ISO date), and where that can be looked up."""

    who: str
    when: str
    reference: str


@dataclass(frozen=True, slots=True)
class Extra:
    """A part of the form that is no item of the instrument: its link id and why it is not used."""

    link: str
    why: str


@dataclass(frozen=True, slots=True)
class BoundForm:
    """A whole form bound to a whole instrument: every item has exactly one question.

    `url`, `version` and `resource_id` are how responses call the form; `digest` is the sha256 of the file it was read from.  `release` is
    that of the card.  `has_wording` is False where the words were left out because no permission was recorded.
    """

    instrument: str
    release: str
    items: tuple[BoundItem, ...]
    url: str = ""
    version: str = ""
    resource_id: str = ""
    digest: str = ""
    copyright: str = ""
    has_wording: bool = True
    permission: Permission | None = None
    extras: tuple[Extra, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownItem:
    """What may be shown of an item: our own short label, and the form's words where the gate is open ("" and () else)."""

    item: str
    label: str
    prefix: str = ""
    text: str = ""
    before: tuple[str, ...] = ()
    options: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What a screen or a print may show of an instrument, and why.

    With `is_open` the items hold the words of the clinic's form; else only our short labels.  `notice` is what must stand beside the words:
    the owner, the form's copyright line, the permission.
    """

    instrument: str
    is_open: bool
    why: str
    items: tuple[ShownItem, ...]
    notice: tuple[str, ...] = ()
    permission: Permission | None = None
