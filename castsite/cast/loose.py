"""JSON as recorders and hands really write it: not quite UTF-8, raw control characters, wrong backslash escapes."""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from typing import Final, NamedTuple

from castsite.errors import printable, quote
from castsite.regex import regex

_ESCAPE: Final = regex(
    r"""\\(?:
        (?P<good>["\\/bfnrt]|u[0-9a-fA-F]{4})
        | x(?P<hex>[0-9a-fA-F]{2})
        | (?P<esc>e)
        | (?P<octal>[0-7]{1,3})
    )?""",
    re.VERBOSE,
)
_SURROGATE: Final = regex("[\ud800-\udfff]")


class Repair(NamedTuple):
    """What had to be put right before a text was JSON."""

    controls: bool = False
    escapes: bool = False


NO_REPAIR: Final = Repair()


class Loaded(NamedTuple):
    """A value, and how its text was repaired."""

    value: object
    repair: Repair


class Text(NamedTuple):
    """Decoded bytes; `valid`: they were UTF-8 throughout."""

    text: str
    valid: bool


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


def decoded(source: bytes, *, torn: bool = False) -> Text:
    """Decode UTF-8, with U+FFFD for what is none; in a `torn` file the last character may be cut through."""
    try:
        text = getincrementaldecoder("utf-8")().decode(source) if torn else source.decode()
    except UnicodeDecodeError:
        return Text(source.decode("utf-8", "replace"), valid=False)
    return Text(text, valid=True)


def loads(text: str, decoders: Decoders = ANY_KEYS) -> Loaded:
    """Parse one JSON value, repairing its strings when that is all that is wrong.

    `NaN` and `Infinity` come out as floats, for the caller to refuse with a better message than the parser's. Raises
    ValueError when the text is not JSON, nested too deeply, or has a number of thousands of digits.
    """
    repair = NO_REPAIR
    while True:
        try:
            return Loaded(decoders[repair.controls].decode(text), repair)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        except json.JSONDecodeError as error:
            needed = with_needed(repair, error)
            if needed is None:
                raise
            if needed.escapes and not repair.escapes:
                text = repair_escapes(text)
            repair = needed


def shown(value: object) -> str:
    """Show a JSON value in a message: texts in quotes, numbers as they are, lists and objects only by their kind."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return quote(value) if isinstance(value, str) else printable(json.dumps(value), 60)


def with_needed(repair: Repair, error: json.JSONDecodeError) -> Repair | None:
    """Add the repair that may help, by the parser's own words; None when there is none left to try."""
    if error.msg.startswith("Invalid control character") and not repair.controls:
        return repair._replace(controls=True)
    if error.msg.startswith("Invalid \\") and not repair.escapes:
        return repair._replace(escapes=True)
    return None


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
