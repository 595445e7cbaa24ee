"""Sitemap, robots.txt, lists of recordings, and what stands in the head of a page for other programs."""

from __future__ import annotations

import csv
import io
import json

import feed_rules
import gallery
import html5lib
import pytest
from gallery import analysis, chapter, day, line, page, recording, rendered, summary
from markdown_it import MarkdownIt

from castsite.config import SiteConfig
from castsite.render.cards import iso_duration
from castsite.render.catalogue import catalogue
from castsite.render.encode import csv_file
from castsite.render.machines import machine_problems
from castsite.render.shelf import shelve
from castsite.render.sitemap import robots, sitemap
from castsite.schema.values import Author, Part
from castsite.site.model import Meta, Site

BASE = "https://example.org/casts/"
HOSTILE = "</title></script><script>alert(1)</script><!--<script>\u2028\"'>"
SECRET = recording("secret-slug", state="unlisted", meta=Meta(tags=("secret-tag",)), date=day("2026-03-05"))
GONE = recording("gone-slug", state="expired", date=day("2026-03-05"))


def of(*items: object, **config: object) -> Site:
    chosen = SiteConfig(title="Scrollback", **({"base_url": BASE} | config))  # type: ignore[arg-type]
    return gallery.site(*items, config=chosen)  # type: ignore[arg-type]


def lists(site: Site) -> dict[str, bytes]:
    return {one.path: one.body() for one in catalogue(shelve(site, {}), fingerprint="code")}


def head(html: str) -> dict[str, str]:
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    found = {node.get("property") or node.get("name"): node.get("content") for node in tree.iterfind("head/meta")}
    data = tree.find("head/script[@type='application/ld+json']")
    link = tree.find("head/link[@rel='canonical']")
    return (
        found
        | ({"ld": data.text} if data is not None else {})
        | ({"canonical": link.get("href")} if link is not None else {})
    )


# ---- sitemap and robots.txt


def test_the_sitemap_holds_every_page_that_may_be_in_an_index() -> None:
    items = (
        recording("git/rebase", meta=Meta(tags=("x",), updated=day("2026-03-02")), date=day("2026-03-01")),
        recording("git/merge"),
        page("about"),
        SECRET,
        GONE,
    )
    (made,) = sitemap(shelve(of(*items, pagination=1), {}), "code")
    urls = feed_rules.parsed(made.body())
    assert urls.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"
    found = {one.findtext("{*}loc"): one.findtext("{*}lastmod") for one in urls}
    assert {url.removeprefix(BASE): changed for url, changed in found.items()} == {
        "": None,
        "about/": None,
        "git/": None,
        "git/merge/": None,
        "git/rebase/": "2026-03-02",
        "stats/": None,
        "tags/": None,
        "tags/x/": None,
    }


def test_a_large_sitemap_is_spread_over_files() -> None:
    shelf = shelve(of(*(recording(f"r{at}") for at in range(5))), {})
    made = {one.path: feed_rules.parsed(one.body()) for one in sitemap(shelf, "code", most=4)}
    assert [len(made[name]) for name in ("sitemap-1.xml", "sitemap-2.xml")] == [4, 3]
    index = made["sitemap.xml"]
    assert index.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}sitemapindex"
    assert [one.findtext("{*}loc") for one in index] == [f"{BASE}sitemap-1.xml", f"{BASE}sitemap-2.xml"]


def test_no_file_of_a_sitemap_is_larger_than_it_may_be() -> None:
    shelf = shelve(of(*(recording(f"r{at}", date=day("2026-03-02")) for at in range(9))), {})
    (whole,) = sitemap(shelf, "code")
    most = len(whole.body()) // 2
    made = {one.path: one.body() for one in sitemap(shelf, "code", largest=most)}
    assert max(map(len, made.values())) <= most
    urls = [url for path in sorted(made) if path != "sitemap.xml" for url in feed_rules.parsed(made[path])]
    assert [url.findtext("{*}loc") for url in urls] == [
        url.findtext("{*}loc") for url in feed_rules.parsed(whole.body())
    ]


def test_without_base_url_there_is_no_sitemap() -> None:
    assert list(sitemap(shelve(of(recording("a"), base_url=None), {}), "code")) == []
    assert robots(shelve(of(recording("a"), base_url=None), {})).body() == b"User-agent: *\nAllow: /\n"


def test_robots_names_the_sitemap_and_below_a_hosts_top_somebody_is_told() -> None:
    assert robots(shelve(of(), {})).body() == f"User-agent: *\nAllow: /\n\nSitemap: {BASE}sitemap.xml\n".encode()
    assert [problem.code for problem in machine_problems(shelve(of(), {}))] == ["robots-unread"]
    assert list(machine_problems(shelve(of(base_url="https://example.org/"), {}))) == []


# ---- lists of recordings


def test_the_list_of_recordings_has_the_shape_of_wsh() -> None:
    one = recording(
        "ci/build",
        date=day("2026-03-01T10:00:00+00:00"),
        meta=Meta(id="ci-42", session="nightly"),
        summary=summary(gallery.SMALL, size=4711, cut_off=True),
    )
    found = json.loads(
        lists(of(one, recording("old", date=day("2025-01-01")), recording("undated")))["recordings/index.json"]
    )
    assert [entry["id"] for entry in found["recordings"]] == ["ci-42", "old", "undated"]
    assert found["recordings"][0] == {
        "id": "ci-42",
        "session": "nightly",
        "title": "Build",
        "started_at": 1772359200,
        "stopped_at": 1772359212,
        "duration_secs": 12.0,
        "bytes_written": 4711,
        "status": "failed",
        "width": 80,
        "height": 24,
        "urls": {"cast": "/casts/ci/build.cast", "player": "/casts/ci/build/"},
    }
    assert found["recordings"][1]["status"] == "stopped"
    assert "started_at" not in found["recordings"][2]


@pytest.mark.parametrize("text", ['=HYPERLINK("//x")', "+1", "-1", "@x", "\tx"])
def test_C12_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    ((cell, number),) = csv.reader(io.StringIO(csv_file([(text, -1)]).decode(), newline=""))
    assert (cell[0], number) == ("'", "-1")


def test_C12_the_catalogue_has_a_row_for_each_recording() -> None:
    meta = Meta(
        tags=("a", "b"), series=Part("S", 2), authors=(Author("Ada"),), description='=HYPERLINK("//x") *more*, "so"'
    )
    data = lists(of(recording("x", title="=1+1", meta=meta, date=day("2026-03-01")), recording("y")))["catalogue.csv"]
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert [row["address"] for row in rows] == [f"{BASE}x/", f"{BASE}y/"]
    first = rows[0]
    assert (first["title"], first["description"]) == ("'=1+1", '\'=HYPERLINK("//x") more, "so"')
    assert (first["tags"], first["series"], first["part"], first["authors"]) == ("a, b", "S", "2", "Ada")
    assert (first["date"], first["seconds"], first["columns"]) == ("2026-03-01", "12.0", "80")


def test_language_models_find_the_transcripts() -> None:
    plain = recording("git/merge", outputs=(), title="[x](javascript:a) *b*")
    text = lists(of(recording("git/rebase", meta=Meta(description="How *to*.")), plain, description="Work"))["llms.txt"]
    assert text.decode().startswith("# Scrollback\n\n> Work\n\n")
    assert f"\n## Git\n\n- [\\[x\\](javascript:a) \\*b\\*]({BASE}git/merge.txt)\n" in text.decode()
    assert f"- [Rebase]({BASE}git/rebase.md): How to.\n" in text.decode()
    assert 'href="javascript' not in MarkdownIt().render(text.decode())


def test_without_base_url_lists_have_addresses_from_the_top_of_the_site() -> None:
    made = lists(of(recording("git/rebase"), base_url=None))
    assert b"(git/rebase.md)" in made["llms.txt"]
    assert b"git/rebase/," in made["catalogue.csv"]


def test_C19_what_nobody_is_told_of_is_in_no_list() -> None:
    site = of(recording("a"), SECRET, GONE)
    shelf = shelve(site, {})
    made = [*lists(site).values(), *(one.body() for one in sitemap(shelf, "code")), robots(shelf).body()]
    for body in made:
        for name in (b"secret-slug", b"secret-tag", b"gone-slug"):
            assert name not in body


# ---- the head of a page


def test_a_recording_has_a_preview_card_and_linked_data() -> None:
    found = analysis(line(1, "a"), chapters=[chapter(2, "One"), chapter(5.5, "Two")], seconds=65)
    one = recording(
        "git/rebase", found, meta=Meta(description="How *to* <b>.", tags=("x",)), date=day("2026-03-01"), title="Rebase"
    )
    meta = head(rendered(of(one), {"git/rebase": found})["git/rebase/index.html"])
    page = f"{BASE}git/rebase/"
    assert meta["canonical"] == meta["og:url"] == page
    assert (meta["og:title"], meta["og:description"], meta["og:site_name"]) == ("Rebase", "How to <b>.", "Scrollback")
    assert (meta["og:image"], meta["og:image:type"]) == (f"{BASE}git/rebase.png", "image/png")
    assert meta["twitter:card"] == "summary_large_image"
    video = json.loads(meta["ld"])
    assert (video["@type"], video["name"], video["uploadDate"]) == (
        "VideoObject",
        "Rebase",
        "2026-03-01T00:00:00+00:00",
    )
    assert (video["duration"], video["contentUrl"]) == ("PT1M5S", f"{BASE}git/rebase.cast")
    assert [(clip["name"], clip["startOffset"], clip["endOffset"]) for clip in video["hasPart"]] == [
        ("One", 2, 5),
        ("Two", 5, 65),
    ]
    assert video["hasPart"][1]["url"] == f"{page}?t=5.5"


def test_linked_data_names_authors_with_their_addresses() -> None:
    authors = (Author("Ada", "https://ada.example/?a=1&b=2"), Author("Bob"), Author("Eve", "mailto:eve@example.org"))
    one = recording("a", meta=Meta(authors=authors), date=day("2026-03-01"))
    assert json.loads(head(rendered(of(one))["a/index.html"])["ld"])["author"] == [
        {"@type": "Person", "name": "Ada", "url": "https://ada.example/?a=1&b=2"},
        {"@type": "Person", "name": "Bob"},
        {"@type": "Person", "name": "Eve"},
    ]


def test_linked_data_needs_a_date_an_address_and_an_index() -> None:
    dated, undated = recording("a", date=day("2026-03-01")), recording("b")
    assert "ld" not in head(rendered(of(dated, undated))["b/index.html"])
    assert "ld" not in head(rendered(of(dated, base_url=None))["a/index.html"])
    assert "ld" not in head(rendered(of(dated, SECRET))["secret-slug/index.html"])


def test_an_unlisted_page_does_not_say_where_it_is() -> None:
    meta = head(rendered(of(recording("a"), SECRET))["secret-slug/index.html"])
    assert meta["robots"] == "noindex"
    assert {"og:url", "og:image", "canonical"} & meta.keys() == set()


def test_a_player_alone_is_known_by_the_page_of_its_recording() -> None:
    pages = rendered(of(recording("a"), SECRET))
    meta, whole = head(pages["embed/a/index.html"]), head(pages["a/index.html"])
    told = {"canonical", "og:url", "og:image", "og:image:alt", "twitter:card", "twitter:image"}
    assert {name: meta[name] for name in told} == {name: whole[name] for name in told}
    assert (meta["robots"], "ld" in meta) == ("noindex", False)
    assert {"og:url", "og:image", "canonical"} & head(pages["embed/secret-slug/index.html"]).keys() == set()


def test_without_base_url_a_card_has_no_addresses() -> None:
    meta = head(rendered(of(recording("a"), base_url=None))["a/index.html"])
    assert meta["og:title"] == "A"
    assert {"og:url", "og:image", "canonical"} & meta.keys() == set()


def test_C01_C13_a_title_cannot_end_its_script_or_its_tag() -> None:
    one = recording("x", title=HOSTILE, date=day("2026-01-01"))
    html = rendered(of(one))["x/index.html"]
    block = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert "<" not in block
    assert json.loads(block)["name"] == HOSTILE.replace("\u2028", " ")
    harmless = rendered(of(recording("x", title="x", date=day("2026-01-01"))))["x/index.html"]
    assert "<script>alert" not in html
    assert html.count("<script") == harmless.count("<script")
    assert html.count("</script") == harmless.count("</script")


def test_C17_a_description_on_a_card_is_plain_and_short() -> None:
    meta = Meta(description='A *list* of `<b>tags</b>` "and" [links](https://example.org/). ' + "word " * 100)
    found = head(rendered(of(recording("x", meta=meta)))["x/index.html"])["og:description"]
    assert found.startswith('A list of <b>tags</b> "and" links. word')
    assert len(found) <= 200


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "PT0S"), (59.9, "PT59S"), (60, "PT1M"), (3600, "PT1H"), (90061, "PT25H1M1S")]
)
def test_lengths_are_written_as_search_engines_want_them(seconds: float, text: str) -> None:
    assert iso_duration(round(seconds * 1_000_000)) == text
