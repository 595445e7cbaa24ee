"""The paper theme in a browser: every kind of page, and the scripts of the default theme at work on other markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

KINDS = [
    "",
    "demo/",
    "demo/tour/",
    "tags/",
    "tags/make/",
    "series/a-first-tour/",
    "about/",
    "404.html",
    "embed/demo/tour/",
]

WATCH_SHIFTS = """
window.moved = 0;
new PerformanceObserver(list => list.getEntries().forEach(e => { moved += e.value }))
  .observe({type: "layout-shift", buffered: true});
"""


@pytest.fixture
def server(paper_server: Any) -> Any:
    """What `visit` opens pages of."""
    return paper_server


def violations(page: Page, *, sizes: bool = True) -> list[Any]:
    """Faults that axe finds; `sizes` of targets are looked at where nothing floats over them."""
    # the player's own parts are not ours to judge
    options = {"rules": {"target-size": {"enabled": sizes}}}
    return list(Axe().run(page, context={"exclude": [".ap-wrapper"]}, options=options).response["violations"])


@pytest.mark.parametrize("path", KINDS)
def test_axe_finds_nothing_in_light_and_dark_and_no_page_scrolls_sideways(visit: Visit, path: str) -> None:
    watched = visit(path, color_scheme="light", viewport={"width": 1200, "height": 800})
    page = watched.page
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 800})
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert {url for url in watched.requests if not url.startswith(watched.origin)} == set()


def test_text_is_set_in_a_serif_face_in_one_column_on_paper(visit: Visit) -> None:
    page = visit("demo/tour/", color_scheme="light", viewport={"width": 1200, "height": 800}).page
    style = "e => { const s = getComputedStyle(e); return [s.fontFamily.split(', ').at(-1), s.backgroundColor] }"
    assert page.locator("body").evaluate(style) == ["serif", "rgb(251, 248, 241)"]
    column = page.locator(".notes").bounding_box()
    assert column["width"] == 36 * 16
    assert page.locator(".contents").bounding_box()["x"] == column["x"]


def test_times_hang_in_the_margin_on_the_line_they_belong_to(visit: Visit) -> None:
    page = visit("demo/tour/", viewport={"width": 1200, "height": 800}).page
    edge = page.locator(".notes").bounding_box()["x"]
    row = page.locator(".log li", has_text="compiling")
    time, text = (row.locator(part).bounding_box() for part in (".tc", "samp"))
    assert time["x"] + time["width"] <= edge
    assert text["x"] == edge
    middles = [box["y"] + box["height"] / 2 for box in (time, text)]
    assert middles[0] == pytest.approx(middles[1], abs=1)
    assert page.locator(".log li").first.bounding_box()["height"] == 24


def test_a_time_of_the_transcript_leads_there_and_nothing_moves_on_play(visit: Visit) -> None:
    watched = visit("404.html", viewport={"width": 1200, "height": 1000})
    page = watched.page
    page.add_init_script(WATCH_SHIFTS)
    page.goto(watched.origin + "/demo/tour/")
    page.locator("[data-play]").click()
    expect(page.locator("[data-toggle]")).to_have_attribute("aria-label", "Pause")
    expect(page.locator(".ap-term-text")).to_be_visible()
    page.locator("[data-toggle]").click()
    expect(page.locator("[data-toggle]")).to_have_attribute("aria-label", "Play")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(100)
    assert page.evaluate("moved") < 0.001
    page.locator(".log a.tc", has_text="0:08").click()
    expect(page.locator("[data-now]")).to_have_text("0:08")
    expect(page.locator(".log [aria-current]")).to_contain_text("make test")
    expect(page.locator(".outline > li[aria-current]")).to_contain_text("Test")
    expect(page.locator(".ap-term-text")).to_contain_text("make test")
    assert violations(page, sizes=False) == []


def test_search_inside_leaves_what_is_found_and_marks_it(visit: Visit) -> None:
    page = visit("demo/tour/", viewport={"width": 1200, "height": 800}).page
    page.keyboard.press("/")
    page.keyboard.type("make")
    expect(page.locator(".log li:visible")).to_have_count(2)
    expect(page.locator(".log mark")).to_have_count(2)
    expect(page.locator("[data-count]")).to_have_text("2 lines")
    assert violations(page, sizes=False) == []
    page.keyboard.press("Escape")
    expect(page.locator(".log li:visible")).to_have_count(5)


def test_lists_are_ordered_and_made_compact(visit: Visit) -> None:
    page = visit("demo/", viewport={"width": 1200, "height": 800}).page
    page.get_by_label("Order").select_option("Newest first")
    assert page.locator(".frame h3").all_text_contents()[:2] == ["Tour", "Long"]
    gloss = page.locator(".gloss").first
    expect(gloss).to_have_text("Build it, then test it.")
    page.get_by_role("button", name="Compact").click()
    expect(gloss).to_be_hidden()


def test_without_scripts_all_is_there_and_no_dead_control(visit: Visit) -> None:
    page = visit("demo/tour/", java_script_enabled=False, viewport={"width": 1200, "height": 800}).page
    expect(page.get_by_role("button")).to_have_count(0)
    for text in ("all 12 tests passed", "Chapters and commands", "Files", "Share"):
        expect(page.get_by_text(text).first).to_be_visible()


def test_what_is_selected_of_a_transcript_has_no_times_and_no_words_of_its_controls(visit: Visit) -> None:
    page = visit("demo/tour/").page
    page.evaluate("getSelection().selectAllChildren(document.querySelector('[data-transcript]'))")
    selected = page.evaluate("getSelection().toString()")
    assert "make" in selected
    assert not re.search(r"^\d+:\d\d$|Plain text|Copy link|Aa", selected, re.MULTILINE), selected


def test_on_paper_the_transcript_is_whole_and_dots_are_printed(visit: Visit) -> None:
    page = visit("demo/tour/", viewport={"width": 800, "height": 1000}).page
    page.emulate_media(media="print")
    expect(page.locator(".log li").last).to_be_visible()
    for hidden in (".transport", ".inside", "[data-play]"):
        expect(page.locator(hidden)).to_be_hidden()
    assert page.locator(".leader").first.evaluate("e => getComputedStyle(e).printColorAdjust") == "exact"


@pytest.mark.parametrize("path", ["", "demo/tour/"])
def test_a_title_of_one_very_long_word_does_not_scroll_sideways(visit: Visit, path: str) -> None:
    page = visit(path, viewport={"width": 320, "height": 800}).page
    word = "Donaudampfschifffahrt" * 5
    for part in (".brand", ".foot span"):
        page.locator(part).first.evaluate("(one, word) => one.append(word)", word)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("width", [360, 1280])
def test_a_field_that_opens_over_the_head_leaves_no_half_of_what_is_below(visit: Visit, width: int) -> None:
    page = visit("", viewport={"width": width, "height": 800}).page
    page.keyboard.press("/")
    expect(page.locator(".mast nav")).to_be_hidden()
    assert page.locator(".brand").is_visible() == (width > 832)
    page.keyboard.press("Tab")
    expect(page.locator(".mast nav")).to_be_visible()
