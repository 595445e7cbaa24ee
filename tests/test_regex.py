"""Expressions that are compiled when they are first used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import castsite
from castsite.regex import regex

CODE = Path(castsite.__file__).parent


def test_it_does_what_a_compiled_one_does() -> None:
    source, text = r"(?P<word>\w+) (\d)", "one 1, two 2"
    waiting, compiled = regex(source, re.ASCII), re.compile(source, re.ASCII)
    assert waiting.findall(text) == compiled.findall(text) == [("one", "1"), ("two", "2")]
    assert [found.span() for found in waiting.finditer(text)] == [(0, 5), (7, 12)]
    assert (waiting.sub("-", text), waiting.subn("-", text, 1)) == ("-, -", ("-, two 2", 1))
    assert (waiting.pattern, waiting.flags, waiting.groups) == (compiled.pattern, compiled.flags, compiled.groups)
    assert waiting.groupindex == compiled.groupindex
    assert waiting.split("a one 1 b") == compiled.split("a one 1 b")
    assert regex(rb"\d+").fullmatch(b"12")
    assert not regex("a").match("b")
    assert regex("a").search("ba")


def test_what_is_no_expression_is_refused_when_it_is_used() -> None:
    waiting = regex("(")
    with pytest.raises(re.error):
        waiting.search("")


def test_nothing_is_compiled_while_modules_are_read() -> None:
    files = [path for path in CODE.rglob("*.py") if path.name != "regex.py"]
    compiled = [f"{path.relative_to(CODE)}:{line}" for path in files for line in _compiled(ast.parse(path.read_text()))]
    assert files
    assert compiled == []


def _compiled(node: ast.AST) -> Iterator[int]:
    """Give the lines that compile an expression outside of every function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call) and ast.unparse(child.func) == "re.compile":
            yield child.lineno
        yield from _compiled(child)
