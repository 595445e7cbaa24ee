"""Names that are passed over."""

from __future__ import annotations

import pytest

from castsite.site.noise import is_no_content, is_no_static


@pytest.mark.parametrize(
    "name",
    [".git", ".castsite", ".#a.md", "#a.md#", "a.md~", ".a.md.swp", "a.md.swp", "x.tmp", "x.part", "x.orig",
     ".goutputstream-Q1W2E3", ".DS_Store", "_drafts"],
)  # fmt: skip
def test_hidden_names_and_copies_are_no_content(name: str) -> None:
    assert is_no_content(name, at_top=False, is_file=True)
    assert is_no_content(name, at_top=False, is_file=False)


@pytest.mark.parametrize("name", ["4913", "sedaB3_9z", "a.md.swo", "a.md.swx", "a.md___jb_tmp___"])
def test_what_editors_write_for_a_moment_are_files(name: str) -> None:
    assert is_no_content(name, at_top=True, is_file=True)
    assert not is_no_content(name, at_top=True, is_file=False)


@pytest.mark.parametrize("name", ["a.md", "4914", "#1.cast", "sed.md", "notes.gitignore", "tmp", "_index.md"])
def test_files_of_a_site_are_content(name: str) -> None:
    assert not is_no_content(name, at_top=True, is_file=True)


def test_what_tells_of_the_folder_is_no_content_at_its_top() -> None:
    assert [is_no_content("README.md", at_top=at_top, is_file=True) for at_top in (True, False)] == [True, False]


def test_of_static_files_only_hidden_ones_are_passed_over() -> None:
    for name in ("4913", "x.part", "a~", "_headers", "sediments"):
        assert not is_no_static(name, at_top=True)
    assert is_no_static(".env", at_top=True)
    assert [is_no_static(".well-known", at_top=at_top) for at_top in (True, False)] == [False, True]
