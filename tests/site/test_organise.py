from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from castsite.config import SiteConfig
from castsite.errors import Place, Severity
from castsite.memory import Memory
from castsite.schema.values import Day, Part, Visibility
from castsite.site.addresses import Facts
from castsite.site.model import Document, Meta, Summary
from castsite.site.naming import date_in_name, title_from_name
from castsite.site.order import title_key
from castsite.site.organise import Organised, organise
from castsite.site.selection import wanted

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def document(path: str, kind: str = "recording", **meta: Any) -> Document:
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0]
    return Document(
        path=f"content/{path}",
        folder=folder,
        stem=stem,
        kind=kind,  # type: ignore[arg-type]
        meta=Meta(**meta),
        body="",
        body_place=Place(f"content/{path}"),
        recording=path if kind == "recording" else None,
    )


def summary(**facts: Any) -> Summary:
    base = {
        "duration": 1_000_000, "cols": 80, "rows": 24, "events": 1, "lines": 1, "commands": 0, "chapters": 0,
        "trace": "0" * 96, "cut_off": False, "resized": False,
    }  # fmt: skip
    return Summary(**(base | facts))


def site(*documents: Document, config: SiteConfig | None = None, key: str | None = None, **facts: Any) -> Organised:
    found = {item.path: Facts(f"key of {item.recording}", summary(**facts)) for item in documents}
    return organise(documents, found, config=config or SiteConfig(site_key=key), now=NOW)


def slugs(result: Organised) -> list[str]:
    return [recording.slug for recording in result.site.recordings]


def codes(result: Organised) -> list[tuple[str, str]]:
    return [(problem.severity.value, problem.code) for problem in result.problems]


def day(year: int, month: int, date: int) -> Day:
    return Day(datetime(year, month, date, tzinfo=UTC))


def test_the_folder_and_the_name_are_the_address() -> None:
    assert slugs(site(document("git/Re Base.cast"), document("hello.cast"))) == ["git/re-base", "hello"]


def test_a_title_comes_from_front_matter_then_header_then_name() -> None:
    assert site(document("a.cast", title="Mine"), title="Header").site.recordings[0].title == "Mine"
    assert site(document("a.cast"), title="Header").site.recordings[0].title == "Header"
    assert site(document("2026-03-14-git_basics-one.cast")).site.recordings[0].title == "Git basics one"


def test_a_date_comes_from_front_matter_then_name_then_header() -> None:
    stamp = int(datetime(2020, 1, 2, tzinfo=UTC).timestamp())
    own = site(document("2024-05-06-a.cast", date=day(2025, 1, 1)), timestamp=stamp)
    named = site(document("2024-05-06-a.cast"), timestamp=stamp)
    header = site(document("a.cast"), timestamp=stamp)
    dates = [result.site.recordings[0].date for result in (own, named, header)]
    assert [str(found.date) for found in dates if found] == ["2025-01-01", "2024-05-06", "2020-01-02"]


@pytest.mark.parametrize(
    ("stem", "expected"),
    [("2026-03-14-x", "2026-03-14"), ("2026-03-x", "2026-03-01"), ("2026-13-01-x", None), ("20260314-x", None)],
)
def test_dates_in_names(stem: str, expected: str | None) -> None:
    found = date_in_name(stem, "UTC")
    assert (str(found.date) if found else None) == expected


def test_a_name_that_is_only_a_date_is_its_own_title() -> None:
    assert title_from_name("2026-03-14") == "2026 03 14"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "2026-02-30-leap.cast",
            ['"2026-02-30" at the beginning of its name is no date; rename it, or give it a date: of its own'],
        ),
        ("2026-02-28-leap.cast", []),
        ("1234-56-78-ticket.cast", []),
        ("2026-13-plan.cast", []),
    ],
)
def test_a_name_that_only_looks_like_a_date_is_told_and_stays_in_the_title(name: str, told: list[str]) -> None:
    result = site(document(name))
    assert [problem.text for problem in result.problems] == told
    assert (result.site.recordings[0].title == "2026 02 30 leap") == bool(told)


def test_D02_file_names_become_slugs() -> None:
    result = site(document("Demo 1.cast"), document("C++.cast"), document("straße.cast"), document("İstanbul.cast"))
    assert slugs(result) == ["c", "demo-1", "istanbul", "strasse"]
    (foreign,) = slugs(site(document("全角.cast")))
    assert foreign.startswith("r-")
    assert len(foreign) == 10


def test_D06_equal_addresses_lose_by_the_order_of_paths() -> None:
    result = site(document("demo.cast"), document("Demo.cast"))
    assert [recording.source for recording in result.site.recordings] == ["content/Demo.cast"]
    (problem,) = result.problems
    assert problem.severity is Severity.ERROR
    assert problem.place.path == "content/demo.cast"
    assert "content/Demo.cast" in problem.text


@pytest.mark.parametrize("name", ["llms", "robots", "castsite-player"])
def test_D06_no_recording_takes_the_place_of_a_file_of_every_site(name: str) -> None:
    result = site(document(f"{name}.cast"), document("other.cast"))
    assert slugs(result) == ["other"]
    (problem,) = result.problems
    assert problem.place.path == f"content/{name}.cast"
    assert problem.text.endswith(
        " is taken: castsite itself writes it; rename it, or give it another slug in its front matter"
    )
    assert slugs(site(document(f"{name}/a.cast"), document(f"x/{name}.cast"))) == [f"{name}/a", f"x/{name}"]


def test_D07_device_names_are_renamed_with_a_warning() -> None:
    result = site(document("CON.cast"), document("nul.cast"), document("aux.cast"), document("COM1.cast"))
    assert slugs(result) == ["aux-1", "com1-1", "con-1", "nul-1"]
    assert codes(result) == [("warning", "slug-reserved")] * 4


def test_D08_reserved_names_generated_and_explicit() -> None:
    generated = site(
        document("tags.cast"), document("index.cast"), document("git/feed.cast"), document("git/tags.cast")
    )
    assert slugs(generated) == ["git/feed-1", "git/tags", "index-1", "tags-1"]
    explicit = site(document("a.cast", slug="assets"), document("b.cast", slug="embed"))
    assert slugs(explicit) == []
    assert codes(explicit) == [("error", "slug-reserved")] * 2


def test_D08_a_recording_beside_a_section_of_its_name_is_an_error() -> None:
    result = site(document("x.cast"), document("x/y.cast"))
    assert [severity for severity, _ in codes(result)] == ["error"]
    assert len(result.site.recordings) == 1


def test_D10_an_alias_that_is_taken_is_told_where_it_is_written() -> None:
    written = Place("content/a.md", 3, 10)
    result = site(document("a.cast", aliases=("/b/",), places=(("aliases", written),)), document("b.cast"))
    (problem,) = result.problems
    assert (problem.code, str(problem.place)) == ("path-taken", "content/a.md:3:10")
    assert slugs(result) == ["a", "b"]


def test_D08_a_page_beside_a_section_of_its_name_is_an_error_however_deep_its_items_lie() -> None:
    result = site(document("x/in/deep/y.cast"), document("x.md", kind="page"))
    assert codes(result) == [("error", "path-taken")]
    assert [page.slug for page in result.site.pages] == []
    assert "x" in [section.slug for section in result.site.sections]


def test_D01_an_explicit_slug_must_have_its_final_form() -> None:
    for slug in ("../../x", "/etc/x", "C:\\x", "a\\b", "a/b", "a%2fb", ".", "x" * 300):
        result = site(document("a.cast", slug=slug))
        assert slugs(result) == []
        (problem,) = result.problems
        assert problem.severity is Severity.ERROR
        assert "try" in problem.text


def test_D18_a_path_that_is_too_long_is_an_error() -> None:
    result = site(document("/".join(["d" * 70] * 4) + "/x.cast"))
    assert slugs(result) == []
    assert codes(result) == [("error", "path-too-long")]


def test_sections_are_the_folders_and_know_their_recordings_in_order() -> None:
    result = site(
        document("git/_index.md", kind="section", title="Git"),
        document("git/a.cast", date=day(2024, 1, 1)),
        document("git/b.cast", date=day(2025, 1, 1)),
        document("git/deep/c.cast", weight=-1),
        document("root.cast"),
    )
    found = {section.slug: section for section in result.site.sections}
    assert list(found) == ["", "git", "git/deep"]
    assert found["git"].title == "Git"
    assert found["git"].recordings == ("git/b", "git/a")
    assert found["git/deep"].title == "Deep"
    assert found[""].recordings == ("root",)
    assert found[""].sections == ("git",)
    assert found["git"].sections == ("git/deep",)


def test_sections_stand_in_the_order_of_their_weight() -> None:
    result = site(
        document("a/_index.md", kind="section", weight=2), document("a/x.cast"), document("b/x.cast"),
        document("c/_index.md", kind="section", weight=1), document("c/x.cast"),
    )  # fmt: skip
    assert result.site.sections[0].sections == ("b", "c", "a")


def test_a_recursive_section_lists_all_below() -> None:
    result = site(document("git/_index.md", kind="section", recursive=True), document("git/deep/c.cast"))
    assert {section.slug: section.recordings for section in result.site.sections}["git"] == ("git/deep/c",)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("title", ["b2", "b10", "c"]),
        ("-title", ["c", "b10", "b2"]),
        ("date", ["b10", "c", "b2"]),
        ("-date", ["c", "b10", "b2"]),
        ("-path", ["c", "b10", "b2"]),
    ],
)
def test_orders(sort: str, expected: list[str]) -> None:
    result = site(
        document("_index.md", kind="section", sort=sort),
        document("b2.cast"),
        document("b10.cast", date=day(2024, 1, 1)),
        document("c.cast", date=day(2025, 1, 1)),
    )
    assert list(result.site.sections[0].recordings) == expected


def test_titles_are_sorted_without_accents_and_with_digits_as_numbers() -> None:
    titles = ["Zebra", "éclair", "Part 10", "Part 9", "apple"]
    assert sorted(titles, key=title_key) == ["apple", "éclair", "Part 9", "Part 10", "Zebra"]


def test_two_descriptions_of_one_folder_are_an_error() -> None:
    result = site(document("_index.md", kind="section"), document("index.md", kind="section"), document("a.cast"))
    assert codes(result) == [("error", "two-indexes")]


def test_a_series_is_ordered_by_part_and_warns_of_equal_parts() -> None:
    result = site(
        document("c.cast", series=Part("Git Basics", 1)),
        document("a.cast", series=Part("git basics", 2)),
        document("b.cast", series=Part("Git Basics")),
    )
    (series,) = result.site.collections
    assert series.recordings == ("c", "a", "b")
    assert (series.slug, series.title) == ("series/git-basics", "git basics")
    equal = site(document("a.cast", series=Part("S", 1)), document("b.cast", series=Part("S", 1)))
    assert codes(equal) == [("warning", "equal-parts")]


def test_B27_two_pages_of_one_recording_share_its_cast() -> None:
    one = document("one.md")
    two = document("two.md")
    both = [
        Document(**{field: getattr(item, field) for field in Document.__slots__} | {"recording": "casts/x.cast"})
        for item in (one, two)
    ]
    result = site(*both)
    assert slugs(result) == ["one", "two"]
    assert {recording.cast for recording in result.site.recordings} == {"one"}


def test_drafts_private_pages_and_future_items_are_left_out() -> None:
    tomorrow = Day(NOW + timedelta(days=1))
    items = [
        document("a.cast", draft=True),
        document("b.md", "page", visibility=Visibility.PRIVATE),
        document("c.cast", date=tomorrow),
        document("d.cast"),
    ]
    kept, problems = wanted(items, config=SiteConfig(), now=NOW)
    assert [item.stem for item in kept] == ["d"]
    assert [problem.code for problem in problems] == ["draft", "private", "future-date"]
    kept, _ = wanted(items, config=SiteConfig(), now=NOW, drafts=True)
    assert [item.stem for item in kept] == ["a", "c", "d"]
    kept, _ = wanted(items, config=SiteConfig(), now=NOW, future=True)
    assert [item.stem for item in kept] == ["c", "d"]


def test_C19_unlisted_items_have_a_page_and_are_in_no_list() -> None:
    hidden = document("git/a.cast", visibility=Visibility.UNLISTED)
    result = site(hidden, document("b.cast"), key="k" * 32)
    (unlisted,) = [item for item in result.site.recordings if item.state == "unlisted"]
    assert len(unlisted.slug) >= 26
    assert "git" not in unlisted.slug
    assert all(unlisted.slug not in section.recordings for section in result.site.sections)
    assert [section.slug for section in result.site.sections] == [""]


def test_an_unlisted_address_without_a_key_warns_that_it_can_be_guessed() -> None:
    result = site(document("a.cast", visibility=Visibility.UNLISTED))
    assert slugs(result) == ["a"]
    assert codes(result) == [("warning", "unlisted-guessable")]


def test_former_addresses_of_what_is_unlisted_lead_nowhere_and_that_is_told() -> None:
    result = site(document("a.cast", visibility=Visibility.UNLISTED, slug="chosen", aliases=("/old/",)))
    assert result.site.aliases == ()
    assert codes(result) == [("warning", "unlisted")]


def test_expired_items_keep_a_page_and_are_in_no_list() -> None:
    result = site(document("a.cast", expires=day(2026, 1, 1)), document("b.cast", date=day(2026, 5, 1), expires=90))
    assert {item.slug: item.state for item in result.site.recordings} == {"a": "expired", "b": "public"}
    retained = site(document("old.cast", date=day(2020, 1, 1)), config=SiteConfig(retention_days=30))
    assert retained.site.recordings[0].state == "expired"


def test_organising_does_not_depend_on_the_order_of_documents() -> None:
    items = [document("b/x.cast"), document("a.cast"), document("A.cast"), document("b/_index.md", kind="section")]
    assert site(*items) == site(*reversed(items))


def test_outputs_of_front_matter_stand_instead_of_those_of_the_configuration() -> None:
    config = SiteConfig(outputs=("markdown", "filmstrip", "wsh"))
    found = site(
        document("a.cast"),
        document("b.cast", outputs=("embed",)),
        document("c.cast", outputs=()),
        config=config,
        film="aab",
    )
    assert [recording.outputs for recording in found.site.recordings] == [
        ("markdown", "filmstrip", "wsh"),
        ("embed", "wsh"),
        ("wsh",),
    ]
    assert [recording.summary.film for recording in found.site.recordings] == ["aab", "", ""]


def test_D08_the_folders_of_other_programs_are_reserved_while_a_recording_is_published_for_them() -> None:
    names = ("recordings.cast", "api.cast", "r.cast")
    assert slugs(site(*map(document, names))) == ["api", "r", "recordings"]
    config = SiteConfig(outputs=("wsh",))
    assert slugs(site(*map(document, names), config=config)) == ["api", "r", "recordings-1"]
    config = SiteConfig(outputs=("rexec",))
    assert slugs(site(*map(document, names), config=config)) == ["api-1", "r-1", "recordings"]


def test_where_only_texts_have_changed_all_the_rest_is_that_of_the_last_build() -> None:
    memory, config = Memory(), SiteConfig()
    last = [document(f"{name}.md", "page", tags=("git",)) for name in "abc"]
    last += [document("_index.md", "section"), document("d.cast")]
    facts = {"content/d.cast": Facts("key", summary())}

    def again(documents: list[Document], config: SiteConfig = config, days: int = 0) -> Organised:
        now = NOW + timedelta(days=days)
        found = organise(documents, facts, config=config, now=now, memory=memory)
        assert found == organise(documents, facts, config=config, now=now)
        return found

    before = again(last)
    texts = [
        replace(one, body="written", body_place=Place(one.path, 9), digest="other") for one in last[:1] + last[3:4]
    ]
    texts.append(replace(last[4], body="written"))
    after = again([texts[0], last[1], last[2], texts[1], texts[2]], days=1)
    assert after.site.collections is before.site.collections
    assert [one.body for one in (*after.site.pages, *after.site.recordings)] == ["written", "", "", "written"]
    assert after.site.pages[1] is before.site.pages[1]
    for others in (
        last[:4],
        [*last[:4], replace(last[4], digest="another recording")],
        [replace(last[0], meta=msgspec.structs.replace(last[0].meta, tags=("svn",))), *last[1:]],
        [replace(last[0], meta=msgspec.structs.replace(last[0].meta, expires=day(2026, 6, 2))), *last[1:]],
    ):
        again(last)
        assert again(others).site.collections is not before.site.collections
        assert again(others, days=2).site.now == NOW + timedelta(days=2)
    again(last)
    assert again(last, SiteConfig(title="Another")).site.config.title == "Another"
