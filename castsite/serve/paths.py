"""From the path of a request to a file of the site: decoded once, no link followed, nothing hidden given away."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import quote, unquote_to_bytes

from castsite.output.manifest import MANIFEST
from castsite.output.plan import is_temporary
from castsite.regex import regex
from castsite.site.noise import WELL_KNOWN

Segments: TypeAlias = tuple[str, ...]
"""What stands between the slashes of a path; the last one is empty where the path ends in a slash."""

INDEX: Final = "index.html"
_REFUSED: Final = regex(r"[\x00-\x1f\x7f\\]")


class BadPathError(ValueError):
    """A path that no link of a site has: not UTF-8, or with a backslash or a control character in it."""


def segments(path: str) -> Segments:
    """Decode the path of a request, once. Raises BadPathError."""
    try:
        text = unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadPathError from error
    if _REFUSED.search(text) or not text.startswith("/"):
        raise BadPathError
    return tuple(text[1:].split("/"))


def below(wanted: Segments, base: Segments) -> Segments | None:
    """Give what of a path is below a base path, which ends in a slash; None when it is elsewhere."""
    depth = len(base) - 1
    return wanted[depth:] if wanted[:depth] == base[:depth] and len(wanted) > depth else None


def address(parts: Segments) -> str:
    """Give the path of a request, from the site's top."""
    return quote("/".join(parts))


def locate(folder: Path, wanted: Segments) -> Path | None:
    """Give the file or the folder that a path below the site's top names; None when nobody is to know of one."""
    names = wanted[:-1] if wanted and not wanted[-1] else wanted
    if any(_is_hidden(name, first=at == 0) for at, name in enumerate(names)):
        return None
    path, mode = folder, stat.S_IFDIR
    for name in names:
        path /= name
        try:
            mode = path.lstat().st_mode
        except (OSError, ValueError):
            return None
        if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
            return None
    return None if stat.S_ISREG(mode) and names != wanted else path


def _is_hidden(name: str, *, first: bool) -> bool:
    dot = name.startswith(".") and not (first and name == WELL_KNOWN)
    return not name or dot or name == MANIFEST or is_temporary(name) or (os.name == "nt" and ":" in name)
