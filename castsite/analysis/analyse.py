"""All that is known about a published cast, in one pass over one screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from msgspec.structs import replace

from castsite import collector
from castsite.analysis.activity import activity
from castsite.analysis.chapters import chapters
from castsite.analysis.commands import Detector, signals
from castsite.analysis.film import Camera
from castsite.analysis.frames import frames
from castsite.analysis.model import Analysis, Command
from castsite.analysis.poster import Poster, screen_at
from castsite.analysis.transcript import Transcript
from castsite.cast.clock import Clock
from castsite.cast.events import RESIZE, Cast
from castsite.limits import Limits
from castsite.terminal import Screen

Witness = Callable[[int, int, Sequence[str], Sequence[str]], None]
"""Is told the time of a screen, its columns, its logical rows, and those that left the top."""

Given = Literal[False] | tuple[tuple[int, str], ...] | None
"""Commands as the author has them: none, these (time on the played timeline, text), or those that are found."""


def analyse(  # noqa: PLR0913 - all but the first are named
    cast: Cast,
    *,
    commands: Given = None,
    poster: int | None = None,
    line_length: int = Limits().line_length,
    witness: Witness | None = None,
    clock: Clock | None = None,
) -> Analysis:
    """Find out all about a cast; `poster` is a time on the played timeline (µs). A `witness` sees every screen.

    `clock` is the one that the cast was made to run by: commands are told from output by how they were typed.
    Raises TerminalError if the engine fails on it; a cast that was read without an error has not been seen to do that.
    """
    with collector.paused():
        if commands is not None:
            known: tuple[Command, ...] | None = tuple(_given(commands or ()))
        else:
            known = _typed(cast, clock) if clock and clock.hurries else None
        return _analyse(cast, known, poster, line_length, witness)


def _analyse(
    cast: Cast, commands: tuple[Command, ...] | None, poster: int | None, line_length: int, witness: Witness | None
) -> Analysis:
    screen = Screen(cast.header.cols, cast.header.rows)
    detector = Detector(screen, signals(cast.events)) if commands is None else None
    transcript = Transcript(screen, line_length)
    fullest = Poster(screen, cast.duration)
    camera = Camera(screen, cast.duration)
    for frame in frames(cast, screen, detector):
        transcript.add(frame)
        fullest.consider(frame, transcript.rows)
        camera.consider(frame, transcript.rows)
        if witness:
            witness(frame.time, screen.cols, transcript.rows, frame.gone)
    found = detector.commands() if detector else commands or ()
    titles, source = chapters(cast.events, found, cast.duration)
    sizes = [event.size for event in cast.events if event.code == RESIZE]
    return Analysis(
        duration=cast.duration,
        cols=cast.header.cols,
        rows=cast.header.rows,
        max_cols=max(cast.header.cols, *(cols for cols, _ in sizes), 0),
        max_rows=max(cast.header.rows, *(rows for _, rows in sizes), 0),
        resized=bool(sizes),
        events=len(cast.events),
        lines=transcript.finish(),
        commands=found,
        chapters=titles,
        chapters_from=source,
        poster=fullest.snapshot() if poster is None else screen_at(cast, poster),
        poster_time=fullest.time if poster is None else min(poster, cast.duration),
        activity=activity(cast),
        cut_off=cast.cut_off,
        film=camera.film(),
    )


def _given(commands: Iterable[tuple[int, str]]) -> Iterator[Command]:
    return (Command(time, time, text, "", "author", "shell", 1.0) for time, text in sorted(commands))


def _typed(cast: Cast, clock: Clock) -> tuple[Command, ...]:
    """Find the commands of a cast that is played faster at the pace at which it was recorded."""
    played: dict[int, int] = {}
    events = [event._replace(time=clock.recorded(event.time)) for event in cast.events]
    for slow, event in zip(events, cast.events, strict=True):
        played.setdefault(slow.time, event.time)
    screen = Screen(cast.header.cols, cast.header.rows)
    detector = Detector(screen, signals(events))
    for _ in frames(replace(cast, events=tuple(events)), screen, detector):
        pass
    return tuple(
        command._replace(time=played[command.time], accepted=played[command.accepted])
        for command in detector.commands()
    )
