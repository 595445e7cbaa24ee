"""File systems for tests: one in memory, one that dies or fails at a chosen operation."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from castsite.output.files import Entry, FileSystem, Kind
from castsite.site.urls import collision_key


@dataclass
class Node:
    name: str
    kind: Kind
    data: bytes = b""
    stamp: bytes = bytes(32)


@dataclass
class RamDisk:
    """Behaves as a POSIX file system; with `ignores_case` as those of other systems do."""

    ignores_case: bool = False
    mount: str = ""
    """files cannot be renamed across the border of this folder"""
    nodes: dict[str, Node] = field(default_factory=dict)
    clock: int = 0

    def entries(self, folder: str) -> list[Entry]:
        self._folder(folder)
        prefix = f"{self._key(folder)}/"
        inside = (key for key in self.nodes if key.startswith(prefix) and "/" not in key[len(prefix) :])
        return [self._entry(self.nodes[key]) for key in inside]

    def entry(self, path: str) -> Entry | None:
        node = self.nodes.get(self._key(path))
        return self._entry(node) if node else None

    def read(self, path: str) -> bytes:
        node = self.nodes.get(self._key(path))
        if node is None:
            raise FileNotFoundError(errno.ENOENT, "no such file", path)
        if node.kind is Kind.FOLDER:
            raise IsADirectoryError(errno.EISDIR, "is a directory", path)
        return node.data

    def create(self, path: str, data: bytes | bytearray, *, sync: bool = False) -> None:  # noqa: ARG002  memory is never synced
        self._folder(path.rpartition("/")[0])
        if self._key(path) in self.nodes:
            raise FileExistsError(errno.EEXIST, "exists", path)
        self._put(path, Kind.FILE, data)

    def replace(self, source: str, target: str) -> None:
        node = self.nodes[self._key(source)]
        self._folder(target.rpartition("/")[0])
        there = self.nodes.get(self._key(target))
        if there and there.kind is Kind.FOLDER:
            raise IsADirectoryError(errno.EISDIR, "is a directory", source, None, target)
        if self.mount and source.startswith(self.mount) != target.startswith(self.mount):
            raise OSError(errno.EXDEV, "cross-device link", source, None, target)
        del self.nodes[self._key(source)]
        # as on macOS, the name that is there keeps its case
        self._put(target, node.kind, node.data, name=there.name if there else None, before=node.stamp)

    def remove(self, path: str) -> None:
        if self._key(path) not in self.nodes:
            raise FileNotFoundError(errno.ENOENT, "no such file", path)
        if self.nodes[self._key(path)].kind is Kind.FOLDER:
            raise IsADirectoryError(errno.EISDIR, "is a directory", path)
        del self.nodes[self._key(path)]

    def make_folder(self, path: str) -> None:
        if path.rpartition("/")[0]:
            self._folder(path.rpartition("/")[0])
        if self._key(path) in self.nodes:
            raise FileExistsError(errno.EEXIST, "exists", path)
        self._put(path, Kind.FOLDER)

    def remove_folder(self, path: str) -> bool:
        self._folder(path)
        if self.entries(path):
            return False
        del self.nodes[self._key(path)]
        return True

    def sync_folder(self, path: str) -> None:
        self._folder(path)

    # what tests do by themselves

    def write(self, path: str, data: bytes) -> None:
        """Write a file as a user would, with its folders."""
        self.folders(path.rpartition("/")[0])
        self._put(path, Kind.FILE, data)

    def folders(self, path: str) -> None:
        if path and self._key(path) not in self.nodes:
            self.folders(path.rpartition("/")[0])
            self.make_folder(path)

    def tree(self, root: str) -> dict[str, bytes | None]:
        """Give everything below a folder; None for folders."""
        prefix = f"{self._key(root)}/"
        found = {key.removeprefix(prefix): node for key, node in self.nodes.items() if key.startswith(prefix)}
        return {path: None if node.kind is Kind.FOLDER else node.data for path, node in sorted(found.items())}

    def copy(self) -> RamDisk:
        nodes = {key: Node(node.name, node.kind, node.data, node.stamp) for key, node in self.nodes.items()}
        return RamDisk(self.ignores_case, self.mount, nodes, self.clock)

    def _key(self, path: str) -> str:
        return collision_key(path) if self.ignores_case else path

    def _put(self, path: str, kind: Kind, data: bytes = b"", name: str | None = None, before: bytes = b"") -> None:
        """Give the file a new stamp; one that was moved keeps size, time of change and number, as on a disk."""
        self.clock += 1
        now = self.clock.to_bytes(8, "little")
        stamp = before[:16] + now + before[24:] if before else len(data).to_bytes(8, "little") + now * 3
        self.nodes[self._key(path)] = Node(name or path.rpartition("/")[2], kind, data, stamp)

    def _folder(self, path: str) -> None:
        node = self.nodes.get(self._key(path))
        if node is None:
            raise FileNotFoundError(errno.ENOENT, "no such folder", path)
        if node.kind is not Kind.FOLDER:
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", path)

    def _entry(self, node: Node) -> Entry:
        return Entry(node.name, node.kind, node.stamp)


class Killed(BaseException):
    """The process is gone: nothing can be cleaned up."""


@dataclass
class Counting:
    """Passes everything on, counts what changes something, and at operation number `at` lets `trouble` happen."""

    disk: FileSystem
    at: int = -1
    trouble: Callable[[str, str], BaseException] | None = None
    done: list[tuple[str, str]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """folders that were listed and files that were read"""
    dead: bool = False

    def entries(self, folder: str) -> list[Entry]:
        self._alive()
        self.seen.append(folder)
        return self.disk.entries(folder)

    def entry(self, path: str) -> Entry | None:
        self._alive()
        return self.disk.entry(path)

    def read(self, path: str) -> bytes:
        self._alive()
        self.seen.append(path)
        return self.disk.read(path)

    def create(self, path: str, data: bytes | bytearray, *, sync: bool = False) -> None:
        if self._is_due():
            self.disk.create(path, data[: len(data) // 2])  # torn, as a real one would be
        self._step("create", path)
        self.disk.create(path, data, sync=sync)

    def replace(self, source: str, target: str) -> None:
        self._step("replace", target)
        self.disk.replace(source, target)

    def remove(self, path: str) -> None:
        self._step("remove", path)
        self.disk.remove(path)

    def make_folder(self, path: str) -> None:
        self._step("make_folder", path)
        self.disk.make_folder(path)

    def remove_folder(self, path: str) -> bool:
        self._step("remove_folder", path)
        return self.disk.remove_folder(path)

    def sync_folder(self, path: str) -> None:
        self._alive()
        self.disk.sync_folder(path)

    def _alive(self) -> None:
        if self.dead:
            raise Killed

    def _is_due(self) -> bool:
        return not self.dead and len(self.done) == self.at

    def _step(self, operation: str, path: str) -> None:
        self._alive()
        due = self._is_due()
        self.done.append((operation, path))
        if due and self.trouble:
            raise self.trouble(operation, path)
        if due:
            self.dead = True
            raise Killed


def no_space(_operation: str, path: str) -> BaseException:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
