"""What stands beside the pages: the files of each recording, former addresses, what hosts want to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from urllib.parse import urljoin, urlsplit

from markupsafe import Markup

from castsite.artifact import Artifact, Order
from castsite.config import SiteConfig
from castsite.errors import Problem
from castsite.render.captions import captions_file, captions_path
from castsite.render.choices import PLAYERS, Terminal
from castsite.render.drop_in import component, drop_in, version
from castsite.render.headers import Redirect, headers_file, host_limits, redirects_file, rules, usable_redirects
from castsite.render.images.film import film_file, film_path
from castsite.render.images.svg import poster_file
from castsite.render.keys import digest
from castsite.render.looks import palette_of
from castsite.render.notes import notes, notes_path
from castsite.render.oembed import Answer, answer, as_json, as_xml
from castsite.render.record import part_paths, record
from castsite.render.shell import Draw, Load, page_of
from castsite.render.snippets import embeds_by_script, shared
from castsite.render.transcript import text
from castsite.site.addresses import COMPONENT
from castsite.site.model import Page, Recording, Site
from castsite.site.urls import relative

LoadCast = Callable[[str], bytes]
"""Fetches the published cast of a recording by its key."""


def recording_files(  # noqa: PLR0913 - the parts of a build, each named where it is called
    site: Site, *, load: Load, load_cast: LoadCast, draw: Draw, fingerprint: str, terminal: Terminal = PLAYERS
) -> Iterator[Artifact]:
    """Give the published cast, the poster, and the transcript as text, as JSON and as Markdown, of every recording.

    Film strip, Markdown, drop-in script and oEmbed answers are made for those whose `outputs` ask for them.

    `fingerprint` is a digest of the code and of `terminal`: with the recording's own key it says whether a file can
    have changed.
    """
    base_url = site.config.base_url
    for recording in site.recordings:
        if recording.state == "expired":
            continue
        bodies = _Bodies(site.config, recording, load, load_cast, draw, terminal)
        key = digest(fingerprint, recording)
        slug, source = recording.slug, recording.source
        if recording.cast == slug:
            yield Artifact(f"{slug}.cast", Order.FILE, source, bodies.cast, key)
        yield Artifact(f"{slug}.txt", Order.FILE, source, bodies.text, key)
        yield Artifact(f"{slug}.svg", Order.FILE, source, bodies.poster, key)
        if recording.summary.film:
            yield Artifact(film_path(slug), Order.FILE, source, bodies.film, key)
        if "markdown" in recording.outputs:
            yield Artifact(notes_path(slug), Order.FILE, source, bodies.notes, f"{key}{base_url}")
        for number, language in enumerate(recording.summary.captions):
            yield Artifact(captions_path(slug, language), Order.FILE, source, partial(bodies.captions, number), key)
        yield from _for_others(bodies, key)
        first, *more = part_paths(slug, recording.summary.parts)
        yield Artifact(first, Order.FILE, source, bodies.json, key)
        for number, path in enumerate(more, start=1):
            yield Artifact(path, Order.FILE, source, partial(bodies.json, number), key)


def _for_others(bodies: _Bodies, key: str) -> Iterator[Artifact]:
    """Give what other sites embed the recording by."""
    recording, config = bodies.recording, bodies.config
    slug, source = recording.slug, recording.source
    if embeds_by_script(recording):
        yield Artifact(f"{slug}.js", Order.FILE, source, bodies.script, f"{key}{version()}")
    if config.base_url is None:
        return
    told = f"{key}{digest(config.base_url, config.title, config.author)}"
    if "oembed" in recording.outputs:
        yield Artifact(f"{slug}/oembed.json", Order.FILE, source, bodies.oembed, told)
    if "oembed-xml" in recording.outputs:
        yield Artifact(f"{slug}/oembed.xml", Order.FILE, source, bodies.oembed_xml, told)


@dataclass(frozen=True, slots=True, eq=False)
class _Bodies:
    """How the files of one recording are made. One object for all of them: a site has tens of thousands."""

    config: SiteConfig
    recording: Recording
    load: Load
    load_cast: LoadCast
    draw: Draw
    terminal: Terminal

    def cast(self) -> bytes:
        return self.load_cast(self.recording.key)

    def text(self) -> bytes:
        return text(self.load(self.recording.key).lines)

    def poster(self) -> bytes:
        title = f"Poster: {self.recording.title}"
        return poster_file(self.draw(self.recording), palette_of(self.recording, self.terminal), title=title).encode()

    def film(self) -> bytes:
        film = self.load(self.recording.key).film
        if film is None:
            raise ValueError("the summary of a recording speaks of a film that its analysis does not have")
        return film_file(film, palette_of(self.recording, self.terminal)).encode()

    def notes(self) -> bytes:
        return notes(self.recording, self.load(self.recording.key), self.config.base_url)

    def captions(self, number: int) -> bytes:
        return captions_file(self.load(self.recording.key).captions[number])

    def script(self) -> bytes:
        return drop_in(shared(self.recording, None))

    def oembed(self) -> bytes:
        return as_json(self._answer())

    def oembed_xml(self) -> bytes:
        return as_xml(self._answer())

    def _answer(self) -> Answer:
        return answer(self.recording, shared(self.recording, self.config.base_url), self.config)

    def json(self, number: int = 0) -> bytes:
        return _parts(self)[number]


@lru_cache(maxsize=1)  # the parts of one recording are asked for one after the other
def _parts(bodies: _Bodies) -> tuple[bytes, ...]:
    analysis = bodies.load(bodies.recording.key)
    return record(bodies.recording, analysis, analysis.shown_commands)


def host_files(site: Site) -> tuple[tuple[Artifact, ...], tuple[Problem, ...]]:
    """Give `_headers`, `_redirects`, `.nojekyll` and the web component, and what hosts would not read of them."""
    base = urlsplit(site.config.base_url).path if site.config.base_url else "/"
    items: tuple[Recording | Page, ...] = (*site.recordings, *site.pages)
    frames = [f"{base}{item.slug}/" for item in items if item.state == "public" and site.config.frame_ancestors]
    owner = site.config.content
    chosen = rules(frames, remote_images=site.config.allow_remote_images)
    files = [
        Artifact("_headers", Order.INDEX, owner, partial(headers_file, chosen)),
        Artifact(".nojekyll", Order.INDEX, owner, bytes),
    ]
    if any("embed" in recording.outputs for recording in site.recordings):
        files.append(Artifact(COMPONENT, Order.FILE, owner, component))
    wanted = [
        Redirect(base + alias.path.removesuffix("index.html"), f"{base}{alias.slug}/", alias.place)
        for alias in site.aliases
    ]
    redirects, problems = usable_redirects(wanted)
    if redirects:
        files.append(Artifact("_redirects", Order.INDEX, owner, partial(redirects_file, redirects)))
    return tuple(files), (*problems, *host_limits(chosen))


def alias_pages(site: Site) -> Iterator[Artifact]:
    """Give a page at every former address: it leads on at once, says so without that, and is in no index."""
    for alias in site.aliases:
        target = page_of(alias.slug)
        absolute = urljoin(site.config.base_url, f"{alias.slug}/") if site.config.base_url else None
        body = partial(alias_page, relative(alias.path, target), absolute)
        yield Artifact(alias.path, Order.PAGE, alias.place.path, body)


_ALIAS = Markup(
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" content="{policy}">\n<meta name="robots" content="noindex">\n'
    '<meta http-equiv="refresh" content="0; url={href}">\n{canonical}<title>Moved</title>\n'
    '<p>This page has moved: <a href="{href}">go to its new address</a>.</p>\n</html>\n'
)
_CANONICAL = Markup('<link rel="canonical" href="{}">\n')


def alias_page(href: str, absolute: str | None) -> bytes:
    """Write a page that leads on at once to a relative address; `absolute` is the same, where it is known."""
    canonical = _CANONICAL.format(absolute) if absolute else ""
    return _ALIAS.format(policy="default-src 'none'", href=href, canonical=canonical).encode()
