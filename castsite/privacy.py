"""The private recordings of a build: whether anybody knows the passphrase, what was published before, what they hold.

Nothing of them is remembered but what their key opens. Their addresses come from the site's key, or, without one, from
a key of the work folder: they have to be known before anything can be opened, and must not follow from a passphrase.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from castsite.cache import Cache
from castsite.config import KEY_VARIABLE, PASSPHRASE_VARIABLE, SiteConfig
from castsite.errors import ConfigError, Place, Problem, Severity, StorageError, discreet
from castsite.files import describe_os_error, read_regular
from castsite.output.lock import turn
from castsite.render.private import Locked, former
from castsite.research import SILENT, Archive, Progress, research
from castsite.safety.encrypt import Group, derive, new_salt
from castsite.safety.gate import Looked
from castsite.safety.passphrase import fault
from castsite.site.allowlist import NOBODY, AllowList
from castsite.site.model import Document, Recording
from castsite.site.naming import date_of
from castsite.site.private import hidden
from castsite.site.private import problems as without_effect
from castsite.site.selection import state_of
from castsite.site.urls import private_slug
from castsite.site.withheld import LOCKED_OUT
from castsite.workers import WorkerExecutor
from castsite.workfolder import prepare, refusal

Ask = Callable[[], str | None]
"""Gives the passphrase of the private recordings; None when nobody knows it."""

KEY_FILE: Final = "private-key"
"""Name of the file in the work folder that addresses are made with where the site has no key."""

_KEY: Final = 64  # hexadecimal digits
_SALTS: Final = 3
"""Salts of earlier builds that are tried: more than one are there only after a build that was broken off."""


def nobody() -> None:
    """Know no passphrase."""


class Private(Struct, frozen=True):
    """The private recordings of a build. Without a `group` they are only looked at."""

    recordings: tuple[Recording, ...] = ()
    formers: Mapping[str, Locked] = field(default_factory=dict)
    """what was published of them before, by slug"""
    kept: tuple[Locked, ...] = ()
    """those that are published as they were"""
    group: Group | None = None
    archive: Archive | None = None
    problems: tuple[Problem, ...] = ()
    looked: tuple[Looked, ...] = ()
    """what was looked through for credentials, and what was found"""

    @property
    def count(self) -> int:
        """How many are published."""
        return len(self.recordings) + len(self.kept) if self.group or self.kept else 0


class Setting(Struct, frozen=True):
    """Where private recordings are found, and what they are examined with."""

    config: SiteConfig
    now: datetime
    content: Path
    executor: WorkerExecutor
    progress: Progress = SILENT
    allowed: AllowList = NOBODY


def seclude(setting: Setting, documents: Sequence[Document], *, work: Path, published: Path, ask: Ask) -> Private:
    """Examine the private recordings, or without a passphrase keep what was published of them in an earlier build.

    Raises ConfigError for a passphrase that would be guessed, StorageError when the work folder cannot be written.
    """
    if not documents:
        return Private()
    key, problems = _address_key(setting.config, work)
    slugs = {one.path: private_slug(one.path, key) for one in documents}
    found = (former(published, slug, path) for path, slug in slugs.items())
    formers = {one.slug: one for one in found if one}
    passphrase = ask()
    if passphrase is None:
        return _kept(setting, documents, formers, slugs)
    if reason := fault(passphrase):
        text = (
            f"the passphrase of the private recordings {reason}; castsite passphrase makes one that nobody guesses,"
            f" for {PASSPHRASE_VARIABLE}"
        )
        raise ConfigError(Problem(Severity.FATAL, Place(""), "weak-passphrase", text))
    group, changed = _group(passphrase, formers.values())
    if changed:
        text = "the passphrase opens nothing of the last build: all private recordings are encrypted anew"
        problems = (*problems, Problem(Severity.WARNING, Place(""), "new-passphrase", text))
    cache = Cache(work, seal=group.derived("castsite cache"))
    return _examined(setting, documents, cache, key, Private(formers=formers, group=group, problems=problems))


def inspect(setting: Setting, documents: Sequence[Document], *, work: Path) -> Private:
    """Examine the private recordings to see what is wrong with them; nobody can read what is left of that."""
    if not documents:
        return Private()
    cache = Cache(work, seal=secrets.token_bytes(32))
    return _examined(setting, documents, cache, secrets.token_hex(), Private())


def _examined(setting: Setting, documents: Sequence[Document], cache: Cache, key: str, private: Private) -> Private:
    known = research(
        documents,
        content=setting.content,
        config=setting.config,
        cache=cache,
        executor=setting.executor,
        progress=setting.progress,
        allowed=setting.allowed,
    )
    return Private(
        recordings=tuple(hidden(documents, known.facts, config=setting.config, now=setting.now, key=key)),
        formers=private.formers,
        group=private.group,
        archive=known.archive,
        looked=known.looked,
        problems=(*private.problems, *map(discreet, known.problems), *without_effect(documents)),
    )


def _kept(
    setting: Setting, documents: Iterable[Document], formers: Mapping[str, Locked], slugs: Mapping[str, str]
) -> Private:
    """Publish what was published before, and say why no more; what has expired goes all the same."""
    kept: list[Locked] = []
    problems: list[Problem] = []
    for document in documents:
        before = formers.get(slugs[document.path])
        day = date_of(document, None, setting.config.timezone)
        if before and state_of(document, day, setting.config, setting.now) != "expired":
            kept.append(before)
        stays = "what was published of it stays as it is" if before else "nothing is published of it"
        text = f"private, and nobody said the passphrase: {stays}; set {PASSPHRASE_VARIABLE}, or build on a terminal"
        problems.append(Problem(Severity.ERROR, document.meta.place("visibility", document.path), LOCKED_OUT, text))
    return Private(kept=tuple(kept), problems=tuple(problems))


def _group(passphrase: str, formers: Iterable[Locked]) -> tuple[Group, bool]:
    """Give the key of a passphrase with the salt of what it opens, and whether it opens nothing of what there is."""
    before = list(formers)
    salts = dict.fromkeys(salt for one in before if (salt := one.envelope.salt(one.slug)))
    for salt in list(salts)[:_SALTS]:
        group = derive(passphrase, salt)
        if any(group.opens(one.envelope) for one in before):
            return group, False
    return derive(passphrase, new_salt()), bool(before)


def _address_key(config: SiteConfig, work: Path) -> tuple[str, tuple[Problem, ...]]:
    """Give the key that addresses of private recordings are made with."""
    if config.site_key:
        return config.site_key, ()
    if key := _kept_key(work):
        return key, ()
    prepare(work)
    try:
        with turn(work / f"{KEY_FILE}.lock"):
            if key := _kept_key(work):  # another build was faster
                return key, ()
            key = _new_key(work)
    except OSError as error:
        raise refusal(work, error) from error
    text = (
        f"private recordings get addresses that only this folder knows, by a key in {work.name}/{KEY_FILE}; set"
        f" {KEY_VARIABLE} or site_key, so that they have the same ones on every machine"
    )
    return key, (Problem(Severity.WARNING, Place(""), "private-addresses", text),)


def _kept_key(work: Path) -> str:
    """Read the key of the work folder; "" where there is none, or it is damaged.

    Raises StorageError where it cannot be read: with another one every private recording would get another address.
    """
    try:
        key = read_regular(work / KEY_FILE).decode("ascii", "replace").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        cure = "make it readable, or remove it, and private recordings get other addresses"
        text = describe_os_error(error, cure=cure)
        raise StorageError(Problem(Severity.FATAL, Place(f"{work.name}/{KEY_FILE}"), "unreadable", text)) from error
    return key if len(key) == _KEY else ""


def _new_key(work: Path) -> str:
    """Make a key, and keep it as a whole or not at all. Raises OSError."""
    key, new = secrets.token_hex(_KEY // 2), work / f"{KEY_FILE}.new"
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{key}\n")
    new.replace(work / KEY_FILE)
    return key
