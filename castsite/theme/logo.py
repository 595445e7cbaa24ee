"""A picture in the masthead: which file of the project it is, and how large."""

from __future__ import annotations

from math import ceil
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from castsite.config import ThemeChoice
from castsite.errors import quote
from castsite.files import read_regular
from castsite.limits import Limits
from castsite.regex import regex
from castsite.safety import Refused
from castsite.safety.address import within
from castsite.safety.raster import check_picture
from castsite.schema.tree import Text

_KINDS: Final = ".svg, .png, .webp, .avif or .jpg"
_SUFFIXES: Final = frozenset({".svg", ".png", ".webp", ".avif", ".jpg", ".jpeg"})
_VIEW: Final = regex(
    rb"<svg\b[^>]*?\bviewBox\s*=\s*[\"'][-\d.eE+]+[\s,]+[-\d.eE+]+[\s,]+(\d{1,6}(?:\.\d{1,9})?)[\s,]+(\d{1,6}(?:\.\d{1,9})?)[\"']"
)


class Logo(NamedTuple):
    """A picture file of the project: `path` is below the folder of `castsite.yml`, sizes are in pixels."""

    path: str
    width: int
    height: int

    @property
    def asset(self) -> str:
        """Name among the assets."""
        return f"icons/logo{PurePosixPath(self.path).suffix.lower()}"


def named_pictures(choice: ThemeChoice) -> tuple[str, ...]:
    """Give the files, by their paths below the project, that options may name as pictures, there or not."""
    written = (node.value for _, node in choice.options.entries if isinstance(node, Text))
    names = (within("", value) for value in written if PurePosixPath(value).suffix.lower() in _SUFFIXES)
    return tuple(name for name in names if name and "\0" not in name)


def find_logo(project: Path, written: str) -> Logo | str:
    """Find a picture that the configuration names; what is wrong with it when it cannot be shown."""
    name = within("", written)
    if not name or PurePosixPath(name).suffix.lower() not in _SUFFIXES:
        return f"expected a picture in the folder of castsite.yml, {_KINDS}, got {quote(written)}"
    file = project / name
    if not file.is_file() or not file.resolve().is_relative_to(project.resolve()):
        return f"there is no file {quote(name)} beside castsite.yml"
    data = read_regular(file)
    if name.lower().endswith(".svg"):
        view = _VIEW.search(data)
        size = view and tuple(ceil(float(part)) for part in view.groups())
        return (
            Logo(name, *size)
            if size and all(size)
            else f'{quote(name)} has no usable viewBox; write one such as viewBox="0 0 120 40" into its <svg>'
        )
    picture = check_picture(data, Limits())
    if isinstance(picture, Refused):
        return f"{quote(name)} cannot be shown: {picture.reason}"
    return Logo(name, picture.width, picture.height)
