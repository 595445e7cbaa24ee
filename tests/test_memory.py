"""What is remembered: given for its own key alone, kept over processes, never wrong, whatever happens to the file."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path

import pytest

from castsite.memory import Memory, Store


def opened(work: Path, *, held: bool = True, version: str = "1") -> tuple[Memory, Store[str]]:
    memory = Memory(work, version)
    return memory, memory.store("texts", str, held=held)


@pytest.mark.parametrize("held", [True, False])
def test_a_value_is_given_for_its_name_key_and_version_alone(tmp_path: Path, held: bool) -> None:
    memory, store = opened(tmp_path, held=held)
    store.put("a", b"1", "one")
    store.put("b", b"1", "two")
    assert (store.get("a", b"1"), store.get("a", b"2"), store.get("c", b"1")) == ("one", None, None)
    memory.save()
    store.put("a", b"2", "three")
    assert (store.get("a", b"1"), store.get("a", b"2")) == (None, "three")
    memory.save()
    memory.close()

    _, again = opened(tmp_path, held=held)
    assert (again.get("a", b"1"), again.get("a", b"2"), again.get("b", b"1")) == (None, "three", "two")
    _, newer = opened(tmp_path, held=held, version="2")
    assert newer.get("b", b"1") is None


@pytest.mark.parametrize("held", [True, False])
def test_what_is_not_kept_is_forgotten(tmp_path: Path, held: bool) -> None:
    memory, store = opened(tmp_path, held=held)
    store.put("a", b"1", "one")
    store.put("b", b"1", "two")
    memory.save()
    _, again = opened(tmp_path, held=held)
    again.put("c", b"1", "three")
    again.keep({"b"})
    assert [again.get(name, b"1") for name in "abc"] == [None, "two", None]
    again.save()
    _, last = opened(tmp_path, held=held)
    assert [last.get(name, b"1") for name in "abc"] == [None, "two", None]


def test_without_a_folder_it_lasts_as_long_as_the_process() -> None:
    memory = Memory()
    store = memory.store("texts", str)
    store.put("a", b"1", "one")
    memory.save()
    assert memory.store("texts", str).get("a", b"1") == "one"


def test_a_damaged_file_is_never_believed(tmp_path: Path) -> None:
    rng = random.Random(5)  # noqa: S311 - damage
    memory, store = opened(tmp_path)
    values = {f"name {number}": f"value {number} " * 50 for number in range(60)}
    for name, value in values.items():
        store.put(name, b"1", value)
    memory.save()
    memory.close()
    path = tmp_path / "cache/memory.sqlite3"
    sound = path.read_bytes()
    for _ in range(60):
        data = bytearray(sound)
        for _ in range(rng.choice([1, 20, 2000])):
            data[rng.randrange(len(data))] = rng.randrange(256)
        damaged = data[: rng.choice([len(data), rng.randrange(len(data))])]
        for held in (True, False):
            path.write_bytes(damaged)
            memory, store = opened(tmp_path, held=held)
            found = {name: store.get(name, b"1") for name in values}
            assert all(value in {None, values[name]} for name, value in found.items())
            store.put("name 1", b"1", "new")
            memory.save()
            assert store.get("name 1", b"1") == "new"
            memory.close()


def test_what_stands_in_its_place_or_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "cache/memory.sqlite3").mkdir(parents=True)
    memory, store = opened(tmp_path)
    store.put("a", b"1", "one")
    memory.save()
    assert store.get("a", b"1") == "one"


def test_a_file_of_another_shape_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache/memory.sqlite3"
    path.parent.mkdir()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE texts (a)")
    for _ in range(2):
        memory, store = opened(tmp_path)
        store.put("a", b"1", "one")
        memory.save()
        memory.close()
    assert opened(tmp_path)[1].get("a", b"1") == "one"


@pytest.mark.parametrize("held", [True, False])
def test_a_file_that_somebody_removed_is_written_again(tmp_path: Path, held: bool) -> None:
    memory, store = opened(tmp_path, held=held)
    store.put("a", b"1", "one")
    memory.save()
    (tmp_path / "cache/memory.sqlite3").unlink()
    store.put("b", b"1", "two")
    memory.save()
    assert opened(tmp_path, held=held)[1].get("b", b"1") == "two"


def test_another_build_may_be_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("castsite.memory._PATIENCE", 0.01)
    memory, store = opened(tmp_path)
    store.put("a", b"1", "one")
    memory.save()
    other = sqlite3.connect(tmp_path / "cache/memory.sqlite3")
    other.execute("BEGIN EXCLUSIVE")
    _, late = opened(tmp_path)
    assert late.get("a", b"1") is None
    late.put("b", b"1", "two")
    late.save()
    other.rollback()
    other.close()
    _, again = opened(tmp_path)
    assert (again.get("a", b"1"), again.get("b", b"1")) == ("one", None)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no copies")
def test_a_copy_of_the_process_reads_by_itself(tmp_path: Path) -> None:
    memory, store = opened(tmp_path, held=False)
    store.put("a", b"1", "one")
    memory.save()
    pid = os.fork()
    if not pid:
        os._exit(0 if store.get("a", b"1") == "one" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert store.get("a", b"1") == "one"


def test_what_is_kept_is_given_again_while_it_would_be_made_of_the_same_objects() -> None:
    memory, one, equal = Memory(), [1], [1]
    first = memory.kept("words", str)
    assert first.get("a", one) is None
    assert first.put("a", "made", one) == "made"
    first.put("b", "made", one)
    first.put("c", "made", one)
    first.forget(["c", "d"])
    second = memory.kept("words", str)
    assert [second.get("a", one), second.get("b", equal), second.get("b", one, one), second.get("b")] == [
        "made",
        None,
        None,
        None,
    ]
    assert second.get("c", one) is None
    third = memory.kept("words", str)
    assert third.get("a", one) == "made", "what was asked for is kept on"
    assert third.get("b", one) is None, "and nothing else"
    assert memory.kept("words", str, "another key").get("a", one) is None


def test_what_is_not_there_is_asked_for_once(tmp_path: Path) -> None:
    memory, store = opened(tmp_path, held=False)
    assert store.get("first", b"1") is None
    asked: list[str] = []
    memory._connections[os.getpid()].set_trace_callback(asked.append)
    assert [store.get(f"name {number}", b"1") for number in range(100)] == [None] * 100
    assert asked == []
    store.put("name 7", b"1", "seven")
    store.save()
    assert store.get("name 7", b"1") == "seven"
    store.keep({"name 8"})
    store.save()
    assert store.get("name 7", b"1") is None


@pytest.mark.parametrize("held", [True, False])
def test_many_are_given_in_the_order_in_which_they_are_asked_for(tmp_path: Path, *, held: bool) -> None:
    _, before = opened(tmp_path, held=held)
    for number in range(600):
        before.put(str(number), b"1", f"value {number}")
    before.put("5", b"2", "of another key")
    before.save()
    _, store = opened(tmp_path, held=held)
    store.put("7", b"1", "new")
    store.keep({str(number) for number in range(600)} - {"9"})
    names = [str(number) for number in reversed(range(700))]
    known = {str(number): f"value {number}" for number in range(600)} | {"7": "new", "5": None, "9": None}
    assert list(store.each(iter(names), b"1")) == [known.get(name) for name in names]
