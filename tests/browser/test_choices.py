"""What a reader chooses: colour scheme, view and density. It holds on every page, and before anything is painted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gallery
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from castsite.config import SiteConfig

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

PAPERS = {"light": "rgb(250, 250, 247)", "dark": "rgb(11, 12, 13)"}


def paper(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def root(page: Page, name: str) -> str | None:
    return page.locator("html").get_attribute(f"data-{name}")


def test_the_colour_scheme_is_switched_announced_and_remembered(visit: Visit, server: Any) -> None:
    page = visit("", color_scheme="dark").page
    button, said = page.get_by_role("button", name="Colour scheme"), page.locator("[data-toast]")
    assert paper(page) == PAPERS["dark"]
    for scheme, shown in (("light", "light"), ("dark", "dark"), ("system", "dark"), ("light", "light")):
        button.click()
        expect(said).to_have_text(f"Colour scheme: {scheme}")
        expect(button).to_have_accessible_name(f"Colour scheme: {scheme}")
        assert paper(page) == PAPERS[shown]
    for path in ("demo/tour/", "about/", "404.html"):
        page.goto(server.url(path))
        assert paper(page) == PAPERS["light"]
    expect(said).to_be_empty()


def test_a_choice_is_there_before_the_first_paint(visit: Visit) -> None:
    watched = visit("demo/")
    watched.meant = ["failed: ", "console: Failed to load resource"]
    page = watched.page
    page.get_by_text("Log", exact=True).click()
    page.route("**/*.js", lambda route: route.continue_() if "early" in route.request.url else route.abort())
    page.goto(page.url)  # no module runs now
    assert root(page, "view") == "log"
    assert page.evaluate("document.head.querySelectorAll('script:not([type])[src*=\"/early.\"]').length") == 1
    expect(page.locator(".frame").first).to_have_css("display", "grid")


def test_a_value_that_is_none_of_ours_is_left_alone(visit: Visit) -> None:
    watched = visit("404.html")
    watched.page.evaluate("for (const key of ['scheme', 'view', 'density']) localStorage['castsite.' + key] = '\"><b>'")
    watched.page.reload()
    assert [root(watched.page, name) for name in ("scheme", "view", "density")] == [None, None, None]


def test_views_are_the_same_markup_and_hold_on_the_next_list(visit: Visit, server: Any) -> None:
    page = visit("").page
    before = page.locator("main").inner_html()
    page.get_by_role("radio", name="Log").check(force=True)
    page.get_by_role("button", name="Compact").click()
    page.goto(server.url(""))
    assert page.locator("main").inner_html().replace('aria-pressed="true"', 'aria-pressed="false"') == before
    expect(page.get_by_role("radio", name="Log")).to_be_checked()
    expect(page.get_by_role("button", name="Compact")).to_have_attribute("aria-pressed", "true")
    page.goto(server.url("demo/"))
    boxes = [frame.bounding_box() for frame in page.locator(".frame").all()]
    assert len({box["x"] for box in boxes}) == 1
    assert max(box["height"] for box in boxes) < 45
    page.get_by_role("button", name="Compact").click()
    page.get_by_role("radio", name="Sheet").check(force=True)
    assert page.locator(".frame").first.bounding_box()["height"] > 150


def test_views_are_switched_from_the_keyboard(visit: Visit) -> None:
    page = visit("demo/").page
    page.get_by_role("radio", name="Sheet").focus()
    page.keyboard.press("ArrowRight")
    assert root(page, "view") == "log"


def test_a_single_recording_has_no_views(visit: Visit, server: Any) -> None:
    page = visit("demo/").page
    expect(page.get_by_role("group", name="View")).to_have_count(1)
    page.goto(server.url("solo/"))
    expect(page.locator(".frame")).to_have_count(1)
    expect(page.locator("main :is(button, select, input)")).to_have_count(0)


def test_an_empty_gallery_says_what_to_do_below_its_heading(visit: Visit, server: Any) -> None:
    of = gallery.site(config=SiteConfig(title="Scrollback", description="Terminal work, kept to the second"))
    server.files |= {f"nothing/{made.path}": made.body() for made in gallery.artifacts(of)}
    page = visit("nothing/").page
    expect(page.get_by_role("heading", name="Nothing recorded yet")).to_be_visible()
    expect(page.locator("main :is(button, select, input)")).to_have_count(0)
    heading, say = page.locator(".lede").bounding_box(), page.locator(".say").bounding_box()
    assert say["y"] - heading["y"] - heading["height"] >= 20


@pytest.mark.parametrize("path", ["", "demo/", "demo/tour/", "about/", "404.html"])
def test_without_scripts_there_is_no_dead_control(visit: Visit, path: str) -> None:
    page = visit(path, java_script_enabled=False).page
    controls = page.locator("button, select, input, [role=button]").all()
    assert [found.evaluate("e => e.outerHTML") for found in controls if found.is_visible()] == []


VIEWS = [("log", "roomy"), ("log", "compact"), ("sheet", "compact")]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
@pytest.mark.parametrize(("view", "density"), VIEWS)
def test_axe_finds_nothing_in_any_view(visit: Visit, view: str, density: str, scheme: str, width: int) -> None:
    page = visit("", color_scheme=scheme, viewport={"width": width, "height": 900}).page
    page.evaluate(f"localStorage['castsite.view'] = '{view}'; localStorage['castsite.density'] = '{density}'")
    page.reload()
    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
    assert found.response["violations"] == [], found.generate_report()


@pytest.mark.parametrize(("view", "density"), VIEWS)
@pytest.mark.parametrize("width", [320, 768, 1024])
def test_no_view_scrolls_sideways(visit: Visit, view: str, density: str, width: int) -> None:
    page = visit("", viewport={"width": width, "height": 800}).page
    page.evaluate(f"localStorage['castsite.view'] = '{view}'; localStorage['castsite.density'] = '{density}'")
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_slash_goes_to_the_field_that_searches_the_page(visit: Visit) -> None:
    page = visit("about/").page
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<input type=search id=q><input id=n>')"
    )
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#q")).to_have_value("")
    page.locator("#n").press("/")
    expect(page.locator("#n")).to_have_value("/")
