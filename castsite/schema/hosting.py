"""Where a site is served while it is written, and where it is published."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from castsite.regex import regex
from castsite.schema.addresses import web_address
from castsite.schema.lists import list_of
from castsite.schema.numbers import whole
from castsite.schema.paths import folder
from castsite.schema.reading import Key, Reading, Schema, expected
from castsite.schema.texts import SWITCH, flag, matching, scalar
from castsite.schema.tree import Node


class ServeOptions(Struct, frozen=True, kw_only=True):
    """How `castsite serve` serves."""

    host: str = "localhost"
    port: int = 8000
    open: bool = False
    drafts: bool = False
    future: bool = False
    allowed_hosts: tuple[str, ...] = ()
    uploads: bool = False
    publish_uploads: bool = False
    upload_folder: str = ""


class PublishOptions(Struct, frozen=True, kw_only=True):
    """Where `castsite publish` publishes: "gh-pages" or `s3://bucket/prefix`."""

    to: str = "gh-pages"
    branch: str = "gh-pages"
    remote: str = "origin"
    cname: str | None = None
    endpoint: str | None = None


def _destination(node: Node, reading: Reading) -> str | None:
    text = scalar(node, reading, "gh-pages or s3://bucket/prefix")
    if text is None or is_destination(text):
        return text
    reading.error(node.at, expected(f"gh-pages or s3://bucket/prefix{bucket_letters(text)}", node))
    return None


def is_destination(text: str) -> bool:
    """Whether a site can be published there: "gh-pages", or a bucket with a prefix that means itself everywhere."""
    return text == "gh-pages" or bool(_BUCKET.fullmatch(text))


def bucket_letters(text: str) -> str:
    """Say how a bucket and a prefix are spelled, where something else was meant for one."""
    letters = ": a bucket of 3 to 63 small letters, digits, . and -, steps of letters, digits, ., _ and -"
    return letters if text.startswith("s3://") else ""


_BUCKET: Final = regex(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,120}){0,8}/?")
HOST_NAME: Final = r"[A-Za-z0-9.:\[\]-]{1,255}"
"""What may be the name or the address of a host."""
_HOST_NAME: Final = matching(HOST_NAME, "expected the name or the address of a host")
_GIT_NAME: Final = matching(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}", "expected letters, digits, . _ - and /")

SERVE: Final = Schema(
    noun="key of serve",
    keys=(
        Key("host", _HOST_NAME, "name or address", "localhost", "Where to listen."),
        Key("port", whole(1, 65535), "whole number", "8000", "The first port to try."),
        Key("open", flag, SWITCH, "true", "Opens the browser."),
        Key("drafts", flag, SWITCH, "true", "Shows drafts."),
        Key("future", flag, SWITCH, "true", "Shows items of a future date."),
        Key("allowed_hosts", list_of(_HOST_NAME), "list of hosts", "[box.local]", "Further names it answers to."),
        Key("uploads", flag, SWITCH, "true", "Receives `asciinema upload`."),
        Key("publish_uploads", flag, SWITCH, "true", "What is received is no draft."),
        Key("upload_folder", folder("inbox"), "folder", "inbox", "Folder of `content/` that what is received goes to."),
    ),
)
PUBLISH: Final = Schema(
    noun="key of publish",
    keys=(
        Key("to", _destination, "gh-pages or s3://bucket/prefix", "gh-pages", "Where to."),
        Key("branch", _GIT_NAME, "name", "gh-pages", "The branch that is pushed."),
        Key("remote", _GIT_NAME, "name", "origin", "The remote it is pushed to."),
        Key("cname", _HOST_NAME, "host", "casts.example", "The domain, written to `CNAME`."),
        Key("endpoint", web_address, "http(s) address", "https://s3.example/", "Of a store that is not Amazon's."),
    ),
)
