"""A gallery in a real browser. A test fails on any error of the page, its console, its requests, or its policy."""

from __future__ import annotations

import base64
import mimetypes
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import gallery
import kinds
import pytest
from gallery import TOUR, analysis, day, in_series, line, page, recording, site
from playwright.sync_api import Browser, BrowserContext, Page, Request

from castsite.analysis.model import Analysis, Captions, Cue
from castsite.config import SiteConfig
from castsite.limits import SECOND
from castsite.render.captions import captions_file, captions_path
from castsite.render.drop_in import component, drop_in
from castsite.render.headers import rules
from castsite.render.images.palette import PALETTES
from castsite.render.images.svg import draw, poster_file
from castsite.render.private import Locked
from castsite.render.snippets import shared
from castsite.schema.values import Link
from castsite.site.addresses import COMPONENT
from castsite.site.exports import export_path
from castsite.site.model import Meta, Site

SUB = "/sub/path/"
"""Where the same site is served a second time."""

LONG = analysis(*(line(1 + at / 20, f"line {at}") for at in range(200)), seconds=12, cols=120, rows=30)
RESIZED = analysis(line(1, "before"), line(3, "after"), resized=True, seconds=5)

MANY = "So many words that a narrow window has to break them into line after line after line. " * 2
SAID = ((0, 2), (2, 4), (4, 5))
SPOKEN = {"en": ("First <make>", "then test", MANY.strip()), "de": ("Erst bauen", "dann prüfen", "Ende")}
TOLD = analysis(
    line(1, "$ make"),
    line(3, "done"),
    seconds=6,
    captions=tuple(
        Captions(
            language,
            tuple(Cue(start * SECOND, end * SECOND, text) for (start, end), text in zip(SAID, texts, strict=True)),
        )
        for language, texts in SPOKEN.items()
    ),
)

PLAIN = analysis(line(1, "one"), line(6, "two"), seconds=12)

ANALYSES: Mapping[str, Analysis] = {
    "demo/tour": TOUR,
    "demo/long": LONG,
    "demo/resized": RESIZED,
    "demo/told": TOLD,
    "demo/late": PLAIN,
}
ABOUT = """\
Words and `code`.

```python
print(1)  # a comment that is longer than what it is about, and than the page is wide: somebody has to scroll
```

| a | b |
|---|---|
| 1 | 2 |

![How it is built](demo/tour.cast){start=3 speed=2}
"""
EXPORTS = {
    "gif": base64.b64decode("R0lGODlhAwACAIAAAP8AAP///ywAAAAAAwACAAACAkRUADs="),
    "html": b"<!doctype html><title>Tour</title>",
}
"""Stand-ins, by kind; the picture is 3 pixels wide."""
DRIVERS = ("random", "clock", "ws", "benchmark")


def _site(theme: str = "default", language: str = "en") -> dict[str, bytes]:
    series = [in_series("A first tour", number) for number in (1, 2)]
    tour = Meta(series=series[0].series, description="Build it, then *test* it.", tags=("make", "tests"))
    of = site(
        recording(
            "demo/tour",
            TOUR,
            meta=tour,
            date=day("2026-03-14"),
            body="Look at `make`.\n\n## Why\n\nBecause.",
            exports=("gif", "light.svg", "html"),
        ),
        recording("demo/long", LONG, meta=series[1], date=day("2026-02-01")),
        recording("demo/resized", RESIZED, exports=("light.svg",)),
        recording("demo/told", TOLD),
        recording("demo/late", PLAIN, options=(("startAt", 4.0),)),
        recording("demo/dracula", options=(("theme", "dracula"),)),
        recording("solo/only"),
        recording("alone", date=day("2026-01-01"), options=(("autoPlay", True),)),
        *map(recording, DRIVERS),
        page("about", ABOUT),
        config=SiteConfig(
            title="Scrollback",
            description="Terminal work, kept to the second",
            language=language,
            navigation=(Link("Recordings", "/"), Link("About", "/about/")),
        ),
    )
    files = _files(of, ANALYSES, theme)
    resize = '[2.0, "r", "100x30"]\n'
    files["demo/resized.cast"] = files["demo/resized.cast"].replace(b'[3.0, "o"', resize.encode() + b'[3.0, "o"')
    return files


def _files(of: Site, analyses: Mapping[str, Analysis], theme: str, private: Sequence[Locked] = ()) -> dict[str, bytes]:
    """All pages of a site and the files of its recordings."""
    files = {
        artifact.path: artifact.body() for artifact in gallery.artifacts(of, analyses, theme=theme, private=private)
    }
    for one in of.recordings:
        known = analyses.get(one.slug, gallery.SMALL)
        files[f"{one.slug}.cast"] = gallery.cast_file(known).encode()
        files[f"{one.slug}.svg"] = poster_file(draw(known.poster), PALETTES["asciinema"], title=one.title).encode()
        if "light.svg" in one.exports:
            light = PALETTES["solarized-light"]
            files[f"{one.slug}.light.svg"] = poster_file(draw(known.poster), light, title=one.title).encode()
        files |= {export_path(one.slug, kind): body for kind, body in EXPORTS.items() if kind in one.exports}
        files[f"{one.slug}.js"] = drop_in(shared(one, None))
        for track in known.captions:
            files[captions_path(one.slug, track.language)] = captions_file(track)
        files[f"{one.slug}.txt"] = "".join(f"{found.text}\n" for found in known.lines).encode()
    files[COMPONENT] = component()
    return files


@dataclass
class Server:
    """A site over HTTP, at the root and under `SUB`, with the headers of a careful host."""

    files: dict[str, bytes]
    origin: str = ""
    halts: dict[str, tuple[bytes, threading.Event]] = field(default_factory=dict)
    """What the network brings of a file at first, up to these bytes, until the event."""

    def url(self, path: str, *, sub: bool = False) -> str:
        return self.origin + (SUB if sub else "/") + path


def _headers(path: str, own_frames: tuple[str, ...]) -> dict[str, str]:
    """Headers that `_headers` asks for where it is read, but for one: tests look into the clipboard."""
    joined: dict[str, str] = {}
    for rule in rules(own_frames):
        for name, value in rule.headers if fnmatchcase(path, rule.path) else ():
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
    joined.pop("Permissions-Policy", None)
    return joined


@contextmanager
def served(files: dict[str, bytes], *, careful: bool = True, own_frames: tuple[str, ...] = ()) -> Iterator[Server]:
    """Serve files; a host that is not `careful` sends no header of ours."""
    serving = Server(files)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            name = path.removeprefix(SUB) if path.startswith(SUB) else path.removeprefix("/")
            name = f"{name}index.html" if name.endswith("/") or not name else name
            body = files.get(name)
            part = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            headers = {"Content-Type": mimetypes.guess_type(name)[0] or "application/octet-stream"}
            if body is not None and part:  # what is heard is wound by them
                first, last = int(part[1]), int(part[2] or len(body) - 1)
                headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
                body = body[first : last + 1]
            self.send_response(404 if body is None else 206 if part else 200)
            if body is not None:
                headers |= {"Accept-Ranges": "bytes", "Content-Length": str(len(body))}
            for header, value in (headers | (_headers(f"/{name}", own_frames) if careful else {})).items():
                self.send_header(header, value)
            self.end_headers()
            body = body if body is not None else files.get("404.html", b"")
            if halt := serving.halts.get(name):
                before, at, body = body.partition(halt[0])
                self.wfile.write(before + at)
                halt[1].wait(20)
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Http(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A browser that goes on to another page hangs up."""

    with Http(("127.0.0.1", 0), Handler) as http:
        serving.origin = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield serving
        http.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def serve() -> Callable[[dict[str, bytes]], AbstractContextManager[Server]]:
    """Serves files that a test brings along."""
    return served


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with served(_site()) as serving:
        yield serving


@pytest.fixture(scope="session")
def paper_server() -> Iterator[Server]:
    """The same site in the paper theme."""
    with served(_site("paper")) as serving:
        yield serving


@pytest.fixture(scope="session")
def german_server() -> Iterator[Server]:
    """The same site in German."""
    with served(_site(language="de")) as serving:
        yield serving


@pytest.fixture(scope="session")
def arabic_servers() -> Iterator[dict[str, Server]]:
    """The same site in a language that is written from right to left, by theme."""
    with ExitStack() as stack:
        yield {theme: stack.enter_context(served(_site(theme, "ar"))) for theme in kinds.THEMES}


@pytest.fixture(scope="session")
def servers_of_kinds() -> Iterator[dict[str, Server]]:
    """The site that has a page of every kind, by theme; that of a former address stands also where it stays."""
    with ExitStack() as stack:
        serving = {}
        for theme in kinds.THEMES:
            files = _files(kinds.every_kind(), kinds.ANALYSES, theme, [kinds.PRIVATE])
            files[kinds.ALIAS_THAT_STAYS] = files[kinds.ALIAS].replace(b"data-to", b"data-not-to")
            serving[theme] = stack.enter_context(served(files))
        yield serving


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Server]:
    """Another site; tests put their pages into its `files`."""
    with served({"favicon.ico": b""}, careful=False) as serving:
        yield serving


@dataclass
class Watched:
    """A page and what went wrong on it. `meant` holds beginnings of faults that a test causes on purpose."""

    page: Page
    origin: str
    faults: list[str] = field(default_factory=list)
    meant: list[str] = field(default_factory=list)
    also: tuple[str, ...] = ()
    """other origins that the page may ask"""
    requests: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on(
            "console", lambda told: self.faults.append(f"console: {told.text}") if told.type == "error" else None
        )
        self.page.on("requestfailed", self._failed)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _failed(self, request: Request) -> None:
        """Remember a request that failed; one that a test left behind by going on to another page did not."""
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} {request.failure}")

    def check(self) -> None:
        unmeant = [fault for fault in self.faults if not fault.startswith(tuple(self.meant) or ("\0",))]
        assert unmeant == []
        assert [url for url in self.requests if not url.startswith((self.origin, "data:", *self.also))] == []


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Watched]]:
    """Opens pages: `visit("demo/tour/")`; keyword arguments are those of a browser context."""
    opened: list[tuple[BrowserContext, Watched]] = []

    def open_page(path: str, *, sub: bool = False, **options: object) -> Watched:
        context = browser.new_context(**options)  # type: ignore[arg-type] # passed through
        context.set_default_timeout(10_000)
        watched = Watched(context.new_page(), server.origin)
        opened.append((context, watched))
        watched.watch()
        watched.page.goto(server.url(path, sub=sub))
        return watched

    yield open_page
    for context, watched in opened:
        context.close()
        watched.check()
