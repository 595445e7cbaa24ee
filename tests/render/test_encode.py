from __future__ import annotations

import json
import math
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from castsite.render.encode import (
    checked_xml,
    clock,
    copied,
    json_file,
    json_island,
    milliseconds,
    number,
    plain,
    safe_text,
    seconds,
    settled,
    shown_controls,
    xml_text,
)

BREAKOUT = "</script><script>alert(1)</script><!--<script>"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
any_text = st.text(st.characters(exclude_categories=()))


def read(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - made by castsite


def test_C01_title_cannot_break_out_of_a_json_island() -> None:
    island = json_island({"title": BREAKOUT})
    assert "<" not in island
    assert json.loads(island) == {"title": BREAKOUT}


@given(json_values)
def test_P7_json_island_holds_no_markup_and_parses_back_equal(value: object) -> None:
    island = json_island(value)
    assert not set(island) & set("<>&\u2028\u2029")
    assert json.loads(island) == value


def test_json_island_is_markup_that_a_template_does_not_escape_again() -> None:
    assert isinstance(json_island("x"), Markup)


@pytest.mark.parametrize("value", [math.nan, math.inf, {"a": [-math.inf]}])
def test_C05_json_refuses_what_it_has_no_word_for(value: object) -> None:
    with pytest.raises(ValueError, match="reads back differently"):
        json_file(value)
    with pytest.raises(ValueError, match="reads back differently"):
        json_island(value)


@pytest.mark.parametrize("value", [{1: "a"}, {"a": (1, 2)}])
def test_json_file_refuses_a_value_that_reads_back_differently(value: object) -> None:
    with pytest.raises(ValueError, match="reads back differently"):
        json_file(value)


def test_json_file_refuses_half_a_character() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        json_file("\ud800")


@given(json_values)
def test_json_file_is_one_line_that_parses_back_equal(value: object) -> None:
    data = json_file(value)
    assert data.count(b"\n") == 1
    assert data.endswith(b"\n")
    assert json.loads(data) == value


def test_C13_title_and_line_separator_are_escaped() -> None:
    assert escape("</title><script>") == "&lt;/title&gt;&lt;script&gt;"
    assert json_island("\u2028") == '"\\u2028"'


def test_C02_characters_that_xml_has_not_are_dropped() -> None:
    document = f"<a b='{xml_text('x' + chr(0xB) + chr(0) + chr(0xFFFE))}'>{xml_text(chr(0x1F) + 'y')}</a>"
    root = read(checked_xml(document))
    assert (root.get("b"), root.text) == ("x", "y")


@given(any_text)
def test_P8_xml_parses_and_its_text_is_the_filtered_input(text: str) -> None:
    root = read(checked_xml(f"""<a b="{xml_text(text)}" c='{xml_text(text)}'>{xml_text(text)}</a>"""))
    allowed = "".join(
        char
        for char in text
        if char in "\t\n\r" or " " <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char >= "\U00010000"
    )
    assert (root.text or "") == allowed.replace("\r\n", "\n").replace("\r", "\n")
    assert (root.get("b") or "").split() == (root.get("c") or "").split() == allowed.split()


@pytest.mark.parametrize("document", ["<a>", "<a b=c/>", "<a>\x00</a>", "", "<a/><b/>"])
def test_checked_xml_refuses_what_expat_cannot_read(document: str) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        checked_xml(document)


def test_plain_text_keeps_tab_line_feed_and_bidi_controls_and_drops_the_rest() -> None:
    assert plain("a\tb\nc\r\x00\x1b\x7f\x85\ufdd0\uffff\U0001fffe\u202ed") == "a\tb\nc\u202ed"
    assert plain("\ud800x") == "\ufffdx"


@given(any_text)
def test_plain_text_is_idempotent_and_can_be_written(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    once.encode()


def test_safe_text_is_one_line_without_hidden_characters_within_its_limit() -> None:
    assert safe_text(" a\n\tb\u202ec\x1b e\u0301 ") == "a bc \u00e9"
    assert safe_text("word " * 100, 12) == "word word w…"


@given(any_text, st.integers(1, 50))
def test_safe_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(safe_text(text, limit)) <= limit


def test_C16_what_is_copied_has_no_control_characters_and_no_final_newline() -> None:
    assert copied("rm \x1b[2J\u202ex\nls\x00\n\n") == "rm [2Jx\nls"
    assert (
        copied("a\u200bb\xadc\u2028d\U000e0041e\ufeff \U0001f469\u200d\U0001f680") == "abcde \U0001f469\u200d\U0001f680"
    )


def test_what_an_author_wrote_keeps_its_soft_hyphens() -> None:
    assert settled("Donau\xaddampf\u202e\x1b\n") == "Donau\xaddampf"


def test_bidi_controls_of_a_command_are_shown() -> None:
    assert shown_controls("a\u202eb\u2066") == r"a\u{202e}b\u{2066}"
    assert shown_controls("\u200b\u2028\U000e0041") == r"\u{200b}\u{2028}\u{e0041}"


@pytest.mark.parametrize(
    ("time", "clocked", "in_seconds"),
    [
        (0, "0:00", "0"),
        (999_999, "0:00", "1"),
        (6_583_001, "0:06", "6.584"),
        (65_000_000, "1:05", "65"),
        (10_500_000, "0:10", "10.5"),
        (3_600_000_000, "1:00:00", "3600"),
        (36_061_000_000, "10:01:01", "36061"),
    ],
)
def test_times_are_rounded_down_for_people_and_up_for_links(time: int, clocked: str, in_seconds: str) -> None:
    assert clock(time) == clocked
    assert seconds(time) == in_seconds


@given(st.integers(0, 86_400_000_000))
def test_a_link_never_leads_to_before_the_moment_it_names(time: int) -> None:
    assert 0 <= float(seconds(time)) * 1_000_000 - time < 1000.5
    assert milliseconds(time) * 1000 >= time


@given(st.floats(-1e6, 1e6))
def test_coordinates_are_short_and_within_half_a_hundredth(value: float) -> None:
    text = number(value)
    assert abs(float(text) - value) <= 0.0050001
    assert not text.endswith((".", "-0")) or text == "0"
    assert "e" not in text
