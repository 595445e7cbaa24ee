"""Looking at the output folder at another time than when a run publishes: it may hold a hundred thousand files.

A server knows how its last run has left it. A build looks at it while it finds out what there is to publish. Where
files are to be written or removed, both look once more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from msgspec import Struct

from castsite.errors import OutputRefusedError
from castsite.output.files import DISK, FileSystem, size_in
from castsite.output.manifest import MANIFEST
from castsite.output.target import Folder, Target, open_folder
from castsite.output.tree import Tree, index_path, is_as_listed, survey
from castsite.spread import ahead

_WORTH: Final = 1 << 19
"""Bytes of a writer's index from which a copy of the process pays: that of a few thousand files."""
_BRIEF: Final = 15
"""Seconds for which what was seen is believed."""


@contextmanager
def looked_at(target: Target, jobs: int, files: FileSystem = DISK) -> Iterator[Callable[[], bytes]]:
    """Look at the output folder meanwhile, where another process can; gives what `survey` takes as `seen`."""
    entry = files.entry(index_path(target))
    if entry is None or size_in(entry.stamp) < _WORTH:
        yield bytes
        return
    begun = time.monotonic()
    with ahead(lambda: is_as_listed(open_folder(target, files)), jobs) as found:
        yield lambda: found() if time.monotonic() - begun < _BRIEF else b""


class Standing(Struct):
    """What stands in an output folder that nobody else writes to. It is for one folder, and for one thread."""

    _tree: Tree | None = None
    _manifest: bytes = b""
    """stamp of its manifest"""
    _of: tuple[str, bool] = ("", False)
    """of which site it is, and whether a preview"""

    def take(self, folder: Folder) -> Tree | None:
        """Give what the last run left, once: a run that fails leaves nothing that may be believed."""
        tree, self._tree = self._tree, None
        entry = folder.entry(MANIFEST)
        is_same = entry is not None and entry.stamp == self._manifest and self._of == _of(folder.target)
        return tree if is_same else None

    def leave(self, folder: Folder, tree: Tree) -> None:
        """Say how a run has left it."""
        if entry := folder.entry(MANIFEST):
            self._tree, self._manifest, self._of = tree, entry.stamp, _of(folder.target)

    def is_left_alone(self, folder: Folder) -> bool:
        """Look at all of it; where it is not as it was left, the next run has to do that too."""
        tree, self._tree = self._tree, None
        if tree is None:
            return True
        try:
            found = survey(folder).files
        except (OSError, OutputRefusedError):  # its manifest is gone, or it is going while it is looked at
            return False
        if found.keys() != tree.files.keys() or any(one.stamp != tree.files[path].stamp for path, one in found.items()):
            return False
        self._tree = tree
        return True


def _of(target: Target) -> tuple[str, bool]:
    return target.identity, target.preview
