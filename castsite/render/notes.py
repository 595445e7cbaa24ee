"""A recording as Markdown, `SLUG.md`: what is known about it and its transcript, for readers and language models.

    # Rebase without fear

    How to rebase.

    - Recorded: 2026-03-01
    - Length: 1:05
    - Play: <https://example.org/git/rebase/>

    ## Commands

    - 0:04 `git rebase -i main`

    ## Transcript

    ```text
    0:04  $ git rebase -i main
    0:06  Successfully rebased
          and updated
    ```

Moments are those of the published recording. A line without one shows the same moment as the line above it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import urljoin

from castsite.analysis.chapters import named
from castsite.analysis.model import Analysis, Chapter, Command, Line
from castsite.render.encode import (
    clock,
    fenced,
    markdown_address,
    markdown_code,
    markdown_text,
    plain_lines,
    safe_text,
)
from castsite.render.markdown import words
from castsite.render.record import day_text
from castsite.site.model import Recording
from castsite.site.urls import relative


def notes_path(slug: str) -> str:
    """Output path of a recording's Markdown."""
    return f"{slug}.md"


def notes(recording: Recording, analysis: Analysis, base_url: str | None) -> bytes:
    """Write a recording as Markdown (CommonMark). With a `base_url`, it says where the recording plays."""
    chapters = named(analysis.chapters) if analysis.chapters_from == "markers" else ()
    blocks = [
        f"# {markdown_text(safe_text(recording.title))}",
        *_told(recording),
        "\n".join(f"- {name}: {value}" for name, value in _facts(recording, analysis, base_url)),
        *_commands(analysis.shown_commands),
        "## Transcript",
        *_transcript(analysis.lines, chapters),
    ]
    return ("\n\n".join(blocks) + "\n").encode()


def _told(recording: Recording) -> Iterator[str]:
    for text in (recording.meta.description, recording.body):
        if text and (told := words(text)):
            yield markdown_text(told)


def _facts(recording: Recording, analysis: Analysis, base_url: str | None) -> Iterator[tuple[str, str]]:
    meta = recording.meta
    known = {
        "Recorded": day_text(recording.date),
        "Updated": day_text(meta.updated),
        "By": ", ".join(author.name for author in meta.authors),
        "Length": clock(analysis.duration),
        "Screen": f"{analysis.cols} × {analysis.rows}",
        "Tags": ", ".join(meta.tags),
        "Series": _part(recording),
        "Licence": meta.license,
    }
    for name, value in known.items():
        if value:
            yield name, markdown_text(safe_text(value, 2000))
    if meta.source:
        yield "Source", markdown_address(meta.source)
    if base_url:
        yield "Play", markdown_address(urljoin(base_url, relative("index.html", f"{recording.slug}/index.html")))


def _part(recording: Recording) -> str:
    series = recording.meta.series
    if series is None:
        return ""
    return series.name if series.number is None else f"{series.name}, part {series.number}"


def _commands(commands: Sequence[Command]) -> Iterator[str]:
    if not commands:
        return
    yield "## Commands"
    yield "\n".join(f"- {clock(command.time)} {markdown_code(command.text)}" for command in commands)


def _transcript(lines: Sequence[Line], chapters: Sequence[Chapter]) -> Iterator[str]:
    """Give the lines before the first chapter, then each chapter with its own."""
    if not lines:
        yield "No text was ever on screen."
    times = [line.time for line in lines]
    cuts = [0, *(bisect_left(times, chapter.time) for chapter in chapters), len(lines)]
    for number, (start, end) in enumerate(pairwise(cuts)):
        if number:
            chapter = chapters[number - 1]
            yield f"### {clock(chapter.time)} {markdown_text(safe_text(chapter.title))}"
        if start < end:
            yield fenced("\n".join(_timed(lines[start:end])), "text")


def _timed(lines: Sequence[Line]) -> Iterator[str]:
    """Write lines behind the moments at which they appeared, each moment once."""
    width = len(clock(lines[-1].time))
    before = ""
    for line, text in zip(lines, plain_lines([line.text for line in lines]), strict=True):
        at = clock(line.time)
        yield f"{'' if at == before else at:>{width}}  {text}".rstrip()
        before = at
