"""What lies in the content folder: found without following a link, read without trusting a name."""

from __future__ import annotations

import errno
import fnmatch
import os
import re
import stat
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from castsite.errors import Place, Problem, Severity, printable
from castsite.limits import Limits
from castsite.site.noise import is_no_content

COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
RECORDING = re.compile(rf"\.cast(?:{'|'.join(map(re.escape, COMPRESSED))})?$", re.IGNORECASE)
SECTION_NAMES = ("_index.md", "index.md")
_RACE = 2_000_000_000  # nanoseconds that the times of a file system may be coarse, FAT's being the coarsest
_JSON_CAST = re.compile(  # keys may stand in any order, and those of v1 after all of its output
    rb'^\s*\{(?:(?=[^\x00]*"stdout"\s*:\s*\[)|(?=[^\x00]*"version"\s*:\s*[123]\b)(?=[^\x00]*"(?:width|height|term)"\s*:))',
    re.DOTALL,
)
_SNIFF = 4096


class Kind(StrEnum):
    """What a content file is, by its name and its neighbours."""

    RECORDING = "recording"
    COMPANION = "companion"
    PAGE = "page"
    SECTION = "section"
    OTHER = "other"


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


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the content folder. `path` is NFC, relative to the project; `name` is as the file system spells it."""

    path: str
    name: str
    """path relative to the content folder, to open it by"""
    kind: Kind
    stamp: Stamp
    recording: str | None = None
    """of a companion: the path of its recording"""

    @property
    def folder(self) -> str:
        """Folder relative to the content folder, "" for the root, NFC."""
        return unicodedata.normalize("NFC", self.name.rpartition("/")[0])

    @property
    def stem(self) -> str:
        """File name without its ending, NFC."""
        return _stem(unicodedata.normalize("NFC", self.name.rpartition("/")[2]))


@dataclass(frozen=True, slots=True)
class Scan:
    """All files of a content folder in the order of their NFC paths, and what could not be taken."""

    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]
    moment: int
    """when the walk began, nanoseconds since 1970"""


def scan(content: Path, *, label: str, ignore: tuple[str, ...] = (), limits: Limits | None = None) -> Scan:
    """Walk the content folder; `label` is its path relative to the project. Links and devices are errors."""
    problems: list[Problem] = []
    moment = time.time_ns()
    walk = _Walk(label, ignore, limits or Limits(), problems)
    found = sorted(walk.files(content), key=lambda item: _nfc(item[0]))
    return Scan(tuple(_classify(content, label, found, problems)), tuple(problems), moment)


def read_source(content: Path, name: str, limit: int) -> bytes:
    """Read at most `limit` + 1 bytes of a regular file, following no link in any component of `name`.

    Raises OSError: ELOOP for a link, EINVAL for what is no regular file, and whatever the system says.
    """
    descriptor = _open(content, name)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return file.read(min(limit, status.st_size) + 1)  # as much as asked for is allocated, whatever there is


def _open(content: Path, name: str) -> int:
    *folders, last = name.split("/")
    nofollow = getattr(os, "O_NOFOLLOW", 0)
    if not nofollow or os.open not in os.supports_dir_fd:  # Windows: the best that can be done
        path = content / name
        if any(part.is_symlink() for part in (path, *path.parents) if part.is_relative_to(content)):
            raise OSError(errno.ELOOP, "is a link")
        return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    folder = os.open(content, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in folders:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | nofollow, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(last, os.O_RDONLY | nofollow | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)


@dataclass(slots=True)
class _Walk:
    """One walk over the content folder; collects problems on the way."""

    label: str
    ignore: tuple[str, ...]
    limits: Limits
    problems: list[Problem]

    def files(self, folder: Path, prefix: str = "", depth: int = 1) -> Iterator[tuple[str, Stamp]]:
        """Yield regular files: name relative to the content folder, stamp."""
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: _nfc(entry.name))
        except OSError as error:
            self._complain(prefix.rstrip("/"), "unreadable", describe_os_error(error))
            return
        unwanted = _any_of(self.ignore)
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if is_no_content(entry.name, at_top=not prefix, is_file=entry.is_file(follow_symlinks=False)):
                continue
            if unwanted(entry.name) or unwanted(name):
                continue
            if self._refused(name, entry):
                continue
            if not entry.is_dir(follow_symlinks=False):
                yield name, Stamp.of(entry.stat(follow_symlinks=False))
            elif depth > self.limits.folder_depth:
                self._complain(name, "too-deep", f"more than {self.limits.folder_depth} levels of folders")
            else:
                yield from self.files(Path(entry.path), f"{name}/", depth + 1)

    def _refused(self, name: str, entry: os.DirEntry[str]) -> bool:
        try:
            entry.name.encode()
        except UnicodeEncodeError:
            self._complain(name, "bad-name", "the name is not UTF-8; rename it")
            return True
        if entry.is_symlink():
            self._complain(name, "link", "links are not followed; put the file itself here")
        elif not (entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False)):
            self._complain(name, "not-a-file", "neither file nor folder; remove it or list it under ignore")
        else:
            return False
        return True

    def _complain(self, name: str, code: str, text: str) -> None:
        path = f"{self.label}/{name}" if name else self.label
        self.problems.append(Problem(Severity.ERROR, Place(path), code, text))


@lru_cache
def _any_of(patterns: tuple[str, ...]) -> Callable[[str], object]:
    """Give what tells whether a name is like one of the patterns of a shell."""
    return re.compile("|".join(map(fnmatch.translate, patterns)) or "(?!)").match


def _classify(
    content: Path, label: str, found: list[tuple[str, Stamp]], problems: list[Problem]
) -> Iterator[SourceFile]:
    names = {name for name, _ in found if _is_recording(content, name)}
    recordings = {_key(name): f"{label}/{_nfc(name)}" for name in sorted(names)}
    for name, stamp in found:
        path = f"{label}/{_nfc(name)}"
        if name in names:
            yield SourceFile(path, name, Kind.RECORDING, stamp)
        elif name.rpartition("/")[2] in SECTION_NAMES:
            yield SourceFile(path, name, Kind.SECTION, stamp)
        elif name.lower().endswith(".md"):
            recording = recordings.get(_key(name))
            yield SourceFile(path, name, Kind.COMPANION if recording else Kind.PAGE, stamp, recording)
        else:
            what = _look_alike(name)
            severity = Severity.ERROR if what else Severity.INFO
            text = what or "neither a recording nor Markdown; published only when a page refers to it"
            problems.append(Problem(severity, Place(path), "not-a-recording", text))
            yield SourceFile(path, name, Kind.OTHER, stamp)


def _is_recording(content: Path, name: str) -> bool:
    if RECORDING.search(name):
        return True
    if not name.lower().endswith(".json"):  # servers of asciicast v1 call it .json
        return False
    try:
        return bool(_JSON_CAST.match(read_source(content, name, _SNIFF)))
    except OSError:
        return False


_LOOK_ALIKES = {
    ".ttyrec": "a ttyrec recording: this version reads asciicast (.cast) only",
    ".ttyrec2": "a ttyrec recording: this version reads asciicast (.cast) only",
    ".ttyrec3": "a ttyrec recording: this version reads asciicast (.cast) only",
    ".typescript": "output of script: this version reads asciicast (.cast) only",
    ".timing": "timing of script: this version reads asciicast (.cast) only",
    ".tape": "a script for VHS, not a recording: run it, and record that",
    ".lz": "lzip is not read: unpack it, or compress it with gzip, bzip2 or xz",
    ".tty": "a termless recording: this version reads asciicast (.cast) only",
    ".ttyz": "a termless recording: this version reads asciicast (.cast) only",
    ".rec": "a termless recording: this version reads asciicast (.cast) only",
}


def _look_alike(name: str) -> str | None:
    return _LOOK_ALIKES.get(os.path.splitext(name.lower())[1])  # noqa: PTH122 - a name, not a path of this system


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _stem(name: str) -> str:
    if match := RECORDING.search(name):
        return name[: match.start()]
    return name.rpartition(".")[0] or name


def _key(name: str) -> str:
    folder, _, last = _nfc(name).rpartition("/")
    return f"{folder}/{_stem(last)}"


def describe_os_error(error: OSError) -> str:
    """Say what kept a file from being read, with the cure where there is one."""
    if error.errno == errno.ELOOP:
        return "links are not followed; put the file itself here"
    if error.errno in {errno.EINVAL, errno.ENXIO, errno.ENOTDIR}:
        return "not a regular file"
    return f"cannot be read: {printable(error.strerror or str(error))}"
