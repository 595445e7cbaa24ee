"""A recording for termless: a `.rec` archive of the stream, the commands that were found in it, and its resizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from castsite.cast.events import OUTPUT, RESIZE
from castsite.export.take import Made, Take
from castsite.formats.archive import pack
from castsite.formats.names import MANIFEST
from castsite.formats.termless import COMMANDS, IO

_ORDER: Final = {"resize": 0, "type": 1, "key": 2}


def rec(take: Take) -> Made:
    """Write the archive: the same bytes for the same recording."""
    stream = [{"at": time, "direction": "out", "data": data} for time, code, data in take.cast.events if code == OUTPUT]
    commands = sorted(_commands(take), key=lambda row: (row["at"], _ORDER[str(row["kind"])]))
    manifest = {
        "recVersion": 1,
        "recordingVersion": 1,
        "cols": take.cast.header.cols,
        "rows": take.cast.header.rows,
        "durationMicros": take.cast.duration,
        "reproducible": False,
        "tracks": {"commands": bool(commands), "io": True, "frames": False},
    }
    members = {MANIFEST: msgspec.json.encode(manifest), IO: msgspec.json.Encoder().encode_lines(stream)}
    if commands:
        members[COMMANDS] = msgspec.json.Encoder().encode_lines(commands)
    return Made(pack(members.items(), deflate=True))


def _commands(take: Take) -> Iterator[dict[str, object]]:
    """Give what was typed and entered, and where the screen became another one."""
    for event in take.cast.events:
        if event.code == RESIZE:
            cols, rows = event.size
            yield {"at": event.time, "kind": "resize", "cols": cols, "rows": rows}
    for command in take.analysis.shown_commands:
        yield {"at": command.time, "kind": "type", "text": " ".join(command.text.split())}
        yield {"at": command.accepted, "kind": "key", "key": "enter"}
