"""The one template environment of all pages: everything escaped, texts from outside without control characters."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from painloom.report.wording import printable


@cache
def environment() -> Environment:
    """The templates of this package; a name that a template asks for and nobody gave is an error."""
    return Environment(
        loader=PackageLoader("painloom.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _clean(value: object) -> object:
    """Texts from outside without control characters; our own markup as it is."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
