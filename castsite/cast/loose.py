r"""JSON as recorders and hands really write it: raw control characters in strings, and wrong backslash escapes."""

from __future__ import annotations

import json
import re
from enum import Flag, auto
from typing import Final, NamedTuple

_ESCAPE: Final = re.compile(
    r"""\\(?:
        (?P<good>["\\/bfnrt]|u[0-9a-fA-F]{4})
        | x(?P<hex>[0-9a-fA-F]{2})
        | (?P<esc>e)
        | (?P<octal>[0-7]{1,3})
    )?""",
    re.VERBOSE,
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Repair(Flag):
    """What had to be put right before a text was JSON."""

    NONE = 0
    CONTROLS = auto()
    ESCAPES = auto()


class Loaded(NamedTuple):
    """A value, and how its text was repaired."""

    value: object
    repair: Repair


class DuplicateKeyError(ValueError):
    """An object has one key twice; the only argument is the key."""


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make an object of its members, for the parser. Raises DuplicateKeyError."""
    fields: dict[str, object] = {}
    for key, value in pairs:
        if key in fields:
            raise DuplicateKeyError(key)
        fields[key] = value
    return fields


class Decoders(NamedTuple):
    """One parser that insists on escaped control characters, and one that does not."""

    strict: json.JSONDecoder
    lenient: json.JSONDecoder


ANY_KEYS: Final = Decoders(json.JSONDecoder(), json.JSONDecoder(strict=False))
UNIQUE_KEYS: Final = Decoders(
    json.JSONDecoder(object_pairs_hook=unique), json.JSONDecoder(object_pairs_hook=unique, strict=False)
)


def loads(text: str, decoders: Decoders = ANY_KEYS) -> Loaded:
    """Parse one JSON value, repairing its strings when that is all that is wrong.

    `NaN` and `Infinity` come out as floats, for the caller to refuse with a better message than the parser's. Raises
    ValueError when the text is not JSON, nested too deeply, or has a number of thousands of digits.
    """
    repair = Repair.NONE
    while True:
        try:
            return Loaded(decoders[Repair.CONTROLS in repair].decode(text), repair)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        except json.JSONDecodeError as error:
            needed = needed_repair(error)
            if needed is Repair.NONE or needed in repair:
                raise
            repair |= needed
            if needed is Repair.ESCAPES:
                text = repair_escapes(text)


def needed_repair(error: json.JSONDecodeError) -> Repair:
    """Which repair may help, by the parser's own words."""
    if error.msg.startswith("Invalid control character"):
        return Repair.CONTROLS
    return Repair.ESCAPES if error.msg.startswith("Invalid \\") else Repair.NONE


def repair_escapes(text: str) -> str:
    r"""Replace wrong backslash escapes: `\xHH`, `\e` and octal `\033` by what they mean, any other `\` by `\\`."""
    return _ESCAPE.sub(_good_escape, text)


def has_surrogates(text: str) -> bool:
    """Whether the text holds halves of surrogate pairs, which no file can hold."""
    return _SURROGATE.search(text) is not None


def without_surrogates(text: str) -> str:
    """Replace halves of surrogate pairs by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def _good_escape(match: re.Match[str]) -> str:
    if match["good"]:
        return match[0]
    if match["hex"]:
        return f"\\u00{match['hex']}"
    if match["esc"]:
        return "\\u001b"
    if match["octal"]:
        return f"\\u{int(match['octal'], 8):04x}"
    return "\\\\"
