"""What a recorder is asked to do: everything is decided before it begins, and handed on as one line of JSON."""

from __future__ import annotations

import json
from typing import Literal

from msgspec import Struct
from msgspec.structs import asdict

from castsite.record.keys import NO_KEYS, Keys


class Order(Struct, frozen=True, kw_only=True):
    """One recording. Times are microseconds, sizes bytes; 0 of a limit is none."""

    path: str
    """of the recording, for messages"""
    handle: int
    """its file, open for appending and locked"""
    note: str
    """file of the note about this recorder"""
    held: int = -1
    """that file, open and locked"""
    program: tuple[str, ...]
    cols: int
    rows: int
    interactive: bool
    """somebody sits at the terminal; otherwise nobody types, and no terminal is touched"""
    follows: bool = False
    """the size is that of the terminal, whatever becomes of it"""
    copies: bool = True
    """output goes to standard output, too"""
    quiet: bool = False
    ready: int = -1
    """where to tell, in the background, that the program runs; whoever waits for that has the other end"""
    input: bool = False
    """record what is typed, too"""
    durable: bool = False
    version: Literal[2, 3] = 3
    last: int = 0
    """time of the last event that is there already"""
    size: int = 0
    """bytes that are there already"""
    appends: bool = False
    resized: bool = False
    """the size is another one than that at the end of what is there"""
    duration_limit: int = 0
    size_limit: int = 0
    keys: Keys = NO_KEYS


def packed(order: Order) -> str:
    """Write an order as one line."""
    return json.dumps(asdict(order) | {"keys": [key.decode("latin-1") for key in order.keys]})


def unpacked(text: str) -> Order:
    """Read it again."""
    fields = json.loads(text)
    keys = Keys(*(key.encode("latin-1") for key in fields.pop("keys")))
    return Order(**fields | {"program": tuple(fields["program"])}, keys=keys)
