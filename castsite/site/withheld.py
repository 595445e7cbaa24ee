"""What is held back by what cannot be read: by a text with an error, or by what stands in the place of a text.

What nobody can read may say that an item is private, a draft, or to be masked. Whatever may say so counts as if it did.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from typing import Final

from castsite.config import SiteConfig
from castsite.errors import Problem, Severity
from castsite.formats.names import stem, unpacked
from castsite.limits import KIB
from castsite.regex import regex
from castsite.safety.gate import FOUND
from castsite.schema.values import Visibility
from castsite.site.frontmatter import Kind
from castsite.site.keys import FRONT_MATTER
from castsite.site.model import Meta
from castsite.site.sources import TEXT_ENDINGS, Scan, SourceFile
from castsite.site.sources import Kind as SourceKind

_DECIDING: Final = ("draft", "visibility", "date", "recording", "timing", "input", "cascade")
_APART: Final = frozenset({FOUND, "bad-value", "text-too-long"})
"""Codes of errors that leave what stands elsewhere in front matter as it is."""
_GUARDS: Final = frozenset({key.name for _, key in FRONT_MATTER if key.guards})
LOCKED_OUT: Final = "no-passphrase"
"""Code of the error about a private recording that nobody can encrypt."""
_HELD: Final = frozenset(
    (FOUND, "unsure", LOCKED_OUT, "unknown-key", "bad-yaml", "bad-front-matter", "not-utf-8", "text-too-long")
)
"""Codes of errors that say, or may hide, that somebody wants something held back."""
_KEY: Final = regex(r"(\w+)[\"']?[ \t]*:(?:\s|\Z)")
_STRANGE: Final = frozenset({"link", "not-a-file"})
"""Codes of what is no file; what stands in the place of a text may say anything."""
_NESTED: Final = regex(r"^[ \t]+\S|\{", re.MULTILINE)
_HOLDING: Final = regex(
    r"^(?:[^\S\n]|[{,\"'])*(?:vis|priv|hid|unl|publ|unpubl|list|dra|dar|expir|redact|mask|cut|trim|start|end|casc)",
    re.IGNORECASE | re.MULTILINE,
)
"""Beginnings of keys that hold something back, wherever in a block they may stand, and of what is meant for one."""
_NAMED: Final = regex(
    r"^(?:[^\S\n]|[{,])*[\"']?record\w*[\"']?[ \t]*:[ \t]*(?:[>|][-+]?\s*)?[\"']?(?P<path>[^\n#\"',}]+)",
    re.IGNORECASE | re.MULTILINE,
)


def is_private(meta: Meta, config: SiteConfig) -> bool:
    """Whether an item is for those alone who know a passphrase."""
    return (meta.visibility or config.visibility) is Visibility.PRIVATE


def is_unsure(front: str, problems: Iterable[Problem], kind: Kind) -> bool:
    """Whether front matter with these errors may hold something back that was not understood."""
    errors = [one for one in problems if one.severity is Severity.ERROR]
    if kind != "section":
        return _HOLDING.search(front) is not None and any(one.code != FOUND for one in errors)
    apart = [one for one in errors if one.code not in _APART or one.text.startswith("cascade")]
    plain = all(one.code == "bad-yaml" for one in apart) and not (_NESTED.search(front) or _HOLDING.search(front))
    return bool(apart) and not plain


def deciding(meta: Meta, front: str = "") -> Meta:
    """Leave of front matter with an error who may see the item, and which files are its own.

    A recording that it names is its own even where none of it can be read.
    """
    values = {key: getattr(meta, key) for key in _DECIDING}
    if meta.recording is None and (named := _NAMED.search(front)):
        values["recording"] = named["path"].strip()
    places = tuple(pair for pair in meta.places if pair[0] in _DECIDING)
    return Meta(**values, places=places)


def says_or_may_say(problem: Problem) -> bool:
    """Whether an error is about what is held back, or of which nobody knows whether it is to be."""
    if problem.severity is not Severity.ERROR:
        return False
    return problem.code in _HELD or (problem.code == "bad-value" and problem.text.partition(":")[0] in _GUARDS)


def misplaced(body: str) -> tuple[int, str] | None:
    """Find a key that would hold something back at the beginning of a text, where none is read; its line from 0."""
    for number, line in enumerate(body[: 4 * KIB].splitlines()):
        written = line.strip(" \t{\"'")
        if not written.strip("-\u2013\u2014"):
            continue
        key = _KEY.match(written)
        if key is None:
            return None
        if key[1] in _GUARDS:
            return number, key[1]
    return None


def holds_back(meta: Meta) -> bool:
    """Whether a text says that something of its recording is not to be shown."""
    return any(key in _GUARDS for key, _ in meta.places)


def may_hold_back(text: str) -> bool:
    """Whether a text that nobody reads may hold something back in its front matter."""
    text = text.lstrip("\ufeff \t\r\n")
    if not text.startswith(("---", "+++")):
        return False
    front = text[3:].partition(f"\n{text[:3]}")[0]
    return _HOLDING.search(front) is not None


def decoded(source: bytes) -> str:
    """Give the text of a file with an error, to look through for what it may hold back."""
    is_wide = source.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    return source.decode("utf-16" if is_wide else "utf-8", "replace")


def strange(found: Scan) -> Iterator[str]:
    """Give the paths of what was found and is neither file nor folder."""
    return (problem.place.path for problem in found.problems if problem.code in _STRANGE)


def place_of(path: str) -> tuple[str, str]:
    """Give the folder of a path, and its name without its ending."""
    folder, _, name = path.rpartition("/")
    return folder, stem(name)


def near_name(path: str) -> str:
    """Give a path without its ending, as it is compared with what was called nearly the same."""
    return "/".join(place_of(path)).casefold()


def nearly_called(found: Scan, paths: Iterable[str]) -> dict[str, SourceFile]:
    """Give, of paths that texts have, or should, those that are called nearly as a recording is, each with that."""
    paths = tuple(paths)
    recordings = [file for file in found.files if file.kind is SourceKind.RECORDING] if paths else []
    if not recordings:
        return {}
    alike = {near_name(one.path): one for one in recordings}
    alike |= {each.casefold(): one for one in recordings for each in (one.path, unpacked(one.path))}
    return {path: recording for path in paths if (recording := alike.get(near_name(path)))}


def in_place_of_texts(found: Scan) -> Iterator[tuple[tuple[str, str], str]]:
    """Give what stands in the place of a text and is no file, by the place of its recording, however it is spelled."""
    paths = [path for path in strange(found) if path.lower().endswith(TEXT_ENDINGS)]
    alike = nearly_called(found, paths)
    for path in paths:
        recording = alike.get(path)
        yield place_of(recording.path if recording else path), path
