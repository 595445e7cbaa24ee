"""The addresses of wsh's recordings, whether or not the site publishes them: `recordings`, `recordings/ID` and below.

`GET recordings?session=NAME&status=stopped` gives the list, `recordings/ID` one of it, `recordings/ID/cast` the
recording; `recordings/ID/player` and `recordings/ID/embed` lead on to the pages. The name is the site's own as well,
unless it publishes for wsh: a page at `recordings/` is shown there, and the list stands without the slash.

Of Rexec it answers what the site publishes: `api/recordings`, `api/recordings/ID` and below, `r/TOKEN/stream`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import msgspec
from tornado.web import HTTPError

from castsite.render.catalogue import INDEX
from castsite.render.foreign import REXEC
from castsite.render.types import CAST
from castsite.serve.files import File
from castsite.serve.paths import INDEX as PAGE
from castsite.serve.paths import Segments, address, below, locate, segments

FOLDER: Final = INDEX.partition("/")[0]
FILTERS: Final = ("session", "status")
_OBJECT: Final = "index.json"
_STREAM: Final = "stream"


class _List(msgspec.Struct):
    """The list, as far as it matters here."""

    recordings: list[dict[str, Any]]


def listed(folder: Path) -> list[dict[str, Any]]:
    """Give the recordings of a built site as wsh describes them, the newest first."""
    try:
        return msgspec.json.decode((folder / INDEX).read_bytes(), type=_List).recordings
    except (OSError, msgspec.DecodeError):
        return []


def matching(found: Iterable[dict[str, Any]], wanted: dict[str, str]) -> list[dict[str, Any]]:
    """Keep those that have every wanted value."""
    return [one for one in found if all(one.get(name) == value for name, value in wanted.items())]


class Recordings(File):
    """What wsh answers; every other path of that folder is a file of the site."""

    async def get(self, *, include_body: bool = True) -> None:
        """Answer."""
        match self.parts[1:]:
            case ("",) if not self._wanted() and self._is_below() and locate(self.folder, (FOLDER, PAGE)):
                await super().get(include_body=include_body)
            case () | ("",):
                self._say({"recordings": matching(listed(self.folder), self._wanted())})
            case (name,) if one := self._known(name):
                self._say(one)
            case (name, "") if (one := self._known(name)) and not locate(self.folder, (*self.parts[:-1], PAGE)):
                self._say(one)
            case (name, "cast") if one := self._known(name):
                await self.send(self._cast(one), include_body=include_body)
            case (name, ("player" | "embed") as kind) if (one := self._known(name)) and not self._is_published():
                self.move(self._page(one, kind))
            case _:
                await super().get(include_body=include_body)

    def get_content_type(self) -> str:
        """Say of `recordings/ID/cast`, whose name has no ending, what it is."""
        is_cast = self.parts[2:] == ("cast",)
        return f"{CAST}; charset=utf-8" if is_cast else super().get_content_type()

    def _wanted(self) -> dict[str, str]:
        """Give what the query asks for."""
        asked = {name: self.get_query_argument(name, None) for name in FILTERS}
        return {name: value for name, value in asked.items() if value is not None}

    def _is_below(self) -> bool:
        """Whether the address is below the base path: no page of the site stands at the top beside it."""
        return below(segments(self.request.path), self.live.base_segments) is not None

    def _known(self, name: str) -> dict[str, Any] | None:
        return next(iter(matching(listed(self.folder), {"id": name})), None)

    def _is_published(self) -> bool:
        return locate(self.folder, (*self.parts, PAGE)) is not None

    def _cast(self, one: dict[str, Any]) -> Path:
        found = locate(self.folder, self._within(one["urls"]["cast"]))
        if found is None:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        return found

    def _page(self, one: dict[str, Any], kind: str) -> str:
        page = self._within(one["urls"]["player"])
        wanted = ("embed", *page) if kind == "embed" else page
        if locate(self.folder, wanted) is None:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        return self.live.base + address(wanted)

    def _within(self, url: str) -> Segments:
        """Give the path of the site that an address of the list names."""
        found = below(segments(url), self.live.base_segments)
        if found is None:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        return found

    def _say(self, document: dict[str, Any]) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


class Shared(File):
    """What Rexec answers where a site publishes for it; all else there is a file of the site."""

    async def get(self, *, include_body: bool = True) -> None:
        """Send the JSON of a folder that has no page."""
        folder = self.parts[:-1] if not self.parts[-1] else self.parts
        found = locate(self.folder, (*folder, _OBJECT))
        if found is None or locate(self.folder, (*folder, PAGE)):
            await super().get(include_body=include_body)
        else:
            await self.send(found, include_body=include_body)

    def get_content_type(self) -> str:
        """Say of `stream`, whose name has no ending, what it is."""
        return CAST if self.parts[-1] == _STREAM else super().get_content_type()


def is_shared(parts: Segments) -> bool:
    """Tell whether Rexec has something at a path."""
    return "/".join(parts[:2]) == REXEC or (len(parts) == 3 and parts[0] == "r" and parts[2] == _STREAM)
