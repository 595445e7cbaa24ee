"""Problems met while one recording is read: one per cause, with the first place and how often it was met."""

from __future__ import annotations

from typing import Final, NoReturn

from castsite.errors import Place, Problem, Severity

MOST_CAUSES: Final = 50
"""At most this many problems are reported for one file; further kinds are only counted."""

WITHOUT_OUTPUT: Final = "record it again so that something is shown, or remove it: castsite rm does"
"""What can be done about a recording that shows nothing."""


class RefusedError(Exception):
    """The recording cannot be read; the findings hold the error. It never leaves the readers."""


class Findings:
    """Collects problems of one file. Mutable for as long as the file is read."""

    __slots__ = ("_counts", "_errors", "_found", "_path")

    def __init__(self, path: str) -> None:
        self._path = path
        self._found: dict[tuple[str, str], Problem] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._errors: list[Problem] = []

    def warn(self, code: str, text: str, line: int = 0, column: int = 0, *, cause: str = "") -> None:
        """Add a repaired fault, or count it when its `code` and `cause` were met before."""
        key = (code, cause)
        if key not in self._found and len(self._found) >= MOST_CAUSES - 2:  # room for the next line, and for an error
            code, text = key = "cast-more", "a problem of a kind not listed"
        self._counts[key] = self._counts.get(key, 0) + 1
        if key not in self._found:
            self._found[key] = Problem(Severity.WARNING, Place(self._path, line, column), code, text)

    def inform(self, code: str, text: str) -> None:
        """Add something worth knowing that nobody has to act on."""
        self._found[code, ""] = Problem(Severity.INFO, Place(self._path), code, text)

    def refuse(self, code: str, text: str, line: int = 0, column: int = 0) -> NoReturn:
        """Add the error that leaves this recording out, and end its reading with `RefusedError`."""
        self._errors.append(Problem(Severity.ERROR, Place(self._path, line, column), code, text))
        raise RefusedError

    def problems(self) -> tuple[Problem, ...]:
        """All that was found, in the order of the file; what has no line comes first."""
        counted = (problem._replace(times=self._counts.get(key, 1)) for key, problem in self._found.items())
        return tuple(sorted((*counted, *self._errors), key=lambda problem: problem.place.line))
