"""Where in `castsite.yml` something was written: looked up when there is a problem to be told about it.

Values do not carry their places: whatever is made from the configuration would change with every line that moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from castsite.config import CONFIG_NAMES
from castsite.errors import Place
from castsite.files import read_regular
from castsite.schema.tree import At, Fields, Items, Node, Text, parse

Step = str | tuple[str, str]
"""A key, or what an entry of a list has: a key, and its text."""

Where = Callable[..., Place]
"""`where_written` in one project."""


def where_written(project: Path, *steps: Step, of_key: bool = False) -> Place:
    """Give the place of a value, or of its key, by the steps that lead to it; of as many of them as can be found."""
    for name in CONFIG_NAMES:
        try:
            source = read_regular(project / name)
        except OSError:
            continue
        root = parse(source.decode("utf-8", "replace").removeprefix("\ufeff"), path=name).root
        found = _inside(root, steps, of_key=of_key)
        return Place(name, *found) if found else Place(name)
    return nowhere()


def nowhere(*_steps: Step, of_key: bool = False) -> Place:  # noqa: ARG001 - as `where_written` is called
    """Give the configuration's name, where there is no file to look into."""
    return Place(CONFIG_NAMES[0])


def _inside(root: Node | None, steps: Iterable[Step], *, of_key: bool) -> At | None:
    found: At | None = None
    at = root
    for step in steps:
        key, at = _entry(at, step)
        if at is None:
            break
        found = key if key and of_key else at.at
    return found


def _entry(node: Node | None, step: Step) -> tuple[At | None, Node | None]:
    """Take one step: the place of the key, and what stands there."""
    if isinstance(node, Items) and not isinstance(step, str):
        name, text = step
        values = (_entry(item, name)[1] for item in node.items)
        return None, next((one for one in values if isinstance(one, Text) and one.value.strip() == text), None)
    if isinstance(node, Fields) and isinstance(step, str):
        return next(((key.at, value) for key, value in node.entries if key.value == step), (None, None))
    return None, None
