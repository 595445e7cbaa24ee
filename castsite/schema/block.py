"""The front matter block at the beginning of a recording or a page, cut off before anything is read."""

from __future__ import annotations

import codecs
from typing import Final

from msgspec import Struct

from castsite.errors import Place, Problem, Severity
from castsite.limits import Limits, larger_text, moved_by, size_text
from castsite.regex import regex

_FENCE: Final = regex(rb"---[ \t]*\r?(?:\n|\Z)")
_CLOSING: Final = regex(rb"\n---[ \t]*\r?(?:\n|\Z)")
_TOML: Final = regex(rb"\+\+\+[ \t]*\r?(?:\n|\Z)")
# a key whose text is written on the lines below it
_TEXT_BLOCK: Final = regex(r"[\w.-]+[ ]*:[ \t]+[|>][-+0-9]*[ \t]*(?:#.*)?")
_KEY: Final = regex(r"[\w.-]+[ ]*:(?:[ \t].*)?")


class Block(Struct, frozen=True):
    """A file in two: `front` is the text between the `---` lines, None without (or with an unusable) block.

    `front_line` and `rest_line` are the 1-based numbers of their first lines in the file. `rest` has no byte order
    mark; it is empty when the block is unusable.
    """

    front: str | None
    front_line: int
    rest: bytes
    rest_line: int
    problems: tuple[Problem, ...] = ()


def split(source: bytes, *, path: str, limits: Limits | None = None) -> Block:
    """Cut the block off: from byte 0, after an optional byte order mark, `---` to the next line that is `---`."""
    limits = limits or Limits()
    start = len(codecs.BOM_UTF8) if source.startswith(codecs.BOM_UTF8) else 0
    if _TOML.match(source, start):
        return _unusable(path, 1, 1, "front matter between +++ lines is not read; write YAML between --- lines")
    opening = _FENCE.match(source, start)
    if not opening:
        return Block(None, 1, source[start:], 1)
    closing = _CLOSING.search(source, opening.end() - 1)
    if not closing:
        return _unusable(path, 1, 1, "front matter begins here and never ends; close it with a line ---")
    front = source[opening.end() : closing.start() + 1]
    if len(front) > limits.front_matter:
        size, most = larger_text(len(front), limits.front_matter), size_text(limits.front_matter)
        return _unusable(path, 1, 1, f"front matter of {size}; at most {most} {moved_by('front_matter')}")
    return _decoded(front, source[closing.end() :], path, limits)


def _decoded(front: bytes, rest: bytes, path: str, limits: Limits) -> Block:
    try:
        text = front.decode("utf-8")
    except UnicodeDecodeError as error:
        before = front[: error.start]
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        byte = f"\\x{front[error.start]:02x}"
        return _unusable(path, before.count(b"\n") + 2, column, f"byte {byte} is not UTF-8; save the file as UTF-8")
    text = text.replace("\r\n", "\n")
    closing_line = front.count(b"\n") + 2
    if _ends_inside_text(text, rest[: limits.front_matter]):
        return _unusable(
            path, closing_line, 1, f"front matter ends at line {closing_line} inside a text; indent the dashes"
        )
    return Block(text, 2, rest, closing_line + 1)


def _ends_inside_text(front: str, rest: bytes) -> bool:
    """Whether `---` stood in the text of the last key: the text goes on after it, up to the real end.

    Only then do indented lines follow at once, and nothing but more keys until another `---`.
    """
    lines = front.splitlines()
    last_key = next((line for line in reversed(lines) if line[:1] not in {"", " ", "\t"}), "")
    if not _TEXT_BLOCK.fullmatch(last_key.rstrip()):
        return False
    real_end = _CLOSING.search(rest)
    if not real_end:
        return False
    between = rest[: real_end.start()].decode("utf-8", "replace").splitlines()
    written = [line for line in between if line.strip()]
    if not written or written[0][:1] not in {" ", "\t"}:
        return False
    return all(line[0] in " \t" or _KEY.fullmatch(line.rstrip()) for line in written)


def _unusable(path: str, line: int, column: int, text: str) -> Block:
    problem = Problem(Severity.ERROR, Place(path, line, column), "bad-front-matter", text)
    return Block(None, 1, b"", 1, (problem,))
