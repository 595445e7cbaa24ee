"""Related recordings: what is rare counts, what is common does not, and the work stays small."""

from __future__ import annotations

import time

from gallery import SMALL, day, recording, summary

from castsite.schema.values import Part
from castsite.site.model import Meta, Recording
from castsite.site.related import COMMON, SHOWN, relations


def one(slug: str, *tags: str, programs: tuple[str, ...] = (), series: str = "", **changes: object) -> Recording:
    meta = Meta(tags=tags, series=Part(series) if series else None)
    return recording(slug, meta=meta, summary=summary(SMALL, programs=programs), title=slug, **changes)


def test_two_things_in_common_are_needed() -> None:
    others = [one(f"x{at}") for at in range(5)]
    found = relations([one("a", "git", "tui"), one("b", "git", "tui"), one("c", "git"), *others])
    assert found.of("a") == ("b",)
    assert found.of("c") == ()


def test_tags_series_commands_and_words_of_titles_count() -> None:
    others = [one(f"x{at}") for at in range(5)]
    a = one("rebase interactive", programs=("git rebase",), series="Git")
    found = relations([a, one("interactive rebase", series="git"), one("other", programs=("git rebase",)), *others])
    assert found.of("rebase interactive") == ("interactive rebase",)


def test_what_is_rarer_counts_more_and_the_newer_goes_first() -> None:
    others = [one(f"x{at}", "common") for at in range(6)]
    found = relations(
        [
            one("a", "rare", "common", "tui"),
            one("b", "common", "tui", date=day("2026-01-01")),
            one("c", "common", "tui", date=day("2026-01-02")),
            one("d", "rare", "tui"),
            *others,
        ]
    )
    assert found.of("a") == ("d", "c", "b")


def test_a_thing_that_everybody_has_says_nothing() -> None:
    found = relations([one(f"x{at}", "git", "demo") for at in range(4)])
    assert found.of("x1") == ()


def test_at_most_so_many_are_shown_in_a_fixed_order() -> None:
    same = [one(f"s{at}", "a", "b") for at in range(SHOWN + 3)]
    found = relations([*same, *(one(f"x{at}") for at in range(9))])
    assert found.of("s0") == tuple(f"s{at}" for at in range(1, SHOWN + 1))


def test_a_large_site_is_not_compared_pair_by_pair() -> None:
    made = [one(f"r{at}", f"t{at % 40}", f"u{at % 397}", programs=(f"p{at % 101}", "git")) for at in range(5000)]
    begun = time.process_time()
    index = relations(made)
    assert all(len(holders) <= COMMON for holders in index.holders.values())
    for item in made:
        index.of(item.slug)
    assert time.process_time() - begun < 10
