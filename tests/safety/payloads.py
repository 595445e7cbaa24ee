"""The injection payloads of the conformance tables, and the judge of what came through: the DOM, never the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

import html5lib

from castsite.safety.markup import ATTRIBUTES, TAGS

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "<javascript:alert(2)>",
    "![x](javascript:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "[a](vbscript:x)",
    "[a](java\tscript:alert(1))",
    "[a](<java\nscript:alert(1)>)",
    "[a](<java&#10;script:alert(1)>)",
    "[a](\x01javascript:alert(1))",
    "[a](&#1;javascript:alert(1))",
    "[a]\n\n[a]: javascript:alert(1)\n",
    "[a](//evil.example/x)",
    r"[a](\\evil.example)",
    r"[a](\\\\evil.example)",
    "[a](https:evil)",
    "![a](//evil.example/x.png)",
    "<svg><script>alert(1)</script></svg>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<iframe srcdoc="<script>alert(1)</script>">',
    "<embed src=javascript:alert(1)>",
    "<object data=javascript:alert(1)>",
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a xlink:href="javascript:alert(1)">x</a>',
    '<a href="https://ok" target=_blank onclick=alert(1)>x</a>',
    "<form action=javascript:alert(1)><button>x",
    "<input autofocus onfocus=alert(1)>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<base href=//evil.example/>",
    '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
    "<link rel=stylesheet href=//evil.example>",
    '<style>@import "//evil.example"</style>',
    '<p style="background:url(javascript:alert(1))">',
    "<div id=castsite name=config>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "`</script><script>alert(1)</script>`",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '![a]("onerror="alert(1))',
    r'[a](https://x "\" onmouseover=alert(1) x=\"")',
    "[x](<javascript:alert(1)>)",
    '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    '<img srcset="//evil.example/x.png 1x">',
    '<img src="//evil.example/x.png">',
    "\u202e evil \u202c",
)

_SCHEME = re.compile(r"[\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]*):")
_ID = re.compile(r"h-[a-z0-9-]+|fn(ref)?[0-9]+(:[0-9]+)?")
_FORCED = {"input": {"type"}}
_NEVER = {"script", "style", "svg", "math", "iframe", "object", "embed", "form", "base", "link", "meta", "template"}


class Fault(NamedTuple):
    tag: str
    what: str


def faults(html: str) -> list[Fault]:
    """What a browser would find in a page's body that content must not be able to put there."""
    root = html5lib.parseFragment(html, container="div", namespaceHTMLElements=True)
    return [fault for element in root.iter() if element is not root for fault in _faults(element)]


def addresses(html: str) -> list[tuple[str, str]]:
    """Every `(tag, address)` that a browser would follow or load."""
    root = html5lib.parseFragment(html, container="div", namespaceHTMLElements=False)
    return [
        (element.tag, element.attrib[name])
        for element in root.iter()
        for name in ("href", "src")
        if name in element.attrib
    ]


def _faults(element: Element) -> Iterator[Fault]:
    if not isinstance(element.tag, str):
        yield Fault("", "a comment")
        return
    space, _, tag = element.tag.rpartition("}")
    if space.lstrip("{") != "http://www.w3.org/1999/xhtml" or tag not in TAGS or tag in _NEVER:
        yield Fault(tag, f"element in {space}")
    for name, value in element.attrib.items():
        if name not in ATTRIBUTES.get(tag, frozenset()) | _FORCED.get(tag, set()):
            yield Fault(tag, f"attribute {name}={value}")
        if name == "id" and not _ID.fullmatch(value):
            yield Fault(tag, f"id {value}")
        if name in ("href", "src") and not _harmless(value):
            yield Fault(tag, f"{name} {value!r}")


def _harmless(url: str) -> bool:
    if url.startswith(("//", "/\\", "\\")) or any(char <= " " for char in url):
        return False
    scheme = _SCHEME.match(url)
    return scheme is None or scheme[1] in ("http", "https", "mailto")
