"""The pages of tags, series and authors, and the lists of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from castsite.artifact import Artifact, Order
from castsite.render import listing, posts, prose
from castsite.render.context import Anchor, CollectionPage, Episode, Group, OverviewPage, SeriesPage, Tally
from castsite.render.encode import clock, safe_text
from castsite.render.keys import Keys
from castsite.render.looks import LOOKS
from castsite.render.masthead import site_view
from castsite.render.shell import Press, Sheet, crumbs, head, outside, page_of
from castsite.site.model import Collection, Kind, Recording

KINDS: Final[tuple[Kind, ...]] = ("tags", "series", "authors")

OTHERS: Final = 12
"""Tags named on the page of one of them."""

_STYLES = ("css/gallery.css", "css/collection.css", "css/strip.css", LOOKS)
List = listing.List[Recording]


def collections(press: Press, keys: Keys) -> Iterator[Artifact]:
    """Give the pages of every collection that has them, and for each kind the list of all."""
    for kind in KINDS:
        found = press.shelf.kind(kind)
        if not found:
            continue
        yield _overview(press, keys, kind, found)
        largest = _largest(found)
        for collection in found:
            yield from _pages(press, keys, collection, largest)


# ---- all of a kind


def _overview(press: Press, keys: Keys, kind: Kind, found: Sequence[Collection]) -> Artifact:
    counted = [(one.slug, one.title, _count(one), _clock(press, one)) for one in found]
    body = partial(_overview_body, press, kind, found)
    return Artifact(
        page_of(kind), Order.INDEX, press.shelf.site.config.content, body, keys.of("overview", kind, counted)
    )


def _overview_body(press: Press, kind: Kind, found: Sequence[Collection]) -> bytes:
    here, title = press.sheet(page_of(kind)), press.words[kind]
    page = OverviewPage(
        head=head(press, here, title=title, styles=_STYLES),
        site=site_view(press, here),
        crumbs=crumbs(press, here, ""),
        kind=kind,
        title=title,
        entries=tuple(_tally(here, one, clock=_clock(press, one)) for one in found),
    )
    return press.rendered("overview.html", page)


def _tally(sheet: Sheet, collection: Collection, *, current: str = "", clock: str = "") -> Tally:
    return Tally(
        title=safe_text(collection.title),
        href=sheet.link(page_of(collection.slug)),
        count=_count(collection),
        clock=clock,
        current=collection.slug == current,
    )


def _count(collection: Collection) -> int:
    return len(collection.recordings) + len(collection.pages)


def _clock(press: Press, collection: Collection) -> str:
    return clock(sum(one.summary.duration for one in press.shelf.recordings(collection.recordings)))


def _largest(found: Sequence[Collection]) -> tuple[Collection, ...]:
    return tuple(sorted(found, key=lambda one: (-_count(one), one.slug))[:OTHERS])


# ---- one of them


def _pages(press: Press, keys: Keys, collection: Collection, largest: tuple[Collection, ...]) -> Iterator[Artifact]:
    shelf, config = press.shelf, press.shelf.site.config
    everything = shelf.recordings(collection.recordings)
    listed = listing.listed(everything, shelf.pages(collection), config.pagination, lambda one: (_year(one), one))
    shown = _with(largest, collection)
    series = collection.kind == "series"  # each of its pages counts on from all before

    def say_all() -> object:  # once for all pages
        return (
            collection if series else replace(collection, recordings=(), pages=()),
            [shelf.digests[one.slug] for one in everything] if series else (),
            [*listed.counts().groups],
            len(listed.pages),
            [(one.slug, one.title, _count(one)) for one in shown] if not series else (),
            collection.slug in press.channels,
        )

    def say(number: int) -> object:
        recordings, texts = listed.pages[number - 1]
        counted = listed.counts()
        return (
            "collection",
            number,
            whole,
            counted.on(number),
            [counted.of(year, number) for year in dict.fromkeys(map(_year, recordings))],
            [shelf.digests[one.slug] for one in recordings],
            [shelf.digests[one.slug] for one in texts],
            keys.gists(*(one for one in recordings if one.meta.description), *texts),
        )

    whole = keys.of_list(f"{collection.slug}/", say_all)
    for number in range(1, len(listed.pages) + 1):
        if series:
            body = partial(_series_body, press, collection, listed, number)
        else:
            body = partial(_collection_body, press, collection, listed, number, shown)
        path = page_of(collection.slug, number)
        yield Artifact(path, Order.INDEX, config.content, body, keys.of_list(path, partial(say, number)))


def _with(largest: tuple[Collection, ...], collection: Collection) -> tuple[Collection, ...]:
    return largest if collection in largest else (*largest[: OTHERS - 1], collection)


def _collection_body(
    press: Press, collection: Collection, listed: List, number: int, shown: tuple[Collection, ...]
) -> bytes:
    here = press.sheet(page_of(collection.slug, number))
    title, first, everything = _title(collection), number == 1, listed.recordings
    _, texts = listed.pages[number - 1]
    page = CollectionPage(
        head=head(
            press,
            here,
            title=title if first else press.words.titled_page(number, title=title),
            styles=_STYLES,
            scripts=("js/gallery.js",) if everything else (),
            channel=collection.slug if first else None,
        ),
        site=site_view(press, here),
        crumbs=_crumbs(press, here, collection.kind),
        kind=collection.kind,
        title=safe_text(collection.title),
        elsewhere=_elsewhere(collection),
        totals=listed.counts().on(number),
        others=tuple(_tally(here, one, current=collection.slug) for one in shown),
        groups=tuple(_years(press, here, listed, number)),
        sortable=len(listed.pages) == 1 and len(everything) > 1,
        posts=posts.posts(press, here, texts),
        pages=posts.anchors(here, texts),
        pager=listing.pager(here, collection.slug, number, len(listed.pages)),
    )
    return press.rendered("collection.html", page)


def _title(collection: Collection) -> str:
    return f"#{safe_text(collection.title)}" if collection.kind == "tags" else safe_text(collection.title)


def _elsewhere(collection: Collection) -> Anchor | None:
    href = outside(collection.url)
    return Anchor(title=href.partition("//")[2].rstrip("/") or href, href=href) if href else None


def _years(press: Press, sheet: Sheet, listed: List, number: int) -> Iterator[Group]:
    """Give the frames of one page under the years of their dates; what has none comes last."""
    page, left = listed.pages[number - 1][0], listing.INLINE if number == 1 else 0
    for year, found in groupby(page, _year):
        shown, whole = list(found), listed.counts().of(year, number)
        yield Group(
            id=f"y{year}" if year else "undated",
            title=year or press.words.undated,
            href=None,
            recordings=whole.recordings,
            clock=whole.clock,
            frames=tuple(listing.frame(press, sheet, one, inline=at < left) for at, one in enumerate(shown)),
        )
        left -= len(shown)


def _year(recording: Recording) -> str:
    return str(recording.date.date.year) if recording.date else ""


# ---- a series


def _series_body(press: Press, collection: Collection, listed: List, number: int) -> bytes:
    here = press.sheet(page_of(collection.slug, number))
    title, first, everything = _title(collection), number == 1, listed.recordings
    before = sum(len(recordings) for recordings, _ in listed.pages[: number - 1])
    feeds = press.channels.get(collection.slug)
    page = SeriesPage(
        head=head(
            press,
            here,
            title=title if first else press.words.titled_page(number, title=title),
            styles=_STYLES,
            channel=collection.slug if first else None,
        ),
        site=site_view(press, here),
        crumbs=_crumbs(press, here, "series"),
        title=title,
        clock=_clock(press, collection),
        count=len(everything),
        play=f"{here.link(page_of(everything[0].slug))}?autoplay=1",
        feed=here.link(feeds.path("feed.atom")) if feeds else None,
        episodes=tuple(_episodes(press, here, everything, before, len(listed.pages[number - 1][0]))),
        pager=listing.pager(here, collection.slug, number, len(listed.pages)),
    )
    return press.rendered("series.html", page)


def _episodes(
    press: Press, sheet: Sheet, everything: tuple[Recording, ...], before: int, count: int
) -> Iterator[Episode]:
    start = sum(recording.summary.duration for recording in everything[:before])
    for at, recording in enumerate(everything[before : before + count]):
        yield Episode(
            number=before + at + 1,
            clock=clock(start),
            frame=listing.frame(press, sheet, recording, inline=before == 0 and at < listing.INLINE),
            description=prose.description(press.shelf, sheet, recording),
        )
        start += recording.summary.duration


def _crumbs(press: Press, sheet: Sheet, kind: Kind) -> tuple[Anchor, ...]:
    return (*crumbs(press, sheet, ""), Anchor(title=press.words[kind], href=sheet.link(page_of(kind))))
