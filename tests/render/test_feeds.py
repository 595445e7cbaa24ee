"""Feeds: by the rules of their formats, absolute, bounded, and the same whenever they are built."""

from __future__ import annotations

import json

import feed_rules
import gallery
import html5lib
import pytest
from gallery import day, page, recording, rendered
from hypothesis import given, settings
from hypothesis import strategies as st

from castsite.config import SiteConfig
from castsite.render.channels import ENTRIES, channels
from castsite.render.feeds import feeds
from castsite.render.machines import machine_problems
from castsite.render.shelf import shelve
from castsite.schema.values import Author, Day, Part
from castsite.site.model import Meta, Picture, Site

WORDS = gallery.theme_files()[0].words

BASE = "https://example.org/casts/"
ADA = Author("Ada & Co", "https://ada.example/")
CHECKS = {
    "feed.atom": feed_rules.check_atom,
    "feed.rss": feed_rules.check_rss,
    "feed.json": feed_rules.check_json_feed,
}
HOSTILE = "]]><script>&#0;\u000b\u0000\ufffe\"'</title> \u202e"
TEXT = """See [the merge](/git/merge.cast), [below](#there), [the start](?t=5), [mail](mailto:a@b.example).

## There

![A picture](/cover.png) and code[^1]: `<a href="#x">`

[^1]: A note.
"""


def of(*items: object, **config: object) -> Site:
    chosen = SiteConfig(title="Scrollback", description="Terminal work", **({"base_url": BASE} | config))  # type: ignore[arg-type]
    return gallery.site(*items, config=chosen)  # type: ignore[arg-type]


def made(site: Site) -> dict[str, bytes]:
    shelf = shelve(site, {"cover.png": Picture("media/cover.png", 10, 10)})
    return {
        artifact.path: artifact.body()
        for artifact in feeds(shelf, channels(shelf).values(), fingerprint="code", words=WORDS)
    }


def small(**config: object) -> dict[str, bytes]:
    meta = Meta(tags=("Git", "tui"), authors=(ADA,), series=Part("First steps", 1), description="How *to* <b>.")
    return made(
        of(
            recording("git/rebase", meta=meta, date=day("2026-03-01T10:00:00+00:00"), body=TEXT),
            recording("git/merge", date=day("2026-02-01")),
            recording("git/undated"),
            recording("secret", state="unlisted", date=day("2026-03-05")),
            recording("gone", state="expired", date=day("2026-03-05")),
            page("blog/post", TEXT, date=day("2026-01-01"), meta=Meta(updated=day("2026-03-02"), tags=("git",))),
            **config,
        )
    )


def test_every_list_with_a_dated_item_has_three_feeds() -> None:
    lists = ("", "git/", "blog/", "tags/git/", "tags/tui/", "series/first-steps/", "authors/ada-co/")
    assert set(small()) == {f"{slug}{name}" for slug in lists for name in CHECKS}


@pytest.mark.parametrize("path", sorted(small()))
def test_C02_every_feed_follows_the_rules_of_its_format(path: str) -> None:
    CHECKS[path.rpartition("/")[2]](small()[path])


def test_the_newest_comes_first_and_what_is_undated_or_told_to_nobody_stays_out() -> None:
    items = json.loads(small()["feed.json"])["items"]
    assert [item["url"].removeprefix(BASE) for item in items] == ["git/rebase/", "git/merge/", "blog/post/"]


def test_C19_unlisted_and_expired_items_are_in_no_feed() -> None:
    assert [path for path, body in small().items() if b"secret" in body or b"gone" in body] == []


def test_an_entry_has_all_that_is_known() -> None:
    item = json.loads(small()["feed.json"])["items"][0]
    assert item["date_published"] == "2026-03-01T10:00:00+00:00"
    assert item["tags"] == ["Git", "tui"]
    assert item["authors"] == [{"name": "Ada & Co", "url": "https://ada.example/"}]
    assert item["summary"] == "How to <b>."
    assert item["image"] == f"{BASE}git/rebase.png"
    (attachment,) = item["attachments"]
    assert attachment == {
        "url": f"{BASE}git/rebase.cast",
        "mime_type": "application/x-asciicast",
        "size_in_bytes": 0,
        "duration_in_seconds": 12,
    }


def test_addresses_in_the_text_are_absolute_and_code_is_left_alone() -> None:
    html = json.loads(small()["feed.json"])["items"][0]["content_html"]
    page = f"{BASE}git/rebase/"
    for url in (f"{BASE}git/merge/", f"{page}#h-there", f"{page}?t=5", f"{page}#fn1", "mailto:a@b.example"):
        assert f'href="{url}"' in html
    assert f'src="{BASE}media/cover.png"' in html
    assert '&lt;a href="#x"&gt;' in html
    html5lib.HTMLParser(strict=True).parseFragment(html)


def test_a_feed_was_updated_when_its_newest_entry_was() -> None:
    atom = feed_rules.parsed(small()["blog/feed.atom"])
    assert atom.findtext("{*}updated") == "2026-03-02T00:00:00+00:00"
    assert atom.findtext("{*}entry/{*}published") == "2026-01-01T00:00:00+00:00"


def test_a_feed_is_bounded() -> None:
    many = made(of(*(recording(f"r{at:02}", date=day(f"2026-01-{at % 28 + 1:02}")) for at in range(60))))
    assert len(json.loads(many["feed.json"])["items"]) == ENTRIES
    assert len(feed_rules.parsed(many["feed.atom"]).findall("{*}entry")) == ENTRIES


def test_without_base_url_there_is_no_feed_and_one_warning_names_what_is_missing() -> None:
    site = of(recording("a", date=day("2026-01-01")), base_url=None)
    assert made(site) == {}
    (problem,) = machine_problems(shelve(site, {}))
    assert (str(problem.severity), problem.code) == ("warning", "no-base-url")
    for name in ("feeds", "sitemap", "JSON-LD", "oEmbed", "canonical", "--base-url"):
        assert name in problem.text
    assert 'type="application/atom+xml"' not in rendered(site)["index.html"]


def test_feeds_can_be_switched_off() -> None:
    assert small(feeds=False) == {}


def test_taxonomies_without_pages_have_no_feeds() -> None:
    assert {path.rpartition("/")[0] for path in small(taxonomies=())} == {"", "git", "blog"}


def test_pages_name_the_feeds_of_their_list() -> None:
    site = of(recording("git/a", meta=Meta(tags=("x",)), date=day("2026-01-01")), recording("b/undated"))
    pages = rendered(site)

    def named(path: str) -> list[str]:
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(pages[path])
        links = tree.iterfind("head/link[@rel='alternate']")
        return [link.get("href") for link in links if link.get("href").rpartition("/")[2] in CHECKS]

    for path in ("", "git/", "tags/x/"):
        assert named(f"{path}index.html") == [f"{BASE}{path}{name}" for name in CHECKS]
    assert named("b/index.html") == []
    assert named("git/a/index.html") == []
    assert 'href="../../feed.atom"' in pages["git/a/index.html"]


def test_C02_text_that_no_document_may_hold_is_left_out() -> None:
    meta = Meta(tags=(HOSTILE,), authors=(Author(HOSTILE),), description=HOSTILE, series=Part(HOSTILE))
    files = made(
        of(recording("x", title=HOSTILE, meta=meta, body=HOSTILE, date=day("2026-01-01")), author=Author(HOSTILE))
    )
    for path, body in files.items():
        CHECKS[path.rpartition("/")[2]](body)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.datetimes(timezones=st.timezones()))
def test_C20_any_title_gives_feeds_that_follow_the_rules(title: str, tag: str, when: object) -> None:
    day = Day(when.replace(microsecond=0))  # type: ignore[attr-defined]
    if day.moment.utcoffset().total_seconds() % 60:  # type: ignore[union-attr] # zones of before 1900
        return
    one = recording("x", title=title or "x", meta=Meta(tags=(tag or "x",)), body=tag, date=day)
    for path, body in made(of(one, taxonomies=())).items():
        CHECKS[path.rpartition("/")[2]](body)


def test_feedparser_reads_them_without_a_complaint() -> None:
    feedparser = pytest.importorskip("feedparser")
    for name in ("feed.atom", "feed.rss"):
        read = feedparser.parse(small()[name])
        assert not read.bozo
        assert [entry.title for entry in read.entries] == ["Rebase", "Merge", "Post"]
        assert read.entries[0].enclosures[0]["href"] == f"{BASE}git/rebase.cast"


def test_a_key_changes_with_what_stands_in_the_feed() -> None:
    def keys(*items: object) -> dict[str, str]:
        shelf = shelve(of(*items), {})
        made = feeds(shelf, channels(shelf).values(), fingerprint="code", words=WORDS)
        return {one.path: one.key for one in made}

    first = recording("git/a", date=day("2026-01-01"))
    other = recording("b/x", date=day("2026-01-02"))
    before, after = keys(first, other), keys(first, recording("b/x", date=day("2026-01-02"), key="other"))
    assert {path for path in before if before[path] != after[path]} == {
        f"{slug}{name}" for slug in ("", "b/") for name in CHECKS
    }
