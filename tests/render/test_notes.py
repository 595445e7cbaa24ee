"""The Markdown of a recording: it says what the page says, and text stays text."""

from __future__ import annotations

import pytest
from gallery import analysis, chapter, command, day, line, recording
from markdown_it import MarkdownIt

from castsite.render.encode import fenced, markdown_code, markdown_text
from castsite.render.notes import notes
from castsite.schema.values import Author, Part
from castsite.site.model import Meta

HOSTILE = "# *x* `y` <b>z</b> [a](javascript:b) ![p](//q) \\ | ~~s~~ &amp; \n\n- \u202e"


def html(text: str) -> str:
    return MarkdownIt("commonmark").enable("strikethrough").render(text)


def test_it_holds_facts_commands_and_the_transcript_with_its_times() -> None:
    of = analysis(line(1, "$ make"), line(2.5, "ok"), line(2.5, "done"), commands=[command(0.5, "make")], seconds=65)
    meta = Meta(
        description="How to *build* it.",
        tags=("make", "c"),
        authors=(Author("Ada"),),
        series=Part("Builds", 2),
        license="MIT",
        source="https://example.org/x",
    )
    one = recording("demo/build", of, meta=meta, date=day("2026-03-01"))
    assert notes(one, of, "https://example.org/casts/").decode() == (
        "# Build\n\nHow to build it.\n\n"
        "- Recorded: 2026-03-01\n- By: Ada\n- Length: 1:05\n- Screen: 80 × 24\n- Tags: make, c\n"
        "- Series: Builds, part 2\n- Licence: MIT\n- Source: <https://example.org/x>\n"
        "- Play: <https://example.org/casts/demo/build/>\n\n"
        "## Commands\n\n- 0:00 `make`\n\n"
        "## Transcript\n\n```text\n0:01  $ make\n0:02  ok\n      done\n```\n"
    )


def test_without_base_url_it_names_no_address_of_its_own() -> None:
    of = analysis(line(1, "x"))
    assert b"http" not in notes(recording("x", of), of, None)


def test_chapters_part_the_transcript() -> None:
    of = analysis(line(1, "a"), line(5, "b"), line(9, "c"), chapters=[chapter(5, "Two"), chapter(6, "Three")])
    text = notes(recording("x", of), of, None).decode().partition("## Transcript\n\n")[2]
    assert text == (
        "```text\n0:01  a\n```\n\n### 0:05 Two\n\n```text\n0:05  b\n```\n\n### 0:06 Three\n\n```text\n0:09  c\n```\n"
    )


def test_a_silent_recording_says_so() -> None:
    assert b"No text was ever on screen." in notes(recording("x", analysis()), analysis(), None)


def test_markup_in_any_text_stays_text() -> None:
    of = analysis(line(1, HOSTILE), commands=[command(1, HOSTILE)], chapters=[chapter(0, HOSTILE)])
    meta = Meta(tags=(HOSTILE,), authors=(Author(HOSTILE),), license=HOSTILE, description=HOSTILE)
    made = html(notes(recording("x", of, title=HOSTILE, meta=meta), of, None).decode())
    assert "<img" not in made
    assert "<a " not in made
    assert "<b>" not in made
    assert "<em>" not in made
    assert "<s>" not in made


@pytest.mark.parametrize("text", ["a", "`", "``", "a`b", "`a`", "```", "\\", "*", "<x>", "&lt;", "a  b"])
def test_code_reads_back_as_it_was(text: str) -> None:
    shown = html(f"- {markdown_code(text)}")
    assert f"<code>{text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</code>" in shown
    block = html(fenced(f"{text}\n````"))
    assert block.count("<pre>") == 1
    assert block.endswith("````\n</code></pre>\n")


@pytest.mark.parametrize("text", [HOSTILE, "1. a", "a # b #", "x &copy; y", "_a_ __b__", "https://a.b/c_d_e"])
def test_text_reads_back_as_it_was(text: str) -> None:
    shown = html(f"# {markdown_text(text)}")
    words = " ".join(text.replace("\u202e", "\u202e").split())
    assert shown == "<h1>" + words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</h1>\n"
