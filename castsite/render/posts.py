"""Pages of Markdown in lists, and what is said of a text: how it begins, how long it takes, what it is divided into.

A post is a page with a date. Sources: people read about 220 words a minute in languages that put blanks between words
(Brysbaert 2019: 238 in English), and about 350 signs of Chinese or Japanese.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from castsite.limits import SECOND
from castsite.render import markdown, prose
from castsite.render.context import Anchor, Heading, Post
from castsite.render.shell import Press, Sheet, page_of, shown
from castsite.schema.values import Day
from castsite.site.model import Page

_WORDS, _SIGNS = 220, 350
_SIGN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

CONTENTS_FROM: Final = 3
"""Headings from which a text has a table of contents."""

_DEEPEST = 3


def posts(press: Press, sheet: Sheet, pages: Iterable[Page]) -> tuple[Post, ...]:
    """Give those with a date as a list shows them."""
    return tuple(_post(press, sheet, page, page.date) for page in pages if page.date)


def anchors(sheet: Sheet, pages: Iterable[Page]) -> tuple[Anchor, ...]:
    """Give those without a date, by their titles."""
    return tuple(Anchor(title=page.title, href=sheet.link(page_of(page.slug))) for page in pages if not page.date)


def minutes(text: markdown.Rendered) -> int:
    """Give how many minutes it takes to read a text, at least one."""
    return _minutes(text.plain)


@lru_cache(maxsize=16384)
def _minutes(prose: str) -> int:
    """Count once for all lists that show a post."""
    signs = 0 if prose.isascii() else len(_SIGN.findall(prose))
    words = len((_SIGN.sub(" ", prose) if signs else prose).split())
    return max(1, round(words / _WORDS + signs / _SIGNS))


def contents(headings: Iterable[markdown.Heading]) -> tuple[Heading, ...]:
    """Make the table of contents of a text; nothing where there are few headings."""
    found = [one for one in headings if one.level <= _DEEPEST and one.title]
    if len(found) < CONTENTS_FROM:
        return ()
    return tuple(Heading(level=one.level, href=f"#{one.id}", title=one.title) for one in found)


def whole_minutes(duration: int) -> int:
    """Round microseconds up to minutes."""
    return math.ceil(duration / (60 * SECOND))


def _post(press: Press, sheet: Sheet, page: Page, day: Day) -> Post:
    own = press.sheet(page_of(page.slug))
    text = prose.rendered(press.shelf, own, page)
    return Post(
        title=page.title,
        href=sheet.link(page_of(page.slug)),
        date=shown(day, press.shelf.site.config.language),
        excerpt=markdown.plain(prose.plain_description(press.shelf, own, page)),
        minutes=minutes(text),
    )
