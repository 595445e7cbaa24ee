"""One folder of a theme, or of what a site puts over it: which files it has, and reading them.

Only regular files are read. A link is followed only in what came with castsite, whose files an installer may have
linked; one of a site would publish a file that nobody put there.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from castsite.errors import Place, Problem, Severity
from castsite.files import NO_FOLDER, read_regular, read_source


class Layer(NamedTuple):
    """One folder; `shown` is what it is called in messages, such as `themes/plain/templates`."""

    folder: Path
    shown: str
    shipped: bool = False
    """came with castsite"""

    def inside(self, name: str) -> Layer:
        """Give a folder in this one."""
        return Layer(self.folder / name, f"{self.shown}/{name}", self.shipped)

    def read(self, name: str, limit: int = sys.maxsize) -> bytes:
        """Read a file, of a site's own at most `limit` + 1 bytes.

        Raises OSError: ELOOP for a link, EINVAL for what is no regular file, and whatever the system says.
        """
        if self.shipped:
            return read_regular(self.folder / name)
        if self.folder.is_symlink():
            raise OSError(errno.ELOOP, "is a link")
        return read_source(self.folder, name, limit)

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file in a fixed order, without hidden ones and editors' copies."""
        for name, path in self._parts():
            if path.is_file() and (self.shipped or not path.is_symlink()):
                yield name, path

    def faults(self) -> Iterator[Problem]:
        """Tell what lies here and is neither a folder nor a file itself."""
        if self.shipped:
            return
        if misplaced := self.misplaced():
            yield misplaced
            return
        for name, path in self._parts():
            if path.is_symlink():
                what = "folder" if path.is_dir() else "file"
                yield _fault("link", f"{self.shown}/{name}", f"links are not followed; put the {what} itself here")
            elif not path.is_dir() and not path.is_file():
                yield _fault("not-a-file", f"{self.shown}/{name}", "not a regular file; put a file itself here")

    def misplaced(self) -> Problem | None:
        """Tell what stands in the place of the folder; None where that is one, or nothing."""
        if self.folder.is_symlink():
            return _fault("link", self.shown, "links are not followed; put the folder itself here")
        if self.folder.exists() and not self.folder.is_dir():
            return _fault("not-a-folder", self.shown, NO_FOLDER)
        return None

    def _parts(self) -> Iterator[tuple[str, Path]]:
        for path in sorted(self.folder.rglob("*")):
            parts = path.relative_to(self.folder).parts
            if not any(map(is_no_part, parts)):
                yield "/".join(parts), path


def is_no_part(name: str) -> bool:
    """Whether a file or folder of that name is passed over in a theme, hidden or an editor's copy."""
    return name.startswith(".") or name.endswith("~")


def _fault(code: str, shown: str, text: str) -> Problem:
    return Problem(Severity.ERROR, Place(shown), code, text)
