"""What it costs to remember many small values: one SQLite file, one file each, one file for all.

    python benchmarks/stores.py [--count N] [--size BYTES] [--rounds N]

Written and read are N values of about SIZE bytes under keys of 32 bytes, with a digest over each, in a folder on the
disk beside this file's project: cold (all written), warm (all read), and one changed (all read, one written).
Milliseconds of the clock, medians; the last column is the size of what lies on the disk.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec

Values = Mapping[bytes, bytes]


def _sealed(name: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(name + value, digest_size=16).digest() + value


def _opened(name: bytes, sealed: bytes) -> bytes:
    value = sealed[16:]
    assert sealed == _sealed(name, value)
    return value


class Files:
    """A file for each value, in folders of the first two digits of its key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, values: Values) -> None:
        """Write values, each in place at once."""
        for name, value in values.items():
            path = self._path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_suffix(".tmp")
            temporary.write_bytes(_sealed(name, value))
            temporary.replace(path)

    def read(self, names: list[bytes]) -> None:
        """Read values."""
        for name in names:
            _opened(name, self._path(name).read_bytes())

    def _path(self, name: bytes) -> Path:
        text = name.hex()
        return self.folder / text[:2] / text


class Database:
    """One SQLite file, written in transactions and not synced: what is lost is made again."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "memory.sqlite3"

    def write(self, values: Values) -> None:
        """Write values in one transaction."""
        with closing(self._open()) as database, database:
            rows = ((name, _sealed(name, value)) for name, value in values.items())
            database.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?)", rows)

    def read(self, names: list[bytes]) -> None:
        """Read all values at once, and find those that are asked for."""
        with closing(self._open()) as database:
            found = dict(database.execute("SELECT name, value FROM entry"))
        for name in names:
            _opened(name, found[name])

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path)
        database.execute("PRAGMA synchronous = OFF")
        database.execute("CREATE TABLE IF NOT EXISTS entry (name BLOB PRIMARY KEY, value BLOB)")
        return database


class Ledger:
    """All values in one file, which is written anew for each change."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ledger"
        self.known: dict[bytes, bytes] = {}

    def write(self, values: Values) -> None:
        """Write what was read, and values."""
        data = msgspec.msgpack.encode(self.known | dict(values))
        temporary = self.path.with_suffix(".tmp")
        temporary.write_bytes(_sealed(b"", data))
        temporary.replace(self.path)

    def read(self, names: list[bytes]) -> None:
        """Read everything."""
        self.known = msgspec.msgpack.decode(_opened(b"", self.path.read_bytes()), type=dict[bytes, bytes])
        assert all(name in self.known for name in names)


WORK: Final = Path(__file__).parents[1] / ".castsite"
"""On a disk, as what is remembered."""
STORES: Final[Mapping[str, Callable[[Path], Files | Database | Ledger]]] = {
    "one SQLite file": Database,
    "a file each": Files,
    "one file for all": Ledger,
}


def main() -> None:
    """Print the table."""
    options = _options()
    rng = random.Random(1)  # noqa: S311 - values
    values = {
        os.urandom(32): rng.randbytes(rng.randint(options.size // 2, options.size * 3 // 2))
        for _ in range(options.count)
    }
    names = list(values)
    one = {names[0]: values[names[0]]}
    times: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in STORES}
    WORK.mkdir(exist_ok=True)
    for _ in range(options.rounds):
        for name, make in STORES.items():
            folder = Path(tempfile.mkdtemp(prefix="castsite-stores-", dir=WORK))
            store = make(folder)
            clock = [time.perf_counter()]
            store.write(values)
            clock.append(time.perf_counter())
            store.read(names)
            clock.append(time.perf_counter())
            store.read(names)
            store.write(one)
            clock.append(time.perf_counter())
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            cold, warm, changed = (1000 * (after - before) for before, after in pairwise(clock))
            times[name].append((cold, warm, changed, size / 1e6))
            shutil.rmtree(folder)
    print(f"{options.count} values of {options.size} bytes{'cold':>12}{'warm':>8}{'one':>8}{'MB':>8}")
    for name, rows in times.items():
        middle = [statistics.median(column) for column in zip(*rows, strict=True)]
        print(f"{name:26}{middle[0]:16.0f}{middle[1]:8.0f}{middle[2]:8.0f}{middle[3]:8.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--size", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
