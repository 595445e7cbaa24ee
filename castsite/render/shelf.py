"""The site seen by slug: what is listed, which recordings belong together, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from heapq import nlargest

from msgspec import Struct
from msgspec.structs import replace

from castsite.errors import Place
from castsite.memory import Kept, Memory
from castsite.regex import regex
from castsite.render.digests import digest, raw_digest
from castsite.render.guesses import Guesses
from castsite.render.texts import Texts
from castsite.safety import Refused
from castsite.site.model import Collection, Kind, Page, Picture, Recording, Section, Site, Waiting
from castsite.site.sources import COMPRESSED
from castsite.site.taxonomy import name_key

_ENDING = regex(r"\.(?:md|[a-z0-9]+(?:\.(?:gz|bz2|xz|zst))?)$", re.IGNORECASE)

_NOWHERE = Place("")

Item = Recording | Page

Pictures = Mapping[str, Picture | Refused]
"""Pictures by their path in the content folder; those that may not be published with the reason."""


class Shelf(Struct, frozen=True):
    """A site with its lookups. `listed` holds what anybody is told of: neither unlisted nor expired recordings."""

    site: Site
    known: Mapping[str, Recording]
    """every recording that has a page"""
    listed: Mapping[str, Recording]
    digests: Mapping[str, str]
    """of all that is known of a recording or a page of Markdown, but for its body"""
    markdown: Mapping[str, Page]
    sections: Mapping[str, Section]
    texts: tuple[Section, ...]
    """those directly below the home page that hold posts or pages of Markdown, and no recording"""
    series: tuple[Collection, ...]
    """those with at least two recordings"""
    series_of: Mapping[str, Collection]
    """the series of a recording"""
    collections: Mapping[tuple[Kind, str], Collection]
    """those that have pages, by kind and the key of their name"""
    sources: Mapping[str, str]
    """slug of an item or a section by the path of its source"""
    stems: Mapping[str, str]
    """slug of an item by its source without content folder and ending, where that is not the slug itself"""
    pictures: Pictures
    beside: Mapping[str, tuple[str, str]]
    """slugs of what comes before and after a recording or a post, empty at the ends of its list"""
    files: AbstractSet[str]
    """output paths of files that no page is made of: those of `static/`, and exports"""
    waiting: Mapping[str, Waiting]
    """what is not published yet, by its paths in the content folder"""
    written: Texts
    """what became of the Markdown of its items"""
    guesses: Guesses
    """what is probably meant by paths that it leads to nowhere"""
    memory: Memory
    """what the last build kept"""
    places: AbstractSet[str]
    """addresses of the collections"""
    fed: AbstractSet[str] = frozenset()
    """addresses of the lists that have feeds"""

    @property
    def root(self) -> Section:
        """The section of the home page."""
        return self.sections[""]

    def recordings(self, slugs: tuple[str, ...]) -> tuple[Recording, ...]:
        """Give those of the named recordings that are listed, in the given order."""
        return tuple(self.listed[slug] for slug in slugs if slug in self.listed)

    def below(self, section: Section) -> Iterator[Section]:
        """Give all sections under one, each before those under it."""
        for slug in section.sections:
            yield self.sections[slug]
            yield from self.below(self.sections[slug])

    def find(self, written: str) -> str | None:
        """Give the slug of what a path in the content folder leads to: a source, a slug, a source by its mere name.

        A source wins over a slug, since that is what stands in front of an author.
        """
        source = self.sources.get(f"{self.site.config.content}/{written}")
        if source is not None:
            return source
        is_cast = written.endswith(".cast")  # no page stands for a recording that is not there
        for name in _names(written):
            for names in (self.known,) if is_cast else (self.sections, self.markdown, self.known):
                if name in names:
                    return name
            slug = self.stems.get(name)
            if slug is not None and (slug in self.known or not is_cast):
                return slug
        return None

    def expected(self, written: str) -> Waiting | None:
        """Give what a path in the content folder leads to that is not published yet."""
        return next((self.waiting[name] for name in _names(written) if name in self.waiting), None)

    def spellings(self) -> Iterator[str]:
        """Give what `find` finds, to guess what was meant."""
        return _spellings(self.site)

    def above(self, slug: str) -> tuple[Section, ...]:
        """Give the sections an address lies in, outermost first, without the home page."""
        steps = slug.split("/")[:-1]
        paths = ("/".join(steps[: depth + 1]) for depth in range(len(steps)))
        return tuple(self.sections[path] for path in paths if path in self.sections)

    def collection(self, kind: Kind, name: str) -> Collection | None:
        """Give the tag, series or author of a name, if there is a page for it."""
        return self.collections.get((kind, name_key(name))) if self.collections else None

    def has(self, kind: str) -> bool:
        """Whether there are collections of a kind with pages."""
        return any(of == kind for of, _ in self.collections)

    def kind(self, kind: Kind) -> tuple[Collection, ...]:
        """Give all collections of a kind that have pages, by title."""
        return tuple(one for (of, _), one in self.collections.items() if of == kind)

    def pages(self, of: Section | Collection) -> tuple[Page, ...]:
        """Give the listed pages of Markdown directly in a section or of a collection, in its order."""
        return tuple(self.markdown[slug] for slug in of.pages)

    def neighbours(self, item: Item) -> tuple[Item | None, Item | None]:
        """Give what comes before and after a recording or a post: in the series it belongs to, else in its section."""
        before, after = self.beside.get(item.slug, ("", ""))
        return self._item(before), self._item(after)

    def _item(self, slug: str) -> Item | None:
        return self.listed.get(slug) or self.markdown.get(slug)

    def latest(self, count: int) -> tuple[Page, ...]:
        """Give the newest posts (pages with a date) of all sections below the home page."""
        dated = [
            (page.date.moment, page.slug)
            for page in self.markdown.values()
            if page.date and page.section and page.state == "public"
        ]
        return tuple(self.markdown[slug] for _, slug in nlargest(count, dated))


def shelve(
    site: Site,
    pictures: Pictures,
    memory: Memory | None = None,
    *,
    files: AbstractSet[str] = frozenset(),
    waiting: Mapping[str, Waiting] | None = None,
) -> Shelf:
    """Put a site in order for its pages."""
    listed = {recording.slug: recording for recording in site.recordings if recording.state == "public"}
    series = tuple(one for one in site.collections if one.kind == "series" and len(one.recordings) > 1)
    series_of = {slug: one for one in series for slug in one.recordings}
    items: tuple[Item, ...] = (*site.pages, *site.recordings)
    stems = [(_stem(item.source, site.config.content), item.slug) for item in items]
    sections = {section.slug: section for section in site.sections}
    memory = memory or Memory()
    return Shelf(
        site=site,
        known={recording.slug: recording for recording in site.recordings},
        listed=listed,
        digests=_digests(items, memory.kept("digests", str)),
        markdown={page.slug: page for page in site.pages},
        sections=sections,
        texts=tuple(_texts(sections)),
        series=series,
        series_of=series_of,
        collections={
            (one.kind, name_key(one.title)): one for one in site.collections if one.kind in site.config.taxonomies
        },
        sources={one.source: one.slug for one in (*site.sections, *items) if one.source},
        stems={stem: slug for stem, slug in reversed(stems) if stem != slug},
        pictures=pictures,
        beside=dict(_neighbours(site, listed, series)),
        files=files,
        waiting=waiting or {},
        written=Texts.of(memory, raw_digest(site.config.limits, site.config.allow_remote_images, site.config.secrets)),
        guesses=Guesses.of(memory, partial(_spellings, site)),
        memory=memory,
        places={one.slug for one in site.collections if one.kind in site.config.taxonomies},
    )


def _names(written: str) -> tuple[str, ...]:
    return written, written.removesuffix(".md"), written.removesuffix(".cast")


def _without_text(item: Item) -> Item:
    bare = replace(item, body="", body_place=_NOWHERE)
    return bare if isinstance(bare, Recording) else replace(bare, digest="")


def _digests(items: Iterable[Item], kept: Kept[str]) -> dict[str, str]:
    """Digest all that is known of each item but its body, unless it is the one that the last build knew."""
    return {
        item.slug: kept.get(item.slug, item) or kept.put(item.slug, digest(_without_text(item)), item) for item in items
    }


def _spellings(site: Site) -> Iterator[str]:
    items: tuple[Item, ...] = (*site.pages, *site.recordings)
    yield from (one.slug for one in (*site.sections, *items))
    described = (section for section in site.sections if section.source)
    yield from (one.source.removeprefix(f"{site.config.content}/") for one in (*described, *items))


def _texts(sections: Mapping[str, Section]) -> Iterator[Section]:
    with_recordings = {slug.partition("/")[0] for slug, section in sections.items() if section.recordings}
    with_pages = {slug.partition("/")[0] for slug, section in sections.items() if section.pages}
    return (sections[slug] for slug in sections[""].sections if slug in with_pages - with_recordings)


def _neighbours(
    site: Site, listed: Mapping[str, Recording], series: Iterable[Collection]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Put each list in line; series come last, since they win."""
    dated = {page.slug for page in site.pages if page.date and page.state == "public"}
    for section in site.sections:
        yield from _in_line([slug for slug in section.pages if slug in dated])
        inside = _in_line([slug for slug in section.recordings if slug in listed])
        # a recursive section lists those of others as well
        yield from ((slug, around) for slug, around in inside if listed[slug].section == section.slug)
    for one in series:
        yield from _in_line([slug for slug in one.recordings if slug in listed])


def _in_line(slugs: list[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    return zip(slugs, zip(["", *slugs], [*slugs[1:], ""], strict=False), strict=False)


def _stem(source: str, content: str) -> str:
    name = source.removeprefix(f"{content}/")
    return _ENDING.sub("", name) if name.lower().endswith(COMPRESSED) else name.rpartition(".")[0] or name
