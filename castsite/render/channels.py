"""Which lists of a site have feeds, and what stands in them: the newest of what has a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nlargest
from typing import Final

from castsite.render.shelf import Shelf
from castsite.site.model import Page, Recording
from castsite.site.urls import parents

ENTRIES: Final = 20
"""Entries of a feed at most."""

FORMATS: Final = (
    ("feed.atom", "application/atom+xml", "Atom"),
    ("feed.rss", "application/rss+xml", "RSS"),
    ("feed.json", "application/feed+json", "JSON"),
)
"""File name, media type and name of each kind of feed."""

Item = Recording | Page


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """What the feeds of one list hold. `slug` is that of the list, "" for the whole site."""

    slug: str
    title: str
    items: tuple[Item, ...]
    """the newest first, all of them dated"""

    def path(self, name: str) -> str:
        """Output path of a feed's file."""
        return f"{self.slug}/{name}" if self.slug else name


def channels(shelf: Shelf) -> Mapping[str, Channel]:
    """Give the channel of every list that has one, by slug.

    Feeds hold absolute links only: without a `base_url`, or when `feeds` is off, there are none. A list without a
    dated item has none either, since a feed has to say when it was updated.
    """
    config = shelf.site.config
    if not config.base_url or not config.feeds:
        return {}
    every: tuple[Item, ...] = (*shelf.listed.values(), *(page for page in shelf.markdown.values() if _is_listed(page)))
    dated = {item.slug: item for item in every if item.date}
    under = _below(dated)
    titles = {section.slug: section.title for section in shelf.site.sections}
    for one in shelf.collections.values():
        titles[one.slug] = one.title
        under[one.slug] = [dated[slug] for slug in (*one.recordings, *one.pages) if slug in dated]
    titles[""] = config.title
    found = (Channel(slug, titles[slug], _newest(items)) for slug, items in sorted(under.items()) if slug in titles)
    return {channel.slug: channel for channel in found if channel.items}


def _is_listed(page: Page) -> bool:
    return page.state == "public"


def _below(items: Mapping[str, Item]) -> dict[str, list[Item]]:
    """Give what stands below the home page, and below each section."""
    inside: dict[str, list[Item]] = defaultdict(list)
    for slug, item in items.items():
        inside[slug.rpartition("/")[0]].append(item)
    under: dict[str, list[Item]] = defaultdict(list)
    for folder, found in inside.items():
        under[folder] += found
        for above in parents(folder):
            under[above] += found
        if folder:
            under[""] += found
    return under


def _newest(items: Iterable[Item]) -> tuple[Item, ...]:
    dated = ((item.date.moment, item.slug, item) for item in items if item.date)
    return tuple(item for _, _, item in nlargest(ENTRIES, dated, key=lambda one: one[:2]))
