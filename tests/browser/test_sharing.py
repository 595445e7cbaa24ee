"""The share dialog: worked by keyboard, read out, and never other than what is copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

MAY_COPY = {"permissions": ["clipboard-read", "clipboard-write"]}
KINDS = ("iframe", "link", "readme", "script", "component", "markdown", "html", "rst", "asciidoc", "org", "bbcode")
CLIPS = {
    "iframe": "#t=3&amp;end=4.5",
    "script": 'data-start-at="3" data-autoplay="0" data-end="4.5"',
    "component": 'start-at="3" autoplay="0" end="4.5"',
    "html": "?t=3&amp;end=4.5",
}
"""How a clip is written where it is not `?t=3&end=4.5`."""


def opened(visit: Visit, path: str = "demo/tour/", **options: Any) -> Page:
    page: Page = visit(path, **options).page
    page.get_by_role("button", name="Share").first.click()
    expect(page.get_by_role("dialog", name="Share")).to_be_visible()
    return page


def snippet(page: Page) -> str:
    return page.locator(".snippet:visible code").inner_text()


def test_it_is_worked_by_keyboard_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit("demo/tour/", **MAY_COPY).page
    button = page.get_by_role("button", name="Share").first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="Frame")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Link")).to_be_checked()
    expect(page.get_by_role("heading", name="Link")).to_be_visible()
    for _ in range(5):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == snippet(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="Link")).to_be_focused()


def test_keys_of_the_player_rest_while_it_is_open(visit: Visit) -> None:
    page = opened(visit)
    page.keyboard.press("5")
    expect(page.locator("[data-now]")).to_have_text("0:00")


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(visit: Visit, kind: str) -> None:
    page = opened(visit, color_scheme="dark" if kind == "rst" else "light")
    page.locator(f"dialog [value={kind}]").check()
    expect(page.locator(".snippet:visible")).to_have_count(1)
    found = Axe().run(page, context={"include": ["dialog"]}, options={"rules": {"target-size": {"enabled": True}}})
    assert found.response["violations"] == [], found.generate_report()


def test_snippets_hold_the_address_of_the_site_wherever_it_is(visit: Visit, server: Any) -> None:
    page = opened(visit, sub=True)
    root = server.url("", sub=True)
    assert f'<iframe src="{root}embed/demo/tour/" title="Tour"' in snippet(page)
    for kind in KINDS:
        page.locator(f"dialog [value={kind}]").check()
        assert root in snippet(page)
        assert "undefined" not in snippet(page)


def test_a_moment_rewrites_every_snippet(visit: Visit) -> None:
    page = visit("demo/tour/?t=7.5").page
    expect(page.locator("[data-now]")).to_have_text("0:07")
    page.get_by_role("button", name="Share").first.click()
    at = page.get_by_label("Moment to start at")
    expect(at).to_have_value("0:07")
    page.get_by_label("Start at", exact=True).check()
    assert "/embed/demo/tour/#t=7" in snippet(page)
    at.fill("0:03.5")
    shown = {"link": "?t=3.5", "script": 'data-start-at="3.5" data-autoplay="0"', "component": 'start-at="3.5"'}
    for kind in KINDS:
        page.locator(f"dialog [value={kind}]").check()
        assert shown.get(kind, "t=3.5") in snippet(page)
    at.fill("soon")
    expect(at).to_have_attribute("aria-invalid", "true")
    assert "t=" not in snippet(page)
    page.get_by_label("Start at", exact=True).uncheck()
    assert "t=" not in snippet(page)


def clipped(page: Page, start: str, end: str) -> None:
    page.get_by_label("Moment to start at").fill(start)
    page.get_by_label("Moment to stop at").fill(end)


def test_a_clip_rewrites_every_snippet(visit: Visit) -> None:
    page = opened(visit)
    assert page.get_by_label("Moment to stop at").input_value() == "0:12"  # all of it
    clipped(page, "0:03", "0:04.5")
    expect(page.get_by_label("Until", exact=True)).to_be_checked()
    for kind in KINDS:
        page.locator(f"dialog [value={kind}]").check()
        assert CLIPS.get(kind, "?t=3&end=4.5") in snippet(page)
    page.locator("dialog [value=iframe]").check()
    assert str(page.locator("dialog iframe").get_attribute("src")).endswith("#t=3&end=4.5")
    page.get_by_label("Until", exact=True).uncheck()
    assert "#t=3" in snippet(page)
    assert "end=" not in snippet(page)


def test_an_end_needs_a_start_before_it(visit: Visit) -> None:
    page = opened(visit)
    page.locator("dialog [value=link]").check()
    begin, until = page.get_by_label("Start at", exact=True), page.get_by_label("Until", exact=True)
    at, to = page.get_by_label("Moment to start at"), page.get_by_label("Moment to stop at")
    expect(to).to_have_attribute("aria-invalid", "false")
    until.check()
    expect(begin).to_be_checked()
    assert snippet(page).endswith("/?t=0&end=12")
    for start, end in (("0:05", "0:05"), ("0:05", "0:03"), ("0:05", "soon"), ("0:05", "")):
        clipped(page, start, end)
        expect(to).to_have_attribute("aria-invalid", "true")
        expect(at).to_have_attribute("aria-invalid", "false")
        assert snippet(page).endswith("/?t=5")
    clipped(page, "later", "0:07")
    expect(at).to_have_attribute("aria-invalid", "true")
    expect(to).to_have_attribute("aria-invalid", "true")
    assert snippet(page).endswith("/demo/tour/")
    clipped(page, "0:05", "0:07")
    begin.uncheck()
    expect(to).to_have_attribute("aria-invalid", "true")
    assert snippet(page).endswith("/demo/tour/")
    until.uncheck()
    expect(to).to_have_attribute("aria-invalid", "false")


def test_a_link_that_was_pasted_plays_the_clip_and_stops(visit: Visit) -> None:
    page = opened(visit)
    page.locator("dialog [value=link]").check()
    clipped(page, "0:02.5", "0:03.2")
    link = snippet(page)
    page.goto(link)
    expect(page.locator("[data-scrub] input")).to_have_value("2.5")
    plays_until(page, "3.2")


def test_a_frame_that_was_pasted_plays_the_clip_and_stops(visit: Visit) -> None:
    page = opened(visit)
    clipped(page, "0:02.5", "0:03.2")
    page.goto(str(page.locator("dialog iframe").evaluate("e => e.src")))
    expect(page.locator("[data-scrub] input")).to_have_value("2.5")
    plays_until(page, "3.2")


def plays_until(page: Page, end: str) -> None:
    toggle = page.locator("[data-toggle]")
    page.locator("[data-play]").click()
    expect(toggle).to_have_attribute("aria-label", "Pause")
    expect(toggle).to_have_attribute("aria-label", "Play")
    expect(page.locator("[data-scrub] input")).to_have_value(end)


def test_a_readme_is_seen_as_it_will_be(visit: Visit) -> None:
    page = opened(visit)
    page.locator("dialog [value=readme]").check()
    assert "/demo/tour.gif)](" in snippet(page)
    picture = page.locator("dialog .seen img")
    assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") == 3


@pytest.mark.parametrize(("scheme", "shown"), [("light", "demo/resized.light.svg"), ("dark", "demo/resized.svg")])
def test_a_readme_without_motion_is_light_or_dark(visit: Visit, server: Any, scheme: str, shown: str) -> None:
    page = opened(visit, "demo/resized/", color_scheme=scheme)
    page.locator("dialog [value=readme]").check()
    picture = page.locator("dialog .seen img")
    assert picture.evaluate("e => e.decode().then(() => e.src)") == server.url(shown)
    pasted = snippet(page)
    page.keyboard.press("Escape")
    page.locator("main").evaluate("(e, html) => { e.innerHTML = html }", pasted)
    assert page.locator("main img").evaluate("e => e.decode().then(() => e.currentSrc)") == server.url(shown)


def test_an_export_is_downloaded_under_its_name(visit: Visit) -> None:
    page = visit("demo/tour/").page
    for ending in (".gif", ".light.svg", ".offline.html"):
        with page.expect_download() as waited:
            page.locator("#files").get_by_role("link", name=ending, exact=True).click()
        assert waited.value.suggested_filename == f"tour{ending}"


def test_previews_show_what_comes_of_it(visit: Visit) -> None:
    page = opened(visit)
    frame = page.frame_locator("dialog iframe")
    expect(frame.locator("[data-play]")).to_be_visible()
    page.locator("dialog [value=markdown]").check()
    picture = page.locator("dialog .seen img")
    expect(picture).to_be_visible()
    assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") in (742, 743)
    page.locator("dialog [value=link]").check()
    expect(page.locator("dialog .seen")).to_be_hidden()
    page.locator("dialog [value=script]").check()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("iframe")).to_have_count(0)


def test_it_fits_a_phone(visit: Visit) -> None:
    page = opened(visit, viewport={"width": 320, "height": 640})
    page.locator("dialog [value=readme]").check()
    assert page.locator("dialog").evaluate("e => e.scrollWidth <= e.clientWidth")
    page.get_by_role("button", name="Copy", exact=True).scroll_into_view_if_needed()
    box = page.get_by_role("button", name="Copy", exact=True).bounding_box()
    assert box
    assert box["x"] + box["width"] <= 320


def test_without_scripts_there_is_a_list_and_no_dead_control(visit: Visit) -> None:
    page = visit("demo/tour/", java_script_enabled=False).page
    page.get_by_role("link", name="Share").click()
    expect(page.get_by_role("heading", name="Share")).to_be_visible()
    expect(page.get_by_role("link", name="player alone")).to_have_attribute("href", "../../embed/demo/tour/")
    expect(page.locator("#share").get_by_role("button")).to_have_count(0)
    expect(page.locator("#share").get_by_role("radio")).to_have_count(0)


def test_where_the_dialog_does_not_come_the_list_is_shown(visit: Visit) -> None:
    watched = visit("demo/tour/")
    watched.meant = ["failed:", "console: Failed to load resource"]
    page = watched.page
    page.route("**/share.*.js", lambda route: route.abort())
    expect(page.locator("#share")).to_be_hidden()
    page.get_by_role("button", name="Share").first.click()
    expect(page.get_by_role("heading", name="Share")).to_be_in_viewport()
    expect(page.get_by_role("link", name="player alone")).to_be_visible()
    page.unroute("**/share.*.js")
    page.get_by_role("button", name="Share").first.click()
    expect(page.get_by_role("dialog", name="Share")).to_be_visible()
