"""YAML that our own reader, and any other, reads back as exactly the same texts."""

from __future__ import annotations

import json
from collections.abc import Iterable

from castsite.schema.values import Extra, Table


def emit(entries: Iterable[tuple[str, Extra]]) -> str:
    r"""Give a mapping as YAML, one key a line; every text is a JSON string with `\uXXXX` escapes, which is YAML too."""
    return "".join(f"{_quoted(key)}: {_flow(value)}\n" for key, value in entries)


def _flow(value: Extra) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Table):
        return "{" + ", ".join(f"{_quoted(key)}: {_flow(inner)}" for key, inner in value.entries) + "}"
    return "[" + ", ".join(map(_flow, value)) + "]"


def _quoted(text: str) -> str:
    # JSON leaves DEL as it is, YAML does not allow it
    return json.dumps(text).replace("\x7f", "\\u007f")
