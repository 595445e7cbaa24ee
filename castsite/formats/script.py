"""The output of script(1) from util-linux, BSD or macOS: with the file that says when its bytes came, or without one.

The first line of the output is not counted by the timing file, the last stands after what it counts. Delays of all
kinds of lines add up. What comes out is what scriptreplay(1) writes, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite
from typing import Final, NamedTuple

from msgspec import Struct, field

from castsite.cast.rows import MOST_SECONDS
from castsite.cast.sniff import BOM
from castsite.cast.task import Task
from castsite.errors import Place, Problem, Severity, counted, printable, quote
from castsite.formats.draft import lines_apart
from castsite.formats.model import Beside, Draft, Owner
from castsite.formats.text import Stream
from castsite.limits import SECOND
from castsite.regex import regex

OPENING: Final = b"Script started on "
_CLOSING: Final = regex(rb"\r?\n?Script done on ([^\r\n]{1,100}?)(?: \[([^\r\n]*)\])?\r?\n?\Z")
_LONGEST_LINE: Final = 4096
"""Bytes of the first line; script(1) writes the command into it."""
_FIELD: Final = regex(r'([A-Z_]+)="([^"]*)"')
_CLASSIC: Final = regex(r"(\S+) (\d{1,12})")
_ADVANCED: Final = regex(r"([OISH]) (\S+) ?(.*)")
_TIMING: Final = regex(rb"(?:[OISH] \d+\.\d+ [^\n]*\n)+|(?:\d+\.\d+ \d+\r?\n)+")
_WINDOW: Final = regex(r"SIGWINCH\b.*?\bROWS=(\d{1,5}) COLS=(\d{1,5})")
_DATES: Final = ("%a %b %d %H:%M:%S %Y", "%a %d %b %Y %I:%M:%S %p %Z", "%a %b %d %H:%M:%S %Z %Y")


class Names(NamedTuple):
    """What a timing file says its partners are called: the last part of each path, empty where it says nothing."""

    output: str
    input: str


class _Step(Struct):
    """A line of a timing file: microseconds since the one before, the kind, bytes or text."""

    delay: int
    kind: str
    size: int
    text: str
    line: int


class _Timing(Struct):
    """A timing file as far as it could be read. Mutable while it is."""

    path: str
    steps: list[_Step] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    bad: int = 0
    first_bad: tuple[int, str] = (0, "")

    def problems(self) -> Iterator[Problem]:
        if self.bad:
            line, text = self.first_bad
            yield Problem(Severity.WARNING, Place(self.path, line), "cast-bad-event", text, self.bad)


def is_timing(head: bytes) -> bool:
    """Whether a file is the timing of script(1), seen from its beginning."""
    head = head[:4096].removeprefix(BOM)
    end = head.rfind(b"\n") + 1
    return end > 0 and _TIMING.fullmatch(head[:end]) is not None


def partners(head: bytes) -> Names:
    """Give what a timing file calls the files that belong to it, from its beginning."""
    text = head.decode("utf-8-sig", "replace")
    found = dict(re.findall(r"^H \S+ (OUTPUT_LOG|INPUT_LOG) (.*?)\s*$", text, re.MULTILINE))
    return Names(*(found.get(key, "").rpartition("/")[2] for key in ("OUTPUT_LOG", "INPUT_LOG")))


def read_script(source: bytes, task: Task, owner: Owner, beside: Beside) -> tuple[Draft, list[Problem]]:
    """Read the output with its timing; give also problems of the timing file, which has lines of its own."""
    opening, fields = _opening(source)
    output = source[opening:]
    if beside.timing is None:
        return _untimed(output, fields, task, owner), []
    timing = _timing(beside.timing, beside.timing_path)
    _add_facts(fields, timing.facts)
    events = _played(output, timing, task, owner, beside)
    return Draft(_header(fields), events), list(timing.problems())


def _untimed(output: bytes, fields: dict[str, str], task: Task, owner: Owner) -> Draft:
    closing = _CLOSING.search(output, max(len(output) - _LONGEST_LINE, 0))
    if closing:
        output = output[: closing.start()]
        fields |= _fields(closing[2] or b"")
    stream = Stream(owner.encoding)
    events = lines_apart(stream.text(output, last=True), owner.cps, task)
    stream.tell(task.findings)
    warn_of_synthesis(task, owner, "timing: in front matter, or import --timing, names the file that script -T wrote, ")
    _add_exit(events, fields)
    return Draft(_header(fields), events, synthetic=True)


def warn_of_synthesis(task: Task, owner: Owner, cure: str = "") -> None:
    """Say that times are made up, unless the author says so."""
    if owner.synthetic:
        return
    text = "nobody wrote down when the output came: its times are made up"
    text = f"{text}; {cure}timing: synthetic in front matter says that this is known"
    task.findings.warn("no-timing", text)


def _opening(source: bytes) -> tuple[int, dict[str, str]]:
    """Measure the first line, and read what it says."""
    if not source.startswith(OPENING):
        return 0, {}
    end = source.find(b"\n", 0, _LONGEST_LINE) + 1
    line = source[:end] if end else source[:_LONGEST_LINE]
    date, bracket, rest = line[len(OPENING) :].strip().partition(b" [")
    fields = _fields(bracket + rest)
    fields["START_TIME"] = date.decode("utf-8", "replace")
    return end or len(source), fields


def _fields(text: bytes) -> dict[str, str]:
    return dict(_FIELD.findall(text.decode("utf-8", "replace")))


def _add_facts(fields: dict[str, str], facts: dict[str, str]) -> None:
    """Put what the timing file says over what the first line says."""
    fields |= facts


def _header(fields: dict[str, str]) -> dict[str, object]:
    """Give what an asciicast would say of it."""
    found: dict[str, object] = {}
    cols, rows = fields.get("COLUMNS", ""), fields.get("LINES", "")
    if cols.isascii() and cols.isdigit() and rows.isascii() and rows.isdigit() and len(cols + rows) < 12:
        found |= {"width": int(cols), "height": int(rows)}
    if (moment := _moment(fields.get("START_TIME", ""))) is not None:
        found["timestamp"] = moment
    if command := fields.get("COMMAND"):
        found["command"] = command
    env = {key: fields[key] for key in ("SHELL", "TERM") if fields.get(key)}
    return found | ({"env": env} if env else {})


def _moment(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = next(filter(None, (_parsed(text, form) for form in _DATES)), None)  # type: ignore[assignment]
    if moment is None:
        return None
    seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    return seconds if seconds >= 0 else None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - without a zone it is taken for UTC
    except ValueError:
        return None


def _timing(source: bytes, path: str) -> _Timing:
    """Read every line, what is wrong with one is counted."""
    timing = _Timing(path)
    for number, line in enumerate(source.decode("utf-8-sig", "replace").split("\n"), 1):
        text = line.rstrip("\r")
        if text and (fault := _take(text, number, timing)):
            timing.bad += 1
            timing.first_bad = timing.first_bad if timing.first_bad[0] else (number, fault)
    return timing


def _take(text: str, number: int, timing: _Timing) -> str:
    """Take one line; give what is wrong with it. Bytes count whatever their delay, and a delay whatever its bytes."""
    if match := _ADVANCED.fullmatch(text):
        kind, seconds, rest = match.groups()
    elif match := _CLASSIC.fullmatch(text):
        kind, seconds, rest = "O", match[1], match[2]
    else:
        return f"line is neither DELAY BYTES nor a letter, a delay and what it is about; {quote(text)} left out"
    if kind == "H":
        key, _, value = rest.partition(" ")
        timing.facts.setdefault(key, value.strip())
        return ""
    delay, fault = _delay(seconds)
    size = 0
    if kind in "OI":
        if rest.isascii() and rest.isdigit() and len(rest) <= 12:
            size = int(rest)
        else:
            fault = f"number of bytes is none; {quote(text)} read as 0"
    timing.steps.append(_Step(delay, kind, size, rest, number))
    return fault


def _delay(text: str) -> tuple[int, str]:
    """Read a delay as microseconds, and say what is wrong with it."""
    try:
        seconds = float(text)
    except ValueError:
        return 0, f"delay {quote(text)} is not a number; read as 0"
    if not isfinite(seconds) or seconds > MOST_SECONDS:
        return 0, f"delay {quote(text)} is beyond all reason; read as 0"
    if seconds < 0:
        return 0, f"negative delay {quote(text)}; read as 0"
    return round(seconds * SECOND), ""


def _played(output: bytes, timing: _Timing, task: Task, owner: Owner, beside: Beside) -> list[tuple[int, str, str]]:
    """Give the bytes the times they came at. Stops where either file ends before the other."""
    shared = _is_shared(timing)
    typed = None if shared or beside.input is None else beside.input[_opening(beside.input)[0] :]
    streams = {"O": Stream(owner.encoding), "I": Stream(owner.encoding)}
    events: list[tuple[int, str, str]] = []
    time = at = typed_at = 0
    short = 0
    for step in timing.steps:
        time += step.delay
        if step.kind == "S":
            if match := _WINDOW.match(step.text):
                events.append((time, "r", f"{int(match[2])}x{int(match[1])}"))
        elif step.kind == "O" or shared:
            piece = output[at : at + step.size]
            at += len(piece)
            events.append((time, "o" if step.kind == "O" else "i", streams[step.kind].text(piece)))
            if len(piece) < step.size:
                short = step.line
                break
        elif typed is not None:
            piece = typed[typed_at : typed_at + step.size]
            typed_at += len(piece)
            events.append((time, "i", streams["I"].text(piece)))
    if rest := streams["O"].text(b"", last=True):
        events.append((time, "o", rest))
    streams["O"].tell(task.findings, hint=owner.encoding == "utf-8")
    _judge_end(output, at, short, timing, task)
    fields = dict(timing.facts)
    if closing := _CLOSING.search(output, max(at - 2, 0)):
        fields |= _fields(closing[2] or b"")
    _add_exit(events, fields, time)
    return events


def _judge_end(output: bytes, at: int, short: int, timing: _Timing, task: Task) -> None:
    if short:
        path = printable(timing.path)
        text = f"the output ends before its timing does (line {short} of {path}); read up to there"
        task.findings.warn("cast-cut-off", text)
        return
    left = output[at:]
    if left and not _CLOSING.fullmatch(left):
        closing = _CLOSING.search(left)
        lost = closing.start() if closing else len(left)
        if lost:
            text = f"the timing ends before the output does; read without its last {counted(lost, 'byte')}"
            task.findings.warn("cast-cut-off", text)


def _is_shared(timing: _Timing) -> bool:
    """Whether what was typed stands between the output, in one file (script --log-io)."""
    logged = timing.facts.get("INPUT_LOG")
    return logged is not None and logged == timing.facts.get("OUTPUT_LOG")


def _add_exit(events: list[tuple[int, str, str]], fields: dict[str, str], time: int | None = None) -> None:
    status = fields.get("EXIT_CODE") or fields.get("COMMAND_EXIT_CODE")
    if status and re.fullmatch(r"-?\d{1,5}", status, re.ASCII) and events:
        events.append((events[-1][0] if time is None else max(time, events[-1][0]), "x", status))
