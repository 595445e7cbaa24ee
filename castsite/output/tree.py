"""The output folder as it is found: what is ours, what is somebody else's, what an interrupted run left behind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import chain

import msgspec
from msgspec.structs import replace

from castsite.errors import OutputRefusedError, Place, Problem, Severity, quote
from castsite.output import index as index_file
from castsite.output import manifest as manifest_file
from castsite.output.files import Entry, Kind
from castsite.output.index import NO_DIGEST, NO_KEY, NO_STAMP, STAMP_SIZE, Index
from castsite.output.manifest import MANIFEST, Manifest, State, hashed, part, salt_of
from castsite.output.plan import is_temporary
from castsite.output.target import Folder, Target
from castsite.site.urls import folders_above


class Known(msgspec.Struct, frozen=True, gc=False):
    """A file in the output folder, or a link or something stranger."""

    kind: Kind
    stamp: bytes
    digests: bytes
    """of what we may have published there, 32 bytes each; empty: it is not ours"""
    digest: bytes = b""
    """of its bytes, as far as that is known without reading it"""
    key: bytes = b""
    """digest of the key its bytes were made by, as far as known"""

    @property
    def ours(self) -> bool:
        """Whether the manifest lists it."""
        return bool(self.digests)


class Listed(Mapping[str, Known]):
    """Files that are as an index says, each looked up when it is asked for, and those of others beside them."""

    def __init__(self, index: Index, others: Mapping[str, Known] | None = None) -> None:
        """Take an index that says everything of its files."""
        self.index = index
        self.others = others or {}
        self._numbers = _numbers(index)

    def __getitem__(self, path: str) -> Known:
        """Give what is known of a file. Raises KeyError."""
        if (number := self._numbers.get(path)) is None:
            return self.others[path]
        stamp, digest, key = self.index.row(number)
        return Known(Kind.FILE, stamp, digest, digest, key)

    def __contains__(self, path: object) -> bool:
        """Whether there is such a file."""
        return path in self._numbers or path in self.others

    def __iter__(self) -> Iterator[str]:
        """Go through the paths."""
        return chain(self._numbers, self.others)

    def __len__(self) -> int:
        """Count the files."""
        return len(self._numbers) + len(self.others)


class Tree(msgspec.Struct, frozen=True):
    """Relative paths of everything that was found, the manifest and git's own folder excepted."""

    files: Mapping[str, Known] = msgspec.field(default_factory=dict)
    folders: set[str] = msgspec.field(default_factory=set)
    claimed: tuple[str, ...] = ()
    """folders that an interrupted run made or was about to empty"""
    leftovers: tuple[str, ...] = ()
    """unfinished files in folders of ours"""
    settled: int | None = None
    """number of files in the manifest, when it is as this run would leave it, and of this site"""
    manifest: bytes = b""
    """SHA-256 of the manifest that is there"""
    listed: bool = False
    """the writer's index lists just the files that this manifest does"""

    def index_of(self, paths: list[str]) -> Index:
        """Give what is known of files in their order; zeros where nothing is."""
        files = self.files
        if isinstance(files, Listed) and files.index.paths == paths:
            return files.index
        stamps, digests, keys = bytearray(), bytearray(), bytearray()
        for path in paths:
            known = files.get(path)
            stamps += known.stamp if known else NO_STAMP
            digests += known.digest or NO_DIGEST if known else NO_DIGEST
            keys += known.key or NO_KEY if known else NO_KEY
        return Index(b"", paths, bytes(stamps), bytes(digests), bytes(keys))

    def ours(self) -> int:
        """Count the files that the manifest lists."""
        if isinstance(self.files, Listed):
            return len(self.files.index.paths) + sum(known.ours for known in self.files.others.values())
        return sum(known.ours for known in self.files.values())


def survey(folder: Folder, *, trusting: bool = True, seen: bytes = b"") -> Tree:
    """Look at the whole output folder, reading no file in it but the manifest; what is remembered of it may be trusted.

    `seen` is what `is_as_listed` gave a moment ago. Raises OutputRefusedError when something is in it that castsite did
    not make and there is no sound manifest.
    """
    if seen and trusting and (tree := _listed(folder, seen)):
        return tree
    top = folder.files.entry(folder.root)
    if top is None:
        return Tree()
    if top.kind is not Kind.FOLDER:
        raise _refused(folder.target, "is not a folder", "choose another, or remove it")
    return _look(folder, index_file.load(_read_index(folder) if trusting else b""))


def is_as_listed(folder: Folder) -> bytes:
    """Give the digest of the writer's index if the output folder is as it says and holds nothing else, or nothing."""
    data = _read_index(folder)
    index = index_file.load(data)
    numbers, found, folders, manifest = _numbers(index), 0, {""}, b""
    below = [""]
    while below:
        prefix = below.pop()
        for name, kind, stamp in folder.files.entries(folder.at(prefix).rstrip("/")):
            path = prefix + name
            if kind is Kind.FOLDER:
                if name != ".git":
                    below.append(f"{path}/")
                    folders.add(path)
            elif path == MANIFEST and kind in {Kind.FILE, Kind.READ_ONLY}:
                manifest = hashlib.sha256(folder.read(MANIFEST)).digest()
            else:
                number = numbers.get(path, -1)
                if kind is not Kind.FILE or number < 0 or part(index.stamps, number, STAMP_SIZE) != stamp:
                    return b""
                found += 1
    whole = found == len(index.paths) and folders == {"", *folders_above(index.paths)}
    return index_file.digest_of(data) if whole and manifest and manifest == index.manifest else b""


def end_state(target: Target) -> State:
    """Give the state of a manifest whose run came to its end."""
    return State.PREVIEW if target.preview else State.COMPLETE


def index_path(target: Target) -> str:
    """Where the writer's index of an output folder is kept."""
    return f"{target.work.as_posix()}/index-{target.tag}"


def _listed(folder: Folder, seen: bytes) -> Tree | None:
    """Give the tree as the writer's index lists it; None where that is another one by now, or the manifest is."""
    data = _read_index(folder)
    if index_file.digest_of(data) != seen:
        return None
    index = index_file.load(data)
    try:
        manifest = folder.read(MANIFEST)
    except OSError:  # gone since; what that means is found out by looking
        return None
    digest = hashlib.sha256(manifest).digest()
    if digest != index.manifest:
        return None
    settled = len(index.paths) if _is_settled(folder.target, manifest_file.head(manifest)) else None
    return Tree(Listed(index), folders_above(index.paths), settled=settled, manifest=digest, listed=True)


def _is_settled(target: Target, manifest: Manifest) -> bool:
    return manifest.state is end_state(target) and manifest.salt == salt_of(target.identity)


def _look(folder: Folder, index: Index) -> Tree:
    first = folder.files.entries(folder.root)
    data = folder.read(MANIFEST) if _has_manifest(first) else b""
    digest = hashlib.sha256(data).digest() if data else b""
    listed = bool(digest) and index.manifest == digest
    manifest = manifest_file.head(data) if listed else manifest_file.load(data)
    if manifest is None and not folder.target.force:
        _refuse_foreign(folder.target, first)
    tree = _Growing(manifest or Manifest(b"", State.PUBLISHING, {}), index, _numbers(index), listed=listed)
    count = len(index.paths if listed else tree.manifest.files)
    below = tree.add("", first)
    while below:
        path = below.pop()
        below += tree.add(f"{path}/", folder.files.entries(folder.at(path)))
    settled = count if manifest and _is_settled(folder.target, manifest) else None
    return replace(tree.grown(), settled=settled, manifest=digest, listed=listed)


class _Growing(msgspec.Struct):
    """A tree while folder after folder is looked at.

    What the manifest says of a file is taken out of it, so that both together stay small.
    """

    manifest: Manifest
    index: Index
    numbers: dict[str, int]
    """in the index, by path"""
    listed: bool
    """the index lists all that the manifest does"""
    files: dict[str, Known] = msgspec.field(default_factory=dict)
    folders: set[str] = msgspec.field(default_factory=set)
    temporary: list[str] = msgspec.field(default_factory=list)

    def add(self, prefix: str, entries: list[Entry]) -> list[str]:
        """Add what is in one folder; give the paths of the folders in it."""
        below = []
        for name, kind, stamp in entries:
            path = prefix + name
            if kind is Kind.FOLDER:
                if name != ".git":
                    below.append(path)
            elif is_temporary(name):
                self.temporary.append(path)
            elif path != MANIFEST:
                self.files[path] = self._known(path, kind, stamp)
        self.folders.update(below)
        return below

    def grown(self) -> Tree:
        """Give the tree, with unfinished files only where we write."""
        if self.listed:
            return Tree(self.files, self.folders, (), tuple(self._leftovers(())))
        names = ((hashed(self.manifest.salt, f"{folder}/"), folder) for folder in self.folders)
        claimed = tuple(sorted(folder for name, folder in names if name in self.manifest.files))
        return Tree(self.files, self.folders, claimed, tuple(self._leftovers(claimed)))

    def _leftovers(self, claimed: tuple[str, ...]) -> list[str]:
        if not self.temporary:
            return []
        ours = {"", *claimed, *folders_above(path for path, known in self.files.items() if known.ours)}
        return sorted(path for path in self.temporary if path.rpartition("/")[0] in ours)

    def _known(self, path: str, kind: Kind, stamp: bytes) -> Known:
        row = None if (number := self.numbers.get(path)) is None else self.index.row(number)
        if self.listed:
            digests = row.digest if row else b""
        else:
            digests = self.manifest.files.pop(hashed(self.manifest.salt, path), b"")
        if row is None or not digests or kind is Kind.OTHER or row.stamp != stamp:
            return Known(kind, stamp, digests)
        return Known(kind, stamp, digests, digests if row.digest == digests else row.digest, row.key)


def _numbers(index: Index) -> dict[str, int]:
    return dict(zip(index.paths, range(len(index.paths)), strict=True))


def _has_manifest(entries: list[Entry]) -> bool:
    return any(name == MANIFEST and kind in {Kind.FILE, Kind.READ_ONLY} for name, kind, _ in entries)


def _read_index(folder: Folder) -> bytes:
    try:
        return folder.files.read(index_path(folder.target))
    except OSError:  # a memory that is lost costs time, nothing else
        return b""


def _refuse_foreign(target: Target, entries: list[Entry]) -> None:
    """Refuse a folder without sound manifest, unless it holds nothing but the torn beginning of a first run."""
    names = sorted(name for name, _, _ in entries if not is_temporary(name))
    if not names:
        return
    cure = "empty it, choose another folder, or use --force"
    if MANIFEST in names:
        raise _refused(target, f"has a damaged {MANIFEST}", cure)
    raise _refused(target, f"was not created by castsite (it holds {quote(names[0])})", cure)


def _refused(target: Target, reason: str, cure: str) -> OutputRefusedError:
    shown = target.shown(target.root)
    text = f"the output folder {quote(shown, 120)} {reason}; {cure}"
    return OutputRefusedError(Problem(Severity.FATAL, Place(shown), "output-refused", text))
