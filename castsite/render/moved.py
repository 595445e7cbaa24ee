"""Pages at former addresses: each leads on at once, says so where nothing leads, and is in no index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final
from urllib.parse import urljoin

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from castsite.artifact import Artifact, Order, Publishable
from castsite.errors import Problem
from castsite.render.shell import direction, page_of
from castsite.render.words import Words
from castsite.site.model import Alias, Site
from castsite.site.urls import Claim, Clash, clash_problems, collision_key, parents, relative

MOVED: Final = "js/moved.js"
"""Script of the theme that takes query and fragment along."""

# a refresh beside the script would win over it, and knows nothing of query and fragment
_PAGE = Markup(
    '<!doctype html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
    '{canonical}<title>{moved}</title>\n<script src="{script}" data-to="{href}"></script>\n'
    '<noscript><meta http-equiv="refresh" content="0; url={href}"></noscript>\n</head>\n<body>\n<main>\n'
    '<h1>{moved}</h1>\n<p><a href="{href}">{link}</a></p>\n'
    "</main>\n</body>\n</html>\n"
)
_CANONICAL = Markup('<link rel="canonical" href="{}">\n')
_POLICY = "default-src 'none'; script-src 'self'; base-uri 'none'"


class Signpost(Struct, frozen=True):
    """What all pages at former addresses say, and the output path of the script `MOVED`."""

    language: str
    base_url: str | None
    words: Words
    script: str

    def page(self, path: str, slug: str, *, owner: str) -> Artifact:
        """Give the page at `path` that leads on to that of `slug`."""
        return Artifact(path, Order.PAGE, owner, partial(self._body, path, slug))

    def _body(self, path: str, slug: str) -> bytes:
        base = self.base_url
        return _PAGE.format(
            language=self.language,
            direction=direction(self.language),
            policy=_POLICY,
            canonical=_CANONICAL.format(urljoin(base, f"{slug}/")) if base else "",
            moved=self.words.moved,
            script=relative(path, self.script),
            href=relative(path, page_of(slug)),
            link=self.words.moved_to,
        ).encode()


def with_free_aliases(site: Site, others: Iterable[Publishable]) -> tuple[Site, tuple[Problem, ...]]:
    """Take those former addresses from a site at which something else of it stands, so that nothing leads on there."""
    if not site.aliases:
        return site, ()
    files = {collision_key(one.path): Claim(one.path, one.owner) for one in others}
    free: list[Alias] = []
    lost: list[Clash] = []
    for alias in site.aliases:
        key = collision_key(alias.path)
        if holder := next((files[path] for path in (key, *parents(key)) if path in files), None):
            lost.append(Clash(Claim(alias.path, alias.place.path, alias=True), holder))
        else:
            free.append(alias)
    return replace(site, aliases=tuple(free)), clash_problems(lost, {one.place.path: one.place for one in site.aliases})


def alias_pages(site: Site, signpost: Signpost) -> Iterator[Artifact]:
    """Give the page at every former address of the site."""
    return (signpost.page(alias.path, alias.slug, owner=alias.place.path) for alias in site.aliases)
