"""Texts of the owner in another script than the page: each runs its own way, and turns nothing around beside it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import pytest
from gallery import analysis, chapter, command, day, line, page, recording, rendered, site

from castsite.config import SiteConfig
from castsite.schema.values import Author, Link, Part
from castsite.site.model import Meta

NAME = "שלום!"
ELSEWHERE = "https://example.org/"
ONE = analysis(line(1, "$ make"), commands=[command(0.5, "make")], chapters=[chapter(0, NAME)], seconds=3)
APART = {"title", "script", "code", "svg", "option"}
"""What holds no running text of the page, or no markup."""


def pages(theme: str) -> dict[str, str]:
    """Every page of a site in which everything is called the same."""
    links = (Link(NAME, ELSEWHERE),)
    first = Meta(series=Part(NAME, 1), tags=(NAME,), authors=(Author(NAME),), links=links, license=NAME)
    second = Meta(series=Part(NAME, 2), tags=(NAME,), authors=(Author(NAME, ELSEWHERE),))
    called = {"title": NAME, "date": day("2026-03-01")}
    of = site(
        recording("a/one", ONE, meta=first, **called),
        recording("a/two", ONE, meta=second, **called),
        recording("a/b/three", meta=Meta(tags=(NAME,), related=("a/one",), description=NAME), **called),
        recording("a/b/four", **called),
        page("about", title=NAME),
        page("a/post", **called),
        page("a/post-2", **called),
        sections={"a": {"title": NAME}, "a/b": {"title": NAME}},
        config=SiteConfig(title="Scrollback", author=Author("Ada")),
    )
    return rendered(of, {"a/one": ONE, "a/two": ONE}, theme=theme)


def astray(element: Element, path: str = "") -> Iterator[str]:
    """Name the places of texts for which nothing but the whole page says which way they run."""
    for child in element:
        if not (child.tag in APART or (child.tag != "html" and "dir" in child.attrib)):
            here = f"{path} {child.tag}.{child.get('class', '')}"
            if NAME in (child.text or ""):
                yield here
            yield from astray(child, here)
        if NAME in (child.tail or ""):
            yield path


@pytest.mark.parametrize("theme", ["default", "paper"])
def test_what_an_owner_calls_something_runs_its_own_way_on_every_page(theme: str) -> None:
    made = pages(theme)
    assert sum(html.count(NAME) for html in made.values()) > 100
    lost = {}
    for path, html in made.items():
        root = Element("root")
        root.append(html5lib.parse(html, namespaceHTMLElements=False))
        if places := sorted(set(astray(root))):
            lost[path] = places
    assert lost == {}
