"""A feed as values: what Atom, RSS and JSON Feed say in their own ways. Every address in it is absolute."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

from markupsafe import Markup
from msgspec import Struct

from castsite.limits import SECOND
from castsite.regex import regex
from castsite.render import prose
from castsite.render.cards import card_path
from castsite.render.channels import Channel, Item
from castsite.render.covers import cover_path, cover_size
from castsite.render.encode import clock, number, safe_text
from castsite.render.shelf import Shelf
from castsite.render.shell import Sheet, outside, page_of, sheet
from castsite.render.words import Words
from castsite.schema.values import Author, Day
from castsite.site.model import Recording
from castsite.site.urls import absolute

CAST_TYPE = "application/x-asciicast"

_ADDRESS = regex(r'(<(?:a|img) (?:[a-z]+="[^"]*" )*(?:href|src)=")([^"]*)')
"""Addresses in HTML that was cleaned: lower-case names, values in double quotes."""


class Person(Struct, frozen=True):
    """Somebody who made something; the address is one of http or https, or empty."""

    name: str
    url: str = ""


class Enclosure(Struct, frozen=True):
    """A recording to be fetched: its address, size in bytes, played length in whole seconds."""

    url: str
    size: int
    seconds: int


class Entry(Struct, frozen=True):
    """One item. Its page's address is its identity."""

    url: str
    title: str
    summary: str
    html: str
    published: Day
    updated: Day
    authors: tuple[Person, ...]
    tags: tuple[str, ...]
    enclosure: Enclosure | None
    image: str = ""
    """address of the poster, or empty"""


class Feed(Struct, frozen=True):
    """All of a channel, the newest first. `updated` is when its newest entry was: never the time of the build."""

    url: str
    """of the page it belongs to"""
    title: str
    description: str
    language: str
    author: Person
    updated: Day
    entries: tuple[Entry, ...]


def feed(shelf: Shelf, channel: Channel, base_url: str, words: Words) -> Feed:
    """Make the feed of a list; its channel has at least one entry."""
    config = shelf.site.config
    title = config.title if channel.slug == "" else f"{channel.title} · {config.title}"
    entries = tuple(_entry(shelf, item, day, base_url, words) for item, day in _dated(channel))
    return Feed(
        url=absolute(base_url, page_of(channel.slug)),
        title=safe_text(title),
        description=safe_text(config.description if channel.slug == "" else ""),
        language=config.language,
        author=_person(config.author or Author(config.title)),
        updated=max((entry.updated for entry in entries), key=lambda day: day.moment),
        entries=entries,
    )


def _dated(channel: Channel) -> Iterator[tuple[Item, Day]]:
    for item in channel.items:
        if item.date:
            yield item, item.date


def _entry(shelf: Shelf, item: Item, day: Day, base_url: str, words: Words) -> Entry:
    path = page_of(item.slug)
    url = absolute(base_url, path)
    here = sheet(path, base_url)
    recording = item if isinstance(item, Recording) else None
    updated = item.meta.updated
    return Entry(
        url=url,
        title=safe_text(item.title) or item.slug,
        summary=safe_text(prose.plain_description(shelf, item)),
        html=_html(shelf, here, item, url, words),
        published=day,
        updated=updated if updated and updated.moment > day.moment else day,
        authors=tuple(person for person in map(_person, item.meta.authors) if person.name),
        tags=tuple(filter(None, map(safe_text, item.meta.tags))),
        enclosure=_enclosure(recording, base_url) if recording else None,
        image=absolute(base_url, card_path(recording.slug)) if recording else "",
    )


def _enclosure(recording: Recording, base_url: str) -> Enclosure:
    summary = recording.summary
    return Enclosure(absolute(base_url, f"{recording.cast}.cast"), summary.size, summary.duration // SECOND)


def _html(shelf: Shelf, here: Sheet, item: Item, url: str, words: Words) -> str:
    """Give poster, description and text of an item, every address in it seen from its page and made absolute."""
    parts = [_poster(here, item, words)] if isinstance(item, Recording) else []
    if told := prose.description(shelf, here, item):
        parts.append(Markup("<p>{}</p>").format(told))
    parts.append(prose.still_body(shelf, here, item))
    html = "\n".join(part for part in parts if part)
    return _ADDRESS.sub(lambda match: match[1] + urljoin(url, match[2]), html)


def _poster(here: Sheet, recording: Recording, words: Words) -> Markup:
    width, height = cover_size(recording)
    alt = words.recording_lasting(clock=clock(recording.summary.duration))
    picture = Markup('<p><a href="{}"><img src="{}" alt="{}" width="{}" height="{}"></a></p>')
    poster, page = here.link(cover_path(recording)), here.link(here.path)
    return picture.format(page, poster, alt, number(round(width)), number(round(height)))


def _person(author: Author) -> Person:
    url = outside(author.url)
    return Person(safe_text(author.name), url if url.startswith("http") else "")
