"""Times on a recording's timeline: text → integer microseconds, by splitting the text and never by way of a float."""

from __future__ import annotations

from typing import Final, Literal

from castsite.limits import SECOND
from castsite.regex import regex
from castsite.schema.reading import Reading, expected
from castsite.schema.tree import Node, Text

_TIME: Final = regex(
    r"(?:(?:(?P<h>[0-9]{1,5}):(?P<hm>[0-5][0-9])|(?P<m>[0-9]{1,7})):(?P<s>[0-5][0-9])|(?P<only>[0-9]{1,9}))"
    r"(?:\.(?P<fraction>[0-9]{1,6}))?"
)
_LOOSE: Final = regex(r"(?:(?:([0-9]{1,5}):)?([0-9]{1,7}):)?([0-9]{0,9})(?:[.,]([0-9]{0,9}))?")
_WORDS: Final = regex(r"(?:([0-9]{1,5}) ?h(?:ours?)? ?)?(?:([0-9]{1,7}) ?m(?:in)? ?)?(?:([0-9]{1,9}) ?s(?:ec)?)?")
_SPAN: Final = regex(r"([0-9]{1,5}) ?(d|h|m|s)")
_SPANS: Final = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
EXAMPLES: Final = "12.5, 1:05 or 1:02:03.4"


def parse_time(text: str) -> int | None:
    """Give the microseconds of `S[.f]`, `M:SS[.f]` or `H:MM:SS[.f]`; lower units under 60, at most 6 decimals."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hours, minutes = int(found["h"] or 0), int(found["hm"] or found["m"] or 0)
    seconds = int(found["s"] or found["only"])
    fraction = int((found["fraction"] or "").ljust(6, "0"))
    return (hours * 3600 + minutes * 60 + seconds) * SECOND + fraction


def parse_span(text: str) -> int | None:
    """Give the microseconds of a duration: `30s`, `10m`, `24h`, `2d`, or what `parse_time` reads."""
    found = _SPAN.fullmatch(text)
    return int(found[1]) * _SPANS[found[2]] * SECOND if found else parse_time(text)


def show_time(time: int) -> str:
    """Give microseconds as people write them: `0:42`, `1:02:03.4`."""
    seconds, fraction = divmod(time, SECOND)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    clock = f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
    return clock + (f".{fraction:06}".rstrip("0") if fraction else "")


def time(node: Node, reading: Reading) -> int | None:
    """Read a time, microseconds."""
    text = node.value.strip() if isinstance(node, Text) else ""
    value = parse_time(text)
    if value is None:
        better = _meant(text)
        cure = f"; write {show_time(better)}" if better is not None else ""
        reading.error(node.at, expected(f"a time such as {EXAMPLES}", node) + cure)
    return value


def idle_limit(node: Node, reading: Reading) -> int | Literal["off"] | None:
    """Read a limit for pauses: microseconds above 0, or "off"."""
    text = node.value.strip() if isinstance(node, Text) else ""
    if text == "off":
        return "off"
    value = parse_time(text)
    if value:
        return value
    reading.error(node.at, "expected seconds above 0, or off")
    return None


def span(node: Node, reading: Reading) -> int | None:
    """Read a length of time above 0, microseconds: a time, or one number with d, h, m or s."""
    text = node.value.strip() if isinstance(node, Text) else ""
    value = parse_span(text)
    if value:
        return value
    reading.error(node.at, expected("a time such as 30s, 24h or 1:30:00", node))
    return None


def _meant(text: str) -> int | None:
    """Give what `0:90`, `1:5`, `1h5m`, `.5` and `1,5` were meant to say, None for anything else."""
    if not text:
        return None
    if found := _WORDS.fullmatch(text):
        hours, minutes, seconds, fraction = (*found.groups(), "")
    elif found := _LOOSE.fullmatch(text):
        hours, minutes, seconds, fraction = found.groups()
    else:
        return None
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole * SECOND + int((fraction or "")[:6].ljust(6, "0"))
