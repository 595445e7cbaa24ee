"""From what was read to the site: items with their addresses, sections, series, who is shown where.

Everything here is a function of the documents, the facts found in recordings, the configuration and one `now`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from castsite.config import OWNER_OUTPUTS, SiteConfig
from castsite.errors import Place, Problem, Severity, quote_path
from castsite.memory import Memory
from castsite.schema.values import Options
from castsite.site.addresses import Addressing, Facts, Item
from castsite.site.exports import ENDINGS
from castsite.site.model import SILENT, Alias, Collection, Document, Page, Recording, Section, Site
from castsite.site.naming import title_from_name
from castsite.site.order import DEFAULT_SORT, in_order
from castsite.site.taxonomy import classify, facets
from castsite.site.urls import Claim, Clash, clash_problems

Text = TypeVar("Text", Recording, Page, Section)

_FEW: Final = 16
"""Texts that may have changed where nothing else has."""


class Organised(Struct, frozen=True):
    """The site, and the problems met on the way."""

    site: Site
    problems: tuple[Problem, ...]


def empty_sections(documents: Iterable[Document], site: Site) -> Iterator[Problem]:
    """Tell of texts of folders that hold no item, not even one that waits or has an error: they have no page.

    `documents` are all that were read.
    """
    read = tuple(documents)
    there = {above for one in read if one.kind != "section" for above in _with_parents(one.folder)}
    published = {section.source for section in site.sections}
    for one in read:
        if one.kind == "section" and one.folder and one.folder not in there and one.path not in published:
            page = quote_path(f"{one.path.rpartition('/')[0]}.md")
            text = f"is about a folder without recordings and pages, and has no page: for one of its own call it {page}"
            yield Problem(Severity.WARNING, Place(one.path), "empty-section", text)


def organise(  # noqa: PLR0913 - all but two are named
    documents: Sequence[Document],
    facts: Mapping[str, Facts],
    *,
    config: SiteConfig,
    now: datetime,
    underway: frozenset[str] = frozenset(),
    memory: Memory | None = None,
) -> Organised:
    """Build the site of all pages and of the recordings that were found good (`facts` by document path).

    `underway` are the paths of recordings that are being made. Where only texts have changed since the last build of
    this process, all the rest is taken from that.
    """
    made_of = _MadeOf(
        tuple(documents),
        {path: found.key for path, found in facts.items()},
        (repr((config, sorted(underway))), config.site_key),
    )
    memory = memory or Memory()
    kept = memory.kept("site", _Last)
    last = kept.get("")
    lasts = config.retention_days is None and all(document.meta.expires is None for document in documents)
    changed = made_of.texts_changed_since(last.made_of) if last and lasts else None
    if last and changed is not None:
        organised = replace(last.organised, site=_with_texts(last.organised.site, changed, now))
    else:
        organised = _organised(documents, facts, Addressing(config, now, memory), underway)
    kept.put("", _Last(made_of, organised))
    return organised


class _MadeOf(NamedTuple):
    """All that a site follows from but the moment, on which it depends where something expires."""

    documents: tuple[Document, ...]
    keys: dict[str, str]
    rules: tuple[str, str | None]
    """the configuration, and the key, which it does not show"""

    def texts_changed_since(self, last: _MadeOf) -> dict[str, Document] | None:
        """Give the documents of which but the text has changed, by path; None when more than texts has."""
        if self.rules != last.rules or self.keys != last.keys or len(self.documents) != len(last.documents):
            return None
        pairs = zip(self.documents, last.documents, strict=True)
        changed = [(document, before) for document, before in pairs if document is not before]
        if len(changed) > _FEW or any(_without_text(document) != _without_text(before) for document, before in changed):
            return None
        return {document.path: document for document, _ in changed}


class _Last(NamedTuple):
    """What the last build made, and what from."""

    made_of: _MadeOf
    organised: Organised


def _without_text(document: Document) -> str:
    """Say all about a document but its text: what is equal may be written differently, as 1 and yes are."""
    digest = document.digest if document.kind == "recording" else ""
    return repr(replace(document, body="", body_place=Place(""), digest=digest))


def _with_texts(site: Site, changed: Mapping[str, Document], now: datetime) -> Site:
    def fresh(item: Text) -> Text:
        document = changed.get(item.source)
        if document is None:
            return item
        found = replace(item, body=document.body, body_place=document.body_place)
        return found if isinstance(found, Recording) else replace(found, digest=document.digest)

    return replace(
        site,
        now=now,
        recordings=tuple(map(fresh, site.recordings)),
        pages=tuple(map(fresh, site.pages)),
        sections=tuple(map(fresh, site.sections)),
    )


def _organised(
    documents: Sequence[Document],
    facts: Mapping[str, Facts],
    addressing: Addressing,
    underway: frozenset[str],
) -> Organised:
    config = addressing.config
    usable = [item for item in documents if item.kind != "recording" or item.path in facts]
    items = sorted(addressing.items(usable, facts), key=lambda item: item.slug)
    listed = [item for item in items if item.state == "public"]
    recordings = tuple(_recordings(items, facts, config, underway))
    pages = tuple(_page(item) for item in items if item.document.kind == "page")
    sections = tuple(_sections(listed, recordings, pages, documents, addressing))
    classified = classify(recordings, pages, config)
    aliases = tuple(_free_aliases(items, classified.collections, config, addressing.problems))
    site = Site(
        config=config,
        now=addressing.now,
        recordings=recordings,
        pages=pages,
        sections=sections,
        collections=classified.collections,
        aliases=aliases,
    )
    return Organised(site, (*addressing.problems, *classified.problems))


def _recordings(
    items: list[Item], facts: Mapping[str, Facts], config: SiteConfig, underway: frozenset[str]
) -> Iterator[Recording]:
    holders: dict[tuple[str | None, str], str] = {}
    for item in items:
        document = item.document
        if document.kind != "recording":
            continue
        found = facts[document.path]
        outputs = outputs_of(document.meta.outputs, config)
        yield Recording(
            source=document.path,
            slug=item.slug,
            section=item.section,
            title=item.title,
            date=item.date,
            meta=document.meta,
            body=document.body,
            body_place=document.body_place,
            summary=found.summary if "filmstrip" in outputs else found.summary._replace(film=""),
            key=found.key,
            cast=holders.setdefault((document.recording, found.key), item.slug),
            options=merged_options(config.player, document.meta.player),
            outputs=outputs,
            sound=document.sound,
            cover=document.cover or found.summary.frame,
            exports=exports_of(document.meta.export, config),
            state=item.state,
            underway=document.recording_path in underway,
        )


def outputs_of(asked: tuple[str, ...] | None, config: SiteConfig) -> tuple[str, ...]:
    """Give the outputs of a recording whose front matter asked for some, or said nothing (None)."""
    if asked is None:
        return config.outputs
    return (*asked, *(name for name in OWNER_OUTPUTS if name in config.outputs))


def exports_of(asked: tuple[str, ...] | None, config: SiteConfig) -> tuple[str, ...]:
    """Give the exports a recording is published with, besides the files that every recording has."""
    wanted = config.export if asked is None else asked
    return tuple(kind for kind in ENDINGS if kind in wanted)


def merged_options(*levels: Options) -> Options:
    """Merge player options, later levels winning key by key."""
    merged = {name: value for level in levels for name, value in level}
    return tuple(sorted(merged.items()))


def _page(item: Item) -> Page:
    document = item.document
    return Page(
        source=document.path,
        slug=item.slug,
        section=item.section,
        title=item.title,
        date=item.date,
        meta=document.meta,
        body=document.body,
        body_place=document.body_place,
        state=item.state,
        digest=document.digest,
    )


def _sections(
    items: list[Item],
    recordings: Sequence[Recording],
    pages: Sequence[Page],
    documents: Sequence[Document],
    addressing: Addressing,
) -> Iterator[Section]:
    """Yield the root and every folder with a published item at or below it, ordered by slug."""
    listed = [recording for recording in recordings if recording.state == "public"]
    texts: defaultdict[str, list[Page]] = defaultdict(list)
    for page in pages:
        if page.state == "public":
            texts[page.section].append(page)
    written = _section_documents(documents, addressing.problems)
    folders = {""} | {above for item in items for above in _with_parents(item.document.folder)}
    slugs = {addressing.section_slug(folder): folder for folder in sorted(folders, reverse=True)}  # the first one wins
    weights = {slug: _weight(written.get(folder)) for slug, folder in slugs.items()}
    in_line = sorted(slugs, key=lambda slug: (weights[slug], slug))
    for slug in sorted(slugs):
        folder = slugs[slug]
        yield _section(slug, folder, written.get(folder), listed, texts[slug], in_line, addressing.config)


def _weight(document: Document | None) -> int:
    return (document.meta.weight or 0) if document else 0


def _with_parents(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _section_documents(documents: Sequence[Document], problems: list[Problem]) -> dict[str, Document]:
    written: dict[str, Document] = {}
    for document in documents:
        if document.kind != "section":
            continue
        if other := written.get(document.folder):
            text = f"{quote_path(other.path)} describes this folder already; keep one of the two"
            problems.append(Problem(Severity.ERROR, Place(document.path), "two-indexes", text))
        else:
            written[document.folder] = document
    return written


def _section(  # noqa: PLR0913, PLR0917 - a section is made of all of these
    slug: str,
    folder: str,
    document: Document | None,
    listed: list[Recording],
    texts: list[Page],
    slugs: list[str],
    config: SiteConfig,
) -> Section:
    meta = document.meta if document else SILENT
    recursive = bool(meta.recursive)
    inside = [recording for recording in listed if _belongs(recording, slug, recursive=recursive)]
    sort = meta.sort or DEFAULT_SORT
    name = folder.rpartition("/")[2]
    return Section(
        slug=slug,
        title=meta.title or (title_from_name(name) if name else config.title),
        meta=meta,
        body=document.body if document else "",
        body_place=document.body_place if document else Place(config.content),
        recordings=tuple(recording.slug for recording in in_order(inside, sort, facets)),
        sections=tuple(other for other in slugs if other and other.rpartition("/")[0] == slug),
        pages=tuple(page.slug for page in in_order(texts, sort, facets)),
        source=document.path if document else "",
        digest=document.digest if document else "",
    )


def _belongs(recording: Recording, slug: str, *, recursive: bool) -> bool:
    below = not slug or recording.section.startswith(f"{slug}/")
    return recording.section == slug or (recursive and below)


def _free_aliases(
    items: list[Item], collections: Sequence[Collection], config: SiteConfig, problems: list[Problem]
) -> Iterator[Alias]:
    """Yield the former addresses that no page of a collection has."""
    paged = [collection for collection in collections if collection.kind in config.taxonomies]
    taken = {f"{one.kind}/index.html": Claim(f"{one.kind}/index.html", f"the list of {one.kind}") for one in paged}
    taken |= {f"{one.slug}/index.html": Claim(f"{one.slug}/index.html", f"{one.kind}: {one.title}") for one in paged}
    for alias in (alias for item in items for alias in item.aliases):
        if holder := taken.get(alias.path):
            clash = Clash(Claim(alias.path, alias.place.path, alias=True), holder)
            problems.extend(clash_problems([clash], {alias.place.path: alias.place}))
        else:
            yield alias
