"""The site seen by slug: what is listed, which recordings belong together, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from castsite.render.digests import digest
from castsite.safety import Refused
from castsite.site.model import Collection, Kind, Page, Recording, Section, Site
from castsite.site.taxonomy import name_key

_ENDING = re.compile(r"\.(?:md|[a-z0-9]+(?:\.(?:gz|bz2|xz|zst))?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the content folder that is published: its output path, width and height in pixels."""

    path: str
    width: int
    height: int


Pictures = Mapping[str, Picture | Refused]
"""Pictures by their path in the content folder; those that may not be published with the reason."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A site with its lookups. `listed` holds what anybody is told of: neither unlisted nor expired recordings."""

    site: Site
    known: Mapping[str, Recording]
    """every recording that has a page"""
    listed: Mapping[str, Recording]
    digests: Mapping[str, str]
    """of all that is known of a recording"""
    markdown: Mapping[str, Page]
    sections: Mapping[str, Section]
    series: tuple[Collection, ...]
    """those with at least two recordings"""
    series_of: Mapping[str, Collection]
    """the series of a recording"""
    collections: Mapping[tuple[Kind, str], Collection]
    """those that have pages, by kind and the key of their name"""
    sources: Mapping[str, str]
    """slug of an item by the path of its source"""
    stems: Mapping[str, str]
    """slug of an item by its source without content folder and ending, where that is not the slug itself"""
    pictures: Pictures

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
        for name in (written, written.removesuffix(".md"), written.removesuffix(".cast")):
            for names in (self.sections, self.markdown, self.known):
                if name in names:
                    return name
            if name in self.stems:
                return self.stems[name]
        return None

    def spellings(self) -> Iterator[str]:
        """Give what `find` finds, to guess what was meant."""
        yield from (*self.sections, *self.markdown, *self.known)
        yield from (source.removeprefix(f"{self.site.config.content}/") for source in self.sources)

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

    def pages(self, section: str) -> tuple[Page, ...]:
        """Give the listed pages of Markdown whose address lies directly in a section, by title."""
        depth = section.count("/") + 1 if section else 0
        prefix = f"{section}/" if section else ""
        inside = (
            page
            for page in self.site.pages
            if page.state == "public" and page.slug.startswith(prefix) and page.slug.count("/") == depth
        )
        return tuple(sorted(inside, key=lambda page: (page.title.casefold(), page.slug)))

    def neighbours(self, recording: Recording) -> tuple[Recording | None, Recording | None]:
        """Give the previous and the next recording: in the series it belongs to, else in its section."""
        series = self.series_of.get(recording.slug)
        slugs = series.recordings if series else self.sections[recording.section].recordings
        if recording.slug not in self.listed or recording.slug not in slugs:
            return None, None
        at = slugs.index(recording.slug)
        return self._nearest(slugs, range(at - 1, -1, -1)), self._nearest(slugs, range(at + 1, len(slugs)))

    def _nearest(self, slugs: tuple[str, ...], places: range) -> Recording | None:
        return next((self.listed[slugs[at]] for at in places if slugs[at] in self.listed), None)


def shelve(site: Site, pictures: Pictures) -> Shelf:
    """Put a site in order for its pages."""
    listed = {recording.slug: recording for recording in site.recordings if recording.state == "public"}
    series = tuple(one for one in site.collections if one.kind == "series" and len(one.recordings) > 1)
    series_of = {slug: one for one in series for slug in one.recordings}
    items: tuple[Page | Recording, ...] = (*site.pages, *site.recordings)
    stems = [(_stem(item.source, site.config.content), item.slug) for item in items]
    return Shelf(
        site=site,
        known={recording.slug: recording for recording in site.recordings},
        listed=listed,
        digests={recording.slug: digest(recording) for recording in site.recordings},
        markdown={page.slug: page for page in site.pages},
        sections={section.slug: section for section in site.sections},
        series=series,
        series_of=series_of,
        collections={
            (one.kind, name_key(one.title)): one for one in site.collections if one.kind in site.config.taxonomies
        },
        sources={item.source: item.slug for item in items},
        stems={stem: slug for stem, slug in reversed(stems) if stem != slug},
        pictures=pictures,
    )


def _stem(source: str, content: str) -> str:
    folder, _, name = source.removeprefix(f"{content}/").rpartition("/")
    stem = _ENDING.sub("", name)
    return f"{folder}/{stem}" if folder else stem
