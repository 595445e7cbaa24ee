"""What YAML's own faults mean to a person: one place, one reason, and the line as it should have been written.

libyaml and PyYAML's scanner word and place the same fault differently; these texts and lines come from the source,
so that both say the same.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import yaml

from castsite.errors import printable
from castsite.regex import regex

# a key as people write it, then its text: enough to tell them what to write instead
_ENTRY = regex(r"\s*(?:- +)?(?P<key>[\w.-]+)[ ]*:[ \t]+(?P<value>\S.*)")
_GLUED = regex(r"(?P<key>[A-Za-z_][\w-]*):(?P<value>(?:[^\s/:]|\u00a0).*)")
_DOUBLE = regex(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED = regex(r'\\([\\"/])')
_TAB = regex(r"[ ]*\t")
_DEEP = regex(r"[\[{](?:\s*[\[{]){20}")
_SHOWN: Final = 60
_LOOKED_THROUGH: Final = 4096
"""Characters of a text that is looked through once more for what is wrong with it."""

# told by the words of both scanners
_UNCLOSED_QUOTE: Final = ("unexpected end of stream", "unexpected document")
_UNCLOSED_LIST: Final = ("while parsing a flow sequence", "while parsing a flow mapping")
_LONE_KEY: Final = "while scanning a simple key"
_TAB_INSIDE: Final = r"'\t'"
_ESCAPES: Final = ("unknown escape", "escape sequence", "escape code")


TOO_DEEP: Final = "nested too deep"
_LOOKAHEAD: Final = 100


class SlowLoader(yaml.SafeLoader):
    """PyYAML's own scanner, which looks ahead over a thousand open brackets in quadratic time: stopped before."""

    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:  # noqa: D102  overridden
        if self.flow_level > _LOOKAHEAD:
            raise yaml.scanner.ScannerError(None, None, TOO_DEEP, self.get_mark())
        super().fetch_flow_collection_start(token)


class Fault(NamedTuple):
    """A fault in a text: 1-based line and column within it, and what to do about it."""

    line: int
    column: int
    text: str


def explain(text: str, error: Exception) -> Fault:
    """Tell where in `text` the parser's `error` is, and the cure."""
    lines = text.splitlines() or [""]
    row, column = _place(lines, error)
    glued = _glued_line(lines, row)
    if glued is not None:
        return Fault(glued + 1, 1, no_space(lines[glued]))
    said = f"{getattr(error, 'problem', None) or error}"
    if torn := _torn_quote(text, row):
        return torn
    return Fault(row + 1, column + 1, _reason(lines[row], column, said, f"{getattr(error, 'context', None)}"))


def no_space(line: str) -> str:
    """Tell that `title:x` is one word to YAML."""
    found = _GLUED.fullmatch(line.rstrip())
    if not found:
        return "expected keys such as title: Rebase, got a text"
    key, value = found["key"], found["value"]
    odd = " (a no-break space, U+00A0, is none)" if value[0] == "\u00a0" else ""
    return f"no space after the colon{odd}; write {printable(f'{key}: {value.strip()}', _SHOWN)}"


def cure(line: str) -> str | None:
    """Give the line with its text in quotes, as advice; None when it holds no `key: text`."""
    found = _ENTRY.fullmatch(line.rstrip())
    if not found:
        return None
    return "put the text in quotes: " + printable(f"{found['key']}: {_in_quotes(found['value'])}", _SHOWN * 2)


def _reason(line: str, column: int, said: str, context: str) -> str:
    for holds, text in (
        (TOO_DEEP in said or _DEEP.search(line), TOO_DEEP),
        (_TAB.match(line), "a tab indents this line; use spaces"),
        (_TAB_INSIDE in said, "a tab stands here; use a space"),
        (any(word in said for word in _UNCLOSED_QUOTE), "a quote is opened here and never closed"),
        (any(word in said for word in _ESCAPES), _single_quotes(line)),
    ):
        if holds:
            return text
    found = _ENTRY.fullmatch(line.rstrip())
    better = cure(line) if found and column >= found.start("value") else None
    if context in _UNCLOSED_LIST:
        closing = "this list or mapping is not closed in its place"
        return f"{closing}; if a text is meant, {better}" if better else closing
    return better or "not valid YAML; check the indentation of this line and the one above"


def _torn_quote(text: str, row: int) -> Fault | None:
    """Tell of a quote that a later one has closed, in whose line the parser then stopped."""
    last = None
    if len(text) > _LOOKED_THROUGH:
        return None
    try:
        for token in yaml.scan(text, Loader=SlowLoader):
            if token.start_mark.line > row:
                break
            if isinstance(token, yaml.ScalarToken) and token.style in {'"', "'"} and token.end_mark.line == row:
                last = token
    except yaml.YAMLError:
        pass  # what was read before it counts
    if last is None or last.start_mark.line == row:
        return None
    begin = last.start_mark
    return Fault(begin.line + 1, begin.column + 1, f"a quote is opened here and not closed before line {row + 1}")


def _single_quotes(line: str) -> str:
    reason = "in double quotes a backslash begins an escape; use single quotes"
    found = _ENTRY.fullmatch(line.rstrip())
    if not found:
        return reason
    better = f"{found['key']}: {_DOUBLE.sub(_singly, found['value'])}"  # in a list or mapping the texts alone
    return f"{reason}: {printable(better, _SHOWN * 2)}" if _is_yaml(better) else reason


def _singly(found: re.Match[str]) -> str:
    """Put a text into single quotes, and take away what was escaped as double quotes want it."""
    text = _ESCAPED.sub(r"\1", found[1])
    return "'" + text.replace("'", "''") + "'" if "\\" in found[1] else found[0]


def _is_yaml(line: str) -> bool:
    """Tell whether an advice can be followed as it stands."""
    if len(line) > _LOOKED_THROUGH:
        return False
    try:
        for _ in yaml.parse(line, Loader=SlowLoader):
            pass
    except yaml.YAMLError:
        return False
    return True


def _in_quotes(value: str) -> str:
    if '"' not in value and "\\" not in value:
        return f'"{value}"'
    return "'" + value.replace("'", "''") + "'"


def _place(lines: list[str], error: Exception) -> tuple[int, int]:
    """Where the fault begins: the opening of what is never closed, else where the parser stopped."""
    problem: yaml.Mark | None = getattr(error, "problem_mark", None)
    context: yaml.Mark | None = getattr(error, "context_mark", None)
    mark = context if context is not None and _begins_earlier(lines, error) else problem
    if mark is None:
        return 0, 0
    last = len(lines) - 1
    return (mark.line, mark.column) if mark.line <= last else (last, 0)


def _begins_earlier(lines: list[str], error: Exception) -> bool:
    said, context = f"{getattr(error, 'problem', '')}", f"{getattr(error, 'context', '')}"
    if context == _LONE_KEY or any(word in said for word in _UNCLOSED_QUOTE):
        return True
    mark = getattr(error, "problem_mark", None)
    if mark is None or context not in _UNCLOSED_LIST:
        return False
    line = lines[mark.line] if mark.line < len(lines) else ""
    return line[:1] not in {" ", "\t", "]", "}"}


def _glued_line(lines: list[str], row: int) -> int | None:
    """`title:x` faults in itself or in the line below; the first of several such lines is the one to mend."""
    first = row if _GLUED.fullmatch(lines[row]) else row - 1
    if first < 0 or not _GLUED.fullmatch(lines[first]):
        return None
    while first > 0 and _GLUED.fullmatch(lines[first - 1]):
        first -= 1
    return first
