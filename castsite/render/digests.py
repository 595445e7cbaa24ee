"""Digests of values, by which keys of files tell whether anything they are made from has changed."""

from __future__ import annotations

import hashlib


def digest(*parts: object) -> str:
    """Digest of values whose `repr` says all about them: frozen dataclasses, tuples, text and numbers."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
