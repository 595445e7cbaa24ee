"""The output folder as the last run of this process left it: a server need not look at all of it before each build."""

from __future__ import annotations

from dataclasses import dataclass

from castsite.output.manifest import MANIFEST
from castsite.output.target import Folder
from castsite.output.tree import Tree, survey


@dataclass(slots=True)
class Standing:
    """What stands in an output folder that nobody else writes to. It is for one folder, and for one thread."""

    _tree: Tree | None = None
    _manifest: bytes = b""
    """stamp of its manifest"""

    def take(self, folder: Folder) -> Tree | None:
        """Give what the last run left, once: a run that fails leaves nothing that may be believed."""
        tree, self._tree = self._tree, None
        entry = folder.entry(MANIFEST)
        return tree if entry and entry.stamp == self._manifest else None

    def leave(self, folder: Folder, tree: Tree) -> None:
        """Say how a run has left it."""
        if entry := folder.entry(MANIFEST):
            self._tree, self._manifest = tree, entry.stamp

    def is_left_alone(self, folder: Folder) -> bool:
        """Look at all of it; where it is not as it was left, the next run has to do that too."""
        if self._tree is None:
            return True
        found = survey(folder)
        alone = found.files.keys() == self._tree.files.keys() and all(
            known.stamp == self._tree.files[path].stamp for path, known in found.files.items()
        )
        if not alone:
            self._tree = None
        return alone
