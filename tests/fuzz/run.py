"""Lets atheris look for inputs that break a target: `python -m fuzz.run NAME`, options of libFuzzer behind it.

What it learns stays in the folder `.fuzz` and is where the next run begins; what breaks is written there as `crash-…`.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import atheris

HERE = Path(__file__).parent
LEARNED = HERE.parent.parent / ".fuzz"
FOLLOWED = ("castsite", "markdown_it", "mdit_py_plugins", "yaml", "json")
"""Packages whose branches are counted."""


def main() -> None:
    """Run one target."""
    name, options = sys.argv[1], sys.argv[2:]
    with atheris.instrument_imports(include=[*FOLLOWED]):
        target = importlib.import_module(f"fuzz.{name}")
    folder = LEARNED / name
    folder.mkdir(parents=True, exist_ok=True)
    known = [str(path) for path in (HERE / "seeds" / name, HERE / "found" / name) if path.is_dir()]
    bounds = [f"-max_len={target.LENGTH}", "-timeout=30", "-rss_limit_mb=1024", f"-artifact_prefix={LEARNED}/{name}-"]
    atheris.Setup([sys.argv[0], *bounds, *options, str(folder), *known], target.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
