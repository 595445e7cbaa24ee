"""`castsite serve`: the site while it is written."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import webbrowser
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from castsite.build import Options
from castsite.cli.console import progress_bar
from castsite.cli.project import Project, jobs_option, load_project, not_empty, now, passphrase, published_options
from castsite.cli.watching import LastingTeller, Teller, as_loaded
from castsite.config import CONFIG_NAMES, KEY_LENGTH, SiteConfig, load_config
from castsite.errors import ConfigError, Place, Problem, Severity, printable, quote
from castsite.regex import regex
from castsite.schema.hosting import HOST_NAME
from castsite.serve.hosts import Entry, Hosts, host_name
from castsite.serve.listen import addresses_of, is_local, listen, shown_host
from castsite.serve.live import base_of
from castsite.serve.rebuild import Rebuild, Workers, own_folder
from castsite.serve.server import Setup, serve
from castsite.serve.uploads import Uploads
from castsite.serve.watch import Watch
from castsite.workfolder import WORK_FOLDER, prepare

TOKEN_VARIABLE: Final = "CASTSITE_UPLOAD_TOKEN"  # noqa: S105 - its name


def _host_names(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    for name in given:
        if not regex(HOST_NAME).fullmatch(name):
            raise click.BadParameter(f"{quote(name)} is no name or address of a host; give one such as box.local")
    return given


@click.command("serve")
@click.option("-p", "--port", type=click.IntRange(1, 65535), help="First port to try; 8000 by default.")
@click.option(
    "--host", callback=not_empty, help="Where to listen; localhost by default, which no other machine can reach."
)
@click.option(
    "--allowed-host",
    multiple=True,
    callback=_host_names,
    help="A further name that the server answers to; may be repeated.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@published_options
@click.option("--base-url", help="Where the site will stand; its path is served, too.")
@click.option("--uploads", is_flag=True, help="Receive what asciinema upload sends, as drafts.")
@click.option(
    "--upload-token",
    envvar=TOKEN_VARIABLE,
    help="What the install id of who sends has to be; needed where others can reach the server.",
)
@click.option("--publish-uploads", is_flag=True, help="What is received is no draft.")
@jobs_option
@click.option("-v", "--verbose", is_flag=True, help="Say also what is only worth knowing.")
@click.pass_obj
def command(directory: Path, /, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Build the site, serve it on this machine, and build and show it anew when something changes."""
    project = _first(directory, flags["base_url"])
    wanted = project.config.serve
    host = flags["host"] or wanted.host
    addresses = addresses_of(host)
    local = is_local(addresses)
    receives = flags["uploads"] or wanted.uploads
    _refuse_odd(flags, receives=receives)
    if receives:
        _check_token(flags["upload_token"], local=local)
    teller = LastingTeller(project.root, verbose=flags["verbose"])
    prepare(project.root / WORK_FOLDER)
    port = flags["port"] or wanted.port
    listening = listen(addresses, port)
    if listening.port != port:
        text = f"port {port} is taken; it is {listening.port} this time"
        teller.problem(Problem(Severity.WARNING, Place(""), "port-taken", text))
    if not local:
        text = f"others can reach port {listening.port} of {host}; each browser needs an address with a token, once"
        teller.problem(Problem(Severity.WARNING, Place(""), "not-local", printable(text)))
    workers = Workers(flags["jobs"] or max(1, (os.cpu_count() or 1) - 1))
    folder = own_folder(listening.port)
    load = as_loaded(partial(load_project, project.root, base_url=flags["base_url"]))
    rebuild = Rebuild(
        project.root,
        load=load,
        options=partial(_options, flags),
        workers=workers,
        folder=folder,
        progress=progress_bar,
        is_stopping=lambda: watch.stopping,
    )
    watch = Watch(teller.problem, intact=rebuild.is_left_alone, rest=rebuild.rest)
    shown = shown_host(host, addresses)
    names = frozenset(map(host_name, (*flags["allowed_host"], *wanted.allowed_hosts, *([] if local else [shown]))))
    receivers = Workers(1)
    uploads = Uploads(
        project=project.root,
        load=lambda: load().config,
        now=now,
        workers=receivers,
        tell=teller,
        token=flags["upload_token"],
        publish=flags["publish_uploads"],
        drafts=flags["drafts"] or wanted.drafts,
        site=f"http://{shown}:{listening.port}",
    )
    setup = Setup(
        project=project.root,
        folder=project.root / folder,
        base=base_of(project.config),
        listening=listening,
        host=shown,
        hosts=Hosts(names, addresses=not local),
        entry=None if local else Entry(),
        sources=rebuild.sources(project.config),
        open_browser=webbrowser.open if flags["open_browser"] or wanted.open else None,
        uploads=uploads if receives else None,
    )

    def end() -> None:
        workers.stop()
        receivers.stop()

    _log_to(teller)
    code, in_time = asyncio.run(serve(setup, rebuild, watch, teller, ending=end))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is closed; what is left to do takes no time
    if not in_time:
        os._exit(code)  # a build that does not end: it has published nothing but to a folder of its own
    return code


def _refuse_odd(flags: dict[str, Any], *, receives: bool) -> None:
    source = click.get_current_context().get_parameter_source("upload_token")
    names_token = source is ParameterSource.COMMANDLINE  # an environment may hold one for other times
    if not receives and (names_token or flags["publish_uploads"]):
        raise click.UsageError("--upload-token and --publish-uploads belong to --uploads; give that too")


def _check_token(token: str | None, *, local: bool) -> None:
    """Raise ConfigError where strangers could send."""
    if not local and len(token or "") < KEY_LENGTH:
        text = (
            f"--uploads where others can reach the server: --upload-token has to have {KEY_LENGTH} characters or more"
        )
        raise ConfigError(Problem(Severity.FATAL, Place(""), "upload-token", f"{text}; {TOKEN_VARIABLE} may hold it"))
    if token is not None and not token:
        raise ConfigError(Problem(Severity.FATAL, Place(""), "upload-token", "--upload-token: expected some text"))


def _first(directory: Path, base_url: str | None) -> Project:
    """Read the configuration once. One that is wrong is told by the first build, and may be mended while serving."""
    load_config("", base_url=base_url, environ=os.environ)  # what is wrong outside of the file stays wrong
    now()
    try:
        return load_project(directory, base_url=base_url)
    except ConfigError:
        root = directory.resolve()
        if not any(os.path.lexists(root / name) for name in CONFIG_NAMES):
            raise
        config = load_config("", base_url=base_url, environ=os.environ).config
        return Project(root, config, ())


def _options(flags: dict[str, Any], config: SiteConfig) -> Options:
    return Options(
        drafts=flags["drafts"] or config.serve.drafts,
        future=flags["future"] or config.serve.future,
        jobs=flags["jobs"],
        private=True,
        underway=True,
        former=True,
        passphrase=passphrase,
        now=now(),
    )


class _Faults(logging.Handler):
    """Says of the libraries' messages those that are faults, as a line of ours."""

    def __init__(self, teller: Teller) -> None:
        super().__init__(logging.ERROR)
        self._teller = teller

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        told = f"{type(error).__name__}: {error}" if error else record.getMessage()
        text = f"{printable(told)}; this is a fault of castsite: please report it"
        self._teller.problem(Problem(Severity.ERROR, Place(""), "unexpected", text))


def _log_to(teller: Teller) -> None:
    """Keep the libraries from writing to the terminal: what visitors ask for is no news, and may hold anything."""
    for name in ("tornado.application", "asyncio"):
        logging.getLogger(name).addHandler(_Faults(teller))
        logging.getLogger(name).propagate = False
    for name in ("tornado.access", "tornado.general", "livereload", "watchdog"):
        logging.getLogger(name).addHandler(logging.NullHandler())
        logging.getLogger(name).propagate = False
