"""Tables of keys for the documentation, made from the tables that the readers are made from."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Final

from castsite.regex import regex
from castsite.schema.reading import Key

_TABLE: Final = regex(r"(<!-- keys: ([a-z_ ]+) -->\n).*?(<!-- end of keys -->)", re.DOTALL)


def key_table(
    keys: Iterable[Key],
    *,
    extra: Mapping[str, Callable[[Key], str]] | None = None,
) -> str:
    """Give a Markdown table with one row for each key; `extra` adds columns by their heads."""
    columns = extra or {}
    rows = [("key", "value", *columns, "example", "meaning")]
    rows += [
        (
            f"`{key.name}`",
            key.value,
            *(cell(key) for cell in columns.values()),
            f"`{key.name}: {key.example}`",
            key.about,
        )
        for key in keys
    ]
    return table(rows)


def table(rows: Iterable[Iterable[str]]) -> str:
    """Give a Markdown table; the first row is its head."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * lines[0].count(" | ") + "---|", *lines[1:]]) + "\n"


def fill(page: str, tables: Mapping[str, str]) -> str:
    """Put each table between `<!-- keys: NAME -->` and `<!-- end of keys -->`; an unknown name is a KeyError."""
    return _TABLE.sub(lambda found: f"{found[1]}\n{tables[found[2]]}\n{found[3]}", page)


def attribute_docs(kind: type) -> dict[str, str]:
    """Give the text under each attribute of a class: what Python itself does not keep."""
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    statements = body.body if isinstance(body, ast.ClassDef) else []
    docs = {}
    for field, text in pairwise(statements):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            docs[field.target.id] = inspect.cleandoc(ast.literal_eval(text.value))
    return docs
