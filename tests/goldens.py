"""Whole sites as text that a person can review: what a build gave, without what every release changes.

A golden site is a folder of `tests/golden/` with its sources. Its `expected/` holds `problems.txt`, what the build
said; `tree.txt`, every output path with a digest of what is there; and in `files/` the texts that `chosen.txt` names.
Digests in the names of assets and the player's `integrity` are marks in all of them. What ships with castsite is
listed in the tree without a digest: another style sheet is no other site.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import shutil
import struct
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from castsite.build import Options, build
from castsite.config import load_config
from castsite.render.cards import HEIGHT, WIDTH

FOLDER = Path(__file__).parent / "golden"
EXPECTED = "expected"
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
GENERATED = frozenset({"assets/css/looks.DIGEST.css", "assets/css/options.DIGEST.css"})
"""Assets that castsite makes for each site."""
UNTOLD = "-" * 16
"""Stands in the tree for the digest of what ships."""

_ASSET = re.compile(rb"\.[0-9a-f]{10}(?=(?:\.min)?\.(?:css|js|svg|txt|woff2)\b)")
_INTEGRITY = re.compile(rb"sha384-[A-Za-z0-9+/]{64}")
_MANIFEST = re.compile(rb"[0-9a-f]{64}")


def made(name: str, folder: Path) -> dict[str, str]:
    """Build a golden site in a folder; give what stands in its `expected/`, by relative path."""
    project = folder / name
    shutil.copytree(FOLDER / name, project, ignore=shutil.ignore_patterns(EXPECTED))
    file = project / "castsite.yml"
    loaded = load_config(file.read_text("utf-8") if file.is_file() else "", environ={})
    done = build(project, loaded.config, Options(now=NOW, jobs=1))
    assert done.report is not None
    public = project / loaded.config.output
    files = {path.relative_to(public).as_posix(): path.read_bytes() for path in public.rglob("*") if path.is_file()}
    texts = {f"files/{path}": shown(files[path]) for path in chosen(name) if path in files}
    told = "".join(f"{problem}\n" for problem in (*loaded.problems, *done.problems))
    return {"problems.txt": told, "tree.txt": tree(files, own_assets(project)), **texts}


def chosen(name: str) -> list[str]:
    """Give the output paths of a golden site that are kept whole, as its `chosen.txt` lists them."""
    return (FOLDER / name / EXPECTED / "chosen.txt").read_text("utf-8").split()


def tree(files: Mapping[str, bytes], own: frozenset[str]) -> str:
    """Write one line for each file."""
    rows = {marked(path.encode()).decode(): marked(body) for path, body in files.items()}
    assert len(rows) == len(files)
    return "".join(f"{_digest(path, rows[path], own)}  {path}\n" for path in sorted(rows))


def own_assets(project: Path) -> frozenset[str]:
    """Name the assets of a site that do not ship: those of its own themes, and those made for it."""
    files = {path.relative_to(project).parts[2:] for path in project.glob("themes/*/**/*") if path.is_file()}
    return GENERATED | {f"assets/{'/'.join(parts).replace('.', '.DIGEST.')}" for parts in files}


def marked(body: bytes) -> bytes:
    """Put marks in the places of what every release changes."""
    body = _MANIFEST.sub(b"DIGEST", body) if body.startswith(b'{"format":1,"salt":') else body
    return _INTEGRITY.sub(b"sha384-DIGEST", _ASSET.sub(b".DIGEST", body))


def shown(body: bytes) -> str:
    return marked(body).decode("utf-8")


def _digest(path: str, body: bytes, own: frozenset[str]) -> str:
    ships = path.startswith("assets/") and path not in own
    return UNTOLD if ships or _is_card(path, body) else hashlib.sha256(body).hexdigest()[:16]


def _is_card(path: str, body: bytes) -> bool:
    """Whether it is a social card: another version of Pillow or zlib may write the same pixels otherwise."""
    return path.endswith(".png") and body[16:24] == struct.pack(">II", WIDTH, HEIGHT)


# ---- on disk


def expected(name: str) -> dict[str, str]:
    """Read what a golden site is expected to become."""
    folder = FOLDER / name / EXPECTED
    paths = (path for path in folder.rglob("*") if path.is_file() and path != folder / "chosen.txt")
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8") for path in paths}


def rewrite(name: str, found: Mapping[str, str]) -> None:
    """Expect what was found."""
    folder = FOLDER / name / EXPECTED
    shutil.rmtree(folder / "files", ignore_errors=True)
    for path, text in found.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Say what has changed, as `diff -u` would."""
    return "".join(line for path in sorted({*before, *after}) for line in _changed(path, before, after))


def _changed(path: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[str]:
    old, new = (side.get(path, "").splitlines(keepends=True) for side in (before, after))
    return difflib.unified_diff(old, new, f"expected/{path}", f"built/{path}", n=0)
