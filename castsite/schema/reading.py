"""How a mapping of somebody's becomes typed values: a table of keys, and one reading of one file.

A reader turns a node into a value, or notes what is wrong with it and gives None. The table is the only place that
says which keys there are; the documentation is made from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, tzinfo
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from castsite.errors import Place, Problem, Severity, printable, quote
from castsite.limits import Limits
from castsite.schema.faults import no_space
from castsite.schema.nearest import nearest
from castsite.schema.tree import At, Fields, Node, Text, Tree, describe, is_missing

T = TypeVar("T")

SHOWN: Final = 50
"""Problems of one code that are shown for one file; the last of them counts the others."""


class Reading(Struct, frozen=True, kw_only=True):
    """One file being read: what readers need to know, and the problems found so far."""

    path: str
    limits: Limits = field(default_factory=Limits)
    zone: tzinfo = UTC
    """of dates written without one"""
    unknown: Severity = Severity.ERROR
    """how bad a key is that no table has"""
    found: list[Problem] = field(default_factory=list)
    key: str = ""
    """the key being read: every message begins with it"""

    def under(self, key: str) -> Reading:
        """Give the reading of the value of `key`; its problems are this file's."""
        return replace(self, key=f"{self.key}: {key}" if self.key else key)

    def note(self, severity: Severity, at: At, code: str, text: str) -> None:
        """Put a problem with the others."""
        whole = f"{self.key}: {text}" if self.key else text
        self.found.append(Problem(severity, Place(self.path, *at), code, whole))

    def error(self, at: At, text: str) -> None:
        """Refuse a value: the item is left out."""
        self.note(Severity.ERROR, at, "bad-value", text)

    def warn(self, at: At, text: str) -> None:
        """Tell of a value that was repaired or cut; the item is published."""
        self.note(Severity.WARNING, at, "value-repaired", text)

    def problems(self) -> tuple[Problem, ...]:
        """All problems in the order of the file, at most `SHOWN` of one code."""
        return fold(self.found)


Reader = Callable[[Node, Reading], T | None]
"""Gives a value, or None when the node holds none or a wrong one, which is then noted."""


class Key(Struct, frozen=True):
    """One key: how its value is read, and what the documentation says of it."""

    name: str
    read: Reader[Any]
    value: str
    """what to write, in a few words"""
    example: str
    about: str
    """one or two sentences for users"""
    spellings: tuple[str, ...] = ()
    guards: bool = False
    """holds something back: where it is misspelled, nothing is published for it"""


class Refusal(NamedTuple):
    """What is said of a key that is known and not taken here."""

    severity: Severity
    code: str
    text: str


class Found(NamedTuple):
    """Values by key, and where each was written."""

    values: dict[str, Any]
    places: tuple[tuple[str, Place], ...]


class Schema(Struct, frozen=True, kw_only=True, dict=True):
    """The keys that one mapping may have. Its index is made once, when it is first needed."""

    keys: tuple[Key, ...]
    noun: str = "key"
    hint: str = ""
    """what to do about a key that is near to none"""
    habits: Mapping[str, str] = field(default_factory=dict)
    """keys of other programs → ours"""
    harmless: Mapping[str, str] = field(default_factory=dict)
    """those of them that hold nothing back with this value"""
    refused: Mapping[str, Refusal] = field(default_factory=dict)

    @cached_property
    def index(self) -> dict[str, Key]:
        """Every spelling → its key."""
        return {spelling: key for key in self.keys for spelling in (key.name, *key.spellings)}

    @cached_property
    def guarding(self) -> bool:
        """Whether one of the keys holds something back."""
        return any(key.guards for key in self.keys)

    @property
    def names(self) -> tuple[str, ...]:
        """Every key in its own spelling."""
        return tuple(key.name for key in self.keys)

    def read(self, fields: Fields, reading: Reading) -> Found:
        """Read every entry; a key without a value is as if it were not there."""
        values: dict[str, Any] = {}
        written: dict[str, Text] = {}
        places: list[tuple[str, Place]] = []
        for name, node in fields.entries:
            key = self.index.get(name.value)
            if key is None:
                self.stranger(name, node, reading)
            elif key.name in written:
                _spelled_twice(written[key.name], name, reading)
            elif not is_missing(node):
                written[key.name] = name
                value = key.read(node, reading.under(name.value))
                if value is not None:
                    values[key.name] = value
                    places.append((key.name, Place(reading.path, *node.at)))
        return Found(values, tuple(places))

    def stranger(self, name: Text, node: Node, reading: Reading) -> None:
        """Note a key that is not in the table."""
        if refusal := self.refused.get(name.value):
            reading.under(name.value).note(refusal.severity, name.at, refusal.code, refusal.text)
            return
        # the comparison costs a millisecond: a file of nothing but unknown keys must not hold up the build
        few = len(reading.found) < SHOWN
        near = nearest(name.value, self.index, self.habits) if few else None
        hint = f', did you mean "{near}"?' if near else f"; {self.hint}" if self.hint else ""
        guarding = near in self.index and self.index[near].guards if few else self.guarding
        harmless = isinstance(node, Text) and self.harmless.get(name.value.lower()) == node.value.lower()
        severity = Severity.ERROR if guarding and not harmless else reading.unknown
        reading.note(severity, name.at, "unknown-key", f"unknown {self.noun} {quote(name.value)}{hint}")


def root_fields(tree: Tree, reading: Reading) -> Fields | None:
    """Give the mapping that a whole file is; None when it holds nothing, or something else, which is then noted."""
    reading.found.extend(tree.problems)
    root = tree.root
    if root is None or isinstance(root, Fields):
        return root
    if is_missing(root):
        return None
    text = no_space(root.value.splitlines()[0]) if isinstance(root, Text) and root.value else _NO_KEYS + "a list"
    reading.note(Severity.ERROR, root.at, "bad-yaml", text)
    return None


def fold(problems: list[Problem]) -> tuple[Problem, ...]:
    """Sort by place; of the many with one severity and code keep the first `SHOWN`, the last with a count."""
    kept: list[Problem] = []
    last: dict[tuple[Severity, str], int] = {}
    met: Counter[tuple[Severity, str]] = Counter()
    for problem in sorted(problems, key=lambda each: (each.place.line, each.place.column)):
        kind = (problem.severity, problem.code)
        met[kind] += 1
        if met[kind] <= SHOWN:
            last[kind] = len(kept)
            kept.append(problem)
    for kind, index in last.items():
        if met[kind] > SHOWN:
            kept[index] = kept[index]._replace(times=met[kind] - SHOWN + 1)
    return tuple(kept)


def into(schema: Schema, kind: type[T], example: str) -> Reader[T]:
    """Read a mapping into a Struct whose fields are the schema's keys."""

    def read(node: Node, reading: Reading) -> T | None:
        if isinstance(node, Fields):
            return kind(**schema.read(node, reading).values)
        reading.error(node.at, expected(f"a mapping such as {example}", node))
        return None

    return read


def mapping(
    schema: Schema, node: Node, reading: Reading, *, needs: Iterable[str], example: str
) -> dict[str, Any] | None:
    """Read a mapping that needs some of its keys; None when one of them is missing or wrong, which is noted once."""
    if not isinstance(node, Fields):
        reading.error(node.at, expected(example, node))
        return None
    values = schema.read(node, reading).values
    needed = tuple(needs)
    written = {schema.index[name.value].name for name, value in node.entries if _is_written(name, value, schema)}
    if absent := [name for name in needed if name not in written]:
        reading.error(node.at, f"needs {' and '.join(absent)}, such as {example}")
    return None if any(name not in values for name in needed) else values


def expected(what: str, node: Node) -> str:
    """Give the usual message: `expected a date, got "tomorrow"`."""
    return f"expected {what}, got {describe(node)}"


_NO_KEYS: Final = "expected keys such as title: Rebase, got "


def _is_written(name: Text, value: Node, schema: Schema) -> bool:
    return name.value in schema.index and not is_missing(value)


def _spelled_twice(first: Text, second: Text, reading: Reading) -> None:
    first_name, second_name = (quote(printable(name.value)) for name in (first, second))
    text = f"{first_name} in line {first.at.line} and {second_name} are the same; keep one"
    reading.error(second.at, text)
