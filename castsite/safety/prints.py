"""By what a value is known again in other recordings, without its being kept: short digests of words.

A word such as "Tr0ub4dor&3" looks random only where a word for a password stands before it; where it stands alone,
no rule can say anything. Forty bits are enough to tell words of a site apart, and too few to read one out of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from castsite.regex import regex

SIZE: Final = 5
"""Bytes of a print."""
SHORTEST: Final = 8
"""Characters of a value."""
MOST: Final = 65_536
"""Prints that are kept of one recording."""

_WORD: Final = regex(r"[^\s\"'`<>,;(){}\[\]]{8,200}")  # what the value of an assignment is made of
_LIKELY: Final = regex(r"[0-9!@#%^&+]")
_BEHIND: Final = regex(r"[=:]")


def print_of(value: str) -> bytes:
    """Give the print of a value; blanks in it do not count."""
    bare = "".join(value.split()).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(bare, digest_size=SIZE, person=b"castsite").digest()


def prints(texts: Iterable[str]) -> bytes:
    """Give the prints of all words that may be secrets, in order, each once."""
    pieces = {*"\n".join(texts).split()}  # far fewer than there are words
    words = {word for piece in pieces if len(piece) >= SHORTEST for word in _WORD.findall(piece)}
    likely = sorted({part for word in words for part in _parts(word) if _LIKELY.search(part)})
    found = {print_of(part) for part in likely[:MOST]}
    return b"".join(sorted(found))


def _parts(word: str) -> Iterator[str]:
    """Give a word, and what stands behind the sign of an assignment in it."""
    yield word
    if "=" not in word and ":" not in word:
        return
    for sign in _BEHIND.finditer(word):
        if len(word) - sign.end() >= SHORTEST:
            yield word[sign.end() :]


def recognised(kept: bytes, wanted: Collection[bytes]) -> set[bytes]:
    """Give those of the wanted prints that are among the kept ones."""
    return {kept[at : at + SIZE] for at in range(0, len(kept), SIZE)} & {*wanted}
