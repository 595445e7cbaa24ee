"""The size of the terminal that a recording is played on, where that is not to be the recorded one."""

from __future__ import annotations

from msgspec.structs import replace

from castsite.cast.events import RESIZE, Cast
from castsite.limits import Limits


def sized(cast: Cast, cols: int | None, rows: int | None) -> Cast:
    """Give the recording a terminal of another size, which does not change; None leaves what the header says."""
    if cols is None and rows is None:
        return cast
    header = replace(cast.header, cols=cols or cast.header.cols, rows=rows or cast.header.rows)
    return replace(cast, header=header, events=tuple(event for event in cast.events if event.code != RESIZE))


def lost_by(cast: Cast, new: Cast) -> str:
    """Say what is lost of a recording on a terminal that is smaller than it had at any time; empty where it is not."""
    (cols, rows), size = _largest(cast), _largest(new)
    if cols <= size[0] and rows <= size[1]:
        return ""
    on = f"{size[0]}x{size[1]}"
    return f"was recorded on {cols}x{rows}: on {on} lines break elsewhere, and what was drawn beyond it is lost"


def _largest(cast: Cast) -> tuple[int, int]:
    sizes = [(cast.header.cols, cast.header.rows), *(event.size for event in cast.events if event.code == RESIZE)]
    return max(cols for cols, _ in sizes), max(rows for _, rows in sizes)


def too_large(cast: Cast, limits: Limits) -> str:
    """Say that the terminal of a recording has more cells than one may have; empty where it has not."""
    cells = cast.header.cols * cast.header.rows
    if cells <= limits.cells:
        return ""
    return f"{cells:,} cells are more than a terminal may have ({limits.cells:,}); give smaller --cols or --rows"
