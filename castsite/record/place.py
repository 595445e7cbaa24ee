"""Where a recording goes: its name, its file with the header, the text beside it, and what is there already."""

from __future__ import annotations

import errno
import json
import os
import re
from contextlib import suppress
from datetime import datetime, tzinfo
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Final, Literal, NamedTuple, NoReturn

import yaml
from msgspec import Struct

from castsite.cast.compressed import inflate
from castsite.cast.events import RESIZE, Cast
from castsite.cast.form import RECORDED
from castsite.cast.read import read
from castsite.cast.sniff import compression_of
from castsite.errors import BusyError, ConfigError, Place, Problem, Severity, StorageError
from castsite.files import create_file, open_regular
from castsite.formats.names import BUNDLES, RECORDING, stem
from castsite.limits import SECOND, Limits, moved_by, size_text
from castsite.schema.block import split
from castsite.site.filename import fault_of
from castsite.site.frontmatter import read_meta
from castsite.site.naming import title_from_name
from castsite.underway import lock

_NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_TRIES: Final = 20
"""of making folders that others take away"""
_INSIDE: Final = {RECORDED: "1"}
"""Says in a header that its recorder writes an exit status in the end, so that a missing one tells."""


_NO_LINES: Final = "is compressed or of another format; castsite import makes a .cast of it that can be gone on with"


class Spot(Struct, frozen=True):
    """A name in the content folder. `path` is relative to the project, as it is shown and remembered."""

    path: str
    file: Path
    depth: int
    """folders between it and the content folder"""

    @property
    def companion(self) -> Path:
        """The file of Markdown that describes the recording."""
        return self.file.with_suffix(".md")

    def folders(self) -> list[tuple[str, Path]]:
        """Give the folders that it lies in as they are shown and as they are, the content folder first."""
        shown = PurePosixPath(self.path).parents
        return [(str(shown[above]), self.file.parents[above]) for above in range(self.depth, -1, -1)]


def spot(project: Path, content: str, name: str, *, ignore: tuple[str, ...] = (), limits: Limits) -> Spot:
    """Find the place of a recording by its name, such as `git/rebase`, or by its path as messages show it.

    Raises ConfigError for what can be none.
    """
    own = RECORDING.sub("", name).removeprefix(f"{content}/")
    if fault := fault_of(own, ignore=ignore, limits=limits):
        _refuse(name, *fault)
    return Spot(f"{content}/{own}.cast", project / content / f"{own}.cast", own.count("/"))


def refuse_taken(place: Spot) -> None:
    """Make sure that nothing is there, and that builds would look there. Raises ConfigError."""
    _refuse_links(place)
    if os.path.lexists(place.file):
        _refuse(place.path, "exists", "is there already; choose another name, or give --append to go on with it")
    if name := _namesake(place):
        text = "is there already, and its page would be that of the new one; choose another name"
        _refuse(f"{place.path.rpartition('/')[0]}/{name}", "exists", text)


def _namesake(place: Spot) -> str | None:
    """Give another recording of the same name, by its ending: text and page would be those of both."""
    try:
        names = sorted(one.name for one in place.file.parent.iterdir())
    except OSError:  # there is none, or it is told when the file is made
        return None
    is_one = (name for name in names if RECORDING.search(name) or name.lower().endswith(BUNDLES))
    return next((name for name in is_one if stem(name) == place.file.stem), None)


def take_away(made: list[Path]) -> None:
    """Remove what was made for a recording that could not begin, as far as that is possible."""
    for path in reversed(made):
        with suppress(OSError):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()


def _refuse_links(place: Spot) -> None:
    """Refuse what builds would not find: they follow no link, be it the content folder or below it."""
    for depth, (path, folder) in enumerate(place.folders()):
        if folder.is_symlink():
            cure = (
                "choose a folder that is one" if depth else "put the folder itself there, or say content: where it is"
            )
            _refuse(path, "link", f"is a link, and builds follow none; {cure}")
        if os.path.lexists(folder) and not folder.is_dir():
            _refuse(path, "not-a-folder", "is no folder; choose another name")
    if place.file.is_symlink():
        _refuse(place.path, "link", "is a link, and builds follow none; choose another name")


def create(place: Spot, header: bytes) -> tuple[int, list[Path]]:
    """Make the file, locked, with the header in it, in folders that may be missing; give its handle and what was made.

    Raises ConfigError, StorageError; nothing of it is left then.
    """
    made: list[Path] = []
    try:
        handle = _opened(place.file, made)
        made.append(place.file)
        lock(handle)
        _write_whole(handle, header)
    except OSError as fault:
        take_away(made)
        raise _storage(place.path, fault) from fault
    except BaseException:
        take_away(made)
        raise
    return handle, made


def _opened(file: Path, made: list[Path], tries: int = _TRIES) -> int:
    """Make and open a file; note in `made` the folders that had to be made. Raises OSError."""
    try:
        _make_folders(file.parent, made)
        return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | _NOFOLLOW, 0o666)
    except FileNotFoundError:  # a recorder that could not begin has just taken its folder away
        if not tries:
            raise
    return _opened(file, made, tries - 1)


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = takewhile(lambda one: not one.is_dir(), (folder, *folder.parents))
    for one in reversed(list(missing)):
        with suppress(FileExistsError):  # another recorder has just made it, and takes it away where it cannot begin
            one.mkdir()
            made.append(one)


def _write_whole(handle: int, data: bytes) -> None:
    while data:  # once, but for a disk that is full
        data = data[os.write(handle, data) :]


# ---- what stands in it


class Label(Struct, frozen=True, kw_only=True):
    """What is known of a recording before it begins. `idle_limit` is in microseconds; "off": not even the site's."""

    cols: int
    rows: int
    terminal: str
    moment: datetime
    title: str | None = None
    command: str | None = None
    idle_limit: int | Literal["off"] | None = None
    shell: str | None = None
    tags: tuple[str, ...] = ()
    session: str | None = None
    draft: bool = False


def header_line(label: Label) -> bytes:
    """Write the header of asciicast v3; what is not known is left out."""
    shell = {"SHELL": label.shell} if label.shell else {}
    fields: dict[str, object] = {
        "version": 3,
        "term": {"cols": label.cols, "rows": label.rows, "type": label.terminal},
        "timestamp": int(label.moment.timestamp()),
    }
    if isinstance(label.idle_limit, int):
        fields["idle_time_limit"] = label.idle_limit / SECOND
    fields |= {name: text for name, text in (("command", label.command), ("title", label.title)) if text}
    fields["env"] = {"TERM": label.terminal} | shell | _INSIDE
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


class About(NamedTuple):
    """The text beside a recording. `title` is the one that was asked for, as builds take it."""

    text: bytes
    title: str | None
    problems: tuple[Problem, ...]


def companion(place: Spot, label: Label, *, zone: tzinfo, limits: Limits) -> About:
    """Write the front matter of the text beside it, repaired as builds would.

    Raises ConfigError for what front matter may not say.
    """
    known: dict[str, object] = {
        "title": label.title or title_from_name(place.file.stem),
        "date": label.moment.astimezone(zone).isoformat(timespec="seconds"),
        "tags": list(label.tags),
    }
    known |= {"session": label.session} if label.session else {}
    known |= {"draft": True} if label.draft else {}
    known |= {"idle_time_limit": "off"} if label.idle_limit == "off" else {}  # which no header can say
    shown = f"{place.path.removesuffix('.cast')}.md"
    meta, problems = read_meta(_dumped(known), path=shown, line=2, limits=limits, zone=zone, kind="recording")
    if wrong := [problem for problem in problems if problem.severity is Severity.ERROR]:
        raise ConfigError(*(problem._replace(place=Place("")) for problem in wrong))  # there is no such file yet
    repaired = {"title": meta.title, "tags": [*meta.tags], "session": meta.session}
    known = {key: repaired.get(key, value) for key, value in known.items() if repaired.get(key, value) is not None}
    told = tuple(problem for problem in problems if problem.severity is Severity.WARNING)
    return About(f"---\n{_dumped(known)}---\n".encode(), meta.title if label.title else None, told)


def _dumped(known: dict[str, object]) -> str:
    return yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=1000)


def write_companion(place: Spot, text: bytes) -> bool:
    """Write it, unless somebody wrote one already, which makes it False. Raises StorageError."""
    try:
        create_file(place.companion, text)
    except FileExistsError:
        return False
    except OSError as fault:
        raise _storage(f"{place.path.removesuffix('.cast')}.md", fault) from fault
    return True


# ---- going on with what is there


class Continued(Struct, frozen=True):
    """A recording that is gone on with. `last` is the time of its last event as it is written, in microseconds."""

    handle: int
    version: Literal[2, 3]
    cols: int
    rows: int
    last: int
    size: int


def reopen(place: Spot, limits: Limits) -> Continued:
    """Open a recording for appending, locked, with its torn last line cut off.

    Raises ConfigError for what cannot be appended to, BusyError when it is being recorded, StorageError.
    """
    _refuse_links(place)
    try:
        handle = open_regular(place.file, os.O_RDWR | os.O_APPEND | _NOFOLLOW)
    except FileNotFoundError as fault:
        if name := _namesake(place):
            _refuse(f"{place.path.rpartition('/')[0]}/{name}", "other-format", _NO_LINES)
        text = "there is no such recording to go on with; leave --append out to begin it"
        raise ConfigError(Problem(Severity.FATAL, Place(place.path), "no-recording", text)) from fault
    except OSError as fault:
        if fault.errno == errno.EINVAL:
            problem = Problem(
                Severity.FATAL, Place(place.path), "not-a-file", "is not a regular file; choose another name"
            )
            raise ConfigError(problem) from fault
        raise _storage(place.path, fault) from fault
    try:
        _take_over(handle, place)
        return _continued(place, handle, limits)
    except OSError as fault:
        os.close(handle)
        raise _storage(place.path, fault) from fault
    except BaseException:
        os.close(handle)
        raise


def _take_over(handle: int, place: Spot) -> None:
    if not lock(handle):
        text = "is being recorded; end that first, with castsite stop or in its terminal"
        raise BusyError(Problem(Severity.FATAL, Place(place.path), "recording", text))


def _continued(place: Spot, handle: int, limits: Limits) -> Continued:
    with open(handle, "rb", closefd=False) as file:
        source = file.read(limits.file_size + 1)
    if len(source) > limits.file_size:
        _refuse(
            place.path, "too-large", f"larger than {size_text(limits.file_size)}, the limit {moved_by('file_size')}"
        )
    if compression_of(source):
        _refuse(place.path, "compressed", _NO_LINES)
    cast, start = _read(place, source, limits)
    if cast.header.version == 1:
        _refuse(place.path, "version-1", "asciicast v1 cannot be appended to; castsite edit writes it as v2 or v3")
    end, time = _last_event(source, start)
    if end < len(source):
        os.ftruncate(handle, end)
    elif not source.endswith(b"\n"):
        os.write(handle, b"\n")
        end += 1
    sizes = [event.size for event in cast.events if event.code == RESIZE]
    cols, rows = sizes[-1] if sizes else (cast.header.cols, cast.header.rows)
    if cast.header.version == 3:
        return Continued(handle, 3, cols, rows, cast.duration, end)
    return Continued(handle, 2, cols, rows, max(time, cast.duration), end)


def _read(place: Spot, source: bytes, limits: Limits) -> tuple[Cast, int]:
    """Read it, and give the byte at which its lines begin."""
    from castsite.formats.read import format_of  # noqa: PLC0415 - most recordings are begun

    block = split(inflate(source, path=place.path, limits=limits).data, path=place.path, limits=limits)
    reading = read(block.rest, path=place.path, first_line=block.rest_line, limits=limits)
    if reading.cast is None and format_of(block.rest):
        _refuse(place.path, "other-format", _NO_LINES)
    if reading.cast is None:
        raise ConfigError(*block.problems, *reading.problems)
    return reading.cast, len(source) - len(block.rest)


def _last_event(source: bytes, start: int) -> tuple[int, int]:
    """Give the end of the last whole line, and the time that stands on it (0 for none), in microseconds."""
    whole = len(source.rstrip())
    begin = source.rfind(b"\n", start, whole) + 1
    try:
        line = json.loads(source[begin:whole])
    except ValueError:  # torn, and there is a line before it: the header at least
        return begin, _last_event(source[:begin], start)[1]
    time = line[0] if isinstance(line, list) and line else 0
    return len(source), round(float(time) * SECOND) if isinstance(time, int | float) else 0


# ---- what else may be asked about it


def _refuse(path: str, code: str, text: str) -> NoReturn:
    raise ConfigError(Problem(Severity.FATAL, Place(path), code, text))


def _storage(path: str, fault: OSError) -> Exception:
    if fault.errno == errno.EEXIST:
        text = "is there already; choose another name, or give --append to go on with it"
        return ConfigError(Problem(Severity.FATAL, Place(path), "exists", text))
    if fault.errno == errno.ELOOP:
        return ConfigError(Problem(Severity.FATAL, Place(path), "link", "links are not followed; name the file itself"))
    text = f"cannot be written: {fault.strerror}; make room, or make it writable"
    return StorageError(Problem(Severity.FATAL, Place(path), "storage", text))


def parse_size(text: str) -> int | None:
    """Read a number of bytes: `500000`, `40M`, `1.5 GiB`; None when it is none."""
    match = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,3})?) ?(?:([kmg])(?:i?b)?)?", text.strip(), re.IGNORECASE)
    if not match:
        return None
    return int(float(match[1]) * 1024 ** ("kmg".index(match[2].lower()) + 1 if match[2] else 0))
