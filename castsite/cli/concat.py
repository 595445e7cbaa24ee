"""`castsite concat A B … -o OUT`: recordings one after the other, as one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from castsite.cast.join import join
from castsite.cast.timeline import prepare
from castsite.cast.times import length_text
from castsite.cast.write import write
from castsite.cli.casts import Line, format_option, output_option, overwrite_option, read_cast, write_output
from castsite.cli.console import show_problems
from castsite.cli.project import limits_of, not_empty
from castsite.errors import ConfigError, Place, Problem, Severity, counted, printable_path
from castsite.limits import SECOND, moved_by


@click.command("concat")
@click.argument("sources", metavar="A B …", nargs=-1, required=True, callback=not_empty)
@output_option
@click.option("--title", type=Line(), help="Title of the new recording; without it that of the first.")
@format_option
@overwrite_option
@click.pass_obj
def command(directory: Path, /, sources: tuple[str, ...], output: str, **flags: Any) -> None:  # noqa: ANN401 - click's options by name
    """Put recordings one after the other into a new one; each begins with a fresh screen of its own size."""
    limits = limits_of(directory)
    casts = []
    for source in sources:
        prepared = prepare(
            read_cast(directory, source, limits), keep_input=True, keep_exit=True, limits=limits, path=source
        )
        if prepared.cast is None:
            raise ConfigError(*prepared.problems)
        casts.append(prepared.cast)
        show_problems(prepared.problems, directory)
    joined = join(casts)
    if joined.duration > limits.duration:
        most = f"{length_text(limits.duration)} {moved_by('duration')}"
        text = f"together they last {length_text(joined.duration)}; the limit is {most}"
        raise ConfigError(Problem(Severity.FATAL, Place(output), "cast-limit", f"{text}; castsite edit cuts them"))
    data = write(joined, title=flags["title"], timestamp=True, version=3 if flags["version"] == "v3" else 2)
    write_output(directory, output, data, list(sources), overwrite=flags["overwrite"])
    if output != "-":
        click.echo(
            f"{printable_path(output)}: {counted(len(casts), 'recording')}, {joined.duration / SECOND:.1f} s", err=True
        )
