"""Exports that a site asks for.

Those made of pixels, and those that move, may be too large, or need a program that is not there: they are made before
anything else, so that what is wrong is told and no page speaks of a file that does not exist. What was said about one
is remembered under a digest of all it is made of; while that holds and the published file is there, nothing is made
again. The other kinds can always be made, and are made like any file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from castsite.artifact import Artifact, Order
from castsite.cast.read import read
from castsite.config import SiteConfig
from castsite.errors import Place, Problem, Severity, StorageError
from castsite.export.sound import SoundError, moved
from castsite.export.take import Made, Take
from castsite.limits import MIB, Limits
from castsite.memory import Memory
from castsite.render.choices import Terminal
from castsite.render.digests import digest, raw_digest
from castsite.render.files import LoadCast
from castsite.render.looks import palette_of
from castsite.render.shell import Load, is_bright
from castsite.site.exports import SOUND, export_path, sound_path
from castsite.site.model import Recording, Site, Structure
from castsite.site.sources import describe_os_error, read_source
from castsite.spread import Spread
from castsite.terminal import TerminalError

Makers = Mapping[str, Callable[[Take], Made]]

DOUBTFUL: Final = ("gif", "webp", "apng", "anim.svg", "png", "mp4", "webm")
"""Kinds that may be refused."""

LASTING: Final = frozenset({"export-too-large", "export-slower", "missing-glyphs"})
"""Codes of what will be said again of the same recording; what else is wrong may have passed by the next build."""

_WORTHWHILE: Final = 2
"""Exports from which on it is worth having several processes make them."""

_OURS: Final = Limits(file_size=1 << 40, line_size=256 * MIB, event_size=256 * MIB, events=1 << 30)
"""What castsite has written may be larger than what it was made from."""


class Exported(NamedTuple):
    """The site with those exports that there are, their files, and what there is to say."""

    site: Site
    artifacts: tuple[Artifact, ...]
    problems: tuple[Problem, ...]


class Studio(Struct, frozen=True):
    """What exports are made with. `folder` keeps them until they are published; without one they are only tried."""

    site: Site
    load: Load
    load_cast: LoadCast
    makers: Callable[[], Makers]
    terminal: Terminal
    content: Path
    published: Path
    """the output folder"""
    folder: Path | None

    def make(self, wanted: _Wanted) -> Made:
        """Make an export; what the terminal engine fails on is refused."""
        if wanted.kind == SOUND:
            return self._heard(wanted.recording)
        config = self.site.config
        try:
            take = take_of(wanted.recording, config, load=self.load, load_cast=self.load_cast, terminal=self.terminal)
            return self.makers()[wanted.kind](take)
        except TerminalError as error:
            problem = Problem(
                Severity.ERROR, Place(wanted.recording.source), "terminal-failed", f"{wanted.kind}: {error}"
            )
            return Made(None, (problem,))

    def _heard(self, recording: Recording) -> Made:
        """Give the sound of a recording, moved with it where that is played at other times than it was recorded."""
        sound, place = recording.sound, Place(recording.source)
        if sound is None:
            raise ValueError("this recording has no sound")
        try:
            data = read_source(self.content, sound.name, self.site.config.limits.audio_size)
        except OSError as error:
            return Made(None, (Problem(Severity.WARNING, Place(sound.path), "unreadable", describe_os_error(error)),))
        if hashlib.sha256(data).hexdigest() != sound.digest:
            text = "changed while the site was being built; build again"
            return Made(None, (Problem(Severity.WARNING, Place(sound.path), "changed", text),))
        if not recording.summary.retimed:
            return Made(data)
        try:
            return Made(moved(data, self.load(recording.key).pace, sound.ending))
        except SoundError as error:
            text = (
                f"audio: edits or an idle limit changed the times of this recording, and {error};"
                " without that, take them away (idle_time_limit: off); it is left silent"
            )
            place = recording.meta.place("audio", recording.source)
            return Made(None, (Problem(Severity.WARNING, place, "sound-not-moved", text),))

    def keep(self, wanted: _Wanted) -> _Known:
        """Make an export and lay it down; give what is to be said of it."""
        made = self.make(wanted)
        if made.data is not None and self.folder is not None:
            try:
                (self.folder / wanted.name).write_bytes(made.data)
            except OSError as error:
                text = f"{wanted.path} cannot be kept: {error.strerror}; make room and build again"
                raise StorageError(Problem(Severity.FATAL, Place(wanted.recording.source), "storage", text)) from error
        return _Known(made.data is not None, made.problems)

    def body(self, wanted: _Wanted) -> bytes:
        """Give what was laid down, or make it: it was not made, or is not what was published any more."""
        if self.folder is None and wanted.doubtful:
            return b""  # it has been tried, and is not published
        if self.folder is not None:
            with suppress(OSError):
                return (self.folder / wanted.name).read_bytes()
        data = self.make(wanted).data
        if data is None:
            text = f"{wanted.path} cannot be made again; remove it from the output folder and build again"
            raise StorageError(Problem(Severity.FATAL, Place(wanted.recording.source), "storage", text))
        return data

    def is_there(self, wanted: _Wanted) -> bool:
        """Whether an export is published already."""
        return (self.published / wanted.path).is_file()


class _Wanted(NamedTuple):
    """An export somebody asked for."""

    recording: Recording
    kind: str
    key: str

    @property
    def path(self) -> str:
        recording = self.recording
        if self.kind == SOUND and recording.sound:
            return sound_path(recording.slug, recording.sound)
        return export_path(recording.slug, self.kind)

    @property
    def doubtful(self) -> bool:
        """Whether it may be refused."""
        return self.kind in DOUBTFUL or self.kind == SOUND

    @property
    def name(self) -> str:
        """Of the file that keeps it until it is published."""
        return digest("export", self.path)


class _Known(NamedTuple):
    """What is known of an export: whether it can be made, and what there is to say."""

    made: bool
    problems: tuple[Problem, ...]


def exports(studio: Studio, *, fingerprint: str, theme: str, memory: Memory, spread: Spread) -> Exported:
    """Make the exports that may be refused and are not remembered; give all that can be published.

    `fingerprint` is a digest of the code, `theme` one of the theme with its options.
    """
    wanted = [*_wanted(studio, fingerprint, theme)]
    store = memory.store("exports", _Known)
    doubtful = [one for one in wanted if one.doubtful]
    known: dict[str, _Known | None] = {one.path: store.get(one.path, raw_digest(one.key)) for one in doubtful}
    missing = [one for one in doubtful if not (found := known[one.path]) or (found.made and not studio.is_there(one))]
    if missing and studio.folder is not None:
        studio.folder.mkdir(parents=True, exist_ok=True)
    for one, made in zip(missing, spread(studio.keep, missing, least=_WORTHWHILE), strict=True):
        known[one.path] = made
        if LASTING.issuperset(problem.code for problem in made.problems):
            store.put(one.path, raw_digest(one.key), made)
    store.keep(known)
    told = [found for one in doubtful if (found := known[one.path])]
    there = [one for one in wanted if not one.doubtful or ((found := known[one.path]) and found.made)]
    return Exported(
        _with_those(studio.site, there),
        tuple(
            Artifact(one.path, Order.FILE, one.recording.source, partial(studio.body, one), one.key) for one in there
        ),
        tuple(dict.fromkeys(problem for found in told for problem in found.problems)),
    )


def _with_those(site: Site, there: list[_Wanted]) -> Site:
    """Let the recordings of a site speak of the exports that there are."""
    kinds: dict[str, tuple[str, ...]] = {}
    for one in there:
        kinds[one.recording.slug] = (*kinds.get(one.recording.slug, ()), one.kind)
    recordings = tuple(_with_its(recording, kinds.get(recording.slug, ())) for recording in site.recordings)
    return replace(site, recordings=recordings, structure=Structure()) if recordings != site.recordings else site


def _with_its(recording: Recording, kinds: tuple[str, ...]) -> Recording:
    """Let a recording speak of these exports, and of no other one."""
    sound = recording.sound if SOUND in kinds else None
    there = tuple(kind for kind in kinds if kind != SOUND)
    if there == recording.exports and sound == recording.sound:
        return recording
    return replace(recording, exports=there, sound=sound)


def _wanted(studio: Studio, fingerprint: str, theme: str) -> Iterator[_Wanted]:
    for recording in studio.site.recordings:
        if recording.state == "expired":
            continue
        if recording.sound:
            made_from: tuple[object, ...] = (recording.sound.digest,)
            if recording.summary.retimed:
                made_from += (fingerprint, recording.key)
            yield _Wanted(recording, SOUND, digest("sound", *made_from))
        colours = palette_of(recording, studio.terminal) if recording.exports else None
        for kind in recording.exports:
            made_from = (fingerprint, kind, recording.source, recording.key)
            if kind not in {"vtt", "html", "rec"}:
                made_from += (colours, is_bright(recording))
            if kind.endswith("svg"):
                made_from += (recording.title,)
            if kind == "html":
                config = studio.site.config
                told = replace(recording, body="")
                made_from += (theme, studio.terminal, config.base_url, config.title, config.language, told)
            yield _Wanted(recording, kind, digest(*made_from))


def take_of(recording: Recording, config: SiteConfig, *, load: Load, load_cast: LoadCast, terminal: Terminal) -> Take:
    """Fetch all that is known about a recording of a site."""
    data = load_cast(recording.key)
    found = read(data, path=recording.source, limits=_OURS)
    if found.cast is None:
        raise ValueError("a published cast cannot be read again")
    return Take(
        recording=recording,
        cast=found.cast,
        data=data,
        analysis=load(recording.key),
        palette=palette_of(recording, terminal),
        bold_is_bright=is_bright(recording),
        base_url=config.base_url,
    )
