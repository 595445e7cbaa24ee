"""One recording, from its file to everything that is kept about it. Runs in a worker process.

What is found goes into the cache under one key: the published cast, the analysis, what was used in it, and a small
outcome that lists need. Only the outcome travels back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from castsite import collector
from castsite.analysis.activity import levels
from castsite.analysis.analyse import Given, analyse
from castsite.analysis.model import Analysis, Captions, Cue
from castsite.analysis.programs import programs
from castsite.analysis.uses import uses
from castsite.cache import Cache
from castsite.cast.clock import Clock
from castsite.cast.compressed import inflate
from castsite.cast.edit import Edits
from castsite.cast.events import Cast, Header
from castsite.cast.segments import LARGE, pieces
from castsite.cast.timeline import Prepared, prepare
from castsite.cast.times import moments, seconds_text
from castsite.cast.write import write
from castsite.errors import Place, Problem, Severity, quote
from castsite.examination import (
    ANALYSIS,
    CAST,
    FRAME,
    OUTCOME,
    PRINTS,
    TERMS,
    USES,
    Edit,
    Outcome,
    Sources,
    Task,
    entry,
    source_of,
)
from castsite.formats.blocks import cut
from castsite.formats.model import Found, Owner
from castsite.formats.read import nearest_frame, read_recording
from castsite.limits import moved_by
from castsite.redaction import Source, header_of, publishable
from castsite.render.encode import plain_lines
from castsite.render.transcript import command_lines
from castsite.safety import Refused
from castsite.safety.gate import Gate, Told
from castsite.safety.orders import Orders, Region
from castsite.safety.prints import prints
from castsite.safety.raster import PictureKind, without_metadata
from castsite.safety.redact import redact, without_passwords
from castsite.safety.secrets import masked
from castsite.safety.secrets import prepare as prepare_rules
from castsite.safety.stream import without_acts
from castsite.safety.values import Values
from castsite.schema.values import Mask
from castsite.search.parts import parts
from castsite.search.terms import found_by, pack
from castsite.site.model import Picture, Summary
from castsite.site.pictures import judged
from castsite.terminal import TerminalError

LIST_SLICES = 96

Keep = Callable[[str, bytes], None]
"""Takes what is to be kept, by the name of its entry."""

prepare_rules()  # once: workers are copies of a process that has imported this


def examine(task: Task, key: str, work: str, seal: bytes | None = None) -> Outcome:
    """Read, prepare and analyse a recording; keep what was found under `key` in the cache of the work folder.

    With `seal` nothing can be read there without it.
    """
    source = source_of(task)
    return source if isinstance(source, Outcome) else _noted(task, source, Cache(Path(work), seal=seal).put, key)


def examine_far(task: Task, key: str, source: Sources) -> tuple[tuple[str, bytes], ...]:
    """Examine a recording whose bytes are given, on whatever machine; give all that its cache shall keep, by name."""
    kept: list[tuple[str, bytes]] = []
    try:
        _noted(task, source, lambda name, value: kept.append((name, value)), key)
    except (Exception, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of the terminal engine, which cannot be pickled
        raise TerminalError(str(error)) from None
    return tuple(kept)


def _noted(task: Task, source: Sources, keep: Keep, key: str) -> Outcome:
    with collector.paused():
        outcome = _examined(task, source, keep, key)
    keep(entry(key, OUTCOME), msgspec.json.encode(outcome))
    return outcome


def _examined(task: Task, source: Sources, keep: Keep, key: str) -> Outcome:
    inflated = inflate(source.recording, path=task.path, limits=task.limits)
    if inflated.failed:
        return Outcome(inflated.problems)
    block = cut(inflated.data, path=task.path, limits=task.limits)
    edit = task.edit
    reading = read_recording(
        block.rest,
        path=task.path,
        first_line=block.rest_line,
        limits=task.limits,
        owner=Owner(size=edit.size, times=edit.times, encoding=edit.encoding, cps=edit.cps, synthetic=edit.synthetic),
        beside=source.beside,
    )
    problems = (*inflated.problems, *reading.problems)
    if reading.cast is None:
        return Outcome(problems)
    prepared = prepare(
        _masked(reading.cast, edit),
        markers=edit.markers,
        idle_limit=edit.idle_limit,
        keep_input=edit.keep_input,
        edits=edit.edits,
        limits=task.limits,
        path=task.path,
    )
    problems += prepared.problems
    if prepared.cast is None:
        return Outcome(problems)
    cast = replace(prepared.cast, cut_off=prepared.cast.cut_off or bool(inflated.problems))
    if edit.commands is None and reading.commands:
        task = task._replace(edit=edit._replace(commands=reading.commands, commands_found=True))
    frames = source.frames or block.rest
    problems, summary, findings = _kept(task, cast, reading, block.rest, frames, prepared, problems, keep, key)
    return Outcome(problems, summary, findings, hashlib.sha256(block.rest).hexdigest() if findings else "")


def _kept(  # noqa: PLR0913, PLR0917 - the end of one long chain, and nothing else
    task: Task,
    cast: Cast,
    reading: Found,
    source: bytes,
    frames: bytes,
    prepared: Prepared,
    problems: tuple[Problem, ...],
    keep: Keep,
    key: str,
) -> tuple[tuple[Problem, ...], Summary | None, tuple[Told, ...]]:
    edit, clock = task.edit, prepared.clock
    poster = edit.poster
    if poster is not None and poster > clock.end:
        text = f"poster: {seconds_text(poster)} is beyond the end ({seconds_text(clock.end)}); the end is shown"
        problems += (Problem(Severity.WARNING, edit.poster_place or Place(task.path), "beyond-the-end", text),)
    problems += tuple(_late_masks(edit, clock))
    commands, told = _typed(edit, clock, task.path)
    problems += told
    found = publishable(
        without_passwords(cast) if edit.keep_input else cast,
        _source(task, reading, source),
        gate=Gate(edit.secrets, task.path, task.digest, edit.allowed, recording=hashlib.sha256(source).hexdigest()),
        orders=Orders(edit.redact, (_region(mask, clock) for mask in edit.masks)),
        look=lambda cast, witness: analyse(
            cast,
            commands=commands,
            poster=None if poster is None else clock.played(poster),
            witness=witness,
            clock=clock,
        ),
        limits=task.limits,
    )
    problems += found.problems
    if found.analysis is None:
        return problems, None, found.findings  # nothing of it is kept
    cast, analysis = found.cast, found.analysis
    analysis = replace(analysis, captions=tuple(_played(edit.captions, clock)))
    if edit.paced and clock.changes:
        analysis = replace(analysis, pace=tuple(zip(clock.knots, clock.moments, strict=True)))
    if lost := _count(edit.captions) - _count(analysis.captions):
        text = (
            f"captions: {lost} of them stand where nothing is played, after the end ({seconds_text(clock.end)}), in a"
            " pause that was shortened, or in what was cut; move them, or leave them out"
        )
        problems += (Problem(Severity.WARNING, edit.edits.place("captions", task.path), "lost-captions", text),)
    shown = without_acts(cast, keep_titles=edit.keep_titles)
    analysis = replace(analysis, events=len(shown.events))
    published = write(shown, title=edit.title, timestamp=edit.timestamp)
    keep(entry(key, CAST), published)
    keep(entry(key, ANALYSIS), msgspec.json.encode(analysis))
    texts = plain_lines([line.text for line in analysis.lines])
    terms = found_by(texts, command_lines(analysis.lines, analysis.shown_commands), task.limits.search_terms)
    if len(terms) < (whole := len(parts(texts))):
        text = f"more than {task.limits.search_terms:,} different words: of its {whole} parts search finds {len(terms)}"
        text += f" {moved_by('search_terms')}"
        problems += (Problem(Severity.WARNING, Place(task.path), "search-terms", text),)
    keep(entry(key, TERMS), pack(terms))
    keep(entry(key, PRINTS), b"" if edit.secrets.policy == "off" else prints(texts))
    keep(entry(key, USES), msgspec.json.encode(uses(analysis.shown_commands)))
    summary = _summary(analysis, cast.header, len(published), sum(map(len, texts)))
    segments = len(pieces(published)) if len(published) >= LARGE else 0
    summary = summary._replace(segments=segments, synthetic=reading.synthetic or edit.synthetic)
    if edit.frame:
        taken = _frame(task, frames, clock, analysis.poster_time, masked=found.masked)
        if isinstance(taken, Taken):
            summary = summary._replace(frame=taken.picture)
            keep(entry(key, FRAME), taken.data)
        else:
            text = f"poster: {taken.reason}; the screen is drawn instead"
            problems += (Problem(Severity.WARNING, edit.poster_place or Place(task.path), "no-frame", text),)
    return problems, summary, found.findings


class Taken(NamedTuple):
    """A picture that a recording holds of its screen, and the bytes of it that are published."""

    picture: Picture
    data: bytes


def _frame(task: Task, source: bytes, clock: Clock, moment: int, *, masked: bool) -> Taken | Refused:
    """Take the frame that is nearest to a moment of the played recording, or say why there is none."""
    if masked:
        return Refused("a frame may show what is masked in the recording, and is held back")
    found = nearest_frame(
        source,
        path=task.path,
        limits=task.limits,
        distance=lambda time: abs(clock.played(time) - moment) if _is_left(time, task.edit.edits, clock) else None,
    )
    if found is None:
        return Refused("the recording holds no frame of what is played; write a time, such as 0:12, or auto")
    if isinstance(found, Problem):
        return Refused(found.text)
    name = quote(found.name)
    picture = judged(found.picture, PurePosixPath(found.name).stem, task.limits, source=task.path)
    if isinstance(picture, Refused):
        return Refused(f"frame {name} is refused: {picture.reason}")
    if picture.moves or not picture.path.endswith(PictureKind.PNG.suffix):
        return Refused(f"frame {name} is refused: it is no still PNG")
    return Taken(picture, without_metadata(found.picture, PictureKind.PNG))


def _is_left(time: int, edits: Edits, clock: Clock) -> bool:
    """Whether a moment of the source was not cut away. The screen of a pause is seen, however short that became."""
    if edits.end is not None and time > edits.end:
        return False
    time = min(time, clock.end)  # after the last output the screen stays
    return (edits.start or 0) <= time and not any(one.start <= time < one.end for one in edits.cut)


def _source(task: Task, reading: Found, data: bytes) -> Source:
    edit, recorded = task.edit, reading.cast
    assert recorded is not None  # noqa: S101 - it was read
    return Source(
        recorded,
        header=header_of(recorded, data),
        words=(*filter(None, (edit.title,)), *(label for _, label in edit.markers or ())),
        texts=(
            *(cue.text for track in edit.captions for cue in track.cues),
            *(text for _, text in edit.commands or ()),
            *edit.texts,
        ),
        cut=edit.edits.leave_out,
        place=edit.redact_place,
        regions_place=edit.masks_place,
    )


def _masked(cast: Cast, edit: Edit) -> Cast:
    """Mask what regions show of a recording of which something is left out: what is drawn anew may stand elsewhere."""
    if not (edit.masks and edit.edits.leave_out and cast.events):
        return cast
    end = cast.events[-1].time
    regions = [_area(mask, mask.start or 0, end if mask.end is None else mask.end) for mask in edit.masks]
    return redact(cast, Values(()), regions).cast


def _region(mask: Mask, clock: Clock) -> Region:
    """Give a region in the terms of the played recording."""
    start = 0 if mask.start is None else clock.played(mask.start)
    return _area(mask, start, clock.played(clock.end if mask.end is None else min(mask.end, clock.end)))


def _area(mask: Mask, start: int, end: int) -> Region:
    (top, bottom), (left, right) = mask.rows, mask.cols
    return Region(range(top - 1, bottom), range(left - 1, right), start, end)


def _late_masks(edit: Edit, clock: Clock) -> Iterator[Problem]:
    """Tell of a recording's own regions that begin beyond its end: they hide the screen that stays."""
    end, place = clock.end, edit.masks_place
    for late in (mask.start for mask in edit.masks if mask.start is not None and mask.start > end):
        if place:
            text = f"{seconds_text(late)} is beyond the end ({seconds_text(end)}); the last screen is masked"
            yield Problem(Severity.WARNING, place, "beyond-the-end", f"mask_region: from: {text}")


def _typed(edit: Edit, clock: Clock, path: str) -> tuple[Given, tuple[Problem, ...]]:
    """Move commands to the published recording; tell which of them stand where nothing of it is played."""
    if not edit.commands:
        return edit.commands, ()
    kept = tuple((clock.played(time), text) for time, text in edit.commands if clock.shows(time))
    gone = [(time, text) for time, text in edit.commands if not clock.shows(time)]
    if not gone:
        return kept, ()
    where = "where nothing is played, in what is cut or in a pause that was shortened"
    if edit.commands_found:
        text = f"the recording's own commands {where} are left out: at {moments([time for time, _ in gone])}"
        return kept, (Problem(Severity.INFO, Place(path), "cut-command", text),)
    place = edit.edits.place("commands", path)
    late = [(time, text) for time, text in gone if time > clock.end]
    problems = []
    for code, found, what in (
        ("cut-command", [one for one in gone if one not in late], f"is {where}"),
        ("beyond-the-end", late, f"is beyond the end ({seconds_text(clock.end)})"),
    ):
        if found:
            time, command = found[0]
            text = f"commands: {quote(masked(command))} at {seconds_text(time)} {what}; left out"
            problems.append(Problem(Severity.WARNING, place, code, text, len(found)))
    return kept, tuple(problems)


def _played(captions: tuple[Captions, ...], clock: Clock) -> Iterator[Captions]:
    """Move captions to the published recording; what is said in a time that was taken out is left out."""
    for language, cues in captions:
        moved = (Cue(clock.played(start), clock.played(end), text) for start, end, text in cues)
        if kept := tuple(cue for cue in moved if cue.end > cue.start):
            yield Captions(language, kept)


def _count(captions: tuple[Captions, ...]) -> int:
    return sum(len(cues) for _, cues in captions)


def _summary(analysis: Analysis, header: Header, size: int, characters: int) -> Summary:
    return Summary(
        duration=analysis.duration,
        cols=analysis.cols,
        rows=analysis.rows,
        events=analysis.events,
        lines=len(analysis.lines),
        commands=len(analysis.shown_commands),
        chapters=len(analysis.chapters),
        trace="".join(map(str, levels(analysis.activity, LIST_SLICES))),
        cut_off=analysis.cut_off,
        resized=analysis.resized,
        parts=len(parts([line.text for line in analysis.lines])),
        title=header.title,
        timestamp=header.timestamp,
        theme=header.theme,
        film=analysis.film.slices if analysis.film else "",
        captions=tuple(track.language for track in analysis.captions),
        size=size,
        characters=characters,
        programs=programs(analysis.shown_commands),
        retimed=bool(analysis.pace),
    )
