"""Texts of items on pages: their own and those of others."""

from __future__ import annotations

import gc

from gallery import recording, site

from castsite.render import prose
from castsite.render.markdown import Rendered
from castsite.render.shelf import Shelf, shelve
from castsite.render.shell import sheet
from castsite.site.model import Meta


def described(count: int) -> Shelf:
    """Shelve recordings whose descriptions link to the first of them."""
    meta = Meta(description="After [the first](/demo/0).")
    return shelve(site(*(recording(f"demo/{number}", meta=meta) for number in range(count))), {})


def alive() -> int:
    return sum(isinstance(one, Rendered) for one in gc.get_objects())


def test_texts_on_a_page_of_something_else_are_kept_for_that_page_alone() -> None:
    shelf = described(3)
    before = alive()
    for path in ("index.html", "demo/index.html", "tags/git/index.html"):
        here = sheet(path, None)
        shown = [prose.description(shelf, here, one) for one in shelf.site.recordings * 2]
        assert all(f'href="{here.link("demo/0/index.html")}"' in html for html in shown)
        assert alive() - before == 3
