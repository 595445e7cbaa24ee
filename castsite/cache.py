"""What was computed before, by content: small files in the work folder, each with its own digest.

A key is made of everything the value depends on, so an entry is never wrong, only there or not. Whatever is damaged,
unreadable or of another version counts as not there and is written anew.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from castsite.regex import regex
from castsite.safety.encrypt import close, disclose
from castsite.workfolder import prepare, refusal

SPARE_SIZE: Final = 256 * 1024 * 1024
"""Bytes of entries that a build may leave unused in the cache: going back to an earlier state stays fast."""

DEPENDENCIES: Final = (
    "babel",
    "jinja2",
    "markdown-it-py",
    "markupsafe",
    "mdit-py-plugins",
    "msgspec",
    "nh3",
    "pillow",
    "pyavt",
    "pygments",
    "pyyaml",
)
"""Packages whose version can change what is computed."""

_NO_CODE: Final = ("_assets", "__pycache__")
_INSTALLED: Final = regex(r"([A-Za-z0-9._]+)-([^-]+)\.dist-info")
_DIGEST_SIZE: Final = 32
_FOLDER: Final = "cache"
_TEMPORARY: Final = ".cs-"
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def key(*parts: bytes | str) -> str:
    """Make the key of a value from all it depends on: 64 hexadecimal digits.

    Each part counts with its kind and length, so that no two lists of parts run into one another.
    """
    return Keys().key(*parts)


class Keys:
    """Makes keys whose first parts are the same."""

    __slots__ = ("_begun",)

    def __init__(self, *parts: bytes | str) -> None:
        """Begin with parts that all keys have."""
        self._begun = hashlib.sha256()
        _add(self._begun, parts)

    def key(self, *parts: bytes | str) -> str:
        """Make the key of those and others after them."""
        digest = self._begun.copy()
        _add(digest, parts)
        return digest.hexdigest()


def _add(digest: hashlib._Hash, parts: Iterable[bytes | str]) -> None:
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        digest.update(b"%s%d:" % (b"b" if data is part else b"s", len(data)) + data)


@cache
def code_version() -> str:
    """Give a digest of all code that values depend on: castsite's own, its dependencies' versions, Python's."""
    package = Path(__file__).parent
    parts: list[bytes | str] = [sys.version, unicodedata.unidata_version]
    stamp = package / "_assets" / "stamp"  # of the typefaces that pictures are drawn with
    for path in (*sorted(_code(str(package))), *([str(stamp)] if stamp.is_file() else ())):
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  hundreds, in each build
            parts += (path.removeprefix(str(package)), file.read())
    return key(*parts, *(f"{name} {version}" for name, version in _versions()))


@dataclass(frozen=True, slots=True)
class Cache:
    """The entries below a work folder. Several processes may use them at once; any may vanish at any time."""

    work: Path
    behind: Cache | None = None
    """asked for what is not here, never written to"""
    seal: bytes | None = field(default=None, repr=False)
    """a key of 32 bytes: without it nobody reads the entries, or finds out what they are of"""

    @property
    def folder(self) -> Path:
        """Where the entries are, in folders of the first two digits of their keys."""
        return self.work / _FOLDER

    def get(self, name: str) -> bytes | None:
        """Give the value of a key; None when there is none, or it is damaged in any way."""
        value = self._read(self.named(name))
        if value is not None and self.seal:
            value = disclose(value, self.seal, self.named(name).encode())
        return self.behind.get(name) if value is None and self.behind else value

    def put(self, name: str, value: bytes) -> None:
        """Keep the value of a key, whatever stands in its place. Raises StorageError when that is not possible."""
        name = self.named(name)
        if self.seal:
            value = close(value, self.seal, name.encode())
        path = self._path(name)
        data = _seal(name, value) + value
        try:
            try:
                _write(path, data)
            except OSError:  # no folder yet, or something that is no entry
                self._make_room(Path(path))
                _write(path, data)
        except OSError as fault:
            raise refusal(self.work, fault) from fault

    def named(self, name: str) -> str:
        """Give what an entry is called on the disk."""
        return hmac.digest(self.seal, name.encode(), "sha256").hex() if self.seal else name

    def prune(self, keep: Iterable[str], *, spare: int = SPARE_SIZE) -> int:
        """Remove entries other than those to keep, when they are more than `spare` bytes.

        Returns how many were removed; what cannot be removed stays. Which go is a matter of their names, for a time of
        last use would not be true.
        """
        kept = frozenset(keep)
        unused = [(path, size) for path, size in self._entries() if path.name not in kept]
        excess = sum(size for _, size in unused) - spare
        removed = 0
        for path, size in unused:
            if excess > 0 or path.name.startswith(_TEMPORARY):
                with suppress(OSError):
                    path.unlink()
                    excess -= size
                    removed += 1
        return removed

    def clear(self) -> None:
        """Remove the cache, and nothing else in the work folder. Raises StorageError when that is not possible."""
        try:
            if self.folder.is_symlink() or not self.folder.is_dir():
                self.folder.unlink(missing_ok=True)
            else:
                shutil.rmtree(self.folder)
        except OSError as fault:
            raise refusal(self.work, fault) from fault

    def _read(self, name: str) -> bytes | None:
        try:
            with open(self._path(name), "rb", buffering=0) as file:  # noqa: PTH123 - a Path for each costs more
                entry = file.read()
        except OSError:
            return None
        value = entry[_DIGEST_SIZE:]
        return value if entry[:_DIGEST_SIZE] == _seal(name, value) else None

    def _path(self, name: str) -> str:
        return f"{self.work}/{_FOLDER}/{name[:2]}/{name}"

    def _make_room(self, path: Path) -> None:
        """Make the folder of an entry, and remove what is no entry from its place."""
        prepare(self.work)
        for folder in (self.folder, path.parent):
            try:
                folder.mkdir(mode=0o700, exist_ok=True)  # another worker may make it at the same moment
            except FileExistsError:  # something that is no folder
                folder.unlink()
                folder.mkdir(mode=0o700)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)

    def _entries(self) -> Iterator[tuple[Path, int]]:
        """Give all entries with their sizes, in the order of their names."""
        for folder in sorted(self.folder.glob("??")):
            files: list[tuple[str, int]] = []
            with suppress(OSError), os.scandir(folder) as found:  # another build may be pruning too
                entries = (item for item in found if item.is_file(follow_symlinks=False))
                files.extend((item.name, item.stat(follow_symlinks=False).st_size) for item in entries)
            yield from ((folder / name, size) for name, size in sorted(files))


def _seal(name: str, value: bytes) -> bytes:
    """Give the digest of an entry; with its key, so that entries that changed places are found out."""
    return hashlib.sha256(bytes.fromhex(name) + value).digest()


def _write(path: str, data: bytes) -> None:
    """Replace a file at once, readable by its owner alone."""
    temporary = f"{path.rpartition('/')[0]}/{_TEMPORARY}{os.urandom(8).hex()}.tmp"
    try:
        with os.fdopen(os.open(temporary, _NEW, 0o600), "wb") as file:
            file.write(data)
        os.replace(temporary, path)  # noqa: PTH105 - paths are text here
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108
        raise


def _code(package: str) -> Iterator[str]:
    for folder, inner, names in os.walk(package):
        inner[:] = [name for name in inner if name not in _NO_CODE]
        yield from (os.path.join(folder, name) for name in names if name.endswith((".py", ".js")))  # noqa: PTH118


def _versions() -> Iterator[tuple[str, str]]:
    """Give the installed versions of what values depend on.

    They stand in the names of the folders beside the packages; `importlib.metadata` takes 40 ms to say the same.
    """
    found: dict[str, str] = {}
    for folder in filter(os.path.isdir, reversed(sys.path)):
        for name in os.listdir(folder or "."):  # noqa: PTH208  names are all that is needed
            if match := _INSTALLED.fullmatch(name):
                found[match[1].lower().replace("_", "-").replace(".", "-")] = match[2]
    return ((name, found.get(name) or _version(name)) for name in DEPENDENCIES)


def _version(name: str) -> str:
    from importlib import metadata  # noqa: PLC0415  slow to import, and rarely needed

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
