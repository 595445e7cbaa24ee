"""The site in an object store: what changed is sent, what is gone is removed, and nothing that is not ours is touched.

The store has the manifest that the output folder has, and it is used in the same way: it says which objects are ours.

0. the manifest, listing old and new objects; 1. assets; 2. side files; 3. pages; 4. lists; 5. objects of ours that are
gone from the site are removed, lists first; 6. the manifest, listing new objects only. Whenever a run ends early, every
object is whole, and the next run finds out what is ours and finishes the job.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Struct

from castsite.errors import ConfigError, Place, Problem, Severity, printable
from castsite.limits import MIB
from castsite.output import manifest as manifest_file
from castsite.output.finished import Finished
from castsite.output.manifest import MANIFEST, Manifest, State, hashed, holds
from castsite.publish.moves import Moves
from castsite.publish.objects import said, turn
from castsite.publish.s3 import Bucket, Listed, Location
from castsite.research import SILENT, Progress
from castsite.workers import in_window

LARGEST_MANIFEST: Final = 256 * MIB
"""bytes of a manifest that are read; a million files need 140 MiB"""
AT_ONCE: Final = 8
"""Requests under way: a store answers each slowly, and many at a time."""
_NAMED: Final = 5
"""objects in the way that are named; the others are counted"""


class Sent(NamedTuple):
    """What came of it, or would: files and bytes of the whole site, bytes that were sent, what was done."""

    files: int
    size: int
    sent: int
    moves: Moves


class _There(Struct, frozen=True):
    """What is in the store: its manifest, and the objects that are ours or stand where ours must go."""

    manifest: Manifest
    data: bytes
    """the manifest as it is there"""
    objects: Mapping[str, Listed]
    opaque: bool
    """what the store calls the content of an object is not its MD5"""

    def ours(self, path: str) -> bool:
        """Whether the manifest lists it."""
        return bool(self.digests(path))

    def digests(self, path: str) -> bytes:
        """Give what we may have put there, 32 bytes each."""
        return self.manifest.files.get(hashed(self.manifest.salt, path), b"")


class _Local(Struct, frozen=True):
    """The finished site in the output folder."""

    root: Path
    paths: tuple[str, ...]
    """without the manifest"""
    manifest: Manifest
    data: bytes

    def digest(self, path: str) -> bytes:
        """Give the SHA-256 of a file."""
        return self.manifest.files[hashed(self.manifest.salt, path)]


def publish_objects(  # noqa: PLR0913 - all but three are options
    root: Path,
    site: Finished,
    bucket: Bucket,
    *,
    force: bool = False,
    dry_run: bool = False,
    progress: Progress = SILENT,
) -> Sent:
    """Make the store hold the files of a finished site in `root`, and of ours no others; with `dry_run` only look.

    With `force` objects of others that are in the way are replaced, and everything is sent again.
    Raises ConfigError for what is not ours to replace, StoreError where the store refuses.
    """
    local = _local(root, site)
    there = _look(bucket, local, force=force)
    same = set() if force else {path for path in local.paths if _is_same(there, local, path)}
    if not force:
        _refuse_foreign(bucket.location, [path for path in there.objects if not there.ours(path) and path not in same])
    moves = _moves(there, local, same)
    wanted = sorted((*moves.new, *moves.changed), key=turn)
    sent = sum((root / path).stat().st_size for path in wanted)
    if not dry_run:
        if moves:
            _put_manifest(bucket, manifest_file.dump(local.manifest.salt, State.PUBLISHING, _union(there, local)))
            _carry_out(bucket, root, wanted, moves.removed, progress)
        if moves or there.data != local.data:
            _put_manifest(bucket, local.data)
    return Sent(len(site.paths), site.size, sent, moves)


def _local(root: Path, site: Finished) -> _Local:
    data = (root / MANIFEST).read_bytes()
    manifest = manifest_file.load(data)
    if manifest is None:  # it was sound when the site was found to be finished
        raise _refused("incomplete", f"{MANIFEST} changed meanwhile; run castsite build")
    return _Local(root, tuple(path for path in site.paths if path != MANIFEST), manifest, data)


def _look(bucket: Bucket, local: _Local, *, force: bool) -> _There:
    """Find out what is there. Of other people's objects only those are kept in mind that are in the way."""
    found = bucket.read(MANIFEST, LARGEST_MANIFEST)
    data, etag = found or (b"", "")
    manifest = manifest_file.load(data) if found else None
    if found and manifest is None and not force:
        text = f"{bucket.location} holds a damaged {MANIFEST}; look at it, then replace it with --force"
        raise _refused("damaged-manifest", text)
    if manifest and manifest.salt != local.manifest.salt and not force:
        text = (
            f"{bucket.location} holds a site with another base_url or title; look at it, then replace it with --force,"
            " or name another prefix"
        )
        raise _refused("another-site", text)
    known = manifest or Manifest(b"", State.PUBLISHING, {})
    wanted = set(local.paths)
    objects = {
        each.path: each
        for each in bucket.listed()
        if each.path != MANIFEST and (each.path in wanted or hashed(known.salt, each.path) in known.files)
    }
    return _There(known, data, objects, bool(found) and etag != _md5(data).hex())


def _is_same(there: _There, local: _Local, path: str) -> bool:
    """Whether an object has the bytes of a file: by MD5 where the store tells it, else by what we put there."""
    listed = there.objects.get(path)
    file = local.root / path
    if listed is None or listed.size != file.stat().st_size:
        return False
    if there.opaque or "-" in listed.etag:  # encrypted by a key of the owner's, or sent in parts
        return there.manifest.state is State.COMPLETE and there.digests(path) == local.digest(path)
    return listed.etag == _md5_of(file).hex()


def _refuse_foreign(location: Location, paths: list[str]) -> None:
    """Refuse to replace what castsite did not put there."""
    if paths:
        named = ", ".join(printable(path, 80) for path in sorted(paths)[:_NAMED])
        more = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
        text = (
            f"{location} holds what castsite did not put there, where the site must go: {named}{more}; look at it, then"
            " replace it with --force, or name another prefix"
        )
        raise _refused("foreign-object", text)


def _moves(there: _There, local: _Local, same: set[str]) -> Moves:
    wanted = set(local.paths)
    ordered = sorted(local.paths, key=turn)
    gone = sorted((path for path in there.objects if path not in wanted), key=turn, reverse=True)
    return Moves(
        tuple(path for path in ordered if path not in there.objects),
        tuple(path for path in ordered if path in there.objects and path not in same),
        tuple(gone),
    )


def _union(there: _There, local: _Local) -> Iterable[tuple[str, bytes]]:
    """List everything that is or may become ours before this run has ended."""
    wanted = set(local.paths)
    yield from ((path, there.digests(path)) for path in there.objects if path not in wanted)
    for path in local.paths:
        before, after = there.digests(path), local.digest(path)
        yield path, before if holds(before, after) else before + after


def _carry_out(bucket: Bucket, root: Path, wanted: list[str], removed: Iterable[str], progress: Progress) -> None:
    """Send turn after turn, then remove turn after turn; within one, several at a time."""

    def send(path: str) -> None:
        file = root / path
        with file.open("rb") as stream:
            bucket.put(path, stream, file.stat().st_size, _md5_of(file), said(path))

    steps = [(send, list(paths)) for _, paths in groupby(wanted, key=turn)]
    steps += [(bucket.remove, list(paths)) for _, paths in groupby(removed, key=turn)]
    done, total = 0, sum(len(paths) for _, paths in steps)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        try:
            for function, paths in steps:
                for _, future in in_window(threads, function, paths, size=2 * AT_ONCE):
                    future.result()
                    done += 1
                    progress("files", done, total)
        except BaseException:  # what is under way ends, and nothing else begins
            threads.shutdown(cancel_futures=True)
            raise


def _put_manifest(bucket: Bucket, data: bytes) -> None:
    bucket.put(MANIFEST, BytesIO(data), len(data), _md5(data), said(MANIFEST))


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _md5_of(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).digest()


def _refused(code: str, text: str) -> ConfigError:
    return ConfigError(Problem(Severity.FATAL, Place(""), code, text))
