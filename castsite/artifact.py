"""Files to be published, as values: where each goes, what it depends on, how its bytes are made."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Protocol

import msgspec


class Order(IntEnum):
    """When a file is published, so that every reader of a half-published site sees pages whose parts exist."""

    ASSET = 1
    """content-hashed names"""
    FILE = 2
    """casts, posters, transcripts and other side files under stable names"""
    PAGE = 3
    """pages of one item"""
    INDEX = 4
    """gallery, sections, lists, `_headers`"""


class Publishable(Protocol):
    """One output file. `path` is relative and `/`-separated; `owner` names the source in collision messages.

    `body` is called at most once, when the file is compared or written; it must give the same bytes for the same input
    on every machine. `key` is a digest of all the body is made from, code and theme included: while key and published
    file are what they were, the body is not even called. An empty key means that only the bytes can tell. It may take
    time: it is asked for where it can spare the body, and where the body is made.
    """

    @property
    def path(self) -> str:
        """Where it goes."""

    @property
    def order(self) -> Order:
        """When it is published."""

    @property
    def owner(self) -> str:
        """What it is made from."""

    @property
    def key(self) -> str:
        """What decides whether it has changed."""

    def body(self) -> bytes:
        """Make it."""


class Artifact(msgspec.Struct, frozen=True):
    """A file that stands for itself."""

    path: str
    order: Order
    owner: str
    body: Callable[[], bytes]
    key: str = ""
