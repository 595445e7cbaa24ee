"""A recording as one file of HTML that is read and played without a network: player, cast, transcript and style in it.

It is opened as `file://`, where browsers run no modules and fetch nothing. Its policy allows what stands in the file
and nothing else: each script and each style sheet by its hash. Links of the description that lead to the site are text.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from markupsafe import Markup
from msgspec import Struct

from castsite import render
from castsite.analysis.activity import levels
from castsite.export.stylesheet import data_address, whole
from castsite.export.take import Take
from castsite.limits import Limits
from castsite.regex import regex
from castsite.render import watching
from castsite.render.assets import PLAYER_SCRIPT, PLAYER_STYLE, Asset, Assets, without_remarks
from castsite.render.choices import MONO, OWN, SANS, Choices, Terminal
from castsite.render.context import Anchor, OfflinePage
from castsite.render.credits import licences
from castsite.render.encode import clock, json_island, safe_text, seconds
from castsite.render.env import Templates
from castsite.render.images.svg import draw, inline_poster
from castsite.render.images.trace import SCRUBBED, trace
from castsite.render.links import Missing
from castsite.render.looks import looks, size_class, terminal_sheet
from castsite.render.markdown import render_line
from castsite.render.shell import direction, page_of, shown_day
from castsite.render.transcript import log
from castsite.site.urls import absolute

SCRIPT: Final = "offline.js"
ISLAND: Final = "castsite-offline"
"""Id of what the script reads."""

_SHEETS = ("css/site.css", "css/options.css", "css/recording.css", "css/log.css")
_ICON = "icons/mark.svg"
_TO = "#t="  # a query would load the file again
_EARLY = 'document.documentElement.classList.add("js");'
_END = {
    "script": regex("<(?=/script|!--)", re.IGNORECASE),  # after `<!--` and `<script` an end tag ends nothing
    "style": regex("<(?=/style)", re.IGNORECASE),
}
_SOURCES = Path(render.__file__).parent / "scripts"


def offline(take: Take, *, templates: Templates, assets: Assets, choices: Choices, language: str) -> bytes:
    """Make the file. Raises BrokenTemplateError when a template is at fault, ConfigError when the player is missing."""
    return templates.render("offline.html", page=offline_page(take, templates, assets, choices, language))


def offline_page(take: Take, templates: Templates, assets: Assets, choices: Choices, language: str) -> OfflinePage:
    """Give what the template shows."""
    recording, words = take.recording, templates.words
    analysis = watching.in_words(take.analysis, words)
    commands = analysis.shown_commands
    chapters = analysis.chapters if analysis.chapters_from == "markers" else ()
    terminal = Terminal(OWN, take.palette)
    enclosed = _enclosed(assets, choices.typefaces)
    styles = (*enclosed.styles, _style(terminal_sheet(terminal) + looks((recording,), terminal)))
    return OfflinePage(
        language=language,
        direction=direction(language),
        policy=_policy(styles, (enclosed.early, *enclosed.scripts)),
        title=safe_text(recording.title),
        icon=enclosed.icon,
        styles=_together(styles),
        early=enclosed.early.html,
        scripts=_together(enclosed.scripts),
        description=_description(take),
        online=_online(take),
        date=shown_day(recording.date, language),
        clock=clock(analysis.duration),
        columns=analysis.cols,
        rows=analysis.rows,
        commands=len(commands),
        lines=len(analysis.lines),
        size=size_class(recording),
        poster=inline_poster(
            draw(analysis.poster, bold_is_bright=take.bold_is_bright),
            title=words.screen_at(time=clock(analysis.poster_time)),
            title_id="poster",
        ),
        island=_island(take, terminal),
        trace=trace(
            levels(analysis.activity, SCRUBBED),
            chapters=[chapter.time for chapter in chapters],
            duration=analysis.duration,
        ),
        outline=watching.outline(analysis, commands, _TO),
        transcript=log(analysis.lines, commands, chapters, limit=sys.maxsize, to=_TO).html,
        licences=enclosed.licences,
    )


def _description(take: Take) -> Markup:
    """Render what is said of the recording; of links those that lead to other sites are left."""
    meta = take.recording.meta
    place = meta.place("description", take.recording.body_place.path)
    told = render_line(meta.description or "", place=place, resolve=lambda _: Missing(), limits=Limits())
    return told.html


def _online(take: Take) -> Anchor | None:
    if not take.base_url:
        return None
    href = absolute(take.base_url, page_of(take.recording.slug))
    return Anchor(title=href.partition("//")[2].rstrip("/"), href=href)


def _island(take: Take, terminal: Terminal) -> Markup:
    """Hand the recording and the options of its player to the script."""
    options = watching.player_options(take.recording, take.analysis) | {"theme": terminal.name}
    if take.bold_is_bright:
        options["boldIsBright"] = True
    island = {
        "cast": take.data.decode(),
        "name": f"{take.recording.slug.rpartition('/')[2]}.cast",
        "duration": float(seconds(take.analysis.duration)),
        "options": options,
    }
    return Markup('<script type="application/json" id="{}">{}</script>').format(ISLAND, json_island(island))


# ---- what stands in the file instead of beside it


class _Element(Struct, frozen=True):
    """A script or a style sheet inside the page, and the source of a policy that allows it."""

    html: Markup
    source: str


class _Enclosed(Struct, frozen=True):
    """What every such file of a site has in it."""

    styles: tuple[_Element, ...]
    early: _Element
    scripts: tuple[_Element, ...]
    icon: str
    licences: str


@lru_cache(maxsize=2)  # of a site they are the same for all recordings
def _enclosed(assets: Assets, typefaces: tuple[str, ...]) -> _Enclosed:
    named = {asset.name: asset for asset in assets.files if asset.name not in {SANS, MONO} - {*typefaces}}
    published = {asset.path: asset for asset in named.values()}
    sheets = [named[name] for name in _SHEETS if name in named]
    icon = named.get(_ICON)
    return _Enclosed(
        styles=tuple(_style(whole(sheet, published)) for sheet in (assets.find(PLAYER_STYLE), *sheets)),
        early=_script(_EARLY),
        scripts=(_script(assets.find(PLAYER_SCRIPT).body), _script(_source())),
        icon=data_address(icon) if icon else "",
        licences=licences(_with_licences(named, typefaces)),
    )


def _with_licences(named: dict[str, Asset], typefaces: tuple[str, ...]) -> dict[str, Asset]:
    """Leave out the licences of typefaces that are not in the file."""
    absent = {file.replace(".woff2", "-LICENSE.txt") for file in {SANS, MONO} - {*typefaces}}
    return {name: asset for name, asset in named.items() if name not in absent}


@lru_cache(maxsize=1)
def _source() -> str:
    return without_remarks((_SOURCES / SCRIPT).read_text(encoding="utf-8"))


def _policy(styles: Iterable[_Element], scripts: Iterable[_Element]) -> str:
    """Allow what is in the file. Without 'wasm-unsafe-eval' the player stays blank, silently."""
    return (
        f"default-src 'none'; script-src {_sources(scripts)} 'wasm-unsafe-eval'; style-src {_sources(styles)}; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'; object-src 'none'"
    )


def _sources(elements: Iterable[_Element]) -> str:
    return " ".join(dict.fromkeys(element.source for element in elements))


def _together(elements: Iterable[_Element]) -> Markup:
    return Markup("\n").join(element.html for element in elements)


def _script(text: str | bytes) -> _Element:
    return _element("script", text)


def _style(text: str | bytes) -> _Element:
    return _element("style", text)


def _element(tag: str, text: str | bytes) -> _Element:
    """Enclose a script or a style sheet so that nothing in it can end the element, or hide its end.

    In strings and expressions a backslash before `/` and `!` changes nothing. Browsers hash what they have read, with
    line feeds alone and without NUL.
    """
    content = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    content = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    content = _END[tag].sub(r"<\\", content)
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode("ascii")
    return _Element(Markup(f"<{tag}>{content}</{tag}>"), f"'sha256-{digest}'")  # noqa: S704 - cannot end early
