"""The page of the conformance tables says what the tests are."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parent.parent / "docs/conformance/generate.py"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_conformance", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_generator_writes(generate: ModuleType) -> None:
    assert generate.PAGE.read_text("utf-8") == generate.page(), "run: python docs/conformance/generate.py"


def test_every_row_has_a_test_or_a_reason_to_wait(generate: ModuleType) -> None:
    tests = generate.tested()
    silent = [row.name for row in generate.rows() if not generate._tests_of(row, tests) and not row.waits]
    assert silent == []


def test_every_row_that_a_test_names_exists(generate: ModuleType) -> None:
    known = set(generate.GROUPS)
    named = {row for row in generate.tested() if row[0] in known}
    ids = {row.name for row in generate.rows()}
    assert named - ids == set()
