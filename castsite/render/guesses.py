"""What was probably meant by paths that lead nowhere, remembered while the names of the site stay what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from msgspec import Struct, field

from castsite.memory import Memory, Store
from castsite.render.digests import raw_digest

_CLOSE = 0.7  # below that all that ends in .cast is near


class Guesses(Struct, eq=False):
    """The nearest names of paths, each looked for once: that takes time with the number of names."""

    names: Callable[[], Iterable[str]]
    """gives what may be meant; asked once, when the first path leads nowhere"""
    store: Store[str]
    asked: set[str] = field(default_factory=set)
    """paths of this build"""
    _known: tuple[list[str], bytes] | None = None
    """the names and their digest"""

    @classmethod
    def of(cls, memory: Memory, names: Callable[[], Iterable[str]]) -> Guesses:
        """Begin a build."""
        return cls(names, memory.store("guesses", str))

    def near(self, path: str) -> str:
        """Give the name that is nearest to a path, empty when none is near."""
        names, key = self._names()
        self.asked.add(path)
        guess = self.store.get(path, key)
        if guess is None:
            guess = "".join(get_close_matches(path, names, 1, _CLOSE))
            self.store.put(path, key, guess)
        return guess

    def learn(self, guesses: Iterable[tuple[str, str]]) -> None:
        """Remember paths and guesses of a copy of this process."""
        for path, guess in guesses:
            self.asked.add(path)
            self.store.put(path, self._names()[1], guess)

    def settle(self) -> None:
        """Forget paths that no text of this build has."""
        self.store.keep(self.asked)

    def _names(self) -> tuple[list[str], bytes]:
        if self._known is None:
            names = sorted(set(self.names()))
            self._known = names, raw_digest(names)
        return self._known
