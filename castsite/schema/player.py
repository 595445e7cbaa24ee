"""Options of asciinema-player, in both spellings (`idleTimeLimit`, `idle_time_limit`), each checked for type and range.

The table follows the documentation of asciinema-player 3.17.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from castsite.errors import Severity, quote
from castsite.limits import SECOND
from castsite.regex import regex
from castsite.schema.nearest import did_you_mean
from castsite.schema.numbers import parse_whole, real_above_zero, whole
from castsite.schema.paths import content_path
from castsite.schema.reading import Key, Reading, Refusal, Schema, expected
from castsite.schema.texts import FALSE, TRUE, flag, matching, scalar, word_of
from castsite.schema.times import idle_limit, parse_time, show_time, time
from castsite.schema.tree import Fields, Node, Text
from castsite.schema.values import Options

THEMES: Final = (
    "asciinema",
    "dracula",
    "gruvbox-dark",
    "monokai",
    "nord",
    "seti",
    "solarized-dark",
    "solarized-light",
    "tango",
)
"""Themes that come with the player."""

_FONT_SIZE: Final = matching(
    r"small|medium|big|[0-9]{1,4}(?:\.[0-9]{1,3})?(?:px|pt|em|rem|%|vw|vh|ch)", "expected small, medium, big or 15px"
)
_FONT_FAMILY: Final = matching(r"[A-Za-z0-9 ,'\"_-]{1,200}", "expected names of fonts, such as Fira Code, monospace")

IDLE: Final = "idleTimeLimit"
FASTEST: Final = 100.0

_RECORDED: Final = "auto/"
"""Stands before a theme that is taken where the recording has no colours of its own."""

_CAMEL: Final = regex(r"(?<=[a-z])([A-Z])")


class Player(NamedTuple):
    """What `player:` says: options to hand on, and the limit for pauses, which castsite bakes into the times."""

    options: Options
    idle: int | Literal["off"] | None = None


def player(node: Node, reading: Reading) -> Player | None:
    """Read a mapping of player options; values have the types that the player wants, names its own spelling."""
    if not isinstance(node, Fields):
        reading.error(node.at, expected("options such as {speed: 2}", node))
        return None
    values = SCHEMA.read(node, reading).values
    idle = values.pop(IDLE, None)
    return Player(tuple(sorted(values.items())), idle)


def snake(name: str) -> str:
    """Give the other spelling of an option: `idleTimeLimit` → `idle_time_limit`."""
    return _CAMEL.sub(r"_\1", name).lower()


def _spellings(name: str) -> tuple[str, ...]:
    """Give the spellings beside the player's own; `autoplay` is the player's own second one."""
    other = snake(name)
    return ("auto_play", "autoplay") if name == "autoPlay" else () if other == name else (other,)


def _switch_or(node: Node) -> bool | str:
    """Give a switch as what it is, anything else as text, empty for what is no text."""
    text = node.value.strip() if isinstance(node, Text) else ""
    return text.lower() in TRUE if text.lower() in TRUE | FALSE else text


def _cols(node: Node, reading: Reading) -> int | None:
    return whole(1, reading.limits.cols)(node, reading)


def _rows(node: Node, reading: Reading) -> int | None:
    return whole(1, reading.limits.rows)(node, reading)


def _loop(node: Node, reading: Reading) -> bool | int | None:
    value = _switch_or(node)
    if isinstance(value, bool):
        return value
    times = parse_whole(value)
    if times is not None and 0 <= times <= 1000:
        return times
    reading.error(node.at, expected("true, false or how often to repeat, up to 1000", node))
    return None


def _fit(node: Node, reading: Reading) -> str | None:
    if _switch_or(node) is False:
        return "none"
    return _FITS(node, reading)


def _controls(node: Node, reading: Reading) -> bool | str | None:
    value = _switch_or(node)
    if isinstance(value, bool) or value == "auto":
        return value
    reading.error(node.at, expected("true, false or auto", node))
    return None


def _start(node: Node, reading: Reading) -> float | None:
    at = time(node, reading)
    return None if at is None else at / SECOND


def _theme(node: Node, reading: Reading) -> str | None:
    text = scalar(node, reading, "the name of a theme")
    if text is None:
        return None
    name = text.removeprefix(_RECORDED)
    if name in THEMES:
        return text
    hint = did_you_mean(name, THEMES) or f"; known are {', '.join(THEMES)}"
    reading.error(node.at, f"unknown theme {quote(text)}{hint}")
    return None


def _poster(node: Node, reading: Reading) -> str | None:
    text = node.value.strip() if isinstance(node, Text) else ""
    at = parse_time(text.removeprefix("npt:"))
    if text.startswith("npt:") and at is not None:
        return f"npt:{show_time(at)}"
    if text.startswith("data:text/plain,"):
        return text
    reading.error(node.at, expected("npt:1:05 or data:text/plain,TEXT", node) + "; for a picture use poster")
    return None


_FITS = word_of(("width", "height", "both", "none"))
_OWN_KEY: Final = "has a key of its own in front matter: use {}"

SCHEMA: Final = Schema(
    noun="option",
    refused={
        "markers": Refusal(Severity.ERROR, "bad-value", _OWN_KEY.format("markers: [{at: 1:05, label: Build}]")),
        "logger": Refusal(Severity.ERROR, "bad-value", "is a JavaScript object, which YAML cannot hold"),
    },
    keys=tuple(
        Key(
            name,
            read,
            value,
            example,
            about,
            spellings=_spellings(name),
        )
        for name, read, value, example, about in (
            ("cols", _cols, "whole number", "80", "Pins the width; resizes of the recording are then ignored."),
            ("rows", _rows, "whole number", "24", "Pins the height; resizes of the recording are then ignored."),
            ("autoPlay", flag, "true or false", "true", "Starts by itself."),
            ("preload", flag, "true or false", "true", "Loads the recording with the page."),
            ("loop", _loop, "true, false or a number", "2", "Plays again: for ever, or so many times more."),
            ("startAt", _start, "time", "1:05", "Where playing begins, on the played timeline."),
            ("speed", real_above_zero(FASTEST), "number above 0", "1.5", "How fast the player plays."),
            (IDLE, idle_limit, "seconds, or off", "2", "Another spelling of `idle_time_limit`."),
            (
                "theme",
                _theme,
                "name",
                "dracula",
                "Colours: " + ", ".join(THEMES) + "; `auto/NAME` prefers the recording's own.",
            ),
            (
                "poster",
                _poster,
                "npt:TIME or data:text/plain,TEXT",
                "npt:0:12",
                "What the player shows first, where no poster is.",
            ),
            (
                "audioUrl",
                content_path("voice.mp3"),
                "path",
                "voice.mp3",
                "Another spelling of `audio`.",
            ),
            (
                "fit",
                _fit,
                "width, height, both or none",
                "both",
                "What it is scaled to; its own page fits both.",
            ),
            (
                "controls",
                _controls,
                "true, false or auto",
                "auto",
                "The player's own bar, where no other is.",
            ),
            ("cursorMode", word_of(("blinking", "steady", "hidden")), "word", "steady", "blinking, steady or hidden."),
            ("keystrokeOverlay", flag, "true or false", "false", "Shows the keys of a recording that has them."),
            ("pauseOnMarkers", flag, "true or false", "true", "Stops at each marker."),
            ("terminalFontSize", _FONT_SIZE, "small, medium, big or a CSS length", "15px", "Only with `fit: none`."),
            ("terminalFontFamily", _FONT_FAMILY, "names of fonts", "Fira Code, monospace", "A CSS list of fonts."),
            ("terminalLineHeight", real_above_zero(10), "number above 0", "1.3", "Height of a row, in em."),
            ("boldIsBright", flag, "true or false", "true", "Draws bold text in the bright colours."),
            ("adaptivePalette", flag, "true or false", "true", "Derives the 256 colours from the theme's 16."),
        )
    ),
)
"""Every option of the player that a text can hold."""
