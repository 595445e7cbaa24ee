"""Posts and pages of Markdown: how lists show them, and what their own pages say."""

from __future__ import annotations

import re

import gallery
import pytest
from gallery import analysis, day, page, recording, rendered, site
from msgspec.structs import replace

from castsite.config import SiteConfig
from castsite.render.markdown import minutes, words
from castsite.schema.values import Author
from castsite.site.model import Meta


def titles(html: str) -> list[str]:
    found = re.search(r'<section class="section posts".*?</section>', html, re.DOTALL)
    return re.findall(r"<h3[^>]*><a [^>]*>(.*?)</a>", found[0]) if found else []


def post(slug: str, date: str, body: str = "Some words.", **changes: object) -> gallery.Page:
    return page(slug, body, date=day(date), **changes)


def test_a_section_lists_its_posts_with_date_beginning_and_length_and_pages_by_title() -> None:
    long = "Once *upon* a time. " * 60
    html = rendered(site(post("blog/a", "2026-03-01", long), post("blog/b", "2026-04-01"), page("blog/imprint")))[
        "blog/index.html"
    ]
    assert titles(html) == ["B", "A"]
    assert '<time datetime="2026-03-01">1 Mar 2026</time><span>1 minute</span>' in html
    assert re.search(r"<p dir=\"auto\">Once upon a time\. .{100,200}…</p>", html)
    assert '<li><a href="imprint/" dir="auto">Imprint</a></li>' in html


@pytest.mark.parametrize("theme", ["default", "paper"])
def test_a_post_without_text_says_nothing_of_minutes(theme: str) -> None:
    html = rendered(site(post("blog/a", "2026-03-01", "")), theme=theme)["blog/index.html"]
    assert ">A</a>" in html
    assert "minute" not in html
    assert "1 minute" in rendered(site(post("blog/a", "2026-03-01")), theme=theme)["blog/index.html"]


@pytest.mark.parametrize("theme", ["default", "paper"])
def test_a_text_runs_from_its_own_side(theme: str) -> None:
    html = rendered(site(post("blog/a", "2026-03-01", "\u05e9\u05dc\u05d5\u05dd")), theme=theme)["blog/a/index.html"]
    assert '<div class="prose" dir="auto"><p>\u05e9' in html


def test_a_description_stands_for_the_beginning_and_an_author_can_end_it() -> None:
    told = post("blog/told", "2026-03-01", meta=Meta(description="In *short*."))
    cut = post("blog/cut", "2026-02-01", "The first.\n\n<!-- more -->\n\nThe second.")
    pages = rendered(site(told, cut))
    assert '<p dir="auto">In short.</p>' in pages["blog/index.html"]
    assert '<p dir="auto">The first.</p>' in pages["blog/index.html"]
    assert "more" not in re.sub(r".*<article|</article>.*", "", pages["blog/cut/index.html"], flags=re.DOTALL)


def test_a_comment_is_no_text_and_what_stands_beside_it_is() -> None:
    html = rendered(site(page("about", "Before\n\n<!-- nobody\nreads this -->\n\nAfter <!-- this --> all")))
    assert "nobody" not in html["about/index.html"]
    assert "<p>After  all</p>" in html["about/index.html"]


def test_a_beginning_is_the_text_and_not_what_a_player_is_called() -> None:
    assert words("![So it goes](git/rebase.cast)\n\n# Title\n\nWords.") == "Words."


@pytest.mark.parametrize(
    ("body", "expected"), [("word " * 100, 1), ("word " * 660, 3), ("字" * 700, 2), ("", 1), ("```\ncode\n```", 1)]
)
def test_reading_takes_time_by_words_or_by_signs(body: str, expected: int) -> None:
    assert minutes(words(body)) == expected


def test_a_post_says_how_long_it_takes_to_read_and_to_watch() -> None:
    of = site(
        recording("git/rebase", analysis(seconds=70)),
        post("blog/a", "2026-03-01", "word " * 660 + "\n\n![](/git/rebase.cast)\n\n![](/git/rebase.cast)"),
        page("about", "![](git/rebase.cast)"),
    )
    pages = rendered(of)
    assert "<span>3 minutes to read</span><span>3 minutes to watch</span>" in pages["blog/a/index.html"]
    assert "to read" not in pages["about/index.html"]


def test_a_text_with_headings_has_a_table_of_contents() -> None:
    text = "## One\n\n### Two\n\n#### Deep\n\n## *Three*\n\nwords"
    html = rendered(site(page("long", text), page("short", "## One\n\n## Two")))
    contents = re.findall(r'<li class="level-(\d)"><a href="([^"]*)" dir="auto">(.*?)</a>', html["long/index.html"])
    assert contents == [("2", "#h-one", "One"), ("3", "#h-two", "Two"), ("2", "#h-three", "Three")]
    assert 'class="contents"' not in html["short/index.html"]


def test_every_heading_can_be_linked_by_the_pointer() -> None:
    html = rendered(site(page("long", "## One `two`")))["long/index.html"]
    anchor = '<a class="anchor" href="#h-one-two" tabindex="-1" aria-hidden="true">#</a>'
    assert f'<h2 id="h-one-two">One <code>two</code> {anchor}</h2>' in html


def test_posts_lead_to_the_ones_beside_them_and_pages_do_not() -> None:
    pages = rendered(
        site(post("blog/a", "2026-01-01"), post("blog/b", "2026-02-01"), post("blog/c", "2026-03-01"), page("blog/d"))
    )
    html = pages["blog/b/index.html"]
    assert '<a href="../c/" rel="prev"><span>Previous</span><span dir="auto">C</span></a>' in html
    assert '<a class="next" href="../a/" rel="next"><span>Next</span><span dir="auto">A</span></a>' in html
    assert 'rel="prev"' not in pages["blog/c/index.html"]
    assert 'class="beside"' not in pages["blog/d/index.html"]


def test_long_lists_of_posts_are_cut_into_pages() -> None:
    posts = [post(f"blog/p{at}", f"2026-01-0{at}", meta=Meta(tags=("t",))) for at in range(1, 6)]
    pages = rendered(site(*posts, config=SiteConfig(title="S", pagination=2)))
    for folder in ("blog", "tags/t"):
        shown = [titles(pages[f"{folder}/{name}index.html"]) for name in ("", "page/2/", "page/3/")]
        assert shown == [["P5", "P4"], ["P3", "P2"], ["P1"]]
        assert f"{folder}/page/4/index.html" not in pages


def test_the_home_page_names_its_own_posts_and_the_newest_of_all_sections() -> None:
    posts = [post(f"blog/p{at}", f"2026-01-0{at}") for at in range(1, 6)]
    html = rendered(site(recording("git/rebase"), *posts, post("own", "2025-01-01")))["index.html"]
    assert titles(html) == ["P5", "P4", "P3", "Own"]


def test_a_section_of_nothing_but_texts_stands_in_the_navigation_and_posts_of_the_top_do_not() -> None:
    of = site(recording("git/rebase"), page("git/notes"), post("blog/a", "2026-01-01"), post("own", "2025-01-01"))
    html = rendered(of)["index.html"]
    navigation = re.findall(
        r'<li><a href="[^"]*"(?: aria-current="page")? dir="auto">(.*?)</a>', html.partition("</nav>")[0]
    )
    assert navigation == ["Recordings", "Blog"]


def test_authors_of_a_post_are_named() -> None:
    html = rendered(site(post("blog/a", "2026-01-01", meta=Meta(authors=(Author("Ada"), Author("Bob"))))))
    assert "<span>Ada, Bob</span>" in re.sub(r"</?a[^>]*>", "", html["blog/a/index.html"])


def test_unlisted_posts_are_in_no_list_and_beside_nothing() -> None:
    hidden = replace(post("blog/b", "2026-02-01"), state="unlisted")
    pages = rendered(site(post("blog/a", "2026-01-01"), hidden, post("blog/c", "2026-03-01")))
    assert titles(pages["blog/index.html"]) == ["C", "A"]
    assert '<a href="../c/" rel="prev">' in pages["blog/a/index.html"]
    assert 'class="beside"' not in pages["blog/b/index.html"]


def test_a_callout_is_titled_in_the_sites_language() -> None:
    html = rendered(site(page("about", "> [!WARNING]\n> Look out")))["about/index.html"]
    assert '<p class="markdown-alert-title">Warning</p>' in html


def test_the_box_of_a_task_has_a_name() -> None:
    html = rendered(site(page("about", "- [x] done\n- [ ] open")))["about/index.html"]
    assert html.count('<input class="task-list-item-checkbox" aria-label="Task" disabled=""') == 2


def test_what_may_be_wider_than_the_page_is_reached_by_keyboard() -> None:
    body = "```python\nprint(1)\n```\n\n    indented <pre>\n\n| a |\n|---|\n| `<table>` |\n"
    html = rendered(site(page("about", body)))["about/index.html"]
    assert len(re.findall(r"<pre[ >]", html)) == html.count('<pre tabindex="0"><code') == 2
    assert len(re.findall(r"<table[ >]", html)) == html.count('<table tabindex="0">') == 1
    assert "indented &lt;pre&gt;" in html
    assert "<code>&lt;table&gt;</code>" in html


def test_a_card_of_a_post_says_when_it_was_written() -> None:
    meta = Meta(updated=day("2026-03-02"), tags=("git",))
    pages = rendered(site(post("blog/a", "2026-03-01", meta=meta), page("about")))
    found = re.findall(r'<meta property="((?:og:type|article:)[^"]*)" content="([^"]*)">', pages["blog/a/index.html"])
    assert found == [
        ("og:type", "article"),
        ("article:published_time", "2026-03-01"),
        ("article:modified_time", "2026-03-02"),
        ("article:tag", "git"),
    ]
    assert '<meta property="og:type" content="website">' in pages["about/index.html"]


def test_a_site_of_nothing_but_texts_does_not_ask_for_a_recording() -> None:
    assert "Nothing recorded yet" not in rendered(site(page("guide/setup")))["index.html"]
    assert "Nothing recorded yet" in rendered(site())["index.html"]


def test_a_section_lists_the_texts_of_the_folders_below_it_as_it_lists_recordings() -> None:
    pages = rendered(site(post("blog/2024/a", "2024-01-01"), post("blog/2025/b", "2025-01-01"), page("blog/x/y")))
    assert titles(pages["blog/index.html"]) == ["B", "A"]
    assert '<a href="x/y/" dir="auto">Y</a>' in pages["blog/index.html"]
    assert titles(pages["blog/2024/index.html"]) == ["A"]
