"""The files of the index: their form, and what changes when something changes."""

from __future__ import annotations

import json
import random
from bisect import bisect_right
from pathlib import Path

import indexed as made
import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.search.answers import answers, page_answers
from castsite.search.index import SMALL, Library, in_order, is_small, make_index
from castsite.search.query import Filters
from castsite.search.ranking import rank
from castsite.search.reader import Index
from castsite.search.shard import DamagedError, read_shard
from castsite.search.sharding import SHARD
from castsite.search.varints import listed, read_postings, varint
from castsite.spread import copies
from tests.timing import soon


@given(st.lists(st.integers(0, (1 << 40) - 1), unique=True).map(sorted), st.integers(0, 3))
def test_postings_read_back(places: list[int], bits: int) -> None:
    postings = [place << 2 | bits for place in places]
    data = listed(postings)
    assert read_postings(data, 0) == (postings, len(data))


def test_shards_ascend_fit_and_hold_what_is_looked_for(tmp_path: Path) -> None:
    files = made.written(made.collection(120), (), tmp_path / "index")
    root = json.loads(files["search/index.json"])
    assert root["shards"] == sorted(root["shards"])
    last = ""
    for start in root["shards"]:
        data = files[f"search/t/{start.encode('latin-1').hex()}.bin"]
        terms = list(read_shard(data))
        assert terms == sorted(terms)
        assert last < terms[0]
        assert terms[0].encode().decode("latin-1") >= start
        assert len(data) <= SHARD or len(terms) == 1
        last = terms[-1]
    assert len([path for path in files if path.startswith("search/t/")]) == len(root["shards"])


def test_the_order_of_the_input_and_processes_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("castsite.spread._is_safe", lambda: True)
    found = made.collection(300)
    mixed = random.Random(1).sample(found, len(found))  # noqa: S311 - an order
    one = made.written(found, (), tmp_path / "one")
    assert made.written(mixed, (), tmp_path / "other") == one
    assert made.written(found, (), tmp_path / "third", spread=copies(2)) == one


def test_a_newer_recording_moves_no_number_and_no_shard_it_has_no_word_of(tmp_path: Path) -> None:
    found = made.collection(150)
    before = made.written(found, (), tmp_path / "one")
    newest = made.recording("z/new", "zzyzx docker", date="2030-01-01")
    after = made.written([*found, newest], (), tmp_path / "two")
    one, two = (json.loads(files["search/index.json"]) for files in (before, after))
    assert two["counts"] == [*one["counts"], 1]
    shards = {path for path in before if path.startswith("search/t/")}
    assert len([path for path in shards if after.get(path) != before[path]]) <= 6
    assert one["version"] != two["version"]


def test_an_edited_line_touches_shards_of_its_words_alone(tmp_path: Path) -> None:
    found = made.collection(150)
    before = made.written(found, (), tmp_path / "one")
    old = found[70]
    edited = made.Made(old.record._replace(lines=len(old.lines)), (*old.lines[:-1], "zzyzx"), old.typed)
    after = made.written([*found[:70], edited, *found[71:]], (), tmp_path / "two")
    gone, come = _postings(old) - _postings(edited), _postings(edited) - _postings(old)
    expected = {_shard_of(files, term) for files, found in ((before, gone), (after, come)) for term, _, _ in found}
    changed = {path for path in {*before, *after} if after.get(path) != before.get(path)}
    assert "search/t/7a.bin" in expected, "of the new word"
    assert len(expected) < 10
    assert {path for path in changed if path.startswith("search/")} == {*expected, "search/index.json"}


def _shard_of(files: dict[str, bytes], term: str) -> str:
    shards = [start.encode("latin-1") for start in json.loads(files["search/index.json"])["shards"]]
    return f"search/t/{shards[bisect_right(shards, term.encode()) - 1].hex()}.bin"


def _postings(one: made.Made) -> set[tuple[str, int, int]]:
    parts = enumerate(one.terms)
    return {(term, at, bits) for at, part in parts for bits, terms in part.items() for term in terms}


@pytest.mark.parametrize(
    "data", [b"\xff" * 1_000_000, b"\x00\x01a\x01" + b"\xff" * 1_000_000, b"\x01\x01a\x01\x04", b"\x00\x09a\x01\x04"]
)
def test_a_shard_that_cannot_be_is_refused_at_once(data: bytes) -> None:
    def refuse() -> None:
        with pytest.raises(IndexError):
            read_shard(data)

    soon(1, refuse)


def test_the_root_holds_everything_while_it_is_small_with_all_its_rows() -> None:
    few, many = ([made.recording(f"r{at}", "x") for at in range(count)] for count in (500, 3000))
    for found, small in ((few, True), (many, False)):
        records = [one.record for one in found]
        assert is_small(records, ()) == small
        assert (len(made.written_small(found, ())["search/index.json"]) <= 1.2 * SMALL) == small
    texts = [made.text(f"p/{at}", ("", "x"), title="x" * 200) for at in range(1000)]
    assert not is_small((), texts)


def test_nothing_to_search_is_an_index_too(tmp_path: Path) -> None:
    for files in (made.written((), (), tmp_path / "index"), made.written_small((), ())):
        ranking = rank(made.opened(files), "git", Filters())
        assert (ranking.hits, ranking.pages, ranking.near) == ((), (), ())


ANY = Filters()


def test_C05_a_number_that_is_none_never_gets_into_the_index(tmp_path: Path) -> None:
    odd = made.recording("a", "docker", seconds=float("nan"))
    with pytest.raises(ValueError, match=r"NaN|JSON"):
        made.written_small([odd], ())
    with pytest.raises(ValueError, match=r"NaN|JSON"):
        made.written([odd], (), tmp_path / "index")


HOSTILE = (
    "__proto__", "constructor toString", "<img src=x onerror=alert(1)>", "a" * 100_000, "\u202ereversed\u202c",
    "\ufffd", "!" * 500, "#git @x ~y", "\x00", "e\u0301" * 50, "🦀 crab", " ".join(f"w{at}" for at in range(5000)),
)  # fmt: skip


def test_hostile_text_is_text(tmp_path: Path) -> None:
    found = [made.recording("h/a", *HOSTILE, title=""), made.recording("h/b", "")]
    index = made.opened(made.written(found, (), tmp_path / "index"))
    for query in ("__proto__", "constructor", "tostring", "onerror", "w4999", "crab", "reversed"):
        assert [index.row(hit.record).slug for hit in rank(index, query, Filters()).hits] == ["h/a"], query


NOTHING = ("", "*", "-- !?", '"', '""', "\ud800", "(((((", "a" * 10_000, "x " * 1000, "__proto__")


@pytest.mark.parametrize(
    ("query", "finds"), [*((query, False) for query in NOTHING), ("!git", True), ("#docker", True)]
)
def test_hostile_queries_end_and_find_what_they_hold(tmp_path: Path, query: str, finds: bool) -> None:
    index = made.opened(made.written(made.collection(20), (), tmp_path / "index"))
    assert bool(rank(index, query, ANY).hits) == finds


def test_damaged_files_are_told_or_find_no_more_than_there_is(tmp_path: Path) -> None:
    texts = [made.text(f"page/{at}", ("", "docker and git"), date="2024-06-01") for at in range(3)]
    files = made.written(made.collection(40), texts, tmp_path / "index")
    filters = Filters(days=(1, 50_000))
    read: list[str] = []
    whole = _everything(files, filters, read)
    assert len(whole) > 20
    damaged = [path for path in dict.fromkeys(read) if path.startswith("search/")]
    assert {path.split("/")[1] for path in damaged} == {"index.json", "t", "d", "p", "columns.bin", "pages.bin"}
    rng = random.Random(9)  # noqa: S311 - places to damage
    told = 0
    for at in range(300):
        path = damaged[at % len(damaged)]
        data = bytearray(files[path])
        if rng.random() < 0.5:
            del data[rng.randrange(len(data)) :]
            cut_off = path.endswith(".json")
        else:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            cut_off = False
        try:
            found = _everything({**files, path: bytes(data)}, filters, [])
        except (DamagedError, FileNotFoundError):
            told += 1
        else:
            assert not cut_off, path
            assert len(found) <= 43, "no more than there is"
    assert told > 150


def _everything(files: dict[str, bytes], filters: Filters, read: list[str]) -> list[str]:
    """Ask for frequent words, and note the files that are read."""

    def load(path: str) -> bytes:
        read.append(path.partition("?")[0])
        return made.loader(files)(path)

    index = Index.open(load)
    ranking = rank(index, "docker git", filters)
    found = [answer.row.slug for answer in answers(index, ranking, filters)]
    return found + [answer.page.slug for answer in page_answers(index, ranking, filters)]


ONE = (
    b'{"v": 1, "version": "x", "counts": [%d], "records": [["a", "", null, %s, [], "", 1, "", []]],'
    b' "parts": [%s], "pages": []}'
)


@pytest.mark.parametrize(
    "root",
    [
        b"[]",
        b'"x"',
        b'{"v": 2, "counts": []}',
        b'{"v": 1, "version": "x", "counts": [1], "records": [["x"]], "parts": [3], "pages": [7]}',
        b'{"v": 1, "version": "x", "counts": [2], "records": [], "parts": [], "pages": []}',
        b'{"v": 1, "version": "x", "counts": [-1], "pages": 0, "shards": [], "titles": []}',
        b'{"v": 1, "version": "x", "counts": [4000000000], "pages": 0, "shards": [], "titles": []}',
        b'{"v": 1, "version": "x", "counts": [1], "pages": "many", "shards": [], "titles": []}',
        b'{"v": 1, "version": "x", "counts": [1], "pages": 0, "shards": [7], "titles": []}',
        b'{"v": 1, "version": "x", "counts": [1], "pages": -5, "shards": [], "titles": []}',
        b'{"v": 1, "version": "x", "counts": [1], "pages": 10000000000, "shards": [], "titles": []}',
        b'{"v": 1, "version": "x", "counts": [4194303, 1], "pages": 0, "shards": [], "titles": []}',
        ONE % (0, b"1e308", b""),
        ONE % (0, b"-1", b""),
        ONE % (1, b"1", b'{"times": [1%s], "lines": ["a"], "command_lines": []}' % (b"0" * 400)),
    ],
)
def test_a_root_of_another_version_or_shape_is_told(root: bytes) -> None:
    with pytest.raises(DamagedError):
        made.opened({"search/index.json": root})


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("d/", b"[]"),
        ("d/", b'[["x"]]'),
        ("d/", b"{}"),
        ("columns.bin", b"\x01\x02"),
        ("columns.bin", b"\xff"),
        ("columns.bin", b""),
        ("pages.bin", b""),
        ("pages.bin", b"\xff"),
    ],
)
def test_a_file_of_another_shape_is_told(tmp_path: Path, kind: str, data: bytes) -> None:
    found = [one for one in made.collection(40) if one.record.slug.startswith("a/")]
    files = made.written(found, (made.text("page", ("", "docker")),), tmp_path / "index")
    index = made.opened({path: data if kind in path else body for path, body in files.items()})
    filters = Filters(days=(1, 50_000)) if kind.endswith(".bin") else ANY
    with pytest.raises(DamagedError):
        list(answers(index, rank(index, "docker", filters), filters))


def test_postings_of_places_that_are_none_are_left_out(tmp_path: Path) -> None:
    files = made.written(made.collection(3), (), tmp_path / "index")
    far = {path: b"\x00\x06docker" + varint(1) + varint(1 << 30) for path in files if path.startswith("search/t/64")}
    assert far
    assert rank(made.opened({**files, **far}), '"docker"', ANY).hits == ()


def test_pages_are_found_below_recordings_by_title_heading_and_text(tmp_path: Path) -> None:
    texts = [
        made.text(
            "blog/a",
            ("", "We talk of snapshots."),
            ("h-b", "Restoring", True),
            ("h-b", "Then docker."),
            title="Clusters",
        ),
        made.text("blog/b", ("", "A restoring word"), title="Other", tags=("git",)),
    ]
    index = made.opened(made.written(made.collection(5), texts, tmp_path / "index"))

    def found(query: str, filters: Filters = ANY) -> list[str]:
        return [index.page(hit.record).slug for hit in rank(index, query, filters).pages]

    assert found("clusters") == ["blog/a"]
    assert found("restoring") == ["blog/a", "blog/b"], "a heading before a text"
    assert found("restoring", Filters(tag="git")) == ["blog/b"]
    assert found("restoring", Filters(where="titles")) == []
    assert found("restoring", Filters(where="commands")) == []


def test_index_files_are_made_once(tmp_path: Path) -> None:
    one = made.collection(3)
    asked: list[str] = []

    def load(key: str) -> list[dict[int, list[str]]]:
        asked.append(key)
        return next(found.terms for found in one if found.record.slug == key)

    library = Library(load, lambda _text: ())
    make_index(in_order(found.record for found in one), (), library, tmp_path / "index")
    assert sorted(asked) == sorted(found.record.slug for found in one)


def test_the_index_opens_lazily(tmp_path: Path) -> None:
    files = made.written(made.collection(200), (), tmp_path / "index")
    asked: list[str] = []

    def load(path: str) -> bytes:
        asked.append(path)
        return made.loader(files)(path)

    index = Index.open(load)
    rank(index, "docker", Filters())
    assert asked[0] == "search/index.json"
    assert 2 <= len(asked) <= 6
    assert all("?v=" in path for path in asked[1:])
