"""What stands under `extra`, for templates that an owner has written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from castsite.render.encode import settled
from castsite.schema.values import Extra, List, Table


def extra(entries: Iterable[tuple[str, Extra]]) -> Mapping[str, object]:
    """Give texts, lists and mappings that templates cannot change; texts hold no controls but tab and line feed."""
    return MappingProxyType({settled(name): _value(value) for name, value in entries})


def _value(value: Extra) -> object:
    if isinstance(value, Table):
        return extra(value.entries)
    return tuple(_value(item) for item in value.items) if isinstance(value, List) else settled(value)
