"""Did you mean: the key that was meant, or nothing at all."""

from __future__ import annotations

import pytest

from castsite.schema.nearest import did_you_mean, nearest
from castsite.schema.player import SCHEMA as PLAYER
from castsite.site.keys import FRONT_MATTER, HABITS, SCHEMAS
from tests.timing import soon

KEYS = [key.name for _, key in FRONT_MATTER]

MEANT = {
    "titel": "title",
    "tag": "tags",
    "author": "authors",
    "idleTimeLimit": "idle_time_limit",
    "idle-time-limit": "idle_time_limit",
    "dat": "date",
    "markes": "markers",
    "alias": "aliases",
    "Title": "title",
    "desc": "description",
    "summary": "description",
    "category": "tags",
    "categories": "tags",
    "keywords": "tags",
    "permalink": "aliases",
    "url": "slug",
    "publishDate": "date",
    "pubdate": "date",
    "lastmod": "updated",
    "modified": "updated",
    "thumbnail": "poster",
    "image": "poster",
    "cover": "poster",
    "hidden": "visibility",
    "order": "weight",
    "redirect_from": "aliases",
    "autoplay": "player.autoPlay",
    "loop": "player.loop",
    "cols": "player.cols",
    "rows": "player.rows",
    "fit": "player.fit",
}


@pytest.mark.parametrize(("word", "meant"), MEANT.items())
def test_B07_a_mistyped_key_and_a_habit_of_other_generators_lead_to_ours(word: str, meant: str) -> None:
    assert nearest(word, KEYS, HABITS) == meant


@pytest.mark.parametrize("word", ["", "foo", "zzzz", "x" * 5000])
def test_nothing_is_near_to_nonsense(word: str) -> None:
    assert nearest(word, KEYS, HABITS) is None
    assert did_you_mean(word, KEYS) == ""


def test_the_near_word_is_given_in_its_own_spelling() -> None:
    assert did_you_mean("IDLETIMELIMITS", PLAYER.index) == ', did you mean "idleTimeLimit"?'


@pytest.mark.parametrize(("word", "meant"), [("nwe", "new"), ("gfi", "gif"), ("no", None), ("rce", "rec")])
def test_letters_that_changed_places_are_near_in_a_short_word_too(word: str, meant: str | None) -> None:
    assert nearest(word, ["new", "gif", "rec", "on", "serve"]) == meant


def test_every_habit_leads_to_a_key() -> None:
    known = set(SCHEMAS["recording"].index) | {f"player.{name}" for name in PLAYER.index}
    assert set(HABITS.values()) <= known
    assert not set(HABITS) & set(SCHEMAS["recording"].index)


def test_a_long_word_costs_nothing() -> None:
    soon(0.05, lambda: nearest("ab" * 50_000, KEYS, HABITS))
