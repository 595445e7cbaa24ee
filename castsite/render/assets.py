"""Style sheets, scripts, typefaces and the player, published under names that hold a digest of their bytes.

Such a name never changes its content, so it may be kept for ever by every cache. What a style sheet or a module refers
to is renamed before it: `url()` and `@import` in CSS, `import` and `export … from` in ES modules. Comments on lines of
their own are a quarter of the weight of a theme's scripts, comments and indentation a tenth of its style sheets: they
are left out, and lines keep their numbers.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from castsite.artifact import Artifact, Order
from castsite.errors import ConfigError, Place, Problem, Severity, quote
from castsite.regex import regex
from castsite.schema.nearest import did_you_mean

FOLDER = "assets"
SHIPPED = Path(__file__).parent.parent / "_assets"
"""The player and the typefaces, put there when castsite was built or installed."""

_PUBLISHED = ("player", "fonts")
"""What of it is published."""

PLAYER_SCRIPT = "player/asciinema-player.min.js"
PLAYER_STYLE = "player/asciinema-player.css"

_DIGITS = 10  # of the digest, in a name

# comments come first, so that nothing inside one is taken for a reference
_IN_CSS = regex(
    r"""(?P<last>[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*$) | /\*.*?\*/
      | url\(\s*(?P<q>["']?)(?P<url>[^"')]+?)(?P=q)\s*\)
      | @import\s+(?P<r>["'])(?P<sheet>[^"']+)(?P=r)
      | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*'
      | ^[ \t]+""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_IN_MODULE = regex(
    r"""//[^\n]* | /\*.*?\*/
      | (?:\bfrom\s*|\bimport\s*\(?\s*)(?P<q>["'])(?P<module>\.{1,2}/[^"'\n]+)(?P=q)
      | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*`""",
    re.DOTALL | re.VERBOSE,
)
_SCRIPTS, _STYLES = "js/", "css/"  # what others wrote lies elsewhere, and is published as it is
_RELATIVE = regex(r"""["']\.{1,2}/""")  # how every reference of a module begins; the player, of 185 KB, has none
_RIGHTS = regex(r"^/\*!|@preserve|licen[cs]e|copyright|©", re.IGNORECASE)
_ELSEWHERE = regex(r"[a-z][a-z0-9+.-]*:|//|/|#", re.IGNORECASE)


class Asset(Struct, frozen=True):
    """One published asset: the name it is asked for by, its output path, its final bytes, the file it was made from."""

    name: str
    path: str
    body: bytes
    source: str

    @property
    def integrity(self) -> str:
        """Value of the `integrity` attribute."""
        return _integrity(self.body)


@lru_cache(maxsize=8)  # every page with a player asks for the same two
def _integrity(body: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode("ascii")


class Assets(Struct, frozen=True):
    """All assets of a site, by name, and what was found wrong with them."""

    files: tuple[Asset, ...]
    problems: tuple[Problem, ...]

    def find(self, name: str) -> Asset:
        """Give the asset of this name. Raises ConfigError with a near name: a template or a theme asked for it."""
        for asset in self.files:
            if asset.name == name:
                return asset
        hint = did_you_mean(name, [asset.name for asset in self.files])
        raise ConfigError(
            Problem(Severity.FATAL, Place(""), "no-such-asset", f"no asset is called {quote(name)}{hint}")
        )

    def path(self, name: str) -> str:
        """Output path of the asset of this name."""
        return self.find(name).path

    def artifacts(self) -> tuple[Artifact, ...]:
        """Give the files to publish."""
        return tuple(
            Artifact(asset.path, Order.ASSET, asset.source, _Giving(asset.body), hashlib.sha256(asset.body).hexdigest())
            for asset in self.files
        )


def shipped_files(folder: Path = SHIPPED) -> dict[str, bytes]:
    """Read the player, the typefaces and their licences. Raises ConfigError where the player is missing."""
    names = sorted(path for name in _PUBLISHED for path in (folder / name).rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in names}
    if PLAYER_SCRIPT not in files or PLAYER_STYLE not in files:
        text = "the player is missing from this installation; install castsite again"
        raise ConfigError(Problem(Severity.FATAL, Place(""), "no-player", text))
    return files


def make_assets(files: Mapping[str, bytes], sources: Mapping[str, str] | None = None) -> Assets:
    """Rename every file, those that others refer to first.

    `files` maps names such as `css/site.css` to bytes; references between them are relative, as on disk. `sources`
    says where a file came from, for messages. Raises ConfigError when files refer to each other in a circle.
    """
    return _made(tuple(sorted(files.items())), tuple(sorted((sources or {}).items())))


@lru_cache(maxsize=4)  # a server has the same ones for every build
def _made(files: tuple[tuple[str, bytes], ...], sources: tuple[tuple[str, str], ...]) -> Assets:
    maker = _Maker(dict(files), dict(sources))
    for name, _ in files:
        maker.make(name, ())
    return Assets(tuple(maker.made[name] for name, _ in files), tuple(maker.problems))


def without_remarks(script: str) -> str:
    """Leave types, and comments on lines of their own, out of a script; its lines keep their numbers."""
    return _IN_MODULE.sub(lambda found: "\n" * found[0].count("\n") if _is_remark(found) else found[0], script)


class _Maker:
    """Assets made so far."""

    def __init__(self, files: Mapping[str, bytes], sources: Mapping[str, str]) -> None:
        self.files = files
        self.sources = sources
        self.made: dict[str, Asset] = {}
        self.problems: list[Problem] = []

    def make(self, name: str, above: tuple[str, ...]) -> Asset:
        """Make an asset and, before it, what it refers to; `above` are those that are waiting for it."""
        if name in self.made:
            return self.made[name]
        if name in above:
            circle = " → ".join((*above[above.index(name) :], name))
            text = f"refers to itself in a circle: {circle}; move what they share into a file of its own"
            raise ConfigError(Problem(Severity.FATAL, self.place(name), "circular-asset", text))
        body = self.rewritten(name, self.files[name], (*above, name))
        self.made[name] = Asset(name, _hashed(name, body), body, self.sources.get(name, name))
        return self.made[name]

    def rewritten(self, name: str, body: bytes, above: tuple[str, ...]) -> bytes:
        pattern = {".css": _IN_CSS, ".js": _IN_MODULE, ".mjs": _IN_MODULE}.get(posixpath.splitext(name)[1])
        if pattern is None:
            return body
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            self.warn(name, 0, "asset-encoding", "is not UTF-8; its references stay as they are")
            return body
        if pattern is _IN_MODULE and not name.startswith(_SCRIPTS) and not _RELATIVE.search(text):
            return body
        return pattern.sub(lambda match: self.reference(match, name, above), text).encode("utf-8")

    def reference(self, match: re.Match[str], name: str, above: tuple[str, ...]) -> str:
        group = next((group for group in ("url", "sheet", "module") if match.groupdict().get(group)), None)
        if group is None and name.startswith(_SCRIPTS) and not name.endswith(".css") and _is_remark(match):
            return "\n" * match[0].count("\n")
        if group is None and name.startswith(_STYLES) and name.endswith(".css") and _is_empty(match[0]):
            return "\n" * match[0].count("\n") or " " * (match[0].endswith("/") and not match["last"])
        if group is None or _ELSEWHERE.match(match[group]):
            return match[0]
        written, suffix = _split_suffix(match[group])
        folder = posixpath.dirname(name)
        target = posixpath.normpath(posixpath.join(folder, written))
        if target not in self.files:
            line = match.string.count("\n", 0, match.start(group)) + 1
            self.warn(name, line, "missing-asset", f"{quote(match[group])} is not among the files of the theme")
            return match[0]
        path = posixpath.relpath(self.make(target, above).path, posixpath.join(FOLDER, folder))
        relative = path if path.startswith(".") or group != "module" else f"./{path}"
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        return match[0][:start] + relative + suffix + match[0][end:]

    def warn(self, name: str, line: int, code: str, text: str) -> None:
        self.problems.append(Problem(Severity.WARNING, self.place(name, line), code, text))

    def place(self, name: str, line: int = 0) -> Place:
        return Place(self.sources.get(name, name), line)


def _is_remark(match: re.Match[str]) -> bool:
    """Whether a token of a script is a type, or a comment by itself that does not say whose the script is."""
    if not match[0].startswith(("//", "/*")) or _RIGHTS.search(match[0]):
        return False
    if match[0].startswith("/** @type {") and match.string[match.end() : match.end() + 1].isspace():
        return True
    start = match.string.rfind("\n", 0, match.start()) + 1
    after = match.string[match.end() : match.end() + 1]
    return not match.string[start : match.start()].strip() and after in {"", "\n", "\r"}


def _is_empty(token: str) -> bool:
    """Whether a token of a style sheet is indentation, or a comment that does not say whose the sheet is."""
    return token.isspace() or (token.lstrip().startswith("/*") and not _RIGHTS.search(token))


def _split_suffix(written: str) -> tuple[str, str]:
    """Part a reference from its query and fragment."""
    end = min((at for at in map(written.find, "?#") if at >= 0), default=len(written))
    return written[:end], written[end:]


def _hashed(name: str, body: bytes) -> str:
    """Output path: `assets/css/site.0123456789.css`; a licence without a suffix becomes a text file."""
    stem, suffix = posixpath.splitext(name)
    return f"{FOLDER}/{stem}.{hashlib.sha256(body).hexdigest()[:_DIGITS]}{suffix or '.txt'}"


class _Giving(Struct, frozen=True):
    """An artifact's body that is known already; unlike a lambda it can travel to another process."""

    body: bytes

    def __call__(self) -> bytes:
        return self.body
