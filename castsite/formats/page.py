"""Web pages that show recordings: what they embed, and the addresses of what they do not.

Nothing is run and nothing is fetched: a page is read as text, and what stands in it is all that is known.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Final, NamedTuple
from urllib.parse import unquote, unquote_to_bytes

from castsite.regex import regex

_HEAD: Final = regex(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|script|meta|div|asciinema-player)\b",
    re.IGNORECASE | re.DOTALL,
)
_CAST: Final = regex(
    r"[^\s\"'`<>]+\.(?:cast|ttyrec\d?|ttyz)(?:\.(?:gz|bz2|xz|zst))?(?:[?#][^\s\"'`<>]*)?", re.IGNORECASE
)
_HOSTED: Final = regex(r"(?P<path>.*/a/[A-Za-z0-9]+)(?:\.js|/iframe|/embed)?(?:[?#].*)?")
_FORMER: Final = regex(r"(?:(?:https?:)?//[^/]+)?(/a/[A-Za-z0-9]+)\.(?:cast|json)(?:[?#].*)?", re.DOTALL)
_TYPES: Final = frozenset(("application/x-asciicast", "application/asciicast+json"))
_MADE: Final = regex(
    r"""(?:\bcreate(?:Player)?\(\s*|\b(?:url|src|data)["']?\s*:\s*)(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)""",
    re.DOTALL,
)
_ESCAPE: Final = regex(
    r"\\(?:u\{(?P<point>[0-9a-fA-F]{1,6})\}|u(?P<unit>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2})|(?P<char>.))", re.DOTALL
)
_CHARS: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_DATA: Final = "data:"
_BEGINS: Final = regex(r"\s*\{\s*\"[^\x00]{0,4096}?\"version\"|\s*\{\s*\"version\"")
_ATTRIBUTES: Final = ("data-cast", "data-src", "data-cast-url", "data-url")
"""What scripts of many a page keep the address of a recording in."""
MOST: Final = 1000
"""Recordings of one page."""


class Embedded(NamedTuple):
    """A recording that a page shows: where it is, or what it is. `line` is where the page says so."""

    address: str
    data: bytes | None
    line: int


def is_page(source: bytes) -> bool:
    """Whether a file is a page of HTML."""
    return _HEAD.match(source[:4096]) is not None


def embedded(source: bytes) -> tuple[Embedded, ...]:
    """Find what a page shows, each once, in the order of the page."""
    scanner = _Scanner()
    scanner.feed(source.decode("utf-8", "replace"))
    scanner.close()
    known: dict[tuple[str, bytes | None], Embedded] = {}
    for one in scanner.found:
        known.setdefault((one.address, one.data), one)
    return tuple(known.values())[:MOST]


class _Scanner(HTMLParser):
    """Reads one page. Mutable while it does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Embedded] = []
        self._script = False
        self._begun = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes that lead to recordings."""
        given = {name: (value or "").strip() for name, value in attrs}
        source = given.get("src", "")
        for address in _addresses(tag, given):
            self._take(address)
        if tag == "script" and not source:
            self._script, self._begun = True, self.getpos()[0]

    def handle_endtag(self, tag: str) -> None:
        """Leave a script."""
        if tag == "script":
            self._script = False

    def handle_data(self, data: str) -> None:
        """Look into scripts, those that are run and those that hold something."""
        if not self._script:
            return
        if _BEGINS.match(data):
            if (own := _offline(data)) is not None:
                self.found.append(Embedded("", own, self._begun))
            else:
                self.found.append(Embedded("", data.strip().encode("utf-8", "replace"), self._begun))
            return
        if (own := _offline(data)) is not None:
            self.found.append(Embedded("", own, self._begun))
            return
        for match in _MADE.finditer(data):
            text = _literal(match["text"])
            line = self._begun + data.count("\n", 0, match.start())
            if _BEGINS.match(text):
                self.found.append(Embedded("", text.encode("utf-8", "replace"), line))
            elif text.startswith(_DATA) or _CAST.fullmatch(text) or match[0].startswith("create"):
                self._take(text, line)

    def _take(self, address: str, line: int = 0) -> None:
        line = line or self.getpos()[0]
        if not address.lower().startswith(_DATA):
            if address and not address.startswith("#"):
                self.found.append(Embedded(address, None, line))
            return
        data = _inline(address)
        if data:
            self.found.append(Embedded("", data, line))


def _addresses(tag: str, given: Mapping[str, str]) -> Iterator[str]:
    """Give what the attributes of an element lead to, where that is a recording."""
    source, href = given.get("src", ""), given.get("href", "")
    if tag == "asciinema-player":
        yield source
    if href and tag == "link" and given.get("type", "").lower() in _TYPES:
        yield href
    if tag == "a" and _CAST.fullmatch(href):
        yield href
    if tag in {"script", "iframe"} and (hosted := _HOSTED.fullmatch(source)):
        yield f"{hosted['path']}.cast"
    for name in _ATTRIBUTES:
        value = given.get(name, "")
        if value.startswith(_DATA) or _CAST.fullmatch(value):
            yield value


def _offline(text: str) -> bytes | None:
    """Give the recording that a page of `castsite export --to html` holds."""
    if '"cast"' not in text:
        return None
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None
    cast = fields.get("cast") if isinstance(fields, dict) else None
    return cast.encode("utf-8", "replace") if isinstance(cast, str) and _BEGINS.match(cast) else None


def _inline(address: str) -> bytes | None:
    head, comma, payload = address[len(_DATA) :].partition(",")
    if not comma:
        return None
    if not head.lower().rstrip().endswith("base64"):
        return unquote_to_bytes(payload)
    try:
        return base64.b64decode("".join(unquote(payload).split()))
    except (binascii.Error, ValueError):
        return None


def _literal(text: str) -> str:
    """Read a literal of JavaScript."""
    return _joined(_ESCAPE.sub(_char, text[1:-1]))


def _joined(text: str) -> str:
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _char(match: re.Match[str]) -> str:
    if match["char"] is not None:
        return _CHARS.get(match["char"], match["char"])
    code = int(match["point"] or match["unit"] or match["byte"], 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def former(address: str) -> str:
    """Give the address, on its host, of the page of asciinema.org's kind that a recording has; empty for any other."""
    match = _FORMER.fullmatch(address)
    return f"{match[1]}/" if match else ""


def beside(address: str, page: str) -> Iterator[str]:
    """Give the paths, relative to the folder of a page, at which what it leads to may have been saved.

    Never one that leads out of that folder.
    """
    path = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
    remote = re.match(r"(?:[a-z][a-z0-9+.-]*:)?//[^/]*", path, re.IGNORECASE)
    path = (path[remote.end() :] if remote else path).lstrip("/")
    parts = [part for part in path.replace("\\", "/").split("/") if part not in {"", "."}]
    if not parts or ".." in parts or "\0" in path or re.match(r"[a-z]:", path, re.IGNORECASE):
        return
    stem = page.rpartition(".")[0] or page
    yield "/".join(parts)
    yield parts[-1]
    yield from (f"{stem}{ending}/{parts[-1]}" for ending in ("_files", "-Dateien", "_fichiers"))
