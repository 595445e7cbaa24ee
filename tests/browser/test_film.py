"""The film strip over the scrubber and on the frames of the gallery."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Locator, Page, expect
from projects import Project, cast

pytestmark = pytest.mark.browser

SITE = {
    "castsite.yml": "title: Films\n",
    "content/tour.cast": cast(*(f"line {at}" for at in range(1, 13)), step=2, height=14),
    "content/other.cast": cast("a", "b", "c", step=1, width=100, height=8),
    "content/still.cast": b'{"version": 2, "width": 40, "height": 10}\n[0.0, "o", "hi"]\n[9.0, "o", "\\u001b[0m"]\n',
}
DURATION = 24.0
SHIFTS = """new Promise(resolve => {
  const seen = new PerformanceObserver(() => {});
  seen.observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(seen.takeRecords().reduce((sum, one) => sum + one.value, 0)), 200);
})"""

Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def films(server: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Builds a site with films, and serves it under `films/`."""
    place = Project(Path(tmp_path_factory.mktemp("films"))).write(SITE)
    place.build()
    found = place.published()
    server.files.update({f"films/{name}": body for name, body in found.items()})
    return found


def shown(box: Locator, file: bytes) -> list[str]:
    """Text of the still that a box shows, read from the film's file by what the box has moved to."""
    expect(box).to_be_visible()
    at = box.evaluate(
        "box => { const image = box.querySelector('img'), still = box.getBoundingClientRect();"
        " return (still.top - image.getBoundingClientRect().top) / still.height; }"
    )
    assert at == pytest.approx(round(at), abs=0.02)
    stills = [one for one in ET.fromstring(file) if one.tag.endswith("}g")]  # noqa: S314 - made by castsite
    return [text.text or "" for text in stills[round(at)]]


def expected(seconds: float) -> list[str]:
    """Lines that the tour has printed at the middle of the slice that holds a moment."""
    middle = (min(int(seconds), 23) + 0.5) * DURATION / 24
    return [f"line {at}" for at in range(1, 13) if at * 2 <= middle]


def point(page: Page, place: Locator, share: float) -> None:
    box = place.bounding_box()
    assert box
    page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


def fetched(watched: Any) -> list[str]:
    return [url.rpartition("/")[2] for url in watched.requests if ".strip.svg" in url or "/film." in url]


@pytest.fixture
def scrub(visit: Visit, films: dict[str, bytes]) -> tuple[Any, Page, Locator]:
    watched = visit("films/tour/")
    place = watched.page.locator("[data-scrub]")
    place.scroll_into_view_if_needed()
    return watched, watched.page, place


def test_nothing_is_fetched_before_the_first_use_and_all_of_it_once(scrub: tuple[Any, Page, Locator]) -> None:
    watched, page, place = scrub
    page.wait_for_load_state("networkidle")
    assert fetched(watched) == []
    for share in (0.1, 0.5, 0.9):
        point(page, place, share)
        expect(page.locator(".preview")).to_be_visible()
    page.mouse.move(1, 1)
    point(page, place, 0.3)
    expect(page.locator(".preview")).to_be_visible()
    script, film = fetched(watched)
    assert (script[:5], script[-3:], film) == ("film.", ".js", "tour.strip.svg")


def test_the_scrubber_shows_what_stood_at_the_moment_under_the_pointer(
    scrub: tuple[Any, Page, Locator], films: dict[str, bytes]
) -> None:
    _, page, place = scrub
    for seconds in (1.5, 2.5, 7.5, 12.5, 23.5):
        point(page, place, seconds / DURATION)
        assert shown(page.locator(".preview .still"), films["tour.strip.svg"]) == expected(seconds)
        expect(page.locator(".preview .tc")).to_have_text(f"0:{int(seconds):02}")
    assert page.locator(".preview").get_attribute("aria-hidden") == "true"
    page.mouse.move(1, 1)
    expect(page.locator(".preview")).to_have_count(0)
    assert page.evaluate(SHIFTS) == 0


@pytest.mark.parametrize("width", [1280, 360])
def test_the_preview_stays_inside_the_window_above_the_scrubber(
    visit: Visit, films: dict[str, bytes], width: int
) -> None:
    page = visit("films/tour/", viewport={"width": width, "height": 800}).page
    place = page.locator("[data-scrub]")
    place.scroll_into_view_if_needed()
    for share in (0.002, 0.5, 0.998):
        point(page, place, share)
        expect(page.locator(".preview")).to_be_visible()
        box, under = page.locator(".preview").bounding_box(), place.bounding_box()
        assert box
        assert under
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= under["y"]


def test_the_keyboard_shows_what_stood_at_the_thumb(scrub: tuple[Any, Page, Locator], films: dict[str, bytes]) -> None:
    _, page, place = scrub
    page.locator("[data-play]").focus()
    page.keyboard.press("Tab")
    while not place.locator("input").evaluate("input => input === document.activeElement"):
        page.keyboard.press("Tab")
    expect(page.locator(".preview .tc")).to_have_text("0:00")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".preview .tc")).to_have_text("0:05")
    assert shown(page.locator(".preview .still"), films["tour.strip.svg"]) == expected(5)
    page.keyboard.press("Tab")
    expect(page.locator(".preview")).to_have_count(0)


def test_a_frame_of_the_gallery_shows_its_film_and_then_its_poster_again(visit: Visit, films: dict[str, bytes]) -> None:
    watched = visit("films/")
    page = watched.page
    shot = page.locator(".frame .shot[href='tour/']")
    shot.scroll_into_view_if_needed()
    before = shot.evaluate("shot => [shot.outerHTML, JSON.stringify(shot.getBoundingClientRect())]")
    assert fetched(watched) == []
    for seconds in (1.5, 8.5, 23.5):
        point(page, shot, seconds / DURATION)
        assert shown(shot.locator(".still"), films["tour.strip.svg"]) == expected(seconds)
    still, poster = shot.locator(".still").bounding_box(), shot.locator(".poster").bounding_box()
    assert still
    assert poster
    assert still["width"] == pytest.approx(poster["width"], abs=1.5)
    page.mouse.move(1, 1)
    expect(shot.locator(".cover")).to_have_count(0)
    assert shot.evaluate("shot => [shot.outerHTML, JSON.stringify(shot.getBoundingClientRect())]") == before
    assert page.evaluate(SHIFTS) == 0
    assert len(fetched(watched)) == 2


def test_a_recording_that_never_changes_has_no_film(visit: Visit, films: dict[str, bytes]) -> None:
    watched = visit("films/")
    point(watched.page, watched.page.locator(".frame .shot[href='still/']"), 0.5)
    watched.page.goto(watched.page.url + "still/")
    point(watched.page, watched.page.locator("[data-scrub]"), 0.5)
    watched.page.wait_for_load_state("networkidle")
    assert [url for url in watched.requests if ".strip.svg" in url] == []


def test_a_finger_that_scrolls_fetches_nothing(visit: Visit, films: dict[str, bytes]) -> None:
    watched = visit("films/", has_touch=True)
    shot = watched.page.locator(".frame .shot[href='tour/']")
    shot.dispatch_event("pointerover", {"pointerType": "touch", "bubbles": True})
    shot.dispatch_event("pointermove", {"pointerType": "touch", "bubbles": True})
    watched.page.wait_for_load_state("networkidle")
    assert fetched(watched) == []
