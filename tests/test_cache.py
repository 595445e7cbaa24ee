from __future__ import annotations

import importlib.metadata
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.cache import DEPENDENCIES, Cache, _versions, code_version, key
from castsite.errors import StorageError

ONE, OTHER = key("one"), key("other")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / ".castsite")


def entry(cache: Cache, name: str) -> Path:
    return cache.folder / name[:2] / name


def test_what_was_put_comes_back(cache: Cache) -> None:
    for value in (b"", b"value", bytes(range(256)) * 1000):
        cache.put(ONE, value)
        assert cache.get(ONE) == value
    assert cache.get(OTHER) is None


@given(st.lists(st.text(max_size=3) | st.binary(max_size=3), max_size=4), st.lists(st.text(max_size=3), max_size=4))
def test_different_parts_make_different_keys(parts: list[str | bytes], others: list[str]) -> None:
    assert (key(*parts) == key(*others)) == (parts == others)
    assert key("ab", "c") != key("a", "bc") != key("abc")
    assert len(key(*parts)) == 64


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_entries_are_for_their_owner_alone(cache: Cache) -> None:
    before = os.umask(0o000)
    try:
        cache.put(ONE, b"value")
    finally:
        os.umask(before)
    path = entry(cache, ONE)
    assert path.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (path.parent, cache.folder, cache.work)} == {0o700}
    assert (cache.work / ".gitignore").read_bytes() == b"*\n"


def delete(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def swap(path: Path) -> None:
    other = path.parents[1] / OTHER[:2] / OTHER
    data = path.read_bytes()
    path.write_bytes(other.read_bytes())
    other.write_bytes(data)


def make_folder(path: Path) -> None:
    path.unlink()
    (path / "x").mkdir(parents=True)


def make_link_to_nothing(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def put_file_for_folder(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.write_bytes(b"x")


def put_file_for_all(path: Path) -> None:
    shutil.rmtree(path.parents[1])
    path.parents[1].write_bytes(b"x")


def remove_all(path: Path) -> None:
    shutil.rmtree(path.parents[2])


DAMAGES = [
    delete,
    truncate,
    empty,
    flip,
    swap,
    make_folder,
    make_link_to_nothing,
    put_file_for_folder,
    put_file_for_all,
    remove_all,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_H06_every_damage_is_a_miss_and_heals(cache: Cache, damage: Callable[[Path], None]) -> None:
    cache.put(ONE, b"value of one")
    cache.put(OTHER, b"value of the other")
    damage(entry(cache, ONE))
    assert cache.get(ONE) is None
    assert cache.get(OTHER) in {None, b"value of the other"}
    cache.put(ONE, b"value of one")
    assert cache.get(ONE) == b"value of one"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_H06_an_entry_that_cannot_be_read_is_a_miss_and_heals() -> None:
    before = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        os.seteuid(before or 65534)  # root may read everything
        try:
            cache = Cache(Path(folder) / ".castsite")
            cache.put(ONE, b"value")
            entry(cache, ONE).chmod(0)
            assert cache.get(ONE) is None
            cache.put(ONE, b"value")
            assert cache.get(ONE) == b"value"
        finally:
            os.seteuid(before)


@given(st.binary(max_size=40), st.data())
def test_P12_no_change_of_an_entry_gives_another_value(value: bytes, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder))
        cache.put(ONE, value)
        whole = entry(cache, ONE).read_bytes()
        cut = data.draw(st.integers(0, len(whole)))
        mutated = whole[:cut] + data.draw(st.binary(max_size=4)) + whole[data.draw(st.integers(cut, len(whole))) :]
        entry(cache, ONE).write_bytes(mutated)
        assert cache.get(ONE) == (value if mutated == whole else None)
        cache.put(ONE, value)
        assert cache.get(ONE) == value


def test_a_key_of_another_form_is_a_mistake_of_the_caller(cache: Cache) -> None:
    with pytest.raises(ValueError, match="non-hexadecimal"):
        cache.put("../../x", b"")


def test_H03_a_cache_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / ".castsite").write_bytes(b"")
    with pytest.raises(StorageError, match="work folder") as caught:
        Cache(tmp_path / ".castsite").put(ONE, b"value")
    assert caught.value.exit_code == 5
    travelled = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  as from a worker process
    assert travelled.problems == caught.value.problems


def test_what_the_last_build_did_not_use_goes_when_there_is_too_much_of_it(tmp_path: Path) -> None:
    names = [key(str(n)) for n in range(10)]
    first = Cache(tmp_path)
    for name in names:
        first.put(name, bytes(68))  # 100 bytes with the digest
    (tmp_path / "cache" / names[0][:2] / ".cs-0123.tmp").write_bytes(b"torn")
    assert first.prune(names, spare=0) == 1
    build = Cache(tmp_path)
    assert build.prune(names[:4], spare=600) == 0
    assert build.prune(names[:4], spare=350) == 3
    left = [name for name in names if build.get(name) is not None]
    assert set(names[:4]) <= set(left)
    assert len(left) == 7


def test_pruning_passes_over_what_is_no_entry(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(ONE, b"value")
    (tmp_path / "cache" / OTHER[:2]).write_bytes(b"a file")
    (entry(cache, ONE).parent / "a folder").mkdir()
    assert Cache(tmp_path).prune((), spare=0) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_H03_a_cache_that_cannot_be_removed_is_a_storage_error() -> None:
    before = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        os.seteuid(before or 65534)
        try:
            cache = Cache(Path(folder) / ".castsite")
            cache.put(ONE, b"value")
            entry(cache, ONE).parent.chmod(0o555)
            assert Cache(cache.work).prune((), spare=0) == 0
            with pytest.raises(StorageError):
                cache.clear()
        finally:
            os.seteuid(before)


def test_pruning_a_cache_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    assert Cache(tmp_path).prune(()) == 0
    Cache(tmp_path).clear()


def test_clearing_leaves_the_rest_of_the_work_folder_alone(cache: Cache) -> None:
    cache.put(ONE, b"value")
    (cache.work / "audit.log").write_bytes(b"kept")
    cache.clear()
    assert sorted(path.name for path in cache.work.iterdir()) == [".gitignore", "audit.log"]


def test_no_temporary_file_stays_behind(cache: Cache) -> None:
    for n in range(20):
        cache.put(key(str(n)), b"x")
    assert not list(cache.folder.rglob(".cs-*"))


def test_the_code_version_names_everything_values_depend_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = ["build.py", "render/pages.py", "serve/scripts/live.js", "_assets/stamp"]
    others = ["_assets/player/player.js", "render/__pycache__/pages.py", "render/pages.txt"]
    for name in (*files, *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one", "utf-8")
    monkeypatch.setattr("castsite.cache.__file__", str(tmp_path / "cache.py"))
    versions = [code_version.__wrapped__()]
    for name in files:
        (tmp_path / name).write_text("other", "utf-8")
        versions.append(code_version.__wrapped__())
    (tmp_path / "build.py").rename(tmp_path / "made.py")
    versions.append(code_version.__wrapped__())
    for name in others:
        (tmp_path / name).write_text("other", "utf-8")
    assert code_version.__wrapped__() == versions[-1]
    assert len(set(versions)) == len(versions) == len(files) + 2
    assert {len(version) for version in versions} == {64}
    assert dict(_versions()) == {name: importlib.metadata.version(name) for name in DEPENDENCIES}


def test_many_may_make_room_at_once(tmp_path: Path) -> None:
    names = [key(str(number)) for number in range(400)]
    for turn in range(8):  # it is a race
        cache = Cache(tmp_path / str(turn))
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(cache.put, names, [b"value"] * len(names)))
        assert all(cache.get(name) == b"value" for name in names)
