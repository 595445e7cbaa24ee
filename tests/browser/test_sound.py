"""Sound that is heard with a recording: in step with it, and with its pauses."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from projects import Project, cast
from sounds import wav

from .conftest import served

pytestmark = pytest.mark.browser

_LISTEN = """
  window.heard = [];
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (!heard.includes(this)) heard.push(this);
    return play.call(this);
  };
"""


def _until(page: Page, true: str) -> None:
    """Ask until the answer is true; the site's policy forbids the page to do so itself."""
    for _ in range(500):
        if page.evaluate(true):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{true}: {page.evaluate('heard.map(one => [one.currentTime, one.paused, one.error])')}")


@pytest.mark.parametrize("address", ["a/", "embed/a/"])
def test_a_sound_is_heard_in_step_with_its_recording(browser: Browser, tmp_path: Path, address: str) -> None:
    site = Project(tmp_path).write(
        {
            "castsite.yml": "title: S\n",
            "content/a.cast": cast(*map(str, range(60)), step=0.5),
            "content/a.md": "---\naudio: voice.wav\n---\n",
            "content/voice.wav": wav((440, 30)),
        }
    )
    site.build()
    with served(site.published()) as server:
        context = browser.new_context()
        context.add_init_script(_LISTEN + "localStorage.setItem('castsite.skip', 'on');")
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
        page.goto(server.url(address) + ("?t=20" if address == "a/" else ""))
        page.locator("[data-play]").click()
        _until(page, "heard.length > 0 && !heard[0].paused && heard[0].currentTime > 0.2")
        if address == "a/":
            expect(page.locator("[data-skip]")).to_be_hidden()
            _until(page, "heard[0].currentTime > 20.5 && heard[0].currentTime < 24")
            page.keyboard.press("ArrowLeft")
            _until(page, "heard[0].currentTime > 15.2 && heard[0].currentTime < 19")
            page.keyboard.press(" ")
            _until(page, "heard[0].paused")
        assert faults == []
        context.close()
