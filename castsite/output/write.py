"""Publishing: everything is made first, then each file is put in its place at once, in an order that keeps links whole.

0. the manifest, listing old and new files; 1. files with content-hashed names; 2. side files; 3. pages; 4. lists;
5. stale files of ours are removed; 6. the manifest, listing new files only. Whenever a run ends early, every file is
whole, and the next run finds out what is ours and finishes the job.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain

from msgspec import Struct, field
from msgspec.structs import replace

from castsite.output import index as index_file
from castsite.output import manifest as manifest_file
from castsite.output.changes import Changes, find_changes, storage_error
from castsite.output.files import DISK, FileSystem, Kind, is_moved
from castsite.output.index import NO_STAMP, STAMP_SIZE, Index
from castsite.output.manifest import MANIFEST, State, hashed, holds, part, parted, salt_of
from castsite.output.plan import Plan
from castsite.output.report import Report
from castsite.output.stage import Stage, new_stage
from castsite.output.standing import Standing
from castsite.output.target import Folder, Target, open_folder, refuse
from castsite.output.tree import Listed, Tree, end_state, index_path, survey
from castsite.site.urls import folders_above, parents
from castsite.spread import Spread, serially

Announce = Callable[[Mapping[str, bytes], Collection[str]], None]
"""Told of every run that nothing can refuse any more: SHA-256 of all files by path, and the paths that are written."""


def publish(  # noqa: PLR0913 - all but two are options
    target: Target,
    plan: Plan,
    *,
    files: FileSystem = DISK,
    spread: Spread = serially,
    rehash: bool = False,
    announce: Announce | None = None,
    standing: Standing | None = None,
    seen: Callable[[], bytes] = bytes,
    most: int | None = None,
) -> Report:
    """Make the output folder hold the plan's files, and of ours no other; the caller holds its lock.

    A body is called only when its file may have changed, before anything in the folder is touched: by `spread`, which
    may do that in several processes. Identical files are left alone; with `rehash` all of them are made and compared,
    whatever is remembered. The report's problems are those of publishing; the plan's are not among them.
    `announce` is called once, before the output folder is touched. What is `standing` there is not looked at again, nor
    is what `seen` gives to have been found already, see `looked_at`. Files of more bytes than `most` are reported.
    Raises OutputRefusedError (exit 2) for a folder or a file that is not ours, StorageError (exit 5) where the file
    system refuses.
    """
    refuse(target)
    folder = open_folder(target, files)
    try:
        taken = standing.take(folder) if standing and not rehash else None
        tree = taken or survey(folder, trusting=not rehash, seen=seen())
        stage = new_stage(target, files)
        try:
            changes = find_changes(folder, plan, tree, stage, spread)
            if not _is_as_found(folder, plan, tree, changes):
                tree = survey(folder, trusting=not rehash)
                changes = find_changes(folder, plan, tree, stage, spread)
            if announce:
                paths = changes.before.paths
                written = {paths[number] for number in changes.written}
                announce(dict(zip(paths, parted(changes.digests), strict=True)), written)
            run = _Run(folder, plan, tree, stage, changes, salt_of(target.identity))
            report = replace(run.publish(), large=larger(plan, changes.sizes, most))
            if standing and (left := run.left()):
                standing.leave(folder, left)
        finally:
            stage.clear()
    except OSError as fault:
        raise storage_error(target, fault) from fault
    return report


def clean(target: Target, *, files: FileSystem = DISK) -> Report:
    """Remove what the manifest says is ours, then the manifest, and the folder if nothing is left in it.

    The caller holds the lock. Raises as `publish` does.
    """
    folder = open_folder(target, files)
    try:
        if files.entry(folder.root) is None:
            new_stage(target, files)  # for what it clears
            report = Report()
        else:
            report = publish(target, Plan(), files=files)
            files.remove(folder.at(MANIFEST))
            files.remove_folder(folder.root)
        _clear(files, index_path(target))
    except OSError as fault:
        raise storage_error(target, fault) from fault
    return report


def larger(plan: Plan, sizes: array[int], most: int | None) -> tuple[tuple[str, int], ...]:
    """Give paths and bytes of files with more than `most`, the largest first; `sizes` are those of all, in order."""
    if most is None or max(sizes, default=0) <= most:  # as nearly always
        return ()
    found = ((artifact.path, size) for artifact, size in zip(plan.artifacts, sizes, strict=True) if size > most)
    return tuple(sorted(found, key=lambda one: (-one[1], one[0])))


def _is_as_found(folder: Folder, plan: Plan, tree: Tree, changes: Changes) -> bool:
    """Whether nobody has been at the places of files to be written or removed, since the folder was looked at."""
    written = (plan.artifacts[number].path for number in changes.written)
    for path in chain(written, changes.stale):
        entry, known = folder.entry(path), tree.files.get(path)
        if (entry.stamp if entry else b"") != (known.stamp if known else b""):
            return False
    return True


class _Run(Struct):
    """All that is known once nothing can be refused any more, and what becomes known on the way."""

    folder: Folder
    plan: Plan
    tree: Tree
    stage: Stage
    changes: Changes
    salt: bytes
    names: bytearray = field(default_factory=bytearray)
    """of the files of the plan, joined, as the manifest names them"""
    stamps: bytearray = field(default_factory=bytearray)
    """of the files that are written, joined, in their order; zeros where somebody has been there since"""
    manifest: bytes = b""
    """SHA-256 of the manifest, once that is there"""
    listing: bytes = b""
    """the manifest that is there, as long as it can be revised"""

    def publish(self) -> Report:
        """Go through the order above, as far as there is something to do."""
        changes, tree = self.changes, self.tree
        moving = bool(changes.written or changes.stale)
        if moving:
            self.listing = self._found_listing()
            self._put_manifest(State.PUBLISHING, self._joining(), self._union())
        self._remove(tree.leftovers, ())
        self._remove(changes.early, tree.claimed)
        self._write()
        early = set(changes.early)
        self._remove([path for path in changes.stale if path not in early], ())
        self.manifest = tree.manifest
        if moving or not self._is_settled():
            data = self._put_manifest(end_state(self.folder.target), self._settling(), self._planned())
            self.manifest = hashlib.sha256(data).digest()
        if moving or changes.learned or not tree.listed:
            self._put_index()
        written = tuple(self.plan.artifacts[number].path for number in changes.written)
        unchanged = len(self.plan.artifacts) - len(written)
        return Report(written, unchanged, changes.stale, sum(changes.sizes), changes.problems)

    def left(self) -> Tree | None:
        """Give what stands there now; None when somebody else was there meanwhile."""
        changes, tree, index = self.changes, self.tree, self._index()
        if changes.problems or not all(self._stamps()):
            return None
        ours = {*index.paths, *changes.stale}
        files = Listed(index, {path: tree.files[path] for path in tree.files if path not in ours})
        folders = changes.folders | (folders_above(files) if changes.stale else tree.folders)
        return Tree(files, folders, settled=len(index.paths), manifest=self.manifest, listed=True)

    def _is_settled(self) -> bool:
        """Whether the manifest that is there already lists just what is published."""
        files, paths = self.tree.files, self.changes.before.paths
        if self.tree.settled != len(paths):
            return False
        # what was not made is as the index says, and so as the manifest says that it lists
        numbers = self.changes.made if self.tree.listed else range(len(paths))
        known = ((number, files.get(paths[number])) for number in numbers)
        return all(one is not None and one.digests == self._digest(number) for number, one in known)

    def _digest(self, number: int) -> bytes:
        return part(self.changes.digests, number)

    def _planned(self) -> Iterator[tuple[bytes, bytes]]:
        """List all that the plan makes."""
        if not self.names:
            for artifact in self.plan.artifacts:
                self.names += self._hashed(artifact.path)
        yield from zip(parted(self.names), parted(self.changes.digests), strict=True)

    def _hashed(self, path: str) -> bytes:
        return hashed(self.salt, path)

    def _leaving(self) -> Iterator[str]:
        """Name what is ours and no longer wanted."""
        if self.tree.files:
            wanted = {artifact.path for artifact in self.plan.artifacts}
            yield from (path for path in self.tree.files if path not in wanted and self.tree.files[path].ours)

    def _union(self) -> Iterator[tuple[bytes, bytes]]:
        """List everything that is or may become ours before this run has ended."""
        for path in self._leaving():
            yield self._hashed(path), self.tree.files[path].digests
        for artifact, (key, digest) in zip(self.plan.artifacts, self._planned(), strict=True):
            before = self.tree.files.get(artifact.path)
            old = before.digests if before else b""
            yield key, old if holds(old, digest) else old + digest
        for path in self._claims():
            yield self._hashed(f"{path}/"), b""

    def _joining(self) -> Iterator[tuple[bytes, bytes]]:
        """List what this has and the manifest that was found has not."""
        for number in self.changes.made:
            path, digest = self.plan.artifacts[number].path, self._digest(number)
            old = known.digests if (known := self.tree.files.get(path)) else b""
            if not holds(old, digest):
                yield self._hashed(path), old + digest
        for path in self._claims():
            yield self._hashed(f"{path}/"), b""

    def _settling(self) -> Iterator[tuple[bytes, bytes | None]]:
        """List what becomes of all that in the end."""
        for number in self.changes.made:
            yield self._hashed(self.plan.artifacts[number].path), self._digest(number)
        for path in chain(self._leaving(), (f"{path}/" for path in self._claims())):
            yield self._hashed(path), None

    def _found_listing(self) -> bytes:
        """Read the manifest that was found, if it is known to list just what is ours in the tree."""
        tree = self.tree
        if not tree.listed or tree.settled != tree.ours():
            return b""
        data = self.folder.read(MANIFEST)
        return data if hashlib.sha256(data).digest() == tree.manifest else b""

    def _claims(self) -> set[str]:
        """Folders that this run makes or may empty."""
        made = self.changes.folders - self.tree.folders
        return {*made, *self.tree.claimed, *folders_above(self.changes.stale)}

    def _write(self) -> None:
        there = {*self.tree.folders, ""}
        touched = set()
        for number in self.changes.written:
            path = self.plan.artifacts[number].path
            parent = path.rpartition("/")[0]
            if parent not in there:
                _make_folders(self.folder.files, self.folder.at(parent))
                there.update((parent, *parents(parent)))
            if self.folder.target.durable:
                touched.add(parent)
            stamp = self.stage.publish(str(number), self.folder.at(path), sync=self.folder.target.durable)
            found = self.folder.entry(path)
            if found and found.kind is not Kind.OTHER and is_moved(stamp, found.stamp):
                self.stamps += found.stamp
            else:
                self.stamps += NO_STAMP
        for parent in sorted(touched):
            self.folder.files.sync_folder(self.folder.at(parent).rstrip("/"))

    def _remove(self, paths: Iterable[str], folders: Iterable[str]) -> None:
        """Remove files, then the folders that are empty now, and of `folders` those that are empty."""
        emptied = set(folders)
        for path in paths:
            with suppress(FileNotFoundError):  # somebody was faster
                self.folder.files.remove(self.folder.at(path))
            emptied.update(parents(path))
        if emptied:
            for path in sorted(emptied - self.changes.folders, key=lambda path: path.count("/"), reverse=True):
                self.folder.remove_empty(path)

    def _put_manifest(
        self, state: State, changed: Iterable[tuple[bytes, bytes | None]], files: Iterable[tuple[bytes, bytes]]
    ) -> bytes:
        """Put a manifest of these files in its place: where the last one is at hand, by what has changed in it."""
        if self.listing:
            data = self.listing = manifest_file.revised(self.listing, self.salt, state, dict(changed))
        else:
            data = manifest_file.dump_hashed(self.salt, state, files)
        _make_folders(self.folder.files, self.folder.root)
        sync = not self.folder.target.private  # a server's own folder is made anew where a loss of power damaged it
        self.stage.add(MANIFEST, data, sync=sync)
        self.stage.publish(MANIFEST, self.folder.at(MANIFEST), sync=sync)
        return data

    def _put_index(self) -> None:
        self.stage.add("index", index_file.dump(self._index()))
        files, path = self.folder.files, index_path(self.folder.target)
        if (there := files.entry(path)) and there.kind is Kind.FOLDER:
            _clear(files, path)
        files.replace(self.stage.path("index"), path)

    def _index(self) -> Index:
        """Tell of all files as they are now; of those where somebody has been since, nothing that is true of any."""
        changes, stamps = self.changes, bytearray(self.changes.before.stamps)
        for number, stamp in zip(changes.written, parted(self.stamps, STAMP_SIZE), strict=True):
            stamps[number * STAMP_SIZE : (number + 1) * STAMP_SIZE] = stamp
        manifest = self.manifest if all(self._stamps()) else b""
        return Index(manifest, changes.before.paths, bytes(stamps), bytes(changes.digests), changes.keys)

    def _stamps(self) -> Iterator[bytes]:
        """Give the stamps of the files that were written; none where somebody has been there since."""
        return (b"" if stamp == NO_STAMP else stamp for stamp in parted(self.stamps, STAMP_SIZE))


def _clear(files: FileSystem, path: str) -> None:
    """Remove whatever stands in a place of ours in the work folder."""
    there = files.entry(path)
    if there is None:
        return
    if there.kind is not Kind.FOLDER:
        files.remove(path)
        return
    for name, _, _ in files.entries(path):
        _clear(files, f"{path}/{name}")
    files.remove_folder(path)


def _make_folders(files: FileSystem, path: str) -> None:
    """Make a folder and those above it."""
    if path and files.entry(path) is None:
        _make_folders(files, path.rpartition("/")[0])
        files.make_folder(path)
