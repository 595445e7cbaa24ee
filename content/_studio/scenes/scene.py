"""A scene: what is typed, on which stage, and what its recording says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import dedent

from typist import Typist

Play = Callable[[Typist], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One recording to be made. `path` is where it goes, without `.cast`; `folder` is where it begins, below home."""

    path: str
    play: Play
    folder: str
    props: str = ""
    """folder of props that lie on the stage"""
    setup: str = ""
    """what a shell has done there before the recording begins"""
    size: tuple[int, int] = (80, 24)
    version: int = 2
    title: str | None = None
    """in the cast's header"""
    front_matter: str = ""
    timestamp: int
    """Unix seconds in the header"""
    idle_limit: float | None = None
    scaffold: bool = False
    """belongs to the site `castsite new` lays down"""


class Reel:
    """Collects scenes: `@reel.scene("path", folder=…)` over the function that plays it."""

    def __init__(self, *, timestamp: int, scaffold: bool = False) -> None:
        self.scenes: list[Scene] = []
        self._timestamp = timestamp
        self._scaffold = scaffold

    def scene(self, path: str, *, front_matter: str = "", **facts: object) -> Callable[[Play], Play]:
        """Register the function below as the scene `path`; recordings of a reel were made hours apart."""

        def register(play: Play) -> Play:
            timestamp = self._timestamp + 7_200 * len(self.scenes)
            block = dedent(front_matter).strip()
            scene = Scene(
                path=path, play=play, front_matter=block, timestamp=timestamp, scaffold=self._scaffold, **facts
            )  # type: ignore[arg-type] # checked by the dataclass's own signature
            self.scenes.append(scene)
            return play

        return register
