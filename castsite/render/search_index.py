"""The index of search as artifacts: what of the site can be found, and by which names it is filtered."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path

from msgspec import Struct

from castsite.analysis.model import Analysis
from castsite.artifact import Artifact, Order
from castsite.memory import Memory
from castsite.render import prose
from castsite.render.digests import digest
from castsite.render.encode import milliseconds, safe_text
from castsite.render.record import transcript_parts
from castsite.render.shelf import Shelf
from castsite.render.shell import page_of, sheet
from castsite.schema.values import Day
from castsite.search.index import (
    ROOT,
    Kept,
    Library,
    Made,
    Record,
    Said,
    Text,
    day_number,
    in_order,
    is_small,
    make_index,
    small_root,
)
from castsite.search.renewal import renewed, unchanged
from castsite.search.terms import Terms
from castsite.site.model import Kind, Meta, Page, Recording, Section
from castsite.spread import Spread

Item = Recording | Page | Section


def search_files(  # noqa: PLR0913 - the parts of a build, each named where it is called
    shelf: Shelf,
    *,
    load: Callable[[str], Analysis],
    terms: Callable[[str], Terms],
    former: Callable[[str], Terms | None],
    folder: Path,
    published: Path,
    memory: Memory,
    fingerprint: str,
    spread: Spread,
) -> Iterator[Artifact]:
    """Give the files of the index; none where there is no search. Large ones lie in `folder` until they are published.

    The index that was made last is taken as it is, or changed, where that is less work: then shards are read in the
    output folder `published`, as far as they are what was made. `terms` and `former` fetch what a recording is found by
    now, and what another one was found by, if that is still there. `fingerprint` is a digest of the code.
    """
    config = shelf.site.config
    if not config.search:
        return
    records = in_order(_record(shelf, recording) for recording in shelf.listed.values())
    items = {item.slug: item for item in _texts(shelf)}
    texts = [_text(shelf, item) for item in items.values()]

    def said(text: Text) -> tuple[Said, ...]:
        return prose.said(shelf, sheet(page_of(text.slug), config.base_url), items[text.slug])

    if is_small(records, texts):
        key = digest(fingerprint, records, texts)
        body = partial(small_root, records, texts, partial(_parts, load), said)
        yield Artifact(ROOT, Order.INDEX, config.content, body, key)
        return
    making = _Making(records, texts, Library(terms, said, former), folder, published, spread)
    for file in making.index(memory).files:
        order = Order.INDEX if file.path == ROOT else Order.FILE
        yield Artifact(file.path, order, config.content, file.body, digest(fingerprint, file.digest))


class _Making(Struct, frozen=True):
    """The ways to an index, the shortest first."""

    records: list[Record]
    texts: list[Text]
    library: Library
    folder: Path
    published: Path
    spread: Spread

    def index(self, memory: Memory) -> Made:
        """Give the index, and remember it."""
        store = memory.store("search", Kept)
        files = lru_cache(maxsize=1)(self._again)
        kept = store.get(_NAME, _KEY)

        def again(path: str) -> bytes:
            return files()[path]()

        made = kept and (
            unchanged(kept, self.records, self.texts, again)
            or renewed(kept, self.records, self.texts, self.library, read=self._read, again=again, spread=self.spread)
        )
        made = made or make_index(self.records, self.texts, self.library, self.folder / "made", self.spread)
        if made.kept is not kept:
            store.put(_NAME, _KEY, made.kept)
        return made

    def _read(self, path: str) -> bytes | None:
        try:
            return (self.published / path).read_bytes()
        except OSError:
            return None

    def _again(self) -> dict[str, Callable[[], bytes]]:
        """Make everything, for a file that is lost; a copy of the process may do so, too."""
        made = make_index(self.records, self.texts, self.library, self.folder / f"again-{os.getpid()}")
        return {file.path: file.body for file in made.files}


_NAME, _KEY = "index", b""


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
    meta: Meta = item.meta
    return Text(
        slug=item.slug,
        title=safe_text(item.title),
        date=None if isinstance(item, Section) else _date(item.date),
        tags=_titles(shelf, "tags", meta.tags),
        authors=_titles(shelf, "authors", tuple(author.name for author in meta.authors)),
        characters=prose.characters(shelf, item),
        key=prose.fingerprint(shelf, item),
        about=isinstance(item, Recording),
    )


def _date(day: Day | None) -> str | None:
    return day.iso[:10] if day else None
