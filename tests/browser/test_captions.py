"""Captions below the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]


def test_what_is_said_stands_below_the_screen_while_it_is_said(visit: Visit) -> None:
    watched = visit("demo/told/?t=1")
    page = watched.page
    caption = page.locator("[data-caption]")
    expect(caption).to_have_text("First <make>")
    expect(caption).to_have_attribute("lang", "en")
    page.get_by_role("slider").fill("3")
    expect(caption).to_have_text("then test")
    page.get_by_role("slider").fill("5")
    expect(caption).to_have_text("")
    assert [url for url in watched.requests if url.endswith(".vtt")] == [watched.origin + "/demo/told.en.vtt"]


def test_a_choice_made_before_the_script_is_there_holds(visit: Visit) -> None:
    page = visit("about/").page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/captions.*.js", hold)
    page.goto(page.url.replace("about/", "demo/told/?t=1"))
    page.get_by_label("Captions").select_option("de")
    while not held:
        page.wait_for_timeout(20)
    page.unroute("**/captions.*.js")
    held[0].fallback()
    expect(page.locator("[data-caption]")).to_have_text("Erst bauen")
    page.reload()
    expect(page.get_by_label("Captions")).to_have_value("de")


def test_another_language_is_shown_at_once_and_remembered(visit: Visit) -> None:
    page = visit("demo/told/?t=1").page
    expect(page.locator("[data-caption]")).to_have_text("First <make>")
    page.get_by_label("Captions").select_option(label="Deutsch")
    expect(page.locator("[data-caption]")).to_have_text("Erst bauen")
    page.reload()
    expect(page.get_by_label("Captions")).to_have_value("de")
    expect(page.locator("[data-caption]")).to_have_text("Erst bauen")


def test_captions_can_be_put_off(visit: Visit) -> None:
    page = visit("demo/told/?t=1").page
    expect(page.locator("[data-caption]")).to_have_text("First <make>")
    page.get_by_label("Captions").select_option("")
    expect(page.locator("[data-caption]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-caption]")).to_be_hidden()
    expect(page.get_by_label("Captions")).to_have_value("")


def test_a_caption_moves_nothing(visit: Visit) -> None:
    page = visit("demo/told/?t=1").page
    expect(page.locator("[data-caption]")).to_have_text("First <make>")
    slider = page.get_by_role("slider")
    place = "slider => slider.getBoundingClientRect().top + scrollY"
    before = slider.evaluate(place)
    slider.fill("5")
    expect(page.locator("[data-caption]")).to_have_text("")
    assert slider.evaluate(place) == before


def test_the_longest_caption_has_room_from_the_start(visit: Visit) -> None:
    page = visit("demo/told/?t=1", viewport={"width": 250, "height": 740}).page
    caption = page.locator("[data-caption]")
    expect(caption).to_have_text("First <make>")
    slider = page.get_by_role("slider")
    place = "slider => slider.getBoundingClientRect().top + scrollY"
    before = slider.evaluate(place)
    slider.fill("4.5")
    expect(caption).to_contain_text("many words")
    assert caption.evaluate("caption => caption.getClientRects()[0].height") > 100
    assert slider.evaluate(place) == before


def test_a_file_that_cannot_be_fetched_is_told(visit: Visit) -> None:
    watched = visit("about/")
    watched.meant += ["console: Failed to load resource"]

    def refuse(route: Route) -> None:
        route.fulfill(status=404)

    watched.page.route("**/*.vtt", refuse)
    watched.page.goto(watched.origin + "/demo/told/")
    caption = watched.page.locator("[data-caption]")
    expect(caption).to_contain_text("could not be fetched")
    watched.page.get_by_role("slider").fill("3")
    expect(watched.page.locator("[data-now]")).to_have_text("0:03")
    expect(caption).to_contain_text("could not be fetched")


def test_a_language_that_fails_late_does_not_take_the_place_of_another(visit: Visit) -> None:
    watched = visit("about/")
    watched.meant += ["console: Failed to load resource"]
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    watched.page.route("**/*.de.vtt", hold)
    watched.page.goto(watched.origin + "/demo/told/?t=1")
    captions = watched.page.get_by_label("Captions")
    expect(watched.page.locator("[data-caption]")).to_have_text("First <make>")
    captions.select_option("de")
    captions.select_option("en")
    expect(watched.page.locator("[data-caption]")).to_have_text("First <make>")
    held[0].fulfill(status=404)
    watched.page.wait_for_timeout(200)
    expect(watched.page.locator("[data-caption]")).to_have_text("First <make>")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Visit, scheme: str) -> None:
    page = visit("demo/told/?t=1", color_scheme=scheme).page
    expect(page.locator("[data-caption]")).to_have_text("First <make>")
    assert Axe().run(page).response["violations"] == []


def test_without_scripts_the_files_are_there(visit: Visit) -> None:
    page = visit("demo/told/", java_script_enabled=False).page
    expect(page.get_by_label("Captions")).to_be_hidden()
    expect(page.locator("#files").get_by_role("listitem").filter(has_text="Deutsch")).to_contain_text("captions")
