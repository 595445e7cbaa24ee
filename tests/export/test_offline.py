"""A recording in a file of its own: nothing in it asks for anything, and its policy allows what is in it alone."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import html5lib
import pytest
from gallery import TOUR, analysis, chapter, command, day, line
from kinds import THEMES
from msgspec.structs import replace
from offline_files import offline_file, take

from castsite.render.assets import PLAYER_SCRIPT
from castsite.render.choices import Choices
from castsite.render.images.palette import PALETTES
from castsite.site.model import Meta

EVIL = "</script><img src=x onerror=alert(1)></style><!--\u2028<script>"


def parsed(html: str) -> Any:
    """The only fault is the player's own: control characters, which stand in a string of it."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    assert {code for _, code, _ in parser.errors} <= {"invalid-codepoint"}
    return tree


def elements(html: str) -> list[Any]:
    return [element for element in parsed(html).iter() if isinstance(element.tag, str)]


def policy(html: str) -> dict[str, set[str]]:
    first, second = list(parsed(html).find("head"))[:2]
    assert first.get("charset") == "utf-8"
    assert second.get("http-equiv") == "Content-Security-Policy"
    parts = (part.split() for part in second.get("content").split(";"))
    return {name: set(sources) for name, *sources in parts}


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def inline(html: str, tag: str) -> list[str]:
    """Texts of scripts that run, or of style sheets."""
    return [one.text or "" for one in elements(html) if one.tag == tag and one.get("type") != "application/json"]


def island(html: str) -> Any:
    (found,) = [one.text for one in elements(html) if one.get("id") == "castsite-offline"]
    return json.loads(found)


@pytest.mark.parametrize("theme", THEMES)
def test_the_policy_allows_exactly_the_scripts_and_sheets_that_are_in_the_file(theme: str) -> None:
    html = offline_file(take(), theme=theme)
    scripts, sheets = inline(html, "script"), inline(html, "style")
    assert len(scripts) == 3
    allowed = policy(html)
    assert allowed["default-src"] == {"'none'"}
    assert allowed["script-src"] == {"'wasm-unsafe-eval'", *map(hashed, scripts)}
    assert allowed["style-src"] == set(map(hashed, sheets))
    assert allowed["font-src"] == allowed["img-src"] == {"data:"}
    assert "unsafe-inline" not in html.partition("<title>")[0]


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_asked_for_and_only_the_page_online_is_linked(theme: str) -> None:
    html = offline_file(take(base_url="https://example.org/x/"), theme=theme)
    found = elements(html)
    assert [element for element in found if "src" in element.attrib or "style" in element.attrib] == []
    assert [name for element in found for name in element.attrib if name.startswith("on")] == []
    page = "https://example.org/x/demo/tour/"
    hrefs = {element.get("href") for element in found if "href" in element.attrib}
    assert {href for href in hrefs if not href.startswith(("#", "data:"))} == {page}
    sheets = re.sub(r"/\*.*?\*/", "", "".join(inline(html, "style")), flags=re.DOTALL)
    assert re.findall(r"url\((?![\"']?data:)|@import|image-set\(|\bsrc\(", sheets, re.IGNORECASE) == []
    assert sheets.count("url(") == sheets.count('url("data:') > 0


def test_without_an_address_of_the_site_no_page_is_linked() -> None:
    html = offline_file(take())
    assert [one for one in elements(html) if (one.get("href") or "").startswith("http")] == []


@pytest.mark.parametrize("theme", THEMES)
def test_title_description_facts_outline_and_the_whole_transcript_are_there(theme: str) -> None:
    long = analysis(*(line(at / 100, f"line {at} of many") for at in range(9000)), seconds=100)
    meta = Meta(description="Build it, then *test* [here](https://example.com/) and [there](other.md).")
    html = offline_file(take(long, meta=meta, date=day("2026-03-14"), title="A <tour>"), theme=theme)
    assert "A &lt;tour&gt;</h1>" in html
    assert 'then <em>test</em> <a href="https://example.com/"' in html
    assert "and there." in html
    assert "80 × 24" in html
    assert "14 Mar 2026" in html
    assert html.count("of many</samp>") == 9000
    assert 'href="#t=89"' in html
    assert '<svg class="poster"' in html
    tour = offline_file(take(), theme=theme)
    assert "Chapters and commands" in tour
    assert '<span dir="auto">Build</span>' in tour
    assert "?t=" not in "".join(filter(None, (one.get("href") for one in elements(tour))))


def test_the_cast_is_in_the_file_as_it_was_published() -> None:
    data = json.dumps({"version": 2, "width": 80, "height": 24}) + "\n" + json.dumps([1, "o", f"{EVIL}\x1b[31m"]) + "\n"
    held = island(offline_file(take(data=data)))
    assert held["cast"] == data
    assert held["name"] == "tour.cast"
    assert held["duration"] == 12
    assert held["options"]["cols"] == 80


def test_hostile_titles_labels_and_texts_stay_text() -> None:
    evil = analysis(
        line(1, f"$ {EVIL}"),
        commands=[command(0.5, EVIL)],
        chapters=[chapter(0, EVIL)],
    )
    raw = json.dumps({"version": 2, "width": 80, "height": 24, "title": EVIL}, ensure_ascii=False)
    meta = Meta(description=EVIL)
    html = offline_file(take(evil, data=f"{raw}\n", title=EVIL, meta=meta, base_url="https://example.org/"))
    tags = [element.tag for element in elements(html)]
    assert "img" not in tags
    assert tags.count("script") == 5
    assert policy(html)["script-src"] == {"'wasm-unsafe-eval'", *map(hashed, inline(html, "script"))}
    assert EVIL in island(html)["cast"]
    assert "\u2028" not in html.partition('id="castsite-offline"')[2].partition("</script>")[0]


def test_poster_and_player_have_the_colours_that_were_asked_for() -> None:
    html = offline_file(replace(take(options=(("theme", "nord"),)), palette=PALETTES["dracula"]))
    assert island(html)["options"]["theme"] == "castsite"
    last = inline(html, "style")[-1]
    assert last.startswith(":root, .asciinema-player-theme-castsite {--term-color-foreground:#f8f8f2;")
    assert ".z80x24{--ar:" in last


def test_bold_is_bright_where_the_player_is_to_show_it_so() -> None:
    assert "boldIsBright" not in island(offline_file(take()))["options"]
    assert island(offline_file(replace(take(), bold_is_bright=True)))["options"]["boldIsBright"] is True


def test_options_of_the_recording_are_handed_on_and_resized_ones_pin_no_size() -> None:
    held = island(offline_file(take(replace(TOUR, resized=True), options=(("speed", 2.0), ("poster", "npt:3")))))
    assert held["options"] == {"speed": 2.0, "theme": "castsite"}


def test_only_typefaces_that_pages_are_set_in_weigh_anything() -> None:
    with_them, without = (offline_file(take(), chosen=chosen) for chosen in (Choices(), Choices(typefaces=())))
    assert len(with_them) - len(without) > 50_000
    licences = offline_file(take(), theme="paper").partition("<details")[2]
    assert "JetBrains Mono" in licences
    assert "Instrument Sans" not in licences
    assert "Apache License" in licences


def test_what_a_theme_imports_stands_in_the_file_and_what_lies_elsewhere_does_not() -> None:
    files = {
        "css/log.css": b"""\
@import "more/a.css" layer(states) screen;
@import url(https://example.com/b.css);
/* url(c.png) */ .x { content: "url(c.png) </style>"; background: url("https://example.com/d.png") }
.y { background: url( ../icons/mark.svg#part ) }\r\n.z { background: url('data:image/png;base64,AA==') }
""",
        "css/more/a.css": b'.a { background: url("../../icons/mark.svg") }',
    }
    html = offline_file(take(), files=files)
    (sheet,) = (one for one in inline(html, "style") if ".y {" in one)
    mark = r'url\("data:image/svg\+xml;base64,[A-Za-z0-9+/=]+'
    assert re.search(rf'^@media screen{{@layer states{{\.a {{ background: {mark}"\) }}}}}}', sheet)
    assert "example.com" not in sheet
    assert 'content: "url(c.png) <\\/style>"; background: url("data:,")' in sheet
    assert re.search(rf'{mark}#part"\)', sheet)
    assert "url('data:image/png;base64,AA==')" in sheet
    assert hashed(sheet) in policy(html)["style-src"]


def test_a_script_that_spells_an_end_tag_does_not_end_there() -> None:
    script = b"\xef\xbb\xbfconst a = '</SCRIPT><!--<script>';\r\nconst b = 1;\r"
    html = offline_file(take(), files={PLAYER_SCRIPT: script})
    held = inline(html, "script")
    assert "const a = '<\\/SCRIPT><\\!--<script>';\nconst b = 1;\n" in held
    assert policy(html)["script-src"] == {"'wasm-unsafe-eval'", *map(hashed, held)}


def test_the_file_speaks_the_language_of_the_site() -> None:
    html = offline_file(take(date=day("2026-03-14")), language="de")
    assert '<html lang="de" dir="ltr">' in html
    assert "Das Transkript ist vollständig." in html
    assert "14.03.2026" in html


def test_a_recording_without_text_says_so() -> None:
    html = offline_file(take(analysis(seconds=3)))
    assert "No text was ever on screen." in html
    assert "<aside" not in html


def test_equal_recordings_give_equal_bytes() -> None:
    assert offline_file(take()) == offline_file(take())
