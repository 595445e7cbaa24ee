"""What a run did to the output folder."""

from __future__ import annotations

from msgspec import Struct

from castsite.errors import Problem


class Report(Struct, frozen=True):
    """Output paths that changed, in the order in which they did. `problems` are those met while publishing."""

    written: tuple[str, ...] = ()
    unchanged: int = 0
    """files that were already as they have to be"""
    removed: tuple[str, ...] = ()
    size: int = 0
    """bytes of all files of the site"""
    problems: tuple[Problem, ...] = ()
    large: tuple[tuple[str, int], ...] = ()
    """paths and bytes of files that are larger than was asked about, the largest first"""
