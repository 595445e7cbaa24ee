"""Regular expressions that are compiled when they are first used: a command needs few of the hundreds there are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, AnyStr, cast


def regex(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Give what `re.compile` gives; it is compiled, and refused if it is none, when something is asked of it.

    :raises re.error: then.
    """
    return cast("re.Pattern[AnyStr]", _Waiting(source, flags))


class _Compiled:
    """What a compiled expression can do, as quick as it is there."""

    __slots__ = (
        "_compile",
        "findall",
        "finditer",
        "flags",
        "fullmatch",
        "groupindex",
        "groups",
        "match",
        "pattern",
        "search",
        "split",
        "sub",
        "subn",
    )
    _compile: Callable[[], re.Pattern[Any]]


class _Waiting(_Compiled):
    """One that becomes the other when it is asked for anything."""

    __slots__ = ()

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._compile = lambda: re.compile(source, flags)

    def __getattr__(self, name: str) -> object:
        compiled = self._compile()
        for slot in _Compiled.__slots__[1:]:
            setattr(self, slot, getattr(compiled, slot))
        self.__class__ = _Compiled  # type: ignore[assignment]  # which looks for nothing else
        return getattr(compiled, name)
