"""What a command changes of a recording before it is exported: another part of it, another pace, another size."""

from __future__ import annotations

from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from castsite.analysis.analyse import analyse
from castsite.cast.edit import Edits
from castsite.cast.size import lost_by, sized, too_large
from castsite.cast.timeline import prepare
from castsite.cast.times import seconds_text
from castsite.cast.write import write
from castsite.errors import Problem, Severity
from castsite.export.take import Take, told
from castsite.limits import Limits
from castsite.safety.stream import without_acts
from castsite.schema.values import Stretch


class Cut(Struct, frozen=True, kw_only=True):
    """Times on the published recording's timeline, microseconds; None leaves what it is."""

    select: tuple[int, int] | None = None
    idle_limit: int | Literal["off"] | None = None
    speed: float | tuple[Stretch, ...] | None = None
    cols: int | None = None
    rows: int | None = None


class Recut(NamedTuple):
    """A changed recording; None where nothing would be left of it."""

    take: Take | None
    problems: tuple[Problem, ...] = ()


def recut(take: Take, cut: Cut, limits: Limits) -> Recut:
    """Change a recording. Raises TerminalError."""
    if cut == Cut():
        return Recut(take)
    start, end = cut.select or (None, None)
    if cut.select and cut.select[0] >= take.cast.duration:
        text = f"select: {seconds_text(cut.select[0])} is beyond the end ({seconds_text(take.cast.duration)})"
        return Recut(None, (told(take, Severity.ERROR, "nothing-left", f"{text}; choose a part before it"),))
    problems = []
    if end is not None and end > take.cast.duration:
        text = f"select: {seconds_text(end)} is beyond the end ({seconds_text(take.cast.duration)}); the end stays"
        problems.append(told(take, Severity.WARNING, "beyond-the-end", text))
        end = None
    cast = sized(take.cast, cut.cols, cut.rows)
    if text := too_large(cast, limits):
        return Recut(None, (told(take, Severity.ERROR, "cast-limit", text),))
    prepared = prepare(
        cast,
        idle_limit=cut.idle_limit or "off",
        edits=Edits(start, end, (), cut.speed),
        limits=limits,
        path=take.recording.source,
    )
    if prepared.cast is None:
        return Recut(None, prepared.problems)
    meta, clock, former = take.recording.meta, prepared.clock, take.analysis
    commands: Literal[False] | tuple[tuple[int, str], ...] | None = None
    if meta.commands is not None:
        typed = [(command.time, command.text) for command in former.shown_commands if clock.shows(command.time)]
        commands = tuple((clock.played(time), text) for time, text in typed) or False
    shown = meta.poster_time is not None and clock.shows(former.poster_time)
    poster = clock.played(former.poster_time) if shown else None
    analysis = analyse(prepared.cast, commands=commands, poster=poster, clock=clock)
    drawn = without_acts(prepared.cast, keep_titles=True)  # which there are none of where they are not kept
    data = write(drawn, title=take.recording.title)
    summary = take.recording.summary._replace(
        cols=analysis.cols, rows=analysis.rows, duration=analysis.duration, resized=analysis.resized
    )
    recording = replace(take.recording, summary=summary)
    changed = replace(take, recording=recording, cast=prepared.cast, data=data, analysis=analysis)
    # whoever chooses a part knows that the rest is left out
    problems += (one for one in prepared.problems if one.severity is not Severity.INFO)
    if text := lost_by(take.cast, cast):
        problems.append(told(take, Severity.WARNING, "smaller", text))
    return Recut(changed, tuple(problems))
