"""Interface texts: `strings/en.yaml` and its translations, of the site, of its theme and of the themes below.

An entry is a text, or a mapping of plural categories (`one`, `few`, `many`, `other` …) to texts; the number is `{n}`
in them. English says which entries there are and which values stand in their braces. What a language does not have is
shown in English; no page goes without a text.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import Struct

from castsite.errors import Place, Problem, Severity, quote
from castsite.files import describe_os_error
from castsite.regex import regex
from castsite.schema.characters import visible_line
from castsite.schema.nearest import did_you_mean
from castsite.schema.reading import Reading, expected, root_fields
from castsite.schema.texts import scalar
from castsite.schema.tree import Fields, Node, is_missing, parse
from castsite.theme.layer import Layer

FOLDER: Final = "strings"
"""Folder of a theme, and of a site, that holds interface texts."""

ENGLISH: Final = "en"
CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
"""Plural categories of CLDR; `other` is in every language."""

VALUE: Final = regex(r"\{([a-z]+)\}")
"""A value in a text."""

LARGEST: Final = 256 * 1024
"""Bytes of a file of texts."""

_TOO_LARGE: Final = f"is larger than {LARGEST:,} bytes; a language has a few hundred short texts"
_TEXTS: Final = regex(r"[A-Za-z0-9-]+\.yaml").fullmatch
_NAME: Final = regex(r"[a-z][a-z0-9_]{0,39}")


class Entry(NamedTuple):
    """A text of the interface. `forms` are by plural category; a text that does not depend on a number has `other`."""

    language: str
    """what it is written in: where a translation is missing, English"""
    forms: tuple[tuple[str, str], ...]


Strings = tuple[tuple[str, Entry], ...]
"""Every text of the interface by its name, sorted."""


class _Written(Struct, frozen=True):
    """An entry as a file has it."""

    place: Place
    forms: tuple[tuple[str, str], ...]


def read_strings(sources: Sequence[Layer], language: str) -> tuple[Strings, tuple[Problem, ...]]:
    """Read the texts for a language tag; nothing is raised, what is wrong is told.

    The first source, which is the site's own, wins over the themes after it. `de-AT` takes what `strings/de-AT.yaml`
    has, then `strings/de.yaml`, then English.
    """
    problems: list[Problem] = []
    english = _english(sources, problems)
    entries = {name: Entry(ENGLISH, written.forms) for name, written in english.items()}
    tags = _tags(language)
    found: dict[str, Entry] = {}
    for tag in tags:
        if tag != ENGLISH:
            translated = _translated(sources, tag, english, found.keys(), problems)
            found |= {name: Entry(tag, written.forms) for name, written in translated.items()}
    for source in sources:
        if not source.shipped:
            problems += _misnamed(source, tags, language)
    if tags[0] != ENGLISH:
        problems += _missing(entries.keys() - found.keys(), language)
    return tuple(sorted((entries | found).items())), tuple(problems)


def languages(sources: Sequence[Layer]) -> tuple[str, ...]:
    """Name the languages that there are texts in."""
    return tuple(sorted({name.removesuffix(".yaml") for one in sources for name, _ in one.files() if _TEXTS(name)}))


def written(sources: Sequence[Layer], tag: str) -> bytes:
    """Write all texts in one of those languages as one file: as it is where there is but one."""
    name = f"{tag}.yaml"
    having = [source for source in sources if (source.folder / name).is_file()]
    if len(having) == 1:
        return having[0].read(name)
    merged = _merged(having, tag, [])
    return "".join(f"{name}: {_emitted(one.forms)}\n" for name, one in merged.items()).encode()


def _emitted(forms: Sequence[tuple[str, str]]) -> str:
    """Give a text as YAML, each in double quotes, as JSON writes it."""
    plain = {category: json.dumps(text, ensure_ascii=False) for category, text in forms}
    flow = ", ".join(f"{category}: {text}" for category, text in plain.items())
    return plain["other"] if len(plain) == 1 else f"{{{flow}}}"


def _tags(language: str) -> tuple[str, ...]:
    """Give the tags that stand for a language, the widest first: `zh`, `zh-Hans`, `zh-Hans-CN`."""
    parts = language.split("-")
    longer = ("-".join(parts[:count]) for count in range(1, len(parts) + 1))
    return tuple(dict.fromkeys((parts[0].lower(), *longer)))


def _misnamed(source: Layer, tags: Sequence[str], language: str) -> Iterator[Problem]:
    """Name files that are not read because of how they are called."""
    there = {path.name for path in source.folder.glob("*")}
    known = {_plain(tag): tag for tag in (ENGLISH, *tags)}
    of_language = there & {f"{tag}.yaml" for tag in tags if tag != ENGLISH}
    for name in sorted(there):
        stem, suffix = posixpath.splitext(name)
        tag = known.get(_plain(stem))
        if tag is None and not of_language and tags[0] != ENGLISH and _plain(stem).startswith(f"{tags[0]}-"):
            tag = language
        if tag is None or suffix.lower() not in {".yaml", ".yml"} or name == f"{tag}.yaml":
            continue
        cure = f"call it {tag}.yaml"
        if f"{tag}.yaml" in there:
            cure = f"{tag}.yaml is there too, keep one of the two"
        elif stem != tag and "_" not in stem:
            cure += f", or write language: {stem} in castsite.yml"
        yield Problem(Severity.WARNING, Place(f"{source.shown}/{name}"), "unread-strings", f"is not read; {cure}")


def _plain(tag: str) -> str:
    return tag.lower().replace("_", "-")


def _english(sources: Sequence[Layer], problems: list[Problem]) -> dict[str, _Written]:
    """Read English of all sources. Each is held to those below, whose templates say which values there are."""
    merged: dict[str, _Written] = {}
    for source in reversed(sources):
        written = _read(source, f"{ENGLISH}.yaml", problems)
        if source is sources[0]:  # a theme has templates that ask for what is its own
            problems += _misnomers(written, merged)
        problems += _misfits(written, merged, "the text of the theme", "that one")
        merged |= {name: one for name, one in written.items() if name not in merged or _fits(one, merged[name])}
    return merged


def _translated(
    sources: Sequence[Layer],
    tag: str,
    english: Mapping[str, _Written],
    wider: AbstractSet[str],
    problems: list[Problem],
) -> dict[str, _Written]:
    """Read another language of all sources; what does not fit English leaves the text of the source below.

    `wider`: names of texts that a wider tag has, such as `de` for `de-AT`.
    """
    found: dict[str, _Written] = {}
    for source in reversed(sources):
        written = _read(source, f"{tag}.yaml", problems)
        problems += _strangers(written, english)
        for name, one in written.items():
            shown = (
                "that of the theme" if name in found else "that of the wider language" if name in wider else "English"
            )
            problems += _misfits({name: one}, english, "the English text", shown)
        found |= {name: one for name, one in written.items() if name in english and _fits(one, english[name])}
    return found


def _merged(sources: Sequence[Layer], tag: str, problems: list[Problem]) -> dict[str, _Written]:
    """Read one language of all sources, the last of them first."""
    merged: dict[str, _Written] = {}
    for source in reversed(sources):
        merged |= _read(source, f"{tag}.yaml", problems)
    return merged


def _read(source: Layer, name: str, problems: list[Problem]) -> dict[str, _Written]:
    text, refused, shown = "", "", f"{source.shown}/{name}"
    if not source.shipped and (misplaced := source.misplaced()):
        problems += [] if misplaced in problems else [misplaced]
        return {}
    try:
        data = source.read(name, LARGEST)
        refused = "" if len(data) <= LARGEST else _TOO_LARGE
        text = "" if refused else data.decode("utf-8")
    except FileNotFoundError:
        return {}
    except OSError as fault:
        refused = describe_os_error(fault)
    except UnicodeDecodeError:
        refused = "is not UTF-8; save it as UTF-8 text"
    if refused:
        problems.append(Problem(Severity.ERROR, Place(shown), "bad-strings", refused))
    if not text:
        return {}
    read, found = _understood(text, shown)
    problems += found
    return dict(read)


@lru_cache(maxsize=16)  # a server has the same ones for every build
def _understood(text: str, shown: str) -> tuple[tuple[tuple[str, _Written], ...], tuple[Problem, ...]]:
    reading = Reading(path=shown)
    fields = root_fields(parse(text, path=shown), reading)
    read = tuple(_entries(fields, reading)) if fields else ()
    return read, reading.problems()


def _entries(fields: Fields, reading: Reading) -> Iterator[tuple[str, _Written]]:
    for name, node in fields.entries:
        under = reading.under(name.value)
        if not _NAME.fullmatch(name.value):
            under.error(name.at, "use small letters, digits and _ for the name of a text")
        elif forms := _forms(node, under):
            yield name.value, _Written(Place(reading.path, *name.at), forms)


def _forms(node: Node, reading: Reading) -> tuple[tuple[str, str], ...]:
    if not isinstance(node, Fields):
        text = scalar(node, reading)
        return () if text is None else (("other", _line(text)),)
    if all(is_missing(value) for _, value in node.entries):
        reading.error(node.at, 'a text that begins with a brace needs quotes: "{length} of terminal"')
        return ()
    forms = {}
    for category, value in node.entries:
        if category.value not in CATEGORIES:
            known = did_you_mean(category.value, CATEGORIES) or f"; they are {', '.join(CATEGORIES)}"
            reading.error(category.at, f"{quote(category.value)} is no plural category{known}")
        elif (text := scalar(value, reading)) is not None:
            forms[category.value] = _line(text)
    if "other" not in forms:
        reading.error(node.at, expected('a text for "other"', node))
        return ()
    return tuple(forms.items())


def _line(text: str) -> str:
    return visible_line(text)[0]


def _values(written: _Written) -> frozenset[str]:
    return frozenset(value for _, text in written.forms for value in VALUE.findall(text))


def _fits(written: _Written, original: _Written) -> bool:
    """Whether a translation has the values of the English text; a form may leave the number out."""
    return _values(original) - {"n"} <= _values(written) <= _values(original)


def _strangers(translated: Mapping[str, _Written], english: Mapping[str, _Written]) -> Iterator[Problem]:
    """Tell of entries that English does not have."""
    for name, written in translated.items():
        if name not in english:
            text = f"no text is called {quote(name)}{did_you_mean(name, english)}"
            yield Problem(Severity.WARNING, written.place, "unknown-string", text)


def _misnomers(written: Mapping[str, _Written], below: Mapping[str, _Written]) -> Iterator[Problem]:
    """Tell of English entries that are nearly called as one below; others are for templates of one's own."""
    for name, one in written.items():
        if name not in below and (near := did_you_mean(name, below)):
            text = f"no text is called {quote(name)}{near} One of your own needs a name that is less like it"
            yield Problem(Severity.WARNING, one.place, "unknown-string", text)


def _misfits(
    written: Mapping[str, _Written], originals: Mapping[str, _Written], which: str, shown: str
) -> Iterator[Problem]:
    """Tell of entries with other values than those they stand for, which are shown instead."""
    for name, one in written.items():
        original = originals.get(name)
        if original is not None and not _fits(one, original):
            text = f"{name}: has {_braces(_values(one))}, {which} {_braces(_values(original))}"
            yield Problem(Severity.WARNING, one.place, "bad-value", f"{text}; {shown} is shown")


def _braces(values: Iterable[str]) -> str:
    return ", ".join(f"{{{value}}}" for value in sorted(values)) or "no value"


_SHOWN = 5


def _missing(names: Iterable[str], language: str) -> Iterator[Problem]:
    """Say once how much of the interface stays English."""
    absent = sorted(names)
    if absent:
        some = ", ".join(absent[:_SHOWN]) + (" …" if len(absent) > _SHOWN else "")
        what = "1 text of the interface is" if len(absent) == 1 else f"{len(absent)} texts of the interface are"
        text = f"{what} not translated and shown in English ({some}); write {FOLDER}/{language}.yaml"
        yield Problem(Severity.WARNING, Place("castsite.yml"), "untranslated", text)
