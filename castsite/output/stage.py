"""Finished files that are not published yet: everything is made before the output folder is touched."""

from __future__ import annotations

import errno
import os
from contextlib import suppress

from msgspec import Struct

from castsite.output.files import FileSystem
from castsite.output.plan import TEMPORARY
from castsite.output.target import Target


class Stage(Struct):
    """A folder of files in the work folder. Only the holder of the output folder's lock has one."""

    files: FileSystem
    folder: str
    made: bool = False
    copying: bool = False
    """the output folder is on another file system, which files cannot be moved to"""

    def add(self, name: str, data: bytes | bytearray, *, sync: bool = False) -> None:
        """Keep the bytes under a name of their own; what a process that was ended has begun there is made anew."""
        if not self.made:
            with suppress(FileExistsError):  # another process of this run was faster
                self.files.make_folder(self.folder)
            self.made = True
        try:
            self.files.create(self.path(name), data, sync=sync)
        except FileExistsError:
            self.files.remove(self.path(name))
            self.files.create(self.path(name), data, sync=sync)

    def path(self, name: str) -> str:
        """Where a file is kept."""
        return f"{self.folder}/{name}"

    def publish(self, name: str, target: str, *, sync: bool = False) -> bytes:
        """Put a kept file in its place, at once, over whatever file is there; give the stamp that it had before."""
        if not self.copying:
            stamp = self._stamp(self.path(name))
            try:
                self.files.replace(self.path(name), target)
            except OSError as fault:
                if fault.errno != errno.EXDEV:
                    raise
                self.copying = True
            else:
                return stamp
        return self._copy(self.path(name), target, sync=sync)

    def _stamp(self, path: str) -> bytes:
        entry = self.files.entry(path)
        return entry.stamp if entry else b""

    def clear(self) -> None:
        """Remove what was not published."""
        if self.files.entry(self.folder) is not None:
            for name, _, _ in self.files.entries(self.folder):
                self.files.remove(f"{self.folder}/{name}")
            self.files.remove_folder(self.folder)

    def _copy(self, source: str, target: str, *, sync: bool) -> bytes:
        folder = target.rpartition("/")[0]
        temporary = f"{folder}/{TEMPORARY[0]}{os.urandom(8).hex()}{TEMPORARY[1]}"
        try:
            self.files.create(temporary, self.files.read(source), sync=sync)
            stamp = self._stamp(temporary)
            self.files.replace(temporary, target)
        finally:
            if self.files.entry(temporary) is not None:
                self.files.remove(temporary)
        self.files.remove(source)
        return stamp


def new_stage(target: Target, files: FileSystem) -> Stage:
    """Clear what runs that were killed left behind, and give a new stage."""
    work = target.work.as_posix()
    prefix = f"stage-{target.tag}-"
    for name, _, _ in files.entries(work):
        if name.startswith(prefix):
            Stage(files, f"{work}/{name}").clear()
    return Stage(files, f"{work}/{prefix}{os.getpid()}-{os.urandom(4).hex()}")
