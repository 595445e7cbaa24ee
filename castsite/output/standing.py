"""The output folder as the last run of this process left it: a server need not look at all of it before each build."""

from __future__ import annotations

from dataclasses import dataclass

from castsite.errors import OutputRefusedError
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
