"""The feeds of a site as artifacts: three for every list that has a dated item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Final

from castsite.artifact import Artifact, Order
from castsite.render import prose
from castsite.render.atom import atom
from castsite.render.channels import FORMATS, Channel
from castsite.render.digests import digest
from castsite.render.feed import Feed, feed
from castsite.render.jsonfeed import json_feed
from castsite.render.rss import rss
from castsite.render.shelf import Shelf
from castsite.render.words import Words
from castsite.site.urls import absolute

_WRITERS: Final = MappingProxyType({"feed.atom": atom, "feed.rss": rss, "feed.json": json_feed})


def feeds(shelf: Shelf, lists: Iterable[Channel], *, fingerprint: str, words: Words) -> Iterator[Artifact]:
    """Give the feeds of the site, its sections, tags, series and authors: of those `lists`; none without a `base_url`.

    `fingerprint` is a digest of the code.
    """
    config = shelf.site.config
    if not config.base_url:
        return
    base = digest(
        fingerprint,
        config,
        str(words.recording_lasting),
    )
    made = lru_cache(maxsize=1)(
        partial(_feed, shelf, config.base_url, words)
    )  # three files of one feed, one after the other
    for channel in lists:
        key = digest(
            base,
            channel.slug,
            channel.title,
            [(shelf.digests[item.slug], prose.fingerprint(shelf, item)) for item in channel.items],
        )
        for name, _, _ in FORMATS:
            path = channel.path(name)
            body = partial(_body, made, channel, name, absolute(config.base_url, path))
            yield Artifact(path, Order.INDEX, config.content, body, key)


def _feed(shelf: Shelf, base_url: str, words: Words, channel: Channel) -> Feed:
    return feed(shelf, channel, base_url, words)


def _body(made: Callable[[Channel], Feed], channel: Channel, name: str, url: str) -> bytes:
    return _WRITERS[name](made(channel), url)
