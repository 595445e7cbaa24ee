"""Readers of numbers and sizes. Text is split, never handed to a parser that takes more than it should."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final

from castsite.limits import KIB, MIB, moved_by
from castsite.regex import regex
from castsite.schema.reading import Reader, Reading, expected
from castsite.schema.tree import Node, Text

_WHOLE: Final = regex(r"[+-]?[0-9]{1,15}")
_REAL: Final = regex(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,3})?")
_BYTES: Final = regex(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?(|B|KB|KiB|MB|MiB|GB|GiB)")
_UNITS: Final = {"": 1, "B": 1, "KB": 10**3, "KiB": KIB, "MB": 10**6, "MiB": MIB, "GB": 10**9, "GiB": 1024 * MIB}
_SIZE: Final = regex(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})")


def parse_whole(text: str) -> int | None:
    """Give the whole number that a text is, None when it is none."""
    return int(text) if _WHOLE.fullmatch(text) else None


def parse_real(text: str) -> float | None:
    """Give the finite decimal number that a text is (`1e3` too), None when it is none."""
    value = float(text) if _REAL.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None


def whole(least: int | None = None, most: int | None = None, *, show: bool = True) -> Reader[int]:
    """Read a whole number within bounds. `show`: whether the message quotes what was written."""

    def read(node: Node, reading: Reading) -> int | None:
        value = parse_whole(node.value.strip()) if isinstance(node, Text) else None
        if value is not None and (least is None or value >= least) and (most is None or value <= most):
            return value
        what = "a whole number" + _bounds(least, most)
        reading.error(node.at, expected(what, node) if show else f"expected {what}")
        return None

    return read


def real_above_zero(most: float = math.inf) -> Reader[float]:
    """Read a number above 0, at most `most`."""

    def read(node: Node, reading: Reading) -> float | None:
        value = parse_real(node.value.strip()) if isinstance(node, Text) else None
        if value is not None and 0 < value <= most:
            return value
        reading.error(node.at, expected("a number above 0" + ("" if most == math.inf else f", at most {most:g}"), node))
        return None

    return read


def byte_size(node: Node, reading: Reading) -> int | None:
    """Read a count of bytes: `20 MiB`, `20MB`, `4096`."""
    found = _BYTES.fullmatch(node.value.strip()) if isinstance(node, Text) else None
    value = int(Decimal(found[1]) * _UNITS[found[2]]) if found else 0
    if value > 0:
        return value
    reading.error(node.at, expected("a size such as 20 MiB", node))
    return None


def screen_size(node: Node, reading: Reading) -> tuple[int, int] | None:
    """Read `COLSxROWS` within the limits of a terminal."""
    found = _SIZE.fullmatch(node.value.strip()) if isinstance(node, Text) else None
    if not found:
        reading.error(node.at, expected("COLSxROWS such as 80x24", node))
        return None
    cols, rows = int(found[1]), int(found[2])
    limits = reading.limits
    if cols > limits.cols or rows > limits.rows or cols * rows > limits.cells:
        most = f"{limits.cols} columns, {limits.rows} rows and {limits.cells} cells"
        reading.error(node.at, f"{cols}x{rows} is too large; at most {most} {moved_by('cols', 'rows', 'cells')}")
        return None
    return cols, rows


def _bounds(least: int | None, most: int | None) -> str:
    if least is not None and most is not None:
        return f" from {least} to {most}"
    if least is not None:
        return f", {least} or more"
    return "" if most is None else f", at most {most}"
