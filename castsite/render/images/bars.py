"""Bars in a row, as tall as their values: how much there is of each of some stretches of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from unicodedata import east_asian_width

from markupsafe import Markup, escape

from castsite.render.encode import number

HEIGHT: Final = 64
_LABELS: Final = 20  # height of what stands below
_WIDE: Final = 560  # width that a row may have, if its bars do not become too narrow or too wide
_NARROWEST, _WIDEST = 4, 32
_LEAST: Final = 2  # height of the smallest bar
_WINDOW: Final = 288  # narrowest width that a drawing is shown in
_LETTER, _APART = 6.6, 3


class Tick(NamedTuple):
    """A label at the left edge of the bar that it names, or up to the right edge of them all."""

    at: int
    text: str
    before: bool = False
    """whether it ends at the right edge of the drawing"""


def bars(values: Sequence[int], titles: Iterable[str], ticks: Iterable[Tick]) -> Markup:
    """Draw values with what pointing at each says; hidden from screen readers: a table says the same.

    Classes: in `columns`, `bars` is filled, `room` is what can be pointed at, `tick` is stroked.
    """
    pitch = min(max(_WIDE // len(values), _NARROWEST), _WIDEST)
    width = pitch * len(values)
    drawn = Markup().join(_bar(at * pitch, pitch, of) for at, of in enumerate(_tall(values, titles)))
    labels = Markup().join(_label(tick, len(values)) for tick in _fitting(tuple(ticks), len(values), pitch))
    return Markup(
        '<svg class="columns" width="{}" height="{}" aria-hidden="true">'
        '<svg width="100%" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">{}</svg>{}</svg>'
    ).format(width, HEIGHT + _LABELS, HEIGHT, width, HEIGHT, drawn, labels)


def _tall(values: Sequence[int], titles: Iterable[str]) -> Iterator[tuple[int, str]]:
    most = max(values) or 1
    for value, title in zip(values, titles, strict=True):
        yield max(round(HEIGHT * value / most), _LEAST) if value else 0, title


def _bar(left: int, pitch: int, of: tuple[int, str]) -> Markup:
    tall, title = of
    bar = f'<path class="bars" d="M{left} {HEIGHT}v-{tall}h{pitch - 1}v{tall}z"/>' if tall else ""
    room = f'<path class="room" d="M{left} 0h{pitch}v{HEIGHT}h-{pitch}z"/>'
    return Markup(f"<g><title>{escape(title)}</title>{room}{bar}</g>")  # noqa: S704 - escaped, the rest are numbers


def _label(tick: Tick, count: int) -> Markup:
    at = f"{number(100 * tick.at / count)}%"
    line = f'<line class="tick" x1="{at}" x2="{at}" y1="{HEIGHT}" y2="{HEIGHT + 5}"/>'
    where = 'x="100%" text-anchor="end"' if tick.before else f'x="{at}"'
    text = f'<text {where} y="{HEIGHT + _LABELS - 3}">{escape(tick.text)}</text>'
    return Markup(line + text)  # noqa: S704 - escaped, the rest are numbers


def _fitting(ticks: Sequence[Tick], count: int, pitch: int) -> Iterator[Tick]:
    """Give those that end before the next one and before the right edge, also in a narrow window, from right to left.

    The last one ends at the right edge if it is too long; a first one that is alone may reach beyond it.
    """
    narrow = min(pitch, _WINDOW / count)
    edge, alone = float(count), True
    for tick in reversed(ticks):
        needed = _LETTER * sum(1.7 if east_asian_width(letter) in "WF" else 1 for letter in tick.text) + _APART
        if (edge - tick.at) * narrow >= needed or (alone and tick.at == 0):
            yield tick
            edge, alone = tick.at, False
        elif tick is ticks[-1] and needed <= count * narrow:
            yield tick._replace(before=True)
            edge, alone = count - needed / narrow, False
