"""A finished site as a list of files: for whoever takes it somewhere else."""

from __future__ import annotations

import hashlib
from typing import Final

from msgspec import Struct

from castsite.errors import OutputRefusedError, Place, Problem, Severity, counted
from castsite.output import manifest as manifest_file
from castsite.output.changes import storage_error
from castsite.output.files import DISK, FileSystem, Kind
from castsite.output.manifest import MANIFEST, State, holds
from castsite.output.target import Folder, Target, open_folder
from castsite.output.tree import survey

_READ: Final = frozenset({Kind.FILE, Kind.READ_ONLY})


class Finished(Struct, frozen=True):
    """The files of a site, by relative path in order, and how many bytes they are together."""

    paths: tuple[str, ...]
    size: int


def finished(target: Target, *, files: FileSystem = DISK) -> Finished:
    """List the files that castsite made in the output folder, its manifest included; files of somebody else are not.

    Every file is read, and is as castsite wrote it. Raises OutputRefusedError for what is no finished site, or one
    with drafts in it, StorageError where the file system refuses.
    """
    folder = open_folder(target, files)
    try:
        return _finished(folder)
    except OSError as fault:
        raise storage_error(target, fault) from fault


def _finished(folder: Folder) -> Finished:
    entry = folder.entry(MANIFEST)
    manifest = manifest_file.load(folder.read(MANIFEST)) if entry and entry.kind in _READ else None
    if manifest is None:
        raise _refused(folder, "", "no-site", "there is no site here; run castsite build")
    if manifest.state is State.PREVIEW:
        text = "was built with drafts or what is dated in the future; run castsite build without --drafts and --future"
        raise _refused(folder, "", "preview", text)
    if manifest.state is not State.COMPLETE:
        raise _refused(folder, "", "unfinished", "a build was interrupted; run castsite build")
    ours = {path: known for path, known in survey(folder).files.items() if known.ours and known.kind in _READ}
    if len(ours) != len(manifest.files):
        text = f"lacks {counted(len(manifest.files) - len(ours), 'file')} of the site; run castsite build"
        raise _refused(folder, "", "incomplete", text)
    size = 0
    for path, known in ours.items():
        data = folder.read(path)
        if not holds(known.digests, hashlib.sha256(data).digest()):
            raise _refused(folder, path, "edited", "is not as castsite wrote it; run castsite build")
        size += len(data)
    return Finished((*sorted(ours), MANIFEST), size + len(folder.read(MANIFEST)))


def _refused(folder: Folder, path: str, code: str, text: str) -> OutputRefusedError:
    place = folder.shown(path) if path else folder.target.shown(folder.root)
    return OutputRefusedError(Problem(Severity.FATAL, Place(place), code, text))
