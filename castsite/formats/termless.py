"""Recordings of termless: `.rec` and `.ttyz` archives, the same as folders, and bare traces of frames.

Three tracks, each a member of its own: commands become chapters and the list of commands, the stream of the terminal
becomes the recording, and frames are what is shown where there is no stream. The manifest says what is what; nothing
is read that it does not name, and journals that it does name are not read either.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from msgspec import Struct

from castsite.cast.findings import WITHOUT_OUTPUT, Findings, RefusedError
from castsite.cast.header import check_depth
from castsite.cast.kinds import label_cut
from castsite.cast.loose import UNIQUE_KEYS, DuplicateKeyError, has_surrogates, loads, shown, without_surrogates
from castsite.cast.rows import MOST_SECONDS
from castsite.cast.task import Task
from castsite.cast.times import seconds_text
from castsite.errors import quote
from castsite.formats.archive import Archive, is_safe, pack
from castsite.formats.hts1 import frames as hts1_frames
from castsite.formats.model import Draft, Owner, Track
from castsite.formats.names import MANIFEST, TRACE
from castsite.formats.text import Stream
from castsite.limits import MIB
from castsite.regex import regex

IO: Final = "io.jsonl"
COMMANDS: Final = "commands.jsonl"
FRAMES: Final = f"frames/{TRACE}"

_MOST_MANIFEST: Final = MIB
_EPOCH: Final = 1e11
"""Milliseconds from which on a time is one of the wall clock: more than three years into a recording, or 1973."""
_READ: Final = {"io": {"jsonl", "hts1"}, "commands": {"jsonl"}, "frames": {"trace-index"}}
"""Types of members that are read, each with the encodings it comes in."""
_JOURNALS: Final = {"facts": {"jsonl"}, "habcp": {"jsonl"}, "checkpoint": {"json"}}
_ORDER: Final = {"r": 0, "m": 1}
"""Of what was asked for at one time, before what came of it: tracks are files of their own, in which order is kept."""
_PRINTED: Final = regex("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|.)|[\x00-\x20\x7f]")
_SEQUENCE_KEYS: Final = {"space": " "}
_CLEARS: Final = {"c", "u"}


class _Member(NamedTuple):
    """A member as the manifest names it; `start` is when it begins, microseconds."""

    path: str
    type: str
    encoding: str
    start: float


class _Manifest(Struct, frozen=True):
    """What a recording says it is made of. `origin`: milliseconds of the wall clock at its start."""

    cols: int
    rows: int
    duration: int
    origin: float | None
    members: tuple[_Member, ...]

    def of(self, kind: str) -> list[_Member]:
        return [member for member in self.members if member.type == kind]


class _Tracks(Struct):
    """The events of a recording, track by track. Mutable while they are read."""

    events: list[tuple[int, str, str]]
    commands: list[tuple[int, str]]
    cut_off: bool = False

    @property
    def has_output(self) -> bool:
        return any(code == "o" for _, code, _ in self.events)


def gathered(names: Collection[str], read: Callable[[str], bytes], *, frames: bool = False) -> bytes:
    """Pack what counts of an unpacked recording, as if it had never been unpacked. Raises what `read` raises."""
    found = contents(names, read, frames=frames)
    if found is None:  # what is wrong with it is said when the archive is read
        found = {MANIFEST: read(MANIFEST)}
    return pack(found.items())


def contents(names: Collection[str], read: Callable[[str], bytes], *, frames: bool = False) -> dict[str, bytes] | None:
    """Read what counts of an unpacked recording; None when its manifest does not tell. Raises what `read` raises.

    Pictures count where there is nothing else to be shown, or where `frames` are wanted; nothing counts whose name no
    archive may have.
    """
    names = [name for name in names if is_safe(name)]
    if MANIFEST not in names:
        return {name: read(name) for name in names if name == TRACE or name.endswith(".png")}
    found = {MANIFEST: read(MANIFEST)}
    try:
        members = _manifest(found[MANIFEST], set(names), Findings("")).members
    except RefusedError:
        return None
    for member in members:
        if member.path in names:  # of journals nothing is read, but that they are there
            found[member.path] = read(member.path) if member.type in _READ else b""
    if frames or not any(found.get(member.path) for member in members if member.type == "io"):
        folders = {posixpath.dirname(member.path) for member in members if member.type == "frames"}
        shots = [name for name in names if name.endswith(".png") and posixpath.dirname(name) in folders]
        found |= {name: read(name) for name in shots}
    return found


def read_termless(source: bytes, task: Task, owner: Owner) -> Draft:
    """Read a recording from its archive. Raises RefusedError."""
    findings = task.findings
    archive = Archive(source, findings, task.limits)
    if MANIFEST not in archive.names and TRACE in archive.names:
        return _of_frames(archive, _trace_manifest(), task)
    if MANIFEST not in archive.names:
        findings.refuse(
            "cast-archive", "archive without manifest.json: no recording of termless; get it whole, or take it away"
        )
    data = archive.read(MANIFEST, _MOST_MANIFEST)
    manifest = _manifest(data, archive.names, findings, task)
    for member in manifest.members:
        if member.path not in archive.names:
            findings.refuse("cast-archive", f"member {quote(member.path)} is named in manifest.json, but not there")
    tracks = _Tracks([], [])
    _read_stream(archive, manifest, tracks, task, owner)
    streamed = len(tracks.events)
    _read_commands(archive, manifest, tracks, task)
    if not tracks.has_output:
        return _without_output(archive, manifest, tracks, task)
    asked = sorted(tracks.events[streamed:], key=lambda event: (event[0], _ORDER[event[1]]))
    tracks.events = sorted([*asked, *tracks.events[:streamed]], key=itemgetter(0))
    last = max(time for time, _, _ in tracks.events)
    if last < manifest.duration <= last + task.limits.gap:
        tracks.events.append((manifest.duration, "o", ""))
    fields = _size_fields(archive, manifest, findings)
    return Draft(fields, tracks.events, tracks.cut_off, _listed(tracks.commands))


def _without_output(archive: Archive, manifest: _Manifest, tracks: _Tracks, task: Task) -> Draft:
    if not manifest.of("frames"):
        text = f"no events: the recording holds no output; {WITHOUT_OUTPUT}"
        if manifest.of("commands"):
            text = "holds commands only, and no output; run termless play to record it"
        task.findings.refuse("cast-no-events", text)
    draft = _of_frames(archive, manifest, task)
    return draft._replace(commands=_listed(tracks.commands))


def _listed(commands: list[tuple[int, str]]) -> Track | None:
    return tuple(commands) or None


def _trace_manifest() -> _Manifest:
    return _Manifest(0, 0, 0, None, (_Member(TRACE, "frames", "trace-index", 0),))


def _manifest(data: bytes, names: Collection[str], findings: Findings, task: Task | None = None) -> _Manifest:
    """Read the manifest, whichever of the two it is. Raises RefusedError."""
    try:
        fields = loads(data.decode("utf-8-sig", "replace"), UNIQUE_KEYS).value
    except DuplicateKeyError as error:
        findings.refuse("cast-manifest", f"manifest.json: key {quote(error)} stands twice")
    except ValueError as error:
        findings.refuse("cast-manifest", f"manifest.json is not JSON: {quote(error, 80)}")
    if not isinstance(fields, dict):
        findings.refuse("cast-manifest", "manifest.json is no object")
    if task is not None:
        check_depth(fields, 0, task)
    key = next((key for key in ("ttyVersion", "recVersion") if key in fields), None)
    if key is None:
        findings.refuse("cast-manifest", "manifest.json has neither ttyVersion nor recVersion: not of termless")
    for one in (key, "recordingVersion"):
        version = fields.get(one, 1)
        if type(version) is not int or version != 1:
            findings.refuse("cast-version", f"manifest.json: {one} {shown(version)} is not 1, the one that is read")
    members = _members(fields, findings) if key == "ttyVersion" else _fixed(fields, names)
    return _Manifest(
        _side(fields, "cols", findings),
        _side(fields, "rows", findings),
        _duration(fields.get("durationMicros")),
        _milliseconds(fields.get("originWallMs")),
        tuple(members),
    )


def _side(fields: dict[str, object], key: str, findings: Findings) -> int:
    value = fields.get(key, 0)
    if type(value) is not int or not 0 <= value < 10**9:
        findings.refuse("cast-bad-size", f"manifest.json: {key} {shown(value)} is no size of a terminal")
    return value


def _duration(value: object) -> int:
    return value if type(value) is int and 0 < value < MOST_SECONDS else 0


def _milliseconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= MOST_SECONDS else None


def _fixed(fields: dict[str, object], names: Collection[str]) -> Iterator[_Member]:
    """Give the members of a `.rec`, whose names are always the same."""
    tracks = fields.get("tracks")
    asked = tracks if isinstance(tracks, dict) else {}
    for kind, path, encoding in (
        ("io", IO, "jsonl"),
        ("commands", COMMANDS, "jsonl"),
        ("frames", FRAMES, "trace-index"),
    ):
        if asked.get(kind) is True or path in names:
            yield _Member(path, kind, encoding, 0)


def _members(fields: dict[str, object], findings: Findings) -> Iterator[_Member]:
    """Give the members that a manifest of version `ttyVersion` lists, each of a kind that is known."""
    listed = fields.get("members", [])
    if not isinstance(listed, list):
        findings.refuse("cast-manifest", "manifest.json: members is no list")
    tail = fields.get("tail")
    for one in (*listed, *([tail] if tail is not None else [])):
        found = one if isinstance(one, dict) else {}
        path, kind, encoding = (found.get(key) for key in ("path", "type", "encoding"))
        if not (isinstance(path, str) and isinstance(kind, str) and isinstance(encoding, str)):
            findings.refuse("cast-manifest", "manifest.json: a member needs path, type and encoding")
        if not is_safe(path):
            findings.refuse("cast-archive", f"manifest.json: member {quote(path)} has a name that could lead elsewhere")
        known = (_READ | _JOURNALS).get(kind)
        if known is None or encoding not in known:
            text = f"manifest.json: member {quote(path)} is {quote(kind)} in the encoding {quote(encoding)}"
            findings.refuse("cast-manifest", f"{text}, which is not supported; seal it again without that encoding")
        span = found.get("micros")
        start = _milliseconds(span[0]) if isinstance(span, list) and span else None
        yield _Member(path, kind, encoding, float("inf") if one is tail else start or 0)


def _read_stream(archive: Archive, manifest: _Manifest, tracks: _Tracks, task: Task, owner: Owner) -> None:
    """Read what went through the terminal, from all members in the order of their beginnings."""
    findings = task.findings
    streams = {"o": Stream(owner.encoding), "i": Stream(owner.encoding)}
    origin = manifest.origin
    for member in sorted(manifest.of("io"), key=lambda member: member.start):
        data, before = archive.read(member.path), len(tracks.events)
        if member.encoding == "jsonl":
            for line, row in _rows(data, member.path, tracks, findings):
                _take_row(row, line, member.path, tracks, findings)
        else:
            origin = _take_frames(data, member.path, origin, streams, tracks, findings)
        tracks.events[before:] = _forwards(tracks.events[before:], member.path, findings)
    if tracks.events and (rest := streams["o"].text(b"", last=True)):
        tracks.events.append((tracks.events[-1][0], "o", rest))
    streams["o"].tell(findings)


def _forwards(events: list[tuple[int, str, str]], name: str, findings: Findings) -> Iterator[tuple[int, str, str]]:
    """Move up what goes back in time within a member: its order is the truth, and the clock of a wall may be set."""
    highest = 0
    for time, code, data in events:
        if time < highest:
            text = f"{quote(name)}: time goes back from {seconds_text(highest)} to {seconds_text(time)}"
            findings.warn("cast-time-backwards", f"{text}; moved up, order kept", cause=name)
        highest = max(highest, time)
        yield highest, code, data


def _take_frames(  # noqa: PLR0913, PLR0917 - the inside of one loop
    data: bytes, name: str, origin: float | None, streams: Mapping[str, Stream], tracks: _Tracks, findings: Findings
) -> float | None:
    """Take the frames of a member; give the moment from which they count, which is the first one's where none is."""
    for frame in hts1_frames(data, name, findings):
        origin = frame.at if origin is None else origin
        if frame.at < origin:
            text = f"{quote(name)}: a frame at {frame.at:,.15g} ms is before the start ({origin:,.15g} ms)"
            findings.refuse("cast-negative-time", text)
        time = round((frame.at - origin) * 1000)
        if frame.kind in {"output", "input"}:
            code = frame.kind[0]
            tracks.events.append((time, code, streams[code].text(frame.payload)))
        elif frame.kind == "resize" and frame.size:
            tracks.events.append((time, "r", f"{frame.size[0]}x{frame.size[1]}"))
        elif frame.kind == "resize":
            findings.warn("cast-bad-resize", f"{quote(name)}: a resize without a size; dropped")
        elif frame.kind == "truncation":
            findings.warn("cast-start-lost", "the start of the session is missing: its recorder had thrown it away")
    tracks.cut_off |= _is_torn(findings)
    return origin


def _is_torn(findings: Findings) -> bool:
    return any(problem.code == "cast-cut-off" for problem in findings.problems())


def _rows(data: bytes, name: str, tracks: _Tracks, findings: Findings) -> Iterator[tuple[int, dict[str, object]]]:
    """Give the objects of a member that holds one on each line; a line that is none is left out."""
    lines = data.decode("utf-8-sig", "replace").split("\n")
    last = max((number for number, line in enumerate(lines) if line.strip()), default=-1)
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            row = loads(line).value
        except ValueError:
            row = None
        if isinstance(row, dict):
            yield number + 1, row
        elif number == last:
            tracks.cut_off = True
            findings.warn("cast-cut-off", f"{quote(name)}: the last line is torn; dropped", cause=name)
        else:
            findings.warn("cast-bad-event", f"{quote(name)}: line {number + 1} is no object; dropped", cause=name)


def _take_row(row: dict[str, object], line: int, name: str, tracks: _Tracks, findings: Findings) -> None:
    time, direction, data = _micros(row.get("at")), row.get("direction"), row.get("data")
    if time is None or direction not in ("in", "out") or not isinstance(data, str):
        text = f"{quote(name)}: line {line} is no {{at, direction, data}}; dropped"
        findings.warn("cast-bad-event", text, cause=f"{name} row")
        return
    tracks.events.append((time, "o" if direction == "out" else "i", _whole(data, findings)))


def _micros(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < MOST_SECONDS else None


def _whole(text: str, findings: Findings) -> str:
    if not has_surrogates(text):
        return text
    findings.warn("cast-surrogate", "half of a surrogate pair; replaced by U+FFFD")
    return without_surrogates(text)


class _Line(Struct):
    """What is being typed. Mutable while it is."""

    text: str = ""
    began: int = 0


def _read_commands(archive: Archive, manifest: _Manifest, tracks: _Tracks, task: Task) -> None:
    """Make chapters and commands of what was typed, and resizes of what was asked for."""
    findings = task.findings
    marks: list[tuple[int, str, str]] = []
    entered: list[tuple[int, int, str]] = []
    for member in manifest.of("commands"):
        typed = _Line()
        for line, row in _rows(archive.read(member.path), member.path, _Tracks([], []), findings):
            time = _micros(row.get("at"))
            if time is None:
                text = f"{quote(member.path)}: line {line} has no time; dropped"
                findings.warn("cast-bad-event", text, cause=f"{member.path} row")
                continue
            if found := _typed(row, time, typed, findings):
                entered.append(found)
            marks += _marks(row, time)
    for began, accepted, text in entered:
        if _is_hidden(began, accepted, tracks.events):
            findings.inform("cast-input", "what was typed while nothing was echoed is left out: it may be a password")
            continue
        tracks.commands.append((began, text))
        marks.append((began, "m", label_cut(text, task.limits)))
    tracks.events += marks


def _typed(row: dict[str, object], time: int, typed: _Line, findings: Findings) -> tuple[int, int, str] | None:
    """Follow what is typed; give a line that was entered: when typing began, when it was entered, the line."""
    kind, key = row.get("kind"), row.get("key")
    count = row.get("count", 1)
    times = count if type(count) is int and 0 < count < 1000 else 1
    text = row.get("text")
    if kind == "type" and isinstance(text, str):
        added = _whole(text, findings)
    elif kind == "key" and key in _SEQUENCE_KEYS:
        added = _SEQUENCE_KEYS[str(key)] * times
    else:
        added = ""
    if added:
        typed.began = typed.began if typed.text else time
        typed.text += added
    elif kind == "key" and key == "backspace":
        typed.text = typed.text[: max(len(typed.text) - times, 0)]
    elif kind == "ctrl" and key in _CLEARS:
        typed.text = ""
    elif kind == "key" and key == "enter":
        line, typed.text = " ".join(typed.text.split()), ""
        return (typed.began, time, line) if line else None
    return None


def _marks(row: dict[str, object], time: int) -> Iterator[tuple[int, str, str]]:
    kind = row.get("kind")
    if kind == "resize":
        cols, rows = row.get("cols"), row.get("rows")
        is_size = type(cols) is int and type(rows) is int and cols >= 0 and rows >= 0
        yield time, "r", f"{cols}x{rows}" if is_size else ""
    elif kind == "screenshot":
        path = row.get("path")
        name = posixpath.basename(path) if isinstance(path, str) else ""
        yield time, "m", f"screenshot {name}".strip()


def _is_hidden(began: int, accepted: int, events: list[tuple[int, str, str]]) -> bool:
    """Whether the terminal showed nothing at all while a line was typed, as it does where a password is asked for."""
    if not any(code == "o" for _, code, _ in events):
        return False
    shown_then = "".join(data for time, code, data in events if code == "o" and began <= time <= accepted)
    return began < accepted and not _PRINTED.sub("", shown_then)


def _size_fields(archive: Archive, manifest: _Manifest, findings: Findings) -> dict[str, object]:
    """Give the size, from the first frame where the manifest does not say it."""
    if manifest.cols and manifest.rows:
        return {"width": manifest.cols, "height": manifest.rows}
    for member in manifest.of("frames"):
        for _, row in _rows(archive.read(member.path), member.path, _Tracks([], []), findings):
            if (size := _buffer(row)) is not None:
                return {"width": size[0], "height": size[1]}
    return {}


def _buffer(row: dict[str, object]) -> tuple[int, int] | None:
    buffer = row.get("buffer")
    if not isinstance(buffer, dict):
        return None
    cols, rows = buffer.get("cols"), buffer.get("rows")
    return (cols, rows) if type(cols) is int and type(rows) is int and 0 < min(cols, rows) < 10**9 else None


def _of_frames(archive: Archive, manifest: _Manifest, task: Task) -> Draft:
    """Show the pictures of the frames, each at its time."""
    from castsite.formats.slides import Slide, slides  # noqa: PLC0415 - nearly no recording needs Pillow

    findings = task.findings
    shots = list(_shots(archive, manifest, findings))
    first = shots[0].ts if shots else 0
    found = [
        Slide(round(max(shot.ts - first, 0) * 1000), archive.read(shot.path, task.limits.image_size), shot.name)
        for shot in shots
    ]
    if not found:
        findings.refuse(
            "cast-no-events", f"frames only, without pictures: it cannot be played as text; {WITHOUT_OUTPUT}"
        )
    distinct = [next(group) for _, group in groupby(found, key=itemgetter(1))]
    last = found[-1].time
    draft = slides(distinct, task)
    end = max(last, manifest.duration if manifest.duration <= last + task.limits.gap else 0)
    return draft._replace(events=[*draft.events, (max(end, draft.events[-1][0]), "o", "")])


class _Shot(NamedTuple):
    """A picture of the screen in an archive; `ts` counts milliseconds from 1970, or from its recording's start."""

    ts: float
    path: str
    name: str


def _shots(archive: Archive, manifest: _Manifest, findings: Findings) -> Iterator[_Shot]:
    """Give the frames that have pictures. Raises RefusedError for one that is not there."""
    for member in manifest.of("frames"):
        folder = posixpath.dirname(member.path)
        for _, row in _rows(archive.read(member.path), member.path, _Tracks([], []), findings):
            name = row.get("png")
            if type(row.get("seq")) is not int or not isinstance(row.get("hash"), str):
                findings.warn("cast-bad-event", f"{quote(member.path)}: a frame without seq or hash; dropped")
                continue
            if not isinstance(name, str):
                continue
            paths = [path for path in (posixpath.join(folder, name), name) if path in archive.names]
            if not is_safe(name) or not paths:
                findings.refuse("cast-archive", f"frame {quote(name)} is named in {member.path}, but not there")
            yield _Shot(_milliseconds(row.get("ts")) or 0, paths[0], name)


class Frame(NamedTuple):
    """A picture of the screen, and what messages call it."""

    name: str
    picture: bytes


def nearest_frame(source: bytes, task: Task, distance: Callable[[int], int | None]) -> Frame | None:
    """Give the picture of an archive that is nearest. Raises RefusedError where it cannot be read.

    `distance` is asked of each time, microseconds from the start; None where that is not played.
    """
    archive = Archive(source, task.findings, task.limits)
    has_manifest = MANIFEST in archive.names
    manifest = (
        _manifest(archive.read(MANIFEST, _MOST_MANIFEST), archive.names, task.findings)
        if has_manifest
        else _trace_manifest()
    )
    shots = list(_shots(archive, manifest, task.findings))
    origin = _origin(archive, manifest, shots, task.findings)
    away = [(distance(round((shot.ts - origin) * 1000)), at) for at, shot in enumerate(shots)]
    played = [(far, at) for far, at in away if far is not None]
    if not played:
        return None
    nearest = shots[min(played)[1]]
    return Frame(nearest.name, archive.read(nearest.path, task.limits.image_size))


def _origin(archive: Archive, manifest: _Manifest, shots: list[_Shot], findings: Findings) -> float:
    """Give the moment from which frames count: the recording's own where it has a stream, else the first frame's."""
    first = shots[0].ts if shots else 0
    streams = [member for member in manifest.of("io") if archive.read(member.path)]
    if not streams:
        return first
    if first < _EPOCH:
        return 0
    if manifest.origin is not None:
        return manifest.origin
    earliest = min(streams, key=lambda member: member.start)
    if earliest.encoding != "hts1":
        return first
    return next((frame.at for frame in hts1_frames(archive.read(earliest.path), earliest.path, findings)), first)
