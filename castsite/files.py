"""Files of a project, whatever they are: what the system says of them, reading without trusting a name, new ones."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import NamedTuple

from castsite.errors import printable

NO_FOLDER = "is no folder; put it into a folder of that name, or remove it"
"""What is wrong where something else stands in the place of a folder."""

_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_NO_FILE = "not a regular file"
_NO_LINKS = frozenset(
    {errno.EXDEV, errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
)
_RACE = 2_000_000_000  # nanoseconds that the times of a file system may be coarse, FAT's being the coarsest


class Stamp(NamedTuple):
    """What a file system says of a file without reading it. Times are nanoseconds."""

    size: int
    modified: int
    changed: int
    """when its status or its bytes changed, which no program can set"""
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Take from what the system says what a change of the file changes."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    def is_older(self, moment: int) -> bool:
        """Whether the file was as it is long enough before a moment: a later change must have another stamp.

        Source: git's rule for entries of its index that are racily clean (Documentation/technical/racy-git).
        """
        return max(self.modified, self.changed) < moment - _RACE

    def is_that_of(self, before: Stamp, moment: int) -> bool:
        """Whether the file is what it was when it had another stamp, which was looked at then."""
        return self == before and before.is_older(moment)


def open_regular(path: Path | str, flags: int = os.O_RDONLY, *, folder: int | None = None) -> int:
    """Open a regular file that is there, and give its handle; anything else, such as a pipe, is not waited for.

    Only what is open can be asked what it is: a name may be another file's by then. Raises OSError, EINVAL for what is
    no regular file.
    """
    try:
        handle = os.open(path, flags | _AT_ONCE, dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.EISDIR, errno.ENXIO} or (error.errno == errno.EACCES and Path(path).is_dir()):
            raise OSError(errno.EINVAL, _NO_FILE) from error
        raise
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise OSError(errno.EINVAL, _NO_FILE)


def read_regular(path: Path) -> bytes:
    """Read a regular file. Raises OSError as `open_regular`."""
    with os.fdopen(open_regular(path), "rb") as file:
        return file.read()


def read_source(content: Path, name: str, limit: int) -> bytes:
    """Read at most `limit` + 1 bytes of a regular file, following no link in any component of `name`.

    Raises OSError: ELOOP for a link, EINVAL for what is no regular file, and whatever the system says.
    """
    descriptor = _open(content, name)
    with os.fdopen(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        return file.read(min(limit, size) + 1)  # as much as asked for is allocated, whatever there is


def _open(content: Path, name: str) -> int:
    *folders, last = name.split("/")
    nofollow = getattr(os, "O_NOFOLLOW", 0)
    if not nofollow or os.open not in os.supports_dir_fd:  # Windows: the best that can be done
        path = content / name
        if any(part.is_symlink() for part in (path, *path.parents) if part.is_relative_to(content)):
            raise OSError(errno.ELOOP, "is a link")
        return open_regular(path)
    folder = os.open(content, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in folders:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | nofollow, dir_fd=folder)
            os.close(folder)
            folder = inner
        return open_regular(last, os.O_RDONLY | nofollow, folder=folder)
    finally:
        os.close(folder)


def create_file(path: Path, data: bytes) -> None:
    """Write a file where none is, of which nobody ever sees a part. Raises FileExistsError, and other OSErrors."""
    new = path.with_name(f".{os.urandom(8).hex()}.new")  # builds pass over it
    try:
        with os.fdopen(os.open(new, _NEW, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if not _linked(new, path):
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
            new.rename(path)
    finally:
        new.unlink(missing_ok=True)


def link_file(source: Path, target: Path) -> None:
    """Give a whole file a further name, or a copy of it where that cannot be; raises as `create_file` does."""
    if not _linked(source, target):
        create_file(target, source.read_bytes())


def _linked(source: Path, target: Path) -> bool:
    """Give a file a further name, where the file system can. Raises FileExistsError, and other OSErrors."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno in _NO_LINKS:
            return False
        raise
    return True


def describe_os_error(error: OSError, *, cure: str = "") -> str:
    """Say what kept a file or folder from being read, with the cure, or with that of who knows a better one."""
    if error.errno == errno.ELOOP:
        return "links are not followed; put the file itself here"
    if error.errno in {errno.EINVAL, errno.ENXIO, errno.ENOTDIR}:
        return f"{_NO_FILE}; {cure or 'put a file itself here'}"
    usual = "put it there" if error.errno == errno.ENOENT else "make it and its folder readable"
    return f"cannot be read: {printable(error.strerror or str(error))}; {cure or usual}"
