"""What a build changes about the publication of items, compared with what the trail says that stands.

What becomes visible is written down before the first file is put in its place, what is taken away after the last:
whatever moment a build ends in, nothing was public that the trail does not know, and nothing stands as taken away that
was still there.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from castsite.errors import Problem, Severity
from castsite.formats.names import without_ending
from castsite.output.target import Target
from castsite.output.trail import Action, Entry, Standing, State, moment, opened
from castsite.regex import regex
from castsite.safety.gate import FOUND
from castsite.site.model import Page, Recording, Section, Site

PRIVATE: Final = frozenset({"private", "no-passphrase"})
"""Codes of messages about what its owner wants nobody to see, and is not published encrypted either."""
_RULE: Final = regex(r"[A-Za-z0-9_.-]{1,64}")
_PLACE: Final = regex(r"line \d+: ")
"""What stands before it where the place of the message says less."""
_STATES: Final[dict[str, State]] = {FOUND: "held-back"}
"""States of items that are left out, by the code that says why; `gone` are all others."""
_TURNS: Final[dict[tuple[State, State], Action]] = {
    ("unlisted", "public"): "made-public",
    ("private", "public"): "made-public",
    ("public", "unlisted"): "made-unlisted",
    ("private", "unlisted"): "made-unlisted",
    ("public", "private"): "made-private",
    ("unlisted", "private"): "made-private",
}
VISIBLE: Final[frozenset[Action]] = frozenset({"published", "found", "changed", "made-public", "made-unlisted"})
"""What may put something in its place that anybody can read; what is made private can be read until the end."""


class Subject(Struct, frozen=True):
    """An item as it is now: its state, and what can be said of it."""

    state: State
    address: str = ""
    digest: str = ""
    rules: tuple[str, ...] = ()
    because: str = ""
    written: bool = False
    """whether this build writes its cast, or the page of a text"""


class Audit(Struct):
    """The audit of one build.

    `shown` pairs recordings with the items that show them under another path; `withheld` items that their owner wants
    to be left out with the code of the message that says so.
    """

    target: Target
    site: Site
    problems: tuple[Problem, ...]
    shown: tuple[tuple[str, str], ...] = ()
    withheld: tuple[tuple[str, str], ...] = ()
    private: tuple[tuple[str, str], ...] = ()
    """sources of what is published encrypted, and its addresses"""
    _later: list[Entry] = field(default_factory=list)

    def announce(self, digests: Mapping[str, bytes], written: Collection[str]) -> None:
        """Write down what is about to become visible: SHA-256 of all files by their paths, paths of those written.

        Raises StorageError, and nothing may be published then.
        """
        output = self._output()
        with opened(self.target.work) as pen:
            before = _of(pen.standing, output)
            entries = list(_compared(before, self._subjects(before, digests, written), output))
            self._later = [entry for entry in entries if entry.action not in VISIBLE]
            pen.write(entry for entry in entries if entry.action in VISIBLE)

    def conclude(self) -> None:
        """Write down what is no longer visible. Raises StorageError."""
        if self._later:
            with opened(self.target.work) as pen:
                pen.write(self._later)

    def _output(self) -> str:
        return plain(self.target.shown(Path(os.path.realpath(self.target.root))))

    def _subjects(
        self, before: Collection[str], digests: Mapping[str, bytes], written: Collection[str]
    ) -> dict[str, Subject]:
        """Give all items that are published, and all that are not and could be."""
        left = {plain(path): Subject(_STATES.get(code, "gone"), because=code) for path, code in self.withheld}
        there = {plain(item.source): _published(item, digests, written) for item in _items(self.site, digests)}
        locked = {plain(path): _encrypted(slug, digests, written) for path, slug in self.private}
        return _refused(self.problems, self.shown, before) | left | there | locked


def plain(path: str) -> str:
    """Give a path as text: a byte that is not UTF-8 becomes U+FFFD."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def rule_of(problem: Problem) -> str:
    """Give the name of the rule that a message about a credential begins with, or what could not be masked."""
    name = _PLACE.sub("", problem.text.partition(" (")[0])
    return name if _RULE.fullmatch(name) else "redact"


def _items(site: Site, digests: Mapping[str, bytes]) -> Iterator[Recording | Page | Section]:
    """Give the items whose pages are published: what lost its address to another one is in the site all the same."""
    items: list[Recording | Page | Section] = [*site.recordings, *site.pages]
    items += (section for section in site.sections if section.source)
    yield from (item for item in items if _page(item.slug) in digests)


def _page(slug: str) -> str:
    return f"{slug}/index.html" if slug else "index.html"


def _published(item: Recording | Page | Section, digests: Mapping[str, bytes], written: Collection[str]) -> Subject:
    state: State = "public" if isinstance(item, Section) else item.state
    of_cast = f"{item.cast}.cast" if isinstance(item, Recording) else ""
    digest = digests[of_cast].hex() if of_cast in digests else "" if isinstance(item, Recording) else item.digest
    return Subject(
        state=state,
        address=f"{item.slug}/" if item.slug else "./",
        digest=f"sha256:{digest}" if digest and state != "expired" else "",
        written=(of_cast or _page(item.slug)) in written,
    )


def _encrypted(slug: str, digests: Mapping[str, bytes], written: Collection[str]) -> Subject:
    """Give an item that is published encrypted: its digest is that of what nobody can read without its passphrase."""
    data = next((path for path in digests if path.startswith(f"{slug}/") and path.endswith(".bin")), "")
    digest = f"sha256:{digests[data].hex()}" if data else ""
    return Subject("private", address=f"{slug}/", digest=digest, written=_page(slug) in written)


def _refused(
    problems: Iterable[Problem], shown: Iterable[tuple[str, str]], before: Collection[str]
) -> dict[str, Subject]:
    """Give what errors say of items that may not be there, by path."""
    items: dict[str, list[str]] = {}
    for recording, item in shown:
        items.setdefault(recording, []).append(plain(item))
    known = {without_ending(item): item for item in before}
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        path = problem.place.path
        if problem.severity is Severity.ERROR and path:
            own = plain(path)
            if path.endswith(".md") and own not in before:  # beside the recording that it is about
                own = known.get(without_ending(own), own)
            for item in items.get(path, [own]):
                found.setdefault(item, []).append(problem)
    return {path: _absent(told) for path, told in found.items()}


def _absent(told: list[Problem]) -> Subject:
    rules = {rule_of(problem) for problem in told if problem.code == FOUND}
    if rules:
        return Subject("held-back", rules=tuple(sorted(rules)), because=FOUND)
    return Subject("gone", because=told[0].code)


def _of(standing: Standing, output: str) -> dict[str, Entry]:
    return {item: entry for (folder, item), entry in standing.items() if folder == output}


def _compared(before: Mapping[str, Entry], now: Mapping[str, Subject], output: str) -> Iterator[Entry]:
    time = moment()
    gone = Subject("gone")
    for item in sorted({*before, *now}):
        known, subject = before.get(item), now.get(item, gone)
        if action := _action(known, subject):
            yield Entry(
                time=time,
                action=action,
                item=item,
                state=subject.state,
                output=output,
                address=subject.address or (known.address if known else ""),
                digest=subject.digest,
                rules=subject.rules,
                because=subject.because,
            )


def _action(known: Entry | None, subject: Subject) -> Action | None:
    """Name what happened to an item; None where all is as it was."""
    before = known.state if known else "gone"
    if known is None or subject.state != before:
        return _turn(before, subject)
    if subject.state == "held-back":
        return None if known.rules == subject.rules else "held-back"
    return None if (known.address, known.digest) == (subject.address, subject.digest) else "changed"


def _turn(before: State, subject: Subject) -> Action | None:
    """Name what made of one state another one."""
    if subject.state in {"held-back", "expired"}:
        return "held-back" if subject.state == "held-back" else "expired"
    if subject.state == "gone":
        if before == "gone":
            return None
        return "made-private" if subject.because in PRIVATE else "removed"
    if turned := _TURNS.get((before, subject.state)):
        return turned
    return "published" if subject.written or before != "gone" else "found"
