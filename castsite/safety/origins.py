"""Which characters of a recording's output drew what its screens show of some values, wherever cells went since."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import Final, NamedTuple

from castsite.cast.events import OUTPUT, RESIZE, Event, Header
from castsite.regex import regex
from castsite.safety.orders import Region
from castsite.safety.scan import BORDER, NARROW, ROWS, located, printed
from castsite.safety.stream import sequences
from castsite.safety.values import HALF, Values
from castsite.terminal import HISTORY, Screen, repeated, traced

LEFT: Final = 16
"""Characters before a value by which the place of its beginning is known again."""
_SURE: Final = 4
"""Characters of a value's beginning that show it, whatever follows."""
_WIPING: Final = regex(r"(?=[\r\b])|(?<=\n)(?=\n)")
"""Where text is cut: before what may wipe something, and so that not too much leaves the screen at once."""
_AT_ONCE: Final = 20
"""Rows of text that are fed at once; the screen remembers more that left it."""
_JUDGED: Final = 1 << 16
"""Rows of which it is remembered whether they may be part of what shows a value."""
_DRAWN: Final = regex(r"[^\x00-\x1f\x7f-\x9f]")


class Start(NamedTuple):
    """Where a value was seen to begin: the character of its row, what stood left of it, and which value."""

    at: int
    left: str
    value: str


_Piece = tuple[int, int, int]
"""Of a row the characters from one to before another."""
_END: Final = (-1, False, "")
_Look = Callable[["_View"], None]


class Origins:
    """Looks through all outputs of one recording, which hold no C1 controls. `found` are offsets into all of them."""

    __slots__ = (
        "_begins",
        "_clean",
        "_events",
        "_header",
        "_outputs",
        "_texts",
        "_traced",
        "_values",
        "found",
        "starts",
        "whole",
    )

    def __init__(self, header: Header, events: Sequence[Event], values: Values, *, exact: bool = True) -> None:
        """Begin. Without `exact` it is only told whether anything is found, which is faster."""
        self._header, self._events, self._values, self._traced = header, events, values, exact
        self._outputs = [number for number, event in enumerate(events) if event.code == OUTPUT]
        texts = [events[number].data for number in self._outputs]
        self.whole = "".join(texts)
        self._begins = [0, *accumulate(map(len, texts))]
        self._texts = [
            border for start, end, match in sequences(self.whole) if match is None for border in (start, end)
        ]
        self._clean: set[str] = set()
        self.found: set[int] = set()
        self.starts: dict[Start, None] = {}

    def outputs(self) -> Iterator[tuple[int, int, int]]:
        """Give of each output the number of its event, and where it begins and ends in all of them."""
        for number, (begin, end) in zip(self._outputs, pairwise(self._begins), strict=True):
            yield number, begin, end

    def find(self, regions: Sequence[Region] = ()) -> None:
        """Find what shows a value, as it was printed and on every screen, and what stands in regions."""
        pieces, begins = printed(self.whole)
        for at in located(pieces, begins, sorted(self._values.places("".join(pieces)))):
            self._mark(at)
        for at in self._values.places(self.whole):  # as it is written, escape sequences and all
            self._mark(at)
        self._replay(self._look, regions)

    def find_beginnings(self, starts: Iterable[Start]) -> None:
        """Find what stands, however little it is, where values are known to begin: they are typed or erased there."""
        known: dict[int, dict[str, list[str]]] = {}
        for at, left, value in starts:
            known.setdefault(at, {}).setdefault(left, []).append(value)
        if known:
            self._replay(lambda view: self._begin(view, known))

    def _mark(self, at: int) -> None:
        if not self._traced:
            self.found.add(0)
        elif at >= 0 and _DRAWN.match(self.whole, at):
            text = bisect_right(self._texts, at)  # odd within a text, even within a sequence
            if text % 2:
                self.found.add(at)

    def _replay(self, look: _Look, regions: Sequence[Region] = ()) -> None:
        """Play everything on a screen whose cells know their characters; look at each row that may have changed."""
        view = _View(Screen(self._header.cols, self._header.rows), self._values)
        steps = self._steps()
        output, moves, text = next(steps, _END)
        waiting = [*regions]
        for number, event in enumerate(self._events):
            for region in [each for each in waiting if event.time > each.start]:
                self._mark_region(view.screen, region, range(view.screen.rows))  # what stands there when its time comes
                waiting.remove(region)
            if event.code == RESIZE:
                self._see(view.resized(*event.size), view, look, event.time, regions)
            while output == number:
                self._see(view.fed(text, moves=moves), view, look, event.time, regions)
                output, moves, text = next(steps, _END)
        for region in waiting:
            self._mark_region(view.screen, region, range(view.screen.rows))

    def _see(self, rows: Sequence[int], view: _View, look: _Look, time: int, regions: Sequence[Region]) -> None:
        look(view)
        for region in regions:
            if region.start <= time <= region.end:
                self._mark_region(view.screen, region, rows)

    def _steps(self) -> Iterator[tuple[int, bool, str]]:
        """Give what is fed at once, with the number of its event, and whether it begins with a sequence.

        It ends before all that may wipe what it drew.
        """
        fed: list[str] = []
        at_output, moves = 0, False
        for end, wipes, text, is_text in self._tokens():
            while end > self._begins[at_output + 1]:
                yield self._outputs[at_output], moves, "".join(fed)
                fed.clear()
                at_output += 1
            if wipes and fed:
                yield self._outputs[at_output], moves, "".join(fed)
                fed.clear()
            if not fed:
                moves = not is_text
            fed.append(text)
        if self._outputs:
            yield self._outputs[at_output], moves, "".join(fed)

    def _tokens(self) -> Iterator[tuple[int, bool, str, bool]]:
        """Give where each piece of the output ends, whether it may wipe what stands, what is fed, and if it is text.

        A sequence does something where it ends. Text is cut where outputs end.
        """
        last, at_output = -1, 0
        for start, end, match in sequences(self.whole):
            if match is not None:
                if match["final"] == "b" and last >= 0 and self._traced:
                    yield end, True, repeated(match[0], last), False
                elif match["final"] != "m" or any(each < " " for each in match[0][1:]):
                    yield end, True, match[0], False  # styles draw nothing, and would hide where characters come from
                continue
            at = start
            while at < end:
                while at >= self._begins[at_output + 1]:
                    at_output += 1
                stop = min(end, self._begins[at_output + 1], at + _AT_ONCE * self._header.cols)
                for part in _WIPING.split(self.whole[at:stop]):
                    parted = at > start or part[:1] in {"\r", "\b"}
                    yield at + len(part), parted, traced(part, at) if self._traced else part, True
                    at += len(part)
            last = next((at for at in range(end - 1, start - 1, -1) if _DRAWN.match(self.whole, at)), last)

    def _look(self, view: _View) -> None:
        for pieces in chain.from_iterable(map(view.texts, view.suspects())):
            text = view.joined(pieces)
            if text in self._clean:
                continue
            spans = self._values.spans(text)
            if not spans:
                self._clean.add(text)
                continue
            places = [(at, index) for at, left, right in pieces for index in range(left, right)]
            self._mark_places(view.screen, [places[at] for at in {at for span in spans for at in range(*span)}])
            for start, value in self._values.beginnings(text, spans):
                at, index = places[start]
                self.starts[Start(index, view.text(at)[max(0, index - LEFT) : index], value)] = None

    def _begin(self, view: _View, known: dict[int, dict[str, list[str]]]) -> None:
        for row in view.fresh:
            text = view.text(row)
            if text.isspace():
                continue
            for col, lefts in known.items():
                for value in lefts.get(text[max(0, col - LEFT) : col], ()) if col < len(text) else ():
                    pieces = view.onward(row, col)
                    shown = view.joined(pieces)
                    size = _common(value, shown)
                    if size >= _SURE or (size and not shown[size : size + 1].strip()):
                        places = [(at, index) for at, left, right in pieces for index in range(left, right)]
                        self._mark_places(view.screen, places[:size])

    def _mark_region(self, screen: Screen, region: Region, rows: Iterable[int]) -> None:
        for row in rows:
            if row in region.rows:
                columns = enumerate(screen.columns(row))
                self._mark_places(screen, [(row, index) for index, column in columns if column in region.cols])

    def _mark_places(self, screen: Screen, places: Iterable[tuple[int, int]]) -> None:
        """Mark what drew characters of rows."""
        by_row: dict[int, list[int]] = {}
        for row, index in places:
            by_row.setdefault(row, []).append(index)
        for row, indices in by_row.items():
            if not self._traced:
                self._mark(0)
                return
            for number in screen.origins(row, indices):
                self._mark(number)


def _common(value: str, text: str) -> int:
    """Count the first characters that are the same."""
    most = min(len(value), len(text))
    return next((at for at in range(most) if value[at] != text[at]), most)


def _reach(longest: int, width: int) -> int:
    """Give over how many rows of a strip a value may go on, above and below one of them."""
    return min(ROWS, longest // max(width // 2, 1) + 2)


class _View:
    """A screen, what stands in its rows, and those that have just left it, which have numbers below 0."""

    __slots__ = (
        "_above",
        "_judged",
        "_longest",
        "_may_go_over",
        "_reach",
        "_signs",
        "_texts",
        "fresh",
        "screen",
    )

    def __init__(self, screen: Screen, values: Values) -> None:
        self.screen, self._longest, self._may_go_over = screen, values.longest, values.may_go_over
        self._reach = _reach(self._longest, NARROW)
        self._judged: dict[str, bool] = {}
        self._above = 0
        self._texts: list[str] = []
        self._signs: list[bool] = []
        """whether rows may be part of what shows a value; both begin with those that have left"""
        self.fresh: Sequence[int] = ()
        """rows that may have changed, and those near them that a value may go over"""
        self._read(0)

    def fed(self, text: str, *, moves: bool) -> Sequence[int]:
        """Write text; give the rows that may have changed, and those that left. `moves`: it begins with a sequence."""
        scrolled, cursor = self.screen.scrolled, self.screen.cursor_row
        dirty, _ = self.screen.feed(text)
        moved = self.screen.scrolled - scrolled
        if moved or self._above:
            self._shift(moved)
        self.fresh = range(-self._above, self.screen.rows) if moved else dirty
        if moved and not moves:  # text goes down from the cursor: what is above that has but moved up, all together
            first = cursor - self.screen.scrolled - self._reach
            self.fresh = range(max(-self._above, first), self.screen.rows)
        for row in self.fresh:
            text, at = self.screen.bare(row), row + self._above
            if text != self._texts[at]:
                self._texts[at], self._signs[at] = text, self._is_sign(text)
        return (*range(-self._above, 0), *dirty) if moved else dirty

    def _shift(self, moved: int) -> None:
        """Have rows where they are if all have moved up so far: those that come from below are not known."""
        before, self._above = self._above, min(moved, HISTORY)
        first, size = before + moved - self._above, self._above + self.screen.rows
        self._texts = [*self._texts[first:], *[""] * moved][:size]
        self._signs = [*self._signs[first:], *[True] * moved][:size]

    def resized(self, cols: int, rows: int) -> Sequence[int]:
        """Change the size; give all rows, and those that left."""
        scrolled = self.screen.scrolled
        self.screen.resize(cols, rows)
        self._read(min(self.screen.scrolled - scrolled, HISTORY))
        self._signs[: self._above] = [True] * self._above  # they may be of another width
        return self.fresh

    def _read(self, above: int) -> None:
        """Read all rows, and some of those that left last."""
        self._above, self.fresh = above, range(-above, self.screen.rows)
        self._texts = [self.screen.bare(row) for row in self.fresh]
        self._signs = [self._is_sign(text) for text in self._texts]

    def _is_sign(self, text: str) -> bool:
        """Whether a row may be part of what shows a value."""
        found = self._judged.get(text)
        if found is None:
            if len(self._judged) >= _JUDGED:
                self._judged.clear()
            found = self._judged[text] = self._may_go_over(text)
        return found

    def suspects(self) -> Iterator[int]:
        """Give rows that have to be looked at for values: most show nothing, and neither do those around them."""
        if self.screen.cols < 2 * HALF:
            yield from self.fresh
        elif True in self._signs:
            yield from filter(self._may_show, self.fresh)

    def _may_show(self, row: int) -> bool:
        at = row + self._above
        return True in self._signs[max(0, at - self._reach) : at + self._reach + 1]

    def text(self, row: int) -> str:
        """Give the text of a row, blanks and all."""
        return self._texts[row + self._above]

    def joined(self, pieces: Iterable[_Piece]) -> str:
        """Put pieces of rows together."""
        return "".join([self.text(at)[left:right] for at, left, right in pieces])

    def texts(self, row: int) -> Iterator[list[_Piece]]:
        """Give what may be read with a row: itself, rows that it begins or goes on in, parts between borders."""
        text = self.text(row)
        yield [(row, 0, len(text))]
        if self._goes_on(row) or (row > -self._above and self._goes_on(row - 1)):
            yield self._strip(row, self.screen.cols, self._goes_on, lambda at: (0, len(self.text(at))))
        if BORDER.search(text):
            columns = self._columns(row)
            borders = [columns[border.start()] for border in BORDER.finditer(text)]
            for left, right in pairwise((-1, *borders, self.screen.cols)):
                if right - left > NARROW:
                    yield self._pane(row, left + 1, right)

    def _pane(self, row: int, left: int, right: int) -> list[_Piece]:
        """Give the part of a row between two columns, with those above and below that it goes on in."""

        def part(at: int) -> tuple[int, int]:
            columns = self._columns(at)
            return bisect_left(columns, left), bisect_left(columns, right)

        def goes_on(at: int) -> bool:
            begin, end = part(at)
            return self.text(at)[begin:end][-1:] not in {"", " "}

        return self._strip(row, right - left, goes_on, part)

    def _strip(
        self, row: int, width: int, goes_on: Callable[[int], bool], part: Callable[[int], tuple[int, int]]
    ) -> list[_Piece]:
        reach = _reach(self._longest, width)
        first = last = row
        while first > max(-self._above, row - reach) and goes_on(first - 1):
            first -= 1
        while last + 1 < min(self.screen.rows, row + reach) and goes_on(last):
            last += 1
        return [(at, *part(at)) for at in range(first, last + 1)]

    def onward(self, row: int, col: int) -> list[_Piece]:
        """Give what follows in a row, and in those that it goes on in."""
        pieces = [(row, col, len(self.text(row)))]
        while self._goes_on(row) and row + 1 < self.screen.rows and len(pieces) < ROWS:
            row += 1
            pieces.append((row, 0, len(self.text(row))))
        return pieces

    def _goes_on(self, row: int) -> bool:
        """Whether a row may go on in the next: programs wrap as terminals do."""
        text = self.text(row)
        if not text.endswith(" "):
            return True
        return not text.endswith("   ") and self.screen.goes_on(row)  # asking is slow, and rows that end so are many

    def _columns(self, row: int) -> Sequence[int]:
        """Give the column of each character of a row."""
        text = self.text(row)
        if len(text) == self.screen.cols:
            return range(len(text))
        return self.screen.columns(row)
