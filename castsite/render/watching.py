"""What the page of a recording holds: stage, outline, transcript, files, facts."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup
from msgspec.structs import replace

from castsite.analysis.chapters import named
from castsite.analysis.model import Analysis, Chapter, Command
from castsite.render import beside
from castsite.render.assets import PLAYER_SCRIPT, PLAYER_STYLE
from castsite.render.captions import captions_path
from castsite.render.choices import PLAYERS, Terminal
from castsite.render.context import About, File, Moment, Outline, OutlineEntry, Stage, Track, Typed
from castsite.render.covers import cover_image
from castsite.render.encode import clock, copied, json_island, plain, safe_text, seconds, shown_controls
from castsite.render.images.film import film_path
from castsite.render.images.svg import inline_poster
from castsite.render.looks import palette_class, player_theme, size_class
from castsite.render.packed import packed_path
from castsite.render.segmented import segment_paths
from castsite.render.shell import HOME, Press, Sheet, anchor, language_name, outside, shown_day
from castsite.render.transcript import MOMENT
from castsite.render.words import Words
from castsite.schema.values import Link
from castsite.site.exports import ENDINGS, export_path, sound_path
from castsite.site.model import Recording
from castsite.site.urls import relative

_OURS = frozenset({"audioUrl", "idleTimeLimit", "markers", "poster"})
"""Player options that are baked into the recording, that the page takes care of, or that name a file."""
_KINDS: Final = (packed_path(""), ".txt", ".md", ".json", ".svg")
_ASKED: Final = {packed_path(""): "gzip", ".md": "markdown"}
"""Kinds of files that not every recording has, and the output that makes them."""


def stage(press: Press, sheet: Sheet, recording: Recording, analysis: Analysis) -> Stage:
    """Give the poster, and what a script needs to put the player in its place."""
    cast = f"{recording.cast}.cast"
    return Stage(
        size=size_class(recording),
        palette=palette_class(recording, press.choices.terminal),
        poster=_poster(press, sheet, recording, analysis),
        island=_island(press, sheet, recording, analysis),
        cast=sheet.link(cast),
        download=cast.rpartition("/")[2],
        command=f"asciinema play {_address(press.shelf.site.config.base_url, cast)}",
        captions=_offered(sheet, recording, press.shelf.site.config.language),
        longest_caption=_longest_caption(analysis),
    )


def _poster(press: Press, sheet: Sheet, recording: Recording, analysis: Analysis) -> Markup:
    if recording.cover:
        return cover_image(sheet, recording, alt=press.words.recording_titled(title=safe_text(recording.title)))
    title = press.words.screen_at(time=clock(analysis.poster_time))
    return inline_poster(press.draw(recording), title=title, title_id="poster")


def _longest_caption(analysis: Analysis) -> str:
    """Give the caption that needs most room; a line end costs as much as a line that is full."""
    texts = (cue.text for track in analysis.captions for cue in track.cues)
    return plain(max(texts, key=lambda text: len(text) + 60 * text.count("\n"), default=""))


def _offered(sheet: Sheet, recording: Recording, language: str) -> tuple[Track, ...]:
    """Give the captions, those in the language of the site first, which are shown until a reader chooses."""

    def farther(track: Track) -> tuple[bool, bool]:
        code, own = track.code.lower(), language.lower()
        return code.partition("-")[0] != own.partition("-")[0], code != own

    return tuple(sorted(_tracks(sheet, recording), key=farther))


def _tracks(sheet: Sheet, recording: Recording) -> Iterator[Track]:
    for code in recording.summary.captions:
        yield Track(language=language_name(code), code=code, href=sheet.link(captions_path(recording.slug, code)))


def player_options(recording: Recording, analysis: Analysis, terminal: Terminal = PLAYERS) -> dict[str, object]:
    """Give what the player is created with. Its size is pinned only when the recording never changes its own."""
    options: dict[str, object] = {name: value for name, value in recording.options if name not in _OURS}
    if terminal != PLAYERS:
        options = {"theme": player_theme(terminal)} | options
    if not analysis.resized:
        options = {"cols": analysis.cols, "rows": analysis.rows} | options
    if analysis.chapters_from == "commands":  # those of the author stand in the recording itself
        options["markers"] = [[float(seconds(chapter.time)), chapter.title] for chapter in analysis.chapters]
    return options


def in_words(analysis: Analysis, words: Words) -> Analysis:
    """Name markers without a label in the language of the site."""
    if all(chapter.title for chapter in analysis.chapters):
        return analysis
    return replace(analysis, chapters=named(analysis.chapters, lambda number: words.marker_numbered(number=number)))


def outline(analysis: Analysis, commands: Sequence[Command], to: str = MOMENT) -> Outline | None:
    """Give chapters with the commands under them; None when there are neither. `to` begins links to their times."""
    chapters = analysis.chapters if analysis.chapters_from == "markers" else ()
    if not chapters and not commands:
        return None
    return Outline(
        kind=_kind(chapters, commands),
        shell=bool(commands) and commands[0].kind == "shell",
        entries=tuple(_entries(chapters, commands, to)),
    )


def files(sheet: Sheet, recording: Recording) -> tuple[File, ...]:
    """Give the files of a recording that a reader may keep."""
    name = recording.slug.rpartition("/")[2]
    kinds = (kind for kind in _KINDS if _ASKED.get(kind) in (None, *recording.outputs))
    paths = {".cast": f"{recording.cast}.cast"} | {kind: f"{recording.slug}{kind}" for kind in kinds}
    paths |= {ENDINGS[kind]: export_path(recording.slug, kind) for kind in recording.exports}
    return (
        *(File(kind=kind, href=sheet.link(path), name=name + kind) for kind, path in paths.items()),
        *_heard(sheet, recording, name),
        *(_of_captions(track) for track in _tracks(sheet, recording)),
    )


def _heard(sheet: Sheet, recording: Recording, name: str) -> Iterator[File]:
    if recording.sound:
        path = sound_path(recording.slug, recording.sound)
        yield File(kind=recording.sound.ending, href=sheet.link(path), name=name + recording.sound.ending, heard=True)


def _of_captions(track: Track) -> File:
    name = track.href.rpartition("/")[2]
    return File(kind=".vtt", href=track.href, name=name, language=track.language, code=track.code)


def about(press: Press, sheet: Sheet, recording: Recording, analysis: Analysis) -> About:
    """Give the facts about a recording."""
    meta, shelf = recording.meta, press.shelf
    language = shelf.site.config.language
    source = meta.source or ""
    return About(
        recorded=shown_day(recording.date, language),
        updated=shown_day(meta.updated, language),
        authors=beside.authors(shelf, sheet, meta),
        clock=clock(analysis.duration),
        columns=analysis.cols,
        rows=analysis.rows,
        resized=analysis.resized,
        cut_off=analysis.cut_off,
        status=recording.status,
        synthetic=recording.summary.synthetic,
        license=safe_text(meta.license or ""),
        source=anchor(Link("", source)) if outside(source) else None,
        session=safe_text(meta.session or ""),
        tags=beside.tags(shelf, sheet, meta),
        links=tuple(found for link in meta.links if (found := anchor(link))),
    )


def _island(press: Press, sheet: Sheet, recording: Recording, analysis: Analysis) -> Markup:
    script, style = press.assets[PLAYER_SCRIPT], press.assets[PLAYER_STYLE]
    options = player_options(recording, analysis, press.choices.terminal)
    if recording.sound:
        options["audioUrl"] = sheet.link(sound_path(recording.slug, recording.sound))
    island = {
        "src": sheet.link(f"{recording.cast}.cast"),
        "script": {"src": sheet.link(script.path), "integrity": script.integrity},
        "style": {"href": sheet.link(style.path), "integrity": style.integrity},
        "duration": float(seconds(analysis.duration)),
        "options": options,
    }
    if "gzip" in recording.outputs:
        island["packed"] = sheet.link(packed_path(recording.slug))
    if recording.summary.segments:
        island["segments"] = sheet.link(segment_paths(recording.cast, 0)[0])
    if recording.summary.film:
        island["film"] = {"src": sheet.link(film_path(recording.slug)), "map": recording.summary.film}
    opening = Markup('<script type="application/json" id="castsite-player">')
    return opening + json_island(island) + Markup("</script>")


def _address(base_url: str | None, cast: str) -> str:
    """Where another program finds the recording: its address, or the file's name once it was downloaded."""
    return base_url + relative(HOME, cast) if base_url else cast.rpartition("/")[2]


def _kind(chapters: Sequence[Chapter], commands: Sequence[Command]) -> str:
    if not commands:
        return "chapters"
    if chapters:
        return "both"
    return "commands" if commands[0].kind == "shell" else "input"


def _entries(chapters: Sequence[Chapter], commands: Sequence[Command], to: str) -> Iterator[OutlineEntry]:
    """Each command under the chapter it was entered in; without chapters, or before the first, each by itself."""
    starts = [chapter.time for chapter in chapters]
    under: dict[int, list[Command]] = defaultdict(list)
    for command in commands:
        under[bisect_right(starts, command.accepted) - 1].append(command)
    for command in under[-1]:
        yield OutlineEntry(seconds=seconds(command.time), chapter=None, commands=(_typed(command, command.time, to),))
    for number, chapter in enumerate(chapters):
        typed = tuple(_typed(command, max(command.time, chapter.time), to) for command in under[number])
        yield OutlineEntry(seconds=seconds(chapter.time), chapter=_moment(chapter, to), commands=typed)


def _moment(chapter: Chapter, to: str) -> Moment:
    return Moment(clock=clock(chapter.time), href=to + seconds(chapter.time), title=safe_text(chapter.title))


def _typed(command: Command, time: int, to: str) -> Typed:
    """Give a command as it is listed; `time` is the moment that its link leads to."""
    text, handed = shown_controls(plain(command.text)), copied(command.text)
    return Typed(clock=clock(time), href=to + seconds(time), text=text, copied="" if text == handed else handed)
