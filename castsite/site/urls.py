"""Addresses: slugs, the names no page may have, which paths are the same file somewhere, and links between paths.

An output path is relative, `/`-separated and made of slugs and fixed names; `index.html` is the page of its folder.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple
from urllib.parse import quote as percent_encode

from msgspec import Struct

from castsite.errors import Place, Problem, Severity, quote, quote_path
from castsite.limits import Limits, moved_by
from castsite.regex import regex

RESERVED_FIRST: Final = frozenset({"assets", "embed", "search", "stats", "tags", "series", "authors", "404"})
"""First segments that castsite itself uses."""

RESERVED_FOR: Final = {"wsh": frozenset({"recordings"}), "rexec": frozenset({"api", "r"})}
"""First segments that are reserved while the configuration asks for that output."""

RESERVED_ANYWHERE: Final = frozenset({"index", "feed", "page"})
"""`x/feed.cast` would need the section's `x/feed.json`, `x/page/` is where `x/page/2/` goes."""

DEFAULT_LIMITS: Final = Limits()

SLUG_LENGTH: Final = DEFAULT_LIMITS.slug_segment
"""Characters of one segment, unless the configuration says otherwise."""

_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{n}" for port in ("com", "lpt") for n in "123456789¹²³"}
)
_SLUG: Final = regex(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FORMER: Final = regex(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?")
_NO_SLUG: Final = regex(r"[^a-z0-9]+")
# what Unicode does not decompose; a letter missing here becomes a hyphen, and addresses are for ever
_FOLDED: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)
_FORBIDDEN: Final = regex(r'[\x00-\x1f\x7f<>:"|?*\\]')
# what nearly all paths are, told at once: the rest of the rules need not be tried
_ORDINARY: Final = regex(
    r"(?!(?:.*/)?(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:[./]|$))[a-z0-9_-]+(?:[./][a-z0-9_-]+)*", re.ASCII
)
_URL_SAFE: Final = "/-._~!$&()*+,;=@"
_ENCODED: Final = regex(rf"[A-Za-z0-9{re.escape(_URL_SAFE)}]+")


class SlugRules(Struct, frozen=True):
    """What the site's configuration decides about slugs."""

    reserved_first: frozenset[str] = RESERVED_FIRST
    """segments no item may have where they are the first of its address"""
    length: int = SLUG_LENGTH
    """characters of one segment"""

    def reserves(self, slug: str, *, first: bool) -> bool:
        """Whether an item may not have this segment."""
        return slug in RESERVED_ANYWHERE or slug in _DEVICES or (first and slug in self.reserved_first)


DEFAULT_RULES: Final = SlugRules()


def slugify(text: str, *, source: str, length: int = SLUG_LENGTH) -> str:
    """Make one segment of an address out of `text`: `[a-z0-9]+(-[a-z0-9]+)*`, at most `length` characters.

    Where nothing of the text is left (a name in another script), the address is `r-` and 8 hexadecimal digits of the
    SHA-256 of `source`, the path or the name it stands for.
    """
    folded = text.lower()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text)
        folded = "".join(char for char in plain if not unicodedata.combining(char)).lower().translate(_FOLDED)
    slug = _NO_SLUG.sub("-", folded).strip("-")[:length].rstrip("-")
    return slug or f"r-{name_digest(source)}"


def check_slug(text: str, *, source: str, length: int = SLUG_LENGTH) -> str | None:
    """Compare with the form of a slug: None when it has it, else the slug to suggest."""
    if _SLUG.fullmatch(text) and len(text) <= length:
        return None
    return slugify(text, source=source, length=length)


def generated_slug(
    name: str, *, source: str, first: bool, rules: SlugRules = DEFAULT_RULES
) -> tuple[str, Problem | None]:
    """Make a segment from a file's, folder's or tag's name; a reserved one gets `-1` and a warning at `source`."""
    slug = slugify(name, source=source, length=rules.length)
    if not rules.reserves(slug, first=first):
        return slug, None
    text = f"{quote(slug)} is reserved; published as {quote(slug + '-1')} (choose another with slug:)"
    return f"{slug}-1", Problem(Severity.WARNING, Place(source), "slug-reserved", text)


def chosen_slug(
    text: str, *, place: Place, first: bool, rules: SlugRules = DEFAULT_RULES
) -> tuple[str, Problem | None]:
    """Check a segment that somebody wrote as `slug:`; with an error the slug that comes back is a suggestion."""
    suggested = check_slug(text, source=place.path, length=rules.length)
    if suggested is not None:
        rule = f"letters a-z, digits and single hyphens, at most {rules.length} characters"
        told = f"{quote(text)} is not a slug ({rule}); try {quote(suggested, SLUG_LENGTH)}"
        return suggested, Problem(Severity.ERROR, place, "slug-invalid", told)
    if rules.reserves(text, first=first):
        told = f"{quote(text)} is reserved; try {quote(text + '-1')}"
        return f"{text}-1", Problem(Severity.ERROR, place, "slug-reserved", told)
    return text, None


def unlisted_slug(path: str, key: str) -> str:
    """Give the address nobody can guess for the item at `path`: 160 bits of HMAC-SHA-256 under the site's key."""
    message = b"castsite unlisted address\0" + unicodedata.normalize("NFC", path).encode("utf-8", "surrogatepass")
    return b32encode(hmac.digest(key.encode(), message, "sha256")[:20]).decode().lower()


def private_slug(path: str, key: str) -> str:
    """Give the address of the private item at `path`, in the same way: it is not the one it has while unlisted."""
    return unlisted_slug(f"private\0{path}", key)


def alias_path(text: str) -> str | None:
    """Give the output path for a former address such as `/old/name/` or `/2019/post.html`; None when it is none.

    Only letters, digits and `.`, `_`, `-` inside a segment pass, which leaves no room for `//`, schemes, `..`, queries
    and line ends.
    """
    address = text.removeprefix("/").removesuffix("/")
    if not text.startswith("/") or not all(_FORMER.fullmatch(segment) for segment in address.split("/")):
        return None
    path = address if address.endswith(".html") else f"{address}/index.html"
    return None if path_fault(path) else path


def path_fault(path: str, limits: Limits = DEFAULT_LIMITS) -> str | None:
    """Say why an output path cannot be published on every system; None when it can."""
    if len(path) <= min(limits.path_segment, limits.path) and _ORDINARY.fullmatch(path):
        return None
    if (size := len(path.encode("utf-8", "surrogatepass"))) > limits.path:
        return f"is {size} bytes long, at most {limits.path} are possible {moved_by('path')}"
    return next(filter(None, (_segment_fault(segment, limits.path_segment) for segment in path.split("/"))), None)


def collision_key(path: str) -> str:
    """Give what two paths share that are one file on some system: case, composed and decomposed letters, final dots.

    `NFC(NFKC(path).casefold())`, then trailing dots and spaces of each segment removed.
    """
    if path.isascii():
        return _strip_segments(path.lower())
    folded = unicodedata.normalize("NFKC", path).casefold()
    return _strip_segments(unicodedata.normalize("NFC", folded))


NOWHERE: Final[Mapping[str, Place]] = {}

OURS: Final = ""
"""Who owns what castsite makes of no source: first of all, since it sorts before every path."""


class Claim(NamedTuple):
    """A path somebody wants. An `alias` gives way to everything else, and falls alone."""

    path: str
    owner: str
    """path of the source, which also decides who was first"""
    alias: bool = False


class Clash(Struct, frozen=True):
    """A claim that lost: another owner has that path, a folder of that name, or a file where a folder is needed."""

    lost: Claim
    to: Claim


def clashes(claims: Iterable[Claim]) -> tuple[Clash, ...]:
    """Find who cannot have what they claim, the same on every system.

    Owners are served in their sorted order, aliases after all. An owner that loses one path gets none, so that there
    is never a page without its recording; an alias that is lost costs only the alias.
    """
    claimed = tuple(claims)
    if are_apart([claim.path for claim in claimed]):
        return ()
    table = _Table({}, {})
    return tuple(clash for group in _groups(claimed) for clash in table.take(group))


def are_apart(paths: Sequence[str]) -> bool:
    """Whether nobody claims what somebody else has, as on nearly every site: told without looking at who claims it."""
    files = set(map(collision_key, paths))
    return len(files) == len(paths) and files.isdisjoint(folders_above(files))


def clash_problems(found: Iterable[Clash], places: Mapping[str, Place] = NOWHERE) -> tuple[Problem, ...]:
    """One error for each pair of owners, naming both, at the one that lost.

    `places`: owner → where its former addresses are written.
    """
    pairs: dict[tuple[str, str, bool], list[Clash]] = {}
    for clash in found:
        pairs.setdefault((clash.lost.owner, clash.to.owner, clash.lost.alias), []).append(clash)
    return tuple(_clash_problem(together, places) for together in pairs.values())


def parents(path: str) -> Iterator[str]:
    """Give the folders above a relative path, the nearest first."""
    while (cut := path.rfind("/")) > 0:
        path = path[:cut]
        yield path


def folders_above(paths: Iterable[str]) -> set[str]:
    """Give all folders above relative paths."""
    found: set[str] = set()
    for path in paths:
        parent = path.rpartition("/")[0]
        while parent and parent not in found:
            found.add(parent)
            parent = parent.rpartition("/")[0]
    return found


def relative(source: str, target: str) -> str:
    """Give the link from one output path to another, percent-encoded: folders end in `/`, a page to itself is `./`.

    An empty link would repeat the page's query, and `index.html` is never named.
    """
    here, index = _folders(source), target == "index.html" or target.endswith("/index.html")
    if not (here and target.startswith(f"{here[0]}/")):  # nothing in common: most links of most pages
        return _encoded("../" * len(here) + (target[: -len("index.html")] if index else target))
    there = target.split("/")
    if index:
        there[-1] = ""
    common = _common(here, there[:-1])
    return _encoded("../" * (len(here) - common) + "/".join(there[common:]))


def _encoded(link: str) -> str:
    return link if _ENCODED.fullmatch(link) else percent_encode(link, safe=_URL_SAFE) or "./"


def absolute(base_url: str, path: str) -> str:
    """Give the address of an output path below the site's own, percent-encoded; a folder's page ends in `/`."""
    return base_url + relative("index.html", path).removeprefix("./")


class _Table(Struct, frozen=True):
    """Who has which file, and who was first to need which folder, by collision key."""

    files: dict[str, Claim]
    folders: dict[str, Claim]

    def take(self, claimed: list[Claim]) -> list[Clash]:
        """Give one owner all of its paths, or none and the reasons."""
        files: list[str] = []
        folders: list[str] = []
        found: list[Clash] = []
        for claim in claimed:
            key = collision_key(claim.path)
            if winner := self._holder(key):
                found.append(Clash(claim, winner))
                continue
            self.files[key] = claim
            files.append(key)
            for parent in parents(key):
                if parent in self.folders:
                    break
                self.folders[parent] = claim
                folders.append(parent)
        if found:
            for key in files:
                del self.files[key]
            for parent in folders:
                del self.folders[parent]
        return found

    def _holder(self, key: str) -> Claim | None:
        """Who stands in the way of a file: itself published, a folder, or a file where a folder is needed."""
        if key in self.files or key in self.folders:
            return self.files.get(key) or self.folders[key]
        if key.rpartition("/")[0] in self.folders:  # then nothing above it is a file
            return None
        return next((self.files[parent] for parent in parents(key) if parent in self.files), None)


def _groups(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    ordered = sorted(
        claims, key=lambda claim: (claim.alias, unicodedata.normalize("NFC", claim.owner), claim.owner, claim)
    )
    for _, claimed in groupby(ordered, key=lambda claim: (claim.alias, claim.owner, claim.path if claim.alias else "")):
        yield list(claimed)


def _clash_problem(together: list[Clash], places: Mapping[str, Place]) -> Problem:
    lost, to = together[0].lost, together[0].to
    beside = "" if lost.path == to.path else f", which cannot stand beside {quote_path(lost.path)} on every system"
    what = "the alias " if lost.alias else ""
    own = to.owner == OURS
    winner = "castsite itself writes it" if own else f"{quote_path(to.owner)} is published as {quote_path(to.path)}"
    text = f"{what}{quote_path(lost.path)} is taken: {winner}{beside}"
    other = "rename it, or give it" if own else "rename one of them, or give one"
    cure = "remove the alias" if lost.alias else f"{other} another slug in its front matter"
    place = places.get(lost.owner) if lost.alias else None
    return Problem(Severity.ERROR, place or Place(lost.owner), "path-taken", f"{text}; {cure}", len(together))


def _segment_fault(segment: str, limit: int) -> str | None:
    if segment in {"", ".", ".."}:
        return "has an empty, `.` or `..` segment"
    if found := _FORBIDDEN.search(segment):
        return f"contains {quote(found[0])}, which no file name may contain on Windows"
    if segment[-1] in ". ":
        return f"has a segment that ends in a dot or a space: {quote(segment)}"
    if segment.partition(".")[0].rstrip(" ").casefold() in _DEVICES:
        return f"has the name of a Windows device: {quote(segment)}"
    try:
        size = len(segment.encode())
    except UnicodeEncodeError:
        return f"is not UTF-8: {quote(segment)}"
    most = f"{limit} are possible {moved_by('path_segment')}"
    return f"has a segment of {size} bytes, at most {most}" if size > limit else None


def _strip_segments(path: str) -> str:
    if "./" not in path and " /" not in path and not path.endswith((".", " ")):
        return path
    return "/".join(segment.rstrip(". ") for segment in path.split("/"))


@lru_cache(maxsize=64)
def _folders(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")[:-1])


def _common(left: tuple[str, ...], right: list[str]) -> int:
    """Count the folders two paths begin with together."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def name_digest(text: str) -> str:
    """Give eight hexadecimal digits that stand for a name where its letters cannot."""
    digest = hashlib.sha256(unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")).hexdigest()
    return digest[:8]
