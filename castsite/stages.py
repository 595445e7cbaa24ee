"""Where the time of a build goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from msgspec import Struct, field


class Stage(NamedTuple):
    """A part of a build, and how many seconds of the clock it took."""

    name: str
    seconds: float


class Stages(Struct):
    """Measures one part after the other."""

    done: list[Stage] = field(default_factory=list)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Measure what is done inside; no part lies within another one."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.done.append(Stage(name, time.monotonic() - begun))
