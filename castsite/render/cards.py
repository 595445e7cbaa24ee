"""How a page is shown by others: preview cards (Open Graph, Twitter) and what search engines read (JSON-LD).

Sources: ogp.me; Twitter's cards; schema.org `VideoObject` with the properties that search engines require.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from markupsafe import Markup
from msgspec import Struct

from castsite.analysis.model import Chapter
from castsite.config import SiteConfig
from castsite.limits import SECOND
from castsite.render.context import Property
from castsite.render.encode import clock, json_island, safe_text, seconds
from castsite.schema.values import Author
from castsite.site.model import Page, Recording
from castsite.site.urls import absolute


class Card(Struct, frozen=True):
    """What is said of a page elsewhere. `path` is its output path, None when nobody should be told where it is."""

    config: SiteConfig
    path: str | None
    title: str
    description: str
    """plain text"""
    recording: Recording | None = None
    post: Page | None = None
    """a page of Markdown with a date"""
    alt: str = ""
    """what the picture shows, in words"""
    shown: str = ""
    """slug of a recording whose picture stands for the page, though it is not the page's own"""

    @property
    def address(self) -> str | None:
        """The page's own address; None when the site does not know its own."""
        base = self.config.base_url
        return absolute(base, self.path) if base and self.path else None


WIDTH: Final = 1200
HEIGHT: Final = 630
"""Pixels of the picture that others show beside a link."""

SITE_CARD: Final = "index.png"
"""Output path of the picture of all pages that show no recording."""


def card_path(slug: str) -> str:
    """Output path of the picture of a recording that others show."""
    return f"{slug}.png"


def open_graph(card: Card) -> Iterator[Property]:
    """Give the properties of the preview card; addresses only where the site knows its own."""
    yield Property(name="og:type", content="article" if card.post else "website")
    yield Property(name="og:site_name", content=safe_text(card.config.title))
    yield Property(name="og:title", content=safe_text(card.title))
    if card.description:
        yield Property(name="og:description", content=card.description)
    if card.address:
        yield Property(name="og:url", content=card.address)
        yield from _picture(card)
    if card.post:
        yield from _article(card.post)


def twitter(card: Card) -> Iterator[Property]:
    """Give what Twitter wants to know besides; it reads the rest from Open Graph."""
    yield Property(name="twitter:card", content="summary_large_image" if card.address else "summary")
    if card.address:
        yield Property(name="twitter:image", content=_address(card))
        yield Property(name="twitter:image:alt", content=_alt(card))


def linked_data(card: Card, chapters: Sequence[Chapter]) -> Markup:
    """Give the `VideoObject` of a recording's page; empty without a date or an address, which are required."""
    if card.recording is None or card.recording.date is None or card.address is None:
        return Markup()
    opening = Markup('<script type="application/ld+json">')
    return opening + json_island(_video(card, card.recording, card.address, chapters)) + Markup("</script>")


def _article(post: Page) -> Iterator[Property]:
    """Give the properties of ogp.me's `article`; an author would have to be the address of a profile."""
    for name, day in (("published_time", post.date), ("modified_time", post.meta.updated)):
        if day:
            yield Property(name=f"article:{name}", content=day.iso)
    for tag in post.meta.tags:
        yield Property(name="article:tag", content=safe_text(tag))


def _picture(card: Card) -> Iterator[Property]:
    yield Property(name="og:image", content=_address(card))
    yield Property(name="og:image:type", content="image/png")
    yield Property(name="og:image:width", content=str(WIDTH))
    yield Property(name="og:image:height", content=str(HEIGHT))
    yield Property(name="og:image:alt", content=_alt(card))


def _address(card: Card) -> str:
    """Give where the picture of a page lies: of its recording, of one in it, or of the site."""
    slug = card.recording.slug if card.recording else card.shown
    return absolute(card.config.base_url or "", card_path(slug) if slug else SITE_CARD)


def _alt(card: Card) -> str:
    return card.alt or safe_text(card.config.title)


def _video(card: Card, recording: Recording, address: str, chapters: Sequence[Chapter]) -> Mapping[str, object]:
    base, duration = card.config.base_url or "", recording.summary.duration
    known = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": safe_text(recording.title),
        "description": card.description or safe_text(recording.title),
        "thumbnailUrl": absolute(base, card_path(recording.slug)),
        "uploadDate": recording.date.moment.isoformat() if recording.date else None,
        "duration": iso_duration(duration),
        "contentUrl": absolute(base, f"{recording.cast}.cast"),
        "embedUrl": absolute(base, f"embed/{recording.slug}/") if "embed" in recording.outputs else None,
        "url": address,
        "inLanguage": card.config.language,
        "author": [_person(author) for author in recording.meta.authors],
        "keywords": [safe_text(tag) for tag in recording.meta.tags],
        "license": recording.meta.license and safe_text(recording.meta.license),
        "hasPart": [
            _clip(chapter, end, address) for chapter, end in zip(chapters, _ends(chapters, duration), strict=True)
        ],
    }
    return {name: value for name, value in known.items() if value}


def _person(author: Author) -> Mapping[str, str]:
    name = {"@type": "Person", "name": safe_text(author.name)}
    return name | {"url": author.url} if author.url.startswith("http") else name


def _ends(chapters: Sequence[Chapter], duration: int) -> list[int]:
    return [*(chapter.time for chapter in chapters[1:]), *([duration] if chapters else [])]


def _clip(chapter: Chapter, end: int, address: str) -> dict[str, object]:
    return {
        "@type": "Clip",
        "name": safe_text(chapter.title) or clock(chapter.time),
        "startOffset": chapter.time // SECOND,
        "endOffset": max(end // SECOND, chapter.time // SECOND),
        "url": f"{address}?t={seconds(chapter.time)}",
    }


def iso_duration(time: int) -> str:
    """Microseconds as ISO 8601, in whole seconds rounded down.

    >>> iso_duration(65_999_999), iso_duration(3_600_000_000), iso_duration(0)
    ('PT1M5S', 'PT1H', 'PT0S')
    """
    minutes, rest = divmod(time // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (rest, "S"))
    return "PT" + ("".join(f"{count}{unit}" for count, unit in parts if count) or "0S")
