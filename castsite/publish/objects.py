"""Files of a site as objects of a store: what is said with each, and when it is sent.

A store has no `_headers`: type and caching stand beside each object. What it cannot say there is who else may fetch
it, which is a rule of the bucket.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from castsite.artifact import Order
from castsite.regex import regex
from castsite.render.headers import FOREVER
from castsite.render.types import CAST, content_type

SHORTLY: Final = "public, max-age=60"
"""Caching of what keeps its name when it changes: a page is asked for anew before it is a minute old."""

_HASHED: Final = regex(r"assets/(?:.*/)?[^/]+\.[0-9a-f]{8,64}\.[^/]+")
_LISTS: Final = frozenset(
    {
        "404.html",
        "_headers",
        "_redirects",
        ".nojekyll",
        "catalogue.csv",
        "index.html",
        "llms.txt",
        "recordings/index.json",
        "api/recordings/index.json",
        "robots.txt",
        "search/index.json",
    }
)
_LISTED: Final = regex(
    r"(?:.*/)?feed\.(?:atom|rss|json)|sitemap(?:-\d+)?\.xml|recordings/by-(?:session|status)/[^/]+"
    r"|(?:tags|series|authors|search|stats)/(?:.*/)?index\.html|(?:.*/)?page/\d+/index\.html"
)

CORS: Final = {
    "CORSRules": [
        {
            "AllowedOrigins": ["*"],
            "AllowedMethods": ["GET", "HEAD"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["Content-Length", "ETag"],
            "MaxAgeSeconds": 3600,
        }
    ]
}
"""What a bucket has to be told so that pages of others may fetch recordings, in the form of `put-bucket-cors`."""


class Said(NamedTuple):
    """What a store says with an object whenever somebody asks for it."""

    content_type: str
    cache_control: str


def said(path: str) -> Said:
    """Give what is said with the file at a relative path."""
    kind = CAST if path.rpartition("/")[2] == "cast" else content_type(path)
    return Said(kind, FOREVER[1] if _HASHED.fullmatch(path) else SHORTLY)


def turn(path: str) -> tuple[Order, int]:
    """Give when a file is sent: after all of an earlier turn, so that every reader sees pages whose parts exist.

    Pages that lie deeper come first, for a section lists what lies in it.
    """
    if _HASHED.fullmatch(path):
        return Order.ASSET, 0
    if path in _LISTS or _LISTED.fullmatch(path):
        return Order.INDEX, -path.count("/")
    if path.endswith(".html"):
        return Order.PAGE, -path.count("/")
    return Order.FILE, 0
