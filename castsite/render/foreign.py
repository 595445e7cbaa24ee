"""Recordings at the addresses of other programs, for those whose `outputs` ask for it: wsh and Rexec.

wsh: `recordings/ID/index.json`, `recordings/ID/cast` and `recordings/ID.cast`, `recordings/ID/player/`, the list by
session and by status, and, with `base_url`, `recordings/ID/embed/`, a fragment of HTML, and `recordings/ID/embed.txt`.
Rexec: `api/recordings/index.json`, `api/recordings/ID/index.json` and `api/recordings/ID/stream`, and `r/TOKEN/`, which
leads on to the recording's page, with `r/TOKEN/stream`.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from castsite.artifact import Artifact, Order
from castsite.config import OWNER_OUTPUTS
from castsite.errors import Problem, Severity, quote, quote_path
from castsite.limits import SECOND
from castsite.render.catalogue import (
    asking,
    base_path,
    described,
    described_list,
    identified,
    identity,
    newest_first,
    session,
    status,
)
from castsite.render.digests import digest
from castsite.render.encode import json_file, json_list_file
from castsite.render.files import LoadCast
from castsite.render.moved import Signpost
from castsite.render.shelf import Shelf
from castsite.render.snippets import player, shared, snippets
from castsite.site.model import Recording
from castsite.site.urls import slugify

REXEC: Final = "api/recordings"
"""Folder of what Rexec answers below that address."""


def foreign_files(shelf: Shelf, *, load_cast: LoadCast, fingerprint: str, signpost: Signpost) -> Iterator[Artifact]:
    """Give what other programs look for; only recordings that everybody is told of.

    `fingerprint` is a digest of the code, `signpost` makes the pages that lead on.
    """
    yield from _wsh(shelf, load_cast, fingerprint, signpost)
    yield from _rexec(shelf, load_cast, fingerprint, signpost)


def foreign_problems(shelf: Shelf) -> Iterator[Problem]:
    """Tell which recordings have the `id` of another one; they are not published for the programs that need one."""
    told: dict[Problem, None] = {}
    for output in OWNER_OUTPUTS:
        kept = identified(shelf, output)
        for recording in asking(shelf, output):
            other = kept[identity(recording).casefold()]
            if other is not recording:
                text = (
                    f"{quote(identity(recording))} is {quote_path(other.source)} already; give one of them another id"
                )
                place = recording.meta.place("id", recording.source)
                told[Problem(Severity.WARNING, place, "id-taken", text)] = None
    yield from told


# ---- wsh


def _wsh(shelf: Shelf, load_cast: LoadCast, fingerprint: str, signpost: Signpost) -> Iterator[Artifact]:
    base_url = shelf.site.config.base_url
    recordings = list(identified(shelf, "wsh").values())
    for recording in recordings:
        folder = f"recordings/{identity(recording)}"
        cast = partial(load_cast, recording.key)
        key = digest(fingerprint, recording.key)
        yield Artifact(f"{folder}/cast", Order.FILE, recording.source, cast, key)
        yield Artifact(f"{folder}.cast", Order.FILE, recording.source, cast, key)
        yield Artifact(f"{folder}/index.json", Order.FILE, recording.source, partial(_object, recording, base_url))
        yield signpost.page(f"{folder}/player/index.html", recording.slug, owner=recording.source)
        if base_url:
            yield Artifact(f"{folder}/embed.txt", Order.FILE, recording.source, partial(_snippets, recording, base_url))
            page = f"{folder}/embed/index.html"
            yield Artifact(page, Order.PAGE, recording.source, partial(_fragment, recording, base_url))
    there = {recording.slug for recording in recordings}
    states = _STATES if recordings or "wsh" in shelf.site.config.outputs else ()
    for kind, named, known in (("by-session", session, ()), ("by-status", status, states)):
        together: dict[str, list[Recording]] = defaultdict(list, {name: [] for name in known})
        for recording in recordings:
            name = named(recording)
            together[slugify(name, source=name)].append(recording)
        for name, found in sorted(together.items()):
            path = f"recordings/{kind}/{name}.json"
            yield Artifact(
                path, Order.INDEX, shelf.site.config.content, partial(described_list, found, base_url, there)
            )


_STATES: Final = ("failed", "recording", "stopped")
"""What programs ask for, whether or not there are any."""


def _object(recording: Recording, base_url: str | None) -> bytes:
    return json_file(described(recording, base_url, is_there=True))


def _fragment(recording: Recording, base_url: str) -> bytes:
    """Write the player as a program puts it into a page of its own, whose encoding is not known."""
    return f"{player(shared(recording, base_url)).text()}\n".encode("ascii", "xmlcharrefreplace")


def _snippets(recording: Recording, base_url: str) -> bytes:
    """Write what a person may paste: the player, and a picture that links, in HTML and in Markdown."""
    found = snippets(shared(recording, base_url))
    return "\n".join(f"{one.text()}\n" for one in found if one.kind in {"iframe", "html", "markdown"}).encode()


# ---- Rexec


def _rexec(shelf: Shelf, load_cast: LoadCast, fingerprint: str, signpost: Signpost) -> Iterator[Artifact]:
    recordings = list(identified(shelf, "rexec").values())
    if not recordings:
        return
    base = base_path(shelf.site.config.base_url)
    body = partial(_rexec_list, recordings, base)
    yield Artifact(f"{REXEC}/index.json", Order.INDEX, shelf.site.config.content, body)
    for recording in recordings:
        folder, link = f"{REXEC}/{identity(recording)}", f"r/{token(recording)}"
        cast = partial(load_cast, recording.key)
        key = digest(fingerprint, recording.key)
        yield Artifact(f"{folder}/index.json", Order.FILE, recording.source, partial(_rexec_object, recording, base))
        yield Artifact(f"{folder}/stream", Order.FILE, recording.source, cast, key)
        yield Artifact(f"{link}/stream", Order.FILE, recording.source, cast, key)
        yield signpost.page(f"{link}/index.html", recording.slug, owner=recording.source)


def _rexec_list(recordings: Iterable[Recording], base: str) -> bytes:
    return json_list_file("recordings", (_shared(recording, base) for recording in newest_first(recordings)))


def _rexec_object(recording: Recording, base: str) -> bytes:
    return json_file(_shared(recording, base))


def _shared(recording: Recording, base: str) -> dict[str, object]:
    created = {"created_at": recording.date.moment.isoformat()} if recording.date else {}
    return {
        "id": identity(recording),
        "title": recording.title,
        "duration_ms": recording.summary.duration // 1000,
        "duration": duration_text(recording.summary.duration),
        "size_bytes": recording.summary.size,
        "is_public": True,
        "share_token": token(recording),
        "share_url": f"{base}r/{token(recording)}",
        **created,
        "storage_type": "static",
    }


def token(recording: Recording) -> str:
    """Give the 22 characters that Rexec names a shared recording by; they stay while its source does."""
    return urlsafe_b64encode(hashlib.sha256(recording.source.encode("utf-8", "surrogatepass")).digest()[:16])[
        :22
    ].decode()


def duration_text(time: int) -> str:
    """Microseconds as Rexec writes them.

    >>> duration_text(3_723_000_000), duration_text(65_000_000), duration_text(7_900_000)
    ('1h 2m 3s', '1m 5s', '7s')
    """
    minutes, seconds = divmod(time // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h {minutes}m {seconds}s"
    return f"{minutes}m {seconds}s" if minutes else f"{seconds}s"
