from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from gallery import SMALL, recording, rendered, site, summary
from projects import Project, cast

from castsite.analysis.model import Film
from castsite.render.images.film import film_file
from castsite.render.images.palette import PALETTES

DARK = PALETTES["asciinema"]


def read(*stills: str, cols: int = 10, rows: int = 3) -> ET.Element:
    slices = "".join(chr(ord("a") + at) for at in range(len(stills)))
    return ET.fromstring(film_file(Film(cols, rows, stills, slices), DARK))  # noqa: S314 - made by castsite


def placed(root: ET.Element) -> list[tuple[str, ...]]:
    """Column, baseline, width and text of everything written."""
    texts = [element for element in root.iter() if element.tag.endswith("text")]
    return [(one.get("x", "0"), one.get("y", ""), one.get("textLength", ""), one.text or "") for one in texts]


def test_stills_stand_in_a_column_of_boxes_as_large_as_posters() -> None:
    root = read("one", "two")
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("112.5", "165", "0 0 112.5 165")
    moved = [element.get("transform") for element in root.iter() if element.tag.endswith("}g")]
    assert moved == ["translate(11.25 11.25)", "translate(11.25 93.75)"]


def test_rows_stand_on_the_grid_in_the_terminals_own_colours() -> None:
    root = read("ab \n   \n  c  d")
    assert placed(root) == [("0", "15", "18", "ab"), ("18", "55", "36", "c  d")]
    assert root.get("fill") == DARK.foreground
    assert root[0].get("fill") == DARK.background


def test_wide_characters_stand_on_the_grid() -> None:
    assert placed(read("a日本 b")) == [("0", "15", "9", "a"), ("9", "15", "36", "日本"), ("54", "15", "9", "b")]


@pytest.mark.parametrize("text", ["</svg><script>", "]]>&#0;", "<!--", "\"'>", "a\u202eb", "{{7*7}}"])
def test_C03_hostile_text_stays_text(text: str) -> None:
    root = read(text, cols=40)
    assert placed(root) == [("0", "15", str(9 * len(text)), text)]
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "rect", "g", "text"}


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\x9b", "\ufffe", "\ud800", "\U0010ffff"])
def test_C02_what_no_document_may_hold_is_replaced_in_its_place(char: str) -> None:
    ((_, _, width, text),) = placed(read(f"a{char}b"))
    assert (width, text) in {("27", "\ufffd\ufffd\ufffd"), ("27", "a\ufffdb")}


def test_pages_name_the_film_where_there_is_one() -> None:
    film = "aab" * 8
    pages = rendered(site(recording("git/x", summary=summary(SMALL, film=film)), recording("still"), recording("y")))
    assert f'data-film="git/x.strip.svg" data-film-map="{film}"' in pages["index.html"]
    assert f'data-film="x.strip.svg" data-film-map="{film}"' in pages["git/index.html"]
    assert pages["index.html"].count("data-film=") == 1
    assert f'"film":{{"src":"../x.strip.svg","map":"{film}"}}' in pages["git/x/index.html"]
    assert '"film"' not in pages["still/index.html"]


def test_a_film_is_published_where_the_screen_changes(tmp_path: Path) -> None:
    place = Project(tmp_path).write(
        {
            "castsite.yml": "title: T\n",
            "content/moving.cast": cast("one", "two", "three"),
            "content/still.cast": b'{"version": 2, "width": 9, "height": 2}\n[0.0, "o", "hi"]\n',
            "content/x.strip.cast": cast("a", "b"),
            "content/x.cast": cast("c", "d"),
        }
    )
    place.build("--strict")
    films = [name for name in place.published() if name.endswith(".strip.svg")]
    assert films == ["moving.strip.svg", "x-strip.strip.svg", "x.strip.svg"]
    assert ".strip.svg" not in place.page("moving/index.html").partition('id="files"')[2].partition("</ul>")[0]
