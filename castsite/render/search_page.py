"""The page that searches everything: its form, and what there is for readers without scripts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from heapq import nlargest
from typing import Final

from castsite.artifact import Artifact, Order
from castsite.render import beside
from castsite.render.context import Anchor, Listed, SearchPage
from castsite.render.encode import safe_text
from castsite.render.keys import Keys
from castsite.render.masthead import site_view
from castsite.render.shell import Press, Sheet, crumbs, head, page_of, shown_day
from castsite.site.model import Collection, Kind, Recording

SLUG: Final = "search"

RECORDINGS: Final = 1000
"""Recordings listed for readers without scripts."""

TAGS: Final = 60
"""Tags linked for them."""

NAMES: Final = 500
"""Names of a kind that filters offer, those with the most items."""


def search_page(press: Press, keys: Keys) -> Artifact:
    """Give the page. It needs no script to be of use, and with scripts it reads the index."""
    shelf = press.shelf
    listed = [(one.slug, one.title, one.date, one.meta.tags) for one in shelf.listed.values()]
    named = [[(one.slug, one.title, _count(one)) for one in shelf.kind(kind)] for kind in ("tags", "series", "authors")]
    sections = [(section.slug, section.title) for section in shelf.site.sections]
    key = keys.of("search", sorted(listed, key=lambda one: one[0]), named, sections, bool(shelf.markdown))
    config = shelf.site.config
    return Artifact(page_of(SLUG), Order.INDEX, config.content, partial(_body, press), key)


def _body(press: Press) -> bytes:
    shelf, here = press.shelf, press.sheet(page_of(SLUG))
    listed = shelf.listed.values()
    newest = nlargest(
        RECORDINGS, listed, key=lambda one: (one.date.moment.timestamp() if one.date else -math.inf, one.slug)
    )
    title = str(press.words.search)
    page = SearchPage(
        head=head(press, here, title=title, styles=("css/search.css",), scripts=("js/search.js",), index=False),
        site=site_view(press, here),
        crumbs=crumbs(press, here, ""),
        title=title,
        root=here.link("index.html"),
        available=bool(shelf.listed or shelf.markdown),
        tag_names=_names(press, "tags"),
        series_names=_names(press, "series"),
        author_names=_names(press, "authors"),
        recordings=tuple(_listed(press, here, one) for one in newest),
        more=len(shelf.listed) > RECORDINGS,
        sections=tuple(_anchor(here, one.title, one.slug) for one in shelf.site.sections if one.slug),
        tags=tuple(_anchor(here, one.title, one.slug) for one in _largest(shelf.kind("tags"), TAGS)),
    )
    return press.rendered("search.html", page)


def _listed(press: Press, here: Sheet, recording: Recording) -> Listed:
    return Listed(
        title=safe_text(recording.title),
        href=here.link(page_of(recording.slug)),
        date=shown_day(recording.date, press.shelf.site.config.language),
        tags=beside.tags(press.shelf, here, recording.meta),
    )


def _anchor(here: Sheet, title: str, slug: str) -> Anchor:
    return Anchor(title=safe_text(title), href=here.link(page_of(slug)))


def _names(press: Press, kind: Kind) -> tuple[str, ...]:
    """Give the names that the filters offer, in the order of the alphabet."""
    return tuple(sorted((safe_text(one.title) for one in _largest(press.shelf.kind(kind), NAMES)), key=str.casefold))


def _largest(found: Iterable[Collection], count: int) -> list[Collection]:
    return sorted(found, key=lambda one: (-_count(one), one.slug))[:count]


def _count(collection: Collection) -> int:
    return len(collection.recordings) + len(collection.pages)
