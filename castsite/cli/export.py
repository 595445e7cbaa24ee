"""`castsite export NAME --to gif`: a recording as files that other programs show."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from msgspec import Struct, field
from msgspec.structs import replace

from castsite.build import Options, dress, makers, survey, workers
from castsite.cache import Cache
from castsite.cli.casts import (
    Between,
    Idle,
    Number,
    Speed,
    beside,
    cols_option,
    is_recording,
    overwrite_option,
    read_file,
    refuse_output,
    rows_option,
    speed_of,
    write_output,
)
from castsite.cli.console import progress_bar, show_problems
from castsite.cli.project import Project, jobs_option, load_project, now
from castsite.cli.show import find, find_aloud
from castsite.config import EXPORTS, SiteConfig
from castsite.errors import ConfigError, Place, Problem, Severity, StorageError, printable_path
from castsite.export.published import Makers, take_of
from castsite.export.recut import Cut, recut
from castsite.export.take import Looks, Made, Take
from castsite.limits import SECOND, Limits, size_text
from castsite.render.images.palette import PALETTES, Palette
from castsite.schema.nearest import did_you_mean
from castsite.site.exports import PICTURES
from castsite.terminal import TerminalError
from castsite.workfolder import WORK_FOLDER

_HEX = frozenset("0123456789abcdef")


class _Kinds(click.ParamType[tuple[str, ...]]):
    """Kinds with commas between them."""

    name = "KIND,KIND"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        found = tuple(part.strip() for part in str(value).split(",") if part.strip())
        for kind in found:
            if kind not in EXPORTS:
                hint = did_you_mean(kind, EXPORTS) or f"; there are {', '.join(EXPORTS)}"
                self.fail(f"no export is called {kind!r}{hint}", param, ctx)
        return found


class _Theme(click.ParamType[Palette]):
    """A theme of asciinema's player, or colours: background, foreground, and 8 or 16 more."""

    name = "NAME | HEX,HEX…"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Palette:
        name = str(value).strip().lower()
        colours = [part.strip().removeprefix("#") for part in name.split(",")]
        if len(colours) in {10, 18} and all(len(one) == 6 and _HEX.issuperset(one) for one in colours):
            background, foreground, *rest = (f"#{colour}" for colour in colours)
            return Palette(foreground, background, tuple(rest if len(rest) == 16 else rest * 2))
        if name not in PALETTES:
            hint = (
                did_you_mean(name, PALETTES) or f"; there are {', '.join(PALETTES)}, or 10 or 18 colours such as 1e1e2e"
            )
            self.fail(f"{value!r} is no theme{hint}", param, ctx)
        return PALETTES[name]


@click.command("export")
@click.argument("name", metavar="NAME|FILE")
@click.option("--to", "kinds", type=_Kinds(), multiple=True, help="What to make: " + ", ".join(EXPORTS) + ".")
@click.option("-o", "--output", metavar="OUT", help="File to write, - for the terminal's output; a folder for several.")
@click.option("--theme", type=_Theme(), help="Colours of the terminal; by default those it is played in.")
@click.option("--font-size", type=Number(6, 64), default=15, show_default=True, help="Pixels of letters.")
@click.option("--line-height", type=Number(1, 3), default=4 / 3, help="Height of a row in letters; 1.33.")
@click.option("--speed", type=Speed(), multiple=True, help="Play faster: everywhere, or in stretches.")
@click.option(
    "--idle-time-limit", type=Idle(), help="No pause is longer; 2 s where a picture moves, else as published."
)
@click.option("--fps-cap", type=click.IntRange(1, 60), help="Most pictures a second; 10, in animated SVG 12.")
@click.option("--last-frame-duration", type=Number(0, 60), default=2, show_default=True, help="Seconds.")
@click.option("--no-loop", is_flag=True, help="Play once.")
@cols_option
@rows_option
@click.option("--select", type=Between(), help="Only this part of the published recording.")
@click.option("--gifsicle", is_flag=True, help="Let gifsicle make a GIF smaller, where it is installed.")
@click.option("--cues", type=click.Choice(["transcript", "commands"]), default="transcript", help="What vtt holds.")
@overwrite_option
@jobs_option
@click.pass_obj
def command(directory: Path, /, name: str, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Make files of a recording for other programs: GIF, animated SVG, video, one offline page.

    NAME is a recording of the site, FILE any recording. Times of --select and --speed count on the published
    recording: 12.5, 1:05 or 1:02:03.4.
    """
    if flags["output"] == "":
        raise click.UsageError("-o: name a file or a folder, or - for the terminal's output")
    kinds = _kinds(flags["kinds"], flags["output"])
    if flags["output"] == "-" and len(kinds) > 1:
        raise click.UsageError("-o -: one kind at a time goes to the terminal's output")
    order = _Order(directory, name, kinds, flags["output"], overwrite=flags["overwrite"])
    with _found(directory, name, flags["jobs"]) as (take, made_by, config):
        whole = replace(take, looks=_looks(flags), palette=flags["theme"] or take.palette)
        with progress_bar() as progress:
            done = 0
            for number, kind in enumerate(kinds):
                progress("exports", number, len(kinds))
                done += order.deliver(whole, kind, made_by, _cut(flags, kind), config.limits)
            progress("exports", len(kinds), len(kinds))
    return 0 if done == len(kinds) else 1


def _cut(flags: dict[str, Any], kind: str) -> Cut:
    """Give what is changed of the recording; pictures that move by themselves have no long pauses."""
    idle = flags["idle_time_limit"]
    return Cut(
        select=flags["select"],
        idle_limit=2 * SECOND if idle is None and kind in PICTURES else idle,
        speed=speed_of(flags["speed"]),
        cols=flags["cols"],
        rows=flags["rows"],
    )


class _Order(Struct, frozen=True):
    """What was asked for, in the words of who did."""

    directory: Path
    name: str
    kinds: tuple[str, ...]
    output: str | None
    overwrite: bool
    told: set[Problem] = field(default_factory=set)

    def deliver(self, take: Take, kind: str, makers: Makers, cut: Cut, limits: Limits) -> bool:
        """Make one file; tell what is wrong, once for all kinds, and whether there is a file."""
        target, sources = self._target(take, kind), [self.name, take.recording.source]
        refuse_output(self.directory, target, sources, overwrite=self.overwrite)
        try:
            changed = recut(take, cut, limits)
            made = makers[kind](changed.take) if changed.take else Made(None)
        except TerminalError as error:
            raise ConfigError(Problem(Severity.FATAL, Place(self.name), "terminal-failed", str(error))) from error
        told = self.named((*changed.problems, *made.problems), take)
        if changed.take is None:
            raise ConfigError(*told)
        show_problems([problem for problem in told if problem not in self.told], self.directory)
        self.told.update(told)
        if made.data is None:
            return False
        write_output(self.directory, target, made.data, sources, overwrite=self.overwrite)
        if target != "-":
            click.echo(f"{printable_path(target)}: {size_text(len(made.data))}", err=True)
        return True

    def named(self, problems: tuple[Problem, ...], take: Take) -> tuple[Problem, ...]:
        """Call the recording what the user calls it."""
        return tuple(
            one._replace(place=one.place._replace(path=self.name)) if one.place.path == take.recording.source else one
            for one in problems
        )

    def _target(self, take: Take, kind: str) -> str:
        """Give the file to write; where only a folder was named, it is called as the recording is."""
        own = f"{take.recording.slug.rpartition('/')[2] or 'recording'}.{kind}"
        if self.output is None or self.output == "-":
            return self.output or own
        folder = self.directory / self.output
        if len(self.kinds) > 1:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                text = f"cannot be made a folder for several files: {error.strerror}; choose another name"
                raise StorageError(Problem(Severity.FATAL, Place(self.output), "storage", text)) from error
        return f"{self.output.rstrip('/')}/{own}" if folder.is_dir() else self.output


def _kinds(asked: tuple[tuple[str, ...], ...], output: str | None) -> tuple[str, ...]:
    """Give the kinds that were asked for, or the one that the name of the output ends in."""
    kinds = tuple(dict.fromkeys(kind for some in asked for kind in some))
    if kinds:
        return kinds
    ends = [kind for kind in EXPORTS if output and output.lower().endswith(f".{kind}")]
    if not ends:
        raise click.UsageError(f"say what to make with --to: {', '.join(EXPORTS)}")
    return (max(ends, key=len),)


def _looks(flags: dict[str, Any]) -> Looks:
    return Looks(
        font_size=flags["font_size"],
        line_height=flags["line_height"],
        fps_cap=flags["fps_cap"] or 0,
        last_frame=round(flags["last_frame_duration"] * SECOND),
        loop=not flags["no_loop"],
        idle=None,  # it is in the recording by then
        gifsicle=flags["gifsicle"],
        commands_only=flags["cues"] == "commands",
    )


@contextmanager
def _found(directory: Path, name: str, jobs: int) -> Iterator[tuple[Take, Makers, SiteConfig]]:
    """Look for a recording of the site, or read a file as if it were the only one of a site."""
    file = directory / name
    is_pipe = file.exists() and not (file.is_file() or file.is_dir())
    if not (is_pipe or file.is_file() or is_recording(file)) or _is_in_site(directory, file):
        try:
            project = load_project(directory)
        except ConfigError as error:
            if error.problems[0].code != "no-site":
                raise
            text = "there is no such file, and no site here that could have a recording of this name"
            raise ConfigError(Problem(Severity.FATAL, Place(name), "no-recording", text)) from error
        yield _of_site(project, name, jobs)
        return
    with tempfile.TemporaryDirectory(prefix="castsite-") as folder:
        root = Path(folder)
        (root / "content").mkdir()
        inside = root / "content" / _cast_name(file.name)
        try:
            if is_pipe or file.is_dir():
                inside.write_bytes(read_file(directory, name, Limits()))
            elif (found := beside(directory, name, Limits())).timing is not None:
                inside = inside.with_name(file.name)
                shutil.copyfile(file, inside)
                inside.with_name(Path(found.timing_path).name).write_bytes(found.timing)
            else:
                shutil.copyfile(file, inside)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                text = f"cannot be copied into {folder}: {error.strerror}; make room"
                raise StorageError(Problem(Severity.FATAL, Place(name), "storage", text)) from error
            text = f"cannot be read: {error.strerror}; name a recording that is there"
            raise ConfigError(Problem(Severity.FATAL, Place(name), "unreadable", text)) from error
        yield _of_site(Project(root, SiteConfig(), ()), f"content/{inside.name}", jobs, shown=name)


def _is_in_site(directory: Path, file: Path) -> bool:
    """Whether a file is one of the site's own, which is then exported as the site shows it."""
    try:
        project = load_project(directory)
    except ConfigError:
        return False
    return file.resolve().is_relative_to((project.root / project.config.content).resolve())


def _cast_name(name: str) -> str:
    """Give a file the name of a recording."""
    known = (".cast", ".cast.gz", ".cast.bz2", ".cast.xz", ".cast.zst")
    return name if name.lower().endswith(known) else f"{name.partition('.')[0] or 'recording'}.cast"


def _of_site(project: Project, name: str, jobs: int, shown: str = "") -> tuple[Take, Makers, SiteConfig]:
    options = Options(drafts=True, future=True, underway=True, jobs=jobs, now=now())
    cache = Cache(project.root / WORK_FOLDER)
    with workers(project.config, options) as executor, progress_bar() as progress:
        surveyed = survey(project.root, project.config, options, cache, executor, progress)
        problems = list(surveyed.problems)
        if shown:
            problems = [problem._replace(place=problem.place._replace(path=shown)) for problem in problems]
            if surveyed.private:
                text = "is private: its front matter says so; take the line out of a copy, and export that"
                raise ConfigError(Problem(Severity.FATAL, Place(shown), "private", text))
            if not surveyed.site.recordings:
                raise ConfigError(
                    *problems or [Problem(Severity.FATAL, Place(shown), "no-recording", "is no recording")]
                )
        if shown:
            recording = find(name, surveyed)
            show_problems(problems, project.root)
        else:
            recording = find_aloud(name, surveyed, project.root)
        archive = surveyed.archive
        dressed = dress(project.root, project.config)
        terminal = dressed.choices.terminal
        take = take_of(recording, project.config, load=archive.analysis, load_cast=archive.cast, terminal=terminal)
        return take, makers(dressed, project.config.language), project.config
