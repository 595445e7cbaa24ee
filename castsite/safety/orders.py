"""What an author wants masked in a recording, besides what rules find."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from castsite.cast.events import RESIZE, Cast
from castsite.errors import Place, Problem, Severity
from castsite.safety.secrets import Hit
from castsite.safety.values import SHORT, Values

REDACTED: Final = "redacted"
"""Code of the message about what was masked."""


class Region(NamedTuple):
    """A rectangle of the screen, 0-based, in a time on the played timeline (µs, both ends included)."""

    rows: range
    cols: range
    start: int
    end: int


class Orders:
    """What an author wants masked: texts, `/expressions/`, regions of the screen on the played timeline."""

    def __init__(self, entries: Iterable[str] = (), regions: Iterable[Region] = ()) -> None:
        self._entries = tuple(entries)
        self.regions = tuple(regions)
        self.texts = tuple(entry.strip() for entry in self._entries if not _is_pattern(entry))
        self._patterns = {entry: re.compile(entry[1:-1]) for entry in self._entries if _is_pattern(entry)}
        self.patterns = tuple(self._patterns.values())
        self._met: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._entries or self.regions)

    def find(self, text: str) -> Iterator[Hit]:
        """Give what of a text matches an expression."""
        for entry, pattern in self._patterns.items():
            for match in pattern.finditer(text):
                if match[0].strip():
                    self._met.add(entry)
                    yield Hit(*match.span(), REDACTED, "R", "")

    def problems(self, values: Values, place: Place) -> Iterator[Problem]:
        """Tell which entries had no effect, or less than one may think; none is quoted."""
        for number, entry in enumerate(self._entries, 1):
            found = entry in self._met if entry in self._patterns else values.was_shown(entry.strip())
            if not found:
                text = f"redact: entry {number} stands nowhere in the recording; look how it is written there"
                yield Problem(Severity.WARNING, place, "redact-nothing", text)
            elif entry not in self._patterns and len(entry.strip()) < SHORT:
                text = f"redact: entry {number} is shorter than {SHORT} characters: masked only where it stands alone"
                yield Problem(Severity.WARNING, place, "redact-short", text)

    def outside(self, cast: Cast, place: Place) -> Iterator[Problem]:
        """Tell which regions no screen of a recording reaches."""
        sizes = [(cast.header.cols, cast.header.rows), *(e.size for e in cast.events if e.code == RESIZE)]
        for number, region in enumerate(self.regions, 1):
            if not any(region.cols.start < cols and region.rows.start < rows for cols, rows in sizes):
                cols, rows = map(max, zip(*sizes, strict=True))
                text = f"mask_region: rectangle {number} lies outside of the screen, {cols} columns by {rows} rows"
                yield Problem(Severity.WARNING, place, "mask-nothing", f"{text}: it masks nothing")


def _is_pattern(entry: str) -> bool:
    return len(entry) > 2 and entry.startswith("/") and entry.endswith("/")
