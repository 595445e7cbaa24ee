"""The index of search as artifacts: what of the site can be found, and by which names it is filtered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from castsite.analysis.model import Analysis
from castsite.artifact import Artifact, Order
from castsite.render import prose
from castsite.render.digests import digest
from castsite.render.encode import milliseconds, safe_text
from castsite.render.record import transcript_parts
from castsite.render.shelf import Shelf
from castsite.render.shell import page_of, sheet
from castsite.schema.values import Day
from castsite.search.index import (
    FOLDER,
    Record,
    Said,
    Text,
    day_number,
    in_order,
    index_files,
    is_small,
    small_root,
)
from castsite.search.terms import Terms
from castsite.site.model import Kind, Meta, Page, Recording, Section
from castsite.spread import Spread

Item = Recording | Page | Section


def search_files(  # noqa: PLR0913 - the parts of a build, each named where it is called
    shelf: Shelf,
    *,
    load: Callable[[str], Analysis],
    load_terms: Callable[[str], Terms],
    folder: Path,
    fingerprint: str,
    spread: Spread,
) -> Iterator[Artifact]:
    """Give the files of the index; none where there is no search. Large ones lie in `folder` until they are published.

    `fingerprint` is a digest of the code.
    """
    config = shelf.site.config
    if not config.search:
        return
    records = in_order(_record(shelf, recording) for recording in shelf.listed.values())
    texts = [_text(shelf, item) for item in _texts(shelf)]
    if is_small(records, texts):
        key = digest(fingerprint, records, texts)
        body = partial(small_root, records, texts, partial(_parts, load))
        yield Artifact(f"{FOLDER}/index.json", Order.INDEX, config.content, body, key)
        return
    for file in index_files(records, texts, load_terms, folder, spread):
        order = Order.INDEX if file.path == f"{FOLDER}/index.json" else Order.FILE
        yield Artifact(file.path, order, config.content, file.body, file.digest)


def _parts(load: Callable[[str], Analysis], record: Record) -> Iterator[object]:
    analysis = load(record.key)
    yield from transcript_parts(analysis.lines, analysis.shown_commands)


def _record(shelf: Shelf, recording: Recording) -> Record:
    summary, meta = recording.summary, recording.meta
    return Record(
        slug=recording.slug,
        title=safe_text(recording.title),
        date=_date(recording.date),
        day=day_number(recording.date.date if recording.date else None),
        seconds=milliseconds(summary.duration) / 1000,
        tags=_titles(shelf, "tags", meta.tags),
        series="".join(_titles(shelf, "series", (meta.series.name,))) if meta.series else "",
        authors=_titles(shelf, "authors", tuple(author.name for author in meta.authors)),
        lines=summary.lines,
        trace=summary.trace,
        parts=summary.parts,
        characters=summary.characters,
        key=recording.key,
    )


def _titles(shelf: Shelf, kind: Kind, names: tuple[str, ...]) -> tuple[str, ...]:
    """Give the names of collections as the site writes them."""
    found = (shelf.collection(kind, name) for name in names)
    shown = (safe_text(one.title if one else name) for one, name in zip(found, names, strict=True))
    return tuple(dict.fromkeys(filter(None, shown)))


def _texts(shelf: Shelf) -> list[Item]:
    """Give the texts that anybody is told of, by their addresses."""
    recordings = (one for one in shelf.listed.values() if one.body or one.meta.description)
    pages = (page for page in shelf.markdown.values() if page.state == "public")
    sections = (section for section in shelf.sections.values() if section.body)
    return sorted((*recordings, *pages, *sections), key=lambda item: item.slug)


def _text(shelf: Shelf, item: Item) -> Text:
    own = sheet(page_of(item.slug), shelf.site.config.base_url)
    meta: Meta = item.meta
    said = prose.rendered(shelf, own, item).said
    told = prose.plain_description(shelf, item) if meta.description else ""
    return Text(
        slug=item.slug,
        title=safe_text(item.title),
        date=None if isinstance(item, Section) else _date(item.date),
        tags=_titles(shelf, "tags", meta.tags),
        authors=_titles(shelf, "authors", tuple(author.name for author in meta.authors)),
        said=((Said("", told),) if told else ()) + said,
        about=isinstance(item, Recording),
    )


def _date(day: Day | None) -> str | None:
    return day.iso[:10] if day else None
