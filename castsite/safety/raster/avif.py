"""AVIF: boxes of the High Efficiency Image File Format (ISO/IEC 23008-12), still pictures only.

Its items are found by absolute offsets, so nothing can be cut out without rewriting the tables. A file with Exif or
XMP in it is therefore refused, with the cure, and so is every box that is not needed to show a picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from castsite.errors import quote
from castsite.safety.raster.picture import DamagedError, Parsed, big, part, sized

_FREE: Final = frozenset({b"free", b"skip"})
_TOP: Final = frozenset({b"ftyp", b"meta", b"mdat"}) | _FREE
_META: Final = frozenset({b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp", b"iref", b"idat", b"grpl", b"dinf"})
_ITEMS: Final = frozenset({b"av01", b"grid", b"iovl", b"iden", b"tmap"})
_CURE: Final = "save it without metadata"


class _Box(NamedTuple):
    name: bytes
    at: int
    """of its content"""
    end: int


def read(data: bytes) -> Parsed:
    """Walk an AVIF; unused space in it is blanked."""
    boxes = list(_boxes(data, 0, len(data)))
    if any(box.name == b"moov" for box in boxes):
        raise DamagedError("is animated; save it as a still picture")
    _only(boxes, _TOP)
    brands = data[boxes[0].at : boxes[0].end]
    if b"avif" not in (brands[at : at + 4] for at in range(0, len(brands), 4) if at != 4):
        raise DamagedError("is another format of its family; save it as AVIF")
    meta = _find(boxes, b"meta")
    inner = list(_boxes(data, meta.at + 4, meta.end))
    _only(inner, _META)
    if not any(box.name in (b"mdat", b"idat") for box in (*boxes, *inner)):
        raise DamagedError("is cut off")
    _check_items(data, _find(inner, b"iinf"))
    width, height = sized(*_size(data, inner))
    return Parsed(width, height, _blanked(data, boxes))


def _boxes(data: bytes, at: int, end: int) -> Iterator[_Box]:
    while at < end:
        size, name, header = big(data, at, 4), part(data, at + 4, 4), 8
        if size == 1:
            size, header = big(data, at + 8, 8), 16
        elif size == 0:
            size = end - at
        if size < header or at + size > end:
            raise DamagedError("is cut off")
        yield _Box(name, at + header, at + size)
        at += size


def _only(boxes: list[_Box], allowed: frozenset[bytes]) -> None:
    for box in boxes:
        if box.name not in allowed:
            raise DamagedError(f"holds a {quote(box.name.decode('latin-1'))} box; {_CURE}")


def _find(boxes: list[_Box], name: bytes) -> _Box:
    for box in boxes:
        if box.name == name:
            return box
    raise DamagedError("holds no picture")


def _check_items(data: bytes, iinf: _Box) -> None:
    wide = big(data, iinf.at, 1) > 0
    for entry in _boxes(data, iinf.at + (8 if wide else 6), iinf.end):
        kind = part(data, entry.at + (8 if big(data, entry.at, 1) > 2 else 6) + 2, 4)
        if kind in (b"Exif", b"mime"):
            raise DamagedError(f"holds Exif or XMP, which cannot be left out; {_CURE}")
        if kind not in _ITEMS:
            raise DamagedError(f"holds an item {quote(kind.decode('latin-1'))}; {_CURE}")


def _size(data: bytes, meta: list[_Box]) -> tuple[int, int]:
    """Give the size of the primary item, turned as it is shown; no other may be larger."""
    shared = list(_boxes(data, (iprp := _find(meta, b"iprp")).at, iprp.end))
    properties = list(_boxes(data, (ipco := _find(shared, b"ipco")).at, ipco.end))
    mine = [properties[i - 1] for i in _associated(data, meta, shared) if 1 <= i <= len(properties)]
    width, height = _extent(data, _find(mine, b"ispe"))
    if any(max(_extent(data, box)) > max(width, height) for box in properties if box.name == b"ispe"):
        raise DamagedError("holds a picture larger than itself")
    turned = any(box.name == b"irot" and big(data, box.at, 1) & 1 for box in mine)
    return (height, width) if turned else (width, height)


def _extent(data: bytes, ispe: _Box) -> tuple[int, int]:
    return big(data, ispe.at + 4, 4), big(data, ispe.at + 8, 4)


def _associated(data: bytes, meta: list[_Box], shared: list[_Box]) -> list[int]:
    """Give the numbers, from 1, of the properties of the primary item (`pitm`, `ipma`)."""
    pitm, ipma = _find(meta, b"pitm"), _find(shared, b"ipma")
    primary = big(data, pitm.at + 4, 4 if big(data, pitm.at, 1) else 2)
    id_size = 4 if big(data, ipma.at, 1) else 2
    index_size = 2 if big(data, ipma.at + 3, 1) & 1 else 1
    at = ipma.at + 8
    for _ in range(big(data, ipma.at + 4, 4)):
        item, count = big(data, at, id_size), big(data, at + id_size, 1)
        at += id_size + 1
        if item == primary:
            mask = (1 << (8 * index_size - 1)) - 1  # the first bit says whether it is essential
            return [big(data, at + n * index_size, index_size) & mask for n in range(count)]
        at += count * index_size
    return []


def _blanked(data: bytes, boxes: list[_Box]) -> bytes:
    clean = bytearray(data)
    for box in boxes:
        if box.name in _FREE:
            clean[box.at : box.end] = bytes(box.end - box.at)
    return bytes(clean)
