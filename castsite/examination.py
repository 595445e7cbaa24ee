"""The examination of a recording as values: what it is asked to do, what it leaves in the cache, how that is fetched.

`castsite.examiner` does it, in a worker process, with all that knows recordings; a build that examines nothing does
without.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from castsite.analysis.model import Analysis, Captions
from castsite.analysis.uses import Uses
from castsite.cache import Cache, code_version
from castsite.cache import key as cache_key
from castsite.cast.edit import UNCHANGED, Edits
from castsite.errors import Place, Problem
from castsite.formats.model import Encoding
from castsite.limits import Limits
from castsite.safety.gate import NOTHING, Allowed, Told
from castsite.schema.policy import SecretsPolicy
from castsite.schema.values import Mask
from castsite.search.terms import Terms, unpack
from castsite.site.model import Side, Summary


class Edit(NamedTuple):
    """What an author asks for; times are on the source's own timeline, microseconds."""

    title: str | None = None
    markers: tuple[tuple[int, str], ...] | None = None
    idle_limit: int | Literal["off"] | None = None
    commands: Literal[False] | tuple[tuple[int, str], ...] | None = None
    poster: int | None = None
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

    def key(self) -> str:
        """Give the digest of all that the result depends on."""
        beside = [repr(side) for side in (self.timing, self.input) if side]
        depends = (self.path, self.digest, repr(self.edit), repr(self.limits), *beside)
        return cache_key("examination", code_version(), *depends)


class Outcome(NamedTuple):
    """What is known after the examination; `summary` is None when the recording is left out."""

    problems: tuple[Problem, ...]
    summary: Summary | None = None
    findings: tuple[Told, ...] = ()
    """credentials, and what they led to"""
    recording: str = ""
    """where there are some: SHA-256 of what follows the front matter"""


OUTCOME, ANALYSIS, CAST, TERMS, USES, PRINTS = "outcome", "analysis", "cast", "terms", "uses", "prints"


def entry(key: str, kind: str) -> str:
    """Give the name of one of the entries that an examination leaves in the cache."""
    return cache_key(key, kind)


def entries(key: str) -> tuple[str, ...]:
    """Give the names of all of them."""
    return tuple(entry(key, kind) for kind in (OUTCOME, ANALYSIS, CAST, TERMS, USES, PRINTS))


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
