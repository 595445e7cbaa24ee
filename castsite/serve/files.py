"""The files of the site, and the server's own scripts."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, Final

from livereload.handlers import StaticFileHandler  # type: ignore[import-untyped]
from tornado.web import HTTPError

from castsite.files import open_regular
from castsite.render.types import content_type
from castsite.serve.paths import INDEX, Segments, address, locate
from castsite.serve.requests import Guarded

SCRIPTS: Final = Path(__file__).parent / "scripts"
_PIECE: Final = 64 << 10  # bytes


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
        with _opened(found) as self.file:
            await StaticFileHandler.get(self, found.relative_to(self.folder).as_posix(), include_body)

    def get_content_size(self) -> int:
        """Give the bytes of what is sent: a build may have put another file in its place meanwhile."""
        return os.fstat(self.file.fileno()).st_size

    def get_content(self, _path: str, start: int | None = None, end: int | None = None) -> Iterator[bytes]:
        """Give the same file, or a part of it, in pieces."""
        self.file.seek(start or 0)
        left = (self.get_content_size() if end is None else end) - (start or 0)
        while piece := self.file.read(min(left, _PIECE)):
            left -= len(piece)
            yield piece

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
    with _opened(page) as file:
        return file.read()


def _opened(found: Path) -> BinaryIO:
    """Open a file that was there a moment ago."""
    try:
        return os.fdopen(open_regular(found), "rb")
    except OSError as error:
        is_gone = error.errno not in {errno.EMFILE, errno.ENFILE}
        raise HTTPError(HTTPStatus.NOT_FOUND if is_gone else HTTPStatus.SERVICE_UNAVAILABLE) from error
