"""Builders of what exports are made of."""

from __future__ import annotations

from typing import Any

import gallery
from builders import cast, output, resize
from hypothesis import strategies as st

from castsite.analysis.analyse import analyse
from castsite.cast.events import Cast, Event
from castsite.cast.write import write
from castsite.export.take import Looks, Take
from castsite.render.images.palette import PALETTES

DARK = PALETTES["asciinema"]


def take(of: Cast, *, title: str = "Demo", **looks: Any) -> Take:
    """A recording ready to be exported."""
    found = analyse(of)
    return Take(
        recording=gallery.recording("demo", found, title=title, source="content/demo.cast"),
        cast=of,
        data=write(of, title=title),
        analysis=found,
        palette=DARK,
        looks=Looks(**looks),
    )


COLOURS = "\x1b[31mred \x1b[42mon green\x1b[0m \x1b[1mbold\x1b[0m \x1b[4munder\x1b[0m \x1b[7minverse\x1b[0m"
TALK = cast(
    output(0, "$ "),
    output(0.5, "make\r\n"),
    output(1, f"{COLOURS}\r\n"),
    output(1.05, "┌──┐ ⠋ 日本 \ue0b0\r\n"),
    output(6, "\x1b[2J\x1b[Hdone"),
    output(6.2, "\x1b[?25l"),
    cols=40,
    rows=8,
)
"""Colours, shapes, wide letters, a long pause, a cursor that goes."""

_TEXTS = (
    "a",
    "word ",
    "\r\n",
    "\x1b[H",
    "\x1b[2J",
    "\x1b[31m",
    "\x1b[0m",
    "日本",
    "\x1b[5;3H",
    "\x1b[?25l",
    "\x1b[?25h",
    "─┐",
    "\x1b[1;4r\n",
)


@st.composite
def casts(draw: st.DrawFn) -> Cast:
    """Recordings of a small terminal, some of which change their size."""
    events: list[Event] = []
    at = 0
    for _ in range(draw(st.integers(1, 25))):
        at += draw(st.sampled_from((0, 10, 80, 120, 700, 5000)))
        if draw(st.integers(0, 12)) == 0:
            events.append(resize(at / 1000, draw(st.integers(4, 30)), draw(st.integers(1, 9))))
        else:
            events.append(output(at / 1000, "".join(draw(st.lists(st.sampled_from(_TEXTS), min_size=1, max_size=6)))))
    return cast(*events, cols=20, rows=6)
