"""What was used most in all recordings: counted one recording after the other, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field

from castsite.analysis.uses import Use
from castsite.site.model import Recording

MOST: Final = 100_000
"""Different ones counted; beyond that, the rarer half is forgotten."""

SHOWN: Final = 3
"""Recordings kept of each."""


class Entry(Struct):
    """How often something was used, in how many recordings, and where first in those that came first."""

    text: str
    count: int = 0
    recordings: int = 0
    first: tuple[tuple[Recording, int], ...] = ()
    """recordings, each with the time in it"""


class Ledger(Struct):
    """Counts uses; recordings have to come in the order in which they are to be shown."""

    most: int = MOST
    _entries: dict[str, Entry] = field(default_factory=dict)

    def add(self, recording: Recording, uses: Iterable[Use]) -> None:
        """Count what was used in one more recording."""
        for use in uses:
            entry = self._entries.get(use.text)
            if entry is None:
                entry = self._entries[use.text] = Entry(use.text)
            entry.count += use.often
            entry.recordings += 1
            if len(entry.first) < SHOWN:
                entry.first = (*entry.first, (recording, use.time))
        if len(self._entries) > self.most:
            self._entries = {entry.text: entry for entry in self._ranked()[: self.most // 2]}

    def top(self, count: int, *, least: int = 1) -> tuple[Entry, ...]:
        """Give the most used, of those that were used at least so often."""
        return tuple(entry for entry in self._ranked()[:count] if entry.count >= least)

    def _ranked(self) -> list[Entry]:
        return sorted(self._entries.values(), key=lambda entry: (-entry.count, -entry.recordings, entry.text))
