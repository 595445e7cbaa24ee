"""oEmbed 1.0: what a site that is given the address of a recording's page needs to show the player itself.

One static answer for each recording; consumers find it by the `<link>` in the page. A size that they ask for can not
be honoured by a file.
"""

from __future__ import annotations

from typing import Final

from castsite.config import SiteConfig
from castsite.render.cards import HEIGHT, WIDTH, card_path
from castsite.render.covers import cover_path, cover_size
from castsite.render.encode import checked_xml, json_file, safe_text, xml_text
from castsite.render.snippets import Shared, player
from castsite.site.model import Recording

CACHE_AGE: Final = 24 * 60 * 60
"""Seconds a consumer may keep the answer."""

JSON_TYPE: Final = "application/json+oembed"
XML_TYPE: Final = "text/xml+oembed"

Answer = dict[str, str | int]


def answer(recording: Recording, of: Shared, config: SiteConfig) -> Answer:
    """Give the fields of the answer, in the order of the specification. `of.root` must be known."""
    author = next(iter(recording.meta.authors), config.author)
    by = (
        {"author_name": safe_text(author.name), "author_url": author.url if author.url.startswith("http") else ""}
        if author
        else {}
    )
    fields: Answer = {
        "type": "rich",
        "version": "1.0",
        "title": of.title,
        **{name: text for name, text in by.items() if text},
        "provider_name": safe_text(config.title),
        "provider_url": of.root,
        "cache_age": CACHE_AGE,
        **_thumbnail(recording, of),
        "html": player(of).text(),
        "width": round(of.width),
        "height": round(of.height),
    }
    return fields


def _thumbnail(recording: Recording, of: Shared) -> Answer:
    """Give the card; the poster of a recording that has none, which few programs show."""
    if recording.state == "public":
        path, width, height = card_path(recording.slug), WIDTH, HEIGHT
    else:
        path, (width, height) = cover_path(recording), map(round, cover_size(recording))
    return {"thumbnail_url": of.root + path, "thumbnail_width": width, "thumbnail_height": height}


def as_json(fields: Answer) -> bytes:
    """Write an answer as JSON."""
    return json_file(fields)


def as_xml(fields: Answer) -> bytes:
    """Write an answer as XML, with the underscores of the specification."""
    rows = "".join(f"  <{name}>{xml_text(str(value))}</{name}>\n" for name, value in fields.items())
    head = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n'
    return checked_xml(f"{head}<oembed>\n{rows}</oembed>\n").encode()
