"""Names of files that are recordings, by their endings; and those that have to be looked into first."""

from __future__ import annotations

import re
from typing import Final

from castsite.regex import regex

COMPRESSED: Final = (".gz", ".bz2", ".xz", ".zst")
PACKINGS: Final = ("", *COMPRESSED)
"""What a name may end in besides: nothing, or what says that its file is compressed."""
ASCIICAST: Final = (".cast",)
OTHERS: Final = (".ttyrec", ".ttyrec2", ".ttyrec3", ".typescript", ".ttyz", ".rec")
"""Endings that nothing else has."""
BUNDLES: Final = (".tty", ".rec")
"""Endings of folders that are recordings; others are known by what is in them."""
TIMINGS: Final = (".timing", ".time", ".tm")
"""Endings of timing files of script(1), which go with an output of the same name."""

MANIFEST: Final = "manifest.json"
TRACE: Final = "index.jsonl"
"""What a folder that is a recording is known by: one of both."""
_IS_MANIFEST: Final = regex(rb'"(?:tty|rec)Version"\s*:')
_IS_TRACE: Final = regex(rb'(?:\xef\xbb\xbf)?\s*\{[^\n]*"hash"\s*:')

_ENDING: Final = rf"(?:{'|'.join(map(re.escape, COMPRESSED))})?$"
RECORDING: Final = regex(rf"(?:{'|'.join(map(re.escape, (*ASCIICAST, *OTHERS)))}){_ENDING}", re.IGNORECASE)
TTYREC: Final = regex(rf"\.ttyrec\d?{_ENDING}", re.IGNORECASE)
_ASCIICAST: Final = regex(rf"\.(?:cast|json){_ENDING}", re.IGNORECASE)
_WITHOUT_TIMING: Final = regex(rf"\.(?:cast|json|ttyrec\d?|ttyz|tty|rec|ya?ml){_ENDING}", re.IGNORECASE)
_NO_RECORDING: Final = regex(
    r"\.(?:md|png|jpe?g|webp|avif|gif|svg|ico|bmp|mp[34]|m4[av]|og[agv]|opus|wav|flac|aac|webm|mkv|mov|vtt|srt|pdf"
    r"|css|m?js|ts|json|html?|xml|csv|tsv|toml|ini|woff2?|ttf|otf|py|rb|go|rs|c|h|java|tape|lz)$",
    re.IGNORECASE,
)
_PAIRS: Final = {"typescript": ("timing", "timingfile"), "script": ("timing", "timingfile")}
"""What people call both files where neither has an ending."""


def is_unpacked(manifest: bytes | None, trace: bytes | None) -> bool:
    """Whether a folder is a recording, seen from the beginnings of its manifest and its trace of frames."""
    if manifest is not None:
        return _IS_MANIFEST.search(manifest) is not None
    return trace is not None and _IS_TRACE.match(trace) is not None


def may_be_recording(name: str) -> bool:
    """Whether a file of this name has to be looked into to know what it is."""
    return _NO_RECORDING.search(name) is None


def has_front_matter(name: str) -> bool:
    """Whether a recording of this name may begin with a block of front matter; three dashes begin any YAML."""
    return re.search(rf"\.ya?ml{_ENDING}", name, re.IGNORECASE) is None


def may_have_timing(name: str) -> bool:
    """Whether a timing file may belong to a recording of this name without being named."""
    return _WITHOUT_TIMING.search(name) is None


def stem(name: str) -> str:
    """Give the last part of a path without its ending."""
    if name.endswith(".cast"):  # nearly all
        return name[:-5]
    name = unpacked(name)
    return name.rpartition(".")[0] or name


def unpacked(path: str) -> str:
    """Give a path without what says that its file is compressed."""
    lower = path.lower()
    if not lower.endswith(COMPRESSED):  # nearly all
        return path
    return next(path[: -len(ending)] for ending in COMPRESSED if lower.endswith(ending))


def without_ending(path: str) -> str:
    """Give a path without the ending of its last part."""
    folder, slash, last = path.rpartition("/")
    return f"{folder}{slash}{stem(last)}"


def timings_of(name: str) -> tuple[str, ...]:
    """Give the names that a timing file of an output may have, the likeliest first; both without their folder.

    The one may be compressed and the other not; those come first that are packed alike.
    """
    own, bare = stem(name), unpacked(name)
    by_name = (f"{own}{ending}" for ending in TIMINGS)
    whole = (f"{bare}{ending}" for ending in TIMINGS)
    names = (*by_name, *whole, *_PAIRS.get(bare, ()))
    packed = (f"{one}{packing}" for packing in (name[len(bare) :], *PACKINGS) for one in names)
    return tuple(dict.fromkeys((*packed, *(f"{name}{ending}" for ending in TIMINGS))))
