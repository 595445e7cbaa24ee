"""A large recording plays from its segments: any second of it opens with little fetched, and whole where they fail."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect
from projects import Project

from castsite.cast.segments import LARGE

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

SECONDS = 600


def _recording() -> bytes:
    """Ten minutes, in which each second says which it is; after the fourth minute nothing happens for ten seconds."""
    header = {"version": 2, "width": 80, "height": 24}
    filler = "".join(f"\x1b[3{at % 8}m{at:07}\x1b[m " for at in range(8 * 80))
    drawn = f"\x1b[H\x1b[2J{filler[: LARGE // SECONDS]}\x1b[H\x1b[K"
    seconds = (second for second in range(SECONDS + 1) if not 240 < second < 250)
    lines = [header, *([float(second), "o", f"{drawn}second {second}."] for second in seconds)]
    return b"\n".join(map(msgspec.json.encode, lines)) + b"\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    project = Project(tmp_path_factory.mktemp("large")).write({"castsite.yml": "title: S\n"})
    project.write({"content/large.cast": _recording(), "content/next.cast": _recording()[:2000].rpartition(b"\n")[0]})
    project.build()
    return project.published()


@pytest.fixture
def server(files: dict[str, bytes], serve: Any) -> Iterator[Any]:
    with serve(dict(files)) as serving:
        yield serving


def named(watched: Any) -> list[str]:
    return [url.rpartition("/large")[2] for url in watched.requests if "/large/seg" in url or url.endswith(".cast")]


def screen(page: Page) -> Any:
    return page.locator(".ap-term-text")


def any_second_from(first: int) -> re.Pattern[str]:
    """Match a screen that plays on: whoever looks once in a second may miss any one of them."""
    return re.compile(f"second ({'|'.join(map(str, range(first, SECONDS)))})\\.")


def test_only_large_recordings_have_segments(files: dict[str, bytes]) -> None:
    assert len(files["large.cast"]) > LARGE
    assert [name for name in files if "/segments/" in name and not name.startswith("large/")] == []
    assert sum(name.startswith("large/segments/") for name in files) > 10


def test_any_second_opens_with_little_fetched(visit: Visit, files: dict[str, bytes]) -> None:
    watched = visit("large/#t=5:00")
    expect(screen(watched.page)).to_contain_text("second 300.")
    fetched = named(watched)
    assert fetched[0] == "/segments/index.segment.json"
    assert not any(name.endswith(".cast") for name in fetched)
    assert sum(len(files[f"large{name}"]) for name in {*fetched}) < 1_500_000
    watched.page.keyboard.press("0")
    expect(screen(watched.page)).to_contain_text("second 0.")


def test_it_is_played_over_the_borders_of_segments(visit: Visit, files: dict[str, bytes]) -> None:
    starts = [one["start"] for one in msgspec.json.decode(files["large/segments/index.segment.json"])["segments"]]
    page = visit(f"large/?speed=3#t={starts[3] - 2}").page
    page.get_by_role("button", name="Play 10:").click()
    expect(screen(page)).to_contain_text(any_second_from(int(starts[3]) + 1), timeout=15_000)


def test_steps_and_skipped_pauses_work(visit: Visit) -> None:
    page = visit("large/#t=4:00").page
    expect(screen(page)).to_contain_text("second 240.")
    page.keyboard.press(".")
    expect(screen(page)).to_contain_text("second 250.")
    page.keyboard.press(",")
    expect(screen(page)).to_contain_text("second 240.")
    page.get_by_role("button", name="Skip pauses").click()
    begun = time.monotonic()
    page.get_by_role("button", name="Play 10:").click()
    expect(screen(page)).to_contain_text(any_second_from(250), timeout=8_000)
    assert time.monotonic() - begun < 8


@pytest.mark.parametrize("damaged", ["index", "segment"])
def test_the_whole_recording_is_played_where_its_segments_fail(visit: Visit, server: Any, damaged: str) -> None:
    index = msgspec.json.decode(server.files["large/segments/index.segment.json"])
    played = max((one for one in index["segments"] if one["start"] <= 300), key=lambda one: one["start"])["url"]
    server.files[f"large/segments/{played if damaged == 'segment' else 'index.segment.json'}"] = b"{"
    watched = visit("large/#t=5:00")
    watched.meant.append("console: ")
    expect(screen(watched.page)).to_contain_text("second 300.", timeout=15_000)
    assert "large.cast" in {url.rpartition("/")[2] for url in watched.requests}


def test_a_frame_without_an_origin_plays_segments(server: Any, elsewhere: Any, browser: Browser) -> None:
    address = server.url("embed/large/?t=5:00")
    elsewhere.files["host.html"] = f'<title>Host</title><iframe src="{address}" sandbox="allow-scripts">'.encode()
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(elsewhere.url("host.html"))
    frame = page.frame_locator("iframe")
    expect(frame.locator(".ap-term-text")).to_contain_text(any_second_from(300), timeout=15_000)
    page.close()
    assert ("index.segment.json" in asked, "large.cast" in asked) == (True, False)
