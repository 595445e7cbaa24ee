"""What lies in the content folder: found without following a link, read without trusting a name."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from castsite.cast.compressed import inflate
from castsite.cast.sniff import UNPLAYED, name_of
from castsite.errors import Place, Problem, Severity
from castsite.files import Stamp, describe_os_error, read_source
from castsite.formats.names import (
    COMPRESSED,
    PACKINGS,
    RECORDING,
    may_be_recording,
    may_have_timing,
    stem,
    timings_of,
    unpacked,
)
from castsite.limits import KIB, MIB, Limits, moved_by
from castsite.memory import Memory
from castsite.regex import regex
from castsite.site.bundles import is_bundle, stamp_of
from castsite.site.noise import ignored, is_no_content

__all__ = [
    "COMPRESSED",
    "Kind",
    "Pair",
    "Scan",
    "SourceFile",
    "Stamp",
    "describe_os_error",
    "paired",
    "read_source",
    "scan",
]

SECTION_NAMES = ("_index.md", "index.md")
TEXT_ENDINGS = (".md", ".markdown")
"""Endings of texts, and of what is meant for one."""

_JSON_CAST = regex(  # keys may stand in any order, and those of v1 after all of its output
    rb'^(?:\xef\xbb\xbf)?\s*\{(?:(?=[^\x00]*"stdout"\s*:\s*\[)|(?=[^\x00]*"version"\s*:\s*[123]\b)(?=[^\x00]*"(?:width|height|term)"\s*:))',
    re.DOTALL,
)
_SNIFF = 4096
_BY_NAME = (".cast", ".md")
"""Endings that say all about a file; others are looked into."""


class Kind(StrEnum):
    """What a content file is, by its name and its neighbours."""

    RECORDING = "recording"
    COMPANION = "companion"
    PAGE = "page"
    SECTION = "section"
    TIMING = "timing"
    """when the output of script(1) came"""
    LOG = "log"
    """what was typed while script(1) ran"""
    OTHER = "other"


class SourceFile(Struct, frozen=True):
    """A file of the content folder. `path` is NFC, relative to the project; `name` is as the file system spells it."""

    path: str
    name: str
    """path relative to the content folder, to open it by"""
    kind: Kind
    stamp: Stamp
    recording: str | None = None
    """of a companion: the path of its recording"""
    timing: str | None = None
    """of an output of script(1): the path of the file that says when it came"""
    input: str | None = None
    """the path of the log of what was typed"""

    @property
    def folder(self) -> str:
        """Folder relative to the content folder, "" for the root, NFC."""
        return unicodedata.normalize("NFC", self.name.rpartition("/")[0])

    @property
    def stem(self) -> str:
        """File name without its ending, NFC."""
        return stem(unicodedata.normalize("NFC", self.name.rpartition("/")[2]))


class Scan(Struct, frozen=True):
    """All files of a content folder in the order of their NFC paths, and what could not be taken."""

    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]
    moment: int
    """when the walk began, nanoseconds since 1970"""


def scan(  # noqa: PLR0913 - all but one are named
    content: Path,
    *,
    label: str,
    ignore: tuple[str, ...] = (),
    limits: Limits | None = None,
    memory: Memory | None = None,
    rehash: bool = False,
) -> Scan:
    """Walk the content folder; `label` is its path relative to the project. Links and devices are errors.

    A file that the last build of this process has seen, too, and that is as it was is given as the same object, but
    with `rehash`.
    """
    problems: list[Problem] = []
    moment = time.time_ns()
    walk = _Walk(label, ignore, limits or Limits(), problems)
    found = list(walk.files(content))
    found.sort(key=lambda item: _nfc(item[0]))
    problems.sort(key=lambda problem: problem.place)  # a folder is listed in any order
    names = [name for name, _ in found]
    kept = (memory or Memory()).kept("scan", _Seen, (content, label))
    last = None if rehash else kept.get("")
    seen = last.again(names, walk.bundles, found) if last else None
    if seen is None:
        told: list[Problem] = []
        before = {file.name: file for file in last.files} if last else {}
        files = _classify(content, label, found, walk.bundles, told)
        same = tuple(known if (known := before.get(file.name)) == file else file for file in files)
        seen = _Seen(names, walk.bundles, same, tuple(told), moment)
    kept.put("", seen)
    return Scan(seen.files, (*problems, *seen.problems), moment)


class _Seen(NamedTuple):
    """What a walk found, and what became of it."""

    names: list[str]
    bundles: set[str]
    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]
    moment: int
    """when files were looked into"""

    def again(self, names: list[str], bundles: set[str], found: list[tuple[str, Stamp]]) -> _Seen | None:
        """Give the same with the stamps of now, where nothing has come or gone and no file could be another kind."""
        if names != self.names or bundles != self.bundles:
            return None
        files = []
        for file, (name, stamp) in zip(self.files, found, strict=True):
            by_name = name.endswith(_BY_NAME)
            if file.stamp == stamp and (by_name or stamp.is_older(self.moment)):
                files.append(file)
            elif by_name:
                files.append(replace(file, stamp=stamp))
            else:
                return None
        return self._replace(files=tuple(files))


def is_of_section(path: str) -> bool:
    """Whether a path is that of the text of a section, however it is spelled."""
    first, dot, ending = path.rpartition("/")[2].lower().rpartition(".")
    return f"{dot}{ending}" in TEXT_ENDINGS and f"{first}.md" in SECTION_NAMES


def _stands_for_text(name: str, beside: Iterable[os.DirEntry[str]]) -> bool:
    """Whether a name is that of the text of a section, or of a file beside it, however it is spelled."""
    if not name.lower().endswith(TEXT_ENDINGS):
        return False
    stems = {stem(one.name).lower() for one in beside if one.is_file(follow_symlinks=False)}
    return is_of_section(name) or stem(name).lower() in stems


class _Walk(Struct):
    """One walk over the content folder; collects problems on the way."""

    label: str
    ignore: tuple[str, ...]
    limits: Limits
    problems: list[Problem]
    bundles: set[str] = field(default_factory=set)
    """folders that are recordings"""

    def files(self, folder: Path, prefix: str = "", depth: int = 1) -> Iterator[tuple[str, Stamp]]:
        """Yield regular files: name relative to the content folder, stamp."""
        try:
            with os.scandir(folder) as listing:
                entries = list(listing)
        except OSError as error:
            self._complain(prefix.rstrip("/"), "unreadable", describe_os_error(error))
            return
        own = prefix.rstrip("/").rpartition("/")[2]
        if own and is_bundle(folder, own, {entry.name for entry in entries}):
            yield from self._bundle(folder, prefix.rstrip("/"))
            return
        at_top, unwanted = not prefix, ignored(self.ignore) if self.ignore else None
        for entry in entries:
            own = entry.name
            name, is_file = prefix + own, entry.is_file(follow_symlinks=False)
            if is_no_content(own, at_top=at_top, is_file=is_file):
                continue
            if unwanted and unwanted(own, name):
                continue
            if not (is_file and own.isascii()) and self._refused(name, entry, entries):
                continue
            if is_file:
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # it has gone meanwhile
                    continue
                yield name, Stamp.of(status)
            elif depth > self.limits.folder_depth:
                self._complain(
                    name,
                    "too-deep",
                    f"more than {self.limits.folder_depth} levels of folders {moved_by('folder_depth')}",
                )
            else:
                yield from self.files(Path(entry.path), f"{name}/", depth + 1)

    def _bundle(self, folder: Path, name: str) -> Iterator[tuple[str, Stamp]]:
        """Yield a folder that is a recording."""
        try:
            stamp = stamp_of(folder)
        except OSError as error:
            self._complain(name, "unreadable", describe_os_error(error))
            return
        self.bundles.add(name)
        yield name, stamp

    def _refused(self, name: str, entry: os.DirEntry[str], beside: Iterable[os.DirEntry[str]]) -> bool:
        try:
            entry.name.encode()
        except UnicodeEncodeError:
            self._complain(name, "bad-name", "the name is not UTF-8; rename it")
            return True
        if entry.is_symlink():
            self._complain(name, "link", "links are not followed; put the file itself here")
        elif not (entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False)):
            self._complain(name, "not-a-file", "neither file nor folder; remove it or list it under ignore")
        elif entry.is_dir(follow_symlinks=False) and _stands_for_text(entry.name, beside):
            self._complain(name, "not-a-file", "a folder in the place of a text; call it otherwise")
        else:
            return False
        return True

    def _complain(self, name: str, code: str, text: str) -> None:
        path = f"{self.label}/{_nfc(name)}" if name else self.label
        self.problems.append(Problem(Severity.ERROR, Place(path), code, text))


def _classify(
    content: Path, label: str, found: list[tuple[str, Stamp]], bundles: Container[str], problems: list[Problem]
) -> Iterator[SourceFile]:
    read = partial(read_source, content)
    looks = {name: _look(name, read, is_folder=name in bundles) for name, _ in found}
    pairs = _pairs(looks)
    logs = {pair.input for pair in pairs.values() if pair.input}
    names = ({name for name, look in looks.items() if look.kind is Kind.RECORDING} | set(pairs)) - logs
    recordings = {_key(name): f"{label}/{_nfc(name)}" for name in sorted(names)}
    for name, stamp in found:
        path = f"{label}/{_nfc(name)}"
        look = looks[name]
        if name in names:
            own = pairs.get(name, _ALONE)
            yield SourceFile(path, name, Kind.RECORDING, stamp, None, _at(label, own.timing), _at(label, own.input))
        elif name.rpartition("/")[2] in SECTION_NAMES:
            yield SourceFile(path, name, Kind.SECTION, stamp)
        elif name.rpartition("/")[2].lower() in SECTION_NAMES:
            text = "is not read: the text of a section is called _index.md, or index.md"
            problems.append(Problem(Severity.WARNING, Place(path), "not-a-text", text))
            yield SourceFile(path, name, Kind.OTHER, stamp)
        elif name.lower().endswith(".md"):
            recording = recordings.get(_key(name))
            yield SourceFile(path, name, Kind.COMPANION if recording else Kind.PAGE, stamp, recording)
        elif name in logs or look.kind is Kind.TIMING:
            yield SourceFile(path, name, Kind.LOG if name in logs else Kind.TIMING, stamp)
        elif path.lower().endswith(".markdown"):
            text = "is not read: texts have the ending .md; call it so"
            problems.append(Problem(Severity.WARNING, Place(path), "not-a-text", text))
            yield SourceFile(path, name, Kind.OTHER, stamp)
        else:
            what = look.what or _look_alike(name)
            severity = Severity.ERROR if what else Severity.INFO
            text = what or "neither a recording nor Markdown; published only where a text or front matter uses it"
            problems.append(Problem(severity, Place(path), "not-a-recording", text))
            yield SourceFile(path, name, Kind.OTHER, stamp)


def _at(label: str, name: str | None) -> str | None:
    return None if name is None else f"{label}/{_nfc(name)}"


class _Look(NamedTuple):
    """What a file was seen to be; `what` names something that is taken for a recording and is none."""

    kind: Kind
    what: str = ""
    head: bytes = b""
    """of a timing file, its beginning"""
    is_output: bool = False
    """whether it is an output of script(1) if it has a timing; some systems' `script -q` writes no first line"""


class Pair(NamedTuple):
    """An output of script(1) and the files that belong to it, by the names that they were found under."""

    output: str
    timing: str | None
    input: str | None


Read = Callable[[str, int], bytes]
"""Reads of a file, by its name, so many bytes from its beginning, or a few more. Raises OSError."""

_OTHER = _Look(Kind.OTHER)
_RECORDING = _Look(Kind.RECORDING)
_ALONE = Pair("", None, None)


def paired(names: Iterable[str], read: Read) -> dict[str, Pair]:
    """Find what belongs together of the files of one folder, as in a content folder; each file leads to its pair."""
    pairs = _pairs({name: _look(name, read, is_folder=False) for name in sorted(names)})
    return {name: pair for pair in pairs.values() for name in pair if name}


def _look(name: str, read: Read, *, is_folder: bool) -> _Look:
    """Say what a file is by its name, and look into it where that could be anything."""
    if name.endswith(_BY_NAME):  # nearly all, and nothing has to be looked for
        return _OTHER if name.endswith(".md") else _RECORDING
    if is_folder or RECORDING.search(name):
        return _RECORDING
    lower = name.lower()
    try:
        if lower.endswith(".json"):  # servers of asciicast v1 call it .json
            return _RECORDING if _JSON_CAST.match(read(name, _SNIFF)) else _OTHER
        return _looked_into(name, lower, read) if may_be_recording(lower) else _OTHER
    except OSError:
        return _OTHER


def _looked_into(name: str, lower: str, read: Read) -> _Look:
    from castsite.formats.model import Beside  # noqa: PLC0415 - most sites have nothing that needs it
    from castsite.formats.read import format_of  # noqa: PLC0415 - the same
    from castsite.formats.script import is_timing  # noqa: PLC0415 - the same
    from castsite.formats.vhs import is_whole  # noqa: PLC0415 - the same

    is_yaml = lower.endswith((".yml", ".yaml"))
    head = read(name, MIB if is_yaml else 64 * KIB)
    if lower.endswith(COMPRESSED):
        head = inflate(head, path=name, limits=Limits()).data
    if is_timing(head):
        return _Look(Kind.TIMING, head=head)
    if (what := name_of(head)) in UNPLAYED:
        return _Look(Kind.OTHER, f"this is {what}")
    form = format_of(head)
    if form is None:
        return _Look(Kind.OTHER, is_output=format_of(head, beside=Beside(timing=b"")) is not None)
    if form.name == "termless" or (form.name == "Terminalizer") != is_yaml:
        return _OTHER
    if form.name == "VHS text" and not is_whole(read(name, Limits().file_size)):
        return _OTHER
    return _RECORDING


def _pairs(looks: Mapping[str, _Look]) -> dict[str, Pair]:
    """Find what belongs to each timing file: what it names itself, else what is called the same."""
    timings = [(name, look.head) for name, look in looks.items() if look.kind is Kind.TIMING]
    if not timings:
        return {}
    from castsite.formats.script import partners  # noqa: PLC0415 - only where there are some

    found: dict[str, Pair] = {}
    alike = _alike(looks)
    for timing, head in timings:
        folder = timing[: timing.rfind("/") + 1]
        names = partners(head)
        output = _called(names.output, folder, looks) or alike.get(timing)
        typed = _called(names.input, folder, looks) if names.input != names.output else None
        if output is not None:
            found[output] = Pair(output, timing, typed)
    return found


def _called(name: str, folder: str, looks: Mapping[str, _Look]) -> str | None:
    """Give the file of a name, which may have been compressed since it was named."""
    paths = (f"{folder}{name}{packing}" for packing in PACKINGS if name)
    return next((path for path in paths if path in looks and looks[path].kind in {Kind.RECORDING, Kind.OTHER}), None)


def _alike(looks: Mapping[str, _Look]) -> dict[str, str]:
    """Give the output of each name that a timing file may have: a recording, else what could be one.

    Of two outputs of one name, packed and not, each gets the timing that is packed alike.
    """
    found: dict[str, str] = {}
    recordings = (name for name, look in looks.items() if look.kind is Kind.RECORDING)
    others = (name for name, look in looks.items() if look.is_output)
    outputs = tuple(filter(may_have_timing, chain(recordings, others)))
    for is_alike in (True, False):
        for name in outputs:
            folder, slash, own = name.rpartition("/")
            for timing in timings_of(own):
                if is_alike is (_packing(timing) == _packing(own)):
                    found.setdefault(f"{folder}{slash}{timing}", name)
    return found


def _packing(name: str) -> str:
    return name[len(unpacked(name)) :]


_LOOK_ALIKES = {
    ".tape": "a script for VHS, not a recording: run it, and record that",
    ".lz": "lzip is not read: unpack it, or compress it with gzip, bzip2 or xz",
}


def _look_alike(name: str) -> str | None:
    return _LOOK_ALIKES.get(os.path.splitext(name.lower())[1])  # noqa: PTH122 - a name, not a path of this system


def _nfc(name: str) -> str:
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _key(name: str) -> str:
    folder, _, last = _nfc(name).rpartition("/")
    return f"{folder}/{stem(last)}"
