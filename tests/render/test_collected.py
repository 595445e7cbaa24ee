"""Pages of tags, series and authors."""

from __future__ import annotations

import html5lib
from gallery import day, in_series, page, recording, rendered, site

from castsite.config import SiteConfig
from castsite.render.beside import related_problems
from castsite.render.shelf import shelve
from castsite.schema.values import Author, Part
from castsite.site.model import Meta


def parsed(html: str) -> object:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def text(html: str, path: str) -> list[str]:
    return [" ".join("".join(node.itertext()).split()) for node in parsed(html).iterfind(path)]  # type: ignore[attr-defined]


def links(html: str, path: str) -> list[str]:
    return [node.get("href") for node in parsed(html).iterfind(path)]  # type: ignore[attr-defined]


ADA = Author("Ada", "https://ada.example/me")
TAGGED = Meta(tags=("Git", "tui"), authors=(ADA,))


def small(**config: object) -> dict[str, str]:
    return rendered(
        site(
            recording("git/rebase", meta=TAGGED, date=day("2026-03-01")),
            recording("git/merge", meta=Meta(tags=("git",)), date=day("2025-02-01")),
            recording("git/zap", meta=Meta(tags=("GIT",))),
            recording("a/one", meta=in_series("First steps", 1)),
            recording("a/two", meta=in_series("first steps", 2)),
            page("blog/post", meta=TAGGED),
            config=SiteConfig(title="Scrollback", **config),  # type: ignore[arg-type] # any key of the configuration
        )
    )


def test_a_tag_has_a_page_by_year_the_newest_first() -> None:
    html = small()["tags/git/index.html"]
    assert text(html, ".//h1") == ["#Git"]
    assert text(html, ".//h2") == ["2026", "2025", "Undated", "Pages"]
    assert text(html, ".//h3") == ["Rebase", "Merge", "Zap"]
    assert "../../blog/post/" in links(html, ".//a")


def test_tags_and_authors_of_items_link_to_their_pages() -> None:
    for path in ("git/rebase/index.html", "blog/post/index.html"):
        found = links(small()[path], ".//a")
        assert {"../../tags/git/", "../../tags/tui/", "../../authors/ada/"} <= set(found)
        assert ADA.url not in found


def test_the_page_of_an_author_links_to_their_own_site() -> None:
    html = small()["authors/ada/index.html"]
    assert text(html, ".//h1") == ["Ada"]
    assert ADA.url in links(html, ".//a")


def test_taxonomies_say_which_of_them_have_pages() -> None:
    pages = small(taxonomies=("series",))
    assert [path for path in pages if path.startswith(("tags/", "authors/"))] == []
    assert "series/first-steps/index.html" in pages
    html = pages["git/rebase/index.html"]
    assert "Git" in text(html, ".//ul[@class='tags']/li")
    assert ADA.url in links(html, ".//a")
    assert "series/" not in small(taxonomies=())["a/one/index.html"]


def test_there_is_a_list_of_all_tags_with_their_numbers() -> None:
    html = small()["tags/index.html"]
    assert text(html, ".//ul[@class='index tallied']//span[@class='facts']/span") == ["4", "0:36", "2", "0:12"]
    assert text(html, ".//ul[@class='index tallied']//a/span[1]") == ["#Git", "#tui"]
    assert "tags/index.html" not in rendered(site(recording("a"), recording("b")))


def test_a_series_is_a_playlist_with_starts_and_its_length() -> None:
    html = small()["series/first-steps/index.html"]
    assert text(html, ".//span[@class='no']") == ["1", "2"]
    assert text(html, ".//ol[@class='episodes']/li/div[1]/span[@class='tc']") == ["0:00", "0:12"]
    assert "0:24" in text(html, ".//header/div/p/span")
    assert "../../a/one/?autoplay=1" in links(html, ".//a")


def test_a_recording_links_to_the_page_of_its_series() -> None:
    assert "../../series/first-steps/" in links(small()["a/one/index.html"], ".//h2/a")


def test_lists_of_recordings_are_cut_into_pages() -> None:
    of = site(
        *(recording(f"r{at}", meta=Meta(tags=("x",), series=Part("S", at))) for at in range(5)),
        config=SiteConfig(title="S", pagination=2),
    )
    pages = rendered(of)
    for slug in ("tags/x", "series/s"):
        assert {f"{slug}/index.html", f"{slug}/page/2/index.html", f"{slug}/page/3/index.html"} <= pages.keys()
    assert text(pages["series/s/page/2/index.html"], ".//span[@class='no']") == ["3", "4"]
    assert text(pages["series/s/page/2/index.html"], ".//ol[@class='episodes']/li/div[1]/span[@class='tc']") == [
        "0:24",
        "0:36",
    ]


def test_C19_unlisted_recordings_are_on_no_page_of_a_tag() -> None:
    of = site(recording("a", meta=Meta(tags=("x",))), recording("b", meta=Meta(tags=("x", "y")), state="unlisted"))
    pages = rendered(of)
    assert "tags/y/index.html" not in pages
    assert text(pages["tags/x/index.html"], ".//h3") == ["A"]
    assert "../tags/x/" in links(pages["b/index.html"], ".//a")


def test_related_recordings_are_named_those_of_the_author_first() -> None:
    tags = Meta(tags=("x", "y"))
    of = site(
        recording("g/a", meta=Meta(tags=("x", "y"), related=("../h/d", "c", "nowhere"))),
        recording("g/b", meta=tags),
        recording("g/c"),
        recording("h/d"),
        *(recording(f"z/{at}") for at in range(5)),
    )
    html = rendered(of)["g/a/index.html"]
    assert links(html, ".//ul[@class='related']/li/a") == ["../../h/d/", "../c/", "../b/"]
    (problem,) = related_problems(shelve(of, {}))
    assert (problem.code, problem.place.path) == ("unknown-recording", "content/g/a.cast")
    assert "nowhere" in problem.text


def test_other_parts_of_a_series_are_not_named_again() -> None:
    meta = [Meta(tags=("x", "y"), series=Part("S", at)) for at in range(2)]
    of = site(recording("a", meta=meta[0]), recording("b", meta=meta[1]), *(recording(f"z{at}") for at in range(5)))
    assert "related" not in rendered(of)["a/index.html"]


def test_navigation_names_series_and_tags_where_there_are_some() -> None:
    names = text(small()["index.html"], ".//header/div/nav/ul/li")
    assert names[:3] == ["Recordings", "Series", "Tags"]
    assert text(rendered(site(recording("a")))["index.html"], ".//header/div/nav/ul/li") == ["Recordings"]
