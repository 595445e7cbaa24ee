"""Texts of the interface: which file wins, what is told, and that those that are shipped are whole."""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path

import gallery
import pytest
from jinja2 import TemplateRuntimeError
from markupsafe import Markup

from castsite.errors import Severity
from castsite.render.words import Words
from castsite.theme import Layer, shipped_themes
from castsite.theme.strings import Entry, Strings, read_strings

SHIPPED = sorted(path.stem for path in (shipped_themes() / "default" / "strings").glob("*.yaml"))
THEME = shipped_themes() / "default"
RENDER = Path(gallery.__file__).parents[1] / "castsite/render"

posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")


def folders(root: Path, *layers: dict[str, str]) -> list[Layer]:
    """Folders of texts, the one that wins first."""
    sources = []
    for number, files in enumerate(layers):
        folder = root / str(number)
        folder.mkdir()
        for language, text in files.items():
            (folder / f"{language}.yaml").write_text(text, encoding="utf-8")
        sources.append(Layer(folder, f"layer{number}/strings"))
    return sources


def texts(strings: Strings) -> dict[str, str]:
    return {name: dict(entry.forms)["other"] for name, entry in strings}


def told(sources: list[Layer], language: str) -> list[str]:
    return [str(problem) for problem in read_strings(sources, language)[1]]


def test_a_language_wins_over_a_layer_and_a_layer_over_those_below(tmp_path: Path) -> None:
    sources = folders(
        tmp_path,
        {"en": "{a: own, b: own}", "de-AT": "d: Jänner"},
        {"en": "{b: theme, c: theme}", "de": "{b: Thema, d: Januar}"},
        {"en": "{a: default, b: default, c: default, d: default}", "de": "{a: Standard, b: Standard, c: Standard}"},
    )
    assert texts(read_strings(sources, "en")[0]) == {"a": "own", "b": "own", "c": "theme", "d": "default"}
    assert texts(read_strings(sources, "de")[0]) == {"a": "Standard", "b": "Thema", "c": "Standard", "d": "Januar"}
    assert texts(read_strings(sources, "de-AT")[0])["d"] == "Jänner"


def test_what_is_not_translated_is_english_and_told_once(tmp_path: Path) -> None:
    sources = folders(tmp_path, {"en": "\n".join(f"t{at}: x" for at in range(8)), "de": "t0: y"})
    strings, problems = read_strings(sources, "de")
    assert texts(strings)["t7"] == "x"
    assert dict(strings)["t7"].language == "en"
    (problem,) = problems
    assert str(problem) == (
        "warning: castsite.yml: untranslated: 7 texts of the interface are not translated and shown in English "
        "(t1, t2, t3, t4, t5 …); write strings/de.yaml"
    )


def test_a_language_that_nobody_wrote_is_told_too(tmp_path: Path) -> None:
    (problem,) = read_strings(folders(tmp_path, {"en": "a: x"}), "tlh")[1]
    assert problem.severity is Severity.WARNING
    assert "1 text of the interface is not translated" in problem.text


def test_a_text_that_does_not_fit_leaves_that_of_the_theme(tmp_path: Path) -> None:
    english, german = '{play: Play, at: "at {time}"}', '{play: Los, at: "bei {time}"}'
    sources = folders(tmp_path, {"de": "at: bei {tiem}\nplay: Weiter\n"}, {"en": english, "de": german})
    found, _ = read_strings(sources, "de")
    assert {name: entry.forms[0][1] for name, entry in found} == {"at": "bei {time}", "play": "Weiter"}
    misfit = "at: has {tiem}, the English text {time}; that of the theme is shown"
    assert told(sources, "de") == [f"warning: layer0/strings/de.yaml:1:1: bad-value: {misfit}"]
    (tmp_path / "regional").mkdir()
    regional = folders(tmp_path / "regional", {"de-AT": "at: bei {tiem}\n"}, {"en": english, "de": german})
    assert any("that of the wider language is shown" in line for line in told(regional, "de-AT"))


@pytest.mark.parametrize(
    ("german", "severity", "message"),
    [
        ("plya: x", "warning", '1:1: unknown-string: no text is called "plya", did you mean "play"?'),
        ("at: {time}", "error", "1:5: bad-value: at: a text that begins with a brace needs quotes: "),
        ("at: {tiem: x}", "error", '1:6: bad-value: at: "tiem" is no plural category'),
        ("at: von {tiem}", "warning", "1:1: bad-value: at: has {tiem}, the English text {time}; English is shown"),
        ("play: Los {n}", "warning", "1:1: bad-value: play: has {n}, the English text no value; English is shown"),
        ("at: {one: a, few: b}", "error", '1:5: bad-value: at: expected a text for "other", got a mapping'),
        ("at: {on: a, other: b}", "error", '1:6: bad-value: at: "on" is no plural category, did you mean "one"?'),
        ("at: [a]", "error", "1:5: bad-value: at: expected text, got a list"),
        ("Ä: x", "error", "1:1: bad-value: Ä: use small letters, digits and _ for the name of a text"),
        ("{", "error", "1:1: bad-yaml: "),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_place_and_english_is_shown(
    tmp_path: Path, german: str, severity: str, message: str
) -> None:
    sources = folders(tmp_path, {"en": '{play: Play, at: "at {time}"}', "de": german})
    start = f"{severity}: layer0/strings/de.yaml:{message}"
    assert any(line.startswith(start) for line in told(sources, "de")), told(sources, "de")
    assert texts(read_strings(sources, "de")[0])["at"] == "at {time}"


@pytest.mark.parametrize(
    ("english", "message"),
    [
        ('lines: "{m} x"', "1:1: bad-value: lines: has {m}, the text of the theme {n}; that one is shown"),
        ("play: Los {n}", "1:1: bad-value: play: has {n}, the text of the theme no value; that one is shown"),
        ("plai: x", '1:1: unknown-string: no text is called "plai", did you mean "play"? One of your own needs a name'),
    ],
)
@pytest.mark.parametrize("language", ["en", "en-GB", "de"])
def test_an_english_text_of_a_sites_own_is_held_to_that_of_the_theme(
    tmp_path: Path, english: str, message: str, language: str
) -> None:
    sources = folders(tmp_path, {"en": english}, {"en": 'lines: "{n} lines"'}, {"en": "play: Play"})
    assert told(sources, language)[0].startswith(f"warning: layer0/strings/en.yaml:{message}")
    there = texts(read_strings(sources, language)[0])
    assert (there["lines"], there["play"]) == ("{n} lines", "Play")


def test_an_english_text_may_be_of_ones_own_and_one_may_leave_the_number_out(tmp_path: Path) -> None:
    sources = folders(
        tmp_path, {"en": "{imprint: Imprint, lines: many}"}, {"en": "plan: x"}, {"en": 'lines: "{n} lines"'}
    )
    strings, problems = read_strings(sources, "en")
    assert (texts(strings), problems) == ({"imprint": "Imprint", "lines": "many", "plan": "x"}, ())
    theme = [Layer(tmp_path / "none", "strings"), *folders(tmp_path / "0", {"en": "plai: x"}, {"en": "play: Play"})]
    assert read_strings(theme, "en")[1] == ()


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    sources = folders(tmp_path, {"en": "a: x"})
    (sources[0].folder / "de.yaml").write_bytes(b"a: \xff")
    assert "error: layer0/strings/de.yaml: bad-strings: is not UTF-8; save it as UTF-8 text" in told(sources, "de")


def test_a_folder_that_cannot_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = folders(tmp_path, {"de": "search: Suche\n", "en": "search: Search\n"})
    opened = os.open

    def refusing(path: str | Path, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if Path(path).name == "de.yaml":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refusing)
    text = "cannot be read: Permission denied; make it and its folder readable"
    assert f"error: layer0/strings/de.yaml: bad-strings: {text}" in told(sources, "de")


def test_links_and_huge_files_are_refused_and_hidden_characters_left_out(tmp_path: Path) -> None:
    sources = folders(tmp_path, {"en": 'a: "x\\u202ey\\e[31m"'})
    assert texts(read_strings(sources, "en")[0]) == {"a": "xy[31m"}
    (tmp_path / "secret.yaml").write_text("root: x")
    (sources[0].folder / "de.yaml").symlink_to(tmp_path / "secret.yaml")
    assert "error: layer0/strings/de.yaml: bad-strings: links are not followed; put the file itself here" in told(
        sources, "de"
    )
    (tmp_path / "linked").symlink_to(sources[0].folder)
    linked = [Layer(tmp_path / "linked", "strings")]
    assert told(linked, "de") == ["error: strings: link: links are not followed; put the folder itself here"]
    (sources[0].folder / "fr.yaml").write_text("a: " + "x" * 300_000)
    assert any("bad-strings: is larger than 262,144 bytes" in line for line in told(sources, "fr"))


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [
        ("de", "de.yml", "is not read; call it de.yaml"),
        ("de-AT", "de.YAML", "is not read; call it de.yaml"),
        ("en", "en.yml", "is not read; call it en.yaml"),
        ("de", "en.yml", "is not read; call it en.yaml"),
        ("de-AT", "de_AT.yaml", "is not read; call it de-AT.yaml"),
        ("pt-br", "pt-BR.yaml", "is not read; call it pt-br.yaml, or write language: pt-BR in castsite.yml"),
        ("pt", "pt-BR.yaml", "is not read; call it pt.yaml, or write language: pt-BR in castsite.yml"),
        ("zh-Hans-CN", "zh-Hant.yml", "is not read; call it zh-Hans-CN.yaml, or write language: zh-Hant in castsite"),
    ],
)
def test_a_file_that_is_nearly_called_as_one_that_would_be_read_is_told(
    tmp_path: Path, language: str, name: str, text: str
) -> None:
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / name).write_text("a: x")
    (first, *more) = told([Layer(tmp_path / "0", "strings")], language)
    assert (first.startswith(f"warning: strings/{name}: unread-strings: {text}"), more) == (True, [])


def test_a_file_beside_the_one_that_is_read_is_told_and_others_are_not(tmp_path: Path) -> None:
    files = {"en": "a: x", "de": "a: y", "de-AT": "a: z", "fr": "a: w"}
    sources = folders(tmp_path, files)
    assert told(sources, "de") == []
    (sources[0].folder / "de.yml").write_text("a: u")
    text = "warning: layer0/strings/de.yml: unread-strings: is not read; de.yaml is there too, keep one of the two"
    assert told(sources, "de") == [text]
    assert told([sources[0]._replace(shipped=True)], "de") == []


def test_every_part_of_a_language_tag_has_its_file(tmp_path: Path) -> None:
    files = {
        "en": "{a: e, b: e, c: e, d: e}",
        "zh": "{a: z, b: z, c: z}",
        "zh-Hans": "{b: h, c: h}",
        "zh-Hans-CN": "c: n",
    }
    sources = folders(tmp_path, files)
    assert texts(read_strings(sources, "zh-Hans-CN")[0]) == {"a": "z", "b": "h", "c": "n", "d": "e"}
    assert texts(read_strings(sources, "ZH")[0])["a"] == "z"


@posix
def test_what_is_no_regular_file_is_told_and_not_waited_for(tmp_path: Path) -> None:
    sources = folders(tmp_path, {"en": "a: x"})
    os.mkfifo(sources[0].folder / "de.yaml")
    (sources[0].folder / "fr.yaml").mkdir()
    for language in ("de", "fr"):
        text = "bad-strings: not a regular file; put a file itself here"
        assert f"error: layer0/strings/{language}.yaml: {text}" in told(sources, language)


def test_links_of_an_installer_are_followed(tmp_path: Path) -> None:
    (tmp_path / "there.yaml").write_text("a: x")
    (tmp_path / "strings").mkdir()
    (tmp_path / "strings" / "en.yaml").symlink_to(tmp_path / "there.yaml")
    strings, problems = read_strings([Layer(tmp_path / "strings", "strings", shipped=True)], "en")
    assert (texts(strings), problems) == ({"a": "x"}, ())


# ---- the shipped ones


def test_the_shipped_languages_are_these() -> None:
    assert SHIPPED == ["de", "en", "es", "fr", "ja"]


@pytest.mark.parametrize("language", SHIPPED)
def test_a_shipped_language_has_every_text_with_the_same_values(language: str) -> None:
    strings, problems = read_strings([Layer(THEME / "strings", "strings")], language)
    assert problems == ()
    assert {entry.language for _, entry in strings} == {language}


@pytest.mark.parametrize("language", SHIPPED)
def test_a_shipped_language_has_the_plural_forms_that_whole_numbers_need(language: str) -> None:
    strings, _ = read_strings([Layer(THEME / "strings", "strings")], language)
    wanted = {"ja": {"other"}}.get(language, {"one", "other"})
    for name, entry in strings:
        if len(entry.forms) > 1:
            assert {category for category, _ in entry.forms} == wanted, name


def test_every_text_is_used_and_every_one_that_is_used_is_there() -> None:
    there = set(texts(read_strings([Layer(THEME / "strings", "strings")], "en")[0]))
    templates, scripts, code = (
        "".join(path.read_text("utf-8") for path in sorted(folder.glob(kind)))
        for folder, kind in ((THEME / "templates", "*.html"), (THEME / "js", "*.js"), (RENDER, "*.py"))
    )
    calls = re.findall(r"words\.island\(([^)]*)\)", templates)
    islands = {name for call in calls for name in re.findall(r'"(\w+)"', call)}
    used = set(re.findall(r"words\.([a-z_]+)\b", templates)) - {"island"}
    kinds = ("share", "alert")
    put_together = {name for name in there if name.startswith(tuple(f"{kind}_" for kind in kinds))}
    computed = set(re.findall(r"words\.([a-z_]+)\b", code)) & there
    assert used | islands | put_together | computed | {"tags", "series", "authors"} == there
    asked = set(re.findall(r'words\((?:[a-z ?(]*)"([a-z_]+)"', scripts)) | set(re.findall(r'"(key_\w+)"', scripts))
    assert asked
    assert asked <= islands


# ---- as templates see them


def words(**entries: object) -> Words:
    made = {name: {"other": entry} if isinstance(entry, str) else entry for name, entry in entries.items()}
    return Words(tuple((name, Entry("pl", tuple(forms.items()))) for name, forms in made.items()))  # type: ignore[attr-defined]


def test_the_form_of_a_number_is_that_of_the_language() -> None:
    lines = words(
        lines={"one": "{n} wiersz", "few": "{n} wiersze", "many": "{n} wierszy", "other": "{n} wiersza"}
    ).lines
    assert [lines(n) for n in (0, 1, 2, 5, 22, 112)] == [
        "0 wierszy", "1 wiersz", "2 wiersze", "5 wierszy", "22 wiersze", "112 wierszy",
    ]  # fmt: skip


def test_values_are_put_in_as_they_are_and_html_stays_html() -> None:
    phrase = words(at='<{a}> & "{b}"').at
    assert phrase(a="<i>", b="{a}") == '<<i>> & "{a}"'
    assert not isinstance(phrase(a="1", b="2"), Markup)
    html = phrase(a=Markup("<b>x</b>"), b="<i>")
    assert html == Markup("&lt;<b>x</b>&gt; &amp; &#34;&lt;i&gt;&#34;")


def test_a_value_that_is_missing_and_a_text_that_is_unknown_are_told() -> None:
    with pytest.raises(TemplateRuntimeError, match=r"words\.at needs time"):
        words(at="{time}").at()
    with pytest.raises(TemplateRuntimeError, match='words has no "pley", did you mean "play"'):
        words(play="x").island("pley")
    with pytest.raises(AttributeError):
        words(play="x").pley  # noqa: B018


def test_scripts_get_texts_as_json_that_cannot_end_its_element() -> None:
    island = words(a="</script>", n={"one": "{n} x", "other": "{n} y"}).island("a", "n")
    assert island.startswith('<script type="application/json" data-words>')
    assert island.count("</script>") == 1
