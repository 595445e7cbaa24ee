"""What has to change in the output folder, found out without touching it; new files are made and kept in the stage."""

from __future__ import annotations

import errno
import hashlib
from array import array
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import Final, NamedTuple

from msgspec import Struct, field

from castsite.errors import ObstacleError, OutputRefusedError, Place, Problem, Severity, StorageError, counted, quote
from castsite.output.files import Kind, sizes_in
from castsite.output.index import KEY_SIZE, NO_KEY, Index, key_digest
from castsite.output.manifest import DIGEST_SIZE, holds, parted
from castsite.output.plan import Plan
from castsite.output.stage import Stage
from castsite.output.target import Folder, Target
from castsite.output.tree import Known, Tree
from castsite.site.urls import collision_key, folders_above, parents
from castsite.spread import Spread

_AT_ONCE: Final = 1024
"""Keys that are compared at once: those of most files are as they were."""


class Changes(Struct, frozen=True):
    """The way from the tree that was found to the plan."""

    before: Index
    """what was known of the plan's files"""
    digests: bytearray
    """SHA-256 of the bytes of every file, joined in the order of the plan"""
    keys: bytes
    """digests of the artifacts' keys, joined in the same order"""
    made: array[int]
    """numbers of the artifacts whose bodies were called"""
    written: array[int]
    """numbers of the artifacts whose files are written, which are their names in the stage too"""
    stale: tuple[str, ...]
    """files of ours that are no longer wanted and are as we wrote them, in the order in which they are removed"""
    early: tuple[str, ...]
    """those of them that stand where something else must go"""
    folders: set[str]
    """those of planned files, all above, and where nothing has come or gone whatever others there are"""
    learned: bool
    """something is known of a file that the writer's index does not say"""
    sizes: array[int]
    """bytes of each of the plan's files"""
    problems: tuple[Problem, ...]


class _Verdict(Enum):
    SAME = auto()
    NEW = auto()
    EDITED = auto()
    """ours, but changed by somebody else"""
    FOREIGN = auto()


def find_changes(folder: Folder, plan: Plan, tree: Tree, stage: Stage, spread: Spread) -> Changes:
    """Compare plan and tree. A body is called where key and stamp do not tell, one at a time in each process.

    Raises OutputRefusedError when a file that is not ours has to be overwritten, StorageError when something stands
    in the way of a file or its folder, or the stage cannot be written.
    """
    artifacts = plan.artifacts
    before = tree.index_of([artifact.path for artifact in artifacts])
    names = _compare_names(folder, before.paths, tree)
    sizes = array("Q", sizes_in(before.stamps))
    compared = _Compared(folder, plan, tree, stage, bytearray(before.digests), sizes)
    keys = _keys(plan)
    unknown = _unknown(before, keys)
    # files of one source are made one after the other, in the plan's order, so that what they share is fetched once
    missing = array("I", sorted(unknown, key=lambda at: artifacts[at].owner))
    for number, made in zip(missing, spread(compared.make, missing), strict=True):
        compared.add(number, made)
    written = array("I", sorted(compared.staged))
    _refuse_foreign(folder, [*names.foreign, *compared.foreign])
    _refuse_read_only(folder, tree, (*names.stale, *(artifacts[number].path for number in written)))
    return Changes(
        before=before,
        digests=compared.digests,
        keys=keys,
        made=missing,
        written=written,
        stale=names.stale,
        early=names.early,
        folders=names.needed,
        learned=compared.learned,
        sizes=compared.sizes,
        problems=(*names.edited, *compared.edited),
    )


class _Names(Struct, frozen=True):
    """What the names in plan and tree tell."""

    stale: tuple[str, ...]
    early: tuple[str, ...]
    foreign: tuple[str, ...]
    edited: tuple[Problem, ...]
    needed: set[str]
    """folders of planned files"""


def _keys(plan: Plan) -> bytes:
    """Join the digests of the artifacts' keys."""
    keys, last, key = bytearray(), "", NO_KEY  # all files of a recording have the same
    for artifact in plan.artifacts:
        if (written := artifact.key) != last:
            last, key = written, key_digest(written)
        keys += key
    return bytes(keys)


def _unknown(before: Index, keys: bytes) -> list[int]:
    """Give the artifacts whose files are not known to be what would be made."""
    left = []
    for start in range(0, len(keys), _AT_ONCE * KEY_SIZE):
        now, then = keys[start : start + _AT_ONCE * KEY_SIZE], before.keys[start : start + _AT_ONCE * KEY_SIZE]
        if now != then or NO_KEY in now:
            pairs = zip(parted(now, KEY_SIZE), parted(then, KEY_SIZE), strict=True)
            first = start // KEY_SIZE
            left += [number for number, (key, known) in enumerate(pairs, first) if key != known or key == NO_KEY]
    return left


def _compare_names(folder: Folder, paths: list[str], tree: Tree) -> _Names:
    as_found = len(paths) == len(tree.files) and all(map(tree.files.__contains__, paths))
    if as_found and not (tree.claimed or tree.leftovers):  # as after most changes
        return _Names((), (), (), (), tree.folders)
    wanted = {*paths}
    needed = folders_above(wanted)
    stale, edited = _stale(folder, tree, wanted)
    _refuse_obstacles(folder, tree, wanted, needed, stale)
    early = tuple(_early(stale, wanted, needed))
    return _Names(tuple(stale), early, tuple(_foreign_by_another_name(folder, tree, wanted)), tuple(edited), needed)


class _Made(NamedTuple):
    """Size and SHA-256 of a file that was made, and how it compares with the one that is there."""

    size: int
    digest: bytes
    verdict: _Verdict


class _Compared(Struct):
    """What is known after some of the artifacts."""

    folder: Folder
    plan: Plan
    tree: Tree
    stage: Stage
    digests: bytearray
    sizes: array[int]
    staged: array[int] = field(default_factory=lambda: array("I"))
    foreign: list[str] = field(default_factory=list)
    edited: list[Problem] = field(default_factory=list)
    learned: bool = False

    def make(self, number: int) -> _Made:
        """Make the file of an artifact, and keep it in the stage if it is new; nothing here is changed."""
        artifact = self.plan.artifacts[number]
        path = artifact.path
        known = self.tree.files.get(path)
        data = artifact.body()
        digest = hashlib.sha256(data).digest()
        verdict = _judge(self.folder, path, known, data, digest)
        if verdict not in {_Verdict.SAME, _Verdict.FOREIGN}:
            _keep(self.folder, self.stage, path, number, data)
        return _Made(len(data), digest, verdict)

    def add(self, number: int, made: _Made) -> None:
        """Note what became of an artifact."""
        artifact = self.plan.artifacts[number]
        path = artifact.path
        known = self.tree.files.get(path)
        self.digests[number * DIGEST_SIZE : (number + 1) * DIGEST_SIZE] = made.digest
        self.sizes[number] = made.size
        self.learned |= bool(artifact.key) or not (known and known.digest)
        if made.verdict is _Verdict.FOREIGN:
            self.foreign.append(path)
        elif made.verdict is not _Verdict.SAME:
            self.staged.append(number)
        if made.verdict is _Verdict.EDITED:
            self.edited.append(_edited(self.folder, path, "replaced"))


def storage_error(target: Target, fault: OSError, *, path: str = "", size: int = 0) -> StorageError:
    """Make the error for what the file system refused; `size` is how many bytes were to be written."""
    shown = target.shown(path or str(fault.filename2 or fault.filename or target.root))
    needed = f"{quote(shown, 120)} needs {counted(size, 'byte') if size else 'more room'}"
    if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
        text = f"the disk is full: {needed}; free some space and build again"
    elif fault.errno == errno.EFBIG:
        text = f"no file may be so large here: {needed}; raise ulimit -f and build again"
    else:
        cure = "remove it" if target.private else "choose another output folder"  # nobody has chosen a server's own
        made = "remove the file that stands in the way" if fault.errno == errno.ENOTDIR else "make it writable"
        text = f"cannot write {quote(shown, 120)}: {fault.strerror}; {made}, or {cure}"
    return StorageError(Problem(Severity.FATAL, Place(shown), "storage", text))


def _stale(folder: Folder, tree: Tree, wanted: set[str]) -> tuple[list[str], list[Problem]]:
    """Find what is ours and no longer wanted; what somebody edited is told and kept."""
    stale: list[str] = []
    edited: list[Problem] = []
    gone = (path for path in tree.files if path not in wanted and tree.files[path].ours)
    # pages go first, so that none is ever without its assets
    for path in sorted(gone, key=lambda path: (not path.endswith(".html"), path)):
        if _is_as_we_wrote_it(folder, path, tree.files[path]):
            stale.append(path)
        else:
            edited.append(_edited(folder, path, "no longer part of the site, and kept"))
    return stale, edited


def _is_as_we_wrote_it(folder: Folder, path: str, known: Known) -> bool:
    if known.kind is Kind.OTHER:
        return False
    digest = known.digest or hashlib.sha256(folder.read(path)).digest()
    return holds(known.digests, digest)


def _judge(folder: Folder, path: str, known: Known | None, data: bytes, digest: bytes) -> _Verdict:
    """Compare new bytes with what stands there."""
    if known is None:
        return _Verdict.NEW
    if known.digest:
        return _Verdict.SAME if known.digest == digest else _Verdict.NEW
    present = folder.read(path) if known.kind is not Kind.OTHER else None
    if present == data:
        return _Verdict.SAME
    if not known.ours:
        return _Verdict.FOREIGN
    untouched = present is not None and holds(known.digests, hashlib.sha256(present).digest())
    return _Verdict.NEW if untouched else _Verdict.EDITED


def _keep(folder: Folder, stage: Stage, path: str, number: int, data: bytes) -> None:
    try:
        stage.add(str(number), data, sync=folder.target.durable)
    except OSError as fault:
        raise storage_error(folder.target, fault, path=folder.at(path), size=len(data)) from fault


def _early(stale: list[str], wanted: set[str], needed: set[str]) -> Iterator[str]:
    """Find what must go before something can be written: a file where a folder goes, or in a folder where a file goes.

    Where case does not count, that is also a file whose name has only changed its case.
    """
    if not stale:
        return
    files, folders = set(map(collision_key, wanted)), set(map(collision_key, needed))
    for path in stale:
        key = collision_key(path)
        if key in files or key in folders or any(parent in files for parent in parents(key)):
            yield path


def _foreign_by_another_name(folder: Folder, tree: Tree, wanted: set[str]) -> Iterator[str]:
    """Find planned files that are somebody else's where case does not count."""
    others = {collision_key(path) for path in tree.files if path not in wanted and not tree.files[path].ours}
    if others:
        new = (path for path in wanted if path not in tree.files and collision_key(path) in others)
        yield from sorted(path for path in new if folder.entry(path) is not None)


def _refuse_obstacles(folder: Folder, tree: Tree, wanted: set[str], needed: set[str], stale: list[str]) -> None:
    """Raise ObstacleError for files where folders must go and the reverse, unless all of it is ours to remove."""
    ours = {*stale, *tree.claimed, *folders_above(stale)}
    files = [path for path in needed if path in tree.files and path not in ours]
    folders = [path for path in wanted & tree.folders if not _holds_only(tree, path, ours)]
    text = "{} is a %s where a %s must go; remove it"
    problems = [_fatal(folder, path, "storage", text % ("file", "folder")) for path in sorted(files)]
    problems += [_fatal(folder, path, "storage", text % ("folder", "file")) for path in sorted(folders)]
    if problems:
        raise ObstacleError(*problems)


def _holds_only(tree: Tree, path: str, ours: set[str]) -> bool:
    inside = (name for names in (tree.files, tree.folders) for name in names if name.startswith(f"{path}/"))
    return path in ours and all(name in ours for name in inside)


def _refuse_foreign(folder: Folder, paths: list[str]) -> None:
    if paths:
        text = (
            "{} is in the output folder, but not from castsite; move it away, or put it into the site's static folder"
        )
        problems = (_fatal(folder, path, "output-foreign", text) for path in paths)
        raise OutputRefusedError(*problems)


def _refuse_read_only(folder: Folder, tree: Tree, paths: Iterable[str]) -> None:
    """Refuse the same on every system: Windows could not replace such a file, POSIX would."""
    locked = [path for path in paths if path in tree.files and tree.files[path].kind is Kind.READ_ONLY]
    if locked:
        raise StorageError(*(_fatal(folder, path, "storage", "{} is read-only; make it writable") for path in locked))


def _fatal(folder: Folder, path: str, code: str, text: str) -> Problem:
    shown = folder.shown(path)
    return Problem(Severity.FATAL, Place(shown), code, text.format(quote(shown, 120)))


def _edited(folder: Folder, path: str, what: str) -> Problem:
    text = f"was changed by hand since castsite wrote it: {what}"
    return Problem(Severity.WARNING, Place(folder.shown(path)), "output-edited", text)
