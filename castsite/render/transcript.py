"""The timed transcript as HTML, made in one pass and handed to the template whole, and as plain text.

A page may hold thousands of lines; a loop in a template costs four times as much. Structure, per chapter (lines before
the first chapter come first, without a heading):

    <section class="chapter" id="c1">
      <h3><a class="tc" href="?t=3.77">0:03</a><span dir="auto">Create cluster</span></h3>
      <ol class="log" dir="ltr">
        <li data-from="4.74" id="k1"><a class="tc" href="?t=4.74">0:04</a><samp>$ </samp><kbd>make test</kbd></li>
        <li data-from="6.58"><a class="tc" href="?t=6.58">0:06</a><samp>ok</samp></li>
        <li data-from="6.58"><span class="tc"></span><samp>done</samp></li>
      </ol>
    </section>

`data-from` and `?t=` are seconds on the played timeline; the link works without scripts. (In a file that stands alone
it is `#t=`.) A line that shows the same moment as the one above it has an empty `tc`. A long list goes on in further
ones: all but the last of a chapter have `ROWS` rows, and a browser may leave them undrawn while they are out of sight.
A `kbd` is the command as typed; where that is not what a copy button should hand over (further lines, hidden
characters) it has `data-copy`. Ids are numbered, never made from content.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from markupsafe import Markup, escape
from msgspec import Struct

from castsite.analysis.model import Chapter, Command, Line
from castsite.limits import SECOND
from castsite.render.encode import clock, copied, html_lines, plain, plain_lines, safe_text, seconds, shown_controls

ROWS = 64
"""Rows of a list, after which another one begins."""

MOMENT = "?t="
"""How a link to a moment on the same page begins."""

_LIST = '<ol class="log" dir="ltr">'
_NEAR = SECOND // 2  # a command's row settles at most this long after Enter


class Log(Struct, frozen=True):
    """A transcript ready for a page: its markup, and how many lines stand in it and how many only in the text file.

    `following` is the moment, in seconds, of the first of those that appears after the last line of the page.
    """

    html: Markup
    shown: int
    hidden: int
    following: str = ""


def log(
    lines: Sequence[Line], commands: Sequence[Command], chapters: Sequence[Chapter], *, limit: int, to: str = MOMENT
) -> Log:
    """Write lines, grouped by chapter, until the markup would be longer than `limit` bytes. `to` begins links to times.

    Give no chapters when they only stand in for commands: those have rows of their own.
    """
    typed = command_lines(lines, commands)
    texts = html_lines([line.text for line in lines])
    starts = [chapter.time for chapter in chapters]
    rows: list[str] = []
    room, group, filled, before, moment, at, time = limit, -1, 0, "", "", "", -1
    for index, line in enumerate(lines):
        if line.time != time:  # many lines settle at the same moment
            moment, at, time = seconds(line.time), clock(line.time), line.time
        opening = ""
        current = max(group, bisect_right(starts, time)) if starts else 0
        if current != group:
            passed = "</ol></section>".join(_opening(number, chapters, to) for number in _between(group, current))
            opening = ("</ol></section>" if rows else "") + passed
            group, filled, before = current, 0, ""
        elif filled == ROWS:
            opening, filled = f"</ol>{_LIST}", 0
        when = f'<a class="tc" href="{to}{moment}">{at}</a>' if at != before else '<span class="tc"></span>'
        if index in typed:
            number = typed[index]
            cells = "".join(_command_cells(line.text, commands[number]))
            row = f'{opening}<li data-from="{moment}" id="k{number + 1}">{when}{cells}</li>'
        else:
            row = f'{opening}<li data-from="{moment}">{when}<samp>{texts[index]}</samp></li>'
        rows.append(row)
        room, filled, before = room - len(row), filled + 1, at
        if room < 0:
            break
    shown = _fitting(rows, limit)
    parts = rows[:shown]
    if parts:
        parts.append("</ol></section>")
        if shown == len(lines):
            parts += [
                f"{_opening(number, chapters, to)}</ol></section>" for number in range(group + 1, len(chapters) + 1)
            ]
    html = Markup("".join(parts))  # noqa: S704 - each piece was escaped
    return Log(html, shown, len(lines) - shown, _following(lines, shown))


def _fitting(rows: Sequence[str], limit: int) -> int:
    """Count the rows that have room in `limit` bytes."""
    return bisect_right([*accumulate(len(row) if row.isascii() else len(row.encode()) for row in rows)], limit)


def _following(lines: Sequence[Line], shown: int) -> str:
    """Give the moment of the first line from `shown` on that appears after the one before them."""
    last = lines[shown - 1].time if shown else 0
    later = (line.time for line in lines[shown:] if shown and line.time > last)
    return next(map(seconds, later), "")


def text(lines: Iterable[Line]) -> bytes:
    """Write the transcript as plain text: its lines in order, with what was cleared and overwritten."""
    return "\n".join([*plain_lines([line.text for line in lines]), ""]).encode()


def command_lines(lines: Sequence[Line], commands: Sequence[Command]) -> dict[int, int]:
    """Which lines show commands: index of the line → index of the command typed on it.

    The transcript keeps equal lines once, so a command typed again has no line of its own.
    """
    if not commands:
        return {}
    index = {line.text: number for number, line in enumerate(lines)}
    times = [line.time for line in lines]
    found: dict[int, int] = {}
    for number, command in enumerate(commands):
        at = _line_of(command, lines, index, times)
        if at is not None:
            found.setdefault(at, number)
    return found


def _line_of(command: Command, lines: Sequence[Line], index: dict[str, int], times: Sequence[int]) -> int | None:
    exact = index.get((command.prompt + _first_line(command)).rstrip())
    if exact is not None:
        return exact
    near = range(bisect_right(times, command.time - _NEAR), bisect_right(times, command.accepted + _NEAR))
    return next((at for at in near if _start(lines[at].text, command) is not None), None)


def _start(line: str, command: Command) -> int | None:
    """Where the command begins on a line: behind its prompt, else (a prompt that was redrawn) behind any blank."""
    first = _first_line(command)
    if line.startswith(command.prompt + first):
        return len(command.prompt)
    at = line.rfind(first)
    return at if at == 0 or (at > 0 and line[at - 1] in " \xa0") else None


def _first_line(command: Command) -> str:
    return command.text.partition("\n")[0]


def _between(group: int, current: int) -> range:
    """Give the chapters that begin here: some may show no line of their own, but each has its heading."""
    return range(current if group < 0 and not current else max(group + 1, 1), current + 1)


def _opening(current: int, chapters: Sequence[Chapter], to: str) -> str:
    if not current:
        return f'<section class="chapter">{_LIST}'
    chapter = chapters[current - 1]
    return (
        f'<section class="chapter" id="c{current}"><h3><a class="tc" href="{to}{seconds(chapter.time)}">'
        f'{clock(chapter.time)}</a><span dir="auto">{escape(safe_text(chapter.title))}</span></h3>{_LIST}'
    )


def _command_cells(line: str, command: Command) -> Iterator[str]:
    """Prompt, command, and what stands to the right of it."""
    first = _first_line(command)
    start = _start(line, command) or 0
    prompt, typed, rest = line[:start], line[start : start + len(first)], line[start + len(first) :]
    if prompt:
        yield f"<samp>{escape(plain(prompt))}</samp>"
    shown, handed = shown_controls(plain(typed)), copied(command.text)
    yield (
        f"<kbd>{escape(shown)}</kbd>" if shown == handed else f'<kbd data-copy="{escape(handed)}">{escape(shown)}</kbd>'
    )
    if rest:
        yield f"<samp>{escape(plain(rest))}</samp>"
