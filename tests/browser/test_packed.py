"""A recording that is published in gzip, too, plays from that; from the plain one where that cannot be expanded."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from projects import Project, cast

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    project = Project(tmp_path_factory.mktemp("packed"))
    project.write({"castsite.yml": "title: S\noutputs: [gzip]\n", "content/tour.cast": cast("hel", "lo")})
    project.build()
    return project.published()


@pytest.fixture
def server(files: dict[str, bytes], serve: Any) -> Iterator[Any]:
    with serve(dict(files)) as serving:
        yield serving


def _fetched(watched: Any) -> list[str]:
    expect(watched.page.locator(".ap-term-text")).to_contain_text(re.compile(r"hel\s+lo"))
    return [name for url in watched.requests if ".cast" in (name := url.rpartition("/")[2])]


def test_only_the_compressed_one_is_fetched(visit: Visit) -> None:
    assert _fetched(visit("tour/#t=1")) == ["tour.cast.gz"]


def test_what_the_host_has_expanded_is_fetched_plain(visit: Visit, server: Any) -> None:
    server.files["tour.cast.gz"] = gzip.decompress(server.files["tour.cast.gz"])
    assert _fetched(visit("tour/#t=1")) == ["tour.cast.gz", "tour.cast"]


def test_where_it_is_not_there_the_plain_one_is_fetched(visit: Visit, server: Any) -> None:
    del server.files["tour.cast.gz"]
    watched = visit("tour/#t=1")
    watched.meant.append("console: Failed to load resource")
    watched.meant.append("404 ")
    assert _fetched(watched) == ["tour.cast.gz", "tour.cast"]
