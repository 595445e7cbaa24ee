"""`castsite search`: the site's search in the terminal, from the same index."""

from __future__ import annotations

import errno
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote as percent_encode

import click
from msgspec import Struct

from castsite.cli.casts import cast_of
from castsite.cli.console import coloured, print_json
from castsite.cli.playing import made_ready, show
from castsite.cli.project import Date, json_option, limits_of, load_project, not_empty
from castsite.cli.web import fetch, is_address
from castsite.errors import ConfigError, Place, Problem, Severity, counted, printable, quote
from castsite.limits import MIB, SECOND, Limits
from castsite.regex import regex
from castsite.render.encode import clock, seconds
from castsite.safety.address import within
from castsite.schema.times import EXAMPLES, parse_time
from castsite.search.answers import PER_PAGE, Answer, Found, PageAnswer, look
from castsite.search.index import ROOT, day_number
from castsite.search.query import WORDS, Filters, Word, asks, leaves_out
from castsite.search.ranking import Ranking, rank
from castsite.search.reader import Index
from castsite.search.shard import DamagedError
from castsite.search.spans import Match, found_in, marks_of

SHOWN: Final = 3
"""Lines of a recording."""

WIDTH: Final = 160
"""Characters of a line."""

BEFORE: Final = 40
"""Characters before the first mark of a line that is cut."""

_PROMPT: Final = regex(r"(?:[#%>]|.{0,80}?(?:[$❯➜»λ]|\S[#%>]))\s+(?=\S)")
"""What a shell wrote before a command."""

_HOST: Final = regex(r"(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::[0-9]+)?(?:/.*)?")
_LARGEST: Final = 64 * MIB
_AMBER, _FAINT, _OFF = "\x1b[1;33m", "\x1b[2m", "\x1b[0m"


def _time(text: str) -> float:
    """Read a time as it is written everywhere else; give seconds."""
    time = parse_time(text.strip())
    if time is None:
        raise click.BadParameter(f"{quote(text)} is no time; write {EXAMPLES}")
    return time / SECOND


class _Search(click.Command):
    """A command whose words may look like options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Tell who means a word how to say so."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            text = f'{error.message.rstrip(".")}; words that begin with "-" stand after "--"'
            raise click.NoSuchOption(error.option_name, text, error.possibilities, ctx) from error


@click.command("search", cls=_Search)
@click.argument("query", nargs=-1)
@click.option(
    "--site",
    callback=not_empty,
    help="A built site: its folder, or its address. By default the output of the site here.",
)
@click.option("--commands", is_flag=True, help="Only lines on which a command was typed.")
@click.option("--titles", is_flag=True, help="Only titles, tags, series and authors; of pages only titles.")
@click.option("--tag", default="", help="Only with this tag.")
@click.option("--series", default="", help="Only parts of this series.")
@click.option("--author", default="", help="Only by this author.")
@click.option("--since", type=Date(), metavar="DATE", help="Only what is of this day and later.")
@click.option("--until", type=Date(), metavar="DATE", help="Only what is of this day and earlier.")
@click.option("--min", "least", type=_time, metavar="TIME", help="Only recordings of this length and longer.")
@click.option("--max", "most", type=_time, metavar="TIME", help="Only recordings of this length and shorter.")
@click.option("--limit", type=click.IntRange(1), default=PER_PAGE, show_default=True, help="Recordings to show.")
@click.option("--play", is_flag=True, help="Play the first recording that is found, from its first line that is shown.")
@json_option
@click.pass_obj
def command(directory: Path, /, query: tuple[str, ...], **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Find what was ever on a screen: recording, second, line. Exit 1 when nothing matches.

    Words must all occur in a recording, the last one may be unfinished; a "phrase in quotes" stands on one line.
    """
    if flags["play"] and flags["as_json"]:
        raise click.UsageError("--play and --json both want the terminal; give one of them")
    filters = _filters(flags)
    words = " ".join(query)
    if not asks(words, filters):
        text = "nothing to look for; give words of letters and digits, or a filter such as --tag"
        raise _fault("", "no-query", text)
    where, root = (flags["site"], directory) if flags["site"] else (str(_output(directory)), Path())
    try:
        site = _opened(where, root)
        index, base = site.index, site.base
        ranking = rank(index, words, filters)
        found = look(index, ranking, filters, flags["limit"])
    except DamagedError as error:
        raise _fault(where, "search-damaged", "its search index cannot be read; build the site again") from error
    except OSError as error:
        raise _unreachable(where, root, error) from error
    if flags["as_json"]:
        print_json(_document(ranking, found, base))
    else:
        _print(ranking, found, base, named=not flags["commands"])
    if leaves_out(words):
        print(f"only the first {WORDS} words count", file=sys.stderr)
    if flags["play"] and (found.recordings or found.pages):
        return _play(site, found.recordings, where, root, limits_of(directory))
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
        seconds=(flags["least"] or 0.0, math.inf if flags["most"] is None else flags["most"]),
    )


def _day(given: datetime | None) -> int | None:
    return None if given is None else day_number(given.date())


# ---- where the index is


def _output(directory: Path) -> Path:
    project = load_project(directory)
    if not project.config.search:
        raise _fault("castsite.yml", "no-search", "search is off (search: false); leave that out and build again")
    return project.root / project.config.output


class _Site(Struct, frozen=True):
    """A built site: its index, its address, empty for a folder, and how its files are read."""

    index: Index
    base: str
    load: Callable[[str], bytes]


def _opened(where: str, root: Path) -> _Site:
    """Open a site by one of its addresses."""
    if is_address(where):
        base = where.partition("?")[0].partition("#")[0].removesuffix("index.html").rstrip("/")
        places = [(_from_address(f"{one}/"), f"{one}/") for one in (base, base.removesuffix("/search"))]
    else:
        folder = root / where
        folder = folder.parent if folder.name == "index.html" else folder
        places = [(_from_folder(one), "") for one in (folder, folder.parent if folder.name == "search" else folder)]
    for load, base in places:
        try:
            return _Site(Index.open(load), base, load)
        except FileNotFoundError as error:
            missing = error
    raise missing


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
    def load(path: str) -> bytes:
        name, _, version = path.partition("?")
        if within("", name) is None:
            raise DamagedError  # an index names its files, and may be anybody's
        try:
            url = address + percent_encode(name) + (f"?{version}" if version else "")
        except ValueError as error:
            raise DamagedError from error  # half a character
        try:
            return fetch(url, _LARGEST).data
        except HTTPError as error:
            if not 400 <= error.code < 500:
                raise
            raise FileNotFoundError(errno.ENOENT, error.reason, name) from error

    return load


def _unreachable(where: str, root: Path, error: OSError) -> ConfigError:
    if isinstance(error, FileNotFoundError) and error.filename == ROOT:
        if _HOST.fullmatch(where) and not (root / where).exists():
            return _fault(where, "no-search", f"is no folder; did you mean http://{printable(where)}?")
        text = f"there is no {ROOT}; run castsite build first, or name a built site with --site"
        return _fault(where, "no-search", text)
    if isinstance(error, FileNotFoundError) and error.filename:
        return _fault(where, "search-damaged", f"there is no {printable(error.filename)}; build the site again")
    reason = getattr(error, "reason", None) or error.strerror or error
    cure = "look whether it opens in a browser" if is_address(where) else "make it readable"
    return _fault(where, "unreachable", f"cannot be read: {printable(str(reason))}; {cure}")


def _play(site: _Site, answers: Sequence[Answer], where: str, root: Path, limits: Limits) -> int:
    """Play the first recording, as it is published, from the line that its address leads to."""
    if not answers:
        print("of texts, which were found, there is nothing to play", file=sys.stderr)
        return 1
    path, shown = f"{answers[0].row.slug}.cast", _shown(answers[0])
    try:
        source = site.load(path)
    except DamagedError as error:
        raise _fault(where, "search-damaged", "its search index cannot be read; build the site again") from error
    except OSError as error:
        raise _unreachable(where, root, error) from error
    cast = cast_of(source, path, limits)
    ready = made_ready(cast, idle_limit="off", limits=limits, path=path, root=root)  # what is published is played so
    return show(ready, start=round(shown[0].time * 1000) if shown else 0)


def _fault(where: str, code: str, text: str) -> ConfigError:
    return ConfigError(Problem(Severity.FATAL, Place(printable(where)), code, text))


# ---- what is printed


def _print(ranking: Ranking, found: Found, base: str, *, named: bool) -> None:
    """Print what was found, with its addresses where the site's is known. `named`: names were looked in."""
    for answer in found.recordings:
        _print_recording(answer, ranking.words, base, named=named)
    for one in found.pages:
        _print_page(one, ranking.words, base)
    for note in _notes(ranking, found):
        print(note, file=sys.stderr)


def _print_recording(answer: Answer, words: Sequence[Word], base: str, *, named: bool) -> None:
    colours = coloured(sys.stdout)
    row, shown = answer.row, _shown(answer)
    title = _marked(row.title, marks_of(row.title, words), colours=colours)
    place = f"{base}{_address(row.slug, shown[0] if shown else None)}" if base else row.slug
    print(_faint(place, colours=colours), title, _faint(_clock(row.seconds * 1000), colours=colours))
    if named and (names := _reasons(answer, words)):
        print("           ", *(_marked(name, marks_of(name, words), colours=colours) for name in names))
    for match in shown:
        text, marks = _cut(match.text, match.marks)
        sign = "$" if match.command and not _PROMPT.match(match.text) else " "
        print(f"  {_clock(match.time):>7} {sign} {_marked(text, marks, colours=colours)}")
    if (more := len(answer.matches) - SHOWN) > 0:
        print(_faint(f"          {counted(more, 'more line')}", colours=colours))
    if answer.lost:
        print(_faint(f"          {answer.lost} cannot be read; build the site again", colours=colours))


def _print_page(one: PageAnswer, words: Sequence[Word], base: str) -> None:
    colours = coloured(sys.stdout)
    page = one.page
    title = _marked(page.title, marks_of(page.title, words), colours=colours)
    print(_faint(f"{base}{_address(page.slug)}" if base else page.slug or "/", colours=colours), title)
    for said in one.said[:SHOWN]:
        text, marks = _cut(said.text, marks_of(said.text, words))
        print(f"            {_marked(text, marks, colours=colours)}")


def _notes(ranking: Ranking, found: Found) -> Iterator[str]:
    """Say what else is known, for a person."""
    if ranking.partial:
        yield "many words begin so: only titles and the word itself were looked for; type on"
    if not found.recordings and not found.pages:
        near = f"; did you mean {' or '.join(map(quote, ranking.near))}?" if ranking.near else ""
        yield f"nothing was found{near}"
    if left := ", ".join(_left(found)):
        yield f"{left}; --limit shows more"
    for name in ranking.unknown:
        yield f"no tag, series or author is called {quote(name)}"


def _left(found: Found) -> Iterator[str]:
    """Say how many there are of what was not shown in full."""
    about = "about " if found.counts.about else ""
    for shown, count, noun in (
        (len(found.recordings), found.counts.recordings, "recordings"),
        (len(found.pages), found.counts.pages, "texts"),
    ):
        if shown < count:
            yield f"{shown} of {about}{count} {noun}"


def _reasons(answer: Answer, words: Iterable[Word]) -> list[str]:
    """Give the names with those words that neither the title nor lines show."""
    row = answer.row
    texts = (row.title, *(match.text for match in answer.matches))
    hidden = [word for word in words if not any(found_in(text, word) for text in texts)]
    signed = [("#", row.tags), ("", (row.series,)), ("", row.authors)]
    return [f"{sign}{name}" for sign, names in signed for name in names if any(found_in(name, one) for one in hidden)]


def _address(slug: str, match: Match | None = None) -> str:
    """Give the address of a recording or a page below that of the site, at the second of a line."""
    path = f"{percent_encode(slug.encode('utf-8', 'replace'))}/" if slug else ""
    return path + (f"?t={seconds(match.time * 1000)}" if match else "")


def _shown(answer: Answer) -> list[Match]:
    """Give the best lines in the order of time."""
    return sorted(answer.matches[:SHOWN], key=lambda match: match.time)


def _clock(milliseconds: float) -> str:
    return clock(round(milliseconds) * 1000)


def _cut(text: str, marks: tuple[tuple[int, int], ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Cut a long line around its first mark, at the beginning of a word where one is near."""
    if len(text) <= WIDTH:
        return text, marks
    first = marks[0][0] if marks else 0
    start = max(0, first - BEFORE)
    word = text.find(" ", start, first) + 1
    start = word if start and word else start
    end = min(start + WIDTH, len(text))
    offset = start - bool(start)
    shown = "…" * bool(start) + text[start:end] + "…" * (end < len(text))
    return shown, tuple((one - offset, last - offset) for one, last in marks if start <= one and last <= end)


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


def _document(ranking: Ranking, found: Found, base: str) -> dict[str, object]:
    return {
        "recordings": [
            {
                "slug": answer.row.slug,
                "url": base + _address(answer.row.slug),
                "title": answer.row.title,
                "date": answer.row.date,
                "seconds": answer.row.seconds,
                "lines": [
                    {
                        "t": match.time / 1000,
                        "url": base + _address(answer.row.slug, match),
                        "text": match.text,
                        "command": match.command,
                        "marks": match.marks,
                    }
                    for match in answer.matches
                ],
                "lost": answer.lost or None,
            }
            for answer in found.recordings
        ],
        "pages": [
            {
                "slug": one.page.slug,
                "url": base + _address(one.page.slug),
                "title": one.page.title,
                "date": one.page.date,
                "lines": [{"anchor": said.anchor, "text": said.text} for said in one.said],
            }
            for one in found.pages
        ],
        "near": ranking.near,
        "unknown": ranking.unknown,
        "partial": ranking.partial,
        "count": found.counts._asdict(),
    }
