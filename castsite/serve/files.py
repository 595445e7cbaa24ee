"""The files of the site, and the server's own scripts."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Final

from livereload.handlers import StaticFileHandler  # type: ignore[import-untyped]
from tornado.web import HTTPError

from castsite.render.types import content_type
from castsite.serve.paths import INDEX, Segments, address, locate
from castsite.serve.requests import Guarded

SCRIPTS: Final = Path(__file__).parent / "scripts"


class File(Guarded, StaticFileHandler):  # type: ignore[misc]
    """One file below a folder, streamed, in parts where that is asked for."""

    def initialize(self, root: Path, parts: Segments) -> None:
        """`parts`: the path below `root`."""
        StaticFileHandler.initialize(self, str(root))
        self.folder, self.parts = root, parts

    async def get(self, *, include_body: bool = True) -> None:
        """Send it, or lead on to the same address with a slash; HTML gets the script at its end."""
        found = locate(self.folder, self.parts)
        if found is not None and found.is_dir():
            found = locate(self.folder, (*(name for name in self.parts if name), INDEX))
            if found is not None and self.parts[-1]:
                self.move(f"{self.live.base}{address((*self.parts, ''))}")
                return
        if found is None:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        await self.send(found, include_body=include_body)

    async def head(self) -> None:
        """Send what GET would, without the body."""
        await self.get(include_body=False)

    async def send(self, found: Path, *, include_body: bool) -> None:
        """Send one file of the folder."""
        if found.suffix == ".html":
            self.set_header("Content-Type", content_type(found))
            self.finish(_read(found) + self.live.tag())
            return
        await StaticFileHandler.get(self, found.relative_to(self.folder).as_posix(), include_body)

    def set_headers(self) -> None:
        """Say that parts can be asked for, and what it is; nothing is to be kept."""
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("Content-Type", self.get_content_type())

    def get_content_type(self) -> str:
        """Give the type by the ending of its name."""
        return content_type(Path(self.absolute_path))

    def get_modified_time(self) -> None:
        """Know none: nothing is to be compared."""


def _read(page: Path) -> bytes:
    """Read a page whole: each file is put in its place at once, so it is of one build."""
    try:
        return page.read_bytes()
    except OSError as error:
        raise HTTPError(HTTPStatus.NOT_FOUND) from error
