"""Recordings of every format, made by hand as their formats say, all of the same few events."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
from collections.abc import Iterable

EVENTS = ((0, "$ echo grün\r\n"), (500_000, "grün\r\n"), (1_250_000, "$ exit\r\n"))
"""Microseconds and texts: what each of the files shows."""
START = 1_770_000_000
"""When it began, seconds since 1970."""


def asciicast(*, width: int = 80, height: int = 24) -> bytes:
    rows = [{"version": 2, "width": width, "height": height}, *([time / 1e6, "o", text] for time, text in EVENTS)]
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def frame(time: int, data: bytes, channel: int | None = None) -> bytes:
    """Make a frame of a ttyrec; with a channel, one of NetHack's learning environment."""
    seconds, micros = divmod(time, 1_000_000)
    extra = b"" if channel is None else bytes([channel])
    return struct.pack("<III", START + seconds, micros, len(data)) + extra + data


def ttyrec(channel: int | None = None) -> bytes:
    return b"".join(frame(time, text.encode(), channel) for time, text in EVENTS)


OPENING = b'Script started on 2026-03-20 09:15:32+00:00 [COMMAND="sh" TERM="xterm" COLUMNS="80" LINES="24"]\n'
CLOSING = b'\nScript done on 2026-03-20 09:15:40+00:00 [COMMAND_EXIT_CODE="0"]\n'


def typescript() -> bytes:
    return OPENING + "".join(text for _, text in EVENTS).encode() + CLOSING


def timing() -> bytes:
    before, lines = 0, []
    for time, text in EVENTS:
        lines.append(f"{(time - before) / 1e6:.6f} {len(text.encode())}\n")
        before = time
    return "".join(lines).encode()


def advanced(*, output: str = "demo.typescript", typed: str = "") -> bytes:
    lines = ["H 0.000000 START_TIME 2026-03-20 09:15:32+00:00\n", "H 0.000000 COLUMNS 80\nH 0.000000 LINES 24\n"]
    lines.append(f"H 0.000000 OUTPUT_LOG /home/ada/{output}\n")
    if typed:
        lines.append(f"H 0.000000 INPUT_LOG /home/ada/{typed}\n")
    return "".join(lines).encode() + b"".join(b"O " + line + b"\n" for line in timing().splitlines())


def raw() -> bytes:
    return b"\x1b[8;24;80t" + "".join(text for _, text in EVENTS).encode()


def terminalizer() -> bytes:
    before, records = 0, []
    for time, text in EVENTS:
        records.append(f"  - delay: {(time - before) // 1000}\n    content: {json.dumps(text)}\n")
        before = time
    return ("config:\n  cols: 80\n  rows: 24\n  frameDelay: auto\nrecords:\n" + "".join(records)).encode()


def vhs() -> bytes:
    screens, shown = [], ""
    for _, text in EVENTS:
        shown += text.replace("\r", "")
        screens.append(f"{shown}\n{'─' * 80}\n")
    return "".join(screens).encode()


def rows(*items: dict[str, object]) -> bytes:
    return "".join(f"{json.dumps(item)}\n" for item in items).encode()


def io_rows(events: Iterable[tuple[int, str]] = EVENTS) -> bytes:
    return rows(*({"at": time, "direction": "out", "data": text} for time, text in events))


def rec_manifest(**changes: object) -> bytes:
    tracks = {"commands": False, "io": True, "frames": False}
    facts = {"recVersion": 1, "recordingVersion": 1, "cols": 80, "rows": 24, "durationMicros": 1_250_000}
    return json.dumps(facts | {"reproducible": False, "tracks": tracks} | changes).encode()


def rec_members(**manifest: object) -> dict[str, bytes]:
    return {"manifest.json": rec_manifest(**manifest), "io.jsonl": io_rows()}


def tty_manifest(*members: dict[str, object], **changes: object) -> bytes:
    listed = list(members) or [{"path": "io/0.jsonl", "type": "io", "encoding": "jsonl"}]
    facts = {"ttyVersion": 1, "recordingVersion": 1, "cols": 80, "rows": 24, "durationMicros": 0}
    return json.dumps(facts | {"reproducible": False, "members": listed} | changes).encode()


def tty_members() -> dict[str, bytes]:
    return {"manifest.json": tty_manifest(), "io/0.jsonl": io_rows()}


def hts1_frame(at: float, payload: bytes, kind: str = "output", **more: object) -> bytes:
    header = json.dumps({"kind": kind, "offset": 0, "at": at} | more).encode()
    return b"HTS1\x01" + struct.pack(">II", len(header), len(payload)) + header + payload


def hts1() -> bytes:
    return b"".join(hts1_frame(START * 1000 + time / 1000, text.encode()) for time, text in EVENTS)


def hts1_members(data: bytes | None = None, **manifest: object) -> dict[str, bytes]:
    member = {"path": "io/0.hts1", "type": "io", "encoding": "hts1"}
    return {"manifest.json": tty_manifest(member, **manifest), "io/0.hts1": hts1() if data is None else data}


def zipped(members: dict[str, bytes] | list[tuple[str, bytes]], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    pairs = list(members.items()) if isinstance(members, dict) else members
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in pairs:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, method)
    return made.getvalue()


def framed(*shots: tuple[float, bytes], stream: bytes = io_rows(), **members: bytes) -> bytes:
    """Make an archive of a stream and of frames, each at its milliseconds."""
    index = [{"seq": at, "ts": ts, "hash": f"frame-{at}", "png": f"{at:05}.png"} for at, (ts, _) in enumerate(shots, 1)]
    tracks = {"commands": False, "io": True, "frames": True}
    found = {
        "manifest.json": rec_manifest(tracks=tracks),
        "io.jsonl": stream,
        "frames/index.jsonl": rows(*index),
        **{f"frames/{at:05}.png": data for at, (_, data) in enumerate(shots, 1)},
    }
    return zipped(found | members)


def with_link(members: dict[str, bytes], name: str) -> bytes:
    """Make an archive in which one member is a link."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for other, data in members.items():
            entry = zipfile.ZipInfo(other)
            if other == name:
                entry.create_system = 3
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, data)
    return made.getvalue()
