"""The page that searches everything: typing, keys, its address, what is said, and the way to a line's second."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import gallery
import pytest
from axe_playwright_python.sync_playwright import Axe
from gallery import analysis, command, line, recording
from playwright.sync_api import Browser, Page, Route, expect
from searching import Cast, Text, cast, search_page, sharded, small

from castsite.schema.values import Author, Part
from castsite.site.model import Meta

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

SHIP = analysis(
    line(1, "$ docker build ."),
    line(3, "Step 1: docker"),
    line(5, "permission denied"),
    line(8, "$ docker push"),
    line(9, "docker is done"),
    commands=[command(0.5, "docker build ."), command(7.5, "docker push")],
    seconds=12,
)
SHIPPED = Cast(
    "ops/ship",
    "Ship with Docker",
    (tuple((one.time / 1e6, one.text) for one in SHIP.lines),),
    date="2026-03-01",
    seconds=12,
    tags=("docker", "C++ & <b>"),
    series="A first tour",
    authors=("Ada",),
)
HOSTILE = cast("h <x>/50% é", "<img src=x onerror=alert(1)> hostile \u202e", title="<b>Hostile</b>", seconds=5)
FEW = (SHIPPED, HOSTILE, cast("logs", "docker logs", "x" * 300 + " needle", date="2026-02-01", seconds=4000))
MANY = (*FEW, *(cast(f"many/r{at:02}", "$ make all", f"target{at:03}", date="2026-01-01") for at in range(40)))
HOME = (Text("", "Home", (("", "Welcome to all of it."),)),)
TEXTS = (Text("about", "About", (("how", "How\nWe ship with docker."),), date="2026-01-05"),)
EDITED = cast("logs", "podman logs", date="2026-02-01")


@pytest.fixture(scope="module", autouse=True)
def _more(server: Any) -> None:
    """Put the page, indexes of both forms, and a recording beside the pages of the others."""
    named = Meta(tags=("docker", "C++ & <b>"), series=Part("A first tour", 1), authors=(Author(name="Ada"),))
    of = gallery.site(recording("ops/ship", SHIP, meta=named))
    for one in gallery.artifacts(of, {"ops/ship": SHIP}):
        if one.path.startswith(("ops/ship", "assets/")):
            server.files.setdefault(one.path, one.body())
    server.files["ops/ship.cast"] = gallery.cast_file(SHIP).encode()
    server.files |= search_page(of)
    for path, body in search_page(of, theme="paper").items():
        server.files[path.replace("search/index", "paper/index")] = body
    for one in gallery.artifacts(of, {"ops/ship": SHIP}, theme="paper"):
        if one.path == "index.html":
            body = one.body().replace(b'="search/', b'="../search/').replace(b'="assets/', b'="../assets/')
            server.files["paper-home/index.html"] = body
        elif one.path.startswith("assets/"):
            server.files.setdefault(one.path, one.body())
    server.files |= sharded(MANY, TEXTS, size=300)
    deep = [cast(f"r{at}", "all x make" if at else "all make", date=f"2026-02-{at // 5 + 1:02}") for at in range(130)]
    deep.append(cast("words", *(f"wide{at:03}x" for at in range(200))))
    for path, body in (search_page(of) | sharded(deep, HOME, size=300)).items():
        server.files[f"deep/{path}"] = body
    poor = re.sub(
        rb'<select[^>]* name="series".*?</select>', b"", server.files["deep/search/index.html"], flags=re.DOTALL
    )
    server.files["deep/poor/index.html"] = poor


@pytest.fixture
def search(visit: Visit) -> Callable[..., Page]:
    def opened(query: str = "", **options: Any) -> Page:
        page: Page = visit(f"search/{query}", **options).page
        return page

    return opened


def field(page: Page) -> Any:
    return page.get_by_role("searchbox")


def status(page: Page) -> Any:
    return page.locator("[data-status]")


def titles(page: Page) -> Any:
    return page.locator("[data-found] h2")


def test_typing_shows_titles_lines_and_times_and_stands_in_the_address(search: Any) -> None:
    page = search()
    expect(field(page)).to_be_focused()
    page.keyboard.type("docker")
    expect(status(page)).to_have_text("6 lines in 2 recordings, 1 text")
    expect(titles(page)).to_have_text(["Ship with Docker", "Logs", "About"])
    first = page.locator("[data-found] > li").first
    expect(first.locator(".gutter p")).to_have_text(["4 lines", "ops", "1 Mar 2026"])
    expect(first.locator(".more")).to_have_text("1 more line here")
    expect(first.locator(".more a")).to_have_attribute("href", re.compile(r"/ops/ship/\?t=9&q=docker$"))
    expect(first.locator(".hits a")).to_have_text(["0:01$ docker build .", "0:03Step 1: docker", "0:08$ docker push"])
    expect(first.locator(".hits kbd")).to_have_text(["$ docker build .", "$ docker push"])
    expect(first.locator(".hits .prompt")).to_have_text(["$ ", "$ "])
    expect(first.locator("h2 a")).to_have_attribute("href", re.compile(r"/ops/ship/\?q=docker$"))
    expect(first.locator("h2 mark")).to_have_text("Docker")
    assert first.locator(".trace .hit").get_attribute("d") == "M8 0v16M24 0v16M64 0v16M72 0v16"
    assert page.url.endswith("/search/?q=docker")
    expect(page.locator("[data-found] > li").last.locator(".hits a")).to_have_attribute(
        "href", page.url.partition("search/")[0] + "about/#how"
    )


def test_nothing_is_fetched_before_the_first_key(visit: Visit) -> None:
    watched = visit("search/")
    page = watched.page
    expect(field(page)).to_be_focused()
    assert not [url for url in watched.requests if "search/index.json" in url or "/reader." in url]
    page.keyboard.type("k")
    expect(page.locator("[data-said]")).to_contain_text("“k” was never on screen.")
    assert [url for url in watched.requests if "search/index.json" in url]


def test_a_line_leads_to_its_second_marked_in_the_recordings_own_search(search: Any) -> None:
    page = search('?q="permission+denied"')
    page.locator(".hits a").click()
    page.wait_for_url("**/ops/ship/?t=5&q=permission%20denied")
    inside = page.get_by_role("searchbox", name="Search inside")
    expect(inside).to_have_value("permission denied")
    expect(page.locator("[data-here]")).to_contain_text("permission denied")
    expect(page.locator("[data-here] mark")).to_have_text("permission denied")
    expect(page.locator("[data-scrub] input")).to_have_attribute("aria-valuetext", "0:05 of 0:12")
    page.go_back()
    expect(field(page)).to_have_value('"permission denied"')
    expect(titles(page)).to_have_text(["Ship with Docker"])


def test_a_line_among_several_is_the_current_one(search: Any) -> None:
    page = search("?q=docker")
    page.locator(".hits a").nth(2).click()
    page.wait_for_url("**/ops/ship/?t=8&q=docker")
    expect(page.locator("[data-here]")).to_contain_text("docker push")
    expect(page.locator("[data-count]")).to_contain_text("3 of 4")
    expect(page.locator("[data-stage]")).to_be_in_viewport(ratio=0.99)  # the screen at that moment


def test_enter_leads_to_the_second_of_the_first_line_else_to_the_title(visit: Visit) -> None:
    watched = visit("search/")
    watched.meant.append("console: Failed to load resource")  # no page of the other is there
    page = watched.page
    page.keyboard.type("permission denied")
    expect(titles(page)).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ops/ship/?t=5&q=permission%20denied")
    expect(page.locator("[data-scrub] input")).to_have_attribute("aria-valuetext", "0:05 of 0:12")
    page.go_back()
    field(page).fill("logs")
    page.get_by_label("Titles").check(force=True)
    expect(page.locator(".finds")).to_have_count(0)
    field(page).press("Enter")
    page.wait_for_url("**/logs/")


def test_who_comes_back_is_where_they_were(visit: Visit) -> None:
    watched = visit("search/?q=make")
    watched.meant.append("console: Failed to load resource")  # no page is there
    page = watched.page
    at = page.locator(".hits a").nth(7)
    at.focus()
    href, top = at.get_attribute("href") or "", page.evaluate("scrollY")
    assert top > 0
    page.keyboard.press("Enter")
    page.wait_for_url(href)
    page.go_back()
    expect(page.locator(f'.hits a[href="{href}"]')).to_be_focused()
    assert page.evaluate("scrollY") == top
    page.get_by_role("link", name="Next").click()
    expect(titles(page).first).to_have_text("R29")
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(page.get_by_role("link", name="Next")).to_be_focused()
    expect(titles(page).first).to_have_text("R39")
    assert page.evaluate("scrollY") > 0
    field(page).fill("docker")
    expect(titles(page)).to_have_count(3)
    assert page.evaluate("history.state") is None


def test_the_title_of_the_page_names_the_query(search: Any) -> None:
    page = search("?q=docker")
    expect(page).to_have_title("Search: docker · Scrollback")
    field(page).fill("<b>")
    expect(page).to_have_title("Search: <b> · Scrollback")
    field(page).fill("")
    expect(page).to_have_title("Search · Scrollback")


@pytest.mark.parametrize("path", ["search/", "paper/"])
def test_a_button_clears_the_field_and_is_there_when_it_has_text(visit: Visit, path: str) -> None:
    page = visit(path, viewport={"width": 360, "height": 700}).page
    button = page.get_by_role("button", name="Clear", exact=True)
    expect(button).to_be_hidden()
    page.keyboard.type("docker")
    expect(titles(page)).to_have_count(3)
    box = button.bounding_box()
    assert box is not None
    assert 24 <= box["width"] <= 40
    assert 24 <= box["height"] <= 40
    button.click()
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("")
    expect(titles(page)).to_have_count(0)
    expect(button).to_be_hidden()


TYPED = 60
"""Milliseconds after the last key until a page searches."""


def stopped(page: Page) -> None:
    """Let no time pass in a page but what `page.clock.run_for` lets pass."""
    page.clock.install()
    page.reload()
    expect(field(page)).to_be_focused()
    page.clock.pause_at(datetime.now() + timedelta(hours=1))  # noqa: DTZ005 - the page's own time


def test_one_region_is_read_out_after_a_pause(search: Any) -> None:
    page = search()
    stopped(page)
    region = page.locator("main [role=status]")
    page.keyboard.type("docker")
    page.clock.run_for(TYPED)
    expect(status(page)).to_have_text("6 lines in 2 recordings, 1 text")
    page.clock.run_for(400)
    expect(region).not_to_have_text("6 lines in 2 recordings, 1 text")
    page.clock.run_for(100)
    expect(region).to_have_text("6 lines in 2 recordings, 1 text")
    field(page).fill("dockre")
    page.clock.run_for(TYPED)
    expect(page.locator("[data-said]")).to_be_visible()
    page.clock.run_for(400)
    field(page).fill("dockrex")
    page.clock.run_for(TYPED)
    expect(page.locator("[data-said]")).to_contain_text("dockrex")
    page.clock.run_for(400)
    expect(region).to_have_text("6 lines in 2 recordings, 1 text")
    page.clock.run_for(100)
    expect(region).to_contain_text("“dockrex” was never on screen.")


def test_keys_walk_the_results_and_enter_follows(visit: Visit) -> None:
    watched = visit("search/")
    watched.meant.append("console: Failed to load resource")  # no page is there
    page = watched.page
    page.keyboard.type("docker")
    expect(titles(page)).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_text("Ship with Docker")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field(page)).to_be_focused()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(field(page)).to_have_value("")
    expect(titles(page)).to_have_count(0)
    assert page.url.endswith("/search/")
    page.keyboard.type("needle")
    page.keyboard.press("Enter")  # before it is found
    page.wait_for_url("**/logs/?t=2&q=needle")


def test_an_address_of_nonsense_harms_nothing(search: Any) -> None:
    page = search("?q=docker&in=commands")
    page.goto(page.url.replace("in=commands", f"in=foo&tag={'t' * 3000}&page=1e9"))
    expect(page.get_by_label("Everything")).to_be_checked()
    expect(page.locator("[data-said]")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 600})
    page.get_by_role("button", name="Filters").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("path", ["", "paper-home/"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("sub", [False, True])
def test_a_slash_anywhere_leads_into_the_field_that_searches_everything(
    visit: Visit, path: str, width: int, sub: bool
) -> None:
    page = visit(path, viewport={"width": width, "height": 700}, sub=sub).page
    find = page.get_by_role("searchbox", name="Find any line")
    page.keyboard.press("/")
    expect(find).to_be_focused()
    page.keyboard.type("merge conflict")
    expect(find).to_have_value("merge conflict")
    assert find.evaluate("one => one.offsetWidth") > 200
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=merge+conflict")
    expect(field(page)).to_have_value("merge conflict")
    expect(page.locator("[data-said]")).to_contain_text("merge conflict")


def test_who_comes_from_a_field_goes_on_with_keys_alone(visit: Visit) -> None:
    watched = visit("")
    watched.meant.append("console: Failed to load resource")  # no page is there
    page = watched.page
    page.keyboard.press("/")
    page.keyboard.type("docker")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=docker")
    expect(field(page)).to_be_focused()
    expect(titles(page)).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_text("Ship with Docker")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")
    page.keyboard.type("needle")
    page.keyboard.press("Enter")
    page.wait_for_url("**/logs/?t=2&q=needle")


def test_what_was_asked_for_is_selected_and_a_letter_replaces_it(search: Any) -> None:
    page = search("?q=docker")
    expect(titles(page)).to_have_count(3)
    expect(field(page)).to_be_focused()
    page.keyboard.type("needle")
    expect(field(page)).to_have_value("needle")


def test_no_keyboard_comes_up_over_what_a_phone_found(search: Any) -> None:
    page = search("?q=docker", has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740})
    expect(titles(page)).to_have_count(3)
    expect(field(page)).not_to_be_focused()


def test_a_recording_has_its_own_field_for_a_slash(visit: Visit) -> None:
    inside = visit("ops/ship/").page
    inside.keyboard.press("/")
    expect(inside.get_by_role("searchbox", name="Search inside")).to_be_focused()


def test_the_page_that_searches_has_one_field(search: Any) -> None:
    page = search("?q=needle")
    expect(page.get_by_role("searchbox")).to_have_count(1)
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()


def test_what_is_typed_before_the_script_ran_stays(visit: Visit) -> None:
    page = visit("").page
    script = hold(page, "**/js/search.*")
    page.goto(page.url + "search/?q=docker&page=2", wait_until="commit")
    field(page).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("needle")
    released(page, script)
    expect(page).to_have_url(re.compile(r"/search/\?q=needle$"))
    expect(field(page)).to_have_value("needle")
    expect(titles(page)).to_have_count(1)
    page.keyboard.type("s")
    expect(field(page)).to_have_value("needles")


def hold(page: Page, pattern: str) -> list[Route]:
    """Hold back what is asked for until the test lets it go on."""
    held: list[Route] = []
    page.route(pattern, lambda route: held.append(route))  # noqa: PLW0108 - a method cannot be marked
    return held


def released(page: Page, held: list[Route]) -> None:
    """Let go on what was asked for meanwhile."""
    while not held:
        page.evaluate("new Promise((resolve) => setTimeout(resolve, 10))")
    held.pop().continue_()


def test_filters_stand_in_the_address_and_come_back(search: Any) -> None:
    page = search("?q=docker&in=commands")
    expect(titles(page)).to_have_text(["Ship with Docker"])
    expect(page.get_by_label("Commands")).to_be_checked()
    page.get_by_label("Everything").check(force=True)
    expect(titles(page)).to_have_count(3)
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Any tag").select_option("C++ & <b>")
    expect(titles(page)).to_have_text(["Ship with Docker"])
    assert page.url.endswith("?q=docker&tag=C%2B%2B+%26+%3Cb%3E")
    page.reload()
    expect(titles(page)).to_have_text(["Ship with Docker"])
    expect(page.get_by_label("Any tag")).to_have_value("C++ & <b>")
    expect(page.get_by_role("button", name="Filters (1)")).to_be_visible()
    unknown = search("?tag=gone&max=9")
    said = unknown.locator("[data-said]")
    expect(said).to_have_text(
        "No recording matches these filters.“gone” is no tag, series or author here. Clear filters"
    )
    expect(unknown.get_by_label("Any tag")).to_have_value("gone")
    expect(unknown.get_by_role("heading", name="Tags")).to_be_visible()
    other = search("?q=docker&tag=gone")
    other.get_by_role("link", name="Clear filters").click()
    expect(titles(other)).to_have_count(3)
    assert other.url.endswith("?q=docker")
    folded = search("?q=docker&tag=DÓCKER")
    expect(titles(folded)).to_have_text(["Ship with Docker"])
    expect(folded.get_by_label("Any tag")).to_have_value("docker")


def test_applied_filters_are_counted_named_and_cleared(search: Any) -> None:
    page = search("?q=docker&tag=docker&from=2026-03-01&min=0:05")
    button = page.get_by_role("button", name="Filters (3)")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(status(page)).to_have_text(
        "4 lines in 1 recording\u2002·\u2002#docker\u2002·\u2002From 1 Mar 2026\u2002·\u2002Length from 0:05",
        use_inner_text=True,
    )
    button.click()
    page.get_by_label("Length from").focus()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(page.get_by_label("Length from")).to_be_hidden()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_role("button", name="Clear filters")).to_be_hidden()
    expect(titles(page)).to_have_count(3)
    expect(page.get_by_role("button", name="Filters", exact=True)).to_be_focused()
    assert page.url.endswith("?q=docker")


@pytest.mark.parametrize(
    ("length", "found"), [("1:06:40", ["Logs"]), ("0:13", ["Logs"]), ("1:75", None), ("soon", None), ("-1", None)]
)
def test_lengths_are_times(search: Any, length: str, found: list[str] | None) -> None:
    page = search("?q=docker")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Length from").fill(length)
    if found is None:
        expect(page.get_by_label("Length from")).to_have_js_property("validity.valid", value=False)
        expect(titles(page)).to_have_count(3)
        expect(page.get_by_role("button", name="Filters", exact=True)).to_be_visible()
        return
    expect(titles(page)).to_have_text(found)
    page.reload()
    expect(titles(page)).to_have_text(found)
    expect(page.locator("[name=min]")).to_have_value(length)


def test_an_open_panel_leaves_the_message_in_sight_of_a_small_phone(search: Any) -> None:
    page = search("?q=docker", viewport={"width": 320, "height": 568})
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Length from").fill("9:00:00")
    said = page.locator("[data-said] h2")
    expect(said).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Filters (1)").click()
    page.evaluate("scrollTo(0, 0)")
    page.get_by_role("button", name="Filters (1)").click()
    expect(said).to_be_in_viewport(ratio=1)
    lefts = "[...document.querySelectorAll('.narrow .select')].map((one) => one.getBoundingClientRect().left)"
    assert len(set(page.evaluate(lefts))) == 2
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("path", ["search/", "paper/"])
def test_a_filter_is_as_high_as_the_others_whatever_stands_beside_it(visit: Visit, path: str) -> None:
    page = visit(f"{path}?q=docker&tag=docker", viewport={"width": 360, "height": 800}).page
    page.get_by_role("button", name="Filters (1)").click()
    expect(page.get_by_role("button", name="Clear filters")).to_be_visible()
    heights = "[...document.querySelectorAll('.narrow :is(select, button)')].map((one) => one.offsetHeight)"
    assert len(found := page.evaluate(heights)) == 4
    assert max(found) - min(found) <= 1, found


def test_words_that_do_not_count_are_told(search: Any) -> None:
    expect(status(search("?q=a+b+c+d+e+f+g+h+i"))).to_contain_text("Only the first 8 words count.")
    expect(status(search("?q=a+b+c+d+e+f+g+h"))).not_to_contain_text("Only")


def test_a_page_that_asks_for_nothing_gives_examples(search: Any) -> None:
    page = search()
    expect(page.get_by_text("For example docker build")).to_be_visible()
    expect(page.get_by_role("heading", name="Tags")).to_be_visible()
    page.keyboard.type("docker")
    expect(page.get_by_text("For example docker build")).to_be_hidden()
    field(page).fill("nowhere")
    expect(page.get_by_role("heading", name="Tags")).to_be_visible()


def test_further_pages_have_addresses_and_back_leads_to_the_first(search: Any) -> None:
    page = search("?q=make")
    expect(status(page)).to_have_text("40 recordings")  # lines of the first ten are known
    expect(titles(page)).to_have_count(10)
    expect(page.locator("[data-pager]")).to_have_text("Page 1 of 4Next")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("[data-pager] span")).to_have_text("Page 2 of 4")
    assert page.url.endswith("?q=make&page=2")
    expect(titles(page).first).to_have_text("R29")
    page.go_back()
    expect(titles(page).first).to_have_text("R39")
    beyond = search("?q=make&page=9")
    expect(beyond.locator("[data-said]")).to_contain_text("This search has fewer pages.")
    expect(beyond.locator("[data-pager]")).to_contain_text("Page")
    expect(beyond.locator("[data-pager]")).not_to_contain_text(" of ")
    beyond.get_by_role("link", name="First page").click()
    expect(titles(beyond).first).to_have_text("R39")


def test_a_word_that_is_nowhere_is_answered_with_one_that_is_somewhere(search: Any) -> None:
    page = search("?q=dockre")
    expect(page.locator("[data-said]")).to_have_text("“dockre” was never on screen.Did you mean docker?")
    page.get_by_role("link", name="docker", exact=True).first.click()
    expect(field(page)).to_have_value("docker")
    expect(titles(page)).to_have_count(3)
    assert page.url.endswith("?q=docker")


def test_C14_hostile_texts_stay_texts(search: Any) -> None:
    page = search("?q=hostile")
    expect(titles(page)).to_have_text(["<b>Hostile</b>"])
    expect(page.locator(".hits a")).to_contain_text("<img src=x onerror=alert(1)> hostile")
    assert page.locator("[data-found] img").count() == 0
    assert "/h%20%3Cx%3E/50%25%20%C3%A9/?t=1" in (page.locator(".hits a").get_attribute("href") or "")
    expect(page.locator(".hits bdi")).to_have_attribute("dir", "ltr")
    asked = search("?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(titles(asked)).to_have_text(["<b>Hostile</b>"])
    assert asked.locator("main img").count() == 0
    long = search("?q=" + "z%20%22" * 1500)
    expect(long.locator("[data-said]")).to_be_visible()


def test_a_long_line_is_shown_where_it_was_found(search: Any) -> None:
    page = search("?q=needle", viewport={"width": 360, "height": 700})
    mark = page.locator(".hits mark")
    expect(mark).to_have_text("needle")
    box = mark.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 360
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_shard_that_is_missing_is_a_fault_that_can_be_tried_again(visit: Visit) -> None:
    watched = visit("search/")
    watched.meant.append("console: Failed to load resource")
    page = watched.page
    page.route("**/search/t/*", lambda route: route.fulfill(status=404))
    page.keyboard.type("docker")
    said = page.locator("[data-said]")
    expect(said).to_contain_text("Search is not available. The recordings themselves are fine")
    expect(page.locator("[data-browse]")).to_be_visible()
    page.unroute("**/search/t/*")
    page.get_by_role("button", name="Try again").click()
    expect(field(page)).to_be_focused()
    expect(titles(page)).to_have_count(3)
    expect(said).to_be_hidden()


def test_a_fault_leaves_nothing_of_an_older_answer_and_follows_nothing_later(visit: Visit) -> None:
    watched = visit("search/")
    watched.meant.append("console: Failed to load resource")
    page = watched.page
    page.keyboard.type("docker")
    expect(titles(page)).to_have_count(3)
    page.route("**/search/t/*", lambda route: route.fulfill(status=503))
    field(page).fill("needle")
    page.keyboard.press("Enter")  # before it is found
    said = page.locator("[data-said]")
    expect(said).to_contain_text("Search is not available.")
    expect(titles(page)).to_have_count(0)
    page.unroute("**/search/t/*")
    page.get_by_role("button", name="Try again").click()
    expect(titles(page)).to_have_text(["Logs"])
    assert "/search/" in page.url


def test_a_recording_whose_lines_are_missing_stays_with_a_note(visit: Visit) -> None:
    watched = visit("search/")
    watched.meant.append("console: Failed to load resource")
    page = watched.page
    page.route("**/logs.json", lambda route: route.fulfill(status=404))
    page.keyboard.type("docker")
    expect(titles(page)).to_have_text(["Ship with Docker", "Logs", "About"])
    expect(page.locator("[data-found] > li").nth(1).locator(".more")).to_have_text("Its lines could not be read.")
    expect(page.locator("[data-found] > li").first.locator(".hits a")).to_have_count(3)
    expect(status(page)).to_have_text("2 recordings, 1 text")


@pytest.mark.parametrize(
    ("query", "title", "state"),
    [
        ("?q=nowhere", "“nowhere” was never on screen.", "0 recordings"),
        ("?q=needle&in=titles", "No recording matches these filters.", "0 recordings"),
        ("?q=needle&tag=docker", "No recording matches these filters.", "0 recordings\u2002·\u2002#docker"),
        (
            "?q=needle&from=2027-01-01",
            "No recording matches these filters.",
            "0 recordings\u2002·\u2002From 1 Jan 2027",
        ),
        ('?q="build+docker"', "Nothing matches this search.", "0 recordings"),
        ("?q=make&page=9", "This search has fewer pages.", "40 recordings"),
        ('?q="all+make"&page=1000', "This search has fewer pages.", "0 recordings"),
        ("?q=-!?", "Type a word or a number.", "0 recordings"),
    ],
)
def test_what_is_said_where_nothing_is_found(search: Any, query: str, title: str, state: str) -> None:
    page = search(query)
    expect(page.locator("[data-said] h2")).to_have_text(title)
    expect(status(page)).to_have_text(state, use_inner_text=True)
    expect(page.locator("[data-browse]")).to_be_visible()


def test_what_is_found_on_the_home_page_leads_there(visit: Visit, server: Any) -> None:
    page = visit("deep/search/?q=welcome").page
    expect(titles(page)).to_have_text(["Home"])
    for link in page.locator("[data-found] a").all():
        assert link.evaluate("link => link.href.replace(/[?#].*/, '')") == server.url("deep/")


def test_a_filter_that_the_site_has_none_of_lets_nothing_through(visit: Visit) -> None:
    page = visit("deep/poor/?q=make&series=none").page
    expect(page.locator("[data-said] h2")).to_have_text("No recording matches these filters.")
    expect(page.locator("select[name=series]")).to_have_count(0)
    expect(titles(page)).to_have_count(0)
    page.get_by_role("button", name="Filters (1)").click()
    page.locator("[data-widen]").click()
    expect(titles(page).first).to_be_visible()
    assert page.url.endswith("?q=make")


def test_where_a_look_ends_it_goes_on_when_it_is_asked_to(visit: Visit) -> None:
    page = visit('deep/search/?q="all+make"').page
    expect(page.locator("[data-said]")).to_have_text("Not among the likeliest ones.Look further")
    expect(status(page)).to_have_text("about 10 recordings")
    page.get_by_role("link", name="Look further").click()
    expect(titles(page)).to_have_text(["R0"])
    expect(status(page)).to_have_text("1 line in 1 recording")


def test_a_beginning_that_is_everywhere_is_not_said_to_be_nowhere(visit: Visit) -> None:
    page = visit("deep/search/?q=wide").page
    expect(page.locator("[data-said] h2")).to_have_text("Nothing matches this search.")
    expect(status(page)).to_have_text("0 recordings. Titles only, type on.")


def test_a_filter_that_lets_everything_pass_asks_for_nothing(search: Any) -> None:
    page = search("?min=0")
    expect(page.locator("[data-browse]")).to_be_visible()
    expect(page.locator("[data-found]")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("[data-said]")).to_be_hidden()


def test_a_shard_that_is_cut_off_is_told(visit: Visit) -> None:
    page = visit("search/").page
    page.route("**/search/t/*", lambda route: route.fulfill(body=b"\x00\x09abc"))
    page.keyboard.type("docker")
    expect(page.locator("[data-said]")).to_contain_text("Search is damaged.")


def test_without_a_network_it_says_so(visit: Visit) -> None:
    watched = visit("search/")
    watched.meant += ["console: Failed to load resource", "failed: "]
    page = watched.page
    page.context.set_offline(True)
    page.keyboard.type("docker")
    expect(page.locator("[data-said]")).to_contain_text("Search is not available.")
    page.context.set_offline(False)
    page.keyboard.type(" ")
    expect(titles(page)).to_have_count(3)


def test_a_site_that_was_published_in_between_is_read_anew(visit: Visit) -> None:
    watched = visit("search/")
    page = watched.page
    first = {"is": True}
    new = small([EDITED])

    def root(route: Route) -> None:
        if first.pop("is", None):
            route.continue_()
        else:
            route.fulfill(body=new["search/index.json"])

    page.route("**/search/index.json", root)
    page.route("**/logs.json", lambda route: route.fulfill(body=new["logs.json"]))
    page.keyboard.type("logs")
    expect(titles(page)).to_have_text(["Logs"])
    page.get_by_role("searchbox").fill("needle")
    expect(page.locator("[data-said]")).to_contain_text("“needle” was never on screen.")
    page.get_by_role("searchbox").fill("podman")
    expect(page.locator(".hits a")).to_have_text("0:01podman logs")


def test_what_came_with_a_new_site_is_found_once_the_root_is_old(visit: Visit) -> None:
    page = visit("search/").page
    page.clock.install()
    page.keyboard.type("podman")
    expect(page.locator("[data-said]")).to_contain_text("“podman” was never on screen.")
    new = small([EDITED])
    page.route("**/search/index.json", lambda route: route.fulfill(body=new["search/index.json"]))
    page.get_by_role("searchbox").fill("podma")
    expect(page.locator("[data-said]")).to_contain_text("“podma” was never on screen.")
    page.clock.fast_forward(31_000)
    page.get_by_role("searchbox").fill("podman")
    expect(page.locator(".hits a")).to_have_text("0:01podman logs")


SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { hadRecentInput, value, sources } of list.getEntries()) {
    if (!hadRecentInput) shifts.push([value, ...sources.map(({ node }) => node?.className ?? "")]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


def painted(page: Page) -> None:
    """Wait until what is there now was painted."""
    page.wait_for_function(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0, true))))"
    )


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("path", ["search/", "paper/"])
@pytest.mark.parametrize("query", ["?q=make", "?q=dockre", "?q=tour&tag=docker", ""])
def test_nothing_moves_while_a_link_to_a_search_opens(visit: Visit, path: str, query: str, width: int) -> None:
    page = visit("alone/", viewport={"width": width, "height": 800}).page
    page.add_init_script(SHIFTS)
    for late in ("**/js/search.*", "**/search/index.json", "**/search/d/*", "**/many/*.json"):
        page.route(late, lambda route: (painted(page), route.continue_()))
    page.goto(page.url.replace("alone/", path + query))
    expect(page.locator("[data-found][aria-busy]")).to_have_count(0)
    if query == "?q=make":
        expect(page.locator(".hits a")).to_have_count(10)
    painted(page)
    assert page.evaluate("shifts") == []


@pytest.mark.parametrize("path", ["search/", "paper/"])
def test_titles_come_before_lines_that_are_late_and_nothing_in_sight_moves_when_those_come(
    visit: Visit, path: str
) -> None:
    page = visit(path).page
    held: list[Route] = []
    page.route("**/many/*.json", lambda route: held.append(route))  # noqa: PLW0108 - a method cannot be marked
    page.keyboard.type("make")
    expect(titles(page)).to_have_count(10)
    expect(page.locator("[data-found]")).to_have_attribute("aria-busy", "true")
    expect(status(page)).to_have_text("40 recordings")
    tops = "[...document.querySelectorAll('.group')].map((one) => one.getBoundingClientRect().top)"
    before = page.evaluate(tops)
    for route in held:
        route.continue_()
    expect(page.locator(".hits a")).to_have_count(10)
    seen = [top for top in before if top < page.evaluate("innerHeight")]
    assert 1 < len(seen) < 10
    assert page.evaluate(tops)[: len(seen)] == seen
    expect(page.locator("[data-found]")).not_to_have_attribute("aria-busy", "true")
    page.emulate_media(media="print")
    hollow = "(one) => one.offsetHeight > one.firstElementChild.offsetHeight"
    assert not page.evaluate(f"[...document.querySelectorAll('.finds')].some({hollow})")
    page.emulate_media(media="screen")
    height = "document.querySelector('[data-found] > :last-child').offsetHeight"
    late = page.evaluate(height)
    page.unroute("**/many/*.json")
    page.reload()
    expect(page.locator(".hits a")).to_have_count(10)
    assert page.evaluate(height) == late, "what is out of sight looks as if nothing had been late"


def test_printed_the_field_looks_as_if_nobody_typed_in_it(visit: Visit) -> None:
    page = visit("search/?q=docker").page
    expect(titles(page)).to_have_count(3)
    page.locator("#q").focus()
    outline = "getComputedStyle(document.querySelector('.ask')).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.emulate_media(media="print")
    assert page.evaluate(outline) == "none"


def test_lines_that_are_not_late_come_with_their_titles(search: Any) -> None:
    page = search()
    stopped(page)
    page.evaluate(
        "new MutationObserver(() => (window.seen ??= document.querySelectorAll('[data-room]').length))"
        ".observe(document.querySelector('[data-found]'), { childList: true })"
    )
    page.keyboard.type("make")
    page.clock.run_for(TYPED)
    expect(page.locator(".hits a")).to_have_count(10)
    assert page.evaluate("seen") == 0
    expect(page.locator("[data-room]")).to_have_count(0)


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        ("c%2B%2B", [["#C++ & <b>"]]),
        ("ada", [["Ada"]]),
        ("first+to", [["A first tour"]]),
        ("ship", []),
        ("ada&in=commands", []),
    ],
)
def test_a_name_by_which_a_result_was_found_is_named(search: Any, query: str, reasons: list[list[str]]) -> None:
    page = search(f"?q={query}")
    expect(page.locator("[data-found][aria-busy]")).to_have_count(0)
    found = page.locator(".group").first.locator(".why bdi")
    expect(found).to_have_text([name for names in reasons for name in names])
    if reasons:
        expect(found.locator("mark").first).to_be_visible()


def test_an_older_answer_does_not_replace_a_newer_one(visit: Visit) -> None:
    page = visit("search/").page
    held: list[Route] = []
    page.route("**/many/*.json", lambda route: held.append(route))  # noqa: PLW0108 - a method cannot be marked
    page.keyboard.type("make")
    expect(titles(page)).to_have_count(10)
    field(page).fill("needle")
    expect(titles(page)).to_have_text(["Logs"])
    late = page.evaluate_handle("new MutationObserver(() => {})")  # of what the list shows from now on
    page.evaluate("(late) => late.observe(document.querySelector('[data-found]'), { childList: true })", late)
    for route in held:
        with page.expect_response(route.request.url) as answer:
            route.continue_()
        answer.value.finished()
    page.evaluate("fetch('../logs.json').then((answer) => answer.json())")  # after all that came before it
    assert page.evaluate("(late) => late.takeRecords().length", late) == 0
    expect(titles(page)).to_have_text(["Logs"])


@pytest.mark.parametrize("path", ["search/", "paper/"])
def test_axe_finds_nothing_in_any_state_in_light_and_dark_and_on_a_phone(visit: Visit, path: str) -> None:
    for query in ("", "?q=docker&tag=docker", "?q=make&page=2", "?q=dockre"):
        page = visit(path + query, color_scheme="light", viewport={"width": 1200, "height": 800}).page
        expect(page.locator("[data-found]")).not_to_have_attribute("aria-busy", "true")
        assert Axe().run(page).response["violations"] == [], query
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 360, "height": 800})
        assert Axe().run(page).response["violations"] == [], query
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_scripts_there_is_a_list_of_everything(visit: Visit) -> None:
    page = visit("search/", java_script_enabled=False).page
    expect(page.get_by_text("Search needs JavaScript.")).to_be_visible()
    expect(page.get_by_role("link", name="Ship")).to_have_attribute("href", "../ops/ship/")
    expect(page.locator("form")).to_be_hidden()


@pytest.mark.parametrize("theme", ["default", "paper"])
def test_opened_as_a_file_it_says_what_it_needs_and_lists_everything(
    browser: Browser, tmp_path: Path, theme: str
) -> None:
    of = gallery.site(recording("ops/ship", SHIP))
    pages = {one.path: one.body() for one in gallery.artifacts(of, {"ops/ship": SHIP}, theme=theme)}
    for path, body in (pages | search_page(of, theme=theme)).items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    page = browser.new_page()
    page.goto(f"{(tmp_path / 'search/index.html').as_uri()}?q=docker")
    expect(page.get_by_text("Search needs a web server.")).to_be_visible()
    expect(page.get_by_text("Search needs JavaScript.")).to_be_hidden()
    expect(page.get_by_role("link", name="Ship")).to_be_visible()
    expect(page.locator("form")).to_be_hidden()
    page.goto((tmp_path / "ops/ship/index.html").as_uri())
    expect(page.get_by_text("Step 1: docker").first).to_be_visible()
    expect(page.get_by_text("Playing needs a web server. This page was opened as a file.")).to_be_visible()
    expect(page.get_by_text("Playing needs JavaScript.")).to_be_hidden()
    expect(page.locator("[data-play], [data-inside], [data-scheme-switch]").locator("visible=true")).to_have_count(0)
    page.goto((tmp_path / "embed/ops/ship/index.html").as_uri())
    expect(page.get_by_text("Playing needs a web server.")).to_be_visible()
    page.close()


def test_it_works_below_a_path(visit: Visit) -> None:
    page = visit("search/?q=docker", sub=True).page
    expect(titles(page)).to_have_count(3)
    assert "/sub/path/ops/ship/" in (titles(page).first.locator("a").get_attribute("href") or "")


@pytest.mark.parametrize("path", ["ops/shop-with-docker/", "ops/Shop_with%20docker/index.html"])
def test_a_page_that_is_missing_offers_what_is_called_nearly_so(visit: Visit, server: Any, path: str) -> None:
    watched = visit(path)
    watched.meant = ["console: Failed to load resource"]
    offered = watched.page.get_by_role("region", name="Perhaps you meant").get_by_role("link")
    expect(offered).to_have_count(2)
    assert offered.first.get_attribute("href") == server.url("ops/ship/")
    offered.last.click()
    expect(field(watched.page)).to_have_value(re.compile("^shop with docker$", re.IGNORECASE))
