"""Every line of text that a recording showed, once, with the time it stood there.

Successive screens are compared row by row. A line is given out when it leaves the screen for good; what only moved,
and what was but a draft of the next (typing, progress bars, clocks), is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Final

from castsite import collector
from castsite.analysis.frames import Change, Frame, frames
from castsite.analysis.model import Line
from castsite.cast.events import Cast
from castsite.limits import Limits
from castsite.regex import regex
from castsite.terminal import Screen

READ: Final = 2_000_000
"""Microseconds after which a text counts as one that was meant to be read, and is no draft."""

_OUTPUT: Final = Change.OUTPUT  # an enumeration is slow to look into
_WORD: Final = regex(r"[^\W\d_]{2,}")

# of a line: order of first appearance, time, since, whether on the alternate screen
_Record = tuple[int, int, int, bool]
_Screenful = tuple[list[str], dict[str, int], dict[str, _Record]]


def transcript(cast: Cast, line_length: int = Limits().line_length) -> tuple[Line, ...]:
    """Give all lines of a cast in order of first appearance, each text once, cut at `line_length` characters.

    Raises TerminalError.
    """
    screen = Screen(cast.header.cols, cast.header.rows)
    lines = Transcript(screen, line_length)
    with collector.paused():
        for frame in frames(cast, screen):
            lines.add(frame)
        return lines.finish()


class Transcript:
    """Turns the frames of a screen into lines. `rows` is the screen as it was last read.

    `_counts` tells on how many rows a line stands, `_records` holds exactly the lines on the screen.
    """

    __slots__ = (
        "_counts",
        "_found",
        "_length",
        "_order",
        "_records",
        "_reread",
        "_screen",
        "_stash",
        "_time",
        "_under",
        "rows",
    )

    def __init__(self, screen: Screen, line_length: int) -> None:
        self._screen = screen
        self._length = line_length
        self._found: dict[str, _Record] = {}
        self._order = 0
        self._stash: _Screenful | None = None
        self._reread = False
        self._time = 0
        self._under = ""  # row 0 after the last scroll: the rest of a wrapped line whose head has gone
        self.rows = [""] * screen.rows
        self._counts: dict[str, int] = {}
        self._records: dict[str, _Record] = {}

    def add(self, frame: Frame) -> None:
        """Compare the screen with what it was at the frame before."""
        self._time = frame.time
        if frame.change is _OUTPUT:
            self._settle(frame)
        elif frame.change is Change.RESIZE:
            self._resize(frame.time, frame.gone, self._screen.read())
        elif frame.change is Change.ENTER:
            self._stash, self._reread = (self.rows, self._counts, self._records), True
            self.rows, self._counts, self._records = [""] * self._screen.rows, {}, {}
        else:
            self._leave()

    def finish(self) -> tuple[Line, ...]:
        """Give all lines; what is on the screen at the end is given out too."""
        self._leave()
        self._give(self._records.items())
        if (head := self._screen.head()).strip():
            rest = self.rows[0] if self._under and self.rows[0].startswith(self._under) else ""
            self._give([((head + rest).rstrip(), self._new(self._time))])
        found = sorted(self._found.items(), key=itemgetter(1))
        return tuple([Line(time, since, text, alternate) for text, (_, time, since, alternate) in found])

    def _settle(self, frame: Frame) -> None:
        time, _, _, dirty, gone = frame
        if gone or self._reread or 2 * len(dirty) > self._screen.rows:
            self._step(time, gone, self._screen.read())
            self._reread = False
            if gone:
                self._under = self.rows[0]
        elif dirty:
            self._patch(time, self._screen.read_rows(dirty))

    def _step(self, time: int, gone: Sequence[str], new: list[str]) -> None:
        """Old row i continues as (gone + new)[i]: scrolling is an offset, nothing has to be searched."""
        old, height = self.rows, len(self.rows)
        if len(gone) >= height:
            pairs = [(o, n) for o, n in zip(old, gone, strict=False) if o != n]
            self._compare(time, pairs, new, gone[:height], gone[height:])
        elif gone:
            rows = [*gone, *new]
            self._compare(time, [(o, n) for o, n in zip(old, rows, strict=False) if o != n], rows[height:], gone)
        elif new != old:
            self._compare(time, [(o, n) for o, n in zip(old, new, strict=True) if o != n])
        self.rows = new

    def _patch(self, time: int, single: Iterable[tuple[int, str]]) -> None:
        rows, pairs = self.rows, []
        for row, new in single:
            old = rows[row]
            if old != new:
                pairs.append((old, new))
                rows[row] = new
        if pairs:
            self._compare(time, pairs)

    def _compare(  # noqa: C901, PLR0912 - the loop that decides the speed of a build; its parts share all their state
        self,
        time: int,
        pairs: Sequence[tuple[str, str]],
        tail: Sequence[str] = (),
        gone: Sequence[str] = (),
        through: Sequence[str] = (),
    ) -> None:
        """Account for rows that changed (`pairs`), that are new at the bottom (`tail`), that left the top (`gone`).

        `through` are lines that ran past without ever resting on the screen.
        """
        counts, records, order = self._counts, self._records, self._order
        alternate = self._stash is not None
        left: list[str] = []
        given: list[tuple[str, _Record]] = []
        for old, new in pairs:
            if new:
                counts[new] = counts.get(new, 0) + 1
            if old:
                count = counts[old] = counts[old] - 1
                if not count:
                    left.append(old)
        for new in tail:
            if new:
                counts[new] = counts.get(new, 0) + 1
        for old, new in pairs:
            if new and new not in records:
                order += 1
                if old and not counts[old] and old in records:
                    _, seen, since, _ = records[old]
                    if superseded(old, new, time - seen):
                        del records[old]
                        records[new] = order, time, since, alternate
                        continue
                records[new] = order, time, time, alternate
            elif new and old and not counts[old] and old in records and superseded(old, new, time - records[old][1]):
                del records[old]  # a draft of a line that stands on the screen already
        for text in through:
            if text:
                order += 1
                given.append((text, (order, time, time, alternate)))
        for new in tail:
            if new and new not in records:
                order += 1
                records[new] = order, time, time, alternate
        self._order = order
        for old in left:
            if not counts.get(old, 1):  # if it only moved, it stands on some row again
                del counts[old]
                if old in records:
                    given.append((old, records.pop(old)))
        for text in gone:
            if text:
                given.append((text, records[text]))
                count = counts[text] = counts[text] - 1
                if not count:
                    del counts[text], records[text]
        if given:
            self._give(given)

    def _resize(self, time: int, gone: Sequence[str], new: list[str]) -> None:
        """Reflow moves rows, so match by content. A line that is part of a new line is not given out."""
        whole, old = "\n".join(new), self._records
        self._give((text, record) for text, record in old.items() if text not in whole)
        self._give((text, old.get(text) or self._new(time)) for text in gone if text)
        self._counts, self._records, self.rows = {}, {}, new
        for text in new:
            if text:
                self._counts[text] = self._counts.get(text, 0) + 1
                self._records[text] = old.get(text) or self._records.get(text) or self._new(time)

    def _leave(self) -> None:
        """Go back to the primary screen; its rows may have become more or fewer meanwhile."""
        if self._stash is None:
            return
        self._give(self._records.items())
        (rows, self._counts, self._records), self._stash = self._stash, None
        height = self._screen.rows
        self.rows, self._reread = (rows + [""] * height)[:height], True

    def _new(self, time: int) -> _Record:
        self._order += 1
        return self._order, time, time, self._stash is not None

    def _give(self, lines: Iterable[tuple[str, _Record]]) -> None:
        """Give lines out; of equal ones the first that appeared stays."""
        found, length = self._found, self._length
        for text, record in lines:
            cut = text if len(text) <= length else text[:length].rstrip()
            known = found.get(cut)
            if cut and (known is None or record < known):
                found[cut] = record


def superseded(old: str, new: str, dwell: int) -> bool:
    """Whether `old`, which its row showed for `dwell` microseconds, was only a draft of `new`.

    A draft may go only if no word goes with it: search must find every word that could be read.
    """
    if new.startswith(old):
        return True
    length, size = len(old), len(new)
    half = (length - 1) // 2  # where less is equal on both sides, more than a keystroke differs
    if half and old[:half] != new[:half] and old[-half:] != new[-half:] and not old.startswith(new):
        word = _WORD.search(old)
        if word and word[0] not in new:
            return False
    short = min(length, size)
    prefix = _common_prefix(old, new, short) if old[:1] == new[:1] else 0
    suffix = _common_suffix(old, new, short - prefix) if old[-1:] == new[-1:] else 0
    if length - suffix - prefix <= 2 or prefix == size:  # a keystroke's worth of edit, or a tail deleted
        return dwell < READ and prefix + suffix > 0
    while prefix and new[prefix - 1].isalpha():  # widen the difference to whole words
        prefix -= 1
    while suffix and new[size - suffix].isalpha():
        suffix -= 1
    words = _WORD.findall(old, prefix, length - suffix)
    if not words:  # digits, bars, spinners
        return prefix + suffix > 0 or not _WORD.search(new)
    return set(words) <= set(_WORD.findall(new, prefix, size - suffix))


def _common_prefix(old: str, new: str, limit: int) -> int:
    """Length of the common prefix, at most `limit`, by bisection: slices are compared at the speed of C."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) >> 1
        if old[:middle] == new[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_suffix(old: str, new: str, limit: int) -> int:
    """Length of the common suffix, at most `limit`."""
    low, high, length, size = 0, limit, len(old), len(new)
    while low < high:
        middle = (low + high + 1) >> 1
        if old[length - middle :] == new[size - middle :]:
            low = middle
        else:
            high = middle - 1
    return low
