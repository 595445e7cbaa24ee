"""Social cards: size, what is on them, what others are told of them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from builders import cast, output
from filming import DARK, TALK
from gallery import snapshot
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from castsite.analysis.analyse import analyse
from castsite.analysis.model import Snapshot
from castsite.cast.read import read
from castsite.render.cards import HEIGHT, WIDTH
from castsite.render.images import typefaces
from castsite.render.images.card import Cover, Sheet, recording_card, site_card, wrapped
from castsite.render.images.typefaces import Hand, missing
from castsite.terminal import Cursor

PAPER, GROUND = (250, 250, 247), (18, 19, 20)
SMALL = Hand("sans", 20)


def drawn(of: Snapshot, title: str = "Rebase", levels: tuple[int, ...] = (0, 4, 8)) -> Image.Image:
    return opened(recording_card(of, DARK, Sheet(title, "0:33 · git", levels)))


def opened(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
        return picture.convert("RGB")


def near(one: object, other: tuple[int, ...]) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) < 8 for a, b in zip(one, other, strict=True))


def ink(picture: Image.Image, box: tuple[int, int, int, int], ground: tuple[int, ...]) -> int:
    """Pixels that are not the ground."""
    part = picture.crop(box)
    return sum(count for count, colour in part.getcolors(1 << 20) or () if not near(colour, ground))


def test_a_card_is_ink_on_paper_and_a_terminal_on_it() -> None:
    card = drawn(analyse(TALK).poster)
    assert near(card.getpixel((5, 5)), PAPER)
    assert near(card.getpixel((1130, 540)), GROUND)
    assert ink(card, (60, 40, 600, 110), PAPER) > 500, "the title"
    assert ink(card, (70, 160, 1100, 540), GROUND) > 500, "the screen"
    assert ink(card, (60, 570, 1140, 610), PAPER) > 500, "the trace"


def test_a_long_title_is_broken_and_ends_in_an_ellipsis() -> None:
    lines = wrapped("many words " * 40, SMALL, 300, 2)
    assert len(lines) == 2
    assert lines[0] == lines[0].strip()
    assert lines[1].endswith("…")
    assert all(SMALL.width(line) <= 300 for line in lines)
    assert wrapped("short", SMALL, 300, 2) == ["short"]
    assert wrapped("", SMALL, 300, 2) == []


@given(st.text(max_size=80), st.floats(30, 400), st.integers(1, 4))
def test_any_title_fits(text: str, width: float, most: int) -> None:
    lines = wrapped(text, SMALL, width, most)
    assert len(lines) <= most
    assert all(SMALL.width(line) <= width or len(line) <= 2 for line in lines)


def test_words_without_blanks_are_broken_anywhere() -> None:
    lines = wrapped("日本語の長い題名" * 6, SMALL, 200, 5)
    assert len(lines) > 1
    assert all(SMALL.width(line) <= 200 for line in lines)


def test_a_wide_screen_is_cropped_around_the_cursor() -> None:
    left = snapshot("x" * 5, cols=300, height=50)
    far = Snapshot(
        300, 50, left.runs[:-1] + snapshot(" " * 290 + "END", cols=300, height=1).runs, Cursor(293, 49, visible=True)
    )
    card = drawn(far)
    assert ink(card, (700, 450, 1130, 550), GROUND) > 100, "what is at the cursor is seen"


@pytest.mark.parametrize(
    "hostile", ["", "\x00\x1b[31m", "\u202etxt.exe", "a" * 5000, "\U0010ffff", "e\u0301" * 50, "שלום עולם", "مرحبا"]
)
def test_any_title_can_be_drawn(hostile: str) -> None:
    drawn(snapshot(), title=hostile)
    opened(site_card(hostile, hostile, hostile))


def test_a_picture_is_decoded_only_where_it_has_the_size_that_it_was_judged_by() -> None:
    data = BytesIO()
    Image.new("RGB", (90, 60), "#ff0000").save(data, "PNG")
    of, sheet = snapshot(), Sheet("A", "b")
    bare = recording_card(of, DARK, sheet)
    assert recording_card(of, DARK, sheet, cover=Cover(data.getvalue(), 90, 60)) != bare
    assert recording_card(of, DARK, sheet, cover=Cover(data.getvalue(), 60, 90)) != bare, "turned on its side"
    for wrong in ((90, 61), (9, 6), (9000, 6000)):
        assert recording_card(of, DARK, sheet, cover=Cover(data.getvalue(), *wrong)) == bare


def test_equal_cards_have_equal_bytes() -> None:
    poster = analyse(TALK).poster
    assert recording_card(poster, DARK, Sheet("A", "b")) == recording_card(poster, DARK, Sheet("A", "b"))


def test_the_card_of_every_real_recording_is_light(corpus: Path) -> None:
    sizes = []
    for path in sorted((corpus / "files").glob("*.cast"))[::5]:
        found = read(path.read_bytes(), path=path.name).cast
        if found and path.stat().st_size < 200_000:
            poster = analyse(found).poster
            sizes.append(len(recording_card(poster, DARK, Sheet(path.name, "1:00", (1, 2, 3)))))
    assert len(sizes) > 15
    assert max(sizes) <= 60 * 1024


def test_typefaces_cover_what_people_record() -> None:
    covered = "Łódź Ελληνικά Привет Việt 日本語 한국어 → ✓ ⠋ ┌─┐ ▓ \ue0b0 \ue0a0 😀 🚀 ☕ ⚡ ❯ λ …"
    assert missing(covered) == ""
    assert missing("a\U000105c0\U000105c0b") == "\U000105c0"
    assert missing(" \u200b\ufe0f\u0301") == "", "what draws nothing is not missed"


def test_every_typeface_comes_with_its_licence_and_can_be_opened() -> None:
    folder = typefaces.FOLDER
    names = [face.file for face in typefaces._typefaces()]
    assert {path.name for path in folder.iterdir() if path.suffix in {".ttf", ".woff2"}} == set(names)
    assert len(list(folder.glob("*-LICENSE.txt"))) == 6
    for face in typefaces._typefaces():
        letter = chr(face.ranges[-1][0])
        assert typefaces._opened(face.file, 20, 400 if face.varies else None).getmask(letter) is not None


def test_a_wide_letter_fills_its_cells_and_no_more() -> None:
    mask = typefaces.glyph("語", (18, 20), 15, bold=False, italic=False)
    assert mask is not None
    assert mask.size == (18, 20)
    box = mask.getbbox()
    assert box is not None
    assert box[2] - box[0] > 10
    assert typefaces.glyph(" ", (9, 20), 15, bold=False, italic=False) is None


def test_a_screen_of_the_last_row_is_drawn_too() -> None:
    found = analyse(cast(output(0, "\r\n" * 23 + "last")))
    assert ink(drawn(found.poster), (70, 160, 1100, 550), GROUND) > 50
