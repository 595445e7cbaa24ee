"""Any bytes as a file with front matter, of each of the three kinds of items."""

from __future__ import annotations

from fuzz.promises import are_few, are_told

from castsite.errors import Severity
from castsite.limits import KIB, Limits
from castsite.schema.block import split
from castsite.site.frontmatter import Kind, cascade, merge, read_meta
from castsite.site.model import SILENT
from tests.timing import soon

LIMITS = Limits(front_matter=8 * KIB)
LENGTH = 4096
PATH = "content/demo.md"
KINDS: tuple[Kind, ...] = ("recording", "page", "section")
LONGEST = 0.5
"""seconds of one block, as a processor counts them"""


def check(data: bytes) -> None:
    """Check that a file gives values or problems with a line, in no time; every kind reads it its own way."""
    soon(LONGEST * 2 * len(KINDS), lambda: _check(data))


def _check(data: bytes) -> None:
    block = split(data, path=PATH, limits=LIMITS)
    lines = data.count(b"\n") + 1
    are_told(block.problems, path=PATH, lines=lines, first=1)
    assert (block.front is None and not block.rest) or not block.problems
    assert data.endswith(block.rest)
    for kind in KINDS:
        found = read_meta(block.front, path=PATH, line=block.front_line, limits=LIMITS, kind=kind)
        are_told(found.problems, path=PATH, lines=lines, first=1)
        are_few([one for one in found.problems if one.severity is Severity.INFO])
        assert {place.path for _, place in found.meta.places} <= {PATH}
        assert found == read_meta(block.front, path=PATH, line=block.front_line, limits=LIMITS, kind=kind)
        assert merge(SILENT, found.meta).meta == found.meta
        assert cascade(SILENT, found.meta) == found.meta
