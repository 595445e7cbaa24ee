"""A recording in other people's pages: by frame, script and element, on another origin, in a sandbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]
Host = Callable[..., Page]

RATIO = 742.5 / 502.5  # of a terminal of 80 × 24
BAR = 40


@pytest.fixture
def host(browser: Browser, server: Any, elsewhere: Any) -> Iterator[Host]:
    """Opens a page of another origin with `body` in it; `{site}` stands for the site's address."""
    opened = []

    def open_page(body: str, *, style: str = "", sub: bool = False, **options: Any) -> Page:
        written = body.replace("{site}", server.url("", sub=sub))
        elsewhere.files["host.html"] = f'<!doctype html><title>Host</title><body style="{style}">{written}'.encode()
        context = browser.new_context(**options)
        context.set_default_timeout(10_000)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
        opened.append((context, faults))
        page.goto(elsewhere.url("host.html"))
        return page

    yield open_page
    for context, faults in opened:
        context.close()
        assert faults == []


def frame_of(page: Page, path: str = "embed/demo/tour/") -> Frame:
    """The frame that shows the player, once it is there."""
    for _ in range(100):
        for frame in page.frames:
            if path in frame.url:
                frame.wait_for_load_state()
                return frame
        page.wait_for_timeout(50)
    raise AssertionError([frame.url for frame in page.frames])


def plays(frame: Frame) -> None:
    """Press Play and see a line of the recording."""
    frame.locator("[data-play]").click()
    expect(frame.locator("[data-stage]")).to_have_attribute("data-state", "played")
    expect(frame.locator(".ap-term-text")).to_contain_text("make")


def height(page: Page, selector: str = "iframe") -> float:
    return float(page.locator(selector).first.bounding_box()["height"])  # type: ignore[index]


# ---- the three ways


def test_J03_it_plays_in_a_frame(host: Host) -> None:
    page = host('<iframe src="{site}embed/demo/tour/" style="width:742px;height:542px"></iframe>')
    plays(frame_of(page))


@pytest.mark.parametrize("sub", [False, True])
def test_it_plays_by_script_under_any_path(host: Host, sub: bool) -> None:
    page = host('<script src="{site}demo/tour.js" id="asciicast-demo-tour" async></script>', sub=sub)
    frame = frame_of(page)
    assert ("/sub/path/" in frame.url) == sub
    plays(frame)
    box = page.locator("#asciicast-container-demo-tour.asciicast")
    expect(box.locator("iframe#asciicast-iframe-demo-tour")).to_be_visible()


def test_it_plays_as_an_element(host: Host) -> None:
    element = '<castsite-player src="{site}demo/tour/"><a href="{site}demo/tour/">A tour</a></castsite-player>'
    page = host('<script src="{site}castsite-player.js" async></script>' + element)
    frame = frame_of(page)
    plays(frame)
    expect(page.locator("castsite-player iframe")).to_have_attribute("title", "A tour")


def test_the_element_may_be_fetched_as_a_module(host: Host) -> None:
    script = '<script type="module" src="{site}castsite-player.js"></script>'
    page = host(script + '<castsite-player src="demo/tour"></castsite-player>')
    plays(frame_of(page))


@pytest.mark.parametrize("written", ["demo/tour", "demo/tour.cast", "embed/demo/tour/", "/demo/tour/?x=1"])
def test_a_recording_goes_by_each_of_its_addresses(host: Host, written: str) -> None:
    page = host(
        '<script src="{site}castsite-player.js"></script>' + f'<castsite-player src="{written}"></castsite-player>'
    )
    assert frame_of(page).url.endswith("/embed/demo/tour/")


@pytest.mark.parametrize(
    "written", ["https://evil.example/demo/", "//evil.example/x/", "javascript:alert(1)", "../x y/", ""]
)
def test_an_element_shows_nothing_of_another_site(host: Host, written: str) -> None:
    page = host(
        '<script src="{site}castsite-player.js"></script>' + f'<castsite-player src="{written}">Words</castsite-player>'
    )
    expect(page.get_by_text("Words")).to_be_visible()
    assert page.locator("castsite-player iframe").count() == 0


def test_an_element_follows_its_attributes(host: Host) -> None:
    page = host('<script src="{site}castsite-player.js"></script><castsite-player src="demo/tour"></castsite-player>')
    frame_of(page)
    page.locator("castsite-player").evaluate(
        "e => { e.setAttribute('src', 'demo/long'); e.setAttribute('speed', '2'); }"
    )
    assert frame_of(page, "embed/demo/long/").url.endswith("/embed/demo/long/?speed=2")


@pytest.mark.parametrize("allowed", ["allow-scripts", "allow-scripts allow-same-origin allow-popups"])
def test_J03_it_plays_in_a_sandbox(host: Host, allowed: str) -> None:
    page = host('<iframe src="{site}embed/demo/tour/" width="742" height="542" ' + f'sandbox="{allowed}"></iframe>')
    plays(frame_of(page))


def test_J04_others_may_frame_embeds_and_where_it_is_asked_for_nothing_else(
    browser: Browser, server: Any, elsewhere: Any, serve: Any
) -> None:
    with serve(server.files, own_frames=("/demo/tour/*",)) as strict:
        frames = "".join(f'<iframe src="{strict.url(path)}"></iframe>' for path in ("demo/tour/", "embed/demo/tour/"))
        elsewhere.files["host.html"] = f"<!doctype html><title>Host</title>{frames}".encode()
        page = browser.new_page()
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
        page.goto(elsewhere.url("host.html"))
        plays(frame_of(page))
        assert [text for text in told if "frame-ancestors" in text]
        assert not [frame for frame in page.frames if frame.url == strict.url("demo/tour/")]
        page.close()


# ---- what it is asked for


def test_attributes_of_asciinemas_script_reach_the_player(host: Host) -> None:
    asked = (
        'data-start-at="1:05" data-speed="2" data-loop data-theme="nord" data-i="1.5" data-autoplay="&x=1" data-src="x"'
    )
    page = host('<script src="{site}demo/tour.js" id="asciicast-x-y" ' + asked + "></script>")
    query = frame_of(page).url.partition("?")[2]
    assert set(query.split("&")) == {
        "speed=2", "autoplay=%26x%3D1", "loop=1", "theme=nord", "startAt=1%3A05", "idleTimeLimit=1.5",
    }  # fmt: skip
    expect(page.locator("#asciicast-iframe-x-y")).to_be_visible()


def test_a_moment_in_the_query_is_played_and_one_behind_the_hash_is_shown(visit: Visit) -> None:
    page = visit("embed/demo/tour/?t=3").page
    expect(page.locator("[data-toggle]")).to_have_attribute("aria-label", "Pause")
    page = visit("embed/demo/tour/?t=3&autoplay=0").page
    expect(page.locator("[data-stage]")).to_have_attribute("data-state", "shown")
    page = visit("embed/demo/tour/#t=3").page
    expect(page.locator("[data-stage]")).to_have_attribute("data-state", "shown")
    expect(page.locator("[data-now]")).to_have_text("0:03")
    expect(page.locator("[data-toggle]")).to_have_attribute("aria-label", "Play")


@pytest.mark.parametrize(
    "query",
    [
        "t=NaN&speed=1e999&theme=../x&cols=0&rows=99999&src=//evil.example&autoplay=maybe",
        "t=0&cols=80.5&rows=20.5",
    ],
)
def test_C15_values_that_are_none_are_dropped(visit: Visit, query: str) -> None:
    watched = visit(f"embed/demo/tour/?{query}")
    page = watched.page
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-stage]")).not_to_have_attribute("data-state", "played")
    page.locator("[data-play]").click()
    expect(page.locator("[data-stage]")).to_have_attribute("data-state", "played")
    assert page.locator(".asciinema-player-theme-asciinema").count() == 1
    assert {request for request in watched.requests if "evil" in request and "src=" not in request} == set()


def test_another_size_gives_the_frame_other_proportions(visit: Visit) -> None:
    page = visit("embed/demo/tour/?cols=100&rows=20&preload=1").page
    expect(page.locator("[data-stage]")).to_have_attribute("data-state", "shown")
    ratio = page.locator("[data-screening]").evaluate("e => Number(getComputedStyle(e).getPropertyValue('--ar'))")
    assert ratio == pytest.approx(922.5 / 422.5, abs=0.001)


# ---- size and messages


@pytest.mark.parametrize("width", [360, 742, 1100])
def test_the_height_follows_the_width(host: Host, width: int) -> None:
    page = host(
        '<script src="{site}demo/tour.js" id="asciicast-1"></script>',
        style="margin:0",
        viewport={"width": width, "height": 800},
    )
    frame_of(page)
    page.wait_for_function("() => document.querySelector('iframe').style.height")
    assert height(page) == pytest.approx(width / RATIO + BAR, abs=2)
    page.set_viewport_size({"width": 600, "height": 800})
    page.wait_for_function(f"() => Math.abs(document.querySelector('iframe').offsetHeight - {600 / RATIO + BAR}) < 2")


def test_the_default_snippet_keeps_the_proportions_without_any_script(host: Host) -> None:
    look = "width:100%;aspect-ratio:742.5/542.5;height:auto;border:0"
    snippet = '<iframe src="{site}embed/demo/tour/" width="742" height="542" style="' + look + '"></iframe>'
    page = host(snippet, style="margin:0", viewport={"width": 600, "height": 800}, java_script_enabled=False)
    assert height(page) == pytest.approx(600 * 542.5 / 742.5, abs=1)


def test_J06_messages_of_others_change_nothing(host: Host) -> None:
    page = host(
        '<script src="{site}demo/tour.js" id="asciicast-1"></script><iframe id="other" srcdoc="<p>x"></iframe>',
        style="margin:0",
    )
    frame_of(page)
    page.wait_for_function("() => document.querySelector('iframe').style.height")
    before = height(page)
    page.evaluate("postMessage({type: 'bodySize', payload: {height: 3000}}, '*')")
    other = next(frame for frame in page.frames if frame.url == "about:srcdoc")
    other.evaluate("parent.postMessage({type: 'bodySize', payload: {height: 3000}}, '*')")
    assert page.evaluate(
        "new Promise(done => setTimeout(() => done(document.querySelector('iframe').offsetHeight), 200))"
    ) == pytest.approx(before, abs=1)


@pytest.mark.parametrize(
    ("sent", "kept"), [(1, 100), (99_999, 5000), ("NaN", None), ("'9e9'", None), ("'1px;x:y'", None)]
)
def test_J06_a_height_is_a_number_within_bounds(host: Host, sent: object, kept: int | None) -> None:
    page = host('<script src="{site}demo/tour.js" id="asciicast-1"></script>', style="margin:0")
    frame = frame_of(page)
    page.wait_for_function("() => document.querySelector('iframe').style.height")
    before = page.locator("iframe").evaluate("e => e.style.height")
    page.evaluate("addEventListener('message', () => (window.heard ??= document.querySelector('iframe').style.height))")
    frame.evaluate(f"parent.postMessage({{type: 'bodySize', payload: {{height: {sent}}}}}, '*')")
    page.wait_for_function("() => window.heard")  # before the frame itself has put it right
    assert page.evaluate("heard") == (f"{kept}px" if kept else before)


@pytest.mark.parametrize(
    "colour", ["#eeeeee", "oklch(0.98 0 0)", "color-mix(in srgb, white 90%, black)", "color(display-p3 0 1 0)"]
)
def test_the_frame_fits_into_the_text_around_it(host: Host, colour: str) -> None:
    dark = f"background:#111;color:{colour};font:14px Georgia, serif"
    page = host('<script src="{site}demo/tour.js" id="asciicast-1"></script>', style=dark, color_scheme="light")
    frame = frame_of(page)
    expect(frame.locator("html")).to_have_attribute("data-scheme", "dark")
    expect(frame.locator("[data-source]")).to_have_css("font-family", "Georgia, serif")
    expect(frame.locator("[data-source]")).to_have_css("font-size", "14px")


@pytest.mark.parametrize(
    "payload",
    [
        "{color: 'url(//evil.example/x)', fontFamily: 'x;} * {display: none', fontSize: '999999px'}",
        "{color: 'rgb(300, 0, 0); x: y', fontFamily: 'url(x)', fontSize: 'calc(1px * 99)'}",
        "{color: {}, fontFamily: [], fontSize: 12}",
        "null",
    ],
)
def test_what_is_no_style_of_text_is_not_taken(host: Host, payload: str) -> None:
    page = host('<iframe src="{site}embed/demo/tour/"></iframe>')
    frame = frame_of(page)
    source = frame.locator("[data-source]")
    look = """e => [getComputedStyle(e).fontFamily, document.documentElement.dataset.scheme,
        parseFloat(getComputedStyle(e).fontSize) < 20]"""
    before = source.evaluate(look)
    page.evaluate(
        f"document.querySelector('iframe').contentWindow.postMessage({{type: 'textStyle', payload: {payload}}}, '*')"
    )
    page.wait_for_timeout(200)
    assert source.evaluate(look) == before


# ---- the page itself


@pytest.mark.parametrize(("scheme", "width"), [("light", 742), ("dark", 360), ("light", 1100)])
def test_axe_finds_nothing_in_the_frame(visit: Visit, scheme: str, width: int) -> None:
    page = visit("embed/demo/tour/", color_scheme=scheme, viewport={"width": width, "height": 500}).page
    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
    assert found.response["violations"] == [], found.generate_report()


@pytest.mark.parametrize("width", [160, 200, 240, 320, 600])
def test_nothing_in_the_frame_lies_outside_or_over_something_else(visit: Visit, width: int) -> None:
    page = visit("embed/demo/tour/", viewport={"width": width, "height": 300}).page
    start, scrub = (page.locator(one).bounding_box() for one in (".play > span", ".scrub"))
    assert start
    assert scrub
    assert start["x"] + start["width"] <= scrub["x"] + 1
    page.locator("[data-play]").click()
    expect(page.locator("[data-stage]")).to_have_attribute("data-state", "played")
    boxes = [
        box for one in page.locator(".bar :is(button, input, select, a, .clock)").all() if (box := one.bounding_box())
    ]
    spans = sorted((box["x"], box["x"] + box["width"]) for box in boxes)
    assert spans[0][0] >= 0
    assert spans[-1][1] <= width + 1
    assert all(left[1] <= right[0] + 6 for left, right in pairwise(spans)), spans


def test_it_is_worked_by_keyboard(visit: Visit) -> None:
    page = visit("embed/demo/tour/").page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toggle]")).to_be_focused()
    expect(page.locator("[data-toggle]")).to_have_attribute("aria-label", "Pause")
    page.keyboard.press("Space")
    expect(page.locator("[data-toggle]")).to_have_attribute("aria-label", "Play")
    page.keyboard.press("5")
    expect(page.locator("[data-now]")).to_have_text("0:06")


def test_who_goes_on_to_the_recording_goes_on_where_they_are(visit: Visit) -> None:
    page = visit("embed/demo/tour/#t=8").page
    expect(page.locator("[data-now]")).to_have_text("0:08")
    with page.context.expect_page() as opened:
        page.locator("[data-source]").click()
    assert opened.value.url.endswith("/demo/tour/?t=8")


def test_without_scripts_there_are_a_poster_and_a_link(visit: Visit) -> None:
    page = visit("embed/demo/tour/", java_script_enabled=False, viewport={"width": 742, "height": 542}).page
    expect(page.locator(".poster")).to_be_visible()
    expect(page.get_by_role("link", name="Tour")).to_have_attribute("href", "../../../demo/tour/")
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_text("Playing needs JavaScript: asciinema play")).to_be_visible()


# ---- inside a text of the same site


def test_a_player_in_a_text_plays_and_leads_to_its_recording(visit: Visit) -> None:
    page = visit("about/", viewport={"width": 1000, "height": 900}).page
    page.locator(".player").scroll_into_view_if_needed()
    frame = frame_of(page)
    expect(frame.locator("[data-now]")).to_have_text("0:03")
    plays(frame)
    expect(frame.locator("[data-speed]")).to_have_value("2")
    box = page.locator(".player iframe").bounding_box()
    assert box
    assert box["height"] == pytest.approx(box["width"] / RATIO + BAR, abs=1)
    page.get_by_role("link", name="How it is built").click()
    expect(page).to_have_url(re.compile(r"/demo/tour/\?t=3$"))


def test_a_player_in_a_text_follows_the_scheme_the_reader_chooses(visit: Visit) -> None:
    page = visit("about/").page
    page.locator(".player").scroll_into_view_if_needed()
    frame = frame_of(page)
    switch = page.get_by_role("button", name="Colour scheme")
    switch.click()
    switch.click()
    expect(page.locator("html")).to_have_attribute("data-scheme", "dark")
    expect(frame.locator("html")).to_have_attribute("data-scheme", "dark")


def test_a_player_in_a_text_is_a_poster_and_links_without_scripts(visit: Visit) -> None:
    page = visit("about/", java_script_enabled=False).page
    expect(page.get_by_role("link", name="How it is built")).to_be_visible()
    page.locator(".player").scroll_into_view_if_needed()
    expect(page.frame_locator(".player iframe").locator(".poster")).to_be_visible()
