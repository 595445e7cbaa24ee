"""All places of a recording in which a credential may stand: output, screens, input, control strings, words.

What escape sequences, borders of events, backspaces and wraps take apart is put together first.
"""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Final, NamedTuple, TypeVar
from urllib.parse import unquote

import msgspec

from castsite.cast.events import INPUT, OUTPUT, Cast, Event
from castsite.regex import regex
from castsite.safety.secrets import OVERLAP, Class, Hit
from castsite.schema.characters import bare

Find = Callable[[str], list[Hit]]
Of = TypeVar("Of")


class Finding(NamedTuple):
    """A credential in a recording. `time` is on the played timeline, microseconds; None where there is none."""

    rule: str
    rule_class: Class
    channel: str
    time: int | None
    length: int
    shown: str
    """what may be told of the value, see `Hit`"""
    where: str
    """the first place: kind, number of the event or milliseconds of the screen, first and last character"""
    places: int = 1


class _Place(NamedTuple):
    """Where something was found, and what."""

    channel: str
    kind: str
    number: int
    time: int | None
    hit: Hit
    value: str

    def where(self) -> str:
        return f"{self.kind}:{self.number}:{self.hit.start}-{self.hit.end - 1}"


SEQUENCE: Final = regex(
    r"[\x00-\x07\x0b-\x1f\x7f-\x9f]"  # a set first: what is between is passed over far faster
    r"(?:(?:(?<=\x1b)\[|(?<=\x9b))[\x00-\x17\x19\x1c-\x1f -?]*[@-~]?"
    r"|(?:(?<=\x1b)[\]PX^_]|(?<=[\x9d\x90\x98\x9e\x9f]))(?P<payload>[^\x07\x18\x1a\x1b\x9c]*)(?:\x07|\x1b\\|\x9c)?"
    r"|(?<=\x1b)[ -/]*[0-~]?"
    r"|[\x00-\x07\x0b-\x1a\x1c-\x1f\x7f-\x9f]*)"
)
_EDIT: Final = regex(r"[\x08\x7f]")
BORDER: Final = regex(r"[│┃║|]")
_JSON: Final = json.JSONDecoder(strict=False)
_ESCAPED: Final = regex(r"\\u([0-9A-Fa-f]{4})")
_ENCODED: Final = regex(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_READABLE: Final = 0.9
_ENOUGH: Final = 1 << 20
"""Characters of screens that are looked through at once."""
APART: Final = "\n\n\n\n\0\n\n\n\n"
"""Stands between texts that are looked through together; nothing is found across it."""
NARROW: Final = 8
"""Columns that a pane has at least."""
PADDING: Final = 8
"""Blanks that a box has at a side at most."""
ROWS: Final = 40
"""Rows over which a value may go, above and below."""
_SHORTEST: Final = 6
"""Characters from which what stands by itself is looked at."""
_COLOUR: Final = regex(r"\x1b\[[0-9;:]*m")
_KEY: Final = "PRIVATE KEY-----"
_GOES_ON: Final = regex(r"[A-Za-z0-9_+/=.~%-]")


class Sights(msgspec.Struct):
    """Every text that screens showed, each once, in the order in which they were read."""

    find: Find
    found: list[tuple[Hit, int, str]] = msgspec.field(default_factory=list)
    _seen: set[str] = msgspec.field(default_factory=set)
    _parted: set[tuple[str, int]] = msgspec.field(default_factory=set)
    """texts that go over rows, and columns of these"""
    _last: list[str] = msgspec.field(default_factory=list)
    _cols: int = 0
    _plain: set[str] = msgspec.field(default_factory=set)
    """rows of so many columns of which nothing more can be seen, whatever stands around them"""
    _texts: list[tuple[str, int]] = msgspec.field(default_factory=list)
    _size: int = 0

    def consider(self, time: int, cols: int, rows: Sequence[str], gone: Sequence[str]) -> None:
        """Look at the logical rows of a screen, and at those that left it."""
        if cols != self._cols:
            self._cols, self._plain = cols, {""}
        plain = self._plain
        for row in gone:
            if row not in plain:
                self._see(row, time, cols)
        last, self._last = self._last, [*rows]
        fresh = {*rows} - plain
        if not fresh or last == self._last:
            return
        if any(_KEY in row for row in fresh):
            key = next(at for at, row in enumerate(rows) if _KEY in row)
            self._see("\n".join(rows[key:]), time, 1 << 30)  # its lines are rows, in an editor with numbers before them
        for at, row in enumerate(rows):
            changed = at >= len(last) or last[at] != row
            if changed and row and (row in fresh or (at and rows[at - 1] in fresh)):
                self._look_at(at, rows, time, cols)

    def _look_at(self, at: int, rows: Sequence[str], time: int, cols: int) -> None:
        """Look at a row, at what it may be part of, and at what stands side by side in it."""
        row = rows[at]
        self._see(row, time, cols)
        full = _is_full(row, cols)
        if full or (at and _is_full(rows[at - 1], cols)):  # a program may wrap by itself
            self._see(_joined(rows, at, 0, cols), time, cols)
        if BORDER.search(row):
            for left, right in pairwise((-1, *(border.start() for border in BORDER.finditer(row)), cols)):
                if right - left <= NARROW:
                    continue
                for first, last in dict.fromkeys(((left + 1, right), _padded(row, left + 1, right))):
                    if text := _joined(rows, at, first, last):
                        self._see(text, time, cols)
        elif not full and _KEY not in row:
            self._plain.add(row)

    def _see(self, text: str, time: int, cols: int) -> None:
        if text and text not in self._seen:
            self._seen.add(text)
            self._keep(text, time)
        # what stands alone in its row may be preceded by a row that is full
        if len(text) > cols and (text, cols) not in self._parted:
            self._parted.add((text, cols))
            for at in range(cols, min(len(text), ROWS * cols), cols):
                self._keep(text[at : at + OVERLAP], time)

    def _keep(self, text: str, time: int) -> None:
        self._texts.append((text, time))
        self._size += len(text)
        if self._size >= _ENOUGH:
            self.look()

    def look(self) -> None:
        """Look through what has come together."""
        self.found += _looked_through(self._texts, self.find)
        self._texts.clear()
        self._size = 0


def _looked_through(texts: Sequence[tuple[str, Of]], look: Find) -> Iterator[tuple[Hit, Of, str]]:
    """Look through many texts at once, each with what it belongs to."""
    whole = APART.join(map(itemgetter(0), texts))
    starts = [0, *accumulate(len(text) + len(APART) for text, _ in texts)]
    for hit in look(whole):
        yield hit, texts[bisect_right(starts, hit.start) - 1][1], whole[hit.start : hit.end]


def _padded(row: str, left: int, right: int) -> tuple[int, int]:
    """Give where the text in a strip stands, where that is a box with a few blanks at its sides; else all of it."""
    strip = row[left:right]
    bare = strip.strip(" ")
    first = left + len(strip) - len(strip.lstrip(" "))
    last = first + len(bare)
    return (first, last) if max(first - left, right - last) <= PADDING and last - first > NARROW else (left, right)


def _is_full(part: str, width: int) -> bool:
    """Whether what stands in a strip of a row may go on below."""
    return len(part) >= width and not len(part) % width and _GOES_ON.match(part, len(part) - 1) is not None


def _joined(rows: Sequence[str], at: int, left: int, right: int) -> str:
    """Put together what stands in a strip around a row, as far as each part may go on in the next; "" if none does."""
    width = right - left
    first = at
    while first > max(0, at - ROWS) and _is_full(_part(rows[first - 1], left, right), width):
        first -= 1
    text, here = _part(rows[first], left, right), first
    while here + 1 < min(len(rows), at + ROWS) and _is_full(text, width):
        here += 1
        text += _part(rows[here], left, right)
    return text if here > first else ""


def _part(row: str, left: int, right: int) -> str:
    return row if not left and len(row) >= right and not BORDER.search(row) else row[left:right].rstrip()


def scan(cast: Cast, whole: Cast, header: bytes, words: Iterable[str], sights: Sights) -> list[tuple[Finding, str]]:
    """Give the credentials of a recording, each with its value; `whole` is what was read, `header` its first bytes.

    `cast` is what is published of it, with the played times; `words` are what an author says about it.
    """
    sights.look()
    found = [*_in_output(cast.events, sights.find)]
    found += (_Place("screen", "screen", time // 1000, time, hit, value) for hit, time, value in sights.found)
    typed = [event for event in whole.events if event.code == INPUT]
    keys = "".join(map(itemgetter(2), typed))
    for text in (_edited(keys), SEQUENCE.sub("", keys)) if keys else ():
        found += _in_words("input", "i", [text], sights.find)
    others = [event.data for event in whole.events if event.code not in {OUTPUT, INPUT}]
    for channel, strings in (("header", _strings(header)), ("marker", others), ("text", words)):
        found += _in_words(channel, channel, forms(strings), sights.find)
    return _together(found)


def _in_words(channel: str, kind: str, texts: Iterable[str], look: Find) -> Iterator[_Place]:
    for number, text in enumerate(texts):
        for hit in look(text):
            yield _Place(channel, kind, number, None, hit, text[hit.start : hit.end])


def _together(found: Iterable[_Place]) -> list[tuple[Finding, str]]:
    """Make one finding of each value that a rule found."""
    whole: dict[tuple[str, str], str] = {}
    each: dict[tuple[str, str], Finding] = {}
    for place in found:
        hit, bare = place.hit, "".join(place.value.split())
        known = each.get((hit.rule, bare))
        if known:
            each[hit.rule, bare] = known._replace(places=known.places + 1)
            continue
        whole[hit.rule, bare] = place.value
        told = (place.channel, place.time, len(bare), hit.shown, place.where())
        each[hit.rule, bare] = Finding(hit.rule, hit.rule_class, *told)
    values = {value for _, value in each}
    return [
        (one, whole[rule, value])
        for (rule, value), one in each.items()
        if not any(_goes_on(value, other) for other in values)
    ]


def _goes_on(value: str, other: str) -> bool:
    """Whether a value is but the beginning of another one, as when that is typed; a prompt may stand behind it."""
    bare = value.rstrip("$#%>")
    return value != other and bool(bare) and other.startswith(bare)


def _in_output(events: Sequence[Event], look: Find) -> Iterator[_Place]:
    """Look through what was printed, without what draws nothing, and through what programs told the terminal."""
    outputs = [event for event in events if event.code == OUTPUT]
    whole = "".join(map(itemgetter(2), outputs))
    parts = SEQUENCE.split(whole)
    text, payloads = told(parts)
    hits = look(text)
    alone = _looked_through([(piece, None) for piece in _pieces(whole, parts[::2])], look)
    tokens = [(hit, value) for hit, _, value in alone if hit.rule_class == "P"]
    in_payloads = [*_looked_through([(form, each) for each in payloads for form in forms((each,))], look)]
    if not (hits or tokens or in_payloads):
        return
    starts = [0, *accumulate(len(event.data) for event in outputs)]

    def number(offset: int) -> int:
        return min(bisect_right(starts, offset) - 1, len(outputs) - 1)

    for hit, begin in zip(hits, located(*printed(whole), (hit.start for hit in hits)), strict=True):
        at = number(begin)
        moved = hit._replace(start=begin - starts[at], end=begin - starts[at] + hit.end - hit.start)
        yield _Place("output", "o", at + 1, outputs[at].time, moved, text[hit.start : hit.end])
    known = {(hit.rule, text[hit.start : hit.end]) for hit in hits}
    for hit, value in tokens:
        if (hit.rule, value) not in known:
            begin = whole.find(value)
            if begin < 0:  # colours take it apart
                begin = max(whole.find(value[:_SHORTEST]), 0)
            at = number(begin)
            moved = hit._replace(start=begin - starts[at], end=begin - starts[at] + len(value))
            yield _Place("output", "o", at + 1, outputs[at].time, moved, value)
    strings: dict[str, int] = {}
    for one in SEQUENCE.finditer(whole) if in_payloads else ():
        strings.setdefault(one["payload"], one.start())
    for hit, payload, value in in_payloads:
        at = number(strings[payload])
        yield _Place("control string", "osc", at + 1, outputs[at].time, hit, value)


def located(pieces: Sequence[str], begins: Sequence[int], places: Iterable[int]) -> Iterator[int]:
    """Give where in an output stand characters of what was printed of it."""
    starts = [0, *accumulate(map(len, pieces))]
    for place in places:
        piece = min(bisect_right(starts, place) - 1, len(begins) - 1)
        yield begins[piece] + place - starts[piece]


def told(parts: Sequence[str]) -> tuple[str, list[str]]:
    """Give of output that `SEQUENCE` splits what is printed as one text, and each control string once.

    That is what `printed` takes longer for.
    """
    text = "".join(parts[::2])
    return "".join(_kept(text, ((0, len(text)),))[0]), [*dict.fromkeys(filter(None, parts[1::2]))]


def _pieces(whole: str, runs: Iterable[str]) -> list[str]:
    """Give the words that sequences put side by side, and what backspaces go back over, each by itself.

    What goes on where the cursor has moved to is another word: together they may look like none that is a credential.
    Colours alone move nothing: with them within it a word is looked at as a whole as well.
    """
    found: set[str] = set()
    for some in (runs, SEQUENCE.split(_COLOUR.sub("", whole))[::2] if _COLOUR.search(whole) else ()):
        last = " "
        for run in some:
            if not run:
                continue
            if not (last[-1].isspace() or run[0].isspace()):
                found.update((last.rsplit(None, 1)[-1], run.split(None, 1)[0]))
            if "\b" in run:
                found.update(part.rsplit(None, 1)[-1] for part in run.split("\b") if part.strip())
            last = run
    return sorted(piece for piece in found if len(piece) >= _SHORTEST)


def printed(whole: str) -> tuple[list[str], list[int]]:
    """Give what is printed, and where each piece of it begins. A backspace takes the last character of its line."""
    ends = [match.span() for match in SEQUENCE.finditer(whole)]
    return _kept(whole, zip((0, *(end for _, end in ends)), (*(start for start, _ in ends), len(whole)), strict=True))


def _kept(text: str, spans: Iterable[tuple[int, int]]) -> tuple[list[str], list[int]]:
    """Give what backspaces leave of some spans of a text, and where each piece of it begins."""
    begins: list[int] = []
    ends: list[int] = []
    for begin, end in spans:
        at = begin
        while (back := text.find("\b", at, end)) >= 0:
            if back > at:
                begins.append(at)
                ends.append(back)
            if ends and text[ends[-1] - 1] != "\n":
                ends[-1] -= 1
                if ends[-1] == begins[-1]:
                    del begins[-1], ends[-1]
            at = back + 1
        if at < end:
            begins.append(at)
            ends.append(end)
    return [text[begin:end] for begin, end in zip(begins, ends, strict=True)], begins


def _edited(keys: str) -> str:
    """Give what was typed as a line editor would have taken it."""
    line: list[str] = []
    plain = SEQUENCE.sub(lambda match: match[0] if set(match[0]) == {"\x7f"} else "", keys.replace("\r", "\n"))
    for key in plain:
        if _EDIT.match(key):
            if line and line[-1] != "\n":
                line.pop()
        else:
            line.append(key)
    return "".join(line)


def _strings(header: bytes) -> Iterator[str]:
    """Give every string of a header, read as patiently as a recording is, or its text where it cannot be read.

    Then the lines after it, which are comments.
    """
    text = header.decode("utf-8", "replace").lstrip()
    try:
        value, end = _JSON.raw_decode(text) if text.startswith("{") else (json.loads(text, strict=False), len(text))
    except (ValueError, RecursionError):
        yield text
        return
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            # a name and its value stand together, as they do where they come from
            yield from (f"{name}={text}" for name, text in value.items() if isinstance(text, str))
            waiting += [each for name, each in value.items() if name != "stdout" and not isinstance(each, str)]
        elif isinstance(value, list):
            waiting += value
    yield from text[end:].split("\n")


def forms(texts: Iterable[str]) -> Iterator[str]:
    """Give texts as they are, and what they stand for where they are encoded."""
    for text in texts:
        yield text
        if "%" in text and (plain := unquote(text)) != text:
            yield plain
        if "\\" in text:
            plain = text.replace("\\n", "\n").replace('\\"', '"').replace("\\/", "/")
            yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), plain)
        if (plain := bare(text)) != text:
            yield plain
        for match in _ENCODED.finditer(text):
            coded = match[0].rstrip("=").replace("-", "+").replace("_", "/")
            try:
                plain = base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-8")
            except (binascii.Error, ValueError):
                continue
            if plain and sum(map(str.isprintable, plain)) >= _READABLE * len(plain):
                yield plain
