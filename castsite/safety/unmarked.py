"""What a reader sees of Markdown and YAML, as far as it can join what the source takes apart."""

from __future__ import annotations

import html
from sys import maxunicode
from typing import Final
from urllib.parse import unquote

from castsite.regex import regex

_HIDDEN: Final = regex(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_GOES_ON: Final = regex(r"\\\n[ \t]*(\S*)")
_ESCAPE: Final = regex(r"\\([!-/:-@\[-`{-~])")
_CODE: Final = regex(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U(00[0-9A-Fa-f]{6}))")
_LINK: Final = regex(r"!?\[([^\[\]\n]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])?")


def unmarked(text: str) -> str:
    """Take out of a text what its reader does not see, line by line.

    It is for looking whether something stands in it: where the source is ambiguous it joins what may belong together.
    """
    if "\\" in text:
        text = _CODE.sub(lambda found: chr(min(int(found[found.lastindex or 0], 16), maxunicode)), text)
        text = _ESCAPE.sub(r"\1", _GOES_ON.sub(r"\1\n", text))
    text = html.unescape(text)
    if "[" in text:
        text = _LINK.sub(r"\1", text)
    text = text.replace("*", "").replace("`", "").replace("~~", "")
    if not text.replace("\n", "").isprintable():
        text = _HIDDEN.sub("", text)
    return "\n".join(map(unquote, text.split("\n"))) if "%" in text else text


def words_unmarked(text: str) -> str:
    """Give the words that are read otherwise than they are written, a line each."""
    read = unmarked(text)
    return "" if read == text else "\n".join(sorted({*read.split()}.difference(text.split())))
