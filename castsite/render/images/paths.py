"""SVG path data of shapes, joined where they touch: smaller files, and no seams inside what belongs together."""

from __future__ import annotations

from operator import attrgetter

from castsite.render.encode import number
from castsite.render.images.shapes import HEIGHT, WIDTH, Outline, Rect, Segment

_SEAM = 0.3  # areas that end at a cell's edge go on this far, else the background shines through between cells


def area_path(rects: list[Rect]) -> str:
    """Path data of areas; those that join along a row, then those that join down the rows, become one."""
    joined: list[Rect] = []
    for rect in sorted(rects, key=attrgetter("y", "height", "x")):
        last = joined[-1] if joined else None
        if last and (last.y, last.height, last.x + last.width) == (rect.y, rect.height, rect.x):
            joined[-1] = last._replace(width=last.width + rect.width)
        else:
            joined.append(rect)
    stacked: list[Rect] = []
    for rect in sorted(joined, key=attrgetter("x", "width", "y")):
        last = stacked[-1] if stacked else None
        if last and (last.x, last.width, last.y + last.height) == (rect.x, rect.width, rect.y):
            stacked[-1] = last._replace(height=last.height + rect.height)
        else:
            stacked.append(rect)
    return "".join(map(_area, stacked))


def _area(rect: Rect) -> str:
    width = rect.width + _SEAM * ((rect.x + rect.width) % WIDTH == 0)
    height = rect.height + _SEAM * ((rect.y + rect.height) % HEIGHT == 0)
    return f"M{number(rect.x)} {number(rect.y)}h{number(width)}v{number(height)}h{number(-width)}z"


def stroke_path(segments: list[Segment]) -> str:
    """Path data of straight strokes; those that join end to end become one."""
    path: list[str] = []
    line: tuple[bool, float] | None = None
    begin = end = 0.0
    for vertical, across, start, length, _ in sorted(segments):
        if line == (vertical, across) and start <= end:
            end = max(end, start + length)
            continue
        if line:
            path.append(_stroke(*line, begin, end))
        line, begin, end = (vertical, across), start, start + length
    if line:
        path.append(_stroke(*line, begin, end))
    return "".join(path)


def _stroke(vertical: bool, across: float, begin: float, end: float) -> str:  # noqa: FBT001 - a segment's field
    if vertical:
        return f"M{number(across)} {number(begin)}v{number(end - begin)}"
    return f"M{number(begin)} {number(across)}h{number(end - begin)}"


def outline_path(outlines: list[Outline]) -> str:
    """Path data of outlines."""
    return "".join(f"M{number(outline.x)} {number(outline.y)}{outline.path}" for outline in outlines)
