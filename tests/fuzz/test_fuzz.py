"""What fuzzing begins with, and all that it ever found, goes through its targets with every run of the tests."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from fuzz.seeds import TARGETS, seeds

HERE = Path(__file__).parent
FILES = sorted(
    path.relative_to(HERE).as_posix() for folder in ("seeds", "found") for path in HERE.glob(f"{folder}/*/*")
)


@pytest.mark.parametrize("file", FILES)
def test_a_target_bears(file: str) -> None:
    target = importlib.import_module(f"fuzz.{file.split('/')[1]}")
    target.check((HERE / file).read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_are_what_is_made(target: str) -> None:
    assert {path.name: path.read_bytes() for path in (HERE / "seeds" / target).iterdir()} == seeds(target)
