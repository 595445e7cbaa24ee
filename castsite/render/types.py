"""Content types by the ending of a file's name: the same on every machine, whatever its own registry says."""

from __future__ import annotations

import mimetypes
from pathlib import PurePath
from typing import Final

CAST: Final = "application/x-asciicast"
_UNKNOWN: Final = "application/octet-stream"
_TYPES: Final = {
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".atom": "application/atom+xml",
    ".cast": CAST,
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".rec": "application/zip",
    ".rss": "application/rss+xml",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}


def content_type(path: PurePath | str) -> str:
    """Give the type of a file; that of an ending castsite does not write is Python's own guess."""
    named = PurePath(path)
    known = _TYPES.get(named.suffix.lower())
    return known or mimetypes.MimeTypes(filenames=()).guess_type(named.name)[0] or _UNKNOWN
