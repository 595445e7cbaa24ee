"""Every command and option stands in docs/commands.md, and what the documentation names exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pytest

from castsite.cli import COMMANDS, main
from castsite.cli.casts import Number
from castsite.config import OUTPUTS
from castsite.schema.docs import fill, table

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "commands.md"
TEXTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

OTHERS = {"themes.md", "performance.md", "conformance.md"}
"""Pages that name custom properties of style sheets, and options of other programs."""


def commands() -> dict[str, click.Command]:
    """Give every command by the words it is called with; `""` is castsite itself."""
    context = click.Context(main)
    found: dict[str, click.Command] = {"": main}
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        below = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name} {word}": one for word, one in below.items()} if below else {name: command}
    return found


ALL = commands()
_FLOAT = type(click.FLOAT)


def test_no_option_takes_nan_for_a_number() -> None:
    numbers = [one.type for command in ALL.values() for one in command.params if isinstance(one.type, _FLOAT)]
    assert numbers
    assert all(isinstance(one, Number) for one in numbers)


def parameters(command: click.Command) -> str:
    shown = [one for one in command.params if one.metavar != ""]  # others are taken to be refused, with the cure
    return table([("option", "value", "meaning"), *map(row, shown)])


def row(parameter: click.Parameter) -> tuple[str, str, str]:
    if isinstance(parameter, click.Option):
        return ", ".join(f"`{name}`" for name in parameter.opts), value(parameter), parameter.help or ""
    needed = "It is needed." if parameter.required else "It may be left out."
    return f"`{parameter.human_readable_name}`", value(parameter), needed


def value(parameter: click.Parameter) -> str:
    """Say what to write for it; a flag takes nothing."""
    if isinstance(parameter, click.Option) and (parameter.is_flag or parameter.is_eager):
        return ""
    if parameter.metavar in {"DATE", "TIME"}:
        return parameter.metavar.lower()
    match parameter.type:
        case click.Choice(choices=words):
            return f"{', '.join(words[:-1])} or {words[-1]}"
        case click.IntRange():
            return "whole number"
        case click.Path():
            return "folder"
        case _:
            return "text"


def test_the_tables_of_commands_are_those_of_the_code(request: pytest.FixtureRequest) -> None:
    written = PAGE.read_text("utf-8")
    made = fill(written, {name or "castsite": parameters(one) for name, one in ALL.items() if one.params})
    if request.config.getoption("--update-golden", default=False):
        PAGE.write_text(made, "utf-8")
        return
    assert written == made, "docs/commands.md is not what the code says: pytest --update-golden"


def test_every_command_has_a_heading_and_every_one_with_options_a_table() -> None:
    text = PAGE.read_text("utf-8")
    headings = re.findall(r"^## `castsite ?([a-z ]*)`$", text, re.MULTILINE)
    assert sorted(headings) == sorted(ALL)
    tables = re.findall(r"<!-- keys: ([a-z ]+) -->", text)
    assert sorted(tables) == sorted(name or "castsite" for name, one in ALL.items() if one.params)


# ---- what the documentation names


def codes(text: str) -> Iterator[str]:
    """Give what stands in fences, line by line, and in back quotes."""
    for fenced in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from fenced.splitlines()
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (line for line in rest.splitlines() if line.startswith("    "))
    yield from (" ".join(code.split()) for code in re.findall(r"`([^`]+)`", rest))


def calls(text: str) -> Iterator[list[str]]:
    """Give the words of each call of castsite in a text."""
    for code in codes(text):
        for part in re.split(r"&&|\|\||[|;]", code):
            called = re.match(r"\s*(?:\$ |- (?:run: )?)?castsite (?![a-z]+:)(.*)", part)
            if called and re.fullmatch(r"[a-z]+|-.*", called[1].split()[0]):
                yield shlex.split(called[1].replace("…", ""), comments=True)


def unknown(words: list[str]) -> Iterable[str]:
    """Give what of a call there is not."""
    given = words[: words.index("--")] if "--" in words else words
    options = [word.partition("=")[0] for word in given if re.fullmatch(r"--?[A-Za-z][a-z-]*(=.*)?", word)]
    names = [word for word in words if re.fullmatch("[a-z]+", word)]
    command = next((name for name in (" ".join(names[:2]), *names[:1], "") if name in ALL), None)
    if names and names[0] not in COMMANDS:
        return [names[0]]
    groups = [one for name, one in ALL.items() if name.split()[:1] == names[:1]] if not command else [ALL[command]]
    known = {name for one in (*groups, main) for option in one.params for name in option.opts} | {"--help", "-h"}
    return [option for option in options if option not in known]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_call_in_the_documentation_is_one_that_there_is(path: Path) -> None:
    found = [f"castsite {' '.join(words)}" for words in calls(path.read_text("utf-8")) if unknown(words)]
    assert found == []


def test_the_documentation_is_read_for_calls() -> None:
    text = "`castsite build --jobs 2`, `castsite theme copy`\n\n```console\n$ cd a && castsite nwe x  # y\n```\n"
    assert list(calls(text)) == [["nwe", "x"], ["build", "--jobs", "2"], ["theme", "copy"]]
    assert [unknown(words) for words in calls(text)] == [["nwe"], [], []]
    assert unknown(["check", "--base-url", "x"]) == ["--base-url"]
    assert unknown(["theme", "copy", "--block", "x"]) == []
    assert unknown(["search", "--", "--no-verify"]) == []
    named = {call for path in TEXTS for words in calls(path.read_text("utf-8")) for call in words[:1]}
    assert named >= {"build", "new", "check", "theme", "publish"}


@pytest.mark.parametrize("path", [path for path in TEXTS if path.name not in OTHERS], ids=lambda path: path.name)
def test_every_option_that_stands_alone_in_the_documentation_is_one(path: Path) -> None:
    known = {name for one in ALL.values() for option in one.params for name in option.opts}
    found = {code for code in codes(path.read_text("utf-8")) if re.fullmatch(r"--[a-z][a-z-]*", code)}
    assert found - known == {"--help"} & found


def test_every_variable_of_the_environment_stands_in_the_documentation_and_back() -> None:
    code = "".join(path.read_text("utf-8") for path in sorted((ROOT / "castsite").rglob("*.py")))
    used = set(re.findall(r'"(CASTSITE_[A-Z_]+|NO_COLOR|SOURCE_DATE_EPOCH)"', code))
    before = PAGE.read_text("utf-8").partition("\n## ")[0]
    assert used == set(re.findall(r"^\| `([A-Z_]+)` \|", before, re.MULTILINE))


def test_every_word_of_outputs_stands_in_the_documentation_and_back() -> None:
    text = (ROOT / "docs" / "collections.md").read_text("utf-8").partition("## Files of one recording")[2]
    assert re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE) == list(OUTPUTS)


def test_every_benchmark_is_named_where_they_are_explained_and_back() -> None:
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    run = re.findall(r'^    \("(\w+\.py)"', (ROOT / "benchmarks" / "__main__.py").read_text("utf-8"), re.MULTILINE)
    assert "pages.py" in run
    assert set(run) == set(re.findall(r"benchmarks/(\w+\.py) ", page))
