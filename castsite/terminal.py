"""The terminal: text and sizes go in, rows of text or styled runs come out. The only file that knows the engine, pyavt.

pyavt is the engine of asciinema-player, so what is read here is what a player shows. It trusts its input more than a
reader of strangers' files may: the guards against sizes, surrogates and floods that it does not survive stand here.
Rows are *logical*: soft wraps are joined, the text stands at the row where it starts, continuation rows are empty. The
cell that stays blank at the right edge where a wide character has no room is no text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby, islice, pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from avt import Color, Line, Pen, Vt  # type: ignore[attr-defined] # its stubs re-export implicitly
from avt.util import TextUnwrapper  # type: ignore[attr-defined] # the same
from msgspec import Struct

from castsite.regex import regex

MAX_SIDE: Final = 1000
"""Columns and rows beyond this are cut down to it; from about 10^5 the engine aborts the process."""
MIN_COLS: Final = 2
"""The engine panics on a wide character at one column."""
HISTORY: Final = 60
"""Rows remembered after they left the top: a command may scroll while it is typed."""

SWAP: Final = regex(r"(?:\x1b\[|\x9b)\?(?:\d+;)*(?:47|1047|1049)(?:;\d+)*([hl])|\x1bc")
"""A switch to the alternate screen (group 1 is `h`) or back (`l`, or the reset RIS)."""

_CELL: Final = 24  # bytes of one cell in a row handed out by the engine
_FEED: Final = 64 << 20  # bytes of rows that one feed of line feeds may hand out
_FLOOD: Final = 256 << 20  # the same for four-character sequences that scroll a whole screen
# the engine shows a row as `Line("` + text in which each change of style is a control sequence + `")`
_CHANGE: Final = regex(r"\\u\{1b\}\[[0-9;:]*m")
_CODED: Final = regex(r"\\(?:u\{[0-9a-f]+\}|.)")
_REPEAT: Final = regex(r"b(?<=\d{4}b)")  # begins with a literal, so that the search is a memchr
_REPEATS: Final = regex(r"((?:\x1b\[|\x9b)0*)\d{4,}b")

Colour = int | tuple[int, int, int] | None
"""Palette index 0–255, 24-bit RGB, or the terminal's default."""


class TerminalError(Exception):
    """The engine failed on this input. Its screen is lost; nothing else is."""


class Style(NamedTuple):
    """How a run of cells is drawn."""

    fg: Colour = None
    bg: Colour = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    blink: bool = False
    inverse: bool = False


class Run(NamedTuple):
    """Neighbouring cells of one style: start column, width in cells, text."""

    col: int
    width: int
    text: str
    style: Style


class Cursor(NamedTuple):
    """Where the cursor stands (0-based, inside the screen) and whether it is shown."""

    col: int
    row: int
    visible: bool


class Snapshot(Struct, frozen=True):
    """A screen at one moment: for each row its runs that draw something."""

    cols: int
    rows: int
    runs: tuple[tuple[Run, ...], ...]
    cursor: Cursor


class Logical(NamedTuple):
    """A logical line: absolute numbers of its first and last row, its text, and the cells which that text fills."""

    first: int
    last: int
    text: str
    cells: int


class Still:
    """A screen held as the engine gave it: cheap to take, read only when its snapshot is wanted."""

    __slots__ = ("_cols", "_cursor", "_lines")

    def __init__(self, cols: int, lines: list[Line], cursor: Cursor) -> None:
        self._cols, self._lines, self._cursor = cols, lines, cursor

    def snapshot(self) -> Snapshot:
        """Read the cells."""
        runs = tuple(_runs(line) for line in self._lines)
        return Snapshot(self._cols, len(self._lines), runs, self._cursor)


class Screen:
    """A terminal of `cols` × `rows`, clamped to 2…1000 × 1…1000.

    `scrolled` counts the rows that ever left the top: it is the absolute number of the top row, and numbers stay with
    their rows while the screen scrolls.

    A caller must not feed text across a `SWAP`: a feed that ends on the alternate screen holds back the rows which
    the primary screen scrolled.
    """

    __slots__ = ("_history", "_piece", "_recent", "_single", "_vt", "_wraps", "cols", "rows", "scrolled")

    def __init__(self, cols: int, rows: int) -> None:
        self._size(cols, rows)
        # limit 0 is essential: without a limit no scrolled row is ever handed out
        self._vt = Vt(self.cols, self.rows, 0)
        self._history = _Unwrapper()  # lives as long as the screen: a wrapped line may scroll off in several feeds
        self._single = TextUnwrapper()  # for rows without a wrap, after which it is empty again
        self._recent: deque[Line] = deque(maxlen=HISTORY)
        self._wraps: set[int] = set()  # rows that went on in the next one when they were read
        self.scrolled = 0

    def _size(self, cols: int, rows: int) -> None:
        self.cols, self.rows = min(max(cols, MIN_COLS), MAX_SIDE), min(max(rows, 1), MAX_SIDE)
        row = _CELL * self.cols
        self._piece = max(256, min(_FEED // row, 4 * _FLOOD // (row * self.rows)))

    def feed(self, text: str) -> tuple[Sequence[int], list[str]]:
        """Write text. Give the rows that may have changed, and the logical rows that scrolled off the top.

        Raises TerminalError.
        """
        if len(text) > self._piece:
            return self._feed_pieces(text)
        if "\x7f" in text:  # DEL: terminals ignore it, the engine would draw it
            text = text.replace("\x7f", "")
        if _REPEAT.search(text):  # eight characters that write 65,535: a flood
            text = _REPEATS.sub(r"\g<1>999b", text)
        try:
            dirty, gone = self._vt.feed_str(text)
        except UnicodeEncodeError:  # nothing has been fed yet
            return self.feed(_heal(text))
        except BaseException as error:
            _raise_panic(error)
            raise
        return dirty, self._leave(gone) if gone else []

    def _feed_pieces(self, text: str) -> tuple[Sequence[int], list[str]]:
        text = text if text.isascii() else _heal(text)
        dirty: set[int] = set()
        gone: list[str] = []
        for start in range(0, len(text), self._piece):
            rows, texts = self.feed(text[start : start + self._piece])
            dirty.update(rows)
            gone += texts
        return sorted(dirty), gone

    def resize(self, cols: int, rows: int) -> list[str]:
        """Change the size, reflowing wrapped lines. Give the logical rows pushed off the top. Raises TerminalError."""
        self._size(cols, rows)
        try:
            gone = self._vt.resize(self.cols, self.rows)[1]
        except BaseException as error:
            _raise_panic(error)
            raise
        return self._leave(gone)

    def state(self) -> str:
        """Give the text after which any terminal of this size shows and knows what this one does, whatever it did."""
        return "\x1bc" + self._vt.dump().replace("\x9b", "\x1b[")  # one character of C1 is text to some terminals

    def _leave(self, lines: list[Line]) -> list[str]:
        self.scrolled += len(lines)
        self._recent.extend(lines)
        rows = _place(self._history.push(lines))
        rows[:1] = [row.rstrip() for row in rows[:1]]  # it may end a line whose head left before
        return rows

    def read(self) -> list[str]:
        """Read all logical rows; there are always `rows` of them."""
        unwrapper = _Unwrapper()
        texts = unwrapper.push(self._vt.view())
        self._wraps.clear()
        if None in texts:
            self._wraps.update(row for row, text in enumerate(texts) if text is None)
            texts.append(unwrapper.flush().rstrip())  # the last row may be wrapped; flush() does not strip
        return _place(texts)[: self.rows]

    def read_rows(self, rows: Iterable[int]) -> list[tuple[int, str]]:
        """Read single rows in ascending order, with those that share a wrapped line now or did when it was last read.

        Nothing may have scrolled off since.
        """
        push, vt, wraps = self._single.push, self._vt, self._wraps
        found: list[tuple[int, str]] = []
        done = -1
        for row in rows:
            if row <= done:
                continue
            joined = wraps and (row in wraps or row - 1 in wraps)
            # a wrap can begin without its row becoming dirty
            if joined or (row > done + 1 and push(vt[row - 1]) is None) or (text := push(vt[row])) is None:
                part = self._read_wrapped(row)
                found += part
                done = part[-1][0]
                self._single = TextUnwrapper()
                push = self._single.push
            else:
                found.append((row, text))
                done = row
        return found

    def _read_wrapped(self, row: int) -> list[tuple[int, str]]:
        """Read all rows that share a wrapped line with this one, or did when they were read before."""
        line, wraps, first = self._vt.__getitem__, self._wraps, row
        while first and (first - 1 in wraps or _wraps(line(first - 1))):
            first -= 1
        unwrapper = _Unwrapper()
        texts: list[str | None] = []
        last = first - 1
        while last + 1 < self.rows and (last < row or last in wraps or texts[-1] is None):
            last += 1
            texts += unwrapper.push([line(last)])
        wraps.difference_update(range(first, last + 1))
        wraps.update(first + at for at, text in enumerate(texts) if text is None)
        if texts[-1] is None:  # the last row of the screen is wrapped
            texts.append(unwrapper.flush().rstrip())
        return list(enumerate(_place(texts)[: last - first + 1], first))

    def head(self) -> str:
        """Take the start of a wrapped line that scrolled off while its rest is still on the screen; "" without one."""
        return self._history.flush()

    @property
    def end(self) -> int:
        """Absolute number of the row below the last one."""
        return self.scrolled + self.rows

    @property
    def cursor_row(self) -> int:
        """Absolute number of the cursor's row."""
        return self.scrolled + self._vt.cursor.row

    @property
    def cursor_col(self) -> int:
        """0-based column of the cursor, `cols` while a wrap is pending."""
        return self._vt.cursor.col

    def logical(self, row: int) -> Logical:
        """Give the logical line that an absolute row belongs to; rows long gone are the oldest one remembered."""
        oldest, below = self.scrolled - len(self._recent), self.end
        first = last = min(max(row, oldest), below - 1)
        lines = [self._line(first)]
        while first > oldest and _wraps(above := self._line(first - 1)):
            first -= 1
            lines.insert(0, above)
        while last < below - 1 and _wraps(lines[-1]):
            last += 1
            lines.append(self._line(last))
        text = "".join(_texts(lines))
        bare = text.rstrip()
        wide = sum(map(len, lines)) - len(text)  # the right half of a wide character has no text
        return Logical(first, last, bare, len(bare) + wide)

    def _line(self, row: int) -> Line:
        """Give the row of an absolute number that is remembered or shown."""
        index = row - self.scrolled
        return self._vt[index] if index >= 0 else self._recent[index]

    def left_of_cursor(self) -> tuple[int, str, str]:
        """Give the first row of the cursor's logical line, its text up to the cursor (blanks kept), and all of it."""
        cursor = self._vt.cursor
        row = self.scrolled + cursor.row
        first, _, text, _ = self.logical(row)
        before = "".join(_texts([self._line(above) for above in range(first, row + 1)])[:-1])
        return first, before + _left(self._line(row), cursor.col), text

    def cursor_text(self) -> str:
        """Give the text of the cursor's own row up to the cursor: a cheap look before `left_of_cursor`."""
        cursor = self._vt.cursor
        return _left(self._vt[cursor.row], cursor.col)

    def cursor(self) -> Cursor:
        """Where the cursor is drawn: on the last column while a wrap is pending."""
        cursor = self._vt.cursor
        return Cursor(min(cursor.col, self.cols - 1), cursor.row, cursor.visible)

    def hold(self) -> Still:
        """Hold the screen as it is now."""
        return Still(self.cols, self._vt.view(), self.cursor())

    def snapshot(self) -> Snapshot:
        """Read the screen with its styles."""
        return self.hold().snapshot()

    def look(self, row: int) -> str:
        """Give a text that is the same for rows that look the same."""
        return repr(self._vt[row]).removesuffix('")').removesuffix("⏎")

    def runs(self, row: int) -> tuple[Run, ...]:
        """Read a row with its styles."""
        return _runs(self._vt[row])

    def bare(self, row: int) -> str:
        """Give the text of one row as it stands there, blanks and all; -1 is the row that left the top last."""
        text: str = (self._vt[row] if row >= 0 else self._recent[row]).text
        return text

    def goes_on(self, row: int) -> bool:
        """Whether a row is wrapped into the next one."""
        return _wraps(self._vt[row] if row >= 0 else self._recent[row])

    def columns(self, row: int) -> list[int]:
        """Give the column of each character of a row."""
        cells = (self._vt[row] if row >= 0 else self._recent[row]).cells
        return [column for column, cell in enumerate(cells) if cell.width]

    def origins(self, row: int, characters: Iterable[int]) -> list[int]:
        """Give the numbers that some characters of a row were `traced` with, by their indices; -1 for none."""
        cells = [cell for cell in (self._vt[row] if row >= 0 else self._recent[row]).cells if cell.width]
        return [_number(cells[at].pen) for at in characters]

    def dump(self) -> str:
        """Give text that rebuilds both screens, cursor and modes in a new screen of the same size."""
        return self._vt.dump()


def traced(text: str, first: int) -> str:
    """Give text whose characters carry their numbers, from `first` on, wherever they go on a screen.

    The number is a colour, which moves with a cell. What is fed beside must not set colours.
    """
    pieces = [_pen(number) + each if each >= " " else each for number, each in enumerate(text, first)]
    return "".join(pieces) + "\x1b[m" if pieces else ""


def repeated(sequence: str, number: int) -> str:
    """Give a sequence that repeats the character before it, which carries this number."""
    return f"{_pen(number)}{sequence}\x1b[m"


def _pen(number: int) -> str:
    return f"{_high(number >> 8)}{number & 255}m"


@lru_cache(maxsize=4)
def _high(number: int) -> str:
    return f"\x1b[48;5;{number >> 16};38;2;{number >> 8 & 255};{number & 255};"


def _number(pen: Pen) -> int:
    low, high = _colour(pen.foreground), _colour(pen.background)
    if not isinstance(low, tuple) or not isinstance(high, int):
        return -1
    return high << 24 | low[0] << 16 | low[1] << 8 | low[2]


@lru_cache(maxsize=4096)
def width(character: str) -> int:
    """Give the columns that a character takes."""
    screen = Screen(4, 1)
    screen.feed(character)
    return screen.cursor().col


def _raise_panic(error: BaseException) -> None:
    """Turn a panic of the engine, which derives from BaseException and has no importable name, into our exception."""
    if type(error).__name__ == "PanicException":
        raise TerminalError(f"the terminal engine failed: {error}") from error


def _heal(text: str) -> str:
    """Join surrogates that JSON left as pairs, and replace lone ones: the engine takes neither."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _place(texts: list[str | None]) -> list[str]:
    """Move the text of a wrapped line, which the unwrapper gives for its last row, to the row it starts on."""
    start = -1
    for row, text in enumerate(texts if None in texts else ()):
        if text is None:
            start = row if start < 0 else start
            texts[row] = ""
        elif start >= 0:
            texts[start], texts[row], start = text.rstrip(), "", -1  # only its last row is stripped yet
    return texts  # type: ignore[return-value] # no None is left


class _Unwrapper:
    """Joins the texts of rows that go on in the next one."""

    __slots__ = ("_engines", "_waiting")

    def __init__(self) -> None:
        self._engines = TextUnwrapper()
        self._waiting: list[Line] = []

    def push(self, lines: Sequence[Line]) -> list[str | None]:
        """Take the next rows. Give for each the text that ends with it, None where that goes on."""
        texts: list[str | None] = [*map(self._engines.push, lines)]
        if self._waiting or None in texts:
            for at, line in enumerate(lines):
                if texts[at] is None:
                    self._waiting.append(line)
                elif self._waiting:
                    texts[at] = "".join(_texts([*self._waiting, line])).rstrip()
                    self._waiting.clear()
        return texts

    def flush(self) -> str:
        """Take the text that has not ended, with its blanks."""
        text = "".join(_texts(self._waiting))
        self._waiting.clear()
        self._engines.flush()
        return text


def _texts(lines: Sequence[Line]) -> list[str]:
    """Give the texts of rows of which each goes on in the next one."""
    texts: list[str] = [line.text for line in lines]
    for at, (line, below) in enumerate(pairwise(lines)):
        if texts[at].endswith(" ") and not texts[at].isascii() and _is_left_blank(line, below):
            texts[at] = texts[at][:-1]
    return texts


def _is_left_blank(line: Line, below: Line) -> bool:
    """Whether the last cell had no room for a wide character; a blank after a wide one looks the same, and is rarer."""
    return line.cells[-1].width == 1 and line.cells[-2].width == 0 and below.cells[0].width == 2


def _wraps(line: Line) -> bool:
    return TextUnwrapper().push(line) is None


def _left(line: Line, cols: int) -> str:
    """Give the text of the first `cols` cells."""
    text: str = line.text
    if len(text) == len(line):
        return text[:cols]
    return text[: sum(1 for cell in islice(line.cells, cols) if cell.width)]


def _runs(line: Line) -> tuple[Run, ...]:
    """Join neighbouring cells of one pen; runs that draw nothing are left out."""
    text = line.text
    lengths = _lengths(line) if len(text) == len(line) else []
    if sum(lengths) != len(text):
        return _runs_by_cell(line)
    found: list[Run] = []
    start = 0
    for length in lengths:
        if length:
            run = _run(start, length, text[start : start + length], _style(line[start].pen))
            start += length
            if run:
                found.append(run)
    return tuple(found)


def _lengths(line: Line) -> list[int]:
    """Count the characters between changes of style in what the engine shows: far faster than looking at cells."""
    parts = _CHANGE.split(repr(line).removeprefix('Line("').removesuffix('")').removesuffix("⏎"))
    return [len(_CODED.sub("x", part)) if "\\" in part else len(part) for part in parts]


def _runs_by_cell(line: Line) -> tuple[Run, ...]:
    """Do the same for a row with wide characters."""
    cells = [cell for cell in line.cells if cell.width]  # without their right halves
    text, col, start = line.text, 0, 0
    found: list[Run] = []
    for pen, same in groupby(cells, key=attrgetter("pen")):
        group = list(same)
        width = sum(cell.width for cell in group)
        run = _run(col, width, text[start : start + len(group)], _style(pen))
        if run:
            found.append(run)
        col, start = col + width, start + len(group)
    return tuple(found)


def _run(col: int, width: int, text: str, style: Style) -> Run | None:
    """Make a run, None if it draws nothing: a blank does by its background, inverse, or a line through or below it."""
    if style.bg is None and not (style.inverse or style.underline or style.strike):
        bare = text.rstrip(" ")
        text, width = bare, width - (len(text) - len(bare))
    return Run(col, width, text, style) if text else None


def _style(pen: Pen) -> Style:
    return Style(
        _colour(pen.foreground),
        _colour(pen.background),
        bold=pen.bold,
        faint=pen.faint,
        italic=pen.italic,
        underline=pen.underline,
        strike=pen.strikethrough,
        blink=pen.blink,
        inverse=pen.inverse,
    )


def _colour(colour: Color | None) -> Colour:
    if colour is None:
        return None
    if isinstance(colour, Color.RGB):
        return colour[0], colour[1], colour[2]
    index: int = colour[0]  # type: ignore[index] # its stubs give the base class no index
    return index
