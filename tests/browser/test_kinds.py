"""Every kind of page in every theme, as far as test_pages.py and test_paper.py do not see it; former addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from kinds import ALIAS, ALIAS_THAT_STAYS, PATHS
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

LOOKED_AT = {
    "default": {"index.html", "git/index.html", "git/rebase/index.html", "about/index.html", "404.html"},
    "paper": {
        "index.html",
        "git/index.html",
        "git/rebase/index.html",
        "tags/index.html",
        "tags/git/index.html",
        "series/first-steps/index.html",
        "about/index.html",
        "404.html",
        "embed/git/rebase/index.html",
        ALIAS,  # no theme has a say in it
    },
}
"""Kinds whose pages other files of this folder open, by theme."""
KINDS = [(theme, path) for theme, seen in LOOKED_AT.items() for path in PATHS if path not in seen]


@pytest.fixture
def server(request: pytest.FixtureRequest, servers_of_kinds: Any) -> Any:
    """What `visit` opens pages of."""
    return servers_of_kinds[getattr(request, "param", "default")]


@pytest.mark.parametrize(("server", "path"), KINDS, indirect=["server"])
def test_axe_finds_nothing_in_light_and_dark_and_no_page_scrolls_sideways(visit: Visit, path: str) -> None:
    address = ALIAS_THAT_STAYS if path == ALIAS else path.removesuffix("index.html")
    page = visit(address, color_scheme="light", viewport={"width": 1200, "height": 800}).page
    # the player's own parts are not ours to judge; what stands in a frame is a page of its own
    judged = {"exclude": [".ap-wrapper", "iframe"]}
    options = {"rules": {"target-size": {"enabled": True}}}
    assert Axe().run(page, context=judged, options=options).response["violations"] == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 800})
    assert Axe().run(page, context=judged, options=options).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("sub", [False, True])
def test_a_former_address_leads_on_with_what_was_asked_and_the_place(visit: Visit, server: Any, sub: bool) -> None:
    page = visit("a/14/?t=4&speed=2#h-why", sub=sub).page
    page.wait_for_url(server.url("git/rebase/?t=4&speed=2#h-why", sub=sub))
    expect(page.get_by_role("heading", level=1)).to_have_text("Rebase")
    page.goto(server.url("404.html", sub=sub))
    page.goto(server.url("a/14/", sub=sub))
    page.wait_for_url(server.url("git/rebase/", sub=sub))
    page.go_back()
    assert page.url == server.url("404.html", sub=sub)


def test_without_scripts_a_former_address_leads_on_too(visit: Visit, server: Any) -> None:
    page = visit("a/14/", java_script_enabled=False).page
    page.wait_for_url(server.url("git/rebase/"))
