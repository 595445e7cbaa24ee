from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108  tests wait for the disk hundreds of times; in memory that takes no time


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder on a file system in memory, where there is one."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None, prefix="castsite-") as folder:
        yield Path(folder).resolve()
