"""YAML that our own reader, and any other, reads back as exactly the same texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from castsite.regex import regex
from castsite.schema.values import Extra, Table

_NOT_ASCII: Final = regex("[^ -~]")


def emit(entries: Iterable[tuple[str, Extra]]) -> str:
    r"""Give a mapping as YAML in ASCII, one key a line: every text in double quotes, with `\uXXXX` and `\UXXXXXXXX`."""
    return "".join(f"{quoted(key)}: {_flow(value)}\n" for key, value in entries)


def _flow(value: Extra) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Table):
        return "{" + ", ".join(f"{quoted(key)}: {_flow(inner)}" for key, inner in value.entries) + "}"
    return "[" + ", ".join(map(_flow, value.items)) + "]"


def quoted(text: str) -> str:
    """Escape a text as JSON does, but not in surrogate pairs, which most readers of YAML refuse."""
    return _NOT_ASCII.sub(_escaped, json.dumps(text, ensure_ascii=False))


def _escaped(char: re.Match[str]) -> str:
    code = ord(char[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
