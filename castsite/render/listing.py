"""Lists of recordings: frames, groups of them, pages of groups, series as strips, the newest one large."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, groupby, zip_longest
from typing import Generic, TypeVar

from msgspec import Struct

from castsite.errors import Problem, Severity, quote
from castsite.render import prose
from castsite.render.context import Anchor, Frame, Group, Lead, Moment, Pager, Part, Strip, Totals
from castsite.render.covers import cover_image
from castsite.render.encode import clock, safe_text, seconds
from castsite.render.extra import extra
from castsite.render.images.film import film_path
from castsite.render.images.svg import inline_poster
from castsite.render.images.trace import trace
from castsite.render.looks import palette_class, size_class
from castsite.render.shelf import Shelf
from castsite.render.shell import Press, Sheet, page_of, shown_day
from castsite.schema.nearest import did_you_mean
from castsite.site.model import Collection, Page, Recording, Section
from castsite.site.order import DEFAULT_SORT, in_order
from castsite.site.taxonomy import facets
from castsite.site.written import Where, nowhere

T = TypeVar("T")

INLINE = 24
"""Frames of a page with their poster inside it; the others load theirs when they come near the window."""

NEWEST, NONE = "newest", "none"
"""What the theme's option `lead` may say besides the address of a recording."""

LEAD_FROM = 3
"""Recordings from which the newest one is shown large."""

STRIPS = 3
"""Series shown on the home page."""

MOMENTS = 9
"""Commands listed beside the newest recording."""

AROUND = 2
"""Pages before and after one that it links, besides the first and the last."""

COMMAND_LENGTH = 80
"""Characters shown of each."""


def frame(press: Press, sheet: Sheet, recording: Recording, *, inline: bool) -> Frame:
    """Give a recording in a list; `inline`: its poster is drawn into the page."""
    summary = recording.summary
    return Frame(
        title=recording.title,
        href=sheet.link(page_of(recording.slug)),
        size=size_class(recording),
        palette=palette_class(recording, press.choices.terminal),
        poster=inline_poster(press.draw(recording))
        if inline and not recording.cover
        else cover_image(sheet, recording, lazy=not inline),
        trace=trace([int(level) for level in summary.trace]),
        film=sheet.link(film_path(recording.slug)) if summary.film else "",
        film_map=summary.film,
        clock=clock(summary.duration),
        seconds=seconds(summary.duration),
        commands=summary.commands,
        bytes=summary.size,
        date=shown_day(recording.date, press.shelf.site.config.language),
        description=prose.description(press.shelf, sheet, recording),
        status=recording.status,
        extra=extra(recording.meta.extra),
    )


def totals(recordings: Iterable[Recording]) -> Totals:
    """Count what is listed."""
    found = tuple(recordings)
    return Totals(
        recordings=len(found),
        lines=sum(recording.summary.lines for recording in found),
        clock=clock(sum(recording.summary.duration for recording in found)),
    )


class Counts(Struct, frozen=True):
    """How much a list holds, and each of its groups by its name."""

    whole: Totals
    groups: Mapping[str, Totals]

    def on(self, number: int) -> Totals:
        """Give what a page says of the whole list. One that goes on from another says how many there are, and no more.

        Or each of hundreds of pages would be another one whenever a recording is a second longer.
        """
        return self.whole if number == 1 else Totals(recordings=self.whole.recordings, lines=0, clock="")

    def of(self, group: str, number: int) -> Totals:
        """Give what a page says of one of its groups; of one that is the whole list it says as much as of that."""
        counted = self.groups[group]
        return self.on(number) if counted.recordings == self.whole.recordings else counted


def counts(named: Iterable[tuple[str, Recording]]) -> Counts:
    """Count recordings and the groups that they are named with."""
    groups = defaultdict[str, list[Recording]](list)
    for group, recording in named:
        groups[group].append(recording)
    every = chain.from_iterable(groups.values())
    return Counts(totals(every), {group: totals(found) for group, found in groups.items()})


# ---- pages of groups


class Listed(Struct, frozen=True):
    """One recording in a list, and the section it is shown under."""

    section: Section
    recording: Recording


def listed_under(shelf: Shelf, section: Section) -> tuple[Listed, ...]:
    """Everything under a section in the order it is shown: its own recordings, then those of each section below.

    A section that is recursive has all of them as its own.
    """
    seen: set[str] = set()
    found: list[Listed] = []
    for place in (section, *shelf.below(section)):
        for recording in shelf.recordings(place.recordings):
            if recording.slug not in seen:
                seen.add(recording.slug)
                found.append(Listed(place, recording))
    return tuple(found)


class List(Struct, Generic[T], frozen=True):
    """All that a list holds, and how it is cut: each page has its share of the recordings and of the texts."""

    recordings: tuple[T, ...]
    texts: tuple[Page, ...]
    pages: tuple[tuple[tuple[T, ...], tuple[Page, ...]], ...]
    counts: Callable[[], Counts]
    """counts all of it, once for all pages: or long lists would cost their length for each of them"""


def texts_under(shelf: Shelf, section: Section) -> tuple[Page, ...]:
    """Give the pages of Markdown under a section in its order; the home page has only those of the top folder."""
    if not section.slug or not section.sections:
        return shelf.pages(section)
    every = (page for place in (section, *shelf.below(section)) for page in shelf.pages(place))
    return tuple(in_order(every, section.meta.sort or DEFAULT_SORT, facets))


def listed(
    recordings: tuple[T, ...], texts: tuple[Page, ...], size: int, named: Callable[[T], tuple[str, Recording]]
) -> List[T]:
    """Cut recordings and texts into pages of at most `size` of each, 0 for all on one; there is always a first page.

    `named` gives the group of each.
    """
    cut = zip_longest(_in_pages(recordings, size), _in_pages(texts, size), fillvalue=())
    return List(recordings, texts, tuple(cut), cache(lambda: counts(map(named, recordings))))


def _in_pages(items: tuple[T, ...], size: int) -> tuple[tuple[T, ...], ...]:
    if not size or len(items) <= size:
        return (items,)
    return tuple(items[start : start + size] for start in range(0, len(items), size))


def groups(press: Press, sheet: Sheet, owner: Section, listed: List[Listed], number: int) -> Iterator[Group]:
    """Give the frames of one page of a list, under the sections they belong to.

    Posters are drawn into the first page only, where people arrive; further pages load them as they scroll.
    """
    page, left = listed.pages[number - 1][0], INLINE if number == 1 else 0
    for slug, found in groupby(page, lambda one: one.section.slug):
        shown = [one.recording for one in found]
        section, own = press.shelf.sections[slug], slug == owner.slug
        whole = listed.counts().of(slug, number)
        yield Group(
            id=f"s-{slug.replace('/', '--')}" if not own else "s",
            title=press.words.own_recordings if own else section.title,
            href=None if own else sheet.link(page_of(slug)),
            recordings=whole.recordings,
            clock=whole.clock,
            frames=tuple(frame(press, sheet, recording, inline=at < left) for at, recording in enumerate(shown)),
        )
        left -= len(shown)


def pager(sheet: Sheet, slug: str, number_of: int, count: int) -> Pager | None:
    """Give the links between the pages of a list; None when it has one page only."""
    if count == 1:
        return None

    def href(at: int) -> str:
        return sheet.link(page_of(slug, at))

    return Pager(
        number=number_of,
        count=count,
        pages=tuple(
            Anchor(title=str(at), href=href(at), current=at == number_of) if at else Anchor(title="…", href="")
            for at in _near(number_of, count)
        ),
        previous=href(number_of - 1) if number_of > 1 else None,
        next=href(number_of + 1) if number_of < count else None,
    )


def _near(number_of: int, count: int) -> Iterator[int]:
    """Give the numbers of pages that a page links: the first, the last, those around it; 0 stands for a gap."""
    shown = sorted({1, count, *range(max(number_of - AROUND, 1), min(number_of + AROUND, count) + 1)})
    before = 0
    for at in shown:
        if at - before == 2:
            yield at - 1
        elif at - before > 2:
            yield 0
        yield at
        before = at


# ---- what a home page shows besides


def lead(press: Press, sheet: Sheet) -> Lead | None:
    """Give the recording that the owner chose, else the newest one of a site that has enough of them."""
    recording = chosen(press.shelf, press.choices.lead)
    if recording is None:
        return None
    summary, here = recording.summary, sheet.link(page_of(recording.slug))
    return Lead(
        frame=frame(press, sheet, recording, inline=True),
        newest=press.choices.lead == NEWEST,
        description=prose.plain_description(press.shelf, recording) if recording.meta.description else "",
        lines=summary.lines,
        moments=tuple(
            Moment(
                clock=clock(command.accepted),  # before it was entered the screen may show an empty prompt
                href=f"{here}?t={seconds(command.accepted)}",
                title=safe_text(command.text.partition("\n")[0], COMMAND_LENGTH),
            )
            for command in press.load(recording.key).shown_commands[:MOMENTS]
        ),
    )


def chosen(shelf: Shelf, lead: str) -> Recording | None:
    """Give the recording that stands large on the home page, if there is one."""
    if lead != NEWEST:
        return None if lead == NONE else shelf.listed.get(shelf.find(lead.strip("/")) or "")
    dated = [(one.date.moment, one.slug) for one in shelf.listed.values() if one.date]
    return shelf.listed[max(dated)[1]] if dated and len(shelf.listed) >= LEAD_FROM else None


def lead_problems(shelf: Shelf, lead: str, where: Where = nowhere) -> Iterator[Problem]:
    """Tell when the recording that should stand large on the home page is none that is listed."""
    if lead in {NEWEST, NONE} or chosen(shelf, lead):
        return
    near = did_you_mean(lead.strip("/"), shelf.listed) or f"; write {NEWEST}, {NONE} or the address of a listed one"
    text = f"theme: lead: no recording is at {quote(lead)}{near}"
    yield Problem(Severity.WARNING, where("theme", "options", "lead"), "unknown-recording", text)


def strips(press: Press, sheet: Sheet) -> tuple[Strip, ...]:
    """Give the first series of the site."""
    return tuple(strip(press, sheet, series) for series in press.shelf.series[:STRIPS])


def strip(press: Press, sheet: Sheet, series: Collection, current: str = "") -> Strip:
    """Give a series; `current` is the slug of the recording whose page this is."""
    parts, start = [], 0
    for at, recording in enumerate(press.shelf.recordings(series.recordings), start=1):
        picture = frame(press, sheet, recording, inline=False)
        parts.append(Part(number=at, clock=clock(start), frame=picture, current=recording.slug == current))
        start += recording.summary.duration
    return Strip(
        id=series.slug.replace("/", "-"),
        title=series.title,
        href=_page_of_series(press.shelf, sheet, series),
        clock=clock(start),
        parts=tuple(parts),
    )


def _page_of_series(shelf: Shelf, sheet: Sheet, series: Collection) -> str | None:
    return sheet.link(page_of(series.slug)) if "series" in shelf.site.config.taxonomies else None
