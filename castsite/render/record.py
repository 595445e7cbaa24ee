"""What is published about a recording as JSON: metadata, chapters, commands, and every line with its time.

Search indexes these files and shows their lines, so they are cut into parts: `SLUG.json` holds the metadata and the
first part, `SLUG.2.json` and so on the rest. Shape of the first:

    {"title", "description"?, "date"?, "updated"?, "duration", "cols", "rows", "tags", "series"?, "part"?, "authors"?,
     "license"?, "source"?, "cast", "more"?: ["rebase.2.json", …],
     "chapters": [{"t", "title"}], "commands": [{"t", "at", "text"}],
     "times": [ms, ms since the line before, …], "lines": [text, …], "command_lines": [index in `lines`, …]}

Moments and lengths are seconds on the played timeline, `times` whole milliseconds. The other parts hold the last three
keys alone. Keys with `?` are left out where nothing is known.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from itertools import pairwise

from castsite.analysis.chapters import named
from castsite.analysis.model import Analysis, Command, Line
from castsite.render.encode import copied, json_file, milliseconds, plain_lines, safe_text
from castsite.render.transcript import command_lines
from castsite.schema.values import Day
from castsite.search.parts import parts
from castsite.site.model import Recording


def record(recording: Recording, analysis: Analysis, commands: Sequence[Command]) -> tuple[bytes, ...]:
    """Write the parts of a recording's JSON; `part_paths` says where they go. `commands` are those that are shown."""
    bodies = transcript_parts(analysis.lines, commands)
    more = [path.rpartition("/")[2] for path in part_paths(recording.slug, len(bodies))[1:]]
    head = _metadata(recording, analysis) | ({"more": more} if more else {}) | _moments(analysis, commands)
    return tuple(json_file(head | body if number == 0 else body) for number, body in enumerate(bodies))


def whole_record(recording: Recording, analysis: Analysis, commands: Sequence[Command]) -> bytes:
    """Write the same in one part, however long it is."""
    head = _metadata(recording, analysis) | _moments(analysis, commands)
    texts = plain_lines([line.text for line in analysis.lines])
    everything = range(len(analysis.lines))
    return json_file(head | _part(analysis.lines, texts, everything, command_lines(analysis.lines, commands)))


def _moments(analysis: Analysis, commands: Sequence[Command]) -> dict[str, object]:
    return {
        "chapters": [{"t": _seconds(time), "title": safe_text(title)} for time, title in named(analysis.chapters)],
        "commands": [_command(command) for command in commands],
    }


def transcript_parts(lines: Sequence[Line], commands: Sequence[Command]) -> list[dict[str, object]]:
    """Cut a transcript into what its files say of its lines."""
    texts = plain_lines([line.text for line in lines])
    typed = command_lines(lines, commands)
    return [_part(lines, texts, found, typed) for found in parts(texts)]


def part_paths(slug: str, count: int) -> tuple[str, ...]:
    """Output paths of a recording's parts."""
    return (f"{slug}.json", *(f"{slug}.{number}.json" for number in range(2, count + 1)))


def _metadata(recording: Recording, analysis: Analysis) -> dict[str, object]:
    meta, series = recording.meta, recording.meta.series
    known = {
        "title": recording.title,
        "description": meta.description,
        "date": day_text(recording.date),
        "updated": day_text(meta.updated),
        "duration": _seconds(analysis.duration),
        "cols": analysis.cols,
        "rows": analysis.rows,
        "timing": "synthetic" if recording.summary.synthetic else None,
        "tags": list(meta.tags),
        "series": series and series.name,
        "part": series and series.number,
        "authors": [{"name": a.name, "url": a.url} if a.url else {"name": a.name} for a in meta.authors] or None,
        "license": meta.license,
        "source": meta.source,
        "cast": posixpath.relpath(f"{recording.cast}.cast", posixpath.dirname(recording.slug) or "."),
    }
    return {key: value for key, value in known.items() if value is not None}


def day_text(day: Day | None) -> str | None:
    """Give a date for machines."""
    return day.iso if day else None


def _command(command: Command) -> dict[str, object]:
    return {"t": _seconds(command.time), "at": _seconds(command.accepted), "text": copied(command.text)}


def _part(lines: Sequence[Line], texts: Sequence[str], found: range, typed: dict[int, int]) -> dict[str, object]:
    times = [milliseconds(line.time) for line in lines[found.start : found.stop]]
    return {
        "times": [after - before for before, after in pairwise([0, *times])],
        "lines": list(texts[found.start : found.stop]),
        "command_lines": [index - found.start for index in found if index in typed],
    }


def _seconds(time: int) -> float:
    return milliseconds(time) / 1000
