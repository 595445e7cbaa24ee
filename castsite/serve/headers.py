"""The headers that hosts will send with the site: read from its own `_headers`, so that a page meets them early."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from castsite.regex import regex
from castsite.render.headers import Rule, headers_file, rules

# who may load the site, for how long, and as what, is said anew here
_OURS: Final = ("access-control-", "cross-origin-", "cache-control", "content-type", "content-length", "set-cookie")
_HEADER: Final = regex(r"[ \t]+([A-Za-z0-9-]+):[ \t]*([\x20-\x7e]*)")


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Read `_headers` of a built site; those of every site where there is none."""
    try:
        text = (folder / "_headers").read_text("utf-8", "replace")
    except OSError:
        text = headers_file(rules()).decode()
    return tuple(_parsed(text.splitlines()))


def headers_for(path: str, chosen: Iterable[Rule]) -> dict[str, str]:
    """Give the headers of a request's path; those of several rules are joined by a comma, as hosts do."""
    found: dict[str, str] = {}
    for rule in chosen:
        if _matches(rule.path, path):
            for name, value in rule.headers:
                found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _parsed(lines: Iterable[str]) -> Iterator[Rule]:
    path, headers = "", list[tuple[str, str]]()
    for line in (*lines, "/"):
        if line.startswith("/"):
            if headers:
                yield Rule(path, tuple(headers))
            path, headers = line.strip(), []
        elif (found := _HEADER.fullmatch(line.rstrip())) and not found[1].lower().startswith(_OURS):
            headers.append((found[1], found[2]))


def _matches(pattern: str, path: str) -> bool:
    before, star, after = pattern.partition("*")
    if not star:
        return path == pattern
    return path.startswith(before) and path.endswith(after) and len(path) >= len(before) + len(after)
