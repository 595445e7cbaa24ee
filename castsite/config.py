"""The site's configuration: `castsite.yml` as one frozen value, every problem in it reported at once."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from castsite.errors import ConfigError, Place, Problem, Severity, quote
from castsite.limits import Limits
from castsite.schema.addresses import base_url as normal_base_url
from castsite.schema.addresses import entry, person
from castsite.schema.bounds import LIMITS
from castsite.schema.extra import extra
from castsite.schema.hosting import PUBLISH, SERVE, PublishOptions, ServeOptions
from castsite.schema.lists import list_of
from castsite.schema.numbers import whole
from castsite.schema.paths import folder
from castsite.schema.player import Player, player
from castsite.schema.policy import SecretsPolicy, secrets
from castsite.schema.reading import Key, Reading, Refusal, Schema, expected, into, root_fields
from castsite.schema.texts import SWITCH, flag, kind_of, language, line, member, prose, scalar, theme_name
from castsite.schema.tree import At, Fields, Node, Text, parse
from castsite.schema.values import Author, Extra, Link, Options, Visibility
from castsite.schema.zones import zone_name

OUTPUTS = ("embed", "script", "oembed", "oembed-xml", "markdown", "filmstrip", "gzip", "wsh", "rexec")
"""Files per recording that `outputs` may ask for; page, `.cast`, `.txt`, `.svg` and `.json` are always made."""

OWNER_OUTPUTS = ("wsh", "rexec")
"""Those of them that put files into folders of the whole site: only the configuration may ask for them."""

DEFAULT_OUTPUTS = ("embed", "script", "oembed", "markdown", "filmstrip")

EXPORTS = (
    "gif",
    "webp",
    "apng",
    "svg",
    "anim.svg",
    "light.svg",
    "png",
    "mp4",
    "webm",
    "txt",
    "vtt",
    "cast",
    "json",
    "html",
    "rec",
)

TAXONOMIES = ("tags", "series", "authors")

BASE_URL_VARIABLE: Final = "CASTSITE_BASE_URL"
KEY_VARIABLE: Final = "CASTSITE_KEY"
PASSPHRASE_VARIABLE: Final = "CASTSITE_PASSPHRASE"  # noqa: S105 - its name
KEY_LENGTH: Final = 16
"""Characters that a site key has at least: it must not be guessed."""


NO_PASSPHRASE: Final = dict.fromkeys(
    ("passphrase", "password"),
    Refusal(
        Severity.ERROR,
        "secret-in-file",
        f"what opens private pages never stands in a file: take it out, choose another one, set {PASSPHRASE_VARIABLE}",
    ),
)
"""Keys that nobody may use, wherever they are written."""

_NO_OPTIONS: Final = Fields((), At(0, 0))
CONFIG_NAMES: Final = ("castsite.yml", "castsite.yaml")
PUBLISHED_KEYS: Final = frozenset(
    ("title", "description", "base_url", "author", "theme", "player", "navigation", "taxonomies", "extra")
)
"""Keys whose values pages show, or may."""

_FILE: Final = Place(CONFIG_NAMES[0])


class ThemeChoice(Struct, frozen=True, kw_only=True):
    """Which theme, where it is chosen, and the options given to it.

    They stay as they were read, with their places, until the theme is loaded: only its own schema knows them.
    """

    name: str = "default"
    options: Fields = _NO_OPTIONS
    place: Place = _FILE


class SiteConfig(Struct, frozen=True, kw_only=True):
    """Every key of `castsite.yml`, with its default. Names are those of the keys."""

    title: str = "Recordings"
    description: str = ""
    base_url: str | None = None
    """absolute, ends in `/`"""
    language: str = "en"
    timezone: str = "UTC"
    author: Author | None = None
    content: str = "content"
    output: str = "public"
    ignore: tuple[str, ...] = ()
    theme: ThemeChoice = field(default_factory=ThemeChoice)
    player: Options = ()
    idle_time_limit: int | Literal["off"] | None = None
    """microseconds, from `player.idleTimeLimit`; baked into published times"""
    navigation: tuple[Link, ...] = ()
    taxonomies: tuple[str, ...] = TAXONOMIES
    pagination: int = 24
    """recordings on one gallery page; 0 for all"""
    feeds: bool = True
    search: bool = True
    outputs: tuple[str, ...] = DEFAULT_OUTPUTS
    export: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    retention_days: int | None = None
    secrets: SecretsPolicy = field(default_factory=SecretsPolicy)
    strict: bool = False
    limits: Limits = field(default_factory=Limits)
    serve: ServeOptions = field(default_factory=ServeOptions)
    publish: PublishOptions = field(default_factory=PublishOptions)
    publish_input: bool = False
    publish_timestamp: bool = False
    keep_titles: bool = False
    allow_remote_images: bool = False
    frame_ancestors: bool = False
    site_key: str | None = None
    """secret: the addresses of unlisted pages are made with it"""
    extra: tuple[tuple[str, Extra], ...] = ()

    def __repr__(self) -> str:
        """Give every value but the secret one, whoever prints it."""
        return Struct.__repr__(replace(self, site_key=None))


class Loaded(NamedTuple):
    """A configuration that can be used, and what is worth saying about it (warnings)."""

    config: SiteConfig
    problems: tuple[Problem, ...] = ()


def load_config(  # noqa: PLR0913  one argument for each flag that goes before the file
    text: str,
    *,
    path: str = "castsite.yml",
    base_url: str | None = None,
    output: str | None = None,
    strict: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Loaded:
    """Read `castsite.yml`. A flag goes before `environ`, that before the file, that before the default.

    Raises ConfigError with every problem there is, sorted by line, when one of them is an error. Values from
    `environ` are never quoted in a message.
    """
    reading = Reading(path=path)
    written = _written(text, reading)
    above, wrong = _above_the_file(base_url, environ or {})
    flags = {"output": output} if output else {}
    switches = {"strict": True} if strict else {}
    problems = (*wrong, *reading.problems())
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise ConfigError(*problems)
    return Loaded(SiteConfig(**{**written, **above, **flags, **switches}), problems)


def _written(text: str, reading: Reading) -> dict[str, Any]:
    """Give the values of the file by field of `SiteConfig`; problems are with the reading."""
    root = root_fields(parse(text.removeprefix("\ufeff"), path=reading.path), reading)
    if root is None:
        return {}
    values = CONFIG.read(root, replace(reading, limits=_limits_of(root, reading.path))).values
    content = values.get("content") or SiteConfig().content
    if "secrets" in values:
        values["secrets"] = _with_paths(values["secrets"], content)
    if "ignore" in values:
        values["ignore"] = tuple(_below(pattern, content) for pattern in values["ignore"])
    if "player" in values:
        options, idle = values["player"]
        values |= {"player": options, "idle_time_limit": idle}
    return values


def _with_paths(policy: SecretsPolicy, content: str) -> SecretsPolicy:
    """Give the files that rules are off for as messages name them: in the content folder, which may be left out."""

    def whole(path: str) -> str:
        plain = posixpath.normpath(path)
        return plain if plain in CONFIG_NAMES or plain.startswith(f"{content}/") else f"{content}/{plain}"

    return replace(policy, disable=tuple(one._replace(path=whole(one.path)) for one in policy.disable))


def _below(pattern: str, content: str) -> str:
    """Give a pattern of `ignore` as one of paths below the content folder, which may be left out."""
    plain = pattern.removeprefix("./").rstrip("/")
    return plain.removeprefix(content) if plain.startswith(f"{content}/") else plain


def _limits_of(root: Fields, path: str) -> Limits:
    """Give the file's own limits, which its other values are read by."""
    found = (_LIMITS(node, Reading(path=path)) for name, node in root.entries if name.value == "limits")
    return next(found, None) or Limits()


def _above_the_file(base_url: str | None, environ: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    values: dict[str, str] = {}
    problems: list[Problem] = []
    address = base_url if base_url is not None else environ.get(BASE_URL_VARIABLE)
    if address:
        if normal := normal_base_url(address):
            values["base_url"] = normal
        else:
            got = f", got {quote(address)}" if base_url is not None else ""
            source = "--base-url" if base_url is not None else BASE_URL_VARIABLE
            problems.append(_outside(f"{source}: expected {_BASE_URL}{got}"))
    if key := environ.get(KEY_VARIABLE):
        values["site_key"] = key
        if len(key) < KEY_LENGTH:
            problems.append(_outside(f"{KEY_VARIABLE}: expected at least {KEY_LENGTH} characters"))
    return values, problems


def _outside(text: str) -> Problem:
    return Problem(Severity.ERROR, Place(""), "bad-value", text)


def _site_address(node: Node, reading: Reading) -> str | None:
    text = scalar(node, reading, _BASE_URL)
    if text is None:
        return None
    normal = normal_base_url(text)
    if normal is None:
        reading.error(node.at, expected(_BASE_URL, node))
    return normal


def _output(node: Node, reading: Reading) -> str | None:
    text = line()(node, reading)
    if text and text.startswith("~"):
        reading.error(node.at, f"{quote(text)}: ~ is not expanded here; write the whole path")
        return None
    return text


def _key_text(node: Node, reading: Reading) -> str | None:
    """Read the site key; a wrong one is not quoted."""
    if isinstance(node, Text) and len(node.value) >= KEY_LENGTH:
        return node.value
    reading.error(node.at, f"expected at least {KEY_LENGTH} characters that nobody can guess")
    return None


def _theme(node: Node, reading: Reading) -> ThemeChoice | None:
    if not isinstance(node, Fields):
        name = theme_name(node, reading)
        return ThemeChoice(name=name, place=Place(reading.path, *node.at)) if name else None
    return ThemeChoice(place=Place(reading.path, *node.at), **THEME.read(node, reading).values)


def _theme_options(node: Node, reading: Reading) -> Fields | None:
    if isinstance(node, Fields):
        return node
    reading.error(node.at, expected("a mapping such as {density: log}", node))
    return None


def _search(node: Node, reading: Reading) -> bool | None:
    if not isinstance(node, Fields):
        return flag(node, reading)
    enabled: bool = SEARCH.read(node, reading).values.get("enabled", True)
    return enabled


_BASE_URL: Final = "an http(s) address without query and fragment, such as https://ada.example/casts/"
THEME: Final = Schema(
    noun="key of theme",
    hint="the theme's own options stand under options:",
    keys=(
        Key("name", theme_name, "name", "default", "A theme of the site's `themes/` folder, or one that ships."),
        Key("options", _theme_options, "mapping", "{density: log}", "The theme's own options."),
    ),
)
_LIMITS: Final = into(LIMITS, Limits, "{cols: 400}")
SEARCH: Final = Schema(
    noun="key of search",
    keys=(Key("enabled", flag, SWITCH, "true", "Whether there is a search."),),
)


def _player(node: Node, reading: Reading) -> Player | None:
    """Read options of the player; what is heard belongs to one recording."""
    for name, value in node.entries if isinstance(node, Fields) else ():
        if name.value in {"audioUrl", "audio_url"}:
            reading.error(value.at, f"{name.value} belongs to one recording: use audio in its front matter")
            return None
    return player(node, reading)


CONFIG: Final = Schema(
    hint="data of your own goes under extra",
    refused=NO_PASSPHRASE,
    habits={
        "baseURL": "base_url",
        "site_url": "base_url",
        "url": "base_url",
        "root_url": "base_url",
        "name": "title",
        "site_name": "title",
        "desc": "description",
        "lang": "language",
        "locale": "language",
        "languageCode": "language",
        "default_language": "language",
        "tz": "timezone",
        "authors": "author",
        "src": "content",
        "source": "content",
        "content_dir": "content",
        "dest": "output",
        "destination": "output",
        "output_dir": "output",
        "publishDir": "output",
        "exclude": "ignore",
        "nav": "navigation",
        "menu": "navigation",
        "paginate": "pagination",
        "per_page": "pagination",
        "rss": "feeds",
        "params": "extra",
        "idle_time_limit": "player.idle_time_limit",
        "drafts": "serve.drafts",
    },
    keys=(
        Key("title", line(), "text", "Ada's casts", "The name of the site."),
        Key("description", prose, "text", "How we work", "One or two sentences about it."),
        Key(
            "base_url",
            _site_address,
            "http(s) address",
            "https://ada.example/casts/",
            "Where it is published; absolute links need it. `--base-url` and `CASTSITE_BASE_URL` go before it.",
        ),
        Key("language", language, "language tag", "en", "The language it is written in."),
        Key("timezone", zone_name, "name of a zone", "Europe/Berlin", "The zone of dates that name none."),
        Key("author", person, "text or {name, url}", "{name: Ada, url: https://ada.example/}", "Who stands behind it."),
        Key("content", folder("content"), "folder", "content", "Where recordings and pages are."),
        Key("output", _output, "folder", "public", "Where the site is written to; `--output` goes before it."),
        Key(
            "ignore",
            list_of(line()),
            "list of patterns",
            "[drafts/*]",
            "Content to pass over: `drafts` and `*.bak` anywhere, `/drafts` at the top alone.",
        ),
        Key("theme", _theme, "name or {name, options}", "default", "How it looks; `default` and `paper` ship."),
        Key(
            "player",
            _player,
            "mapping",
            "{speed: 1.5, idleTimeLimit: 2}",
            "Options of the player for every recording; see below.",
        ),
        Key(
            "navigation",
            list_of(entry, lone=False),
            "list of {title, url}",
            "[{title: About, url: about/}]",
            "Links at the top of every page.",
        ),
        Key(
            "taxonomies",
            list_of(kind_of(TAXONOMIES, "taxonomy")),
            "list of tags, series, authors",
            "[tags]",
            "Which of them get pages of their own.",
        ),
        Key(
            "pagination",
            whole(0, 10_000),
            "whole number",
            "24",
            "Recordings, or posts, on a page of a list; 0 for all.",
        ),
        Key("feeds", flag, SWITCH, "false", "Whether feeds are written."),
        Key("search", _search, "true, false or {enabled}", "false", "Whether there is a search."),
        Key(
            "outputs",
            list_of(kind_of(OUTPUTS, "output")),
            "list of " + ", ".join(OUTPUTS),
            "[embed, script]",
            "Files made for each recording beside its page, `.cast`, `.txt`, `.svg` and `.json`.",
        ),
        Key(
            "export",
            list_of(kind_of(EXPORTS, "kind")),
            "list of kinds",
            "[gif]",
            "Exports made for every recording: " + ", ".join(EXPORTS) + ".",
        ),
        Key(
            "visibility",
            member(Visibility),
            "public, unlisted or private",
            "unlisted",
            "Of items that say nothing of it.",
        ),
        Key("retention_days", whole(1, 100_000), "whole number", "90", "Items expire so many days after their date."),
        Key(
            "secrets",
            secrets,
            "fail, warn, redact, off, or a mapping",
            "fail",
            "What to do about secrets in recordings; see below.",
        ),
        Key("strict", flag, SWITCH, "true", "A problem fails the build, as `--strict` does."),
        Key("limits", _LIMITS, "mapping", "{file_size: 80 MiB}", "Bounds on what is read; see below."),
        Key(
            "serve",
            into(SERVE, ServeOptions, "{port: 8080}"),
            "mapping",
            "{port: 8080}",
            "How `castsite serve` serves; see below.",
        ),
        Key(
            "publish",
            into(PUBLISH, PublishOptions, "{to: gh-pages}"),
            "mapping",
            "{to: gh-pages}",
            "Where `castsite publish` publishes; see below.",
        ),
        Key("publish_input", flag, SWITCH, "true", "Publishes what was typed, where a recording holds it."),
        Key("publish_timestamp", flag, SWITCH, "true", "Publishes when a recording was made."),
        Key(
            "keep_titles",
            flag,
            SWITCH,
            "true",
            "Keeps window titles in published recordings; see [security](security.md).",
        ),
        Key("allow_remote_images", flag, SWITCH, "true", "Pictures of other sites are loaded from there."),
        Key("frame_ancestors", flag, SWITCH, "true", "Only this site may put its pages, embeds apart, into frames."),
        Key(
            "site_key",
            _key_text,
            "text",
            "…",
            "A secret of your own, of 16 characters or more (`castsite passphrase` prints one), that makes addresses "
            "of unlisted and private pages; `CASTSITE_KEY` goes before it.",
        ),
        Key("extra", extra, "mapping", "{colour: teal}", "Anything for your [templates](themes.md#data-of-your-own)."),
    ),
)
"""The keys of `castsite.yml`: the one table that the loader and the documentation are made from."""
