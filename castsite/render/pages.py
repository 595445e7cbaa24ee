"""The pages of a site as artifacts: gallery, sections, recordings, Markdown, what is gone, and what was never there.

Addresses and keys are known at once; contexts and HTML are made when a body is called, so that a page's analysis is
in memory only while that page is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Generic, TypeVar

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from castsite.analysis.activity import levels
from castsite.analysis.uses import uses
from castsite.artifact import Artifact, Order, Publishable
from castsite.config import SiteConfig
from castsite.render import beside, listing, posts, prose, sharing, watching
from castsite.render.assets import Assets, make_assets
from castsite.render.channels import Channels, channels
from castsite.render.choices import Choices
from castsite.render.collected import collections
from castsite.render.context import (
    Anchor,
    GalleryPage,
    GonePage,
    MarkdownPage,
    NotFoundPage,
    RecordingPage,
    SectionPage,
)
from castsite.render.credits import CREDITS, credit_file
from castsite.render.embedded import embed_page, embed_path
from castsite.render.encode import clock
from castsite.render.env import EmptyFieldError, Templates
from castsite.render.extra import extra
from castsite.render.highlight import highlight_css
from castsite.render.images.svg import draw as draw_screen
from castsite.render.images.svg import inline_poster
from castsite.render.images.trace import SCRUBBED, trace
from castsite.render.keys import Keys, keys_of
from castsite.render.looks import LOOKS, looks
from castsite.render.lost import lost_screen
from castsite.render.masthead import navigated, site_view
from castsite.render.private import Locked, private_pages
from castsite.render.reel import reel
from castsite.render.search_page import search_page
from castsite.render.shelf import Shelf
from castsite.render.shell import (
    CODE,
    NOT_FOUND,
    STATS,
    Draw,
    Load,
    LoadUses,
    Press,
    Sheet,
    code_style,
    crumbs,
    drawer,
    head,
    page_of,
    player_style,
    shown_day,
)
from castsite.render.stats import stats_page
from castsite.render.transcript import log
from castsite.site.model import Collection, Page, Recording, Section
from castsite.site.order import in_order
from castsite.site.related import relations
from castsite.site.taxonomy import facets

Item = TypeVar("Item", bound=Recording | Page)

LATEST = 3
"""Posts of the sections that the home page names."""

NEWEST = 3
"""Recordings offered where a page is missing."""

ARTICLE = "css/article.css"
LISTS = ("css/gallery.css", "css/strip.css", LOOKS)
WATCHING = ("css/recording.css", "css/log.css", "css/share.css", "css/strip.css", LOOKS)


def pages(  # noqa: PLR0913 - the parts of a build, each named where it is called
    shelf: Shelf,
    *,
    templates: Templates,
    assets: Assets,
    load: Load,
    fingerprint: str,
    load_uses: LoadUses | None = None,
    draw: Draw | None = None,
    choices: Choices | None = None,
    lists: Channels | None = None,
    private: Sequence[Locked] = (),
) -> Iterator[Publishable]:
    """Give every page of the site, those of `private` recordings too, and the style sheets that are made for it.

    `fingerprint` is a digest of the code, the theme and its options: with what a page shows it makes the page's key.
    """
    site = shelf.site
    chosen = choices or Choices()
    shipped = {asset.name: asset for asset in assets.files}
    own = make_assets(
        {
            LOOKS: looks(site.recordings, chosen.terminal),
            CODE: highlight_css().encode(),
            CREDITS: credit_file(shipped),
        }
    )
    named = shipped | {asset.name: asset for asset in own.files}
    press = Press(
        shelf,
        templates,
        named,
        load,
        draw or drawer(load),
        chosen,
        channels(shelf) if lists is None else lists,
        relations(shelf.listed.values()),
        load_uses or (lambda some: (uses(load(key).shown_commands) for key in some)),
    )
    keys = keys_of(press, fingerprint)
    yield from own.artifacts()
    for section in site.sections:
        yield from _list_pages(press, keys, section)
    yield from collections(press, keys)
    yield from stats_page(press, keys)
    yield from _item_pages(press, keys)
    yield from private_pages(press, keys, private)
    if site.config.search:
        yield search_page(press, keys)
    yield _not_found(press, keys)


# ---- gallery and sections


def _list_pages(press: Press, keys: Keys, section: Section) -> Iterator[Artifact]:
    shelf = press.shelf
    config = shelf.site.config
    size = config.pagination if section.meta.pagination is None else section.meta.pagination
    found, texts = listing.listed_under(shelf, section), listing.texts_under(shelf, section)
    listed = listing.listed(found, texts, size, lambda one: (one.section.slug, one.recording))

    def say_all() -> object:
        return (
            replace(section, recordings=(), pages=()),
            prose.fingerprint(shelf, section),
            _titles(shelf.above(f"{section.slug}/")),
            [(slug, shelf.sections[slug].title) for slug in listed.counts().groups],
            len(listed.pages),
            section.slug in press.channels,
        )

    def say(number: int) -> object:
        recordings, texts = listed.pages[number - 1]
        counted = listed.counts()
        return (
            "list",
            number,
            whole,
            counted.on(number),
            [counted.of(slug, number) for slug in dict.fromkeys(one.section.slug for one in recordings)],
            [(one.section.slug, shelf.digests[one.recording.slug]) for one in recordings],
            keys.gists(*(one.recording for one in recordings if one.recording.meta.description)),
            [shelf.digests[page.slug] for page in texts],
            keys.gists(*texts),
            _at_first(press, keys, section, listed) if number == 1 else (),
        )

    own = (section, *prose.told(shelf, section))
    whole = keys.of_list(f"{section.slug}/", say_all, *own)
    body = partial(_section_body if section.slug else _gallery_body, press, section, listed)
    for number in range(1, len(listed.pages) + 1):
        path = page_of(section.slug, number)
        yield Artifact(
            path,
            Order.INDEX,
            f"{config.content}/{section.slug}" if section.slug else config.content,
            partial(body, number),
            keys.of_list(path, partial(say, number), *own),
        )


def _at_first(press: Press, keys: Keys, section: Section, listed: listing.List[listing.Listed]) -> object:
    """Give what only the first page of a list holds."""
    shelf = press.shelf
    latest = () if section.slug else shelf.latest(LATEST)
    return (
        [shelf.digests[one.recording.slug] for one in listed.recordings],
        not shelf.listed and not shelf.markdown,
        [shelf.digests[page.slug] for page in latest],
        keys.gists(*latest),
        () if section.slug else _on_home(press, keys),
    )


def _on_home(press: Press, keys: Keys) -> object:
    """Give what stands on the home page besides its list: a recording that is shown large, the first series."""
    shelf, lead = press.shelf, listing.chosen(press.shelf, press.choices.lead)
    series = shelf.series[: listing.STRIPS]
    shown = [*shelf.recordings(tuple(slug for one in series for slug in one.recordings)), *([lead] if lead else ())]
    return series, [shelf.digests[one.slug] for one in shown], keys.gists(*shown)


def _gallery_body(press: Press, section: Section, listed: listing.List[listing.Listed], number: int) -> bytes:
    config = press.shelf.site.config
    here = press.sheet(page_of("", number))
    heading, standfirst = _heading(config, section.meta.title)
    standfirst = prose.description(press.shelf, here, section) or standfirst
    first, everything, (_, texts) = number == 1, listed.recordings, listed.pages[number - 1]
    sortable = len(listed.pages) == 1 and len(everything) > 1
    text = prose.body(press, here, section) if first else Markup()
    page = GalleryPage(
        head=head(
            press,
            here,
            title=config.title if first else press.words.page(number),
            description=config.description,
            styles=(*LISTS, *code_style(text)),
            scripts=("js/gallery.js",) if everything else (),
            channel=section.slug if first else None,
        ),
        site=site_view(press, here),
        heading=heading,
        standfirst=standfirst if first else "",
        text=text,
        totals=listed.counts().on(number),
        stats=here.link(STATS) if everything else None,
        reel=reel(here, section.slug, everything) if first and press.choices.reel else None,
        lead=listing.lead(press, here) if first else None,
        strips=listing.strips(press, here) if first else (),
        groups=tuple(listing.groups(press, here, section, listed, number)),
        sortable=sortable,
        posts=posts.posts(press, here, _with_latest(press.shelf, texts) if first else texts),
        pages=posts.anchors(here, texts if config.navigation else _beyond_navigation(press.shelf, texts)),
        empty=not press.shelf.listed and not press.shelf.markdown,
        pager=listing.pager(here, "", number, len(listed.pages)),
        extra=extra(section.meta.extra),
    )
    return press.rendered("gallery.html", page)


def _section_body(press: Press, section: Section, listed: listing.List[listing.Listed], number: int) -> bytes:
    here = press.sheet(page_of(section.slug, number))
    shelf = press.shelf
    first, everything, (_, texts) = number == 1, listed.recordings, listed.pages[number - 1]
    sortable = len(listed.pages) == 1 and len(everything) > 1
    text = prose.body(press, here, section) if first else Markup()
    page = SectionPage(
        head=head(
            press,
            here,
            title=section.title if first else press.words.titled_page(number, title=section.title),
            description=prose.plain_description(shelf, section),
            styles=(*LISTS, *code_style(text)),
            scripts=("js/gallery.js",) if everything else (),
            channel=section.slug if first else None,
        ),
        site=site_view(press, here),
        crumbs=crumbs(press, here, section.slug),
        title=section.title,
        standfirst=prose.description(shelf, here, section) if first else Markup(),
        text=text,
        totals=listed.counts().on(number),
        groups=tuple(listing.groups(press, here, section, listed, number)),
        sortable=sortable,
        posts=posts.posts(press, here, texts),
        pages=posts.anchors(here, texts),
        pager=listing.pager(here, section.slug, number, len(listed.pages)),
        extra=extra(section.meta.extra),
    )
    return press.rendered("section.html", page)


HEADLINE = 60
"""Characters up to which the site's description is the headline of its home page."""


def _heading(config: SiteConfig, title: str | None) -> tuple[str, str]:
    """Give what stands large on the home page, which may have a title of its own, and the sentence under it."""
    is_short = 0 < len(config.description) <= HEADLINE
    large = title or (config.description if is_short else config.title)
    return large, "" if is_short else config.description


def _with_latest(shelf: Shelf, texts: tuple[Page, ...]) -> tuple[Page, ...]:
    """Add the newest posts of all sections to those of the home page."""
    return tuple(in_order((*texts, *shelf.latest(LATEST)), "-date", facets))


def _beyond_navigation(shelf: Shelf, texts: tuple[Page, ...]) -> tuple[Page, ...]:
    """Leave out what stands in the navigation that castsite makes."""
    there = {slug for _, slug in navigated(shelf)}
    return tuple(page for page in texts if page.slug not in there)


# ---- one recording


class _Kind(Struct, Generic[Item], frozen=True):
    """A kind of page that every item of a kind has one of."""

    press: Press
    keys: Keys
    digest: Callable[[Press, Keys, Item], str]
    make: Callable[[Press, Item], bytes]


class _ItemPage(Struct, Generic[Item], frozen=True):
    """A page of one item: of thousands each keeps only what sets it apart from the others."""

    kind: _Kind[Item]
    item: Item
    path: str

    @property
    def order(self) -> Order:
        return Order.PAGE

    @property
    def owner(self) -> str:
        return self.item.source

    @property
    def key(self) -> str:
        return self.kind.digest(self.kind.press, self.kind.keys, self.item)

    def body(self) -> bytes:
        try:
            return self.kind.make(self.kind.press, self.item)
        except EmptyFieldError as error:
            raise error.on(self.item.source) from error


def _item_pages(press: Press, keys: Keys) -> Iterator[Publishable]:
    watched = _Kind(press, keys, _recording_key, _recording_body)
    embedded = _Kind(press, keys, _embed_key, _embed_body)
    written = _Kind(press, keys, _markdown_key, _markdown_body)
    gone = _Kind(press, keys, _gone_key, _gone_body)
    for recording in press.shelf.site.recordings:
        path = page_of(recording.slug)
        if recording.state == "expired":
            yield _ItemPage(gone, recording, path)
            continue
        yield _ItemPage(watched, recording, path)
        if "embed" in recording.outputs:
            yield _ItemPage(embedded, recording, embed_path(recording.slug))
    for page in press.shelf.site.pages:
        if page.state == "expired":
            yield _ItemPage(gone, page, page_of(page.slug))
        else:
            yield _ItemPage(written, page, page_of(page.slug))


def _recording_key(press: Press, keys: Keys, recording: Recording) -> str:
    shelf = press.shelf

    def say() -> object:
        series = shelf.series_of.get(recording.slug)
        near = beside.related(press, recording)
        return (
            "recording",
            keys.gists(*near, *shelf.recordings(series.recordings if series else ())),
            _titles(shelf.above(f"{recording.section}/")),
            series and (series, [shelf.digests[slug] for slug in series.recordings]),
            _titles(shelf.neighbours(recording)),
            _titles(beside.named(shelf, recording)),
            [shelf.digests[other.slug] for other in near],
        )

    return keys.of_item(recording, say, keys.structure)


def _titles(found: Iterable[Recording | Page | Section | Collection | None]) -> list[tuple[str, str] | None]:
    """Say what a link to each of them says, and where there is none."""
    return [(one.slug, one.title) if one else None for one in found]


def _recording_body(press: Press, recording: Recording) -> bytes:
    shelf, config = press.shelf, press.shelf.site.config
    here = press.sheet(page_of(recording.slug))
    analysis = watching.in_words(press.load(recording.key), press.words)
    commands = analysis.shown_commands
    chapters = analysis.chapters if analysis.chapters_from == "markers" else ()
    lines = log(analysis.lines, commands, chapters, limit=config.limits.transcript_inline)
    text = prose.body(press, here, recording)
    series = shelf.series_of.get(recording.slug)
    previous, following = shelf.neighbours(recording)
    page = RecordingPage(
        head=head(
            press,
            here,
            title=recording.title,
            description=prose.plain_description(shelf, recording),
            styles=(*WATCHING, *code_style(text)),
            scripts=("js/recording.js", "js/inside.js"),
            index=recording.state == "public",
            forms=sharing.alternates(recording, config),
            recording=recording,
            chapters=chapters,
        ),
        site=site_view(press, here),
        crumbs=crumbs(press, here, f"{recording.section}/" if recording.section else ""),
        title=recording.title,
        description=prose.description(shelf, here, recording),
        text=text,
        date=shown_day(recording.date, config.language),
        clock=clock(analysis.duration),
        commands=len(commands),
        lines=len(analysis.lines),
        stage=watching.stage(press, here, recording, analysis),
        trace=trace(
            levels(analysis.activity, SCRUBBED),
            chapters=[chapter.time for chapter in chapters],
            duration=analysis.duration,
        ),
        outline=watching.outline(analysis, commands),
        transcript=lines.html,
        transcript_href=here.link(f"{recording.slug}.txt"),
        transcript_hidden=lines.hidden,
        transcript_following=lines.following,
        files=watching.files(here, recording),
        share=sharing.share(here, recording, config),
        about=watching.about(press, here, recording, analysis),
        series=listing.strip(press, here, series, recording.slug) if series else None,
        part=series.recordings.index(recording.slug) + 1 if series else None,
        previous=_neighbour(here, previous),
        next=_neighbour(here, following),
        related=tuple(listing.frame(press, here, other, inline=False) for other in beside.related(press, recording)),
        extra=extra(recording.meta.extra),
    )
    return press.rendered("recording.html", page)


def _embed_key(press: Press, keys: Keys, recording: Recording) -> str:
    return keys.of("embed", press.shelf.digests[recording.slug])


def _embed_body(press: Press, recording: Recording) -> bytes:
    return press.rendered("embed.html", embed_page(press, recording))


def _neighbour(here: Sheet, item: Recording | Page | None) -> Anchor | None:
    return Anchor(title=item.title, href=here.link(page_of(item.slug))) if item else None


# ---- pages of Markdown, what is gone, what was never there


def _markdown_key(press: Press, keys: Keys, page: Page) -> str:
    shelf = press.shelf

    def say() -> object:
        above, around = shelf.above(page.slug), shelf.neighbours(page)
        return "page", _titles(above), _titles(beside.named(shelf, page)), _titles(around)

    return keys.of_item(page, say, shelf.site.structure)


def _markdown_body(press: Press, page: Page) -> bytes:
    here = press.sheet(page_of(page.slug))
    shelf, language = press.shelf, press.shelf.site.config.language
    written = prose.rendered(shelf, here, page)
    text = prose.drawn(press, written)
    previous, following = shelf.neighbours(page)
    context = MarkdownPage(
        head=head(
            press,
            here,
            title=page.title,
            description=prose.plain_description(shelf, page),
            styles=(ARTICLE, *code_style(text), *player_style(text)),
            index=page.state == "public",
            post=page if page.date else None,
            shown=next((player.film.slug for player in written.players if player.film.slug), ""),
        ),
        site=site_view(press, here),
        crumbs=crumbs(press, here, page.slug),
        title=page.title,
        standfirst=prose.description(shelf, here, page),
        date=shown_day(page.date, language),
        updated=shown_day(page.meta.updated, language),
        authors=beside.authors(shelf, here, page.meta),
        tags=beside.tags(shelf, here, page.meta),
        minutes=written.minutes if page.date else 0,
        watching=posts.whole_minutes(sum(player.film.duration for player in written.players)),
        contents=posts.contents(written.headings),
        text=text,
        previous=_neighbour(here, previous),
        next=_neighbour(here, following),
        extra=extra(page.meta.extra),
    )
    return press.rendered("page.html", context)


def _gone_key(press: Press, keys: Keys, item: Recording | Page) -> str:
    return keys.of("gone", item.slug, item.title, _titles(press.shelf.above(item.slug)))


def _gone_body(press: Press, item: Recording | Page) -> bytes:
    here = press.sheet(page_of(item.slug))
    page = GonePage(
        head=head(press, here, title=item.title, styles=(ARTICLE,), index=False),
        site=site_view(press, here),
        crumbs=crumbs(press, here, item.slug),
        title=item.title,
    )
    return press.rendered("gone.html", page)


def _not_found(press: Press, keys: Keys) -> Artifact:
    newest = _newest(press.shelf)
    shown = [press.shelf.digests[recording.slug] for recording in newest]
    key = keys.of("404", shown, press.shelf.root.sections, keys.gists(*newest))
    return Artifact(NOT_FOUND, Order.INDEX, press.shelf.site.config.content, partial(_not_found_body, press), key)


def _not_found_body(press: Press) -> bytes:
    here = press.sheet(NOT_FOUND)
    page = NotFoundPage(
        head=head(
            press,
            here,
            title=press.words.not_found,
            styles=("css/gallery.css", LOOKS),
            scripts=("js/lost.js",) if press.shelf.site.config.search else (),
            index=False,
        ),
        site=site_view(press, here),
        screen=inline_poster(draw_screen(lost_screen(press.shelf.root.sections))),
        newest=tuple(listing.frame(press, here, recording, inline=False) for recording in _newest(press.shelf)),
    )
    return press.rendered("404.html", page)


def _newest(shelf: Shelf) -> list[Recording]:
    dated = [recording for recording in shelf.listed.values() if recording.date]
    return sorted(dated, key=lambda one: (one.date and one.date.moment, one.slug), reverse=True)[:NEWEST]
