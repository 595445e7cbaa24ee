"""`castsite rec NAME`: a terminal session becomes a recording in the content folder."""

from __future__ import annotations

import os
import shlex
import sys
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from castsite.cast.kinds import size_fault
from castsite.cli.casts import Idle
from castsite.cli.console import show_problems
from castsite.cli.project import Project, load_project, now
from castsite.errors import ConfigError, Place, Problem, Severity, printable, printable_path, quote
from castsite.schema.times import parse_span
from castsite.schema.zones import find_zone

SHELLS = ("bash", "zsh", "fish")
DEFAULT_SIZE = (80, 24)


class _Span(click.ParamType[int]):
    """How long something lasts, in microseconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read `90s`, `10m`, `8h`, or a time."""
        found = parse_span(str(value))
        if not found:
            self.fail(f"{value!r} is no duration; write it as 90s, 10m, 8h or 1:05:00", param, ctx)
        return found


class _Size(click.ParamType[int]):
    """A number of bytes."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read `500K`, `40M`, `1G`, or bytes."""
        from castsite.record.place import parse_size  # noqa: PLC0415 - when it is asked for

        found = parse_size(str(value))
        if not found:
            self.fail(f"{value!r} is no size; write it as 500K, 40M or 1G", param, ctx)
        return found


class _Key(click.ParamType[bytes]):
    """A key, as the byte that it sends."""

    name = "key"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        """Read `ctrl-a`, `^a`, a character, or `off`."""
        from castsite.record.keys import key_of  # noqa: PLC0415 - when it is asked for

        found = value if isinstance(value, bytes) else key_of(str(value))
        if found is None:
            self.fail(f"{value!r} is no key; write it as ctrl-a, as a single character, or off", param, ctx)
        return found


@click.command("rec")
@click.argument("name", required=False)
@click.argument("words", nargs=-1, metavar="")
@click.option("-c", "--command", "program", help="Record this command instead of a shell.")
@click.option("--title", help="Title of the recording; by default it is made of its name.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be given more than once.")
@click.option("--session", help="Name of the session that it belongs to.")
@click.option("--draft", is_flag=True, help="Say draft: true in its text, so that no build publishes it before you do.")
@click.option(
    "-i", "--idle-time-limit", type=Idle(), help="No pause is longer when it is played; it is recorded as it is."
)
@click.option("--append", is_flag=True, help="Go on with a recording that is there.")
@click.option("--input", "keystrokes", is_flag=True, help="Record what is typed, too, but for passwords.")
@click.option("--max-duration", type=_Span(), help="End it after so long.")
@click.option("--max-size", type=_Size(), help="End it before its file is larger.")
@click.option("--cols", type=click.IntRange(2, 1000), help="Columns of the terminal; by default those of yours, or 80.")
@click.option("--rows", type=click.IntRange(1, 500), help="Rows of the terminal; by default those of yours, or 24.")
@click.option("--pause-key", type=_Key(), default="ctrl-\\", help="Pauses and goes on; ctrl-\\ by default, or off.")
@click.option("--mark-key", type=_Key(), default="off", help="Sets a marker; off by default.")
@click.option("--prefix-key", type=_Key(), default="off", help="Has to be pressed before one of the two.")
@click.option("--durable", is_flag=True, help="Have the disk write what it holds every ten seconds.")
@click.option("--background", is_flag=True, help="Go on in the background; castsite stop ends it.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing, and without a terminal show no output.")
@click.option(
    "--auto",
    type=click.Choice([*SHELLS, "this"]),
    is_flag=False,
    flag_value="this",
    help="Print lines for the start of a shell that record every new session; this: the shell in $SHELL.",
)
@click.pass_obj
def command(directory: Path, /, name: str | None, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Record a terminal session straight into the content folder, as NAME.cast with NAME.md beside it.

    A shell is recorded until it ends, or with --command a program. Without a terminal, as in a pipeline, there has to
    be one. It exits with the status of what was recorded, with 5 where the recording could not be written.
    """
    if sys.platform == "win32":
        text = "castsite rec needs a Unix terminal, and there is none on Windows; record in WSL instead"
        raise ConfigError(Problem(Severity.FATAL, Place(""), "no-recorder", text))
    if flags["auto"]:
        if more := [word for word in (name, *flags["words"]) if word]:
            raise click.UsageError(f"--auto prints lines for one shell; leave {quote(' '.join(more))} out")
        return _print_hook(directory, flags["auto"])
    _refuse_nested()
    if words := flags.pop("words"):
        how = f"castsite rec {shlex.quote(name or '')} -c {shlex.quote(shlex.join(words))}"
        raise click.UsageError(f"what is to be recorded goes behind -c: {printable(how, 600)}")
    if name is None:
        raise click.UsageError("name the recording, such as castsite rec demo")
    _check(flags)
    project = load_project(directory)
    show_problems(project.problems, project.root)
    return _record(project, name, flags)


def _print_hook(directory: Path, wanted: str) -> int:
    from castsite.record.hook import hook  # noqa: PLC0415 - when it is asked for

    shell = Path(os.environ.get("SHELL", "")).name if wanted == "this" else wanted
    if shell not in SHELLS:
        raise click.UsageError(f"--auto: {quote(shell)} is none of the shells {', '.join(SHELLS)}; name one of them")
    project = load_project(directory)
    print(hook(shell, project=project.root, content=project.config.content), end="")
    return 0


def _refuse_nested() -> None:
    from castsite.record.begin import PARENTS  # noqa: PLC0415 - when it is asked for

    if parent := next((one for one in PARENTS if os.environ.get(one)), None):
        text = f"this is being recorded already ({parent} is set); leave that recording first"
        raise ConfigError(Problem(Severity.FATAL, Place(""), "nested", text))


def _check(flags: dict[str, Any]) -> None:
    keys = [flags["pause_key"], flags["mark_key"], flags["prefix_key"]]
    taken = [key for key in keys if key]
    if len(set(taken)) < len(taken):
        raise click.UsageError("--pause-key, --mark-key, --prefix-key: give each a key of its own")
    if not flags["prefix_key"] and any(key >= b" " and key != b"\x7f" for key in taken):
        raise click.UsageError("a key that types a character needs a --prefix-key before it")
    if flags["background"] and not flags["program"]:
        raise click.UsageError("--background needs a command to record: -c COMMAND")
    described = _described(flags)
    if flags["append"] and described:
        text = f"{described[0]}: --append leaves what is said about a recording as it is; change its front matter"
        raise click.UsageError(text)


def _described(flags: dict[str, Any]) -> list[str]:
    """Give the options that say something about the recording, not about how it is made."""
    given = (one for one in ("title", "tags", "session", "draft", "idle_time_limit") if flags[one])
    return [f"--{one.removesuffix('s').replace('_', '-')}" for one in given]


def _refuse_unsaid(spot: Any, flags: dict[str, Any]) -> None:  # noqa: ANN401 - a place, which is imported late
    """Refuse what only the text beside a recording can say where one is there, which stays as it is."""
    in_header = {"--title"} | ({"--idle-time-limit"} if flags["idle_time_limit"] != "off" else set())
    unsaid = [one for one in _described(flags) if one not in in_header]
    if unsaid and os.path.lexists(spot.companion):
        text = f"is there already and stays as it is; leave {', '.join(unsaid)} out, and write it there"
        path = f"{spot.path.removesuffix('.cast')}.md"
        raise ConfigError(Problem(Severity.FATAL, Place(path), "exists", text))


def _record(project: Project, name: str, flags: dict[str, Any]) -> int:
    from castsite.record import place  # noqa: PLC0415 - there is no recorder on Windows
    from castsite.record.begin import become, held_off  # noqa: PLC0415 - the same
    from castsite.record.keys import Keys  # noqa: PLC0415 - the same
    from castsite.record.order import Order  # noqa: PLC0415 - the same
    from castsite.record.recorder import size_of_terminal  # noqa: PLC0415 - the same

    config = project.config
    spot = place.spot(project.root, config.content, name, ignore=config.ignore, limits=config.limits)
    window = None if flags["background"] else size_of_terminal()
    if window is None and not flags["program"]:
        raise click.UsageError("there is no terminal here; say what to record: -c COMMAND")
    before = place.reopen(spot, config.limits) if flags["append"] else None
    usual = window or ((before.cols, before.rows) if before else DEFAULT_SIZE)
    size = flags["cols"] or usual[0], flags["rows"] or usual[1]
    if fault := size_fault(*size, config.limits):
        text = f"terminal of {size[0]}x{size[1]}: {fault}; give it less with --cols and --rows"
        raise ConfigError(Problem(Severity.FATAL, Place(""), "size", text))
    handle, written, made = (before.handle, before.size, []) if before else _create(project, spot, flags, size)
    shell = os.environ.get("SHELL") or "/bin/sh"
    order = Order(
        path=spot.path,
        handle=handle,
        note="",
        program=("/bin/sh", "-c", flags["program"]) if flags["program"] else (shell,),
        cols=size[0],
        rows=size[1],
        interactive=window is not None,
        follows=window is not None and not (flags["cols"] or flags["rows"]),
        copies=window is not None or not (flags["quiet"] or flags["background"]),
        quiet=flags["quiet"],
        input=flags["keystrokes"],
        durable=flags["durable"],
        version=before.version if before else 3,
        last=before.last if before else 0,
        size=written,
        appends=before is not None,
        resized=before is not None and (before.cols, before.rows) != size,
        duration_limit=flags["max_duration"] or 0,
        size_limit=flags["max_size"] or 0,
        keys=Keys(flags["mark_key"], flags["pause_key"], flags["prefix_key"]),
    )
    if flags["background"]:
        return _detach(project, order, made, name)
    with held_off():
        try:
            if not flags["quiet"]:
                print(f"recording to {printable_path(spot.path)}{_how_it_ends(order, flags)}", file=sys.stderr)
            become(project.root, order)
        except BaseException:  # it has not begun
            place.take_away(made)
            raise


def _detach(project: Project, order: Any, made: list[Path], name: str) -> int:  # noqa: ANN401 - imported late
    """Start it in the background, and take away what was made where that is not possible or is called off."""
    from castsite.record.begin import detach, held_off  # noqa: PLC0415 - there is no recorder on Windows
    from castsite.record.place import take_away  # noqa: PLC0415 - the same

    with held_off():
        runs = False
        try:
            runs = detach(project.root, order)
        finally:
            if not runs:
                take_away(made)
        if runs and not order.quiet:
            text = f"recording to {printable_path(order.path)}; castsite stop {shlex.quote(printable(name))} ends it"
            print(text, file=sys.stderr)
    return 0 if runs else 5


def _how_it_ends(order: Any, flags: dict[str, Any]) -> str:  # noqa: ANN401 - an order, which is imported late
    if not order.interactive:
        return ""
    key = flags["pause_key"]
    pressed = " ".join(_shown(one) for one in (flags["prefix_key"], key) if one)
    pause = f", {pressed} pauses" if key else ""
    return f"; {'the end of the command' if flags['program'] else 'exit or ctrl-d'} ends it{pause}"


def _shown(key: bytes) -> str:
    return f"ctrl-{chr(key[0] | 0x40).lower()}" if key < b" " else key.decode()


def _create(
    project: Project,
    spot: Any,  # noqa: ANN401 - a place, which is imported late
    flags: dict[str, Any],
    size: tuple[int, int],
) -> tuple[int, int, list[Path]]:
    """Make the recording and the text beside it; give its handle, its size, and all that was made."""
    from castsite.record import place  # noqa: PLC0415 - there is no recorder on Windows
    from castsite.record.child import terminal_type  # noqa: PLC0415 - the same

    label = place.Label(
        cols=size[0],
        rows=size[1],
        terminal=terminal_type(),
        moment=now(),
        title=flags["title"],
        command=flags["program"],
        idle_limit=flags["idle_time_limit"],
        shell=os.environ.get("SHELL"),
        tags=flags["tags"],
        session=flags["session"],
        draft=flags["draft"],
    )
    zone: tzinfo = find_zone(project.config.timezone) or UTC
    about = place.companion(spot, label, zone=zone, limits=project.config.limits)
    place.refuse_taken(spot)
    _refuse_unsaid(spot, flags)
    header = place.header_line(replace(label, title=about.title))
    handle, made = place.create(spot, header)
    try:
        if place.write_companion(spot, about.text):
            made.append(spot.companion)
    except BaseException:
        place.take_away(made)
        raise
    show_problems(about.problems, project.root)
    return handle, len(header), made
