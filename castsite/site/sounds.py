"""Files of sound that recordings name: found, judged by their first bytes, known by a digest."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from castsite.errors import Place, Problem, Severity
from castsite.limits import Limits, moved_by, size_text
from castsite.memory import Store
from castsite.safety.sound import SOUNDS, sound_ending
from castsite.site.model import Sound
from castsite.site.sources import SourceFile, Stamp, describe_os_error, read_source


class KnownSound(NamedTuple):
    """What is remembered of a file. `moment` is when it was looked for, nanoseconds since 1970."""

    stamp: Stamp
    moment: int
    digest: str
    """SHA-256 of its bytes"""
    ending: str
    """empty where it is no sound"""


class Listener(Struct, frozen=True):
    """Says what a file of sound is: what is remembered of it, as long as it has not been touched since."""

    content: Path
    limits: Limits
    store: Store[KnownSound]
    moment: int
    rehash: bool

    def __call__(self, file: SourceFile, place: Place) -> Sound | Problem:
        """Judge a file that was named at `place`."""
        limit = self.limits.audio_size
        key = str(limit).encode()
        known = self.store.get(file.name, key)
        if known is None or self.rehash or not file.stamp.is_that_of(known.stamp, known.moment):
            try:
                data = read_source(self.content, file.name, limit)
            except OSError as error:
                return Problem(Severity.WARNING, Place(file.path), "unreadable", describe_os_error(error))
            if len(data) > limit:
                most = f"{size_text(limit)}, the limit {moved_by('audio_size')}"
                text = f"larger than {most}; make it shorter or compress it more"
                return Problem(Severity.WARNING, Place(file.path), "too-large", text)
            known = KnownSound(file.stamp, self.moment, hashlib.sha256(data).hexdigest(), sound_ending(data) or "")
            self.store.put(file.name, key, known)
        if not known.ending:
            text = f"audio: {file.path} is no sound that browsers play; make one of {', '.join(SOUNDS)} of it"
            return Problem(Severity.WARNING, place, "no-sound", text)
        return Sound(file.name, file.path, known.ending, known.digest)
