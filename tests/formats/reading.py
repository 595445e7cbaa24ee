"""Reading a recording as a build does, and saying what came of it."""

from __future__ import annotations

from castsite.analysis.analyse import analyse
from castsite.cast.compressed import inflate
from castsite.cast.events import Cast, Event
from castsite.cast.timeline import prepare
from castsite.cast.write import write
from castsite.errors import Problem, Severity
from castsite.formats.model import ALONE, SILENT, Beside, Found, Owner
from castsite.formats.read import read_recording
from castsite.limits import Limits

LIMITS = Limits()


def found(
    source: bytes, *, path: str = "demo", limits: Limits = LIMITS, owner: Owner = SILENT, beside: Beside = ALONE
) -> Found:
    inflated = inflate(source, path=path, limits=limits)
    result = read_recording(inflated.data, path=path, limits=limits, owner=owner, beside=beside)
    errors = [problem for problem in result.problems if problem.severity is Severity.ERROR]
    assert (result.cast is None) == bool(errors)
    return result


def cast_of(source: bytes, **options: object) -> Cast:
    result = found(source, **options)  # type: ignore[arg-type]
    assert result.cast is not None, result.problems
    return result.cast


def played(source: bytes, **options: object) -> tuple[Event, ...]:
    return cast_of(source, **options).events


def texts(source: bytes, **options: object) -> str:
    return "".join(event.data for event in played(source, **options) if event.code == "o")


def transcript(cast: Cast) -> tuple[tuple[int, str], ...]:
    """Give the lines of the published recording with their times."""
    ready = prepare(cast, limits=LIMITS, path="demo").cast
    assert ready is not None
    assert b'"o"' in write(ready)
    return tuple((line.time, line.text) for line in analyse(ready).lines)


def told(result: Found, severity: Severity = Severity.WARNING) -> list[str]:
    return [problem.text for problem in result.problems if problem.severity is severity]


def the_error(source: bytes, **options: object) -> Problem:
    result = found(source, **options)  # type: ignore[arg-type]
    (error,) = [problem for problem in result.problems if problem.severity is Severity.ERROR]
    assert result.cast is None
    return error
