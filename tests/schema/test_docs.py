"""The pages of keys say what the code reads: their tables are made from it, and must stand in them as made."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec import NODEFAULT, structs

from castsite.config import CONFIG, SEARCH, THEME, SiteConfig, load_config
from castsite.limits import Limits
from castsite.safety.gate import rules_of
from castsite.safety.secrets import find
from castsite.schema import allowances, edits, policy
from castsite.schema.bounds import BYTE_LIMITS, LIMITS, TIME_LIMITS
from castsite.schema.docs import attribute_docs, fill, key_table, table
from castsite.schema.hosting import PUBLISH, SERVE, PublishOptions, ServeOptions
from castsite.schema.player import SCHEMA as PLAYER
from castsite.schema.policy import SECRETS, SecretsPolicy
from castsite.schema.reading import Key, Reading
from castsite.schema.times import show_time
from castsite.schema.tree import parse
from castsite.site import keys
from castsite.site.keys import FRONT_MATTER
from castsite.theme.manifest import OPTION_SCHEMA
from castsite.theme.manifest import SCHEMA as THEME_FILE

DOCS = Path(__file__).parents[2] / "docs"


def default_of(kind: type, name: str) -> str:
    fields = {field.name: field for field in structs.fields(kind)}
    if name not in fields:
        return ""
    field = fields[name]
    value = field.default if field.default is not NODEFAULT else None
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return ", ".join(value)
        case None:
            return ""
        case _:
            return str(value)


def with_default(kind: type) -> Mapping[str, object]:
    return {"default": lambda key: default_of(kind, key.name)}


def kinds(key: Key) -> str:
    return " ".join(next(kinds for kinds, other in FRONT_MATTER if other.name == key.name))


def limit_table() -> str:
    docs = attribute_docs(Limits)
    rows = [("key", "default", "what it bounds")]
    for limit in dataclasses.fields(Limits):
        shown = str(limit.default)
        if limit.name in TIME_LIMITS:
            shown = show_time(limit.default)
        elif limit.name in BYTE_LIMITS:
            mib = limit.default / 2**20
            shown = f"{mib:g} MiB" if mib >= 1 else f"{limit.default / 2**10:g} KiB"
        rows.append((f"`{limit.name}`", shown, docs[limit.name]))
    return table(rows)


PAGES = {
    "configuration.md": lambda: {
        "site": key_table(CONFIG.keys, extra=with_default(SiteConfig)),
        "theme": key_table(THEME.keys),
        "search": key_table(SEARCH.keys),
        "secrets": key_table(SECRETS.keys, extra=with_default(SecretsPolicy)),
        "custom": key_table(policy._CUSTOM.keys),
        "disable": key_table(policy._DISABLE.keys),
        "limits": limit_table(),
        "serve": key_table(SERVE.keys, extra=with_default(ServeOptions)),
        "publish": key_table(PUBLISH.keys, extra=with_default(PublishOptions)),
    },
    "front-matter.md": lambda: {
        "front matter": key_table([key for _, key in FRONT_MATTER], extra={"on": kinds}),
        "series": key_table(keys._SERIES.keys),
        "player": key_table(PLAYER.keys),
        "markers": key_table(edits._MARKER.keys),
        "mask_region": key_table(edits._MASK.keys),
        "allow": key_table(allowances._ALLOWANCE.keys),
    },
    "themes.md": lambda: {
        "theme file": key_table(THEME_FILE.keys),
        "theme option": key_table(OPTION_SCHEMA.keys),
    },
}


@pytest.mark.parametrize("name", PAGES)
def test_the_tables_of_a_page_are_those_of_the_code(name: str, request: pytest.FixtureRequest) -> None:
    page = DOCS / name
    written = page.read_text(encoding="utf-8")
    made = fill(written, PAGES[name]())
    if request.config.getoption("--update-golden", default=False):
        page.write_text(made, encoding="utf-8")
        return
    assert written == made, f"docs/{name} is not what the code says: pytest --update-golden"


def test_every_table_of_a_page_stands_in_it() -> None:
    for name, tables in PAGES.items():
        text = (DOCS / name).read_text(encoding="utf-8")
        assert [table for table in tables() if f"<!-- keys: {table} -->" not in text] == []


def test_every_field_of_the_configuration_is_a_key_and_back() -> None:
    derived = {"idle_time_limit"}
    assert {key.name for key in CONFIG.keys} == {field.name for field in structs.fields(SiteConfig)} - derived


@pytest.mark.parametrize("key", CONFIG.keys, ids=lambda key: key.name)
def test_the_example_of_a_configuration_key_is_read(key: Key) -> None:
    if key.name != "site_key":  # one that can be copied would be known
        assert problems_of_example(key) == ()


@pytest.mark.parametrize("key", [key for _, key in FRONT_MATTER] + list(PLAYER.keys), ids=lambda key: key.name)
def test_the_example_of_a_front_matter_key_is_read(key: Key) -> None:
    assert problems_of_example(key) == ()


@pytest.mark.parametrize("key", [*THEME_FILE.keys, *OPTION_SCHEMA.keys], ids=lambda key: key.name)
def test_the_example_of_a_key_of_a_theme_is_read(key: Key) -> None:
    assert problems_of_example(key) == ()


@pytest.mark.parametrize("key", [*SECRETS.keys, *policy._CUSTOM.keys, *policy._DISABLE.keys], ids=lambda key: key.name)
def test_the_example_of_a_key_of_secrets_is_read(key: Key) -> None:
    assert problems_of_example(key) == ()


def test_the_rules_that_are_shown_on_the_page_are_read_and_find() -> None:
    page = (DOCS / "configuration.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(secrets:\n  custom:.*?)```", page, re.DOTALL)
    config, problems = load_config(example)
    token = f"ours_{'0f' * 16}"
    assert problems == ()
    assert [hit.rule for hit in find(f"a {token} b", rules_of(config.secrets))] == ["our-token"]
    (switch,) = config.secrets.disable
    assert switch.rule == "our-token"


def problems_of_example(key: Key) -> tuple[object, ...]:
    reading = Reading(path="example")
    tree = parse(f"{key.name}: {key.example}", path="example")
    assert tree.root is not None
    value = key.read(tree.root.entries[0][1], reading)
    assert value is not None
    return tree.problems + reading.problems()


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert table([["a", "b"], ["x|y", "z"]]) == "| a | b |\n|---|---|\n| x\\|y | z |\n"


def test_filling_is_idempotent_and_leaves_the_prose() -> None:
    page = "before\n<!-- keys: a -->\nold\n<!-- end of keys -->\nafter\n"
    once = fill(page, {"a": "| t |\n"})
    assert once == "before\n<!-- keys: a -->\n\n| t |\n\n<!-- end of keys -->\nafter\n"
    assert fill(once, {"a": "| t |\n"}) == once


def test_a_table_nobody_makes_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("<!-- keys: b -->\n<!-- end of keys -->", {"a": ""})


def test_every_limit_says_what_it_bounds() -> None:
    assert set(attribute_docs(Limits)) == {key.name for key in LIMITS.keys}
