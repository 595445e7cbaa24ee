"""Every payload in every field, in everything that a whole build makes of it: pages, drawings, feeds, data, scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import html5lib
import pytest
from playwright.sync_api import Browser
from projects import Project
from safety.payloads import PAYLOADS

ORIGIN = "https://gallery.example"
ISLANDS = ("application/json", "application/ld+json")
WRAPS = ("{}", "x {}", "**{}**")
FIELDS = ("title", "description", "license")
_ACTS = re.compile(r"(?i)[\x00-\x20]*(?:javascript|vbscript|data|file):")
_WEB = re.compile(r"https?:|mailto:|data:image/|#|/|\.")


def said(text: str) -> str:
    return json.dumps(text)


def recording(number: int, payload: str) -> bytes:
    """Make a recording whose every field is a payload, as it is, after text, or within stars."""
    text = WRAPS[number % len(WRAPS)].format(payload)
    line = " ".join(text.split())
    front = [f"{field}: {said(line)}" for field in FIELDS]
    front += [f"tags: [{said(line[:48])}]", f"series: {said(line)}", f"authors: [{said(line)}]"]
    front += [f"markers: [{{at: 0.2, label: {said(line)}}}]", f"commands: [[0.1, {said(line)}]]"]
    front += [f"links: [{{title: {said(line)}, url: https://a.example/}}]", f"extra: {{word: {said(text)}}}"]
    events = [[0.1, "o", f"$ {text}\r\n"], [0.2, "m", text], [0.3, "o", f"\x1b]0;{text}\a{text}\r\n"]]
    lines = [{"version": 2, "width": 80, "height": 10, "title": text}, *events]
    return "\n".join(["---", *front, "---", *map(json.dumps, lines), ""]).encode()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    site = Project(tmp_path_factory.mktemp("everywhere"))
    outputs = "outputs: [embed, script, oembed, oembed-xml, markdown, filmstrip, gzip, wsh, rexec]\n"
    config = f"title: {said(PAYLOADS[1])}\ndescription: {said(PAYLOADS[0])}\nbase_url: {ORIGIN}/\nkeep_titles: true\n"
    site.write({"castsite.yml": config + outputs + "export: [anim.svg, html, vtt]\nsecrets: warn\n"})
    for number, payload in enumerate(PAYLOADS):
        text = WRAPS[number % len(WRAPS)].format(payload)
        front = f"---\ntitle: {said(' '.join(text.split()))}\ndate: 2026-01-02\n---\n"
        cue = f"WEBVTT\n\n00:00.100 --> 00:00.300\n{' '.join(text.split()).replace('-->', '')}\n"
        site.write(
            {
                f"content/r{number}.cast": recording(number, payload),
                f"content/r{number}.md": f"---\ncaptions: {{en: r{number}.vtt}}\n---\n{text}\n",
                f"content/r{number}.vtt": cue,
                f"content/texts/t{number}.md": f"{front}# {text}\n\n{text}\n",
            }
        )
    site.build()
    return site.published()


def of_kind(files: dict[str, bytes], *endings: str) -> Iterator[tuple[str, str]]:
    found = [(path, body.decode()) for path, body in files.items() if path.endswith(endings)]
    assert len(found) > 5
    yield from found


def test_B16_no_page_has_an_element_or_attribute_that_acts(files: dict[str, bytes]) -> None:
    pages = 0
    for path, body in of_kind(files, ".html"):
        root = html5lib.parse(body, namespaceHTMLElements=False)
        offline = path.endswith(".offline.html")
        for element in root.iter():
            if not isinstance(element.tag, str):
                continue
            tag = element.tag.rpartition("}")[2]
            names = {name for name in element.attrib if isinstance(name, str)}
            assert not any(name.lower().startswith("on") for name in names), (path, tag, names)
            assert tag not in {"object", "embed", "base", "isindex", "math", "applet"}, (path, tag)
            if tag == "script" and not offline:
                kind, source = element.get("type", ""), element.get("src", "")
                assert "assets/" in source or kind in {"application/json", "application/ld+json"}, (
                    path,
                    element.attrib,
                )
            if tag == "iframe":
                assert urlsplit(element.get("src", "")).netloc in {"", "gallery.example"}
            for name in ("href", "src", "action", "formaction", "poster", "data-src"):
                value = element.get(name, "#")
                assert value.startswith("data:") or not _ACTS.match(value), (path, tag, value)
                assert tag == "a" or urlsplit(value).netloc in {"", "gallery.example"} or name == "href", (path, value)
        pages += 1
    assert pages > 3 * len(PAYLOADS)


def test_B16_every_drawing_and_feed_is_well_formed_and_holds_no_script(files: dict[str, bytes]) -> None:
    for path, body in of_kind(files, ".svg", ".xml"):
        root = ET.fromstring(body)  # noqa: S314 - what is parsed is ours
        for element in root.iter():
            tag = str(element.tag).rpartition("}")[2]
            assert tag not in {"script", "foreignObject", "iframe"}, path
            assert not any(name.lower().startswith("on") for name in element.attrib), path
            for name, value in element.attrib.items():
                if name.rpartition("}")[2] in {"href", "src", "url"}:
                    assert not _ACTS.match(value) or value.startswith("data:font"), (path, value)


def test_B16_data_is_data(files: dict[str, bytes]) -> None:
    for path, body in of_kind(files, ".json"):
        assert json.loads(body) is not None, path
    for path, body in of_kind(files, ".html"):
        if path.endswith(".offline.html"):
            continue
        for kind in ISLANDS:
            for island in re.findall(rf'<script type="{re.escape(kind)}"[^>]*>(.*?)</script>', body, re.DOTALL):
                assert not set("<>&") & set(island), path
                json.loads(island)
    for path, body in of_kind(files, ".vtt"):
        assert "<script" not in body.lower(), path


@pytest.mark.browser
def test_B16_a_browser_runs_and_loads_nothing_of_all_payloads_on_any_page(
    files: dict[str, bytes], browser: Browser
) -> None:
    asked: list[str] = []
    told: list[str] = []

    def answer(route: Any) -> None:
        url = route.request.url
        asked.append(url)
        path = urlsplit(url).path.lstrip("/")
        body = files.get(f"{path}index.html" if path.endswith("/") or not path else path)
        kinds = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
        kind = kinds.get(path.rpartition(".")[2], "text/html" if path.endswith("/") or not path else "application/json")
        route.fulfill(status=404 if body is None else 200, body=body or b"", content_type=kind)

    context = browser.new_context()
    page = context.new_page()
    page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: told.append(message.text) if "ontent Security" in message.text else None)
    page.route("**/*", answer)
    listed = ("", "tags/", "series/", "authors/", "texts/", "stats/", "search/?q=alert", "search/?q=onerror")
    pages = [path.removesuffix("index.html") for path in files if path.endswith("/index.html")]
    chosen = pages[::9]  # all of them were looked at once: a minute and a half
    for path in (*listed, *chosen):
        page.goto(f"{ORIGIN}/{path}")
        assert page.evaluate("typeof window.castsite + typeof window.config") == "undefinedundefined", path
    context.close()
    assert told == []
    assert {urlsplit(url).netloc for url in asked} == {"gallery.example"}
