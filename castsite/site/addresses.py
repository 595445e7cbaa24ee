"""An address for every item: its folder and its name for ever, or what its front matter asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from castsite.config import SiteConfig
from castsite.errors import Place, Problem, Severity, quote
from castsite.memory import Memory
from castsite.schema.values import Day
from castsite.site.model import Alias, Document, Summary
from castsite.site.naming import date_of, false_date, title_of
from castsite.site.selection import State, state_of
from castsite.site.urls import (
    OURS,
    RESERVED_FIRST,
    RESERVED_FOR,
    Claim,
    Clash,
    SlugRules,
    alias_path,
    chosen_slug,
    clash_problems,
    clashes,
    generated_slug,
    path_fault,
    unlisted_slug,
)

COMPONENT = "castsite-player.js"
"""Output path of the web component. It is written into other people's pages and never changes."""

SITE_FILES = ("index.html", "404.html", "robots.txt", "llms.txt", COMPONENT)
"""What stands beside the pages of every site."""

RECORDING_FILES = (
    "{0}/index.html",
    "{0}.cast",
    "{0}.txt",
    "{0}.svg",
    "{0}.strip.svg",
    "{0}.json",
    "{0}.md",
    "{0}.js",
    "embed/{0}/index.html",
)


class Facts(NamedTuple):
    """What the examination of a recording found: where its analysis is kept, and the part that lists need."""

    key: str
    summary: Summary


class Item(Struct, frozen=True):
    """A document with everything but its neighbours."""

    document: Document
    slug: str
    section: str
    title: str
    date: Day | None
    state: State
    aliases: tuple[Alias, ...] = ()


@dataclass(slots=True)
class Addressing:
    """Gives out addresses; collects the problems met on the way."""

    config: SiteConfig
    now: datetime
    memory: Memory = field(default_factory=Memory)
    """knows whether addresses are apart"""
    problems: list[Problem] = field(default_factory=list)
    folders: dict[str, str] = field(default_factory=dict)
    """folder → slug, each made once so that its warning comes once"""
    rules: SlugRules = field(init=False)

    def __post_init__(self) -> None:
        reserved = (names for output, names in RESERVED_FOR.items() if output in self.config.outputs)
        self.rules = SlugRules(RESERVED_FIRST.union(*reserved), self.config.limits.slug_segment)

    def items(self, documents: Iterable[Document], facts: Mapping[str, Facts]) -> list[Item]:
        """Give each page and recording its address; those that cannot have theirs are left out with an error.

        Just the addresses that the last build had are apart again.
        """
        items = self.asked(documents, facts)
        judged, key = self.memory.store("paths", bool), _key(items)
        if judged.get("addresses", key):
            return items
        found = clashes(self._claims(items))
        if not found:
            judged.put("addresses", key, value=True)
        return self._without(found, items)

    def asked(self, documents: Iterable[Document], facts: Mapping[str, Facts]) -> list[Item]:
        """Give each page and recording with the address it asks for, whether another one has that or not."""
        found = (self._item(document, facts.get(document.path)) for document in documents if document.kind != "section")
        return [item for item in found if item is not None]

    def section_slug(self, folder: str) -> str:
        """Give the slug of a folder relative to the content folder; "" for the root."""
        if folder and folder not in self.folders:
            above, _, name = folder.rpartition("/")
            parent = self.section_slug(above)
            source = f"{self.config.content}/{folder}"
            segment, problem = generated_slug(name, source=source, first=not parent, rules=self.rules)
            self._note(problem)
            self.folders[folder] = f"{parent}/{segment}" if parent else segment
        return self.folders.get(folder, "")

    def _item(self, document: Document, facts: Facts | None) -> Item | None:
        summary = facts.summary if facts else None
        day = date_of(document, summary, self.config.timezone)
        if document.meta.date is None and (false := false_date(document.stem)):
            text = f"{quote(false)} at the beginning of its name is no date; rename it, or give it a date: of its own"
            self._note(Problem(Severity.WARNING, Place(document.path), "no-date", text))
        state = state_of(document, day, self.config, self.now)
        section = self.section_slug(document.folder)
        slug = self._slug(document, section, state)
        if slug is None:
            return None
        fault = path_fault(f"{slug}/index.html", self.config.limits)
        if fault:
            self._note(Problem(Severity.ERROR, Place(document.path), "path-too-long", f"its address {fault}"))
            return None
        aliases = tuple(_aliases(document, slug)) if state == "public" else ()
        if document.meta.aliases and state == "unlisted":
            text = '"aliases" has no effect on what is unlisted: former addresses would tell where it is now'
            self._note(Problem(Severity.WARNING, document.meta.place("aliases", document.path), "unlisted", text))
        return Item(document, slug, section, title_of(document, summary), day, state, aliases)

    def _slug(self, document: Document, section: str, state: State) -> str | None:
        chosen = document.meta.slug
        if chosen is None:
            if state == "unlisted" and self.config.site_key:
                return unlisted_slug(document.path, self.config.site_key)
            last, problem = generated_slug(document.stem, source=document.path, first=not section, rules=self.rules)
        else:
            place = document.meta.place("slug", document.path)
            last, problem = chosen_slug(chosen, place=place, first=not section, rules=self.rules)
        self._note(problem)
        if problem and problem.severity is Severity.ERROR:
            return None
        if state == "unlisted" and chosen is None:
            text = "unlisted, but at an address that can be guessed: set CASTSITE_KEY or site_key, or choose a slug"
            place = document.meta.place("visibility", document.path)
            self._note(Problem(Severity.WARNING, place, "unlisted-guessable", text))
        return f"{section}/{last}" if section else last

    def _claims(self, items: list[Item]) -> list[Claim]:
        claims = [Claim(path, OURS) for path in SITE_FILES]
        public = {(item.section, _folder_path(item.document)) for item in items if item.state == "public"}
        folders = {above for section, folder in public for above in _with_those_above(section, folder)}
        claims += [Claim(f"{section}/index.html", folder) for section, folder in sorted(folders) if section]
        for item in items:
            claims += [Claim(path, item.document.path) for path in _paths(item)]
            claims += [Claim(alias.path, item.document.path, alias=True) for alias in item.aliases]
        return claims

    def _without(self, found: tuple[Clash, ...], items: list[Item]) -> list[Item]:
        """Take from the items what has lost, and say so."""
        places = {item.document.path: alias.place for item in items for alias in item.aliases} if found else {}
        self.problems.extend(clash_problems(found, places))
        lost = {clash.lost.owner for clash in found if not clash.lost.alias}
        gone = {clash.lost for clash in found if clash.lost.alias}
        return [_with_aliases(item, gone) for item in items if item.document.path not in lost]

    def _note(self, problem: Problem | None) -> None:
        if problem:
            self.problems.append(problem)


def _key(items: Iterable[Item]) -> bytes:
    """Digest all that decides what is claimed."""
    parts = (
        (one.slug, one.section, one.document.path, one.document.kind, one.state, *(alias.path for alias in one.aliases))
        for one in items
    )
    return hashlib.sha256("\n".join(map("\0".join, parts)).encode("utf-8", "surrogatepass")).digest()


def _with_those_above(section: str, folder: str) -> Iterator[tuple[str, str]]:
    """Give the address of a section and its folder, and of all sections that it lies in."""
    while section:
        yield section, folder
        section, folder = section.rpartition("/")[0], folder.rpartition("/")[0]


def _paths(item: Item) -> tuple[str, ...]:
    if item.document.kind == "recording" and item.state != "expired":
        return tuple(form.format(item.slug) for form in RECORDING_FILES)
    return (f"{item.slug}/index.html",)


def _aliases(document: Document, slug: str) -> Iterator[Alias]:
    """Give the former addresses of an item; their form was checked when they were read."""
    place = document.meta.place("aliases", document.path)
    for written in document.meta.aliases:
        if path := alias_path(written):
            yield Alias(path, slug, place)


def _with_aliases(item: Item, gone: set[Claim]) -> Item:
    """Take from an item the former addresses that it cannot have."""
    if not item.aliases:
        return item
    kept = (alias for alias in item.aliases if Claim(alias.path, item.document.path, alias=True) not in gone)
    return replace(item, aliases=tuple(kept))


def _folder_path(document: Document) -> str:
    return document.path.rpartition("/")[0]
