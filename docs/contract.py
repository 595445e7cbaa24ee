# ruff: noqa: INP001 - a program to run by hand, not a package
"""Writes the reference of the template context into docs/themes.md from the types themselves.

    python docs/contract.py

A test fails while the two differ.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from castsite.render import context

PAGE = Path(__file__).parent / "themes.md"
BEGIN, END = "<!-- context: begin, written by docs/contract.py -->", "<!-- context: end -->"


def reference() -> str:
    """Give a table of fields for each entry template, then for each type that fields hold."""
    entries = {kind: name for name, kind in context.ENTRIES.items()}
    parts = [kind for kind in _types() if kind not in entries]
    blocks = [f"### {name}\n\n{_block(kind)}" for kind, name in entries.items()]
    blocks += [f"### {kind.__name__}\n\n{_block(kind)}" for kind in parts]
    return "\n".join(blocks)


def written(text: str, generated: str) -> str:
    """Put the generated part between its marks."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n\n{generated}\n{END}{after}"


def _types() -> list[type]:
    classes = filter(inspect.isclass, vars(context).values())
    found = (kind for kind in classes if kind.__module__ == context.__name__)
    return sorted(found, key=lambda kind: kind.__name__)


def _block(kind: type) -> str:
    about = " ".join((inspect.getdoc(kind) or "").split())
    notes = _notes(kind)
    rows = [f"| `{name}` | {_shown(text)} | {notes.get(name, '')} |" for name, text in kind.__annotations__.items()]
    return "\n".join([about, "", "| field | type | |", "|---|---|---|", *rows, ""])


def _shown(annotation: str) -> str:
    return f"`{annotation}`".replace("|", "\\|").replace("tuple[", "list of ").replace(", ...]", "")


def _notes(kind: type) -> dict[str, str]:
    """Give what is said of each field in the text below it."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    return dict(_described(body)) if isinstance(body, ast.ClassDef) else {}


def _described(body: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            yield field.target.id, " ".join(str(ast.literal_eval(below.value)).split())


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), reference()), encoding="utf-8")
