"""What fuzzing begins with, and all that it ever found, goes through its targets with every run of the tests."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from fuzz.seeds import TARGETS, seeds

from castsite.cast.compressed import inflate
from castsite.cast.sniff import compression_of
from castsite.limits import Limits

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
    """But for how they are compressed, which differs from one library to another."""
    stored = {path.name: path.read_bytes() for path in (HERE / "seeds" / target).iterdir()}
    assert {name: expanded(data) for name, data in stored.items()} == {
        name: expanded(data) for name, data in seeds(target).items()
    }


def expanded(data: bytes) -> bytes:
    if name := compression_of(data):
        found = inflate(data, path="seed", limits=Limits()).data
        return name.encode() + found[:100]  # one of them is cut off
    return data
