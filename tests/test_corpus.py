"""Every real recording of a folder of them, through the whole build."""

from __future__ import annotations

import functools
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from projects import Project

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


Row = dict[str, Any]
Built = tuple[dict[str, Row], Project, Row]


@pytest.fixture(scope="module")
def built(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    site = Project(tmp_path_factory.mktemp("corpus"))
    rows = [json.loads(line) for line in (corpus / "catalog.jsonl").read_text("utf-8").splitlines()]
    catalog = {}
    for number, row in enumerate(rows):  # each in a folder of its own: their names are longer than addresses may be
        folder = site.root / "content" / f"n{number}"
        folder.mkdir(parents=True)
        shutil.copyfile(corpus / "files" / row["file"], folder / row["file"])
        catalog[f"content/n{number}/{row['file']}"] = row
    report = json.loads(site.build("--json").stdout)
    return catalog, site, report


def is_asciicast(row: Row) -> bool:
    return row["version"] in (1, 2, 3)


def test_every_valid_recording_is_published_and_every_other_file_explained(built: Built) -> None:
    catalog, site, report = built
    listed = {item["source"] for item in json.loads(site.run("list", "--json").stdout)}
    told = {problem["path"] for problem in report["problems"]}
    assert report["recordings"]["published"] == len(listed)
    for path, row in catalog.items():
        if path in listed:
            continue
        assert path in told, f"{path} is neither published nor explained"
        empty = "header only, no events" in row["deviations"]  # valid as a file, but there is nothing to show
        assert not (row["valid"] and is_asciicast(row)) or empty, f"{path} is valid and was left out"


def test_every_published_recording_has_all_its_files(built: Built) -> None:
    _, site, _ = built
    files = site.published()
    for item in json.loads(site.run("list", "--json").stdout):
        for form in ("{}/index.html", "{}.cast", "{}.txt", "{}.svg", "{}.json"):
            assert form.format(item["slug"]) in files
        for line in files[f"{item['slug']}.cast"].splitlines():
            json.loads(line)
        assert json.loads(files[f"{item['slug']}.json"])["duration"] == pytest.approx(item["duration"], abs=0.001)


# ---- in a browser

AT_ONCE = 4
WATCH = """
addEventListener("securitypolicyviolation", event => console.error(`policy: ${event.violatedDirective}`), true);
addEventListener("unhandledrejection", event => console.error(`rejected: ${event.reason}`));
"""
LOOK = """() => {
  const poster = document.querySelector("[data-stage] svg.poster");
  const [box, drawn] = [poster.viewBox.baseVal, poster.getBBox()];
  const right = drawn.x + drawn.width <= box.width + 1, low = drawn.y + drawn.height <= box.height + 1;
  return {
    "the poster is cut": !(drawn.x >= -1 && drawn.y >= -1 && right && low),
    "the page scrolls sideways": document.documentElement.scrollWidth > innerWidth,
    "there is no trace": !document.querySelector("[data-scrub] .trace .bars"),
  };
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def origin(built: Built) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(built[1].root / "public"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}/"
        http.shutdown()
        thread.join()


@pytest.mark.browser
def test_every_page_opens_without_a_fault_and_shows_its_whole_poster(
    built: Built, browser: Browser, origin: str
) -> None:
    faults: dict[str, list[str]] = {}
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(WATCH)
    opened = [context.new_page() for _ in range(AT_ONCE)]
    for page in opened:
        page.on("console", lambda told: _note(faults, told.page, told.text) if told.type == "error" else None)
        page.on("pageerror", functools.partial(_note_error, faults, page))
    slugs = [item["slug"] for item in json.loads(built[1].run("list", "--json").stdout)]
    assert len(slugs) == built[2]["recordings"]["published"] > 0
    for some in _batches(slugs):
        for page, slug in zip(opened, some, strict=False):
            page.goto(f"{origin}{slug}/", wait_until="commit")
        for page, _ in zip(opened, some, strict=False):
            page.wait_for_load_state()
            for name, wrong in page.evaluate(LOOK).items():
                if wrong:
                    _note(faults, page, name)
    context.close()
    assert faults == {}


def _batches(slugs: list[str]) -> Iterator[list[str]]:
    yield from (slugs[start : start + AT_ONCE] for start in range(0, len(slugs), AT_ONCE))


def _note(faults: dict[str, list[str]], page: Page | None, text: str) -> None:
    faults.setdefault(page.url if page else "", []).append(text)


def _note_error(faults: dict[str, list[str]], page: Page, error: object) -> None:
    _note(faults, page, f"error: {error}")
