"""Style sheets that need no other file: what `@import` names stands in them, what `url()` names as a `data:` address.

What lies elsewhere is left out, so that nothing is asked for; a typeface that nobody sees weighs nothing.
"""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Mapping
from typing import Final

from castsite.regex import regex
from castsite.render.assets import Asset

NOTHING: Final = "data:,"

# comments and strings come first, so that nothing inside one is taken for a reference
_IN_CSS = regex(
    r"""/\*.*?\*/
      | @import\s+(?:url\(\s*)?(?:"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|(?P<bare>[^"'()\s;]+))\s*\)?
          (?P<how>(?:[^;"']|"[^"]*"|'[^']*')*)(?:;|\Z)
      | url\(\s*(?:"(?P<url2>(?:\\.|[^"\\])*)"|'(?P<url1>(?:\\.|[^'\\])*)'|(?P<url0>(?:\\.|[^"'()\\\s])*))\s*\)
      | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*'""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_HOW = regex(
    r"""\s*(?P<layer>layer\b(?:\((?P<name>[^()]*)\))?)?
        \s*(?:supports\((?P<supports>(?:[^()]|\([^()]*\))*)\))?
        \s*(?P<media>.*?)\s*""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_TYPES: Final = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}


def data_address(asset: Asset) -> str:
    """Write an asset as an address that holds it."""
    kind = _TYPES.get(posixpath.splitext(asset.path)[1].lower(), "application/octet-stream")
    return f"data:{kind};base64,{base64.b64encode(asset.body).decode('ascii')}"


def whole(sheet: Asset, published: Mapping[str, Asset], above: tuple[str, ...] = ()) -> str:
    """Give the text of a style sheet with everything in it that it refers to; `published` are assets by output path.

    A sheet that is among those `above`, which import it, is left out: browsers do the same.
    """
    folder = posixpath.dirname(sheet.path)

    def find(written: str) -> tuple[Asset | None, str]:
        """Find what is referred to, and what is said of a place in it."""
        path, mark, place = written.strip().partition("#")
        return published.get(posixpath.normpath(posixpath.join(folder, path.partition("?")[0]))), mark + place

    def put(match: re.Match[str]) -> str:
        if match["how"] is not None:
            imported, _ = find(match["double"] or match["single"] or match["bare"] or "")
            if imported is None or imported.path in (*above, sheet.path):
                return ""
            return _under(match["how"], whole(imported, published, (*above, sheet.path)))
        written = next((match[name] for name in ("url2", "url1", "url0") if match[name] is not None), None)
        if written is None or written.startswith(("data:", "#")):
            return match[0]
        asset, place = find(written)
        return f'url("{data_address(asset)}{place}")' if asset else f'url("{NOTHING}")'

    return _IN_CSS.sub(put, sheet.body.decode("utf-8", "replace"))


def _under(how: str, css: str) -> str:
    """Put what was imported under the layer and the conditions it was imported with."""
    match = _HOW.fullmatch(how)
    if match is None:
        return ""
    if match["layer"]:
        css = f"@layer {match['name'] or ''}{{{css}}}"
    if match["supports"]:
        css = f"@supports ({match['supports']}){{{css}}}"
    return f"@media {match['media']}{{{css}}}" if match["media"] else css
