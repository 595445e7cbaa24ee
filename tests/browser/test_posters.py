"""Pictures as posters: in the box of the terminal, whole, until the recording plays; with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from projects import Project, cast, png

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]
_LOOK = """() => {
  const image = document.querySelector("[data-stage] > img.poster"), box = image.getBoundingClientRect();
  const stage = document.querySelector("[data-stage]").getBoundingClientRect();
  return {
    loaded: image.complete && image.naturalWidth, fit: getComputedStyle(image).objectFit,
    ratio: box.width / box.height, stage: [stage.x, stage.y + scrollY, stage.width, stage.height],
  };
}"""
BOX = (80 * 9 + 22.5) / (24 * 20 + 22.5)


@pytest.fixture(scope="module")
def posters(server: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Builds a site with a picture as poster, and serves it under `posters/`."""
    project = Project(tmp_path_factory.mktemp("posters")).write(
        {
            "castsite.yml": "title: Posters\n",
            "content/tall.cast": cast("one", "two", width=80, height=24),
            "content/tall.md": "---\nposter: tall.png\n---\n",
            "content/tall.png": png(90, 300),
        }
    )
    project.build()
    server.files.update({f"posters/{name}": body for name, body in project.published().items()})


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_picture_stands_whole_in_the_terminals_box(posters: None, visit: Visit, *, scripts: bool, width: int) -> None:
    page: Page = visit("posters/tall/", java_script_enabled=scripts, viewport={"width": width, "height": 800}).page
    expect(page.get_by_role("img", name="Terminal recording: tall")).to_be_visible()
    seen = page.evaluate(_LOOK)
    assert (seen["loaded"], seen["fit"]) == (90, "contain")
    assert seen["ratio"] == pytest.approx(BOX, rel=0.01)


def test_pressing_play_takes_the_picture_away_and_moves_nothing(posters: None, visit: Visit) -> None:
    page: Page = visit("posters/tall/").page
    before = page.evaluate(_LOOK)["stage"]
    page.click(".play")
    expect(page.locator("[data-stage] > img.poster")).to_have_css("visibility", "hidden")
    assert page.evaluate(_LOOK)["stage"] == before
    expect(page.locator(".ap-term").first).to_be_visible()


def test_a_frame_elsewhere_and_a_list_show_it_too(posters: None, visit: Visit) -> None:
    embed: Page = visit("posters/embed/tall/").page
    assert embed.evaluate(_LOOK)["fit"] == "contain"
    listed: Page = visit("posters/").page
    picture = listed.locator(".frame img.poster")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => [image.naturalWidth, getComputedStyle(image).objectFit]") == [90, "contain"]
