"""The examination of a recording as values: what it is asked to do, what it leaves in the cache, how that is fetched.

`castsite.examiner` does it, in a worker process, with all that knows recordings; a build that examines nothing does
without.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec

from castsite.analysis.model import Analysis, Captions
from castsite.analysis.uses import Uses
from castsite.cache import Cache, Keys, code_version
from castsite.cache import key as cache_key
from castsite.cast.compressed import inflate
from castsite.cast.edit import UNCHANGED, Edits
from castsite.errors import Place, Problem, Severity
from castsite.files import describe_os_error, read_source
from castsite.formats.model import Beside, Encoding
from castsite.limits import Limits
from castsite.safety.gate import NOTHING, Allowed, Told
from castsite.schema.policy import SecretsPolicy
from castsite.schema.values import Mask
from castsite.search.terms import Terms, unpack
from castsite.site.bundles import read_any
from castsite.site.model import Side, Summary

CHANGED: Final = "changed"
"""Code of a recording that was saved between its being found and its being examined."""


class Edit(NamedTuple):
    """What an author asks for; times are on the source's own timeline, microseconds."""

    title: str | None = None
    markers: tuple[tuple[int, str], ...] | None = None
    idle_limit: int | Literal["off"] | None = None
    commands: Literal[False] | tuple[tuple[int, str], ...] | None = None
    commands_found: bool = False
    """whether the recording itself brings them"""
    poster: int | None = None
    frame: bool = False
    """whether the nearest of the recording's own pictures is asked for as poster"""
    poster_place: Place | None = None
    times: Literal["absolute", "relative"] | None = None
    size: tuple[int, int] | None = None
    keep_input: bool = False
    keep_titles: bool = False
    timestamp: bool = False
    captions: tuple[Captions, ...] = ()
    edits: Edits = UNCHANGED
    secrets: SecretsPolicy = SecretsPolicy()
    allowed: Allowed = NOTHING
    """findings that are no secrets, as long as they count"""
    redact: tuple[str, ...] = ()
    masks: tuple[Mask, ...] = ()
    texts: tuple[str, ...] = ()
    """where something may be masked: all that its author wrote, which must not say it"""
    redact_place: Place | None = None
    """where its own front matter says `redact`"""
    masks_place: Place | None = None
    """where it says `mask_region`"""
    encoding: Encoding = "utf-8"
    cps: float | None = None
    synthetic: bool = False
    """whether its author says that its times are made up"""
    paced: bool = False
    """whether something else has to be moved with the recording, whose pace is kept for that"""


class Task(NamedTuple):
    """One recording to examine. `name` is relative to the content folder, `path` is what messages call it."""

    content: str
    name: str
    path: str
    digest: str
    edit: Edit
    limits: Limits
    timing: Side | None = None
    input: Side | None = None
    frames: str = ""
    """where a picture that the recording holds is asked for: SHA-256 of it with all of them"""

    def key(self) -> str:
        """Give the digest of all that the result depends on."""
        beside = [repr(side) for side in (self.timing, self.input) if side]
        return _keys(self.edit, self.limits).key(self.path, self.digest, self.frames, *beside)


@lru_cache(maxsize=256)  # most recordings ask for the same
def _keys(edit: Edit, limits: Limits) -> Keys:
    return Keys("examination", code_version(), repr(edit), repr(limits))


class Outcome(NamedTuple):
    """What is known after the examination; `summary` is None when the recording is left out."""

    problems: tuple[Problem, ...]
    summary: Summary | None = None
    findings: tuple[Told, ...] = ()
    """credentials, and what they led to"""
    recording: str = ""
    """where there are some: SHA-256 of what follows the front matter"""


class Sources(NamedTuple):
    """The bytes of a recording, and of the files that belong to it."""

    recording: bytes
    beside: Beside
    frames: bytes = b""
    """the recording with all its pictures, where that is another source and one of them is asked for"""


def source_of(task: Task) -> Sources | Outcome:
    """Read the recording of a task; or say why it cannot be examined."""
    try:
        source = read_any(Path(task.content), task.name, task.limits.file_size)
    except OSError as error:
        return _refused(task, "unreadable", describe_os_error(error))
    known = _as_it_was(source, task.digest)
    if known is None:
        return _refused(task, CHANGED, "changed while the site was being built; build again")
    try:
        frames = b""
        if task.frames not in {"", task.digest}:
            frames = read_any(Path(task.content), task.name, task.limits.file_size, frames=True)
            if hashlib.sha256(frames).hexdigest() != task.frames:
                return _refused(task, CHANGED, "changed while the site was being built; build again")
        return Sources(known, _beside(task), frames)
    except OSError as error:
        return _refused(task, "unreadable", f"a file that belongs to it {describe_os_error(error)}")


def _as_it_was(source: bytes, digest: str) -> bytes | None:
    """Give what had that digest: the file, or its beginning where it has grown by lines since; else None."""
    if hashlib.sha256(source).hexdigest() == digest:
        return source
    found, end = hashlib.sha256(), 0
    while (line := source.find(b"\n", end) + 1) > 0:
        found.update(source[end:line])
        end = line
        if found.hexdigest() == digest:
            return source[:end]
    return None


def _beside(task: Task) -> Beside:
    """Read the files that belong to a recording. Raises OSError."""
    return Beside(
        timing=_side(task, task.timing),
        timing_path=task.timing.path if task.timing else "",
        input=_side(task, task.input),
        input_path=task.input.path if task.input else "",
    )


def _side(task: Task, side: Side | None) -> bytes | None:
    if side is None:
        return None
    return inflate(
        read_source(Path(task.content), side.name, task.limits.file_size), path=side.path, limits=task.limits
    ).data


def _refused(task: Task, code: str, text: str) -> Outcome:
    return Outcome((Problem(Severity.ERROR, Place(task.path), code, text),))


OUTCOME, ANALYSIS, CAST, TERMS, USES, PRINTS = "outcome", "analysis", "cast", "terms", "uses", "prints"
FRAME = "frame"


def entry(key: str, kind: str) -> str:
    """Give the name of one of the entries that an examination leaves in the cache."""
    return cache_key(key, kind)


def entries(key: str) -> tuple[str, ...]:
    """Give the names of all of them."""
    return tuple(entry(key, kind) for kind in (OUTCOME, ANALYSIS, CAST, TERMS, USES, PRINTS, FRAME))


def recall(cache: Cache, key: str) -> Outcome | None:
    """Fetch an earlier outcome; None when there is none or its files are gone."""
    found = cache.get(entry(key, OUTCOME))
    if found is None:
        return None
    try:
        return msgspec.json.decode(found, type=Outcome)
    except msgspec.DecodeError:
        return None


def recall_analysis(cache: Cache, key: str) -> Analysis | None:
    """Fetch the analysis of an earlier examination."""
    found = cache.get(entry(key, ANALYSIS))
    if found is None:
        return None
    try:
        return msgspec.json.decode(found, type=Analysis)
    except msgspec.DecodeError:
        return None


def recall_cast(cache: Cache, key: str) -> bytes | None:
    """Fetch the published cast of an earlier examination."""
    return cache.get(entry(key, CAST))


def recall_frame(cache: Cache, key: str) -> bytes | None:
    """Fetch the picture that an earlier examination took for the poster."""
    return cache.get(entry(key, FRAME))


def recall_terms(cache: Cache, key: str) -> Terms | None:
    """Fetch the terms of an earlier examination."""
    found = cache.get(entry(key, TERMS))
    if found is None:
        return None
    try:
        return unpack(found)
    except msgspec.DecodeError:
        return None


def recall_uses(cache: Cache, key: str) -> Uses | None:
    """Fetch what was used in the recording of an earlier examination: a small part of its analysis."""
    found = cache.get(entry(key, USES))
    if found is None:
        return None
    try:
        return msgspec.json.decode(found, type=Uses)
    except msgspec.DecodeError:
        return None


def recall_prints(cache: Cache, key: str) -> bytes | None:
    """Fetch by what words of an earlier examination are known again."""
    return cache.get(entry(key, PRINTS))
