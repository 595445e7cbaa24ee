"""Front matter inside a recording: cut off where its format leaves room for it."""

from __future__ import annotations

from castsite.formats.names import has_front_matter
from castsite.limits import Limits
from castsite.schema.block import Block, split


def cut(source: bytes, *, path: str, limits: Limits) -> Block:
    """Cut the block off the beginning of a recording; one that is YAML itself has none."""
    if not has_front_matter(path):
        return Block(None, 1, source, 1)
    return split(source, path=path, limits=limits)
