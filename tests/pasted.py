"""Titles that would rather be something else, and a reader of what is pasted into a page."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = (
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "](javascript:alert(1)) ![x](//evil",
    "`a` *b* _c_ <d> &amp; ~e~ \\",
    '"]\n\nimage::x[] {attribute} ++pass++',
    "[/img][/url] x]] y }} :target: z",
    "\u202egnirts a \x1b[31m",
    "\u05e9\u05dc\u05d5\u05dd",
)


class Elements(HTMLParser):
    """Start tags with their attributes, and the text between."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data
