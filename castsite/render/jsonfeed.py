"""JSON Feed 1.1 (jsonfeed.org)."""

from __future__ import annotations

from castsite.render.encode import json_file
from castsite.render.feed import CAST_TYPE, Enclosure, Entry, Feed, Person

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed, url: str) -> bytes:
    """Write a feed that is published at `url`."""
    return json_file(
        _known(
            version=VERSION,
            title=feed.title,
            home_page_url=feed.url,
            feed_url=url,
            description=feed.description,
            language=feed.language,
            authors=[_person(feed.author)],
            items=[_item(entry) for entry in feed.entries],
        )
    )


def _item(entry: Entry) -> dict[str, object]:
    return _known(
        id=entry.url,
        url=entry.url,
        title=entry.title,
        content_html=entry.html or f"<p>{entry.summary}</p>",
        summary=entry.summary,
        image=entry.image,
        date_published=entry.published.moment.isoformat(),
        date_modified=entry.updated.moment.isoformat(),
        authors=[_person(author) for author in entry.authors],
        tags=list(entry.tags),
        attachments=[_attachment(entry.enclosure)] if entry.enclosure else [],
    )


def _attachment(enclosure: Enclosure) -> dict[str, object]:
    return {
        "url": enclosure.url,
        "mime_type": CAST_TYPE,
        "size_in_bytes": enclosure.size,
        "duration_in_seconds": enclosure.seconds,
    }


def _person(person: Person) -> dict[str, object]:
    return _known(name=person.name, url=person.url)


def _known(**fields: object) -> dict[str, object]:
    """Keep the fields that say something."""
    return {name: value for name, value in fields.items() if value}
