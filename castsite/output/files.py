"""The few file operations that publishing needs, so that a test can let each of them be the last."""

from __future__ import annotations

import os
import stat
import struct
import sys
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

_STAMP: Final = struct.Struct("<qqqQ")
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class Kind(Enum):
    """What stands under a name; links are not followed."""

    FILE = auto()
    READ_ONLY = auto()
    """a regular file that nobody may write to; Windows would not let it be replaced either"""
    FOLDER = auto()
    OTHER = auto()
    """a link, a device, a pipe"""


class Entry(NamedTuple):
    """A name in a folder. `stamp`: 32 bytes that change whenever the file is written, replaced or moved.

    They begin with its size, which `size_in` reads.
    """

    name: str
    kind: Kind
    stamp: bytes


class FileSystem(Protocol):
    """Paths are absolute and `/`-separated. All operations raise OSError with the path in it."""

    def entries(self, folder: str) -> list[Entry]:
        """List a folder, in no order."""

    def entry(self, path: str) -> Entry | None:
        """Look at what stands there; None when nothing does."""

    def read(self, path: str) -> bytes:
        """Read a whole file."""

    def create(self, path: str, data: bytes | bytearray, *, sync: bool = False) -> None:
        """Make a new file, never opening what is there already; `sync` waits until it is on the disk."""

    def replace(self, source: str, target: str) -> None:
        """Put a file in another's place, at once."""

    def remove(self, path: str) -> None:
        """Remove a file or a link."""

    def make_folder(self, path: str) -> None:
        """Make a folder in one that exists."""

    def remove_folder(self, path: str) -> bool:
        """Remove a folder; False when something is in it."""

    def sync_folder(self, path: str) -> None:
        """Wait until the names in a folder are on the disk."""


class Disk:
    """The file system of the machine."""

    def entries(self, folder: str) -> list[Entry]:
        """List with one call for the folder and one for each file."""
        with os.scandir(folder) as found:
            if sys.platform == "win32":  # a listing knows no file numbers there
                return [_entry(item.name, os.lstat(item.path)) for item in found]
            return [_entry(item.name, item.stat(follow_symlinks=False)) for item in found]

    def entry(self, path: str) -> Entry | None:
        """Look without following a link."""
        try:
            return _entry(path.rpartition("/")[2], os.lstat(path))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read(self, path: str) -> bytes:
        """Read the whole file."""
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  paths are text here, a Path for each costs more
            return file.read()

    def create(self, path: str, data: bytes | bytearray, *, sync: bool = False) -> None:
        """Create with 0666 less the umask: the 0600 of `tempfile` would survive the rename, and servers refuse it."""
        handle = os.open(path, _NEW, 0o666)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            if sync:
                os.fsync(handle)
        except OSError as fault:
            raise OSError(fault.errno, fault.strerror, path) from fault  # a write by handle does not know its path
        finally:
            os.close(handle)

    def replace(self, source: str, target: str) -> None:
        """Rename over whatever file or link is there."""
        os.replace(source, target)  # noqa: PTH105  paths are text here

    def remove(self, path: str) -> None:
        """Unlink."""
        os.unlink(path)  # noqa: PTH108  paths are text here

    def make_folder(self, path: str) -> None:
        """Make it with 0777 less the umask."""
        os.mkdir(path)  # noqa: PTH102  paths are text here

    def remove_folder(self, path: str) -> bool:
        """Remove it if it is empty."""
        with os.scandir(path) as found:
            if next(found, None) is not None:
                return False
        os.rmdir(path)  # noqa: PTH106  paths are text here
        return True

    def sync_folder(self, path: str) -> None:
        """Flush the folder, where the system can open one."""
        if sys.platform != "win32":
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


DISK: Final = Disk()


def size_in(stamp: bytes) -> int:
    """Read from a stamp how many bytes the file has."""
    return int.from_bytes(stamp[:8], "little")


def sizes_in(stamps: bytes) -> Iterator[int]:
    """Read the same from each of some stamps, joined."""
    return (size for size, *_ in _STAMP.iter_unpack(stamps))


def is_moved(before: bytes, after: bytes) -> bool:
    """Whether two stamps are of the same bytes in the same file, under another name: only its status has changed."""
    return before[:16] == after[:16] and before[24:] == after[24:]


def _entry(name: str, found: os.stat_result) -> Entry:
    stamp = _STAMP.pack(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino & 0xFFFF_FFFF_FFFF_FFFF)
    return Entry(name, _kind(found.st_mode), stamp)


@lru_cache  # a site has files of two or three modes
def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return Kind.FILE if mode & 0o222 else Kind.READ_ONLY
    return Kind.FOLDER if stat.S_ISDIR(mode) else Kind.OTHER
