"""What each kind of event must hold: sizes that a terminal can have, labels of bounded length, known codes."""

from __future__ import annotations

from operator import itemgetter
from typing import Final

from castsite.cast.events import EXIT, INPUT, MARKER, OUTPUT, RESIZE
from castsite.cast.rows import LOST, Rows
from castsite.cast.task import Task
from castsite.errors import quote
from castsite.limits import Limits, moved_by
from castsite.regex import regex
from castsite.schema.characters import without_hidden

_RESIZE: Final = regex(r"([1-9][0-9]*)x([1-9][0-9]*)")
_PLAIN: Final = frozenset((OUTPUT, INPUT, EXIT, LOST))


def check_kinds(rows: Rows, task: Task) -> None:
    """Drop resizes and markers that cannot be kept, and name unknown codes, which stay but are never published."""
    if not set(map(itemgetter(1), rows.items)) - {OUTPUT}:
        return
    markers = 0
    for index, (time, code, data) in enumerate(rows.items):
        if code == RESIZE:
            _check_resize(rows, index, data, task)
        elif code == MARKER:
            markers += 1
            _check_marker(rows, index, (time, data), markers, task)
        elif code not in _PLAIN:
            text = f"events with the unknown code {quote(code)} are not published"
            task.findings.warn("cast-unknown-code", text, rows.line(index), cause=code)


def size_fault(cols: int, rows: int, limits: Limits) -> str | None:
    """Say which limit a terminal of this size breaks, None when it may be."""
    if cols > limits.cols or rows > limits.rows:
        return f"the limit is {limits.cols}x{limits.rows} {moved_by('cols', 'rows')}"
    if cols * rows > limits.cells:
        return f"that is {cols * rows:,} cells; the limit is {limits.cells:,} {moved_by('cells')}"
    return None


def label_cut(label: str, limits: Limits) -> str:
    """Cut a marker's label to its limit, with an ellipsis in place of the last character kept; give what it shows.

    What shows nothing would keep a word in it from being found, and from being masked.
    """
    label = without_hidden(label)
    return label if len(label) <= limits.marker_label else label[: limits.marker_label - 1] + "…"


def _check_resize(rows: Rows, index: int, data: str, task: Task) -> None:
    match = _RESIZE.fullmatch(data)
    if match is None:
        text = f"resize {quote(data)} is not COLSxROWS; dropped"
        task.findings.warn("cast-bad-resize", text, rows.line(index))
        rows.lose(index)
        return
    cols, lines = (int(side) if len(side) <= 9 else 10**9 for side in match.groups())
    fault = size_fault(cols, lines, task.limits)
    if fault:
        task.findings.refuse("cast-size-limit", f"resize {quote(data)}: {fault}", rows.line(index))


def _check_marker(rows: Rows, index: int, marker: tuple[float, str], number: int, task: Task) -> None:
    time, label = marker
    if number > task.limits.markers:
        text = f"more than {task.limits.markers:,} markers {moved_by('markers')}; further ones dropped"
        task.findings.warn("cast-markers", text, rows.line(index))
        rows.lose(index)
        return
    if len(label) > task.limits.marker_label:
        text = (
            f"marker label of {len(label):,} characters; cut to {task.limits.marker_label} {moved_by('marker_label')}"
        )
        task.findings.warn("cast-marker-label", text, rows.line(index))
    if (shown := label_cut(label, task.limits)) != label:
        rows.items[index] = (time, MARKER, shown)
