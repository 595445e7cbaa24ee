"""The site as values: documents as written, recordings as established, collections of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal, NamedTuple

import msgspec

from castsite.analysis.model import Captions, Chapter
from castsite.cast.events import TerminalTheme
from castsite.config import DEFAULT_OUTPUTS, SiteConfig
from castsite.errors import Place
from castsite.formats.model import Encoding
from castsite.schema.values import (
    Allowance,
    Author,
    Day,
    Extra,
    FrameAt,
    Link,
    Mask,
    Options,
    Part,
    Stretch,
    Visibility,
)


class Meta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, repr_omit_defaults=True):
    """Front matter of a recording, a page or a section; None or empty where it is silent.

    Most files say little, and what they do not say is neither kept nor part of a digest.

    Times are microseconds on the source recording's own timeline. `places` maps each key that was written to where.
    """

    title: str | None = None
    description: str | None = None
    date: Day | None = None
    updated: Day | None = None
    tags: tuple[str, ...] = ()
    series: Part | None = None
    weight: int | None = None
    authors: tuple[Author, ...] = ()
    draft: bool | None = None
    visibility: Visibility | None = None
    expires: Day | int | None = None
    """a moment, or days after `date`"""
    slug: str | None = None
    aliases: tuple[str, ...] = ()
    poster: int | str | FrameAt | None = None
    """a time, "auto", the path of a picture, or a picture that the recording holds"""
    player: Options = ()
    start: int | None = None
    end: int | None = None
    cut: tuple[Stretch, ...] = ()
    speed: float | tuple[Stretch, ...] | None = None
    idle_time_limit: int | Literal["off"] | None = None
    markers: tuple[Chapter, ...] | None = None
    redact: tuple[str, ...] = ()
    mask_region: tuple[Mask, ...] = ()
    secrets: tuple[Allowance, ...] = ()
    captions: tuple[tuple[str, str], ...] = ()
    audio: str | None = None
    export: tuple[str, ...] | None = None
    outputs: tuple[str, ...] | None = None
    commands: Literal[False] | tuple[tuple[int, str], ...] | None = None
    id: str | None = None
    session: str | None = None
    license: str | None = None
    source: str | None = None
    links: tuple[Link, ...] = ()
    related: tuple[str, ...] = ()
    extra: tuple[tuple[str, Extra], ...] = ()
    # for sources of other kinds
    recording: str | None = None
    size: tuple[int, int] | None = None
    encoding: Encoding | None = None
    timing: str | None = None
    input: str | None = None
    cps: float | None = None
    times: Literal["absolute", "relative"] | None = None
    # for sections
    sort: str | None = None
    pagination: int | None = None
    recursive: bool | None = None
    cascade: Meta | None = None
    """defaults for the items below"""
    places: tuple[tuple[str, Place], ...] = ()

    @property
    def poster_time(self) -> int | None:
        """The time that a poster shows, where one was written."""
        moment = self.poster.time if isinstance(self.poster, FrameAt) else self.poster
        return moment if isinstance(moment, int) else None

    @property
    def poster_is_picture(self) -> bool:
        """Whether anything else than a drawn screen is asked for."""
        return isinstance(self.poster, str | FrameAt) and self.poster != "auto"

    def texts(self) -> Iterator[str]:
        """Give every text in it, but those that say what is masked or allowed."""
        return _texts(msgspec.to_builtins(msgspec.structs.replace(self, redact=(), secrets=(), places=())))

    def place(self, key: str, path: str) -> Place:
        """Where `key` was written; the file itself when it was not."""
        return next((place for written, place in self.places if written == key), Place(path))


SILENT: Final = Meta()
"""Front matter of a file that has none, one for all of them."""


class Picture(msgspec.Struct, frozen=True):
    """A picture that is published: its output path, width and height in pixels."""

    path: str
    width: int
    height: int
    digest: str = ""
    """SHA-256 of what is published of it"""
    name: str = ""
    """relative to the content folder; empty where it lies in a recording"""
    moves: bool = False


class Summary(NamedTuple):
    """The part of an analysis that lists need, at most about 1 KB. `trace`: 96 levels, one digit 0–8 each.

    `title` and `timestamp` (Unix seconds) are what the cast's header says of itself.
    """

    duration: int
    cols: int
    rows: int
    events: int
    lines: int
    commands: int
    chapters: int
    trace: str
    cut_off: bool
    resized: bool
    parts: int = 1
    """files that the recording's JSON is cut into"""
    title: str | None = None
    timestamp: int | None = None
    theme: TerminalTheme | None = None
    film: str = ""
    """the still of each slice of the film strip, as in the analysis; empty without one"""
    captions: tuple[str, ...] = ()
    """languages"""
    size: int = 0
    """bytes of the published cast"""
    characters: int = 0
    """of the transcript"""
    programs: tuple[str, ...] = ()
    """what was called, such as `git rebase`"""
    segments: int = 0
    """files in which a large recording is published as well"""
    retimed: bool = False
    """whether anything is played at another time than it was recorded, where that was asked for (`Edit.paced`)"""
    synthetic: bool = False
    """whether its times are made up, since nobody wrote down when its output came"""
    frame: Picture | None = None
    """the one of its own pictures that is asked for as poster"""


class Sound(NamedTuple):
    """A file of sound that is played with a recording."""

    name: str
    """relative to the content folder"""
    path: str
    """the same relative to the project, for messages"""
    ending: str
    """what it is published with, such as `.mp3`"""
    digest: str
    """SHA-256 of its bytes"""


class Side(NamedTuple):
    """A file that belongs to a recording and is read with it: the timing of script(1), the log of what was typed."""

    name: str
    """relative to the content folder"""
    path: str
    """the same relative to the project, for messages"""
    digest: str
    """SHA-256 of its bytes"""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A content file as it was read: front matter merged and completed, Markdown body, digest of its recording."""

    path: str
    """relative to the project: the identity of the item"""
    folder: str
    """relative to the content folder, "" for the root"""
    stem: str
    kind: Literal["recording", "page", "section"]
    meta: Meta
    body: str
    body_place: Place
    recording: str | None = None
    """of a recording: its name relative to the content folder"""
    recording_path: str | None = None
    """the same relative to the project, for messages"""
    digest: str = ""
    """SHA-256 of the source bytes: of a recording those of its own file, else of the text"""
    frames: str = ""
    """of a recording for which a picture that it holds is shown: SHA-256 of it with all of them"""
    captions: tuple[Captions, ...] = ()
    """of a recording, on its source's own timeline"""
    sound: Sound | None = None
    """of a recording: what is heard from its source's beginning on"""
    cover: Picture | None = None
    """of a recording: what its author chose to be shown, in place of its screen"""
    timing: Side | None = None
    input: Side | None = None


class Waiting(msgspec.Struct, frozen=True):
    """An item that is not published yet, and why, as the end of a sentence."""

    title: str
    because: str


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A recording that will be published. The analysis itself is fetched by `key` when its page is made."""

    source: str
    """path relative to the project, the identity of the item"""
    slug: str
    """address without slashes at the ends, such as `git/rebase`"""
    section: str
    """slug of the folder it is in, "" for the root"""
    title: str
    date: Day | None
    meta: Meta
    body: str
    """Markdown description"""
    body_place: Place
    summary: Summary
    key: str
    """digest under which the analysis and the published cast are kept"""
    cast: str
    """slug whose `.cast` is this recording's: another one's when two pages show the same recording"""
    options: Options
    """player options after merging configuration, cascade and front matter"""
    outputs: tuple[str, ...] = DEFAULT_OUTPUTS
    """files it gets besides those that every recording has: words of `castsite.config.OUTPUTS`"""
    sound: Sound | None = None
    cover: Picture | None = None
    """what is shown until it plays, in place of its screen"""
    exports: tuple[str, ...] = ()
    """exports it is published with: words of `castsite.site.exports.ENDINGS`, in their order"""
    state: Literal["public", "unlisted", "expired", "private"] = "public"
    """no site has one that is private"""
    underway: bool = False
    """it is being recorded at this moment"""

    @property
    def status(self) -> Literal["recording", "stopped", "failed"]:
        """Say how far its recorder came: `failed` where the end is missing."""
        if self.underway:
            return "recording"
        return "failed" if self.summary.cut_off else "stopped"


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of Markdown without a recording."""

    source: str
    slug: str
    section: str
    """slug of the folder it is in, "" for the root"""
    title: str
    date: Day | None
    meta: Meta
    body: str
    body_place: Place
    state: Literal["public", "unlisted", "expired"] = "public"
    digest: str = ""
    """SHA-256 of the source bytes"""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A folder with published items below it; the root has the slug ""."""

    slug: str
    title: str
    meta: Meta
    body: str
    body_place: Place
    recordings: tuple[str, ...]
    """slugs in order of the section's `sort`"""
    sections: tuple[str, ...]
    """slugs of the sections one level below"""
    pages: tuple[str, ...] = ()
    """slugs of the listed pages of Markdown directly in it, in the same order"""
    source: str = ""
    """path of its text relative to the project, empty without one"""
    digest: str = ""
    """SHA-256 of the source bytes of that"""


Kind = Literal["tags", "series", "authors"]
"""What collections are of; the first segment of their addresses."""


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """Items under one tag, in one series, or by one author; only what everybody is told of."""

    kind: Kind
    slug: str
    """address without slashes at the ends, such as `tags/git`"""
    title: str
    recordings: tuple[str, ...]
    """slugs: the newest first, of a series in the order of its parts"""
    pages: tuple[str, ...] = ()
    """slugs, the newest first"""
    url: str = ""
    """of an author elsewhere, or empty"""


class Alias(NamedTuple):
    """A former address of an item: the output path of the page that leads on, the slug it leads to."""

    path: str
    slug: str
    place: Place


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from (*_texts(name), *_texts(each))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


class Structure(msgspec.Struct):
    """Equal to every other: which one it is tells sites apart."""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is rendered. Relations are slugs, never pointers."""

    config: SiteConfig
    now: datetime
    recordings: tuple[Recording, ...]
    """ordered by slug; includes unlisted and expired ones"""
    pages: tuple[Page, ...]
    sections: tuple[Section, ...]
    collections: tuple[Collection, ...] = ()
    """tags, series and authors, each kind by title"""
    aliases: tuple[Alias, ...] = ()
    structure: Structure = msgspec.field(default_factory=Structure)
    """the same one for two sites that differ in nothing but texts and moments"""
