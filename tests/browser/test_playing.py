"""Playing a recording by the page's own controls: nothing moves, no place is lost, every key does what its map says."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import gallery
import pytest
from axe_playwright_python.sync_playwright import Axe
from gallery import analysis, chapter, line, recording, site
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

WATCH_SHIFTS = """
window.moved = [0, 0];  // anything at all, anything outside the screen
const outside = source => !(source.node?.closest ? source.node : source.node?.parentElement)?.closest(".screen");
new PerformanceObserver(list => list.getEntries().forEach(e => {
  moved[0] += e.value;
  if (e.sources.some(outside)) moved[1] += e.value;
})).observe({type: "layout-shift", buffered: true});
window.typefaces = 0;  // when they were there
document.fonts.addEventListener("loadingdone", () => { typefaces = performance.now(); });
"""
ARE_LATE = "typefaces > performance.getEntriesByName('first-contentful-paint')[0].startTime"

PAINTS = "performance.getEntriesByType('paint').length"

CHANGE_SPEED = """
async speed => {
  const select = document.querySelector("[data-speed]"), old = document.querySelector(".screen");
  const next = test => new Promise(found => document.addEventListener("castsite:time", function hear(event) {
    if (!test(event)) return;
    document.removeEventListener("castsite:time", hear);
    found({time: event.detail.time, now: performance.now()});
  }));
  const before = await next(() => true), rate = Number(select.value);
  const begun = performance.now(), there = before.time + (begun - before.now) / 1000 * rate;
  select.value = speed;
  select.dispatchEvent(new Event("change"));
  const after = await next(() => !old.isConnected);
  return {lost: Math.abs(after.time - there), took: after.now - begun};
}
"""


def stage(page: Page) -> Any:
    return page.locator("[data-stage]")


def screen(page: Page) -> Any:
    return page.locator(".ap-term-text")


def toggle(page: Page) -> Any:
    return page.locator("[data-toggle]")


def slider(page: Page) -> Any:
    return page.get_by_role("slider", name="Position")


def start(page: Page) -> None:
    toggle(page).click()
    playing(page)


def playing(page: Page) -> None:
    expect(toggle(page)).to_have_attribute("aria-label", "Pause")


def paused(page: Page) -> None:
    expect(toggle(page)).to_have_attribute("aria-label", "Play")


def place(page: Page) -> float:
    return float(slider(page).input_value())


def wait(page: Page, test: str) -> None:
    """Ask from here: the policy of the page lets nobody compile a text in it again and again."""
    for _ in range(200):
        if page.evaluate(f"Boolean({test})"):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {test}")


def settled(page: Page, at: float) -> None:
    place_is = f"Math.abs(document.querySelector('[data-scrub] input').value - {at}) < 0.05"
    wait(page, f"{place_is} && ['shown', 'played'].includes(document.querySelector('[data-stage]').dataset.state)")


def module(server: Any, name: str) -> str:
    return f"/{next(path for path in server.files if re.fullmatch(rf'assets/js/{name}[.][a-z0-9]+[.]js', path))}"


# ---- the controls


def test_the_controls_say_where_playback_is(visit: Visit) -> None:
    page = visit("demo/tour/").page
    expect(slider(page)).to_have_attribute("aria-valuetext", "0:00 of 0:12")
    page.locator(".log a.tc", has_text="0:08").click()
    expect(slider(page)).to_have_attribute("aria-valuetext", "0:08 of 0:12, chapter Test")
    expect(page.locator("[data-now]")).to_have_text("0:08")
    part = page.locator(".scrub .played").evaluate("e => getComputedStyle(e).clipPath")
    assert part.startswith("inset(0px 33.3")


def test_controls_play_and_pause(visit: Visit) -> None:
    page = visit("demo/tour/").page
    start(page)
    expect(screen(page)).to_contain_text("$ make")
    toggle(page).click()
    paused(page)
    at = place(page)
    assert at > 0.5
    start(page)
    wait(page, f"document.querySelector('[data-scrub] input').value > {at} + 0.3")


def test_the_scrubber_leads_to_any_moment(visit: Visit) -> None:
    page = visit("demo/tour/").page
    slider(page).scroll_into_view_if_needed()
    box = slider(page).bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    expect(screen(page)).to_contain_text("all 12 tests passed")
    assert place(page) == pytest.approx(10.8, abs=0.1)
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2)
    expect(screen(page)).not_to_contain_text("done")
    expect(screen(page)).to_contain_text("compiling")


def test_every_tick_is_told_and_a_moment_can_be_asked_for(visit: Visit) -> None:
    page = visit("demo/tour/").page
    page.evaluate("window.told = []; document.addEventListener('castsite:time', e => told.push(e.detail.time))")
    page.evaluate("document.dispatchEvent(new CustomEvent('castsite:seek', {detail: {time: 6}}))")
    expect(screen(page)).to_contain_text("done")
    paused(page)
    page.evaluate("document.dispatchEvent(new CustomEvent('castsite:seek', {detail: {time: 7, end: 9, play: true}}))")
    playing(page)
    paused(page)
    settled(page, 9)
    told = page.evaluate("told")
    assert told[0] == 6
    assert len([time for time in told if 7 < time < 9]) > 8
    page.evaluate("document.dispatchEvent(new CustomEvent('castsite:seek', {detail: {time: 'soon'}}))")
    assert place(page) == pytest.approx(9, abs=0.01)


def test_the_player_shows_no_controls_of_its_own(visit: Visit) -> None:
    page = visit("demo/tour/").page
    start(page)
    expect(page.locator(".ap-control-bar")).to_have_count(0)


def test_the_controls_stick_above_the_transcript(visit: Visit) -> None:
    page = visit("demo/long/", viewport={"width": 1440, "height": 600}).page
    page.locator(".log > li").nth(150).scroll_into_view_if_needed()
    expect(page.locator("[data-transport]")).to_be_in_viewport()
    assert page.locator("[data-transport]").bounding_box()["y"] == 0


# ---- another speed, without pauses


def test_another_speed_keeps_the_place(visit: Visit) -> None:
    watched = visit("demo/tour/")
    page = watched.page
    start(page)
    tries = []
    for speed in ("1.5", "0.75", "2", "1", "0.5"):
        page.wait_for_timeout(250)  # well into playing
        tries.append(page.evaluate(CHANGE_SPEED, speed))
        playing(page)
    assert min(one["lost"] for one in tries) <= 0.05, tries
    assert min(one["took"] for one in tries) <= 150, tries
    assert len([url for url in watched.requests if url.endswith(".cast")]) == 1
    assert page.locator(".screen").count() == 1


def test_another_speed_while_paused_stays_paused_and_shows_the_same(visit: Visit) -> None:
    page = visit("demo/tour/?t=6").page
    settled(page, 6)
    page.evaluate("window.old = document.querySelector('.screen')")
    page.get_by_label("Speed").select_option("3")
    wait(page, "!old.isConnected")
    expect(screen(page)).to_contain_text("done")
    expect(screen(page)).not_to_contain_text("make test")
    paused(page)
    assert place(page) == pytest.approx(6, abs=0.01)


def test_skipping_pauses_changes_the_length_and_no_time_that_is_shown(visit: Visit) -> None:
    page = visit("demo/tour/").page
    skip = page.get_by_role("button", name="Skip pauses")
    skip.click()
    expect(skip).to_have_attribute("aria-pressed", "true")
    page.locator(".log a.tc", has_text="0:06").click()
    settled(page, 6)
    expect(screen(page)).to_contain_text("done")
    expect(screen(page)).not_to_contain_text("make test")
    begun = page.evaluate("performance.now()")
    start(page)
    wait(page, "document.querySelector('[data-scrub] input').value >= 12")
    assert page.evaluate("performance.now()") - begun < 5000  # 6 seconds of pauses became 1.5
    expect(page.locator("[data-now]")).to_have_text("0:12")


def test_pauses_can_be_skipped_and_kept_while_it_plays(visit: Visit) -> None:
    page = visit("demo/tour/").page
    start(page)
    skip = page.get_by_role("button", name="Skip pauses")
    for pressed in ("true", "false"):
        page.evaluate("window.old = document.querySelector('.screen')")
        before = place(page)
        skip.click()
        expect(skip).to_have_attribute("aria-pressed", pressed)
        wait(page, "!old.isConnected")
        playing(page)
        assert place(page) >= before


def test_both_timelines_are_translated_exactly(visit: Visit, server: Any) -> None:
    page = visit("").page
    found = page.evaluate(
        """async url => {
          const { timeline } = await import(url);
          const { inPlayer, onPage } = timeline([1, 1.2, 4.2, 4.4, 10], 0.5);
          const plain = timeline([1, 9], null);
          return {
            there: [0, 0.3, 0.7, 1, 1.1, 1.2, 1.6, 3, 4.2, 4.3, 9, 10].map(inPlayer),
            back: [0, 0.3, 0.5, 0.6, 0.7, 1.1, 1.2, 1.3, 1.9].map(onPage),
            round: [0, 0.2, 1, 1.1, 1.2, 1.5, 4.2, 4.3, 4.4, 4.8, 10].map(t => onPage(inPlayer(t)) - t),
            plain: [0, 5, 9].map(plain.inPlayer).concat([0, 5, 9].map(plain.onPage)),
          };
        }""",
        module(server, "cast"),
    )
    assert found["there"] == pytest.approx([0, 0.3, 0.5, 0.5, 0.6, 0.7, 1.1, 1.2, 1.2, 1.3, 1.9, 1.9])
    assert found["back"] == pytest.approx([0, 0.3, 1, 1.1, 1.2, 1.6, 4.2, 4.3, 10])
    assert found["round"] == pytest.approx([0] * 11)
    assert found["plain"] == [0, 5, 9, 0, 5, 9]


def test_choices_are_remembered(visit: Visit, server: Any) -> None:
    page = visit("demo/tour/").page
    page.get_by_label("Speed").select_option("1.5")
    page.get_by_role("button", name="Skip pauses").click()
    wait(page, "localStorage.getItem('castsite.skip')")
    page.goto(server.url("demo/long/"))
    expect(page.get_by_label("Speed")).to_have_value("1.5")
    expect(page.get_by_role("button", name="Skip pauses")).to_have_attribute("aria-pressed", "true")
    page.goto(server.url("demo/long/?speed=4&idle=0"))  # an address is the later wish
    expect(page.get_by_label("Speed")).to_have_value("4")
    expect(page.get_by_role("button", name="Skip pauses")).to_have_attribute("aria-pressed", "false")


def test_J10_only_what_the_reader_chose_is_kept(visit: Visit, server: Any) -> None:
    page = visit("").page
    assert page.evaluate("Object.keys(localStorage)") == []
    page.get_by_role("radio", name="Sheet").check(force=True)
    page.goto(server.url("demo/tour/"))
    page.get_by_label("Speed").select_option("1.5")
    page.get_by_role("button", name="Skip pauses").click()
    page.locator("[data-play]").first.click()
    page.goto(server.url("about/"))
    kept = page.evaluate("Object.keys(localStorage)")
    assert "castsite.speed" in kept
    assert set(kept) <= {f"castsite.{name}" for name in ("scheme", "view", "density", "speed", "skip")}
    assert page.evaluate("[document.cookie, sessionStorage.length]") == ["", 0]
    assert page.context.cookies() == []


def test_a_refused_storage_hinders_nothing(visit: Visit, server: Any) -> None:
    watched = visit("about/")
    watched.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused') }})"
    )
    watched.page.goto(server.url("demo/tour/"))
    watched.page.get_by_label("Speed").select_option("2")
    start(watched.page)


# ---- nothing moves


@pytest.mark.parametrize("path", ["demo/tour/", "demo/long/", "demo/resized/"])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_moves_on_load_and_on_play(visit: Visit, server: Any, path: str, width: int) -> None:
    page = visit(path, viewport={"width": width, "height": 900}).page
    page.add_init_script(WATCH_SHIFTS)
    for _ in range(20):  # a typeface that comes after the page was painted is another matter
        page.evaluate("document.fonts.ready")
        page.goto(server.url(path))
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(100)  # paints and shifts are told a frame later
        if not page.evaluate(ARE_LATE):
            break
    page.keyboard.press(" ")
    playing(page)
    page.wait_for_timeout(300)  # shifts are told a frame later
    assert page.evaluate("moved") == [0, 0]
    page.keyboard.press("]")
    page.get_by_label("Speed").select_option("2")
    page.wait_for_timeout(300)
    assert page.evaluate("moved[1]") == 0
    if path != "demo/resized/":  # whose terminal became another one
        assert page.evaluate("moved[0]") == 0


@pytest.mark.parametrize("theme", ["server", "paper_server"])
@pytest.mark.parametrize(
    "read",
    [
        "demo/tour/ data-now",
        'demo/tour/ class="ways"',
        "embed/demo/tour/ data-now",
        'about/ class="brand"',
        ' class="brand"',
    ],
)
def test_nothing_is_painted_that_the_rest_of_the_page_would_move(
    visit: Visit, request: pytest.FixtureRequest, theme: str, read: str
) -> None:
    slow, (path, up_to) = request.getfixturevalue(theme), read.split(" ", 1)
    name, rest = f"{path}index.html", threading.Event()
    assert up_to.encode() in slow.files[name]
    watched = visit("about/")
    watched.also = (slow.origin,)
    slow.halts[name] = (up_to.encode(), rest)
    try:
        watched.page.goto(slow.url(path), wait_until="commit")
        watched.page.wait_for_timeout(500)
        painted = watched.page.evaluate(PAINTS)
    finally:
        del slow.halts[name]
        rest.set()
    watched.page.wait_for_load_state("networkidle")
    assert painted == 0
    assert watched.page.evaluate(PAINTS) > 0


@pytest.mark.parametrize("width", [320, 360, 768])
def test_the_controls_stand_in_one_row(visit: Visit, width: int) -> None:
    page = visit("demo/tour/", viewport={"width": width, "height": 800}).page
    start(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    boxes = [one.bounding_box() for one in page.locator(".controls > :is(.btn, .select)").all() if one.is_visible()]
    assert len(boxes) >= 6
    assert len({round(box["y"]) for box in boxes}) == 1
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert all(before["x"] + before["width"] <= after["x"] for before, after in pairwise(boxes))


# ---- keys


def test_keys_work_wherever_no_text_is_typed(visit: Visit) -> None:
    page = visit("demo/tour/").page
    for key, at in (
        ("5", 6), ("ArrowRight", 11), ("ArrowLeft", 6), ("Shift+ArrowLeft", 4.8), ("Shift+ArrowRight", 6), ("0", 0),
        ("ArrowLeft", 0), ("]", 7), ("[", 0), ("9", 10.8), ("[", 7), ("]", 12), ("ArrowRight", 12),
    ):  # fmt: skip
        page.keyboard.press(key)
        settled(page, at)
    page.keyboard.press("1")
    settled(page, 1.2)
    page.keyboard.press(" ")
    playing(page)
    page.keyboard.press(" ")
    paused(page)


def test_keys_miss_no_chapter_that_is_shorter_than_a_second(visit: Visit, server: Any) -> None:
    known = analysis(line(1, "$ make"), chapters=[chapter(at, f"at {at}") for at in (2, 2.4, 2.4, 2.8, 9)], seconds=12)
    made = gallery.artifacts(site(recording("quick", known)), {"quick": known})
    server.files |= {one.path: one.body() for one in made if one.path.startswith(("quick/", "assets/"))}
    server.files["quick.cast"] = gallery.cast_file(known).encode()
    page = visit("quick/").page
    for key, at in (
        ("]", 2), ("]", 2.4), ("]", 2.8), ("[", 2.4), ("[", 2), ("[", 0), ("]", 2), ("ArrowRight", 7), ("[", 2.8),
        ("[", 2.4),
    ):  # fmt: skip
        page.keyboard.press(key)
        settled(page, at)


def test_keys_step_from_output_to_output(visit: Visit) -> None:
    page = visit("demo/tour/").page
    for key, at in ((".", 1), (".", 3), (".", 6), (",", 3), (",", 1)):
        page.keyboard.press(key)
        settled(page, at)
    expect(screen(page)).to_contain_text("$ make")
    expect(screen(page)).not_to_contain_text("compiling")
    page.get_by_role("button", name="Next output").click()
    settled(page, 3)
    page.get_by_role("button", name="Previous output").click()
    settled(page, 1)


def test_keys_on_the_scrubber_and_in_the_player_are_the_same(visit: Visit) -> None:
    page = visit("demo/tour/").page
    slider(page).focus()
    for key, at in (("ArrowRight", 5), ("PageUp", 6.2), ("ArrowDown", 1.2), ("End", 12), ("Home", 0), ("3", 3.6)):
        page.keyboard.press(key)
        settled(page, at)
    start(page)
    screen(page).focus()
    page.keyboard.press(" ")
    paused(page)
    page.keyboard.press("5")
    settled(page, 6)
    page.keyboard.press("Tab")  # no trap
    assert page.evaluate("document.activeElement.closest('[data-stage]')") is None


def test_keys_are_left_to_fields_and_buttons(visit: Visit) -> None:
    page = visit("demo/tour/").page
    page.get_by_label("Speed").focus()
    page.keyboard.press("5")
    page.get_by_role("button", name="Skip pauses").focus()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Skip pauses")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+5")
    assert place(page) == 0
    assert stage(page).get_attribute("data-state") is None


def test_the_map_of_keys_is_fetched_when_it_is_wanted(visit: Visit) -> None:
    watched = visit("demo/tour/")
    page = watched.page
    page.wait_for_load_state("networkidle")
    assert [url for url in watched.requests if "/keymap." in url] == []
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    page.keyboard.press(" ")  # is not heard behind the dialog
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    assert stage(page).get_attribute("data-state") is None
    page.get_by_role("button", name="Keys").click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).not_to_be_visible()


def test_the_stage_and_the_controls_fill_the_screen(visit: Visit) -> None:
    page = visit("demo/tour/", viewport={"width": 1000, "height": 700}).page
    start(page)
    page.keyboard.press("f")
    wait(page, "document.fullscreenElement?.matches('[data-screening]')")
    expect(page.locator("[data-transport]")).to_be_in_viewport(ratio=1)
    screen(page).evaluate("screen => screen.dataset.old = ''")
    page.get_by_label("Speed").select_option("2")
    expect(page.locator("[data-old]")).to_have_count(0)  # another player has taken its place
    playing(page)
    box = page.locator(".ap-player").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= page.locator("[data-transport]").bounding_box()["y"] + 1
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    expect(keys).not_to_contain_text("Search")  # what is searched is not there
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Full screen").click()
    wait(page, "!document.fullscreenElement")
    playing(page)
    page.keyboard.press("?")
    expect(keys).to_contain_text("Search")


# ---- addresses


def test_a_clip_stops_where_it_ends_and_then_goes_on(visit: Visit) -> None:
    page = visit("demo/tour/?t=2.5&end=4&autoplay=1").page
    playing(page)
    paused(page)
    settled(page, 4)
    expect(screen(page)).to_contain_text("compiling")
    start(page)
    expect(screen(page)).to_contain_text("done")


def test_a_clip_can_play_again(visit: Visit) -> None:
    page = visit("demo/tour/?t=1&end=1.4&autoplay=1&loop=2").page
    page.evaluate(
        "window.starts = 0; document.addEventListener('castsite:time', e => { starts += e.detail.time === 1 })"
    )
    wait(page, "starts >= 2")
    paused(page)
    settled(page, 1.4)


def test_another_moment_can_be_shown_than_the_one_where_it_begins(visit: Visit) -> None:
    page = visit("demo/tour/?poster=npt:0:11").page
    wait(page, "document.querySelector('[data-stage]').dataset.state === 'shown'")
    expect(page.locator(".ap-player")).to_contain_text("all 12 tests passed")
    assert place(page) == 0
    start(page)
    expect(page.locator(".ap-player")).not_to_contain_text("all 12 tests passed")
    assert place(page) < 3
    page = visit("demo/tour/?poster=npt:0:11&t=3").page
    settled(page, 3)
    page.keyboard.press("0")
    settled(page, 0)
    expect(page.locator(".ap-player")).not_to_contain_text("all 12 tests passed")


def test_a_link_can_be_a_clip(visit: Visit) -> None:
    page = visit("demo/tour/").page
    page.evaluate("document.querySelector('.log a.tc').search = '?t=1&end=1.5'")
    page.locator(".log a.tc").first.click()
    settled(page, 1)
    start(page)
    paused(page)
    settled(page, 1.5)


def test_what_an_address_may_ask_for_is_on_a_list(visit: Visit, server: Any) -> None:
    page = visit("").page
    cases = {
        "?t=5": {"at": 5}, "?startAt=0:05": {"at": 5}, "?t=5&startAt=7": {"at": 5}, "?t=x&startAt=7": {"at": 7},
        "?poster=npt:1:05": {"poster": 65}, "?poster=data:text/plain,x": {}, "?t=99999": {"at": 100},
        "?t=5&end=9": {"at": 5, "end": 9}, "?t=5&end=4": {"at": 5}, "?end=3": {"end": 3}, "?end=1e3": {},
        "?autoplay": {"autoplay": True}, "?autoPlay=false": {"autoplay": False}, "?autoplay=yes": {},
        "?loop=1": {"loop": True}, "?loop=3": {"loop": 3}, "?loop=-1": {}, "?loop=99999": {},
        "?speed=2.5": {"speed": 2.5}, "?speed=0": {}, "?speed=1e999": {}, "?speed=-1": {}, "?speed=101": {},
        "?i=2": {"idle": 2}, "?idleTimeLimit=0.5": {"idle": 0.5}, "?idle=0": {"idle": None}, "?i=NaN": {},
        "?theme=nord": {"theme": "nord"}, "?theme=../x": {}, "?theme=toString": {}, "?preload=true": {"preload": True},
        "?cols=80.5&rows=20.5&loop=2.5": {}, "?poster=npt:x": {}, "?poster=npt:9999": {"poster": 100},
        "?cols=5&rows=5&src=//evil.example&size=big&controls=0": {"cols": 5, "rows": 5},
    }  # fmt: skip
    found = page.evaluate(
        "async ([url, texts]) => { const {wishes} = await import(url);"
        "return texts.map(search => JSON.parse(JSON.stringify(wishes({search, hash: ''}, 100)))); }",
        [module(server, "wishes"), list(cases)],
    )
    assert dict(zip(cases, found, strict=True)) == cases


def test_the_theme_of_an_address_colours_the_player(visit: Visit) -> None:
    page = visit("demo/tour/?theme=nord&t=3").page
    expect(page.locator(".ap-player.asciinema-player-theme-nord")).to_have_count(1)


# ---- around


def test_the_next_part_can_be_played_at_once(visit: Visit) -> None:
    page = visit("demo/tour/?t=11.5").page
    settled(page, 11.5)
    start(page)
    offer = page.get_by_role("group", name="Next part")
    expect(offer).to_contain_text("Next: Long")
    offer.get_by_role("link", name="Play now").click()
    page.wait_for_url("**/demo/long/?autoplay=1")
    playing(page)


def test_the_next_part_follows_by_itself(visit: Visit) -> None:
    page = visit("demo/tour/?t=11").page
    settled(page, 11)
    start(page)
    expect(page.get_by_role("group", name="Next part")).to_contain_text("in 4 s")
    page.wait_for_url("**/demo/long/?autoplay=1")
    playing(page)


def test_the_next_part_waits_for_who_wants_that(visit: Visit, server: Any) -> None:
    page = visit("demo/tour/?t=11").page
    settled(page, 11)
    start(page)
    offer = page.get_by_role("group", name="Next part")
    offer.get_by_role("checkbox").uncheck()
    offer.get_by_role("button", name="Stay").click()
    expect(offer).to_have_count(0)
    page.goto(server.url("demo/tour/?t=11&autoplay=1"))
    expect(offer).to_be_visible()
    expect(offer.get_by_role("checkbox")).not_to_be_checked()
    assert "in 5" not in offer.inner_text()
    page.keyboard.press("0")
    expect(offer).to_have_count(0)


def test_the_next_part_waits_for_who_types_or_looks_elsewhere(visit: Visit) -> None:
    page = visit("demo/tour/?t=11", viewport={"width": 1000, "height": 700}).page
    settled(page, 11)
    start(page)
    left = page.get_by_role("group", name="Next part").locator("[data-left]")
    expect(left).to_contain_text("in")
    page.keyboard.press("/")
    page.keyboard.type("make")
    before = left.inner_text()
    page.wait_for_timeout(2200)
    assert left.inner_text() == before
    page.get_by_label("Search inside").blur()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(2200)
    assert left.inner_text() == before
    left.scroll_into_view_if_needed()
    page.wait_for_url("**/demo/long/?autoplay=1")


@pytest.mark.parametrize("size", [(360, 640), (1000, 800)])
def test_the_offer_of_the_next_part_covers_neither_screen_nor_controls(visit: Visit, size: tuple[int, int]) -> None:
    page = visit("demo/tour/?t=11", viewport={"width": size[0], "height": size[1]}).page
    page.evaluate("localStorage.setItem('castsite.onward', 'off')")
    settled(page, 11)
    start(page)
    offer = page.get_by_role("group", name="Next part")
    expect(offer).to_be_visible()
    stage, between, controls = (
        one.bounding_box() for one in (page.locator(".stage"), offer, page.locator(".transport"))
    )
    assert stage
    assert between
    assert controls
    assert stage["y"] + stage["height"] <= between["y"] + 0.5
    assert between["y"] + between["height"] <= controls["y"] + 0.5
    assert stage["y"] < 0.5 or controls["y"] + controls["height"] <= size[1] + 0.5
    expect(page.locator("[data-toast]")).to_be_empty()


def test_who_plays_by_keyboard_in_a_low_window_sees_where_the_focus_is(visit: Visit) -> None:
    page = visit("demo/tour/", viewport={"width": 640, "height": 400}).page
    page.locator("[data-play]").focus()
    page.keyboard.press("Enter")
    playing(page)
    expect(toggle(page)).to_be_focused()
    box = toggle(page).bounding_box()
    assert box
    assert 0 <= box["y"] <= 400 - box["height"]


def test_what_takes_long_to_come_is_told(visit: Visit) -> None:
    watched = visit("demo/tour/")
    held: list[Any] = []
    watched.page.route("**/*.cast*", lambda route: held.append(route))  # noqa: PLW0108 - it is told what it calls
    toggle(watched.page).click()
    expect(watched.page.get_by_role("status").get_by_text("Loading the recording")).to_be_visible()
    stage = watched.page.locator("[data-stage]")
    expect(stage).to_have_attribute("aria-busy", "true")
    for route in held:
        route.continue_()
    playing(watched.page)
    expect(stage).to_have_attribute("aria-busy", "false")


def test_nothing_counts_down_for_who_asked_for_less_motion(visit: Visit) -> None:
    page = visit("demo/tour/?t=11", reduced_motion="reduce").page
    settled(page, 11)
    start(page)
    offer = page.get_by_role("group", name="Next part")
    expect(offer).to_be_visible()
    expect(offer.locator("[data-left]")).to_have_text("")


def test_the_last_part_offers_nothing(visit: Visit) -> None:
    page = visit("demo/long/?t=11&autoplay=1").page
    settled(page, 12)
    expect(page.locator(".next-up")).to_have_count(0)


def test_out_of_sight_it_pauses_and_plays_on_when_it_is_back(visit: Visit) -> None:
    page = visit("demo/long/", viewport={"width": 1000, "height": 700}).page
    start(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    paused(page)
    page.evaluate("scrollTo(0, 0)")
    playing(page)
    toggle(page).click()
    paused(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(200)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(200)
    paused(page)  # the reader's own pause stays


def test_a_theme_that_follows_the_light_does_so_while_it_plays(visit: Visit) -> None:
    page = visit("demo/tour/", color_scheme="dark").page
    start(page)
    rule = ".ap-player.asciinema-player-theme-asciinema { --term-color-background: #ffffff }"
    page.evaluate(f"document.styleSheets[0].insertRule('@media (prefers-color-scheme: light) {{ {rule} }}')")
    screen(page).focus()
    page.evaluate("window.old = document.querySelector('.screen')")
    before = place(page)
    wait(page, "performance.getEntriesByType('resource').some(({ name }) => name.includes('/attend.'))")
    page.emulate_media(color_scheme="light")
    wait(page, "!old.isConnected")
    playing(page)
    assert place(page) >= before
    assert page.evaluate("Boolean(document.activeElement.closest('.screen'))")


def test_a_theme_that_does_not_follow_the_light_is_left_alone(visit: Visit) -> None:
    page = visit("demo/tour/", color_scheme="dark").page
    start(page)
    page.evaluate("window.old = document.querySelector('.screen')")
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(300)
    assert page.evaluate("old.isConnected")


# ---- faults


def test_after_a_fault_the_controls_can_try_again(visit: Visit) -> None:
    watched = visit("demo/tour/")
    watched.meant = ["console: Failed to load resource", "failed:"]
    page = watched.page
    page.route("**/tour.cast", lambda route: route.fulfill(status=503, body="later"))
    toggle(page).click()
    expect(page.get_by_role("alert")).to_be_visible()
    paused(page)
    page.unroute("**/tour.cast")
    start(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(screen(page)).to_contain_text("$ make")


@pytest.fixture
def broken(visit: Visit) -> Callable[..., Page]:
    def open_page(**options: object) -> Page:
        watched = visit("demo/tour/", **options)
        watched.meant = ["console: Failed to load resource", "failed:"]

        def refuse(route: Route) -> None:
            route.fulfill(status=404, body="no")

        watched.page.route("**/tour.cast", refuse)
        page: Page = watched.page
        toggle(page).click()
        expect(page.get_by_role("alert")).to_be_visible()
        return page

    return open_page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_after_a_fault(broken: Callable[..., Page], scheme: str) -> None:
    found = Axe().run(broken(color_scheme=scheme))
    assert found.response["violations"] == [], found.generate_report()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
def test_axe_finds_nothing_while_it_plays_and_at_its_end(visit: Visit, scheme: str, width: int) -> None:
    page = visit("demo/tour/?t=9", color_scheme=scheme, viewport={"width": width, "height": 900}).page
    settled(page, 9)
    page.evaluate("localStorage.setItem('castsite.onward', 'off')")  # or it is gone before it was looked at
    start(page)
    rules = {"rules": {"target-size": {"enabled": True}}}
    for _ in range(2):
        found = Axe().run(page, context={"exclude": [".ap-wrapper"]}, options=rules)
        assert found.response["violations"] == [], found.generate_report()
        expect(page.get_by_role("group", name="Next part")).to_be_visible()


# ---- weight


def test_what_listens_for_the_first_wish_is_light(visit: Visit, server: Any) -> None:
    watched = visit("demo/tour/")
    watched.page.wait_for_load_state("networkidle")
    names = ("recording", "keys", "transport", "remembered", "time")
    paths = [module(server, name).removeprefix("/") for name in names]
    assert sum(len(gzip.compress(server.files[path], 9)) for path in paths) <= 4.5 * 1024
    late = ("watching", "deck", "player", "cast", "wishes", "follow", "keymap", "onward", "attend")
    assert [url for url in watched.requests for name in late if f"/js/{name}." in url] == []
    paths = [module(server, name).removeprefix("/") for name in late]
    assert sum(len(gzip.compress(server.files[path], 9)) for path in paths) <= 13 * 1024


# ---- haste, and what goes wrong on the way


def test_playing_begins_where_the_author_says(visit: Visit) -> None:
    page = visit("demo/late/").page
    expect(slider(page)).to_have_attribute("aria-valuetext", "0:04 of 0:12")
    start(page)
    assert place(page) >= 4
    page.goto(page.url + "?t=1")
    settled(page, 1)


def test_play_and_another_speed_at_once_plays(visit: Visit) -> None:
    page = visit("demo/tour/").page
    page.evaluate("""() => {
      document.querySelector("[data-toggle]").click();
      const speed = document.querySelector("[data-speed]");
      speed.value = "2";
      speed.dispatchEvent(new Event("change"));
    }""")
    playing(page)
    wait(page, "document.querySelector('[data-scrub] input').value > 0.5")
    page.evaluate("""() => {
      document.querySelector("[data-skip]").click();
      document.querySelector("[data-toggle]").click();
    }""")
    paused(page)


def test_a_key_that_is_held_down_counts_once(visit: Visit) -> None:
    page = visit("demo/tour/").page
    start(page)
    page.keyboard.down(" ")
    page.keyboard.down(" ")
    page.keyboard.up(" ")
    paused(page)


def test_the_slash_searches_from_the_scrubber(visit: Visit) -> None:
    page = visit("demo/tour/").page
    slider(page).focus()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search inside")).to_be_focused()


def test_scripts_that_did_not_come_are_told_and_tried_again(visit: Visit, server: Any) -> None:
    watched = visit("about/")
    watched.meant += ["console: Failed to load", "failed: "]
    page = watched.page
    page.route(f"**{module(server, 'watching')}", lambda route: route.abort(), times=1)
    page.goto(watched.origin + "/demo/tour/")
    toggle(page).click()
    expect(page.get_by_role("alert")).to_contain_text("would not play")
    start(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_no_next_part_is_offered_to_who_went_back_meanwhile(visit: Visit, server: Any) -> None:
    page = visit("demo/tour/").page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**{module(server, 'onward')}", hold)
    page.goto(page.url + "?t=11.5")
    settled(page, 11.5)
    start(page)
    paused(page)
    wait(page, "true")
    page.wait_for_timeout(200)
    assert held
    slider(page).fill("1")
    start(page)
    held[0].continue_()
    page.wait_for_timeout(500)
    expect(page.locator(".next-up")).to_have_count(0)
