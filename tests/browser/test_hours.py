"""Recordings that last for hours: their times are longer, and stand on one line with room beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gallery
import pytest
from gallery import analysis, chapter, command, line, recording, site
from kinds import THEMES
from playwright.sync_api import expect
from searching import Cast, search_page, small

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

NIGHT = 23 * 3600 + 59 * 60
WATCH = analysis(
    line(1, "$ watch"),
    line(NIGHT, "morning: " + "a long line that a narrow window breaks " * 4),
    commands=[command(0.5, "watch"), command(NIGHT - 1, "date")],
    chapters=[chapter(0, "Evening"), chapter(NIGHT - 2, "Morning, which has a name that takes more than one line")],
    seconds=NIGHT + 10,
)
ALONE = analysis(line(NIGHT, "late"), commands=[command(NIGHT - 1, "sleep 1d")], seconds=NIGHT + 10)
KNOWN = {"watch": WATCH, "alone": ALONE}
FOUND = Cast(
    "watch", "Watch", (((NIGHT, "morning has broken"), (NIGHT + 1, "morning")),), date="2026-01-01", seconds=NIGHT + 10
)

CROWDED = """() => [...document.querySelectorAll(":is(.outline, .transcript, .found) .tc")].flatMap(time => {
    if (!time.checkVisibility()) return [];
    const range = document.createRange(), boxes = of => (range.selectNodeContents(of), [...range.getClientRects()]);
    const own = boxes(time), [{ top, bottom, left, right }] = own, row = time.closest("li, h3");
    const behind = box => box.left > left && box.top < bottom && box.bottom > top && box.width;
    const next = Math.min(...(row ? boxes(row) : []).filter(behind).map(box => box.left));
    return own.length > 1 || next < right + 4 ? [`${time.textContent}: ${own.length}, ${next - right}`] : [];
})"""
"""Times that are broken into two lines, or have something less than 4 pixels behind them."""


@pytest.fixture(params=THEMES)
def server(request: pytest.FixtureRequest, serve: Any) -> Iterator[Any]:
    """What `visit` opens pages of."""
    of = site(*(recording(slug, known) for slug, known in KNOWN.items()))
    files = {one.path: one.body() for one in gallery.artifacts(of, KNOWN, theme=request.param)}
    with serve(files | search_page(of, theme=request.param) | small([FOUND])) as serving:
        yield serving


@pytest.mark.parametrize("width", [320, 700, 1440])
@pytest.mark.parametrize("path", ["watch/", "alone/"])
def test_times_of_chapters_commands_and_lines_have_room(visit: Visit, path: str, width: int) -> None:
    page = visit(path, viewport={"width": width, "height": 900}).page
    expect(page.locator(".log .tc", has_text="23:59:00")).to_have_count(1)
    assert page.evaluate(CROWDED) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [320, 1440])
def test_times_of_lines_that_were_found_have_room(visit: Visit, width: int) -> None:
    page = visit("search/?q=morning", viewport={"width": width, "height": 900}).page
    expect(page.locator(".hits .tc")).to_have_text(["23:59:00", "23:59:01"])
    assert page.evaluate(CROWDED) == []


@pytest.mark.parametrize(("width", "size"), [(320, "100%"), (360, "100%"), (360, "200%")])
def test_controls_of_the_player_lie_beside_each_other(visit: Visit, width: int, size: str) -> None:
    page = visit("watch/", viewport={"width": width, "height": 900}).page
    page.evaluate("size => document.documentElement.style.setProperty('font-size', size)", size)
    page.locator("[data-now]").evaluate("now => { now.textContent = '23:59:00'; }")
    overlapping = page.locator(".controls").evaluate(
        """row => {
            const boxes = [...row.querySelectorAll('.btn, .select, [data-now]')].filter(one => one.checkVisibility())
                .map(one => one.getBoundingClientRect()).filter(({ width }) => width > 4);
            const beside = (a, b) => a.right <= b.left + 0.5 || a.bottom <= b.top;
            const apart = (a, b) => beside(a, b) || beside(b, a);
            return boxes.flatMap((a, at) => boxes.slice(at + 1).filter(b => !apart(a, b)).map(b => [a.left, b.left]));
        }"""
    )
    assert overlapping == []
