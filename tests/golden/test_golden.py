"""Whole sites, byte for byte: a change of the output is a change of these files, which somebody reviews.

`pytest --update-golden tests/golden` rewrites them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from goldens import EXPECTED, FOLDER, chosen, difference, expected, made, marked, own_assets, rewrite, tree

SITES = ("bare", "themed", "whole")
REVIEWABLE = 63 * 1024
"""bytes of what one site is expected to become"""


@pytest.mark.parametrize("name", SITES)
def test_a_site_becomes_what_is_expected(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    found = made(name, tmp_path)
    if request.config.getoption("--update-golden", default=False):
        rewrite(name, found)
    changes = difference(expected(name), found)
    assert not changes, f"pytest --update-golden tests/golden, if this is meant:\n{changes}"


@pytest.mark.parametrize("name", SITES)
def test_what_is_expected_can_be_reviewed(name: str) -> None:
    assert sum(len(text.encode()) for text in expected(name).values()) <= REVIEWABLE
    assert {f"files/{path}" for path in chosen(name)} | {"problems.txt", "tree.txt"} == expected(name).keys()


def test_every_golden_site_is_built() -> None:
    assert sorted(path.parent.name for path in FOLDER.glob(f"*/{EXPECTED}")) == sorted(SITES)


def test_a_style_that_ships_may_change_and_a_sites_own_may_not(tmp_path: Path) -> None:
    (tmp_path / "themes/own/css").mkdir(parents=True)
    (tmp_path / "themes/own/css/strip.css").write_text("")
    own = own_assets(tmp_path)
    for name, changes in (("site", False), ("strip", True), ("looks", True), ("options", True)):
        before, after = (
            {f"assets/css/{name}.{digest}.css": digest.encode(), "a.html": f"{name}.{digest}.css".encode()}
            for digest in ("0123456789", "abcdef0123")
        )
        assert (tree(before, own) != tree(after, own)) is changes


def test_marks_stand_for_digests_and_nothing_else() -> None:
    integrity = b"sha384-" + b"aB+/" * 16
    script = b'<script src="assets/player/asciinema-player.min.0123456789.js" integrity="' + integrity + b'">'
    assert marked(script) == b'<script src="assets/player/asciinema-player.min.DIGEST.js" integrity="sha384-DIGEST">'
    for kept in (b"1.0123456789 s", b"commit 0123456789.", b"a.012345678.css", b"sha384-abc"):
        assert marked(kept) == kept
