"""The reel of a home page: pointed at it says what it shows, and its section names are links like others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]


def test_pointing_at_it_names_the_recording_and_leaving_brings_the_rest_back(visit: Visit) -> None:
    page = visit("").page
    told = page.locator("[data-readout]")
    rest = told.text_content()
    assert "of terminal, end to end" in rest
    page.locator("[data-told=Dracula] rect").hover()
    expect(told).to_have_text("0:12 Dracula")
    page.mouse.move(0, 0)
    expect(told).to_have_text(rest)
    page.locator("[data-told=Dracula] rect").click()
    expect(page).to_have_title("Dracula · Scrollback")


def test_sections_are_reached_by_keyboard_and_recordings_only_in_the_lists(visit: Visit) -> None:
    page = visit("").page
    reached = []
    page.get_by_role("button", name="Colour scheme").focus()
    for _ in range(2):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.dataset.told"))
    assert reached == ["Demo", "Solo"]
    page.get_by_role("navigation", name="Sections").get_by_text("Demo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demo")


@pytest.mark.parametrize("width", [1440, 360])
def test_it_is_as_wide_as_the_page_and_a_flat_line_of_its_own(visit: Visit, width: int) -> None:
    page = visit("", viewport={"width": width, "height": 900}).page
    film, heading = page.locator(".film").bounding_box(), page.locator(".lede").bounding_box()
    assert (film["x"], film["width"]) == pytest.approx((heading["x"], heading["width"]), abs=1)
    spans = [part.bounding_box() for part in page.locator(".film rect").all()]
    assert sum(span["width"] for span in spans) == pytest.approx(film["width"], rel=0.01)


def test_a_picture_in_a_sentence_does_not_break_it(visit: Visit) -> None:
    page = visit("about/").page
    page.evaluate(
        """() => {
          const image = Object.assign(new Image(16, 16), { src: document.querySelector('link[rel=icon]').href });
          const line = document.querySelector('.prose p');
          line.replaceChildren('Press ', image, ' to go on.');
        }"""
    )
    assert page.locator(".prose p").first.bounding_box()["height"] < 35
