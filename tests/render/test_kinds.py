"""Every kind of page in every theme that ships is HTML5, with nothing inline."""

from __future__ import annotations

from functools import cache

import html5lib
import pytest
from gallery import rendered
from kinds import ALIAS, ANALYSES, PATHS, PRIVATE, TEMPLATES, THEMES, every_kind

from castsite.render.context import ENTRIES
from castsite.render.headers import CSP
from castsite.theme import shipped_themes


@cache
def made(theme: str) -> dict[str, str]:
    return rendered(every_kind("https://example.org/x/"), ANALYSES, theme=theme, private=[PRIVATE])


def test_every_template_that_a_page_begins_with_is_among_the_kinds_in_every_theme() -> None:
    assert TEMPLATES.keys() == ENTRIES.keys() - {"offline.html"}  # a file by itself, and no page: tests/export
    assert sorted(THEMES) == sorted(path.name for path in shipped_themes().iterdir() if path.is_dir())


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", PATHS)
def test_C09_every_kind_of_page_is_valid_and_holds_nothing_inline(path: str, theme: str) -> None:
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(made(theme)[path])
    first, second = list(tree.find("head"))[:2]
    assert first.get("charset") == "utf-8"
    assert second.get("http-equiv") == "Content-Security-Policy"
    assert path == ALIAS or second.get("content") == CSP
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    assert [element for element in elements if element.tag == "style" or "style" in element.attrib] == []
    assert [name for element in elements for name in element.attrib if name.startswith("on")] == []
    kinds = [element.get("type") for element in elements if element.tag == "script" and not element.get("src")]
    assert set(kinds) <= {"application/json", "application/ld+json"}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", PATHS)
def test_every_kind_of_page_has_one_heading_of_the_first_level_and_no_id_twice(path: str, theme: str) -> None:
    tree = html5lib.parse(made(theme)[path], namespaceHTMLElements=False)
    ids = [element.get("id") for element in tree.iter() if isinstance(element.tag, str) and element.get("id")]
    assert len(ids) == len(set(ids))
    assert len(tree.findall(".//h1")) == 1
    assert tree.get("lang") == "en"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", [path for path in PATHS if path != ALIAS])
def test_what_a_browser_awaits_before_it_paints_stands_near_the_top(path: str, theme: str) -> None:
    tree = html5lib.parse(made(theme)[path], namespaceHTMLElements=False)
    (awaited,) = [link.get("href") for link in tree.iter("link") if link.get("rel") == "expect"]
    (found,) = [element for element in tree.iter() if isinstance(element.tag, str) and element.get("id") == awaited[1:]]
    assert found.tag in {"a", "button", "p"}  # some browsers wait for its end, so that it may hold no more than words
