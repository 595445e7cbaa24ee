"""The site seen by slug: what is listed, which recordings belong together, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from castsite.site.model import Page, Recording, Section, Series, Site


@dataclass(frozen=True, slots=True)
class Shelf:
    """A site with its lookups. `listed` holds what anybody is told of: neither unlisted nor expired recordings."""

    site: Site
    listed: Mapping[str, Recording]
    sections: Mapping[str, Section]
    series: tuple[Series, ...]
    """each with its listed recordings only, and at least two of them"""
    series_of: Mapping[str, Series]
    """the first series of a recording"""

    @property
    def root(self) -> Section:
        """The section of the home page."""
        return self.sections[""]

    def recordings(self, slugs: tuple[str, ...]) -> tuple[Recording, ...]:
        """Those of the named recordings that are listed, in the given order."""
        return tuple(self.listed[slug] for slug in slugs if slug in self.listed)

    def below(self, section: Section) -> Iterator[Section]:
        """All sections under one, each before those under it."""
        for slug in section.sections:
            yield self.sections[slug]
            yield from self.below(self.sections[slug])

    def above(self, slug: str) -> tuple[Section, ...]:
        """The sections an address lies in, outermost first, without the home page."""
        steps = slug.split("/")[:-1]
        paths = ("/".join(steps[: depth + 1]) for depth in range(len(steps)))
        return tuple(self.sections[path] for path in paths if path in self.sections)

    def pages(self, section: str) -> tuple[Page, ...]:
        """Listed pages of Markdown whose address lies directly in a section, by title."""
        depth = section.count("/") + 1 if section else 0
        prefix = f"{section}/" if section else ""
        inside = (
            page
            for page in self.site.pages
            if page.state == "public" and page.slug.startswith(prefix) and page.slug.count("/") == depth
        )
        return tuple(sorted(inside, key=lambda page: (page.title.casefold(), page.slug)))

    def neighbours(self, recording: Recording) -> tuple[Recording | None, Recording | None]:
        """Previous and next recording: in the series it belongs to, else in its section."""
        series = self.series_of.get(recording.slug)
        slugs = series.recordings if series else self.sections[recording.section].recordings
        around = self.recordings(slugs)
        if recording not in around:
            return None, None
        at = around.index(recording)
        return (around[at - 1] if at else None), (around[at + 1] if at + 1 < len(around) else None)


def shelve(site: Site) -> Shelf:
    """Put a site in order for its pages."""
    listed = {recording.slug: recording for recording in site.recordings if recording.state == "public"}
    series = tuple(
        Series(slug=one.slug, title=one.title, recordings=parts)
        for one in site.series
        if len(parts := tuple(slug for slug in one.recordings if slug in listed)) > 1
    )
    series_of = {slug: one for one in reversed(series) for slug in one.recordings}
    sections = {section.slug: section for section in site.sections}
    return Shelf(site, listed, sections, series, series_of)
