"""What templates may see: one frozen type per entry template, holding finished data and nothing that computes.

A template gets one variable, `page`. Text is plain and is escaped by the template engine; `Markup` is HTML made by one
of our own encoders. Every `href` is relative to the page it stands on, except on `404.html`, which is served at any
depth. Times are shown texts (`1:05`) beside their seconds; a missing fact is None, an empty list is an empty tuple.

This is the contract with theme authors: `docs/themes.md` lists every field below, and a test holds both together.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from markupsafe import Markup


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """A titled link. `current`: it leads to the page it stands on."""

    title: str
    href: str
    current: bool = False


class Date(msgspec.Struct, frozen=True, kw_only=True):
    """A day or a moment: `iso` for machines (`<time datetime>`), `text` in the site's language."""

    iso: str
    text: str


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A titled moment of a recording: `clock` is for people, `href` holds `?t=` and works without scripts."""

    clock: str
    href: str
    title: str


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """A typed command: what is shown, and what a copy button hands over (empty: the same)."""

    clock: str
    href: str
    text: str
    copied: str


class Alternate(msgspec.Struct, frozen=True, kw_only=True):
    """The same in another form, such as a feed or a recording's file: `type` is its media type."""

    type: str
    href: str
    """absolute"""
    title: str


class Property(msgspec.Struct, frozen=True, kw_only=True):
    """A `<meta>` of a preview card."""

    name: str
    content: str


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in `<head>`. `policy` is the Content-Security-Policy and must come first after the charset."""

    language: str
    direction: str
    """`ltr` or `rtl`"""
    policy: str
    title: str
    """of the page and the site together"""
    description: str
    canonical: str | None
    """absolute; only when the site has a base_url"""
    alternates: tuple[Alternate, ...]
    """feeds of the list that the page shows, else its recording's file and oEmbed; only when the site has a base_url"""
    open_graph: tuple[Property, ...]
    """properties of the preview card, for `<meta property>`"""
    twitter: tuple[Property, ...]
    """what it has besides, for `<meta name>`"""
    linked_data: Markup
    """JSON-LD in its `<script>`, or empty"""
    index: bool
    """whether search engines may list the page"""
    icon: str | None
    styles: tuple[str, ...]
    early: tuple[str, ...]
    """classic scripts that run before the first paint"""
    scripts: tuple[str, ...]
    """ES modules"""
    fonts: tuple[str, ...]
    """typefaces worth fetching early"""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture file, and its size in pixels."""

    href: str
    width: int
    height: int


class SiteView(msgspec.Struct, frozen=True, kw_only=True):
    """What every page says about the site it belongs to."""

    title: str
    home: str
    """href of the gallery"""
    logo: Picture | None
    """what the owner put in the place of the mark"""
    navigation: tuple[Anchor, ...]
    author: Anchor | None
    """the owner; the href may be empty"""
    footer: Markup
    """a line of the owner's, inline HTML, or empty"""
    feed: str | None
    """href of the site's Atom feed, if it has one"""
    search: str | None
    """href of the page that searches all recordings, unless the owner turned it off"""
    credits: str
    """href of the licences of player and typefaces"""
    extra: Mapping[str, object]
    """`extra` of `castsite.yml`: texts, lists, mappings"""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """A recording in a list. `size` names the style rule of its terminal's proportions, such as `z80x24`."""

    title: str
    href: str
    size: str
    palette: str
    """class of the colour theme its poster is drawn in, or empty"""
    poster: Markup
    """inline SVG for the first frames of a page, a lazily loaded picture for the others, and the picture that an author
    chose; hidden from screen readers"""
    trace: Markup
    film: str
    """href of its film strip, or empty"""
    film_map: str
    """the still in it for each slice of the played length, one letter each; `a` is the uppermost"""
    clock: str
    """played length, and the same in seconds for scripts"""
    seconds: str
    commands: int
    bytes: int
    """size of the published cast"""
    date: Date | None
    description: Markup
    """one paragraph, inline HTML, or empty"""
    status: str
    """`recording` while it is being made, `stopped` when it is whole, `failed` when its end is missing"""
    extra: Mapping[str, object]
    """`extra` of its front matter"""


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """One recording, shown large enough to read."""

    frame: Frame
    newest: bool
    """it is the newest; else the owner chose it"""
    description: str
    lines: int
    moments: tuple[Moment, ...]
    """its first commands"""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A recording in a strip: its number, and where it starts when all parts are laid end to end."""

    number: int
    clock: str
    frame: Frame
    current: bool


class Strip(msgspec.Struct, frozen=True, kw_only=True):
    """A series, as joined frames in order. `id` is unique on the page; `clock` is the length of all parts together."""

    id: str
    title: str
    href: str | None
    """of the series' own page"""
    clock: str
    parts: tuple[Part, ...]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Recordings under one heading in the gutter. Counts are of the whole section, not of this page's share of it.

    One that is the whole list has no `clock` where that goes on.
    """

    id: str
    title: str
    href: str | None
    """of the section's own page"""
    recordings: int
    clock: str
    frames: tuple[Frame, ...]


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A page of Markdown with a date, in a list."""

    title: str
    href: str
    date: Date
    excerpt: str
    """its description, else how it begins"""
    minutes: int
    """that reading it takes"""
    extra: Mapping[str, object]


class Pager(msgspec.Struct, frozen=True, kw_only=True):
    """Where this page is among the pages of one list."""

    number: int
    count: int
    pages: tuple[Anchor, ...]
    """the first, the last, and those around this one, titled by number; an empty href stands for those between"""
    previous: str | None
    next: str | None


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """All that is listed, end to end; a page on which a list goes on knows how many recordings, and no more."""

    recordings: int
    lines: int
    """0 where a list goes on"""
    clock: str
    """empty where a list goes on"""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A recording's stretch of the reel; on a large site a section's. Percentages are of the whole line."""

    title: str
    href: str
    clock: str
    start: str
    """percentage"""
    share: str
    """percentage"""
    columns: int
    """units that `path` is wide; it is 16 high"""
    path: str
    """path data of the skyline"""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Where a section begins in the reel, and its share of it, in percent of the whole line."""

    title: str
    href: str
    clock: str
    start: str
    share: str
    room: str
    """class of the windows that are wide enough for its name: `from-48`, `from-64`, `from-84` (rem), or `none`"""


class Reel(msgspec.Struct, frozen=True, kw_only=True):
    """All recordings end to end on one line; `clock` is its length."""

    clock: str
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...]
    """sections in order, when there are several"""


class GalleryPage(msgspec.Struct, frozen=True, kw_only=True):
    """`gallery.html`: the home page and its continuations."""

    head: Head
    site: SiteView
    heading: str
    standfirst: str
    """a sentence under the heading, or empty"""
    text: Markup
    """body of content/_index.md, on the first page"""
    totals: Totals
    stats: str | None
    """href of the statistics, where there are recordings"""
    reel: Reel | None
    """on the first page, where there are enough recordings for it"""
    lead: Lead | None
    strips: tuple[Strip, ...]
    groups: tuple[Group, ...]
    sortable: bool
    """whether scripts may offer other orders: everything stands on this one page"""
    posts: tuple[Post, ...]
    """pages of Markdown with a date that belong to no section, on the first page also the newest of all others"""
    pages: tuple[Anchor, ...]
    """pages of Markdown without a date that belong to no section, and that castsite's own navigation does not have"""
    empty: bool
    """the site holds neither a recording nor a text"""
    pager: Pager | None
    extra: Mapping[str, object]
    """`extra` of content/_index.md"""


class SectionPage(msgspec.Struct, frozen=True, kw_only=True):
    """`section.html`: a folder of recordings, and its continuations."""

    head: Head
    site: SiteView
    crumbs: tuple[Anchor, ...]
    title: str
    standfirst: Markup
    """one paragraph, inline HTML, or empty"""
    text: Markup
    totals: Totals
    groups: tuple[Group, ...]
    """its own recordings, then those of each section below it"""
    sortable: bool
    posts: tuple[Post, ...]
    """pages of Markdown with a date in this section"""
    pages: tuple[Anchor, ...]
    """those without one"""
    pager: Pager | None
    extra: Mapping[str, object]
    """`extra` of its `_index.md`"""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """A tag, series or author, and how much there is of it: recordings and pages together."""

    title: str
    href: str
    count: int
    clock: str
    """their played length, where all of a kind are listed"""
    current: bool
    """it is the one whose page this is"""


class CollectionPage(msgspec.Struct, frozen=True, kw_only=True):
    """`collection.html`: all that has one tag, or is by one author, the newest first; and its continuations."""

    head: Head
    site: SiteView
    crumbs: tuple[Anchor, ...]
    kind: str
    """`tags` or `authors`"""
    title: str
    elsewhere: Anchor | None
    """the author's own site"""
    totals: Totals
    others: tuple[Tally, ...]
    """the largest of its kind, itself among them"""
    groups: tuple[Group, ...]
    """by year"""
    sortable: bool
    posts: tuple[Post, ...]
    """pages of Markdown with a date"""
    pages: tuple[Anchor, ...]
    """those without one"""
    pager: Pager | None


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a series with what is said of it. `clock`: where it starts when all parts are laid end to end."""

    number: int
    clock: str
    frame: Frame
    description: Markup


class SeriesPage(msgspec.Struct, frozen=True, kw_only=True):
    """`series.html`: a playlist in its order; and its continuations."""

    head: Head
    site: SiteView
    crumbs: tuple[Anchor, ...]
    title: str
    clock: str
    """length of all parts together"""
    count: int
    play: str
    """href that plays the first part"""
    feed: str | None
    """href of its Atom feed, if it has one"""
    episodes: tuple[Episode, ...]
    pager: Pager | None


class OverviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """`overview.html`: all tags, all series, or all authors."""

    head: Head
    site: SiteView
    crumbs: tuple[Anchor, ...]
    kind: str
    """`tags`, `series` or `authors`"""
    title: str
    entries: tuple[Tally, ...]


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A month, or more where there would be too many, and the recordings dated in it; `clock` is their length."""

    iso: str
    """for `<time datetime>`; empty where that has no word for it"""
    title: str
    recordings: int
    clock: str


class Peak(msgspec.Struct, frozen=True, kw_only=True):
    """Bars, one for each period, and what the highest stands for. `drawing` is hidden from screen readers."""

    drawing: Markup
    period: str
    """empty where several are the highest"""
    value: str


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """A tool or a command line, and how often it was used in how many recordings."""

    text: str
    count: int
    share: str
    """of the count of the most used one, as a percentage"""
    recordings: int
    moments: tuple[Moment, ...]
    """its first use in the newest of them, titled by recording"""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A recording in a list that says no more than what it is called, when it was recorded, and how long it is."""

    title: str
    href: str
    trace: Markup
    clock: str
    date: Date | None


class StatsPage(msgspec.Struct, frozen=True, kw_only=True):
    """`stats.html`: what the gallery holds, in numbers."""

    head: Head
    site: SiteView
    crumbs: tuple[Anchor, ...]
    title: str
    totals: Totals
    commands: int
    pages: int
    """pages of Markdown"""
    monthly: bool
    """whether periods are months; else they are years or more"""
    periods: tuple[Period, ...]
    """those without a recording among them; empty where there would be only one"""
    undated: Period | None
    """recordings without a date, beside the periods"""
    by_count: Peak | None
    """recordings by period"""
    by_length: Peak | None
    """their length by period"""
    tools: tuple[Usage, ...]
    """the most used ones first"""
    commands_used: tuple[Usage, ...]
    """command lines that were used more than once, the most used first"""
    longest: tuple[Named, ...]
    newest: tuple[Named, ...]


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """A file of captions: its language as people write it (`English`) and as HTML names it (`en`)."""

    language: str
    code: str
    href: str


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """Where the recording plays: the poster, on the player's own grid, until then."""

    size: str
    palette: str
    poster: Markup
    """inline SVG, or the picture that its author chose"""
    island: Markup
    """JSON for the page's script: source, player files, options, and texts"""
    cast: str
    """href of the published recording"""
    download: str
    """file name to keep it under"""
    command: str
    """plays the recording in the reader's own terminal"""
    captions: tuple[Track, ...]
    longest_caption: str
    """the one that needs most room, for which it is kept"""


class OutlineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A chapter with the commands under it, or (`chapter` is None) commands before the first chapter."""

    seconds: str
    """where it begins, for scripts"""
    chapter: Moment | None
    commands: tuple[Typed, ...]


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """Chapters and commands in order. `kind` names what it holds: `both`, `chapters`, `commands` or `input`."""

    kind: str
    shell: bool
    """it holds commands of a shell, which may be run again; those of other programs may not"""
    entries: tuple[OutlineEntry, ...]


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A published file of the recording: `kind` is its suffix, `name` the file name to keep it under.

    Suffixes are `.cast`, `.cast.gz`, `.txt`, `.md`, `.json`, `.svg`, `.vtt`, and of exports `.gif`, `.webp`, `.apng`,
    `.anim.svg`, `.still.png`, `.light.svg`, `.mp4`, `.webm`, `.offline.html`, `.rec`; what is heard has its own.
    """

    kind: str
    href: str
    name: str
    language: str = ""
    """of captions, as people write it"""
    code: str = ""
    """the same as HTML names it"""
    heard: bool = False
    """whether it is the sound of the recording"""


class Snippet(msgspec.Struct, frozen=True, kw_only=True):
    """A text to paste elsewhere.

    `kind` says what it makes: `iframe`, `link`, `readme`, `script`, `component`, `markdown`, `html`, `rst`, `asciidoc`,
    `org`, `bbcode` or `oembed`.
    """

    kind: str
    preview: str
    """what comes of it: `frame`, `picture` (the poster), `moving`, `light` (the poster, in light colours for who likes
    them), or nothing that could be shown"""
    text: Markup
    """the escaped text, with empty elements where a script puts what only the reader's browser knows: `data-root` the
    address of the site; the others a moment between their `data-before` and `data-after`, with `data-end` the one to
    stop at, which is nothing without one to start at"""


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How others show the recording; `poster` is the href of its picture.

    `moving` is that of one which moves, `light` that of the poster in light colours; both may be empty.
    """

    frame: str
    """href of the player alone, or empty"""
    poster: str
    moving: str
    light: str
    home: str
    """href of the site, for snippets that do not know its address"""
    complete: bool
    """whether the snippets hold whole addresses, because the site has a base_url"""
    snippets: tuple[Snippet, ...]


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about a recording; what is not known is None or empty."""

    recorded: Date | None
    updated: Date | None
    authors: tuple[Anchor, ...]
    """with an empty href where none was given"""
    clock: str
    columns: int
    rows: int
    resized: bool
    cut_off: bool
    """the recording ended in the middle of an event, or before its program did"""
    status: str
    """`recording` while it is being made, `stopped` when it is whole, `failed` when its end is missing"""
    synthetic: bool
    """nobody wrote down when the output came: its times are made up"""
    license: str
    source: Anchor | None
    session: str
    tags: tuple[Anchor, ...]
    """with an empty href where tags have no pages"""
    links: tuple[Anchor, ...]


class RecordingPage(msgspec.Struct, frozen=True, kw_only=True):
    """`recording.html`: the page of one recording."""

    head: Head
    site: SiteView
    crumbs: tuple[Anchor, ...]
    title: str
    description: Markup
    """one paragraph, inline HTML, or empty"""
    text: Markup
    """the Markdown body, or empty"""
    date: Date | None
    clock: str
    commands: int
    lines: int
    stage: Stage
    trace: Markup
    outline: Outline | None
    transcript: Markup
    """lists of lines with their times, grouped by chapter; empty when nothing was on screen"""
    transcript_href: str
    transcript_hidden: int
    """lines that only the text file holds, because the page would have become too large"""
    transcript_following: str
    """second at which the first of them appears, for scripts; empty when all stand on the page"""
    files: tuple[File, ...]
    share: Share
    about: About
    series: Strip | None
    part: int | None
    """its place in the series, from 1"""
    previous: Anchor | None
    next: Anchor | None
    """neighbours in the series, else in the section"""
    related: tuple[Frame, ...]
    """other recordings that have something in common with it"""
    extra: Mapping[str, object]


class EmbedPage(msgspec.Struct, frozen=True, kw_only=True):
    """`embed.html`: the player alone, for a frame in somebody else's page."""

    head: Head
    site: str
    """title of the site"""
    title: str
    href: str
    """of the recording's own page"""
    clock: str
    stage: Stage
    trace: Markup


class OfflinePage(msgspec.Struct, frozen=True, kw_only=True):
    """`offline.html`: a recording in a file of its own, which is no page of a site and asks for no other file."""

    language: str
    direction: str
    """`ltr` or `rtl`"""
    policy: str
    """the Content-Security-Policy, first after the charset; it allows `styles`, `early` and `scripts` as they are, and
    no other script, style sheet, picture or address"""
    title: str
    icon: str
    """`data:` address of a picture, or empty"""
    styles: Markup
    """the theme's style sheets and the player's in their `<style>`"""
    early: Markup
    """a script for `<head>`, before the first paint"""
    scripts: Markup
    """the player and what plays the recording, in `<script>` at the end of the body"""
    description: Markup
    """one paragraph, inline HTML, or empty"""
    online: Anchor | None
    """the recording's own page, by its address, if that is known"""
    date: Date | None
    clock: str
    columns: int
    rows: int
    commands: int
    lines: int
    size: str
    """names the style rule of its terminal's proportions"""
    poster: Markup
    island: Markup
    """the recording itself and the options of its player, for `scripts`"""
    trace: Markup
    outline: Outline | None
    """hrefs hold `#t=`"""
    transcript: Markup
    """all lines; empty without any"""
    licences: str
    """plain text: those of the player and the typefaces in the file"""


class Embedded(msgspec.Struct, frozen=True, kw_only=True):
    """`player.html`: a recording that plays inside a text of Markdown. It is a part of a page and no page."""

    title: str
    """its caption"""
    href: str
    """of the recording's own page, at the moment to start at"""
    frame: str
    """href of the player alone; empty where there is only a poster"""
    poster: str
    size: str


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a table of contents: `level` is 2 or 3, `href` leads to the heading on the same page."""

    level: int
    href: str
    title: str


class MarkdownPage(msgspec.Struct, frozen=True, kw_only=True):
    """`page.html`: a page of Markdown without a recording."""

    head: Head
    site: SiteView
    crumbs: tuple[Anchor, ...]
    title: str
    standfirst: Markup
    date: Date | None
    updated: Date | None
    authors: tuple[Anchor, ...]
    tags: tuple[Anchor, ...]
    minutes: int
    """that reading the text takes; 0 for pages without a date"""
    watching: int
    """minutes that the recordings in it take, rounded up; 0 without any"""
    contents: tuple[Heading, ...]
    """its table of contents; empty when it has few headings"""
    text: Markup
    previous: Anchor | None
    next: Anchor | None
    """of a page with a date: those beside it in its section's list"""
    extra: Mapping[str, object]


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A recording in a list for readers without scripts."""

    title: str
    href: str
    date: Date | None
    tags: tuple[Anchor, ...]


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """`search.html`: the form that searches everything; without scripts a list of what there is."""

    head: Head
    site: SiteView
    crumbs: tuple[Anchor, ...]
    title: str
    root: str
    """href of the site's root, for scripts"""
    available: bool
    """whether there is anything to search"""
    tag_names: tuple[str, ...]
    """what can be asked for, as it is written on the site"""
    series_names: tuple[str, ...]
    author_names: tuple[str, ...]
    recordings: tuple[Listed, ...]
    """the newest, at most 1,000, for readers without scripts"""
    more: bool
    """there are others"""
    sections: tuple[Anchor, ...]
    tags: tuple[Anchor, ...]


class GonePage(msgspec.Struct, frozen=True, kw_only=True):
    """`gone.html`: what is left of an expired recording or page."""

    head: Head
    site: SiteView
    crumbs: tuple[Anchor, ...]
    title: str


class PrivatePage(msgspec.Struct, frozen=True, kw_only=True):
    """`private.html`: asks for a passphrase, and holds an empty page of a recording for what it opens."""

    head: Head
    site: SiteView
    crumbs: tuple[Anchor, ...]
    lock: Markup
    """JSON for the page's script: what the passphrase opens"""
    player: Markup
    """JSON for the page's script: files of the player"""


class NotFoundPage(msgspec.Struct, frozen=True, kw_only=True):
    """`404.html`: served at any depth, so all its links are absolute paths."""

    head: Head
    site: SiteView
    screen: Markup
    """a small drawn terminal that says the same"""
    newest: tuple[Frame, ...]
    """somewhere to go on"""


ENTRIES: dict[str, type] = {
    "gallery.html": GalleryPage,
    "section.html": SectionPage,
    "collection.html": CollectionPage,
    "series.html": SeriesPage,
    "overview.html": OverviewPage,
    "stats.html": StatsPage,
    "recording.html": RecordingPage,
    "embed.html": EmbedPage,
    "offline.html": OfflinePage,
    "player.html": Embedded,
    "page.html": MarkdownPage,
    "search.html": SearchPage,
    "gone.html": GonePage,
    "private.html": PrivatePage,
    "404.html": NotFoundPage,
}
"""Entry template → the type of the `page` it gets."""
