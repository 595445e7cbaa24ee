"""The page of statistics: what the gallery holds, when it was recorded, and what was used in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from castsite.artifact import Artifact, Order
from castsite.render import listing
from castsite.render.context import Moment, Named, Peak, Period, StatsPage, Usage
from castsite.render.encode import clock, number, plain, seconds, shown_controls
from castsite.render.images.bars import Tick, bars
from castsite.render.images.trace import trace
from castsite.render.keys import Keys
from castsite.render.masthead import site_view
from castsite.render.periods import Span, spans
from castsite.render.shelf import Shelf
from castsite.render.shell import STATS, Press, Sheet, crumbs, head, page_of, shown_day, shown_month
from castsite.render.usage import Entry, Ledger
from castsite.site.model import Recording

MOST: Final = 20
"""Tools, and commands, that are named."""

TWICE: Final = 2
"""Uses from which a command line is named."""

FEW: Final = 5
"""Recordings named as the longest, and as the newest."""

_LABELS: Final = 8  # years named below a drawing at most


def stats_page(press: Press, keys: Keys) -> Iterator[Artifact]:
    """Give the page, if anything is listed."""
    shelf = press.shelf
    everything = _newest_first(shelf)
    if not everything:
        return
    key = keys.of(
        "stats",
        [
            (one.slug, one.title, one.date, one.key, one.summary.duration, one.summary.lines, one.summary.commands)
            for one in everything
        ],
        [one.summary.trace for one in (*_longest(everything), *_newest(everything))],
        _pages(shelf),
    )
    yield Artifact(STATS, Order.INDEX, shelf.site.config.content, partial(_body, press, everything), key)


def _newest_first(shelf: Shelf) -> tuple[Recording, ...]:
    """Give all that is listed by date, what has none at the end; those of one moment by address."""
    found = sorted(shelf.listed.values(), key=lambda one: one.slug)
    dated = sorted(
        ((one.date.moment, one) for one in found if one.date), key=lambda pair: pair[0], reverse=True
    )  # stays in order where moments are equal
    return (*(one for _, one in dated), *(one for one in found if not one.date))


def _newest(newest_first: Sequence[Recording]) -> tuple[Recording, ...]:
    return tuple(one for one in newest_first[:FEW] if one.date)


def _longest(recordings: Iterable[Recording]) -> tuple[Recording, ...]:
    return tuple(sorted(recordings, key=lambda one: (-one.summary.duration, one.slug))[:FEW])


def _pages(shelf: Shelf) -> int:
    return sum(page.state == "public" for page in shelf.markdown.values())


def _body(press: Press, everything: tuple[Recording, ...]) -> bytes:
    here, title = press.sheet(STATS), press.words.stats
    language = press.shelf.site.config.language
    tools, commands = _used(press, everything)
    found = spans(everything)
    found = found if len(found) > 1 else ()
    monthly = all(span.first == span.last for span in found)
    periods = tuple(_period(span, language) for span in found)
    ticks = tuple(_ticks(found, language, monthly=monthly))
    page = StatsPage(
        head=head(press, here, title=title, styles=("css/gallery.css", "css/stats.css")),
        site=site_view(press, here),
        crumbs=crumbs(press, here, ""),
        title=title,
        totals=listing.totals(everything),
        commands=sum(one.summary.commands for one in everything),
        pages=_pages(press.shelf),
        monthly=monthly,
        periods=periods,
        undated=_undated(press, everything) if found else None,
        by_count=_peak(
            periods,
            [span.recordings for span in found],
            [str(press.words.recordings(one.recordings)) for one in periods],
            ticks,
        ),
        by_length=_peak(periods, [span.duration for span in found], [one.clock for one in periods], ticks),
        tools=tuple(_usages(here, tools.top(MOST))),
        commands_used=tuple(_usages(here, commands.top(MOST, least=TWICE))),
        longest=tuple(_named(here, one, language) for one in _longest(everything)),
        newest=tuple(_named(here, one, language) for one in _newest(everything)),
    )
    return press.rendered("stats.html", page)


def _named(sheet: Sheet, recording: Recording, language: str) -> Named:
    return Named(
        title=recording.title,
        href=sheet.link(page_of(recording.slug)),
        trace=trace([int(level) for level in recording.summary.trace]),
        clock=clock(recording.summary.duration),
        date=shown_day(recording.date, language),
    )


# ---- what was used


def _used(press: Press, everything: Iterable[Recording]) -> tuple[Ledger, Ledger]:
    """Count tools and commands; what was used in a recording is in memory only while it is counted."""
    tools, commands = Ledger(), Ledger()
    recordings = [one for one in everything if one.summary.commands]
    for recording, uses in zip(recordings, press.uses([one.key for one in recordings]), strict=True):
        tools.add(recording, uses.programs)
        commands.add(recording, uses.commands)
    return tools, commands


def _usages(sheet: Sheet, entries: Sequence[Entry]) -> Iterator[Usage]:
    for entry in entries:
        yield Usage(
            text=shown_controls(plain(entry.text)),
            count=entry.count,
            share=f"{number(100 * entry.count / entries[0].count)}%",
            recordings=entry.recordings,
            moments=tuple(
                Moment(
                    clock=clock(time),
                    href=f"{sheet.link(page_of(recording.slug))}?t={seconds(time)}",
                    title=recording.title,
                )
                for recording, time in entry.first
            ),
        )


# ---- when it was recorded


def _period(span: Span, language: str) -> Period:
    first, last = span.first, span.last
    year = f"{first.year:04}"
    iso, title = "", f"{year}–{last.year:04}"
    if first == last:
        iso, title = f"{year}-{first.month:02}", shown_month(first, language)
    elif first.year == last.year:
        iso = title = year
    return Period(iso=iso, title=title, recordings=span.recordings, clock=clock(span.duration))


def _undated(press: Press, everything: Iterable[Recording]) -> Period | None:
    found = [one for one in everything if not one.date]
    if not found:
        return None
    length = clock(sum(one.summary.duration for one in found))
    return Period(iso="", title=press.words.undated, recordings=len(found), clock=length)


def _peak(periods: Sequence[Period], values: Sequence[int], shown: Sequence[str], ticks: Iterable[Tick]) -> Peak | None:
    """Draw values by period, and tell the highest."""
    if not any(values):
        return None
    most = values.index(max(values))
    alone = values.count(values[most]) == 1
    titles = (f"{period.title}: {text}" for period, text in zip(periods, shown, strict=True))
    return Peak(drawing=bars(values, titles, ticks), period=periods[most].title if alone else "", value=shown[most])


def _ticks(found: Sequence[Span], language: str, *, monthly: bool) -> Iterator[Tick]:
    """Name the years below a drawing, the last among them, and the months that it begins and, in a year, ends with."""
    last = len(found) - 1
    every = -(-len(found) // _LABELS)
    for at, span in enumerate(found):
        if (last - at) % every == 0 if not monthly else span.first.month == 1:
            yield Tick(at, f"{span.first.year:04}")
        elif monthly and (at == 0 or (at == last and found[0].first.year == span.first.year)):
            yield Tick(at, shown_month(span.first, language))
