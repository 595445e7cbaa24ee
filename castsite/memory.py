"""What was found out before about many small things, by their names: one SQLite file, written by the build alone.

Each value was made under a key, a digest of all it depends on, and is given for no other: so none is ever wrong, only
there or not. A file that is damaged in any way counts as empty and is made anew. What is large, and what workers find
out, is in `cache.py`; `docs/decisions/0004-memory.md` has the numbers.

A server builds again and again in one process: what costs as much to write down as to make is `Kept` from one build to
the next.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from operator import is_
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec

from castsite.errors import StorageError
from castsite.workfolder import prepare

T = TypeVar("T")

NAME: Final = "memory.sqlite3"
"""Name of the file in the folder of the cache."""

_SEAL: Final = 16
_PATIENCE: Final = 2  # seconds for another build to end its transaction
_AT_ONCE: Final = 256
"""values that wait to be written, or are read together, where they are not held anyway"""
_PASSING: Final = frozenset(  # low bytes of SQLite's codes that say nothing against the file itself
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM,
    }
)  # fmt: skip
_TABLE: Final = "CREATE TABLE IF NOT EXISTS {} (name TEXT PRIMARY KEY, key BLOB NOT NULL, value BLOB NOT NULL)"


class Memory:
    """What a project remembers. Without a folder it lasts as long as the process."""

    def __init__(self, work: Path | None = None, version: str = "") -> None:
        """`work` is the work folder; `version` is a digest of the code that values depend on."""
        self.salt = hashlib.blake2b(version.encode(), digest_size=_SEAL).digest()
        self._work = work
        self._file = (work or Path()) / "cache" / NAME  # it is asked for thousands of times
        self._connections: dict[int, sqlite3.Connection] = {}
        self._inode: int | None = None
        self._tables: set[str] = set()
        self._stores: dict[str, Store[Any]] = {}
        self._kept: dict[str, Kept[Any]] = {}

    def kept(self, name: str, _kind: type[T], key: object = None) -> Kept[T]:
        """Give what the last build of this process kept of one kind, once in each build; nothing under another key."""
        last = self._kept.get(name)
        found = self._kept[name] = last.following(key) if last else Kept(key)
        return found

    def store(self, name: str, kind: type[T], *, held: bool = True, dated: bool = False) -> Store[T]:
        """Give what is remembered of one kind; a name is a word that SQL knows as an identifier.

        `held`: all of it is read at once, and values are kept in memory, else one by one where they are asked for.
        `dated`: moments in it keep their offsets, which MessagePack would lose; values are written as JSON.
        """
        if name not in self._stores:
            form = msgspec.json if dated else msgspec.msgpack
            held = held or self._work is None
            self._stores[name] = Store(self, name, form.Decoder(kind), form.Encoder(), held=held)
        return self._stores[name]

    def save(self) -> None:
        """Write down what has changed, if there is a folder. What cannot be written costs time later, nothing else."""
        for store in self._stores.values() if self._work else ():
            store.save()

    def settle(self) -> None:
        """Let go of what the last build but one of this process made; called when a build has ended."""
        for kept in self._kept.values():
            kept.settle()

    def close(self) -> None:
        """Let go of the file; what was read stays."""
        connection = self._connections.pop(os.getpid(), None)
        if connection:
            connection.close()

    @contextmanager
    def transaction(self, table: str) -> Iterator[sqlite3.Connection]:
        """Give the database for one transaction. Raises sqlite3.Error where there is none, after removing a bad one."""
        if self._work is None:
            raise sqlite3.OperationalError
        try:
            connection = self._connection(self._work)
            with connection:
                if table not in self._tables:
                    connection.execute(_TABLE.format(table))
                    self._tables.add(table)
                yield connection
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING:
                raise
            self.close()
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
            raise

    def _connection(self, work: Path) -> sqlite3.Connection:
        """Open the file once in each process: a connection must not be taken along into a copy.

        It is opened anew when it is another one, or gone: somebody has emptied the cache.
        """
        connection = self._connections.get(os.getpid())
        if connection and self._inode != _inode(self._file):
            self.close()
            connection = None
        if connection is None:
            with suppress(OSError, StorageError):
                prepare(work)
                self._file.parent.mkdir(mode=0o700, exist_ok=True)
            connection = sqlite3.connect(self._file, timeout=_PATIENCE, check_same_thread=False)
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA secure_delete = ON")  # what became private must not stay in free pages
            self._connections[os.getpid()], self._inode = connection, _inode(self._file)
            self._tables = set()
        return connection


def _inode(file: Path) -> int | None:
    try:
        return file.stat().st_ino
    except OSError:
        return None


class Store(msgspec.Struct, Generic[T], eq=False):
    """Values of one kind by name."""

    memory: Memory
    name: str
    decoder: msgspec.msgpack.Decoder[T] | msgspec.json.Decoder[T]
    encoder: msgspec.msgpack.Encoder | msgspec.json.Encoder
    held: bool = True
    _values: dict[str, tuple[bytes, T]] = msgspec.field(default_factory=dict)
    """what was asked for or put, with its key"""
    _rows: dict[str, _Row] | None = None
    """what the file had when it was first asked for, but for what was asked for since"""
    _new: dict[str, _Row] = msgspec.field(default_factory=dict)
    _gone: set[str] = msgspec.field(default_factory=set)
    _last: tuple[bytes, bytes] = b"", b""
    """a key and what it is salted: that of many names is the same"""
    _there: set[str] | None = None
    """names that the file has, once one was not there; what others put there meanwhile is made again"""

    def get(self, name: str, key: bytes) -> T | None:
        """Give the value of a name, if it was made under this key."""
        if known := self._values.get(name):
            return known[1] if known[0] == key else None
        value = self._decoded(name, key, self._row(name))
        if value is not None and self.held:
            self._values[name] = key, value
            self._loaded().pop(name, None)  # it is not kept twice
        return value

    def each(self, names: Iterable[str], key: bytes) -> Iterator[T | None]:
        """Give the values of many names in their order. Of what is not held, few are in memory at once."""
        left = iter(names)
        while some := tuple(islice(left, _AT_ONCE)):
            if self.held:
                yield from (self.get(name, key) for name in some)
                continue
            marks = ",".join("?" * len(some))
            query = f"SELECT name, key, value FROM {{}} WHERE name IN ({marks})"  # noqa: S608 - nothing but marks
            rows = {name: (made_under, value) for name, made_under, value in self._selected(query, *some)}
            for name in some:
                waits = name in self._new or name in self._gone
                yield self._decoded(name, key, self._new.get(name) if waits else rows.get(name))

    def put(self, name: str, key: bytes, value: T) -> None:
        """Remember a value."""
        self.put_encoded(name, key, self.encoder.encode(value))
        if self.held:
            self._values[name] = key, value

    def put_encoded(self, name: str, key: bytes, data: bytes) -> None:
        """Remember a value that is written already."""
        salted = self._salted(key)
        self._values.pop(name, None)
        self._new[name] = salted, _seal(name, salted, data) + data
        self._gone.discard(name)
        if not self.held and len(self._new) >= _AT_ONCE:
            self.save()

    def keep(self, names: Collection[str]) -> None:
        """Forget all but these names."""
        for name in self._names().difference(names):
            for known in (self._values, self._new, self._rows or {}):
                known.pop(name, None)
            self._gone.add(name)

    def save(self) -> None:
        """Write down what has changed."""
        if not self._new and not self._gone:
            return
        with suppress(sqlite3.Error), self.memory.transaction(self.name) as database:
            rows = ((name, key, value) for name, (key, value) in self._new.items())
            database.executemany(f"INSERT OR REPLACE INTO {self.name} VALUES (?, ?, ?)", rows)  # noqa: S608 - our names
            database.executemany(f"DELETE FROM {self.name} WHERE name = ?", ((name,) for name in self._gone))  # noqa: S608
        if self._there is not None:
            self._there |= self._new.keys()
        self._new.clear()
        self._gone.clear()

    def _row(self, name: str) -> _Row | None:
        if name in self._new or name in self._gone:
            return self._new.get(name)
        if self.held:
            return self._loaded().get(name)
        if self._there is not None and name not in self._there:
            return None
        found = self._selected("SELECT key, value FROM {} WHERE name = ?", name)
        if not found and self._there is None:  # of a new site nothing is there: it is not asked for one by one
            self._there = {name for (name,) in self._selected("SELECT name FROM {}")}
        return found[0] if found else None

    def _loaded(self) -> dict[str, _Row]:
        if self._rows is None:
            found = self._selected("SELECT name, key, value FROM {}")
            self._rows = {name: (key, value) for name, key, value in found}
        return self._rows

    def _names(self) -> set[str]:
        there = self._rows if self._rows is not None else (name for (name,) in self._selected("SELECT name FROM {}"))
        return {*there, *self._new, *self._values}

    def _selected(self, query: str, *values: str) -> list[Any]:
        found: list[Any] = []
        with suppress(sqlite3.Error), self.memory.transaction(self.name) as database:
            found = database.execute(query.format(self.name), values).fetchall()
        return found

    def _decoded(self, name: str, key: bytes, row: _Row | None) -> T | None:
        if row is None or row[0] != self._salted(key):
            return None
        salted, value = row
        with suppress(msgspec.MsgspecError, ValueError, TypeError):  # of a damaged file even the types may be others
            data = value[_SEAL:]
            if value[:_SEAL] == _seal(name, salted, data):
                return self.decoder.decode(data)
        return None

    def _salted(self, key: bytes) -> bytes:
        last, salted = self._last  # another thread may ask for another one meanwhile
        if not salted or last != key:
            salted = hashlib.blake2b(key, digest_size=_SEAL, key=self.memory.salt).digest()
            self._last = key, salted
        return salted


class Kept(Generic[T]):
    """Values by name that were made by the last build, and those that are made by this one.

    One is given again as long as it would be made from the very same objects. They are not compared by what they are
    equal to: moments are equal that are written differently.
    """

    __slots__ = ("_before", "_key", "_now")

    def __init__(self, key: object = None, before: dict[str, tuple[tuple[object, ...], T]] | None = None) -> None:
        self._key = key
        self._before = before or {}
        self._now: dict[str, tuple[tuple[object, ...], T]] = {}

    def following(self, key: object) -> Kept[T]:
        """Begin the next build."""
        return Kept(key, self._now if key == self._key else None)

    def get(self, name: str, *parts: object) -> T | None:
        """Give the value of a name that was made from these parts."""
        found = self._before.get(name)
        if found is None:
            return None
        before, value = found
        if len(before) != len(parts) or not all(map(is_, before, parts)):
            return None
        self._now[name] = found
        return value

    def before(self, name: str) -> T | None:
        """Give the last value of a name, whatever it was made from."""
        found = self._before.get(name)
        return found[1] if found else None

    def put(self, name: str, value: T, *parts: object) -> T:
        """Keep a value for the next build."""
        self._now[name] = parts, value
        return value

    def forget(self, names: Iterable[str]) -> None:
        """Keep nothing under these names."""
        for name in names:
            self._before.pop(name, None)
            self._now.pop(name, None)

    def settle(self) -> None:
        """Keep nothing but what this build has made or asked for."""
        self._before = {}


_Row = tuple[bytes, bytes]
"""Key, salted with the version of the code; value behind its seal."""


def _seal(name: str, key: bytes, data: bytes) -> bytes:
    """Digest of an entry, with its name and key, so that entries that changed places are found out."""
    return hashlib.blake2b(b"%d:%s%s%s" % (len(name), name.encode(), key, data), digest_size=_SEAL).digest()
