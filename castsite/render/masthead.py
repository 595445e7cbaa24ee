"""What stands above and below every page: the site's name, its navigation, and the line at its foot."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from markupsafe import Markup

from castsite.errors import Problem, Severity, quote
from castsite.render import prose
from castsite.render.context import Anchor, Picture, SiteView
from castsite.render.credits import CREDITS
from castsite.render.extra import extra
from castsite.render.shelf import Shelf
from castsite.render.shell import HOME, Press, Sheet, outside, page_of, person, sheet
from castsite.schema.nearest import did_you_mean
from castsite.schema.values import Link
from castsite.site.written import Where, nowhere

NAVIGATED = 6
"""Pages of the top folder that a site without `navigation:` links in its masthead."""

_CONFIG = "castsite.yml"


def site_view(press: Press, sheet: Sheet) -> SiteView:
    """Give the masthead and the footer of a page."""
    shelf, config, footer = press.shelf, press.shelf.site.config, press.choices.footer
    return SiteView(
        title=config.title,
        home=sheet.link(HOME),
        logo=_logo(press, sheet),
        navigation=tuple(_navigation(press, sheet)),
        author=person(config.author) if config.author else None,
        footer=prose.line(shelf, sheet, footer, _CONFIG).html if footer else Markup(),
        feed=sheet.link(press.channels[""].path("feed.atom")) if "" in press.channels else None,
        search=sheet.link("search/index.html") if config.search else None,
        credits=sheet.link(press.assets[CREDITS].path),
        extra=extra(config.extra),
    )


def navigation_problems(shelf: Shelf, paths: AbstractSet[str], where: Where = nowhere) -> Iterator[Problem]:
    """Name entries of `navigation:` that lead nowhere; `paths` are all output paths."""
    for link in shelf.site.config.navigation:
        written = link.url.partition("#")[0].partition("?")[0]
        path = written.strip("/")
        if not written or outside(link.url) or shelf.find(path) is not None:
            continue
        if path not in paths and f"{path}/index.html".lstrip("/") not in paths:
            near = did_you_mean(path, shelf.spellings()) or "; name a page of the site or an http(s) address"
            text = f"navigation: {quote(link.url)} leads nowhere{near}"
            yield Problem(Severity.WARNING, where("navigation", ("url", link.url)), "broken-link", text)


def footer_problems(shelf: Shelf, footer: str, where: Where = nowhere) -> Iterator[Problem]:
    """Tell what is wrong with the line at the foot of every page."""
    for problem in prose.line(shelf, sheet(HOME, None), footer, _CONFIG).problems if footer else ():
        yield problem._replace(place=where("theme", "options", "footer"), text=f"theme: footer: {problem.text}")


def _logo(press: Press, sheet: Sheet) -> Picture | None:
    logo = press.choices.logo
    if logo is None:
        return None
    return Picture(href=sheet.link(press.assets[logo.asset].path), width=logo.width, height=logo.height)


def _navigation(press: Press, sheet: Sheet) -> list[Anchor]:
    shelf, words = press.shelf, press.words
    config = shelf.site.config
    if config.navigation:
        return [_navigated(link, shelf, sheet) for link in config.navigation]
    lists = [(words[kind], page_of(kind)) for kind in ("series", "tags") if shelf.has(kind)]
    texts = [(title, page_of(slug)) for title, slug in navigated(shelf)]
    return [
        Anchor(title=title, href=sheet.link(path), current=path == sheet.path)
        for title, path in [(words.home, HOME), *lists, *texts]
    ]


def navigated(shelf: Shelf) -> tuple[tuple[str, str], ...]:
    """Give title and slug of texts that the masthead links where the owner said nothing.

    Those are sections that hold nothing but texts, such as a blog, and pages of the top folder that are no posts.
    """
    pages = [page for page in shelf.pages(shelf.root) if page.date is None]
    sections = [(section.title, section.slug) for section in shelf.texts]
    return (*sections, *((page.title, page.slug) for page in pages[:NAVIGATED]))


def _navigated(link: Link, shelf: Shelf, sheet: Sheet) -> Anchor:
    """Resolve an entry of `navigation:`: another site, a source below the content folder, or a path of this site."""
    href = outside(link.url)
    if href:
        return Anchor(title=link.title or href, href=href)
    written, mark, rest = link.url.partition("#")
    slug = shelf.find(written.strip("/"))
    path = written.lstrip("/") if slug is None else page_of(slug)
    return Anchor(title=link.title or written, href=sheet.link(path) + mark + rest, current=path == sheet.path)
