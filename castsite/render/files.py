"""What stands beside the pages: the files of each recording, former addresses, what hosts want to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from urllib.parse import urlsplit

import msgspec

from castsite.analysis.model import Analysis
from castsite.artifact import Artifact, Order, Publishable
from castsite.config import SiteConfig
from castsite.errors import Problem
from castsite.render.captions import captions_file, captions_path
from castsite.render.cards import SITE_CARD, card_path
from castsite.render.choices import PLAYERS, Terminal
from castsite.render.digests import digest
from castsite.render.drop_in import component, drop_in, version
from castsite.render.encode import clock, safe_text
from castsite.render.headers import Redirect, headers_file, host_limits, redirects_file, rules, usable_redirects
from castsite.render.images.film import film_file, film_path
from castsite.render.images.palette import Palette
from castsite.render.images.svg import poster_file
from castsite.render.looks import palette_of
from castsite.render.notes import notes, notes_path
from castsite.render.oembed import Answer, answer, as_json, as_xml
from castsite.render.packed import packed_file, packed_path
from castsite.render.record import part_paths, record
from castsite.render.segmented import segment_files, segment_paths
from castsite.render.shelf import Shelf
from castsite.render.shell import Draw, Load, is_bright
from castsite.render.snippets import embeds_by_script, shared
from castsite.render.transcript import text
from castsite.site.addresses import COMPONENT
from castsite.site.model import Page, Recording, Site

_FILM, _NOTES, _CARD, _PACKED = film_path(""), notes_path(""), card_path(""), packed_path("")
(_JSON,) = part_paths("", 1)
_LISTS = ("page", "search", "stats")
"""First steps of addresses that pages of no item have, besides those of taxonomies."""

LoadCast = Callable[[str], bytes]
"""Fetches the published cast of a recording by its key."""

LoadCover = Callable[[Recording], bytes]
"""Reads the picture that stands for a recording."""


def recording_files(  # noqa: PLR0913 - the parts of a build, each named where it is called
    shelf: Shelf,
    *,
    load: Load,
    load_cast: LoadCast,
    draw: Draw,
    cover: LoadCover,
    fingerprint: str,
    terminal: Terminal = PLAYERS,
) -> Iterator[Publishable]:
    """Give the published cast, the poster, and the transcript as text, as JSON and as Markdown, of every recording.

    Film strip, Markdown, compressed cast, drop-in script and oEmbed answers are made for those whose `outputs` ask for
    them.

    `fingerprint` is a digest of the code and of `terminal`: with the recording's own key it says whether a file can
    have changed.
    """
    config = shelf.site.config
    if config.base_url:
        yield _site_card(shelf, fingerprint)
    common = digest(fingerprint, version(), config.base_url, config.title, config.author)
    tools = _Tools(config, load, load_cast, draw, cover, terminal)
    for recording in shelf.site.recordings:
        if recording.state != "expired":
            yield from _Files(tools, recording, digest(common, shelf.digests[recording.slug], recording.body)).each()


def _site_card(shelf: Shelf, fingerprint: str) -> Artifact:
    """Give the card of all pages that show no recording."""
    config, listed = shelf.site.config, shelf.listed.values()
    length = sum(recording.summary.duration for recording in listed)
    address = urlsplit(config.base_url or "")
    facts = f"{address.netloc}{address.path}".rstrip("/") + (f" · {clock(length)}" if length else "")
    words = (safe_text(config.title), safe_text(config.description), safe_text(facts))
    return Artifact(
        SITE_CARD, Order.FILE, config.content, partial(_drawn_site_card, *words), digest(fingerprint, words)
    )


def _drawn_site_card(*words: str) -> bytes:
    from castsite.render.images.card import site_card  # noqa: PLC0415 - Pillow, where it is needed

    return site_card(*words)


class _Tools(msgspec.Struct, frozen=True):
    """What all files are made with."""

    config: SiteConfig
    load: Load
    load_cast: LoadCast
    draw: Draw
    cover: LoadCover
    terminal: Terminal


class _File(msgspec.Struct, frozen=True, gc=False):
    """One file of a recording: of tens of thousands each keeps only what sets it apart from the others of its own."""

    files: _Files
    path: str
    make: Callable[[_Files], bytes]

    @property
    def order(self) -> Order:
        return Order.FILE

    @property
    def owner(self) -> str:
        return self.files.recording.source

    @property
    def key(self) -> str:
        return self.files.key

    def body(self) -> bytes:
        return self.make(self.files)


def endings(recording: Recording, config: SiteConfig) -> frozenset[str]:
    """Give what stands behind the address of a recording in the paths of its files, such as `.txt`."""
    return frozenset(ending for ending, _ in _makers(recording, config))


def _makers(recording: Recording, config: SiteConfig) -> Iterator[tuple[str, Callable[[_Files], bytes]]]:
    """Give the files that every recording has, and those that are asked for, each by its ending."""
    summary, outputs = recording.summary, recording.outputs
    if recording.cast == recording.slug:
        yield ".cast", _Files.cast
        for number, ending in enumerate(segment_paths("", summary.segments) if summary.segments else ()):
            yield ending, partial(_Files.segment, number=number)
    if "gzip" in outputs:
        yield _PACKED, _Files.packed
    yield ".txt", _Files.text
    yield ".svg", _Files.poster
    if summary.film:
        yield _FILM, _Files.film
    if "markdown" in outputs:
        yield _NOTES, _Files.notes
    for number, language in enumerate(summary.captions):
        yield captions_path("", language), partial(_Files.captions, number=number)
    if embeds_by_script(recording):
        yield ".js", _Files.script
    if config.base_url:
        yield from _addressed(recording)
    yield _JSON, _Files.json
    for number, ending in enumerate(part_paths("", summary.parts)[1:], start=1):
        yield ending, partial(_Files.json, number=number)


def _addressed(recording: Recording) -> Iterator[tuple[str, Callable[[_Files], bytes]]]:
    """Give those that name the address of the site."""
    if recording.state == "public":
        yield _CARD, _Files.card
    if "oembed" in recording.outputs:
        yield "/oembed.json", _Files.oembed
    if "oembed-xml" in recording.outputs:
        yield "/oembed.xml", _Files.oembed_xml


class _Files(msgspec.Struct, frozen=True, eq=False):
    """The files of one recording."""

    tools: _Tools
    recording: Recording
    key: str

    def each(self) -> Iterator[_File]:
        """Give those that every recording has, and those that are asked for."""
        for ending, make in _makers(self.recording, self.tools.config):
            yield _File(self, self.recording.slug + ending, make)

    def _analysis(self) -> Analysis:
        return self.tools.load(self.recording.key)

    def cast(self) -> bytes:
        return self.tools.load_cast(self.recording.key)

    def packed(self) -> bytes:
        return packed_file(self.cast())

    def segment(self, number: int) -> bytes:
        return _segments(self)[number]

    def text(self) -> bytes:
        return text(self._analysis().lines)

    def poster(self) -> bytes:
        title = f"Poster: {self.recording.title}"
        return poster_file(self.tools.draw(self.recording), self._palette(), title=title).encode()

    def card(self) -> bytes:
        from castsite.render.images.card import Cover, Sheet, recording_card  # noqa: PLC0415 - Pillow, where it is needed

        recording, summary, found = self.recording, self.recording.summary, self.recording.cover
        facts = (clock(summary.duration), self.tools.config.title)
        sheet = Sheet(
            safe_text(recording.title),
            safe_text(" · ".join(filter(None, facts))),
            [int(level) for level in summary.trace],
        )
        return recording_card(
            self._analysis().poster,
            self._palette(),
            sheet,
            bold_is_bright=is_bright(recording),
            cover=Cover(self.tools.cover(recording), found.width, found.height) if found else None,
        )

    def film(self) -> bytes:
        film = self._analysis().film
        if film is None:
            raise ValueError("the summary of a recording speaks of a film that its analysis does not have")
        return film_file(film, self._palette()).encode()

    def _palette(self) -> Palette:
        return palette_of(self.recording, self.tools.terminal)

    def notes(self) -> bytes:
        return notes(self.recording, self._analysis(), self.tools.config.base_url)

    def captions(self, number: int) -> bytes:
        return captions_file(self._analysis().captions[number])

    def script(self) -> bytes:
        return drop_in(shared(self.recording, None))

    def oembed(self) -> bytes:
        return as_json(self._answer())

    def oembed_xml(self) -> bytes:
        return as_xml(self._answer())

    def _answer(self) -> Answer:
        return answer(self.recording, shared(self.recording, self.tools.config.base_url), self.tools.config)

    def json(self, number: int = 0) -> bytes:
        return _parts(self)[number]


@lru_cache(maxsize=1)  # so are its segments
def _segments(files: _Files) -> tuple[bytes, ...]:
    return segment_files(files.cast())


@lru_cache(maxsize=1)  # the parts of one recording are asked for one after the other
def _parts(files: _Files) -> tuple[bytes, ...]:
    analysis = files.tools.load(files.recording.key)
    return record(files.recording, analysis, analysis.shown_commands)


def host_files(site: Site) -> tuple[tuple[Artifact, ...], tuple[Problem, ...]]:
    """Give `_headers`, `_redirects`, `.nojekyll` and the web component, and what hosts would not read of them."""
    base = urlsplit(site.config.base_url).path if site.config.base_url else "/"
    owner = site.config.content
    frames = _own_frames(site) if site.config.frame_ancestors else ()
    outputs = {*site.config.outputs, *(output for recording in site.recordings for output in recording.outputs)}
    chosen = rules(frames, remote_images=site.config.allow_remote_images, outputs=outputs)
    files = [
        Artifact("_headers", Order.INDEX, owner, partial(headers_file, chosen)),
        Artifact(".nojekyll", Order.INDEX, owner, bytes),
    ]
    if any("embed" in recording.outputs for recording in site.recordings):
        files.append(Artifact(COMPONENT, Order.FILE, owner, component))
    wanted = [
        Redirect("/" + alias.path.removesuffix("index.html"), f"{base}{alias.slug}/", alias.place)
        for alias in site.aliases
    ]
    redirects, problems = usable_redirects(wanted)
    if redirects:
        files.append(Artifact("_redirects", Order.INDEX, owner, partial(redirects_file, redirects)))
    return tuple(files), (*problems, *host_limits(chosen))


def _own_frames(site: Site) -> tuple[str, ...]:
    """Give the paths of rules for pages that have no address to hide, by its first step, since hosts count rules."""
    items: tuple[Recording | Page, ...] = (*site.recordings, *site.pages)
    listed = (item.slug for item in items if item.state == "public")
    steps = {slug.partition("/")[0] for slug in (*listed, *(section.slug for section in site.sections if section.slug))}
    return ("/", *(f"/{step}/*" for step in sorted(steps.union(_LISTS, site.config.taxonomies))))
