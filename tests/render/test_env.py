from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from markupsafe import Markup

from castsite.errors import ConfigError
from castsite.render.env import BrokenTemplateError, EmptyFieldError, Templates, group, load_templates
from castsite.render.words import Words
from castsite.theme import Layer

INCLUDES = "extends or includes itself without end; parent/NAME is the same template of the theme below"
EM = Markup("<em>ok</em>")


@dataclass(frozen=True, slots=True)
class Shown:
    title: str
    text: Markup = EM
    items: tuple[str, ...] = ()


def templates(root: Path, *layers: dict[str, str], shipped: int = 9, **options: object) -> Templates:
    """One layer for each mapping of names to templates, the one that wins first; from which number on they ship."""
    made = []
    for number, files in enumerate(layers):
        folder = root / str(number)
        for name, source in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        made.append(Layer(folder, f"layer{number}/templates", number >= shipped))
    return load_templates(made, words=Words(()), **options)  # type: ignore[arg-type]


def fault(found: Templates, name: str = "page.html", **variables: object) -> str:
    with pytest.raises(BrokenTemplateError) as caught:
        found.render(name, **variables)
    assert caught.value.exit_code == 2
    (problem,) = caught.value.problems
    return str(problem)


def test_C09_text_is_escaped_and_markup_is_not(tmp_path: Path) -> None:
    found = templates(tmp_path, {"page.html": '<a title="{{ page.title }}">{{ page.text }}</a>\n'})
    page = Shown("'\"><script>")
    assert found.render("page.html", page=page) == b'<a title="&#39;&#34;&gt;&lt;script&gt;"><em>ok</em></a>\n'


def test_block_lines_leave_no_trace_and_the_last_newline_stays(tmp_path: Path) -> None:
    source = "<ul>\n  {% for item in page.items %}\n<li>{{ item }}\n  {% endfor %}\n</ul>\n"
    assert templates(tmp_path, {"page.html": source}).render("page.html", page=Shown("", items=("a", "b"))) == (
        b"<ul>\n<li>a\n<li>b\n</ul>\n"
    )


def test_upper_layer_wins_and_lower_layers_see_its_partials(tmp_path: Path) -> None:
    found = templates(
        tmp_path,
        {"partials/head.html": "own head"},
        {"page.html": '{% include "partials/head.html" %}', "partials/head.html": "theme's head"},
    )
    assert found.render("page.html") == b"own head"


def test_override_extends_what_it_overrides_through_every_layer(tmp_path: Path) -> None:
    layer = '{% extends "parent/page.html" %}{% block main %}NAME {{ super() }}{% endblock %}'
    found = templates(
        tmp_path,
        {"page.html": layer.replace("NAME", "site")},
        {"page.html": layer.replace("NAME", "theme")},
        {"page.html": "<{% block main %}default{% endblock %}>"},
    )
    assert found.render("page.html") == b"<site theme default>"


def test_parent_skips_layers_that_do_not_have_the_template(tmp_path: Path) -> None:
    found = templates(
        tmp_path, {"page.html": '{% extends "parent/page.html" %}'}, {"other.html": ""}, {"page.html": "default"}
    )
    assert found.render("page.html") == b"default"


def test_macros_come_from_the_layer_below_when_asked_for(tmp_path: Path) -> None:
    found = templates(
        tmp_path,
        {"parts.html": '{% from "parent/parts.html" import a %}{% macro b() %}[{{ a() }}]{% endmacro %}'},
        {"parts.html": "{% macro a() %}low{% endmacro %}", "page.html": '{% import "parts.html" as p %}{{ p.b() }}'},
    )
    assert found.render("page.html") == b"[low]"


def test_missing_parent_is_named_as_it_was_written(tmp_path: Path) -> None:
    found = templates(tmp_path, {"page.html": '\n{% extends "parent/page.html" %}'})
    assert (
        fault(found) == 'fatal: layer0/templates/page.html:2: template-error: no template is called "parent/page.html"'
    )


@pytest.mark.parametrize(
    "name", ["../secret.html", "/etc/passwd", "a/../../secret.html", "9/page.html", "0/../secret.html"]
)
def test_name_cannot_leave_the_folders_of_templates(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.html").write_text("secret")
    found = templates(tmp_path, {"page.html": f'{{% include "{name}" %}}', "a/x.html": ""})
    assert "no template is called" in fault(found)


def test_unknown_field_is_answered_with_a_near_one_at_its_line(tmp_path: Path) -> None:
    found = templates(tmp_path, {"page.html": "a\n<h1>{{ page.titel }}</h1>\n"})
    assert fault(found, page=Shown("x")) == (
        'fatal: layer0/templates/page.html:2: template-error: page has no "titel", did you mean "title"?'
    )


def test_unknown_variable_is_answered_with_a_near_one(tmp_path: Path) -> None:
    found = templates(tmp_path, {"page.html": "{{ pge.title }}"})
    assert fault(found, page=Shown("x")).endswith('no variable is called "pge", did you mean "page"?')


@pytest.mark.parametrize(
    "use", ["{% if page.titel %}x{% endif %}", "{% for a in page.titel %}{% endfor %}", "{{ page.titel ~ '' }}"]
)
def test_unknown_field_is_a_fault_however_it_is_used(tmp_path: Path, use: str) -> None:
    assert 'has no "titel"' in fault(templates(tmp_path, {"page.html": use}), page=Shown("x"))


@pytest.mark.parametrize(
    ("files", "place", "text"),
    [
        ({"page.html": "\n\n{{ 1 // 0 }}"}, "page.html:3", "ZeroDivisionError: "),
        ({"page.html": "\n{{ page.title + 1 }}"}, "page.html:2", "TypeError: "),
        ({"page.html": '\n{% include "gone.html" %}'}, "page.html:2", 'no template is called "gone.html"'),
        ({"page.html": '{% include "in.html" %}', "in.html": "\n\n{{ page.x }}"}, "in.html:3", 'page has no "x"'),
        (
            {
                "page.html": '{% import "m.html" as m %}{{ m.f(page) }}',
                "m.html": "\n{% macro f(p) %}\n{{ p.x }}{% endmacro %}",
            },
            "m.html:3",
            'p has no "x"',
        ),
        ({"page.html": '{% extends "base.html" %}', "base.html": "\n{{ page.x }}"}, "base.html:2", 'page has no "x"'),
    ],
)
def test_fault_is_placed_in_the_template_that_holds_it(
    tmp_path: Path, files: dict[str, str], place: str, text: str
) -> None:
    said = fault(templates(tmp_path, files), page=Shown("x"))
    assert said.startswith(f"fatal: layer0/templates/{place}: template-error: {text}")


@pytest.mark.parametrize(
    ("source", "line"),
    [("a\n{% if page %}\nb", 3), ("{{ page. }}", 1), ("\n\n{% nonsense %}", 3), ("{{ a|nofilter }}", 1)],
)
def test_template_that_cannot_be_read_is_a_fault_with_its_line(tmp_path: Path, source: str, line: int) -> None:
    found = templates(tmp_path, {"page.html": '{% include "x.html" %}', "x.html": source})
    assert fault(found, page=1).startswith(f"fatal: layer0/templates/x.html:{line}: template-error: ")


def test_a_template_that_is_not_utf8_is_named_with_the_line_that_is_not(tmp_path: Path) -> None:
    found = templates(tmp_path, {"page.html": "a"})
    (tmp_path / "0/page.html").write_bytes(b"one\ntwo \xff\n")
    assert fault(found) == "fatal: layer0/templates/page.html:2: template-error: is not UTF-8 text; save it as UTF-8"


def test_a_link_to_a_template_is_refused(tmp_path: Path) -> None:
    found = templates(tmp_path, {"page.html": '{% include ".in.html" %}'})
    (tmp_path / "secret.html").write_text("{{ secret }}")
    (tmp_path / "0/.in.html").symlink_to(tmp_path / "secret.html")
    assert fault(found) == (
        "fatal: layer0/templates/.in.html: template-error: links are not followed; put the file itself here"
    )


EMPTY = "is empty here; put {% if "


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ page.date.text }}", "page.date " + EMPTY + "page.date %}"),
        ("{{ page.title.upper() }} {{ page.date.upper() }}", "page.date " + EMPTY),
        ("{% for one in [page] %}\n{{ one.date.text }}{% endfor %}", "one.date " + EMPTY),
        ("{{ [page.date][0].text }}", 'what "text" is asked of is empty here; ask whether it is there: {% if … %}'),
        ("{{ page.dat.text }}", 'page has no "dat", did you mean "date"?'),
    ],
)
def test_what_is_asked_of_an_empty_field_is_told_with_the_cure(tmp_path: Path, source: str, said: str) -> None:
    page = {"title": "x", "date": None}
    found = fault(templates(tmp_path, {"page.html": source}), page=page)
    assert found.startswith(f"fatal: layer0/templates/page.html:{1 + source.count(chr(10))}: template-error: {said}")


def test_the_same_empty_field_is_told_once_with_the_page_that_was_first(tmp_path: Path) -> None:
    found = templates(tmp_path, {"page.html": "{{ page.date.text }}"})
    errors = []
    for source in ("content/a.md", "content/b.md"):
        with pytest.raises(EmptyFieldError) as caught:
            found.render("page.html", page={"date": None})
        errors.append(caught.value.on(source))
    (problem,) = group(errors)
    assert str(problem).endswith(" around what needs it; so it is on the page of content/a.md (and 1 more)")


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"page.html": '\n{% import "parts.html" as parts %}\n{{ parts.icon() }}'}, "3: template-error: parameter 'n'"),
        (
            {"page.html": '{% extends "parent/page.html" %}\n{% block a %}\n{{ super() }}{% endblock %}'},
            '3: template-error: page has no "y" (in layer1/templates/page.html:1)',
        ),
        ({"page.html": '{% from "parts.html" import icon %}\n{{ icon(none) }}'}, "2: template-error: n is empty here"),
    ],
)
def test_what_ships_is_not_blamed_for_what_led_there(tmp_path: Path, own: dict[str, str], said: str) -> None:
    ships = {
        "parts.html": "{% macro icon(n) %}\n{{ n.x }}{% endmacro %}",
        "page.html": "{% block a %}{{ page.y }}{% endblock %}",
    }
    found = templates(tmp_path, own, ships, shipped=1)
    assert fault(found, page=Shown("x")).startswith(f"fatal: layer0/templates/page.html:{said}")


def test_what_ships_is_named_where_nothing_else_led_there(tmp_path: Path) -> None:
    found = templates(tmp_path, {"page.html": "{{ page.y }}"}, shipped=0)
    assert fault(found, page=Shown("x")).startswith(
        'fatal: layer0/templates/page.html:1: template-error: page has no "y"'
    )


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ('{% extends "parent/page.html" %}{% block a %}\n{% include "page.html" %}{% endblock %}', 2, INCLUDES),
        ('{% extends "page.html" %}', 1, INCLUDES),
        (
            '{% extends "parent/page.html" %}{% block a %}\n{{ self.a() }}{% endblock %}',
            2,
            "a block calls itself without end; it is shown where it stands, and super()",
        ),
        (
            (
                '{% extends "parent/page.html" %}{% block a %}{% macro m() %}\n'
                "{{ m() }}{% endmacro %}{{ m() }}{% endblock %}"
            ),
            2,
            "calls itself without end; a macro that does needs an {% if %} that ends it",
        ),
    ],
)
def test_what_goes_round_without_end_is_placed_where_it_turns(
    tmp_path: Path, source: str, line: int, said: str
) -> None:
    below = {"page.html": "<p>{% block a %}{% endblock %}"}
    found = templates(tmp_path, {"page.html": source}, below, shipped=1)
    assert fault(found).startswith(f"fatal: layer0/templates/page.html:{line}: template-error: {said}")


def test_what_an_imported_macro_does_not_see_is_told_so(tmp_path: Path) -> None:
    files = {
        "page.html": '{% import "m.html" as m %}{{ m.f() }}',
        "m.html": "{% macro f() %}{{ page.x }}{% endmacro %}",
    }
    assert fault(templates(tmp_path, files), page=Shown("x")) == (
        'fatal: layer0/templates/m.html:1: template-error: "page" is not seen in what is imported; '
        "hand it over to the macro that needs it"
    )
    (tmp_path / "0/m.html").write_text("{% macro f(rows) %}{{ row }}{{ pag }}{% endmacro %}")
    found = templates(tmp_path, {"page.html": files["page.html"]})
    assert fault(found, page=Shown("x")).endswith('no variable is called "row", did you mean "rows"?')
    (tmp_path / "0/m.html").write_text("{% macro f() %}{{ pag }}{% endmacro %}")
    assert fault(templates(tmp_path, {}), page=Shown("x")).endswith('no variable is called "pag"')


@pytest.mark.parametrize("source", ['{% extends "page.html" %}', '{% include "page.html" %}'])
def test_a_template_that_uses_itself_is_told_how_to_use_the_one_below(tmp_path: Path, source: str) -> None:
    said = fault(templates(tmp_path, {"page.html": source}))
    assert said.startswith("fatal: layer0/templates/page.html:1: template-error: extends or includes itself")
    assert "parent/NAME" in said


def test_message_of_a_fault_is_one_line_without_control_characters(tmp_path: Path) -> None:
    def fail(text: str) -> None:
        raise ValueError(text)

    said = fault(templates(tmp_path, {"page.html": "{{ fail(page.title) }}"}), page=Shown("\x1b[2J\nx"), fail=fail)
    assert "\x1b" not in said
    assert "\n" not in said


def test_same_fault_on_many_pages_is_reported_once_with_a_count(tmp_path: Path) -> None:
    found = templates(tmp_path, {"page.html": "{{ page.titel }}", "other.html": "{{ page.x }}"})
    errors = []
    for name in ("page.html", "other.html", "page.html", "page.html"):
        with pytest.raises(ConfigError) as caught:
            found.render(name, page=Shown("x"))
        errors.append(caught.value)
    first, second = group(errors)  # type: ignore[arg-type]
    assert str(first).endswith('did you mean "title"? (and 2 more)')
    assert (first.times, second.times) == (3, 1)


def test_templates_that_nothing_uses_are_read_too(tmp_path: Path) -> None:
    broken, below = (
        "a\n{% if %}",
        {"page.html": "{{ x", "notes.txt": "{{ no template", "sub/x.html": "{{ a|nofilter }}"},
    )
    found = templates(tmp_path, {"page.html": "fine", "gone.html": broken, ".gone.html": broken}, below)
    places = ["layer0/templates/gone.html:2", "layer1/templates/page.html:1", "layer1/templates/sub/x.html:1"]
    assert [str(problem.place) for problem in group((), found.faults())] == places
    with pytest.raises(BrokenTemplateError) as caught:
        found.render("gone.html")
    (first, *more) = group([caught.value, caught.value], found.faults())
    assert (str(first.place), first.times, len(more)) == (places[0], 2, 2)


def test_sandbox_renders_the_same_and_refuses_what_a_template_must_not_reach(tmp_path: Path) -> None:
    files = {"page.html": "{{ page.title }}", "evil.html": "{{ page.__class__.__mro__ }}"}
    found = templates(tmp_path, files, sandboxed=True)
    assert found.render("page.html", page=Shown("x")) == b"x"
    assert fault(found, "evil.html", page=Shown("x")).startswith("fatal: layer0/templates/evil.html:1: ")


@pytest.mark.parametrize(("count", "fits"), [(100_000, True), (100_001, False)])
def test_range_ends_at_a_limit_in_the_sandbox_alone(tmp_path: Path, count: int, *, fits: bool) -> None:
    files = {"page.html": f"{{{{ range({count})|length }}}}"}
    assert templates(tmp_path, files).render("page.html") == str(count).encode()
    found = templates(tmp_path, files, sandboxed=True)
    if fits:
        assert found.render("page.html") == str(count).encode()
    else:
        assert "(100000)" in fault(found)


def test_variables_are_seen_in_imported_macros(tmp_path: Path) -> None:
    files = {
        "page.html": '{% import "m.html" as m %}{{ m.f() }}',
        "m.html": "{% macro f() %}{{ theme }}{% endmacro %}",
    }
    found = templates(tmp_path, files, variables={"theme": "ab"})
    assert found.render("page.html") == b"ab"
