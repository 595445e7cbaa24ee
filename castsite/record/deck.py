"""A recording while it is played in a terminal: where it is, what comes next, when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from castsite.cast.events import MARKER, OUTPUT, Cast
from castsite.regex import regex

_SCREENS: Final = regex(r"\x1b\[\?(?:[0-9]+;)*(?:47|1047|1049)(?:;[0-9]+)*([hl])")


class Shown(NamedTuple):
    """What is written at a moment of the recording: output, or a marker, which is empty."""

    time: int
    text: str
    marker: bool = False


def reel(cast: Cast) -> tuple[Shown, ...]:
    """Give the part of a recording that a terminal can show, in order."""
    return tuple(
        Shown(time, "" if code == MARKER else data, code == MARKER)
        for time, code, data in cast.events
        if code in {OUTPUT, MARKER}
    )


class Deck:
    """Plays a reel. Times of the reel and of the clock that is asked with each call are microseconds."""

    def __init__(self, shown: tuple[Shown, ...], *, speed: float = 1.0, stops: bool = False) -> None:
        """Begin at the beginning, stopped; with `stops` it pauses at each marker."""
        self._shown = shown
        self._speed = speed
        self._stops = stops
        self._at = 0
        """of the next one"""
        self._position = 0
        self._since: int | None = None
        """when it began to play from its position; None while it stands"""
        self._alternate = False

    @property
    def ended(self) -> bool:
        """Whether everything was shown."""
        return self._at >= len(self._shown)

    @property
    def plays(self) -> bool:
        """Whether time passes."""
        return self._since is not None

    @property
    def alternate(self) -> bool:
        """Whether a full-screen program has the screen."""
        return self._alternate

    def play(self, now: int) -> None:
        """Go on."""
        if self._since is None:
            self._since = now

    def pause(self, now: int) -> None:
        """Stand still."""
        self._position, self._since = self._place(now), None

    def wait(self, now: int) -> int | None:
        """Give how long it is until something is shown; None when nothing will be."""
        if self._since is None or self.ended:
            return None
        return max(0, round((self._shown[self._at].time - self._place(now)) / self._speed))

    def due(self, now: int) -> str:
        """Give what is to be written now, as far as the next marker where it stops at those."""
        place = self._place(now)
        written = []
        while not self.ended and self._shown[self._at].time <= place and self._since is not None:
            shown = self._next()
            written.append(shown.text)
            if shown.marker and self._stops:
                self._position, self._since = shown.time, None
        return "".join(written)

    def step(self) -> str:
        """Show the next output, while it stands."""
        while not self.plays and not self.ended:
            if text := self._next().text:
                return text
        return ""

    @property
    def markers(self) -> list[int]:
        """When there are markers."""
        return [shown.time for shown in self._shown if shown.marker]

    def skip(self, moments: Sequence[int], now: int) -> str:
        """Go to the next of some moments, or when there is none stay; all that is between is written at once."""
        place = self._place(now)
        later = next((moment for moment in moments if moment > place), None)
        return "" if later is None else self.seek(later, now)

    def seek(self, time: int, now: int) -> str:
        """Go forward to a moment; all that is before it is written at once."""
        to = bisect_right(self._shown, time, key=lambda shown: shown.time)
        text = "".join(self._next().text for _ in range(self._at, to))
        self._position = max(time, self._place(now))
        if self._since is not None:
            self._since = now
        return text

    def _place(self, now: int) -> int:
        if self._since is None:
            return self._position
        return self._position + round((now - self._since) * self._speed)

    def _next(self) -> Shown:
        shown = self._shown[self._at]
        self._at += 1
        if self._since is None:
            self._position = max(self._position, shown.time)
        for match in _SCREENS.finditer(shown.text):
            self._alternate = match[1] == "h"
        return shown
