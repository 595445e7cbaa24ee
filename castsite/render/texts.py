"""What became of the Markdown of a site, remembered: a text is made again when it or an answer to it has changed.

A text asks the site where its links lead and what the recordings it shows are called. What it was answered is kept with
what it became; a text whose questions are answered as before becomes what it became before. The small part of that,
`Told`, is at hand for all texts; HTML is fetched where a page is made of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from markupsafe import Markup

from castsite.errors import Problem
from castsite.memory import Kept, Memory, Store
from castsite.render.digests import raw_digest
from castsite.render.markdown import Heading, Rendered
from castsite.render.players import Player
from castsite.search.index import Said


class Question(NamedTuple):
    """A path that a text named, whether it asked for an id there, and a digest of what it was answered."""

    path: str
    of_ids: bool
    answer: bytes


class Told(NamedTuple):
    """What lists and keys need to know of a text."""

    questions: tuple[Question, ...]
    digest: bytes
    """of all that it became"""
    problems: tuple[Problem, ...]
    plain: str
    minutes: int
    characters: int
    """of what search finds"""


class Made(NamedTuple):
    """A text as it travels from the process that made it: what is told of it, the rest as it is kept."""

    told: Told
    data: bytes
    guesses: tuple[tuple[str, str], ...]
    """paths that lead nowhere, and what was guessed"""


class _Kept(NamedTuple):
    blocks: tuple[str | Player, ...]
    headings: tuple[Heading, ...]
    said: tuple[Said, ...]


def made(text: Rendered, questions: tuple[Question, ...], guesses: tuple[tuple[str, str], ...]) -> Made:
    """Take apart what is told of a text and what is kept."""
    blocks = tuple(block if isinstance(block, Player) else str(block) for block in text.blocks)
    data = msgspec.msgpack.encode(_Kept(blocks, text.headings, text.said))
    digest = raw_digest(text.plain, text.minutes, data)
    characters = sum(len(one.text) for one in text.said)
    return Made(Told(questions, digest, text.problems, text.plain, text.minutes, characters), data, guesses)


class Texts(msgspec.Struct, frozen=True, eq=False):
    """All texts of a site by name."""

    rules: bytes
    """digest of what all texts depend on"""
    told: Store[Told]
    kept: Store[_Kept]
    keyed: Kept[Any]
    """what is written about each item, with its keys"""
    asked: dict[str, Told] = msgspec.field(default_factory=dict)
    """of this build: those whose questions have been asked again"""
    of_items: dict[str, tuple[Told, ...]] = msgspec.field(default_factory=dict)
    """of this build, by the slug of the item they are about"""
    elsewhere: dict[str, dict[str, Rendered]] = msgspec.field(default_factory=dict)
    """those that stand on the page of something else, by its path and their name: of the page made last alone"""

    @classmethod
    def of(cls, memory: Memory, rules: bytes) -> Texts:
        """Begin a build. `rules` is a digest of what all texts depend on."""
        keyed: Kept[Any] = memory.kept("keyed", tuple, rules)
        return cls(rules, memory.store("texts", Told), memory.store("bodies", _Kept, held=False), keyed)

    def recall(self, name: str, key: bytes, ask: Callable[[Question], bytes]) -> Told | None:
        """Give what is remembered of a text if nothing it depends on has changed."""
        told = self.asked.get(name)
        if told is None:
            told = self.told.get(name, key)
            if told is None:
                return None
            if told.questions and any(ask(question) != question.answer for question in told.questions):
                return None
            self.asked[name] = told
        return told

    def learn(self, name: str, key: bytes, text: Made) -> Told:
        """Remember what became of a text."""
        self.told.put(name, key, text.told)
        self.kept.put_encoded(name, text.told.digest, text.data)
        self.asked[name] = text.told
        return text.told

    def fetch(self, name: str) -> Rendered | None:
        """Fetch all of a text that was recalled or learned; None when it is lost, or is that of another answer."""
        told = self.asked[name]
        kept = self.kept.get(name, told.digest)
        if kept is None:
            return None
        blocks = tuple(block if isinstance(block, Player) else Markup(block) for block in kept.blocks)  # noqa: S704
        return Rendered(
            blocks=blocks,
            problems=told.problems,
            headings=kept.headings,
            plain=told.plain,
            minutes=told.minutes,
            said=kept.said,
        )

    def beside(self, page: str, name: str, render: Callable[[], Rendered]) -> Rendered:
        """Give a text for the page of something else, where it may stand more than once; other pages are forgotten."""
        if page not in self.elsewhere:
            self.elsewhere.clear()
        known = self.elsewhere.setdefault(page, {})
        if name not in known:
            known[name] = render()
        return known[name]

    def settle(self) -> None:
        """Forget what no text of this site is called."""
        self.told.keep(self.asked)
        self.kept.keep(self.asked)
