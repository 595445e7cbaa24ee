"""The owner's own bounds on input: each field of `Limits` by its name."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from castsite.limits import Limits
from castsite.schema.numbers import byte_size, whole
from castsite.schema.reading import Key, Reader, Schema
from castsite.schema.times import span

BYTE_LIMITS: Final = frozenset(
    {
        "audio_size",
        "body",
        "captions_size",
        "file_size",
        "file_size_warning",
        "front_matter",
        "image_size",
        "line_size",
        "output_file_size",
        "site_size",
        "transcript_inline",
        "worker_memory",
    }
)
"""Limits that are read as sizes (`20 MiB`)."""

TIME_LIMITS: Final = frozenset({"duration", "gap"})
"""Limits that are read as times (`24h`, `1:30:00`)."""

LEAST: Final = {"path": 80, "path_segment": 40}
"""What is needed for the names of castsite's own files; 1 of everything else."""


def _limit_reader(name: str) -> Reader[int]:
    if name in BYTE_LIMITS:
        return byte_size
    return span if name in TIME_LIMITS else whole(LEAST.get(name, 1))


LIMITS: Final = Schema(
    noun="limit",
    keys=tuple(Key(limit.name, _limit_reader(limit.name), "", str(limit.default), "") for limit in fields(Limits)),
)
"""One key for each limit; what it bounds is said in `limits.py`, from where the documentation takes it."""
