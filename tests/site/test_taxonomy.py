"""Tags, series and authors: which names are one, and where their pages are."""

from __future__ import annotations

import gallery
import pytest
from gallery import day, page, recording
from hypothesis import given
from hypothesis import strategies as st

from castsite.config import SiteConfig
from castsite.schema.values import Author, Part
from castsite.site.model import Collection, Meta
from castsite.site.taxonomy import classify, name_key


def tagged(slug: str, *tags: str, **changes: object) -> object:
    return recording(slug, meta=Meta(tags=tags), **changes)


def collections(*items: object) -> dict[str, Collection]:
    return {one.slug: one for one in gallery.site(*items).collections}  # type: ignore[arg-type] # what the builders make


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Git", "git"),
        ("Café", "cafe"),
        ("Cafe\u0301", "café"),
        ("Machine Learning", "machine-learning"),
        ("Straße", "strasse"),
        ("ＧＩＴ", "git"),
        ("a_b", "a b"),
    ],
)
def test_case_accents_and_gaps_fold_to_one(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)
    assert list(collections(tagged("a", one), tagged("b", other))) == [f"tags/{gallery.slug_of(one)}"]


@pytest.mark.parametrize(("one", "other"), [("C", "C++"), ("C", "C#"), ("か", "が"), ("и", "й"), ("a", "b")])
def test_what_differs_by_more_stays_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
    assert len(collections(tagged("a", one), tagged("b", other))) == 2


def test_it_is_spelled_as_in_the_first_item_by_path() -> None:
    (one,) = collections(tagged("b", "git"), tagged("a", "Git"), tagged("c", "GIT")).values()
    assert one.title == "Git"


def test_signs_that_tell_languages_apart_are_spelled_in_the_address() -> None:
    assert sorted(collections(tagged("a", "C", "C++", "C#", "F#", "g++"))) == [
        "tags/c",
        "tags/c-plus-plus",
        "tags/c-sharp",
        "tags/f-sharp",
        "tags/g-plus-plus",
    ]


def test_two_names_never_share_an_address_and_the_plainer_one_keeps_it() -> None:
    found = classify([tagged("a", ".net", "net", "net!")], [], SiteConfig())  # type: ignore[list-item]
    slugs = sorted(one.slug for one in found.collections)
    assert slugs[0] == "tags/net"
    assert [slug[:9] for slug in slugs[1:]] == ["tags/net-", "tags/net-"]
    assert next(one.title for one in found.collections if one.slug == "tags/net") == "net"
    assert {problem.code for problem in found.problems} == {"address-shared"}
    assert len(found.problems) == 2


@pytest.mark.parametrize("name", ["aux", "page", "index", "feed", "CON"])
def test_D07_no_address_is_the_name_of_a_device_or_reserved(name: str) -> None:
    assert list(collections(tagged("a", name))) == [f"tags/{name.lower()}-1"]


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=8))
def test_every_name_has_one_address_and_every_address_one_name(names: list[str]) -> None:
    made = classify([tagged(f"a{at}", name) for at, name in enumerate(names)], [], SiteConfig())  # type: ignore[misc]
    slugs = [one.slug for one in made.collections]
    assert len(slugs) == len(set(slugs)) == len({name_key(name) for name in names})
    assert sum(len(one.recordings) for one in made.collections) == len(names)


def test_C19_what_nobody_is_told_of_is_in_no_collection() -> None:
    assert collections(tagged("a", "git", state="unlisted"), tagged("b", "git", state="expired")) == {}


def test_the_newest_come_first_and_pages_stand_beside_recordings() -> None:
    text = page("blog/post", meta=Meta(tags=("git",)))
    (one,) = collections(
        tagged("old", "git", date=day("2025-01-01")),
        tagged("undated", "git"),
        tagged("new", "git", date=day("2026-01-01")),
        text,
    ).values()
    assert one.recordings == ("new", "old", "undated")
    assert one.pages == ("blog/post",)


def test_an_item_with_two_spellings_of_a_tag_is_counted_once() -> None:
    (one,) = collections(tagged("a", "git", "Git")).values()
    assert one.recordings == ("a",)


def test_authors_are_gathered_with_the_first_address_anybody_gave() -> None:
    first = recording("a", meta=Meta(authors=(Author("Ada"),)))
    second = recording("b", meta=Meta(authors=(Author("ADA", "https://ada.example/"),)))
    (ada,) = collections(first, second).values()
    assert (ada.slug, ada.title, ada.url) == ("authors/ada", "Ada", "https://ada.example/")


def test_a_series_without_numbers_is_ordered_by_weight_then_date_then_path() -> None:
    def part(slug: str, weight: int | None = None, date: str = "") -> object:
        return recording(slug, meta=Meta(series=Part("S"), weight=weight), date=day(date) if date else None)

    (series,) = collections(
        part("d"), part("c", date="2026-01-02"), part("b", date="2026-01-01"), part("a", 1)
    ).values()
    assert series.recordings == ("b", "c", "d", "a")
