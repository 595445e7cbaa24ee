"""Compressed recordings: expanded within bounds, torn ones as far as they go."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import sys
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from builders import v2

from castsite.cast.compressed import Inflated, inflate
from castsite.cast.read import read
from castsite.errors import Severity
from castsite.limits import MIB, Limits
from tests.timing import soon

LIMITS = Limits()
PACKERS = [gzip.compress, bz2.compress, lzma.compress]
NAMES = ["gzip", "bzip2", "xz"]
each_format = pytest.mark.parametrize("pack", PACKERS, ids=NAMES)

Pack = Callable[[bytes], bytes]


def inflated(source: bytes, limits: Limits = LIMITS) -> Inflated:
    result = inflate(source, path="demo.cast.gz", limits=limits)
    assert result.failed == any(problem.severity is Severity.ERROR for problem in result.problems)
    return result


def recording(count: int = 300) -> bytes:
    rng = random.Random(7)  # noqa: S311  # the same bytes each time
    return v2(*([index / 10, "o", f"{rng.random()}\r\n"] for index in range(count)))


def codes(result: Inflated) -> list[str]:
    return [problem.code for problem in result.problems]


@each_format
def test_A55_good_stream(pack: Pack) -> None:
    source = recording()
    assert inflated(pack(source)) == Inflated(source, (), failed=False)


@each_format
def test_A55_truncated_stream_gives_what_came_out(pack: Pack) -> None:
    source = recording(40_000)  # bzip2 gives nothing of a block that is not whole, and a block has 900 kB
    packed = pack(source)
    result = inflated(packed[: len(packed) * 3 // 4])
    assert not result.failed
    assert codes(result) == ["cast-compression"]
    assert "ends in the middle" in result.problems[0].text
    assert len(result.data) > 1000
    assert source.startswith(result.data)
    cast = read(result.data, path="demo.cast").cast
    assert cast is not None
    assert cast.cut_off


@each_format
def test_A55_stream_torn_in_its_head_gives_nothing(pack: Pack) -> None:
    result = inflated(pack(recording())[:8])
    assert result.failed
    assert codes(result) == ["cast-compression"]


@each_format
def test_A55_bomb_is_stopped_at_once(pack: Pack) -> None:
    bomb = pack(bytes(48 * MIB))
    assert len(bomb) * 800 < 48 * MIB
    tracemalloc.start()
    try:
        result = soon(1, lambda: inflated(bomb))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.failed
    assert "200 times" in result.problems[0].text
    assert peak < 40 * MIB


@each_format
@pytest.mark.parametrize("inside", PACKERS, ids=NAMES)
def test_A55_compressed_inside_compressed(pack: Pack, inside: Pack) -> None:
    result = inflated(pack(inside(recording())))
    assert result.failed
    assert codes(result) == ["cast-compressed-twice"]


def test_A55_zstd_without_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    result = inflated(b"\x28\xb5\x2f\xfd rest")
    assert result.failed
    assert "pip install zstandard" in result.problems[0].text


def test_A55_zstd_with_the_package() -> None:
    zstandard = pytest.importorskip("zstandard", reason="optional package zstandard")
    source = recording()
    packed = zstandard.ZstdCompressor().compress(source)
    assert inflated(packed) == Inflated(source, (), failed=False)
    assert inflated(zstandard.ZstdCompressor().compress(bytes(48 * MIB))).failed
    assert inflated(packed + packed) == Inflated(source * 2, (), failed=False)
    assert inflated(packed[:6]).failed
    torn = inflated(zstandard.ZstdCompressor().compress(recording(20_000))[:-1000])
    assert "ends in the middle" in torn.problems[0].text
    assert recording(20_000).startswith(torn.data)
    assert len(torn.data) > 1000


@each_format
def test_several_members_are_one_file(pack: Pack) -> None:
    source = recording()
    packed = b"".join(pack(part) for part in (source[:999], source[999:2000], source[2000:]))
    assert inflated(packed) == Inflated(source, (), failed=False)


def test_many_tiny_members_do_not_take_long() -> None:
    packed = gzip.compress(b"x") * 100_000
    assert soon(5, lambda: inflated(packed)).data == b"x" * 100_000


@each_format
def test_padding_is_ignored_and_other_bytes_are_named(pack: Pack) -> None:
    source = recording()
    assert inflated(pack(source) + bytes(512)) == Inflated(source, (), failed=False)
    result = inflated(pack(source) + b"garbage")
    assert result.data == source
    assert "7 bytes after its end" in result.problems[0].text


@each_format
def test_damaged_stream_gives_what_came_out(pack: Pack) -> None:
    packed = bytearray(pack(recording(20_000)))
    middle = len(packed) * 3 // 4
    packed[middle : middle + 400] = bytes(400)
    result = inflated(bytes(packed))
    assert codes(result) == ["cast-compression"]
    assert result.failed == (not result.data)


@each_format
def test_limit_of_the_file_is_inclusive(pack: Pack) -> None:
    source = recording()
    assert inflated(pack(source), Limits(file_size=len(source))).data == source
    result = inflated(pack(source), Limits(file_size=len(source) - 1))
    assert result.failed
    assert codes(result) == ["cast-limit"]


def test_high_ratio_is_fine_below_one_mebibyte() -> None:
    source = v2(*([[0, "o", "x"]] * 60_000))[:MIB]
    packed = gzip.compress(source)
    assert len(packed) * 200 < len(source)
    assert inflated(packed).data == source


def test_stream_that_asks_for_gigabytes_is_refused() -> None:
    # a byte of the block's header says how large the dictionary is; 40 means 4 GiB
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": MIB}]
    packed = bytearray(lzma.compress(recording(), filters=filters))
    at = packed.index(b"\x21\x01") + 2
    packed[at] = 40
    block = 12
    size = (packed[block] + 1) * 4
    packed[block + size - 4 : block + size] = zlib.crc32(packed[block : block + size - 4]).to_bytes(4, "little")
    result = inflated(bytes(packed))
    assert result.failed
    assert "128 MiB" in result.problems[0].text


@pytest.mark.parametrize("source", [b"", b"\x1f", b'{"version": 2}', b"plain text", b"\x00" * 10])
def test_other_bytes_come_back_as_they_are(source: bytes) -> None:
    assert inflated(source) == Inflated(source, (), failed=False)
