"""A recording as one SVG file that plays itself: each row of the screen is a small film of the states that it has had.

The states of a row stand one below the other, and are moved past a window of one row. Who does not animate shows the
poster frame. The movement is written twice: as CSS, which knows whether a reader wants no motion, and as SMIL, for
programs and policies that leave styles out; where both are at work, CSS wins (CSS Transforms 1, 6 and 7).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from castsite.analysis.model import Run
from castsite.export.footage import Footage
from castsite.limits import SECOND
from castsite.render.encode import checked_xml, number, plain, xml_text
from castsite.render.images.palette import Palette
from castsite.render.images.shapes import HEIGHT, WIDTH
from castsite.render.images.svg import FONT_SIZE, FONTS, PADDING, box, coloured, draw_rows

FPS: Final = 12

_PITCH: Final = HEIGHT + 2
"""From one state of a row to the next: areas go on a little beyond their row, and must not be seen in another state."""

BORDER: Final = int(PADDING)
"""Whole pixels, and a whole size, so that rows that are drawn by themselves meet exactly."""


def animated_svg(  # noqa: PLR0913 - all but the first are named
    footage: Footage,
    palette: Palette,
    *,
    title: str,
    still: int,
    last_frame: int,
    loop: bool = True,
    bold_is_bright: bool = False,
    most: int = 1 << 62,
) -> str | None:
    """Draw a recording; `still` is the number of the shot that is shown where nothing moves.

    None for one whose file would have more than `most` characters, as far as that is seen before it is finished.
    """
    total = footage.ends(last_frame)[-1]
    films = [_Film(row, footage, total, still) for row in range(footage.rows)]
    shared = _shared(films)
    drawn: dict[int, str] = {}
    for at, runs in _used(films):
        drawn[at] = coloured(draw_rows([runs], bold_is_bright=bold_is_bright), palette)
        most -= len(drawn[at])
        if most < 0:
            return None
    defined = "".join(f'<g id="l{at}">{drawn[at]}</g>' for at in sorted(shared))
    again = "infinite" if loop else "forwards"
    moving = [film for film in films if len(film.states) > 1]
    style = "".join(film.style(again) for film in moving) + _still(moving) if moving else ""
    width, height = footage.cols * WIDTH + 2 * BORDER, footage.rows * HEIGHT + 2 * BORDER
    body = "".join(film.markup(drawn, shared, footage.cols, loop=loop) for film in films)
    return checked_xml(
        f'<svg xmlns="http://www.w3.org/2000/svg" {box(width, height)} role="img" aria-labelledby="t"'
        f' xml:space="preserve" font-family="{xml_text(FONTS)}" font-size="{FONT_SIZE}" font-variant="none">'
        f'<title id="t">{xml_text(plain(title))}</title>{style and f"<style>{style}</style>"}<defs>{defined}</defs>'
        f'<rect width="{width}" height="{height}" rx="3" fill="{palette.background}"/>'
        f'<g transform="translate({BORDER} {BORDER})" fill="{palette.foreground}">{body}</g></svg>\n'
    )


class _Film:
    """One row of the screen through time."""

    def __init__(self, row: int, footage: Footage, total: int, still: int) -> None:
        changes = [(shot.time, shot.rows[row]) for shot in footage.shots]
        self.row, self.total, self.lines = row, total, footage.lines
        self.changes = [next(group) for _, group in groupby(changes, lambda change: change[1])]
        self.states = list(dict.fromkeys(number for _, number in self.changes))
        self.places = {state: place for place, state in enumerate(self.states)}
        self.still = self.places[footage.shots[still].rows[row]]

    def style(self, again: str) -> str:
        """Move it by CSS."""
        moments = [*self._moments(100, max(3, _digits(self.total)))]
        moments.append(("100", moments[-1][1]))  # or it would end as it is without any movement
        frames = "".join(f"{percent}%{{transform:translateY({top}px)}}" for percent, top in moments)
        seconds = number(self.total / SECOND)
        return f"@keyframes r{self.row}{{{frames}}}.r{self.row}{{animation:r{self.row} {seconds}s step-end {again}}}"

    def markup(self, drawn: dict[int, str], shared: set[int], cols: int, *, loop: bool) -> str:
        """Draw its states, and move them by SMIL."""
        top = self.row * HEIGHT
        if len(self.states) == 1:
            inside = _state(self.states[0], drawn, shared)
            return f'<g transform="translate(0 {top})">{inside}</g>' if inside else ""
        states = "".join(self._placed(drawn, shared))
        return (
            f'<svg y="{top}" width="{cols * WIDTH + 1}" height="{HEIGHT + 1}"><g class="r{self.row}"'
            f' transform="translate(0 {-self.still * _PITCH})">{self._smil(loop=loop)}{states}</g></svg>'
        )

    def _placed(self, drawn: dict[int, str], shared: set[int]) -> Iterator[str]:
        for place, state in enumerate(self.states):
            inside = _state(state, drawn, shared)
            if state in shared and inside:
                yield f'<use href="#l{state}" y="{place * _PITCH}"/>' if place else inside
            elif inside:
                yield f'<g transform="translate(0 {place * _PITCH})">{inside}</g>' if place else inside

    def _smil(self, *, loop: bool) -> str:
        moments = list(self._moments(1, max(5, _digits(self.total) + 2)))
        times = ";".join(moment for moment, _ in moments)
        values = ";".join(f"0 {top}" for _, top in moments)
        ends = 'repeatCount="indefinite"' if loop else 'fill="freeze"'
        return (
            f'<animateTransform attributeName="transform" type="translate" calcMode="discrete"'
            f' dur="{number(self.total / SECOND)}s" {ends} keyTimes="{times}" values="{values}"/>'
        )

    def _moments(self, whole: int, digits: int) -> Iterator[tuple[str, int]]:
        """Give shares of the whole time and how far the states are moved then; of equal shares the last."""
        found: dict[str, int] = {}
        for time, state in self.changes:
            share = f"{whole * time / self.total:.{digits}f}".rstrip("0").rstrip(".") or "0"
            found.pop(share, None)
            found[share] = -self.places[state] * _PITCH
        yield from found.items()


def _still(moving: Sequence[_Film]) -> str:
    """Show the poster frame to who wants no motion: by a rule for each row, or SMIL would move it."""
    rules = "".join(f".r{film.row}{{animation:none;transform:translateY({-film.still * _PITCH}px)}}" for film in moving)
    return f"@media(prefers-reduced-motion:reduce){{{rules}}}"


def _digits(total: int) -> int:
    """Give how many digits of a percentage tell a millisecond."""
    return math.ceil(math.log10(max(total / SECOND, 1))) + 1


def _state(state: int, drawn: dict[int, str], shared: set[int]) -> str:
    return f'<use href="#l{state}"/>' if state in shared and drawn[state] else drawn[state]


def _used(films: Sequence[_Film]) -> Iterator[tuple[int, tuple[Run, ...]]]:
    for state in sorted({state for film in films for state in film.states}):
        yield state, films[0].lines[state]


def _shared(films: Sequence[_Film]) -> set[int]:
    """Find the rows that stand in several places: they are drawn once."""
    counts = Counter(state for film in films for state in film.states)
    return {state for state, count in counts.items() if count > 1 and films[0].lines[state]}
