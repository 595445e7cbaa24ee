"""The page that searches everything: what it offers to filter by, and what it lists for readers without scripts."""

from __future__ import annotations

import re

import gallery
import pytest
from gallery import day, page, recording, site

from castsite.render import search_page
from castsite.schema.values import Author, Part
from castsite.site.model import Meta, Site


def _made(of: Site) -> str:
    return gallery.rendered(of)["search/index.html"]


def _options(html: str, name: str) -> list[str]:
    (found,) = re.findall(rf'<select class="select" name="{name}".*?</select>', html, re.DOTALL)
    return re.findall("<option>(.*?)</option>", found)


def _links(html: str, id: str) -> list[str]:  # noqa: A002 - of HTML
    (found,) = re.findall(rf'<section class="section hang" aria-labelledby="{id}">.*?</section>', html, re.DOTALL)
    return re.findall('<a [^>]*href="([^"]*)"', found)


def test_names_are_offered_in_the_order_of_the_alphabet_whatever_their_case() -> None:
    meta = [
        Meta(tags=("zsh", "Docker"), series=Part("Tour", 1), authors=(Author(name="bo"), Author(name="Ada"))),
        Meta(tags=("apt", "Docker"), series=Part("another", 1)),
    ]
    html = _made(site(*(recording(f"r{at}", meta=one) for at, one in enumerate(meta))))
    assert _options(html, "tag") == ["apt", "Docker", "zsh"]
    assert _options(html, "series") == ["another", "Tour"]
    assert _options(html, "author") == ["Ada", "bo"]
    assert 'name="tag"' not in _made(site(recording("a")))


def test_without_scripts_there_are_the_newest_recordings_the_sections_and_the_largest_tags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search_page, "RECORDINGS", 3)
    monkeypatch.setattr(search_page, "TAGS", 2)
    monkeypatch.setattr(search_page, "NAMES", 2)
    tags = [("one", "two"), ("one", "three"), ("one", "three"), ("four",)]
    dates = ["2026-01-01", "2026-03-01", None, "2026-02-01"]
    of = site(
        *(
            recording(f"s/r{at}", meta=Meta(tags=own), date=day(date) if date else None)
            for at, (own, date) in enumerate(zip(tags, dates, strict=True))
        )
    )
    html = _made(of)
    listed = [link for link in _links(html, "recordings") if link.startswith("../s/")]
    assert listed == ["../s/r1/", "../s/r3/", "../s/r0/"]
    assert "There are more:" in html
    assert _links(html, "sections") == ["../s/"]
    assert _links(html, "tags") == ["../tags/one/", "../tags/three/"]
    assert _options(html, "tag") == ["one", "three"]


def test_where_there_is_nothing_there_is_no_form() -> None:
    assert "data-search" not in _made(site())
    assert "data-search" in _made(site(page("notes")))
