from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree as ET

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.analysis.model import Colour, Cursor, Run, Snapshot, Style
from castsite.cast.events import TerminalTheme
from castsite.render.images.palette import PALETTES, UNKNOWN, choose_palette, extended, recorded_palette
from castsite.render.images.shapes import DRAWN, HEIGHT, LIGHT, WIDTH, shape
from castsite.render.images.svg import draw, inline_poster, poster_file, poster_size

SVG = "{http://www.w3.org/2000/svg}"
DARK = PALETTES["asciinema"]
HIDDEN = Cursor(0, 0, visible=False)


def read(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - made by castsite


def screen(*rows: tuple[Run, ...], cols: int = 20, cursor: Cursor = HIDDEN) -> Snapshot:
    return Snapshot(cols, max(len(rows), 1), rows, cursor)


def run(text: str, col: int = 0, width: int | None = None, **style: object) -> Run:
    return Run(col, len(text) if width is None else width, text, Style(**style))  # type: ignore[arg-type]


def inline(*rows: tuple[Run, ...], cursor: Cursor = HIDDEN, **options: bool) -> ET.Element:
    return read(inline_poster(draw(screen(*rows, cursor=cursor), **options)))  # type: ignore[arg-type]


def written(root: ET.Element) -> list[ET.Element]:
    return [element for element in root.iter() if element.tag.endswith("text")]


def paths(root: ET.Element) -> list[ET.Element]:
    return [element for element in root.iter() if element.tag.endswith("path")]


def test_poster_stands_on_the_players_grid() -> None:
    root = inline((run("ab", col=2),), (run("c"),))
    assert root.get("viewBox") == "0 0 202.5 62.5"
    assert poster_size(86, 24) == (796.5, 502.5)
    first, second = written(root)
    assert (first.get("x"), first.get("y"), first.get("textLength"), first.text) == ("18", "15", "18", "ab")
    assert (second.get("x"), second.get("y")) == ("0", "35")


def test_inline_form_uses_classes_and_the_file_form_attributes() -> None:
    row = (run("x", fg=4, bold=True, italic=True, faint=True),)
    (text,) = written(inline(row))
    assert (text.get("class"), text.get("fill")) == ("t4 tb ti tf", None)
    (text,) = written(read(poster_file(draw(screen(row)), DARK, title="T")))
    assert text.get("class") is None
    assert (text.get("fill"), text.get("font-weight"), text.get("font-style"), text.get("opacity")) == (
        "#26b0d7",
        "700",
        "italic",
        "0.5",
    )


def test_colours_beyond_sixteen_are_attributes_in_both_forms() -> None:
    row = (run("a", fg=196), run("b", col=1, fg=(1, 2, 3)), run("─", col=2, fg=232))
    root = inline(row)
    assert [text.get("fill") for text in written(root)] == ["#ff0000", "#010203"]
    assert (paths(root)[0].get("stroke"), paths(root)[0].get("fill")) == ("#080808", "none")


@pytest.mark.parametrize(
    ("index", "colour"),
    [(16, "#000000"), (21, "#0000ff"), (110, "#87afd7"), (231, "#ffffff"), (232, "#080808"), (255, "#eeeeee")],
)
def test_extended_colours_are_those_of_xterm(index: int, colour: str) -> None:
    assert extended(index) == colour


def test_inverse_swaps_the_resolved_pair_and_faint_touches_the_text_alone() -> None:
    (area,), (text,) = (found(inline((run("x", fg=1, inverse=True, faint=True),))) for found in (paths, written))
    assert (area.get("class"), area.get("opacity")) == ("t1", None)
    assert text.get("class") == "tB tf"
    (area,), (text,) = (found(inline((run("x", inverse=True),))) for found in (paths, written))
    assert (area.get("class"), text.get("class")) == ("tF", "tB")


def test_bold_brightens_only_when_asked_to() -> None:
    row = (run("x", fg=1, bold=True), run("y", col=1, fg=9, bold=True), run("z", col=2, fg=1))
    assert [text.get("class") for text in written(inline(row))] == ["t1 tb", "t9 tb", "t1"]
    assert [text.get("class") for text in written(inline(row, bold_is_bright=True))] == ["t9 tb", "t9 tb", "t1"]


def test_blank_cells_with_a_background_are_painted_and_others_are_not() -> None:
    root = inline((run("  ", bg=4), run("  ", col=5)))
    (area,) = paths(root)
    assert (area.get("class"), area.get("d")) == ("t4", "M0 0h18.3v20.3h-18.3z")
    assert written(root) == []


def test_equal_backgrounds_of_neighbouring_cells_and_rows_are_one_area() -> None:
    row = (run("a", bg=1, fg=2), run("b", col=1, bg=1, fg=3))
    (area,) = [path for path in paths(inline(row, row)) if path.get("class") == "t1"]
    assert area.get("d") == "M0 0h18.3v40.3h-18.3z"


def test_underlined_blanks_keep_their_line_and_plain_ones_are_trimmed() -> None:
    underlined, trimmed = written(inline((run(" a ", underline=True, strike=True),), (run("  b  "),)))
    assert (underlined.text, underlined.get("textLength")) == (" a ", "27")
    assert underlined.get("text-decoration") == "underline line-through"
    assert (trimmed.text, trimmed.get("x"), trimmed.get("textLength")) == ("b", "18", "9")


def test_wide_characters_are_runs_of_their_own() -> None:
    found = [(t.text, t.get("x"), t.get("textLength")) for t in written(inline((run("a日本b", width=6),)))]
    assert found == [("a", "0", "9"), ("日", "9", "18"), ("本", "27", "18"), ("b", "45", "9")]


def test_run_whose_widths_are_not_known_keeps_its_length() -> None:
    (text,) = written(inline((run("a\u0301b", width=5),)))
    assert (text.text, text.get("textLength")) == ("a\u0301b", "45")


def test_cursor_swaps_the_cell_under_it() -> None:
    root = inline((run("abc", fg=2),), cursor=Cursor(1, 0, visible=True))
    assert [(text.text, text.get("class"), text.get("x")) for text in written(root)] == [
        ("a", "t2", "0"),
        ("b", "tB", "9"),
        ("c", "t2", "18"),
    ]
    assert [(path.get("class"), path.get("d")) for path in paths(root)] == [("t2", "M9 0h9.3v20.3h-9.3z")]


def test_cursor_on_an_empty_cell_is_a_block_and_on_a_wide_one_covers_both_columns() -> None:
    (block,) = paths(inline((), cursor=Cursor(3, 0, visible=True)))
    assert (block.get("class"), block.get("d")) == ("tF", "M27 0h9.3v20.3h-9.3z")
    for col in (1, 2):
        (block,) = paths(inline((run("a日b", width=4),), cursor=Cursor(col, 0, visible=True)))
        assert block.get("d") == "M9 0h18.3v20.3h-18.3z"


def test_hidden_cursor_draws_nothing() -> None:
    assert paths(inline((run("a"),), cursor=HIDDEN)) == []


def test_borders_are_paths_that_join_across_cells() -> None:
    root = inline((run("┌──┐"),), (run("│  │"),), (run("└──┘"),))
    assert written(root) == []
    (border,) = paths(root)
    assert border.get("class") == "s" + "F"
    assert (border.get("d") or "").count("M") == 4


def test_blocks_are_areas_and_shades_are_translucent() -> None:
    block, shade = paths(inline((run("▄▄"), run("▒", col=2))))
    assert (block.get("d"), block.get("class")) == ("M0 10h18.3v10.3h-18.3z", "tF")
    assert shade.get("opacity") == "0.5"


@pytest.mark.parametrize("char", [chr(code) for code in (*range(0x2500, 0x25A0), *range(0xE0B0, 0xE0B8))])
def test_every_drawn_character_has_a_shape_inside_its_cell(char: str) -> None:
    assert DRAWN.match(char)
    drawn = shape(char)
    assert drawn.rects or drawn.segments or drawn.outlines
    for rect in drawn.rects:
        assert 0 <= rect.x < rect.x + rect.width <= WIDTH
        assert 0 <= rect.y < rect.y + rect.height <= HEIGHT
    for segment in drawn.segments:
        along, across = (HEIGHT, WIDTH) if segment.vertical else (WIDTH, HEIGHT)
        assert 0 <= segment.start < segment.start + segment.length <= along
        assert 0 < segment.across < across


STRAIGHT = [
    char for char in map(chr, range(0x2500, 0x2580)) if not re.search("DASH|ARC|DIAGONAL", unicodedata.name(char))
]


@pytest.mark.parametrize("char", STRAIGHT)
def test_box_lines_reach_exactly_the_edges_that_their_names_say(char: str) -> None:
    name = unicodedata.name(char)
    reached = set()
    for segment in shape(char).segments:
        start, end = ("UP", "DOWN") if segment.vertical else ("LEFT", "RIGHT")
        reached |= {start} if segment.start == 0 else set()
        reached |= {end} if segment.start + segment.length == (HEIGHT if segment.vertical else WIDTH) else set()
    expected = set(re.findall("UP|DOWN|LEFT|RIGHT", name))
    expected |= {"UP", "DOWN"} if "VERTICAL" in name else set()
    expected |= {"LEFT", "RIGHT"} if "HORIZONTAL" in name else set()
    assert reached == expected


def test_double_lines_turn_without_crossing() -> None:
    down, right = (sorted(s for s in shape("╔").segments if s.vertical is axis) for axis in (True, False))
    assert [(s.across, s.start) for s in down] == [(3.0, 8.5), (6.0, 11.5)]
    assert [(s.across, s.start) for s in right] == [(8.5, 3.0), (11.5, 6.0)]


@pytest.mark.parametrize(("char", "start"), [("╤", 11.5), ("╒", 8.5), ("╥", 10), ("╪", 10)])
def test_single_line_meets_a_double_one_where_its_name_says(char: str, start: float) -> None:
    assert max(segment.start for segment in shape(char).segments if segment.vertical) == start


def test_corner_of_thin_lines_is_closed() -> None:
    assert {segment.start for segment in shape("┌").segments} == {10 - LIGHT / 2, 4.5 - LIGHT / 2}


def test_C03_cell_text_cannot_break_out_of_the_drawing() -> None:
    row = (run("]]><script>&#0;"),)
    for document in (inline_poster(draw(screen(row))), poster_file(draw(screen(row)), DARK, title="x")):
        root = read(document)
        assert [text.text for text in written(root)] == ["]]><script>&#0;"]
        assert not [element for element in root.iter() if "script" in element.tag]


def test_C02_title_with_characters_that_xml_has_not() -> None:
    root = read(poster_file(draw(screen()), DARK, title="a\x0b\x00\ufffe<b>", description="\x01d"))
    assert root.findtext(f"{SVG}title") == "a<b>"
    assert root.findtext(f"{SVG}desc") == "d"


def test_cell_that_no_document_may_hold_is_shown_as_a_box() -> None:
    (text,) = written(inline((run("\ufffe"),)))
    assert text.text == "\ufffd"


def test_title_labels_the_poster_and_without_one_it_is_decoration() -> None:
    root = read(inline_poster(draw(screen()), title="Screen at 0:48", title_id="t-1"))
    assert (root.get("role"), root.get("aria-labelledby"), root.get("aria-hidden")) == ("img", "t-1", None)
    assert root.findtext("title") == "Screen at 0:48"
    root = inline()
    assert (root.get("role"), root.get("aria-hidden")) == (None, "true")


def test_poster_file_needs_nothing_else() -> None:
    document = poster_file(draw(screen((run("x", bg=3),))), PALETTES["nord"], title="T")
    assert "style" not in document
    assert "class=" not in document
    assert "href" not in document
    root = read(document)
    background = root.find(f"{SVG}rect")
    assert background is not None
    assert (background.get("fill"), background.get("rx")) == ("#2e3440", "3")
    assert root.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"


colours: st.SearchStrategy[Colour] = st.none() | st.integers(0, 255) | st.tuples(*[st.integers(0, 255)] * 3)
styles = st.builds(Style, colours, colours, *[st.booleans()] * 7)


@st.composite
def screens(draw: st.DrawFn) -> Snapshot:
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        runs, col = [], 0
        for text in draw(st.lists(st.text(min_size=1, max_size=8), max_size=4)):
            width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
            runs.append(Run(col, width, text, draw(styles)))
            col += width
        rows.append(tuple(runs))
    cursor = Cursor(draw(st.integers(0, 70)), draw(st.integers(0, len(rows) - 1)), draw(st.booleans()))
    return Snapshot(80, len(rows), tuple(rows), cursor)


@given(screens(), st.booleans())
def test_P8_every_screen_becomes_well_formed_svg_of_shapes_and_text_alone(snapshot: Snapshot, bright: bool) -> None:
    page = read(inline_poster(draw(snapshot, bold_is_bright=bright)))
    assert {element.tag for element in page.iter()} <= {"svg", "g", "path", "text"}
    file = read(poster_file(draw(snapshot, bold_is_bright=bright), DARK, title="x"))
    assert {element.tag for element in file.iter()} <= {
        SVG + tag for tag in ("svg", "title", "g", "rect", "path", "text")
    }
    assert [text.text for text in written(page)] == [text.text for text in written(file)]


@given(screens(), st.text())
def test_C09_every_poster_is_valid_inside_a_page(snapshot: Snapshot, title: str) -> None:
    poster = inline_poster(draw(snapshot), title=title, title_id="t")
    html5lib.HTMLParser(strict=True).parseFragment(str(poster))


# ---- palettes

FULL = tuple(f"#{number:02x}{number:02x}{number:02X}" for number in range(0xA0, 0xB0))


def test_cast_that_brought_colours_keeps_them_when_the_option_says_auto() -> None:
    own = TerminalTheme("#AABBCC", "#000001", FULL)
    found = choose_palette("auto/dracula", own)
    assert (found.foreground, found.background, found.colours[0]) == ("#aabbcc", "#000001", "#a0a0a0")
    assert choose_palette("dracula", own) == PALETTES["dracula"]
    assert choose_palette("auto/dracula", None) == PALETTES["dracula"]


def test_palette_of_eight_is_used_twice() -> None:
    found = recorded_palette(TerminalTheme("#ffffff", "#000000", FULL[:8]))
    assert found is not None
    assert found.colours[8:] == found.colours[:8]


@pytest.mark.parametrize(
    "theme",
    [
        TerminalTheme("red;background:url(//evil.example)", "#000000", FULL),
        TerminalTheme("#ffffff", "#000000\n", FULL),
        TerminalTheme("#ffffff", "#000000", FULL[:9]),
        TerminalTheme("#ffffff", "#000000", (*FULL[:15], "#12")),
    ],
)
def test_recorded_colours_that_are_not_valid_are_not_used(theme: TerminalTheme) -> None:
    assert recorded_palette(theme) is None
    assert choose_palette("auto/nord", theme) == PALETTES["nord"]


def test_theme_that_the_player_does_not_know_is_white_on_black() -> None:
    assert choose_palette("nrod", None) == UNKNOWN


def test_every_palette_is_made_of_six_digit_colours() -> None:
    for palette in (*PALETTES.values(), UNKNOWN):
        every = (palette.foreground, palette.background, *palette.colours)
        assert len(every) == 18
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in every)


def test_blanks_inside_a_run_are_kept_where_the_root_is_not_asked() -> None:
    for document in (
        inline_poster(draw(screen((run("a  b"),)))),
        poster_file(draw(screen((run("a  b"),))), DARK, title="x"),
    ):
        (text,) = written(read(document))
        assert text.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
