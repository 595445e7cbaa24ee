"""An index that is changed is what making it anew gives, and as little of it is touched as can be."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import indexed as made
import pytest

from castsite.search.index import Kept, Made, Text, in_order, make_index
from castsite.search.renewal import MOST, renewed, unchanged


def lost(path: str) -> bytes:
    raise AssertionError(path)


def index(found: list[made.Made], texts: list[Text], folder: Path) -> Made:
    return make_index(in_order(one.record for one in found), _sorted(texts), made.library(found), folder)


def renew(kept: Kept, old: list[made.Made], found: list[made.Made], texts: list[Text], files: dict[str, bytes]) -> Any:
    records, library = in_order(one.record for one in found), made.library(found, old)
    return renewed(kept, records, _sorted(texts), library, read=files.get, again=files.__getitem__)


def _sorted(texts: list[Text]) -> list[Text]:
    return sorted(texts, key=lambda one: one.slug)


def bodies(one: Made) -> dict[str, bytes]:
    return {file.path: file.body() for file in one.files}


@pytest.fixture
def texts() -> list[Text]:
    return [
        made.text(f"blog/{at}", ("", "docker words"), ("h-a", f"Head {at}", True), tags=("git",)) for at in range(9)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_a_changed_index_is_what_making_it_anew_gives(
    tmp_path: Path, texts: list[Text], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("castsite.search.sharding.SHARD", 700)
    rng = random.Random(seed)  # noqa: S311 - changes
    old = made.collection(60)
    before = index(old, texts, tmp_path / "old")
    files = bodies(before)
    found = list(old)
    newest = max(one.record.day for one in old) + 1
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(found))
        one = found[at]
        lines = [*one.lines[:-1], f"changed to {rng.random()} docker"]
        facts = one.record._asdict()
        known = {name: facts[name] for name in ("title", "date", "tags", "series", "seconds", "authors")}
        found[at] = made.recording(one.record.slug, *lines, **known, key=f"new {rng.random()}")
    if seed % 2:
        found.append(
            made.recording(
                "zz/new", "$ git new", date=(date(1970, 1, 1) + timedelta(days=newest)).isoformat(), title="New words"
            )
        )
    now = list(texts)
    now[3] = made.text("blog/3", ("", "other words entirely"), title="Retitled")
    if seed % 3 == 0:
        now = [*now[:-1], made.text("blog/8", ("", "more")), made.text("blog/9", ("", "a new page"))]

    after = renew(before.kept, old, found, now, files)

    expected = index(found, now, tmp_path / "new")
    assert after is not None
    wanted = bodies(expected)
    assert [(file.path, file.digest) for file in after.files] == [(file.path, file.digest) for file in expected.files]
    assert after.kept == expected.kept
    for file in after.files:
        assert file.body() == wanted[file.path], file.path


def test_what_is_as_it_was_is_given_without_a_look_at_anything(tmp_path: Path, texts: list[Text]) -> None:
    found = made.collection(20)
    before = index(found, texts, tmp_path / "old")
    records = in_order(one.record for one in found)
    again = unchanged(before.kept, records, texts, lost)
    assert again is not None
    assert [(file.path, file.digest) for file in again.files] == [(file.path, file.digest) for file in before.files]
    assert unchanged(before.kept, records[:-1], texts, lost) is None


def test_an_index_is_made_anew_where_numbers_move_or_something_is_lost(tmp_path: Path, texts: list[Text]) -> None:
    old = made.collection(40)
    before = index(old, texts, tmp_path / "old")
    files = bodies(before)
    oldest = made.recording("a/first", "$ git first", date="1999-01-01")
    assert renew(before.kept, old, [*old, oldest], texts, files) is None
    assert renew(before.kept, old, old, [made.text("a", ("", "first")), *texts], files) is None
    newest = made.recording("z/last", "$ git last", date="2099-01-01")
    assert renew(before.kept, old, [*old, newest], texts, files) is not None
    damaged = {path: body[:-1] if path.startswith("search/t/") else body for path, body in files.items()}
    assert renew(before.kept, old, [*old, newest], texts, damaged) is None
    assert renew(before.kept, old, [*old, newest], texts, {}) is None
    others = [made.recording(f"z/{at}", "$ git", date="2099-01-01") for at in range(MOST + 1)]
    assert renew(before.kept, old, [*old, *others], texts, files) is None
