"""Readers of text, words and switches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from castsite.errors import quote
from castsite.limits import moved_by
from castsite.regex import regex
from castsite.schema.characters import visible_line, visible_text
from castsite.schema.nearest import did_you_mean, nearest
from castsite.schema.reading import Reader, Reading, expected
from castsite.schema.tree import Node, Text, describe, is_missing

E = TypeVar("E", bound=StrEnum)

TRUE: Final = frozenset({"true", "yes", "on"})
FALSE: Final = frozenset({"false", "no", "off"})
SWITCH: Final = "true or false"

_LANGUAGE: Final = regex(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-[A-Za-z0-9]{4,8})*"
)


def scalar(node: Node, reading: Reading, what: str = "text") -> str | None:
    """Give the text of a node without surrounding blanks; a list, a mapping or nothing is refused."""
    if isinstance(node, Text) and not is_missing(node):
        return node.value.strip()
    reading.error(node.at, expected(what, node))
    return None


def line(bound: str = "title") -> Reader[str]:
    """Read one line of at most as many characters as that bound; a longer one is cut, hidden characters go."""

    def read(node: Node, reading: Reading) -> str | None:
        text = scalar(node, reading)
        if text is None:
            return None
        clean, removed = visible_line(text)
        if removed:
            reading.warn(node.at, f"hidden characters removed: {removed}")
        if len(clean) > (limit := reading.limits.of(bound)):
            reading.warn(node.at, f"cut to {limit} characters {moved_by(bound)}, had {len(clean)}")
            clean = clean[:limit].rstrip()
        return clean or None

    return read


def prose(node: Node, reading: Reading) -> str | None:
    """Read a text of several lines, such as Markdown."""
    text = scalar(node, reading)
    if text is None:
        return None
    clean, removed = visible_text(text)
    if removed:
        reading.warn(node.at, f"hidden characters removed: {removed}")
    return clean or None


def flag(node: Node, reading: Reading) -> bool | None:
    """Read `true false yes no on off`, in any case."""
    word = node.value.strip().lower() if isinstance(node, Text) else ""
    if word in TRUE or word in FALSE:
        return word in TRUE
    reading.error(node.at, expected(SWITCH, node))
    return None


def matching(pattern: str, what: str) -> Reader[str]:
    """Read a text of which the whole has to match; `what` is the whole message otherwise."""
    compiled = re.compile(pattern, re.ASCII)

    def read(node: Node, reading: Reading) -> str | None:
        if isinstance(node, Text) and compiled.fullmatch(node.value.strip()):
            return node.value.strip()
        reading.error(node.at, what)
        return None

    return read


identifier: Final = matching(r"[A-Za-z0-9_-]{1,64}", "expected letters, digits, - and _, such as ci-42")
"""Reads one word that may stand in a URL and in a file name."""

THEME_NAME: Final = r"(?!.{65})[a-z0-9]+(?:[_-][a-z0-9]+)*"
"""What can name a theme, and its folder."""

THEME_LETTERS: Final = "small letters and digits, single - and _ between them, at most 64"

theme_name: Final = matching(THEME_NAME, f"expected the name of a theme: {THEME_LETTERS}")
"""Reads the name of a theme."""


def word_of(words: Iterable[str]) -> Reader[str]:
    """Read one of a few words; the message lists them."""
    known = tuple(words)
    listed = ", ".join(known[:-1]) + f" or {known[-1]}" if len(known) > 1 else known[0]

    def read(node: Node, reading: Reading) -> str | None:
        text = node.value.strip() if isinstance(node, Text) else ""
        if text in known:
            return text
        near = nearest(text, known)
        reading.error(
            node.at, f"expected {listed}" + (f'; did you mean "{near}"?' if near else f", got {describe(node)}")
        )
        return None

    return read


def member(kind: type[E]) -> Reader[E]:
    """Read a word that is a member of an enumeration."""
    as_word = word_of(kind)

    def read(node: Node, reading: Reading) -> E | None:
        word = as_word(node, reading)
        return None if word is None else kind(word)

    return read


def kind_of(words: Iterable[str], noun: str, habits: Mapping[str, str] | None = None) -> Reader[str]:
    """Read one of many words; the message says which is near."""
    known = tuple(words)

    def read(node: Node, reading: Reading) -> str | None:
        text = scalar(node, reading, f"one of {', '.join(known)}")
        if text is None or text in known:
            return text
        near = did_you_mean(text, known, habits) or f"; known are {', '.join(known)}"
        reading.error(node.at, f"unknown {noun} {quote(text)}{near}")
        return None

    return read


def language(node: Node, reading: Reading) -> str | None:
    """Read a language tag such as `de` or `pt-BR` (RFC 5646 without private use and extensions)."""
    text = scalar(node, reading, "a language tag such as en or pt-BR")
    if text is None or _LANGUAGE.fullmatch(text):
        return text
    reading.error(node.at, not_a_language(text))
    return None


def not_a_language(text: str) -> str:
    """Give the message for a text that is no language tag."""
    return f"{quote(text)} is not a language tag, such as en or pt-BR"


def is_language(text: str) -> bool:
    """Whether a text is shaped like a language tag."""
    return _LANGUAGE.fullmatch(text) is not None
