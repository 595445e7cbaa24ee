"""`castsite search`: the site's search in the terminal, from the same index."""

from __future__ import annotations

import errno
import math
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote as percent_encode

import click

from castsite import __version__
from castsite.cli.console import coloured, print_json
from castsite.cli.project import json_option, load_project
from castsite.errors import ConfigError, Place, Problem, Severity, printable, quote
from castsite.limits import MIB
from castsite.render.encode import clock
from castsite.safety.address import within
from castsite.search.answers import PER_PAGE, Answer, Found, look
from castsite.search.index import ROOT, day_number
from castsite.search.query import Filters, asks
from castsite.search.ranking import Ranking, rank
from castsite.search.reader import Index
from castsite.search.shard import DamagedError
from castsite.search.spans import Match, marks_of

SHOWN: Final = 3
"""Lines of a recording."""

WIDTH: Final = 160
"""Characters of a line."""

BEFORE: Final = 40
"""Characters before the first mark of a line that is cut."""

_SECONDS: Final = 20
_LARGEST: Final = 64 * MIB
_DAY = click.DateTime(["%Y-%m-%d"])
_AMBER, _FAINT, _OFF = "\x1b[1;33m", "\x1b[2m", "\x1b[0m"


@click.command("search")
@click.argument("query", nargs=-1)
@click.option("--site", help="A built site: its folder, or its address. By default the output of the site here.")
@click.option("--commands", is_flag=True, help="Only lines on which a command was typed.")
@click.option("--titles", is_flag=True, help="Only titles, tags, series and authors; of pages only titles.")
@click.option("--tag", default="", help="Only with this tag.")
@click.option("--series", default="", help="Only parts of this series.")
@click.option("--author", default="", help="Only by this author.")
@click.option("--since", type=_DAY, help="Only what is of this day and later.")
@click.option("--until", type=_DAY, help="Only what is of this day and earlier.")
@click.option("--min", "least", type=float, default=0.0, help="Only recordings of so many whole seconds and more.")
@click.option("--max", "most", type=float, default=math.inf, help="Only recordings of so many whole seconds and less.")
@click.option("--limit", type=click.IntRange(1), default=PER_PAGE, show_default=True, help="Recordings to show.")
@json_option
@click.pass_obj
def command(directory: Path, /, query: tuple[str, ...], **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Find what was ever on a screen: recording, second, line. Exit 1 when nothing matches.

    Words must all occur in a recording, the last one may be unfinished; a "phrase in quotes" stands on one line.
    """
    filters = _filters(flags)
    words = " ".join(query)
    if not asks(words, filters):
        text = "nothing to look for; give words of letters and digits, or a filter such as --tag"
        raise _fault("", "no-query", text)
    where = flags["site"] or str(_output(directory))
    load = _from_address(where) if where.startswith(("http://", "https://")) else _from_folder(Path(where))
    try:
        index = Index.open(load)
        ranking = rank(index, words, filters)
        found = look(index, ranking, filters, flags["limit"])
    except DamagedError as error:
        raise _fault(where, "search-damaged", "its search index cannot be read; build the site again") from error
    except OSError as error:
        raise _unreachable(where, error) from error
    if flags["as_json"]:
        print_json(_document(ranking, found))
    else:
        _print(ranking, found)
    return 0 if found.recordings or found.pages else 1


def _filters(flags: dict[str, Any]) -> Filters:
    if flags["commands"] and flags["titles"]:
        raise _fault("", "bad-value", "--commands and --titles leave nothing over; give one of them")
    since, until = (_day(flags[name]) for name in ("since", "until"))
    return Filters(
        where="commands" if flags["commands"] else "titles" if flags["titles"] else "",
        tag=flags["tag"],
        series=flags["series"],
        author=flags["author"],
        days=(-math.inf if since is None else since, math.inf if until is None else until),
        seconds=(max(0.0, flags["least"]), min(math.inf, flags["most"])),  # no number is no bound
    )


def _day(given: datetime | None) -> int | None:
    return None if given is None else day_number(given.date())


# ---- where the index is


def _output(directory: Path) -> Path:
    project = load_project(directory)
    return project.root / project.config.output


def _from_folder(folder: Path) -> Callable[[str], bytes]:
    def load(path: str) -> bytes:
        name = path.partition("?")[0]
        inside = within("", name)
        if inside is None or "\0" in name:
            raise DamagedError  # an index names its files, and may be anybody's
        try:
            return (folder / inside).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name) from error
        except ValueError as error:
            raise DamagedError from error  # a name that no file can have

    return load


def _from_address(address: str) -> Callable[[str], bytes]:
    base = address.partition("?")[0].partition("#")[0].removesuffix("index.html").rstrip("/")

    def load(path: str) -> bytes:
        name, _, version = path.partition("?")
        try:
            url = f"{base}/{percent_encode(name)}" + (f"?{version}" if version else "")
        except ValueError as error:
            raise DamagedError from error  # half a character
        try:
            data = _fetched(url)
        except urllib.error.HTTPError as error:
            if not 400 <= error.code < 500:
                raise
            raise FileNotFoundError(errno.ENOENT, error.reason, name) from error
        except (HTTPException, ValueError) as error:
            raise OSError(f"{error or type(error).__name__}") from error
        if len(data) > _LARGEST:
            raise OSError(f"{name} is larger than {_LARGEST // MIB} MiB")
        return data

    return load


def _fetched(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"User-Agent": f"castsite/{__version__}"})  # noqa: S310 - http(s)
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - the same
        data: bytes = answer.read(_LARGEST + 1)
    return data


def _unreachable(where: str, error: OSError) -> ConfigError:
    if isinstance(error, FileNotFoundError) and error.filename == ROOT:
        return _fault(
            where, "no-search", f"there is no {ROOT}; run castsite build first, or name a built site with --site"
        )
    if isinstance(error, FileNotFoundError) and error.filename:
        return _fault(where, "search-damaged", f"there is no {printable(error.filename)}; build the site again")
    reason = getattr(error, "reason", None) or error.strerror or error
    return _fault(where, "unreachable", f"cannot be read: {printable(str(reason))}")


def _fault(where: str, code: str, text: str) -> ConfigError:
    return ConfigError(Problem(Severity.FATAL, Place(printable(where)), code, text))


# ---- what is printed


def _print(ranking: Ranking, found: Found) -> None:
    colours = coloured(sys.stdout)
    for answer in found.recordings:
        row = answer.row
        title = _marked(row.title, marks_of(row.title, ranking.words), colours=colours)
        print(_faint(row.slug, colours=colours), title, _faint(_clock(row.seconds * 1000), colours=colours))
        for match in _shown(answer):
            text, marks = _cut(match.text, match.marks)
            sign = "$" if match.command else " "
            print(f"  {_clock(match.time):>7} {sign} {_marked(text, marks, colours=colours)}")
        if (more := len(answer.matches) - SHOWN) > 0:
            print(_faint(f"          {more} more line{'s' * (more != 1)}", colours=colours))
        if answer.lost:
            print(_faint(f"          {answer.lost} cannot be read; build the site again", colours=colours))
    for one in found.pages:
        page = one.page
        title = _marked(page.title, marks_of(page.title, ranking.words), colours=colours)
        print(_faint(f"{page.slug or '/'}", colours=colours), title)
        for said in one.said[:SHOWN]:
            text, marks = _cut(said.text, marks_of(said.text, ranking.words))
            print(f"            {_marked(text, marks, colours=colours)}")
    if ranking.partial:
        print("many words begin so: only titles and the word itself were looked for; type on", file=sys.stderr)
    if not found.recordings and not found.pages:
        near = f"; did you mean {' or '.join(map(quote, ranking.near))}?" if ranking.near else ""
        print(f"nothing was found{near}", file=sys.stderr)
    for name in ranking.unknown:
        print(f"no tag, series or author is called {quote(name)}", file=sys.stderr)


def _shown(answer: Answer) -> list[Match]:
    """Give the best lines in the order of time."""
    return sorted(answer.matches[:SHOWN], key=lambda match: match.time)


def _clock(milliseconds: float) -> str:
    return clock(round(milliseconds) * 1000)


def _cut(text: str, marks: tuple[tuple[int, int], ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Cut a long line around its first mark."""
    start = max(0, marks[0][0] - BEFORE) if len(text) > WIDTH and marks else 0
    shown = text[start : start + WIDTH]
    return shown, tuple(
        (max(0, one - start), end - start) for one, end in marks if start <= one and end <= start + WIDTH
    )


def _marked(text: str, marks: Iterable[tuple[int, int]], *, colours: bool) -> str:
    """Highlight stretches of a text; none of it can control the terminal."""
    pieces: list[str] = []
    at = 0
    for start, end in marks:
        if start >= at:
            pieces += (
                printable(text[at:start], WIDTH * 4),
                _painted(printable(text[start:end], WIDTH * 4), colours=colours),
            )
            at = end
    return "".join((*pieces, printable(text[at:], WIDTH * 4)))


def _painted(text: str, *, colours: bool) -> str:
    return f"{_AMBER}{text}{_OFF}" if colours else text


def _faint(text: str, *, colours: bool) -> str:
    return f"{_FAINT}{printable(text, WIDTH)}{_OFF}" if colours else printable(text, WIDTH)


def _document(ranking: Ranking, found: Found) -> dict[str, object]:
    return {
        "recordings": [
            {
                "slug": answer.row.slug,
                "title": answer.row.title,
                "date": answer.row.date,
                "seconds": answer.row.seconds,
                "lines": [
                    {"t": match.time / 1000, "text": match.text, "command": match.command, "marks": match.marks}
                    for match in answer.matches
                ],
                "lost": answer.lost or None,
            }
            for answer in found.recordings
        ],
        "pages": [
            {
                "slug": one.page.slug,
                "title": one.page.title,
                "date": one.page.date,
                "lines": [{"anchor": said.anchor, "text": said.text} for said in one.said],
            }
            for one in found.pages
        ],
        "near": ranking.near,
        "partial": ranking.partial,
        "count": found.counts._asdict(),
    }
