"""Templates and blocks that have no effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from castsite.config import ThemeChoice
from castsite.render.env import load_templates
from castsite.render.loose import loose_ends
from castsite.render.words import Words
from castsite.theme import Layer, load_theme, shipped_themes

BELOW = {
    "base.html": "{% block main %}{% block inner %}{% endblock %}{% endblock %}",
    "page.html": '{% extends "base.html" %}{% block main %}{% block text %}{% endblock %}{% endblock %}',
}


def told(root: Path, *layers: dict[str, str]) -> list[str]:
    """Of all layers but the last, which ships."""
    made = []
    for number, files in enumerate((*layers, BELOW)):
        for name, source in files.items():
            path = root / str(number) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        made.append(Layer(root / str(number), f"layer{number}", number == len(layers)))
    return [str(problem) for problem in loose_ends(load_templates(made, words=Words(())))]


@pytest.mark.parametrize("block", ["main", "inner", "text"])
def test_a_block_of_any_template_below_may_be_replaced(tmp_path: Path, block: str) -> None:
    source = f'{{% extends "parent/page.html" %}}{{% block {block} %}}{{% block new %}}{{% endblock %}}{{% endblock %}}'
    assert told(tmp_path, {"page.html": source}) == []


def test_a_block_that_no_template_below_has_is_told(tmp_path: Path) -> None:
    source = '{% extends "parent/page.html" %}\n{% block zzz %}{% endblock %}'
    (problem,) = told(tmp_path, {"page.html": source})
    assert problem.startswith('warning: layer0/page.html:2: unknown-block: no block below is called "zzz"')
    assert problem.endswith("so that it is shown nowhere; they are inner, main, text")


@pytest.mark.parametrize(
    "source",
    ["{% block zzz %}{% endblock %}", "{% extends page.x %}{% block zzz %}{% endblock %}", '{% extends "page.html" %}'],
)
def test_a_block_is_not_told_where_it_is_shown_or_nobody_can_know(tmp_path: Path, source: str) -> None:
    assert told(tmp_path, {"page.html": source}) == []


def test_a_template_that_replaces_nothing_is_told_unless_another_one_uses_it(tmp_path: Path) -> None:
    own = {"side.html": "x", "pages.html": "x", "deep/row.html": "x"}
    user = '{% include "side.html" %}{% from "deep/row.html" import a %}'
    theme = {"page.html": user, "zzz.html": "x", "broken.html": "{%"}
    text = "unused-template: replaces no template, and none uses it"
    assert told(tmp_path, own, theme) == [
        f'warning: layer0/pages.html: {text}, did you mean "page.html"?',
        f"warning: layer1/zzz.html: {text}",
    ]


def test_nothing_is_told_where_names_are_put_together(tmp_path: Path) -> None:
    assert told(tmp_path, {"page.html": '{% include "side-" ~ page.x %}', "side-a.html": "x"}) == []


@pytest.mark.parametrize("name", sorted(path.name for path in shipped_themes().iterdir() if path.is_dir()))
def test_themes_that_ship_have_no_loose_ends(tmp_path: Path, name: str) -> None:
    layers = [layer._replace(shipped=False) for layer in load_theme(ThemeChoice(name=name), site=tmp_path).layers]
    from_code = {
        "404", "collection", "embed", "gallery", "gone", "offline", "overview", "page", "player", "private",
        "recording", "search", "section", "series", "stats",
    }  # fmt: skip
    found = list(loose_ends(load_templates(layers, words=Words(()))))
    assert {problem.place.path.rpartition("/")[2] for problem in found} <= {f"{one}.html" for one in from_code}
    assert {problem.code for problem in found} == {"unused-template"}
