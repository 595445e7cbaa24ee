"""Recordings that commands read and write by name, outside of any site."""

from __future__ import annotations

import errno
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import IO, NamedTuple

import click

from castsite.cast.compressed import inflate
from castsite.cast.events import Cast
from castsite.cli.console import show_problems
from castsite.cli.project import not_empty
from castsite.errors import ConfigError, Place, Problem, Severity, StorageError
from castsite.formats.blocks import cut
from castsite.formats.model import ALONE, Beside
from castsite.formats.names import may_have_timing
from castsite.formats.read import read_recording
from castsite.limits import Limits, moved_by, size_text
from castsite.regex import regex
from castsite.schema.characters import visible_line
from castsite.schema.edits import FASTEST, SLOWEST
from castsite.schema.times import EXAMPLES, parse_time
from castsite.schema.values import Stretch
from castsite.site.bundles import is_bundle, read_bundle
from castsite.site.sources import Pair, paired
from castsite.underway import is_locked

_HALF = regex("[\ud800-\udfff]")
"""Half of a character, as which bytes that are not UTF-8 come from the command line."""

Pairs = Callable[[Path], Mapping[str, Pair]]
"""Finds what belongs together in a folder."""


class Line(click.ParamType[str]):
    """A text on one line, which is taken as front matter would take it; what is mended of it is told."""

    name = "text"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,  # noqa: ARG002 - click's signature
    ) -> str:
        """Read it; bytes that are no text become U+FFFD."""
        text = _HALF.sub("\ufffd", str(value))
        clean, removed = visible_line(text)
        repairs = ["what is not UTF-8 replaced by U+FFFD"] if text != value else []
        repairs += [f"hidden characters removed: {removed}"] if removed else []
        option = f"{param.opts[-1]}: " if param else ""
        show_problems([_repaired(f"{option}{one}") for one in repairs], Path())
        return clean


def _repaired(text: str) -> Problem:
    return Problem(Severity.WARNING, Place(""), "value-repaired", text)


class Moment(click.ParamType[int]):
    """A time on a recording's own timeline, microseconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read `S[.f]`, `M:SS[.f]` or `H:MM:SS[.f]`."""
        found = parse_time(str(value))
        if found is None:
            self.fail(f"{value!r} is no time; write it as {EXAMPLES}", param, ctx)
        return found


class Between(click.ParamType[tuple[int, int]]):
    """A stretch of time, `A..B`."""

    name = "A..B"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Read two times of which the second is later."""
        first, dots, last = str(value).partition("..")
        start, end = parse_time(first), parse_time(last)
        if not dots or start is None or end is None:
            self.fail(f"{value!r} is no stretch; write two times, such as 0:10..1:05", param, ctx)
        if end <= start:
            self.fail(f"{value!r} does not run forward; write the earlier time first", param, ctx)
        return start, end


class Speed(click.ParamType[float | tuple[int, int, float]]):
    """A factor, or one for a stretch: `2`, `0:10..1:05=4`."""

    name = "N | A..B=N"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | tuple[int, int, float]:
        """Read a factor, behind a stretch and = if it is for that alone."""
        stretch, equals, number = str(value).rpartition("=")
        try:
            factor = float(number)
        except ValueError:
            factor = 0.0
        if not SLOWEST <= factor <= FASTEST:
            self.fail(
                f"{value!r}: expected a factor from {SLOWEST:g} to {FASTEST:g}, such as 2 or 0:10..1:05=4", param, ctx
            )
        return (*Between().convert(stretch, param, ctx), factor) if equals else factor


class Number(click.FloatRange):
    """A number in a range, in which "nan" is not."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it."""
        found: float = super().convert(value, param, ctx)  # type: ignore[arg-type] # click reads any text
        if not math.isfinite(found):
            self.fail(f"{value!r} is no number that can be used", param, ctx)
        return found


class Idle(click.ParamType[int | str]):
    """Seconds, or `off`."""

    name = "S | off"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Read seconds above 0, or the word."""
        found = "off" if str(value).lower() == "off" else parse_time(str(value))
        if not found:
            self.fail(f"{value!r}: expected seconds above 0, or off", param, ctx)
        return found


def speed_of(found: tuple[float | tuple[int, int, float], ...]) -> float | tuple[Stretch, ...] | None:
    """Give one factor for everything, or those of stretches. Raises click.UsageError for both, and for overlaps."""
    stretches = sorted((Stretch(*one) for one in found if isinstance(one, tuple)), key=lambda one: one.start)
    factors = [one for one in found if not isinstance(one, tuple)]
    if len(factors) + bool(stretches) > 1:
        raise click.UsageError("--speed: give one factor for everything, or stretches, not both")
    if any(after.start < before.end for before, after in pairwise(stretches)):
        raise click.UsageError("--speed: stretches overlap; let one end where the next begins")
    return factors[0] if factors else tuple(stretches) or None


output_option = click.option(
    "-o",
    "--output",
    required=True,
    callback=not_empty,
    metavar="OUT",
    help="File to write; - writes to the terminal's output.",
)
cols_option = click.option(
    "--cols", type=click.IntRange(2, 1000), help="Columns of the terminal, instead of the recording's own."
)
rows_option = click.option("--rows", type=click.IntRange(1, 500), help="Rows of the terminal.")
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace OUT if it is there.")
format_option = click.option(
    "--format", "version", type=click.Choice(["v2", "v3"]), default="v2", show_default=True, help="asciicast to write."
)


def read_cast(directory: Path, name: str, limits: Limits) -> Cast:
    """Read a recording, and tell what is wrong with it. Raises ConfigError when it cannot be played."""
    return read_with_source(directory, name, limits)[0]


def read_with_source(directory: Path, name: str, limits: Limits) -> tuple[Cast, bytes, bytes]:
    """Do the same; give also the file's front matter with its fences, and what follows it.

    A timing file of script(1) stands for the output that it belongs to.
    """
    pair = pair_of(directory / name)
    if pair is not None and pair.output != Path(name).name:
        name = str(Path(name).parent / pair.output)
    found = _parsed(read_file(directory, name, limits), name, limits, lambda: beside(directory, name, limits))
    show_problems(as_it_grows(directory / name, name, found.cast, found.problems), directory)
    return found.cast, found.front, found.rest


def cast_of(source: bytes, name: str, limits: Limits) -> Cast:
    """Read a recording that is no file, and tell what is wrong with it. Raises ConfigError when it cannot be played."""
    found = _parsed(source, name, limits, lambda: ALONE)
    show_problems(found.problems, Path())
    return found.cast


class _Parsed(NamedTuple):
    cast: Cast
    problems: tuple[Problem, ...]
    front: bytes
    rest: bytes


def _parsed(source: bytes, name: str, limits: Limits, others: Callable[[], Beside]) -> _Parsed:
    """Read a recording; `others` reads what lies beside it. Raises ConfigError when it cannot be played."""
    inflated = inflate(source, path=name, limits=limits)
    if inflated.failed:
        raise ConfigError(*inflated.problems)
    block = cut(inflated.data, path=name, limits=limits)
    reading = read_recording(block.rest, path=name, first_line=block.rest_line, limits=limits, beside=others())
    problems = (*inflated.problems, *reading.problems)
    if reading.cast is None:
        raise ConfigError(*problems)
    return _Parsed(reading.cast, problems, inflated.data.removesuffix(block.rest), block.rest)


def as_it_grows(path: Path, name: str, cast: Cast, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Give what is wrong with a recording; one that is still being made is not cut off, and is told to be that."""
    if not (cast.cut_off and is_locked(path)):
        return tuple(problems)
    text = "is being recorded; what there is of it until now is taken"
    others = (one for one in problems if one.code != "cast-cut-off")
    return (*others, Problem(Severity.WARNING, Place(name), "recording", text))


def read_file(directory: Path, name: str, limits: Limits) -> bytes:
    """Read a recording, which may be a folder, as bytes. Raises ConfigError when it cannot be, or is too large."""
    path = directory / name
    try:
        if path.is_dir():
            if not is_recording(path):
                text = "is a folder, and no recording itself; name one that is in it"
                raise ConfigError(Problem(Severity.FATAL, Place(name), "no-recording", text))
            return read_bundle(path.parent, path.name, limits.file_size)
        with path.open("rb") as file:
            source = file.read(limits.file_size + 1)
    except OSError as error:
        text = f"cannot be read: {error.strerror}; name a recording that is there"
        raise ConfigError(Problem(Severity.FATAL, Place(name), "unreadable", text)) from error
    if len(source) > limits.file_size:
        text = f"larger than {size_text(limits.file_size)}, the limit {moved_by('file_size')}"
        raise ConfigError(Problem(Severity.FATAL, Place(name), "too-large", text))
    return source


def is_recording(folder: Path) -> bool:
    """Whether a path is a folder that is a recording itself."""
    try:
        return folder.is_dir() and is_bundle(folder, folder.name, {one.name for one in folder.iterdir()})
    except OSError:
        return False


def pairs_in(folder: Path) -> Mapping[str, Pair]:
    """Find what belongs together in a folder: each file of script(1) leads to its pair. Looks into what has to be."""

    def read(name: str, size: int) -> bytes:
        with (folder / name).open("rb") as file:
            return file.read(size)

    try:
        return paired([one.name for one in folder.iterdir() if one.is_file()], read)
    except OSError:
        return {}


def pair_of(path: Path, pairs: Pairs = pairs_in) -> Pair | None:
    """Give the output of script(1) that a file is, or belongs to, with all that belongs to it."""
    return pairs(path.parent).get(path.name) if may_have_timing(path.name) and path.is_file() else None


def beside(directory: Path, name: str, limits: Limits, pairs: Pairs = pairs_in) -> Beside:
    """Read what lies beside an output of script(1) and belongs to it: its timing, the log of what was typed."""
    pair, folder = pair_of(directory / name, pairs), Path(name).parent
    if pair is None or pair.output != Path(name).name:
        return ALONE
    timing, typed = (str(folder / one) if one else None for one in (pair.timing, pair.input))
    return read_beside(directory, timing, typed, limits)


def read_beside(directory: Path, timing: str | None, typed: str | None, limits: Limits) -> Beside:
    """Read the files that belong to an output of script(1)."""

    def read(name: str | None) -> bytes | None:
        return None if name is None else inflate(read_file(directory, name, limits), path=name, limits=limits).data

    return Beside(timing=read(timing), timing_path=timing or "", input=read(typed), input_path=typed or "")


def refuse_output(directory: Path, name: str, sources: list[str], *, overwrite: bool) -> None:
    """Raise ConfigError for a source, for what must not be replaced, and for what is no file."""
    if name == "-":
        return
    path = directory / name
    try:
        is_there = path.exists()
    except OSError as error:
        raise _unwritable(name, error) from error
    read = (member for source in sources for member in _read_with(directory / source))
    if is_there and any(member.exists() and path.samefile(member) for member in read):
        text = "is what is read, and stays as it is; choose another name for the output"
        raise ConfigError(Problem(Severity.FATAL, Place(name), "same-file", text))
    if is_there and not overwrite:
        raise ConfigError(
            Problem(Severity.FATAL, Place(name), "exists", "is there already; choose another name, or give --overwrite")
        )
    if is_there and not path.is_file():
        text = "is no file that could be replaced; choose another name, or - for the terminal's output"
        raise ConfigError(Problem(Severity.FATAL, Place(name), "not-a-file", text))


def _read_with(path: Path) -> Iterator[Path]:
    """Give a file that is read, and what belongs to it."""
    yield path
    if pair := pair_of(path):
        yield from (path.parent / name for name in pair if name)


def write_output(directory: Path, name: str, data: bytes, sources: list[str], *, overwrite: bool) -> None:
    """Write a file that is whole or not there. Raises ConfigError for a source and for what must not be replaced.

    Raises StorageError where it cannot be written.
    """
    if name == "-":
        stream: IO[bytes] = sys.stdout.buffer
        stream.write(data)
        stream.flush()
        return
    refuse_output(directory, name, sources, overwrite=overwrite)
    put_file(directory / name, name, data)


_CURES: Mapping[int | None, str] = {
    errno.ENOENT: "make its folder first",
    errno.ENOTDIR: "choose another name, below a folder",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EACCES: "make its folder writable, or choose another",
    errno.EPERM: "make its folder writable, or choose another",
    errno.EROFS: "choose another folder",
}


def put_file(path: Path, name: str, data: bytes) -> None:
    """Write a file that is whole or not there, in the place of any file or link. Raises StorageError."""
    beside = path.with_name(f".cs-{os.getpid()}.tmp")  # short, whatever the file is called
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise _unwritable(name, error) from error


def _unwritable(name: str, error: OSError) -> StorageError:
    cure = _CURES.get(error.errno, "choose another name, or make room")
    return StorageError(Problem(Severity.FATAL, Place(name), "storage", f"cannot be written: {error.strerror}; {cure}"))
