"""Readers of what front matter says about a recording's timeline and screen."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final, Literal, TypeVar

from castsite.errors import Severity
from castsite.schema.lists import items_of, list_of
from castsite.schema.numbers import parse_real, parse_whole, real_above_zero
from castsite.schema.patterns import pattern_fault
from castsite.schema.reading import Key, Reading, Schema, expected, mapping
from castsite.schema.texts import FALSE, line, prose, scalar
from castsite.schema.times import time
from castsite.schema.tree import Items, Node, Text
from castsite.schema.values import Mask, Stretch

T = TypeVar("T")

SLOWEST: Final = 0.001
FASTEST: Final = 1000.0
"""Factors beyond these make a recording endless, or nothing."""

_SPEED: Final = "a number above 0 or [[from, to, factor], …]"


def cuts(node: Node, reading: Reading) -> tuple[Stretch, ...] | None:
    """Read `[[from, to], …]`; stretches may overlap, each has to run forward."""
    if not isinstance(node, Items):
        reading.error(node.at, expected("[[from, to], …]", node))
        return None
    return _all(_pair(item, number, reading) for number, item in enumerate(node.items, 1))


def speed(node: Node, reading: Reading) -> float | tuple[Stretch, ...] | None:
    """Read one factor for the whole recording, or `[[from, to, factor], …]` whose stretches do not overlap."""
    if isinstance(node, Items):
        found = _all(_fast_stretch(item, number, reading) for number, item in enumerate(node.items, 1))
        return found if found is not None and _disjoint(found, node, reading) else None
    value = parse_real(node.value.strip()) if isinstance(node, Text) else None
    if value is None or value <= 0:
        reading.error(node.at, expected(_SPEED, node))
        return None
    return _bounded(value, node, reading)


def markers(node: Node, reading: Reading) -> tuple[tuple[int, str], ...] | None:
    """Read a list of `{at, label}`, given in order of time."""
    found = _MARKERS(node, reading)
    return None if found is None else tuple(sorted(found, key=lambda marker: marker[0]))


def commands(node: Node, reading: Reading) -> Literal[False] | tuple[tuple[int, str], ...] | None:
    """Read `false`, or a list of `[time, text]`."""
    if isinstance(node, Text) and node.value.strip().lower() in FALSE:
        return False
    if not isinstance(node, Items):
        reading.error(node.at, expected("false, or a list of [time, text]", node))
        return None
    return _all(_command(item, number, reading) for number, item in enumerate(node.items, 1))


def redaction(node: Node, reading: Reading) -> str | None:
    """Read a literal text or a `/regular expression/`, which has to compile."""
    text = scalar(node, reading)
    if text is None or not text.startswith("/"):
        return text
    if len(text) < 3 or not text.endswith("/"):
        reading.error(node.at, "unclosed /…/")
        return None
    if fault := pattern_fault(text[1:-1]):
        reading.error(node.at, f"not a regular expression: {fault}")
        return None
    return text


def masks(node: Node, reading: Reading) -> tuple[Mask, ...] | None:
    """Read one `{rows: [1, 3], cols: [10, 40], from: 12.3, to: 18}` or a list of them."""
    items = node.items if isinstance(node, Items) else (node,)
    return _all(_mask(item, reading) for item in items)


def _pair(node: Node, number: int, reading: Reading) -> Stretch | None:
    pair = items_of(node, 2)
    if pair is None:
        reading.error(node.at, f"pair {number}: expected [from, to]")
        return None
    return _stretch(pair, 1.0, reading.under(f"pair {number}"))


def _fast_stretch(node: Node, number: int, reading: Reading) -> Stretch | None:
    three = items_of(node, 3)
    if three is None:
        reading.error(node.at, f"stretch {number}: expected [from, to, factor]")
        return None
    inside = reading.under(f"stretch {number}")
    factor = real_above_zero()(three[2], inside)
    if factor is None or _bounded(factor, three[2], inside) is None:
        return None
    return _stretch(three[:2], factor, inside)


def _bounded(factor: float, node: Node, reading: Reading) -> float | None:
    if SLOWEST <= factor <= FASTEST:
        return factor
    reading.error(node.at, expected(f"a factor from {SLOWEST:g} to {FASTEST:g}", node))
    return None


def _stretch(ends: tuple[Node, ...], factor: float, reading: Reading) -> Stretch | None:
    start, end = time(ends[0], reading), time(ends[1], reading)
    if start is None or end is None:
        return None
    if end <= start:
        reading.error(ends[1].at, "to is not after from")
        return None
    return Stretch(start, end, factor)


def _disjoint(stretches: tuple[Stretch, ...], node: Items, reading: Reading) -> bool:
    numbered = sorted(enumerate(stretches, 1), key=lambda each: (each[1].start, each[0]))
    for (first, before), (second, after) in pairwise(numbered):
        if after.start < before.end:
            reading.error(node.items[second - 1].at, f"stretch {second} overlaps stretch {first}")
            return False
    return True


def _marker(node: Node, reading: Reading) -> tuple[int, str] | None:
    values = mapping(_MARKER, node, reading, needs=["at"], example="{at: 1:05, label: Build}")
    return (values["at"], values.get("label", "")) if values else None


def _command(node: Node, number: int, reading: Reading) -> tuple[int, str] | None:
    pair = items_of(node, 2)
    if pair is None or not isinstance(pair[1], Text):
        reading.error(node.at, f"entry {number}: expected [time, text]")
        return None
    inside = reading.under(f"entry {number}")
    known = len(inside.found)
    at, text = time(pair[0], inside), prose(pair[1], inside)
    if at is not None and not text:
        if not any(problem.severity is Severity.ERROR for problem in inside.found[known:]):
            inside.error(pair[1].at, "expected a command, got nothing that can be seen")
        return None
    return None if at is None or text is None else (at, text)


def _mask(node: Node, reading: Reading) -> Mask | None:
    values = mapping(_MASK, node, reading, needs=["rows", "cols"], example="{rows: [1, 3], cols: [10, 40]}")
    if values is None:
        return None
    start, end = values.get("from"), values.get("to")
    if start is not None and end is not None and end <= start:
        reading.error(node.at, "to is not after from")
        return None
    return Mask(values["rows"], values["cols"], start, end)


def _range(node: Node, reading: Reading) -> tuple[int, int] | None:
    ends = [parse_whole(item.value) for item in items_of(node, 2) or () if isinstance(item, Text)]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None and 1 <= ends[0] <= ends[1]:
        return ends[0], ends[1]
    reading.error(node.at, "expected first and last, counted from 1, such as [1, 3]")
    return None


def _all(values: Iterable[T | None]) -> tuple[T, ...] | None:
    """Every value, or None when one could not be read: half of somebody's edits is worse than none."""
    found = tuple(values)
    return None if any(value is None for value in found) else tuple(value for value in found if value is not None)


_MARKER = Schema(
    noun="key of a marker",
    keys=(
        Key("at", time, "time", "1:05", "The moment."),
        Key(
            "label",
            line("marker_label"),
            "text",
            "Build",
            "What is shown for it.",
        ),
    ),
)
_MARKERS = list_of(_marker, bound="markers", lone=False, numbered="marker")
_MASK = Schema(
    noun="key of a rectangle",
    keys=(
        Key("rows", _range, "[first, last]", "[1, 3]", "Rows of the screen."),
        Key("cols", _range, "[first, last]", "[10, 40]", "Columns of the screen."),
        Key("from", time, "time", "12.3", "The moment from which it is hidden."),
        Key("to", time, "time", "18", "The moment at which it is shown again."),
    ),
)
