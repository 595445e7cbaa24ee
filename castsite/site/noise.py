"""Names of the content folder and of `static/` that are passed over, by who builds and by who waits for changes."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from castsite.regex import regex

WELL_KNOWN: Final = ".well-known"
"""The one dot-name that is published."""


_SECTIONS: Final = frozenset({"_index.md", "_index.markdown"})  # however spelled: what is meant for a text is told
_COPIES: Final = ("~", ".swp", ".tmp", ".part", ".orig")
_ABOUT: Final = ("README", "LICENSE")
_FLEETING: Final = regex(r"4913|.*\.sw[a-px]x?|sed\w{6}|.*___jb_\w+___")  # vim, sed -i, JetBrains


def is_no_content(name: str, *, at_top: bool, is_file: bool) -> bool:
    """Whether a name in the content folder is passed over; what editors write for a moment is always a file."""
    if name.startswith((".", "_")) and name.lower() not in _SECTIONS:
        return True
    if name.startswith("#") and name.endswith("#", 1):
        return True
    if name.endswith(_COPIES) or (at_top and name.startswith(_ABOUT)):
        return True
    return is_file and _FLEETING.fullmatch(name) is not None


def is_no_static(name: str, *, at_top: bool) -> bool:
    """Whether a name in `static/` is passed over; everything else is published as it is."""
    return name.startswith(".") and not (at_top and name == WELL_KNOWN)


@lru_cache
def ignored(patterns: tuple[str, ...]) -> Callable[[str, str], bool]:
    """Give what tells whether `ignore` passes over a name and its path below the content folder.

    A pattern of a shell is for the name or the whole path; with a slash at its beginning for the path, step by step.
    """
    anywhere = re.compile("|".join(fnmatch.translate(one) for one in patterns if not one.startswith("/")) or "(?!)")
    anchored = [
        [re.compile(fnmatch.translate(step)) for step in one.strip("/").split("/")]
        for one in patterns
        if one.startswith("/")
    ]

    def passed_over(own: str, path: str) -> bool:
        if anywhere.match(own) or anywhere.match(path):
            return True
        steps = path.split("/") if anchored else []
        return any(len(one) == len(steps) and all(map(re.Pattern.match, one, steps)) for one in anchored)

    return passed_over
