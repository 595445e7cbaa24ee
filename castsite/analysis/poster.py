"""The picture that stands for a recording: the fullest screen of its last 60 %, or the one at a given time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from castsite.analysis.frames import Change, Frame, frames
from castsite.analysis.model import Snapshot
from castsite.cast.events import Cast
from castsite.terminal import Screen, Still

FROM: Final = 0.4
"""Share of the duration before which no picture is taken: recordings begin empty."""


class Poster:
    """Takes the fullest of the frames that it is shown; of equal ones the latest."""

    __slots__ = ("_ink", "_screen", "_start", "_still", "time")

    def __init__(self, screen: Screen, duration: int) -> None:
        self._screen = screen
        self._start = int(duration * FROM)
        self._ink = 0
        self._still: Still | None = None
        self.time = 0

    def consider(self, frame: Frame, rows: Iterable[str]) -> None:
        """Look at a frame whose logical rows were just read."""
        stands = frame.until > frame.time and frame.until > self._start
        if not stands or frame.change is Change.ENTER or frame.change is Change.LEAVE:
            return
        text = "".join(rows)
        ink = len(text) - text.count(" ")  # a wide character counts once: good enough to choose by
        if ink >= self._ink:
            self._ink, self.time = ink, max(frame.time, self._start)
            self._still = self._screen.hold()

    def snapshot(self) -> Snapshot:
        """Read the picture; the screen as it is now where none was taken."""
        return (self._still or self._screen.hold()).snapshot()


def screen_at(cast: Cast, time: int) -> Snapshot:
    """Give the screen as a player shows it at `time`, with all events up to then. Raises TerminalError."""
    screen = Screen(cast.header.cols, cast.header.rows)
    until = tuple(event for event in cast.events if event.time <= time)
    for _ in frames(Cast(cast.header, until), screen):
        pass
    return screen.snapshot()
