"""Pages of Markdown in lists, and what is said of a text: how it begins, how long it takes, what it is divided into.

A post is a page with a date.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from castsite.limits import SECOND
from castsite.render import prose
from castsite.render.context import Anchor, Heading, Post
from castsite.render.extra import extra
from castsite.render.markdown import Heading as Titled
from castsite.render.markdown import plain
from castsite.render.shell import Press, Sheet, page_of, shown
from castsite.schema.values import Day
from castsite.site.model import Page

CONTENTS_FROM: Final = 3
"""Headings from which a text has a table of contents."""

_DEEPEST = 3


def posts(press: Press, sheet: Sheet, pages: Iterable[Page]) -> tuple[Post, ...]:
    """Give those with a date as a list shows them."""
    return tuple(_post(press, sheet, page, page.date) for page in pages if page.date)


def anchors(sheet: Sheet, pages: Iterable[Page]) -> tuple[Anchor, ...]:
    """Give those without a date, by their titles."""
    return tuple(Anchor(title=page.title, href=sheet.link(page_of(page.slug))) for page in pages if not page.date)


def contents(headings: Iterable[Titled]) -> tuple[Heading, ...]:
    """Make the table of contents of a text; nothing where there are few headings."""
    found = [one for one in headings if one.level <= _DEEPEST and one.title]
    if len(found) < CONTENTS_FROM:
        return ()
    return tuple(Heading(level=one.level, href=f"#{one.id}", title=one.title) for one in found)


def whole_minutes(duration: int) -> int:
    """Round microseconds up to minutes."""
    return math.ceil(duration / (60 * SECOND))


def _post(press: Press, sheet: Sheet, page: Page, day: Day) -> Post:
    return Post(
        title=page.title,
        href=sheet.link(page_of(page.slug)),
        date=shown(day, press.shelf.site.config.language),
        excerpt=plain(prose.plain_description(press.shelf, page)),
        minutes=prose.minutes(press.shelf, page),
        extra=extra(page.meta.extra),
    )
