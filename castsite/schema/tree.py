"""YAML as a tree of texts, lists and mappings with their places; no type is ever guessed.

Events of PyYAML's parser become three frozen types. No constructor and no resolver runs, so there are no dates, no
booleans, no merges, no bombs and no objects: a schema decides what each text means. Anchors, aliases, tags, a second
document, duplicate keys and keys that are no text are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import yaml
from msgspec import Struct

from castsite.errors import Place, Problem, Severity, quote
from castsite.limits import moved_by
from castsite.regex import regex
from castsite.schema.faults import TOO_DEEP, Fault, SlowLoader, cure, explain

DEPTH: Final = 20
"""Levels of nesting that are read, unless the caller says otherwise."""

Loader = type[yaml.SafeLoader] | type[yaml.CSafeLoader]

FASTEST: Final[Loader] = getattr(yaml, "CSafeLoader", SlowLoader)
"""libyaml where PyYAML was built with it: eight times as fast."""

# what YAML does not allow, and U+0085, which it takes for a line end where no editor shows one
_FORBIDDEN = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SEPARATORS = regex("[\u2028\u2029]|\r(?!\n)")
# libyaml refuses these escapes, PyYAML's own scanner takes them; JSON writes an emoji as a pair of them
_SURROGATE_ESCAPE = regex(r"\\(?:u|U0000)[dD][89a-fA-F][0-9a-fA-F]{2}")


class At(NamedTuple):
    """Where a value begins: 1-based line of the file and column, in characters."""

    line: int
    column: int


class Text(Struct, frozen=True):
    """A scalar as it was written. `plain`: without quotes and not as a block, so that `null` means nothing."""

    value: str
    plain: bool
    at: At


class Items(Struct, frozen=True):
    """A list."""

    items: tuple[Node, ...]
    at: At


class Fields(Struct, frozen=True):
    """A mapping in the order of the file, each key once."""

    entries: tuple[tuple[Text, Node], ...]
    at: At


Node = Text | Items | Fields


class Tree(Struct, frozen=True):
    """What was read: no root when the text is empty or unusable, and what is wrong with it, in file order."""

    root: Node | None
    problems: tuple[Problem, ...] = ()


def is_missing(node: Node) -> bool:
    """Whether nothing was written: `~`, `null` or no value, without quotes."""
    return isinstance(node, Text) and node.plain and node.value in {"", "~", "null"}


def describe(node: Node) -> str:
    """Name a value in a message: the quoted text, "a list", "a mapping"."""
    if isinstance(node, Text):
        return "nothing" if is_missing(node) else quote(node.value)
    return "a list" if isinstance(node, Items) else "a mapping"


def parse(text: str, *, path: str, line: int = 1, depth: int | None = None, loader: Loader | None = None) -> Tree:
    """Read one YAML document; `line` is the number of its first line in the file named `path`.

    `depth` is the owner's bound for front matter, where that is one; other files have one of their own.
    Nothing is raised: what cannot be read is in `problems`, with its line. `loader` is there for tests, which hold
    that both of PyYAML's parsers give the same tree.
    """
    return _Parser(text, path, line - 1, depth).tree(loader)


class _Parser:
    """One text being parsed; holds the problems met on the way."""

    def __init__(self, text: str, path: str, offset: int, depth: int | None) -> None:
        self.text = text
        self.path = path
        self.offset = offset
        self.depth = DEPTH if depth is None else depth
        self.moved = "" if depth is None else f" {moved_by('front_matter_depth')}"
        self.problems: list[Problem] = []

    def tree(self, loader: Loader | None) -> Tree:
        if found := _FORBIDDEN.search(self.text):
            code = f"U+{ord(found[0]):04X}"
            self.note(Fault(*_position(self.text, found.start()), f"character {code} is not allowed; remove it"))
            return Tree(None, tuple(self.problems))
        self.replace_separators()
        if _SURROGATE_ESCAPE.search(self.text):
            loader = SlowLoader
        try:
            root = self.document(yaml.parse(self.text, Loader=loader or FASTEST))
        except _RefusedError as refused:
            root = None
            self.note(refused.fault)
        except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
            root = None
            self.note(explain(self.text, error))
        return Tree(root, tuple(self.problems))

    def replace_separators(self) -> None:
        """YAML ends a line at U+2028, and at CR alone, where others see none: make it a space, which moves nothing."""
        if found := _SEPARATORS.search(self.text):
            place = _position(self.text, found.start())
            self.note(Fault(*place, f"character U+{ord(found[0]):04X} replaced by a space"), Severity.WARNING)
            self.text = _SEPARATORS.sub(" ", self.text)

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise _RefusedError(event, "a second document begins here; only one is allowed")
            if isinstance(event, yaml.NodeEvent):
                root = self.node(event, events, 1)
        return root

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        self.refuse(event, depth)
        at = _at(event, self.offset)
        if isinstance(event, yaml.ScalarEvent):
            return Text(self.characters(event), not event.style, at)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(tuple(self.items(events, depth)), at)
        return Fields(tuple(self.entries(events, depth)), at)

    def items(self, events: Iterator[yaml.Event], depth: int) -> Iterator[Node]:
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self.node(event, events, depth + 1)

    def entries(self, events: Iterator[yaml.Event], depth: int) -> Iterator[tuple[Text, Node]]:
        lines: dict[str, int] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self.key(event, events, depth)
            value = self.node(next(events), events, depth + 1)
            if key.value in lines:
                self.duplicate(key, lines[key.value])
            else:
                lines[key.value] = key.at.line
                yield key, value

    def key(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Text:
        if isinstance(event, yaml.CollectionStartEvent):
            self.refuse(event, depth + 1)
            raise _RefusedError(event, self.strange_key(event))
        key = self.node(event, events, depth + 1)
        if not isinstance(key, Text) or (key.plain and key.value == "<<"):
            raise _RefusedError(event, "merging with << is not supported; write the keys out")
        return key

    def strange_key(self, event: yaml.Event) -> str:
        """`title: {{ x }}` is a mapping whose key is a mapping; who writes that means a text."""
        line = self.line_of(event)
        if "{{" in line and (better := cure(line)):
            return f"expected text, got a mapping; {better}"
        return f"a key has to be text, got {'a list' if isinstance(event, yaml.SequenceStartEvent) else 'a mapping'}"

    def refuse(self, event: yaml.Event, depth: int) -> None:
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            raise _RefusedError(event, "anchors are not allowed" + self.advice(event))
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            raise _RefusedError(event, "tags are not allowed" + self.advice(event))
        if depth > self.depth and isinstance(event, yaml.CollectionStartEvent):
            raise _RefusedError(event, TOO_DEEP)

    def advice(self, event: yaml.Event) -> str:
        better = cure(self.line_of(event))
        return f"; {better}" if better else ""

    def line_of(self, event: yaml.Event) -> str:
        return self.text.splitlines()[_at(event).line - 1]

    def characters(self, event: yaml.ScalarEvent) -> str:
        value: str = event.value
        if value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value):
            return value
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if "\ufffd" in whole and "\ufffd" not in value:
            self.note(_fault(event, "half of a character replaced by U+FFFD"), Severity.WARNING)
        return whole

    def duplicate(self, key: Text, first: int) -> None:
        text = f"{quote(key.value)} is given twice, in line {first} and in line {key.at.line}"
        place = Place(self.path, *key.at)
        self.problems.append(Problem(Severity.ERROR, place, "duplicate-key", text))

    def note(self, fault: Fault, severity: Severity = Severity.ERROR) -> None:
        place = Place(self.path, fault.line + self.offset, fault.column)
        text = f"{TOO_DEEP}; at most {self.depth} levels are read{self.moved}" if fault.text == TOO_DEEP else fault.text
        code = "bad-yaml" if severity is Severity.ERROR else "value-repaired"
        self.problems.append(Problem(severity, place, code, text))


class _RefusedError(Exception):
    """Valid YAML that is refused; never leaves this module."""

    def __init__(self, event: yaml.Event, text: str) -> None:
        super().__init__(text)
        self.fault = _fault(event, text)


def _fault(event: yaml.Event, text: str) -> Fault:
    return Fault(*_at(event), text)


def _at(event: yaml.Event, offset: int = 0) -> At:
    mark = event.start_mark
    return At(mark.line + 1 + offset, mark.column + 1) if mark else At(1 + offset, 1)


def _position(text: str, index: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, index) + 1
    return text.count("\n", 0, index) + 1, index - start + 1
