"""A page as a reader meets it: its words, and one part of it."""

import html
import re


def words(page: str) -> str:
    """What a reader sees, without markup."""
    text = re.sub(r"<style.*?</style>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def part(page: str, name: str) -> str:
    """The markup of one section."""
    return page.split(f'<section class="part part-{name}"')[1].split("</section>")[0]


def front(page: str) -> str:
    """Page one: all that comes before the list of sections."""
    return page.split('<nav class="toc"')[0]
