"""Where in the configuration something was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from castsite.site.written import Step, nowhere, where_written

TEXT = """# a comment
theme:
  name: own
  options: {lead: nope, footer: "x"}
navigation:
  - {title: A, url: a/}
  - title: B
    url: " b/ "
secrets: "off"
"""


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        (("theme", "options", "lead"), "4:19"),
        (("theme", "options", "logo"), "4:12"),
        (("navigation", ("url", "a/")), "6:21"),
        (("navigation", ("url", "b/")), "8:10"),
        (("navigation", ("url", "c/")), "6:3"),
        (("secrets", "policy"), "9:10"),
        (("secrets", ("rule", "x")), "9:10"),
        (("nothing", "at", "all"), ""),
    ],
)
def test_the_place_is_that_of_as_many_steps_as_there_are(tmp_path: Path, steps: tuple[Step, ...], place: str) -> None:
    for name in ("castsite.yaml", "castsite.yml"):
        (tmp_path / name).write_text(TEXT)
        assert str(where_written(tmp_path, *steps)) == f"{name}:{place}".rstrip(":")


def test_a_key_has_a_place_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "castsite.yml").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert str(where_written(tmp_path, "theme", "options", "footer", of_key=True)) == "castsite.yml:4:25"


@pytest.mark.parametrize("text", ["", "[a]", "a: [", "x"])
def test_a_file_that_is_none_has_no_places(tmp_path: Path, text: str) -> None:
    assert where_written(tmp_path, "theme") == nowhere("theme")
    (tmp_path / "castsite.yml").write_text(text)
    assert where_written(tmp_path, "theme") == nowhere("theme")
