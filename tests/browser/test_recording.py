"""The page of a recording: it plays, every time on it leads into the recording, and nothing moves or breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

FAULT = "This recording would not play. The transcript is complete, and the file can be downloaded."

RECORD_OPTIONS = """
window.created = [];
let found;
Object.defineProperty(window, "AsciinemaPlayer", {
  get: () => found && {
    create: (src, box, options) => {
      created.push(options);
      return found.create(src, box, options);
    },
  },
  set: (value) => { found = value; },
});
"""


NAME_OF_FOCUS = """
(one => one.getAttribute("aria-label") || (one.labels?.[0] ?? one).textContent.replace(/\\s+/g, " ").trim())
(document.activeElement)
"""


def stage(page: Page) -> Any:
    return page.locator("[data-stage]")


def screen(page: Page) -> Any:
    return page.locator(".ap-term-text")


def play_button(page: Page) -> Any:
    """Ours: the player has a button of that name as well."""
    return page.get_by_role("button", name="Play 0:")


def play(page: Page) -> None:
    play_button(page).click()
    expect(stage(page)).to_have_attribute("data-state", "played")


@pytest.mark.parametrize("sub", [False, True])
def test_J01_J09_the_player_plays_under_the_policy_at_any_address(visit: Visit, sub: bool) -> None:
    page = visit("demo/tour/", sub=sub).page
    play(page)
    expect(screen(page)).to_contain_text("compiling")


def test_nothing_is_fetched_for_the_player_before_it_is_wanted(visit: Visit) -> None:
    watched = visit("demo/tour/")
    watched.page.wait_for_load_state("networkidle")
    assert [url for url in watched.requests if "/player/" in url or url.endswith(".cast")] == []
    play(watched.page)
    assert [url.rpartition("/")[2] for url in watched.requests if url.endswith(".cast")] == ["tour.cast"]


@pytest.mark.parametrize(
    ("path", "width"), [("demo/tour/", 1440), ("demo/tour/", 360), ("demo/resized/", 1440), ("demo/long/", 768)]
)
def test_nothing_moves_when_it_plays(visit: Visit, path: str, width: int) -> None:
    page = visit(path, viewport={"width": width, "height": 900}).page
    page.evaluate("document.fonts.ready")
    parts = ".stage, .scrub, .transport, .outline, #transcript, .foot"
    place = "[one.x, one.y + scrollY, one.width, one.height].map(Math.round)"  # it may be brought into the window
    places = f"[...document.querySelectorAll('{parts}')].map(e => e.getBoundingClientRect()).map(one => {place})"
    play_button(page).evaluate("button => button.focus({preventScroll: true})")
    before = page.evaluate(places)
    page.keyboard.press("Enter")
    expect(stage(page)).to_have_attribute("data-state", "played")
    expect(screen(page)).to_be_visible()
    assert page.evaluate(places) == before
    box, player = stage(page).bounding_box(), page.locator(".ap-player").bounding_box()
    assert player["width"] <= box["width"] + 1
    assert player["height"] <= box["height"] + 1
    assert player["width"] >= 0.97 * box["width"]


def bottom(page: Page) -> float:
    """Where the controls end, in pixels from the top of the window."""
    found: float = page.locator("[data-transport]").evaluate("(one) => one.getBoundingClientRect().bottom")
    return found


@pytest.mark.parametrize("size", [(1024, 768), (1280, 600), (1280, 720), (1366, 768), (1440, 900), (1920, 1080)])
@pytest.mark.parametrize("path", ["demo/tour/", "demo/long/", "demo/told/"])
def test_the_screen_fills_its_column_or_with_its_controls_the_window(
    visit: Visit, path: str, size: tuple[int, int]
) -> None:
    width, height = size
    page = visit(path, viewport={"width": width, "height": height}).page
    page.evaluate("document.fonts.ready")
    box, column = stage(page).bounding_box(), page.locator("[data-transport]").bounding_box()
    assert box is not None
    assert column is not None
    together = bottom(page) - box["y"]
    assert together <= height + 1
    assert box["width"] >= column["width"] - 1 or together >= height - 16
    expect(page.locator("[data-play] > span")).to_be_in_viewport(ratio=1)
    assert box["y"] < height / 2
    assert page.evaluate("scrollY") == 0
    play(page)
    assert bottom(page) <= height + 1
    assert stage(page).evaluate("(one) => one.getBoundingClientRect().top") >= -1


@pytest.mark.parametrize("way", ["play", "space", "address", "fragment"])
@pytest.mark.parametrize("size", [(1280, 720), (360, 740), (740, 360)])
def test_what_plays_or_shows_a_moment_is_in_the_window_with_its_controls(
    visit: Visit, server: Any, way: str, size: tuple[int, int]
) -> None:
    width, height = size
    watched = visit("404.html", viewport={"width": width, "height": height})
    page = watched.page
    many = b"Words that describe it at length. " * 40
    body = server.files["demo/tour/index.html"].replace(b"Build it, then <em>test</em> it.", many)
    assert many in body
    page.route("**/demo/tour/*", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(server.url("demo/tour/" + {"address": "?t=2", "fragment": "#t=2"}.get(way, "")))
    if way == "play":
        page.locator("[data-play]").evaluate("(one) => one.click()")
    elif way == "space":
        stage(page).evaluate("(one) => scrollTo(0, one.getBoundingClientRect().top - innerHeight / 2)")
        page.keyboard.press(" ")
    expect(stage(page)).to_have_attribute("data-state", re.compile("shown|played"))
    top = stage(page).evaluate("(one) => one.getBoundingClientRect().top")
    assert top >= -1
    assert bottom(page) <= height + 1 or top <= 1


def test_who_reads_the_transcript_is_left_there_when_it_plays(visit: Visit) -> None:
    page = visit("demo/long/", viewport={"width": 1000, "height": 700}).page
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.keyboard.press(" ")
    expect(stage(page)).to_have_attribute("data-state", "played")
    expect(stage(page)).not_to_be_in_viewport()


def test_a_resize_stays_in_the_box(visit: Visit) -> None:
    page = visit("demo/resized/?t=4").page
    expect(screen(page)).to_contain_text("after")
    box, player = stage(page).bounding_box(), page.locator(".ap-player").bounding_box()
    assert player["height"] <= box["height"] + 1
    assert page.locator(".ap-term").evaluate("e => e.style.getPropertyValue('--term-cols')") == "100"


def test_a_line_a_chapter_and_a_command_lead_to_their_second(visit: Visit) -> None:
    page = visit("demo/tour/").page
    for link, shown, hidden in (
        (page.locator(".log a.tc", has_text="0:06"), "done", "make test"),
        (page.locator(".chapter-link", has_text="Test"), "done", "make test"),
        (page.locator(".log a.tc", has_text="0:10"), "all 12 tests passed", "\0"),
        (page.locator(".cmd a", has_text="make").first, "\0", "$ make"),
    ):
        link.click()
        if shown != "\0":
            expect(screen(page)).to_contain_text(shown)
        if hidden != "\0":
            expect(screen(page)).not_to_contain_text(hidden)
    assert "?" not in page.url


def test_the_outline_and_the_transcript_say_where_playback_is(visit: Visit) -> None:
    page = visit("demo/tour/").page
    page.locator(".log a.tc", has_text="0:08").click()
    expect(page.locator(".log [aria-current]")).to_contain_text("make test")
    expect(page.locator(".outline > [aria-current]")).to_contain_text("Test")
    page.locator(".chapter-link", has_text="Build").click()
    expect(page.locator(".outline > [aria-current]")).to_contain_text("Build")
    expect(page.locator(".log [aria-current]")).to_have_count(0)
    play(page)
    expect(page.locator(".log [aria-current]")).to_contain_text("make")


@pytest.mark.parametrize("address", ["?t=0:06", "?t=6", "?t=6.2", "#t=0:00:06", "?t=1#t=6"])
def test_an_address_can_name_a_moment(visit: Visit, address: str) -> None:
    page = visit(f"demo/tour/{address}").page
    expect(screen(page)).to_contain_text("done")
    expect(screen(page)).not_to_contain_text("make test")
    expect(play_button(page)).to_be_visible()
    play(page)


def test_a_changed_fragment_leads_to_its_moment(visit: Visit) -> None:
    page = visit("demo/tour/").page
    page.evaluate("location.hash = 't=10'")
    expect(screen(page)).to_contain_text("all 12 tests passed")


def test_C15_hostile_parameters_change_nothing(visit: Visit) -> None:
    watched = visit("demo/tour/?t=NaN&speed=1e999&theme=../x&src=//evil.example#t=1e999")
    watched.page.wait_for_load_state("networkidle")
    assert [url for url in watched.requests if url.endswith(".cast")] == []
    play(watched.page)
    assert [url.rpartition("/")[2] for url in watched.requests if url.endswith(".cast")] == ["tour.cast"]


def test_a_moment_beyond_the_end_is_the_end(visit: Visit) -> None:
    page = visit("demo/tour/?t=99:59:59").page
    expect(screen(page)).to_contain_text("all 12 tests passed")


def test_written_times_are_read_exactly(visit: Visit, server: Any) -> None:
    page = visit("").page
    module = next(name for name in server.files if name.startswith("assets/js/time."))
    cases = {
        "12.5": 12.5, "1:05": 65, "1:02:03": 3723, "1:02:03.4": 3723.4, "90": 90, "0": 0, " 7 ": 7, "90:00": 5400,
        "": None, "1:60": None, "1:60:00": None, "-1": None, "1e3": None, "NaN": None, "Infinity": None,
        "1:2:3:4": None, "1:": None, ":5": None, "0x10": None, "1.": None, "99999999": None, "1m5s": None,
    }  # fmt: skip
    found = page.evaluate(
        "async ([url, texts]) => { const {seconds} = await import(url); return texts.map(seconds); }",
        [f"/{module}", list(cases)],
    )
    assert dict(zip(cases, found, strict=True)) == cases


@pytest.mark.parametrize("slug", ["random", "clock", "ws", "benchmark"])
def test_C08_names_of_drivers_are_ordinary_recordings(visit: Visit, slug: str) -> None:
    watched = visit(f"{slug}/")
    play(watched.page)
    expect(screen(watched.page)).to_contain_text("hi")
    assert [url for url in watched.requests if url.endswith(f"/{slug}.cast")]


def test_autoplay_starts_by_itself(visit: Visit) -> None:
    expect(stage(visit("alone/").page)).to_have_attribute("data-state", "played")


def test_who_asked_for_less_motion_gets_no_autoplay_and_a_steady_cursor(visit: Visit, server: Any) -> None:
    watched = visit("about/", reduced_motion="reduce")
    watched.page.add_init_script(RECORD_OPTIONS)
    watched.page.goto(server.url("alone/"))
    watched.page.wait_for_load_state("networkidle")
    assert stage(watched.page).get_attribute("data-state") is None
    play(watched.page)
    assert watched.page.evaluate("created.map(options => options.cursorMode)") == ["steady"]
    assert watched.page.locator("[data-stage]").evaluate("e => getComputedStyle(e, '::after').animationName") == "none"


def test_J05_without_javascript_everything_stands_on_the_page(visit: Visit) -> None:
    page = visit("demo/tour/", java_script_enabled=False).page
    expect(page.get_by_role("img", name="The screen at 0:09")).to_be_visible()
    expect(page.get_by_text("all 12 tests passed").last).to_be_visible()
    assert [button for button in page.locator("button, select, input").all() if button.is_visible()] == []
    page.locator(".log a.tc").first.click()
    assert page.url.endswith("/demo/tour/?t=1")


def failing(page: Page) -> None:
    play_button(page).click()
    expect(page.get_by_role("alert")).to_have_text(FAULT)
    expect(page.get_by_role("alert").get_by_role("link")).to_have_attribute("href", "../tour.cast")
    expect(page.get_by_role("img", name="The screen at 0:09")).to_be_visible()


def test_J05_a_player_with_other_bytes_is_refused_and_said(visit: Visit) -> None:
    watched = visit("demo/tour/")
    watched.meant = ["console: Failed to find a valid digest", "failed:"]
    watched.page.route("**/asciinema-player.min.*.js", changed)
    failing(watched.page)


def changed(route: Route) -> None:
    response = route.fetch()
    route.fulfill(response=response, body=response.text() + "\n")


def test_J05_a_missing_recording_is_said(visit: Visit) -> None:
    watched = visit("demo/tour/")
    watched.meant = ["console: Failed to load resource", "failed:"]
    watched.page.route("**/tour.cast", lambda route: route.fulfill(status=404, body="no"))
    failing(watched.page)


def test_J05_a_damaged_recording_is_said(visit: Visit) -> None:
    watched = visit("demo/tour/")
    watched.page.route(
        "**/tour.cast", lambda route: route.fulfill(body='{"version": 2, "width": 80, "height": 24}\n[1, "o')
    )
    failing(watched.page)


def test_J05_a_policy_without_wasm_is_said(visit: Visit, server: Any) -> None:
    watched = visit("about/")
    watched.meant = [
        "console: Compiling or instantiating WebAssembly",
        "console: Refused to compile",
        "error: CompileError",
    ]
    strict = "script-src 'self'; style-src 'self'; connect-src 'self'"

    def strictly(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, headers=response.headers | {"content-security-policy": strict})

    watched.page.route("**/demo/tour/", strictly)
    watched.page.goto(server.url("demo/tour/"))
    failing(watched.page)


def test_after_a_fault_the_next_try_begins_anew(visit: Visit) -> None:
    watched = visit("demo/tour/")
    watched.meant = ["console: Failed to load resource", "failed:"]
    watched.page.route("**/asciinema-player.min.*.js", lambda route: route.abort())
    failing(watched.page)
    watched.page.unroute("**/asciinema-player.min.*.js")
    watched.page.locator(".log a.tc", has_text="0:10").click()
    expect(screen(watched.page)).to_contain_text("all 12 tests passed")
    expect(watched.page.get_by_role("alert")).to_have_count(0)


def test_commands_are_copied_without_their_prompt(visit: Visit, server: Any) -> None:
    watched = visit("demo/tour/")
    page = watched.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.origin)
    page.get_by_role("button", name="Copy command: make test", exact=True).last.click()
    expect(page.get_by_role("status").get_by_text("Copied", exact=True)).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == "make test"
    page.get_by_role("button", name="Copy all").click()
    expect(page.get_by_role("button", name="Copy all")).to_have_attribute("data-done", "")
    assert page.evaluate("navigator.clipboard.readText()") == "make\nmake test"


def test_the_keyboard_reaches_everything_in_the_order_it_is_seen(visit: Visit) -> None:
    page = visit("demo/tour/").page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    seen = []
    for _ in range(22):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(NAME_OF_FOCUS))
    masthead = ["Scrollback", "Recordings", "About", "Find any line ever shown", "Colour scheme: system"]
    assert seen[:11] == [*masthead, "Recordings", "Demo", "A first tour", "Files", "Share", "Play0:12"]
    controls = ["Position", "Play", "Previous output", "Next output", "Speed", "Skip pauses", "Keys"]
    assert seen[11:20] == [*controls, "Share", "Full screen"]
    assert "Copy all" in seen
    play_button(page).focus()
    page.keyboard.press("Enter")
    expect(stage(page)).to_have_attribute("data-state", "played")


def test_storage_stays_empty(visit: Visit) -> None:
    page = visit("demo/tour/").page
    play(page)
    kept = page.evaluate("JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage), document.cookie])")
    assert json.loads(kept) == [[], [], ""]


def test_paper_shows_poster_and_transcript_and_no_controls(visit: Visit) -> None:
    page = visit("demo/tour/").page
    page.emulate_media(media="print")
    assert not play_button(page).is_visible()
    assert not page.locator(".copy").first.is_visible()
    expect(page.locator(".stage > .poster")).to_be_visible()
    expect(page.get_by_text("compiling").last).to_be_visible()
