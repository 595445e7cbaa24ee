"""A recording in a file of its own, opened as a file: it is read and played, and asks for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from kinds import THEMES
from offline_files import offline_file, take
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


@pytest.fixture(params=THEMES)
def opened(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the file of a recording: `opened("#t=4")`; keyword arguments are those of a browser context."""
    path = tmp_path / "tour.offline.html"
    path.write_text(offline_file(take(), theme=request.param), encoding="utf-8")
    contexts: list[BrowserContext] = []
    faults: list[str] = []
    asked: list[str] = []

    def open_file(part: str = "", **options: Any) -> Page:
        context = browser.new_context(**options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", lambda told: faults.append(told.text) if told.type in {"error", "warning"} else None)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri() + part)
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert faults == []
    assert {url.partition("#")[0].partition("?")[0] for url in asked if not url.startswith("data:")} == {path.as_uri()}


def test_J08_play_moves_the_clock_and_marks_the_line_that_is_shown(opened: Open) -> None:
    page = opened(viewport={"width": 1200, "height": 900})
    page.get_by_role("button", name="Play 0:12").click()
    expect(page.locator(".log [aria-current]")).to_contain_text("make")
    expect(page.locator("[data-toggle]")).to_have_attribute("aria-label", "Pause")
    expect(page.locator("[data-now]")).to_have_text("0:02")
    expect(page.locator(".ap-term-text")).to_contain_text("$ make")
    page.locator("[data-toggle]").click()
    expect(page.locator("[data-toggle]")).to_have_attribute("aria-label", "Play")


def test_a_time_of_the_transcript_leads_there(opened: Open) -> None:
    page = opened(viewport={"width": 1200, "height": 900})
    page.locator(".log a.tc", has_text="0:08").click()
    expect(page.locator("[data-now]")).to_have_text("0:08")
    expect(page.locator(".log [aria-current]")).to_contain_text("make test")
    expect(page.locator(".outline > li[aria-current]")).to_contain_text("Test")
    expect(page.locator(".ap-term-text")).to_contain_text("make test")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "0:08 of 0:12, chapter Test")
    page.locator(".outline a", has_text="Build").click()
    expect(page.locator("[data-now]")).to_have_text("0:00")


def test_a_click_on_a_line_leads_there(opened: Open) -> None:
    page = opened(viewport={"width": 1200, "height": 900})
    page.locator(".log li", has_text="make test").first.locator("samp, kbd").last.click()
    expect(page.locator("[data-now]")).to_have_text("0:08")
    expect(page.locator(".log [aria-current]")).to_contain_text("make test")


@pytest.mark.parametrize(
    ("part", "clock"), [("#t=8", "0:08"), ("?t=0:06", "0:06"), ("#t=99", "0:12"), ("#t=x", "0:00")]
)
def test_the_address_says_where_it_is_shown_first(opened: Open, part: str, clock: str) -> None:
    page = opened(part)
    expect(page.locator("[data-now]")).to_have_text(clock)
    expect(page.locator(".ap-term-text")).to_have_count(0 if part == "#t=x" else 1)


def test_keys_and_the_slider_move_and_the_end_is_the_end(opened: Open) -> None:
    page = opened("#t=1", viewport={"width": 1200, "height": 900})
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-now]")).to_have_text("0:06")
    page.get_by_role("slider").fill("11.7")
    expect(page.locator("[data-now]")).to_have_text("0:11")
    page.keyboard.press(" ")
    expect(page.locator("[data-now]")).to_have_text("0:12")
    expect(page.locator("[data-toggle]")).to_have_attribute("aria-label", "Play")


def test_whoever_wants_less_motion_has_a_steady_cursor(opened: Open) -> None:
    page = opened(reduced_motion="reduce")
    page.locator("[data-play]").click()
    expect(page.locator(".ap-term")).to_be_visible()
    expect(page.locator("[data-now]")).to_have_text("0:01")
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_recording_can_be_kept(opened: Open) -> None:
    page = opened()
    with page.expect_download() as kept:
        page.locator("[data-save]").click()
    assert kept.value.suggested_filename == "tour.cast"
    assert kept.value.path().read_bytes() == take().data


def test_without_scripts_poster_and_transcript_are_there_and_no_dead_control(opened: Open) -> None:
    page = opened(java_script_enabled=False)
    expect(page.locator(".poster")).to_be_visible()
    expect(page.get_by_text("all 12 tests passed").last).to_be_visible()
    expect(page.locator(".unplayed")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    page.locator(".log a.tc", has_text="0:08").click()
    expect(page.locator(".poster")).to_be_visible()


def test_where_webassembly_is_refused_a_note_stands_in_the_stage(opened: Open) -> None:
    page = opened()
    page.evaluate("delete WebAssembly.Module")
    page.locator("[data-play]").click()
    expect(page.get_by_role("alert")).to_have_text("This recording would not play. The transcript is complete.")
    expect(page.locator("[data-toggle]")).to_have_attribute("aria-label", "Play")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_file_does_not_scroll_sideways(opened: Open, scheme: str) -> None:
    page = opened(viewport={"width": 1200, "height": 900}, color_scheme=scheme)
    options = {"rules": {"target-size": {"enabled": True}}}
    for width in (1200, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.locator("details").evaluate("e => { e.open = !e.open }")
        assert Axe().run(page, context={"exclude": [".ap-wrapper"]}, options=options).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
