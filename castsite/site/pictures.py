"""Pictures of the content folder: judged by their bytes, known by the digest of what is published of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Struct

from castsite.errors import Place, Problem, Severity, StorageError
from castsite.limits import Limits
from castsite.memory import Store
from castsite.safety import Refused
from castsite.safety.raster import check_picture, check_size, without_metadata
from castsite.site.model import Picture
from castsite.site.sources import SourceFile, Stamp, describe_os_error, read_source
from castsite.site.urls import slugify

FOLDER: Final = "assets/content"


class KnownPicture(NamedTuple):
    """What is remembered of a picture. `moment` is when it was looked for, nanoseconds since 1970."""

    stamp: Stamp
    moment: int
    found: Picture | Refused


class Judge(Struct, frozen=True):
    """Says what a picture is: what is remembered of it, as long as it has not been touched since."""

    content: Path
    limits: Limits
    store: Store[KnownPicture]
    moment: int
    rehash: bool

    def __call__(self, file: SourceFile) -> Picture | Refused:
        """Judge a file by its bytes."""
        key = repr((self.limits, file.path)).encode()
        known = self.store.get(file.name, key)
        if known and file.stamp.is_that_of(known.stamp, known.moment) and not self.rehash:
            return known.found
        try:
            data = read_source(self.content, file.name, self.limits.image_size)
        except OSError as error:
            return Refused(describe_os_error(error))
        found = check_size(file.stamp.size, self.limits) or judged(  # more of it is not read than it may have
            data, file.stem, self.limits, name=file.name, source=file.path
        )
        self.store.put(file.name, key, KnownPicture(file.stamp, self.moment, found))
        return found


def judged(data: bytes, stem: str, limits: Limits, *, name: str = "", source: str) -> Picture | Refused:
    """Say what is published of a picture, and where, or why it may not be. `stem` is what it is called."""
    picture = check_picture(data, limits)
    if isinstance(picture, Refused):
        return picture
    digest = hashlib.sha256(without_metadata(data, picture.kind)).hexdigest()
    path = f"{FOLDER}/{slugify(stem, source=source)}.{digest[:10]}{picture.kind.suffix}"
    return Picture(path, picture.width, picture.height, digest, name, moves=picture.moves)


def published(content: Path, limits: Limits, picture: Picture) -> bytes:
    """Read a picture again. Raises StorageError when it is not what it was: its address would lie."""
    try:
        data = read_source(content, picture.name, limits.image_size)
    except OSError as error:
        raise _changed(picture.name) from error
    found = check_picture(data, limits)
    if isinstance(found, Refused):
        raise _changed(picture.name)
    clean = without_metadata(data, found.kind)
    if hashlib.sha256(clean).hexdigest() != picture.digest:
        raise _changed(picture.name)
    return clean


def _changed(name: str) -> StorageError:
    text = "changed while the site was being built; build again"
    return StorageError(Problem(Severity.FATAL, Place(name), "changed", text))
