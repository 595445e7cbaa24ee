"""`castsite import FILE|DIR|PAGE.html…`: recordings of any format as `.cast` and `.md`, for the content folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import click
from msgspec import Struct, field
from msgspec.structs import replace

from castsite.cast.compressed import inflate
from castsite.cast.timeline import published
from castsite.cast.write import write
from castsite.cli.casts import (
    Number,
    Pairs,
    as_it_grows,
    beside,
    format_option,
    is_recording,
    pair_of,
    pairs_in,
    read_beside,
    read_file,
    refuse_output,
    write_output,
)
from castsite.cli.console import print_json, problems_as_json, show_problems
from castsite.cli.project import is_site, json_option, load_project
from castsite.config import SiteConfig
from castsite.errors import (
    CastsiteError,
    ConfigError,
    Place,
    Problem,
    Severity,
    StorageError,
    counted,
    printable,
    printable_path,
    quote,
)
from castsite.formats import page
from castsite.formats.blocks import cut
from castsite.formats.model import ALONE, Beside, Found, Owner
from castsite.formats.names import stem
from castsite.formats.read import read_recording
from castsite.formats.script import is_timing
from castsite.limits import SECOND, Limits
from castsite.schema.numbers import screen_size
from castsite.schema.reading import Reading
from castsite.schema.tree import At, Text
from castsite.site.filename import fault_of
from castsite.site.naming import title_from_name
from castsite.site.sources import Kind, SourceFile, scan

_LOST_TIMING = "is the timing file of script(1), and its output is not beside it; name that one, with --timing"


class _Size(click.ParamType[tuple[int, int]]):
    """Columns and rows."""

    name = "COLSxROWS"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Read it as front matter does."""
        reading = Reading(path="")
        found = screen_size(Text(str(value), plain=False, at=At(1, 1)), reading)
        if found is None:
            self.fail("; ".join(problem.text for problem in reading.found) or "expected COLSxROWS", param, ctx)
        return found


class _Item(Struct, frozen=True):
    """One recording to be read: what messages call it, its bytes, what it is called without an ending."""

    name: str
    data: bytes
    stem: str
    beside: Beside = ALONE
    former: str = ""
    """the address that it had on asciinema.org, or on a server like that, such as `/a/14/`; empty for others"""


class _Made(Struct):
    """What became of one recording, for people and for programs."""

    source: str
    problems: list[Problem] = field(default_factory=list)
    format: str = ""
    cast: str = ""
    companion: str = ""
    duration: int = 0
    events: int = 0

    def described(self) -> dict[str, object]:
        """Give it as `--json` prints it."""
        return {
            "source": self.source,
            "format": self.format or None,
            "cast": self.cast or None,
            "companion": self.companion or None,
            "duration": self.duration / SECOND,
            "events": self.events,
            "problems": problems_as_json(self.problems),
        }


@click.command("import")
@click.argument("sources", metavar="FILE|DIR|PAGE.html…", nargs=-1, required=True)
@click.option("-o", "--output", metavar="OUT", help="Folder to write to, or the .cast of a single recording.")
@click.option("--timing", metavar="FILE", help="Timing file of an output of script, where it is not found beside it.")
@click.option("--typed", metavar="FILE", help="Log of what was typed while script ran.")
@click.option("--size", type=_Size(), help="The screen of a recording that does not say it.")
@click.option("--encoding", type=click.Choice(["utf-8", "cp437", "latin-1"]), default="utf-8", show_default=True)
@click.option("--cps", type=Number(0, 100_000, min_open=True), help="Characters in a second without timing.")
@click.option("--keep-input", is_flag=True, help="Keep what was typed, passwords too.")
@format_option
@click.option(
    "--overwrite",
    "--force",
    "overwrite",
    is_flag=True,
    help="Replace recordings that are there; texts that say something else stay.",
)
@json_option
@click.pass_obj
def command(directory: Path, /, sources: tuple[str, ...], **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Turn recordings of other formats, and those that a web page shows, into .cast and .md.

    Without OUT they go into the content folder of the site; where there is none, into the current folder. Sources stay
    as they are; nothing is fetched.
    """
    _check(directory, sources, flags)
    folder, config = _target(directory, flags["output"])
    wanted = _Wanted(directory, folder, flags, config, sources)
    wanted.refuse_several()
    made = [one for source in sources for one in wanted.all_of(source)]
    if flags["as_json"]:
        print_json([one.described() for one in made])
    return 1 if any(not one.cast for one in made) else 0


def _check(directory: Path, sources: tuple[str, ...], flags: dict[str, Any]) -> None:
    """Raise click.UsageError for what can mean nothing."""
    if not all(sources):
        raise click.UsageError("an empty name; name a file, a page or a folder, and this folder with a dot")
    if flags["output"] in {"", "-"}:
        raise click.UsageError("-o: name a folder, or a .cast; castsite edit IN -o - writes to the terminal's output")
    for flag in ("timing", "typed"):
        if flags[flag] is None:
            continue
        if (directory / flags[flag]).is_dir():
            raise click.UsageError(f"--{flag}: {quote(flags[flag])} is a folder; name a file")
        paths = [directory / source for source in sources]
        if len(paths) > 1 or (paths[0].is_dir() and not is_recording(paths[0])):
            raise click.UsageError(f"--{flag} belongs to one output of script; name that alone")


def _target(directory: Path, output: str | None) -> tuple[str, SiteConfig]:
    """Give where to write, and the configuration of the site; where there is none, it has every default."""
    if not is_site(directory):
        return output or ".", SiteConfig()
    config = load_project(directory).config
    return output or config.content, config


class _Wanted(Struct, frozen=True):
    """What was asked for."""

    directory: Path
    output: str
    flags: dict[str, Any]
    config: SiteConfig
    sources: tuple[str, ...]
    taken: set[str] = field(default_factory=set)
    """files that were written"""
    read: set[Path] = field(default_factory=set)
    """files that were read"""
    pairs: Pairs = field(default_factory=lambda: cache(pairs_in))
    """what belongs together in each folder, which is looked at once"""

    @property
    def limits(self) -> Limits:
        """Those of the site."""
        return self.config.limits

    @property
    def names_file(self) -> bool:
        """Whether what to write was named itself, and not its folder."""
        return self.output.lower().endswith(".cast") and not (self.directory / self.output).is_dir()

    def refuse_several(self) -> None:
        """Raise click.UsageError where one file was named for several recordings, before any is written."""
        if not self.names_file:
            return
        found, tried = 0, _Wanted(self.directory, self.output, self.flags, self.config, self.sources)
        for source in self.sources:
            with suppress(CastsiteError):  # which is told when it is converted
                found += sum(1 for _ in islice(tried._items(source, []), 2))
        if found > 1:
            folder = quote(str(Path(self.output).parent))
            text = f"-o: {quote(self.output)} is one recording, and there are several; name a folder, such as {folder}"
            raise click.UsageError(text)

    def all_of(self, source: str) -> Iterator[_Made]:
        """Convert all recordings of one source; what is wrong with one of them keeps none of the others."""
        problems: list[Problem] = []
        try:
            items = list(self._items(source, problems))
        except CastsiteError as error:
            items, problems = [], [*problems, *error.problems]
        if problems:
            self._tell(problems)
            yield _Made(source, problems)
        for item in items:
            made = _Made(item.name)
            try:
                self._convert(item, made)
            except StorageError:
                raise
            except CastsiteError as error:
                made.problems.extend(error.problems)
                made.cast = ""
            self._tell(made.problems)
            if made.cast and made.cast != "-":
                length = f"{counted(made.events, 'event')}, {made.duration / SECOND:.1f} s"
                click.echo(f"{printable_path(made.cast)}: {made.format}, {length}", err=True)
            yield made

    def _tell(self, problems: list[Problem]) -> None:
        show_problems(problems, self.directory)

    def _items(self, source: str, problems: list[Problem]) -> Iterator[_Item]:
        """Give the recordings of a source: a file, a folder that is one, those of a page, those in a folder."""
        path = self.directory / source
        if path.is_dir() and not is_recording(path):
            yield from self._of_folder(source, problems)
            return
        pair = pair_of(path, self.pairs)
        output = source if pair is None else str(Path(source).with_name(pair.output))
        if not self._is_new(output):
            return
        data = read_file(self.directory, output, self.limits)
        if page.is_page(data):
            yield from self._of_page(output, data, problems)
            return
        if is_timing(data):
            raise ConfigError(Problem(Severity.FATAL, Place(source), "no-recording", _LOST_TIMING))
        yield _Item(output, data, stem(Path(output).name or path.resolve().name), self._beside(output))

    def _is_new(self, source: str) -> bool:
        """Whether a file was not reached before, by its own name or that of a partner."""
        path = (self.directory / source).resolve()
        is_new = path not in self.read
        self.read.add(path)
        return is_new

    def _of_folder(self, source: str, problems: list[Problem]) -> Iterator[_Item]:
        """Give all recordings of a folder that is none itself; folders in it stay folders."""
        folder = self.directory / source
        found = scan(folder, label=source.rstrip("/"), limits=self.limits)
        is_own = self._is_own(folder)
        recordings = [one for one in found.files if one.kind is Kind.RECORDING and not is_own(folder / one.name)]
        wrong = (one for one in found.problems if one.severity is Severity.ERROR)
        problems.extend(one for one in wrong if not is_own(self.directory / one.place.path))
        pages = [one.name for one in found.files if _may_be_page(one) and not is_own(folder / one.name)]
        for name in _lost_timings(found.files):
            if not is_own(folder / name):
                place = Place(str(Path(source) / name))
                problems.append(Problem(Severity.ERROR, place, "no-recording", _LOST_TIMING))
        for file in recordings:
            inside = str(Path(source) / file.name)
            own = str(Path(file.name).with_name(stem(Path(file.name).name)))
            if not self._is_new(inside):
                continue
            try:
                data = read_file(self.directory, inside, self.limits)
                yield _Item(inside, data, own, self._beside(inside, self._paired(file)))
            except CastsiteError as error:  # the others are read all the same
                problems.extend(error.problems)
        shown = list(self._of_pages(source, pages, problems))
        if not recordings and not shown:
            text = "holds no recording; name a file, a page or another folder"
            problems.append(Problem(Severity.ERROR, Place(source), "no-recording", text))
        yield from shown

    def _of_pages(self, source: str, names: list[str], problems: list[Problem]) -> Iterator[_Item]:
        """Give what pages of a folder show and no file of it is; most pages show none, and nothing is told of these."""
        for name in names:
            inside = str(Path(source) / name)
            try:
                data = read_file(self.directory, inside, self.limits)
                if self._is_new(inside) and page.is_page(data) and page.embedded(data):
                    for item in self._of_page(inside, data, problems):
                        yield replace(item, stem=str(Path(name).with_name(item.stem)))
            except CastsiteError as error:  # the others are read all the same
                problems.extend(error.problems)

    def _is_own(self, folder: Path) -> Callable[[Path], bool]:
        """Give what tells whether a path below a folder is the site's own: content, or what was built of it."""
        if not is_site(self.directory):
            return lambda _: False
        names = (self.config.content, self.config.output)
        paths = ((self.directory / name).resolve() for name in names)
        own = [path for path in paths if folder.resolve() in path.parents]
        return lambda path: any(path.resolve().is_relative_to(one) for one in own)

    def _paired(self, file: SourceFile) -> Beside | None:
        """Read what belongs to a recording of a folder, as in a content folder; None where a file has another name."""
        if not all((self.directory / name).is_file() for name in (file.timing, file.input) if name):
            return None
        return read_beside(self.directory, file.timing, file.input, self.limits)

    def _beside(self, source: str, found: Beside | None = None) -> Beside:
        """Give what was named, else what was found already, else what is beside it."""
        timing, typed = self.flags["timing"], self.flags["typed"]
        named = read_beside(self.directory, timing, typed, self.limits)
        if timing is not None:
            return named
        if found is None:
            found = beside(self.directory, source, self.limits, self.pairs)
        return found if typed is None else replace(found, input=named.input, input_path=named.input_path)

    def _of_page(self, source: str, data: bytes, problems: list[Problem]) -> Iterator[_Item]:
        """Give what a page holds, and what lies beside it and is shown in it."""
        folder, own = Path(source).parent, Path(source).name
        found = page.embedded(data)
        number = 0
        for one in found:
            place = Place(source, one.line)
            if one.data is not None:
                number += 1
                yield _Item(f"{source}:{one.line}", one.data, f"{stem(own)}-{number}" if number > 1 else stem(own))
                continue
            paths = (str(folder / path) for path in page.beside(one.address, own))
            path = next((path for path in dict.fromkeys(paths) if _is_own_file(self.directory, folder, path)), None)
            if path is None:
                address = printable(one.address, 120)
                text = f'"{address}" is not beside the page; save it there, since nothing is fetched'
                problems.append(Problem(Severity.WARNING, place, "no-recording", text))
                continue
            if not self._is_new(path):
                continue
            inner = read_file(self.directory, path, self.limits)
            around = beside(self.directory, path, self.limits, self.pairs)
            yield _Item(path, inner, stem(Path(path).name), around, page.former(one.address))
        if not found:
            text = "is a web page that shows no recording: no player, no .cast; it may be an error page saved instead"
            problems.append(Problem(Severity.ERROR, Place(source), "no-recording", text))

    def _convert(self, item: _Item, made: _Made) -> None:
        """Read one recording, and write both files of it."""
        inflated = inflate(item.data, path=item.name, limits=self.limits)
        made.problems.extend(inflated.problems)
        if inflated.failed:
            return
        block = cut(inflated.data, path=item.name, limits=self.limits)
        made.problems.extend(block.problems)
        found = read_recording(
            block.rest,
            path=item.name,
            first_line=block.rest_line,
            limits=self.limits,
            owner=Owner(size=self.flags["size"], encoding=self.flags["encoding"], cps=self.flags["cps"]),
            beside=item.beside,
        )
        if found.cast is None:
            made.problems.extend(found.problems)
            return
        made.problems.extend(as_it_grows(self.directory / item.name, item.name, found.cast, found.problems))
        ready = published(found.cast, keep_input=self.flags["keep_input"], keep_exit=True)
        data = write(ready, timestamp=True, idle_limit=True, version=3 if self.flags["version"] == "v3" else 2)
        cast, companion = self._names(item)
        for name in (cast, companion):
            refuse_output(self.directory, name, [*self.sources, item.name], overwrite=self.flags["overwrite"])
        _make_folder(self.directory / cast)
        text = _companion(found, block.front, Path(item.stem).name, item.former).encode()
        made.problems.extend(self._left(item, companion))
        sources = [*self.sources, item.name]
        write_output(self.directory, cast, data, sources, overwrite=self.flags["overwrite"])
        if self._differs(companion, text):
            said = "says something else and stays as it is; remove it to have it written anew"
            made.problems.append(Problem(Severity.WARNING, Place(companion), "text-kept", said))
        else:
            write_output(self.directory, companion, text, sources, overwrite=self.flags["overwrite"])
        made.format, made.cast, made.companion = found.format, cast, companion
        made.duration, made.events = ready.duration, len(ready.events)

    def _differs(self, companion: str, text: bytes) -> bool:
        """Whether a text is there that somebody has written on: no import may replace that."""
        path = self.directory / companion
        try:
            return path.is_file() and path.read_bytes() != text
        except OSError:
            return True

    def _left(self, item: _Item, companion: str) -> Iterator[Problem]:
        """Tell of a text beside the source: files that it names may lie there alone, so that it cannot come along."""
        text = str(Path(item.name).with_name(f"{stem(Path(item.name).name)}.md"))
        path, to = self.directory / text, self.directory / companion
        if (self.directory / item.name).exists() and path.is_file() and not (to.exists() and path.samefile(to)):
            said = f"is not taken along; write what it says of the recording into {printable_path(companion)}"
            yield Problem(Severity.WARNING, Place(text), "text-left", said)

    def _names(self, item: _Item) -> tuple[str, str]:
        """Give the names of both files; a second recording of one name gets a number."""
        is_file = self.names_file
        base = self.output[: -len(".cast")] if is_file else f"{self.output.rstrip('/')}/{item.stem}"
        self._refuse_name(base, item.name, named=is_file)
        base = str(Path(base))
        free, number = base, 1
        while free in self.taken:
            number += 1
            free = f"{base}-{number}"
        self.taken.add(free)
        return f"{free}.cast", f"{free}.md"

    def _refuse_name(self, base: str, source: str, *, named: bool) -> None:
        """Refuse what builds would not find, as `castsite rec` does. Raises ConfigError.

        Where somebody `named` the very file outside of the content folder, no build looks for it.
        """
        path = os.path.normpath(self.directory / f"{base}.cast")
        content = os.path.normpath(self.directory / self.config.content)
        is_inside = Path(path).is_relative_to(content)
        if named and not is_inside:
            return
        folder = content if is_inside else os.path.normpath(self.directory / self.output)
        name = os.path.relpath(path, folder).removesuffix(".cast")
        if fault := fault_of(name, ignore=self.config.ignore, limits=self.limits):
            text = f"would become {printable_path(f'{base}.cast')}, which {fault.text}: give -o NAME.cast"
            raise ConfigError(Problem(Severity.ERROR, Place(source), fault.code, text))


def _may_be_page(file: SourceFile) -> bool:
    """Whether a file that is no recording has the name of a page."""
    return file.kind is Kind.OTHER and file.name.lower().endswith((".html", ".htm"))


def _lost_timings(files: tuple[SourceFile, ...]) -> Iterator[str]:
    """Give the names of timing files of script(1) that belong to no output of the folder."""
    found = {one.timing for one in files}
    return (one.name for one in files if one.kind is Kind.TIMING and one.path not in found)


def _is_own_file(directory: Path, folder: Path, path: str) -> bool:
    """Whether a file lies where a page may lead to: below its own folder, links followed."""
    file = directory / path
    return file.is_file() and file.resolve().is_relative_to((directory / folder).resolve())


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = f"cannot be made: {error.strerror}; choose another folder"
        raise StorageError(Problem(Severity.FATAL, Place(str(path.parent)), "storage", text)) from error


def _companion(found: Found, front: str | None, own: str, former: str) -> str:
    """Write the text beside a recording: its own front matter, else what is known that a `.cast` cannot say."""
    assert found.cast is not None  # noqa: S101 - it was read
    if front is not None:
        return f"---\n{front}---\n"
    header = found.cast.header
    lines = [f"title: {_quoted(header.title or title_from_name(own))}"]
    if header.timestamp is not None:
        lines.append(f"date: {datetime.fromtimestamp(header.timestamp, UTC):%Y-%m-%dT%H:%M:%SZ}")
    if former:
        lines.append(f"aliases: [{former}]")
    if found.synthetic:
        lines.append("timing: synthetic")
    if found.commands:
        lines.append("commands:")
        lines += [f"  - [{time / SECOND:.6f}, {_quoted(text)}]" for time, text in found.commands]
    return "".join(("---\n", *(f"{line}\n" for line in lines), "---\n"))


def _quoted(text: str) -> str:
    """Write a text for YAML, of which JSON is a part."""
    return json.dumps(text, ensure_ascii=not text.isprintable())
