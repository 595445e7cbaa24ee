"""Reader of what is the owner's own: `extra`."""

from __future__ import annotations

from castsite.schema.reading import Reading, expected
from castsite.schema.tree import Fields, Items, Node, is_missing
from castsite.schema.values import Extra, List, Table


def extra(node: Node, reading: Reading) -> tuple[tuple[str, Extra], ...] | None:
    """Read a mapping that stays texts, lists and mappings; entries without a value are left out."""
    if isinstance(node, Fields):
        return _entries(node)
    reading.error(node.at, expected("a mapping such as {colour: red}", node))
    return None


def _value(node: Node) -> Extra:
    if isinstance(node, Items):
        return List(tuple(_value(item) for item in node.items))
    if isinstance(node, Fields):
        return Table(_entries(node))
    return "" if is_missing(node) else node.value


def _entries(fields: Fields) -> tuple[tuple[str, Extra], ...]:
    return tuple((name.value, _value(node)) for name, node in fields.entries if not is_missing(node))
