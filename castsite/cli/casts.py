"""Recordings that commands read and write by name, outside of any site."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO

import click

from castsite.cast.compressed import inflate
from castsite.cast.events import Cast
from castsite.cli.console import show_problems
from castsite.errors import ConfigError, Place, Problem, Severity, StorageError
from castsite.formats.blocks import cut
from castsite.formats.model import ALONE, Beside
from castsite.formats.names import COMPRESSED, may_be_recording, may_have_timing, timings_of
from castsite.formats.read import read_recording
from castsite.formats.script import is_timing, partners
from castsite.limits import KIB, MIB, Limits
from castsite.schema.edits import FASTEST, SLOWEST
from castsite.schema.times import EXAMPLES, parse_time
from castsite.schema.values import Stretch
from castsite.site.bundles import is_bundle, read_bundle


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
    "-o", "--output", required=True, metavar="OUT", help="File to write; - writes to the terminal's output."
)
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace OUT if it is there.")
format_option = click.option(
    "--format", "version", type=click.Choice(["v2", "v3"]), default="v2", show_default=True, help="asciicast to write."
)


def read_cast(directory: Path, name: str, limits: Limits) -> Cast:
    """Read a recording, and tell what is wrong with it. Raises ConfigError when it cannot be played."""
    return read_with_source(directory, name, limits)[0]


def read_with_source(directory: Path, name: str, limits: Limits) -> tuple[Cast, bytes, bytes]:
    """Do the same; give also the file's front matter with its fences, and what follows it."""
    inflated = inflate(read_file(directory, name, limits), path=name, limits=limits)
    if inflated.failed:
        raise ConfigError(*inflated.problems)
    block = cut(inflated.data, path=name, limits=limits)
    reading = read_recording(
        block.rest, path=name, first_line=block.rest_line, limits=limits, beside=beside(directory, name, limits)
    )
    problems = (*inflated.problems, *reading.problems)
    if reading.cast is None:
        raise ConfigError(*problems)
    show_problems(problems, directory)
    return reading.cast, inflated.data.removesuffix(block.rest), block.rest


def read_file(directory: Path, name: str, limits: Limits) -> bytes:
    """Read a recording, which may be a folder, as bytes. Raises ConfigError when it cannot be, or is too large."""
    path = directory / name
    try:
        if path.is_dir():
            return read_bundle(path.parent, path.name, limits.file_size)
        with path.open("rb") as file:
            source = file.read(limits.file_size + 1)
    except OSError as error:
        text = f"cannot be read: {error.strerror}; name a recording that is there"
        raise ConfigError(Problem(Severity.FATAL, Place(name), "unreadable", text)) from error
    if len(source) > limits.file_size:
        text = f"larger than {limits.file_size / MIB:.3g} MiB, the limit"
        raise ConfigError(Problem(Severity.FATAL, Place(name), "too-large", text))
    return source


def is_recording(folder: Path) -> bool:
    """Whether a path is a folder that is a recording itself."""
    try:
        return folder.is_dir() and is_bundle(folder, folder.name, {one.name for one in folder.iterdir()})
    except OSError:
        return False


def beside(directory: Path, name: str, limits: Limits) -> Beside:
    """Read what lies beside an output of script(1) and belongs to it: its timing, the log of what was typed."""
    path = directory / name
    if not may_have_timing(path.name) or path.is_dir():
        return ALONE
    found = next((one for one in _timings(path, limits) if _output_of(path.parent, *one) == path.name), None)
    return ALONE if found is None else with_timing(directory, str(Path(name).parent / found[0]), found[1], limits)


def with_timing(directory: Path, timing: str, data: bytes, limits: Limits) -> Beside:
    """Give a timing file, and the log of what was typed that it names."""
    folder, names = Path(timing).parent, partners(data)
    log = names.input if names.input != names.output and (directory / folder / names.input).is_file() else ""
    return Beside(
        timing=data,
        timing_path=timing,
        input=read_file(directory / folder, log, limits) if log else None,
        input_path=str(folder / log) if log else "",
    )


def output_of(directory: Path, name: str, data: bytes, limits: Limits) -> tuple[str, str, bytes] | None:
    """Find the output that belongs to a timing file or to a log of what was typed: itself, its timing, what that holds.

    None where a file is neither. Raises ConfigError for a timing without an output.
    """
    path, folder = directory / name, Path(name).parent
    if is_timing(data):
        output = _output_of(path.parent, path.name, data)
        if output is None:
            text = "is the timing file of script(1), and its output is not beside it; name that one, with --timing"
            raise ConfigError(Problem(Severity.FATAL, Place(name), "no-recording", text))
        return str(folder / output), name, data
    for timing, inside in _timings(path, limits) if may_have_timing(path.name) and path.is_file() else ():
        output, names = _output_of(path.parent, timing, inside), partners(inside)
        if output not in {None, path.name} and names.input == path.name:
            return str(folder / output), str(folder / timing), inside
    return None


def _timings(path: Path, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Give the timing files in the folder of a file, those first that are called as if they belonged to it."""
    try:
        names = sorted(one.name for one in path.parent.iterdir() if one.is_file() and may_have_timing(one.name))
    except OSError:
        return
    alike = [name for name in timings_of(path.name) if name in names]
    for name in dict.fromkeys((*alike, *(name for name in names if name != path.name and may_be_recording(name)))):
        if is_timing(_beginning(path.parent / name, limits)):
            yield name, inflate(read_file(path.parent, name, limits), path=name, limits=limits).data


def _beginning(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(64 * KIB)
    except OSError:
        return b""
    return inflate(head, path=path.name, limits=limits).data if path.name.lower().endswith(COMPRESSED) else head


def _output_of(folder: Path, timing: str, data: bytes) -> str | None:
    """Find the output of a timing file: what it names, else what is called the same."""
    named = partners(data).output
    if named and (folder / named).is_file():
        return named
    names = sorted(one.name for one in folder.iterdir() if one.is_file() and may_have_timing(one.name))
    return next((name for name in names if name != timing and timing in timings_of(name)), None)


def refuse_output(directory: Path, name: str, sources: list[str], *, overwrite: bool) -> None:
    """Raise ConfigError for a source, for what must not be replaced, and for what is no file."""
    if name == "-":
        return
    path = directory / name
    if any((directory / source).exists() and path.exists() and path.samefile(directory / source) for source in sources):
        text = "is what is read, and stays as it is; choose another name for the output"
        raise ConfigError(Problem(Severity.FATAL, Place(name), "same-file", text))
    if path.exists() and not overwrite:
        raise ConfigError(
            Problem(Severity.FATAL, Place(name), "exists", "is there already; choose another name, or give --overwrite")
        )
    if path.exists() and not path.is_file():
        text = "is no file that could be replaced; choose another name, or - for the terminal's output"
        raise ConfigError(Problem(Severity.FATAL, Place(name), "not-a-file", text))


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
    path = directory / name
    beside = path.with_name(f".cs-{os.getpid()}-{path.name}.tmp")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        text = f"cannot be written: {error.strerror}; choose another name, or make room"
        raise StorageError(Problem(Severity.FATAL, Place(name), "storage", text)) from error
