"""Tiny builders: a recording is what a test says it is, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable

from castsite.cast.events import Cast, Event, Header

SECOND = 1_000_000


def output(seconds: float, text: str) -> Event:
    return Event(round(seconds * SECOND), "o", text)


def resize(seconds: float, cols: int, rows: int) -> Event:
    return Event(round(seconds * SECOND), "r", f"{cols}x{rows}")


def marker(seconds: float, label: str = "") -> Event:
    return Event(round(seconds * SECOND), "m", label)


def typed(seconds: float, text: str, step: float = 0.08) -> list[Event]:
    return [output(seconds + i * step, char) for i, char in enumerate(text)]


def cast(*events: Event | Iterable[Event], cols: int = 80, rows: int = 24, **header: object) -> Cast:
    flat: list[Event] = []
    for event in events:
        flat.extend([event] if isinstance(event, Event) else event)
    fields = {"version": 2, "cols": cols, "rows": rows, **header}
    return Cast(Header(**fields), tuple(flat))  # type: ignore[arg-type]


def v2(*events: list[object], width: object = 80, height: object = 24, **header: object) -> bytes:
    rows = [{"version": 2, "width": width, "height": height, **header}, *events]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def v3(*events: list[object], cols: object = 80, rows: object = 24, **header: object) -> bytes:
    lines = [{"version": 3, "term": {"cols": cols, "rows": rows}, **header}, *events]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()
