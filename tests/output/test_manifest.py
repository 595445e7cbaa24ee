from __future__ import annotations

import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.output import index, manifest
from castsite.output.index import Row, key_digest
from castsite.output.manifest import State, hashed, salt_of

digest = hashlib.sha256(b"x").digest()
other = hashlib.sha256(b"y").digest()
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
files = st.dictionaries(names, st.lists(st.binary(min_size=32, max_size=32), max_size=3).map(b"".join), max_size=6)


def test_the_manifest_has_the_documented_form() -> None:
    salt = salt_of("https://example.org/")
    text = manifest.dump(salt, State.PUBLISHING, [("git/rebase.cast", digest + other), ("git/", b"")])
    document = json.loads(text)
    key = hashlib.sha256(salt + b"git/rebase.cast").hexdigest()
    assert list(document) == ["format", "salt", "state", "files"]
    assert (document["format"], document["state"]) == (1, "publishing")
    assert re.fullmatch("[0-9a-f]{32}", document["salt"])
    assert document["files"][key] == [digest.hex(), other.hex()]
    assert len(document["files"]) == 2


def test_the_salt_follows_from_the_site_alone() -> None:
    assert salt_of("a") == salt_of("a")
    assert salt_of("a") != salt_of("b")


@given(files, st.sampled_from(State), st.text(max_size=5))
def test_a_manifest_reads_back_as_it_was_written_whatever_the_order(
    content: dict[str, bytes], state: State, identity: str
) -> None:
    salt = salt_of(identity)
    text = manifest.dump(salt, state, content.items())
    assert text == manifest.dump(salt, state, reversed(content.items()))
    read = manifest.load(text)
    assert read is not None
    assert (read.salt, read.state) == (salt, state)
    assert read.files == {hashed(salt, path): digests for path, digests in content.items()}


@given(st.binary(max_size=60))
def test_whatever_bytes_are_no_manifest_are_none(data: bytes) -> None:
    assert manifest.load(data) is None


GOOD = {"format": 1, "salt": "0" * 32, "state": "complete", "files": {"a" * 64: ["b" * 64]}}


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"format": True},
        {"salt": "0" * 30},
        {"salt": "x" * 32},
        {"state": "done"},
        {"files": []},
        {"files": {"a": ["b" * 64]}},
        {"files": {"a" * 64: ["b" * 63]}},
        {"files": {"a" * 64: "b" * 64}},
        {"files": {"g" * 64: []}},
        {"more": 1},
    ],
)
def test_a_manifest_of_another_form_is_none(change: dict[str, object]) -> None:
    assert manifest.load(json.dumps(GOOD).encode()) is not None
    assert manifest.load(json.dumps({**GOOD, **change}).encode()) is None


_KEYS = st.integers(0, 40).map(lambda number: hashlib.sha256(bytes([number])).digest())
_DIGESTS = st.lists(st.binary(min_size=32, max_size=32), max_size=2).map(b"".join)


@given(
    before=st.dictionaries(_KEYS, _DIGESTS),
    change=st.dictionaries(_KEYS, st.none() | _DIGESTS),
    states=st.tuples(st.sampled_from(State), st.sampled_from(State)),
)
def test_a_revised_manifest_is_the_one_that_would_be_written(
    before: dict[bytes, bytes], change: dict[bytes, bytes | None], states: tuple[State, State]
) -> None:
    salt = salt_of("")
    after = {key: digests for key, digests in (before | change).items() if digests is not None}
    written = manifest.dump_hashed(salt, states[0], before.items())
    revised = manifest.revised(written, salt, states[1], change)
    assert revised == manifest.dump_hashed(salt, states[1], after.items())


def test_joined_digests_are_found_only_at_their_borders() -> None:
    assert manifest.holds(digest + other, digest)
    assert manifest.holds(digest + other, other)
    assert not manifest.holds(digest + other, (digest + other)[1:33])
    assert not manifest.holds(b"", digest)


def test_an_index_remembers_its_rows() -> None:
    rows = [Row(bytes([n]) * 32, digest, key_digest(name)) for n, name in enumerate("abc")]
    read = index.load(bytes(index.dump(indexed("abc", rows))))
    assert read.manifest == digest
    assert read.paths == [*"abc"]
    assert [read.row(number) for number in range(3)] == rows


def test_a_file_without_a_key_equals_no_key() -> None:
    assert key_digest("") == index.NO_KEY
    assert key_digest("a") != index.NO_KEY


@given(st.integers(0, 400), st.integers(1, 255))
def test_a_flipped_byte_makes_an_index_empty(at: int, change: int) -> None:
    data = index.dump(indexed("abc", [Row(bytes(32), digest, bytes(16))] * 3))
    data[at % len(data)] ^= change
    assert index.load(bytes(data)) == index.Index()


def indexed(names: str, rows: list[Row]) -> index.Index:
    stamps, digests, keys = map(b"".join, zip(*rows, strict=True))
    return index.Index(digest, [*names], stamps, digests, keys)
