"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import castsite

HERE = Path(castsite.__file__).parent
MODULES = [
    ".".join(("castsite", *path.relative_to(HERE).with_suffix("").parts))
    for path in sorted(HERE.rglob("*.py"))
    if "\n    >>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name: str) -> None:
    tried = doctest.testmod(importlib.import_module(name))
    assert tried.attempted > 0
    assert not tried.failed
