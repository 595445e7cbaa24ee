"""Pages of Markdown in lists, and what is said of a text: how it begins, how long it takes, what it is divided into.

A post is a page with a date. Sources: people read about 220 words a minute in languages that put blanks between words
(Brysbaert 2019: 238 in English), and about 350 signs of Chinese or Japanese.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from castsite.limits import SECOND
from castsite.render import markdown
from castsite.render.context import Anchor, Heading, Post
from castsite.render.shell import Press, Sheet, page_of, shown
from castsite.schema.values import Day
from castsite.site.model import Page

_WORDS, _SIGNS = 220, 350
_SIGN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

CONTENTS_FROM: Final = 3
"""Headings from which a text has a table of contents."""

_DEEPEST = 3


class _Reading(NamedTuple):
    """What a reader wants to know of a text before reading it."""

    excerpt: str
    minutes: int


def posts(press: Press, sheet: Sheet, pages: Iterable[Page]) -> tuple[Post, ...]:
    """Give those with a date as a list shows them."""
    return tuple(_post(press, sheet, page, page.date) for page in pages if page.date)


def anchors(sheet: Sheet, pages: Iterable[Page]) -> tuple[Anchor, ...]:
    """Give those without a date, by their titles."""
    return tuple(Anchor(title=page.title, href=sheet.link(page_of(page.slug))) for page in pages if not page.date)


def minutes(page: Page) -> int:
    """Give how many minutes it takes to read a page, at least one."""
    return _reading(page.body).minutes


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
    told = page.meta.description
    return Post(
        title=page.title,
        href=sheet.link(page_of(page.slug)),
        date=shown(day, press.shelf.site.config.language),
        excerpt=_reading(told).excerpt if told else _reading(page.body).excerpt,
        minutes=minutes(page),
    )


@lru_cache(maxsize=16384)
def _reading(text: str) -> _Reading:
    """Look at a text without following its links; several lists show the same post."""
    prose = markdown.words(text)
    signs = len(_SIGN.findall(prose.whole))
    words = len(_SIGN.sub(" ", prose.whole).split())
    return _Reading(markdown.plain(prose.beginning), max(1, round(words / _WORDS + signs / _SIGNS)))
