"""A clinic's bound forms (`forms/<instrument>.toml` of its own folder): reading, writing, and the gate that decides what may be shown."""

import datetime
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.instrument_cards import InstrumentCard
from painloom.knowledge.tables import Fields, read_toml
from painloom.model.form import BoundForm, BoundItem, BoundOption, Extra, Permission, Shown, ShownItem

FOLDER = "forms"
OPEN = ("public-domain", "free", "free-with-citation", "open-licence")
NO_FORM = "no form of the clinic is bound: our short labels only"
NOT_RECORDED = "the licence asks for a permission and none is recorded: our short labels only"
OTHER_CARD = "the stored form does not fit this release's card: bind it again; until then our short labels only"
NO_WORDS = "the stored form holds no wording: bind it again with the permission; until then our short labels only"
MOST_BYTES = 5_000_000
DATE = re.compile(r"\d{4}-\d\d-\d\d")
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
# characters that change the direction of what follows: they can make a text read as another one
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
Value = str | int | bool | tuple[str, ...]


def plain_text(text: str) -> str:
    """A text as one line that a terminal and a page can show: no control characters, no turning of direction, single blanks."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text if c not in TURNING)
    return " ".join("".join(kept).encode("utf-8", "replace").decode("utf-8").split())


def needs_permission(card: InstrumentCard) -> bool:
    """True where wording may be shown only with a recorded permission; an unknown licence class needs one."""
    return card.licence_class not in OPEN


def without_wording(form: BoundForm) -> bool:
    """True when the form holds the binding alone."""
    return not form.has_wording


def gate(card: InstrumentCard, form: BoundForm | None) -> Shown:
    """What may be shown of an instrument.

    Wording comes only from the clinic's own form.  It is shown where the licence class is open, else only with the permission that stands
    in the form; without a form, or with one that does not fit the card, our short labels are all there is.
    """
    labels = tuple(ShownItem(item.range.id, item.label) for item in card.items)
    if form is None:
        return Shown(card.id, False, NO_FORM, labels)
    if not fits(form, card):
        return Shown(card.id, False, OTHER_CARD, labels)
    if needs_permission(card) and form.permission is None:
        return Shown(card.id, False, NOT_RECORDED, labels)
    if without_wording(form):
        return Shown(card.id, False, NO_WORDS, labels, permission=form.permission)
    why = "shown with the recorded permission" if needs_permission(card) else f"shown: licence class {card.licence_class}"
    items = tuple(
        ShownItem(
            item.range.id,
            item.label,
            plain_text(bound.prefix),
            plain_text(bound.text),
            tuple(map(plain_text, bound.before)),
            tuple((option.points, plain_text(option.text)) for option in bound.options),
        )
        for item, bound in zip(card.items, form.items, strict=True)
    )
    return Shown(card.id, True, why, items, tuple(_notice(card, form)), form.permission)


def fits(form: BoundForm, card: InstrumentCard) -> bool:
    """True when the form's items are those of the card, in order, their options together worth exactly the points that the card allows."""
    if form.instrument != card.id or [b.item for b in form.items] != [i.range.id for i in card.items]:
        return False
    if len({bound.link for bound in form.items}) != len(form.items):
        return False
    for bound, item in zip(form.items, card.items, strict=True):
        allowed = item.range.allowed or tuple(range(item.range.low, item.range.high + 1))
        if bound.options and {option.points for option in bound.options} != set(allowed):
            return False
        if (bound.low, bound.high) != (item.range.low, item.range.high):
            return False
    return True


def _notice(card: InstrumentCard, form: BoundForm) -> Iterator[str]:
    yield f"{card.name}: {plain_text(card.owner)}"
    if form.copyright:
        yield plain_text(form.copyright)
    if form.permission is not None:
        yield permission_line(form.permission)


def permission_line(permission: Permission) -> str:
    """The permission as one line for a print."""
    return f"wording shown with permission of {permission.who}, {permission.when}; {permission.reference}"


def stored_forms(overlay: Path | None) -> dict[str, Path]:
    """Instrument id -> file of the clinic's bound form."""
    return {} if overlay is None else {path.stem: path for path in sorted((overlay / FOLDER).glob("*.toml"))}


def stored_form(overlay: Path | None, instrument: str) -> BoundForm | None:
    """The clinic's bound form of an instrument; None when there is none.

    Raises
    ------
    KnowledgeError : the file is not what `mind form -o` writes.
    """
    path = stored_forms(overlay).get(instrument)
    return None if path is None else read_form_card(path)


def read_form_card(path: Path) -> BoundForm:
    """The bound form in one file.

    Raises
    ------
    KnowledgeError : too large, not TOML, a field missing or of another type, or an instrument that is not the file's name.
    """
    if path.stat().st_size > MOST_BYTES:
        raise KnowledgeError(f"{path.name}: larger than {MOST_BYTES:,} bytes; write it again with: painloom mind form")
    card = Fields(read_toml(path), path.name)
    if card.integer("schema") != 1 or card.text("id") != path.stem:
        raise KnowledgeError(f"{path.name}: must be of schema 1 and carry the instrument that its file is named by")
    given = card.child("permission")
    permission = None
    if given is not None:
        permission = permission_of(f"{given.text('who')};{given.text('when')};{given.text('reference')}")
        if permission is None:
            raise KnowledgeError(f"{path.name} [permission]: who, when (a date, YYYY-MM-DD) and reference must all be there, without ';'")
    return BoundForm(
        instrument=card.text("id"),
        release=card.text("release"),
        items=tuple(_item(fields) for fields in card.children("item")),
        url=card.text("url", ""),
        version=card.text("version", ""),
        resource_id=card.text("resource_id", ""),
        digest=card.text("digest", ""),
        copyright=card.text("copyright", ""),
        has_wording=card.flag("has_wording"),
        permission=permission,
        extras=tuple(Extra(e.text("link", ""), e.text("why")) for e in card.children("extra")),
        warnings=card.texts("warnings"),
    )


def _item(fields: Fields) -> BoundItem:
    options = tuple(
        BoundOption(o.integer("points"), o.text("text", ""), o.text("code", ""), o.text("system", "")) for o in fields.children("option")
    )
    return BoundItem(
        item=fields.text("id"),
        link=fields.text("link"),
        bound_by=fields.text("bound_by"),
        points_by=fields.texts("points_by"),
        low=fields.integer("low"),
        high=fields.integer("high"),
        options=options,
        prefix=fields.text("prefix", ""),
        text=fields.text("text", ""),
        before=fields.texts("before"),
        turned_back=fields.flag("turned_back"),
    )


def permission_of(text: str) -> Permission | None:
    """`who; when; reference` as a permission; None where it is not three parts with a date (YYYY-MM-DD) in the middle."""
    parts = [plain_text(part) for part in text.split(";")]
    if len(parts) != 3 or not all(parts) or not DATE.fullmatch(parts[1]):
        return None
    try:
        datetime.date.fromisoformat(parts[1])
    except ValueError:
        return None
    return Permission(*parts)


def form_toml(form: BoundForm) -> str:
    """The text of a `forms/<instrument>.toml`; `read_form_card` gives the same noun back."""
    head: dict[str, Value] = {
        "schema": 1,
        "id": form.instrument,
        "release": form.release,
        "url": form.url,
        "version": form.version,
        "resource_id": form.resource_id,
        "digest": form.digest,
        "copyright": form.copyright,
        "has_wording": form.has_wording,
        "warnings": form.warnings,
    }
    lines = list(_entries(head))
    if form.permission is not None:
        permission = form.permission
        lines += ["", "[permission]", *_entries({"who": permission.who, "when": permission.when, "reference": permission.reference})]
    for item in form.items:
        lines += ["", "[[item]]", *_entries(_item_entries(item))]
        for option in item.options:
            texts = _entries({"text": option.text, "code": option.code, "system": option.system})
            lines += ["[[item.option]]", f"points = {option.points}", *texts]
    for extra in form.extras:
        lines += ["", "[[extra]]", *_entries({"link": extra.link, "why": extra.why})]
    return "\n".join(lines) + "\n"


def _item_entries(item: BoundItem) -> dict[str, Value]:
    return {
        "id": item.item,
        "link": item.link,
        "bound_by": item.bound_by,
        "points_by": item.points_by,
        "low": item.low,
        "high": item.high,
        "prefix": item.prefix,
        "before": item.before,
        "text": item.text,
        "turned_back": item.turned_back,
    }


def _entries(entries: Mapping[str, Value]) -> Iterator[str]:
    """One line an entry; empty texts and lists are not written."""
    for name, value in entries.items():
        if value not in ("", ()):
            yield f"{name} = {_value(value)}"


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_string, value)) + "]"
    return _string(value)


def _string(text: str) -> str:
    """A TOML basic string."""
    return '"' + "".join(ESCAPES.get(c) or (f"\\u{ord(c):04X}" if ord(c) < 32 or ord(c) == 127 else c) for c in text) + '"'
