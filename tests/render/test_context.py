"""The contract with theme authors: shipped themes show its fields, and the reference says what there is."""

from __future__ import annotations

import importlib.util
import re
import types
import typing
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

import gallery
import msgspec
import pytest
from markupsafe import Markup

from castsite.render import context

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "themes/default/templates"

CHOICES = {
    "outline.kind": "both",
    "snippets[].kind": "html",
    "kind": "tags",
    "head.direction": "ltr",
    "status": "failed",
}
"""Fields whose value templates compare with words."""


class Sentinels:
    """Values of any type of the contract, each with a text found nowhere else."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}
        self._numbers = count(1001)

    def value(self, kind: object, path: str) -> object:
        if kind is bool:
            return True
        if kind is int:
            number = next(self._numbers)
            self.made[path] = str(number)
            return number
        if kind in (str, Markup):
            chosen = (text for end, text in CHOICES.items() if path.endswith(f".{end}"))
            text = next(chosen, "") or f"sentinel{next(self._numbers)}x"
            self.made[path] = text
            return Markup(text) if kind is Markup else text  # noqa: S704 - letters and digits
        if typing.get_origin(kind) is types.UnionType:
            return self.value(next(one for one in typing.get_args(kind) if one is not type(None)), path)
        if typing.get_origin(kind) is tuple:
            return (self.value(typing.get_args(kind)[0], f"{path}[]"),)
        free = typing.get_origin(kind) is Mapping
        assert free or is_view(kind)
        hints = {"key": str} if free else typing.get_type_hints(kind)
        values = {name: self.value(hint, f"{path}.{name}") for name, hint in hints.items()}
        return values if free else kind(**values)  # type: ignore[operator]


def left_out_by_default(name: str, path: str) -> bool:
    """A list of where to go on says a recording's name and length; a strip also its poster, but no more."""
    strip = {"title", "href", "poster", "trace", "palette"}
    kept = {
        "404.html": [(".newest[]", {"title", "href", "clock"})],
        "gallery.html": [(".parts[].frame", strip)],
        "recording.html": [(".series.parts[].frame", strip), (".related[]", {"title", "href", "trace", "clock"})],
        "series.html": [(".frame", {*strip, "size", "film", "film_map", "clock", "commands", "date", "status"})],
    }
    if ".extra." in path:  # it is for templates of the owner's
        return True
    if path.endswith(".frame.description") or "frames[].description" in path:  # its lists are posters
        return True
    beside = {
        "page.kind",
        "page.outline.kind",
        "page.others[].clock",
        "page.lead.frame.bytes",
        "page.groups[].recordings",
        "page.groups[].clock",
        "page.lead.frame.seconds",
        "page.series.id",
        "page.series.clock",
        "page.files[].kind",
        "page.files[].track.href",
    }
    if path == "page.site.search" and name == "search.html":  # it would lead to where one is
        return True
    if path == "page.poster" and name == "player.html":  # only where there is no frame
        return True
    if name == "embed.html" and (
        ".captions[]" in path or path.endswith("longest_caption")
    ):  # a frame has no room for them
        return True
    return path in beside or any(_left_out(path, place, shown) for place, shown in kept.get(name, ()))


def _left_out(path: str, place: str, shown: set[str]) -> bool:
    field = path.partition(place)[2].lstrip(".").partition(".")[0]
    return place in path and field not in shown


def left_out_by_paper(name: str, path: str) -> bool:
    """Lists are text; the home page shows one poster, the page of a recording its own."""
    named = {"title", "href", "clock"}
    told = {*named, "seconds", "bytes", "commands", "date", "description", "status"}
    kept = {
        "404.html": [(".newest[]", named)],
        "gallery.html": [
            (".parts[].frame", named),
            (".groups[].frames[]", told),
            (
                ".lead.frame",
                {
                    *told - {"seconds", "bytes", "description"},
                    *{"size", "palette", "poster", "film", "film_map", "trace"},
                },
            ),
            (".lead", {"frame", "newest", "description", "lines"}),
        ],
        "section.html": [(".groups[].frames[]", told)],
        "collection.html": [(".groups[].frames[]", told)],
        "recording.html": [(".series.parts[].frame", named), (".related[]", named)],
        "series.html": [(".frame", {*named, "commands", "date", "status"})],
        "stats.html": [(f".{few}[]", named) for few in ("longest", "newest")],
    }
    if any(_left_out(path, place, shown) for place, shown in kept.get(name, ())):
        return True
    return path.endswith((".parts[].number", ".parts[].clock")) or left_out_by_default(name, path)


EXPECTED_MISSING = {"default": left_out_by_default, "paper": left_out_by_paper}


@pytest.mark.parametrize("name", context.ENTRIES)
@pytest.mark.parametrize("theme", EXPECTED_MISSING)
def test_a_shipped_theme_shows_every_field_of_the_contract(theme: str, name: str) -> None:
    """Those that it leaves out on purpose are named above."""
    sentinels = Sentinels()
    page = sentinels.value(context.ENTRIES[name], "page")
    templates, _ = gallery.theme_files(theme)
    html = templates.render(name, page=page).decode()
    html = re.sub(r"(?<=\d),(?=\d{3})", "", html)  # numbers as sentinels have them
    missing = {path for path, text in sentinels.made.items() if text not in html}
    assert {path for path in missing if not EXPECTED_MISSING[theme](name, path)} == set()


def test_every_shipped_theme_is_held_to_the_contract() -> None:
    assert set(EXPECTED_MISSING) == {path.name for path in (ROOT / "themes").iterdir() if path.is_dir()}


@pytest.mark.parametrize("theme", EXPECTED_MISSING)
def test_a_shipped_theme_says_which_entry_templates_are_its_own(theme: str) -> None:
    manifest = (ROOT / "themes" / theme / "theme.yaml").read_text(encoding="utf-8")
    (promised,) = re.findall(r"^templates: \[(.+)\]$", manifest, re.MULTILINE)
    own = {path.name for path in (ROOT / "themes" / theme / "templates").glob("*.html")}
    assert set(promised.split(", ")) <= own & set(context.ENTRIES)


def contract() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("contract", ROOT / "docs/contract.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_of_the_context_is_what_the_types_say() -> None:
    text = (ROOT / "docs/themes.md").read_text(encoding="utf-8")
    tool = contract()
    assert tool.written(text, tool.reference()) == text, "run python docs/contract.py"


def test_every_type_of_the_contract_is_reached_from_a_page() -> None:
    reached: set[type] = set()
    for kind in context.ENTRIES.values():
        reached |= set(reached_from(kind))
    classes = {value for value in vars(context).values() if is_view(value)}
    assert classes - reached == set()


def is_view(kind: object) -> bool:
    """Whether something is one of the types that templates see."""
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def reached_from(kind: object) -> Iterator[type]:
    if is_view(kind):
        assert isinstance(kind, type)
        yield kind
        for hint in typing.get_type_hints(kind).values():
            yield from reached_from(hint)
    for one in typing.get_args(kind):
        yield from reached_from(one)


def test_the_reference_names_every_template_block_and_macro() -> None:
    text = (ROOT / "docs/themes.md").read_text(encoding="utf-8")
    table = dict(rows(text))
    for path in TEMPLATES.glob("*.html"):
        source = path.read_text(encoding="utf-8")
        there = set(re.findall(r"\{% (?:block|macro) (\w+)", source)) - (
            {"head", "main"} if path.name != "base.html" else set()
        )
        named = set(re.findall(r"`(\w+)`", table[path.name])) - ({"main"} if path.name != "base.html" else set())
        assert named == there, path.name


def rows(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for name in re.findall(r"`(\w+\.html)`", cells[0]) if line.startswith("|") and len(cells) == 2 else ():
            yield name, cells[1]
