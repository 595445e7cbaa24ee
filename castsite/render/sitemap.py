"""`sitemap.xml` (sitemaps.org, version 0.9) and `robots.txt` (RFC 9309): what search engines should look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from castsite.artifact import Artifact, Order
from castsite.errors import Place, Problem, Severity, quote
from castsite.limits import MIB
from castsite.render.digests import digest
from castsite.render.encode import checked_xml, xml_element
from castsite.render.shelf import Shelf
from castsite.render.shell import STATS, page_of
from castsite.schema.values import Day
from castsite.site.model import Kind, Page, Recording
from castsite.site.urls import absolute

MOST: Final = 50_000
"""Addresses that one file may hold; more are spread over several, and `sitemap.xml` lists those."""

LARGEST: Final = 50 * MIB
"""Bytes that one file may have."""
_GROWTH: Final = 9  # bytes that a character of an address takes at most, when it is encoded
_AROUND: Final = 200  # and what stands around it

SITEMAP, ROBOTS = "sitemap.xml", "robots.txt"
_KINDS: Final[tuple[Kind, ...]] = ("tags", "series", "authors")
_OPENING: Final = '<?xml version="1.0" encoding="utf-8"?>'
_SPACE: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


class Location(NamedTuple):
    """A page, and when it last changed, where that is known."""

    path: str
    changed: Day | None = None


def locations(shelf: Shelf) -> tuple[Location, ...]:
    """Give every page that may be in an index, in order: none that is unlisted, gone, or the continuation of a list."""
    found = {page_of(section.slug): None for section in shelf.site.sections}
    found |= {page_of(kind): None for kind in _KINDS if shelf.has(kind)}
    found |= {STATS: None} if shelf.listed else {}
    found |= {page_of(collection.slug): None for collection in shelf.collections.values()}
    items: tuple[Recording | Page, ...] = (*shelf.site.recordings, *shelf.site.pages)
    dated = {page_of(item.slug): item.meta.updated or item.date for item in items if item.state == "public"}
    return tuple(Location(path, changed) for path, changed in sorted((found | dated).items(), key=lambda one: one[0]))


def sitemap(shelf: Shelf, fingerprint: str, most: int = MOST, largest: int = LARGEST) -> Iterator[Artifact]:
    """Give the sitemap of a site that knows its own address, in several files when one may not hold it.

    `fingerprint` is a digest of the code.
    """
    config = shelf.site.config
    if not config.base_url:
        return
    kept = shelf.memory.kept("sitemap", tuple, (fingerprint, most, largest))
    made: tuple[Artifact, ...] | None = kept.get("", shelf.site.structure)
    if made is None:
        parts = list(_parts(locations(shelf), config.base_url, most, largest))
        made = tuple(_files(parts, config.content, config.base_url, fingerprint))
        kept.put("", made, shelf.site.structure)
    yield from made


def _files(parts: list[tuple[Location, ...]], content: str, base_url: str, fingerprint: str) -> Iterator[Artifact]:
    base = digest(fingerprint, base_url)
    names = [SITEMAP] if len(parts) == 1 else [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        yield Artifact(name, Order.INDEX, content, partial(_urls, part, base_url), digest(base, part))
    if len(parts) > 1:
        yield Artifact(SITEMAP, Order.INDEX, content, partial(_index, names, base_url))


def _parts(found: Sequence[Location], base_url: str, most: int, largest: int) -> Iterator[tuple[Location, ...]]:
    """Cut the list where a file would hold too many addresses, or become too large."""
    longest = _GROWTH * (len(base_url) + max(len(one.path) for one in found)) + _AROUND
    if len(found) <= most and len(found) * longest <= largest:  # nearly always, and told at once
        yield tuple(found)
        return
    part: list[Location] = []
    size = len(_page([]))
    for location in found:
        line = len(_line(location, base_url)) + 1
        if part and (len(part) == most or size + line > largest):
            yield tuple(part)
            part, size = [], len(_page([]))
        part.append(location)
        size += line
    yield tuple(part)


def _urls(found: Sequence[Location], base_url: str) -> bytes:
    return checked_xml(_page(_line(location, base_url) for location in found)).encode()


def _page(lines: Iterable[str]) -> str:
    return "\n".join([_OPENING, f"<urlset {_SPACE}>", *lines, "</urlset>", ""])


def _line(location: Location, base_url: str) -> str:
    changed = xml_element("lastmod", location.changed.iso) if location.changed else ""
    return f"<url>{xml_element('loc', absolute(base_url, location.path))}{changed}</url>"


def _index(paths: Sequence[str], base_url: str) -> bytes:
    lines = [f"<sitemap>{xml_element('loc', absolute(base_url, path))}</sitemap>" for path in paths]
    return checked_xml("\n".join([_OPENING, f"<sitemapindex {_SPACE}>", *lines, "</sitemapindex>", ""])).encode()


def robots(shelf: Shelf) -> Artifact:
    """Give `robots.txt`: everything may be looked at; what should be in no index says so itself."""
    config = shelf.site.config
    return Artifact(ROBOTS, Order.INDEX, config.content, partial(_robots, config.base_url))


def _robots(base_url: str | None) -> bytes:
    rules = "User-agent: *\nAllow: /\n"
    return (rules + (f"\nSitemap: {absolute(base_url, SITEMAP)}\n" if base_url else "")).encode()


def robots_problems(shelf: Shelf) -> Iterator[Problem]:
    """Tell that crawlers read no `robots.txt` below a host's top."""
    base = shelf.site.config.base_url
    if base and urlsplit(base).path != "/":
        text = f"crawlers read robots.txt at the top of a host only, not below {quote(urlsplit(base).path)}"
        yield Problem(Severity.INFO, Place("castsite.yml"), "robots-unread", text)
