"""`castsite edit IN -o OUT`: a new recording of what front matter could say about the old one, which stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from castsite.cast.edit import Edits
from castsite.cast.size import lost_by, sized, too_large
from castsite.cast.timeline import prepare
from castsite.cast.write import write
from castsite.cli.casts import (
    Between,
    Idle,
    Line,
    Moment,
    Speed,
    cols_option,
    format_option,
    output_option,
    overwrite_option,
    read_cast,
    rows_option,
    speed_of,
    write_output,
)
from castsite.cli.console import show_problems
from castsite.cli.project import limits_of, not_empty
from castsite.errors import ConfigError, Place, Problem, Severity, printable_path
from castsite.limits import SECOND
from castsite.schema.values import Stretch


class _Marker(click.ParamType[tuple[int, str]]):
    """A moment and what it is called: `0:12=Build`."""

    name = "T=LABEL"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, str]:
        time, _, label = str(value).partition("=")
        return Moment().convert(time, param, ctx), Line().convert(label, param, ctx)


@click.command("edit")
@click.argument("source", metavar="IN", callback=not_empty)
@output_option
@click.option("--start", type=Moment(), help="Cut off what comes before.")
@click.option("--end", type=Moment(), help="Cut off what comes after.")
@click.option("--cut", type=Between(), multiple=True, help="Cut a stretch out; may be given more than once.")
@click.option("--speed", type=Speed(), multiple=True, help="Play faster: everywhere, or in stretches.")
@click.option("--idle-time-limit", type=Idle(), help="No pause is longer. Without it: what the recording says.")
@click.option("--marker", type=_Marker(), multiple=True, help="A chapter, instead of the recording's own.")
@click.option("--title", type=Line(), help="Title of the new recording.")
@cols_option
@rows_option
@click.option("--no-input", is_flag=True, help="Leave out what was typed.")
@format_option
@overwrite_option
@click.pass_obj
def command(directory: Path, /, source: str, output: str, **flags: Any) -> None:  # noqa: ANN401 - click's options by name
    """Cut, trim and speed up the recording IN into a new file; IN itself stays as it is.

    Times count on IN's own timeline, whatever else is cut: 12.5, 1:05 or 1:02:03.4. After a cut the screen is what it
    was. Compressed recordings are read, too.
    """
    limits = limits_of(directory)
    recorded = read_cast(directory, source, limits)
    cast = sized(recorded, flags["cols"], flags["rows"])
    if text := too_large(cast, limits):
        raise ConfigError(Problem(Severity.ERROR, Place(source), "cast-limit", text))
    prepared = prepare(
        cast,
        markers=flags["marker"] or None,
        idle_limit=flags["idle_time_limit"],
        keep_input=not flags["no_input"],
        keep_exit=True,
        edits=Edits(flags["start"], flags["end"], _stretches(flags["cut"]), speed_of(flags["speed"])),
        limits=limits,
        path=source,
    )
    if prepared.cast is None:
        raise ConfigError(*prepared.problems)
    lost = lost_by(recorded, cast)
    smaller = [Problem(Severity.WARNING, Place(source), "smaller", lost)] if lost else []
    show_problems((*smaller, *prepared.problems), directory)
    data = write(prepared.cast, title=flags["title"], timestamp=True, version=3 if flags["version"] == "v3" else 2)
    write_output(directory, output, data, [source], overwrite=flags["overwrite"])
    if output != "-":
        click.echo(f"{printable_path(output)}: {prepared.cast.duration / SECOND:.1f} s", err=True)


def _stretches(found: tuple[tuple[int, int], ...]) -> tuple[Stretch, ...]:
    return tuple(Stretch(start, end) for start, end in found)
