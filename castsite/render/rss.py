"""RSS 2.0 (rssboard.org), with `atom:link` for its own address and `dc:creator` for names without an e-mail address."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import format_datetime

from castsite.render.encode import checked_xml, xml_element
from castsite.render.feed import CAST_TYPE, Entry, Feed
from castsite.schema.values import Day

_OPENING = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">'


def rss(feed: Feed, url: str) -> bytes:
    """Write a feed that is published at `url`. Raises ValueError when what came out is no XML."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        _OPENING,
        "<channel>",
        xml_element("title", feed.title),
        xml_element("link", feed.url),
        xml_element("description", feed.description or feed.title),
        xml_element("language", feed.language),
        xml_element("lastBuildDate", _moment(feed.updated)),
        xml_element("generator", "castsite"),
        xml_element("atom:link", rel="self", type="application/rss+xml", href=url),
        *(line for entry in feed.entries for line in _item(entry)),
        "</channel>",
        "</rss>",
        "",
    ]
    return checked_xml("\n".join(lines)).encode()


def _item(entry: Entry) -> Iterator[str]:
    yield "<item>"
    yield xml_element("title", entry.title)
    yield xml_element("link", entry.url)
    yield xml_element("guid", entry.url, isPermaLink="true")
    yield xml_element("pubDate", _moment(entry.published))
    yield from (xml_element("dc:creator", author.name) for author in entry.authors)
    yield from (xml_element("category", tag) for tag in entry.tags)
    yield xml_element("description", entry.html or entry.summary)
    if entry.enclosure:
        yield xml_element("enclosure", url=entry.enclosure.url, length=str(entry.enclosure.size), type=CAST_TYPE)
    yield "</item>"


def _moment(day: Day) -> str:
    """RFC 822 as RSS has it: English names whatever the machine's language is."""
    return format_datetime(day.moment)
