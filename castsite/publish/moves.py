"""What publishing changes where a site stands already: the same for every kind of destination."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct


class Moves(Struct, frozen=True):
    """Relative paths of files by what becomes of them, each in the order in which that is done."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.new or self.changed or self.removed)

    def lines(self) -> Iterator[tuple[str, str]]:
        """Give each path with the word for what becomes of it."""
        for word, paths in (("new", self.new), ("changed", self.changed), ("removed", self.removed)):
            yield from ((word, path) for path in paths)
