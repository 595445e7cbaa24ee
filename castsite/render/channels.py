"""Which lists of a site have feeds, and what stands in them: the newest of what has a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest
from typing import Final

from castsite.render.shelf import Shelf
from castsite.site.model import Page, Recording

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
    under: dict[str, list[Item]] = defaultdict(list)
    for item in every:
        for slug in _lists(item, shelf):
            under[slug].append(item)
    titles = {section.slug: section.title for section in shelf.site.sections}
    titles |= {one.slug: one.title for one in shelf.collections.values()}
    titles[""] = config.title
    found = (Channel(slug, titles[slug], _newest(items)) for slug, items in sorted(under.items()) if slug in titles)
    return {channel.slug: channel for channel in found if channel.items}


def _is_listed(page: Page) -> bool:
    return page.state == "public"


def _lists(item: Item, shelf: Shelf) -> Iterator[str]:
    """Give the lists an item stands in: the site, the sections above it, its tags, series and authors."""
    yield ""
    steps = item.slug.split("/")[:-1]
    yield from ("/".join(steps[: depth + 1]) for depth in range(len(steps)))
    names = [
        *(("tags", tag) for tag in item.meta.tags),
        *(("authors", author.name) for author in item.meta.authors),
        *([("series", item.meta.series.name)] if item.meta.series and isinstance(item, Recording) else []),
    ]
    found = (shelf.collection(kind, name) for kind, name in names)  # type: ignore[arg-type] # words of `Kind`
    yield from dict.fromkeys(one.slug for one in found if one)


def _newest(items: Iterable[Item]) -> tuple[Item, ...]:
    dated = [(item.date.moment, item.slug, item) for item in items if item.date]
    return tuple(item for _, _, item in nlargest(ENTRIES, dated, key=lambda one: one[:2]))
