"""The site's configuration: `castsite.yml` as one frozen value, every problem in it reported at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from castsite.limits import Limits
from castsite.schema.values import Author, Extra, Link, Options, Visibility

OUTPUTS = ("embed", "script", "oembed", "oembed-xml", "markdown", "filmstrip", "wsh", "rexec")
"""Files per recording that `outputs` may ask for; page, `.cast`, `.txt`, `.svg` and `.json` are always made."""

DEFAULT_OUTPUTS = ("embed", "script", "oembed", "markdown", "filmstrip")

EXPORTS = ("gif", "webp", "apng", "svg", "anim.svg", "png", "mp4", "webm", "txt", "vtt", "cast", "json", "html", "rec")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeChoice:
    """Which theme, and the options given to it (checked against the theme's own schema when it is loaded)."""

    name: str = "default"
    options: tuple[tuple[str, Extra], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsPolicy:
    """What to do about secrets found in recordings."""

    policy: str = "warn"
    rules: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    custom: tuple[Extra, ...] = ()
    external: tuple[str, ...] = ()
    inline_allow: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConfig:
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
    idle_time_limit: int | None = None
    """microseconds, from `player.idleTimeLimit`; baked into published times"""
    navigation: tuple[Link, ...] = ()
    taxonomies: tuple[str, ...] = ("tags", "series", "authors")
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
    serve: tuple[tuple[str, Extra], ...] = ()
    publish: tuple[tuple[str, Extra], ...] = ()
    publish_input: bool = False
    publish_timestamp: bool = False
    keep_titles: bool = False
    allow_remote_images: bool = False
    frame_ancestors: bool = False
    extra: tuple[tuple[str, Extra], ...] = ()
