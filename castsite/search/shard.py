"""The binary files of the index, read: shards of terms, and the columns."""

from __future__ import annotations

from castsite.search.varints import read_postings, read_varint


class DamagedError(Exception):
    """The index is not one, or not one that this reader knows."""


def read_shard(data: bytes) -> dict[str, list[int]]:
    """Read a shard: terms and their postings. Raises IndexError where it is cut off, and where there is none."""
    terms: dict[str, list[int]] = {}
    if not data:
        raise IndexError("a shard without a term")
    at, key = 0, b""
    while at < len(data):
        shared, more = data[at], data[at + 1]
        if shared > len(key) or at + 2 + more > len(data):
            raise IndexError("a term that cannot be")
        key = key[:shared] + data[at + 2 : at + 2 + more]
        terms[key.decode("utf-8", "replace")], at = read_postings(data, at + 2 + more)
    return terms


def read_dates(data: bytes) -> list[tuple[int, bool]]:
    """Read of each page its day, and whether it is about a recording. Raises IndexError where they are cut off."""
    found = list[tuple[int, bool]]()
    at = 0
    while at < len(data):
        number, at = read_varint(data, at)
        found.append((number >> 1, bool(number & 1)))
    return found


def read_columns(data: bytes) -> tuple[list[int], list[int]]:
    """Read days and seconds. Raises IndexError where they are cut off."""
    days, seconds = list[int](), list[int]()
    at = day = 0
    while at < len(data):
        step, at = read_varint(data, at)
        length, at = read_varint(data, at)
        day += step
        days.append(day)
        seconds.append(length)
    return days, seconds
