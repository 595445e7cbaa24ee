"""The published recording once more, compressed: for hosts that compress pages and send `.cast` as it is.

There is no other convention than `.cast.gz`. What lies at rest has no `Content-Encoding`: who fetches it expands it.
"""

from __future__ import annotations

import gzip


def packed_path(slug: str) -> str:
    """Give the output path of the compressed recording at `slug`."""
    return f"{slug}.cast.gz"


def packed_file(cast: bytes) -> bytes:
    """Compress a published recording; equal recordings give equal bytes."""
    return gzip.compress(cast, mtime=0)
