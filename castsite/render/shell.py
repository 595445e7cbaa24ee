"""What all pages share: how they link, what stands in `<head>`; and facts in the words of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from markupsafe import Markup
from msgspec import Struct

from castsite.analysis.model import Analysis, Chapter
from castsite.analysis.uses import Uses
from castsite.render.assets import Asset
from castsite.render.cards import Card, linked_data, open_graph, twitter
from castsite.render.channels import FORMATS, Channel
from castsite.render.choices import Choices
from castsite.render.context import Alternate, Anchor, Date, Head
from castsite.render.encode import safe_text
from castsite.render.env import Templates
from castsite.render.headers import policy
from castsite.render.images.svg import Drawing, draw
from castsite.render.looks import LOOKS
from castsite.render.shelf import Shelf
from castsite.render.words import Words
from castsite.safety import Refused
from castsite.safety.address import Kind, read_address
from castsite.schema.values import Author, Day, Link
from castsite.site.model import Page, Recording
from castsite.site.related import Relations
from castsite.site.urls import absolute, relative

HOME = "index.html"
NOT_FOUND = "404.html"
STATS = "stats/index.html"
_STYLES = ("css/site.css", "css/options.css")
_EARLY = ("js/early.js",)
_SCRIPTS = ("js/site.js",)
CODE = "css/code.css"
"""Colours of source code in Markdown; made by castsite."""

_ICON = "icons/mark.svg"
Load = Callable[[str], Analysis]
"""Fetches what is known about a recording by its key; called only while a page is made."""

LoadUses = Callable[[Sequence[str]], Iterable[Uses]]
"""Fetches what was used in each of some recordings by their keys; called only while the page of statistics is made."""

Draw = Callable[[Recording], Drawing]
"""Draws a recording's poster."""


def drawer(load: Load) -> Draw:
    """Draw from what is known, and keep the last drawing: several files of one recording show it."""

    @lru_cache(maxsize=1)
    def drawn(key: str, *, bright: bool) -> Drawing:
        return draw(load(key).poster, bold_is_bright=bright)

    return lambda recording: drawn(recording.key, bright=is_bright(recording))


def is_bright(recording: Recording) -> bool:
    """Whether bold letters in one of the eight dark colours are shown in the bright one."""
    return dict(recording.options).get("boldIsBright") is True


class Press(Struct, frozen=True):
    """What every page is made with."""

    shelf: Shelf
    templates: Templates
    assets: Mapping[str, Asset]
    load: Load
    draw: Draw
    choices: Choices
    channels: Mapping[str, Channel]
    """lists that have feeds, by slug"""
    relations: Relations
    uses: LoadUses

    @property
    def words(self) -> Words:
        """Texts of the interface."""
        return self.templates.words

    def hrefs(self, sheet: Sheet, *names: str) -> tuple[str, ...]:
        """Links to those of the named assets that the theme has; another theme may do without."""
        return tuple(sheet.link(self.assets[name].path) for name in names if name in self.assets)

    def sheet(self, path: str) -> Sheet:
        """Begin the page at an output path."""
        return sheet(path, self.shelf.site.config.base_url)

    def rendered(self, template: str, page: object) -> bytes:
        """Render an entry template. Raises BrokenTemplateError when it is at fault."""
        return self.templates.render(template, page=page)


class Sheet(Struct, frozen=True):
    """A page about to be made: its output path, and how it links to other output paths."""

    path: str
    link: Callable[[str], str]


def sheet(path: str, base_url: str | None) -> Sheet:
    """Relative links; on `404.html`, which hosts serve at any depth, absolute paths below the site's own."""
    if path != NOT_FOUND:
        return Sheet(path, lambda target: relative(path, target))
    root = urlsplit(base_url).path if base_url else "/"
    return Sheet(path, lambda target: root + relative(path, target).removeprefix("./"))


def page_of(slug: str, number: int = 1) -> str:
    """Output path of the page of an item, or of a further page of a list."""
    folder = f"{slug}/" if slug else ""
    return f"{folder}index.html" if number == 1 else f"{folder}page/{number}/index.html"


def head(  # noqa: PLR0913 - one for each kind of thing in <head>
    press: Press,
    sheet: Sheet,
    *,
    title: str,
    description: str = "",
    styles: tuple[str, ...] = (),
    scripts: tuple[str, ...] = (),
    index: bool = True,
    forms: tuple[Alternate, ...] = (),
    alone: bool = False,
    channel: str | None = None,
    recording: Recording | None = None,
    chapters: Sequence[Chapter] = (),
    post: Page | None = None,
    shown: str = "",
    within: str | None = None,
) -> Head:
    """Everything of `<head>`. `styles` and `scripts` are the theme's names of files, besides those of every page.

    `channel` is the slug of the list that the page begins, `recording` the one it shows, with its author's `chapters`,
    `post` the one it is, `shown` the slug of a recording that stands for it elsewhere; `forms` are other forms of what
    it shows. A page that stands `alone` has no masthead, and none of the scripts that belong to it; `within` is the
    output path of the page that it is a part of, whose address others are told in place of its own.
    """
    config = press.shelf.site.config
    told = safe_text(description)
    pictured = recording or press.shelf.known.get(shown)
    alt = str(press.words.recording_titled(title=safe_text(pictured.title))) if pictured else ""
    card = Card(config, sheet.path if index else within, title, told, recording, post, alt, shown)
    return Head(
        language=config.language,
        direction=direction(config.language),
        policy=policy(remote_images=config.allow_remote_images),
        title=title if title == config.title else f"{title} · {config.title}",
        description=told,
        canonical=card.address,
        alternates=(*forms, *alternates(press, channel)),
        open_graph=tuple(open_graph(card)),
        twitter=tuple(twitter(card)),
        linked_data=linked_data(card, chapters),
        index=index,
        icon=next(iter(press.hrefs(sheet, _ICON)), None),
        styles=press.hrefs(sheet, *_STYLES, *styles),
        early=press.hrefs(sheet, *_EARLY),
        scripts=press.hrefs(sheet, *(() if alone else _SCRIPTS), *scripts),
        fonts=press.hrefs(sheet, *press.choices.typefaces),
    )


def alternates(press: Press, slug: str | None) -> tuple[Alternate, ...]:
    """Give the feeds of a list; none when it has none."""
    channel = press.channels.get(slug) if slug is not None else None
    base = press.shelf.site.config.base_url
    if channel is None or base is None:
        return ()
    return tuple(
        Alternate(type=media, href=absolute(base, channel.path(name)), title=f"{channel.title} ({kind})")
        for name, media, kind in FORMATS
    )


def crumbs(press: Press, sheet: Sheet, slug: str) -> tuple[Anchor, ...]:
    """Links to the home page and to the sections an address lies in."""
    above = (Anchor(title=section.title, href=sheet.link(page_of(section.slug))) for section in press.shelf.above(slug))
    return (Anchor(title=press.words.home, href=sheet.link(HOME)), *above)


def code_style(text: Markup) -> tuple[str, ...]:
    """Name the style sheet of source code for a text that has some."""
    return (CODE,) if 'class="hl-' in text else ()


def player_style(text: Markup) -> tuple[str, ...]:
    """Name the style sheet of terminals' proportions for a text with players."""
    return (LOOKS,) if "<iframe" in text else ()


def person(author: Author) -> Anchor:
    """Give an author's name with the address, if there is a usable one."""
    return Anchor(title=safe_text(author.name), href=outside(author.url))


def outside(url: str) -> str:
    """Give an address to another site, normalised; empty for anything else."""
    address = read_address(url)
    return "" if isinstance(address, Refused) or address.kind is not Kind.EXTERNAL else address.url


def anchor(link: Link) -> Anchor | None:
    """Give a link to another site, titled by its address when it has no title; None when it may not be followed."""
    href = outside(link.url)
    title = safe_text(link.title) or href.partition("//")[2].rstrip("/") or href
    return Anchor(title=title, href=href) if href else None


def shown_day(day: Day | None, language: str) -> Date | None:
    """Give a date for a page: its day in the site's language, machine-readable with the time where one was written."""
    return shown(day, language) if day else None


def shown(day: Day, language: str) -> Date:
    """Do the same with a date that is there."""
    return Date(iso=day.iso, text=_day_text(day.date, language))


def shown_month(day: date, language: str) -> str:
    """Give the month of a day and its year in the site's language."""
    locale = _locale(language)
    return format_skeleton("yMMM", day, locale=locale) if locale else day.isoformat()[:7]


def direction(language: str) -> str:
    """`ltr` or `rtl`."""
    locale = _locale(language)
    return locale.text_direction if locale else "ltr"


def language_name(code: str) -> str:
    """Give the name of a language in that language: `Deutsch` for `de`; its code where CLDR knows none."""
    locale = _locale(code)
    name = (locale.languages.get("en") if code == "en" else locale.display_name) if locale else None
    return f"{name[0].upper()}{name[1:]}" if name else code


@lru_cache(maxsize=65536)
def _day_text(day: date, language: str) -> str:
    locale = _locale(language)
    return format_date(day, "medium", locale) if locale else day.isoformat()


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale | None:
    """Give what CLDR knows of a language; English dates are written with the day first, as everywhere but in the US."""
    try:
        return Locale.parse("en_GB" if language == "en" else language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
