"""Templates and blocks that nothing uses, since what they should replace is called otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from jinja2 import BaseLoader, TemplateSyntaxError, nodes
from jinja2.meta import find_referenced_templates
from msgspec import Struct

from castsite.errors import Place, Problem, Severity, quote
from castsite.render.env import PARENT, Templates
from castsite.schema.nearest import did_you_mean


def loose_ends(templates: Templates) -> Iterator[Problem]:
    """Tell of what has no effect in the templates that did not come with castsite. Those that cannot be read have none.

    All templates are parsed: it is for who checks a site, not for every build.
    """
    found = tuple(_parsed(templates))
    by_name = {one.key: one for one in found}
    names = {one.name for one in found}
    named = {name and name.removeprefix(PARENT) for one in found for name in find_referenced_templates(one.tree)}
    for number, one in enumerate(found):
        if one.shipped:
            continue
        below = {other.name for other in found[number + 1 :] if other.layer > one.layer}
        if None not in named and one.name not in below | named:
            text = f"replaces no template, and none uses it{did_you_mean(one.name, names - {one.name})}"
            yield Problem(Severity.WARNING, Place(one.shown), "unused-template", text)
        yield from _loose_blocks(one, by_name, templates)


class _Parsed(Struct, frozen=True):
    """A template; `key` is its name with the number of its layer."""

    layer: int
    name: str
    key: str
    shown: str
    shipped: bool
    tree: nodes.Template


def _parsed(templates: Templates) -> Iterator[_Parsed]:
    environment = templates.environment
    for number, layer, name in templates.files():
        key = f"{number}/{name}"
        try:
            source, path, _ = cast("BaseLoader", environment.loader).get_source(environment, key)
            tree = environment.parse(source, key, path)
        except TemplateSyntaxError:  # which is told elsewhere
            continue
        yield _Parsed(number, name, key, f"{layer.shown}/{name}", layer.shipped, tree)


def _loose_blocks(one: _Parsed, by_name: Mapping[str, _Parsed], templates: Templates) -> Iterator[Problem]:
    """Tell of blocks that would stand in the page only if a template below had one of that name."""
    known: set[str] = set()
    above = {one.key}
    parent = _parent(one, by_name, templates)
    if parent is None:
        return
    while parent is not None and parent.key not in above:
        above.add(parent.key)
        known |= {block.name for block in parent.tree.find_all(nodes.Block)}
        if any(parent.tree.find_all(nodes.Extends)) and _parent(parent, by_name, templates) is None:
            return  # what it extends is decided when a page is made
        parent = _parent(parent, by_name, templates)
    inner = {block for outer in one.tree.find_all(nodes.Block) for block in outer.find_all(nodes.Block)}
    for block in one.tree.find_all(nodes.Block):
        if block.name not in known and block not in inner:
            near = did_you_mean(block.name, known) or f"; they are {', '.join(sorted(known))}"
            text = f"no block below is called {quote(block.name)}, so that it is shown nowhere{near}"
            yield Problem(Severity.WARNING, Place(one.shown, block.lineno), "unknown-block", text)


def _parent(one: _Parsed, by_name: Mapping[str, _Parsed], templates: Templates) -> _Parsed | None:
    """Find the template that one extends, as far as its name is written down."""
    for extends in one.tree.find_all(nodes.Extends):
        if isinstance(extends.template, nodes.Const):
            return by_name.get(templates.environment.join_path(str(extends.template.value), one.key))
    return None
