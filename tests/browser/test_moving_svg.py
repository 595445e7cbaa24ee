"""Animated SVG in a real browser: at any moment it shows what a still of that moment shows."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from filming import DARK, TALK
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from castsite.cast.events import Cast
from castsite.cast.read import read
from castsite.cast.timeline import prepare
from castsite.export.animated_svg import BORDER, FPS, animated_svg
from castsite.export.footage import Footage, film
from castsite.limits import Limits
from castsite.render.headers import rules
from castsite.render.images.svg import Drawing, draw_rows, poster_file

pytestmark = pytest.mark.browser
STILL = 2


def footage_of(of: Cast) -> Footage:
    found = film(of, fps=FPS)
    assert found is not None
    return found


def moving(of: Footage, **choices: bool) -> str:
    return animated_svg(of, DARK, title="Demo", still=STILL, last_frame=2_000_000, **choices)


def still(of: Footage, shot: int) -> str:
    rows = [of.lines[number] for number in of.shots[shot].rows]
    drawn = poster_file(Drawing(of.cols, of.rows, draw_rows(rows)), DARK, title="Demo")
    drawn = drawn.replace("11.25", f"{BORDER}")
    for pixels in (of.cols * 9, of.rows * 20):
        drawn = drawn.replace(f"{pixels + 22.5:g}", f"{pixels + 2 * BORDER}")
    return drawn


def seen(page: Page) -> Image.Image:
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def differing(one: Image.Image, other: Image.Image) -> int:
    """Count pixels; where an area goes on a third of a pixel into the next row, that may have been drawn over it."""
    difference = ImageChops.difference(one, other).convert("L").point(lambda by: 255 if by > 24 else 0)
    return difference.histogram()[255]


def open_svg(page: Page, folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, "utf-8")
    page.goto((folder / name).as_uri())


def go_to(page: Page, at: float) -> None:
    """Hold everything that moves at a moment, in milliseconds; each `<svg>` has a time of its own."""
    page.evaluate(
        """at => {
          for (const one of document.getAnimations()) { one.pause(); one.currentTime = at; }
          for (const one of document.querySelectorAll("svg")) { one.pauseAnimations(); one.setCurrentTime(at / 1000); }
        }""",
        at,
    )
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def check(browser: Browser, of: Cast, folder: Path, most: int = 0) -> None:
    """Set it to five moments, by either way of moving."""
    footage = footage_of(of)
    last = len(footage.shots) - 1
    page = browser.new_page(viewport={"width": footage.cols * 9 + 40, "height": footage.rows * 20 + 40})
    whole = moving(footage)
    without_css = re.sub("<style>.*?</style>", "", whole, flags=re.DOTALL)
    stills = {}
    for shot in sorted({0, last // 4, last // 2, 3 * last // 4, last}):
        open_svg(page, folder, "still.svg", still(footage, shot))
        stills[shot] = seen(page)
    for name, text in (("css", whole), ("smil", without_css)):
        open_svg(page, folder, f"{name}.svg", text)
        for shot, expected in stills.items():
            at = footage.shots[shot].time / 1000 + 1
            go_to(page, at)
            if (found := differing(seen(page), expected)) > most:
                seen(page).save(folder / "found.png")
                expected.save(folder / "expected.png")
                pytest.fail(f"{name} at {at} ms: {found} pixels differ")
    page.close()


def test_it_shows_what_a_still_of_the_moment_shows(browser: Browser, tmp_path: Path) -> None:
    check(browser, TALK, tmp_path)


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", ["serialport__website__static__demo", "nbedos__termtosvg__docs__examples__casts__colors"]
)
def test_a_real_recording_moves_as_it_should(browser: Browser, tmp_path: Path, corpus: Path, name: str) -> None:
    source = read((corpus / "files" / f"{name}.cast").read_bytes(), path=name).cast
    assert source is not None
    ready = prepare(source, limits=Limits(), path=name).cast
    assert ready is not None
    check(browser, ready, tmp_path)


def test_who_wants_no_motion_sees_the_poster_frame(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 500, "height": 240})
    page = context.new_page()
    footage = footage_of(TALK)
    open_svg(page, tmp_path, "still.svg", still(footage, STILL))
    expected = seen(page)
    open_svg(page, tmp_path, "moving.svg", moving(footage))
    assert page.evaluate("document.getAnimations().length") == 0
    go_to(page, 6500)
    assert differing(seen(page), expected) == 0
    context.close()


def test_once_it_ends_with_the_last_picture(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 500, "height": 240})
    footage = footage_of(TALK)
    open_svg(page, tmp_path, "still.svg", still(footage, len(footage.shots) - 1))
    expected = seen(page)
    open_svg(page, tmp_path, "once.svg", moving(footage, loop=False))
    page.evaluate("document.getAnimations().forEach(one => one.finish())")
    assert differing(seen(page), expected) == 0
    page.close()


@contextmanager
def served(body: bytes, headers: dict[str, str]) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in {**headers, "Content-Type": "image/svg+xml"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/demo.anim.svg"
    server.shutdown()
    server.server_close()


def test_the_policy_of_a_site_does_not_freeze_it(browser: Browser) -> None:
    headers = dict(next(rule for rule in rules() if rule.path == "/*").headers)
    footage = footage_of(TALK)
    page = browser.new_page(viewport={"width": 500, "height": 240})
    with served(moving(footage).encode(), headers) as address:
        page.goto(address)
        assert page.evaluate("document.getAnimations().length") == 0, "the policy leaves its style out"
        go_to(page, 10)
        first = seen(page)
        go_to(page, 7000)
        assert differing(seen(page), first) > 100
    page.close()
