"""The keys of front matter: what each is read by, and which kinds of item may have it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from castsite.config import CONFIG, EXPORTS, NO_PASSPHRASE, OUTPUTS, OWNER_OUTPUTS
from castsite.errors import Severity, quote
from castsite.schema.addresses import link, person, web_address
from castsite.schema.allowances import OWNER_ONLY, allowances
from castsite.schema.dates import day, expiry
from castsite.schema.edits import commands, cuts, markers, masks, redaction, speed
from castsite.schema.extra import extra
from castsite.schema.lists import list_of
from castsite.schema.numbers import real_above_zero, screen_size, whole
from castsite.schema.paths import PICTURES, content_path
from castsite.schema.player import player
from castsite.schema.reading import Found, Key, Reading, Refusal, Schema, expected, mapping
from castsite.schema.texts import (
    SWITCH,
    flag,
    identifier,
    is_language,
    kind_of,
    line,
    member,
    not_a_language,
    prose,
    scalar,
    word_of,
)
from castsite.schema.times import idle_limit, parse_time, time
from castsite.schema.tree import Fields, Node
from castsite.schema.values import FrameAt, Part, Visibility
from castsite.site.urls import alias_path, check_slug


def _series(node: Node, reading: Reading) -> Part | None:
    if not isinstance(node, Fields):
        name = _NAME(node, reading)
        return Part(name) if name else None
    values = mapping(_SERIES, node, reading, needs=["name"], example="{name: Git basics, part: 2}")
    return Part(values["name"], values.get("part")) if values else None


def _slug(node: Node, reading: Reading) -> str | None:
    """Read an explicit slug; it has to be in its final form already."""
    text = scalar(node, reading)
    if text is None:
        return None
    better = check_slug(text, source=reading.path, length=reading.limits.slug_segment)
    if better is not None:
        reading.error(node.at, f"not usable in a URL; use {quote(better, reading.limits.slug_segment)}")
        return None
    return text


def _alias(node: Node, reading: Reading) -> str | None:
    """Read a former address on this site; given with a slash at both ends, unless it names a file of HTML."""
    text = scalar(node, reading, "an address on this site such as /old/")
    if text is None:
        return None
    if not text.startswith("/"):
        reading.error(node.at, "must start with /")
        return None
    if alias_path(text) is None:
        reading.error(node.at, f"{quote(text)}: between its slashes are letters of English, digits, dots, _ and - only")
        return None
    return text if text.endswith(".html") else text.removesuffix("/") + "/"


def _output(node: Node, reading: Reading) -> str | None:
    name = kind_of(OUTPUTS, "output")(node, reading)
    if name in OWNER_OUTPUTS:
        reading.note(OWNER_ONLY.severity, node.at, OWNER_ONLY.code, f"{quote(name)} {OWNER_ONLY.text}")
        return None
    return name


def _poster(node: Node, reading: Reading) -> int | str | FrameAt | None:
    text = scalar(node, reading, _POSTER)
    if text is None or text == "auto":
        return text
    word, _, at = text.partition(" ")
    if word == "frame":
        moment = parse_time(at.strip()) if at else None
        if at and moment is None:
            reading.error(node.at, expected("frame, or frame with a time such as frame 0:12", node))
            return None
        return FrameAt(moment)
    if not text.strip("0123456789:.+-"):
        return time(node, reading)
    path = _PICTURE(node, reading)
    if path is not None and not path.lower().endswith((*PICTURES, *_REFUSED)):
        reading.error(node.at, expected(_POSTER, node))
        return None
    return path


def _captions(node: Node, reading: Reading) -> tuple[tuple[str, str], ...] | None:
    if not isinstance(node, Fields):
        reading.error(node.at, expected("languages and files such as {en: demo.en.vtt}", node))
        return None
    files: list[tuple[str, str]] = []
    for name, value in node.entries:
        if not is_language(name.value):
            reading.error(name.at, not_a_language(name.value))
        elif any(name.value.lower() == language.lower() for language, _ in files):
            reading.error(name.at, f"{quote(name.value)} is there already; keep one file for each language")
        elif path := _CAPTION(value, reading.under(name.value)):
            files.append((name.value, path))
    return tuple(files)


def _cascade(node: Node, reading: Reading) -> Found | None:
    if isinstance(node, Fields):
        return SCHEMAS["cascade"].read(node, reading)
    reading.error(node.at, expected("defaults such as {tags: [git]}", node))
    return None


_OWN_OUTPUTS: Final = tuple(name for name in OUTPUTS if name not in OWNER_OUTPUTS)
REDACTIONS: Final = 100
"""Texts and patterns that one recording may have masked; each is searched for everywhere."""

_POSTER: Final = "a time, auto, frame or a picture (.png, .jpg, .webp, .avif)"
_NAME: Final = line()
_REFUSED: Final = (".svg", ".gif")
"""Pictures that are not published: what to make of them is said when they are looked at."""
_PICTURE: Final = content_path("cover.png")
_CAPTION: Final = content_path("demo.en.vtt")
_SORTS: Final = ("date", "weight", "title", "duration", "size", "path")
_SERIES: Final = Schema(
    noun="key of series",
    keys=(
        Key("name", _NAME, "text", "Git basics", "The name of the series."),
        Key("part", whole(show=False), "whole number", "2", "The place in it."),
    ),
)

HABITS: Final = {
    "author": "authors",
    "categories": "tags",
    "category": "tags",
    "cover": "poster",
    "desc": "description",
    "expiration": "expires",
    "hidden": "visibility",
    "hide": "visibility",
    "image": "poster",
    "keywords": "tags",
    "lastmod": "updated",
    "listed": "visibility",
    "mask": "mask_region",
    "masks": "mask_region",
    "modified": "updated",
    "order": "weight",
    "permalink": "aliases",
    "private": "visibility",
    "public": "visibility",
    "pubdate": "date",
    "publishDate": "date",
    "published": "draft",
    "redirect_from": "aliases",
    "summary": "description",
    "thumbnail": "poster",
    "trim": "cut",
    "unlisted": "visibility",
    "unpublished": "draft",
    "url": "slug",
    "autoplay": "player.autoPlay",
    "cols": "player.cols",
    "fit": "player.fit",
    "loop": "player.loop",
    "rows": "player.rows",
}
"""What users of other generators write, and what it is called here."""

FRONT_MATTER: Final[tuple[tuple[str, Key], ...]] = (
    (
        "rps",
        Key(
            "title",
            line(),
            "text",
            "Rebase",
            "What it is called. Without one: the recording's own title, then the file's name.",
        ),
    ),
    (
        "rpsc",
        Key("description", prose, "Markdown", "How to rebase", "One or two sentences, shown in lists and on cards."),
    ),
    ("rpc", Key("date", day, "date", "2026-03-01", "When it was made. Without one: what the recording says.")),
    ("rpc", Key("updated", day, "date", "2026-04-01", "When it was last changed.")),
    (
        "rpc",
        Key(
            "tags",
            list_of(line("tag"), bound="tags"),
            "list of text",
            "[git, demo]",
            "What it is about.",
        ),
    ),
    ("rc", Key("series", _series, "text or {name, part}", "Git basics", "The playlist it is part of.")),
    (
        "rpsc",
        Key("weight", whole(), "whole number", "-5", "Its place in its section: lower is earlier, 0 without one."),
    ),
    (
        "rpc",
        Key(
            "authors",
            list_of(person, bound="tags"),
            "list of text or {name, url}",
            "[Ada]",
            "Who made it.",
        ),
    ),
    ("rpc", Key("draft", flag, SWITCH, "true", "Left out, but with `--drafts`.", guards=True)),
    (
        "rpc",
        Key(
            "visibility",
            member(Visibility),
            "public, unlisted or private",
            "unlisted",
            "Unlisted: a page in no list. Private: an encrypted one, of recordings alone; see [security](security.md).",
            guards=True,
        ),
    ),
    (
        "rpc",
        Key(
            "expires",
            expiry,
            "date, or days",
            "90d",
            "When it is taken off: a date, or so many days after its own.",
            guards=True,
        ),
    ),
    (
        "rp",
        Key(
            "slug",
            _slug,
            "a–z, 0–9 and single hyphens",
            "rebase-2",
            "The last part of its address, instead of the file's name.",
        ),
    ),
    (
        "rp",
        Key(
            "aliases",
            list_of(_alias),
            "list of addresses",
            "[/old/]",
            "Former addresses on this site, which then lead here, unless this is unlisted.",
        ),
    ),
    (
        "rc",
        Key(
            "poster",
            _poster,
            "time, auto, a picture, or frame with or without a time",
            "1:05",
            "What is shown before it plays: the screen then, a picture, or a frame that a recording of termless holds.",
        ),
    ),
    ("rc", Key("player", player, "mapping", "{speed: 1.5}", "Options of the player; see below.")),
    (
        "r",
        Key(
            "start",
            time,
            "time",
            "0:05",
            "What comes before is cut off. The screen begins as it was then.",
            guards=True,
        ),
    ),
    ("r", Key("end", time, "time", "1:02:03.4", "What comes after is cut off.", guards=True)),
    (
        "r",
        Key(
            "cut",
            cuts,
            "[[from, to], …]",
            "[[3, 1:05]]",
            "Stretches to be cut out. What is still on the screen afterwards stays.",
            guards=True,
        ),
    ),
    (
        "rc",
        Key(
            "speed",
            speed,
            "number, or [[from, to, factor], …]",
            "2",
            "Plays faster: everywhere, or in stretches that do not overlap.",
        ),
    ),
    (
        "rc",
        Key(
            "idle_time_limit",
            idle_limit,
            "seconds, or off",
            "2",
            "No pause is longer. Without one: what the recording says.",
        ),
    ),
    (
        "r",
        Key(
            "markers",
            markers,
            "list of {at, label}",
            "[{at: 0:12, label: Build}]",
            "Chapters, instead of the recording's own markers.",
        ),
    ),
    (
        "rc",
        Key(
            "redact",
            list_of(redaction, bound=REDACTIONS, drop=False),
            "list of text or /regex/",
            "[secret-host]",
            "What is masked wherever it was shown.",
            guards=True,
        ),
    ),
    (
        "rc",
        Key(
            "mask_region",
            masks,
            "{rows, cols, from, to}, or a list of them",
            "{rows: [1, 3], cols: [10, 40]}",
            "Rectangles of the screen to be masked.",
            guards=True,
        ),
    ),
    ("r", Key("secrets", allowances, "{allow: […]}", "{allow: []}", "Findings of the secret scan that are none.")),
    (
        "r",
        Key(
            "captions",
            _captions,
            "language: file",
            "{en: demo.en.vtt}",
            "What is said, as WebVTT: shown on its own page, first in the language of the site, not where it is "
            "embedded, and not searched.",
        ),
    ),
    ("r", Key("audio", content_path("voice.mp3"), "path", "voice.mp3", "[Sound](editing.md#sound) to play with it.")),
    (
        "rc",
        Key(
            "export",
            list_of(kind_of(EXPORTS, "kind")),
            "list of kinds",
            "[gif, anim.svg]",
            "Files to be made of it: " + ", ".join(EXPORTS) + ".",
        ),
    ),
    (
        "rc",
        Key(
            "outputs",
            list_of(_output),
            "list of " + ", ".join(_OWN_OUTPUTS),
            "[embed, filmstrip]",
            "Files made for it beside its page, `.cast`, `.txt`, `.svg` and `.json`, instead of those that the "
            "configuration names.",
        ),
    ),
    (
        "rc",
        Key(
            "commands",
            commands,
            "false, or [[time, text], …]",
            "[[12.5, make test]]",
            "The list of commands, instead of what was found; false for none.",
        ),
    ),
    ("r", Key("id", identifier, "letters, digits, - and _", "ci-42", "Its name for other programs.")),
    ("rc", Key("session", identifier, "letters, digits, - and _", "ci-42", "The session it belongs to.")),
    ("rc", Key("license", line(), "text", "CC-BY-4.0", "An SPDX identifier, or words.")),
    (
        "rc",
        Key("source", web_address, "http(s) address", "https://git.example/demo", "Where what is shown comes from."),
    ),
    (
        "rc",
        Key("links", list_of(link), "list of addresses or {title, url}", "[https://git-scm.com/]", "Further reading."),
    ),
    (
        "rc",
        Key(
            "related",
            list_of(content_path("git/merge")),
            "list of paths",
            "[git/merge]",
            "Recordings to be named beside it.",
        ),
    ),
    (
        "rpsc",
        Key("extra", extra, "mapping", "{level: easy}", "Anything for your [templates](themes.md#data-of-your-own)."),
    ),
    (
        "p",
        Key(
            "recording",
            content_path("demo.cast"),
            "path",
            "demo.cast",
            "Makes a page the page of this recording.",
            guards=True,
        ),
    ),
    ("rc", Key("size", screen_size, "COLSxROWS", "80x24", "The screen of a recording that does not say it.")),
    (
        "rc",
        Key(
            "encoding",
            word_of(("utf-8", "cp437", "latin-1")),
            "utf-8, cp437 or latin-1",
            "cp437",
            "How the bytes of an output are read that is no asciicast; see [other formats](formats.md).",
        ),
    ),
    (
        "r",
        Key(
            "timing",
            content_path("demo.timing"),
            "path, or synthetic",
            "demo.timing",
            "The timing file of an output of `script`; `synthetic`: there is none, and its times are made up.",
        ),
    ),
    (
        "r",
        Key("input", content_path("demo.input"), "path", "demo.input", "The log of what was typed while `script` ran."),
    ),
    (
        "rc",
        Key(
            "cps", real_above_zero(100_000), "number above 0", "40", "Characters in a second, where there is no timing."
        ),
    ),
    (
        "rc",
        Key(
            "times",
            word_of(("absolute", "relative")),
            "absolute or relative",
            "relative",
            "How the times of an asciicast v3 are read.",
        ),
    ),
    (
        "s",
        Key(
            "sort",
            word_of((*_SORTS, *(f"-{word}" for word in _SORTS))),
            "date, weight, title, duration, size or path; - for the reverse",
            "-date",
            "The order of its items.",
        ),
    ),
    ("s", Key("pagination", whole(0, 10_000), "whole number", "24", "Items on one page; 0 for all.")),
    ("s", Key("recursive", flag, SWITCH, "true", "Lists the items of the folders below too.")),
    ("s", Key("cascade", _cascade, "mapping", "{tags: [git]}", "Defaults for all items below.", guards=True)),
)
"""The keys of front matter, each with the kinds that may have it: recording, page, section, cascade."""

_SHOWN: Final = {"published": "true", "public": "true", "listed": "true"}
_NOT_HIDDEN: Final = dict.fromkeys(("hidden", "hide", "private", "unlisted", "unpublished"), "false")
_KINDS: Final = {"recording": "r", "page": "p", "section": "s", "cascade": "c"}
_NO_EFFECT: Final = {
    "recording": "has no effect on a recording",
    "page": "has no effect on a page",
    "section": "has no effect on a section; defaults for the items below go under cascade",
    "cascade": "cannot be a default for other items",
}
_OWN_KEYS: Final = frozenset(key.name for _, key in FRONT_MATTER)
# harmless, and an ordinary key of other generators: a warning is enough
_HARMLESS: Final = frozenset({"author", "language"})


def _schema(kind: str) -> Schema:
    owner = dict.fromkeys({key.name for key in CONFIG.keys} - _OWN_KEYS - _HARMLESS, OWNER_ONLY)
    owner["theme"] = OWNER_ONLY._replace(text=f"{OWNER_ONLY.text}; for the colours of the terminal use player.theme")
    elsewhere = Refusal(Severity.WARNING, "no-effect", _NO_EFFECT[kind])
    others = {
        key.name: elsewhere._replace(severity=Severity.ERROR)
        if key.guards and kind in {"section", "cascade"}
        else elsewhere
        for kinds, key in FRONT_MATTER
        if _KINDS[kind] not in kinds
    }
    return Schema(
        keys=tuple(key for kinds, key in FRONT_MATTER if _KINDS[kind] in kinds),
        hint="data of your own goes under extra",
        habits=HABITS,
        harmless={**_SHOWN, **_NOT_HIDDEN},
        refused={**owner, **others, **NO_PASSPHRASE},
    )


SCHEMAS: Final = {kind: _schema(kind) for kind in _KINDS}
"""The keys of each kind of item."""


def _naming() -> Schema:
    keys, plain = {key.name: key for _, key in FRONT_MATTER}, SCHEMAS["recording"]
    refused = {name: refusal for name, refusal in plain.refused.items() if name != "recording"}
    return replace(plain, keys=(*plain.keys, keys["recording"]), refused=refused)


NAMING: Final = _naming()
"""The keys of a page that names a recording, and so becomes its page."""
