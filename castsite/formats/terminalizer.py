"""Recordings of Terminalizer: YAML with a configuration, and a list of texts, each with the pause before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite
from typing import Final

from castsite.cast.findings import Findings
from castsite.cast.loose import has_surrogates, without_surrogates
from castsite.cast.rows import MOST_SECONDS
from castsite.cast.task import Task
from castsite.errors import Severity, quote
from castsite.formats.model import Draft
from castsite.limits import moved_by, size_text
from castsite.regex import regex
from castsite.schema.tree import Fields, Items, Node, Text, parse

_SECTIONS: Final = regex(rb"^(config|records)[ \t]*:", re.MULTILINE)
_COLOURS: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_PALETTE: Final = (*_COLOURS, *(f"bright{name.capitalize()}" for name in _COLOURS))
_PAIR: Final = regex(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_WHOLE: Final = regex(r"[0-9]{1,9}")
_OWN_TITLE: Final = "Terminalizer"


def is_terminalizer(source: bytes) -> bool:
    """Whether a text has both sections at the beginning of lines."""
    if b"\0" in source[:4096] or source[:1] in {b"{", b"["}:
        return False
    seen: set[bytes] = set()
    for match in _SECTIONS.finditer(source):
        seen.add(match[1])
        if len(seen) == 2:
            return True
    return False


def read_terminalizer(source: bytes, task: Task, first_line: int) -> Draft:
    """Read the recording. Raises RefusedError for what is no such YAML."""
    findings = task.findings
    most = task.limits.yaml_size
    if len(source) > most:
        text = f"YAML of {size_text(len(source))}; the limit is {size_text(most)} {moved_by('yaml_size')}"
        findings.refuse("cast-limit", text)
    text = source.decode("utf-8", "replace")
    tree = parse(_PAIR.sub(_joined, text), path="", line=first_line)
    root = tree.root
    if faults := [one for one in tree.problems if one.severity is Severity.ERROR]:
        findings.refuse("cast-bad-yaml", faults[0].text, faults[0].place.line, faults[0].place.column)
    if not isinstance(root, Fields):
        findings.refuse("cast-bad-yaml", "a recording of Terminalizer is a mapping with config and records", first_line)
    config, records = _of(root, "config"), _of(root, "records")
    if not isinstance(records, Items):
        findings.refuse("cast-bad-yaml", "records: expected a list of {delay, content}", first_line)
    settings = dict(_entries(config))
    events = list(_events(records, _number(settings.get("frameDelay")), findings))
    return Draft(_header(settings, config), events)


def _joined(match: re.Match[str]) -> str:
    """Write a pair of surrogates as the one character it means, which fast parsers take."""
    high, low = int(match[1], 16), int(match[2], 16)
    return f"\\U{0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00:08X}"


def _of(fields: Node | None, key: str) -> Node | None:
    entries = fields.entries if isinstance(fields, Fields) else ()
    return next((value for name, value in entries if name.value == key), None)


def _entries(node: Node | None) -> Iterator[tuple[str, str]]:
    for name, value in node.entries if isinstance(node, Fields) else ():
        if isinstance(value, Text):
            yield name.value, value.value


def _number(text: str | None) -> float | None:
    """Read a number of YAML; None for `auto` and everything else that is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) and 0 <= value <= MOST_SECONDS else None


def _events(records: Items, frame_delay: float | None, findings: Findings) -> Iterator[tuple[int, str, str]]:
    time = 0
    for record in records.items:
        content, delay = _of(record, "content"), _of(record, "delay")
        line, column = record.at
        time += _delay(delay, frame_delay, line, findings)
        if isinstance(content, Text):
            yield time, "o", _clean(content.value, line, findings)
        else:
            findings.warn("cast-bad-event", "record without content; dropped, its delay counts", line, column)


def _delay(node: Node | None, frame_delay: float | None, line: int, findings: Findings) -> int:
    """Give microseconds; a delay that is none counts as nothing."""
    if frame_delay is not None:
        return round(frame_delay * 1000)
    written = node.value if isinstance(node, Text) else ""
    milliseconds = _number(written)
    if milliseconds is None:
        findings.warn("cast-negative-time", f"delay {quote(written)} is no number of milliseconds; read as 0", line)
    return round((milliseconds or 0) * 1000)


def _clean(text: str, line: int, findings: Findings) -> str:
    if not has_surrogates(text):
        return text
    findings.warn("cast-surrogate", "half of a surrogate pair; replaced by U+FFFD", line)
    return without_surrogates(text)


def _header(settings: dict[str, str], config: Node | None) -> dict[str, object]:
    found: dict[str, object] = {}
    cols, rows = settings.get("cols", ""), settings.get("rows", "")
    if _WHOLE.fullmatch(cols) and _WHOLE.fullmatch(rows) and int(cols) and int(rows):
        found |= {"width": int(cols), "height": int(rows)}
    if idle := _number(settings.get("maxIdleTime")):
        found["idle_time_limit"] = idle / 1000
    title = dict(_entries(_of(config, "frameBox"))).get("title", "")
    if title not in {"", "null", "~", _OWN_TITLE}:
        found["title"] = title
    if command := settings.get("command", ""):
        found |= {"command": command} if command not in {"null", "~"} else {}
    return found | _theme(dict(_entries(_of(config, "theme"))))


def _theme(colours: dict[str, str]) -> dict[str, object]:
    wanted = ("foreground", "background", *_PALETTE)
    if not all(re.fullmatch(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", colours.get(name, "")) for name in wanted):
        return {}
    palette = ":".join(colours[name] for name in _PALETTE)
    return {"theme": {"fg": colours["foreground"], "bg": colours["background"], "palette": palette}}
