"""Commands typed at a prompt: found on the screen while it is played, at the signals that shells and editors send.

Signals, best first:

    exact    OSC 133;C with `cmdline` or `cmdline_url` (fish ≥ 4), OSC 633;E (VS Code): the command itself
    marks    OSC 133;B … 133;C: the rows between end of prompt and start of output
    editor   CSI ?2004h … ?2004l: the rows between start of a line editor and Enter; `editor-` without the latter
    prompt   none of these: a pause behind something that looks like a prompt, then text, then a line feed

Typed input (`i` events) is not used: it holds passwords, and history and completion make it differ from the command.
What stands on the alternate screen belongs to a full-screen program and is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final, NamedTuple
from urllib.parse import unquote

from msgspec import Struct

from castsite.analysis.model import Command
from castsite.analysis.prompts import RIGHT, Source, Typed, clean
from castsite.cast.events import OUTPUT, Event
from castsite.limits import SECOND
from castsite.regex import regex
from castsite.terminal import Screen

_STARTED: Final = 50_000  # microseconds of silence after which a prompt is complete
_REST: Final = 100_000  # microseconds of silence after which a cursor rests behind a prompt
_STARTING: Final = 5 * SECOND  # for how long at most a prompt may still be growing
_ECHOED: Final = 250_000  # between Enter, seen on the screen, and the shell's own word on the command
_BLOCK: Final = 4096  # events looked through at once
_PROMPT: Final = 120  # characters left of the cursor beyond which nothing is a prompt

_MARK: Final = regex("\x1b\\][16]33;[A-EP][^\x07\x1b]*(?:\x07|\x1b\\\\)|\x1b\\[\\?2004[hl]")
_MARK_OR_ENTER: Final = regex(f"{_MARK.pattern}|\r?\n")
_ENTER: Final = regex("\r?\n")
_EXACT: Final = regex("133;C;.*cmdline(?:_url)?=([^;\x07\x1b]*)|633;E;([^;\x07\x1b]*)")
_BACKSLASH: Final = regex(r"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROL: Final = regex("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_ENDS: Final = "$#%>❯➜λ»›▶±⇒→✗✔\ue0b0\ue0b4"
_AT_REST: Final = regex(rf"(?:^|.*\S ?|.* )[{_ENDS}][ \xa0]{{0,2}}$")
_NEAR_END: Final = regex(rf"[{_ENDS}][ \xa0]{{0,2}}\Z")
_ANY_PROMPT: Final = regex("^(.*?[$#%>❯➜λ»›▶±✗✔⚡][ \xa0])")


class Signals(NamedTuple):
    """Which signals a recording has."""

    exact: bool = False
    marks: bool = False
    editor: bool = False


def signals(events: Iterable[Event]) -> Signals:
    """Look for signals in all output."""
    exact = marks = editor = False
    outputs = (data for _, code, data in events if code == OUTPUT)
    while block := [*islice(outputs, _BLOCK)]:  # many times faster than one by one
        text = "".join(block)
        editor = editor or "\x1b[?2004l" in text
        if "\x1b]" in text:
            exact = exact or "133;C;cmdline" in text or "\x1b]633;E" in text
            marks = marks or "\x1b]133;B" in text or "\x1b]633;B" in text
    return Signals(exact, marks, editor)


class _Prompt(Struct):
    """An open prompt: the absolute number of its first row, and that row up to where typing begins."""

    row: int
    prefix: str
    time: int
    source: Source
    hard: bool = False
    """its place was given by OSC 133;B"""
    fixed: bool = False
    """a pause settled where it ends"""
    guess: str = ""
    """text at the first line feed, for editors that never say that a line was accepted"""
    guessed: int = 0
    late: bool = False
    """it took too long to say where it ends"""

    @property
    def awaits_enter(self) -> bool:
        """Whether the next line feed tells something."""
        return self.source == "prompt" or (self.source == "editor" and self.fixed and not self.guess)


class Detector:
    """Listens to a screen that is being played; a `frames.Listener`."""

    __slots__ = ("_alternate", "_found", "_prompt", "_screen", "_signals", "_starting")

    def __init__(self, screen: Screen, given: Signals) -> None:
        self._screen = screen
        self._signals = given
        self._alternate = self._starting = False
        self._prompt: _Prompt | None = None
        self._found: list[Typed] = []

    def commands(self) -> tuple[Command, ...]:
        """Give all commands found so far, cleaned up, in order of acceptance."""
        return clean(self._found, self._screen.cols)

    def wants(self, data: str) -> bool:
        """Whether the screen has to be seen somewhere inside this output, or right behind it."""
        prompt, given = self._prompt, self._signals
        if prompt is not None and (self._growing(prompt) or ("\n" in data and prompt.awaits_enter)):
            return True
        if given.editor and "\x1b[?2004" in data:
            return True
        return (given.exact or given.marks) and ("\x1b]133;" in data or "\x1b]633;" in data)

    def swap(self, *, alternate: bool) -> None:
        """Forget the prompt when a full-screen program begins."""
        self._alternate = alternate
        if alternate:
            self._prompt = None

    def hear(self, time: int, data: str, feed: Callable[[str], object]) -> None:
        """Feed output, stopping at each token."""
        start = 0
        while match := self._next_token(data, start):
            if match.start() > start:
                feed(data[start : match.start()])
            start = match.end()
            said = match[0]
            if said.endswith("\n"):
                self._line_feed(time)
            elif said == "\x1b[?2004l":
                self._line_accepted(time)
            feed(said)
            if said == "\x1b[?2004h":
                self._editor_starts(time)
            elif said.startswith("\x1b]"):
                self._mark(time, said)
        if start < len(data):
            feed(data[start:])

    def rest(self, time: int, gap: int) -> None:
        """Look at the cursor: the next event is `gap` microseconds away."""
        prompt = self._prompt
        if prompt is not None and self._growing(prompt):
            if time - prompt.time < _STARTING:  # bash and fish print it after ?2004h
                prompt = self._open(prompt.time, "editor")
                prompt.fixed = gap >= _STARTED and bool(prompt.prefix.strip())
            else:
                prompt.late = True
        if gap >= _REST and not self._alternate and not self._starting:
            self._look(time)

    def _growing(self, prompt: _Prompt) -> bool:
        """Whether the prompt is being printed, so that every event may be its end."""
        return self._starting and not (prompt.hard or prompt.fixed or prompt.late)

    def _next_token(self, data: str, start: int) -> re.Match[str] | None:
        awaits_enter = self._prompt is not None and self._prompt.awaits_enter
        if any(self._signals):
            return (_MARK_OR_ENTER if awaits_enter else _MARK).search(data, start)
        return _ENTER.search(data, start) if awaits_enter else None

    def _open(self, time: int, source: Source) -> _Prompt:
        row, left, _ = self._screen.left_of_cursor()
        self._prompt = prompt = _Prompt(row, left, time, source)
        return prompt

    def _look(self, time: int) -> None:
        """Open a prompt if the cursor rests behind something that looks like one."""
        screen, prompt = self._screen, self._prompt
        if prompt is not None and prompt.row == screen.cursor_row:  # somebody is typing
            return
        if not _NEAR_END.search(screen.cursor_text()[-3:]):  # cheap, and nearly always enough
            return
        row, prefix, text = screen.left_of_cursor()
        left, text = prefix.replace("\xa0", " "), text.replace("\xa0", " ")
        open_here = prompt is not None and prompt.row == row
        chat = (self._signals.marks or self._signals.editor) and left.rstrip()[-1:] == ">"
        alone = text.rstrip() == left.rstrip()
        if alone and len(left) < _PROMPT and _AT_REST.match(left) and not (open_here or chat):
            self._prompt = _Prompt(row, prefix, time, "prompt")

    def _line_feed(self, time: int) -> None:
        prompt = self._prompt
        if prompt is None:
            return
        if prompt.source == "prompt":
            self._accept(time, "prompt", self._screen.cursor_row)
            return
        first, last, text, cells = self._screen.logical(prompt.row)
        body = self._without_right(text[len(prompt.prefix) :], cells, last - first + 1).strip()
        if body and text.startswith(prompt.prefix.rstrip()):
            prompt.guess, prompt.guessed = body, time

    def _line_accepted(self, time: int) -> None:
        if self._signals.editor and not self._alternate and not self._signals.exact:
            self._accept(time, "editor", self._above_cursor())
        self._starting = False

    def _editor_starts(self, time: int) -> None:
        prompt = self._prompt
        if not self._signals.editor or self._alternate or (self._signals.marks and prompt and prompt.hard):
            return
        if prompt and prompt.guess and prompt.source == "editor":  # it was never accepted: an edited recording
            self._found.append(Typed(prompt.time, prompt.guessed, prompt.guess, prompt.prefix, "editor-"))
        self._starting = True
        self._open(time, "editor")

    def _mark(self, time: int, token: str) -> None:
        """Handle OSC 133 and 633: A before the prompt, B behind it, C before the output, E with the command."""
        letter = token[6]
        if self._alternate:
            return
        if self._signals.exact:
            if value := _EXACT.search(token):
                self._exact(time, unquote(value[1]) if value[2] is None else _unescape(value[2]))
        elif self._signals.marks:
            if letter == "A":
                self._prompt, self._starting = None, True
            elif letter == "B":
                self._open(time, "marks").hard = True
                self._starting = False
            elif letter == "C":
                self._accept(time, "marks", self._above_cursor())
                self._starting = False

    def _exact(self, time: int, command: str) -> None:
        since, before = (self._prompt.time, self._prompt.prefix) if self._prompt else (time, "")
        latest = self._found[-1] if self._found else None
        if (
            latest and latest.source != "exact" and latest.accepted >= time - _ECHOED
        ):  # the same one, seen on the screen
            since, before = latest.time, self._found.pop().prompt
        if text := _CONTROL.sub("", command).strip():
            self._found.append(Typed(since, time, text, before, "exact"))
        self._prompt, self._starting = None, False

    def _above_cursor(self) -> int:
        """Give the row of a command just accepted: the cursor may already stand on the line below it."""
        screen, row = self._screen, self._screen.cursor_row
        below = self._prompt is not None and screen.cursor_col == 0 and row > self._prompt.row
        return row - 1 if below else row

    def _accept(self, time: int, source: Source, last: int) -> None:
        """Close the prompt: what stands behind it, down to the row `last`, is a command."""
        prompt, self._prompt = self._prompt, None
        if prompt is None:
            return
        row, end = self._redrawn(prompt, last), self._screen.end
        parts: list[str] = []
        full = ""
        while row <= last and row < end:
            first, below, text, cells = self._screen.logical(row)
            if parts:
                parts.append(text)
            else:
                body, full = _behind(text, prompt.prefix), text
                parts.append(self._without_right(body, cells, below - first + 1).strip())
            row = below + 1
        while parts and not parts[-1].strip():
            parts.pop()
        text = "\n".join(parts).strip()
        if text or (source == "editor" and not prompt.fixed):  # typed or pasted without a pause: split up later
            self._found.append(Typed(prompt.time, time, text, prompt.prefix, source, full, tuple(parts[1:])))

    def _redrawn(self, prompt: _Prompt, last: int) -> int:
        """Give the prompt's row: completion lists draw it again lower down, so take the last with text behind it."""
        if prompt.prefix.strip():
            for row in range(min(last, self._screen.end - 1), prompt.row, -1):
                first, _, text, _ = self._screen.logical(row)
                if first == row and text.startswith(prompt.prefix) and text[len(prompt.prefix) :].strip():
                    return row
        return prompt.row

    def _without_right(self, body: str, cells: int, rows: int) -> str:
        """Drop a right prompt: blanks, then text that reaches the last columns."""
        match = RIGHT.search(body) if cells >= self._screen.cols * rows - 2 else None
        return body[: match.start()] if match else body


def _behind(text: str, prefix: str) -> str:
    """Give what stands behind the prompt; if the row was redrawn with another one, what follows that."""
    if text.replace("\xa0", " ").startswith(prefix.rstrip().replace("\xa0", " ")):
        return text[len(prefix) :]
    match = _ANY_PROMPT.match(text)
    return text[match.end() :] if match else text


def _unescape(text: str) -> str:
    r"""Undo the escapes of OSC 633;E: a backslash before a character, `\xHH`."""
    return _BACKSLASH.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)
