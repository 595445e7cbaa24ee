"""The pages of a site: complete, valid, linked, and made only when asked for."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

import gallery
import html5lib
import pytest
from gallery import analysis, chapter, command, day, in_series, line, page, recording, rendered, site
from msgspec.structs import replace

from castsite.analysis.model import Analysis, Captions, Cue
from castsite.artifact import Order
from castsite.cast.events import TerminalTheme
from castsite.config import SiteConfig
from castsite.render import listing
from castsite.render.headers import CSP
from castsite.render.shelf import shelve
from castsite.render.shell import sheet
from castsite.schema.values import Author, Link
from castsite.site.exports import ENDINGS
from castsite.site.model import Meta

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"


@cache
def small_site(**config: object) -> dict[str, str]:
    """One page of every kind."""
    return rendered(
        site(
            recording("git/rebase", meta=in_series("Git", 1), date=day("2026-03-01")),
            recording("git/merge", meta=in_series("Git", 2), date=day("2026-02-01")),
            recording("hello", date=day("2026-01-01"), body="A *note*.\n\n```python\nprint(1)\n```"),
            recording("old", state="expired"),
            recording("secret", state="unlisted"),
            page("about", "See [the merge](git/merge.cast)."),
            config=SiteConfig(title="Scrollback", **config),  # type: ignore[arg-type] # any key of the configuration
        )
    )


def parsed(html: str) -> Element:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def references(html: str) -> Iterator[str]:
    for element in parsed(html).iter():
        for name in ("href", "src"):
            if isinstance(element.tag, str) and (value := element.get(name)) is not None:
                yield value


@pytest.mark.parametrize("path", sorted(small_site()))
def test_C09_every_page_is_valid_and_holds_nothing_inline(path: str) -> None:
    tree = parsed(small_site(base_url="https://example.org/x/")[path])
    head = tree.find("head")
    first, second = list(head)[:2]
    assert first.get("charset") == "utf-8"
    assert (second.get("http-equiv"), second.get("content")) == ("Content-Security-Policy", CSP)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag != "style"
        if element.tag == "script":
            assert element.get("src") or element.get("type") in {"application/json", "application/ld+json"}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("path", sorted(small_site()))
def test_C09_no_page_asks_another_site_for_anything(path: str) -> None:
    html = small_site()[path]
    assert [url for url in references(html) if urlsplit(url).netloc] == []


@pytest.mark.parametrize("base_url", [None, "https://example.org/", "https://example.org/sub/path/"])
def test_J09_every_link_and_asset_of_every_page_is_published(base_url: str | None) -> None:
    of = site(
        recording("git/rebase", meta=in_series("Git", 1)),
        recording("git/merge", meta=in_series("Git", 2)),
        recording("hello"),
        page("about"),
        page("git/notes"),
        config=SiteConfig(
            title="S", base_url=base_url, pagination=1, navigation=(Link("Start", "/"), Link("", "about.md"))
        ),
    )
    made = {artifact.path: artifact for artifact in gallery.artifacts(of)}
    beside = {f"{one.slug}{kind}" for one in of.recordings for kind in (".cast", ".txt", ".md", ".json", ".svg")}
    root = urlsplit(base_url).path if base_url else "/"
    for path, artifact in made.items():
        for url in references(artifact.body().decode()) if path.endswith(".html") else ():
            written = urlsplit(url)
            if written.netloc or not written.path:  # the canonical link; a place on the page
                continue
            assert target_of(unquote(written.path), path, root) in made.keys() | beside, (path, url)


def target_of(written: str, path: str, root: str) -> str:
    """Output path that a link on the page at `path` leads to."""
    if path == "404.html":
        assert written.startswith(root)
        target = written.removeprefix(root)
    else:
        assert not written.startswith("/")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), written)) + "/" * written.endswith("/")
    return f"{target}index.html".removeprefix("./") if target.endswith("/") or not target else target


def test_T1_markup_in_titles_descriptions_and_names_stays_text() -> None:
    meta = Meta(
        description=HOSTILE, tags=(HOSTILE,), authors=(Author(HOSTILE, "https://example.org/"),), license=HOSTILE
    )
    of = analysis(line(1, HOSTILE), commands=[command(1, HOSTILE)], chapters=[chapter(0, HOSTILE)], seconds=3)
    pages = rendered(
        site(
            recording("x", of, title=HOSTILE, meta=meta, body=HOSTILE),
            recording("y", of, title=HOSTILE, date=day("2026-01-01")),
            recording("z", of, title=HOSTILE),
            config=SiteConfig(title=HOSTILE, description=HOSTILE),
        ),
        {"x": of},
    )
    for html in pages.values():
        tree = parsed(html)
        assert tree.findall(".//img[@onerror]") == []
        assert [node for node in tree.iter("script") if "alert" in (node.text or "") and not node.get("type")] == []
    island = parsed(pages["x/index.html"]).find("head/script[@id='castsite-player']")
    assert json.loads(island.text)["options"]["cols"] == 80


def test_the_home_page_lists_sections_with_their_recordings() -> None:
    html = parsed(small_site()["index.html"])
    assert [text_of(heading) for heading in html.iter("h3")] == ["Hello", "Merge", "Rebase"]
    assert [text_of(heading) for heading in html.iter("h2")] == ["Rebase", "Git", "Recordings", "Git"]
    assert text_of(html.find(".//h1")) == "Scrollback"


def test_a_short_description_of_the_site_is_its_headline() -> None:
    short, long = (
        "Terminal work, kept to the second",
        "So long that it cannot stand large at the top of a page, really.",
    )
    for description, heading in ((short, short), (long, "Scrollback")):
        html = small_site(description=description)["index.html"]
        assert text_of(parsed(html).find(".//h1")) == heading
        assert ("standfirst" in html) is (description == long)


def test_a_recursive_root_gives_one_list_in_its_own_order() -> None:
    order = ("git/rebase", "hello", "git/merge")
    of = site(*map(recording, order), sections={"": {"recordings": order}})
    html = parsed(rendered(of)["index.html"])
    assert [text_of(heading) for heading in html.iter("h3")] == ["Rebase", "Hello", "Merge"]
    assert [text_of(heading) for heading in html.iter("h2")] == ["Recordings"]


def test_long_lists_are_cut_into_pages_that_link_to_each_other() -> None:
    of = site(*(recording(f"r{n}") for n in range(5)), config=SiteConfig(title="S", pagination=2))
    pages = rendered(of)
    assert {"index.html", "page/2/index.html", "page/3/index.html"} <= pages.keys()
    assert "page/1/index.html" not in pages
    second = parsed(pages["page/2/index.html"])
    assert [text_of(heading) for heading in second.iter("h3")] == ["R2", "R3"]
    pager = second.find(".//nav[@class='pager']")
    assert [(link.get("href"), text_of(link)) for link in pager.iter("a")] == [
        ("../../", "Previous"),
        ("../../", "1"),
        ("./", "2"),
        ("../3/", "3"),
        ("../3/", "Next"),
    ]
    assert pager.find(".//a[@aria-current='page']").text == "2"


def test_pagination_zero_shows_everything_on_one_page() -> None:
    of = site(*(recording(f"r{n}") for n in range(30)), config=SiteConfig(title="S", pagination=0))
    pages = rendered(of)
    assert [path for path in pages if path.startswith("page/")] == []
    assert "data-order" in pages["index.html"]


def test_a_section_can_have_its_own_number_per_page() -> None:
    of = site(*(recording(f"a/r{n}") for n in range(3)), sections={"a": {"meta": Meta(pagination=2)}})
    assert {"a/index.html", "a/page/2/index.html"} <= rendered(of).keys()


def test_orders_are_offered_only_where_everything_stands_on_the_page() -> None:
    of = site(*(recording(f"r{n}") for n in range(3)), config=SiteConfig(title="S", pagination=2))
    assert "data-order" not in rendered(of)["index.html"]


def test_the_first_posters_stand_in_the_page_and_the_others_load_later() -> None:
    html = rendered(site(*(recording(f"r{n:02}") for n in range(30)), config=SiteConfig(title="S", pagination=0)))
    frames = re.findall(r'<article class="frame.*?</article>', html["index.html"], re.DOTALL)
    assert [('<svg class="poster"' in frame, 'loading="lazy"' in frame) for frame in frames] == (
        [(True, False)] * 24 + [(False, True)] * 6
    )


def test_an_empty_site_says_what_to_do() -> None:
    html = rendered(site())["index.html"]
    assert "Nothing recorded yet" in html
    assert "content/" in html
    assert "data-order" not in html


def test_unlisted_and_expired_items_are_in_no_list() -> None:
    pages = small_site()
    for path, html in pages.items():
        if not path.removeprefix("embed/").startswith(("secret", "old")):
            assert "secret" not in html
            assert "old/" not in html
    assert '<meta name="robots" content="noindex">' in pages["secret/index.html"]


def test_an_expired_recording_leaves_its_title_and_nothing_else() -> None:
    html = small_site()["old/index.html"]
    assert "Old" in html
    assert "This is gone" in html
    assert ".cast" not in html
    assert '<meta name="robots" content="noindex">' in html


def test_canonical_links_stand_only_where_the_address_is_known() -> None:
    pages = small_site(base_url="https://example.org/x/")
    assert '<link rel="canonical" href="https://example.org/x/git/rebase/">' in pages["git/rebase/index.html"]
    assert '<link rel="canonical" href="https://example.org/x/">' in pages["index.html"]
    assert all("canonical" not in html for html in small_site().values())


def test_language_and_direction_come_from_the_configuration() -> None:
    assert '<html lang="ar" dir="rtl">' in small_site(language="ar")["index.html"]
    assert '<html lang="en" dir="ltr">' in small_site()["index.html"]


def test_dates_are_written_in_the_sites_language() -> None:
    assert '<time datetime="2026-03-01">1 Mar 2026</time>' in small_site()["git/rebase/index.html"]
    assert '<time datetime="2026-03-01">01.03.2026</time>' in small_site(language="de")["git/rebase/index.html"]
    assert '<time datetime="2026-03-01">2026-03-01</time>' in small_site(language="tlh")["git/rebase/index.html"]


def test_the_size_is_pinned_unless_the_recording_changes_it() -> None:
    fixed, changing = analysis(line(1, "x")), analysis(line(1, "x"), resized=True)
    pages = rendered(site(recording("a"), recording("b")), {"a": fixed, "b": changing})
    assert {"cols": 80, "rows": 24}.items() <= options(pages["a/index.html"]).items()
    assert options(pages["b/index.html"]) == {}


def options(html: str) -> dict[str, object]:
    found = parsed(html).find("head/script[@id='castsite-player']")
    return dict(json.loads(found.text)["options"])


def test_all_player_options_reach_the_player_but_those_that_are_baked_in() -> None:
    given = (("autoPlay", True), ("idleTimeLimit", 2), ("loop", 2), ("poster", "npt:1"), ("speed", 1.5))
    html = rendered(site(recording("a", options=given)))["a/index.html"]
    assert options(html) == {"autoPlay": True, "loop": 2, "speed": 1.5, "cols": 80, "rows": 24}


def test_commands_become_markers_when_the_author_set_none() -> None:
    marks = [chapter(1.5, "make"), chapter(4, "make test")]
    of = analysis(line(1, "x"), chapters=marks, chapters_from="commands")
    assert options(rendered(site(recording("a")), {"a": of})["a/index.html"])["markers"] == [
        [1.5, "make"],
        [4.0, "make test"],
    ]
    of = replace(of, chapters_from="markers")
    assert "markers" not in options(rendered(site(recording("a")), {"a": of})["a/index.html"])


def test_chapters_commands_and_lines_link_to_their_second() -> None:
    of = analysis(
        line(3, "$ make"),
        line(5.25, "done"),
        commands=[command(2.5, "make")],
        chapters=[chapter(2, "Build")],
        seconds=9,
    )
    html = parsed(rendered(site(recording("a")), {"a": of})["a/index.html"])
    outline = html.find(".//ol[@class='outline']")
    assert [link.get("href") for link in outline.iter("a")] == ["?t=2", "?t=2.5"]
    log = html.find(".//ol[@class='log']")
    assert [link.get("href") for link in log.iter("a")] == ["?t=3", "?t=5.25"]


@pytest.mark.parametrize(("language", "title"), [("en", "Marker 2"), ("de", "Marke 2")])
def test_a_marker_without_a_label_is_a_chapter_with_its_number(language: str, title: str) -> None:
    of = analysis(line(3, "x"), chapters=[chapter(1, "Build"), chapter(2, "")])
    made = rendered(site(recording("a"), config=SiteConfig(language=language)), {"a": of})
    html = parsed(made["a/index.html"])
    listed = html.find(".//ol[@class='outline']")
    assert [text_of(link[1]) for link in listed.iter("a")] == ["Build", title]
    assert [text_of(heading[1]) for heading in html.findall(".//section[@class='chapter']/h3")] == ["Build", title]


def test_commands_before_the_first_chapter_stand_by_themselves() -> None:
    of = analysis(
        line(1, "x"),
        commands=[command(0.5, "a"), command(1.5, "b"), command(2.5, "c")],
        chapters=[chapter(2.2, "Late")],
    )
    outline = parsed(rendered(site(recording("a")), {"a": of})["a/index.html"]).find(".//ol[@class='outline']")
    assert [[text_of(code) for code in entry.iter("code")] for entry in outline] == [["a"], ["b"], ["c"]]
    assert [entry.get("data-from") for entry in outline] == ["0.5", "1.5", "2.2"]


def test_a_command_stands_under_the_chapter_it_was_entered_in_as_in_the_transcript() -> None:
    of = analysis(
        line(2.4, "$ make"),
        line(4, "$ make test"),
        commands=[command(2, "make"), command(2.8, "make test")],
        chapters=[chapter(1, "Build"), chapter(3, "Test")],
    )
    html = parsed(rendered(site(recording("a")), {"a": of})["a/index.html"])
    outline = html.find(".//ol[@class='outline']")
    assert [[text_of(code) for code in entry.iter("code")] for entry in outline] == [["make"], ["make test"]]
    assert [link.get("href") for link in outline.iter("a")] == ["?t=1", "?t=2", "?t=3", "?t=3"]
    log = html.findall(".//section[@class='chapter']")
    assert [[text_of(typed) for typed in part.iter("kbd")] for part in log] == [["make"], ["make test"]]


def test_commands_on_the_home_page_lead_to_where_they_are_entered() -> None:
    of = analysis(line(2.6, "$ make"), commands=[command(2, "make")])
    items = [recording(name, of, date=day(f"2026-01-0{at}")) for at, name in enumerate("abc", 1)]
    home = parsed(rendered(site(*items), dict.fromkeys("abc", of))["index.html"])
    assert [link.get("href") for link in home.findall(".//ol[@class='moments']//a")] == ["c/?t=2.5"]


def test_only_sure_shell_commands_are_listed_and_inputs_only_alone() -> None:
    unsure, typed = command(1, "perhaps", confidence=0.6), command(2, "1 + 1", kind="repl")
    shell = command(3, "ls")
    for commands, heading, listed in (
        ([unsure, typed, shell], "Commands", ["ls"]),
        ([unsure, typed], "Input", ["1 + 1"]),
        ([unsure], None, []),
    ):
        of = analysis(line(1, "x"), commands=commands)
        side = parsed(rendered(site(recording("a")), {"a": of})["a/index.html"]).find(".//aside")
        assert (side is not None and text_of(side.find(".//h2"))) == (heading or False)
        assert [text_of(code) for code in side.iter("code")] == listed if side is not None else not listed


def test_T10_a_hidden_character_of_a_command_is_seen_and_is_not_copied() -> None:
    of = analysis(line(1, "x"), commands=[command(1, "echo \u202eevil\n")])
    html = parsed(rendered(site(recording("a")), {"a": of})["a/index.html"])
    entry = html.find(".//div[@class='cmd']")
    assert text_of(entry.find(".//code")) == "echo \\u{202e}evil"
    assert entry.find("button").get("data-copy") == "echo evil"


def test_a_very_long_transcript_is_cut_and_says_where_the_rest_is() -> None:
    of = analysis(*(line(1 + n / 1000, f"line {n} " + "x" * 100) for n in range(3000)))
    html = rendered(site(recording("a")), {"a": of})["a/index.html"]
    assert len(html) < 300_000
    shown = html.count("<samp>")
    assert f"{3000 - shown:,} more lines are in the" in html


@pytest.mark.parametrize(
    ("base_url", "told"),
    [
        (None, "asciinema play rebase.cast"),
        ("https://example.org/x/", "asciinema play https://example.org/x/git/rebase.cast"),
    ],
)
def test_who_cannot_run_scripts_is_told_how_to_play(base_url: str | None, told: str) -> None:
    note = parsed(small_site(base_url=base_url)["git/rebase/index.html"]).find(".//p[@class='unplayed without-js']")
    assert text_of(note.find(".//code")) == told


def test_previous_and_next_come_from_the_series_else_from_the_section() -> None:
    of = site(
        recording("a/one", meta=in_series("S", 1)),
        recording("b/two", meta=in_series("S", 2)),
        recording("b/alone"),
        recording("b/zebra"),
    )
    pages = rendered(of)
    assert around(pages["b/two/index.html"]) == [("prev", "../../a/one/")]
    assert around(pages["a/one/index.html"]) == [("next", "../../b/two/")]
    assert around(pages["b/zebra/index.html"]) == [("prev", "../two/")]
    assert around(pages["b/alone/index.html"]) == [("next", "../two/")]
    assert text_of(parsed(pages["b/two/index.html"]).find(".//h2[@id='onward']")) == "S, 2 of 2"


def around(html: str) -> list[tuple[str, str]]:
    onward = parsed(html).find(".//nav[@class='beside']")
    return [(link.get("rel"), link.get("href")) for link in onward.iter("a")]


def test_a_series_with_one_listed_part_is_none() -> None:
    html = rendered(site(recording("a", meta=in_series("S", 1)), recording("b")))
    assert "of 1" not in html["a/index.html"]
    assert 'class="strip"' not in html["index.html"]


def test_colours_of_a_recording_stand_in_a_style_sheet() -> None:
    theme = TerminalTheme("#111111", "#eeeeee", ("#123456",) * 8)
    own = recording("own", summary=gallery.summary(gallery.SMALL, theme=theme))
    chosen = recording("chosen", options=(("theme", "dracula"),))
    made = {artifact.path: artifact.body() for artifact in gallery.artifacts(site(own, chosen, recording("plain")))}
    sheet = next(body for path, body in made.items() if path.startswith("assets/css/looks."))
    assert b"--term-color-7:#123456" in sheet
    assert b"--term-color-background:#282a36" in sheet
    assert sheet.count(b"{--") == 3  # two palettes and the one size
    assert b".t7{fill:var(--term-color-7)}" in sheet
    assert b".z80x24{--ar:1.4776}" in sheet
    classes = re.findall(r'class="stage (p[0-9a-f]{8})?"', made["own/index.html"].decode())
    assert f".{classes[0]}{{".encode() in sheet


def test_links_in_markdown_lead_to_pages() -> None:
    of = site(
        recording("git/rebase", body="[merge](merge.cast) [home](/about.md#t=1) [moment](?t=1:05)"),
        recording("git/merge"),
        page("about", "[folder](git/) ![rebase](git/rebase.cast)"),
    )
    pages = rendered(of)
    notes = parsed(pages["git/rebase/index.html"]).find(".//div[@class='notes prose']")
    assert [link.get("href") for link in notes.iter("a")][:2] == ["../merge/", "../../about/#t=1"]
    prose = parsed(pages["about/index.html"]).find(".//div[@class='prose']")
    assert [link.get("href") for link in prose.iter("a")] == ["../git/", "../git/rebase/"]


def test_bodies_are_made_when_called_and_an_analysis_is_loaded_for_its_page_alone() -> None:
    templates, assets = gallery.theme_files()
    loaded: list[str] = []

    def load(key: str) -> Analysis:
        loaded.append(key)
        return gallery.SMALL

    of = site(recording("a"), recording("b"))
    made = {
        artifact.path: artifact
        for artifact in gallery.pages(shelve(of, {}), templates=templates, assets=assets, load=load, fingerprint="f")
    }
    assert loaded == []
    made["b/index.html"].body()
    assert set(loaded) == {"key of b"}


def test_pages_are_published_after_what_they_show() -> None:
    orders = {artifact.path: artifact.order for artifact in gallery.artifacts(site(recording("a/b"), page("c")))}
    assert orders["a/b/index.html"] == orders["c/index.html"] == Order.PAGE
    assert orders["index.html"] == orders["a/index.html"] == orders["404.html"] == Order.INDEX
    assert {order for path, order in orders.items() if path.startswith("assets/")} == {Order.ASSET}


def keys(of: object) -> dict[str, str]:
    made = gallery.artifacts(of)  # type: ignore[arg-type]
    return {artifact.path: artifact.key for artifact in made if artifact.key and artifact.order is not Order.ASSET}


def changed(before: object, after: object) -> set[str]:
    old, new = keys(before), keys(after)
    return {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def test_a_pages_key_changes_with_all_it_is_made_from_and_nothing_else() -> None:
    series = [recording(f"s/{n}", meta=in_series("S", n)) for n in range(3)]
    others = [recording("t/a"), recording("t/b"), recording("t/c")]
    pages = (page("about", "[It](t/a.cast)."), page("tour", "![](t/a.cast)"))
    before = site(*series, *others, *pages)
    retitled = site(*series, replace(others[0], title="New"), *others[1:], *pages)
    # a link has its own words, a player is called as the recording
    assert changed(before, retitled) == {
        "index.html",
        "tour/index.html",
        "t/index.html",
        "t/a/index.html",
        "t/b/index.html",
        "embed/t/a/index.html",
        "search/index.html",
        "stats/index.html",
    }
    renamed = site(replace(series[0], key="other"), *series[1:], *others, *pages)
    parts = {f"s/{n}/index.html" for n in range(3)} | {"embed/s/0/index.html"}
    assert changed(before, renamed) == {"index.html", "series/s/index.html", "s/index.html", "stats/index.html"} | parts
    moved = site(*series, *others, replace(pages[0], title="Else"), pages[1])
    assert changed(before, moved) == set(keys(before))  # it stands in every masthead


def test_a_longer_recording_changes_the_first_page_of_a_list_and_those_that_show_it_or_its_group() -> None:
    config = SiteConfig(title="S", pagination=2)
    meta = Meta(tags=("git",))
    flat = [recording(f"r{n}", meta=meta, date=day(f"2026-01-{9 - n:02}")) for n in range(8)]
    longer = [*flat[:4], replace(flat[4], summary=gallery.summary(analysis(seconds=90))), *flat[5:]]
    lists = {path for path in changed(site(*flat, config=config), site(*longer, config=config)) if path[0] != "r"}
    assert lists >= {"index.html", "page/3/index.html", "tags/git/index.html", "tags/git/page/3/index.html"}
    assert not lists & {f"{of}page/{n}/index.html" for of in ("", "tags/git/") for n in (2, 4)}
    deep = [recording(f"{folder}/r{n}") for folder in "ab" for n in range(4)]
    longer = [*deep[:7], replace(deep[7], summary=gallery.summary(analysis(seconds=90)))]
    found = changed(site(*deep, config=config), site(*longer, config=config))
    assert found >= {"index.html", "page/3/index.html", "page/4/index.html", "b/index.html", "b/page/2/index.html"}
    assert not found & {"page/2/index.html", "a/index.html", "a/page/2/index.html"}


@pytest.mark.parametrize("theme", ["default", "paper"])
def test_a_page_on_which_a_list_goes_on_says_how_many_there_are_and_no_more(theme: str) -> None:
    of = site(*(recording(f"r{n}") for n in range(3)), config=SiteConfig(title="S", pagination=2))
    pages = {path: parsed(html) for path, html in rendered(of, theme=theme).items()}
    first, second = (text_of(pages[path].find(".//p[@class='facts']")) for path in ("index.html", "page/2/index.html"))
    assert [word in first for word in ("3 recordings", "lines", "0:")] == [True] * 3
    assert second == "3 recordingsStatistics"


def test_what_lists_do_not_show_of_a_text_changes_its_own_page_alone() -> None:
    first, more = "The beginning.\n\n<!-- more -->\n\n", "The rest."
    dated = page("posts/one", first + more, date=day("2026-03-01"))
    before = site(recording("a"), dated)
    assert changed(before, site(recording("a"), replace(dated, body=f"{first}Another rest."))) == {
        "posts/one/index.html"
    }
    assert changed(before, site(recording("a"), replace(dated, body=f"Another beginning. {more}"))) == {
        "index.html",
        "posts/index.html",
        "posts/one/index.html",
    }


def test_the_page_of_search_lists_title_date_and_tags_for_readers_without_scripts() -> None:
    tagged = recording("t/a", title="A & B", date=day("2026-03-01"), meta=Meta(tags=("C++", "git")))
    before = site(tagged, recording("t/b"))
    html = rendered(before)["search/index.html"]
    listed = html.partition('aria-labelledby="recordings"')[2]
    rows = [
        " ".join(re.sub("<[^>]*>", " ", row).split()) for row in re.findall(r"<li><a.*</li>$", listed, re.MULTILINE)
    ]
    assert rows == ["A &amp; B 1 Mar 2026 C++ git", "B"]
    assert '<a href="../tags/git/" rel="tag" dir="auto">git</a>' in listed
    assert "search/index.html" in changed(before, site(replace(tagged, meta=Meta(tags=("git",))), recording("t/b")))


def test_a_list_is_made_anew_when_what_its_descriptions_name_has_another_title() -> None:
    described = recording("u/x", meta=Meta(description="As in ![](/t/a.cast)", tags=("one",)))
    before, after = (site(described, recording("t/a", title=title)) for title in ("Old", "New"))
    pages = {one.path: one.body() for one in gallery.artifacts(after, theme="paper")}
    for path in ("u/index.html", "tags/one/index.html", "u/x/index.html"):
        assert path in changed(before, after)
        assert b'As in <a href="' in pages[path]
        assert b">New</a>" in pages[path]


def test_a_text_and_the_lists_that_show_its_beginning_change_with_what_it_plays_and_names() -> None:
    told = page("blog/a", "See ![](/t/a.cast) first.\n\n![](/t/a.cast)", date=day("2026-01-01"), meta=Meta(tags=("x",)))
    shown = {"blog/a/index.html", "blog/index.html", "tags/x/index.html", "index.html"}
    before = site(recording("t/a"), told)
    assert shown <= changed(before, site(recording("t/a", title="Else"), told))
    assert {"blog/a/index.html"} <= changed(before, site(recording("t/a", analysis(seconds=200)), told))


def test_equal_sites_give_equal_bytes() -> None:
    assert small_site.__wrapped__() == small_site.__wrapped__()


def test_snippets_stand_in_the_page_where_the_sites_address_is_known() -> None:
    known = SiteConfig(title="S", base_url="https://gallery.example/")
    html = rendered(site(recording("git/rebase"), config=known))["git/rebase/index.html"]
    assert "[![Rebase](https://gallery.example/git/rebase.svg)](https://gallery.example/git/rebase/" in html
    assert "&lt;iframe src=&#34;https://gallery.example/embed/git/rebase/" in html
    assert '<div class="snippets">' in html
    assert "data-root" not in html
    unknown = rendered(site(recording("git/rebase")))["git/rebase/index.html"]
    assert '<div class="snippets js-only">' in unknown


def test_programs_find_the_recording_first_and_then_the_player() -> None:
    known = SiteConfig(title="S", base_url="https://gallery.example/casts/")
    html = rendered(site(recording("git/rebase"), config=known))["git/rebase/index.html"]
    found = re.findall(r'<link rel="alternate" type="([^"]*)" href="([^"]*)"', html)
    assert found == [
        ("application/x-asciicast", "https://gallery.example/casts/git/rebase.cast"),
        ("application/json+oembed", "https://gallery.example/casts/git/rebase/oembed.json"),
    ]
    assert 'rel="alternate"' not in rendered(site(recording("git/rebase")))["git/rebase/index.html"]


def test_what_outputs_leave_out_is_neither_made_nor_offered() -> None:
    pages = rendered(site(recording("git/rebase", outputs=("script",))))
    assert "embed/git/rebase/index.html" not in pages
    assert "player alone" not in pages["git/rebase/index.html"]
    assert 'value="script"' not in pages["git/rebase/index.html"]


FILE = re.compile(r'<li><a href="([^"]*)" download="([^"]*)">([^<]*)</a><span>([^<]*)</span></li>')


@pytest.mark.parametrize("theme", ["default", "paper"])
def test_every_export_is_among_the_files_under_a_name_and_with_words_of_its_own(theme: str) -> None:
    made = gallery.artifacts(site(recording("git/rebase", exports=tuple(ENDINGS))), theme=theme)
    (html,) = [one.body().decode() for one in made if one.path == "git/rebase/index.html"]
    files = FILE.findall(html)
    assert [(href, name, kind) for href, name, kind, _ in files[-len(ENDINGS) :]] == [
        (f"../rebase{ending}", f"rebase{ending}", ending) for ending in ENDINGS.values()
    ]
    assert len({words for *_, words in files} - {""}) == len(files) == 5 + len(ENDINGS)


def test_exports_that_are_not_made_are_not_named() -> None:
    html = rendered(site(recording("git/rebase")))["git/rebase/index.html"]
    assert [kind for _, _, kind, _ in FILE.findall(html)] == [".cast", ".txt", ".md", ".json", ".svg"]
    assert 'data-moving="" data-light=""' in html
    assert 'value="readme"' not in html


def test_captions_and_the_transcript_as_webvtt_are_two_files() -> None:
    told = analysis(line(1, "a"), captions=(Captions("de", (Cue(0, 1, "A"),)),))
    of = site(recording("git/rebase", told, exports=("vtt",)))
    made = gallery.artifacts(of, {"git/rebase": told})
    (html,) = [one.body().decode() for one in made if one.path == "git/rebase/index.html"]
    names = re.findall(r'<a href="[^"]*" download="([^"]*)">\.vtt</a><span>([^<]*)<', html)
    assert names == [("rebase.vtt", "transcript as WebVTT"), ("rebase.de.vtt", "captions, ")]


@pytest.mark.parametrize(
    ("language", "offered"),
    [("de", ["de", "de-AT", "en"]), ("de-AT", ["de-AT", "de", "en"]), ("fr", ["en", "de-AT", "de"])],
)
def test_captions_in_the_language_of_the_site_are_the_first(language: str, offered: list[str]) -> None:
    tracks = tuple(Captions(code, (Cue(0, 1, "A"),)) for code in ("en", "de-AT", "de"))
    told = analysis(line(1, "a"), captions=tracks)
    of = site(recording("a", told), config=SiteConfig(language=language))
    (html,) = [one.body().decode() for one in gallery.artifacts(of, {"a": told}) if one.path == "a/index.html"]
    assert re.findall(r'<option value="([^"]+)" data-src=', html) == offered


@pytest.mark.parametrize(
    ("exports", "preview", "words"),
    [(("gif", "light.svg"), "moving", "A moving picture"), (("light.svg",), "light", "light or dark")],
)
def test_a_readme_is_seen_as_it_will_be(exports: tuple[str, ...], preview: str, words: str) -> None:
    html = rendered(site(recording("git/rebase", exports=exports)))["git/rebase/index.html"]
    of_readme = html.partition('data-kind="readme"')[2].partition("</section>")[0]
    assert of_readme.startswith(f' data-preview="{preview}"')
    assert words in of_readme
    moving = "../rebase.gif" if "gif" in exports else ""
    assert f'data-moving="{moving}" data-light="../rebase.light.svg"' in html


def test_a_player_in_a_text_is_a_frame_with_a_link_beneath() -> None:
    pages = rendered(site(recording("git/rebase"), page("about", "Look:\n\n![So it goes](git/rebase.cast){start=5}")))
    html = pages["about/index.html"]
    assert '<iframe src="../embed/git/rebase/#t=5" title="So it goes" loading="lazy"' in html
    assert '<figcaption><a href="../git/rebase/?t=5">So it goes</a></figcaption>' in html
    assert "css/looks" in html
    bare = rendered(site(recording("git/rebase", outputs=()), page("about", "![So](git/rebase.cast)")))[
        "about/index.html"
    ]
    assert "<iframe" not in bare
    assert '<a href="../git/rebase/"><img src="../git/rebase.svg" alt=""></a>' in bare


def test_search_engines_are_told_of_the_player_alone() -> None:
    known = SiteConfig(title="S", base_url="https://gallery.example/")
    told = '"embedUrl":"https://gallery.example/embed/git/rebase/"'
    assert (
        told in rendered(site(recording("git/rebase", date=day("2026-01-02")), config=known))["git/rebase/index.html"]
    )
    without = rendered(site(recording("git/rebase", date=day("2026-01-02"), outputs=()), config=known))[
        "git/rebase/index.html"
    ]
    assert "embedUrl" not in without


@pytest.mark.parametrize(
    ("number", "count", "shown"),
    [
        (1, 2, "1 2"),
        (1, 9, "1 2 3 … 9"),
        (4, 7, "1 2 3 4 5 6 7"),
        (5, 9, "1 2 3 4 5 6 7 8 9"),
        (6, 11, "1 … 4 5 6 7 8 … 11"),
        (300, 300, "1 … 298 299 300"),
    ],
)
def test_a_page_of_a_long_list_links_the_first_the_last_and_those_around_it(
    number: int, count: int, shown: str
) -> None:
    made = listing.pager(sheet("a/page/9/index.html", None), "a", number, count)
    assert made is not None
    assert " ".join(one.title for one in made.pages) == shown
    assert [one.title for one in made.pages if one.current] == [str(number)]
    assert made.count == count
