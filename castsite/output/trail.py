"""The audit trail: lines of JSON in the work folder, one for each change of what is published of an item.

It is its own memory: the last line about an item says what stands. So there is no second file that could disagree, and
a line that a build could not write any more is written by the next one. A file that has grown large is put aside as
`audit.1.jsonl`, and so on up to `audit.9.jsonl`; the new one begins with a line for everything that stands, so that the
older ones may go. A line that is torn is none: it is ignored, and cut off before the next is written.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

import msgspec

from castsite.errors import Place, Problem, Severity, StorageError
from castsite.files import open_regular
from castsite.limits import MIB
from castsite.output.lock import turn
from castsite.workfolder import prepare, refusal

NAME: Final = "audit.jsonl"
KEPT: Final = 9
"""Files put aside that are kept."""
MOST: Final = MIB
"""Bytes of a file from which on it is put aside, what stood when it began not counted."""

Action = Literal[
    "published",
    "found",
    "changed",
    "made-public",
    "made-unlisted",
    "made-private",
    "expired",
    "held-back",
    "removed",
    "standing",
]
ACTIONS: Final[tuple[Action, ...]] = tuple(action for action in get_args(Action) if action != "standing")
"""What can have happened to an item: all but `standing`, which only says what stood when a file was begun."""

State = Literal["public", "unlisted", "private", "expired", "held-back", "gone"]


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line. Neither content nor titles, and of credentials the names of rules alone."""

    time: str
    """UTC, RFC 3339"""
    action: Action
    item: str
    """path of the source relative to the project"""
    state: State
    """what the item is from then on"""
    output: str
    """the output folder, relative to the project where it lies in it"""
    address: str = ""
    """relative to that of the site"""
    digest: str = ""
    """of the published cast, or of a text's source: `sha256:` and 64 digits"""
    rules: tuple[str, ...] = ()
    """by which something is held back"""
    because: str = ""
    """code of the message that says why something is not there"""


class Trail(NamedTuple):
    """All that is kept, the oldest first. `damaged` counts lines that are none."""

    entries: tuple[Entry, ...]
    damaged: int


Standing = dict[tuple[str, str], Entry]
"""Output and item → the last line about it, where there is something to say."""

_DECODER: Final = msgspec.json.Decoder(Entry)
_ENCODER: Final = msgspec.json.Encoder()
_OPENED: Final = os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_CREATED: Final = _OPENED | os.O_CREAT | os.O_TRUNC


def read(work: Path) -> Trail | None:
    """Read all files, the oldest first; None when there is no trail. Raises StorageError.

    Builds may go on meanwhile: a file that is put aside between two looks is not read twice.
    """
    parts: list[Trail] = []
    seen: set[tuple[int, int]] = set()
    for path in (work / NAME, *(_aside(work, number) for number in range(1, KEPT + 1))):
        try:
            with os.fdopen(_open(path), "rb") as file:
                found = os.fstat(file.fileno())
                if (found.st_dev, found.st_ino) not in seen:
                    seen.add((found.st_dev, found.st_ino))
                    parts.insert(0, _parsed(file.read()))
        except FileNotFoundError:
            continue
        except OSError as fault:
            text = f"cannot be read: {fault.strerror}; make it readable"
            raise StorageError(
                Problem(Severity.FATAL, Place(f"{work.name}/{path.name}"), "unreadable", text)
            ) from fault
    if not parts:
        return None
    return Trail(tuple(entry for part in parts for entry in part.entries), sum(part.damaged for part in parts))


class Pen(msgspec.Struct):
    """The newest file, held by one process at a time."""

    work: Path
    standing: Standing = msgspec.field(default_factory=dict)
    _whole: int = 0
    """bytes up to the end of the last whole line"""
    _own: int = 0
    """of them those that do not say what stood when the file was begun"""
    _begun: bool = False
    """whether there is a file to go on with"""

    def write(self, entries: Iterable[Entry]) -> None:
        """Add lines, all or none, and wait until they are on the disk. Raises OSError."""
        lines = [*entries]
        if not lines:
            return
        data = _lines(lines)
        if self._begun and self._own < MOST:
            self._append(data)
        else:
            self._begin(data)
        _stand(self.standing, lines)

    def look(self) -> None:
        """Read what stands. Raises OSError."""
        data = _bytes(self.work / NAME)
        self._begun = data is not None
        if data is None:  # none yet, or a process ended while it put the file aside
            data = _bytes(_aside(self.work, 1)) or b""
        for line in _whole_lines(data):
            size = len(line) + 1
            self._whole += size
            entry = _entry(line)
            self._own += size if entry is None or entry.action != "standing" else 0
            if entry:
                _stand(self.standing, [entry])

    def _append(self, data: bytes) -> None:
        handle = _open(self.work / NAME, _OPENED)
        try:
            os.ftruncate(handle, self._whole)
            try:
                _put(handle, data)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(handle, self._whole)
                raise
        finally:
            os.close(handle)
        self._whole += len(data)
        self._own += len(data)

    def _begin(self, data: bytes) -> None:
        """Put the file aside and begin a new one, made as a whole before."""
        stood = _lines(msgspec.structs.replace(entry, action="standing") for entry in self.standing.values())
        new = self.work / "audit.new"
        try:
            handle = os.open(new, _CREATED, 0o600)
            try:
                _put(handle, stood + data)
            finally:
                os.close(handle)
            if self._begun:
                for number in range(KEPT, 0, -1):
                    older = self.work / NAME if number == 1 else _aside(self.work, number - 1)
                    if older.exists():
                        older.replace(_aside(self.work, number))
            new.replace(self.work / NAME)
        except OSError:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise
        self._begun, self._own, self._whole = True, len(data), len(stood) + len(data)


@contextmanager
def opened(work: Path) -> Iterator[Pen]:
    """Hold the trail: what stands can be looked at, and lines can be added. Raises StorageError."""
    prepare(work)
    with ExitStack() as stack:
        try:
            stack.enter_context(turn(work / "audit.lock"))
            pen = Pen(work)
            pen.look()
            yield pen
        except OSError as fault:
            raise refusal(work, fault) from fault


def moment(clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> str:
    """Give the time as lines have it."""
    return f"{clock():%Y-%m-%dT%H:%M:%SZ}"


def _stand(standing: Standing, entries: Iterable[Entry]) -> None:
    for entry in entries:
        if entry.state == "gone":
            standing.pop((entry.output, entry.item), None)
        else:
            standing[entry.output, entry.item] = entry


def _lines(entries: Iterable[Entry]) -> bytes:
    return b"".join(_ENCODER.encode(entry) + b"\n" for entry in entries)


def _parsed(data: bytes) -> Trail:
    found = [_entry(line) for line in _whole_lines(data)]
    return Trail(tuple(entry for entry in found if entry), found.count(None))


def _whole_lines(data: bytes) -> list[bytes]:
    return data.split(b"\n")[:-1]  # what stands after the last line end is torn


def _entry(line: bytes) -> Entry | None:
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
        return _DECODER.decode(line)
    return None


def _put(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def _open(path: Path, flags: int = os.O_RDONLY) -> int:
    """Open what is there. Raises OSError, StorageError for what is no file."""
    try:
        return open_regular(path, flags)
    except OSError as fault:
        if fault.errno != errno.EINVAL:
            raise
        place = Place(f"{path.parent.name}/{path.name}")
        problem = Problem(Severity.FATAL, place, "not-a-file", "is not a regular file; remove it")
        raise StorageError(problem) from fault


def _bytes(path: Path) -> bytes | None:
    try:
        with os.fdopen(_open(path), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _aside(work: Path, number: int) -> Path:
    return work / f"audit.{number}.jsonl"
