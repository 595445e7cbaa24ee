"""Pages of private recordings: what is known of one, in a file that a passphrase opens, and the page that asks for it.

The page itself says nothing of the recording. It holds the envelope (`castsite.safety.encrypt`); what is encrypted lies
beside it under a random name, so that a page and its file are never of two builds. What is inside, as JSON:

    {"title", "description", "text", "facts": [text, …], "tags": [text, …], "clock", "duration", "poster", "trace",
     "transcript", "markers": [[seconds, title], …], "screening", "stage", "options", "cast"}

`description`, `text`, `poster`, `trace` and `transcript` are HTML; `screening` and `stage` are declarations of CSS.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from markupsafe import Markup
from msgspec.structs import replace

from castsite.analysis.activity import levels
from castsite.analysis.model import Analysis
from castsite.artifact import Artifact, Order
from castsite.errors import Problem, discreet
from castsite.memory import Memory
from castsite.regex import regex
from castsite.render import prose
from castsite.render.assets import PLAYER_SCRIPT, PLAYER_STYLE
from castsite.render.choices import Terminal
from castsite.render.context import PrivatePage
from castsite.render.digests import digest
from castsite.render.encode import clock, json_island, safe_text, seconds
from castsite.render.guesses import Guesses
from castsite.render.images.svg import draw, inline_poster, poster_size
from castsite.render.images.trace import SCRUBBED, trace
from castsite.render.keys import Keys
from castsite.render.looks import LOOKS, colours_of
from castsite.render.masthead import site_view
from castsite.render.shelf import Shelf
from castsite.render.shell import CODE, Load, Press, Sheet, crumbs, head, is_bright, page_of, sheet, shown_day
from castsite.render.transcript import log
from castsite.render.watching import in_words, player_options
from castsite.render.words import Words
from castsite.safety.encrypt import Envelope, Group, Sealed, decrypt, encrypt, pack, unpack
from castsite.site.model import Recording

STYLES: Final = ("css/recording.css", "css/log.css", "css/unlock.css", LOOKS, CODE)

_LOCK: Final = regex(r'<script type="application/json" data-lock="([0-9a-f]{32}\.bin)">(\{[^<>]*\})</script>')
_WHOLE: Final = 1 << 30
"""Bytes of transcript: all of it is in one file anyway."""


class Locked(msgspec.Struct, frozen=True):
    """A private recording as it is published: `file` is the name of what is encrypted, `body` where its bytes are."""

    source: str
    slug: str
    envelope: Envelope
    file: str
    body: Path

    def sealed(self) -> Sealed | None:
        """Read all of it; None where it is gone."""
        try:
            return Sealed(self.envelope, self.body.read_bytes())
        except OSError:
            return None


def former(published: Path, slug: str, source: str) -> Locked | None:
    """Give what an earlier build published of a private recording; None where it is not there, or no longer whole."""
    folder = published / slug
    try:
        page = (folder / "index.html").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = _LOCK.search(page)
    envelope = Envelope.read(found[2]) if found else None
    if found is None or envelope is None or not (folder / found[1]).is_file():
        return None
    return Locked(source, slug, envelope, found[1], folder / found[1])


class Desk(msgspec.Struct, frozen=True):
    """What private recordings are written with."""

    shelf: Shelf
    words: Words
    terminal: Terminal
    load: Load
    load_cast: Callable[[str], bytes]


def locked(
    desk: Desk, recordings: Sequence[Recording], formers: Mapping[str, Locked], group: Group, folder: Path
) -> Iterator[tuple[Locked, tuple[Problem, ...]]]:
    """Encrypt recordings, and give what is wrong in their texts; what has not changed stays as it was published.

    What is new is written into `folder`.
    """
    for recording in recordings:
        data, problems = written(desk, recording)
        before = formers.get(recording.slug)
        sealed = before and before.sealed()
        if before and sealed and _opened(sealed, group, recording.slug) == data:
            yield before, problems
            continue
        new = encrypt(pack(data), group, recording.slug)
        name = f"{secrets.token_hex(16)}.bin"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(new.ciphertext)
        yield Locked(recording.source, recording.slug, new.envelope, name, folder / name), problems


def _opened(sealed: Sealed, group: Group, slug: str) -> bytes | None:
    packed = decrypt(sealed, group, slug)
    return unpack(packed) if packed else None


def written(desk: Desk, recording: Recording) -> tuple[bytes, tuple[Problem, ...]]:
    """Write down all that the page of a private recording shows, and what is wrong in its texts."""
    words, language = desk.words, desk.shelf.site.config.language
    analysis = in_words(desk.load(recording.key), words)
    commands = analysis.shown_commands
    chapters = analysis.chapters if analysis.chapters_from == "markers" else ()
    description, text, problems = _texts(desk, recording)
    day = shown_day(recording.date, language)
    width, height = poster_size(analysis.cols, analysis.rows)
    facts = (
        *([day.text] if day else []),
        clock(analysis.duration),
        *([words.commands(len(commands))] if commands else []),
        words.lines(len(analysis.lines)),
    )
    known = {
        "title": safe_text(recording.title),
        "description": description,
        "text": text,
        "facts": [str(fact) for fact in facts],
        "tags": [safe_text(tag) for tag in recording.meta.tags],
        "clock": clock(analysis.duration),
        "duration": float(seconds(analysis.duration)),
        "poster": _poster(words, recording, analysis),
        "trace": trace(
            levels(analysis.activity, SCRUBBED),
            chapters=[chapter.time for chapter in chapters],
            duration=analysis.duration,
        ),
        "transcript": log(analysis.lines, commands, chapters, limit=_WHOLE).html,
        "markers": [[float(seconds(chapter.time)), safe_text(chapter.title)] for chapter in analysis.chapters],
        "screening": f"--ar:{width / height:.4f}",
        "stage": colours_of(recording, desk.terminal),
        "options": player_options(recording, analysis, desk.terminal),
        "cast": desk.load_cast(recording.key).decode(),
    }
    return msgspec.json.encode(known, enc_hook=str), tuple(map(discreet, problems))


def _poster(words: Words, recording: Recording, analysis: Analysis) -> Markup:
    drawing = draw(analysis.poster, bold_is_bright=is_bright(recording))
    return inline_poster(drawing, title=words.screen_at(time=clock(analysis.poster_time)), title_id="poster")


def _texts(desk: Desk, recording: Recording) -> tuple[Markup, Markup, tuple[Problem, ...]]:
    """Render description and body; nothing of them is remembered."""
    shelf = desk.shelf
    here = sheet(page_of(recording.slug), shelf.site.config.base_url)
    apart = replace(shelf, guesses=Guesses.of(Memory(), shelf.spellings))
    description, body = prose.apart(apart, here, recording)
    return description.html, prose.dressed(desk.words, body.html), (*description.problems, *body.problems)


def private_pages(press: Press, keys: Keys, found: Sequence[Locked]) -> Iterator[Artifact]:
    """Give the pages of private recordings with their files."""
    for one in found:
        yield Artifact(f"{one.slug}/{one.file}", Order.FILE, one.source, one.body.read_bytes, digest(one.file))
        page = page_of(one.slug)
        yield Artifact(page, Order.PAGE, one.source, partial(_body, press, one), keys.of("private", _lock(one)))


def _body(press: Press, one: Locked) -> bytes:
    here = press.sheet(page_of(one.slug))
    page = PrivatePage(
        head=head(
            press,
            here,
            title=press.words.private_recording,
            styles=STYLES,
            scripts=("js/unlock.js",),
            index=False,
        ),
        site=site_view(press, here),
        crumbs=crumbs(press, here, ""),
        lock=_lock(one),
        player=_player(press, here),
    )
    return press.rendered("private.html", page)


def _lock(one: Locked) -> Markup:
    """Write what the page's script needs to open it; `former` reads it again."""
    opening = f'<script type="application/json" data-lock="{one.file}">'
    return Markup(f"{opening}{one.envelope.write()}</script>")  # noqa: S704 - letters and digits of our own


def _player(press: Press, here: Sheet) -> Markup:
    script, style = press.assets[PLAYER_SCRIPT], press.assets[PLAYER_STYLE]
    files = {
        "script": {"src": here.link(script.path), "integrity": script.integrity},
        "style": {"href": here.link(style.path), "integrity": style.integrity},
    }
    return Markup('<script type="application/json" data-player>') + json_island(files) + Markup("</script>")
