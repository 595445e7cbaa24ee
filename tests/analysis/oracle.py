"""What a recording really showed, from its screens after every single event, and how good a transcript of it is."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from castsite.analysis.frames import SPAN
from castsite.analysis.model import Line
from castsite.cast.compressed import inflate
from castsite.cast.events import OUTPUT, RESIZE, Cast
from castsite.cast.read import read
from castsite.cast.timeline import prepare
from castsite.limits import SECOND, Limits
from castsite.terminal import SWAP, Screen

WORD = re.compile(r"[^\W\d_]{3,}")
LIMITS = Limits()


@dataclass
class Shown:
    """For each text the times it was on the screen, how long it stayed at most, whether it scrolled off or grew on.

    `head`: start of a wrapped line that scrolled off while its rest was still on the screen at the end.
    """

    times: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    dwell: dict[str, int] = field(default_factory=dict)
    scrolled: set[str] = field(default_factory=set)
    grew: set[str] = field(default_factory=set)
    head: str = ""

    def legible(self, dwell: int) -> set[str]:
        """Texts that stayed this long, or scrolled off, and did not simply grow in place."""
        return ({text for text, stayed in self.dwell.items() if stayed >= dwell} - self.grew) | self.scrolled


@dataclass
class Score:
    """Counts of one transcript, or the sum of many."""

    lines: int = 0
    legible: int = 0
    exact: int = 0
    covered: int = 0
    words: int = 0
    found: int = 0
    junk: int = 0
    false: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, item.name) + getattr(other, item.name) for item in fields(self)))


@lru_cache(maxsize=1)
def casts(corpus: Path) -> tuple[tuple[str, Cast], ...]:
    """All recordings that can be read, as they would be published, by name."""
    return tuple(_casts(corpus))


def _casts(corpus: Path) -> Iterator[tuple[str, Cast]]:
    for path in sorted((corpus / "files").iterdir()):
        cast = read(inflate(path.read_bytes(), path=path.name, limits=LIMITS).data, path=path.name).cast
        ready = prepare(cast, limits=LIMITS, path=path.name).cast if cast else None
        if ready:
            yield path.name, ready


def outputs(cast: Cast) -> Iterator[tuple[int, str, str]]:
    """Give output and true resizes; output split before each screen swap, as the engine demands."""
    size = f"{cast.header.cols}x{cast.header.rows}"
    for time, code, data in cast.events:
        if code == OUTPUT:
            start = 0
            for match in SWAP.finditer(data):
                yield time, code, data[start : match.start()]
                start = match.start()
            yield time, code, data[start:]
        elif code == RESIZE and data != size:
            size = data
            yield time, code, data


def shown(cast: Cast) -> Shown:
    """Look at the screen after every event."""
    screen, found = Screen(cast.header.cols, cast.header.rows), Shown()
    since: dict[str, int] = {}
    before: list[str] = []
    for time, code, data in outputs(cast):
        dirty, gone = screen.feed(data) if code == OUTPUT else ([0], screen.resize(*map(int, data.split("x"))))
        if not dirty and not gone and not SWAP.match(data):
            for text in since:
                found.times[text].append(time)
            continue
        rows = screen.read()
        if not gone:
            found.grew |= {
                old for old, new in zip(before, rows, strict=False) if old and new != old and new.startswith(old)
            }
        here, off, before = {*rows} - {""}, {*gone} - {""}, rows
        found.scrolled |= off
        for text in here | off:
            found.times[text].append(time)
        for text in since.keys() - here:
            found.dwell[text] = max(found.dwell.get(text, 0), time - since.pop(text))
        since.update((text, time) for text in here - since.keys())
    for text in since:  # the last picture stays
        found.dwell[text] = max(found.dwell.get(text, 0), 2 * SECOND)
    found.head = screen.head()
    return found


def score(lines: Sequence[Line], found: Shown) -> Score:
    """Compare a transcript with what was shown.

    Exact: given out as it is. Covered: exact, or part of a line, or all its words in one line. Junk: a strict prefix of
    the next line in order that did not scroll off as it is (a listing has `src/` and `src/main.c`). False: given out,
    but not on the screen in the window that ended at its time.
    """
    texts = {line.text for line in lines}
    blob, bags = "\n".join(texts), [set(WORD.findall(text)) for text in texts]
    legible = {text for text in found.legible(SECOND) if re.search(r"\w", text)}
    words = {word for text in found.legible(300_000) for word in WORD.findall(text)}
    order = sorted(texts)
    return Score(
        lines=len(lines),
        legible=len(legible),
        exact=len(legible & texts),
        covered=sum(_covered(text, texts, blob, bags) for text in legible),
        words=len(words),
        found=len(words & set(WORD.findall(blob))),
        junk=sum(len(one) >= 3 and two.startswith(one) and one not in found.scrolled for one, two in pairwise(order)),
        false=sum(is_false(line, found) for line in lines),
    )


def _covered(text: str, texts: set[str], blob: str, bags: Iterable[set[str]]) -> bool:
    if text in texts or text in blob:
        return True
    words = set(WORD.findall(text))
    return any(words <= bag for bag in bags)


def is_false(line: Line, found: Shown) -> bool:
    """Whether the text was never on the screen within a window before the line's time."""
    cut, head = len(line.text) >= LIMITS.line_length - 1, found.head.rstrip()
    if head and (line.text.startswith(head) or (cut and head.startswith(line.text))):
        return False
    times = found.times.get(line.text, [])
    if cut:
        times = sorted(time for text, when in found.times.items() if text.startswith(line.text) for time in when)
    index = bisect_right(times, line.time)
    return not index or times[index - 1] < line.time - SPAN
