"""Readers of web addresses, and of the people and things they belong to."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlsplit

from castsite.regex import regex
from castsite.schema.paths import path_fault
from castsite.schema.reading import Key, Reading, Schema, expected, mapping
from castsite.schema.texts import line, scalar
from castsite.schema.tree import Fields, Node, Text
from castsite.schema.values import Author, Link

_UNSAFE: Final = regex(r"[\x00-\x20\x7f-\xa0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\\\"<>^`{|}]")
_HOST: Final = regex(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\.?|\[[0-9a-f:.]+\]")
_MAIL: Final = regex(r"mailto:[A-Za-z0-9.!#$%&'*+/=?_~-]+@[A-Za-z0-9.-]+", re.IGNORECASE)
_URL_SAFE: Final = "/%:@!$&'()*+,;=~-._"
_A_LINK: Final = "{title: Docs, url: https://docs.example/}"
LONGEST: Final = 2000


def web_address(node: Node, reading: Reading) -> str | None:
    """Read an absolute http or https address."""
    if isinstance(node, Text) and is_web_address(node.value.strip()):
        return node.value.strip()
    reading.error(node.at, "expected an http(s) address")
    return None


def is_web_address(text: str) -> bool:
    """Whether a text is an absolute http or https address with a host and nothing hidden in it."""
    return _split(text) is not None


def base_url(text: str) -> str | None:
    """Give the normal form of a site's address, None when it cannot be one.

    http or https, host in lower case and IDNA, no user, query or fragment, a final `/`; the path keeps its case.
    """
    parts = _split(text)
    if parts is None or parts.query or parts.fragment or "?" in text or "#" in text or parts.username is not None:
        return None
    segments = parts.path.split("/")
    if ".." in segments or "." in segments or "" in segments[1:-1]:
        return None
    host = _host(parts)
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme.lower()}://{host}{port}{quote(parts.path.rstrip('/'), safe=_URL_SAFE)}/"


def person(node: Node, reading: Reading) -> Author | None:
    """Read an author: a name, or `{name, url}` with an http, https or mailto address."""
    if not isinstance(node, Fields):
        name = _NAME(node, reading)
        return Author(name) if name else None
    values = mapping(_PERSON, node, reading, needs=["name"], example="{name: Ada}")
    return Author(values["name"], values.get("url", "")) if values else None


def link(node: Node, reading: Reading) -> Link | None:
    """Read an http(s) address, or `{title, url}`."""
    if not isinstance(node, Fields):
        url = web_address(node, reading)
        return Link("", url) if url else None
    return _titled(mapping(_LINK, node, reading, needs=["url"], example=_A_LINK))


def entry(node: Node, reading: Reading) -> Link | None:
    """Read an entry of the navigation, `{title, url}`; the address may be a path on the site."""
    return _titled(mapping(_ENTRY, node, reading, needs=["url"], example="{title: About, url: about/}"))


def _titled(values: dict[str, Any] | None) -> Link | None:
    return Link(values.get("title", ""), values["url"]) if values else None


def _contact(node: Node, reading: Reading) -> str | None:
    text = node.value.strip() if isinstance(node, Text) else ""
    if is_web_address(text) or (_MAIL.fullmatch(text) and len(text) <= LONGEST):
        return text
    reading.error(node.at, "expected an http(s) or mailto address")
    return None


def _site_or_web_address(node: Node, reading: Reading) -> str | None:
    text = scalar(node, reading, "an address")
    if text is None:
        return None
    inside = text.removeprefix("/").partition("#")[0].removesuffix("/")
    if is_web_address(text) or (not text.startswith("//") and not (inside and path_fault(inside))):
        return text
    reading.error(node.at, expected("an http(s) address or a path on this site such as about/", node))
    return None


def _split(text: str) -> SplitResult | None:
    if len(text) > LONGEST or _UNSAFE.search(text):
        return None
    try:
        parts = urlsplit(text)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        return parts if fine and _HOST.fullmatch(_host(parts)) else None
    except ValueError:  # urllib's word for a wrong port or bracket, and for a host that IDNA has no form of
        return None


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return f"[{host}]" if ":" in host else host.encode("idna").decode("ascii").lower()


_NAME = line()
_PERSON = Schema(
    noun="key of an author",
    keys=(
        Key("name", _NAME, "text", "Ada", "The name that is shown."),
        Key(
            "url",
            _contact,
            "http, https or mailto address",
            "https://ada.example/",
            "Where the name leads.",
        ),
    ),
)
_TITLE = Key("title", _NAME, "text", "Docs", "The words of the link.")
_LINK = Schema(
    noun="key of a link",
    keys=(
        _TITLE,
        Key(
            "url",
            web_address,
            "http(s) address",
            "https://docs.example/",
            "Where the link leads.",
        ),
    ),
)
_ENTRY = Schema(
    noun="key of an entry",
    keys=(
        _TITLE,
        Key(
            "url",
            _site_or_web_address,
            "http(s) address, or a path on the site",
            "about/",
            "Where the entry leads.",
        ),
    ),
)
