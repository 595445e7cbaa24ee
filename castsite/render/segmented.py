"""The files of a recording that is published in segments: `castsite.cast.segments` says why and how."""

from __future__ import annotations

from castsite.cast.segments import ENDING, pieces, segments


def segment_paths(slug: str, count: int) -> tuple[str, ...]:
    """Give the output paths of the index and of `count` segments."""
    return tuple(f"{slug}/segments/{name}{ENDING}" for name in ("index", *range(1, count + 1)))


def segment_files(published: bytes) -> tuple[bytes, ...]:
    """Write them, in the same order."""
    return tuple(segments(published, pieces(published)))
