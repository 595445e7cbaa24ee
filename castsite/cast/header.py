"""The header of all three versions: read with patience, kept only where it makes sense."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from msgspec import Struct

from castsite.cast.events import OUTPUT, Header, TerminalTheme
from castsite.cast.kinds import size_fault
from castsite.cast.loose import has_surrogates, shown, without_surrogates
from castsite.cast.rows import Rows
from castsite.cast.task import Task
from castsite.errors import printable
from castsite.limits import SECOND, Limits, moved_by
from castsite.regex import regex

Fields = Mapping[str, object]
"""The keys of a header as they were written."""

DEFAULT_SIZE: Final = (80, 24)

_MOST_IDLE_SECONDS: Final = 86_400
_MOST_TIMESTAMP: Final = 10**11
"""Unix seconds above this (the year 5138) are milliseconds."""

_DIGITS: Final = regex(r"[0-9]{1,9}")
_SECONDS: Final = regex(r"[0-9]{9,11}")
_COLOUR: Final = regex(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_MISLEADING: Final = regex("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_SIZE_REQUEST: Final = regex("\x1b\\[8;([0-9]{1,5});([0-9]{1,5})t")


class SizeKeys(NamedTuple):
    """Where a header may hold the terminal's size: the object it is in ("" for the header itself), and both keys."""

    group: str
    cols: str
    rows: str


class Size(NamedTuple):
    """A terminal's size as far as it is known."""

    cols: int | None
    rows: int | None


def check_depth(fields: Fields, line: int, task: Task) -> None:
    """Refuse a header that is nested too deeply."""
    level: list[object] = [fields]
    for _ in range(task.limits.header_depth):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    most = task.limits.header_depth
    task.findings.refuse(
        "cast-bad-header", f"header is nested more than {most} levels deep {moved_by('header_depth')}", line
    )


class HeaderReader(Struct, frozen=True):
    """Reads one header, which stands on `line`; what it cannot use is left out with a warning."""

    fields: Fields
    line: int
    task: Task

    def size(self, keys: SizeKeys) -> Size:
        """Read the version's own size: absent, null and 0 are None, and what can be no size is refused.

        The owner's word wins over the file's.
        """
        if self.task.size is not None:
            return self._within_limits(Size(*self.task.size))
        group = self._group(keys.group)
        return self._within_limits(Size(self._side(group, keys.cols), self._side(group, keys.rows)))

    def complete_size(self, own: Size, others: tuple[SizeKeys, ...], rows: Rows) -> tuple[int, int]:
        """Fill in what the header does not say: from other keys, from the first `ESC [ 8 ; R ; C t`, or 80x24."""
        if own.cols and own.rows:
            return own.cols, own.rows
        known = own
        for keys in others:
            group = self._group(keys.group)
            known = _merged(known, Size(_whole(group.get(keys.cols)), _whole(group.get(keys.rows))))
        known = _merged(known, _requested_size(rows, self.task.limits))
        cols, lines = known.cols or DEFAULT_SIZE[0], known.rows or DEFAULT_SIZE[1]
        text = f"the header gives no size in the place for it; read as {cols}x{lines}"
        self._warn("cast-no-size", text)
        self._within_limits(Size(cols, lines))
        return cols, lines

    def header(self, version: int, size: tuple[int, int], theme: object) -> Header:
        """Read everything else."""
        term = self._group("term")
        return Header(
            version=version,
            cols=size[0],
            rows=size[1],
            title=self._title(),
            timestamp=self._timestamp(self.fields.get("timestamp")),
            idle_limit=self._idle_limit(self.fields.get("idle_time_limit")),
            theme=self._theme(theme),
            command=self._text("command", self.fields.get("command")),
            env=self._env(self.fields.get("env")),
            term_type=self._text("term.type", term.get("type")),
            term_version=self._text("term.version", term.get("version")),
            tags=self._tags(self.fields.get("tags")),
        )

    def _warn(self, code: str, text: str, cause: str = "") -> None:
        self.task.findings.warn(code, text, self.line, cause=cause)

    def _group(self, name: str) -> Fields:
        if not name:
            return self.fields
        group = self.fields.get(name)
        return group if isinstance(group, dict) else {}

    def _side(self, group: Fields, key: str) -> int | None:
        value = group.get(key)
        if value is None or value == "0" or (value == 0 and not isinstance(value, bool)):
            return None
        side = _whole(value)
        if side is None:
            text = f"{key} {shown(value)} is no size of a terminal; it must be a whole number above 0"
            self.task.findings.refuse("cast-bad-size", text, self.line)
        if not isinstance(value, int):
            read = printable(str(side), 12)
            self._warn("cast-size-type", f"{key} {shown(value)} is not written as a whole number; read as {read}", key)
        return side

    def _within_limits(self, size: Size) -> Size:
        fault = size_fault(size.cols or 1, size.rows or 1, self.task.limits)
        if fault:
            cols, rows = (printable(str(side or "?"), 12) for side in (size.cols, size.rows))
            text = f"terminal of {cols}x{rows}: {fault}"
            self.task.findings.refuse("cast-size-limit", text, self.line)
        return size

    def _text(self, key: str, value: object) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            self._warn("cast-header-type", f"{key} {shown(value)} is not a text; ignored", key)
            return None
        if has_surrogates(value):
            self._warn("cast-surrogate", "half of a surrogate pair; replaced by U+FFFD")
            value = without_surrogates(value)
        return value.strip() or None

    def _title(self) -> str | None:
        title = self._text("title", self.fields.get("title"))
        if title is None:
            return None
        plain = " ".join(_MISLEADING.sub(" ", title).split()) if _MISLEADING.search(title) else title
        if plain != title:
            self._warn("cast-title", "title holds control or invisible characters; removed", "characters")
        most = self.task.limits.title
        if len(plain) > most:
            self._warn("cast-title", f"title of {len(plain):,} characters; cut to {most} {moved_by('title')}", "length")
            plain = plain[: most - 1] + "…"
        return plain or None

    def _timestamp(self, value: object) -> int | None:
        if value is None or (type(value) is int and 0 <= value <= _MOST_TIMESTAMP):
            return value
        moment = _moment(value)
        if moment is None:
            self._warn("cast-timestamp", f"timestamp {shown(value)} is no moment in Unix seconds; ignored")
        else:
            self._warn("cast-timestamp", f"timestamp {shown(value)} is not in Unix seconds; read as {moment}")
        return moment

    def _idle_limit(self, value: object) -> int | None:
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _MOST_IDLE_SECONDS:
            return round(value * SECOND) or None
        text = f"idle_time_limit {shown(value)} is not a number of seconds above 0 and up to {_MOST_IDLE_SECONDS}"
        self._warn("cast-idle-limit", f"{text}; ignored")
        return None

    def _theme(self, value: object) -> TerminalTheme | None:
        if value is None or value == {}:
            return None
        theme = _theme(value)
        if theme is None:
            self._warn("cast-theme", "theme needs fg, bg and a palette of 8 or 16 colours, each #rrggbb; ignored")
        return theme

    def _env(self, value: object) -> tuple[tuple[str, str], ...]:
        if value is None:
            return ()
        if not isinstance(value, dict):
            self._warn("cast-header-type", f"env {shown(value)} is not an object; ignored", "env")
            return ()
        kept = {key: text for key, text in value.items() if isinstance(text, str)}
        if any(text is not None and key not in kept for key, text in value.items()):
            self._warn("cast-header-type", "env has values that are not texts; ignored", "env")
        return tuple((without_surrogates(key), without_surrogates(text)) for key, text in kept.items())

    def _tags(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            return ()
        return tuple(without_surrogates(tag) for tag in value if isinstance(tag, str))


def _children(item: object) -> list[object]:
    """Containers inside a container."""
    values = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return [value for value in values if isinstance(value, dict | list)]


def _whole(value: object) -> int | None:
    """Read a whole number above 0, in whatever way it is written."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and value > 0 else None


def _merged(known: Size, other: Size) -> Size:
    return Size(known.cols or other.cols, known.rows or other.rows)


def _requested_size(rows: Rows, limits: Limits) -> Size:
    """Find the first `ESC [ 8 ; rows ; cols t` that a terminal could obey."""
    for _, code, data in rows.items:
        match = _SIZE_REQUEST.search(data) if code == OUTPUT else None
        if match:
            lines, cols = int(match[1]), int(match[2])
            if cols and lines and not size_fault(cols, lines, limits):
                return Size(cols, lines)
    return Size(None, None)


def _theme(value: object) -> TerminalTheme | None:
    if not isinstance(value, dict):
        return None
    fg, bg, palette = (value.get(key) for key in ("fg", "bg", "palette"))
    if not (isinstance(fg, str) and isinstance(bg, str) and isinstance(palette, str)):
        return None
    colours = palette.split(":")
    if len(colours) not in (8, 16) or not all(_COLOUR.fullmatch(colour) for colour in (fg, bg, *colours)):
        return None
    return TerminalTheme(_six_digits(fg), _six_digits(bg), tuple(map(_six_digits, colours)))


def _six_digits(colour: str) -> str:
    if len(colour) == 4:
        colour = "#" + "".join(digit * 2 for digit in colour[1:])
    return colour.lower()


def _moment(value: object) -> int | None:
    """Read a moment that is not in whole Unix seconds: RFC 3339, digits as text, fractions, milliseconds."""
    if isinstance(value, str):
        return _parsed_date(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_TIMESTAMP * 1000:
        return None
    return int(value if value <= _MOST_TIMESTAMP else value / 1000)


def _parsed_date(text: str) -> int | None:
    """Read RFC 3339, or Unix seconds as text; a date without a zone is in UTC, so that no machine's zone matters."""
    if _SECONDS.fullmatch(text):
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = int(aware.timestamp())
    return seconds if seconds >= 0 else None
