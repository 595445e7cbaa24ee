"""Private recordings, which no site knows: only those who have a passphrase are told of them, on pages of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from castsite.config import SiteConfig
from castsite.errors import Problem, Severity, quote
from castsite.site.addresses import Facts
from castsite.site.model import Document, Recording
from castsite.site.naming import date_of, title_of
from castsite.site.organise import merged_options
from castsite.site.selection import state_of
from castsite.site.urls import private_slug
from castsite.site.withheld import is_private

WITHOUT_EFFECT = ("slug", "aliases", "captions", "audio", "export", "outputs", "related")
"""Keys of front matter that would tell of a private recording elsewhere, or that its page does not show."""


def parted(documents: Iterable[Document], config: SiteConfig) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    """Part what everybody may see from the recordings that are private."""
    everything = tuple(documents)
    private = tuple(one for one in everything if one.kind == "recording" and is_private(one.meta, config))
    paths = {one.path for one in private}
    return tuple(one for one in everything if one.path not in paths), private


def hidden(
    documents: Iterable[Document], facts: Mapping[str, Facts], *, config: SiteConfig, now: datetime, key: str
) -> Iterator[Recording]:
    """Give the private recordings that were found good, but for those that have expired; `key` makes addresses."""
    for document in documents:
        if document.path not in facts:
            continue
        found = facts[document.path]
        day = date_of(document, found.summary, config.timezone)
        if state_of(document, day, config, now) == "expired":
            continue
        slug = private_slug(document.path, key)
        yield Recording(
            source=document.path,
            slug=slug,
            section="",
            title=title_of(document, found.summary),
            date=day,
            meta=document.meta,
            body=document.body,
            body_place=document.body_place,
            summary=found.summary._replace(film="", captions=()),
            key=found.key,
            cast=slug,
            options=merged_options(config.player, document.meta.player),
            outputs=(),
            state="private",
        )


def problems(documents: Iterable[Document]) -> Iterator[Problem]:
    """Name what was written about private recordings and does nothing."""
    for document in documents:
        for name, place in document.meta.places:
            if name in WITHOUT_EFFECT and place.path:
                text = f"{quote(name)} has no effect on a private recording"
                yield Problem(Severity.WARNING, place, "no-effect", text)
        if document.meta.poster_is_picture:
            text = "poster: a picture would not be encrypted, and is left out; name a time, such as 0:12"
            yield Problem(Severity.WARNING, document.meta.place("poster", document.path), "no-effect", text)
