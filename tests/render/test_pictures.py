from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from projects import Project, cast

CANARY = b"canary of the camera"


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\xff\0\0" * width for _ in range(height)))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"tEXt", CANARY) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write({"content/git/a.cast": cast(), "content/git/shot.png": png()})


def test_B19_C11_a_picture_of_a_text_is_published_without_its_metadata(site: Project) -> None:
    site.write({"content/git/a.md": "See ![the screen](shot.png).\n"})
    site.build()
    (name,) = [name for name in site.published() if name.startswith("assets/content/")]
    assert name.startswith("assets/content/shot.")
    assert CANARY not in site.published()[name]
    page = site.page("git/a/index.html")
    assert f'src="../../{name}"' in page
    assert 'width="3"' in page


def test_a_picture_nobody_names_stays_where_it_is(site: Project) -> None:
    site.write({"content/git/a.md": "No picture: `shot.png` is a word.\n"})
    site.build()
    assert not any("shot" in name for name in site.published())


def test_B19_what_is_no_picture_is_refused_and_what_is_missing_warned_of(site: Project) -> None:
    site.write(
        {
            "content/git/x.svg": "<svg onload=alert(1)>",
            "content/git/html.png": "<html>",
            "content/git/a.md": "![a](x.svg) ![b](html.png) ![c](../../etc/passwd) ![d](gone.png)\n",
        }
    )
    done = site.build()
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: content/git/a.md:1")]
    assert len(errors) == 3
    assert any("SVG" in line for line in errors)
    assert "warning: content/git/a.md:1" in done.stderr
    assert "onload" not in site.page("git/a/index.html")
    assert not any(name.startswith("assets/content/") for name in site.published())
