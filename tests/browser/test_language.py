"""A site in another language: what scripts say, they say in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]


@pytest.fixture
def server(german_server: Any) -> Any:
    """What `visit` opens pages of."""
    return german_server


def test_the_player_the_keys_and_the_search_speak_the_sites_language(visit: Visit) -> None:
    page = visit("demo/tour/").page
    expect(page.locator("html")).to_have_attribute("lang", "de")
    slider = page.locator("[data-scrub] input")
    page.locator(".log a.tc").first.click()
    expect(slider).to_have_attribute("aria-valuetext", "0:01 von 0:12, Kapitel Build")
    page.locator("[data-keys]").click()
    keys = page.get_by_role("dialog", name="Tasten")
    expect(keys).to_contain_text("Abspielen oder anhalten")
    keys.get_by_role("button", name="Schließen").click()
    field = page.get_by_role("searchbox", name="Hierin suchen")
    field.fill("make")
    expect(page.locator("[data-count]")).to_have_text("2 Zeilen")
    field.fill("compiling")
    expect(page.locator("[data-count]")).to_have_text("1 Zeile")
    field.fill("nowhere")
    expect(page.locator("[data-note]")).to_have_text("„nowhere“ steht in keiner der hier gezeigten Zeilen.")
    page.locator("[data-toggle]").click()
    expect(page.locator("[data-toggle]")).to_have_attribute("aria-label", "Anhalten")


def test_the_colour_scheme_is_named_in_the_sites_language(visit: Visit) -> None:
    page = visit("").page
    button = page.get_by_role("button", name="Farbschema: System")
    button.click()
    expect(page.locator("[data-toast]")).to_have_text("Farbschema: hell")


def test_what_the_search_says_of_itself_ends_before_its_key(visit: Visit) -> None:
    page = visit("", viewport={"width": 1200, "height": 800}).page
    ends, begins = page.evaluate("""() => {
      const input = document.querySelector(".find input"), key = document.querySelector(".find kbd");
      const end = input.getBoundingClientRect().right - parseFloat(getComputedStyle(input).paddingRight);
      return [end, key.getBoundingClientRect().left];
    }""")
    assert ends <= begins
    overflow = "getComputedStyle(document.querySelector('.find input')).textOverflow"
    assert page.evaluate(overflow) == "ellipsis"


def test_no_word_of_the_interface_is_left_in_english(visit: Visit) -> None:
    english = re.compile(
        r"\b(Play|Search|Transcript|Files|Recorded|Length|Share|Newest|Previous|Next|Speed|recordings)\b"
    )
    for path in (
        "",
        "demo/",
        "demo/tour/",
        "tags/",
        "tags/make/",
        "series/a-first-tour/",
        "404.html",
        "embed/demo/tour/",
    ):
        page = visit(path).page
        own = "[...document.querySelectorAll('nav, .facts, button, h2, dt, footer, label, option')]"
        said = page.evaluate(f"{own}.map(one => one.innerText + ' ' + (one.ariaLabel ?? '')).join('|')")
        told = said.replace("Recordings", "")  # the owner's own words in the navigation
        assert english.search(told) is None, (path, english.search(told))
