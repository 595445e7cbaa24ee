"""`castsite redact IN -o OUT`: a copy of a recording that shows none of its secrets; IN stays as it is."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import click
from msgspec.structs import replace

from castsite.analysis.analyse import analyse
from castsite.cast.events import Cast
from castsite.cast.timeline import published
from castsite.cast.write import Version, write
from castsite.cli.casts import output_option, overwrite_option, read_with_source, write_output
from castsite.cli.console import show_problems
from castsite.cli.exits import SECRETS
from castsite.cli.project import is_site, limits_of, load_project, not_empty
from castsite.errors import Place, Problem, Severity, printable_path
from castsite.redaction import Source, header_of, publishable
from castsite.safety.gate import PERSONAL, Gate
from castsite.safety.orders import REDACTED, Orders
from castsite.safety.redact import without_passwords
from castsite.schema.edits import redaction
from castsite.schema.policy import SecretsPolicy
from castsite.schema.reading import Reading
from castsite.schema.tree import At, Text


class _Entry(click.ParamType[str]):
    """A text, or an expression between slashes."""

    name = "TEXT | /regex/"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what front matter would."""
        reading = Reading(path="")
        found = redaction(Text(str(value), plain=False, at=At(1, 1)), reading)
        if not found:
            self.fail("; ".join(problem.text for problem in reading.found) or "expected a text", param, ctx)
        return found


@click.command("redact")
@click.argument("source", metavar="IN", callback=not_empty)
@output_option
@click.option("--text", "texts", type=_Entry(), multiple=True, help="Mask this, too; may be given more than once.")
@click.option("--format", "version", type=click.Choice(["v2", "v3"]), help="asciicast to write; that of IN by default.")
@overwrite_option
@click.pass_context
def command(  # noqa: PLR0913 - its options
    context: click.Context, /, source: str, output: str, texts: tuple[str, ...], version: str | None, *, overwrite: bool
) -> None:
    """Mask secrets in a copy of the recording IN, wherever they were shown, typed or told; IN stays as it is.

    Sizes and times stay, and so does its front matter; of the header version, size, title, date, theme and idle limit,
    nothing else of what the recorder knew. What was masked is looked for again in
    the copy: if any of it is left, nothing is written, and it exits with 3. In a site the rules of its castsite.yml
    count.
    """
    directory: Path = context.obj
    limits, policy = limits_of(directory), SecretsPolicy()
    if is_site(directory):
        policy = load_project(directory).config.secrets
    cast, front, body = read_with_source(directory, source, limits)
    # rules may be off for a file as the site calls it
    named = Path(os.path.relpath(directory / source, directory)).as_posix()
    gate = Gate(replace(policy, policy="redact"), named, hashlib.sha256(front + body).hexdigest())
    found = publishable(
        without_passwords(published(cast, keep_input=True, keep_exit=True)),
        Source(
            cast,
            header_of(cast, body),
            texts=(front.decode("utf-8", "replace"),),
            place=Place(source),
        ),
        gate=gate,
        orders=Orders(texts),
        look=lambda cast, witness: analyse(cast, witness=witness),
        limits=limits,
    )
    told = (problem for problem in found.problems if problem.code != PERSONAL)
    problems = [*told, *gate.of_text(front.decode("utf-8", "replace"))[1]]
    show_problems([_said(one) for one in problems], directory)
    if found.analysis is None or any(problem.severity is Severity.ERROR for problem in problems):
        context.exit(SECRETS)
    data = write(
        found.cast,
        timestamp=True,
        idle_limit=True,
        version=3 if version == "v3" or (version is None and cast.header.version == 3) else 2,
    )
    write_output(directory, output, front + data, [source], overwrite=overwrite)
    if not any(problem.code == REDACTED for problem in problems):
        click.echo(f"{printable_path(output)}: nothing to mask", err=True)


def _version(wanted: str | None, cast: Cast) -> Version:
    return 3 if (wanted or f"v{cast.header.version}") == "v3" else 2


def _said(problem: Problem) -> Problem:
    """Tell here what a build tells of only when it is asked for more."""
    return problem._replace(severity=Severity.WARNING) if problem.severity is Severity.INFO else problem
