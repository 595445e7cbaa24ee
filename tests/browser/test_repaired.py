"""What was repaired when it was read plays, and for as long as it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from projects import Project

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

HEADER = '{"version": 2, "width": 40, "height": 8}\n'


def lines(*events: object) -> str:
    return HEADER + "".join(json.dumps(event) + "\n" for event in events)


TORN = {
    "A04": lines([0.2, "o", "first\r\n"], [0.4, "o", "last\r\n"]) + '[1.5, "o", "half of a li',
    "A09": json.dumps(
        {"version": 1, "width": 40, "height": 8, "duration": 0.4, "stdout": [[0.2, "a\r\n"], [0.2, "last"]]}
    ),
    "A20": lines([0.2, "o", "first\r\n"]) + '[NaN, "o", "x"]\n[1e999, "o", "y"]\n[0.4, "o", "last"]\n',
    "A23": '{"version": 3, "term": {"cols": 40, "rows": 8}}\n[0.2, "o", "a"]\n[-1, "o", "b"]\n[0.2, "o", "last"]\n',
    "A33": lines([0.2, "o", "first\r\n"], [0.3, "r", "foo"], [0.3, "r", "0x0"], [0.4, "o", "last"]),
    "A36": HEADER + '[0.2, "o", "\\ud800\\r\\n"]\n[0.4, "o", "last"]\n',
}


@pytest.fixture(scope="module")
def server(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What `visit` opens pages of."""
    site = Project(tmp_path_factory.mktemp("repaired"))
    site.write({f"content/{row.lower()}.cast": source for row, source in TORN.items()}).build()
    with serve(site.published()) as serving:
        yield serving


@pytest.mark.parametrize("row", TORN)
def test_J11_what_was_repaired_plays_to_its_end(visit: Visit, server: Any, row: str) -> None:
    assert json.loads(server.files[f"{row.lower()}.json"])["duration"] == pytest.approx(0.4)
    page = visit(f"{row.lower()}/").page
    page.locator("[data-play]").first.click()
    expect(page.locator(".ap-term-text")).to_contain_text("last")
    expect(page.locator("[data-scrub] input")).to_have_value("0.4")
