"""Drawings of a page made ready for a printer that knows no page style inside SVG: styles written into each element, icons as grounds.

WeasyPrint draws inline SVG without the style sheets of the page, without custom properties and without symbols of another drawing; and it
tags every drawing as a figure that needs a text.  So before the page is laid out each element gets what the page's print style says of it,
each hidden icon becomes the ground of an empty span, and each figure a title.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = re.compile(r"fill|stroke|opacity|font|text-anchor|paint-order|display|visibility|letter-spacing|color$")
VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,\s*([^()]*))?\)")
FONT = re.compile(r"(?:(?P<weight>\d+|bold|normal)\s+)?(?P<size>[\d.]+(?:px|pt|em))(?:/\S+)?\s+(?P<family>.+)")
DEEPEST = 8  # a custom property may name another one
SCREEN = re.compile(r"screen|width|prefers")
INK = "#000"

Declarations = list[tuple[str, str]]


def settle_drawings(root: Any) -> None:
    """Write the print style into every SVG element below `root` (an ElementTree of the page), in place."""
    rules = list(_rules("\n".join(e.text or "" for e in _styles(root))))
    variables = _variables(rules)
    _inline(root, _matcher(rules, variables), variables)
    _drop_inner_styles(root)
    symbols = {s.get("id", ""): s for s in root.iter(f"{SVG}symbol")}
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            if child.tag != f"{SVG}svg":
                continue
            if child.get("class") == "sprite":
                parent.remove(child)
            elif child.get("aria-hidden") == "true":
                parent[place] = _as_ground(child, symbols)
            else:
                _name(child)


def _styles(root: Any) -> Iterator[Any]:
    return (e for e in root.iter() if e.tag in ("style", f"{SVG}style"))


def _rules(css: str) -> Iterator[Any]:
    """All plain rules in order; those for screens are left out, those for print are taken like any other."""
    tinycss2 = import_module("tinycss2")
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            yield rule
        elif _is_for_print(rule):
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            yield from (r for r in inner if r.type == "qualified-rule")


def _is_for_print(rule: Any) -> bool:
    is_media = rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content is not None
    return is_media and not SCREEN.search(import_module("tinycss2").serialize(rule.prelude))


def _declarations(rule: Any) -> Declarations:
    tinycss2 = import_module("tinycss2")
    parsed = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    return [(d.name, tinycss2.serialize(d.value).strip()) for d in parsed if d.type == "declaration"]


def _variables(rules: list[Any]) -> dict[str, str]:
    """Custom properties of the page's root; the later rule wins, so what print says holds."""
    tinycss2 = import_module("tinycss2")
    found: dict[str, str] = {}
    for rule in rules:
        if tinycss2.serialize(rule.prelude).strip() == ":root":
            found.update((n, v) for n, v in _declarations(rule) if n.startswith("--"))
    return found


def _settled(value: str, variables: Mapping[str, str]) -> str:
    """`value` with every var() replaced; an unknown name gives its fallback, or black."""
    for _ in range(DEEPEST):
        if "var(" not in value:
            break
        value = VARIABLE.sub(lambda m: variables.get(m[1]) or (m[2] or INK).strip(), value)
    return value


def _matcher(rules: list[Any], variables: Mapping[str, str]) -> Any:
    """A matcher of the rules that say something about how shapes look."""
    cssselect2 = import_module("cssselect2")
    matcher = cssselect2.Matcher()
    for rule in rules:
        drawn = [(n, _settled(v, variables)) for n, v in _declarations(rule) if DRAWN.match(n)]
        if not drawn:
            continue
        try:
            selectors = cssselect2.compile_selector_list(rule.prelude)
        except cssselect2.SelectorError:
            continue  # a selector of newer browsers, such as a part of a details element
        for selector in selectors:
            matcher.add_selector(selector, drawn)
    return matcher


def _inline(root: Any, matcher: Any, variables: Mapping[str, str]) -> None:
    wrapper = import_module("cssselect2").ElementWrapper.from_html_root(root)
    for node in wrapper.iter_subtree():
        element = node.etree_element
        if not str(element.tag).startswith(SVG):
            continue
        for name, value in list(element.attrib.items()):
            if "var(" in value:
                element.set(name, _settled(value, variables))
        said: dict[str, str] = {}
        for _, _, pseudo, declarations in matcher.match(node):
            if pseudo is None:
                said.update(_spelled(declarations))
        if said:
            own = element.get("style", "")
            element.set("style", ";".join([*(f"{n}:{v}" for n, v in said.items()), *([own] if own else [])]))


def _spelled(declarations: Declarations) -> Iterator[tuple[str, str]]:
    """Declarations with the short form of a font taken apart."""
    for name, value in declarations:
        parts = FONT.fullmatch(value) if name == "font" else None
        if parts:
            yield "font-size", parts["size"]
            yield "font-family", parts["family"]
            if parts["weight"]:
                yield "font-weight", parts["weight"]
        else:
            yield name, value


def _drop_inner_styles(root: Any) -> None:
    for parent in list(root.iter()):
        for child in [c for c in parent if c.tag == f"{SVG}style"]:
            parent.remove(child)


def _as_ground(drawing: Any, symbols: Mapping[str, Any]) -> Any:
    """A hidden drawing as the ground of an empty span: it is seen and not read."""
    for parent in list(drawing.iter()):
        for place, child in enumerate(list(parent)):
            symbol = symbols.get(child.get("href", "").removeprefix("#")) if child.tag == f"{SVG}use" else None
            if symbol is not None:
                group = parent.makeelement(f"{SVG}g", {})
                group.extend(list(symbol))
                parent[place] = group
    _, _, wide, high = (float(x) for x in drawing.get("viewBox", "0 0 16 16").split())
    tail, drawing.tail = drawing.tail, None
    copy = ElementTree.fromstring(ElementTree.tostring(drawing))
    copy.set("width", f"{wide:g}")
    copy.set("height", f"{high:g}")
    copy.set("color", INK)
    data = b64encode(ElementTree.tostring(copy)).decode("ascii")
    span = drawing.makeelement("span", {"class": f"drawn {drawing.get('class', '')}".strip()})
    box = f"width:{drawing.get('width', f'{wide:g}')}px;height:{drawing.get('height', f'{high:g}')}px"
    span.set("style", f"{box};background:url(data:image/svg+xml;base64,{data}) 0 0/100% 100% no-repeat")
    span.tail = tail
    return span


def _name(drawing: Any) -> None:
    """A title for a drawing whose name stands in an attribute alone."""
    label = drawing.get("aria-label")
    if drawing.find(f"{SVG}title") is None and label:
        title = drawing.makeelement(f"{SVG}title", {})
        title.text = label
        drawing.insert(0, title)
