"""Lists of all recordings for other programs: `recordings/index.json`, `catalogue.csv`, `llms.txt`.

`recordings/index.json` has the shape of wsh's `GET /recordings`, the newest first:

    {"recordings": [{"id", "session", "title", "started_at"?, "stopped_at"?, "duration_secs", "bytes_written", "status",
                     "width", "height", "urls": {"cast", "player", "embed"?}}]}

Times are Unix seconds and left out where no date is known. Addresses are absolute paths below the site's own; that of
the text to embed is left out where there is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from urllib.parse import urlsplit

from castsite.artifact import Artifact, Order
from castsite.limits import SECOND
from castsite.render import prose
from castsite.render.digests import digest
from castsite.render.encode import csv_file, json_list_file, markdown_text, safe_text
from castsite.render.notes import notes_path
from castsite.render.record import day_text
from castsite.render.shelf import Shelf
from castsite.render.shell import HOME, page_of
from castsite.site.model import Recording
from castsite.site.urls import absolute, relative

INDEX, CATALOGUE, LLMS = "recordings/index.json", "catalogue.csv", "llms.txt"

_COLUMNS = (
    "address", "title", "description", "date", "updated", "seconds", "columns", "rows", "lines", "commands", "bytes",
    "tags", "series", "part", "authors", "session", "license", "source",
)  # fmt: skip


def catalogue(shelf: Shelf, *, fingerprint: str) -> Iterator[Artifact]:
    """Give the lists; only what everybody is told of stands in them. `fingerprint` is a digest of the code."""
    config = shelf.site.config
    listed = tuple(shelf.listed.values())
    key = digest(
        fingerprint,
        config,
        [shelf.digests[recording.slug] for recording in listed],
        [prose.fingerprint(shelf, recording) for recording in listed],
        shelf.site.sections,
    )
    for path, body in ((INDEX, _index), (CATALOGUE, _table), (LLMS, _llms)):
        yield Artifact(path, Order.INDEX, config.content, partial(body, shelf), key)


# ---- recordings/index.json


def _index(shelf: Shelf) -> bytes:
    there = {recording.slug for recording in identified(shelf, "wsh").values()}
    return described_list(shelf.listed.values(), shelf.site.config.base_url, there)


def base_path(base_url: str | None) -> str:
    """Give the path of a site on its host, between slashes."""
    return urlsplit(base_url or "").path or "/"


def asking(shelf: Shelf, output: str) -> list[Recording]:
    """Give the listed recordings whose `outputs` ask for one, by source."""
    return sorted((one for one in shelf.listed.values() if output in one.outputs), key=lambda one: one.source)


def identified(shelf: Shelf, output: str) -> Mapping[str, Recording]:
    """Give the recordings for a program by identity, case aside; of several the first by source."""
    found: dict[str, Recording] = {}
    for recording in asking(shelf, output):
        found.setdefault(identity(recording).casefold(), recording)
    return found


def described_list(recordings: Iterable[Recording], base_url: str | None, there: Container[str]) -> bytes:
    """Describe recordings as wsh answers `GET /recordings`; `there` are the slugs of those that have its paths."""
    found = (described(one, base_url, is_there=one.slug in there) for one in newest_first(recordings))
    return json_list_file("recordings", found)


def newest_first(recordings: Iterable[Recording]) -> list[Recording]:
    """Sort recordings as wsh does; those without a date come last."""
    return sorted(recordings, key=lambda one: (-_started(one), one.slug))


def described(recording: Recording, base_url: str | None, *, is_there: bool) -> dict[str, object]:
    """Describe a recording as wsh does."""
    summary, started = recording.summary, recording.date
    seconds = summary.duration // SECOND
    began = int(started.moment.timestamp()) if started else 0
    times = {"started_at": began} | ({} if recording.underway else {"stopped_at": began + seconds})
    return {
        "id": identity(recording),
        "session": session(recording),
        "title": recording.title,
        **(times if started else {}),
        "duration_secs": float(seconds),
        "bytes_written": summary.size,
        "status": status(recording),
        "width": summary.cols,
        "height": summary.rows,
        "urls": urls(recording, base_url, is_there=is_there),
    }


def identity(recording: Recording) -> str:
    """Name a recording for other programs: its `id`, else its address with `-` for `/`."""
    return recording.meta.id or recording.slug.replace("/", "-")


def session(recording: Recording) -> str:
    """Name the session of a recording, else its folder."""
    return recording.meta.session or recording.section.replace("/", "-") or "default"


def status(recording: Recording) -> str:
    """Say `failed` of a recording whose end is missing, `recording` of one that is being made."""
    return recording.status


def urls(recording: Recording, base_url: str | None, *, is_there: bool) -> dict[str, str]:
    """Say where a recording is, and where it plays: at wsh's own paths where it is there."""
    base = base_path(base_url)
    if is_there:
        folder = f"{base}recordings/{identity(recording)}"
        embed = {"embed": f"{folder}/embed/"} if base_url else {}
        return {"cast": f"{folder}/cast", "player": f"{folder}/player/"} | embed
    return {
        "cast": base + relative(HOME, f"{recording.cast}.cast"),
        "player": base + relative(HOME, page_of(recording.slug)),
    }


def _started(recording: Recording) -> float:
    return recording.date.moment.timestamp() if recording.date else float("-inf")


# ---- catalogue.csv


def _table(shelf: Shelf) -> bytes:
    return csv_file(chain([_COLUMNS], (_row(shelf, recording) for recording in shelf.listed.values())))


def _row(shelf: Shelf, recording: Recording) -> tuple[str | int | float, ...]:
    meta, summary = recording.meta, recording.summary
    series = meta.series
    return (
        _address(shelf, page_of(recording.slug)),
        recording.title,
        safe_text(prose.plain_description(shelf, recording)),
        day_text(recording.date) or "",
        day_text(meta.updated) or "",
        summary.duration / SECOND,
        summary.cols,
        summary.rows,
        summary.lines,
        summary.commands,
        summary.size,
        ", ".join(meta.tags),
        series.name if series else "",
        series.number if series and series.number is not None else "",
        ", ".join(author.name for author in meta.authors),
        meta.session or "",
        meta.license or "",
        meta.source or "",
    )


def _address(shelf: Shelf, path: str) -> str:
    """Give an address: absolute where the site knows its own, else from its top."""
    base = shelf.site.config.base_url
    return absolute(base, path) if base else relative(HOME, path)


# ---- llms.txt, in the form that llmstxt.org describes


def _llms(shelf: Shelf) -> bytes:
    config = shelf.site.config
    blocks = [f"# {markdown_text(safe_text(config.title))}"]
    if config.description:
        blocks.append(f"> {markdown_text(safe_text(config.description, 1000))}")
    blocks.append(
        "Terminal recordings. Each file below holds what was on screen, with its times; the page of a recording has "
        "the same address without the suffix."
    )
    own: defaultdict[str, list[Recording]] = defaultdict(list)
    for recording in shelf.listed.values():
        own[recording.section].append(recording)
    for section in shelf.site.sections:
        if lines := list(_linked(shelf, own[section.slug])):
            title = "Recordings" if section is shelf.root else section.title
            blocks += [f"## {markdown_text(safe_text(title))}", "\n".join(lines)]
    return ("\n\n".join(blocks) + "\n").encode()


def _linked(shelf: Shelf, recordings: Iterable[Recording]) -> Iterator[str]:
    for recording in recordings:
        path = notes_path(recording.slug) if "markdown" in recording.outputs else f"{recording.slug}.txt"
        told = safe_text(prose.plain_description(shelf, recording))
        link = f"- [{markdown_text(safe_text(recording.title))}]({_address(shelf, path)})"
        yield f"{link}: {markdown_text(told)}" if told else link
