"""A site that is written from right to left: what terminals show, and time, run from left to right all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kinds import THEMES
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

WRONG_WAY = """() => {
    const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const { data, parentElement: one } = texts.currentNode;
        const { direction, fontFamily } = getComputedStyle(one);
        const wrong = direction === "rtl" && /mono/i.test(fontFamily.split(",")[0]) && !/^[\\d:\\s]*$/.test(data);
        if (wrong && one.checkVisibility()) found.push(data);
    }
    return found;
}"""
"""What is written in the typeface of terminals, times aside, and runs from right to left."""
FIRST_LETTERS = """text => {
    const range = document.createRange();
    return [0, 1].map(at => {
        range.setStart(text.firstChild, at);
        range.setEnd(text.firstChild, at + 1);
        return range.getBoundingClientRect().x;
    });
}"""


@pytest.fixture(params=THEMES)
def server(request: pytest.FixtureRequest, arabic_servers: Any) -> Any:
    """What `visit` opens pages of."""
    return arabic_servers[request.param]


def left_of(page: Page, selector: str) -> float:
    """How far from the left edge of the stage the first letter stands that something there shows, as a share of it."""
    first, second = page.locator(selector).first.evaluate(FIRST_LETTERS)
    assert first < second
    box = page.locator("[data-stage]").bounding_box()
    assert box is not None
    return (first - box["x"]) / box["width"]


@pytest.mark.parametrize("path", ["demo/tour/", "embed/demo/tour/"])
def test_poster_and_player_show_the_terminal_from_its_left_edge(visit: Visit, path: str) -> None:
    page = visit(path).page
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    poster = left_of(page, "[data-stage] > .poster text")
    assert 0 < poster < 0.2
    page.locator("[data-play]").click()
    expect(page.locator(".ap-line").first).to_contain_text("$")
    assert left_of(page, ".ap-line span:not(:empty)") == pytest.approx(poster, abs=0.02)


@pytest.mark.parametrize("path", ["demo/tour/", "embed/demo/tour/"])
def test_time_runs_to_the_right_where_it_is_drawn_and_where_it_is_set(visit: Visit, path: str) -> None:
    page = visit(path).page
    page.locator("[data-play]").click()
    expect(page.locator("[data-stage]")).to_have_attribute("data-state", "played")
    page.keyboard.press("Space")
    scrub = page.locator("[data-scrub]")
    box = scrub.bounding_box()
    assert box is not None
    scrub.locator("input").click(position={"x": box["width"] * 3 / 4, "y": box["height"] / 2})
    assert float(scrub.locator("input").input_value()) == pytest.approx(9, abs=0.3)  # of 12 seconds
    toggle, full = page.locator("[data-toggle]").bounding_box(), page.locator("[data-full]").bounding_box()
    assert toggle["x"] < box["x"] + 1 < full["x"]  # as on any machine that plays


@pytest.mark.parametrize("path", ["", "demo/tour/", "embed/demo/tour/", "about/", "tags/make/"])
def test_names_of_files_commands_and_lines_run_to_the_right(visit: Visit, path: str) -> None:
    page = visit(path).page
    page.wait_for_load_state("networkidle")
    assert page.evaluate(WRONG_WAY) == []


def test_columns_of_a_screen_come_first(visit: Visit) -> None:
    page = visit("demo/tour/").page
    size = page.locator("bdi", has_text="80 × 24").first
    expect(size).to_have_css("direction", "ltr")
