"""What a reader sees of Markdown and YAML, as far as it can join what the source takes apart."""

from __future__ import annotations

import html
from sys import maxunicode
from typing import Final
from urllib.parse import unquote

from castsite.regex import regex
from castsite.schema.characters import bare

_GOES_ON: Final = regex(r"\\\n[ \t]*(\S*)")
_ESCAPE: Final = regex(r"\\([!-/:-@\[-`{-~])")
_CODE: Final = regex(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U(00[0-9A-Fa-f]{6}))")
_NOTE: Final = regex(r"\[\^[^\[\]\s]{1,200}\]")
_LINK: Final = regex(
    r"!?\[([^\[\]\n]*)\]"
    r"(?:\(\s*(?:<[^<>\n]{0,2000}>)?(?:[^()]|\([^()]{0,2000}\)){0,2000}\)|\[[^\[\]\n]*\])?"
)


def decoded(text: str) -> str:
    """Give a text without escapes, entities and octets of addresses, line by line."""
    if "\\" in text:
        text = _CODE.sub(lambda found: chr(min(int(found[found.lastindex or 0], 16), maxunicode)), text)
        text = _ESCAPE.sub(r"\1", _GOES_ON.sub(r"\1\n", text))
    text = html.unescape(text)
    return "\n".join(map(unquote, text.split("\n"))) if "%" in text else text


def unmarked(text: str) -> str:
    """Give the same without markup, notes, comments, addresses of links, and what shows nothing.

    It is for looking whether something stands in it: where the source is ambiguous it joins what may belong together.
    """
    return _without_markup(decoded(text))


def _without_markup(text: str) -> str:
    if "-->" in text:
        text = _without_comments(text)
    if "[" in text:
        text = _LINK.sub(r"\1", _NOTE.sub("", text))
    text = text.replace("*", "").replace("`", "").replace("~~", "")
    return bare(text)


def _without_comments(text: str) -> str:
    before, *others = text.split("<!--")
    parts = (one.partition("-->") for one in others)
    return before + "".join(rest if end else f"<!--{inside}" for inside, end, rest in parts)


def readings(text: str) -> tuple[str, ...]:
    """Give a text as it is written and as it is read; of what is read otherwise without its markup, the words alone.

    They stand a line each. What is spelled otherwise is rare, and is given whole.
    """
    spelled = decoded(text)
    read = _without_markup(spelled)
    words = "" if read == spelled else "\n".join(sorted({*read.split()}.difference(spelled.split())))
    return tuple(dict.fromkeys((text, spelled, words)))
