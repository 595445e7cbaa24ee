# ruff: noqa: INP001 - a program to run by hand, not a package
"""Writes docs/conformance.md: which rows of the conformance tables are tests, and which wait for what.

    python docs/conformance/generate.py

Rows and their wording stand in rows.tsv; a test carries the ids of its rows in its name. A test fails while the page is
not what this writes, while a row has neither a test nor a reason to wait, and while a test names a row that is none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
PAGE: Final = HERE.parent / "conformance.md"
TESTS: Final = HERE.parent.parent / "tests"
GROUPS: Final = {
    "A": "Recording files",
    "B": "Front matter and Markdown",
    "C": "Output contexts",
    "D": "Paths, names, output folder",
    "E": "Archives and folders",
    "F": "Limits",
    "G": "Secrets",
    "H": "Build faults",
    "I": "Development server",
    "J": "Browser",
    "K": "Encryption",
    "L": "Uploads",
    "M": "Other formats",
    "N": "Recorder",
}
_NAME: Final = re.compile(r"^\s*def (test_\w+)|^    \(\s*\"([A-Z]\d\d_\w+)\"", re.MULTILINE)
_ROW: Final = re.compile(r"(?:^|(?<=_))([A-Z]\d\d)(?=_|$)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `waits` is why it, or half of it, has no test yet."""

    name: str
    given: str
    expected: str
    waits: str


def rows() -> tuple[Row, ...]:
    """Read rows.tsv."""
    lines = (HERE / "rows.tsv").read_text("utf-8").splitlines()[1:]
    return tuple(_row(*line.split("\t")) for line in lines)


def tested() -> dict[str, list[str]]:
    """Give the tests of each row id, as `file: test`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for match in _NAME.finditer(path.read_text("utf-8")):
            name = match[1] or match[2]
            for row in _ROW.findall(name):
                found[row].append(f"{path.relative_to(TESTS).as_posix()}: {name}")
    return found


def page() -> str:
    """Write the page."""
    tests, every = tested(), rows()
    standing = sum(bool(_tests_of(row, tests)) for row in every)
    parts = [
        "# Conformance\n",
        (
            "What castsite does with bad input and bad luck, row by row. Written by `docs/conformance/generate.py`\n"
            "from `docs/conformance/rows.tsv` and the names of the tests; do not edit it by hand.\n"
        ),
        (
            "**F** nothing changes, exit 2 · **E** the item is left out, the rest is built · **W** repaired or\n"
            "dropped, published, with a message · **OK** no message · ⓑ in a browser · ⓟ POSIX only · ⓦ Windows only\n"
        ),
        f"{standing} of {len(every)} rows have a test.\n",
    ]
    for letter, title in GROUPS.items():
        parts.append(f"## {letter}. {title}\n")
        parts.append("| row | given | expected | tested by |\n|---|---|---|---|")
        parts += [_line(row, tests) for row in every if row.name[0] == letter]
        parts.append("")
    return "\n".join(parts)


def _row(name: str, given: str, expected: str, waits: str = "") -> Row:
    return Row(name, given, expected, waits)


def _tests_of(row: Row, tests: dict[str, list[str]]) -> list[str]:
    return list(dict.fromkeys(tests.get(row.name, ())))


def _line(row: Row, tests: dict[str, list[str]]) -> str:
    names = _tests_of(row, tests)
    files = sorted({name.partition(":")[0] for name in names})
    shown = [f"`{file}`" for file in files]
    notes = [*shown, *([f"waits: {row.waits}"] if row.waits else [])]
    return f"| {row.name} | {row.given} | {row.expected} | {', '.join(notes)} |"


def main() -> None:
    """Write the file."""
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
