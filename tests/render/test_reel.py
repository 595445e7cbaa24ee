"""The reel: every recording has its share of one line, in the order of the lists."""

from __future__ import annotations

import re
from itertools import accumulate
from xml.etree.ElementTree import Element

import gallery
import html5lib
import pytest
from gallery import analysis, recording, rendered, site
from hypothesis import given
from hypothesis import strategies as st

from castsite.render.images.trace import LISTED, resample
from castsite.render.listing import Listed, listed_under
from castsite.render.reel import COLUMNS, SINGLE, UP_TO, reel
from castsite.render.shelf import shelve
from castsite.render.shell import sheet
from castsite.site.model import Site


def many(count: int, *, seconds: float = 60, section: str = "demo") -> Site:
    one = analysis(seconds=seconds)
    return site(*(recording(f"{section if at % 2 else 'other'}/r{at}", one) for at in range(count)))


def laid_out(of: Site) -> object:
    shelf = shelve(of, {})
    return reel(sheet("index.html", None), "", listed_under(shelf, shelf.root))


@given(st.lists(st.integers(0, 8), min_size=1, max_size=LISTED), st.integers(1, 300))
def test_a_skyline_keeps_its_height_in_any_width(levels: list[int], columns: int) -> None:
    drawn = resample(levels, columns)
    assert len(drawn) == columns
    assert min(levels) <= min(drawn)
    assert max(drawn) <= max(levels)
    if len(levels) <= 2 * columns:
        assert set(drawn) <= set(levels)
    if columns <= len(levels) <= 2 * columns:
        assert max(drawn) == max(levels)


def test_one_column_is_nine_tenths_of_a_second() -> None:
    found = laid_out(many(6, seconds=90))
    assert [span.columns for span in found.spans] == [100] * 6
    assert found.clock == "9:00"


def test_spans_follow_each_other_without_a_gap() -> None:
    of = site(*(recording(f"demo/r{at}", analysis(seconds=10 + at * 7)) for at in range(9)))
    spans = laid_out(of).spans
    starts = [float(span.start.rstrip("%")) for span in spans]
    shares = [float(span.share.rstrip("%")) for span in spans]
    assert sum(shares) == pytest.approx(100, abs=0.02)
    assert starts == pytest.approx([0, *accumulate(shares)][:-1], abs=0.02)


def test_a_long_site_has_no_more_columns_than_can_be_told_apart() -> None:
    found = laid_out(many(SINGLE, seconds=3600))
    assert sum(span.columns for span in found.spans) <= COLUMNS + SINGLE
    assert len(found.spans) == SINGLE


def test_more_recordings_than_a_pointer_can_meet_are_shown_by_section() -> None:
    found = laid_out(many(SINGLE + 2))
    assert [(span.title, span.href) for span in found.spans] == [("Demo", "demo/"), ("Other", "other/")]


@pytest.mark.parametrize("count", [0, 1, 5, UP_TO + 1])
def test_where_it_says_nothing_there_is_none(count: int) -> None:
    assert laid_out(many(count)) is None


def test_sections_are_named_where_there_is_room_and_a_single_one_is_not() -> None:
    assert [(mark.title, mark.href, mark.room) for mark in laid_out(many(6)).marks] == [
        ("Demo", "demo/", "from-48"),
        ("Other", "other/", "from-48"),
    ]
    assert laid_out(many(8, section="other")).marks == ()
    narrow = site(
        *(recording(f"long/r{at}", analysis(seconds=600)) for at in range(6)),
        recording("short-with-a-long-name/x", analysis(seconds=5)),
    )
    assert [mark.room for mark in laid_out(narrow).marks] == ["from-48", "none"]


def test_it_stands_on_the_first_home_page_only() -> None:
    of = many(30)
    found = {path: element(html) for path, html in rendered(of).items()}
    assert [path for path, reels in sorted(found.items()) if reels] == ["index.html"]
    (shown,) = found["index.html"]
    links = [link.get("href") for link in shown.iter("{http://www.w3.org/2000/svg}a") if link.get("tabindex") == "-1"]
    assert len(links) == 30
    assert re.fullmatch(r"(demo|other)/r\d+/", links[0] or "")


def element(html: str) -> list[Element]:
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    return list(tree.findall(".//div[@data-reel]"))


def test_recordings_stand_in_it_as_in_the_lists() -> None:
    shelf = shelve(many(12), {})
    listed: tuple[Listed, ...] = listed_under(shelf, shelf.root)
    assert [span.title for span in laid_out(many(12)).spans] == [one.recording.title for one in listed]
    assert gallery.SMALL  # drawn from summaries alone: nothing was loaded
