"""What a text may link to besides items and pictures: lists, feeds, files of `static/` and of recordings."""

from __future__ import annotations

from castsite.render.channels import FORMATS
from castsite.render.files import endings
from castsite.render.shelf import Shelf
from castsite.render.shell import page_of


def published(shelf: Shelf, path: str) -> str | None:
    """Give the output path that a path of the site leads to, which is neither an item's nor a picture's; else None."""
    path = path.removesuffix("/index.html")
    page = page_of(path)
    if path in shelf.files or page in shelf.files:
        return path if path in shelf.files else page
    if _is_list(shelf, path):
        return page
    return path if _is_feed(shelf, path) else _beside(shelf, path)


def _is_list(shelf: Shelf, path: str) -> bool:
    if path in {"tags", "series", "authors"}:
        return shelf.has(path)
    if path == "search":
        return shelf.site.config.search
    return (path == "stats" and bool(shelf.listed)) or path in shelf.places


def _is_feed(shelf: Shelf, path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return name in {name for name, _, _ in FORMATS} and folder in shelf.fed


def _beside(shelf: Shelf, path: str) -> str | None:
    """Give the path of a recording's file, by its address or its name, and an ending that may hold dots itself."""
    at = path.find(".", path.rfind("/") + 1)
    while at > 0:
        recording = shelf.known.get(shelf.find(path[:at]) or "")
        if recording and recording.state != "expired" and path[at:] in endings(recording, shelf.site.config):
            return recording.slug + path[at:]
        at = path.find(".", at + 1)
    return None
