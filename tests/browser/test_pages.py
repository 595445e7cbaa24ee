"""Every kind of page: accessible in both schemes, as narrow as a phone, and sorted as asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

KINDS = ["", "demo/", "demo/tour/", "demo/dracula/", "about/", "404.html"]


TARGETS = {"rules": {"target-size": {"enabled": True}}}
"""Axe looks at the size of targets only when asked."""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
@pytest.mark.parametrize("path", KINDS)
def test_axe_finds_nothing(visit: Visit, path: str, scheme: str, width: int) -> None:
    page = visit(path, color_scheme=scheme, viewport={"width": width, "height": 900}).page
    found = Axe().run(page, options=TARGETS)
    assert found.response["violations"] == [], found.generate_report()


def test_axe_finds_nothing_while_it_plays(visit: Visit) -> None:
    page = visit("demo/tour/", reduced_motion="reduce").page
    page.locator(".log a.tc", has_text="0:10").click()
    expect(page.locator(".log [aria-current]")).to_have_count(1)
    # the player's own parts are not ours to judge
    found = Axe().run(page, context={"exclude": [".ap-wrapper"]})
    assert found.response["violations"] == [], found.generate_report()


@pytest.mark.parametrize("width", [320, 768])
@pytest.mark.parametrize("path", KINDS)
def test_no_page_scrolls_sideways(visit: Visit, path: str, width: int) -> None:
    page = visit(path, viewport={"width": width, "height": 800}).page
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("path", ["", "demo/tour/"])
def test_a_title_of_one_very_long_word_does_not_scroll_sideways(visit: Visit, path: str) -> None:
    page = visit(path, viewport={"width": 320, "height": 800}).page
    word = "Donaudampfschifffahrt" * 5
    for part in (".brand", ".foot span"):
        page.locator(part).first.evaluate("(one, word) => one.append(word)", word)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("path", ["search/", "tags/make/"])
def test_a_tag_of_one_very_long_word_does_not_scroll_sideways(visit: Visit, path: str) -> None:
    page = visit(path, viewport={"width": 320, "height": 800}).page
    page.locator(".tags a").first.evaluate("one => one.append('Donaudampfschifffahrt'.repeat(3))")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_printed_pages_show_long_lines_of_code_to_their_end(visit: Visit) -> None:
    page = visit("about/", viewport={"width": 700, "height": 800}).page
    page.locator(".prose").first.evaluate(
        "one => one.insertAdjacentHTML('beforeend', `<pre>${'word '.repeat(80)}</pre>`)"
    )
    page.emulate_media(media="print")
    assert page.locator(".prose pre").last.evaluate("one => one.scrollWidth <= one.clientWidth")


@pytest.mark.parametrize(("width", "hidden"), [(900, "nav"), (360, ".brand")])
def test_a_field_that_opens_over_the_head_leaves_no_half_of_what_is_below(
    visit: Visit, width: int, hidden: str
) -> None:
    page = visit("", viewport={"width": width, "height": 800}).page
    page.keyboard.press("/")
    expect(page.locator(f".mast {hidden}")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.locator(f".mast {hidden}")).to_be_visible()


@pytest.mark.parametrize("path", KINDS)
def test_J02_only_the_sites_own_files_are_asked_for(visit: Visit, path: str) -> None:
    watched = visit(path)
    watched.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    watched.page.wait_for_load_state("networkidle")
    assert watched.requests
    assert {url for url in watched.requests if not url.startswith(watched.origin)} == set()


@pytest.mark.parametrize("path", ["", "demo/", "demo/tour/", "about/"])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_moves_while_a_page_loads(visit: Visit, server: Any, path: str, width: int) -> None:
    watched = visit("404.html", viewport={"width": width, "height": 900})
    watched.page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(e => { window.moved += e.value }))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    watched.page.goto(server.url(path))
    watched.page.wait_for_load_state("networkidle")
    assert watched.page.evaluate("window.moved") < 0.02


def test_J09_every_link_of_every_page_under_a_sub_path_leads_somewhere(visit: Visit, server: Any) -> None:
    page = visit("", sub=True).page
    seen: set[str] = set()
    todo = [page.url]
    while todo:
        url = todo.pop()
        response = page.goto(url)
        assert response is not None
        assert response.status == 200, url
        links = page.evaluate("[...document.links].map(a => [a.href.split(/[?#]/)[0], a.hasAttribute('download')])")
        for target, download in links:
            assert target.startswith(server.url("", sub=True)), (url, target)
            if target not in seen and not download and target.endswith("/"):
                seen.add(target)
                todo.append(target)
    assert len(seen) >= 12


def test_the_missing_page_works_at_any_depth(visit: Visit) -> None:
    watched = visit("no/such/page/at/all/")
    watched.meant = ["console: Failed to load resource"]
    expect(watched.page.get_by_role("heading", name="Not on this tape")).to_be_visible()
    assert watched.page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Instrument Sans"')
    watched.page.get_by_role("link", name="All recordings").click()
    expect(watched.page.get_by_role("heading", level=1)).to_have_text("Terminal work, kept to the second")


def test_a_missing_page_like_no_other_leads_to_the_search(visit: Visit) -> None:
    watched = visit("qqqqqq/%E0%A4%A/")
    watched.meant = ["console: Failed to load resource"]
    link = watched.page.get_by_role("link", name="Search: E0 A4 A")
    expect(link).to_be_visible()
    expect(watched.page.get_by_role("heading", name="Perhaps you meant")).to_be_hidden()


def titles(page: Any) -> list[str]:
    return list(page.locator(".frame h3").all_text_contents())


def test_recordings_can_be_ordered(visit: Visit) -> None:
    page = visit("demo/").page
    arranged = ["Dracula", "Late", "Long", "Resized", "Told", "Tour"]
    assert titles(page) == arranged
    order = page.get_by_label("Order")
    order.select_option("Newest first")
    assert titles(page)[:2] == ["Tour", "Long"]
    order.select_option("Longest first")
    assert titles(page)[-1] == "Resized"
    order.select_option("By title")
    assert titles(page) == sorted(arranged)
    order.select_option("As arranged")
    assert titles(page) == arranged


def test_light_and_dark_follow_the_system(visit: Visit) -> None:
    papers = {
        scheme: visit("", color_scheme=scheme).page.evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert papers == {"light": "rgb(250, 250, 247)", "dark": "rgb(11, 12, 13)"}


def test_terminals_keep_their_proportions(visit: Visit) -> None:
    page = visit("demo/").page
    for name, ratio in (("Tour", 742.5 / 502.5), ("Long", 1102.5 / 622.5)):
        box = page.locator(".frame", has_text=name).locator(".shot").bounding_box()
        assert box["width"] / box["height"] == pytest.approx(ratio, rel=0.01)
