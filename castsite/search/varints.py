"""Numbers of few bytes: LEB128, seven bits a byte, the lowest first; and lists of postings made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final

from castsite.regex import regex

LONGEST: Final = 6
"""Bytes of a number."""

_SHIFTS = range(0, 7 * LONGEST, 7)
_VARINTS = (
    *(bytes((number,)) for number in range(1 << 7)),
    *(bytes((number & 127 | 128, number >> 7)) for number in range(1 << 7, 1 << 14)),
)


def varint(number: int) -> bytes:
    """Write one number.

    >>> varint(5).hex(), varint(300).hex()
    ('05', 'ac02')
    """
    if number < len(_VARINTS):
        return _VARINTS[number]
    if number < 1 << 21:
        return bytes((number & 127 | 128, number >> 7 & 127 | 128, number >> 14))
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)


def listed(postings: Sequence[int]) -> bytes:
    """Write ascending postings: their count, the first, then each as the distance of its place and its own two bits.

    >>> listed([8, 13]).hex()
    '020805'
    """
    table = _VARINTS
    if not postings:
        return table[0]
    if len(postings) == 1:  # as most are
        return table[1] + varint(postings[0])
    opening = varint(len(postings)) + varint(postings[0])
    try:
        return opening + b"".join([table[after - (before & -4)] for before, after in pairwise(postings)])
    except IndexError:
        return opening + b"".join([varint(after - (before & -4)) for before, after in pairwise(postings)])


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a number; give it and where the next one begins.

    Raises IndexError at the end of the data, and where the number has more than `LONGEST` bytes.
    """
    number = 0
    for shift in _SHIFTS:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
    raise IndexError("a number too large")


def read_postings(data: bytes, at: int) -> tuple[list[int], int]:
    """Read a list with its count before it, as absolute postings. Raises IndexError where it is cut off."""
    count, at = read_varint(data, at)
    found, place = [], 0
    for _ in range(count):
        number, at = read_varint(data, at)
        place += number >> 2
        found.append(place << 2 | number & 3)
    return found, at


def read_list(data: bytes) -> list[int]:
    """Read bytes that are a list with its count before it and nothing else, as `listed` wrote them.

    >>> read_list(listed([8, 13, 5000]))
    [8, 13, 5000]
    """
    numbers = map(_NUMBERS.__getitem__, _NUMBER.findall(data, read_varint(data, 0)[1]))
    return [place << 2 | number & 3 for place, number in _placed(numbers)]


def _placed(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    found = list(numbers)
    return zip(accumulate([number >> 2 for number in found]), found, strict=True)


class _Numbers(dict[bytes, int]):
    """What bytes of one number say; those that were met are remembered."""

    def __missing__(self, written: bytes) -> int:
        number = self[written] = read_varint(written, 0)[0]
        return number


_NUMBERS = _Numbers()
_NUMBER = regex(rb"[\x80-\xff]*[\x00-\x7f]")
