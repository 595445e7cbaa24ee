"""Scripts for other people's pages: `SLUG.js`, with asciinema.org's attributes, and the web component of the site.

Their sources are in `scripts/`. They are classic scripts that need nothing else, under names that never change.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from castsite.render.assets import without_remarks
from castsite.render.encode import json_island
from castsite.render.snippets import Shared
from castsite.site.urls import relative

_DROP_IN = "drop-in.js"
_SOURCES = Path(__file__).parent / "scripts"


def drop_in(of: Shared, path: str = "") -> bytes:
    """Write the script that puts a recording's frame where its own `<script>` stands, under any path of any host.

    `path` is its output path, where that is not the ordinary one.
    """
    script = path or of.script
    facts = {
        "embed": relative(script, f"{of.frame}index.html"),
        "script": script.rpartition("/")[2],
        "title": of.title,
        "ratio": of.ratio,
        "id": of.slug.replace("/", "-"),
    }
    return _wrapped(f"const RECORDING = {json_island(facts)};\n{_source(_DROP_IN)}")


def component() -> bytes:
    """Write the script that defines `<castsite-player>` for all recordings of the site."""
    return _wrapped(_source("component.js"))


@cache
def version() -> str:
    """Give a digest of the sources of `drop_in`."""
    return hashlib.sha256(_source(_DROP_IN).encode()).hexdigest()


def _wrapped(script: str) -> bytes:
    """Keep names out of the page that the script is used in."""
    return f'(() => {{\n"use strict";\n{script}}})();\n'.encode()


@cache
def _source(name: str) -> str:
    parts = ((_SOURCES / part).read_text(encoding="utf-8") for part in ("frame.js", name))
    return "".join(line for line in without_remarks("".join(parts)).splitlines(keepends=True) if line.strip())
