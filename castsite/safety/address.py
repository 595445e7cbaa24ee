"""Addresses written in content: which may be followed, and in what form they are written out.

Browsers forgive a great deal (white space and control characters inside a scheme, backslashes for slashes, a missing
`//`), so an address is first brought into the one form every browser reads alike, and judged in that form.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote as percent_encode
from urllib.parse import unquote

from castsite.errors import quote
from castsite.regex import regex
from castsite.safety import Refused

SCHEMES = ("http", "https", "mailto")
"""What a link may start."""

_SPACE = "".join(map(chr, range(0x21)))
_IGNORED = str.maketrans("", "", "\t\n\r")  # the URL standard deletes them wherever they stand
_HIDDEN = regex(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SCHEME = regex(r"([A-Za-z][A-Za-z0-9+.-]*):")
_KEPT = "-._~:/?#@!$&()*+,;=%"
_ENCODED = regex(rf"[A-Za-z0-9{re.escape(_KEPT)}]*")


class Kind(StrEnum):
    """Where an address leads."""

    EXTERNAL = "external"
    """to another site, or to a mailbox"""
    FRAGMENT = "fragment"
    """to a place on the page it stands on"""
    LOCAL = "local"
    """to a file of the content folder"""


class Address(NamedTuple):
    """An address that may be followed.

    `url` is the whole of it, normalised and percent-encoded. For a local one `path` is what the author wrote, decoded;
    a leading `/` means the content folder. `query` and `fragment` come without their signs, still encoded.
    """

    kind: Kind
    url: str
    path: str = ""
    query: str = ""
    fragment: str = ""


@lru_cache(maxsize=4096)
def read_address(written: str) -> Address | Refused:
    r"""Judge an address from content, after entities were decoded.

    >>> read_address("java\tscript:alert(1)")
    Refused(reason='scheme "javascript" is not allowed; use http, https or mailto')
    >>> read_address(r"\\example.org/x").url
    'https://example.org/x'
    """
    text = written.strip(_SPACE)
    if not text.isprintable():  # most are, and then there is nothing of either kind in it
        text = text.translate(_IGNORED)
        if _HIDDEN.search(text):
            return Refused("it holds control characters")
    text = text.replace("\\", "/")
    if text.startswith("//"):
        return _external("https", text)
    if scheme := _SCHEME.match(text):
        return _external(scheme[1].lower(), text[scheme.end() :])
    return _internal(text)


def encode(url: str) -> str:
    """Percent-encode what may not stand in an address; escapes that are there already stay."""
    return url if _ENCODED.fullmatch(url) else percent_encode(url, safe=_KEPT, errors="replace")


def within(folder: str, path: str) -> str | None:
    """Resolve a local path against the folder of the file it was written in; None when it leaves the content folder.

    Both are `/`-separated and relative to the content folder; a leading `/` of `path` stands for that folder.

    >>> within("git", "../notes/a.md"), within("git", "../../etc/passwd")
    ('notes/a.md', None)
    """
    parts = [] if path.startswith("/") else [part for part in folder.split("/") if part]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _external(scheme: str, rest: str) -> Address | Refused:
    if scheme not in SCHEMES:
        return Refused(f"scheme {quote(scheme)} is not allowed; use http, https or mailto")
    # `https:host` and `https:/host` mean different things depending on the page they stand on
    target = rest if scheme == "mailto" else "//" + rest.lstrip("/")
    if not target.strip("/"):
        return Refused("it names no host")
    return Address(Kind.EXTERNAL, encode(f"{scheme}:{target}"))


def _internal(text: str) -> Address | Refused:
    rest, _, fragment = text.partition("#")
    written, _, query = rest.partition("?")
    try:
        path = unquote(written, errors="strict")
    except UnicodeDecodeError:
        return Refused("its percent escapes are not UTF-8")
    if _HIDDEN.search(path) or "\\" in path:
        return Refused("its percent escapes hold control characters or a backslash")
    if not path and not query:
        return Address(Kind.FRAGMENT, encode(text), fragment=fragment) if fragment else Refused("it is empty")
    return Address(Kind.LOCAL, encode(text), path, query, fragment)
