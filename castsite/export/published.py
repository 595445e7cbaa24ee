"""Exports that a site asks for: made before anything is published, because what is wrong with them has to be told.

What was said about an export is remembered under a digest of all it is made of; while that holds and the published file
is there, nothing is made again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from castsite.artifact import Artifact, Order
from castsite.cast.read import read
from castsite.config import SiteConfig
from castsite.errors import Place, Problem, Severity
from castsite.export.take import Made, Take
from castsite.memory import Memory
from castsite.render.choices import Terminal
from castsite.render.digests import digest, raw_digest
from castsite.render.files import LoadCast
from castsite.render.looks import palette_of
from castsite.render.shelf import Shelf
from castsite.render.shell import Load, is_bright
from castsite.site.exports import export_path
from castsite.site.model import Recording
from castsite.spread import Spread
from castsite.terminal import TerminalError

Makers = Mapping[str, Callable[[Take], Made]]

_VIDEOS = ("mp4", "webm")
_WORTHWHILE = 2
"""Exports from which on it is worth having several processes make them."""


class Exported(NamedTuple):
    """Files to publish, and what there is to say about them and about those that could not be made."""

    artifacts: tuple[Artifact, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Studio:
    """What exports are made with. `folder` keeps them until they are published; without one they are only tried."""

    shelf: Shelf
    load: Load
    load_cast: LoadCast
    makers: Makers
    terminal: Terminal
    folder: Path | None

    def take(self, recording: Recording) -> Take:
        """Fetch all that is known about a recording."""
        config = self.shelf.site.config
        return take_of(recording, config, load=self.load, load_cast=self.load_cast, terminal=self.terminal)

    def make(self, wanted: _Wanted) -> Made:
        """Make an export; what the terminal engine fails on is refused."""
        try:
            return self.makers[wanted.kind](self.take(wanted.recording))
        except TerminalError as error:
            text = f"{wanted.kind}: {error}"
            problem = Problem(Severity.ERROR, Place(wanted.recording.source), "terminal-failed", text)
            return Made(None, (problem,))

    def keep(self, wanted: _Wanted) -> _Known:
        """Make an export and lay it down; give what is remembered of it."""
        made = self.make(wanted)
        if made.data is not None and self.folder is not None:
            (self.folder / wanted.name).write_bytes(made.data)
        return _Known(made.data is not None, made.problems)

    def body(self, wanted: _Wanted) -> bytes:
        """Give what was laid down; it is made again when it was not, or is gone."""
        if self.folder is None:
            return b""
        try:
            return (self.folder / wanted.name).read_bytes()
        except OSError:
            return self.make(wanted).data or b""


def take_of(recording: Recording, config: SiteConfig, *, load: Load, load_cast: LoadCast, terminal: Terminal) -> Take:
    """Fetch all that is known about a recording of a site."""
    data = load_cast(recording.key)
    found = read(data, path=recording.source, limits=config.limits)
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


class _Wanted(NamedTuple):
    """An export somebody asked for."""

    recording: Recording
    kind: str
    key: str

    @property
    def path(self) -> str:
        return export_path(self.recording.slug, self.kind)

    @property
    def name(self) -> str:
        """Of the file that keeps it until it is published."""
        return digest("export", self.path)


class _Known(NamedTuple):
    """What is remembered of an export: whether it can be made, and what there is to say."""

    made: bool
    problems: tuple[Problem, ...]


def exports(studio: Studio, *, fingerprint: str, memory: Memory, spread: Spread) -> Exported:
    """Make the exports that are not remembered. `fingerprint` is a digest of code, theme and terminal."""
    wanted = [*_wanted(studio, fingerprint)]
    store = memory.store("exports", _Known)
    known: dict[str, _Known | None] = {one.path: store.get(one.path, raw_digest(one.key)) for one in wanted}
    missing = [one for one in wanted if known[one.path] is None]
    if missing and studio.folder is not None:
        studio.folder.mkdir(parents=True, exist_ok=True)
    for one, made in zip(missing, spread(studio.keep, missing, least=_WORTHWHILE), strict=True):
        known[one.path] = made
        store.put(one.path, raw_digest(one.key), made)
    store.keep(known)
    told = [(one, found) for one in wanted if (found := known[one.path])]
    return Exported(
        tuple(
            Artifact(one.path, Order.FILE, one.recording.source, partial(studio.body, one), one.key)
            for one, found in told
            if found.made
        ),
        tuple(dict.fromkeys(problem for _, found in told for problem in found.problems)),
    )


def _wanted(studio: Studio, fingerprint: str) -> Iterator[_Wanted]:
    shelf, config = studio.shelf, studio.shelf.site.config
    has_ffmpeg = shutil.which("ffmpeg") is not None
    for recording in shelf.site.recordings:
        if recording.state == "expired":
            continue
        for kind in recording.exports:
            parts = (fingerprint, shelf.digests[recording.slug], recording.body, config.base_url, config.title, kind)
            yield _Wanted(recording, kind, digest(*parts, has_ffmpeg if kind in _VIDEOS else None))
