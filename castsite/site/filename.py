"""Names that a recording may be given in the content folder, so that builds find it and the text beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from castsite.limits import Limits, moved_by
from castsite.site.noise import ignored, is_no_content
from castsite.site.sources import SECTION_NAMES

_LONGEST: Final = 255 - len(".cast.zst")
"""bytes; what file systems take, with the endings that a recording may have"""


class NameFault(NamedTuple):
    """Why a name can be none of a recording, and the cure; the text goes on a sentence that begins with the name."""

    code: str
    text: str


def fault_of(name: str, *, ignore: tuple[str, ...], limits: Limits) -> NameFault | None:
    """Judge a name below the content folder, without the ending `.cast`, such as `git/rebase`."""
    return next(_faults(name, ignore, limits), None)


def _faults(name: str, ignore: tuple[str, ...], limits: Limits) -> Iterator[NameFault]:
    parts = name.split("/")
    names = [*parts[:-1], f"{parts[-1]}.cast"]
    if not all(parts) or {".", ".."} & set(parts):
        yield NameFault("bad-name", 'is no name of a recording; choose one such as "rebase" or "git/rebase"')
    if len(parts) > limits.folder_depth:
        yield NameFault(
            "too-deep",
            f"has more than {limits.folder_depth} levels of folders {moved_by('folder_depth')}; leave some out",
        )
    if re.search(r"[\x00-\x1f\x7f\\]", name) or not _is_text(name):
        yield NameFault("bad-name", "holds characters that names of files should not have; use letters, digits and -")
    if max(len(part.encode()) for part in parts) > _LONGEST:
        yield NameFault("bad-name", f"has a part of more than {_LONGEST} bytes; choose a shorter name")
    passed = (is_no_content(one, at_top=at == 0, is_file=one is names[-1]) for at, one in enumerate(names))
    if any(passed):
        yield NameFault(
            "passed-over",
            "is passed over by builds, as ., _ and README at the beginning are, ~ and .tmp at the end; choose another",
        )
    if any(map(ignored(ignore), names, accumulate(names, "{}/{}".format))):
        yield NameFault("passed-over", "is passed over by builds, as ignore says; choose another name")
    if f"{parts[-1]}.md" in SECTION_NAMES:
        yield NameFault("bad-name", f"would have {parts[-1]}.md beside it, the folder's text; choose another name")


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
