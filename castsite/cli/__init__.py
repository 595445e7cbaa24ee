"""The command line: one file per command, each imported when it is chosen. The only place that prints or exits."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from castsite import __version__
from castsite.errors import CastsiteError, Problem

COMMANDS = {
    "new": "Lay down a site that builds at once.",
    "build": "Turn content/ into a static gallery.",
    "serve": "Show the site while it is written: build, serve, build and show anew.",
    "check": "Say everything that build would complain about; write nothing.",
    "list": "List what is in the site.",
    "search": "Find what was ever on a screen: recording, second, line.",
    "show": "Show what is known about one recording.",
    "play": "Play a recording in the terminal.",
    "rec": "Record a terminal session straight into the content folder.",
    "mark": "Set a marker from inside a recording.",
    "stop": "End a recording that is made in the background.",
    "rm": "Remove a recording with the text beside it.",
    "log": "Show what was published, changed, held back and removed, and when.",
    "import": "Turn recordings of other formats, and those that a web page shows, into .cast and .md.",
    "edit": "Cut, trim and speed up a recording into a new file.",
    "concat": "Put recordings one after the other into a new file.",
    "redact": "Mask secrets in a copy of a recording.",
    "export": "Make files of a recording for other programs: GIF, animated SVG, video, one offline page.",
    "theme": "List themes, copy a file of one to change it, begin one of your own.",
    "passphrase": "Make a passphrase for private recordings.",
    "publish": "Put the finished site where people see it: GitHub Pages, an object store, or a folder of a server.",
    "clean": "Remove the output and the cache.",
    "completion": "Print the completion script for a shell.",
}
"""Name → help line: so that `castsite --help` imports no command."""


class _Lazy(click.Group):
    """A group that imports a command when somebody asks for it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"castsite.cli.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)  # noqa: S101 - a command module without a command is our fault
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the chosen command; what stops it is told, with the code to exit with."""
        try:
            return super().invoke(ctx)
        except CastsiteError as error:
            from castsite.cli.console import show_problems  # noqa: PLC0415 - only when something is wrong

            show_problems(error.problems, ctx.obj)
            _tell_programs(ctx, error.problems)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            raise
        except OSError as error:
            from castsite.cli.exits import storage_problem  # noqa: PLC0415 - the same

            _tell_programs(ctx, (storage_problem(error),))
            raise

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from castsite.schema.nearest import nearest  # noqa: PLC0415 - only when something was mistyped

            near = nearest(args[0], COMMANDS)
            hint = f", did you mean {near}?" if near else f"; castsite has {', '.join(COMMANDS)}"
            ctx.fail(f'no command "{args[0]}"{hint}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])  # `list` may be the command here


def _tell_programs(ctx: click.Context, problems: Sequence[Problem]) -> None:
    """Print why a command could not go on, where its output was to be a JSON document, of which there is none yet."""
    from castsite.cli.console import print_json, problems_as_json  # noqa: PLC0415 - only when something is wrong
    from castsite.cli.exits import silence  # noqa: PLC0415 - the same
    from castsite.cli.project import AS_JSON  # noqa: PLC0415 - the same

    if not ctx.meta.get(AS_JSON):
        return
    try:
        print_json({"problems": problems_as_json(problems)})
        sys.stdout.flush()
    except BrokenPipeError:  # the code to exit with still tells
        silence(sys.stdout)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The site's folder, with castsite.yml in it; the current one by default.",
)
@click.version_option(__version__, prog_name="castsite", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context, directory: Path) -> None:
    """castsite: a static-site generator and self-hosted gallery for terminal recordings."""
    ctx.obj = directory


def run() -> None:
    """Run the command line and exit with its code."""
    from castsite.cli.exits import guarded  # noqa: PLC0415 - keeps `import castsite.cli` light

    guarded(main)
