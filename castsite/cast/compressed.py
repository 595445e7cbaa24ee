"""Compressed recordings: expanded in bounded memory, by what the bytes say and never by a file's name."""

from __future__ import annotations

import bz2
import importlib
import lzma
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, Protocol

from msgspec import Struct

from castsite.cast.findings import Findings, RefusedError
from castsite.cast.sniff import COMPRESSED, compression_of
from castsite.errors import Problem, counted
from castsite.limits import MIB, Limits, moved_by, size_text

_FEED: Final = 16 * 1024
"""Bytes given to a decompressor at a time; small, since each of many members leaves a copy of the rest."""
_PIECE: Final = 256 * 1024
"""Bytes taken from a decompressor at a time."""
_MOST_MEMORY: Final = 128 * MIB
"""What a stream's dictionary may need; `xz -9` needs 65 MiB, a hostile stream asks for 4 GiB."""

_MAGIC: Final = {name: magic for magic, name in COMPRESSED}


class Inflated(Struct, frozen=True):
    """A file's bytes, expanded when they were compressed. `failed` exactly when there is an error among the problems.

    A stream that breaks off gives what came out of it, with a warning.
    """

    data: bytes
    problems: tuple[Problem, ...]
    failed: bool


class _DamagedError(Exception):
    """The stream is not whole, or something stands after it."""


class _Decompressor(Protocol):
    """What `bz2`, `lzma` and `compression.zstd` have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


class _Gzip:
    """zlib's decompressor with the manners of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail or data, max_length)


class _Zstandard:
    """The decompressor of the package `zstandard`, which cannot be told how much to give, fed a little at a time.

    Four bytes of zstd stand for at most 128 KiB.
    """

    _MOUTHFUL: Final = 256

    def __init__(self, module: Any) -> None:  # noqa: ANN401  # untyped where it is not installed
        self._inner = module.ZstdDecompressor(max_window_size=_MOST_MEMORY).decompressobj()
        self._rest = b""

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def needs_input(self) -> bool:
        return not self._rest

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data) + self._rest

    def decompress(self, data: bytes, _max_length: int = -1, /) -> bytes:
        data = self._rest or data
        self._rest = data[self._MOUTHFUL :]
        return bytes(self._inner.decompress(data[: self._MOUTHFUL]))


def inflate(source: bytes, *, path: str, limits: Limits) -> Inflated:
    """Expand one level of gzip, bzip2, xz or zstd; other bytes come back as they are. `path` is for messages."""
    name = compression_of(source)
    if name is None:
        return Inflated(source, (), failed=False)
    findings = Findings(path)
    try:
        data = _expand(name, source, findings, limits)
    except RefusedError:
        return Inflated(b"", findings.problems(), failed=True)
    return Inflated(data, findings.problems(), failed=False)


def _expand(name: str, source: bytes, findings: Findings, limits: Limits) -> bytes:
    pieces, errors = _opened(name, source, findings)
    kept: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            kept.append(piece)
            size += len(piece)
            _check_size(size, len(source), findings, limits)
    except errors as error:
        _judge_damage(name, error, size, findings)
    data = b"".join(kept)
    if compression_of(data):
        findings.refuse("cast-compressed-twice", f"compressed by {compression_of(data)} inside {name}; expand it once")
    return data


def _check_size(size: int, compressed: int, findings: Findings, limits: Limits) -> None:
    if size > limits.file_size:
        text = f"expands to more than {size_text(limits.file_size)}, the limit of a recording {moved_by('file_size')}"
        findings.refuse("cast-limit", text)
    if size > MIB and size > limits.inflate_ratio * compressed:
        text = f"expands to more than {limits.inflate_ratio} times its size, as no recording does"
        findings.refuse("cast-limit", f"{text} {moved_by('inflate_ratio')}")


def _judge_damage(name: str, error: Exception, size: int, findings: Findings) -> None:
    fault = str(error) if isinstance(error, _DamagedError) else "the compressed data is damaged"
    if "emory" in str(error):
        fault = f"needs more than {_MOST_MEMORY // MIB} MiB of memory to expand"
    if not size:
        findings.refuse("cast-compression", f"{name}: {fault}; nothing came out")
    findings.warn("cast-compression", f"{name}: {fault}; {counted(size, 'byte')} came out")


def _opened(name: str, source: bytes, findings: Findings) -> tuple[Iterator[bytes], tuple[type[Exception], ...]]:
    """Give the expanded pieces, and the exceptions that mean damage."""
    match name:
        case "gzip":
            return _streams(source, _Gzip, _MAGIC[name]), (zlib.error, _DamagedError)
        case "bzip2":
            return _streams(source, bz2.BZ2Decompressor, _MAGIC[name]), (OSError, EOFError, _DamagedError)
        case "xz":
            return _streams(source, _xz, _MAGIC[name]), (lzma.LZMAError, EOFError, _DamagedError)
    module = _zstd_module()
    if module is None:
        hint = "needs Python 3.14, or the package zstandard: pip install zstandard"
        findings.refuse("cast-compression", f"compressed by zstd, which {hint}")
    make = partial(_Zstandard, module) if module.__name__ == "zstandard" else module.ZstdDecompressor
    return _streams(source, make, _MAGIC[name]), (module.ZstdError, EOFError, _DamagedError)


def _xz() -> _Decompressor:
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)


def _zstd_module() -> Any:  # noqa: ANN401  # two modules, of which neither may be installed
    for name in ("compression.zstd", "zstandard"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def _streams(source: bytes, make: Callable[[], _Decompressor], magic: bytes) -> Iterator[bytes]:
    """Expand all members of a file in turn."""
    at = 0
    while True:
        member = make()
        while not member.eof:
            hungry = member.needs_input
            feed = source[at : at + _FEED] if hungry else b""
            at += len(feed)
            piece = member.decompress(feed, _PIECE)
            if hungry and not feed and not piece:
                raise _DamagedError("the file ends in the middle")
            yield piece
        at = _after_padding(source, at - len(member.unused_data))
        if at == len(source):
            return
        if not source.startswith(magic, at):
            raise _DamagedError(f"{counted(len(source) - at, 'byte')} after its end ignored")


def _after_padding(source: bytes, at: int) -> int:
    """Skip the zeros that archivers pad with."""
    while at < len(source) and source[at] == 0:
        at += 1
    return at
