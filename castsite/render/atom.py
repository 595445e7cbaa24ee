"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterator

from castsite.render.encode import checked_xml, xml_element, xml_text
from castsite.render.feed import CAST_TYPE, Entry, Feed, Person
from castsite.schema.values import Day


def atom(feed: Feed, url: str) -> bytes:
    """Write a feed that is published at `url`. Raises ValueError when what came out is no XML."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{xml_text(feed.language)}">',
        xml_element("id", feed.url),
        xml_element("title", feed.title),
        *([xml_element("subtitle", feed.description)] if feed.description else []),
        xml_element("updated", _moment(feed.updated)),
        _person("author", feed.author),
        xml_element("link", rel="self", type="application/atom+xml", href=url),
        xml_element("link", rel="alternate", type="text/html", href=feed.url),
        xml_element("generator", "castsite"),
        *(line for entry in feed.entries for line in _entry(entry)),
        "</feed>",
        "",
    ]
    return checked_xml("\n".join(lines)).encode()


def _entry(entry: Entry) -> Iterator[str]:
    yield "<entry>"
    yield xml_element("id", entry.url)
    yield xml_element("title", entry.title)
    yield xml_element("link", rel="alternate", type="text/html", href=entry.url)
    yield xml_element("published", _moment(entry.published))
    yield xml_element("updated", _moment(entry.updated))
    yield from (_person("author", author) for author in entry.authors)
    yield from (xml_element("category", term=tag) for tag in entry.tags)
    if entry.summary:
        yield xml_element("summary", entry.summary)
    yield xml_element("content", entry.html, type="html")
    if entry.enclosure:
        yield xml_element(
            "link", rel="enclosure", type=CAST_TYPE, length=str(entry.enclosure.size), href=entry.enclosure.url
        )
    yield "</entry>"


def _person(role: str, person: Person) -> str:
    address = xml_element("uri", person.url) if person.url else ""
    return f"<{role}>{xml_element('name', person.name)}{address}</{role}>"


def _moment(day: Day) -> str:
    """RFC 3339; a day without a time is its first moment."""
    return day.moment.isoformat()
