"""A recording for termless: a `.rec` archive of the stream, the commands that were found in it, and its resizes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter

import msgspec

from castsite.cast.events import OUTPUT, RESIZE, Event
from castsite.export.take import Made, Take
from castsite.formats.archive import pack
from castsite.formats.names import MANIFEST
from castsite.formats.termless import COMMANDS, IO


def rec(take: Take) -> Made:
    """Write the archive: the same bytes for the same recording."""
    events = list(_apart(take.cast.events))
    stream = [{"at": time, "direction": "out", "data": data} for time, code, data in events if code == OUTPUT]
    commands = sorted((*_resizes(events), *_commands(take)), key=itemgetter("at"))
    manifest = {
        "recVersion": 1,
        "recordingVersion": 1,
        "cols": take.cast.header.cols,
        "rows": take.cast.header.rows,
        "durationMicros": events[-1].time,
        "reproducible": False,
        "tracks": {"commands": bool(commands), "io": True, "frames": False},
    }
    members = {MANIFEST: msgspec.json.encode(manifest), IO: msgspec.json.Encoder().encode_lines(stream)}
    if commands:
        members[COMMANDS] = msgspec.json.Encoder().encode_lines(commands)
    return Made(pack(members.items(), deflate=True))


def _commands(take: Take) -> Iterator[dict[str, object]]:
    """Give what was typed and entered, one command after the other."""
    shown = take.analysis.shown_commands
    for command, later in zip(shown, [*shown[1:], None], strict=False):  # without any there is no last one
        accepted = max(command.accepted, command.time)
        yield {"at": command.time, "kind": "type", "text": " ".join(command.text.split())}
        yield {"at": min(accepted, later.time) if later else accepted, "kind": "key", "key": "enter"}


def _apart(events: Iterable[Event]) -> Iterator[Event]:
    """Put a microsecond between an output and the resize that comes after it at the same time.

    They are kept in files of their own, of which resizes come first where times are equal.
    """
    at, shown = 0, -1
    for event in events:
        at = max(at, event.time)
        if event.code == RESIZE and shown == at:
            at += 1
        shown = at if event.code == OUTPUT else shown
        yield event._replace(time=at)


def _resizes(events: Iterable[Event]) -> Iterator[dict[str, object]]:
    for event in events:
        if event.code == RESIZE:
            cols, rows = event.size
            yield {"at": event.time, "kind": "resize", "cols": cols, "rows": rows}
