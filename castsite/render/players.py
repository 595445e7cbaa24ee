"""Players inside a text: what `{speed=2 start=1:05}` behind a recording's picture asks of the frame it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from msgspec import Struct

from castsite.errors import quote
from castsite.render.encode import seconds
from castsite.render.images.palette import PALETTES
from castsite.schema.nearest import did_you_mean
from castsite.schema.times import parse_time


class Film(Struct, frozen=True, kw_only=True):
    """A recording of this site, as a page shows it: links from that page, and the class of its proportions."""

    frame: str
    """address of the player alone, or empty"""
    poster: str
    size: str
    duration: int = 0
    """microseconds"""
    slug: str = ""
    """of a recording that everybody is told of"""


class Player(Struct, frozen=True, kw_only=True):
    """A player in a text. Addresses hold what was asked of it; without a frame there is a poster."""

    title: str
    url: str
    film: Film


class Asked(Struct, frozen=True):
    """What attributes ask of a player: the query and the fragment of its address, and what was wrong with them."""

    query: str
    fragment: str
    faults: tuple[str, ...]
    times: tuple[tuple[str, int], ...] = ()
    """moments as they were written, and in microseconds"""
    backwards: bool = False
    """whether it would have ended before it starts; no end is asked for then"""

    @property
    def moment(self) -> str:
        """The query that leads to the same moment of the recording's own page, or nothing."""
        return f"?{self.fragment}" if self.fragment else ""


def asked(attributes: Mapping[str, str]) -> Asked:
    """Read attributes. A moment to start at is shown and not played, so it goes behind the `#`."""
    found: dict[str, str] = {}
    faults, times = [], []
    for written, value in attributes.items():
        name = _NAMES.get(written.replace("-", "_").lower())
        if name is None:
            faults.append(f"unknown option {quote(written)} of a player{did_you_mean(written, _NAMES)}")
            continue
        read, form = _READERS[name]
        text = read(value)
        if text is None:
            faults.append(f"{written}={quote(value)} is not understood; write {form}")
        else:
            found[name] = text
            if name in _MOMENTS:
                times.append((f"{written}={value}", parse_time(value) or 0))
    backwards = "end" in found and float(found["end"]) <= float(found.get("t", 0))
    if backwards:
        del found["end"]
    moments = {name: text for name, text in found.items() if name in _MOMENTS}
    options = {name: text for name, text in found.items() if name not in moments}
    return Asked(urlencode(options), urlencode(moments), tuple(faults), tuple(times), backwards)


def _number(text: str) -> str | None:
    return text if re.fullmatch(r"\d{1,5}(\.\d{1,6})?", text) and float(text) > 0 else None


def _whole(text: str) -> str | None:
    return text if re.fullmatch(r"[1-9]\d{0,2}", text) else None


def _flag(text: str) -> str | None:
    return {"true": "1", "1": "1", "false": "0", "0": "0"}.get(text.lower())


def _repeat(text: str) -> str | None:
    return _flag(text) or _whole(text)


def _time(text: str) -> str | None:
    time = parse_time(text)
    return None if time is None else seconds(time)


def _theme(text: str) -> str | None:
    return text if text in PALETTES else None


Reader = Callable[[str], str | None]
_READERS: Final[dict[str, tuple[Reader, str]]] = {
    "t": (_time, "a time such as 1:05 or 12.5"),
    "end": (_time, "a time such as 1:05 or 12.5"),
    "speed": (_number, "a number such as 1.5"),
    "loop": (_repeat, "true, false or how often"),
    "autoplay": (_flag, "true or false"),
    "preload": (_flag, "true or false"),
    "theme": (_theme, "one of " + ", ".join(PALETTES)),
    "i": (_number, "seconds such as 2"),
    "cols": (_whole, "a whole number"),
    "rows": (_whole, "a whole number"),
}
_MOMENTS: Final = frozenset(("t", "end"))
_NAMES: Final = {name: name for name in _READERS} | {
    "start": "t",
    "startat": "t",
    "start_at": "t",
    "auto_play": "autoplay",
    "idletimelimit": "i",
    "idle_time_limit": "i",
}
