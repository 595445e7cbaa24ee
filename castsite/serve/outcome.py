"""What came of one build, for people and for browsers."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from castsite.build import Built
from castsite.config import SiteConfig
from castsite.errors import CastsiteError, Place, Problem, Severity, printable
from castsite.serve.sources import Sources


class Outcome(Struct, frozen=True):
    """What a build changed in the output folder, and everything that is wrong.

    `built` and `config` are None where the build did not come so far, `seconds` is how long it took.
    """

    changed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    built: Built | None = None
    config: SiteConfig | None = None
    sources: Sources | None = None
    """what the next build will be made from; None: as before"""
    seconds: float = 0
    fault: BaseException | None = None
    """a fault of castsite itself that ended the build"""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep something from being published."""
        return tuple(problem for problem in self.problems if problem.severity in {Severity.ERROR, Severity.FATAL})

    def with_changes_of(self, earlier: Outcome) -> Outcome:
        """Add the changes of an earlier build that nobody was told of."""
        return replace(self, changed=tuple(dict.fromkeys((*earlier.changed, *self.changed))))


def failed(error: Exception | SystemExit) -> Outcome:
    """Make an outcome of what stopped a build."""
    match error:
        case CastsiteError():
            return Outcome(problems=error.problems)
        case OSError():
            place = Place(str(error.filename or ""))
            text = f"{error.strerror or error}; make room, or make it readable and writable"
            return Outcome(problems=(Problem(Severity.FATAL, place, "input-output", text),))
        case _:
            text = f"{type(error).__name__}: {printable(str(error))}; this is a fault of castsite: please report it"
            return Outcome(problems=(Problem(Severity.FATAL, Place(""), "unexpected", text),), fault=error)
