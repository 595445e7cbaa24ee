"""Which lists of a site have feeds, and what stands in them: the newest of what has a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

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


class Channel(Struct, frozen=True, eq=False):
    """What the feeds of one list hold. `slug` is that of the list, "" for the whole site."""

    slug: str
    title: str
    items: tuple[Item, ...]
    """the newest first, all of them dated"""

    def path(self, name: str) -> str:
        """Output path of a feed's file."""
        return f"{self.slug}/{name}" if self.slug else name


Channels = Mapping[str, Channel]
"""By slug, for every list that has one."""


def channels(shelf: Shelf) -> Channels:
    """Give the channels of a site.

    Feeds hold absolute links only: without a `base_url`, or when `feeds` is off, there are none. A list without a
    dated item has none either, since a feed has to say when it was updated.
    """
    config = shelf.site.config
    if not config.base_url or not config.feeds:
        return {}
    every: tuple[Item, ...] = (*shelf.listed.values(), *(page for page in shelf.markdown.values() if _is_listed(page)))
    dated = sorted(((item.date.moment, item.slug, item) for item in every if item.date), key=_age, reverse=True)
    places = {slug: place for place, (_, slug, _) in enumerate(dated)}
    under = _below(places)
    titles = {section.slug: section.title for section in shelf.site.sections}
    for one in shelf.collections.values():
        titles[one.slug] = one.title
        under[one.slug] = [places[slug] for slug in (*one.recordings, *one.pages) if slug in places]
    titles[""] = config.title
    newest = ((slug, sorted(found)[:ENTRIES]) for slug, found in sorted(under.items()) if found and slug in titles)
    return {slug: Channel(slug, titles[slug], tuple(dated[place][2] for place in found)) for slug, found in newest}


def _age(one: tuple[datetime, str, Item]) -> tuple[datetime, str]:
    return one[:2]


def _is_listed(page: Page) -> bool:
    return page.state == "public"


def _below(places: Mapping[str, int]) -> dict[str, list[int]]:
    """Give the places of what stands below the home page, and below each section."""
    inside: dict[str, list[int]] = defaultdict(list)
    for slug, place in places.items():
        inside[slug.rpartition("/")[0]].append(place)
    under: dict[str, list[int]] = defaultdict(list)
    for folder, found in inside.items():
        under[folder] += found
        for above in parents(folder):
            under[above] += found
        if folder:
            under[""] += found
    return under
