"""What the fuzz targets ask of every problem."""

from __future__ import annotations

from collections.abc import Iterable, Sized

from castsite.errors import QUOTE_LIMIT, Problem, printable

MOST: int = 50
"""messages about one file"""
LONGEST: int = 3 * QUOTE_LIMIT + 400
"""characters of a message: what it quotes is bounded, and what it says besides"""


def are_told(problems: Iterable[Problem], *, path: str, lines: int, first: int = 0) -> None:
    """Check that each problem is one printable line about a place in the file."""
    for problem in problems:
        assert problem.place.path == path
        assert first <= problem.place.line <= lines + 1
        assert problem.place.column >= 0
        assert problem.code
        told = str(problem)
        assert printable(told, len(told)) == told
        assert len(told) <= LONGEST


def are_few(problems: Sized) -> None:
    """Check that a cause is told once, and not for each time it is met."""
    assert len(problems) <= MOST
