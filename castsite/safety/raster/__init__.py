"""Pictures that contributors supply: what they really are, how large, and the same picture without its metadata.

A file is judged by its bytes, never by its name. Nothing is decoded: the container is walked, and only the parts that
are needed to show the picture are copied, so that places, names, previews and whatever else a camera or an editor
wrote stay behind. SVG is not accepted at all: it can hold scripts and links.
"""

from __future__ import annotations

from castsite.limits import Limits, larger_text, moved_by, size_text
from castsite.safety import Refused
from castsite.safety.raster import avif, jpeg, png, webp
from castsite.safety.raster.picture import DamagedError, Picture, PictureKind

__all__ = ["Picture", "PictureKind", "check_picture", "check_size", "without_metadata"]

_READERS = {
    PictureKind.PNG: png.read,
    PictureKind.JPEG: jpeg.read,
    PictureKind.WEBP: webp.read,
    PictureKind.AVIF: avif.read,
}
_SUPPORTED = "a PNG, JPEG, WebP or AVIF picture"


def check_size(size: int, limits: Limits) -> Refused | None:
    """Tell why a picture of so many bytes may not be published."""
    if size <= limits.image_size:
        return None
    most = f"{size_text(limits.image_size)} are allowed {moved_by('image_size')}"
    return Refused(f"it has {larger_text(size, limits.image_size)}, at most {most}; make it smaller")


def check_picture(data: bytes, limits: Limits) -> Picture | Refused:
    """Tell what picture the bytes are, or why they may not be published."""
    if refused := check_size(len(data), limits):
        return refused
    kind = _kind(data)
    if kind is None:
        return Refused(_what_else(data))
    try:
        parsed = _READERS[kind](data)
    except DamagedError as fault:
        return Refused(f"the {kind} {fault}")
    return _within(Picture(kind, parsed.width, parsed.height, parsed.moves), limits)


def without_metadata(data: bytes, kind: PictureKind) -> bytes:
    """Give a picture that passed `check_picture` with only the parts that are needed to show it."""
    return _READERS[kind](data).clean


def _within(picture: Picture, limits: Limits) -> Picture | Refused:
    if max(picture.width, picture.height) <= limits.image_side:
        return picture
    size = f"{picture.width}×{picture.height}"
    most = f"{limits.image_side} on a side are allowed {moved_by('image_side')}"
    return Refused(f"it has {size} pixels, at most {most}; make it smaller")


def _kind(data: bytes) -> PictureKind | None:
    if data.startswith(png.SIGNATURE):
        return PictureKind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return PictureKind.JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return PictureKind.WEBP
    return PictureKind.AVIF if data[4:8] == b"ftyp" else None


def _what_else(data: bytes) -> str:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return f"it is an SVG, which can hold scripts; save it as {_SUPPORTED}"
    if start.startswith(b"<"):
        return f"it is a text with markup, not {_SUPPORTED}"
    if start.startswith(b"gif8"):
        return f"it is a GIF; save it as {_SUPPORTED}"
    return f"it is not {_SUPPORTED}" if data else "it is empty"
