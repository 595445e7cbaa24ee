"""What a page says of the other things around its item: its tags and authors as links, and related recordings."""

from __future__ import annotations

from collections.abc import Iterator

from castsite.errors import Problem, Severity, quote
from castsite.render.context import Anchor
from castsite.render.encode import safe_text
from castsite.render.shelf import Shelf
from castsite.render.shell import Press, Sheet, page_of, person
from castsite.safety.address import within
from castsite.schema.nearest import did_you_mean
from castsite.schema.values import Author
from castsite.site.model import Collection, Meta, Page, Recording
from castsite.site.related import SHOWN


def tags(shelf: Shelf, sheet: Sheet, meta: Meta) -> tuple[Anchor, ...]:
    """Give the tags of an item, with links to their pages where they have them."""
    found = ((tag, shelf.collection("tags", tag)) for tag in meta.tags)
    return tuple(
        Anchor(title=safe_text(one.title if one else tag), href=sheet.link(page_of(one.slug)) if one else "")
        for tag, one in found
    )


def authors(shelf: Shelf, sheet: Sheet, meta: Meta) -> tuple[Anchor, ...]:
    """Give the authors of an item, with links to their pages here, else to those of their own."""
    return tuple(_author(shelf, sheet, author) for author in meta.authors)


def _author(shelf: Shelf, sheet: Sheet, author: Author) -> Anchor:
    found = shelf.collection("authors", author.name)
    return Anchor(title=safe_text(author.name), href=sheet.link(page_of(found.slug))) if found else person(author)


def named(shelf: Shelf, item: Recording | Page) -> tuple[Collection, ...]:
    """Give the collections whose pages the tags and authors of an item link to: what its page's key has to hold."""
    names = [shelf.collection("tags", tag) for tag in item.meta.tags]
    names += [shelf.collection("authors", author.name) for author in item.meta.authors]
    return tuple(one for one in names if one)


def related(press: Press, recording: Recording) -> tuple[Recording, ...]:
    """Give the recordings named beside one: those that its author names, then those with most in common.

    The other parts of its series are shown as such already. None of an unlisted one's, since it is in no index.
    """
    shelf = press.shelf
    series = shelf.series_of.get(recording.slug)
    seen = {recording.slug, *(series.recordings if series else ())}
    chosen = [slug for slug, _ in _chosen(shelf, recording) if slug]
    found = [slug for slug in press.relations.of(recording.slug) if slug not in seen]
    slugs = tuple(dict.fromkeys([*chosen, *found]))
    return shelf.recordings(tuple(slug for slug in slugs if slug != recording.slug))[:SHOWN]


def related_problems(shelf: Shelf) -> Iterator[Problem]:
    """Tell which entries of `related:` are no recordings that are listed."""
    for recording in shelf.known.values():
        for slug, written in _chosen(shelf, recording):
            if slug not in shelf.listed:
                near = did_you_mean(written, shelf.listed) or "; name a recording that is listed"
                text = f"related: no recording is at {quote(written)}{near}"
                place = recording.meta.place("related", recording.source)
                yield Problem(Severity.WARNING, place, "unknown-recording", text)


def _chosen(shelf: Shelf, recording: Recording) -> Iterator[tuple[str | None, str]]:
    """Find what `related:` names: a path from the file that names it, or from the content folder."""
    content = f"{shelf.site.config.content}/"
    place = recording.meta.place("related", recording.source)
    folder = place.path.removeprefix(content).rpartition("/")[0]
    for written in recording.meta.related:
        path = within(folder, written)
        near = shelf.find(path) if path is not None else None
        yield near if near is not None else shelf.find(written), written
