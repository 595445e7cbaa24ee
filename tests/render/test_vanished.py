"""`castsite check --against`: addresses of a published sitemap that would lead nowhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from projects import Project, cast

from castsite.errors import ConfigError, Place
from castsite.render.vanished import Published, published, vanished

CURE = "; a recording or page in its place needs aliases"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def of(*addresses: str) -> list[Published]:
    return [Published(address, Place("old.xml", line)) for line, address in enumerate(addresses, 1)]


def test_what_a_build_writes_is_read_back(tmp_path: Path) -> None:
    site = Project(tmp_path).write(
        {"content/git/merge.cast": cast(), "content/ä & b.md": "---\ntitle: B\n---\nText.\n"}
    )
    site.build("--base-url", "https://me.example/casts/")
    found = published(site.published()["sitemap.xml"], "sitemap.xml")
    assert "https://me.example/casts/git/merge/" in {one.address for one in found}
    assert [*vanished(found, "/casts/", site.published())] == []


@pytest.mark.parametrize(
    "address",
    ["", "git/merge/", "git/merge", "git/merge/?t=3", "git/merge.cast", "old/"],
)
def test_what_stands_there_has_not_vanished(address: str) -> None:
    paths = {"index.html", "git/merge/index.html", "git/merge.cast", "old/index.html"}
    assert [*vanished(of(f"https://other.example/casts/{address}"), "/casts/", paths)] == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            "https://me.example/casts/git/marge/",
            f'"git/marge/" leads nowhere any more, did you mean "git/merge"?{CURE}: [/git/marge/]',
        ),
        ("https://me.example/casts/zzz/", f'"zzz/" leads nowhere any more{CURE}: [/zzz/]'),
        (
            "https://me.example/git/merge/",
            '"https://me.example/git/merge/" is not below "/casts/", the path of base_url',
        ),
    ],
)
def test_what_leads_nowhere_is_an_error_with_its_line_and_the_cure(address: str, said: str) -> None:
    (problem,) = vanished(of("https://me.example/casts/", address), "/casts/", {"index.html", "git/merge/index.html"})
    assert str(problem) == f"error: old.xml:2: vanished: {said}"


def test_what_is_no_address_is_told_and_the_others_are_looked_for() -> None:
    told = [*vanished(of("http://[/", "https://me.example/casts/zzz/"), "/casts/", {"index.html"})]
    assert str(told[0]) == 'error: old.xml:1: bad-sitemap: "http://[/" is no address; correct it, or remove it'
    assert [one.place.line for one in told] == [1, 2]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"<sitemapindex {SPACE}/>", "1: bad-sitemap: lists other sitemaps; give each of those"),
        ("<html/>", "1: bad-sitemap: is no sitemap; give the sitemap.xml that was published"),
        ("<urlset>\n<url>", "2: bad-sitemap: is no XML: no element found; give the sitemap.xml that was published"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><urlset/>', "1: bad-sitemap: has a document type, as no sitemap does"),
    ],
)
def test_what_is_no_sitemap_is_refused(source: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        published(source.encode(), "old.xml")
    assert str(caught.value.problems[0]) == f"fatal: old.xml:{said}"


def test_prefixes_and_pictures_of_other_generators_are_passed_over() -> None:
    source = f"""<s:urlset xmlns:s="x" {SPACE}><s:url><s:loc>
https://me.example/a/</s:loc><image:image xmlns:image="y"><image:loc>https://me.example/a.png</image:loc></image:image>
</s:url></s:urlset>"""
    assert [one.address for one in published(source.encode(), "old.xml")] == ["https://me.example/a/"]


def test_check_says_it_until_there_is_an_alias(tmp_path: Path) -> None:
    site = Project(tmp_path).write(
        {"castsite.yml": "base_url: https://me.example/casts/\n", "content/git/merge.cast": cast()}
    )
    site.write({"old.xml": f"<urlset {SPACE}>\n<url><loc>https://me.example/casts/merge/</loc></url></urlset>"})
    check: Callable[..., tuple[int, str]] = lambda *more: (  # noqa: E731 - shorter than what it stands for
        (done := site.run("check", *more)).returncode,
        done.stderr,
    )
    code, told = check("--against", "old.xml")
    assert (code, "error: old.xml:2: vanished: " in told) == (1, True)
    site.write({"content/git/merge.md": "---\naliases: [/merge/]\n---\n"})
    assert check("--against", "old.xml")[0] == 0
    code, told = check("--against", "nowhere.xml")
    assert (code, "nowhere.xml: unreadable: cannot be read" in told) == (2, True)
    assert check("--against", "old.xml", "--secrets")[0] == 2
