"""Interface texts as templates see them: `words.play`, `words.commands(3)`, `words.part(n=2, of=5)`.

A text that needs a value is called with it. Values are put in last and escaped like everything else; one that is
`Markup` makes the text HTML. Plural forms follow CLDR's rules for the language that the text is written in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Self

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from jinja2 import TemplateRuntimeError
from markupsafe import Markup, escape

from castsite.render.encode import json_island
from castsite.schema.nearest import did_you_mean
from castsite.theme.strings import VALUE, Entry, Strings

_GROUPED = 1000
"""the smallest number whose digits are in groups"""


class Phrase(str):
    """A text of the interface. As it is, it is the form without a number; called, it takes its values."""

    __slots__ = ("_entry", "_forms", "_name", "_plural")
    _name: str
    _entry: Entry
    _forms: dict[str, str]
    _plural: Callable[[int], str]

    def __new__(cls, name: str, entry: Entry) -> Self:
        """Make the text called `name`."""
        forms = dict(entry.forms)
        phrase = super().__new__(cls, forms["other"])
        phrase._name, phrase._entry, phrase._forms = name, entry, forms
        phrase._plural = _plural_rule(entry.language)
        return phrase

    def __call__(self, n: int | None = None, **values: object) -> str | Markup:
        """Put values in; `n` is the number that decides the form. Raises TemplateRuntimeError when one is missing."""
        text = str(self)
        if n is not None:
            if not isinstance(n, int):
                raise TemplateRuntimeError(f"words.{self._name} needs a whole number for n")
            text = self._forms.get(self._plural(n), text) if len(self._forms) > 1 else text
            values["n"] = _grouped(n, self._entry.language)
        wanted = VALUE.findall(text)
        if missing := [value for value in wanted if value not in values]:
            raise TemplateRuntimeError(f"words.{self._name} needs {' and '.join(missing)}")
        if any(isinstance(values[value], Markup) for value in wanted):
            return Markup(VALUE.sub(lambda match: escape(values[match[1]]), escape(text)))  # noqa: S704 - both escaped
        return VALUE.sub(lambda match: str(values[match[1]]), text)

    @property
    def forms(self) -> str | dict[str, str]:
        """The text as scripts take it: itself, or its forms by plural category."""
        return self._forms if len(self._forms) > 1 else str(self)


class Words:
    """All texts of the interface, by name."""

    __slots__ = ("_fields", "_islands", "_phrases")

    def __init__(self, strings: Strings) -> None:
        self._phrases = {name: Phrase(name, entry) for name, entry in strings}
        self._fields = tuple(self._phrases)
        self._islands: dict[tuple[str, ...], Markup] = {}

    def __getattr__(self, name: str) -> Phrase:
        """Give one text."""
        try:
            return self._phrases[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Phrase:
        """Give a text whose name is put together."""
        return self._phrases[name]

    def island(self, *names: str) -> Markup:
        """Hand texts to scripts, which take them from `words.js`: as JSON in the page, beside what they are for."""
        if names not in self._islands:
            self._islands[names] = self._island(names)
        return self._islands[names]

    def _island(self, names: tuple[str, ...]) -> Markup:
        if unknown := [name for name in names if name not in self._phrases]:
            near = did_you_mean(unknown[0], self._phrases)
            raise TemplateRuntimeError(f'words has no "{unknown[0]}"{near}')
        data = json_island({name: self._phrases[name].forms for name in names})
        return Markup('<script type="application/json" data-words>') + data + Markup("</script>")


@lru_cache(maxsize=8)
def _plural_rule(language: str) -> Callable[[int], str]:
    locale = _locale(language)
    return lru_cache(maxsize=4096)(locale.plural_form) if locale else lambda _: "other"


def _grouped(n: int, language: str) -> str:
    """Write a number with its digits in groups, as people do in a language."""
    locale = _locale(language) if n >= _GROUPED else None
    return format_decimal(n, locale=locale) if locale else str(n)


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
