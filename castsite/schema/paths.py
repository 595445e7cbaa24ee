"""Readers of paths that content may name: their shape, not what lies there."""

from __future__ import annotations

from typing import Final

from castsite.errors import quote
from castsite.regex import regex
from castsite.schema.reading import Reader, Reading
from castsite.schema.texts import scalar
from castsite.schema.tree import Node

PICTURES: Final = (".png", ".jpg", ".jpeg", ".webp", ".avif")

_SCHEME: Final = regex(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CONTROL: Final = regex(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def content_path(example: str) -> Reader[str]:
    """Read the path of a file, relative to the content file that names it; `/`-separated, never upwards.

    Only the shape is checked here, not the file. `./` is taken off.
    """

    def read(node: Node, reading: Reading) -> str | None:
        text = scalar(node, reading, f"the path of a file such as {example}")
        if text is None:
            return None
        if reason := path_fault(text):
            reading.error(node.at, f"{quote(text)} {reason}; write the path from this file's folder, such as {example}")
            return None
        return plain_path(text)

    return read


def folder(example: str) -> Reader[str]:
    """Read the path of a folder inside the project; given without a slash at its end."""

    def read(node: Node, reading: Reading) -> str | None:
        text = scalar(node, reading, f"a folder such as {example}")
        if text is None:
            return None
        path = text.removesuffix("/")
        if reason := path_fault(path):
            reading.error(node.at, f"{quote(text)} {reason}; expected a folder such as {example}")
            return None
        return plain_path(path)

    return read


def path_fault(text: str) -> str | None:
    """Tell why a text is no path of a file beside the content, None when it may be one."""
    segments = text.split("/")
    for holds, reason in (
        (not text, "is empty"),
        (_CONTROL.search(text), "holds control characters"),
        (_SCHEME.match(text), "is an address or a drive, not a file of this site"),
        ("\\" in text, "has a backslash"),
        (text.startswith("/"), "is absolute"),
        (".." in segments, "leaves its folder"),
        (segments[-1] in {"", "."}, "names a folder"),
        ("" in segments, "has an empty part"),
    ):
        if holds:
            return reason
    return None


def plain_path(text: str) -> str:
    """Take the `.` segments off a path."""
    return "/".join(segment for segment in text.split("/") if segment != ".")
