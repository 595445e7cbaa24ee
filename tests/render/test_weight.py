"""How much a gallery weighs, compressed as hosts send it: 20 recordings, a series and the newest one large."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Mapping
from functools import cache

import gallery
import pytest
from gallery import analysis, command, day, in_series, line, recording, site
from searching import search_page

from castsite.config import SiteConfig

KIB = 1024
WORDS = (
    "kubectl apply pod created running error npm install build test passed node cluster list status 0.42s ./src --all"
)

SEARCHING = {
    "search", "reader", "answers", "found", "tally", "terms", "spans", "catalogue", "score", "near", "shard", "bounds",
}  # fmt: skip
"""Scripts of the page that searches everything."""

LIMITS = {
    "default": {"html": 40 * KIB, "js": 4 * KIB, "css": 12 * KIB, "woff2": 60 * KIB},
    "paper": {"html": 10 * KIB, "js": 4 * KIB, "css": 12 * KIB, "woff2": 30 * KIB},
}


@cache
def sizes(theme: str) -> dict[str, int]:
    """Bytes by kind of file that the home page makes a browser fetch at once."""
    rng = random.Random(1)  # noqa: S311 - text to be drawn
    analyses, recordings = {}, []
    for at in range(20):
        rows = [" ".join(rng.choices(WORDS.split(), k=rng.randint(1, 12)))[:86] for _ in range(24)]
        commands = [command(row * 2, text) for row, text in enumerate(rows[:9])]
        of = analysis(*map(line, range(24), rows), commands=commands, seconds=rng.randint(30, 120), cols=86)
        slug = f"{('kubernetes', 'tools', 'databases')[at % 3]}/recording-{at}"
        skyline = "".join(str(min(8, int(rng.expovariate(0.5)))) for _ in range(96))
        meta = in_series("A cluster without nodes", at) if at < 5 else None
        date = day(f"2026-02-{at + 1:02}")
        analyses[slug] = of
        recordings.append(recording(slug, of, meta=meta, date=date, summary=gallery.summary(of, trace=skyline)))
    of_site = site(*recordings, config=SiteConfig(title="Scrollback", description="Terminal work, kept to the second"))
    made = {artifact.path: artifact.body() for artifact in gallery.artifacts(of_site, analyses, theme=theme)}
    home = made["index.html"].decode()
    found = {"html": len(gzip.compress(made["index.html"]))}
    names = {"js": ("early", "site", "gallery"), "css": ("site", "gallery", "strip", "looks"), "woff2": ("",)}
    for kind, wanted in names.items():
        files = [path for path in made if path.endswith(f".{kind}") and path in home]
        assert {_stem(path) for path in files} >= set(wanted) - {""}
        files = _with_imports(files, made) if kind == "js" else files
        found[kind] = sum(len(made[path] if kind == "woff2" else gzip.compress(made[path])) for path in files)
    return found


def _with_imports(scripts: list[str], made: Mapping[str, bytes]) -> list[str]:
    """Add what modules import at once, and what that imports."""
    found = list(dict.fromkeys(scripts))
    for path in found:
        for name in re.findall(r'^import (?:[^"]* from )?"\./([^"]+)"', made[path].decode(), re.MULTILINE):
            if (imported := f"assets/js/{name}") not in found:
                found.append(imported)
    return found


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


@pytest.mark.parametrize("kind", LIMITS["default"])
@pytest.mark.parametrize("theme", LIMITS)
def test_a_gallery_is_no_heavier_than(theme: str, kind: str) -> None:
    assert 0 < sizes(theme)[kind] <= LIMITS[theme][kind], sizes(theme)


@pytest.mark.parametrize("theme", LIMITS)
def test_a_home_page_of_300_recordings_is_no_heavier_than_one_of_20(theme: str) -> None:
    of_site = site(*(recording(f"demo/recording-{at}", date=day("2026-02-01")) for at in range(300)))
    (home,) = [one.body() for one in gallery.artifacts(of_site, theme=theme) if one.path == "index.html"]
    assert len(gzip.compress(home)) <= LIMITS[theme]["html"]


@pytest.mark.parametrize("theme", LIMITS)
def test_the_page_of_a_recording_is_no_heavier_than(theme: str) -> None:
    of = analysis(*(line(at / 10, f"{at}: {WORDS[at % 40 : at % 40 + 60]}") for at in range(500)), seconds=60)
    made = {one.path: one.body() for one in gallery.artifacts(site(recording("a", of)), {"a": of}, theme=theme)}
    page = made["a/index.html"]
    assert len(gzip.compress(page)) <= 30 * KIB
    sheets = re.findall(r'<link rel="stylesheet" href="\.\./([^"]+)"', page.decode())
    assert 0 < sum(len(gzip.compress(made[path])) for path in sheets) <= 12 * KIB


@pytest.mark.parametrize("theme", LIMITS)
def test_the_scripts_of_a_recording_are_no_heavier_than(theme: str) -> None:
    made = {artifact.path: artifact.body() for artifact in gallery.artifacts(site(recording("demo/tour")), theme=theme)}
    page = made["demo/tour/index.html"].decode()
    scripts = {path: len(gzip.compress(body, 9)) for path, body in made.items() if path.startswith("assets/js/")}
    at_once = _with_imports([path for path in scripts if path in page], made)
    assert {_stem(path) for path in at_once} > {"early", "site", "recording", "transport", "inside"}
    assert sum(scripts[path] for path in at_once) <= 8_000
    others = {"gallery", "embed", "lost", "moved", "unlock", "segments", *SEARCHING}  # of other pages, or large ones
    assert sum(size for path, size in scripts.items() if path not in at_once and _stem(path) not in others) <= 25 * KIB


@pytest.mark.parametrize("theme", LIMITS)
def test_the_page_that_searches_is_no_heavier_than(theme: str) -> None:
    made = search_page(site(recording("a")), theme=theme)
    page = made["search/index.html"].decode()
    assert len(gzip.compress(made["search/index.html"])) <= 8 * KIB
    named = [path for path in made if path.endswith((".js", ".css")) and f"../{path}" in page]
    scripts = _with_imports([path for path in named if path.endswith(".js")], made)
    assert {_stem(path) for path in scripts} == {"early", "site", "search", "remembered", "typing", "words"}
    assert sum(len(gzip.compress(made[path], 9)) for path in scripts) <= 6 * KIB
    assert sum(len(gzip.compress(made[path])) for path in named if path.endswith(".css")) <= 12 * KIB
